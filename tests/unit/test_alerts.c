/*
 * Alerts: whom of a small roster, told time in Chicago, and in which words.
 * Down the roster, and down again; nobody is never the answer.  Digests.  ACK:
 * whose case it is then, and what the phone that wrote it is told.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "store/audit.h"
#include "store/cases.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/alerts.h"
#include "engine/staff_word.h"

struct rig {
	struct model *model;
	struct db *db;
	struct engine_context ctx;
	struct staff_member staff[3];
	struct on_call lines[4];
	int64_t seen; /* texts that were looked at */
	int words;    /* reasons that were looked at */
};

static hf_time rig_at(const struct rig *rig, const char *text)
{
	struct civil civil;

	assert_int_equal(civil_parse_datetime(text, &civil), 0);
	return zone_instant(rig->model->site.zone, &civil);
}

static void rig_line(struct rig *rig, const char *staff, const char *when)
{
	struct on_call *line = &rig->lines[rig->model->on_call_count++];

	line->staff = (char *)staff;
	assert_int_equal(civil_parse_hours(when, &line->when), 0);
}

static int rig_setup(void **state)
{
	static const struct staff_member staff[] = {
		{ .id = (char *)"ana",
		  .name = (char *)"Ana Cruz",
		  .phone = (char *)"+13125550111",
		  .reveal = true },
		{ .id = (char *)"ben", .name = (char *)"Ben Poe", .phone = (char *)"+13125550112" },
		{ .id = (char *)"cy", .name = (char *)"Cy Lee", .phone = (char *)"+13125550113" },
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

static int rig_teardown(void **state)
{
	struct rig *rig = *state;

	(void)model_free(rig->model);
	(void)db_close(rig->db);
	free(rig);
	zone_close();
	return 0;
}

static const struct engine_context *at(struct rig *rig, hf_time now)
{
	rig->ctx.now = now;
	return &rig->ctx;
}

/* The next text: to whom and its words; NULL: there is none. */
static void rig_expect(struct rig *rig, const char *handle, const char *words)
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

static int64_t rig_case(struct rig *rig, const char *client, enum case_reason reason,
			enum case_urgency urgency, hf_time now)
{
	int64_t id = 0;

	assert_int_equal(cases_open(rig->db, client, reason, urgency, now, &id), 0);
	return id;
}

static void rig_run(struct rig *rig, hf_time now)
{
	assert_int_equal(alerts_run(at(rig, now)), 0);
}

static hf_time rig_next(struct rig *rig, hf_time now)
{
	hf_time next = 0;

	assert_int_equal(alerts_next(at(rig, now), &next), 0);
	return next;
}

/* How many lines of its life say so. */
static int rig_count(struct rig *rig, int64_t id, const char *event)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(cases_history(rig->db, id, &rows), 0);
	while (db_next(&rows)) {
		count += strcmp(db_text(&rows, 1), event) == 0;
	}
	return count;
}

#define YOURS "Case 1 is yours. Once you have called, reply CALLED 1."

FIXTURE(rig_setup, rig_teardown);

TEST(test_words)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");

	rig_line(rig, "ana", "always");
	(void)rig_case(rig, "r-1042", CASE_CRISIS, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Case 1: client r-1042, please call now. Reply ACK 1.");
	(void)rig_case(rig, "?3", CASE_STRANGER, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Case 2: client ?3, an unknown number. Reply ACK 2.");

	now += 2 * HF_MINUTE;
	rig->model->site.language = (char *)"es";
	(void)rig_case(rig, "r-1042", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Caso 3: cliente r-1042, pide una llamada. Responda ACK 3.");

	/* Without the message somebody hears of it all the same. */
	rig->model->language_count = 0;
	(void)rig_case(rig, "r-1042", CASE_HELP, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Case 4: client r-1042, pidió ayuda. Reply ACK 4.");
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
}

/* By weekday and hour in the site's zone, which is not where the machine stands. */
TEST(test_who_is_on_call)
{
	struct rig *rig = *state;

	rig_line(rig, "ana", "MO-FR 08:00-18:00");
	rig_line(rig, "ben", "SA-SU 08:00-18:00");
	rig_line(rig, "cy", "always");
	(void)rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, rig_at(rig, "2026-11-23 17:59"));
	rig_run(rig, rig_at(rig, "2026-11-23 17:59"));
	rig_expect(rig, "@ana", NULL);
	(void)rig_case(rig, "r-2", CASE_NEED, CASE_URGENT, rig_at(rig, "2026-11-23 18:00"));
	rig_run(rig, rig_at(rig, "2026-11-23 18:00"));
	rig_expect(rig, "@cy", NULL);
	(void)rig_case(rig, "r-3", CASE_NEED, CASE_URGENT, rig_at(rig, "2026-11-28 08:00"));
	assert_int_equal(cases_close(rig->db, 1, "x", "x", 0), 0);
	assert_int_equal(cases_close(rig->db, 2, "x", "x", 0), 0);
	rig_run(rig, rig_at(rig, "2026-11-28 08:00"));
	rig_expect(rig, "@ben", NULL);
}

TEST(test_escalation)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");
	int64_t id;

	rig_line(rig, "ana", "always");
	rig_line(rig, "ben", "always");
	rig_line(rig, "ana", "always");
	id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	assert_true(rig_next(rig, now) == now + 15 * HF_MINUTE);
	rig_run(rig, now + 14 * HF_MINUTE);
	rig_expect(rig, NULL, NULL);
	rig_run(rig, now + 15 * HF_MINUTE);
	rig_expect(rig, "@ben", NULL);

	/* She has been told already; it is everybody on the roster now, and then everybody. */
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 0);
	rig_run(rig, now + 30 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@ben", NULL);
	rig_expect(rig, NULL, NULL);
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 1);
	rig_run(rig, now + 45 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@ben", NULL);
	rig_expect(rig, "@cy", NULL);

	assert_int_equal(cases_acknowledge(rig->db, id, "@ben", HF_NEVER, now + 50 * HF_MINUTE), 0);
	assert_true(rig_next(rig, now) == HF_NEVER);
	rig_run(rig, now + HF_DAY);
	rig_expect(rig, NULL, NULL);

	/* She writes again: from the top, and it is another text. */
	now += 2 * HF_DAY;
	assert_int_equal(rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now), id);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
}

/* Each quarter of an hour for an hour, each half hour until the fifth, then hourly, day and night. */
TEST(test_never_given_up)
{
	struct rig *rig = *state;
	hf_time opened = rig_at(rig, "2026-11-27 16:00"), now = opened; /* a Friday */
	int rounds = 0;
	int64_t id;

	rig_line(rig, "ana", "always");
	id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	for (hf_time wait = 15 * HF_MINUTE; now < opened + 60 * HF_HOUR; rounds++) {
		assert_true(rig_next(rig, now) == now + wait);
		now += wait;
		rig_run(rig, now);
		rig_expect(rig, "@ana", NULL);
		if (rounds > 0) {
			rig_expect(rig, "@ben", NULL);
			rig_expect(rig, "@cy", NULL);
		}
		rig_expect(rig, NULL, NULL);
		wait = now < opened + HF_HOUR       ? 15 * HF_MINUTE
		       : now < opened + 4 * HF_HOUR ? 30 * HF_MINUTE
						    : HF_HOUR;
	}
	assert_int_equal(rounds, 4 + 6 + 56);
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), rounds);
}

