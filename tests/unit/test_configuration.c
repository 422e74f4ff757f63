/* What holdfastd starts with. */
#include "test.h"
#include "captured.h"
#include "lib/log.h"
#include "lib/zone.h"
#include "config_rig.h"
#include "engine/configuration.h"
#include "broken.h"

#define JORDAN "clients/jordan.conf"

struct start {
	char config[sizeof(RIG_DIR)], state_dir[sizeof(RIG_DIR)], error[CONFIGURATION_ERROR_MAX];
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
	start->answer = configuration_start(start->config, state_dir, &start->model, start->error);
}

TEST(the_files_come_first, setup, teardown)
{
	struct start *start = *state;

	begin(start, start->state_dir);
	assert_int_equal(start->answer, 0);
	assert_string_equal(start->error, "");
	configuration_keep(start->model, start->state_dir);

	(void)rig_edit(start->config, JORDAN, "\"Sam\"", "\"Kim\"");
	begin(start, start->state_dir);
	assert_int_equal(start->answer, 0);
	assert_string_equal(start->error, "");
	assert_string_equal(model_client(start->model, "r-1042")->sponsor, "Kim");
}

TEST(the_copy_stands_in_for_broken_files, setup, teardown)
{
	struct start *start = *state;
	char place[64];
	unsigned line;

	begin(start, start->state_dir);
	configuration_keep(start->model, start->state_dir);
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

/* The journal gets the first five and the number of the others. */
TEST(many_faults_are_counted, setup, teardown)
{
	struct start *start = *state;
	struct captured captured;
	char log[4096], name[32];

	for (int i = 0; i < 7; i++) {
		(void)snprintf(name, sizeof(name), "clients/x%d.conf", i);
		rig_write(start->config, name, "clients = ( { id = 1; } );");
	}
	log_open("test", LOG_LEVEL_INFO);
	captured_begin(&captured);
	begin(start, NULL);
	captured_end(&captured, log, sizeof(log));
	assert_int_equal(start->answer, CONF_E_FAULT);
	/* Five of each file. */
	assert_non_null(strstr(log, "x0.conf"));
	assert_null(strstr(log, "x1.conf"));
	assert_non_null(strstr(log, " 30 more; holdfastctl check shows all"));
}

TEST(without_a_copy_it_is_refused, setup, teardown)
{
	struct start *start = *state;

	(void)rig_edit(start->config, JORDAN, "sponsor ", "sponsr ");
	begin(start, start->state_dir);
	assert_int_equal(start->answer, CONF_E_FAULT);
	assert_null(start->model);
}

TEST(a_configuration_that_is_gone, setup, teardown)
{
	struct start *start = *state;
	_cleanup_free_ char *away = NULL;

	begin(start, start->state_dir);
	configuration_keep(start->model, start->state_dir);
	assert_true(asprintf(&away, "%s.away", start->config) > 0);
	assert_int_equal(rename(start->config, away), 0);
	begin(start, start->state_dir);
	assert_int_equal(rename(away, start->config), 0);
	assert_int_equal(start->answer, 0);
	assert_int_equal(start->model->client_count, 3);
	assert_true(start->error[0] != '\0');
}

/* --- All that is looked at after the files themselves are without fault. --- */

#define HUNDRED                                                                                    \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"890123456789"

static const struct broken table[] = {
	ROW("too-long", EN, "a short walk", HUNDRED HUNDRED HUNDRED),
	ROW("never-sent", PLAN, "at = \"16:30\"", "at = \"04:30\""),
	ROW("two-a-day", PLAN, "{ weeks = 4;  on = \"MO\"", "{ weeks = 4;  on = \"SU\"",
	    .at = "id = \"sponsor\"", .warning = true),
	/* One of a file's own stands alone. */
	ROW("unknown-plan", JORDAN, "\"aftercare\"", "\"aftercre\""),
};

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), configuration_check);
}

TEST(all_of_them_at_once)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	for (size_t i = 0; i < 3; i++) {
		(void)broken_make(dir, &table[i]);
	}
	assert_int_equal(configuration_check(dir, &faults, &model), CONF_E_FAULT);
	assert_null(model);
	assert_int_equal(faults.count, 3);
	assert_int_equal(faults.errors, 2);
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}

/* What was wrong before is not held against this one. */
TEST(the_example_is_sound)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	fault_add(&faults, FAULT_ERROR, "x", 1, "x", "x");
	assert_int_equal(configuration_check("config", &faults, &model), 0);
	assert_int_equal(faults.errors, 1);
	assert_int_equal(model->client_count, 3);
	faults_done(&faults);
	(void)model_free(model);
	zone_close();
}
