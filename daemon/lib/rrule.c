/*
 * Rules of recurrence (RFC 5545 3.3.10): reading one, and the days that it names.
 *
 * One table has the parts that a rule may have: what is written in each, and
 * how many of it.  What the standard forbids in combination is checked after all
 * parts are read, so that their order does not matter.  The limits are narrower
 * than the standard's, on purpose: a rule is kept for each client, in lists of
 * fixed size, and people must understand it.
 *
 * Every BY part is a question that a single day answers: is this my month, my
 * weekday, my week?  So a rule is looked up by asking the days of one period
 * (a day, week, month or year) after the other, and no part has to be expanded.
 * Only BYSETPOS needs all the answers of its period.
 *
 * Intervals count from the period that the start is in, whether or not the
 * rule names the start itself; libraries differ there (libical 3.0.16 puts a
 * rule for every second Sunday into the other week), which is why this is ours.
 */
#include "lib/rrule.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

#define INTERVAL_MAX 3650
#define COUNT_MAX    10000
#define SEARCH_DAYS  INT64_C(36525)
#define PERIOD_DAYS  366

/* --- reading ------------------------------------------------------------------------- */

enum part {
	PART_FREQ,
	PART_INTERVAL,
	PART_COUNT,
	PART_UNTIL,
	PART_WKST,
	PART_BYDAY,
	PART_BYSETPOS,
	PART_BYMONTH,
	PART_BYMONTHDAY,
	PART_BYYEARDAY,
	PART_BYWEEKNO,
};

static const char *const frequency_words[] = {
	[RRULE_DAILY] = "DAILY",
	[RRULE_WEEKLY] = "WEEKLY",
	[RRULE_MONTHLY] = "MONTHLY",
	[RRULE_YEARLY] = "YEARLY",
};

/* What the reader knows beside the rule itself. */
struct reading {
	struct rrule rule;
	unsigned given; /* 1u << part */
	bool numbered;  /* a BYDAY says which: 1SA */
};

/* A piece of the text: not NUL-terminated. */
struct piece {
	const char *text;
	size_t length;
};

/* One part that a rule may have. */
static const struct part_row {
	const char *name;
	/* Reads what stands behind the "="; NULL, or what is wrong with it. */
	const char *(*read)(struct reading *reading, enum part part, struct piece value);
	const char *why;   /* what is wrong where it cannot be read */
	unsigned by;       /* RRULE_BY */
	int most, largest; /* read_numbers: so many of them, from -largest or 1 to largest */
	bool negative;
} parts[PART_BYWEEKNO + 1];

static bool piece_is(struct piece piece, const char *word)
{
	return piece.length == strlen(word) && memcmp(piece.text, word, piece.length) == 0;
}

/* Takes what stands before `separator` off the front; false when nothing is left. */
static bool piece_cut(struct piece *rest, char separator, struct piece *ret_piece)
{
	const char *end;

	if (!rest->text) {
		return false;
	}

	end = memchr(rest->text, separator, rest->length);
	*ret_piece = *rest;
	if (end) {
		ret_piece->length = (size_t)(end - rest->text);
		rest->text = end + 1;
		rest->length -= ret_piece->length + 1;
	} else {
		rest->text = NULL;
	}
	return true;
}

/* Reads a sign and up to four digits; `taken` is 0 where there is no number. */
static int piece_number(struct piece piece, size_t *ret_taken)
{
	bool negative = piece.length > 0 && piece.text[0] == '-';
	size_t first = piece.length > 0 && (negative || piece.text[0] == '+'), at = first;
	int number = 0;

	while (at < piece.length && at < first + 5 && piece.text[at] >= '0' &&
	       piece.text[at] <= '9') {
		number = number * 10 + (piece.text[at++] - '0');
	}

	*ret_taken = at > first ? at : 0;
	return negative ? -number : number;
}

static bool read_weekday(struct piece piece, enum weekday *ret_day)
{
	for (enum weekday day = WEEKDAY_MO; day <= WEEKDAY_SU; day++) {
		if (piece_is(piece, weekday_word(day))) {
			*ret_day = day;
			return true;
		}
	}
	return false;
}

static void list_add(struct rrule_list *list, int number)
{
	if (list->count < RRULE_LIST_MAX && !rrule_list_has(list, number)) {
		list->at[list->count++] = (int16_t)number;
	}
}

static void set_add(struct rrule_set *set, int number)
{
	set->from_start |= number > 0 ? UINT64_C(1) << number : 0;
	set->from_end |= number < 0 ? UINT64_C(1) << -number : 0;
}

