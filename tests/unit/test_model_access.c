/*
 * Who may read and write the files of a configuration, and how large they may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/zone.h"
#include "config_rig.h"
#include "data/model.h"

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

static void expect_answer(const char *dir, int answer, const char *file, const char *code)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load(dir, &faults, &model), answer);
	assert_int_equal(faults.count, code ? 1 : 0);
	if (code) {
		assert_string_equal(faults.list[0].file, file);
		assert_int_equal(faults.list[0].line, 1);
		assert_string_equal(faults.list[0].code, code);
	}
	faults_done(&faults);
	(void)model_free(model);
	zone_close();
}

static void names_and_numbers_are_not_for_everybody(void **state)
{
	char dir[] = RIG_DIR;

	(void)state;
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

static void nobody_else_may_write(void **state)
{
	static const char *const files[] = {
		"holdfast.conf",        "staff.conf",       JORDAN,
		"plans/aftercare.conf", "messages/en.conf", "words/en.conf",
		"gateways/primary.conf"
	};

	(void)state;
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

static void a_file_has_a_limit(void **state)
{
	_cleanup_free_ char *large = malloc(CONF_FILE_MAX + 2);
	char dir[] = RIG_DIR;

	(void)state;
	assert_non_null(large);
	memset(large, '/', CONF_FILE_MAX + 1);
	large[CONF_FILE_MAX + 1] = '\0';
	rig_new(dir);
	rig_write(dir, "clients/fresh.conf", large);
	expect_answer(dir, CONF_E_FAULT, "clients/fresh.conf", "too-large");
	rig_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_numbers_are_not_for_everybody),
		cmocka_unit_test(nobody_else_may_write),
		cmocka_unit_test(a_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
