/* A text of a client who has consented and had her first text, and what is said of it now. */
#ifndef HF_TESTS_PERMIT_RIG_H
#define HF_TESTS_PERMIT_RIG_H

#include <string.h>

#include "store/people.h"
#include "store/store.h"
#include "engine/permit.h"
#include "plan_rig.h"

struct stage {
	struct db *db;
	struct model model;
	struct client client;
	struct meeting meeting;
	struct pause pause;
	struct civil closed;
	struct outbox_message row;
	hf_time now;
};

/* From 10:00 to 13:00, in texting hours from 9:00 to 20:00. */
static inline int stage_open(struct stage *stage, const char *now)
{
	*stage = (struct stage){
		.client = a_client("2026-01-05"),
		.model = { .texting = { .hours = { WEEKDAY_ALL, 9 * 60, 20 * 60 },
					.daily_limit = 9 } },
		.now = instant(now),
	};
	stage->row = (struct outbox_message){ .id = 1,
					      .client = "r-1",
					      .kind = KIND_CHECK_IN,
					      .reminder = "check-in",
					      .lead = "",
					      .occurrence = stage->now,
					      .due = stage->now,
					      .expires = stage->now + 3 * HF_HOUR,
					      .priority = OUTBOX_AUTOMATIC };
	return store_open_memory(&stage->db) ||
	       people_consent(stage->db, "r-1", "", CONSENT_GIVEN, 0, "config", "x", stage->now) ||
	       people_welcomed(stage->db, "r-1", 1);
}

static inline int tear_down(void **state)
{
	struct stage *stage = *state;

	(void)db_close(stage->db);
	zone_close();
	return 0;
}

static inline struct permit check(struct stage *stage, const struct client *client)
{
	const struct engine_context ctx = { .db = stage->db,
					    .model = &stage->model,
					    .now = stage->now };
	struct permit permit;

	assert_int_equal(permit_check(&ctx, client, &stage->row, &permit), 0);
	return permit;
}

static inline void expect(struct stage *stage, enum permit_verdict verdict, const char *reason)
{
	/* Asking changes nothing, so a second time gives the same. */
	for (int again = 0; again < 2; again++) {
		struct permit permit = check(stage, &stage->client);

		assert_int_equal(permit.verdict, verdict);
		if (reason) {
			assert_string_equal(permit.reason, reason);
		} else {
			assert_null(permit.reason);
		}
	}
}

#endif
