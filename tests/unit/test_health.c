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
