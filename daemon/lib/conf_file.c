/*
 * Configuration files: looked through once, then read by libconfig, which stands behind this one
 * file.
 *
 * The first pass knows texts, comments, brackets and numbers and nothing else of libconfig's
 * language.  It is linear in the size of the file, refuses what would make the parser slow or deep,
 * and names the slips that people make (a quote or a bracket left open, a comma too many, curly
 * quotes) where they are, not where the parser stumbles.  It stops at the first fault, because what
 * follows a quote left open is guesswork.
 *
 * Promises: a file that is too large, too deep, no text or not a plain file never reaches the
 * parser, and @include reads nothing.  Dangerous: libconfig cuts numbers that do not fit, and joins
 * and leaks texts that stand side by side; the first pass must refuse both, and must not refuse
 * anything that libconfig reads and that people need.
 */
#include "lib/conf_file.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <libconfig.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/invisible.h"
#include "lib/text.h"

#define DEPTH_MAX 32   /* the deepest that is asked for is 6: plan, reminders, phases */
#define KEYS_MAX  1000 /* in one group: the parser compares each with each */

struct conf {
	config_t config;
	char *shown;
};

/* A node is libconfig's setting; it takes no const. */
static config_setting_t *setting_of(const struct conf_node *node)
{
	return (config_setting_t *)(uintptr_t)node;
}

/* --- the first pass --------------------------------------------------------- */

struct bracket {
	char opening;
	unsigned line;
	unsigned keys;
};

struct scan {
	const char *at;
	const char *file;
	struct faults *faults;
	struct bracket open[DEPTH_MAX + 1]; /* [0] is the file itself */
	size_t depth;
	unsigned line;
	unsigned token_line; /* of `before` */
	char before; /* the last character of meaning; '"' stands for a text, 'a' for a word,
			'0' for a number */
};

