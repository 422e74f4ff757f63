/*
 * The example clinic served in memory at a told moment, without couriers, and
 * requests put to it as the staff's door would.  Tests run at the top of the tree.
 */
#ifndef HF_TESTS_STAFF_RIG_H
#define HF_TESTS_STAFF_RIG_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/store.h"
#include "staff/route.h"

struct rig {
	struct db *db;
	struct engine *engine;
	struct clock clock;
	struct api_host host;
	int reload_answer, reloads, changes;
	hf_time reloaded;
	const char *error;
	struct reply reply;
};

static inline int rig_reload(void *userdata, struct faults *faults)
{
	struct rig *rig = userdata;

	rig->reloads++;
	if (rig->reload_answer == CONF_E_FAULT) {
		fault_add(faults, FAULT_ERROR, "plans/a.conf", 12, "unknown-key", "what; do");
	}
	return rig->reload_answer;
}

static inline void rig_changed(void *userdata)
{
	struct rig *rig = userdata;

	rig->changes++;
}

static inline void rig_last_reload(void *userdata, hf_time *ret_at, const char **ret_error)
{
	struct rig *rig = userdata;

	*ret_at = rig->reloaded;
	*ret_error = rig->error ? rig->error : "";
}

static inline int rig_carry(void *userdata, const char *gateway, const struct wire_text *texts,
			    size_t count)
{
	(void)userdata;
	(void)gateway;
	(void)texts;
	(void)count;
	return -ENOTCONN;
}

static inline hf_time rig_moment(const char *rfc3339)
{
	hf_time at = 0;

	assert_int_equal(civil_parse_rfc3339(rfc3339, &at), 0);
	return at;
}

static inline int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct faults faults = { 0 };
	struct model *model = NULL;
	hf_time now = rig_moment("2026-11-23T12:00:00-06:00");

	assert_non_null(rig);
	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	assert_int_equal(store_open_memory(&rig->db), 0);
	assert_int_equal(engine_new(rig->db, model, rig_carry, rig, now, &rig->engine), 0);
	clock_init_told(&rig->clock, now, 0);
	rig->host = (struct api_host){ .engine = rig->engine,
				       .clock = &rig->clock,
				       .version = "9.9",
				       .since = now,
				       .reload = rig_reload,
				       .changed = rig_changed,
				       .last_reload = rig_last_reload,
				       .userdata = rig };
	assert_int_equal(engine_run(rig->engine, now), 0);
	*state = rig;
	return 0;
}

static inline int rig_teardown(void **state)
{
	struct rig *rig = *state;

	reply_done(&rig->reply);
	(void)engine_free(rig->engine);
	(void)db_close(rig->db);
	free(rig);
	zone_close();
	return 0;
}

/* r-1042 is asked how she is.  An hour later she writes, and is taken for somebody in need, at second
 * sight for somebody to be watched; a case is opened, an hour later somebody has spoken to her, and
 * it is an hour after that.  Gives the time of her text. */
static inline hf_time rig_answer_checkin(struct rig *rig, const char *text)
{
	hf_time asked = clock_now(&rig->clock), wrote = asked + HF_HOUR;
	const struct checkin checkin = { .message = 1,
					 .client = "r-1042",
					 .reminder = "checkin",
					 .answers = "how_are_you",
					 .asked = asked,
					 .nudge_at = HF_NEVER,
					 .silent_at = HF_NEVER };
	const struct wire_inbound inbound = { .gateway_id = "1",
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = text,
					      .parts_of = "",
					      .parts = 1 };
	int64_t id;

	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	assert_int_equal(inbox_add(rig->db, "primary", &inbound, wrote, &id), 0);
	assert_int_equal(inbox_mark(rig->db, id, "r-1042", INBOX_ANSWER), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_NEED, wrote), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_WATCH, wrote + 1), 0);
	assert_int_equal(cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, wrote, &id), 0);
	assert_int_equal(
		cases_attempt(rig->db, id, "mreyes", CASE_SPOKE, "better", wrote + HF_HOUR), 0);
	clock_init_told(&rig->clock, wrote + 2 * HF_HOUR, 0);
	return wrote;
}

/* "a=1&b=2": no percent-encoding, which is the listener's business. */
static inline const char *rig_find_query(const void *userdata, const char *name)
{
	static char values[8][256]; /* one is good until the eighth question after it */
	static unsigned next;
	char *value = values[next++ % 8];
	const char *at = userdata;
	size_t length = strlen(name);

	while (at && *at) {
		const char *end = strchrnul(at, '&');

		if (strncmp(at, name, length) == 0 && at[length] == '=') {
			(void)snprintf(value, sizeof(values[0]), "%.*s",
				       (int)(end - at - length - 1), at + length + 1);
			return value;
		}
		at = *end ? end + 1 : end;
	}
	return NULL;
}

/* The status; the answer is in rig->reply.json until the next.  id is what stands for the star of
 * the route's path. */
static inline int rig_ask(struct rig *rig, route_answer *route, const char *id, const char *query,
			  const char *body)
{
	struct request request = { .find = rig_find_query,
				   .userdata = query,
				   .body = body,
				   .body_size = body ? strlen(body) : 0,
				   .uid = 1000 };

	(void)snprintf(request.id, sizeof(request.id), "%s", id ? id : "");
	reply_done(&rig->reply);
	rig->reply = (struct reply){ 0 };
	assert_in_range(route(&rig->host, &request, &rig->reply), 0, REPLY_REFUSED);
	assert_non_null(rig->reply.json);
	if (rig->reply.status >= 300) {
		assert_non_null(json_text(rig->reply.json, "error"));
	}
	return rig->reply.status;
}

/* The whole answer as text, to look for what must not be there.  The caller frees. */
static inline char *rig_answer(const struct rig *rig)
{
	char *text = json_write(rig->reply.json, NULL);

	assert_non_null(text);
	return text;
}

/* The newest line of the audit about r-1042, and that it is of who asks here. */
static inline void rig_expect_act(struct rig *rig, const char *verb, const char *detail,
				  const char *why)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_list(rig->db, "r-1042", NULL, 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_string_equal(entry.verb, verb);
	assert_string_equal(entry.detail, detail);
	assert_string_equal(entry.why, why);
	assert_true(entry.uid == 1000);
}

/* How many lines of that verb the audit has; NULL: all. */
static inline int64_t rig_audited(struct rig *rig, const char *verb)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t lines = 0;

	assert_int_equal(audit_list(rig->db, NULL, verb, 100, &rows), 0);
	while (db_next(&rows)) {
		lines++;
	}
	return lines;
}

#endif
