/* A clinic in memory for tests of what comes in: bring texts, ask, and look at what follows. */
#ifndef HF_TESTS_INBOUND_RIG_H
#define HF_TESTS_INBOUND_RIG_H

#include <stdio.h>
#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/inbound.h"
#include "engine/message_log.h"

#define JORDAN   "+13125550142"
#define STAFF    "+13125550111"
#define STRANGER "+13125550199"
/* Monday 23 November 2026, 12:00 in Chicago: the site is open. */
#define NOON  (1795456800 * HF_SECOND)
#define NIGHT (NOON + 12 * HF_HOUR)

struct rig {
	struct engine_context ctx;
	struct message_log log;
	struct model *model;
	struct phonebook *book;
	int64_t written; /* texts so far: each has its id at the gateway */
};

static inline int set_up(void **state)
{
	struct faults faults = { 0 };
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_int_equal(model_load("config", &faults, &rig->model), 0);
	faults_done(&faults);
	assert_int_equal(phonebook_new(rig->model, &rig->book), 0);
	rig->ctx = (struct engine_context){ .model = rig->model, .book = rig->book };
	rig->ctx.log = &rig->log;
	assert_int_equal(store_open_memory(&rig->ctx.db), 0);
	assert_int_equal(people_consent(rig->ctx.db, "r-1042", JORDAN, CONSENT_GIVEN,
					NOON - 30 * HF_DAY, "config", "mreyes", NOON - 30 * HF_DAY),
			 0);
	*state = rig;
	return 0;
}

static inline int tear_down(void **state)
{
	struct rig *rig = *state;

	message_log_done(&rig->log);
	(void)db_close(rig->ctx.db);
	(void)phonebook_free(rig->book);
	(void)model_free(rig->model);
	free(rig);
	return 0;
}

static inline const struct engine_context *at(struct rig *rig, hf_time now)
{
	rig->ctx.now = now;
	return &rig->ctx;
}

/* --- what is done ----------------------------------------------------------------- */

static inline void bring(struct rig *rig, const char *id, const char *from, const char *text,
			 hf_time now)
{
	const struct wire_inbound inbound = {
		.gateway_id = id, .from = from, .to = "+13125550100", .text = text, .parts_of = ""
	};

	assert_int_equal(inbound_take(at(rig, now), "primary", &inbound), 0);
}

static inline void writes(struct rig *rig, const char *from, const char *text, hf_time now)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "SM%d", (int)++rig->written);
	bring(rig, id, from, text, now);
}

static inline void ask(struct rig *rig, int64_t message, hf_time at)
{
	const struct checkin checkin = { .message = message,
					 .client = "r-1042",
					 .reminder = "checkin",
					 .answers = "how_are_you",
					 .asked = at,
					 .nudge_at = at + 6 * HF_HOUR,
					 .silent_at = at + HF_DAY };

	assert_int_equal(checkins_ask(rig->ctx.db, &checkin), 0);
}

/* --- what is expected --------------------------------------------------------------- */

/* "MESSAGE MESSAGE ..." of what waits to go to somebody, and it is gone. */
static inline void expect_texts(struct rig *rig, const char *handle, const char *messages)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char found[256] = "";

	assert_int_equal(outbox_list(rig->ctx.db, handle, OUTBOX_DUE, 0, 100, &rows), 0);
	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		strcat(found, *found ? " " : "");
		strcat(found, row.message ? row.message : "text");
		assert_int_equal(row.priority, OUTBOX_URGENT);
		assert_int_equal(outbox_claim(rig->ctx.db, row.id, "primary", "x", 1, row.due), 0);
	}
	assert_string_equal(found, messages);
}

static inline void expect_consent(struct rig *rig, enum consent consent)
{
	struct person person;

	assert_int_equal(people_get(rig->ctx.db, "r-1042", &person), 0);
	assert_int_equal(person.consent, consent);
}

/* "reason urgency" of the open cases, in the order of the morning list. */
static inline void expect_cases(struct rig *rig, const char *handle, const char *cases)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char found[256] = "";

	assert_int_equal(cases_list(rig->ctx.db, handle, true, 100, &rows), 0);
	while (db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		strcat(found, *found ? ", " : "");
		strcat(found, case_reason_words[row.reason]);
		strcat(found, " ");
		strcat(found, case_urgency_words[row.urgency]);
	}
	assert_string_equal(found, cases);
}

static inline void expect_kind(struct rig *rig, enum inbox_kind kind, const char *handle)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct inbox_text text;

	assert_int_equal(inbox_list(rig->ctx.db, NULL, 0, 1, &rows), 0);
	assert_true(db_next(&rows));
	inbox_read(&rows, &text);
	assert_string_equal(inbox_kind_words[text.kind], inbox_kind_words[kind]);
	assert_string_equal(text.handle, handle);
}

#endif
