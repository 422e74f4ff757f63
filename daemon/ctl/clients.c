/*
 * holdfastctl clients, client, number: who is enrolled, and how she stands.
 *
 * Promises: --json prints what holdfastd said, page after page as one array;
 * without it come tables, in the clients' local time.  Numbers are printed only where
 * they were asked for.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/list.h"

/* --- clients -------------------------------------------------------------------------- */

/* "paused until 2026-12-01", or the state alone. */
static const char *state_of(const json_t *client, char buffer[CELL_MAX])
{
	const char *state = json_text(client, "state"), *until = json_text(client, "paused_until");

	if (!state || !until || strcmp(state, "paused") != 0) {
		return state;
	}

	(void)snprintf(buffer, CELL_MAX, "%s until %s", state, until);
	return buffer;
}

static int add_client(struct table *table, const json_t *client)
{
	char day[CELL_MAX], state[CELL_MAX];
	const char *cells[] = { json_text(client, "id"),         json_text(client, "plan"),
				cell_number(client, "day", day), state_of(client, state),
				json_text(client, "counselor"),  json_text(client, "timezone"),
				json_text(client, "name"),       json_text(client, "phone") };

	return table_add(table, cells);
}

int command_clients(const struct ctl *ctl, const struct arguments *arguments)
{
	static const char *const headings[] = { "client",    "plan",     "day", "state",
						"counselor", "timezone", NULL };
	static const char *const with_names[] = { "client",   "plan", "day",   "state", "counselor",
						  "timezone", "name", "phone", NULL };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .add = add_client };

	call_path_init(&path, "/v1/clients", NULL);
	call_path_flag(&path, arguments, "names");
	return list_print(&list, arguments_flag(arguments, "names") ? with_names : headings);
}

/* --- one client ------------------------------------------------------------------------- */

static void print_fact(const char *name, const char *value)
{
	if (value && *value) {
		(void)printf("%-10s %s\n", name, value);
	}
}

static int print_rows(const char *title, const json_t *rows, bool states)
{
	static const char *const headings[] = { "due", "kind", "reminder", "lead", "state", NULL };
	static const char *const without[] = { "due", "kind", "reminder", "lead", NULL };
	_cleanup_(table_freep) struct table *table = NULL;
	struct page page;
	int r;

	page_open(stdout, &page);
	r = table_new(&page, states ? headings : without, &table);
	(void)printf("\n%s%s\n", title, json_array_size(rows) > 0 ? "" : ": nothing");
	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		char due[CELL_MAX];
		const char *cells[] = { cell_time(row, "due", due), json_text(row, "kind"),
					json_text(row, "reminder"), json_text(row, "lead"),
					json_text(row, "state") };

		r = table_add(table, cells);
	}
	return r < 0 ? command_failed(r) : CTL_DONE;
}

/* Who paused or stopped her, when and why. */
static void print_word(const char *name, const json_t *word)
{
	char at[CELL_MAX];
	const char *by = json_text(word, "by"), *why = json_text(word, "why");
	struct page page;

	if (!by) {
		return;
	}

	page_open(stdout, &page);
	(void)printf("%-10s %s", name, json_text(word, "at") ? cell_time(word, "at", at) : "");
	(void)printf("%sby %s\n", json_text(word, "at") ? " " : "", by);
	if (why) {
		(void)printf("%-10s ", "");
		page_flow(&page, why, 11);
	}
}

