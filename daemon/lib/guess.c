/*
 * What was meant, from words and numbers in the order in which they stand.
 *
 * A text is made plain and cut into tokens; each guess looks for what it knows
 * among them, in English and Spanish, and gives up where anything is left that
 * it does not know.
 */
#include "lib/guess.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/invisible.h"
#include "lib/plain.h"

/* --- tokens ---------------------------------------------------------------------- */

#define TOKENS_MAX 16
#define WORD_MAX   12

/* A number, or a word in small plain letters. */
struct token {
	int number, digits; /* digits: 0 for a word */
	char word[WORD_MAX];
};

struct tokens {
	struct token list[TOKENS_MAX];
	size_t count;
};

/* False where it is longer than any value, or nothing.  "-" and "/" between words are dropped, as
 * is all that is neither letter nor digit. */
static bool tokens_read(struct tokens *tokens, const char *text)
{
	_cleanup_free_ char *normal = NULL;

	tokens->count = 0;
	if (normal_text(text, false, &normal) != 0) {
		return false;
	}
	for (const char *at = normal; *at;) {
		struct token *token = &tokens->list[tokens->count];
		size_t digits = strspn(at, "0123456789"), length;

		if (*at == ' ') {
			at++;
			continue;
		}
		length = digits ? digits : strcspn(at, " 0123456789");
		if (tokens->count == TOKENS_MAX || digits > 8 || (!digits && length >= WORD_MAX)) {
			return false;
		}
		*token = (struct token){ .digits = (int)digits };
		token->number = digits ? (int)strtol(at, NULL, 10) : 0;
		if (!digits) {
			memcpy(token->word, at, length);
		}
		tokens->count++;
		at += length;
	}
	return tokens->count > 0;
}

/* Is it one of them?  They stand in one text, with a space before and after each. */
static bool is_among(const char *word, const char *words)
{
	char spaced[WORD_MAX + 2];

	(void)snprintf(spaced, sizeof(spaced), " %s ", word);
	return strstr(words, spaced);
}

static void take_token(struct tokens *tokens, size_t at, size_t count)
{
	memmove(&tokens->list[at], &tokens->list[at + count],
		(tokens->count - at - count) * sizeof(struct token));
	tokens->count -= count;
}

static void drop_words(struct tokens *tokens, const char *words)
{
	for (size_t i = 0; i < tokens->count;) {
		if (!tokens->list[i].digits && is_among(tokens->list[i].word, words)) {
			take_token(tokens, i, 1);
		} else {
			i++;
		}
	}
}

/* A word of a row, whole, or at least its first three letters; -1 for none. */
static int find_name(const char *word, const char *const *names, int count)
{
	size_t length = strlen(word);

	for (int i = 0; i < count; i++) {
		if (strncmp(names[i], word, length) == 0 && (length >= 3 || !names[i][length])) {
			return i;
		}
	}
	return -1;
}

/* --- weekdays -------------------------------------------------------------------- */

static const char *const weekday_names[] = {
	"mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays",
	"lunes",   "martes",   "miercoles",  "jueves",    "viernes", "sabados",   "domingos",
	"mo",      "tu",       "we",         "th",        "fr",      "sa",        "su",
	"lu",      "ma",       "mi",         "ju",        "vi",      "sab",       "do",
	"mon",     "tues",     "weds",       "thurs",     "fri",     "sat",       "sun",
};

/* -1 for none. */
static int find_weekday(const char *word)
{
	int at = find_name(word, weekday_names, COUNT(weekday_names));

	return at < 0 ? -1 : at % 7;
}

static const char weekday_fillers[] =
	" and y e every each cada los el on the dia dias todos day or o ";

static bool find_set(const char *word, unsigned *ret_set)
{
	static const struct {
		unsigned set;
		const char *words;
	} sets[] = {
		{ 0x1f, " weekdays weekday workdays " },
		{ 0x60, " weekend weekends " },
		{ 0x7f, " daily everyday diario always " },
	};

	for (size_t i = 0; i < COUNT(sets); i++) {
		if (is_among(word, sets[i].words)) {
			*ret_set = sets[i].set;
			return true;
		}
	}
	return false;
}

