/* Which stretch, whether it may be played, and when the told clock goes on. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/zone.h"
#include "engine_rig.h"
#include "config_rig.h"

#include "holdfastd/rehearsal.h"

static const struct zone *chicago(void)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get("America/Chicago", &zone), 0);
	return zone;
}

TEST(test_parse)
{
	struct rehearsal rehearsal;
	const char *why = NULL;

	assert_int_equal(rehearsal_parse("2026-11-23/2026-11-30", 0, chicago(), &rehearsal, &why),
			 0);
	assert_true(rehearsal.until - rehearsal.from == 7 * HF_DAY);
	assert_int_equal(rehearsal_parse("2026-11-23 08:00", 60, chicago(), &rehearsal, &why), 0);
	assert_true(rehearsal.until == HF_NEVER);
	assert_true(rehearsal.from == rig_moment("2026-11-23T08:00:00-06:00"));
	zone_close();
}

TEST(test_parse_refuses)
{
	static const char *const stretches[] = {
		"",
		"/",
		"2026-11-23/",
		"/2026-11-23",
		"2026-11-23/2026-11-23",
		"2026-11-23/2026-11-22",
		"soon",
		"2026-11-23/soon",
		"2026-11-23",
		"0000000000000000000000000000000000000000000000000000000000000000000000",
	};
	struct rehearsal rehearsal = { .speed = 7 };

	for (size_t i = 0; i < COUNT(stretches); i++) {
		const char *why = NULL;

		assert_int_equal(rehearsal_parse(stretches[i], 0, chicago(), &rehearsal, &why),
				 -EINVAL);
		assert_non_null(why);
	}
	assert_true(rehearsal.speed == 7);
	zone_close();
}

static struct model *load(const char *dir)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load(dir, &faults, &model), 0);
	faults_done(&faults);
	return model;
}

TEST(test_refuses_a_real_gateway)
{
	char dir[] = RIG_DIR;
	const char *gateway = NULL;
	struct model *model;

	rig_new(dir);
	model = load(dir);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rehearsal_refuse(model, &gateway), 0);
	}
	(void)model_free(model);

	(void)rig_edit(dir, "gateways/primary.conf", "= \"http://127.0.0.1:8025\"",
		       "= \"https://gateway.example.org\"");
	model = load(dir);
	assert_int_equal(rehearsal_refuse(model, &gateway), REHEARSAL_E_REMOTE);
	assert_string_equal(gateway, "primary");
	(void)model_free(model);
	rig_remove(dir);
	zone_close();
}

/* A week, from event to event: the clock stands while a text is under way, and every text goes at
 * its minute. */
TEST(test_a_week)
{
	struct rehearsal rehearsal = { .from = rig_moment("2026-11-23T00:00:00-06:00"),
				       .until = rig_moment("2026-11-30T00:00:00-06:00") };
	enum rehearsal_step step = REHEARSAL_WAIT;
	char summary[REHEARSAL_SUMMARY_MAX];
	struct clock clock;
	struct rig rig;
	int turns = 0;

	clock_init_told(&clock, rehearsal.from, 0);
	rig_open(&rig, "config", rehearsal.from);
	engine_only_plan(rig.engine);
	rig_hello(&rig, 100, rehearsal.from);
	while (step != REHEARSAL_OVER && ++turns < 1000) {
		hf_time now = rehearsal_now(&rehearsal, &clock);

		assert_int_equal(engine_run(rig.engine, now), 0);
		if (rig.answered < rig.count) {
			assert_int_equal(rehearsal_next(&rehearsal, rig.engine, &clock, &step), 0);
			assert_int_equal(step, REHEARSAL_WAIT);
			assert_true(clock_now(&clock) == now);
			(void)rig_accept(&rig, now);
			assert_int_equal(engine_run(rig.engine, now), 0);
		}
		assert_int_equal(rehearsal_next(&rehearsal, rig.engine, &clock, &step), 0);
	}

	assert_int_equal(step, REHEARSAL_OVER);
	assert_true(clock_now(&clock) == rehearsal.until);
	assert_true(rehearsal_now(&rehearsal, &clock) == rehearsal.until - 1);
	assert_int_equal(rig.count, 17);
	assert_int_equal(rehearsal_summary(&rehearsal, rig.engine, summary), 0);
	assert_string_equal(summary, "accepted=17");
	assert_int_equal(outbox_settle(rig.db, rig.texts[0].id, OUTBOX_SENT, NULL, rehearsal.until),
			 0);
	assert_int_equal(
		outbox_settle(rig.db, rig.texts[1].id, OUTBOX_DELIVERED, NULL, rehearsal.until), 0);
	assert_int_equal(rehearsal_summary(&rehearsal, rig.engine, summary), 0);
	assert_string_equal(summary, "accepted=15 sent=1 delivered=1");
	rig_close(&rig);
}

/* Without a courier the clock stays at the first text that may go. */
TEST(test_waits_for_a_courier)
{
	struct rehearsal rehearsal = { .from = rig_moment("2026-11-23T12:00:00-06:00"),
				       .until = rig_moment("2026-11-24T12:00:00-06:00") };
	enum rehearsal_step step = REHEARSAL_OVER;
	struct clock clock;
	struct rig rig;

	clock_init_told(&clock, rehearsal.from, 0);
	rig_open(&rig, "config", rehearsal.from);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(engine_run(rig.engine, rehearsal.from), 0);
		assert_int_equal(rehearsal_next(&rehearsal, rig.engine, &clock, &step), 0);
		assert_int_equal(step, REHEARSAL_WAIT);
	}
	assert_true(clock_now(&clock) == rehearsal.from);
	rig_close(&rig);
}

/* A text that waits for the morning is not leapt over while no courier can take it. */
TEST(test_stops_where_a_text_may_go)
{
	struct rehearsal rehearsal = { .from = rig_moment("2026-11-23T20:30:00-06:00"),
				       .until = rig_moment("2026-11-25T12:00:00-06:00") };
	enum rehearsal_step step = REHEARSAL_OVER;
	struct engine_context ctx;
	struct clock clock;
	struct rig rig;

	clock_init_told(&clock, rehearsal.from, 0);
	rig_open(&rig, "config", rehearsal.from);
	engine_rehearse(rig.engine);
	rig_hello(&rig, 100, rehearsal.from);
	assert_int_equal(engine_run(rig.engine, rehearsal.from), 0);
	(void)rig_accept(&rig, rehearsal.from);
	assert_int_equal(engine_run(rig.engine, rehearsal.from), 0);
	ctx = engine_context_at(rig.engine, rehearsal.from);
	assert_int_equal(dispatch_courier_gone(engine_dispatch(rig.engine), &ctx, "primary"), 0);
	assert_int_equal(rehearsal_next(&rehearsal, rig.engine, &clock, &step), 0);
	assert_int_equal(step, REHEARSAL_MOVED);
	assert_true(clock_now(&clock) == rig_moment("2026-11-24T09:00:00-06:00"));
	assert_int_equal(engine_run(rig.engine, clock_now(&clock)), 0);
	assert_int_equal(rehearsal_next(&rehearsal, rig.engine, &clock, &step), 0);
	assert_int_equal(step, REHEARSAL_WAIT);
	rig_close(&rig);
}
