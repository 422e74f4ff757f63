/*
 * holdfastctl pause, resume, stop, setback, consent: staff hold a client's texts back
 * and let them go.
 *
 * Promises: holdfastd decides and says why it does not; why something was done is not
 * repeated on the terminal.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/call.h"
#include "ctl/command.h"
#include "ctl/list.h"

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

static int change(const struct ctl *ctl, const struct arguments *arguments, const char *route,
		  const char *until)
{
	const char *why = arguments_value(arguments, "why");
	struct call_path path;

	if (!why || !*why) {
		return command_needs_why(ctl);
	}

	call_path_init(&path, route, arguments->words[0]);
	return call_change(ctl, &path, json_pack("{s:s, s:s*}", "why", why, "until", until),
			   print_status);
}

int command_pause(const struct ctl *ctl, const struct arguments *arguments)
{
	return change(ctl, arguments, "/v1/clients/*/pause", arguments_value(arguments, "until"));
}

int command_resume(const struct ctl *ctl, const struct arguments *arguments)
{
	return change(ctl, arguments, "/v1/clients/*/resume", NULL);
}

int command_stop(const struct ctl *ctl, const struct arguments *arguments)
{
	return change(ctl, arguments, "/v1/clients/*/stop", NULL);
}

int command_setback(const struct ctl *ctl, const struct arguments *arguments)
{
	return change(ctl, arguments, "/v1/clients/*/setback", NULL);
}

/* --- consent --------------------------------------------------------------------- */

static const struct column ledger[] = {
	{ "at", cell_time, "at" },
	{ "consent", cell_text, "consent" },
	{ "how", cell_text, "source" },
	{ "by", cell_text, "by" },
	{ "recorded", cell_time, "recorded" },
	{ NULL, NULL, NULL },
};

int command_consent(const struct ctl *ctl, const struct arguments *arguments)
{
	bool given = arguments_flag(arguments, "given");
	bool withdrawn = arguments_flag(arguments, "withdrawn");
	const char *how = arguments_value(arguments, "how");
	const char *source = arguments_value(arguments, "source");
	const char *why = arguments_value(arguments, "why");
	struct call_path path;

	call_path_init(&path, "/v1/clients/*/consent", arguments->words[0]);
	if (arguments->given_count == 0) {
		return list_show(ctl, &path, ledger);
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
