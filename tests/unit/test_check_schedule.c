/*
 * Times at which nothing can ever go out, and days with more than one text by plan, in the example.
 */
#include <string.h>

#include "test.h"
#include "broken.h"
#include "engine/check_schedule.h"

#define REVIEW "when = \"2026-12-02 14:00\"; remind = [ \"3d\", \"1d\" ];"

static const struct broken table[] = {
	/* Three hours of lateness end before the texting hours begin, or just when they do. */
	ROW("never-sent", PLAN, "at = \"10:00\"", "at = \"03:00\"", .at = "id = \"checkin\"",
	    .says = "; write at = \"09:00\""),
	ROW("never-sent", PLAN, "at = \"10:00\"", "at = \"06:00\"", .at = "id = \"checkin\""),
	ROW("never-sent", PLAN, "at = \"16:30\"", "at = \"20:00\"",
	    .says = "; write at = \"19:59\""),
	ROW("never-sent", PLAN, "at = \"16:30\"", "at = \"16:30\"; remind = [ \"2d\", \"15h\" ]",
	    .says = "15h before 16:30 "),
	/* A milestone waits to the end of its day. */
	ROW("never-sent", PLAN, "at = \"11:00\"", "at = \"21:30\""),
	ROW("never-sent", JORDAN, "at = \"16:00\"", "at = \"23:59\""),
	/* A meeting's waits for the meeting, an appointment's for half of its lead. */
	ROW("never-sent", JORDAN, "at = \"19:00\"; place", "at = \"08:00\"; place",
	    .says = "; write remind = \"13h\""),
	ROW("never-sent", JORDAN, "at = \"09:30\"", "at = \"08:00\"", .says = "1h before 08:00 "),
	ROW("never-sent", JORDAN, REVIEW, "when = \"2026-12-02 10:00\"; remind = \"2h\";",
	    .says = "; write remind = \"15h\""),
	/* Nothing is left of the rule. */
	ROW("empty-rule", JORDAN, "FREQ=MONTHLY;BYMONTHDAY=1,15",
	    "FREQ=MONTHLY;BYMONTHDAY=1,15;UNTIL=20261001", .warning = true),
	ROW("empty-rule", JORDAN, "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
	    .warning = true),
	/* The recovery date is her admission, and the day was over when she was discharged. */
	ROW("before-start", PLAN,
	    "kind = \"milestone\"; days = [ 30, 60, 90 ]; months = [ 6, 9 ]; years = [ 1 ]",
	    "kind = \"coping\"; days = [ 21 ]; counts_from = \"recovery\"", .warning = true,
	    .says = "21 days after the recovery date is before the first day of the client at "
		    "clients/jordan.conf:4, so this is never sent"),
	ROW("before-start", JORDAN, "rrule = \"FREQ=MONTHLY;BYMONTHDAY=1,15\"",
	    "months = [ 2 ]; counts_from = \"recovery\"", .warning = true,
	    .says = "2 months after"),
	/* The plan is over by then. */
	ROW("after-end", PLAN, "years = [ 1 ]", "years = [ 1, 2 ]", .warning = true,
	    .says = "2 years is after the end for everybody"),
	/* More than one text a day by plan. */
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
	/* Somebody has what it needs, whatever that is. */
	ROW("two-a-day", PLAN,
	    "on = \"SU\"; at = \"17:00\"; message = \"sponsor\"; needs = \"sponsor\"",
	    "on = \"FR\"; at = \"17:00\"; message = \"sponsor\"; needs = \"name\"", .warning = true,
	    .says = "\"coping\""),
	/* The last moment at which it still goes out, after it has waited for the hours. */
	ROW(NULL, PLAN, "at = \"10:00\"", "at = \"06:01\""),
	ROW(NULL, PLAN, "at = \"16:30\"", "at = \"19:59\""),
	ROW(NULL, PLAN, "at = \"11:00\"", "at = \"00:00\""),
	ROW(NULL, JORDAN, "at = \"19:00\"; place", "at = \"09:01\"; place"),
	ROW(NULL, JORDAN, REVIEW, "when = \"2026-12-02 10:01\"; remind = \"2h\";"),
	ROW(NULL, JORDAN, REVIEW, "when = \"2026-12-02 23:00\"; remind = \"1d\";"),
	ROW(NULL, JORDAN, "BYMONTHDAY=1,15", "BYMONTHDAY=1,15;UNTIL=20991101"),
	ROW(NULL, JORDAN, "FREQ=MONTHLY;BYDAY=1SA",
	    "FREQ=DAILY;INTERVAL=7;BYDAY=SA\"; from = \"2026-10-24"),
	ROW(NULL, JORDAN, "FREQ=MONTHLY;BYDAY=1SA",
	    "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE\"; from = \"2026-10-28"),
};

