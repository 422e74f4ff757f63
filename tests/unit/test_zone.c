/* What a local time means in places that make it hard, and names that must not become paths. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "test.h"
#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/zone.h"
#include "zone_rig.h"

static const struct zone *place(const char *name)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get(name, &zone), 0);
	assert_non_null(zone);
	return zone;
}

static struct civil civil_of(const char *text)
{
	struct civil civil;

	assert_int_equal(civil_parse_datetime(text, &civil), 0);
	return civil;
}

static void assert_instant(const char *name, const char *local, const char *expected)
{
	struct civil civil = civil_of(local);
	const struct zone *zone = place(name);
	hf_time at = zone_instant(zone, &civil);
	char text[CIVIL_RFC3339_MAX];

	civil_format_rfc3339(at, zone_offset(zone, at), text);
	assert_string_equal(text, expected);
}

TEST(test_gaps_and_overlaps)
{
	static const struct {
		const char *zone, *local, *instant;
	} rows[] = {
		{ "America/New_York", "2026-03-08 01:59:59", "2026-03-08T01:59:59-05:00" },
		{ "America/New_York", "2026-03-08 02:00", "2026-03-08T03:00:00-04:00" },
		{ "America/New_York", "2026-03-08 02:30", "2026-03-08T03:30:00-04:00" },
		{ "America/New_York", "2026-03-08 03:00", "2026-03-08T03:00:00-04:00" },
		{ "America/New_York", "2026-11-01 00:59", "2026-11-01T00:59:00-04:00" },
		{ "America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00" },
		{ "America/New_York", "2026-11-01 02:00", "2026-11-01T02:00:00-05:00" },
		{ "US/Eastern", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00" },
		/* Dublin's winter is the one written as daylight saving, and negative. */
		{ "Europe/Dublin", "2026-03-29 01:30", "2026-03-29T02:30:00+01:00" },
		{ "Europe/Dublin", "2026-10-25 01:30", "2026-10-25T01:30:00+01:00" },
		{ "Europe/Dublin", "2026-12-25 12:00", "2026-12-25T12:00:00+00:00" },
		/* Half an hour. */
		{ "Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:45:00+11:00" },
		{ "Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-04T02:30:00+11:00" },
		{ "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45:00+11:00" },
		{ "Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-05T02:00:00+10:30" },
		/* The day that Samoa left out. */
		{ "Pacific/Apia", "2011-12-29 23:59", "2011-12-29T23:59:00-10:00" },
		{ "Pacific/Apia", "2011-12-30 12:00", "2011-12-31T12:00:00+14:00" },
		{ "Pacific/Apia", "2011-12-31 00:00", "2011-12-31T00:00:00+14:00" },
		/* Ramadan: back for a month, between two changes near each other. */
		{ "Africa/Casablanca", "2026-02-15 02:30", "2026-02-15T02:30:00+01:00" },
		{ "Africa/Casablanca", "2026-02-20 12:00", "2026-02-20T12:00:00+00:00" },
		{ "Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T03:30:00+01:00" },
		{ "Asia/Kathmandu", "2026-07-01 09:00", "2026-07-01T09:00:00+05:45" },
		{ "America/Chicago", "2050-07-01 09:00", "2050-07-01T09:00:00-05:00" },
		{ "America/Chicago", "1971-01-01 00:00", "1971-01-01T00:00:00-06:00" },
		{ "UTC", "2026-03-08 02:30", "2026-03-08T02:30:00+00:00" },
		{ "Etc/UTC", "2026-03-08 02:30", "2026-03-08T02:30:00+00:00" },
		{ "Etc/GMT+5", "2026-03-08 02:30", "2026-03-08T02:30:00-05:00" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_instant(rows[i].zone, rows[i].local, rows[i].instant);
		assert_instant(rows[i].zone, rows[i].local, rows[i].instant);
	}
}

