/*
 * holdfastctl send and reply: texts by hand.
 *
 * Promises: holdfastd decides and says why it does not; what was sent is not
 * repeated on the terminal.
 */
#include <inttypes.h>
#include <stdio.h>

#include "ctl/call.h"
#include "ctl/command.h"

static int print_queued(const json_t *queued)
{
	const char *reason = json_text(queued, "reason"), *due = json_text(queued, "due");
	const char *client = json_text(queued, "client");

	(void)printf("text %" PRId64 " for %s", json_int(queued, "id", 0), client ? client : "?");
	if (reason) {
		(void)printf(" waits until %s: %s", due ? due : "later", reason);
	}
	(void)fputc('\n', stdout);
	return CTL_DONE;
}

int command_send(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *message = arguments_value(arguments, "message");
	struct call_path path;

	if (arguments->count != (message ? 1 : 2)) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/send", NULL);
	return call_change(ctl, &path,
			   json_pack("{s:s, s:s*, s:s*, s:s*, s:o*}", "client", arguments->words[0],
				     "text", message ? NULL : arguments->words[1], "message",
				     message, "why", arguments_value(arguments, "why"), "anyway",
				     arguments_flag(arguments, "anyway") ? json_true() : NULL),
			   print_queued);
}

/* The answer is that of /v1/send, and until when automation holds. */
static int print_replied(const json_t *answer)
{
	const char *until = json_text(answer, "conversation"), *id = json_text(answer, "client");

	id = id ? id : "?";
	if (!until) {
		(void)printf("the conversation with %s is over: reminders go out again\n", id);
		return CTL_DONE;
	}
	(void)print_queued(answer);
	(void)printf("reminders wait until %s, or holdfastctl reply %s --end\n", until, id);
	return CTL_DONE;
}

int command_reply(const struct ctl *ctl, const struct arguments *arguments)
{
	bool end = arguments_flag(arguments, "end");
	struct call_path path;

	if (arguments->count != (end ? 1 : 2)) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/clients/*/reply", arguments->words[0]);
	return call_change(ctl, &path,
			   json_pack("{s:s*, s:s*, s:o*, s:o*}", "text",
				     end ? NULL : arguments->words[1], "why",
				     arguments_value(arguments, "why"), "anyway",
				     arguments_flag(arguments, "anyway") ? json_true() : NULL,
				     "end", end ? json_true() : NULL),
			   print_replied);
}