/* Rounds of several fall together, also where they began at odd minutes, and where one
 * acknowledge_within is longer than an hour nothing comes sooner. */
TEST(test_rounds_fall_together)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-28 03:00");

	rig_line(rig, "ana", "always");
	for (int i = 0; i < 3; i++) {
		char client[] = { 'r', '-', (char)('1' + i), '\0' };

		(void)rig_case(rig, client, CASE_NEED, CASE_URGENT, now + 7L * i * HF_MINUTE);
		rig_run(rig, now + 7L * i * HF_MINUTE);
		rig_expect(rig, "@ana", NULL);
	}
	for (int i = 0; i < 3; i++) {
		rig_run(rig, now + (15 + i * 7) * HF_MINUTE);
		rig_expect(rig, "@ana", NULL);
	}
	now += 30 * HF_MINUTE;
	assert_true(rig_next(rig, now) == now);
	rig_run(rig, now);
	for (int i = 0; i < 3; i++) {
		rig_expect(rig,
			   rig->staff[i].id[0] == 'a'   ? "@ana"
			   : rig->staff[i].id[0] == 'b' ? "@ben"
							: "@cy",
			   i == 0 ? "Case 1: client r-1, wants a call. Reply ACK 1.\n"
				    "Case 2: client r-2, wants a call. Reply ACK 2."
				  : NULL);
	}
	rig_expect(rig, NULL, NULL);
	rig->model->acknowledge_within = (struct span){ .elapsed = 2 * HF_HOUR };
	now = rig_next(rig, now);
	rig_run(rig, now);
	assert_true(rig_next(rig, now) > now);
}