static void note_number(struct rrule *rule, enum part part, int number)
{
	switch (part) {
	case PART_INTERVAL:
		rule->interval = number;
		break;
	case PART_COUNT:
		rule->count = number;
		break;
	case PART_BYMONTH:
		rule->months |= 1u << number;
		break;
	case PART_BYMONTHDAY:
		rule->month_days |= number > 0 ? UINT32_C(1) << number : 0;
		rule->month_days_from_end |= number < 0 ? UINT32_C(1) << -number : 0;
		break;
	case PART_BYYEARDAY:
		list_add(&rule->year_days, number);
		break;
	case PART_BYWEEKNO:
		set_add(&rule->weeks, number);
		break;
	case PART_BYSETPOS:
		list_add(&rule->positions, number);
		break;
	case PART_FREQ:
	case PART_UNTIL:
	case PART_WKST:
	case PART_BYDAY:
		break;
	}
}

static const char *read_numbers(struct reading *reading, enum part part, struct piece list)
{
	struct piece item;
	int count = 0;

	while (piece_cut(&list, ',', &item)) {
		size_t taken;
		int number = piece_number(item, &taken);

		if (taken == 0 || taken != item.length || ++count > parts[part].most ||
		    number == 0 || number > parts[part].largest ||
		    number < (parts[part].negative ? -parts[part].largest : 1)) {
			return parts[part].why;
		}
		note_number(&reading->rule, part, number);
	}
	return NULL;
}

static const char *read_days(struct reading *reading, enum part part, struct piece list)
{
	const char *why = parts[part].why;
	struct piece item;
	int count = 0;

	while (piece_cut(&list, ',', &item)) {
		size_t taken;
		int number = piece_number(item, &taken);
		enum weekday day;

		if (++count > 31 || (taken > 0 && number == 0) || number > 53 || number < -53) {
			return why;
		}
		item.text += taken;
		item.length -= taken;
		if (!read_weekday(item, &day)) {
			return why;
		}
		if (taken > 0) {
			reading->numbered = true;
			set_add(&reading->rule.nth[day], number);
		} else {
			reading->rule.weekdays |= 1u << day;
		}
	}
	return NULL;
}

static const char *read_frequency(struct reading *reading, enum part part, struct piece value)
{
	for (size_t i = 0; i < COUNT(frequency_words); i++) {
		if (piece_is(value, frequency_words[i])) {
			reading->rule.frequency = (enum rrule_frequency)i;
			return NULL;
		}
	}
	if (piece_is(value, "HOURLY") || piece_is(value, "MINUTELY") ||
	    piece_is(value, "SECONDLY")) {
		return "nothing is sent more often than daily; use FREQ=DAILY";
	}
	return parts[part].why;
}

/* 20261231, 20261231T200000 or 20261231T200000Z, by way of civil's own notation. */
static const char *read_until(struct reading *reading, enum part part, struct piece value)
{
	const char *why = parts[part].why;
	bool date = value.length == 8, utc = value.length == 16 && value.text[15] == 'Z';
	char text[CIVIL_RFC3339_MAX] = "";
	const char *at = value.text;

	if (!date && (!(utc || value.length == 15) || at[8] != 'T')) {
		return why;
	}

	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s", at, at + 4, at + 6,
		       date ? "23" : at + 9, date ? "59" : at + 11, date ? "59" : at + 13);
	if (civil_parse_datetime(text, &reading->rule.until) != 0) {
		return why;
	}

	reading->rule.until_kind = utc ? RRULE_UNTIL_UTC : RRULE_UNTIL_LOCAL;
	return NULL;
}

static const char *read_week_start(struct reading *reading, enum part part, struct piece value)
{
	return read_weekday(value, &reading->rule.week_start) ? NULL : parts[part].why;
}

