/*
 * holdfastctl clients, client, number: who is enrolled, and how she stands.
 *
 * Promises: --json prints what holdfastd said, page after page as one array;
 * without it come tables, in the clients' local time.  Numbers are printed only where
 * they were asked for.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/buffer.h"
#include "ctl/command.h"
#include "ctl/list.h"

/* --- clients -------------------------------------------------------------------------- */

/* "paused until 2026-12-01", or the state alone; "inpatient" likewise. */
static const char *cell_state(const json_t *client, const char *key, struct cell *cell)
{
	const char *state = json_text(client, key), *until = json_text(client, "paused_until");

	if (!state || !until || (strcmp(state, "paused") != 0 && strcmp(state, "inpatient") != 0)) {
		return state;
	}

	(void)snprintf(cell->text, CELL_MAX, "%s until %s", state, until);
	return cell->text;
}

int command_clients(const struct ctl *ctl, const struct arguments *arguments)
{
	bool names = arguments_flag(arguments, "names");
	const struct column columns[] = {
		{ "client", cell_text, "id" },         { "plan", cell_text, "plan" },
		{ "day", cell_number, "day" },         { "state", cell_state, "state" },
		{ "heard of", cell_time, "answered" }, { "counselor", cell_text, "counselor" },
		{ "timezone", cell_text, "timezone" }, { names ? "name" : NULL, cell_text, "name" },
		{ "phone", cell_text, "phone" },       { NULL, NULL, NULL },
	};
	struct call_path path;

	call_path_init(&path, "/v1/clients", NULL);
	call_path_flag(&path, arguments, "names");
	call_path_flag(&path, arguments, "alone");
	call_path_value(&path, arguments, "soso");
	call_path_value(&path, arguments, "lost");
	call_path_value(&path, arguments, "sort");
	return list_print(ctl, &path, false, columns);
}

/* --- one client ------------------------------------------------------------------------- */

static const struct column who[] = {
	{ "client", cell_text, "id" },
	{ "name", cell_text, "name" },
	{ "phone", cell_text, "phone" },
	{ "plan", cell_text, "plan" },
	{ "day", cell_number, "day" },
	{ "state", cell_state, "state" },
	{ NULL, NULL, NULL },
};

static const struct column consent[] = {
	{ "consent", cell_text, "consent" },
	{ NULL, NULL, NULL },
};

static const struct column where[] = {
	{ "counselor", cell_text, "counselor" },
	{ "language", cell_text, "language" },
	{ "timezone", cell_text, "timezone" },
	{ "file", cell_text, "file" },
	{ NULL, NULL, NULL },
};

static const struct column acts[] = {
	{ "at", cell_time, "at" },    { "by", cell_text, "by" },
	{ "act", cell_text, "verb" }, { "detail", cell_text, "detail" },
	{ "why", cell_text, "why" },  { NULL, NULL, NULL },
};

static int print_texts(const char *title, const json_t *texts, bool states)
{
	const struct column columns[] = {
		{ "due", cell_time, "due" },
		{ "kind", cell_text, "kind" },
		{ "reminder", cell_text, "reminder" },
		{ "lead", cell_text, "lead" },
		{ states ? "state" : NULL, cell_text, "state" },
		{ "why", cell_text, "reason" },
		{ NULL, NULL, NULL },
	};

	(void)printf("\n%s%s\n", title, json_array_size(texts) > 0 ? "" : ": nothing");
	return list_print_array(texts, columns);
}

/* Who paused or stopped her, when and why. */
static void print_by_whom(const char *name, const json_t *word)
{
	struct cell at;
	const char *by = json_text(word, "by"), *why = json_text(word, "why");
	struct page page;

	if (!by) {
		return;
	}

	page_open(stdout, &page);
	(void)printf("%-10s %s", name, json_text(word, "at") ? cell_time(word, "at", &at) : "");
	(void)printf("%sby %s\n", json_text(word, "at") ? " " : "", by);
	if (why) {
		(void)printf("%-10s ", "");
		page_flow(&page, why, 11);
	}
}

