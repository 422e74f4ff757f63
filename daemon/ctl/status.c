/*
 * holdfastctl status, reload, confirm: is all well?
 *
 * Promises: what needs a human stands out, and is named before what does not.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/call.h"
#include "ctl/check.h"
#include "ctl/command.h"
#include "ctl/page.h"

static void print_count(const char *name, const json_t *status, const char *key)
{
	(void)printf("%-15s %" PRId64 "\n", name, json_int(status, key, 0));
}

static void print_text(const char *name, const char *text)
{
	(void)printf("%-15s %s\n", name, text ? text : "-");
}

static void print_gateway(const struct page *page, const json_t *gateway)
{
	const char *name = json_text(gateway, "name"), *why = json_text(gateway, "held_why");
	const char *said = json_text(gateway, "held_said");
	bool connected = json_truth(gateway, "connected", false);

	page_ink(page, connected && !why ? INK_PLAIN : INK_WARN);
	(void)printf("%-15s %s: ", "gateway", name ? name : "?");
	if (!connected) {
		(void)printf("no courier; see systemctl status holdfast-courier@%s\n",
			     name ? name : "");
	} else if (why) {
		(void)printf("held: %s%s%s\n", why, said ? ": " : "", said ? said : "");
	} else {
		(void)printf("ready, %" PRId64 " in flight\n", json_int(gateway, "in_flight", 0));
	}
	page_ink(page, INK_PLAIN);
}

static void print_reload(const struct page *page, const json_t *reload)
{
	const char *error = json_text(reload, "error");

	print_text("last reload", json_text(reload, "at"));
	if (error) {
		page_ink(page, INK_WARN);
		(void)printf("%-15s ", "");
		page_flow(page, error, 16);
		page_ink(page, INK_PLAIN);
	}
}

static void print_hold(const struct page *page, const json_t *hold)
{
	const char *why = json_text(hold, "why"), *last = json_text(hold, "last");
	const char *until = json_text(hold, "until");
	int64_t gone = json_int(hold, "may_have_gone", 0);

	page_ink(page, INK_WARN);
	(void)printf("%-15s nothing is sent%s%s\n%-15s ", "held", until ? " until " : "",
		     until ? until : "", "");
	page_flow(page, why ? why : "-", 16);
	(void)printf("%-15s %s\n", "last on record", last ? last : "-");
	if (gone > 0) {
		(void)printf("%-15s %" PRId64 ": holdfastctl messages --state unknown\n",
			     "may have gone", gone);
	}
	page_ink(page, INK_PLAIN);
}

static void print_ceiling(const struct page *page, const json_t *ceiling)
{
	const char *per = json_text(ceiling, "per"), *until = json_text(ceiling, "until");

	if (!per) {
		return;
	}

	page_ink(page, INK_WARN);
	(void)printf("%-15s %" PRId64 " texts in one %s have gone out, which is the most: all but "
		     "emergency texts and alerts wait until %s\n",
		     "ceiling", json_int(ceiling, "most", 0), per, until ? until : "?");
	page_ink(page, INK_PLAIN);
}

static void print_left_out(const struct page *page, const json_t *status)
{
	int64_t count = json_int(status, "left_out_last_day", 0);

	if (count == 0) {
		return;
	}

	page_ink(page, INK_WARN);
	(void)printf("%-15s %" PRId64 " of the last 24 hours, for the daily limit; see holdfastctl "
		     "messages --state expired\n",
		     "left out", count);
	page_ink(page, INK_PLAIN);
}

static void print_behind(const struct page *page, const json_t *behind)
{
	const char *since = json_text(behind, "since"), *until = json_text(behind, "until");

	if (!until) {
		return;
	}

	page_ink(page, INK_WARN);
	(void)printf("%-15s was behind (%s); texts went on by themselves at %s\n", "clock",
		     since ? since : "?", until);
	page_ink(page, INK_PLAIN);
}

static void print_missed(const struct page *page, const json_t *missed)
{
	const char *since = json_text(missed, "since"), *until = json_text(missed, "until");
	int64_t count = json_int(missed, "count", 0);

	if (count == 0) {
		return;
	}

	page_ink(page, INK_WARN);
	(void)printf("%-15s %" PRId64 " expired in the outage from %s to %s\n", "missed", count,
		     since ? since : "?", until ? until : "?");
	page_ink(page, INK_PLAIN);
}

/* Nothing while the preset knows all that the gateway brings, or has long known it again. */
static void print_webhooks(const struct page *page, const json_t *status)
{
	const char *last = json_text(status, "webhooks_last");

	if (!last) {
		return;
	}

	page_ink(page, INK_WARN);
	(void)printf("%-15s %" PRId64 " that fit no rule of their preset, the last %s: "
		     "holdfastctl inbox --webhooks\n",
		     "webhooks", json_int(status, "webhooks_unread", 0), last);
	page_ink(page, INK_PLAIN);
}