/* Every second around a change, and again after the cached offsets were overwritten. */
TEST(test_there_and_back_around_a_change)
{
	static const char *const names[] = { "America/New_York", "Europe/Dublin",
					     "Australia/Lord_Howe", "Pacific/Chatham" };

	for (size_t i = 0; i < COUNT(names) * 2; i++) {
		const struct zone *zone = place(names[i % COUNT(names)]);

		for (hf_time at = 1767225600 * HF_SECOND; at < 1830297600 * HF_SECOND;
		     at += 25 * HF_MINUTE) {
			struct civil civil = zone_civil(zone, at);
			hf_time again = zone_instant(zone, &civil);

			assert_true(again == at || (again < at && again >= at - HF_HOUR));
			assert_int_equal(civil_to_seconds(&civil) * HF_SECOND,
					 at + zone_offset(zone, at) * HF_SECOND);
		}
	}
}

TEST(test_the_second_of_a_change)
{
	const struct zone *zone = place("America/New_York");
	hf_time change;

	assert_int_equal(civil_parse_rfc3339("2026-03-08T07:00:00Z", &change), 0);
	assert_int_equal(zone_offset(zone, change), -4 * 3600);
	assert_int_equal(zone_offset(zone, change - 1), -5 * 3600);
	assert_int_equal(zone_offset(zone, change - HF_SECOND), -5 * 3600);
}

TEST(test_instants_far_away)
{
	const struct zone *zone = place("America/New_York");

	assert_int_equal(zone_offset(zone, HF_NEVER), -5 * 3600);
	assert_int_equal(zone_offset(zone, INT64_MIN), zone_offset(zone, INT64_MIN + HF_DAY));
	assert_true(zone_civil(zone, HF_NEVER).year > 200000);
	assert_int_equal(zone_civil(zone, -1).year, 1969);
}

TEST(test_leads)
{
	static const struct {
		const char *occurrence, *lead, *due;
	} rows[] = {
		/* Over the change to summer time: hours are elapsed, days keep the wall clock. */
		{ "2026-03-08T10:00:00-04:00", "24h", "2026-03-07T09:00:00-05:00" },
		{ "2026-03-08T10:00:00-04:00", "1d", "2026-03-07T10:00:00-05:00" },
		{ "2026-03-09T02:30:00-04:00", "1d", "2026-03-08T03:30:00-04:00" },
		{ "2026-11-02T01:30:00-05:00", "1d", "2026-11-01T01:30:00-04:00" },
		{ "2026-12-02T14:00:00-05:00", "3d", "2026-11-29T14:00:00-05:00" },
		{ "2026-12-02T14:00:00-05:00", "15m", "2026-12-02T13:45:00-05:00" },
	};
	const struct zone *zone = place("America/New_York");

	for (size_t i = 0; i < COUNT(rows); i++) {
		hf_time occurrence, due;
		struct span lead;

		assert_int_equal(civil_parse_rfc3339(rows[i].occurrence, &occurrence), 0);
		assert_int_equal(civil_parse_rfc3339(rows[i].due, &due), 0);
		assert_int_equal(civil_parse_span(rows[i].lead, &lead), 0);
		assert_int_equal(zone_lead(zone, occurrence, &lead), due);
	}
}