/* What is open about her, in a few lines. */
static void print_bearing(const json_t *client)
{
	const json_t *checkin = json_object_get(client, "checkin"),
		     *cases = json_object_get(client, "cases");
	char cell[CELL_MAX];

	if (json_text(checkin, "asked")) {
		(void)printf("%-10s %s %s", "check-in", cell_time(checkin, "asked", cell),
			     json_text(checkin, "state"));
		(void)printf("%s%s\n", json_text(checkin, "answer") ? ": " : "",
			     json_text(checkin, "answer") ? json_text(checkin, "answer") : "");
	}
	for (size_t i = 0; i < json_array_size(cases); i++) {
		const json_t *open = json_array_get(cases, i);

		(void)printf("%-10s %" PRId64 " %s, %s, %s since %s\n", i == 0 ? "cases" : "",
			     json_int(open, "case", 0), json_text(open, "reason"),
			     json_text(open, "urgency"), json_text(open, "state"),
			     cell_time(open, "opened", cell));
	}
	if (json_text(client, "setback")) {
		(void)printf("%-10s %s: no milestones until the recovery date is set anew\n",
			     "setback", cell_time(client, "setback", cell));
	}
	if (json_text(client, "conversation")) {
		(void)printf("%-10s until %s, if nobody writes; reminders wait\n", "talking",
			     cell_time(client, "conversation", cell));
	}
	if (json_text(client, "suspended")) {
		(void)printf("%-10s since %s nothing can be delivered to her number\n", "number",
			     cell_time(client, "suspended", cell));
	}
}

static int print_acts(const json_t *acts)
{
	static const char *const headings[] = { "at", "by", "act", "detail", "why", NULL };
	_cleanup_(table_freep) struct table *table = NULL;
	struct page page;
	int r;

	if (json_array_size(acts) == 0) {
		return CTL_DONE;
	}
	page_open(stdout, &page);
	r = table_new(&page, headings, &table);
	(void)printf("\nBy staff\n");
	for (size_t i = 0; r == 0 && i < json_array_size(acts); i++) {
		const json_t *act = json_array_get(acts, i);
		char at[CELL_MAX];
		const char *cells[] = { cell_time(act, "at", at), json_text(act, "by"),
					json_text(act, "verb"), json_text(act, "detail"),
					json_text(act, "why") };

		r = table_add(table, cells);
	}
	return r < 0 ? command_failed(r) : CTL_DONE;
}

static int print_client(const json_t *client)
{
	char day[CELL_MAX], state[CELL_MAX], next[2 * CELL_MAX];
	const char *word = state_of(client, state);
	bool active = word && strcmp(word, "active") == 0;
	int code;

	print_fact("client", json_text(client, "id"));
	print_fact("name", json_text(client, "name"));
	print_fact("phone", json_text(client, "phone"));
	print_fact("plan", json_text(client, "plan"));
	print_fact("day", cell_number(client, "day", day));
	print_fact("state", word);
	print_word("paused", json_object_get(client, "pause"));
	print_word("stopped", json_object_get(client, "stopped"));
	print_fact("consent", json_text(client, "consent"));
	print_bearing(client);
	print_fact("counselor", json_text(client, "counselor"));
	print_fact("language", json_text(client, "language"));
	print_fact("timezone", json_text(client, "timezone"));
	print_fact("file", json_text(client, "file"));

	/* What is planned is not what goes out. */
	(void)snprintf(next, sizeof(next), "Next%s%s", active ? "" : ", but ",
		       active || !word ? "" : word);
	code = print_rows(next, json_object_get(client, "next"), false);
	code = code == CTL_DONE ? print_rows("Last", json_object_get(client, "last"), true) : code;
	return code == CTL_DONE ? print_acts(json_object_get(client, "acts")) : code;
}

int command_client(const struct ctl *ctl, const struct arguments *arguments)
{
	struct call_path path;

	call_path_init(&path, "/v1/clients/*", arguments->words[0]);
	call_path_flag(&path, arguments, "names");
	return call_show(ctl, &path, print_client);
}

/* --- numbers ------------------------------------------------------------------------- */

static int add_number(struct table *table, const json_t *number)
{
	char since[CELL_MAX], until[CELL_MAX], suspended[CELL_MAX];
	const char *cells[] = { json_text(number, "number"), cell_time(number, "since", since),
				cell_time(number, "until", until),
				cell_time(number, "suspended", suspended) };

	return table_add(table, cells);
}

static int print_numbers(const json_t *numbers)
{
	static const char *const headings[] = { "number", "since", "until", "suspended", NULL };

	return list_print_array(numbers, headings, add_number);
}

int command_number(const struct ctl *ctl, const struct arguments *arguments)
{
	struct call_path path;

	call_path_init(&path, "/v1/clients/*/number", arguments->words[0]);
	return call_show(ctl, &path, print_numbers);
}