TEST(test_nobody_on_call)
{
	struct rig *rig = *state;
	hf_time night = rig_at(rig, "2026-11-28 03:00");
	int64_t id;

	rig_line(rig, "ana", "MO-FR 08:00-18:00");
	rig_line(rig, "ben", "MO-FR 08:00-18:00");
	id = rig_case(rig, "r-1", CASE_CRISIS, CASE_URGENT, night);
	rig_run(rig, night);
	rig_expect(rig, "@ana", NULL);
	assert_int_equal(rig_count(rig, id, "nobody is on call"), 1);
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 0);
	rig_run(rig, night + 15 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@ben", NULL);
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 1);
}

TEST(test_no_list_and_no_staff)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");
	int64_t id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);

	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	rig_run(rig, now + 15 * HF_MINUTE);
	rig_expect(rig, "@ben", NULL);

	/* All have left: nothing can be said, and nothing turns in circles. */
	rig->model->staff_count = 0;
	now += HF_HOUR;
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
	assert_true(rig_next(rig, now) == now + HF_HOUR);
	(void)rig_case(rig, "r-2", CASE_SILENT, CASE_ROUTINE, now);
	rig_run(rig, now + 30 * HF_DAY);
	assert_true(rig_next(rig, now) == now + 30 * HF_DAY + HF_HOUR);
	rig->model->staff_count = 3;
	assert_int_equal(cases_acknowledge(rig->db, id, "ana", HF_NEVER, now), 0);
}

/* --- an alert that does not arrive ----------------------------------------------------- */

static void fail_text(struct rig *rig, enum outbox_state state, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->db, rig->seen, &rows), 0);
	outbox_read(&rows, &row);
	row.state = state;
	assert_int_equal(alerts_failed(at(rig, now), &row), 0);
}

TEST(test_not_delivered)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00"), next;
	int64_t id;

	rig_line(rig, "ana", "always");
	rig_line(rig, "ben", "always");
	id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	now += HF_SECOND;
	fail_text(rig, OUTBOX_CLAIMED, now);
	assert_true(rig_next(rig, now) == now);
	rig_run(rig, now);
	rig_expect(rig, "@ben", NULL);
	assert_int_equal(rig_count(rig, id, "alert not delivered"), 1);

	/* The roster is at its end: a gateway that refuses all is not asked for ever. */
	fail_text(rig, OUTBOX_CLAIMED, now);
	assert_true(rig_next(rig, now) == now + 15 * HF_MINUTE);

	/* The word on a text of before changes nothing, nor that on one of a round. */
	rig_run(rig, now + 15 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@ben", NULL);
	next = rig_next(rig, now);
	assert_true(next > now + 20 * HF_MINUTE);
	fail_text(rig, OUTBOX_CLAIMED, now + 16 * HF_MINUTE);
	assert_true(rig_next(rig, now) == next);
	rig->seen -= 2;
	fail_text(rig, OUTBOX_CLAIMED, now + 16 * HF_MINUTE);
	assert_true(rig_next(rig, now) == next);
}