/* What is open about her, in a few lines. */
static void print_open(const json_t *client)
{
	const json_t *checkin = json_object_get(client, "checkin"),
		     *cases = json_object_get(client, "cases");
	struct cell cell;

	if (json_text(checkin, "asked")) {
		(void)printf("%-10s %s %s", "check-in", cell_time(checkin, "asked", &cell),
			     json_text(checkin, "state"));
		(void)printf("%s%s\n", json_text(checkin, "answer") ? ": " : "",
			     json_text(checkin, "answer") ? json_text(checkin, "answer") : "");
	}
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *open = json_array_get(cases, i);

		(void)printf("%-10s %" PRId64 " %s, %s, %s since %s\n", i == 0 ? "cases" : "",
			     json_int(open, "case", 0), json_text(open, "reason"),
			     json_text(open, "urgency"), json_text(open, "state"),
			     cell_time(open, "opened", &cell));
	}
	if (json_text(client, "setback")) {
		(void)printf("%-10s %s: no milestones until the recovery date is set anew\n",
			     "setback", cell_time(client, "setback", &cell));
	}
	if (json_text(client, "conversation")) {
		(void)printf("%-10s until %s, if nobody writes; reminders wait\n", "talking",
			     cell_time(client, "conversation", &cell));
	}
	if (json_text(client, "suspended")) {
		(void)printf("%-10s since %s nothing can be delivered to her number\n", "number",
			     cell_time(client, "suspended", &cell));
	}
}

/* "; meetings 3 of 4", or with ", 1 unanswered"; nothing where she was not asked. */
static void add_done(struct buffer *line, const json_t *stretch, const char *key)
{
	const json_t *counts = json_object_get(stretch, key);
	int64_t asked = json_int(counts, "asked", 0);
	int64_t silent = asked - json_int(counts, "answered", 0);
	char words[CELL_MAX];

	if (asked > 0) {
		(void)snprintf(words, sizeof(words), "; %s %" PRId64 " of %" PRId64, key,
			       json_int(counts, "done", 0), asked);
		buffer_put_text(line, words);
	}
	if (silent > 0) {
		(void)snprintf(words, sizeof(words), ", %" PRId64 " unanswered", silent);
		buffer_put_text(line, words);
	}
}

/* "4 weeks    check-ins 6 of 8, 2 after a nudge; meetings 3 of 4", where she was asked anything. */
static void print_stretch(const char *heading, const json_t *stretch)
{
	const json_t *checkins = json_object_get(stretch, "checkins");
	int64_t asked = json_int(checkins, "asked", 0);
	int64_t nudged = json_int(checkins, "after_nudge", 0);
	struct buffer line = { 0 };
	struct page page;
	char words[CELL_MAX];

	if (asked > 0) {
		(void)snprintf(words, sizeof(words), "; check-ins %" PRId64 " of %" PRId64,
			       json_int(checkins, "answered", 0), asked);
		buffer_put_text(&line, words);
	}
	if (nudged > 0) {
		(void)snprintf(words, sizeof(words), ", %" PRId64 " after a nudge", nudged);
		buffer_put_text(&line, words);
	}
	add_done(&line, stretch, "meetings");
	add_done(&line, stretch, "appointments");
	add_done(&line, stretch, "reminders");
	if (line.size > 2) {
		page_open(stdout, &page);
		(void)printf("%-10s ", heading);
		page_flow(&page, line.bytes + 2, 11);
	}
	buffer_done(&line);
}

/* What she said of where she was to go, the last first: "went       2026-11-24 19:00 tue: no". */
static void print_kept(const json_t *kept)
{
	const json_t *list = json_object_get(kept, "afterwards");
	struct cell cell;

	print_stretch("4 weeks", json_object_get(kept, "weeks"));
	print_stretch("this stay", json_object_get(kept, "stay"));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i), *done = json_object_get(one, "done");

		(void)printf("%-10s %s %s: %s\n", i == 0 ? "went" : "",
			     cell_time(one, "occurrence", &cell), json_text(one, "reminder"),
			     json_is_null(done)   ? "no answer"
			     : json_is_true(done) ? "yes"
						  : "no");
	}
}

/* Whom to call where she cannot be reached. */
static void print_others(const json_t *others)
{
	for (size_t i = 0; i < json_array_size(others); i++) {
		const json_t *person = json_array_get(others, i);
		const char *name = json_text(person, "name"), *phone = json_text(person, "phone");

		if (name && phone) {
			(void)printf("%-10s %s %s, if she cannot be reached\n",
				     i == 0 ? "others" : "", name, phone);
		} else if (i == 0) {
			(void)printf("%-10s %zu may be called if she cannot be reached; see "
				     "--names\n",
				     "others", json_array_size(others));
		}
	}
}

