/*
 * Zone files, byte for byte, and the rule that ends them.
 *
 * A file has its data twice, first in 32 bits for old readers, and ends with a
 * line that says how it goes on.  All that is looked up later is checked here,
 * so that a damaged file is refused when it is read, and not when a text is due.
 *
 * In a rule, daylight time may be behind standard time (Dublin writes its
 * winter so), may begin in autumn, and may be there all year.
 */
#include "lib/tzfile.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/civil.h"

#define HEADER_SIZE 44
#define TYPE_SIZE   6
#define RULE_MAX    127

/* RFC 9636 3.2: no place is further from UTC. */
#define OFFSET_LEAST (-25 * 3600 + 1)
#define OFFSET_MOST  (26 * 3600 - 1)

#define HOUR_SECONDS 3600
#define DAY_SECONDS  INT64_C(86400)

/* --- a rule: reading --------------------------------------------------------------- */

static bool read_char(const char **at, char expected)
{
	if (**at != expected) {
		return false;
	}
	(*at)++;
	return true;
}

static bool read_number(const char **at, int least, int most, int *ret_number)
{
	int number = 0, digits = 0;

	for (; isdigit((unsigned char)**at) && digits < 4; digits++) {
		number = number * 10 + *(*at)++ - '0';
	}
	if (digits == 0 || number < least || number > most) {
		return false;
	}

	*ret_number = number;
	return true;
}