/* No gateway took any of it: once one does, somebody is told at once. */
TEST(test_nothing_left_the_house)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-28 01:00");
	int64_t id;

	rig_line(rig, "ana", "always");
	id = rig_case(rig, "r-1", CASE_SILENT, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	now += 15 * HF_MINUTE;
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
	assert_true(rig_next(rig, now) == rig_at(rig, "2026-11-30 08:00"));
	fail_text(rig, OUTBOX_CLAIMED, now);
	assert_true(rig_next(rig, now) == rig_at(rig, "2026-11-30 08:00"));
	fail_text(rig, OUTBOX_DUE, now);
	assert_true(rig_next(rig, now) == now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	assert_true(rig_next(rig, now) == now + 15 * HF_MINUTE);

	/* Somebody has tried meanwhile: it is quiet. */
	assert_int_equal(cases_attempt(rig->db, id, "@ana", CASE_SPOKE, NULL, now), 0);
	fail_text(rig, OUTBOX_DUE, now);
	assert_true(rig_next(rig, now) == HF_NEVER);
}

/* More at one instant than a text holds: the gravest go first, the rest soon after. */
TEST(test_more_than_fit)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-28 03:00");
	int texts = 0, cases = 0;

	rig_line(rig, "ana", "always");
	for (int i = 0; i < 12; i++) {
		char client[16];

		(void)snprintf(client, sizeof(client), "r-%d", i);
		(void)rig_case(rig, client, i == 11 ? CASE_CRISIS : CASE_HELP, CASE_URGENT, now);
	}
	while (cases < 12) {
		_cleanup_rows_ struct db_rows rows = { 0 };
		struct outbox_message row;

		assert_true(texts < 3);
		assert_true(rig_next(rig, now) <= now);
		rig_run(rig, now);
		assert_int_equal(outbox_get(rig->db, ++rig->seen, &rows), 0);
		outbox_read(&rows, &row);
		if (texts++ == 0) {
			assert_int_equal(strncmp(row.text, "Case 12: client r-11, please call", 33),
					 0);
		}
		for (const char *at = row.text; (at = strstr(at, "Case ")); at++) {
			cases++;
		}
		now += HF_MINUTE;
	}
	assert_int_equal(cases, 12);
	assert_int_equal(texts, 2);
}

/* Whoever acknowledges and does not try has it for attempt_within; she hears of it again herself. */
TEST(test_nobody_has_tried)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-28 03:00");
	int64_t id, routine, silent;

	rig_line(rig, "ana", "always");
	id = rig_case(rig, "r-1", CASE_SETBACK, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	assert_int_equal(alerts_acknowledge(at(rig, now), id, "@cy"), 0);
	assert_true(rig_next(rig, now) == now + HF_HOUR);
	now += HF_HOUR;
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@cy", NULL);
	assert_int_equal(rig_count(rig, id, "nobody has tried"), 1);
	assert_true(rig_next(rig, now) == now + 15 * HF_MINUTE);

	/* Who has tried before that need not try again. */
	assert_int_equal(cases_attempt(rig->db, id, "@ana", CASE_NO_ANSWER, NULL, now), 0);
	assert_true(rig_next(rig, now) == HF_NEVER);
	assert_int_equal(alerts_acknowledge(at(rig, now), id, "ana"), 0);
	assert_true(rig_next(rig, now) == HF_NEVER);

	/* A silence, and what is routine, may be had without. */
	silent = rig_case(rig, "r-2", CASE_SILENT, CASE_URGENT, now);
	routine = rig_case(rig, "r-3", CASE_NEED, CASE_ROUTINE, now);
	assert_int_equal(alerts_acknowledge(at(rig, now), silent, "ana"), 0);
	assert_int_equal(alerts_acknowledge(at(rig, now), routine, "ana"), 0);
	assert_true(rig_next(rig, now) == HF_NEVER);
}

/* --- the digest -------------------------------------------------------------------------- */

TEST(test_digest)
{
	struct rig *rig = *state;
	hf_time evening = rig_at(rig, "2026-12-24 19:00"), morning;

	rig_line(rig, "ana", "MO-FR 09:00-18:00");
	rig_line(rig, "ben", "MO-FR 08:00-09:00");
	assert_true(rig_next(rig, evening) == HF_NEVER);
	(void)rig_case(rig, "r-1", CASE_SILENT, CASE_ROUTINE, evening);
	(void)rig_case(rig, "r-2", CASE_WRITTEN, CASE_ROUTINE, evening + HF_HOUR);

	/* The 25th is closed, then comes a weekend. */
	morning = rig_at(rig, "2026-12-28 08:00");
	assert_true(rig_next(rig, evening) == morning);
	rig_run(rig, morning - 1);
	rig_expect(rig, NULL, NULL);
	rig_run(rig, morning);
	rig_expect(rig, "@ben", "Riverside: 2 new to look at today. See holdfastctl cases.");
	rig_run(rig, morning + HF_DAY);
	rig_expect(rig, NULL, NULL);
	assert_true(rig_next(rig, morning) == HF_NEVER);
}

/* holdfastd was down when the site opened: at once if it is open still, else when it opens next. */
TEST(test_digest_late)
{
	struct rig *rig = *state;
	hf_time opened = rig_at(rig, "2026-11-23 12:00"), night = rig_at(rig, "2026-11-24 23:00");

	rig_line(rig, "ana", "always");
	(void)rig_case(rig, "r-1", CASE_SILENT, CASE_ROUTINE, opened);
	assert_true(rig_next(rig, night) == rig_at(rig, "2026-11-25 08:00"));
	rig_run(rig, night);
	rig_expect(rig, NULL, NULL);
	rig_run(rig, rig_at(rig, "2026-11-25 16:00"));
	rig_expect(rig, "@ana", NULL);
}