/* "-" as a word, for a range. */
static char *spell_ranges(const char *text)
{
	_cleanup_free_ char *plain = invisible_drop(text);
	char *spelt = plain ? calloc(4 * strlen(plain) + 1, 1) : NULL, *to = spelt;

	for (const char *at = plain; spelt && *at; at++) {
		if (*at == '-') {
			memcpy(to, " to ", 4);
			to += 4;
		} else {
			*to++ = *at;
		}
	}
	return spelt;
}

/* As a file has it: "MO,TH", or "MO-FR" for three and more in a row. */
static void write_set(unsigned set, char buffer[32])
{
	size_t used = 0;

	buffer[0] = '\0';
	for (int day = 0; day < 7; day++) {
		int last = day;

		if (!(set & 1u << day)) {
			continue;
		}
		while (last < 6 && set & 1u << (last + 1)) {
			last++;
		}
		last = last - day < 2 ? day : last;
		used += (size_t)snprintf(buffer + used, 32 - used, "%s%s%s%s", used ? "," : "",
					 weekday_word((enum weekday)day), last > day ? "-" : "",
					 last > day ? weekday_word((enum weekday)last) : "");
		day = last;
	}
}

/* 0 for none. */
static unsigned read_set(const char *text)
{
	static const char ranges[] = " to through thru till until a al ";
	_cleanup_free_ char *spelt = spell_ranges(text);
	unsigned set = 0, more;
	struct tokens tokens;
	int last = -1;
	bool range = false;

	if (!spelt || !tokens_read(&tokens, spelt)) {
		return 0;
	}
	if (tokens.count == 2 && strcmp(tokens.list[0].word, "every") == 0 &&
	    strcmp(tokens.list[1].word, "day") == 0) {
		return WEEKDAY_ALL;
	}
	if (tokens.count == 3 && strcmp(tokens.list[0].word, "todos") == 0) {
		return WEEKDAY_ALL;
	}
	drop_words(&tokens, weekday_fillers);
	for (size_t i = 0; i < tokens.count; i++) {
		const char *word = tokens.list[i].word;
		int day = tokens.list[i].digits ? -1 : find_weekday(word);

		if (day < 0 && find_set(word, &more)) {
			set |= more;
			continue;
		}
		if (day < 0 && last >= 0 && !range && is_among(word, ranges)) {
			range = true;
			continue;
		}
		if (day < 0) {
			return 0;
		}
		for (; range && last != day; last = (last + 1) % 7) {
			set |= 1u << last;
		}
		set |= 1u << day;
		last = day;
		range = false;
	}
	return range ? 0 : set;
}

const char *guess_weekdays(const char *text, char buffer[GUESS_MAX])
{
	unsigned set = read_set(text);
	char days[32];

	buffer[0] = '\0';
	if (set) {
		write_set(set, days);
		(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%s\"?", days);
	}
	return buffer;
}

/* --- times of day ------------------------------------------------------------------ */

/* What one time may be: the half of the day is not always said. */
struct moment {
	int minute;   /* of the day; -1 where it makes no sense */
	bool unclear; /* may be twelve hours later */
};

/* The half of the day that a word tells: 0, 12, or -1 for none. */
static int half_of(const char *word)
{
	static const char mornings[] = " am morning manana ";
	static const char evenings[] = " pm afternoon evening night tarde noche ";

	return is_among(word, mornings) ? 0 : is_among(word, evenings) ? 12 : -1;
}

/* "a.m." is two words. */
static void join_halves(struct tokens *tokens)
{
	for (size_t i = 0; i + 1 < tokens->count; i++) {
		char *word = tokens->list[i].word;

		if ((strcmp(word, "a") == 0 || strcmp(word, "p") == 0) &&
		    strcmp(tokens->list[i + 1].word, "m") == 0) {
			word[1] = 'm';
			word[2] = '\0';
			take_token(tokens, i + 1, 1);
		}
	}
}

static struct moment moment_of(const struct tokens *numbers, int half)
{
	const struct token *first = &numbers->list[0];
	int hour = first->number, minute = 0;