/* Three letters or more, or anything plain in < >.  The name itself is of no use here. */
static bool read_name(const char **at)
{
	bool quoted = read_char(at, '<');
	size_t length = 0;

	for (; isalnum((unsigned char)**at) || **at == '+' || **at == '-'; (*at)++, length++) {
		if (!quoted && !isalpha((unsigned char)**at)) {
			break;
		}
	}
	return length >= 3 && (!quoted || read_char(at, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool read_seconds(const char **at, int hours_most, int *ret_seconds)
{
	int sign = read_char(at, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;

	if (sign > 0) {
		(void)read_char(at, '+');
	}
	if (!read_number(at, 0, hours_most, &hours)) {
		return false;
	}
	if (read_char(at, ':') && !read_number(at, 0, 59, &minutes)) {
		return false;
	}
	if (read_char(at, ':') && !read_number(at, 0, 59, &seconds)) {
		return false;
	}

	*ret_seconds = sign * (hours * HOUR_SECONDS + minutes * 60 + seconds);
	return true;
}

static bool read_day(const char **at, struct tzrule_change *change)
{
	if (read_char(at, 'M')) {
		change->kind = TZRULE_WEEKDAY;
		return read_number(at, 1, 12, &change->month) && read_char(at, '.') &&
		       read_number(at, 1, 5, &change->week) && read_char(at, '.') &&
		       read_number(at, 0, 6, &change->weekday);
	}
	if (read_char(at, 'J')) {
		change->kind = TZRULE_JULIAN;
		return read_number(at, 1, 365, &change->day);
	}

	change->kind = TZRULE_DAY;
	return read_number(at, 0, 365, &change->day);
}

static bool read_change(const char **at, struct tzrule_change *change)
{
	int seconds = 2 * HOUR_SECONDS;

	if (!read_char(at, ',') || !read_day(at, change)) {
		return false;
	}
	if (read_char(at, '/') && !read_seconds(at, 167, &seconds)) {
		return false;
	}

	change->seconds = seconds;
	return true;
}

/* POSIX counts west of Greenwich. */
int tzrule_parse(const char *text, struct tzrule *ret_rule)
{
	struct tzrule rule = { 0 };
	int west;

	if (!read_name(&text) || !read_seconds(&text, 24, &west)) {
		return -EINVAL;
	}

	rule.standard = -west;
	rule.changes = *text != '\0';
	if (rule.changes) {
		rule.daylight = rule.standard + HOUR_SECONDS;
		if (!read_name(&text)) {
			return -EINVAL;
		}
		if (*text != ',') {
			if (!read_seconds(&text, 24, &west)) {
				return -EINVAL;
			}
			rule.daylight = -west;
		}
		if (!read_change(&text, &rule.begin) || !read_change(&text, &rule.end) || *text) {
			return -EINVAL;
		}
	}

	*ret_rule = rule;
	return 0;
}

/* --- a rule: asking ---------------------------------------------------------------- */

static int64_t first_of(int year, int month)
{
	struct civil date = { .year = year, .month = month, .day = 1 };

	return civil_to_days(&date);
}

static int64_t weekday_in(const struct tzrule_change *change, int year)
{
	int64_t first = first_of(year, change->month);
	int64_t next =
		change->month < 12 ? first_of(year, change->month + 1) : first_of(year + 1, 1);
	int sunday_based = ((int)civil_weekday_of(first) + 1) % 7;
	int64_t day = first + (change->weekday - sunday_based + 7) % 7 + 7L * (change->week - 1);

	return day < next ? day : day - 7;
}

static int64_t day_of(const struct tzrule_change *change, int year)
{
	int64_t january = first_of(year, 1);

	switch (change->kind) {
	case TZRULE_WEEKDAY:
		return weekday_in(change, year);
	case TZRULE_JULIAN:
		/* From March on, a leap year has had its extra day. */
		return january + change->day - 1 +
		       (change->day > 59 && first_of(year, 3) - january == 60);
	case TZRULE_DAY:
		return january + change->day;
	}
	return january;
}

/* The time of a change is a local time by the offset that ends with it. */
static int64_t change_at(const struct tzrule_change *change, int year, int offset_before)
{
	return day_of(change, year) * DAY_SECONDS + change->seconds - offset_before;
}

int tzrule_offset(const struct tzrule *rule, int64_t seconds)
{
	int64_t latest = INT64_MIN;
	int offset = rule->standard, year;

	if (!rule->changes) {
		return offset;
	}

	/* Where daylight time ends at the very instant at which the next begins, it lasts all year: of
	 * two changes at one instant, the one that comes later in this loop counts. */
	year = civil_from_seconds(seconds).year;
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t begin = change_at(&rule->begin, y, rule->standard);
		int64_t end = change_at(&rule->end, y, rule->daylight);

		if (begin <= seconds && begin >= latest) {
			latest = begin;
			offset = rule->daylight;
		}
		if (end <= seconds && end >= latest) {
			latest = end;
			offset = rule->standard;
		}
	}
	return offset;
}

/* --- a file: its pieces -------------------------------------------------------------- */

/* What is left to read. */
struct rest {
	const unsigned char *at;
	size_t size;
};

struct counts {
	size_t universal, standard, leaps, times, types, letters;
};

static uint32_t number_32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t number_64(const unsigned char *at)
{
	return (int64_t)((uint64_t)number_32(at) << 32 | number_32(at + 4));
}

static const unsigned char *read_bytes(struct rest *rest, size_t size)
{
	const unsigned char *at = rest->at;

	if (size > rest->size) {
		return NULL;
	}

	rest->at += size;
	rest->size -= size;
	return at;
}

/* No count may be larger than the file, so that no sum of their sizes overflows. */
static int read_header(struct rest *rest, struct counts *ret_counts)
{
	size_t counts[6], most = rest->size;
	const unsigned char *header = read_bytes(rest, HEADER_SIZE);

	if (!header || memcmp(header, "TZif", 4) != 0 || header[4] < '2') {
		return -EINVAL;
	}

	for (size_t i = 0; i < 6; i++) {
		counts[i] = number_32(header + 20 + 4 * i);
		if (counts[i] > most) {
			return -EINVAL;
		}
	}
	*ret_counts =
		(struct counts){ counts[0], counts[1], counts[2], counts[3], counts[4], counts[5] };
	return 0;
}

static bool skip_old_data(struct rest *rest)
{
	struct counts counts;

	return read_header(rest, &counts) == 0 &&
	       read_bytes(rest, counts.times * 5 + counts.types * TYPE_SIZE + counts.letters +
					counts.leaps * 8 + counts.standard + counts.universal);
}

/* --- a file: asking ------------------------------------------------------------------ */

static int type_offset(const struct tzfile *file, size_t type)
{
	return (int)(int32_t)number_32(file->types + TYPE_SIZE * type);
}

static int64_t time_at(const struct tzfile *file, size_t i)
{
	return number_64(file->times + 8 * i);
}

/* How many of the times are not after `seconds`. */
static size_t times_until(const struct tzfile *file, int64_t seconds)
{
	size_t low = 0, high = file->time_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (time_at(file, middle) <= seconds) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

int tzfile_offset(const struct tzfile *file, int64_t seconds)
{
	size_t passed = times_until(file, seconds);

	if (passed == file->time_count && file->has_rule) {
		return tzrule_offset(&file->rule, seconds);
	}
	return type_offset(file, passed > 0 ? file->which[passed - 1] : 0);
}

/* --- a file: reading --------------------------------------------------------------------- */

static bool is_sound(const struct tzfile *file)
{
	for (size_t i = 0; i < file->type_count; i++) {
		int offset = type_offset(file, i);

		if (offset < OFFSET_LEAST || offset > OFFSET_MOST) {
			return false;
		}
	}
	for (size_t i = 0; i < file->time_count; i++) {
		if (file->which[i] >= file->type_count ||
		    (i > 0 && time_at(file, i) <= time_at(file, i - 1))) {
			return false;
		}
	}
	return file->type_count > 0;
}

/* "\nCST6CDT,M3.2.0,M11.1.0\n"; an empty line where the last type holds for ever. */
static int read_rule(struct rest *rest, struct tzfile *file)
{
	const unsigned char *end;
	char text[RULE_MAX + 1];
	size_t length;

	if (rest->size < 2 || rest->at[0] != '\n') {
		return -EINVAL;
	}

	end = memchr(rest->at + 1, '\n', rest->size - 1);
	length = end ? (size_t)(end - rest->at) - 1 : 0;
	if (!end || length > RULE_MAX || memchr(rest->at + 1, '\0', length)) {
		return -EINVAL;
	}

	file->has_rule = length > 0;
	memcpy(text, rest->at + 1, length);
	text[length] = '\0';
	return file->has_rule ? tzrule_parse(text, &file->rule) : 0;
}

int tzfile_parse(const unsigned char *bytes, size_t size, struct tzfile *ret_file)
{
	struct rest rest = { bytes, size };
	struct tzfile file = { 0 };
	struct counts counts;

	if (!skip_old_data(&rest) || read_header(&rest, &counts) != 0 || counts.leaps > 0) {
		return -EINVAL;
	}

	file.time_count = counts.times;
	file.type_count = counts.types;
	file.times = read_bytes(&rest, 8 * counts.times);
	file.which = read_bytes(&rest, counts.times);
	file.types = read_bytes(&rest, TYPE_SIZE * counts.types);
	if (!file.times || !file.which || !file.types || !is_sound(&file) ||
	    !read_bytes(&rest, counts.letters + counts.standard + counts.universal) ||
	    read_rule(&rest, &file) != 0) {
		return -EINVAL;
	}

	*ret_file = file;
	return 0;
}
