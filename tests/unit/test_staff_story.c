/* The whole story of a client: all of it, in order, and words only for who is on record. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/people.h"
#include "staff/routes.h"

#define CANARY "Jordan is not well"

/* On the 23rd at noon she is asked; last she is paused. */
static int live(void **state)
{
	struct rig *rig;

	if (rig_setup(state) != 0) {
		return -1;
	}
	rig = *state;
	(void)rig_answer_checkin(rig, CANARY);
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
	char told[16000], again[16000];

	tell(rig, NULL, told, sizeof(told));
	assert_int_equal(rig_audited(rig, AUDIT_READ), 0);
	tell(rig, "text=1", told, sizeof(told));
	answer = rig_answer(rig);
	assert_non_null(strstr(answer, CANARY));
	assert_true(rig_audited(rig, AUDIT_READ) > 0);
	/* That somebody has read is no part of her story. */
	tell(rig, "text=1", again, sizeof(again));
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