/* "stays      2026-06-01 to 2026-09-01", one a line; of one that is open nothing that is not said
 * already. */
static void print_stays(const json_t *stays)
{
	for (size_t i = 0; json_array_size(stays) > 1 && i < json_array_size(stays); i++) {
		const json_t *stay = json_array_get(stays, i);
		const char *until = json_text(stay, "until");

		(void)printf("%-10s %s %s%s\n", i == 0 ? "stays" : "", json_text(stay, "from"),
			     until ? "to " : "on", until ? until : "");
	}
}

static void add_wish(struct buffer *wishes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void add_wish(struct buffer *wishes, const char *format, ...)
{
	char wish[CELL_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(wish, sizeof(wish), format, arguments);
	va_end(arguments);
	buffer_put_text(wishes, wishes->size > 0 ? "; " : "");
	buffer_put_text(wishes, wish);
}

/* "her own    no milestone; no note; 3 in seven days; checkin at 18:00", where there is any. */
static void print_wishes(const json_t *client)
{
	const json_t *without = json_object_get(client, "without");
	const char *wording = json_text(client, "wording"), *reminder;
	int64_t daily = json_int(client, "daily_limit", 0);
	int64_t weekly = json_int(client, "weekly_limit", 0);
	struct buffer wishes = { 0 };
	struct page page;
	json_t *at;

	for (size_t i = 0; i < json_array_size(without); i++) {
		add_wish(&wishes, "no %s", json_string_value(json_array_get(without, i)));
	}
	if (daily > 0) {
		add_wish(&wishes, "%" PRId64 " a day", daily);
	}
	if (weekly > 0) {
		add_wish(&wishes, "%" PRId64 " in seven days", weekly);
	}
	json_object_foreach (json_object_get(client, "at"), reminder, at) {
		add_wish(&wishes, "%s at %s", reminder, json_string_value(at));
	}
	if (wording && strcmp(wording, "open") == 0) {
		add_wish(&wishes, "open wording");
	}
	if (json_truth(client, "alumni", false)) {
		add_wish(&wishes, "goes on as alumni");
	}
	if (json_truth(client, "inpatient_texts", false)) {
		add_wish(&wishes, "texts while in treatment");
	}
	if (wishes.size > 0) {
		page_open(stdout, &page);
		(void)printf("%-10s ", "her own");
		page_flow(&page, wishes.bytes, 11);
	}
	buffer_done(&wishes);
}

static int print_client(const json_t *client)
{
	const json_t *by_staff = json_object_get(client, "acts");
	struct cell state;
	const char *word = cell_state(client, "state", &state);
	bool active = word && strcmp(word, "active") == 0;
	char next[2 * CELL_MAX];
	int code;

	list_print_facts(client, who);
	print_stays(json_object_get(client, "stays"));
	print_by_whom("paused", json_object_get(client, "pause"));
	print_by_whom("stopped", json_object_get(client, "stopped"));
	list_print_facts(client, consent);
	print_open(client);
	print_kept(json_object_get(client, "kept"));
	list_print_facts(client, where);
	print_others(json_object_get(client, "others"));
	print_wishes(client);

	/* What is planned is not what goes out. */
	(void)snprintf(next, sizeof(next), "Next%s%s", active ? "" : ", but ",
		       active || !word ? "" : word);
	code = print_texts(next, json_object_get(client, "next"), false);
	if (code == CTL_DONE) {
		code = print_texts("Last", json_object_get(client, "last"), true);
	}
	if (code == CTL_DONE && json_array_size(by_staff) > 0) {
		(void)printf("\nBy staff\n");
		code = list_print_array(by_staff, acts);
	}
	return code;
}

int command_client(const struct ctl *ctl, const struct arguments *arguments)
{
	struct call_path path;

	call_path_init(&path, "/v1/clients/*", arguments->words[0]);
	call_path_flag(&path, arguments, "names");
	return call_show(ctl, &path, print_client);
}

/* --- numbers ------------------------------------------------------------------------- */

int command_number(const struct ctl *ctl, const struct arguments *arguments)
{
	static const struct column columns[] = {
		{ "number", cell_text, "number" },
		{ "since", cell_time, "since" },
		{ "until", cell_time, "until" },
		{ "suspended", cell_time, "suspended" },
		{ NULL, NULL, NULL },
	};
	struct call_path path;

	call_path_init(&path, "/v1/clients/*/number", arguments->words[0]);
	return list_show(ctl, &path, columns);
}
