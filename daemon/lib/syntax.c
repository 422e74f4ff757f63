/*
 * One pass over a configuration file, which knows texts, comments, brackets
 * and numbers and nothing else of libconfig's language.
 *
 * Promises: linear in the size of the file; stops at the first fault, because
 * what follows a quote left open is guesswork.  Dangerous: what stands here
 * must not refuse anything that libconfig reads and that people need.
 */
#include "lib/syntax.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/text.h"

struct bracket {
	char opening;
	unsigned line;
	unsigned keys;
};

struct scan {
	const char *at;
	const char *file;
	struct faults *faults;
	struct bracket open[SYNTAX_DEPTH_MAX + 1]; /* [0] is the file itself */
	size_t depth;
	unsigned line;
	unsigned token_line; /* of `before` */
	char before; /* the last character of meaning; '"' stands for a text, 'a' for a word,
			'0' for a number */
};

#define refuse(scan, where, code, ...)                                                             \
	(fault_add((scan)->faults, FAULT_ERROR, (scan)->file, (where), (code), __VA_ARGS__),       \
	 SYNTAX_E_FAULT)

static bool in_list(const struct scan *scan)
{
	return scan->open[scan->depth].opening == '[' || scan->open[scan->depth].opening == '(';
}

static bool ends_value(char before)
{
	return before != '\0' && strchr("}])\"0a", before) != NULL;
}

/* May a value begin here?  libconfig takes two texts side by side in a list for one, and leaks each
 * text that it meets where it expects none. */
static int check_value(const struct scan *scan)
{
	if (in_list(scan)) {
		return !ends_value(scan->before)
			       ? 0
			       : refuse(scan, scan->token_line, "missing-comma",
					"a comma is missing after this; put one between two "
					"things in a list");
	}
	if (scan->before == '=' || (scan->before == '"' && *scan->at == '"')) {
		return 0;
	}
	return refuse(scan, scan->line, "syntax",
		      "a value that belongs to no key; write key = value;");
}

static void took(struct scan *scan, char what)
{
	scan->before = what;
	scan->token_line = scan->line;
}

static int scan_text(struct scan *scan)
{
	int answer = check_value(scan);

	if (answer != 0) {
		return answer;
	}

	for (scan->at++; *scan->at != '"'; scan->at++) {
		if (*scan->at == '\\' && scan->at[1] != '\0' && scan->at[1] != '\n') {
			scan->at++;
		} else if (*scan->at == '\0' || *scan->at == '\n') {
			return refuse(
				scan, scan->line, "open-quote",
				"a text is not closed on its line; end it with \" (a long text "
				"may be two, one below the other: \"...\" \"...\")");
		}
	}
	scan->at++;
	took(scan, '"');
	return 0;
}

static int scan_comment(struct scan *scan)
{
	unsigned line = scan->line;

	for (scan->at += 2; *scan->at != '\0'; scan->at++) {
		if (scan->at[0] == '*' && scan->at[1] == '/') {
			scan->at += 2;
			return 0;
		}
		scan->line += *scan->at == '\n';
	}
	return refuse(scan, line, "open-comment", "a comment is not closed; end it with */");
}

static int scan_opening(struct scan *scan)
{
	int answer = check_value(scan);

	if (answer != 0) {
		return answer;
	}
	if (scan->depth == SYNTAX_DEPTH_MAX) {
		return refuse(scan, scan->line, "too-deep",
			      "brackets inside brackets, more than %d deep; nothing needs that",
			      SYNTAX_DEPTH_MAX);
	}

	scan->open[++scan->depth] = (struct bracket){ *scan->at, scan->line, 0 };
	took(scan, *scan->at++);
	return 0;
}

static char closing_of(char opening)
{
	return (char)(opening == '(' ? ')' : opening == '[' ? ']' : '}');
}

static int scan_closing(struct scan *scan)
{
	const struct bracket *open = &scan->open[scan->depth];

	if (scan->depth == 0) {
		return refuse(scan, scan->line, "bracket", "this %c closes nothing; remove it",
			      *scan->at);
	}
	if (closing_of(open->opening) != *scan->at) {
		return refuse(scan, scan->line, "bracket",
			      "this %c does not close the %c of line %u; write %c there or here",
			      *scan->at, open->opening, open->line, closing_of(open->opening));
	}
	if (scan->before == ',' && in_list(scan)) {
		return refuse(scan, scan->token_line, "extra-comma",
			      "a comma before the closing %c; remove it", *scan->at);
	}

	scan->depth--;
	took(scan, *scan->at++);
	return 0;
}

static int scan_assignment(struct scan *scan)
{
	if (scan->before != 'a') {
		return refuse(scan, scan->line, "syntax",
			      "no key stands before this %c; write "
			      "key = value;",
			      *scan->at);
	}
	if (++scan->open[scan->depth].keys > SYNTAX_KEYS_MAX) {
		return refuse(scan, scan->line, "too-many-keys",
			      "more than %d keys in one group; use a list of groups",
			      SYNTAX_KEYS_MAX);
	}

	took(scan, '=');
	scan->at++;
	return 0;
}

/* 10, -4, 10L, 0x1F, 10.0, 1e-3; a date, a time or "2h" without quotes is none of these. */
static bool is_number(const char *text, size_t length)
{
	size_t digits;

	if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		return strspn(text + 2, "0123456789abcdefABCDEFL") >= length - 2;
	}
	digits = strspn(text, "0123456789.");
	if (digits < length && (text[digits] == 'e' || text[digits] == 'E')) {
		digits++;
		digits += text[digits] == '-' || text[digits] == '+';
		digits += strspn(text + digits, "0123456789");
	}
	return digits + strspn(text + digits, "L") >= length;
}

