/* What holdfastd starts with. */
#include "test.h"
#include "lib/zone.h"
#include "config_rig.h"
#include "engine/loading.h"

#define JORDAN "clients/jordan.conf"

struct start {
	char config[sizeof(RIG_DIR)], state_dir[sizeof(RIG_DIR)], error[LOADING_ERROR_MAX];
	struct model *model;
	int answer;
};

static int setup(void **state)
{
	struct start *start = calloc(1, sizeof(*start));

	assert_non_null(start);
	(void)strcpy(start->config, RIG_DIR);
	(void)strcpy(start->state_dir, RIG_DIR);
	rig_new(start->config);
	assert_non_null(mkdtemp(start->state_dir));
	*state = start;
	return 0;
}

static int teardown(void **state)
{
	struct start *start = *state;

	(void)model_free(start->model);
	rig_remove(start->config);
	rig_remove(start->state_dir);
	zone_close();
	free(start);
	return 0;
}

static void begin(struct start *start, const char *state_dir)
{
	start->model = model_free(start->model);
	start->error[0] = '\0';
	start->answer = loading_start(start->config, state_dir, &start->model, start->error);
}

FIXTURE(setup, teardown);

TEST(the_files_come_first)
{
	struct start *start = *state;

	begin(start, start->state_dir);
	assert_int_equal(start->answer, 0);
	assert_string_equal(start->error, "");
	loading_keep(start->model, start->state_dir);

	(void)rig_edit(start->config, JORDAN, "\"Sam\"", "\"Kim\"");
	begin(start, start->state_dir);
	assert_int_equal(start->answer, 0);
	assert_string_equal(start->error, "");
	assert_string_equal(model_client(start->model, "r-1042")->sponsor, "Kim");
}

TEST(the_copy_stands_in_for_broken_files)
{
	struct start *start = *state;
	char place[64];
	unsigned line;

	begin(start, start->state_dir);
	loading_keep(start->model, start->state_dir);
	line = rig_edit(start->config, JORDAN, "sponsor ", "sponsr ");
	for (int i = 0; i < 2; i++) {
		begin(start, start->state_dir);
		assert_int_equal(start->answer, 0);
		assert_string_equal(model_client(start->model, "r-1042")->sponsor, "Sam");
		(void)snprintf(place, sizeof(place), JORDAN ":%u: unknown key", line);
		assert_memory_equal(start->error, place, strlen(place));
	}

	/* A rehearsal has none. */
	begin(start, NULL);
	assert_int_equal(start->answer, CONF_E_FAULT);
	assert_null(start->model);
}

TEST(without_a_copy_it_is_refused)
{
	struct start *start = *state;

	(void)rig_edit(start->config, JORDAN, "sponsor ", "sponsr ");
	begin(start, start->state_dir);
	assert_int_equal(start->answer, CONF_E_FAULT);
	assert_null(start->model);
}

TEST(a_configuration_that_is_gone)
{
	struct start *start = *state;
	_cleanup_free_ char *away = NULL;

	begin(start, start->state_dir);
	loading_keep(start->model, start->state_dir);
	assert_true(asprintf(&away, "%s.away", start->config) > 0);
	assert_int_equal(rename(start->config, away), 0);
	begin(start, start->state_dir);
	assert_int_equal(rename(away, start->config), 0);
	assert_int_equal(start->answer, 0);
	assert_int_equal(start->model->client_count, 3);
	assert_true(start->error[0] != '\0');
}