	if (numbers->count > 3 || (numbers->count > 1 && numbers->list[1].digits != 2)) {
		return (struct moment){ -1, false };
	}
	if (numbers->count > 1) {
		minute = numbers->list[1].number;
	} else if (first->digits > 2) {
		minute = hour % 100;
		hour /= 100;
	}
	if (half >= 0 && hour >= 1 && hour <= 12) {
		hour = hour % 12 + half;
	}
	if (first->digits > 4 || hour > 23 || minute > 59) {
		return (struct moment){ -1, false };
	}
	return (struct moment){ hour * 60 + minute,
				half < 0 && first->digits == 1 && hour > 0 && numbers->count == 1 };
}

static struct moment read_moment(struct tokens *tokens)
{
	static const char fillers[] =
		" at a las la h hs hrs hr de o oclock clock in the por horas uhr en ";
	static const char noons[] = " noon mediodia midday ";
	static const char midnights[] = " midnight medianoche ";
	int half = -1;

	join_halves(tokens);
	drop_words(tokens, fillers);
	if (tokens->count == 1 && is_among(tokens->list[0].word, noons)) {
		return (struct moment){ 12 * 60, false };
	}
	if (tokens->count == 1 && is_among(tokens->list[0].word, midnights)) {
		return (struct moment){ 0, false };
	}
	for (size_t i = 0; i < tokens->count;) {
		int told = tokens->list[i].digits ? -1 : half_of(tokens->list[i].word);

		if (tokens->list[i].digits) {
			i++;
			continue;
		}
		if (told < 0 || half >= 0) {
			return (struct moment){ -1, false };
		}
		half = told;
		take_token(tokens, i, 1);
	}
	return tokens->count > 0 ? moment_of(tokens, half) : (struct moment){ -1, false };
}

const char *guess_minute(const char *text, char buffer[GUESS_MAX])
{
	struct tokens tokens;
	struct moment moment;

	buffer[0] = '\0';
	if (strncmp(text, "24:00", 5) == 0) {
		(void)snprintf(buffer, GUESS_MAX,
			       "; write \"00:00\" with the day that begins then");
		return buffer;
	}
	if (!tokens_read(&tokens, text)) {
		return buffer;
	}
	moment = read_moment(&tokens);
	if (moment.minute < 0) {
		return buffer;
	}
	if (moment.unclear) {
		(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%02d:%02d\" or \"%02d:%02d\"?",
			       moment.minute / 60, moment.minute % 60, moment.minute / 60 + 12,
			       moment.minute % 60);
	} else {
		(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%02d:%02d\"?",
			       moment.minute / 60, moment.minute % 60);
	}
	return buffer;
}

/* --- dates ----------------------------------------------------------------------------- */

/* English, then Spanish. */
static const char *const month_names[] = { "january",    "february", "march",     "april",
					   "may",        "june",     "july",      "august",
					   "september",  "october",  "november",  "december",
					   "enero",      "febrero",  "marzo",     "abril",
					   "mayo",       "junio",    "julio",     "agosto",
					   "septiembre", "octubre",  "noviembre", "diciembre" };

static int whole_year(const struct token *token)
{
	return token->digits == 2 ? 2000 + token->number : token->number;
}

static bool is_date(const struct civil *date)
{
	return date->year >= 1900 && date->year <= 9999 && civil_is_date(date);
}

/* Takes a date off the front, with weekdays and "of" among it; `other` is the other reading of two
 * numbers that may each be the month. */