static const struct part_row parts[PART_BYWEEKNO + 1] = {
	[PART_FREQ] = { "FREQ", read_frequency, "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY" },
	[PART_INTERVAL] = { "INTERVAL", read_numbers, "INTERVAL is a number from 1 to 3650", 0, 1,
			    INTERVAL_MAX },
	[PART_COUNT] = { "COUNT", read_numbers, "COUNT is a number from 1 to 10000", 0, 1,
			 COUNT_MAX },
	[PART_UNTIL] = { "UNTIL", read_until,
			 "UNTIL is a date like 20261231, or a date and time like 20261231T200000" },
	[PART_WKST] = { "WKST", read_week_start, "WKST is a day like MO or SU" },
	[PART_BYDAY] = { "BYDAY", read_days,
			 "BYDAY takes days like MO,TH, or 1SA and -1FR for the first Saturday and "
			 "the last Friday",
			 RRULE_BYDAY },
	[PART_BYSETPOS] = { "BYSETPOS", read_numbers,
			    "BYSETPOS takes positions like 1 or -1, at most 366", RRULE_BYSETPOS,
			    31, 366, true },
	[PART_BYMONTH] = { "BYMONTH", read_numbers, "BYMONTH takes months from 1 to 12",
			   RRULE_BYMONTH, 12, 12 },
	[PART_BYMONTHDAY] = { "BYMONTHDAY", read_numbers,
			      "BYMONTHDAY takes days from 1 to 31, or -1 for the last",
			      RRULE_BYMONTHDAY, 31, 31, true },
	[PART_BYYEARDAY] = { "BYYEARDAY", read_numbers,
			     "BYYEARDAY takes up to 31 days from 1 to 366", RRULE_BYYEARDAY, 31,
			     366, true },
	[PART_BYWEEKNO] = { "BYWEEKNO", read_numbers, "BYWEEKNO takes up to 31 weeks from 1 to 53",
			    RRULE_BYWEEKNO, 31, 53, true },
};

/* Parts that people meet elsewhere, and what to write here instead. */
static const char *refuse_name(struct piece name)
{
	static const struct {
		const char *name, *why;
	} known[] = {
		{ "BYHOUR", "leave out BYHOUR; the time of day is set by `at`" },
		{ "BYMINUTE", "leave out BYMINUTE; the time of day is set by `at`" },
		{ "BYSECOND", "leave out BYSECOND; the time of day is set by `at`" },
		{ "RSCALE", "leave out RSCALE; only the Gregorian calendar is known" },
		{ "SKIP", "leave out SKIP; a day that a month lacks is its last day, or not at all "
			  "with `skip`" },
		{ "DTSTART", "leave out DTSTART; the rule begins with its start" },
		{ "RRULE:FREQ", "leave out RRULE: and begin with FREQ=" },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		if (piece_is(name, known[i].name)) {
			return known[i].why;
		}
	}
	for (size_t i = 0; i < name.length; i++) {
		if (name.text[i] >= 'a' && name.text[i] <= 'z') {
			return "write a rule in capitals, like FREQ=WEEKLY;BYDAY=MO,TH";
		}
	}
	if (name.length == 0) {
		return "nothing stands before, between or after its semicolons; leave one out";
	}
	return "its parts are FREQ, INTERVAL, COUNT, UNTIL, WKST, BYDAY, BYMONTHDAY, BYMONTH, "
	       "BYSETPOS, BYYEARDAY and BYWEEKNO, each with = and a value";
}

static const char *read_part(struct reading *reading, struct piece piece)
{
	struct piece name;

	(void)piece_cut(&piece, '=', &name);
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (!piece.text || !piece_is(name, parts[i].name)) {
			continue;
		}
		if (reading->given & 1u << i) {
			return "give each part of a rule once; several days go in one list, "
			       "BYDAY=MO,TH";
		}
		reading->given |= 1u << i;
		reading->rule.by |= parts[i].by;
		return parts[i].read(reading, (enum part)i, piece);
	}
	return refuse_name(name);
}

/* The table of RFC 5545 3.3.10, and what its text forbids beside it. */
static const char *check_by(const struct reading *reading)
{
	enum rrule_frequency frequency = reading->rule.frequency;
	unsigned by = reading->rule.by;

	if (frequency == RRULE_WEEKLY && by & RRULE_BYMONTHDAY) {
		return "BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY";
	}
	if (frequency != RRULE_YEARLY && by & (RRULE_BYYEARDAY | RRULE_BYWEEKNO)) {
		return "BYYEARDAY and BYWEEKNO go only with FREQ=YEARLY";
	}
	if (reading->numbered && frequency < RRULE_MONTHLY) {
		return "a numbered day like 1SA goes only with FREQ=MONTHLY or FREQ=YEARLY";
	}
	if (reading->numbered && by & RRULE_BYWEEKNO) {
		return "a numbered day like 1SA does not go with BYWEEKNO";
	}
	if (by == RRULE_BYSETPOS) {
		return "BYSETPOS chooses among days; name them, for example with BYDAY";
	}
	return NULL;
}

