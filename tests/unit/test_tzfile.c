/*
 * Zone files: every one of this system's held against the C library's reading
 * of it, and what is damaged refused.  And the rules that end them: what is
 * one, and what the clock says by it.
 */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"
#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/tzfile.h"
#include "zone_rig.h"

#define ZONE_FILES "/usr/share/zoneinfo/"
#define FIRST      INT64_C(-2208988800) /* 1900 */
#define LAST       INT64_C(7258118400)  /* 2200 */
#define STEP       (11 * 86400 + 4321)

static size_t compared, changes;

static size_t slurp(const char *path, unsigned char bytes[65536])
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");

	assert_non_null(file);
	return fread(bytes, 1, 65536, file);
}

static int offset_by_libc(int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;

	assert_non_null(localtime_r(&at, &tm));
	return (int)tm.tm_gmtoff;
}

static void compare_at(const struct tzfile *file, const char *name, int64_t seconds)
{
	int ours = tzfile_offset(file, seconds), theirs = offset_by_libc(seconds);

	if (ours != theirs) {
		fail_msg("%s at %lld: %d, and by the C library %d", name, (long long)seconds, ours,
			 theirs);
	}
	compared++;
}

/* To the second, between two instants with different offsets. */
static void compare_change(const struct tzfile *file, const char *name, int64_t low, int64_t high)
{
	int before = tzfile_offset(file, low);

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (tzfile_offset(file, middle) == before) {
			low = middle;
		} else {
			high = middle;
		}
	}
	compare_at(file, name, low);
	compare_at(file, name, high);
	changes++;
}

static void compare_zone(const char *path)
{
	static unsigned char bytes[65536];
	const char *name = path + strlen(ZONE_FILES);
	size_t size = slurp(path, bytes);
	struct tzfile file;

	if (tzfile_parse(bytes, size, &file) != 0) {
		fail_msg("%s was refused", path);
	}

	assert_int_equal(setenv("TZ", name, true), 0);
	tzset();
	for (int64_t at = FIRST; at < LAST; at += STEP) {
		compare_at(&file, name, at);
		if (tzfile_offset(&file, at) != tzfile_offset(&file, at + STEP)) {
			compare_change(&file, name, at, at + STEP);
		}
	}
}

static int on_path(const char *path, const struct stat *status, int type, struct FTW *where)
{
	static unsigned char bytes[65536];

	(void)status;
	(void)where;
	if (type == FTW_F && !strstr(path, "/right/") && !strstr(path, "/posix/") &&
	    slurp(path, bytes) > 4 && memcmp(bytes, "TZif", 4) == 0) {
		compare_zone(path);
	}
	return 0;
}

TEST(test_all_zones_by_the_c_library)
{
	assert_int_equal(nftw(ZONE_FILES, on_path, 16, FTW_PHYS), 0);
	assert_true(compared > 1000000);
	assert_true(changes > 20000);
	print_message("%zu instants, %zu changes\n", compared, changes);
}

TEST(test_short_ones)
{
	unsigned char bytes[512];
	size_t size = zone_rig_file("CST6CDT,M3.2.0,M11.1.0", bytes);
	struct tzfile file = { 0 };

	assert_int_equal(tzfile_parse(bytes, size, &file), 0);
	assert_int_equal(tzfile_offset(&file, 1767225600), -6 * 3600);
	assert_int_equal(tzfile_offset(&file, INT64_MIN / 1000000), -6 * 3600);
	for (size_t i = 0; i < size; i++) {
		file.time_count = 17;
		assert_int_equal(tzfile_parse(bytes, i, &file), -EINVAL);
		assert_int_equal(file.time_count, 17);
	}

	size = zone_rig_file("", bytes);
	assert_int_equal(tzfile_parse(bytes, size, &file), 0);
	assert_int_equal(tzfile_offset(&file, 1767225600), 0);
}

/* Each byte of a real file made another one: refused, or read, and never past its end. */
TEST(test_damaged)
{
	static unsigned char bytes[65536];
	size_t size = slurp(ZONE_FILES "America/Chicago", bytes);

	for (size_t i = 0; i < size; i++) {
		_cleanup_free_ unsigned char *copy = malloc(size);
		struct tzfile file;

		assert_non_null(copy);
		memcpy(copy, bytes, size);
		copy[i] ^= 0xff;
		if (tzfile_parse(copy, size, &file) == 0) {
			int offset = tzfile_offset(&file, 1767225600);

			assert_in_range(offset + 26 * 3600, 0, 52 * 3600);
		}
	}
}

TEST(test_refused)
{
	static const struct {
		size_t at;
		unsigned char value;
	} rows[] = {
		{ 0, 'X' },        /* the magic */
		{ 4, '\0' },       /* version 1 has no rule and ends in 2037 */
		{ 51 + 31, 1 },    /* leap seconds */
		{ 51 + 36, 0x7f }, /* more types than the file has bytes */
		{ 51 + 39, 0 },    /* no type at all */
		{ 51 + 44, 0x7f }, /* a year east of Greenwich */
		{ 102, 'x' },      /* no line */
		{ 103, '!' },      /* no rule */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char bytes[512];
		size_t size = zone_rig_file("CST6CDT,M3.2.0,M11.1.0", bytes);
		struct tzfile file;

		bytes[rows[i].at] = rows[i].value;
		assert_int_equal(tzfile_parse(bytes, size, &file), -EINVAL);
	}
}

/* --- rules ---------------------------------------------------------------------- */

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
