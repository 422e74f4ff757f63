/*
 * holdfastctl messages, inbox, why: texts either way, and what became of them.
 *
 * Promises: words are printed only where they were asked for; holdfastd records
 * who asked.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/list.h"

/* --- texts ------------------------------------------------------------------------------------ */

static int add_message(struct table *table, const json_t *message)
{
	char id[CELL_MAX], due[CELL_MAX], segments[CELL_MAX], attempts[CELL_MAX];
	const char *text = json_text(message, "text");
	const char *cells[] = { cell_number(message, "id", id),
				cell_time(message, "due", due),
				json_text(message, "client"),
				json_text(message, "kind"),
				json_text(message, "reminder"),
				cell_number(message, "segments", segments),
				cell_number(message, "attempts", attempts),
				json_text(message, "state"),
				text ? text : json_text(message, "reason") };

	return table_add(table, cells);
}

int command_messages(const struct ctl *ctl, const struct arguments *arguments)
{
	static const char *const headings[] = { "id",  "due",   "client", "kind",   "reminder",
						"seg", "tries", "state",  "reason", NULL };
	static const char *const with_text[] = { "id",  "due",   "client", "kind", "reminder",
						 "seg", "tries", "state",  "text", NULL };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .numbered = true, .add = add_message };

	call_path_init(&path, "/v1/messages", NULL);
	call_path_value(&path, arguments, "client");
	call_path_value(&path, arguments, "state");
	call_path_value(&path, arguments, "since");
	call_path_flag(&path, arguments, "text");
	return list_print(&list, arguments_flag(arguments, "text") ? with_text : headings);
}

/* --- inbox --------------------------------------------------------------------------- */

static int add_written(struct table *table, const json_t *written)
{
	_cleanup_free_ char *words = cell_words(json_text(written, "text"));
	char id[CELL_MAX], at[CELL_MAX];
	const char *cells[] = { cell_number(written, "id", id), cell_time(written, "at", at),
				json_text(written, "client"), json_text(written, "kind"), words };

	return table_add(table, cells);
}

int command_inbox(const struct ctl *ctl, const struct arguments *arguments)
{
	static const char *const headings[] = { "id", "at", "client", "kind", "text", NULL };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .numbered = true, .add = add_written };

	call_path_init(&path, "/v1/inbox", NULL);
	call_path_value(&path, arguments, "client");
	call_path_value(&path, arguments, "since");
	call_path_flag(&path, arguments, "unread");
	return list_print(&list, headings);
}

/* --- why ------------------------------------------------------------------------------- */

static int add_event(struct table *table, const json_t *event)
{
	const char *cells[] = { json_text(event, "at"), json_text(event, "event"),
				json_text(event, "detail") };

	return table_add(table, cells);
}

static int add_event_with_text(struct table *table, const json_t *event)
{
	_cleanup_free_ char *words = cell_words(json_text(event, "text"));
	char at[CELL_MAX];
	const char *cells[] = { cell_time(event, "at", at), json_text(event, "event"),
				json_text(event, "detail"), words };

	return table_add(table, cells);
}

static int print_events(const json_t *events)
{
	static const char *const headings[] = { "at", "event", "detail", NULL };

	return list_print_array(events, headings, add_event);
}

static int print_events_with_text(const json_t *events)
{
	static const char *const headings[] = { "at", "event", "detail", "text", NULL };

	return list_print_array(events, headings, add_event_with_text);
}

int command_why(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *word = arguments->words[0];
	bool number = word[strspn(word, "0123456789")] == '\0';
	bool text = arguments_flag(arguments, "text");
	struct call_path path;

	if (number && text) {
		return command_usage(ctl);
	}

	call_path_init(&path, number ? "/v1/messages/*/history" : "/v1/clients/*/story", word);
	call_path_flag(&path, arguments, "text");
	return call_show(ctl, &path, text ? print_events_with_text : print_events);
}