TEST(test_names)
{
	static const char *const not_names[] = {
		"",
		"/etc/passwd",
		":America/New_York",
		"../zoneinfo/UTC",
		"America/../UTC",
		"America/New York",
		"America/New_York;",
		"America//New_York",
		"right/America/New_York",
		"posix/UTC",
		"localtime",
		"posixrules",
		"America/New_York\n",
		"Am\xc3\xa9rica",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	static const char *const unknown[] = {
		"America",         "America/", "America/Springfield",
		"america/chicago", "tzdata",   "UTC/UTC",
	};
	const struct zone *zone = NULL;

	for (size_t i = 0; i < COUNT(not_names); i++) {
		assert_int_equal(zone_get(not_names[i], &zone), ZONE_E_NAME);
		assert_null(zone);
	}
	for (size_t i = 0; i < COUNT(unknown); i++) {
		assert_int_equal(zone_get(unknown[i], &zone), ZONE_E_UNKNOWN);
		assert_null(zone);
	}
}

TEST(test_interned)
{
	assert_ptr_equal(place("Europe/Dublin"), place("Europe/Dublin"));
	assert_ptr_not_equal(place("Europe/Dublin"), place("Europe/London"));
	assert_ptr_equal(place("UTC"), zone_utc());
	assert_string_equal(zone_name(place("Europe/Dublin")), "Europe/Dublin");
	assert_string_equal(zone_name(zone_utc()), "UTC");
	zone_close();
	zone_close();
	assert_string_equal(zone_name(place("Europe/Dublin")), "Europe/Dublin");
	assert_instant("Europe/Dublin", "2026-07-01 09:00", "2026-07-01T09:00:00+01:00");
}

TEST(test_refreshed)
{
	static const struct civil noon = { 2026, 7, 1, 12, 0, 0 },
				  winter = { 2026, 12, 1, 12, 0, 0 };
	struct zone_update news = { .changed = true };
	const struct zone *zone, *other;
	struct zone_rig rig = { 0 };
	hf_time before, later;

	zone_rig_begin(&rig);
	zone_rig_write(&rig, "Test/Place", "<+01>-1");
	zone_rig_write(&rig, "Test/Other", "<+05>-5");
	zone = place("Test/Place");
	other = place("Test/Other");
	before = zone_instant(zone, &noon);
	later = zone_instant(zone, &winter);
	assert_int_equal(zone_refresh(before, &news), 0);
	assert_false(news.changed);
	assert_int_equal(zone_rebase(zone, before), before);

	/* Summer time is brought in. */
	zone_rig_write(&rig, "Test/Place", "<+01>-1<+02>,M3.5.0,M10.5.0");
	assert_int_equal(zone_instant(zone, &noon), before);
	assert_int_equal(zone_refresh(before, &news), 0);
	assert_true(news.changed);
	assert_int_equal(news.forward, HF_HOUR);
	assert_ptr_equal(place("Test/Place"), zone);
	assert_int_equal(zone_instant(zone, &noon), before - HF_HOUR);
	assert_int_equal(zone_offset(other, before), 5 * 3600);
	assert_int_equal(zone_rebase(zone, before + 7), before - HF_HOUR + 7);
	assert_int_equal(zone_rebase(zone, later), later);
	assert_int_equal(zone_rebase(other, before), before);
	assert_int_equal(zone_rebase(zone_utc(), before), before);

	/* And taken back, in winter, when it makes no difference yet. */
	zone_rig_write(&rig, "Test/Place", "<+01>-1");
	assert_int_equal(zone_refresh(later, &news), 0);
	assert_true(news.changed);
	assert_int_equal(news.forward, 0);
	assert_int_equal(zone_rebase(zone, before - HF_HOUR), before);
	assert_int_equal(zone_refresh(before, &news), 0);
	assert_false(news.changed);
	assert_int_equal(zone_rebase(zone, before), before);
	zone_rig_end(&rig);
}

/* Half an upgrade must not take anybody's time away. */
TEST(test_refreshed_by_nonsense)
{
	struct zone_update news = { 0 };
	struct zone_rig rig = { 0 };
	const struct zone *zone, *other;

	zone_rig_begin(&rig);
	zone_rig_write(&rig, "Test/Place", "<+01>-1");
	zone_rig_write(&rig, "Test/Other", "<+05>-5");
	zone = place("Test/Place");
	other = place("Test/Other");
	zone_rig_write_bytes(&rig, "Test/Place", (const unsigned char *)"TZif2", 5);
	zone_rig_write(&rig, "Test/Other", "<+06>-6");
	assert_int_equal(zone_refresh(0, &news), ZONE_E_UNKNOWN);
	assert_true(news.changed);
	assert_int_equal(zone_offset(zone, 0), 3600);
	assert_int_equal(zone_offset(other, 0), 6 * 3600);

	zone_rig_remove(&rig);
	assert_int_equal(zone_refresh(0, &news), ZONE_E_UNKNOWN);
	assert_false(news.changed);
	assert_int_equal(zone_offset(other, 0), 6 * 3600);
	zone_rig_end(&rig);
}

TEST(test_as_people_write_it)
{
	static const struct {
		const char *text, *is;
	} cases[] = {
		{ "2026-11-23", "2026-11-23T00:00:00-06:00" },
		{ "2026-11-23 08:00", "2026-11-23T08:00:00-06:00" },
		{ "2026-11-23T08:00", "2026-11-23T08:00:00-06:00" },
		{ "2026-07-01 08:00", "2026-07-01T08:00:00-05:00" },
		{ "2026-11-23T14:00:00Z", "2026-11-23T08:00:00-06:00" },
		{ "2026-11-23T08:00:00-07:00", "2026-11-23T09:00:00-06:00" },
		/* A time that the change to summer time skips. */
		{ "2026-03-08 02:30", "2026-03-08T03:30:00-05:00" },
	};
	char buffer[CIVIL_RFC3339_MAX];

	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		hf_time at = 0;

		assert_int_equal(zone_parse(place("America/Chicago"), cases[i / 2].text, &at), 0);
		zone_format(place("America/Chicago"), at, buffer);
		assert_string_equal(buffer, cases[i / 2].is);
	}
}