/* A site that never closes does not wake its staff at midnight for that. */
TEST(test_digest_of_an_open_house)
{
	struct rig *rig = *state;
	hf_time opened = rig_at(rig, "2026-11-23 21:00");

	rig_line(rig, "ana", "always");
	assert_int_equal(civil_parse_hours("always", &rig->model->site.hours), 0);
	(void)rig_case(rig, "r-1", CASE_SILENT, CASE_ROUTINE, opened);
	assert_true(rig_next(rig, opened) == rig_at(rig, "2026-11-24 08:00"));
}

/* What happens while the site is open is told while it is open. */
TEST(test_digest_in_hours)
{
	struct rig *rig = *state;
	hf_time opened = rig_at(rig, "2026-11-27 14:00"), late = rig_at(rig, "2026-11-27 17:30");
	int64_t id;

	rig_line(rig, "ana", "always");
	id = rig_case(rig, "r-1", CASE_STOP, CASE_ROUTINE, opened);
	assert_true(rig_next(rig, opened) == opened + HF_HOUR);
	(void)rig_case(rig, "r-2", CASE_SILENT, CASE_ROUTINE, opened + HF_MINUTE);
	rig_run(rig, opened + HF_HOUR);
	rig_expect(rig, "@ana", "Riverside: 2 new to look at today. See holdfastctl cases.");
	assert_int_equal(cases_close(rig->db, id, "ana", "x", late), 0);
	(void)rig_case(rig, "r-1", CASE_STOP, CASE_ROUTINE, late);
	assert_true(rig_next(rig, late) == late + 15 * HF_MINUTE);
	rig_run(rig, late + 15 * HF_MINUTE);
	rig_expect(rig, "@ana", "Case 3: client r-1, ended the texts. Reply ACK 3.");
	assert_true(rig_next(rig, late) == HF_NEVER);
}

TEST(test_read_today)
{
	static const struct {
		const char *hours, *at;
		bool today;
	} cases[] = {
		{ "MO-FR 08:00-18:00", "2026-11-27 07:59", false },
		{ "MO-FR 08:00-18:00", "2026-11-27 08:00", true },
		{ "MO-FR 08:00-18:00", "2026-11-27 17:44", true },
		{ "MO-FR 08:00-18:00", "2026-11-27 17:45", false },
		{ "MO-FR 08:00-18:00", "2026-11-28 12:00", false },
		{ "always", "2026-11-28 23:50", true },
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(civil_parse_hours(cases[i].hours, &rig->model->site.hours), 0);
		assert_int_equal(alerts_read_today(at(rig, rig_at(rig, cases[i].at))),
				 cases[i].today);
	}
}

/* --- the words ----------------------------------------------------------------------------- */

/* The text that a new case for this reason makes, in a language. */
static const char *reason_in(struct rig *rig, const char *language, int reason, char words[64])
{
	hf_time now = rig_at(rig, "2026-11-23 10:00");
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	const char *from, *to;

	rig->model->site.language = (char *)language;
	now += ++rig->words * HF_DAY;
	(void)rig_case(rig, language, (enum case_reason)reason, CASE_URGENT, now);
	rig_run(rig, now);
	assert_int_equal(outbox_get(rig->db, ++rig->seen, &rows), 0);
	outbox_read(&rows, &row);
	from = strstr(row.text, ", ") + 2;
	to = strchr(from, '.');
	assert_int_equal(cases_close(rig->db, rig->seen, "x", "x", now), 0);
	(void)snprintf(words, 64, "%.*s", (int)(to - from), from);
	return words;
}

TEST(test_every_reason)
{
	struct rig *rig = *state;
	char english[64], spanish[64], other[64];

	rig_line(rig, "ana", "always");
	for (int i = 0; case_reason_words[i]; i++) {
		(void)reason_in(rig, "en", i, english);
		(void)reason_in(rig, "es", i, spanish);
		assert_true(strlen(english) > 0 && strlen(english) <= 28);
		assert_true(strlen(spanish) > 0 && strlen(spanish) <= 28);
		assert_string_not_equal(english, spanish);
		assert_null(strstr(english, "crisis"));
		assert_string_equal(reason_in(rig, "pl", i, other), english);
	}
}