static bool read_date(struct tokens *tokens, struct civil *date, struct civil *other)
{
	static const char fillers[] = " de of the st nd rd th del el on ";
	int month = -1, numbers = 0, at[3] = { 0 };
	size_t used = 0;

	*other = (struct civil){ 0 };
	drop_words(tokens, fillers);
	if (tokens->count > 0 && tokens->list[0].digits == 8) {
		int number = tokens->list[0].number;

		*date = (struct civil){ .year = number / 10000,
					.month = number / 100 % 100,
					.day = number % 100 };
		take_token(tokens, 0, 1);
		return is_date(date);
	}
	for (; used < tokens->count && numbers + (month >= 0) < 3; used++) {
		const struct token *token = &tokens->list[used];
		int name = find_name(token->word, month_names, COUNT(month_names));
		bool weekday = find_weekday(token->word) >= 0;

		if (token->digits) {
			at[numbers++] = (int)used;
		} else if (month < 0 && name >= 0 && !weekday) {
			month = name % 12 + 1;
		} else if (month < 0 && strcmp(token->word, "mar") == 0) {
			month = 3;
		} else if (!weekday) {
			return false;
		}
	}
	if (month >= 0 && numbers == 2) {
		const struct token *a = &tokens->list[at[0]], *b = &tokens->list[at[1]];
		bool year_first = a->digits == 4;

		*date = (struct civil){ .year = whole_year(year_first ? a : b),
					.month = month,
					.day = year_first ? b->number : a->number };
	} else if (month < 0 && numbers == 3) {
		const struct token *a = &tokens->list[at[0]], *b = &tokens->list[at[1]];
		const struct token *c = &tokens->list[at[2]];
		bool year_first = a->digits == 4;
		int year = whole_year(year_first ? a : c);
		int first = year_first ? b->number : a->number;
		int second = year_first ? c->number : b->number;

		*date = (struct civil){ .year = year, .month = first, .day = second };
		if (first > 12) {
			*date = (struct civil){ .year = year, .month = second, .day = first };
		} else if (second <= 12 && second != first && !year_first) {
			*other = (struct civil){ .year = year, .month = second, .day = first };
		}
	} else {
		return false;
	}
	take_token(tokens, 0, used);
	return is_date(date);
}

/* `tail`: " 14:00", or "". */
static void write_date(const struct civil *date, const struct civil *other, const char *tail,
		       char buffer[GUESS_MAX])
{
	if (other->year) {
		(void)snprintf(buffer, GUESS_MAX,
			       "; did you mean \"%04d-%02d-%02d%s\" (%s %d) or "
			       "\"%04d-%02d-%02d%s\" (%s %d)?",
			       date->year, date->month, date->day, tail,
			       civil_month_name(date->month), date->day, other->year, other->month,
			       other->day, tail, civil_month_name(other->month), other->day);
	} else {
		(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%04d-%02d-%02d%s\"?",
			       date->year, date->month, date->day, tail);
	}
}

/* "2026-11-31": the form is right, and there is no such day. */
static bool write_missing_day(const char *text, char buffer[GUESS_MAX])
{
	static const char digits[] = "0123456789";
	struct civil date = { .day = 1 };
	int day, last;

	if (strspn(text, digits) != 4 || text[4] != '-' || strspn(text + 5, digits) != 2 ||
	    text[7] != '-' || strspn(text + 8, digits) != 2) {
		return false;
	}
	date.year = (int)strtol(text, NULL, 10);
	date.month = (int)strtol(text + 5, NULL, 10);
	day = (int)strtol(text + 8, NULL, 10);
	last = is_date(&date) ? civil_days_in_month(date.year, date.month) : day;
	if (day <= last) {
		return false;
	}
	(void)snprintf(buffer, GUESS_MAX, "; %s %d has %d days", civil_month_name(date.month),
		       date.year, last);
	return true;
}

const char *guess_date(const char *text, char buffer[GUESS_MAX])
{
	struct tokens tokens;
	struct civil date, other;

	buffer[0] = '\0';
	if (!write_missing_day(text, buffer) && tokens_read(&tokens, text) &&
	    read_date(&tokens, &date, &other)) {
		write_date(&date, &other, "", buffer);
	}
	return buffer;
}

const char *guess_datetime(const char *text, char buffer[GUESS_MAX])
{
	struct tokens tokens;
	struct civil date, other;
	struct moment moment;
	char time[16];

	buffer[0] = '\0';
	if (write_missing_day(text, buffer) || !tokens_read(&tokens, text) ||
	    !read_date(&tokens, &date, &other)) {
		return buffer;
	}
	if (tokens.count == 0) {
		(void)snprintf(buffer, GUESS_MAX,
			       "; add the time of day, like \"%04d-%02d-%02d 14:00\"", date.year,
			       date.month, date.day);
		return buffer;
	}
	moment = read_moment(&tokens);
	if (moment.minute >= 0) {
		(void)snprintf(time, sizeof(time), " %02d:%02d", moment.minute / 60 % 24,
			       moment.minute % 60);
		write_date(&date, &other, time, buffer);
	}
	return buffer;
}

