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

int command_cases(const struct ctl *ctl, const struct arguments *arguments)
{
	static const char *const headings[] = { "case",  "client", "urgency",  "reason",
						"state", "for",    "attempts", NULL };
	static const char *const with_names[] = { "case", "client",   "urgency", "reason", "state",
						  "for",  "attempts", "phone",   "name",   NULL };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .add = add_case };

	if (arguments_flag(arguments, "all") && arguments_flag(arguments, "open")) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/cases", NULL);
	call_path_value(&path, arguments, "client");
	call_path_flag(&path, arguments, "all");
	call_path_flag(&path, arguments, "names");
	return list_print(&list, arguments_flag(arguments, "names") ? with_names : headings);
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
static bool fits(const struct arguments *arguments, const char *verb)
{
	bool attempt = verb && strcmp(verb, "attempt") == 0;
	bool close = verb && strcmp(verb, "close") == 0;
	bool known = !verb || attempt || close || strcmp(verb, "ack") == 0;

	return known && arguments->count == 1 + (verb ? 1 : 0) + (attempt ? 1 : 0) &&
	       (close || !arguments_value(arguments, "why")) &&
	       (attempt || !arguments_value(arguments, "note")) &&
	       (!verb || !arguments_flag(arguments, "names"));
}

int command_case(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *verb = arguments->count > 1 ? arguments->words[1] : NULL;
	const char *why = arguments_value(arguments, "why");
	char route[sizeof("/v1/cases/*/attempt")];
	struct call_path path;

	if (!fits(arguments, verb)) {
		return command_usage(ctl);
	}
	if (verb && strcmp(verb, "close") == 0 && (!why || !*why)) {
		return command_needs_why(ctl);
	}

	(void)snprintf(route, sizeof(route), "/v1/cases/*%s%s", verb ? "/" : "", verb ? verb : "");
	call_path_init(&path, route, arguments->words[0]);
	if (!verb) {
		call_path_flag(&path, arguments, "names");
		return call_show(ctl, &path, print_case);
	}
	return call_change(ctl, &path,
			   json_pack("{s:s*, s:s*, s:s*}", "attempt",
				     arguments->count > 2 ? arguments->words[2] : NULL, "note",
				     arguments_value(arguments, "note"), "why", why),
			   print_outcome);
}
