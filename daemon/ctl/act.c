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

static void print_queued(const json_t *queued)
{
	const char *reason = json_text(queued, "reason"), *due = json_text(queued, "due");
	const char *client = json_text(queued, "client");

	(void)printf("text %" PRId64 " for %s", json_int(queued, "id", 0), client ? client : "?");
	if (reason) {
		(void)printf(" waits until %s: %s", due ? due : "later", reason);
	}
	(void)fputc('\n', stdout);
}

/* NULL values are left out. */
static int put_given(json_t *json, const char *key, const char *value)
{
	return value ? json_put_text(json, key, value) : 0;
}

struct wanted {
	const char *client, *text, *message, *why;
	bool anyway, end;
};

static int build(const struct wanted *wanted, json_t **ret_json)
{
	_cleanup_(json_freep) json_t *json = json_new_object();

	if (!json) {
		return -ENOMEM;
	}
	if (put_given(json, "client", wanted->client) < 0 ||
	    put_given(json, "text", wanted->text) < 0 ||
	    put_given(json, "message", wanted->message) < 0 ||
	    put_given(json, "why", wanted->why) < 0 ||
	    (wanted->anyway && json_put_bool(json, "anyway", true) < 0) ||
	    (wanted->end && json_put_bool(json, "end", true) < 0)) {
		return -EINVAL;
	}

	*ret_json = take_ptr(json);
	return 0;
}

int command_send(const struct ctl *ctl, int argc, const char **argv)
{
	_cleanup_(json_freep) json_t *body = NULL, *queued = NULL;
	struct wanted wanted = { 0 };
	const struct argument table[] = { { .name = "message", .value = &wanted.message },
					  { .name = "anyway", .flag = &wanted.anyway },
					  { .name = "why", .value = &wanted.why },
					  { 0 } };
	struct words words;
	int code, r;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 ||
	    words.count != (wanted.message ? 1 : 2)) {
		return command_usage(ctl);
	}

	wanted.client = words.list[0];
	wanted.text = wanted.message ? NULL : words.list[1];
	r = build(&wanted, &body);
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

/* --- reply ----------------------------------------------------------------------- */

/* The answer is that of /v1/send, and until when automation holds. */
static void print_replied(const json_t *answer, const char *client)
{
	const char *until = json_text(answer, "conversation");

	if (!until) {
		(void)printf("the conversation with %s is over: reminders go out again\n", client);
		return;
	}
	print_queued(answer);
	(void)printf("reminders wait until %s, or holdfastctl reply %s --end\n", until, client);
}

/* One client's resource that is posted to: the exit code, with the answer where it is CTL_DONE. */
static int post(const struct ctl *ctl, const char *client, const json_t *body, json_t **ret_answer)
{
	struct call_path path;

	call_path_init(&path, "/v1/clients");
	call_path_name(&path, client);
	call_path_name(&path, ctl->command->name);
	if (path.too_long) {
		return command_failed(-ENAMETOOLONG);
	}
	return call_post(ctl, path.text, body, ret_answer);
}

int command_reply(const struct ctl *ctl, int argc, const char **argv)
{
	_cleanup_(json_freep) json_t *body = NULL, *answer = NULL;
	struct wanted wanted = { 0 };
	const struct argument table[] = { { .name = "anyway", .flag = &wanted.anyway },
					  { .name = "end", .flag = &wanted.end },
					  { .name = "why", .value = &wanted.why },
					  { 0 } };
	struct words words;
	int code, r;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 ||
	    words.count != (wanted.end ? 1 : 2)) {
		return command_usage(ctl);
	}

	wanted.text = wanted.end ? NULL : words.list[1];
	r = build(&wanted, &body);
	if (r < 0) {
		return command_failed(r);
	}
	code = post(ctl, words.list[0], body, &answer);
	if (code != CTL_DONE) {
		return code;
	}
	if (ctl->json) {
		return call_print_json(answer);
	}
	print_replied(answer, words.list[0]);
	return CTL_DONE;
}

/* --- pause, resume, stop, setback --------------------------------------------------------- */

static void print_standing(const json_t *standing)
{
	const char *client = json_text(standing, "client"), *state = json_text(standing, "state");
	const char *until = json_text(standing, "paused_until");
	bool paused = state && strcmp(state, "paused") == 0;

	(void)printf("%s is %s%s%s\n", client ? client : "?", state ? state : "?",
		     paused ? " until " : "",
		     !paused ? ""
		     : until ? until
			     : "further notice");
}

static int change(const struct ctl *ctl, const char *client, const json_t *body)
{
	_cleanup_(json_freep) json_t *standing = NULL;
	int code = post(ctl, client, body, &standing);

	if (code != CTL_DONE) {
		return code;
	}
	if (ctl->json) {
		return call_print_json(standing);
	}
	print_standing(standing);
	return CTL_DONE;
}

static int build_halt(const char *why, const char *until, json_t **ret_json)
{
	_cleanup_(json_freep) json_t *json = json_new_object();

	if (!json) {
		return -ENOMEM;
	}
	if (json_put_text(json, "why", why) < 0 || put_given(json, "until", until) < 0) {
		return -EINVAL;
	}

	*ret_json = take_ptr(json);
	return 0;
}

