/* May this text go now?  A table for each rule, and the days on which the clocks change. */
#include "test.h"
#include "store/pauses.h"
#include "permit_rig.h"

static int set_up(void **state)
{
	static struct stage stage;
	int r = stage_open(&stage, "2026-11-24 10:00");

	stage.closed = on("2026-12-25");
	stage.meeting = (struct meeting){ .id = (char *)"tue", .site = true };
	stage.model.closed.list = &stage.closed;
	stage.model.closed.count = 1;
	stage.client.meetings = &stage.meeting;
	stage.client.meeting_count = 1;
	stage.client.pauses = &stage.pause;
	*state = &stage;
	return r;
}

static void expect_wait(struct stage *stage, hf_time until, const char *reason)
{
	expect(stage, PERMIT_WAIT, reason);
	assert_true(check(stage, &stage->client).until == until);
}

FIXTURE(set_up, tear_down);

TEST(test_plain)
{
	expect(*state, PERMIT_SEND, NULL);
}

TEST(test_gone)
{
	struct permit permit = check(*state, NULL);

	assert_int_equal(permit.verdict, PERMIT_CANCEL);
	assert_string_equal(permit.reason, "no longer enrolled");
}

TEST(test_stopped)
{
	struct stage *stage = *state;

	assert_int_equal(people_consent(stage->db, "r-1", "", CONSENT_WITHDRAWN, 5, "reply", "x",
					stage->now),
			 0);
	expect(stage, PERMIT_CANCEL, "stopped by the client");
	/* No hurry, no kind and no lateness comes before a STOP. */
	stage->row.priority = OUTBOX_URGENT;
	stage->row.expires = 0;
	expect(stage, PERMIT_CANCEL, "stopped by the client");
	/* The first text waits for a consent that may come. */
	stage->row.kind = KIND_WELCOME;
	stage->row.expires = HF_NEVER;
	expect_wait(stage, HF_NEVER, "stopped by the client");
}

TEST(test_stopped_by_staff)
{
	struct stage *stage = *state;

	assert_int_equal(people_consent(stage->db, "r-1", "", CONSENT_WITHDRAWN, 5, "staff", "x",
					stage->now),
			 0);
	expect(stage, PERMIT_CANCEL, "stopped by staff");
	/* Then she says so herself; then she signs again. */
	assert_int_equal(people_consent(stage->db, "r-1", "", CONSENT_WITHDRAWN, 6, "reply", "x",
					stage->now),
			 0);
	expect(stage, PERMIT_CANCEL, "stopped by the client");
	assert_int_equal(
		people_consent(stage->db, "r-1", "", CONSENT_GIVEN, 7, "config", "x", stage->now),
		0);
	expect(stage, PERMIT_SEND, NULL);
}

TEST(test_no_consent)
{
	struct stage *stage = *state;

	stage->row.client = "r-2";
	expect(stage, PERMIT_CANCEL, "no consent recorded");
	stage->row.priority = OUTBOX_URGENT;
	expect(stage, PERMIT_CANCEL, "no consent recorded");
	stage->row.kind = KIND_WELCOME;
	expect_wait(stage, HF_NEVER, "waits for consent");
}

TEST(test_too_late)
{
	struct stage *stage = *state;

	stage->row.expires = stage->now + 1;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.expires = stage->now;
	expect(stage, PERMIT_EXPIRE, "too late");
	stage->row.priority = OUTBOX_URGENT;
	expect(stage, PERMIT_EXPIRE, "too late");
}

TEST(test_closed)
{
	struct stage *stage = *state;

	/* 25 December in Chicago, already the 26th in UTC. */
	stage->row.occurrence = instant("2026-12-25 19:00");
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_APPOINTMENT;
	expect(stage, PERMIT_CANCEL, "closed that day");
	stage->row.kind = KIND_MEETING;
	stage->row.reminder = "tue";
	expect(stage, PERMIT_CANCEL, "closed that day");
	stage->meeting.site = false;
	expect(stage, PERMIT_SEND, NULL);
	stage->meeting.site = true;
	stage->row.occurrence = instant("2026-12-26 00:00");
	expect(stage, PERMIT_SEND, NULL);
	stage->row.occurrence = instant("2026-12-25 10:00");
	stage->row.reminder = "no such meeting";
	expect(stage, PERMIT_SEND, NULL);
}