/* --- lengths of time ----------------------------------------------------------------------- */

static const struct {
	int minutes;
	const char *words;
} units[] = {
	{ 1, " m min mins minute minutes minuto minutos " },
	{ 60, " h hr hrs hour hours hora horas " },
	{ 1440, " d day days dia dias " },
	{ 10080, " w wk wks week weeks semana semanas " },
	{ 43200, " month months mes meses " },
	{ 525600, " y yr year years " },
};

static int unit_of(const char *word)
{
	for (size_t i = 0; i < COUNT(units); i++) {
		if (is_among(word, units[i].words)) {
			return units[i].minutes;
		}
	}
	return 0;
}

static int number_of(const struct token *token)
{
	static const char *const words[] = { "zero", "one", "two", "three", "four", "five", "six" };
	static const char ones[] = " a an un una uno ";

	if (token->digits) {
		return token->number;
	}
	for (int i = 1; i < (int)COUNT(words); i++) {
		if (strcmp(words[i], token->word) == 0) {
			return i;
		}
	}
	return is_among(token->word, ones) ? 1 : 0;
}

const char *guess_span(const char *text, char buffer[GUESS_MAX])
{
	static const char fillers[] = " before and y antes earlier ";
	char length[SPAN_TEXT_MAX];
	struct tokens tokens;
	struct span span = { 0 };
	int64_t minutes = 0;

	buffer[0] = '\0';
	if (!tokens_read(&tokens, text)) {
		return buffer;
	}
	drop_words(&tokens, fillers);
	for (size_t i = 0; i < tokens.count; i += 2) {
		int number = number_of(&tokens.list[i]);
		int unit = i + 1 < tokens.count && !tokens.list[i + 1].digits
				   ? unit_of(tokens.list[i + 1].word)
				   : 0;

		/* No length that is meant here has more than ten years of minutes. */
		if (number <= 0 || number > 5256000 || unit == 0) {
			return buffer;
		}
		minutes += (int64_t)number * unit;
	}
	if (minutes == 0 || minutes > INT64_C(5256000)) {
		return buffer;
	}
	if (minutes % 1440 == 0) {
		span.days = (int)(minutes / 1440);
	} else {
		span.elapsed = minutes * HF_MINUTE;
	}
	span_format(&span, length);
	(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%s\"?", length);
	return buffer;
}

/* --- opening hours ---------------------------------------------------------------------------- */

/* "8", "8am", "08:00" at the ends of a range; the second tells the half of the day of both. */
static bool read_range(const char *text, int *ret_from, int *ret_until)
{
	_cleanup_free_ char *spelt = spell_ranges(text), *first = NULL;
	struct tokens from, until;
	struct moment a, b;
	char *to = spelt ? strstr(spelt, " to ") : NULL;

	if (!to || strstr(to + 4, " to ")) {
		return false;
	}
	first = strndup(spelt, (size_t)(to - spelt));
	if (!first || !tokens_read(&from, first) || !tokens_read(&until, to + 4)) {
		return false;
	}
	a = read_moment(&from);
	b = read_moment(&until);
	if (a.minute >= 0 && b.minute >= 0 && b.minute <= a.minute && b.minute < 720) {
		b.minute += 720;
	}
	*ret_from = a.minute;
	*ret_until = b.minute;
	return a.minute >= 0 && b.minute > a.minute;
}

const char *guess_hours(const char *text, char buffer[GUESS_MAX])
{
	_cleanup_free_ char *days = strndup(text, strcspn(text, "0123456789"));
	unsigned set = 0;
	char written[32] = "";
	int from, until;

	buffer[0] = '\0';
	if (strcmp(text, "24/7") == 0 || strcasecmp(text, "always") == 0) {
		(void)snprintf(buffer, GUESS_MAX, "; did you mean \"always\"?");
		return buffer;
	}
	if (!days || !read_range(text + strlen(days), &from, &until)) {
		return buffer;
	}
	if (days[strspn(days, " ")]) {
		set = read_set(days);
		if (set == 0) {
			return buffer;
		}
		write_set(set, written);
	}
	(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%s%s%02d:%02d-%02d:%02d\"?", written,
		       *written ? " " : "", from / 60, from % 60, until / 60, until % 60);
	return buffer;
}

