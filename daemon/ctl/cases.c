/*
 * holdfastctl cases and case: the morning list, and what was done about it.
 *
 * Promises: the list is in the order in which to call; names and numbers stand
 * there only where they are asked for.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/list.h"

#define HOUR INT64_C(60) /* minutes */
#define DAY  (24 * HOUR)

/* "40 min", "3 h", "5 days": how long it is open. */
static const char *open_for(const json_t *json, char buffer[CELL_MAX])
{
	int64_t minutes = json_int(json, "minutes_open", 0);

	if (minutes < 2 * HOUR) {
		(void)snprintf(buffer, CELL_MAX, "%" PRId64 " min", minutes);
	} else if (minutes < 2 * DAY) {
		(void)snprintf(buffer, CELL_MAX, "%" PRId64 " h", minutes / HOUR);
	} else {
		(void)snprintf(buffer, CELL_MAX, "%" PRId64 " days", minutes / DAY);
	}
	return buffer;
}

/* "open", "dcole has it", "closed". */
static const char *state_of(const json_t *json, char buffer[CELL_MAX])
{
	const char *state = json_text(json, "state"), *by = json_text(json, "acknowledged_by");

	if (!state || strcmp(state, "acknowledged") != 0 || !by) {
		return state;
	}

	(void)snprintf(buffer, CELL_MAX, "%s has it", by);
	return buffer;
}

/* "2, no answer 2026-11-23 09:10". */
static const char *attempts_of(const json_t *json, char buffer[2 * CELL_MAX])
{
	const char *result = json_text(json, "last_result");
	char at[CELL_MAX];

	if (!result) {
		return NULL;
	}

	(void)snprintf(buffer, (size_t)2 * CELL_MAX, "%" PRId64 ", %s %s",
		       json_int(json, "attempts", 0), result, cell_time(json, "last_attempt", at));
	return buffer;
}

static int add_case(struct table *table, const json_t *json)
{
	char id[CELL_MAX], age[CELL_MAX], state[CELL_MAX], attempts[2 * CELL_MAX];
	const char *cells[] = { cell_number(json, "case", id), json_text(json, "client"),
				json_text(json, "urgency"),    json_text(json, "reason"),
				state_of(json, state),         open_for(json, age),
				attempts_of(json, attempts),   json_text(json, "phone"),
				json_text(json, "name") };

	return table_add(table, cells);
}

int command_cases(const struct ctl *ctl, int argc, const char **argv)
{
	static const char *const headings[] = { "case",  "client", "urgency",  "reason",
						"state", "for",    "attempts", NULL };
	static const char *const with_names[] = { "case", "client",   "urgency", "reason", "state",
						  "for",  "attempts", "phone",   "name",   NULL };
	const char *client = NULL;
	bool all = false, open = false, names = false;
	const struct argument table[] = { { .name = "client", .value = &client },
					  { .name = "all", .flag = &all },
					  { .name = "open", .flag = &open },
					  { .name = "names", .flag = &names },
					  { 0 } };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .add = add_case };
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0 ||
	    (all && open)) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/cases", NULL);
	call_path_query(&path, "client", client);
	call_path_query(&path, "all", all ? "1" : NULL);
	call_path_query(&path, "names", names ? "1" : NULL);
	return list_print(&list, names ? with_names : headings);
}

/* --- one case -------------------------------------------------------------------------- */

static int add_event(struct table *table, const json_t *event)
{
	char at[CELL_MAX];
	const char *cells[] = { cell_time(event, "at", at), json_text(event, "event"),
				json_text(event, "by"), json_text(event, "note") };

	return table_add(table, cells);
}

static void print_fact(const char *name, const char *value)
{
	if (value && *value) {
		(void)printf("%-10s %s\n", name, value);
	}
}

static int print_case(const json_t *json)
{
	static const char *const headings[] = { "at", "event", "by", "note", NULL };
	char number[CELL_MAX], age[CELL_MAX], state[CELL_MAX];

	print_fact("case", cell_number(json, "case", number));
	print_fact("client", json_text(json, "client"));
	print_fact("name", json_text(json, "name"));
	print_fact("phone", json_text(json, "phone"));
	print_fact("reason", json_text(json, "reason"));
	print_fact("urgency", json_text(json, "urgency"));
	print_fact("state", state_of(json, state));
	print_fact("open for", open_for(json, age));
	(void)fputc('\n', stdout);
	return list_print_array(json_object_get(json, "history"), headings, add_event);
}

/* What was given, by the words of the table. */
struct work {
	const char *number, *verb, *attempt, *note, *why;
	bool names;
};

/* What it has come to, in one line. */
static int print_outcome(const json_t *json)
{
	char number[CELL_MAX], state[CELL_MAX];
	const char *word = json_text(json, "state"), *urgency = json_text(json, "urgency");
	const char *now = state_of(json, state);

	(void)printf("case %s: %s", cell_number(json, "case", number), now ? now : "?");
	if (word && strcmp(word, "open") == 0 && urgency && strcmp(urgency, "urgent") == 0) {
		(void)printf("; who is on call is texted until somebody takes it:"
			     " holdfastctl case %s ack",
			     number);
	}
	(void)fputc('\n', stdout);
	return CTL_DONE;
}

/* Is every option given that the verb needs, and none that it does not know? */
static bool fits(const struct work *work, int words)
{
	bool attempt = work->verb && strcmp(work->verb, "attempt") == 0;
	bool close = work->verb && strcmp(work->verb, "close") == 0;
	bool known = !work->verb || attempt || close || strcmp(work->verb, "ack") == 0;

	return known && words == 1 + (work->verb ? 1 : 0) + (attempt ? 1 : 0) &&
	       (close || !work->why) && (attempt || !work->note) && (!work->verb || !work->names);
}

int command_case(const struct ctl *ctl, int argc, const char **argv)
{
	struct work work = { 0 };
	const struct argument table[] = { { .name = "note", .value = &work.note },
					  { .name = "why", .value = &work.why },
					  { .name = "names", .flag = &work.names },
					  { 0 } };
	char route[sizeof("/v1/cases/*/attempt")];
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count < 1) {
		return command_usage(ctl);
	}

	work.number = words.list[0];
	work.verb = words.count > 1 ? words.list[1] : NULL;
	work.attempt = words.count > 2 ? words.list[2] : NULL;
	if (!fits(&work, words.count)) {
		return command_usage(ctl);
	}
	if (work.verb && strcmp(work.verb, "close") == 0 && (!work.why || !*work.why)) {
		return command_needs_why(ctl);
	}

	(void)snprintf(route, sizeof(route), "/v1/cases/*%s%s", work.verb ? "/" : "",
		       work.verb ? work.verb : "");
	call_path_init(&path, route, work.number);
	if (!work.verb) {
		call_path_query(&path, "names", work.names ? "1" : NULL);
		return call_show(ctl, &path, print_case);
	}
	return call_change(ctl, &path,
			   json_pack("{s:s*, s:s*, s:s*}", "attempt", work.attempt, "note",
				     work.note, "why", work.why),
			   print_outcome);
}
