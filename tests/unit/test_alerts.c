/* Down the roster, and down again; nobody is never the answer.  Digests. */
#include "test.h"
#include "alerts_rig.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_words)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-23 10:00");

	rig_line(rig, "ana", "always");
	(void)rig_case(rig, "r-1042", CASE_CRISIS, CASE_URGENT, now);
	(void)rig_case(rig, "?3", CASE_STRANGER, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", "Case 1: client r-1042, please call now. Reply ACK 1.");
	rig_expect(rig, "@ana", "Case 2: client ?3, an unknown number. Reply ACK 2.");

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

	/* She has been told already; the round is over and the next begins with her. */
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 0);
	rig_run(rig, now + 30 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 1);
	rig_run(rig, now + 45 * HF_MINUTE);
	rig_expect(rig, "@ben", NULL);

	assert_int_equal(cases_acknowledge(rig->db, id, "@ben", now + 50 * HF_MINUTE), 0);
	assert_true(rig_next(rig, now) == HF_NEVER);
	rig_run(rig, now + HF_DAY);
	rig_expect(rig, NULL, NULL);

	/* She writes again: from the top, and it is another text. */
	now += 2 * HF_DAY;
	assert_int_equal(rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now), id);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
}

/* Five rounds at once, then hourly while the site is open, for as long as it takes. */
TEST(test_never_given_up)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-27 16:00"); /* a Friday */
	int64_t id;

	rig_line(rig, "ana", "always");
	rig_line(rig, "ben", "always");
	id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);
	for (int i = 0; i < 10; i++, now += 15 * HF_MINUTE) {
		assert_true(rig_next(rig, now) == now);
		rig_run(rig, now);
		rig_expect(rig, i % 2 ? "@ben" : "@ana", NULL);
	}

	/* It is 18:30 and closed until Monday. */
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
	now = rig_next(rig, now);
	assert_true(now == rig_at(rig, "2026-11-30 08:00"));
	for (int i = 0; i < 10; i++, now += HF_HOUR) {
		rig_run(rig, now);
		rig_expect(rig, i % 2 ? "@ben" : "@ana", NULL);
	}
	rig_run(rig, now);
	rig_expect(rig, NULL, NULL);
	assert_true(rig_next(rig, now) == rig_at(rig, "2026-12-01 08:00"));
	assert_int_equal(rig_count(rig, id, "nobody acknowledged"), 10);
	assert_int_equal(rig_count(rig, id, "alerted"), 20);
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
	assert_int_equal(cases_acknowledge(rig->db, id, "ana", now), 0);
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
	hf_time now = rig_at(rig, "2026-11-23 10:00");
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

	/* The word on a text of before changes nothing. */
	rig_run(rig, now + 15 * HF_MINUTE);
	rig_expect(rig, "@ana", NULL);
	rig->seen -= 2;
	fail_text(rig, OUTBOX_CLAIMED, now + 16 * HF_MINUTE);
	assert_true(rig_next(rig, now) == now + 30 * HF_MINUTE);
}

/* No gateway took any of it for a whole night: once one does, somebody is told at once. */
TEST(test_nothing_left_the_house)
{
	struct rig *rig = *state;
	hf_time now = rig_at(rig, "2026-11-28 01:00");

	rig_line(rig, "ana", "always");
	(void)rig_case(rig, "r-1", CASE_CRISIS, CASE_URGENT, now);
	for (int i = 0; i < 5; i++, now += 15 * HF_MINUTE) {
		rig_run(rig, now);
		rig_expect(rig, "@ana", NULL);
	}
	rig_run(rig, now);
	assert_true(rig_next(rig, now) == rig_at(rig, "2026-11-30 08:00"));
	rig->seen--;
	fail_text(rig, OUTBOX_DEFERRED, now);
	assert_true(rig_next(rig, now) == rig_at(rig, "2026-11-30 08:00"));
	rig->seen++;
	fail_text(rig, OUTBOX_DUE, now);
	assert_true(rig_next(rig, now) == now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	assert_true(rig_next(rig, now) == now + 15 * HF_MINUTE);
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
