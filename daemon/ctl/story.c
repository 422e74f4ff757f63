/*
 * holdfastctl inbox, number, why: what happened, and what people wrote.
 *
 * Promises: words and numbers are printed only where they were asked for;
 * holdfastd records who asked.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/list.h"

/* --- inbox --------------------------------------------------------------------------- */

static int add_written(struct table *table, const json_t *written)
{
	_cleanup_free_ char *words = cell_words(json_text(written, "text"));
	char id[CELL_MAX], at[CELL_MAX];
	const char *cells[] = { cell_number(written, "id", id), cell_time(written, "at", at),
				json_text(written, "client"), json_text(written, "kind"), words };

	return table_add(table, cells);
}

int command_inbox(const struct ctl *ctl, int argc, const char **argv)
{
	static const char *const headings[] = { "id", "at", "client", "kind", "text", NULL };
	const char *client = NULL, *since = NULL;
	bool unread = false;
	const struct argument table[] = { { .name = "client", .value = &client },
					  { .name = "since", .value = &since },
					  { .name = "unread", .flag = &unread },
					  { 0 } };
	struct call_path path;
	struct list list = { .ctl = ctl, .path = &path, .numbered = true, .add = add_written };
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/inbox");
	call_path_query(&path, "client", client);
	call_path_query(&path, "since", since);
	call_path_query(&path, "unread", unread ? "1" : NULL);
	return list_print(&list, headings);
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

/* One client's resource as it is got. */
static int get(const struct ctl *ctl, const char *client, const char *what, bool text,
	       json_t **ret_json)
{
	struct call_path path;

	call_path_init(&path, "/v1/clients");
	call_path_name(&path, client);
	call_path_name(&path, what);
	call_path_query(&path, "text", text ? "1" : NULL);
	return call_get(ctl, &path, ret_json);
}

int command_number(const struct ctl *ctl, int argc, const char **argv)
{
	static const struct argument table[] = { { 0 } };
	static const char *const headings[] = { "number", "since", "until", "suspended", NULL };
	_cleanup_(json_freep) json_t *numbers = NULL;
	struct words words;
	int code;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}

	code = get(ctl, words.list[0], "number", false, &numbers);
	return code == CTL_DONE ? list_print_array(numbers, ctl->json ? NULL : headings, add_number)
				: code;
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

static int get_life(const struct ctl *ctl, const char *message, json_t **ret_json)
{
	struct call_path path;

	call_path_init(&path, "/v1/messages");
	call_path_name(&path, message);
	call_path_name(&path, "history");
	return call_get(ctl, &path, ret_json);
}

int command_why(const struct ctl *ctl, int argc, const char **argv)
{
	static const char *const headings[] = { "at", "event", "detail", NULL };
	static const char *const with_text[] = { "at", "event", "detail", "text", NULL };
	_cleanup_(json_freep) json_t *events = NULL;
	bool text = false, number;
	const struct argument table[] = { { .name = "text", .flag = &text }, { 0 } };
	struct words words;
	int code;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}

	number = words.list[0][strspn(words.list[0], "0123456789")] == '\0';
	if (number && text) {
		return command_usage(ctl);
	}
	code = number ? get_life(ctl, words.list[0], &events)
		      : get(ctl, words.list[0], "story", text, &events);
	if (code != CTL_DONE) {
		return code;
	}
	return list_print_array(events,
				ctl->json ? NULL
				: text    ? with_text
					  : headings,
				text ? add_event_with_text : add_event);
}