static int print_status(const json_t *status)
{
	const json_t *gateways = json_object_get(status, "gateways");
	struct page page;

	page_open(stdout, &page);
	if (json_text(json_object_get(status, "held"), "why")) {
		print_hold(&page, json_object_get(status, "held"));
	}
	print_ceiling(&page, json_object_get(status, "ceiling"));
	print_text("version", json_text(status, "version"));
	print_text("since", json_text(status, "since"));
	print_count("clients", status, "clients");
	print_text("next text", json_text(status, "next_due"));
	print_count("waiting", status, "due");
	print_count("with couriers", status, "claimed");
	page_ink(&page, json_int(status, "unknown", 0) > 0 ? INK_WARN : INK_PLAIN);
	print_count("answer unknown", status, "unknown");
	page_ink(&page, INK_PLAIN);
	print_count("sent last hour", status, "sent_last_hour");
	page_ink(&page, json_int(status, "failed_last_day", 0) > 0 ? INK_WARN : INK_PLAIN);
	print_count("failed in 24 h", status, "failed_last_day");
	page_ink(&page, INK_PLAIN);
	print_count("open cases", status, "cases_open");
	print_webhooks(&page, status);
	print_left_out(&page, status);
	print_behind(&page, json_object_get(status, "clock_was_behind"));
	print_missed(&page, json_object_get(status, "missed"));
	for (size_t i = 0; i < json_array_size(gateways); i++) {
		print_gateway(&page, json_array_get(gateways, i));
	}
	if (json_object_get(status, "reload")) {
		print_reload(&page, json_object_get(status, "reload"));
	}
	return CTL_DONE;
}

/* What Nagios and its kin understand; the worst stands first. */
enum check_exit {
	CHECK_OK,
	CHECK_WARNING,
	CHECK_CRITICAL,
};

static int print_wrong(const json_t *status)
{
	const json_t *wrong = json_object_get(status, "wrong");
	const char *worst = json_text(json_array_get(wrong, 0), "severity");

	if (!worst) {
		(void)printf("ok: %" PRId64 " clients, %" PRId64 " open cases\n",
			     json_int(status, "clients", 0), json_int(status, "cases_open", 0));
		return CHECK_OK;
	}
	for (size_t i = 0; i < json_array_size(wrong); i++) {
		const json_t *one = json_array_get(wrong, i);

		(void)printf("%s: %s\n", json_text(one, "severity"), json_text(one, "what"));
	}
	return strcmp(worst, "critical") == 0 ? CHECK_CRITICAL : CHECK_WARNING;
}

/* Whatever keeps the answer away is critical. */
static int check_status(const struct ctl *ctl, const struct call_path *path)
{
	_cleanup_(json_freep) json_t *answer = NULL;

	if (call_get(ctl, path, &answer) != CTL_DONE) {
		(void)printf("critical: holdfastd does not answer\n");
		return CHECK_CRITICAL;
	}
	return print_wrong(answer);
}

int command_status(const struct ctl *ctl, const struct arguments *arguments)
{
	struct call_path path;

	call_path_init(&path, "/v1/status", NULL);
	return arguments_flag(arguments, "check") ? check_status(ctl, &path)
						  : call_show(ctl, &path, print_status);
}

/* --- reload -------------------------------------------------------------------- */

int command_reload(const struct ctl *ctl, const struct arguments *arguments)
{
	_cleanup_(json_freep) json_t *answer = NULL;
	struct call_path path;
	int code;

	(void)arguments;
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
	if (json_int(answer, "may_have_gone", 0) > 0) {
		(void)printf("%" PRId64
			     " may have gone out before and are not sent again: holdfastctl"
			     " messages --state unknown\n",
			     json_int(answer, "may_have_gone", 0));
	}
	return CTL_DONE;
}

int command_confirm(const struct ctl *ctl, const struct arguments *arguments)
{
	struct call_path path;

	call_path_init(&path, "/v1/confirm", NULL);
	return call_change(ctl, &path,
			   json_pack("{s:s*}", "why", arguments_value(arguments, "why")),
			   print_confirmed);
}
