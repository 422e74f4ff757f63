/* What a setback, a conversation and a dead number hold back, and what they let go. */
#include "test.h"
#include "store/checkins.h"
#include "permit_rig.h"

static int set_up(void **state)
{
	static struct stage stage;
	int r = stage_open(&stage, "2026-06-01 11:00");

	stage.model.texting.daily_limit = 2;
	stage.row.reminder = "some";
	stage.row.expires = stage.now + 6 * HF_HOUR;
	*state = &stage;
	return r;
}

static struct permit ask(struct stage *stage, int kind)
{
	stage->row.kind = kind;
	return check(stage, &stage->client);
}

static void set(struct stage *stage, hf_time setback, hf_time talking)
{
	const struct situation situation = { .setback = setback, .talking = talking };

	assert_int_equal(situation_set(stage->db, "r-1", &situation), 0);
}

FIXTURE(set_up, tear_down);

TEST(test_no_milestone_after_a_setback)
{
	struct stage *stage = *state;
	struct permit permit;

	assert_int_equal(ask(stage, KIND_MILESTONE).verdict, PERMIT_SEND);
	set(stage, instant("2026-06-01 10:59"), 0);
	permit = ask(stage, KIND_MILESTONE);
	assert_int_equal(permit.verdict, PERMIT_CANCEL);
	assert_string_equal(permit.reason, "paused after a setback");
	for (int kind = KIND_CHECK_IN; kind <= KIND_ALERT; kind++) {
		if (kind != KIND_MILESTONE) {
			assert_int_equal(ask(stage, kind).verdict, PERMIT_SEND);
		}
	}

	stage->client.recovery_date = on("2026-05-31");
	assert_int_equal(ask(stage, KIND_MILESTONE).verdict, PERMIT_CANCEL);
	stage->client.recovery_date = on("2026-06-01");
	assert_int_equal(ask(stage, KIND_MILESTONE).verdict, PERMIT_SEND);
}

TEST(test_automation_waits_for_talk)
{
	static const int waiting[] = { KIND_CHECK_IN, KIND_COPING, KIND_SPONSOR, KIND_MILESTONE,
				       KIND_NOTE };
	static const int going[] = { KIND_MEETING,   KIND_APPOINTMENT,  KIND_ONE_OFF,
				     KIND_REPLY,     KIND_CONFIRMATION, KIND_INFO,
				     KIND_EMERGENCY, KIND_ALERT };
	struct stage *stage = *state;
	hf_time until = stage->now + 4 * HF_HOUR;

	set(stage, 0, until);
	for (size_t i = 0; i < COUNT(waiting); i++) {
		struct permit permit = ask(stage, waiting[i]);

		assert_int_equal(permit.verdict, PERMIT_WAIT);
		assert_true(permit.until == until);
		assert_string_equal(permit.reason, "a conversation is under way");
	}
	for (size_t i = 0; i < COUNT(going); i++) {
		assert_int_equal(ask(stage, going[i]).verdict, PERMIT_SEND);
	}
	assert_int_equal(ask(stage, KIND_NUDGE).verdict, PERMIT_CANCEL);

	/* It ends by itself. */
	stage->now = until;
	assert_int_equal(ask(stage, KIND_CHECK_IN).verdict, PERMIT_SEND);
}

TEST(test_too_late_after_talk)
{
	struct stage *stage = *state;
	struct permit permit;

	set(stage, 0, stage->row.expires);
	permit = ask(stage, KIND_CHECK_IN);
	assert_int_equal(permit.verdict, PERMIT_EXPIRE);
	assert_string_equal(permit.reason, "a conversation is under way");
}

static void suspend(struct stage *stage, const char *phone)
{
	struct situation situation = { .suspended = stage->now, .failures = 3 };

	(void)stpncpy(situation.phone, phone, sizeof(situation.phone) - 1);
	assert_int_equal(situation_set(stage->db, "r-1", &situation), 0);
}

/* What answers her, and what she may need at once, is tried all the same. */
TEST(test_a_number_that_takes_nothing)
{
	static const int going[] = { KIND_REPLY, KIND_CONFIRMATION, KIND_INFO, KIND_EMERGENCY,
				     KIND_ALERT };
	struct stage *stage = *state;
	struct permit permit;

	stage->client.phone = (char *)"+13125550142";
	suspend(stage, stage->client.phone);
	for (int kind = KIND_CHECK_IN; kind <= KIND_CLOSING; kind++) {
		permit = ask(stage, kind);
		assert_int_equal(permit.verdict, PERMIT_CANCEL);
		assert_string_equal(permit.reason, "the number cannot be reached");
	}
	for (size_t i = 0; i < COUNT(going); i++) {
		assert_int_equal(ask(stage, going[i]).verdict, PERMIT_SEND);
	}

	/* Her first text waits for another number. */
	stage->row.expires = HF_NEVER;
	permit = ask(stage, KIND_WELCOME);
	assert_int_equal(permit.verdict, PERMIT_WAIT);
	assert_true(permit.until == HF_NEVER);
	stage->client.phone = (char *)"+13125550143";
	assert_int_equal(ask(stage, KIND_WELCOME).verdict, PERMIT_SEND);
	assert_int_equal(ask(stage, KIND_CHECK_IN).verdict, PERMIT_SEND);
}

/* She has answered before the second asking went out. */
TEST(test_a_question_that_is_closed)
{
	struct stage *stage = *state;
	const struct checkin checkin = { .message = 7,
					 .client = "r-1",
					 .reminder = "x",
					 .answers = "x",
					 .asked = stage->now,
					 .nudge_at = HF_NEVER,
					 .silent_at = HF_NEVER };
	struct permit permit;

	stage->row.message = "nudge";
	stage->row.occurrence = checkin.message;
	assert_int_equal(checkins_ask(stage->db, &checkin), 0);
	assert_int_equal(checkins_move(stage->db, 7, CHECKIN_NUDGED), 0);
	assert_int_equal(ask(stage, KIND_NUDGE).verdict, PERMIT_SEND);
	assert_int_equal(checkins_answer(stage->db, 7, 0, stage->now), 0);
	permit = ask(stage, KIND_NUDGE);
	assert_int_equal(permit.verdict, PERMIT_CANCEL);
	assert_string_equal(permit.reason, "it is no longer open");
}