/* --- places ----------------------------------------------------------------------------------- */

static const struct {
	const char *zone, *words; /* words of whoever means it */
} places[] = {
	{ "America/New_York", " eastern et edt york " },
	{ "America/Chicago", " central ct cst cdt chicago " },
	{ "America/Denver", " mountain mt mdt denver " },
	{ "America/Los_Angeles", " pacific pt pst pdt angeles " },
	{ "America/Phoenix", " arizona phoenix " },
	{ "America/Anchorage", " alaska akst akdt anchorage " },
	{ "Pacific/Honolulu", " hawaii hast honolulu " },
	{ "America/Detroit", " detroit " },
	{ "America/Boise", " boise " },
	{ "America/Puerto_Rico", " puerto atlantic " },
	{ "America/Toronto", " toronto " },
	{ "America/Vancouver", " vancouver " },
	{ "America/Mexico_City", " mexico " },
	{ "Europe/London", " london " },
	{ "Europe/Berlin", " berlin " },
};

const char *guess_zone(const char *text, char buffer[GUESS_MAX])
{
	struct tokens tokens;

	buffer[0] = '\0';
	if (!tokens_read(&tokens, text)) {
		return buffer;
	}
	for (size_t i = 0; i < tokens.count; i++) {
		for (size_t j = 0; j < COUNT(places); j++) {
			if (is_among(tokens.list[i].word, places[j].words)) {
				(void)snprintf(buffer, GUESS_MAX, "; did you mean \"%s\"?",
					       places[j].zone);
				return buffer;
			}
		}
	}
	return buffer;
}

const char *guess_place(const char *zone)
{
	static const struct {
		const char *zone, *place;
	} fixed[] = {
		{ "EST", "America/New_York" },
		{ "MST", "America/Denver, or America/Phoenix in Arizona" },
		{ "HST", "Pacific/Honolulu" },
		{ "EST5EDT", "America/New_York" },
		{ "CST6CDT", "America/Chicago" },
		{ "MST7MDT", "America/Denver" },
		{ "PST8PDT", "America/Los_Angeles" },
		{ "Etc/GMT+4", "America/Puerto_Rico, or America/Halifax" },
		{ "Etc/GMT+5", "America/New_York" },
		{ "Etc/GMT+6", "America/Chicago" },
		{ "Etc/GMT+7", "America/Denver" },
		{ "Etc/GMT+8", "America/Los_Angeles" },
		{ "Etc/GMT+9", "America/Anchorage" },
		{ "Etc/GMT+10", "Pacific/Honolulu" },
	};

	for (size_t i = 0; i < COUNT(fixed); i++) {
		if (strcmp(fixed[i].zone, zone) == 0) {
			return fixed[i].place;
		}
	}
	return strncmp(zone, "Etc/GMT", 7) == 0 || strncmp(zone, "GMT", 3) == 0 ||
			       strcmp(zone, "Greenwich") == 0
		       ? "a place, like Europe/London"
		       : NULL;
}

/* --- numbers ----------------------------------------------------------------------------------- */

bool guess_phone(const char *text, char ret_phone[PHONE_MAX])
{
	char digits[PHONE_MAX + 4] = "+", *number = digits;
	size_t count = 1;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			if (count + 1 >= sizeof(digits)) {
				return false;
			}
			digits[count++] = *text;
		} else if (*text == ',' || *text == '/' || *text == ';' ||
			   isalpha((unsigned char)*text)) {
			return false; /* two numbers, or an extension */
		}
	}
	if (strncmp(digits, "+011", 4) == 0 && count > 11) {
		number += 3; /* as it is dialled from North America */
	} else if (digits[1] == '0' && digits[2] == '0') {
		number += 2;
	} else if (count == 11) {
		memmove(digits + 2, digits + 1, count);
		digits[1] = '1';
	}
	number[0] = '+';
	return phone_parse(number, ret_phone) == 0 && phone_is_assigned(ret_phone);
}
