/*
 * Who may read and write the files of a configuration, and how large they may be.
 */
#include "test.h"
#include "lib/zone.h"
#include "config_rig.h"
#include "config/source.h"
#include "config/model.h"

#define JORDAN "clients/jordan.conf"
#define GROUP  "clients/evening-group.conf"
#define REAL   "+13125550242" /* not one of those that are kept for examples */

static void set_mode(const char *dir, const char *name, mode_t mode)
{
	_cleanup_free_ char *path = rig_path(dir, name);

	assert_int_equal(chmod(path, mode), 0);
}

/* Everybody may read everything. */
static void open_up(const char *dir)
{
	set_mode(dir, "", 0755);
	set_mode(dir, "clients", 0755);
	set_mode(dir, JORDAN, 0644);
	set_mode(dir, GROUP, 0644);
}

static void expect_at(const char *dir, int answer, const char *file, unsigned line,
		      const char *code)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load(dir, &faults, &model), answer);
	assert_int_equal(faults.count, code ? 1 : 0);
	if (code) {
		assert_string_equal(faults.list[0].file, file);
		assert_int_equal(faults.list[0].line, line);
		assert_string_equal(faults.list[0].code, code);
	}
	faults_done(&faults);
	(void)model_free(model);
	zone_close();
}

static void expect_answer(const char *dir, int answer, const char *file, const char *code)
{
	expect_at(dir, answer, file, 1, code);
}

TEST(names_and_numbers_are_not_for_everybody)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	open_up(dir);
	expect_answer(dir, 0, NULL, NULL);

	(void)rig_edit(dir, JORDAN, "+13125550142", REAL);
	expect_answer(dir, 0, JORDAN, "readable");
	set_mode(dir, "clients", 0750);
	expect_answer(dir, 0, NULL, NULL);
	set_mode(dir, "clients", 0755);
	set_mode(dir, "", 0750);
	expect_answer(dir, 0, NULL, NULL);
	set_mode(dir, "", 0755);
	set_mode(dir, JORDAN, 0640);
	expect_answer(dir, 0, NULL, NULL);
	rig_remove(dir);
}

TEST(nobody_else_may_write)
{
	static const char *const files[] = {
		"holdfast.conf",        "staff.conf",       JORDAN,
		"plans/aftercare.conf", "messages/en.conf", "words/en.conf",
		"gateways/primary.conf"
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		struct faults faults = { 0 };
		struct model *model = NULL;
		char dir[] = RIG_DIR;

		rig_new(dir);
		set_mode(dir, files[i], 0602);
		assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
		assert_true(faults.count >= 1);
		assert_string_equal(faults.list[0].file, files[i]);
		assert_string_equal(faults.list[0].code, "writable");
		faults_done(&faults);
		rig_remove(dir);
	}
	zone_close();
}

TEST(a_file_has_a_limit)
{
	_cleanup_free_ char *large = malloc(CONF_FILE_MAX + 2);
	char dir[] = RIG_DIR;

	assert_non_null(large);
	memset(large, '/', CONF_FILE_MAX + 1);
	large[CONF_FILE_MAX + 1] = '\0';
	rig_new(dir);
	rig_write(dir, "clients/fresh.conf", large);
	expect_answer(dir, CONF_E_FAULT, "clients/fresh.conf", "too-large");
	rig_remove(dir);
}

/* The last of twenty-one files of ten thousand. */
TEST(clients_have_a_limit)
{
	enum { FILES = 21, EACH = CLIENTS_MAX / (FILES - 1) };
	char dir[] = RIG_DIR;

	rig_new(dir);
	for (int i = 0; i < FILES; i++) {
		char name[40];
		_cleanup_free_ char *path = NULL;
		_cleanup_fclose_ FILE *file = NULL;

		(void)snprintf(name, sizeof(name), "clients/%02d.conf", i);
		path = rig_path(dir, name);
		file = fopen(path, "w");
		assert_non_null(file);
		(void)fputs("clients = (", file);
		for (int j = 0; j < EACH; j++) {
			(void)fprintf(file,
				      "%s\n{id=\"%d\";name=\"A\";phone=\"+1312%07d\";start=\"2026-"
				      "01-01\";"
				      "consent={at=\"2026-01-01\";how=\"p\";};}",
				      j > 0 ? "," : "", i * EACH + j, 4200000 + i * EACH + j);
		}
		(void)fputs("\n);\n", file);
	}
	expect_at(dir, CONF_E_FAULT, "clients/20.conf", 2, "too-many");
	rig_remove(dir);
}
