/*
 * Zone files: every one of this system's held against the C library's reading
 * of it, and what is damaged refused.
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
