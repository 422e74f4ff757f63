/* What is not well, in the order in which to look at it. */
#include <string.h>

#include "test.h"
#include "engine_rig.h"

#include "engine/alerts.h"
#include "engine/health.h"

static struct rig rig;
static struct health health;
static hf_time now;

static int set_up(void **state)
{
	(void)state;
	now = rig_moment("2026-11-23T12:00:00-06:00");
	rig_open(&rig, "config", now);
	rig_hello(&rig, 100, now);
	assert_int_equal(engine_run(rig.engine, now), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_close(&rig);
	return 0;
}

static void look(void)
{
	assert_int_equal(health_look(rig.engine, HEALTH_STALE_AFTER, now, &health), 0);
}

static void expect(size_t at, enum health_severity severity, const char *words)
{
	assert_true(at < health.count);
	assert_int_equal(health.faults[at].severity, severity);
	if (!strstr(health.faults[at].what, words)) {
		fail_msg("\"%s\" is not in \"%s\"", words, health.faults[at].what);
	}
}

FIXTURE(set_up, tear_down);

TEST(test_all_is_well)
{
	look();
	assert_int_equal(health.count, 0);
	assert_int_equal(health.critical, 0);
}

TEST(test_no_gateway_takes_texts)
{
	const struct wire_outcome refused = { .id = rig.texts[0].id,
					      .attempt = 1,
					      .key = rig.texts[0].key,
					      .class = OUTCOME_CONFIG,
					      .gateway_id = "",
					      .reason = "credential refused (401)" };
	struct engine_context ctx = engine_context_at(rig.engine, now);

	assert_true(rig.count > 0);
	assert_int_equal(
		dispatch_outcomes(engine_dispatch(rig.engine), "primary", &refused, 1, 1, now), 0);
	look();
	expect(0, HEALTH_CRITICAL, "gateway primary is held");
	expect(0, HEALTH_CRITICAL, "credential refused (401)");

	assert_int_equal(dispatch_courier_gone(engine_dispatch(rig.engine), &ctx, "primary"), 0);
	look();
	expect(0, HEALTH_CRITICAL, "gateway primary has no courier");
	assert_int_equal(health.critical, 1);
}

TEST(test_nothing_is_written)
{
	now += 4 * HF_MINUTE;
	look();
	assert_int_equal(health.count, 0);
	now += 2 * HF_MINUTE;
	look();
	expect(0, HEALTH_CRITICAL, "nothing has been planned or written since 2026-11-23T12:0");

	/* A told clock goes from event to event. */
	assert_int_equal(health_look(rig.engine, HF_NEVER, now, &health), 0);
	assert_int_equal(health.count, 0);
}

TEST(test_a_clock_that_is_not_believed)
{
	now += 3 * HF_DAY;
	assert_int_equal(engine_check_clock(rig.engine, &(struct clock_reading){ .now = now }), 0);
	look();
	expect(0, HEALTH_CRITICAL, "nothing is sent: ");
	expect(0, HEALTH_CRITICAL, "holdfastctl confirm");
	assert_int_equal(health.critical, 1);
}

/* What somebody should look at today stands after what is worse. */
TEST(test_worst_first)
{
	assert_true(rig.count > 0);
	assert_int_equal(outbox_settle(rig.db, rig.texts[0].id, OUTBOX_UNKNOWN, "lost", now), 0);
	look();
	assert_int_equal(health.count, 1);
	expect(0, HEALTH_WARNING, "of 1 text(s) nobody knows whether they arrived");
	now += 6 * HF_MINUTE;
	look();
	assert_int_equal(health.count, 2);
	expect(0, HEALTH_CRITICAL, "nothing has been planned");
	expect(1, HEALTH_WARNING, "nobody knows");
}

/* In texting hours whoever is on call then, for two days. */
TEST(test_who_is_texted_in_a_silence)
{
	struct engine_context ctx = engine_context_at(rig.engine, now);
	const struct model *model = engine_model(rig.engine);
	struct wire_alarm alarms[ALERTS_ALARMS_MAX];
	_cleanup_free_ char *text = NULL;
	hf_time covered = 0;
	size_t count = 0;

	assert_int_equal(alerts_if_silent(&ctx, alarms, &count, &text), 0);
	assert_in_range(count, 2, ALERTS_ALARMS_MAX);
	assert_non_null(strstr(text, "text service is not well"));
	for (size_t i = 0; i < count; i++) {
		struct civil from = zone_civil(model->site.zone, alarms[i].from);
		struct civil last = zone_civil(model->site.zone, alarms[i].until - 1);

		assert_true(from.hour >= 8 && last.hour < 21);
		assert_int_equal(civil_to_days(&from), civil_to_days(&last));
		assert_ptr_equal(alarms[i].body, text);
		covered += alarms[i].until - alarms[i].from;
	}
	assert_in_range(covered, 20 * HF_HOUR, 27 * HF_HOUR);
	assert_true(alarms[0].from <= now && now < alarms[0].until);
}

static int64_t count_notes(const char *note)
{
	int64_t count = -1;

	assert_int_equal(db_one_int(rig.db, 0, &count,
				    "SELECT count(*) FROM case_events WHERE note = ?1", "t", note),
			 0);
	return count;
}

static void add_missed(enum kind kind, hf_time due)
{
	struct outbox_message row = { .client = "r-1042",
				      .kind = kind,
				      .reminder = "x",
				      .occurrence = due,
				      .due = due,
				      .expires = HF_NEVER,
				      .priority = OUTBOX_AUTOMATIC,
				      .text = "x" };
	int64_t id = 0;

	assert_int_equal(outbox_add(rig.db, &row, due, &id), 0);
	assert_int_equal(outbox_settle(rig.db, id, OUTBOX_EXPIRED, "too late", now), 0);
}

/* What was missed is told once it is known, once, and in numbers. */
TEST(test_an_outage_becomes_a_case)
{
	struct engine_context ctx;
	hf_time from = now - 26 * HF_HOUR, next = 0;

	add_missed(KIND_CHECK_IN, now - HF_HOUR);
	add_missed(KIND_NOTE, now - 2 * HF_HOUR);
	add_missed(KIND_MEETING, now - 3 * HF_HOUR);
	add_missed(KIND_NOTE, from - HF_HOUR);
	assert_int_equal(store_set_outage(rig.db, from, now), 0);
	look();
	expect(0, HEALTH_WARNING,
	       "3 text(s) were not sent: holdfastd was away from 2026-11-22T10:0");

	ctx = engine_context_at(rig.engine, now);
	assert_int_equal(alerts_outage_next(&ctx, &next), 0);
	assert_true(next == now + 15 * HF_MINUTE);
	for (int i = 0; i < 3; i++) {
		ctx.now = now + (int64_t)i * 14 * HF_MINUTE;
		assert_int_equal(alerts_outage(&ctx), 0);
		assert_int_equal(count_notes("away 26 h: 2 text(s) not sent, 1 check-in(s) not "
					     "asked so far"),
				 i == 2);
	}
	assert_int_equal(alerts_outage(&ctx), 0);
	assert_int_equal(count_notes("opened"), 0);
	assert_int_equal(alerts_outage_next(&ctx, &next), 0);
	assert_true(next == HF_NEVER);
}
