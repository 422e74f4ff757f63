/*
 * holdfastctl messages, message, inbox, why: texts either way, and what became of them.
 *
 * Promises: words are printed only where they were asked for; holdfastd records
 * who asked.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/call.h"
#include "ctl/command.h"
#include "ctl/list.h"

/* --- texts ------------------------------------------------------------------------------------ */

/* With its words where they were asked for. */
static const char *cell_outcome(const json_t *message, const char *key, struct cell *cell)
{
	const char *text = json_text(message, "text");

	return text ? text : cell_text(message, key, cell);
}

int command_messages(const struct ctl *ctl, const struct arguments *arguments)
{
	bool text = arguments_flag(arguments, "text");
	const struct column columns[] = {
		{ "id", cell_number, "id" },
		{ "due", cell_time, "due" },
		{ "client", cell_text, "client" },
		{ "kind", cell_text, "kind" },
		{ "reminder", cell_text, "reminder" },
		{ "seg", cell_number, "segments" },
		{ "tries", cell_number, "attempts" },
		{ "state", cell_text, "state" },
		{ text ? "text" : "reason", cell_outcome, "reason" },
		{ NULL, NULL, NULL },
	};
	struct call_path path;

	call_path_init(&path, "/v1/messages", NULL);
	call_path_value(&path, arguments, "client");
	call_path_value(&path, arguments, "state");
	call_path_value(&path, arguments, "since");
	call_path_flag(&path, arguments, "text");
	return list_print(ctl, &path, true, columns);
}

/* --- what became of one ------------------------------------------------------------------ */

static int print_settled(const json_t *message)
{
	const char *state = json_text(message, "state");

	(void)printf("text %" PRId64 " is %s now\n", json_int(message, "id", 0),
		     state ? state : "?");
	return CTL_DONE;
}

int command_message(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *why = arguments_value(arguments, "why");
	struct call_path path;

	if (!why) {
		return command_needs_why(ctl);
	}

	call_path_init(&path, "/v1/messages/*/settle", arguments->words[0]);
	return call_change(ctl, &path,
			   json_pack("{s:s, s:s}", "as", arguments->words[1], "why", why),
			   print_settled);
}

/* --- inbox --------------------------------------------------------------------------- */

/* For whoever mends the preset. */
static int show_webhooks(const struct ctl *ctl, const struct arguments *arguments)
{
	static const struct column columns[] = {
		{ "id", cell_number, "id" },          { "at", cell_time, "at" },
		{ "gateway", cell_text, "gateway" },  { "why", cell_words, "why" },
		{ "content", cell_words, "content" }, { NULL, NULL, NULL },
	};
	struct call_path path;

	if (arguments_value(arguments, "client") || arguments_flag(arguments, "unread")) {
		return command_usage(ctl);
	}
	call_path_init(&path, "/v1/webhooks", NULL);
	call_path_value(&path, arguments, "since");
	return list_print(ctl, &path, true, columns);
}

int command_inbox(const struct ctl *ctl, const struct arguments *arguments)
{
	static const struct column columns[] = {
		{ "id", cell_number, "id" },       { "at", cell_time, "at" },
		{ "client", cell_text, "client" }, { "kind", cell_text, "kind" },
		{ "text", cell_words, "text" },    { NULL, NULL, NULL },
	};
	struct call_path path;

	if (arguments_flag(arguments, "webhooks")) {
		return show_webhooks(ctl, arguments);
	}
	call_path_init(&path, "/v1/inbox", NULL);
	call_path_value(&path, arguments, "client");
	call_path_value(&path, arguments, "since");
	call_path_flag(&path, arguments, "unread");
	return list_print(ctl, &path, true, columns);
}

/* --- why ------------------------------------------------------------------------------- */

int command_why(const struct ctl *ctl, const struct arguments *arguments)
{
	bool text = arguments_flag(arguments, "text");
	const struct column columns[] = {
		{ "at", text ? cell_time : cell_text, "at" },
		{ "event", cell_text, "event" },
		{ "detail", cell_text, "detail" },
		{ text ? "text" : NULL, cell_words, "text" },
		{ NULL, NULL, NULL },
	};
	const char *word = arguments->words[0];
	bool number = word[strspn(word, "0123456789")] == '\0';
	struct call_path path;

	if (number && text) {
		return command_usage(ctl);
	}

	call_path_init(&path, number ? "/v1/messages/*/history" : "/v1/clients/*/story", word);
	call_path_flag(&path, arguments, "text");
	return list_show(ctl, &path, columns);
}