/* A message that asks for what no alert may say is not used. */
TEST(test_no_names)
{
	struct rig *rig = *state;
	struct template message = { .name = (char *)"alert",
				    .text = (char *)"{name} wrote, case {case}" };
	struct language language = { .code = (char *)"en", .messages = &message, .count = 1 };
	struct language *before = rig->model->languages;
	hf_time now = rig_at(rig, "2026-11-23 10:00");

	rig->model->languages = &language;
	(void)rig_case(rig, "r-1042", CASE_SETBACK, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Case 1: client r-1042, please call soon. Reply ACK 1.");
	rig->model->languages = before;
}

/* --- a text that somebody of the staff wrote ------------------------------------------------ */

/* Written to r-1; her number in the outbox is rig->seen then. */
static struct outbox_message written_by(struct rig *rig, const char *author, hf_time now)
{
	static hf_time occurrence = 0;
	struct outbox_message row = { .client = "r-1",
				      .kind = KIND_REPLY,
				      .reminder = "reply-1",
				      .occurrence = occurrence + 1,
				      .due = now,
				      .expires = HF_NEVER,
				      .text = "x",
				      .author = author };

	occurrence++;
	assert_int_equal(outbox_add(rig->db, &row, now, &row.id), 0);
	rig->seen = row.id;
	return row;
}

static void unsent(struct rig *rig, int64_t id, enum outbox_state state, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(alerts_unsent(at(rig, now), &row, state), 0);
}

TEST(test_who_wrote_it_is_told)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");
	int64_t open = 0, text;

	rig_line(rig, "ana", "always");
	text = written_by(rig, "ben", now).id;
	unsent(rig, text, OUTBOX_FAILED, now);
	rig_expect(rig, "@ben", "Case 1: client r-1, see what became of our text. Reply ACK 1.");
	/* Once, whatever is said of it later; and nobody else. */
	unsent(rig, text, OUTBOX_EXPIRED, now);
	rig_run(rig, now + 3 * HF_HOUR);
	rig_expect(rig, NULL, NULL);
	assert_int_equal(cases_count(rig->db, &open), 0);
	assert_int_equal(open, 1);
	assert_int_equal(rig_count(rig, 1, "text written"), 1);
	assert_int_equal(rig_count(rig, 1, "alerted"), 1);
}

/* Who wrote it at `when` is not texted; the line is, `told`. */
static void expect_line_is_told(struct rig *rig, const char *author, enum outbox_state text,
				const char *when, const char *told)
{
	hf_time now = rig_at(rig, when);

	rig_line(rig, "ana", "always");
	unsent(rig, written_by(rig, author, now).id, text, now);
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
	rig_run(rig, rig_at(rig, told));
	rig_expect(rig, "@ana", "Case 1: client r-1, see what became of our text. Reply ACK 1.");
}

TEST(test_who_wrote_it_is_not_of_the_staff)
{
	expect_line_is_told(*state, "root", OUTBOX_UNKNOWN, "2026-11-23 10:00", "2026-11-23 11:00");
}

/* At night she sleeps; the digest of the morning has it. */
TEST(test_who_wrote_it_is_not_woken)
{
	expect_line_is_told(*state, "ben", OUTBOX_EXPIRED, "2026-11-23 23:00", "2026-11-24 09:30");
}

TEST(test_what_nobody_wrote)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");
	int64_t open = 1;

	unsent(rig, written_by(rig, NULL, now).id, OUTBOX_FAILED, now);
	rig_expect(rig, NULL, NULL);
	assert_int_equal(cases_count(rig->db, &open), 0);
	assert_int_equal(open, 0);
}

/* --- a gateway that finds fault with our account ----------------------------------------------- */

