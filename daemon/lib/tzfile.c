/*
 * Zone files, byte for byte.
 *
 * A file has its data twice, first in 32 bits for old readers, and ends with a
 * line that says how it goes on.  All that is looked up later is checked here,
 * so that a damaged file is refused when it is read, and not when a text is due.
 */
#include "lib/tzfile.h"

#include <errno.h>
#include <string.h>

#define HEADER_SIZE 44
#define TYPE_SIZE   6
#define RULE_MAX    127

/* RFC 9636 3.2: more than a day either way is no place's. */
#define OFFSET_LEAST (-25 * 3600 + 1)
#define OFFSET_MOST  (26 * 3600 - 1)

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

static const unsigned char *take(struct rest *rest, size_t size)
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
static int take_header(struct rest *rest, struct counts *ret_counts)
{
	size_t counts[6], most = rest->size;
	const unsigned char *header = take(rest, HEADER_SIZE);

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

	return take_header(rest, &counts) == 0 &&
	       take(rest, counts.times * 5 + counts.types * TYPE_SIZE + counts.letters +
				  counts.leaps * 8 + counts.standard + counts.universal);
}

/* --- looking up ------------------------------------------------------------------ */

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

/* --- reading --------------------------------------------------------------------- */

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
static int take_rule(struct rest *rest, struct tzfile *file)
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

	if (!skip_old_data(&rest) || take_header(&rest, &counts) != 0 || counts.leaps > 0) {
		return -EINVAL;
	}

	file.time_count = counts.times;
	file.type_count = counts.types;
	file.times = take(&rest, 8 * counts.times);
	file.which = take(&rest, counts.times);
	file.types = take(&rest, TYPE_SIZE * counts.types);
	if (!file.times || !file.which || !file.types || !is_sound(&file) ||
	    !take(&rest, counts.letters + counts.standard + counts.universal) ||
	    take_rule(&rest, &file) != 0) {
		return -EINVAL;
	}

	*ret_file = file;
	return 0;
}
