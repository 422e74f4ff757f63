/* When the site is open: weekdays, closed days, the clocks' change, never. */
#include "test.h"
#include "engine/site_hours.h"

static struct civil closed[400];
static struct model model;

static int set_up(void **state)
{
	(void)state;
	model = (struct model){ .closed = { .list = closed, .count = 0 } };
	assert_int_equal(zone_get("America/Chicago", &model.site.zone), 0);
	assert_int_equal(civil_parse_hours("MO-FR 08:00-18:00", &model.site.hours), 0);
	return 0;
}

static hf_time at(const char *text)
{
	struct civil civil;

	assert_int_equal(civil_parse_datetime(text, &civil), 0);
	return zone_instant(model.site.zone, &civil);
}

static void close_on(const char *date)
{
	assert_int_equal(civil_parse_date(date, &closed[model.closed.count++]), 0);
}

FIXTURE(set_up, NULL);

TEST(test_weekdays)
{
	assert_false(site_hours_open(&model, at("2026-11-23 07:59:59")));
	assert_true(site_hours_open(&model, at("2026-11-23 08:00")));
	assert_true(site_hours_open(&model, at("2026-11-23 17:59:59")));
	assert_false(site_hours_open(&model, at("2026-11-23 18:00")));
	assert_false(site_hours_open(&model, at("2026-11-22 12:00")));

	assert_int_equal(site_hours_next(&model, at("2026-11-23 07:59:59")),
			 at("2026-11-23 08:00"));
	assert_int_equal(site_hours_next(&model, at("2026-11-23 08:00")), at("2026-11-24 08:00"));
	assert_int_equal(site_hours_next(&model, at("2026-11-27 12:00")), at("2026-11-30 08:00"));
}

TEST(test_closed_days)
{
	close_on("2026-12-25");
	close_on("2026-12-28");
	assert_false(site_hours_open(&model, at("2026-12-25 12:00")));
	assert_int_equal(site_hours_next(&model, at("2026-12-24 19:00")), at("2026-12-29 08:00"));
}

TEST(test_always_opens_at_midnight)
{
	assert_int_equal(civil_parse_hours("always", &model.site.hours), 0);
	assert_true(site_hours_open(&model, at("2026-11-22 03:00")));
	assert_int_equal(site_hours_next(&model, at("2026-11-22 03:00")), at("2026-11-23 00:00"));
}

/* The day has 23 hours; 02:30 is not on it, and is the instant 03:30. */
TEST(test_clocks_change)
{
	assert_int_equal(civil_parse_hours("02:30-10:00", &model.site.hours), 0);
	assert_int_equal(site_hours_next(&model, at("2026-03-08 01:59")), at("2026-03-08 03:30"));
	assert_int_equal(site_hours_next(&model, at("2026-03-08 03:30")), at("2026-03-09 02:30"));
}

TEST(test_closed_for_good)
{
	int64_t today = at("2026-11-23 00:00") / HF_DAY;

	for (int64_t i = 0; i < 380; i++) {
		closed[i] = civil_from_days(today + i);
	}
	model.closed.count = 380;
	assert_int_equal(site_hours_next(&model, at("2026-11-23 12:00")), HF_NEVER);
}
