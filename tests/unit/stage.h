/*
 * A stage for tests of the way out: a snapshot built by hand with two gateways and
 * a hundred clients, a database, and a courier that writes down what it is given.
 */
#ifndef HF_TESTS_STAGE_H
#define HF_TESTS_STAGE_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/dispatch.h"
#include "engine/message_log.h"

#define STAGE_CLIENTS    100
#define STAGE_UNWELCOMED 99 /* has consented and had no first text */
#define STAGE_CARRIED    4096

struct carried {
	char gateway[8], key[40], to[20], body[64], at[40];
	int64_t id;
	int attempt;
	hf_time valid_for;
};

struct stage {
	struct db *db;
	struct model model;
	struct client clients[STAGE_CLIENTS];
	char ids[STAGE_CLIENTS][16], phones[STAGE_CLIENTS][24];
	char *gateways[2];
	struct message_log log; /* of its dispatch */
	struct dispatch *dispatch;
	hf_time now;
	struct carried carried[STAGE_CARRIED];
	int count, packets;
	int carry_answer;
	hf_time occurrence;
};

static inline int stage_carry(void *userdata, const char *gateway, const struct wire_text *texts,
			      size_t count)
{
	struct stage *stage = userdata;

	assert_true(count > 0 && count <= WIRE_BATCH_MAX);
	stage->packets++;
	for (size_t i = 0; i < count && stage->count < STAGE_CARRIED; i++) {
		struct carried *carried = &stage->carried[stage->count++];

		carried->id = texts[i].id;
		carried->attempt = texts[i].attempt;
		carried->valid_for = texts[i].valid_for;
		(void)snprintf(carried->gateway, sizeof(carried->gateway), "%s", gateway);
		(void)snprintf(carried->key, sizeof(carried->key), "%s", texts[i].key);
		(void)snprintf(carried->to, sizeof(carried->to), "%s", texts[i].to);
		(void)snprintf(carried->body, sizeof(carried->body), "%s", texts[i].body);
		(void)snprintf(carried->at, sizeof(carried->at), "%s", texts[i].at);
	}
	return stage->carry_answer;
}

static inline int stage_people(struct stage *stage)
{
	const struct zone *zone;
	int r = zone_get("America/Chicago", &zone);

	for (int i = 0; r == 0 && i < STAGE_CLIENTS; i++) {
		(void)snprintf(stage->ids[i], sizeof(stage->ids[i]), "c-%03d", i);
		(void)snprintf(stage->phones[i], sizeof(stage->phones[i]), "+1312555%04d", i);
		stage->clients[i] = (struct client){ .id = stage->ids[i],
						     .phone = stage->phones[i],
						     .language = (char *)"en",
						     .zone = zone };
		r = people_consent(stage->db, stage->ids[i], "", CONSENT_GIVEN, 0, "config", "x",
				   stage->now);
		if (r == 0 && i != STAGE_UNWELCOMED) {
			r = people_welcomed(stage->db, stage->ids[i], 1);
		}
	}
	return r;
}

static inline struct engine_context stage_context(struct stage *stage)
{
	return (struct engine_context){
		.db = stage->db, .model = &stage->model, .log = &stage->log, .now = stage->now
	};
}

/* A new dispatch on the same database, as after a restart. */
static inline int stage_restart(struct stage *stage)
{
	const struct engine_context ctx = stage_context(stage);

	stage->dispatch = dispatch_free(stage->dispatch);
	return dispatch_new(&ctx, stage_carry, stage, &stage->dispatch);
}

static inline int stage_open_at(struct stage *stage, struct db *db)
{
	memset(stage, 0, sizeof(*stage));
	stage->db = db;
	stage->gateways[0] = (char *)"one";
	stage->gateways[1] = (char *)"two";
	stage->model = (struct model){
		.site = { .language = (char *)"en" },
		.texting = { .hours = { .weekdays = WEEKDAY_ALL, .from = 9 * 60, .until = 20 * 60 },
			     .daily_limit = 100000,
			     .most_per_hour = 100000,
			     .most_per_day = 100000,
			     .max_segments = 2,
			     .on_unknown = ON_UNKNOWN_HOLD },
		.gateways = { .list = stage->gateways, .count = 2 },
		.clients = stage->clients,
		.client_count = STAGE_CLIENTS,
	};
	if (civil_parse_rfc3339("2026-11-24T10:00:00-06:00", &stage->now) != 0 ||
	    stage_people(stage) != 0) {
		return -1;
	}
	return stage_restart(stage);
}

static inline int stage_open(struct stage *stage)
{
	struct db *db;

	return store_open_memory(&db) ? -1 : stage_open_at(stage, db);
}

static inline void stage_close(struct stage *stage)
{
	(void)dispatch_free(stage->dispatch);
	message_log_done(&stage->log);
	(void)db_close(stage->db);
	zone_close();
}

