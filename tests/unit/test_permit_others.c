/* What other texts of the same reminder make of one: an outage, an edited time. */
#include "test.h"
#include "permit_rig.h"

static int set_up(void **state)
{
	static struct stage stage;
	int r = stage_open(&stage, "2026-11-24 10:00");

	stage.model.texting.hours = (struct hours){ WEEKDAY_ALL, 0, 24 * 60 };
	stage.row.expires++;
	*state = &stage;
	return r;
}

static int64_t add_one(struct stage *stage, const char *lead, hf_time occurrence, hf_time due)
{
	struct outbox_message row = stage->row;
	int64_t id;

	row.lead = lead;
	row.occurrence = occurrence;
	row.due = due;
	row.expires = due + 3 * HF_HOUR;
	assert_int_equal(outbox_add(stage->db, &row, stage->now, &id), 0);
	return id;
}

FIXTURE(set_up, tear_down);

TEST(test_a_later_one)
{
	struct stage *stage = *state;
	hf_time due = stage->row.due;

	(void)add_one(stage, "", due, due);
	stage->now = due + 2 * HF_HOUR;
	expect(stage, PERMIT_SEND, NULL);
	(void)add_one(stage, "", due + 3 * HF_HOUR, due + 3 * HF_HOUR);
	expect(stage, PERMIT_SEND, NULL); /* that one is not due yet */
	stage->now = due + 3 * HF_HOUR;
	expect(stage, PERMIT_EXPIRE, "a later one takes its place");
	stage->now = due + 6 * HF_HOUR;
	expect(stage, PERMIT_EXPIRE, "too late"); /* and so is the other */
	stage->now = due + 3 * HF_HOUR;
	stage->row.reminder = "another";
	stage->row.expires = HF_NEVER;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.reminder = "check-in";
	stage->row.priority = OUTBOX_URGENT;
	expect(stage, PERMIT_SEND, NULL);
}

/* Each meeting is a thing of its own. */
TEST(test_a_later_lead)
{
	struct stage *stage = *state;
	hf_time begins = stage->now + 4 * HF_HOUR;
	int64_t nearer;

	stage->row.kind = KIND_MEETING;
	stage->row.reminder = "mon";
	stage->row.lead = "1d";
	stage->row.occurrence = begins;
	(void)add_one(stage, "1d", begins + HF_DAY, stage->now + 1);
	stage->now += 2;
	expect(stage, PERMIT_SEND, NULL);
	nearer = add_one(stage, "4h", begins, stage->now);
	expect(stage, PERMIT_EXPIRE, "a later one takes its place");
	assert_int_equal(outbox_settle(stage->db, nearer, OUTBOX_CANCELLED, "x", stage->now), 0);
	expect(stage, PERMIT_SEND, NULL);
}

TEST(test_one_a_day)
{
	struct stage *stage = *state;
	hf_time morning = instant("2026-11-24 09:00");
	int64_t id = add_one(stage, "", morning, morning);

	assert_int_equal(outbox_claim(stage->db, id, "p", "x", 1, morning), 0);
	expect(stage, PERMIT_CANCEL, "has gone out that day, at another time");
	stage->row.occurrence = instant("2026-11-25 00:00");
	expect(stage, PERMIT_SEND, NULL);
	stage->row.occurrence = instant("2026-11-24 23:59:59");
	expect(stage, PERMIT_CANCEL, "has gone out that day, at another time");
	/* The same occurrence is another attempt; a meeting that was moved is said anew. */
	stage->row.occurrence = morning;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.occurrence = stage->now;
	stage->row.kind = KIND_APPOINTMENT;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_CHECK_IN;
	/* A row that names its message is no schedule's: a nudge, say. */
	stage->row.message = "nudge";
	expect(stage, PERMIT_SEND, NULL);
	stage->row.message = NULL;
	assert_int_equal(db_run(stage->db, "UPDATE outbox SET message = 'nudge'", ""), 0);
	expect(stage, PERMIT_SEND, NULL);
	assert_int_equal(db_run(stage->db, "UPDATE outbox SET message = NULL", ""), 0);
	expect(stage, PERMIT_CANCEL, "has gone out that day, at another time");
	/* What is too late, or waits anyway, says so and nothing else. */
	stage->now = stage->row.expires;
	expect(stage, PERMIT_EXPIRE, "too late");
	stage->now = stage->row.due;
	stage->model.texting.hours = (struct hours){ WEEKDAY_ALL, 12 * 60, 20 * 60 };
	expect(stage, PERMIT_CANCEL, "has gone out that day, at another time");
	stage->model.texting.hours = (struct hours){ .weekdays = WEEKDAY_ALL, .until = 24 * 60 };
	/* One that failed has not gone out. */
	assert_int_equal(outbox_settle(stage->db, id, OUTBOX_FAILED, "x", stage->now), 0);
	expect(stage, PERMIT_SEND, NULL);
}
