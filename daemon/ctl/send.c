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

int command_send(const struct ctl *ctl, int argc, const char **argv)
{
	const char *message = NULL, *why = NULL;
	bool anyway = false;
	const struct argument table[] = { { .name = "message", .value = &message },
					  { .name = "anyway", .flag = &anyway },
					  { .name = "why", .value = &why },
					  { 0 } };
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 ||
	    words.count != (message ? 1 : 2)) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/send", NULL);
	return call_change(ctl, &path,
			   json_pack("{s:s, s:s*, s:s*, s:s*, s:o*}", "client", words.list[0],
				     "text", message ? NULL : words.list[1], "message", message,
				     "why", why, "anyway", anyway ? json_true() : NULL),
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

int command_reply(const struct ctl *ctl, int argc, const char **argv)
{
	const char *why = NULL;
	bool anyway = false, end = false;
	const struct argument table[] = { { .name = "anyway", .flag = &anyway },
					  { .name = "end", .flag = &end },
					  { .name = "why", .value = &why },
					  { 0 } };
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != (end ? 1 : 2)) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/clients/*/reply", words.list[0]);
	return call_change(ctl, &path,
			   json_pack("{s:s*, s:s*, s:o*, s:o*}", "text", end ? NULL : words.list[1],
				     "why", why, "anyway", anyway ? json_true() : NULL, "end",
				     end ? json_true() : NULL),
			   print_replied);
}
