/* The whole story of a client: all of it, in order, and words only for who is on record. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/people.h"
#include "staff/routes.h"

#define CANARY "Jordan is not well"

/* On the 23rd at noon she is asked; then each hour something happens. */
static int live(void **state)
{
	const struct wire_inbound inbound = { .gateway_id = "1",
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = CANARY,
					      .parts_of = "",
					      .parts = 1 };
	struct checkin checkin = { .message = 1,
				   .client = "r-1042",
				   .reminder = "checkin",
				   .answers = "how_are_you",
				   .nudge_at = HF_NEVER,
				   .silent_at = HF_NEVER };
	struct rig *rig;
	int64_t id;
	hf_time now;

	if (rig_setup(state) != 0) {
		return -1;
	}
	rig = *state;
	now = checkin.asked = clock_now(&rig->clock);
	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	now += HF_HOUR;
	assert_int_equal(inbox_add(rig->db, "primary", &inbound, now, &id), 0);
	assert_int_equal(inbox_mark(rig->db, id, "r-1042", INBOX_ANSWER), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_NEED, now), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_WATCH, now + 1), 0);
	assert_int_equal(cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, now, &id), 0);
	assert_int_equal(cases_attempt(rig->db, id, "mreyes", CASE_SPOKE, "better", now + HF_HOUR),
			 0);
	clock_init_told(&rig->clock, now + 2 * HF_HOUR, 0);
	return rig_ask(rig, post_pause, "r-1042", NULL,
		       "{\"why\":\"in hospital\",\"until\":\"2026-12-01\"}") != 200;
}

/* Of the events one after the other: "event: detail\n". */
static void tell(struct rig *rig, const char *query, char *told, size_t size)
{
	size_t used = 0;

	assert_int_equal(rig_ask(rig, get_story, "r-1042", query, NULL), 200);
	for (size_t i = 0; i < json_array_size(rig->reply.json); i++) {
		const json_t *event = json_array_get(rig->reply.json, i);
		const char *detail = json_text(event, "detail");

		used += (size_t)snprintf(told + used, size - used, "%s: %s\n",
					 json_text(event, "event"), detail ? detail : "-");
		assert_true(used < size);
	}
}

FIXTURE(live, rig_teardown);

TEST(test_in_order)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	char told[4000];
	const char *last = "";

	tell(rig, NULL, told, sizeof(told));
	assert_ptr_equal(strstr(told, "consent: given: config by mreyes\n"), told);
	last = strstr(told, "number: in use from here on\n");
	assert_non_null(last);
	last = strstr(last, "check-in: asked by text 1: answered\n");
	assert_non_null(last);
	assert_non_null(strstr(last, "wrote: text 1 of the inbox: answer\n"
				     "answer: to text 1: watch, at first need\n"
				     "case 1: need: opened: urgent\n"
				     "case 1: need: spoke by mreyes: better\n"
				     "pause: by "));
	assert_non_null(strstr(last, ": until 2026-12-01; in hospital\n"));

	answer = rig_answer(rig);
	assert_null(strstr(answer, CANARY));
	assert_null(strstr(answer, "\"text\":"));
	assert_null(strstr(answer, "+1312"));
}

TEST(test_words)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	char told[4000], again[4000];

	tell(rig, NULL, told, sizeof(told));
	assert_int_equal(rig_audited(rig, AUDIT_READ), 0);
	tell(rig, "text=1", told, sizeof(told));
	answer = rig_answer(rig);
	assert_non_null(strstr(answer, CANARY));
	assert_true(rig_audited(rig, AUDIT_READ) > 0);
	/* That somebody has read is no part of her story. */
	tell(rig, NULL, again, sizeof(again));
	assert_string_equal(told, again);
}

TEST(test_nobody)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, get_story, "nobody", NULL, NULL), 404);
}

/* The longest why that is taken, in letters of two bytes, is neither cut nor in the way. */
TEST(test_longest_why)
{
	struct rig *rig = *state;
	char why[2 * CALLER_WHY_MAX + 1], body[sizeof(why) + 16];

	for (int shift = 0; shift < 2; shift++) {
		_cleanup_free_ char *answer = NULL;

		(void)strcpy(why, shift ? "x" : "");
		for (int i = shift; i < CALLER_WHY_MAX; i++) {
			(void)strcat(why, "\xc3\xa9");
		}
		(void)snprintf(body, sizeof(body), "{\"why\":\"%s\"}", why);
		assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL, body), 200);
		assert_int_equal(rig_ask(rig, get_story, "r-1042", NULL, NULL), 200);
		answer = rig_answer(rig);
		assert_non_null(strstr(answer, why));
	}
}
