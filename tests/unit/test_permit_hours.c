/* From when a text may go out, also on the days on which the clocks change, and when it is too
 * late. */
#include "test.h"
#include "lib/zone.h"
#include "engine/permit.h"

static const struct texting every_day = {
	.hours = { .weekdays = WEEKDAY_ALL, .from = 9 * 60, .until = 20 * 60 },
};

static const struct zone *chicago(void)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get("America/Chicago", &zone), 0);
	return zone;
}

static hf_time instant(const struct zone *zone, const char *text)
{
	struct civil civil;

	assert_int_equal(civil_parse_datetime(text, &civil), 0);
	return zone_instant(zone, &civil);
}

static int close_zones(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, close_zones);

/* Each line: a zone, when it is there, when it opens there. */
TEST(test_openings)
{
	static const char *const cases[][3] = {
		{ "America/Chicago", "2026-03-08 01:30",
		  "2026-03-08 09:00" }, /* 7.5 h pass in 6.5 */
		{ "America/Chicago", "2026-11-01 00:30", "2026-11-01 09:00" },
		{ "America/Chicago", "2026-03-07 23:00", "2026-03-08 09:00" },
		{ "America/Chicago", "2026-10-31 20:00", "2026-11-01 09:00" },
		{ "Australia/Lord_Howe", "2026-10-04 01:00", "2026-10-04 09:00" },
		{ "Europe/Dublin", "2026-03-28 21:00", "2026-03-29 09:00" },
		{ "Pacific/Kiritimati", "2026-12-31 22:00", "2027-01-01 09:00" },
		{ "Asia/Kathmandu", "2028-02-28 23:59", "2028-02-29 09:00" },
		{ "UTC", "2026-11-23 12:00", "2026-11-23 12:00" },
	};
	const struct texting texting = every_day;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct zone *zone;

		assert_int_equal(zone_get(cases[i][0], &zone), 0);
		assert_true(permit_opening(&texting, zone, instant(zone, cases[i][1])) ==
			    instant(zone, cases[i][2]));
	}
	assert_true(instant(chicago(), "2026-03-08 09:00") -
			    instant(chicago(), "2026-03-08 01:30") ==
		    6 * HF_HOUR + 30 * HF_MINUTE);
}

TEST(test_openings_on_some_days)
{
	struct texting texting = every_day;
	const struct zone *zone = chicago();

	texting.hours.weekdays = 1u << WEEKDAY_TU;
	assert_true(permit_opening(&texting, zone, instant(zone, "2026-11-24 20:00")) ==
		    instant(zone, "2026-12-01 09:00"));
	assert_true(permit_opening(&texting, zone, instant(zone, "2026-11-22 10:00")) ==
		    instant(zone, "2026-11-24 09:00"));
	texting.hours.weekdays = 0;
	assert_true(permit_opening(&texting, zone, instant(zone, "2026-11-24 10:00")) == HF_NEVER);
}

/* Each line: a kind, and when a text of it that is due at 10:00 for 14:00 is too late. */
TEST(test_closings)
{
	static const struct {
		enum kind kind;
		const char *closing; /* NULL: never */
	} cases[] = {
		{ KIND_WELCOME, NULL },
		{ KIND_CHECK_IN, "2026-11-24 13:00" },
		{ KIND_COPING, "2026-11-24 13:00" },
		{ KIND_SPONSOR, "2026-11-24 13:00" },
		{ KIND_MILESTONE, "2026-11-25 00:00" },
		{ KIND_MEETING, "2026-11-24 14:00" },
		{ KIND_APPOINTMENT, "2026-11-24 12:00" },
		{ KIND_NOTE, "2026-11-24 13:00" },
		{ KIND_ONE_OFF, NULL },
		{ KIND_CLOSING, "2026-11-25 00:00" },
		{ KIND_REPLY, NULL },
		{ KIND_ALERT, NULL },
		{ KIND_FOLLOW_UP, "2026-11-25 12:00" },
	};
	const struct zone *zone = chicago();

	for (size_t i = 0; i < COUNT(cases); i++) {
		hf_time closing =
			permit_closing(zone, cases[i].kind, instant(zone, "2026-11-24 14:00"),
				       instant(zone, "2026-11-24 10:00"));

		assert_true(closing ==
			    (cases[i].closing ? instant(zone, cases[i].closing) : HF_NEVER));
	}
}