/* A new database in the place of the old one; what was carried stays known. */
static inline int stage_change_database(struct stage *stage)
{
	stage->dispatch = dispatch_free(stage->dispatch);
	stage->db = db_close(stage->db);
	if (store_open_memory(&stage->db) != 0 || stage_people(stage) != 0) {
		return -1;
	}
	stage->occurrence = 0;
	return stage_restart(stage);
}

/* A text of its own, of a reminder of its own, due now, good for three hours. */
static inline int64_t stage_add(struct stage *stage, int client, int kind)
{
	char reminder[32];
	struct outbox_message row = { .client = stage->ids[client],
				      .kind = kind,
				      .reminder = reminder,
				      .occurrence = ++stage->occurrence,
				      .due = stage->now,
				      .expires = stage->now + 3 * HF_HOUR,
				      .priority = OUTBOX_AUTOMATIC,
				      .text = "Hello" };
	int64_t id = 0;

	(void)snprintf(reminder, sizeof(reminder), "x-%lld", (long long)stage->occurrence);
	assert_int_equal(outbox_add(stage->db, &row, stage->now, &id), 0);
	return id;
}

/* The same, before all that schedules ask for. */
static inline int64_t stage_add_urgent(struct stage *stage, int client)
{
	int64_t id = stage_add(stage, client, KIND_REPLY);

	assert_int_equal(db_run(stage->db, "UPDATE outbox SET priority = 0 WHERE id = ?1", "i", id),
			 0);
	return id;
}

static inline void stage_expire(struct stage *stage, int64_t id, hf_time expires)
{
	assert_int_equal(db_run(stage->db, "UPDATE outbox SET expires = ?2 WHERE id = ?1", "ii", id,
				expires),
			 0);
}

static inline void stage_say(struct stage *stage, const char *gateway,
			     const struct wire_outcome *outcomes, size_t count, unsigned credit)
{
	assert_int_equal(
		dispatch_outcomes(stage->dispatch, gateway, outcomes, count, credit, stage->now),
		0);
}

static inline void stage_connect(struct stage *stage, const char *gateway, bool idempotent,
				 unsigned credit)
{
	struct wire_hello hello = { .gateway = gateway, .idempotent = idempotent };

	assert_int_equal(dispatch_courier_hello(stage->dispatch, &hello, stage->now), 0);
	if (credit > 0) {
		stage_say(stage, gateway, NULL, 0, credit);
	}
}

static inline void stage_gone(struct stage *stage, const char *gateway)
{
	const struct engine_context ctx = stage_context(stage);

	assert_int_equal(dispatch_courier_gone(stage->dispatch, &ctx, gateway), 0);
}

/* What became of the text that was carried as the nth. */
static inline void stage_answer(struct stage *stage, int nth, enum outcome_class class,
				unsigned credit)
{
	const struct carried *carried = &stage->carried[nth];
	struct wire_outcome outcome = { .id = carried->id,
					.attempt = carried->attempt,
					.key = carried->key,
					.class = class,
					.gateway_id = "SM1",
					.reason = class == OUTCOME_ACCEPTED ? "" : "test" };

	stage_say(stage, carried->gateway, &outcome, 1, credit);
}

/* It was refused, and whose fault that was. */
static inline void stage_refuse(struct stage *stage, int nth, enum wire_fault fault)
{
	const struct carried *carried = &stage->carried[nth];
	const struct wire_outcome outcome = { .id = carried->id,
					      .attempt = carried->attempt,
					      .key = carried->key,
					      .class = OUTCOME_REFUSED,
					      .fault = fault,
					      .gateway_id = "",
					      .reason = "test" };

	stage_say(stage, carried->gateway, &outcome, 1, 0);
}

static inline void stage_run(struct stage *stage)
{
	const struct engine_context ctx = stage_context(stage);

	assert_int_equal(dispatch_run(stage->dispatch, &ctx), 0);
}

static inline hf_time stage_next(struct stage *stage)
{
	const struct engine_context ctx = stage_context(stage);
	hf_time next = 0;

	assert_int_equal(dispatch_next(stage->dispatch, &ctx, &next), 0);
	return next;
}

static inline enum outbox_state stage_state(struct stage *stage, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(stage->db, id, &rows), 0);
	outbox_read(&rows, &row);
	return row.state;
}

static inline void stage_expect(struct stage *stage, int64_t id, enum outbox_state state,
				int attempts, const char *reason)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(stage->db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_string_equal(outbox_state_words[row.state], outbox_state_words[state]);
	assert_int_equal(row.attempts, attempts);
	assert_string_equal(row.reason ? row.reason : "-", reason ? reason : "-");
}

static struct stage stage;

static inline int set_up(void **state)
{
	(void)state;
	return stage_open(&stage);
}

static inline int tear_down(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

#endif
