/*
 * A small roster, told time in Chicago, and the texts to staff as they are written.
 * Tests run at the top of the tree.
 */
#ifndef HF_TESTS_ALERTS_RIG_H
#define HF_TESTS_ALERTS_RIG_H

#include <stdio.h>
#include <string.h>

#include "store/cases.h"
#include "store/store.h"
#include "engine/alerts.h"

struct rig {
	struct model *model;
	struct db *db;
	struct engine_context ctx;
	struct staff_member staff[3];
	struct on_call lines[4];
	int64_t seen; /* texts that were looked at */
};

static inline hf_time rig_at(const struct rig *rig, const char *text)
{
	struct civil civil;

	assert_int_equal(civil_parse_datetime(text, &civil), 0);
	return zone_instant(rig->model->site.zone, &civil);
}

static inline void rig_line(struct rig *rig, const char *staff, const char *when)
{
	struct on_call *line = &rig->lines[rig->model->on_call_count++];

	line->staff = (char *)staff;
	assert_int_equal(civil_parse_hours(when, &line->when), 0);
}

static inline int rig_setup(void **state)
{
	static const struct staff_member staff[] = {
		{ (char *)"ana", (char *)"Ana Cruz", (char *)"+13125550111" },
		{ (char *)"ben", (char *)"Ben Poe", (char *)"+13125550112" },
		{ (char *)"cy", (char *)"Cy Lee", (char *)"+13125550113" },
	};
	struct rig *rig = calloc(1, sizeof(*rig));
	struct faults faults = { 0 };

	assert_non_null(rig);
	assert_int_equal(model_load("config", &faults, &rig->model), 0);
	faults_done(&faults);
	memcpy(rig->staff, staff, sizeof(staff));
	rig->model->staff = rig->staff;
	rig->model->staff_count = 3;
	rig->model->on_call = rig->lines;
	rig->model->on_call_count = 0;
	assert_int_equal(store_open_memory(&rig->db), 0);
	rig->ctx = (struct engine_context){ .db = rig->db, .model = rig->model };
	*state = rig;
	return 0;
}

static inline int rig_teardown(void **state)
{
	struct rig *rig = *state;

	(void)model_free(rig->model);
	(void)db_close(rig->db);
	free(rig);
	zone_close();
	return 0;
}

static inline const struct engine_context *at(struct rig *rig, hf_time now)
{
	rig->ctx.now = now;
	return &rig->ctx;
}

/* The next text: to whom and its words; NULL: there is none. */
static inline void rig_expect(struct rig *rig, const char *handle, const char *words)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(rig->db, rig->seen + 1, &rows);

	if (!handle) {
		assert_int_equal(r, OUTBOX_E_NONE);
		return;
	}
	assert_int_equal(r, 0);
	outbox_read(&rows, &row);
	assert_string_equal(row.client, handle);
	assert_int_equal(row.kind, KIND_ALERT);
	assert_int_equal(row.priority, OUTBOX_URGENT);
	assert_null(row.message);
	if (words) {
		assert_string_equal(row.text, words);
	}
	rig->seen++;
}

static inline int64_t rig_case(struct rig *rig, const char *client, enum case_reason reason,
			       enum case_urgency urgency, hf_time now)
{
	int64_t id = 0;

	assert_int_equal(cases_open(rig->db, client, reason, urgency, now, &id, NULL), 0);
	return id;
}

static inline void rig_run(struct rig *rig, hf_time now)
{
	assert_int_equal(alerts_run(at(rig, now)), 0);
}

static inline hf_time rig_next(struct rig *rig, hf_time now)
{
	hf_time next = 0;

	assert_int_equal(alerts_next(at(rig, now), &next), 0);
	return next;
}

/* How many lines of its life say so. */
static inline int rig_count(struct rig *rig, int64_t id, const char *event)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(cases_history(rig->db, id, &rows), 0);
	while (db_next(&rows)) {
		count += strcmp(db_text(&rows, 1), event) == 0;
	}
	return count;
}

#endif
