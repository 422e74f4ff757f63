/*
 * All that is looked at after the files themselves are without fault.
 */
#include "test.h"
#include "broken.h"
#include "engine/inspect.h"

#define HUNDRED                                                                                    \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567" \
	"890123456789"

static const struct broken table[] = {
	ROW("too-long", EN, "a short walk", HUNDRED HUNDRED HUNDRED),
	ROW("never-sent", PLAN, "at = \"16:30\"", "at = \"04:30\""),
	ROW("two-a-day", PLAN, "on = \"FR\"", "on = \"TH\"", .warning = true),
	/* One of a file's own stands alone. */
	ROW("unknown-plan", JORDAN, "\"aftercare\"", "\"aftercre\""),
};

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), inspect_load);
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
	assert_int_equal(inspect_load(dir, &faults, &model), CONF_E_FAULT);
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
	assert_int_equal(inspect_load("config", &faults, &model), 0);
	assert_int_equal(faults.count, 1);
	assert_int_equal(model->client_count, 3);
	faults_done(&faults);
	(void)model_free(model);
	zone_close();
}
