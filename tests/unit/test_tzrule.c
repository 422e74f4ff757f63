/* POSIX rules of summer time: what is one, and what the clock says by it. */
#include "test.h"
#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/tzrule.h"

static int offset_at(const char *rule, const char *instant)
{
	struct tzrule parsed;
	hf_time at;

	assert_int_equal(tzrule_parse(rule, &parsed), 0);
	assert_int_equal(civil_parse_rfc3339(instant, &at), 0);
	return tzrule_offset(&parsed, at / HF_SECOND);
}

TEST(test_offsets)
{
	static const struct {
		const char *rule, *instant;
		int minutes;
	} rows[] = {
		{ "UTC0", "2040-01-01T00:00:00Z", 0 },
		{ "MST7", "2040-07-01T00:00:00Z", -420 },
		{ "<+0545>-5:45", "2040-07-01T00:00:00Z", 345 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2040-03-11T07:59:59Z", -360 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2040-03-11T08:00:00Z", -300 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2040-11-04T06:59:59Z", -300 },
		{ "CST6CDT,M3.2.0,M11.1.0", "2040-11-04T07:00:00Z", -360 },
		/* The south, where summer lies over the new year; half an hour. */
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-01-01T00:00:00Z", 660 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-04-01T14:59:59Z", 630 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-04-01T15:00:00Z", 630 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-03-31T14:59:59Z", 660 },
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2040-10-06T15:30:00Z", 660 },
		/* Ireland's winter is daylight time, and behind. */
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2040-07-01T00:00:00Z", 60 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2040-12-25T00:00:00Z", 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2040-03-25T00:59:59Z", 0 },
		{ "IST-1GMT0,M10.5.0,M3.5.0/1", "2040-03-25T01:00:00Z", 60 },
		/* Before the day, and days after it. */
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2040-03-25T00:59:59Z", -120 },
		{ "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2040-03-25T01:00:00Z", -60 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2040-03-23T23:59:59Z", 120 },
		{ "EET-2EEST,M3.4.4/50,M10.4.4/50", "2040-03-24T00:00:00Z", 180 },
		/* Days by number: 60 is March 1 in every year as J60, and in none but leap years
		 * February 29 as 59. */
		{ "AAA0BBB,J60/0,J300/0", "2040-02-29T23:59:59Z", 0 },
		{ "AAA0BBB,J60/0,J300/0", "2040-03-01T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300/0", "2040-02-29T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300/0", "2041-03-01T00:00:00Z", 60 },
		{ "AAA0BBB,59/0,300/0", "2041-02-28T23:59:59Z", 0 },
		/* All year (RFC 9636 3.3.2), and on its seams. */
		{ "XXX3EDT4,0/0,J365/23", "2040-01-01T02:59:59Z", -240 },
		{ "XXX3EDT4,0/0,J365/23", "2040-01-01T03:00:00Z", -240 },
		{ "XXX3EDT4,0/0,J365/23", "2040-12-31T23:59:59Z", -240 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (offset_at(rows[i].rule, rows[i].instant) != rows[i].minutes * 60) {
			fail_msg("%s at %s: %d", rows[i].rule, rows[i].instant,
				 offset_at(rows[i].rule, rows[i].instant));
		}
	}
}

TEST(test_no_rules)
{
	static const char *const no_rules[] = {
		"",
		"CST",
		"CS6",
		"CST6CDT",
		"CST6CDT,M3.2.0",
		"CST6CDT,M3.2.0,M11.1.0 ",
		"CST6CDT,M13.2.0,M11.1.0",
		"CST6CDT,M3.0.0,M11.1.0",
		"CST6CDT,M3.6.0,M11.1.0",
		"CST6CDT,M3.2.7,M11.1.0",
		"CST6CDT,J0,J366",
		"CST6CDT,0,366",
		"CST6CDT,M3.2.0/168,M11.1.0",
		"CST25",
		"CST6:60",
		"CST6:00:60",
		"<CST6",
		"<+1>-1",
		"C+T6",
		"CST99999999999",
		"CST6,",
		"CST-",
	};
	struct tzrule rule = { .standard = 7 };

	for (size_t i = 0; i < COUNT(no_rules); i++) {
		if (tzrule_parse(no_rules[i], &rule) == 0) {
			fail_msg("\"%s\" was taken for a rule", no_rules[i]);
		}
	}
	assert_int_equal(rule.standard, 7);
}
