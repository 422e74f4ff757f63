/*
 * holdfastctl cases and case: the morning list, and what was done about it.
 *
 * Promises: the list is in the order in which to call; names and numbers stand
 * there only where they are asked for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/list.h"

#define HOUR INT64_C(60) /* minutes */
#define DAY  (24 * HOUR)

/* "40 min", "3 h", "5 days": how long it is open. */
static const char *cell_age(const json_t *json, const char *key, struct cell *cell)
{
	int64_t minutes = json_int(json, key, 0);

	if (minutes < 2 * HOUR) {
		(void)snprintf(cell->text, CELL_MAX, "%" PRId64 " min", minutes);
	} else if (minutes < 2 * DAY) {
		(void)snprintf(cell->text, CELL_MAX, "%" PRId64 " h", minutes / HOUR);
	} else {
		(void)snprintf(cell->text, CELL_MAX, "%" PRId64 " days", minutes / DAY);
	}
	return cell->text;
}

/* "open", "dcole has it", "closed". */
static const char *cell_state(const json_t *json, const char *key, struct cell *cell)
{
	const char *state = json_text(json, key), *by = json_text(json, "acknowledged_by");

	if (!state || strcmp(state, "acknowledged") != 0 || !by) {
		return state;
	}

	(void)snprintf(cell->text, CELL_MAX, "%s has it", by);
	return cell->text;
}

/* "need", "3 silent check-ins". */
static const char *cell_reason(const json_t *json, const char *key, struct cell *cell)
{
	const char *reason = json_text(json, key);
	int64_t times = json_int(json, "times", 1);

	if (!reason || strcmp(reason, "silent") != 0 || times < 2) {
		return reason;
	}
	(void)snprintf(cell->text, CELL_MAX, "%" PRId64 " silent check-ins", times);
	return cell->text;
}

/* "2, no answer 2026-11-23 09:10". */
static const char *cell_attempts(const json_t *json, const char *key, struct cell *cell)
{
	const char *result = json_text(json, "last_result");
	struct cell at;

	if (!result) {
		return NULL;
	}

	(void)snprintf(cell->text, CELL_MAX, "%" PRId64 ", %s %s", json_int(json, key, 0), result,
		       cell_time(json, "last_attempt", &at));
	return cell->text;
}

int command_cases(const struct ctl *ctl, const struct arguments *arguments)
{
	bool names = arguments_flag(arguments, "names");
	const struct column columns[] = {
		{ "case", cell_number, "case" },
		{ "client", cell_text, "client" },
		{ "urgency", cell_text, "urgency" },
		{ "reason", cell_reason, "reason" },
		{ "state", cell_state, "state" },
		{ "for", cell_age, "minutes_open" },
		{ "attempts", cell_attempts, "attempts" },
		{ names ? "phone" : NULL, cell_text, "phone" },
		{ "name", cell_text, "name" },
		{ NULL, NULL, NULL },
	};
	struct call_path path;

	if (arguments_flag(arguments, "all") && arguments_flag(arguments, "open")) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/cases", NULL);
	call_path_value(&path, arguments, "client");
	call_path_flag(&path, arguments, "all");
	call_path_flag(&path, arguments, "names");
	return list_print(ctl, &path, false, columns);
}

/* --- one case -------------------------------------------------------------------------- */

static const struct column facts[] = {
	{ "case", cell_number, "case" },
	{ "client", cell_text, "client" },
	{ "name", cell_text, "name" },
	{ "phone", cell_text, "phone" },
	{ "reason", cell_reason, "reason" },
	{ "urgency", cell_text, "urgency" },
	{ "state", cell_state, "state" },
	{ "open for", cell_age, "minutes_open" },
	{ NULL, NULL, NULL },
};

static const struct column events[] = {
	{ "at", cell_time, "at" }, { "event", cell_text, "event" },
	{ "by", cell_text, "by" }, { "note", cell_text, "note" },
	{ NULL, NULL, NULL },
};

static int print_case(const json_t *json)
{
	list_print_facts(json, facts);
	(void)fputc('\n', stdout);
	return list_print_array(json_object_get(json, "history"), events);
}

/* What it has come to, in one line. */
static int print_outcome(const json_t *json)
{
	const char *state = json_text(json, "state"), *urgency = json_text(json, "urgency");
	bool urgent = urgency && strcmp(urgency, "urgent") == 0 && json_text(json, "next_alert");
	struct cell number_cell, state_cell;
	const char *number = cell_number(json, "case", &number_cell);
	const char *now = cell_state(json, "state", &state_cell);

	(void)printf("case %s: %s", number, now ? now : "?");
	if (urgent && state && strcmp(state, "acknowledged") == 0) {
		(void)printf("; once you have tried to reach her: holdfastctl case %s attempt WORD",
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
