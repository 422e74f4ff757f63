/*
 * holdfastctl send and reload: what changes something.
 *
 * Promises: holdfastd decides and says why it does not; what was sent is not
 * repeated on the terminal.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"
#include "ctl/arguments.h"
#include "ctl/call.h"
#include "ctl/faults.h"

static void print_queued(const struct json *queued)
{
	const char *reason = json_text(queued, "reason"), *due = json_text(queued, "due");
	const char *client = json_text(queued, "client");

	(void)printf("text %" PRId64 " for %s", json_int(queued, "id", 0), client ? client : "?");
	if (reason) {
		(void)printf(" waits until %s: %s", due ? due : "later", reason);
	}
	(void)fputc('\n', stdout);
}

static int build(const char *client, const char *text, const char *message, struct json **ret_json)
{
	_cleanup_(json_freep) struct json *json = json_new_object();

	if (!json || json_put_text(json, "client", client) < 0) {
		return -ENOMEM;
	}
	if (json_put_text(json, message ? "message" : "text", message ? message : text) < 0) {
		return -EINVAL;
	}

	*ret_json = take_ptr(json);
	return 0;
}

int command_send(const struct ctl *ctl, int argc, const char **argv)
{
	_cleanup_(json_freep) struct json *body = NULL, *queued = NULL;
	const char *message = NULL;
	const struct argument table[] = { { .name = "message", .value = &message }, { 0 } };
	struct words words;
	int code, r;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 ||
	    words.count != (message ? 1 : 2)) {
		return command_usage(ctl);
	}
	r = build(words.list[0], message ? NULL : words.list[1], message, &body);
	if (r < 0) {
		return command_failed(r);
	}

	code = call_post(ctl, "/v1/send", body, &queued);
	if (code != CTL_DONE) {
		return code;
	}
	if (ctl->json) {
		return call_print_json(queued);
	}
	print_queued(queued);
	return CTL_DONE;
}

int command_reload(const struct ctl *ctl, int argc, const char **argv)
{
	static const struct argument table[] = { { 0 } };
	_cleanup_(json_freep) struct json *answer = NULL;
	struct words words;
	int code;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0) {
		return command_usage(ctl);
	}

	code = call_post(ctl, "/v1/reload", NULL, &answer);
	if (!answer) {
		return code;
	}
	if (ctl->json) {
		int printed = call_print_json(answer);

		return code == CTL_DONE ? printed : code;
	}
	faults_print_json(json_get(answer, "faults"));
	return code;
}
