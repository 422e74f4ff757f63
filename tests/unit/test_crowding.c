/*
 * The example's plan, with more than one text on a day.
 */
#include "test.h"
#include "broken.h"
#include "engine/crowding.h"

static const struct broken table[] = {
	ROW("two-a-day", PLAN, "on = \"FR\"", "on = \"TH\"", .warning = true,
	    .says = "\"checkin\""),
	ROW("two-a-day", PLAN, "id = \"coping\"; kind = \"coping\"; on = \"FR\"",
	    "id = \"coping\"; kind = \"coping\"; rrule = \"FREQ=MONTHLY;BYMONTHDAY=1\"",
	    .at = "id = \"sponsor\"", .warning = true),
	/* Twice by itself, and on the day before by its lead. */
	ROW("two-a-day", PLAN, "on = \"FR\"; at = \"16:30\"",
	    "on = \"FR\"; remind = [ \"1h\", \"2h\" ]; at = \"16:30\"", .warning = true,
	    .says = "\"coping\""),
	ROW("two-a-day", PLAN, "on = \"SU\"", "remind = \"1d\"; on = \"SA\"", .warning = true,
	    .says = "\"coping\""),
	/* In a phase years from now. */
	ROW("two-a-day", PLAN, "{ weeks = 40; on = \"MO\"; every = 2; }",
	    "{ weeks = 400; on = \"MO\"; every = 2; }, { weeks = 1; on = \"SU\"; }",
	    .warning = true, .at = "id = \"sponsor\""),
};

static int load(const char *file, struct faults *faults, struct model **ret_model)
{
	assert_int_equal(model_load(file, faults, ret_model), 0);
	assert_int_equal(faults->count, 0);
	assert_int_equal(crowding_check(*ret_model, faults), 0);
	return 0;
}

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), load);
}

TEST(the_example_has_one_a_day)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(load("config", &faults, &model), 0);
	assert_int_equal(faults.count, 0);
	(void)model_free(model);
	zone_close();
}