TEST(test_the_administrator_is_told)
{
	static const char words[] = "Riverside: at 10:00 the gateway backup began to refuse texts. "
				    "See holdfastctl status.";
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");

	/* Nobody is one. */
	assert_int_equal(alerts_gateway(at(rig, now), "backup"), 0);
	rig_expect(rig, NULL, NULL);

	rig->staff[0].administrator = rig->staff[2].administrator = true;
	for (int again = 0; again < 2; again++) {
		assert_int_equal(alerts_gateway(at(rig, now), "backup"), 0);
	}
	rig_expect(rig, "@ana", words);
	rig_expect(rig, "@cy", words);
	rig_expect(rig, NULL, NULL);

	/* Those have gone out: once an hour. */
	for (int64_t id = 1; id <= 2; id++) {
		assert_int_equal(outbox_claim(rig->db, id, "primary", "x", 1, now), 0);
	}
	assert_int_equal(alerts_gateway(at(rig, now + 59 * HF_MINUTE), "backup"), 0);
	rig_expect(rig, NULL, NULL);
	rig->seen += 2; /* of numbers that were given to nothing */
	assert_int_equal(alerts_gateway(at(rig, now + HF_HOUR), "backup"), 0);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@cy", NULL);
	rig_expect(rig, NULL, NULL);
}

/* --- ACK ------------------------------------------------------------------------------------ */

static hf_time now;

static int set_up_two(void **state)
{
	struct rig *rig;

	assert_int_equal(rig_setup(state), 0);
	rig = *state;
	rig_line(rig, "ana", "always");
	rig_line(rig, "ben", "always");
	now = rig_at(rig, "2026-11-23 10:00");
	return 0;
}

/* In the transaction of the text that was stored, as what comes in is. */
static void writes(struct rig *rig, int who, struct staff_word word, int64_t about)
{
	assert_int_equal(db_begin(rig->db), 0);
	assert_int_equal(staff_word_answer(at(rig, now), &rig->staff[who], &word, about), 0);
	assert_int_equal(db_commit(rig->db), 0);
}

static void ack(struct rig *rig, int who, int64_t number, int64_t about)
{
	writes(rig, who, (struct staff_word){ .act = STAFF_ACKNOWLEDGES, .number = number }, about);
}

static void expect_state(struct rig *rig, int64_t id, enum case_state state, const char *by)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	assert_int_equal(cases_get(rig->db, id, &rows), 0);
	cases_read(&rows, &row);
	assert_int_equal(row.state, state);
	if (by) {
		assert_string_equal(row.acknowledged_by, by);
	} else {
		assert_null(row.acknowledged_by);
	}
}

TEST(test_by_number, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	int64_t id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);

	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	ack(rig, 1, id, 1);
	rig_expect(rig, "@ben", YOURS);
	expect_state(rig, id, CASE_ACKNOWLEDGED, "@ben");
	assert_true(rig_next(rig, now) == now + HF_HOUR);

	/* Who has it may say so twice; it does not become another's. */
	ack(rig, 1, id, 2);
	rig_expect(rig, "@ben", YOURS);
	ack(rig, 0, id, 3);
	rig_expect(rig, "@ana", "Case 1 is not open: closed, or somebody has it.");
	expect_state(rig, id, CASE_ACKNOWLEDGED, "@ben");

	assert_int_equal(cases_close(rig->db, id, "ana", "spoke", now), 0);
	ack(rig, 1, id, 4);
	rig_expect(rig, "@ben", "Case 1 is not open: closed, or somebody has it.");
	ack(rig, 1, 77, 5);
	rig_expect(rig, "@ben", "Case 77 is not open: closed, or somebody has it.");
	ack(rig, 1, -5, 6);
	rig_expect(rig, "@ben", "Case -5 is not open: closed, or somebody has it.");

	/* One text of hers is answered once. */
	ack(rig, 1, -5, 6);
	rig_expect(rig, NULL, NULL);
}

TEST(test_without_a_number, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	int64_t first = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now), second;

	ack(rig, 0, 0, 1);
	rig_expect(rig, "@ana", "Which case? Reply ACK and its number.");
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);

	/* It was not ben who was alerted. */
	ack(rig, 1, 0, 2);
	rig_expect(rig, "@ben", "Which case? Reply ACK and its number.");
	ack(rig, 0, 0, 3);
	rig_expect(rig, "@ana", YOURS);
	expect_state(rig, first, CASE_ACKNOWLEDGED, "@ana");

	/* Of two that are open nobody knows which is meant. */
	first = rig_case(rig, "r-2", CASE_NEED, CASE_URGENT, now);
	second = rig_case(rig, "r-3", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana",
		   "Case 2: client r-2, wants a call. Reply ACK 2.\n"
		   "Case 3: client r-3, wants a call. Reply ACK 3.");
	ack(rig, 0, 0, 4);
	rig_expect(rig, "@ana", "Which case? Reply ACK and its number.");
	expect_state(rig, first, CASE_OPEN, NULL);
	expect_state(rig, second, CASE_OPEN, NULL);
}