TEST(test_what_is_nearly_an_instant)
{
	static const char *const texts[] = { "",           "tomorrow",    "2026-13-01",
					     "2026-02-29", "2026-11-23 ", "2026-11-23 24:00",
					     "23.11.2026" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		hf_time at = 7;

		assert_int_equal(zone_parse(place("America/Chicago"), texts[i], &at), -EINVAL);
		assert_true(at == 7);
	}
}

static int close_zones(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, close_zones);

/* --- the news that a file was replaced, as a package manager does it --- */

struct rig {
	struct zone_rig zones;
	struct loop *loop;
	struct zone_watch *watch;
	int news;
};

static void on_change(void *userdata)
{
	struct rig *rig = userdata;

	rig->news++;
	zone_watch_follow(rig->watch);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	zone_rig_begin(&rig->zones);
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(zone_watch_new(rig->loop, on_change, rig, &rig->watch), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	rig->watch = zone_watch_free(rig->watch);
	rig->loop = loop_free(rig->loop);
	zone_rig_end(&rig->zones);
	free(rig);
	return 0;
}

/* True when the news came. */
static bool hears(struct rig *rig, hf_time within)
{
	hf_time end = clock_monotonic() + within;
	int before = rig->news;

	while (rig->news == before && clock_monotonic() < end) {
		assert_true(loop_turn(rig->loop, end - clock_monotonic()) > 0);
	}
	return rig->news > before;
}

TEST(test_a_file_is_replaced, set_up, tear_down)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zone_watch_follow(rig->watch);
	assert_false(hears(rig, 0));

	zone_rig_write(&rig->zones, "Test/Place", "<+02>-2");
	assert_true(hears(rig, 10 * HF_SECOND));

	/* Watched on, and the second time too. */
	zone_rig_write(&rig->zones, "Test/Place", "<+03>-3");
	assert_true(hears(rig, 10 * HF_SECOND));
}

TEST(test_many_are_one_news, set_up, tear_down)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zone_watch_follow(rig->watch);
	for (int i = 0; i < 300; i++) {
		zone_rig_write(&rig->zones, "Test/Place", i % 2 ? "<+01>-1" : "<+02>-2");
	}
	assert_true(hears(rig, 10 * HF_SECOND));
	assert_false(hears(rig, 1500 * HF_SECOND / 1000));
	assert_int_equal(rig->news, 1);
}

TEST(test_what_a_link_leads_to, set_up, tear_down)
{
	struct rig *rig = *state;
	char link[PATH_MAX];

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)snprintf(link, sizeof(link), "%s/Old", rig->zones.dir);
	assert_int_equal(mkdir(link, 0755), 0);
	(void)snprintf(link, sizeof(link), "%s/Old/Name", rig->zones.dir);
	assert_int_equal(symlink("../Test/Place", link), 0);
	(void)place("Old/Name");
	zone_watch_follow(rig->watch);

	zone_rig_write(&rig->zones, "Test/Place", "<+02>-2");
	assert_true(hears(rig, 10 * HF_SECOND));
}

TEST(test_no_directory, set_up, tear_down)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zone_rig_remove(&rig->zones);
	zone_watch_follow(rig->watch);
	assert_false(hears(rig, 0));
	assert_null(zone_watch_free(NULL));
}
