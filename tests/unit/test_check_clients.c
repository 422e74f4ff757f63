/*
 * Dates and numbers of clients that the rest of the configuration contradicts, in the example, whose
 * files were written on 2026-11-29.
 */
#include "test.h"
#include "broken.h"

#define REVIEW "\"2026-12-02 14:00\""
#define START  "start    = \"2026-10-24\""

static const struct broken table[] = {
	ROW("never", JORDAN, REVIEW, "\"2025-12-02 14:00\"", .warning = true,
	    .says = "before the client's start"),
	ROW("far-ahead", JORDAN, REVIEW, "\"2206-12-02 14:00\"", .warning = true,
	    .says = "year ahead"),
	ROW("at-night", JORDAN, REVIEW, "\"2026-12-02 02:00\"", .warning = true,
	    .says = "did you mean 14:00?"),
	ROW("closed-day", JORDAN, REVIEW, "\"2026-12-25 14:00\"", .warning = true,
	    .says = "closed"),
	ROW("far-ahead", JORDAN, START, "start    = \"2162-10-24\"",
	    .at = "start    =", .warning = true),
	ROW("not-yet", JORDAN, "at = \"2026-10-24\"", "at = \"2062-10-24\"", .warning = true),
	ROW("not-yet", JORDAN, "recovery_date = \"2026-08-08\"", "recovery_date = \"2062-08-08\"",
	    .warning = true),
	ROW("never", JORDAN, "counselor = \"mreyes\";",
	    "until = \"2026-12-01\"; counselor = \"mreyes\";", .at = REVIEW, .warning = true,
	    .says = "after the last day"),
	ROW("far-ahead", GROUP, "until = \"2027-01-03\"", "until = \"2072-01-03\"",
	    .warning = true),
	ROW("no-from", JORDAN, "on = \"TU\";", "on = \"TU\"; every = 2;", .warning = true,
	    .says = "from = "),
	ROW("no-from", JORDAN, "FREQ=MONTHLY;BYDAY=1SA", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA",
	    .warning = true),
	ROW("from-not-named", JORDAN, "on = \"TU\";",
	    "on = \"TU\"; every = 2; from = \"2026-12-02\";", .warning = true),
	ROW("after-the-plan", PLAN, "{ weeks = 40;", "{ weeks = 48;", .at = "id = \"checkin\"",
	    .warning = true),
	ROW("own-number", JORDAN, "\"+13125550142\"", "\"+13125550199\"",
	    .says = "our texts come from"),
	ROW("own-number", JORDAN, "\"+13125550142\"", "\"+13125550100\"", .warning = true,
	    .says = "site's own"),
	ROW("own-number", JORDAN, "\"+13125550142\"", "\"+13125550112\"", .warning = true,
	    .says = "dcole"),
	ROW("own-number", STAFF, "\"+13125550112\"", "\"+13125550199\""),
};

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), model_load);
}

static void load(const char *dir, struct faults *faults)
{
	struct model *model = NULL;

	faults_done(faults);
	(void)model_load(dir, faults, &model);
	faults_sort(faults);
	(void)model_free(model);
}

TEST(what_is_past_when_the_file_is_written)
{
	struct faults faults = { 0 };
	char dir[] = RIG_DIR;

	rig_new(dir);
	load(dir, &faults);
	assert_int_equal(faults.count, 0);
	(void)rig_edit(dir, JORDAN, REVIEW, "\"2026-11-28 14:00\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "never");
	assert_non_null(strstr(faults.list[0].message, "this is past"));
	(void)rig_edit(dir, JORDAN, "\"2026-11-28 14:00\"", "\"2026-11-29 14:00\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 0);

	/* Nothing but the plan of long ago. */
	(void)rig_edit(dir, GROUP, "start = \"2026-11-09\"", "start = \"2016-11-09\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "over");
	(void)rig_edit(dir, GROUP, "start = \"2016-11-09\";",
		       "start = \"2026-11-09\"; until = \"2026-11-10\";");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "over");
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}

/* An appointment of her present stay is one, although another stay is planned after it. */
TEST(in_each_of_her_stays)
{
	struct faults faults = { 0 };
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(
		dir, GROUP, "{ from = \"2026-11-16\"; }",
		"{ from = \"2026-11-16\"; until = \"2026-12-12\"; }, { from = \"2027-02-01\"; }");
	load(dir, &faults);
	assert_int_equal(faults.count, 0);
	(void)rig_edit(dir, GROUP, "\"2026-12-10 10:00\"", "\"2027-01-12 10:00\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "never");
	assert_non_null(strstr(faults.list[0].message, "between two of her stays"));
	(void)rig_edit(dir, GROUP, "\"2027-01-12 10:00\"", "\"2026-10-12 10:00\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.list[0].message, "before the client's start"));
	faults_done(&faults);
	rig_remove(dir);
}

TEST(day_and_month_exchanged)
{
	struct faults faults = { 0 };
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, JORDAN, REVIEW, "\"2026-02-12 14:00\"");
	load(dir, &faults);
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.list[0].message, "before the client's start"));
	assert_non_null(strstr(faults.list[0].message, "; did you mean 2026-12-02?"));
	(void)rig_edit(dir, JORDAN, "\"2026-02-12 14:00\"", "\"2025-12-02 14:00\"");
	load(dir, &faults);
	assert_non_null(strstr(faults.list[0].message, "; did you mean 2026-12-02?"));
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}

#define TWILIO                                                                                     \
	"preset = \"twilio\"; account = \"AC00000000000000000000000000000000\"; secret = \"t\"; "  \
	"from = \"+13125550199\"; public_url = \"https://texts.example.org/hooks/primary\";\n"

/* Numbers that are kept for examples ring at nobody's, and cost as much as others. */
TEST(the_example_behind_a_real_gateway)
{
	struct faults faults = { 0 };
	char dir[] = RIG_DIR;
	size_t examples = 0;

	rig_new(dir);
	rig_write(dir, "gateways/primary.conf", TWILIO);
	load(dir, &faults);
	assert_int_equal(faults.errors, 0);
	for (size_t i = 0; i < faults.count; i++) {
		examples += strcmp(faults.list[i].code, "example-number") == 0;
		assert_null(strstr(faults.list[i].message, "555"));
	}
	assert_int_equal(examples, 7); /* three clients, a loved one, two of staff, the site */
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}