/* Asked at nine in the evening, and again not before noon of the next day, it is never asked. */
TEST(never_asked_afterwards)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	struct appointment *review;
	bool found = false;

	assert_int_equal(model_load("config", &faults, &model), 0);
	review = &model->clients[0].appointments[0];
	assert_string_equal(review->id, "review");
	assert_int_equal(check_schedule(model, &faults), 0);
	assert_int_equal(faults.count, 0);
	review->ask.after.elapsed = 7 * HF_HOUR;
	assert_int_equal(check_schedule(model, &faults), 0);
	assert_int_equal(faults.count, 0);
	model->texting.hours.from = 13 * 60;
	assert_int_equal(check_schedule(model, &faults), 0);
	for (size_t i = 0; i < faults.count; i++) {
		const struct fault *fault = &faults.list[i];

		found = found ||
			(strcmp(fault->code, "never-sent") == 0 && fault->line == review->line &&
			 strstr(fault->message, "7h after 14:00 is outside texting hours"));
	}
	assert_true(found);
}

static int load(const char *file, struct faults *faults, struct model **ret_model)
{
	_cleanup_(model_freep) struct model *model = NULL;

	assert_int_equal(model_load(file, faults, &model), 0);
	assert_int_equal(faults->count, 0);
	assert_int_equal(check_schedule(model, faults), 0);
	if (faults->errors > 0) {
		return CONF_E_FAULT;
	}
	*ret_model = take_ptr(model);
	return 0;
}

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), load);
}

/* Two reminders that meet on a day of their 58th week: a year is looked at, and longer where phases
 * go on for longer. */
TEST(as_long_as_the_phases)
{
	static struct phase phases[] = { { .weeks = 1, .weekdays = 1 << 3 },
					 { .weeks = 500, .weekdays = 1 << 3 } };
	static char rare[] = "FREQ=DAILY;INTERVAL=400";
	static struct reminder three[3];
	struct faults faults = { 0 };
	struct model *model = NULL;
	struct plan *plan;

	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	plan = &model->plans[0];
	for (size_t i = 0; i < plan->reminder_count; i++) {
		if (strcmp(plan->reminders[i].id, "coping") == 0) {
			three[0] = three[1] = three[2] = plan->reminders[i];
		}
	}
	three[0].weekdays = 0;
	three[0].rrule = rare;
	three[1].id = (char *)"weekly";
	three[1].weekdays = 1 << 1;
	three[2].id = (char *)"phased";
	three[2].weekdays = 0;
	three[2].phases = phases;
	three[2].phase_count = 1;
	plan->reminders = three;
	plan->reminder_count = 3;
	assert_int_equal(check_schedule(model, &faults), 0);
	assert_int_equal(faults.count, 0);
	plan->reminders[2].phase_count = 2;
	assert_int_equal(check_schedule(model, &faults), 0);
	assert_true(faults.count > 0);
	faults_done(&faults);
	(void)model_free(model);
	zone_close();
}

TEST(in_a_phase_years_from_now)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, PLAN, "weeks = 53;", "weeks = 500;");
	(void)rig_edit(dir, PLAN, "{ weeks = 40; on = \"MO\"; every = 2; }",
		       "{ weeks = 400; on = \"MO\"; every = 2; }, { weeks = 1; on = \"SU\"; }");
	assert_int_equal(load(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "two-a-day");
	assert_int_equal(faults.list[0].line, rig_find(dir, PLAN, "id = \"sponsor\""));
	faults_done(&faults);
	(void)model_free(model);
	rig_remove(dir);
	zone_close();
}