static int halt(const struct ctl *ctl, const char *client, const char *why, const char *until)
{
	_cleanup_(json_freep) json_t *body = NULL;
	int r = build_halt(why, until, &body);

	return r < 0 ? command_failed(r) : change(ctl, client, body);
}

static int refuse_without_why(const struct ctl *ctl)
{
	(void)fprintf(stderr,
		      "holdfastctl: say why, with --why: it is recorded for whoever asks later\n");
	return command_usage(ctl);
}

static int read_halt(const struct ctl *ctl, int argc, const char **argv, bool may_end)
{
	const char *why = NULL, *until = NULL;
	const struct argument table[] = { { .name = "why", .value = &why },
					  { .name = may_end ? "until" : NULL, .value = &until },
					  { 0 } };
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}
	if (!why || !*why) {
		return refuse_without_why(ctl);
	}
	return halt(ctl, words.list[0], why, until);
}

int command_pause(const struct ctl *ctl, int argc, const char **argv)
{
	return read_halt(ctl, argc, argv, true);
}

int command_resume(const struct ctl *ctl, int argc, const char **argv)
{
	return read_halt(ctl, argc, argv, false);
}

int command_stop(const struct ctl *ctl, int argc, const char **argv)
{
	return read_halt(ctl, argc, argv, false);
}

int command_setback(const struct ctl *ctl, int argc, const char **argv)
{
	return read_halt(ctl, argc, argv, false);
}

/* --- consent --------------------------------------------------------------------- */

struct entry {
	bool given, withdrawn;
	const char *how, *source, *why;
};

static int add_entry(const struct ctl *ctl, const char *client, const struct entry *entry)
{
	_cleanup_(json_freep) json_t *body = json_new_object();

	if (!body || put_given(body, "how", entry->how) < 0 ||
	    put_given(body, "source", entry->source) < 0 ||
	    put_given(body, "why", entry->why) < 0 ||
	    json_put_bool(body, entry->given ? "given" : "withdrawn", true) < 0) {
		return command_failed(body ? -EINVAL : -ENOMEM);
	}
	return change(ctl, client, body);
}

static int add_ledger_row(struct table *table, const json_t *entry)
{
	char at[CELL_MAX], recorded[CELL_MAX];
	const char *cells[] = { cell_time(entry, "at", at), json_text(entry, "consent"),
				json_text(entry, "source"), json_text(entry, "by"),
				cell_time(entry, "recorded", recorded) };

	return table_add(table, cells);
}

static int show_ledger(const struct ctl *ctl, const char *client)
{
	static const char *const headings[] = { "at", "consent", "how", "by", "recorded", NULL };
	_cleanup_(json_freep) json_t *ledger = NULL;
	struct call_path path;
	int code;

	call_path_init(&path, "/v1/clients");
	call_path_name(&path, client);
	call_path_name(&path, "consent");
	code = call_get(ctl, &path, &ledger);
	return code == CTL_DONE
		       ? list_print_array(ledger, ctl->json ? NULL : headings, add_ledger_row)
		       : code;
}

int command_consent(const struct ctl *ctl, int argc, const char **argv)
{
	struct entry entry = { 0 };
	const struct argument table[] = { { .name = "given", .flag = &entry.given },
					  { .name = "withdrawn", .flag = &entry.withdrawn },
					  { .name = "how", .value = &entry.how },
					  { .name = "source", .value = &entry.source },
					  { .name = "why", .value = &entry.why },
					  { 0 } };
	struct words words;
	bool shows;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count != 1) {
		return command_usage(ctl);
	}

	shows = !entry.how && !entry.source && !entry.why;
	if (!entry.given && !entry.withdrawn && shows) {
		return show_ledger(ctl, words.list[0]);
	}
	if (entry.given == entry.withdrawn || !(entry.given ? entry.how : entry.source)) {
		return command_usage(ctl);
	}
	if (!entry.why || !*entry.why) {
		return refuse_without_why(ctl);
	}
	return add_entry(ctl, words.list[0], &entry);
}

/* --- reload -------------------------------------------------------------------- */

int command_reload(const struct ctl *ctl, int argc, const char **argv)
{
	static const struct argument table[] = { { 0 } };
	_cleanup_(json_freep) json_t *answer = NULL;
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
	check_print_faults(json_get(answer, "faults"));
	return code;
}

int command_confirm(const struct ctl *ctl, int argc, const char **argv)
{
	_cleanup_(json_freep) json_t *body = json_new_object(), *answer = NULL;
	const char *why = NULL;
	const struct argument table[] = { { .name = "why", .value = &why }, { 0 } };
	struct words words;
	int code;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 0) {
		return command_usage(ctl);
	}
	if (!body || put_given(body, "why", why) < 0) {
		return command_failed(body ? -EINVAL : -ENOMEM);
	}

	code = call_post(ctl, "/v1/confirm", body, &answer);
	if (code != CTL_DONE) {
		return code;
	}
	if (ctl->json) {
		return call_print_json(answer);
	}
	(void)printf("texts go out again; the clock is at %s\n", json_text(answer, "now"));
	return CTL_DONE;
}