static const char *check_together(const struct reading *reading)
{
	if (!(reading->given & 1u << PART_FREQ)) {
		return "begin with FREQ=DAILY, FREQ=WEEKLY, FREQ=MONTHLY or FREQ=YEARLY";
	}
	if (reading->given & 1u << PART_COUNT && reading->given & 1u << PART_UNTIL) {
		return "give COUNT or UNTIL, not both";
	}
	return check_by(reading);
}

static const char *read_rule(struct reading *reading, const char *text)
{
	struct piece rest = { text, strlen(text) }, piece;
	const char *why = NULL;

	if (rest.length > RRULE_MAX) {
		return "a rule has at most 500 characters";
	}

	while (!why && piece_cut(&rest, ';', &piece)) {
		why = read_part(reading, piece);
	}
	return why ? why : check_together(reading);
}

bool rrule_list_has(const struct rrule_list *list, int number)
{
	for (int i = 0; i < list->count; i++) {
		if (list->at[i] == number) {
			return true;
		}
	}
	return false;
}

int rrule_parse(const char *text, struct rrule *ret_rule, const char **ret_why)
{
	struct reading reading = { .rule = { .interval = 1 } };
	const char *why = read_rule(&reading, text);

	if (why) {
		*ret_why = why;
		return RRULE_E_RULE;
	}

	*ret_rule = reading.rule;
	return 0;
}

void rrule_complete(struct rrule *rule, const struct civil *start)
{
	unsigned days =
		rule->by & (RRULE_BYDAY | RRULE_BYMONTHDAY | RRULE_BYYEARDAY | RRULE_BYWEEKNO);

	if (rule->frequency == RRULE_YEARLY && !days && !(rule->by & RRULE_BYMONTH)) {
		rule->by |= RRULE_BYMONTH;
		rule->months = 1u << start->month;
	}
	if (rule->frequency >= RRULE_MONTHLY && !days) {
		rule->by |= RRULE_BYMONTHDAY;
		rule->month_days = UINT32_C(1) << start->day;
	}
	if ((rule->frequency == RRULE_WEEKLY && !days) || days == RRULE_BYWEEKNO) {
		rule->by |= RRULE_BYDAY;
		rule->weekdays = 1u << civil_weekday(start);
	}
}

/* --- what a day knows ----------------------------------------------------------------- */

struct period {
	int64_t first, last;
};

/* A day, and what its month, year and week know of it. */
struct facts {
	struct civil date;
	enum weekday weekday;
	int month_length;
	int year_day, year_length; /* the day counts from 1 */
};

static int64_t first_of_month(int64_t month_index)
{
	int64_t year = floor_divide(month_index, 12);

	return civil_to_days(&(struct civil){
		.year = (int)year, .month = (int)(month_index - year * 12) + 1, .day = 1 });
}

/* Asked of every day that is looked at, which may be all of many years. */
static struct facts facts_of(int64_t day)
{
	/* Days of a common year before each month, and of all of it. */
	static const int16_t before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	struct facts facts = { .date = civil_from_days(day) };
	int month = facts.date.month, leap = civil_is_leap(facts.date.year);

	facts.weekday = civil_weekday_of(day);
	facts.month_length = before[month] - before[month - 1] + (month == 2 ? leap : 0);
	facts.year_day = before[month - 1] + (month > 2 ? leap : 0) + facts.date.day;
	facts.year_length = 365 + leap;
	return facts;
}

/* --- one day -------------------------------------------------------------------- */

/* Whether the at-th of `length`, counted from either end, is in a list or set. */
static bool is_listed(const struct rrule_list *list, int at, int length)
{
	return rrule_list_has(list, at) || rrule_list_has(list, at - length - 1);
}

static bool is_set(const struct rrule_set *set, int at, int length)
{
	return set->from_start >> at & 1 || set->from_end >> (length + 1 - at) & 1;
}

static bool is_month_day(const struct rrule *rule, const struct facts *facts, bool last_day)
{
	int day = facts->date.day, length = facts->month_length;
	uint32_t beyond = rule->month_days & ~((UINT32_C(2) << length) - 1);

	return rule->month_days & UINT32_C(1) << day ||
	       rule->month_days_from_end & UINT32_C(1) << (length + 1 - day) ||
	       (last_day && day == length && beyond);
}

static bool is_year_day(const struct rrule *rule, const struct facts *facts, bool last_day)
{
	return is_listed(&rule->year_days, facts->year_day, facts->year_length) ||
	       (last_day && facts->year_day == 365 && facts->year_length == 365 &&
		rrule_list_has(&rule->year_days, 366));
}

