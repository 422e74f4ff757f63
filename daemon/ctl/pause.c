/*
 * holdfastctl send, reply, pause, resume, stop, setback, consent, reload and confirm: what changes
 * something.
 *
 * Promises: holdfastd decides and says why it does not; what was sent is not
 * repeated on the terminal, nor is why something was done.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "ctl/command.h"
#include "ctl/call.h"
#include "ctl/check.h"
#include "ctl/list.h"

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

/* --- pause, resume, stop, setback --------------------------------------------------------- */

/* How the client stands after it. */
static int print_status(const json_t *status)
{
	const char *client = json_text(status, "client"), *state = json_text(status, "state");
	const char *until = json_text(status, "paused_until");

	(void)printf("%s is %s", client ? client : "?", state ? state : "?");
	if (state && strcmp(state, "paused") == 0) {
		(void)printf(" until %s", until ? until : "further notice");
	}
	(void)fputc('\n', stdout);
	return CTL_DONE;
}

static int hold(const struct ctl *ctl, int argc, const char **argv, const char *route, bool may_end)
{
	const char *why = NULL, *until = NULL;
	const struct argument table[] = { { .name = "why", .value = &why },
					  { .name = may_end ? "until" : NULL, .value = &until },
					  { 0 } };
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}
	if (!why || !*why) {
		return command_needs_why(ctl);
	}

	call_path_init(&path, route, words.list[0]);
	return call_change(ctl, &path, json_pack("{s:s, s:s*}", "why", why, "until", until),
			   print_status);
}

int command_pause(const struct ctl *ctl, int argc, const char **argv)
{
	return hold(ctl, argc, argv, "/v1/clients/*/pause", true);
}

int command_resume(const struct ctl *ctl, int argc, const char **argv)
{
	return hold(ctl, argc, argv, "/v1/clients/*/resume", false);
}

int command_stop(const struct ctl *ctl, int argc, const char **argv)
{
	return hold(ctl, argc, argv, "/v1/clients/*/stop", false);
}

int command_setback(const struct ctl *ctl, int argc, const char **argv)
{
	return hold(ctl, argc, argv, "/v1/clients/*/setback", false);
}

/* --- consent --------------------------------------------------------------------- */

static int add_ledger_row(struct table *table, const json_t *entry)
{
	char at[CELL_MAX], recorded[CELL_MAX];
	const char *cells[] = { cell_time(entry, "at", at), json_text(entry, "consent"),
				json_text(entry, "source"), json_text(entry, "by"),
				cell_time(entry, "recorded", recorded) };

	return table_add(table, cells);
}

static int print_ledger(const json_t *ledger)
{
	static const char *const headings[] = { "at", "consent", "how", "by", "recorded", NULL };

	return list_print_array(ledger, headings, add_ledger_row);
}

int command_consent(const struct ctl *ctl, int argc, const char **argv)
{
	bool given = false, withdrawn = false;
	const char *how = NULL, *source = NULL, *why = NULL;
	const struct argument table[] = {
		{ .name = "given", .flag = &given }, { .name = "withdrawn", .flag = &withdrawn },
		{ .name = "how", .value = &how },    { .name = "source", .value = &source },
		{ .name = "why", .value = &why },    { 0 }
	};
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/clients/*/consent", words.list[0]);
	if (!given && !withdrawn && !how && !source && !why) {
		return call_show(ctl, &path, print_ledger);
	}
	if (given == withdrawn || !(given ? how : source)) {
		return command_usage(ctl);
	}
	if (!why || !*why) {
		return command_needs_why(ctl);
	}
	return call_change(ctl, &path,
			   json_pack("{s:s*, s:s*, s:s, s:b}", "how", how, "source", source, "why",
				     why, given ? "given" : "withdrawn", 1),
			   print_status);
}

/* --- reload -------------------------------------------------------------------- */

int command_reload(const struct ctl *ctl, int argc, const char **argv)
{
	static const struct argument table[] = { { 0 } };
	_cleanup_(json_freep) json_t *answer = NULL;
	struct call_path path;
	struct words words;
	int code;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/reload", NULL);
	code = call_post(ctl, &path, NULL, &answer);
	if (!answer) {
		return code;
	}
	if (ctl->json) {
		int printed = call_print_json(answer);

		return code == CTL_DONE ? printed : code;
	}
	check_print_faults(json_object_get(answer, "faults"));
	return code;
}

/* --- the clock -------------------------------------------------------------------- */

static int print_confirmed(const json_t *answer)
{
	(void)printf("texts go out again; the clock is at %s\n", json_text(answer, "now"));
	return CTL_DONE;
}

int command_confirm(const struct ctl *ctl, int argc, const char **argv)
{
	const char *why = NULL;
	const struct argument table[] = { { .name = "why", .value = &why }, { 0 } };
	struct call_path path;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0) {
		return command_usage(ctl);
	}

	call_path_init(&path, "/v1/confirm", NULL);
	return call_change(ctl, &path, json_pack("{s:s*}", "why", why), print_confirmed);
}