/* libconfig cuts a number that does not fit without a word; nothing here needs ten digits. */
static int scan_number(struct scan *scan)
{
	int answer = check_value(scan);
	const char *from;
	size_t length;

	if (answer != 0) {
		return answer;
	}

	scan->at += *scan->at == '-' || *scan->at == '+';
	from = scan->at;
	while (isalnum((unsigned char)*scan->at) ||
	       (*scan->at != '\0' && strchr(".:-+", *scan->at))) {
		scan->at++;
	}
	length = (size_t)(scan->at - from);
	if (!is_number(from, length)) {
		return refuse(scan, scan->line, "unquoted",
			      "a value without quotes; write dates, times and the like between "
			      "straight quotes: \"10:00\"");
	}
	if (length > 9 && !memchr(from, '.', length)) {
		return refuse(scan, scan->line, "number",
			      "a number of more than nine digits; phone numbers and ids are "
			      "written in quotes");
	}
	took(scan, '0');
	return 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*';
}

/* Does "=" follow? */
static bool is_key(const char *after)
{
	after += strspn(after, " \t");
	return *after == '=' || *after == ':';
}

/* A word after "=" is only ever true or false. */
static int scan_word(struct scan *scan)
{
	const char *from = scan->at;
	size_t length;
	bool value = scan->before == '=' || in_list(scan);

	while (is_word(*scan->at)) {
		scan->at++;
	}
	length = (size_t)(scan->at - from);
	if (in_list(scan) && is_key(scan->at)) {
		return refuse(scan, scan->open[scan->depth].line, "bracket",
			      "this %c is not closed before line %u, where a key stands; the %c is "
			      "missing",
			      scan->open[scan->depth].opening, scan->line,
			      closing_of(scan->open[scan->depth].opening));
	}
	if (value && check_value(scan) != 0) {
		return SYNTAX_E_FAULT;
	}
	if (value && !(length == 4 && strncasecmp(from, "true", 4) == 0) &&
	    !(length == 5 && strncasecmp(from, "false", 5) == 0)) {
		return refuse(scan, scan->line, "unquoted",
			      "a value without quotes; write text between straight quotes: "
			      "\"text\"");
	}
	took(scan, 'a');
	return 0;
}

static int scan_other(struct scan *scan)
{
	if (*scan->at == '@') {
		return refuse(
			scan, scan->line, "include",
			"@include is not allowed; files in plans/, messages/ and clients/ are "
			"read by themselves");
	}
	if (strncmp(scan->at, "\xe2\x80", 2) == 0 && ((unsigned char)scan->at[2] & 0xf0) == 0x90) {
		return refuse(scan, scan->line, "curly-quote",
			      "a curly quote or a dash from a word processor; use straight quotes");
	}
	return refuse(scan, scan->line, "syntax",
		      "a character that has no meaning here; text stands between straight quotes, "
		      "comments begin with //");
}

static int scan_separator(struct scan *scan)
{
	if (*scan->at == ';' && in_list(scan)) {
		return refuse(scan, scan->line, "syntax",
			      "a ; in the list that line %u begins; put commas between things in a "
			      "list, and %c at its end",
			      scan->open[scan->depth].line,
			      closing_of(scan->open[scan->depth].opening));
	}
	took(scan, *scan->at++);
	return 0;
}

static bool is_number_start(const char *at)
{
	at += *at == '-' || *at == '+';
	return isdigit((unsigned char)*at) || (at[0] == '.' && isdigit((unsigned char)at[1]));
}

static int scan_token(struct scan *scan)
{
	char c = *scan->at;

	if (isspace((unsigned char)c)) {
		scan->line += c == '\n';
		scan->at++;
		return 0;
	}
	if (c == '#' || (c == '/' && scan->at[1] == '/')) {
		scan->at += strcspn(scan->at, "\n");
		return 0;
	}
	if (c == '/' && scan->at[1] == '*') {
		return scan_comment(scan);
	}
	if (c == '"') {
		return scan_text(scan);
	}
	if (strchr("([{", c)) {
		return scan_opening(scan);
	}
	if (strchr(")]}", c)) {
		return scan_closing(scan);
	}
	if (c == '=' || c == ':') {
		return scan_assignment(scan);
	}
	if (c == ',' || c == ';') {
		return scan_separator(scan);
	}
	if (is_number_start(scan->at)) {
		return scan_number(scan);
	}
	if (is_word(c) && c != '-') {
		return scan_word(scan);
	}
	return scan_other(scan);
}

/* Which line is not UTF-8?  Character by character, so that the first wrong one is found. */
static unsigned line_of_bad_byte(const char *text)
{
	unsigned line = 1;

	for (const unsigned char *at = (const unsigned char *)text; *at; line += *at++ == '\n') {
		size_t more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;
		char character[5] = { 0 };

		for (size_t i = 0; i <= more && at[i]; i++) {
			character[i] = (char)at[i];
		}
		if (!text_is_utf8(character)) {
			return line;
		}
		at += more;
	}
	return line;
}

int syntax_check(const char *text, const char *file, struct faults *faults)
{
	struct scan scan = { .at = text, .file = file, .faults = faults, .line = 1 };

	if (!text_is_utf8(text)) {
		return refuse(&scan, line_of_bad_byte(text), "utf-8",
			      "a character that is not UTF-8; save the file with encoding UTF-8");
	}

	while (*scan.at != '\0') {
		int answer = scan_token(&scan);

		if (answer != 0) {
			return answer;
		}
	}
	if (scan.depth > 0) {
		return refuse(&scan, scan.open[scan.depth].line, "bracket",
			      "this %c is never closed; the %c is missing",
			      scan.open[scan.depth].opening,
			      closing_of(scan.open[scan.depth].opening));
	}
	return 0;
}