/* A week belongs to the year that has four days of it or more, so to that of its fourth day. */
static bool is_in_week(const struct rrule *rule, int64_t day, const struct facts *facts)
{
	int into_week = (int)(facts->weekday + 7 - rule->week_start) % 7;
	struct facts fourth = facts_of(day - into_week + 3);
	int before = (fourth.year_day - 1) / 7;
	int behind = (fourth.year_length - fourth.year_day) / 7;

	return is_set(&rule->weeks, before + 1, before + behind + 1);
}

/* A number counts in the month; in the year where a yearly rule names no months. */
static bool is_weekday(const struct rrule *rule, const struct facts *facts)
{
	bool in_year = rule->frequency == RRULE_YEARLY && !(rule->by & RRULE_BYMONTH);
	int at = in_year ? facts->year_day : facts->date.day;
	int length = in_year ? facts->year_length : facts->month_length;
	int before = (at - 1) / 7, behind = (length - at) / 7;

	return rule->weekdays & 1u << facts->weekday ||
	       is_set(&rule->nth[facts->weekday], before + 1, before + behind + 1);
}

static bool names(const struct rrule *rule, bool last_day, int64_t day)
{
	struct facts facts = facts_of(day);

	return (!(rule->by & RRULE_BYMONTH) || rule->months & 1u << facts.date.month) &&
	       (!(rule->by & RRULE_BYDAY) || is_weekday(rule, &facts)) &&
	       (!(rule->by & RRULE_BYMONTHDAY) || is_month_day(rule, &facts, last_day)) &&
	       (!(rule->by & RRULE_BYYEARDAY) || is_year_day(rule, &facts, last_day)) &&
	       (!(rule->by & RRULE_BYWEEKNO) || is_in_week(rule, day, &facts));
}

/* --- periods ----------------------------------------------------------------------- */

static int64_t period_index(const struct rrule *rule, int64_t day)
{
	struct civil date = civil_from_days(day);

	switch (rule->frequency) {
	case RRULE_DAILY:
		return day;
	case RRULE_WEEKLY:
		/* 1970-01-01 was a Thursday. */
		return floor_divide(day + WEEKDAY_TH - (int)rule->week_start, 7);
	case RRULE_MONTHLY:
		return (int64_t)date.year * 12 + date.month - 1;
	case RRULE_YEARLY:
		return date.year;
	}
	return 0;
}

static struct period period_at(const struct rrule *rule, int64_t index)
{
	int64_t week = index * 7 - WEEKDAY_TH + (int)rule->week_start;

	switch (rule->frequency) {
	case RRULE_DAILY:
		break;
	case RRULE_WEEKLY:
		return (struct period){ week, week + 6 };
	case RRULE_MONTHLY:
		return (struct period){ first_of_month(index), first_of_month(index + 1) - 1 };
	case RRULE_YEARLY:
		return (struct period){ first_of_month(index * 12),
					first_of_month((index + 1) * 12) - 1 };
	}
	return (struct period){ index, index };
}

static int find_first(const struct rrule *rule, bool last_day, struct period period, int64_t from,
		      int64_t *ret_day)
{
	int64_t day = period.first > from ? period.first : from;

	for (; day <= period.last; day++) {
		if (names(rule, last_day, day)) {
			*ret_day = day;
			return 0;
		}
	}
	return RRULE_E_NONE;
}

static int find_by_position(const struct rrule *rule, bool last_day, struct period period,
			    int64_t from, int64_t *ret_day)
{
	int64_t days[PERIOD_DAYS];
	int count = 0;

	for (int64_t day = period.first; day <= period.last; day++) {
		if (names(rule, last_day, day)) {
			days[count++] = day;
		}
	}
	for (int i = 0; i < count; i++) {
		if (days[i] >= from && is_listed(&rule->positions, i + 1, count)) {
			*ret_day = days[i];
			return 0;
		}
	}
	return RRULE_E_NONE;
}

int rrule_next(const struct rrule *rule, int64_t start, bool last_day, int64_t from,
	       int64_t *ret_day)
{
	int64_t begin = from > start ? from : start;
	int64_t first = period_index(rule, start), index = period_index(rule, begin);

	index += (rule->interval - (index - first) % rule->interval) % rule->interval;
	for (;; index += rule->interval) {
		struct period period = period_at(rule, index);
		int r;

		if (period.first > begin + SEARCH_DAYS) {
			return RRULE_E_NONE;
		}
		r = rule->by & RRULE_BYSETPOS
			    ? find_by_position(rule, last_day, period, begin, ret_day)
			    : find_first(rule, last_day, period, begin, ret_day);
		if (r == 0) {
			return 0;
		}
	}
}