#define refuse(scan, where, code, ...)                                                             \
	(fault_add((scan)->faults, FAULT_ERROR, (scan)->file, (where), (code), __VA_ARGS__),       \
	 CONF_E_FAULT)

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
	if (*scan->at == '{' && scan->depth > 0) {
		return refuse(scan, scan->line, "bracket",
			      "the { of line %u is not closed before this one; write }, before it",
			      scan->open[scan->depth].line);
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
	if (scan->depth == DEPTH_MAX) {
		return refuse(scan, scan->line, "too-deep",
			      "brackets inside brackets, more than %d deep; nothing needs that",
			      DEPTH_MAX);
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
	if (++scan->open[scan->depth].keys > KEYS_MAX) {
		return refuse(scan, scan->line, "too-many-keys",
			      "more than %d keys in one group; use a list of groups", KEYS_MAX);
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
	if (scan->before == '"' && scan->token_line == scan->line && !in_list(scan) &&
	    !is_key(scan->at)) {
		return refuse(scan, scan->line, "inner-quote",
			      "a quotation mark inside a text ends it; write ' there instead");
	}
	if (value && check_value(scan) != 0) {
		return CONF_E_FAULT;
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
	struct invisible invisible;

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
	if (invisible_find(scan->at, &invisible) && invisible.at == 0) {
		return refuse(scan, scan->line, "invisible",
			      "here is %s (U+%04X); delete it, and type a blank where one is meant",
			      invisible.what, invisible.character);
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

static unsigned line_of_bad_byte(const char *text)
{
	unsigned line = 1;
	uint32_t character;
	int length;

	for (; (length = utf8_read(text, &character)) > 0; text += length) {
		line += character == '\n';
	}
	return line;
}

/* 0, or CONF_E_FAULT with one fault added, at its line. */
static int check_syntax(const char *text, const char *file, struct faults *faults)
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

/* --- reading ------------------------------------------------------------- */

/* libconfig copies names and texts without looking whether there was memory for them. */
static bool is_whole(const config_setting_t *setting)
{
	bool group = config_setting_is_group(setting);
	bool whole = config_setting_type(setting) != CONFIG_TYPE_STRING ||
		     config_setting_get_string(setting) != NULL;
	int count = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 0;

	for (int i = 0; whole && i < count; i++) {
		const config_setting_t *child = config_setting_get_elem(setting, (unsigned)i);

		whole = child && (!group || config_setting_name(child)) && is_whole(child);
	}
	return whole;
}

static int parse(struct conf *conf, const char *text, struct faults *faults)
{
	_cleanup_free_ char *ended = NULL;
	const char *why;
	unsigned line;

	/* libconfig takes a comment that ends with the file, and not with a line, for an error. */
	if (asprintf(&ended, "%s\n", text) < 0) {
		ended = NULL;
		return -ENOMEM;
	}
	if (config_read_string(&conf->config, ended) == CONFIG_TRUE) {
		return is_whole(config_root_setting(&conf->config)) ? 0 : -ENOMEM;
	}

	why = config_error_text(&conf->config);
	line = (unsigned)config_error_line(&conf->config);
	if (why && strstr(why, "duplicate")) {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "duplicate-key",
			  "this key is already set in the same group; keep one of the two");
	} else if (why && strstr(why, "mismatched")) {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "mixed-list",
			  "values of different kinds in [ ]; write all as text or all as numbers");
	} else {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "syntax",
			  "cannot be understood from here on; write key = value; and look at the "
			  "line before, too");
	}
	return CONF_E_FAULT;
}

int conf_read_text(const char *text, const char *shown, struct faults *faults,
		   struct conf **ret_conf)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r;

	/* What some editors put before the first character. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
	}
	r = check_syntax(text, shown, faults);
	if (r != 0) {
		return r;
	}

	conf = calloc(1, sizeof(*conf));
	if (!conf) {
		return -ENOMEM;
	}
	config_init(&conf->config);
	conf->shown = strdup(shown);
	if (!conf->shown) {
		return -ENOMEM;
	}

	r = parse(conf, text, faults);
	if (r != 0) {
		return r;
	}

	*ret_conf = take_ptr(conf);
	return 0;
}

struct conf *conf_free(struct conf *conf)
{
	if (conf) {
		config_destroy(&conf->config);
		free(conf->shown);
		free(conf);
	}
	return NULL;
}

/* A NUL would hide what stands behind it. */
static int slurp(const char *path, char **ret_text, struct file_stamp *ret_stamp)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = file_read(path, CONF_FILE_MAX, &text, &size, ret_stamp);

	if (r != 0) {
		return r;
	}
	if (memchr(text, '\0', size)) {
		return -EILSEQ;
	}

	*ret_text = take_ptr(text);
	return 0;
}

static bool is_link(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

static void complain(const char *path, const char *shown, int answer, struct faults *faults)
{
	if (answer == FILE_E_CHANGED) {
		fault_add(faults, FAULT_ERROR, shown, 1, "changing",
			  "changed while it was being read; reload again");
	} else if (answer == -EFBIG) {
		fault_add(faults, FAULT_ERROR, shown, 1, "too-large",
			  "more than %ld KiB; split it into several files", CONF_FILE_MAX / 1024);
	} else if (answer == -EILSEQ) {
		fault_add(faults, FAULT_ERROR, shown, 1, "utf-8",
			  "not a text file (it holds a zero byte); save it as plain text, UTF-8");
	} else if (answer == -ENOENT && is_link(path)) {
		fault_add(faults, FAULT_ERROR, shown, 1, "unreadable",
			  "a link to a file that is not there; put it there, or remove the link");
	} else {
		fault_add(faults, FAULT_ERROR, shown, 1, "unreadable",
			  "cannot be read: %s; the user that runs this must be able to read it",
			  answer == -EINVAL ? "not a plain file" : strerror(-answer));
	}
}

int conf_read_stamped(const char *path, const char *shown, struct faults *faults,
		      struct file_stamp *ret_stamp, struct conf **ret_conf)
{
	_cleanup_free_ char *text = NULL;
	struct file_stamp stamp;
	int r = slurp(path, &text, &stamp);

	if (r == -ENOMEM) {
		return r;
	}
	if (r != 0) {
		complain(path, shown, r, faults);
		return CONF_E_FAULT;
	}
	if (stamp.mode & S_IWOTH) {
		fault_add(faults, FAULT_ERROR, shown, 1, "writable",
			  "everybody on this machine may change what is sent; chmod o-w");
		return CONF_E_FAULT;
	}

	assert(text);
	if (ret_stamp) {
		*ret_stamp = stamp;
	}
	return conf_read_text(text, shown, faults, ret_conf);
}

int conf_read(const char *path, const char *shown, struct faults *faults, struct conf **ret_conf)
{
	return conf_read_stamped(path, shown, faults, NULL, ret_conf);
}

/* --- looking at it -------------------------------------------------------- */

const struct conf_node *conf_root(const struct conf *conf)
{
	return (const struct conf_node *)config_root_setting(&conf->config);
}

/* The config is the first member of a conf. */
const char *conf_file(const struct conf_node *node)
{
	return ((const struct conf *)setting_of(node)->config)->shown;
}

unsigned conf_line(const struct conf_node *node)
{
	unsigned line = config_setting_source_line(setting_of(node));

	return line > 0 ? line : 1;
}

const char *conf_key(const struct conf_node *node)
{
	return config_setting_name(setting_of(node));
}

size_t conf_count(const struct conf_node *node)
{
	return conf_is_group(node) || conf_is_list(node)
		       ? (size_t)config_setting_length(setting_of(node))
		       : 0;
}

const struct conf_node *conf_at(const struct conf_node *node, size_t index)
{
	return (const struct conf_node *)config_setting_get_elem(setting_of(node), (unsigned)index);
}

const struct conf_node *conf_get(const struct conf_node *group, const char *key)
{
	if (!group || !conf_is_group(group)) {
		return NULL;
	}
	return (const struct conf_node *)config_setting_get_member(setting_of(group), key);
}

bool conf_is_group(const struct conf_node *node)
{
	return config_setting_type(setting_of(node)) == CONFIG_TYPE_GROUP;
}

bool conf_is_list(const struct conf_node *node)
{
	return config_setting_type(setting_of(node)) == CONFIG_TYPE_LIST ||
	       config_setting_type(setting_of(node)) == CONFIG_TYPE_ARRAY;
}

const char *conf_text(const struct conf_node *node)
{
	if (!node || config_setting_type(setting_of(node)) != CONFIG_TYPE_STRING) {
		return NULL;
	}
	return config_setting_get_string(setting_of(node));
}

bool conf_int(const struct conf_node *node, long long *ret_number)
{
	int type = config_setting_type(setting_of(node));

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		return false;
	}
	*ret_number = config_setting_get_int64(setting_of(node));
	return true;
}

bool conf_real(const struct conf_node *node, double *ret_number)
{
	long long whole;

	if (conf_int(node, &whole)) {
		*ret_number = (double)whole;
		return true;
	}
	if (config_setting_type(setting_of(node)) != CONFIG_TYPE_FLOAT) {
		return false;
	}
	*ret_number = config_setting_get_float(setting_of(node));
	return true;
}

bool conf_bool(const struct conf_node *node, bool *ret_truth)
{
	if (config_setting_type(setting_of(node)) != CONFIG_TYPE_BOOL) {
		return false;
	}
	*ret_truth = config_setting_get_bool(setting_of(node)) == CONFIG_TRUE;
	return true;
}