TEST(test_paused)
{
	struct stage *stage = *state;

	stage->client.pause_count = 1;
	stage->pause =
		(struct pause){ .from = on("2026-11-24 00:00"), .until = on("2026-11-25 00:00") };
	expect(stage, PERMIT_CANCEL, "paused");
	stage->row.kind = KIND_WELCOME;
	stage->row.expires = HF_NEVER;
	expect_wait(stage, instant("2026-11-26 00:00"), "paused");
	stage->pause.until.year = 0;
	expect_wait(stage, HF_NEVER, "paused");
	stage->row.kind = KIND_NOTE;
	stage->now = instant("2026-11-23 19:59");
	expect(stage, PERMIT_SEND, NULL);
}

static void pause_by_staff(struct stage *stage, const char *until)
{
	struct staff_pause pause = { .at = stage->now, .by = "mreyes", .why = "w" };

	if (until) {
		pause.until = on(until);
	}
	assert_int_equal(pauses_begin(stage->db, "r-1", &pause), 0);
}

/* The day is the client's: until the last second of it, and not a second longer. */
TEST(test_paused_by_staff)
{
	struct stage *stage = *state;

	stage->row.priority = OUTBOX_URGENT;
	stage->row.expires = HF_NEVER;
	pause_by_staff(stage, "2026-11-25 00:00");
	expect(stage, PERMIT_CANCEL, "paused by staff");
	stage->row.kind = KIND_WELCOME;
	expect_wait(stage, instant("2026-11-26 00:00"), "paused by staff");
	stage->now = instant("2026-11-25 23:59:59");
	expect_wait(stage, instant("2026-11-26 00:00"), "paused by staff");
	stage->now = instant("2026-11-26 00:00");
	expect(stage, PERMIT_SEND, NULL);

	pause_by_staff(stage, NULL);
	expect_wait(stage, HF_NEVER, "paused by staff");
}

/* Whichever is longer counts, and says whose it is. */
TEST(test_paused_by_both)
{
	struct stage *stage = *state;

	stage->client.pause_count = 1;
	stage->pause =
		(struct pause){ .from = on("2026-11-24 00:00"), .until = on("2026-11-26 00:00") };
	stage->row.kind = KIND_WELCOME;
	stage->row.expires = HF_NEVER;
	pause_by_staff(stage, "2026-11-25 00:00");
	expect_wait(stage, instant("2026-11-27 00:00"), "paused");
	pause_by_staff(stage, "2026-11-27 00:00");
	expect_wait(stage, instant("2026-11-28 00:00"), "paused by staff");
	pause_by_staff(stage, NULL);
	expect_wait(stage, HF_NEVER, "paused by staff");
	stage->pause.until.year = 0;
	expect_wait(stage, HF_NEVER, "paused");
}

TEST(test_not_welcomed)
{
	struct stage *stage = *state;

	stage->row.client = "r-2";
	assert_int_equal(
		people_consent(stage->db, "r-2", "", CONSENT_GIVEN, 0, "config", "x", stage->now),
		0);
	expect_wait(stage, HF_NEVER, "waits for the first text");
	stage->row.kind = KIND_ONE_OFF;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_WELCOME;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_NOTE;
	assert_int_equal(people_welcomed(stage->db, "r-2", stage->now), 0);
	expect(stage, PERMIT_SEND, NULL);
}

TEST(test_hours)
{
	struct stage *stage = *state;

	stage->row.expires = HF_NEVER;
	stage->now = instant("2026-11-24 08:59:59");
	expect_wait(stage, instant("2026-11-24 09:00"), "outside texting hours");
	stage->now = instant("2026-11-24 09:00");
	expect(stage, PERMIT_SEND, NULL);
	stage->now = instant("2026-11-24 19:59:59");
	expect(stage, PERMIT_SEND, NULL);
	stage->now = instant("2026-11-24 20:00");
	expect_wait(stage, instant("2026-11-25 09:00"), "outside texting hours");
	stage->row.priority = OUTBOX_URGENT;
	expect(stage, PERMIT_SEND, NULL);

	/* What cannot wait that long says why it did not go. */
	stage->row.priority = OUTBOX_AUTOMATIC;
	stage->row.expires = instant("2026-11-25 09:00");
	expect(stage, PERMIT_EXPIRE, "outside texting hours");
	stage->row.expires++;
	expect(stage, PERMIT_WAIT, "outside texting hours");
}
