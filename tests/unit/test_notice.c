/* What staff are texted: handles and neutral words, whatever messages/ asks for. */
#include "test.h"
#include "alerts_rig.h"
#include "engine/notice.h"

static void send(struct rig *rig, const struct notice *notice)
{
	assert_int_equal(notice_send(at(rig, 7 * HF_DAY), &rig->staff[0], notice), 0);
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_every_reason, NULL, NULL)
{
	for (int i = 0; case_reason_words[i]; i++) {
		const char *english = notice_reason("en", (enum case_reason)i);
		const char *spanish = notice_reason("es", (enum case_reason)i);

		assert_true(strlen(english) > 0 && strlen(english) <= 28);
		assert_true(strlen(spanish) > 0 && strlen(spanish) <= 28);
		assert_string_not_equal(english, spanish);
		assert_null(strstr(english, "crisis"));
		assert_string_equal(notice_reason("pl", (enum case_reason)i), english);
	}
}

TEST(test_once)
{
	struct rig *rig = *state;
	struct outbox_totals totals;
	struct notice notice = { .message = "digest", .count = 3, .about = 5, .expires = HF_NEVER };

	send(rig, &notice);
	send(rig, &notice);
	rig_expect(rig, "@ana", "Riverside: 3 new to look at today. See holdfastctl cases.");
	rig_expect(rig, NULL, NULL);
	notice.about = 6;
	send(rig, &notice);
	assert_int_equal(outbox_totals(rig->db, 7 * HF_DAY, &totals), 0);
	assert_int_equal(totals.due, 2);
}

/* A message that asks for what no alert may say is not used. */
TEST(test_no_names)
{
	struct rig *rig = *state;
	struct message message = { .name = (char *)"alert",
				   .text = (char *)"{name} wrote, case {case}" };
	struct language language = { .code = (char *)"en", .messages = &message, .count = 1 };
	struct language *before = rig->model->languages;
	struct notice notice = { .message = "alert",
				 .number = 12,
				 .client = "r-1042",
				 .reason = CASE_SETBACK,
				 .expires = HF_NEVER };

	rig->model->languages = &language;
	send(rig, &notice);
	rig_expect(rig, "@ana", "Case 12: client r-1042, please call soon. Reply ACK 12.");
	rig->model->languages = before;
}