/* A refusal must not take back what the caller has written before it. */
TEST(test_a_refusal_undoes_nothing, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	int64_t count = 0;

	assert_int_equal(db_begin(rig->db), 0);
	(void)rig_case(rig, "r-1", CASE_NEED, CASE_ROUTINE, now);
	assert_int_equal(
		staff_word_answer(at(rig, now), &rig->staff[0],
				  &(struct staff_word){ .act = STAFF_ACKNOWLEDGES, .number = 99 },
				  1),
		0);
	assert_int_equal(db_commit(rig->db), 0);
	assert_int_equal(cases_count(rig->db, &count), 0);
	assert_int_equal(count, 1);
	rig_expect(rig, "@ana", NULL);
}

/* --- WHO -------------------------------------------------------------------------------------- */

static void asks(struct rig *rig, int who, int64_t number, int64_t about)
{
	writes(rig, who, (struct staff_word){ .act = STAFF_ASKS_WHO, .number = number }, about);
}

static void expect_audit(struct rig *rig, const char *user, const char *client, const char *detail)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_list(rig->db, NULL, "names", 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_string_equal(entry.user, user);
	assert_string_equal(entry.client, client);
	assert_string_equal(entry.detail, detail);
	assert_true(entry.at == now && entry.uid == -1);
}

TEST(test_who, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	const char no[] = "That is not available here.";
	int64_t id = rig_case(rig, "r-1042", CASE_NEED, CASE_URGENT, now);

	/* Before she is told of it, and where there is no such case. */
	asks(rig, 0, id, 1);
	rig_expect(rig, "@ana", no);
	expect_audit(rig, "@ana", "r-1042", "case 1, by text: refused");
	asks(rig, 0, 77, 2);
	rig_expect(rig, "@ana", no);
	expect_audit(rig, "@ana", "", "case 77, by text: refused");

	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	asks(rig, 0, id, 3);
	rig_expect(rig, "@ana", "Case 1: Jordan, +13125550142.");
	expect_audit(rig, "@ana", "r-1042", "case 1, by text");

	/* Ben has it, and may not ask. */
	ack(rig, 1, id, 4);
	rig_expect(rig, "@ben", YOURS);
	asks(rig, 1, id, 5);
	rig_expect(rig, "@ben", no);
	expect_audit(rig, "@ben", "r-1042", "case 1, by text: refused");

	/* It lapses. */
	now += 12 * HF_HOUR - 1;
	asks(rig, 0, id, 6);
	rig_expect(rig, "@ana", "Case 1: Jordan, +13125550142.");
	now += 1;
	asks(rig, 0, id, 7);
	rig_expect(rig, "@ana", no);
	rig->staff[1].reveal = true;
	ack(rig, 1, id, 8);
	rig_expect(rig, "@ben", YOURS);
	asks(rig, 1, id, 9);
	rig_expect(rig, "@ben", no);
}

/* A number that nobody knows has no name; somebody who has left the programme is not told of. */
TEST(test_who_is_that, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	char handle[STRANGER_HANDLE];

	assert_int_equal(strangers_handle(rig->db, "+13125550177", now, handle), 0);
	(void)rig_case(rig, handle, CASE_STRANGER, CASE_URGENT, now);
	(void)rig_case(rig, "gone", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	asks(rig, 0, 1, 1);
	rig_expect(rig, "@ana", "Case 1: ?, +13125550177.");
	asks(rig, 0, 2, 2);
	rig_expect(rig, "@ana", "That is not available here.");
	assert_int_equal(cases_close(rig->db, 1, "x", "x", now), 0);
	asks(rig, 0, 1, 3);
	rig_expect(rig, "@ana", "That is not available here.");
}

TEST(test_tried, set_up_two, rig_teardown)
{
	struct rig *rig = *state;
	int64_t id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);
	struct staff_word tried = { .act = STAFF_TRIED, .attempt = CASE_SPOKE, .number = id };

	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	writes(rig, 1, tried, 1);
	rig_expect(rig, "@ben", "Case 1: noted.");
	assert_int_equal(rig_count(rig, id, "spoke"), 1);
	assert_true(rig_next(rig, now) == HF_NEVER);
	assert_int_equal(cases_close(rig->db, id, "x", "x", now), 0);
	writes(rig, 1, tried, 2);
	rig_expect(rig, "@ben", "Case 1 is not open: closed, or somebody has it.");
}
