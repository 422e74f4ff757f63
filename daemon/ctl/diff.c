/*
 * holdfastctl diff: what an edit changes before it is loaded.
 *
 * The running snapshot is previewed by holdfastd, a few clients an answer, and
 * the edited files here, for the same clients and the same stretch; both by
 * the same code and each on an empty store.  So what differs is the edit.
 *
 * Promises: memory for one answer and for what differs, however many clients
 * there are.  Dangerous: both are in the order of ids, and a client may be on
 * one side only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/arena.h"
#include "staff/forecast.h"
#include "ctl/call.h"
#include "ctl/changes.h"
#include "ctl/command.h"
#include "ctl/check.h"

#define DAYS "14"

/* --- one side: texts that are foreseen ---------------------------------------------- */

struct texts {
	struct foreseen *list;
	size_t count, room;
};

static int texts_add(struct texts *texts, const struct foreseen *text)
{
	if (array_reserve(texts->list, texts->count, texts->room, 1) < 0) {
		return -ENOMEM;
	}

	texts->list[texts->count++] = *text;
	return 0;
}

static void texts_done(struct texts *texts)
{
	free(texts->list);
	*texts = (struct texts){ 0 };
}

/* 0 where there is none; false for what is no time. */
static bool texts_read_time(const json_t *row, const char *key, hf_time *ret_at)
{
	const char *text = json_text(row, key);

	*ret_at = 0;
	return !text || civil_parse_rfc3339(text, ret_at) == 0;
}

/* Borrows from the row. */
static bool read_row(const json_t *row, const struct zone *zone, struct foreseen *ret_text)
{
	struct foreseen text = {
		.kind = json_text(row, "kind"),
		.reminder = json_text(row, "reminder"),
		.lead = json_text(row, "lead"),
		.message = json_text(row, "message"),
		.text = json_text(row, "text"),
		.reason = json_text(row, "reason"),
		.zone = zone,
		.segments = (int)json_int(row, "segments", 0),
		.send = json_truth(row, "send", false),
	};

	if (!text.kind || !text.reminder || !text.lead || (text.send && !text.text) ||
	    !texts_read_time(row, "occurrence", &text.occurrence) ||
	    !texts_read_time(row, "planned", &text.planned) ||
	    !texts_read_time(row, "due", &text.goes)) {
		return false;
	}

	*ret_text = text;
	return true;
}

/* Adds what stands under `key` of a client's object, from which it borrows: "rows", or "gone".  0,
 * -ENOMEM, -EPROTO. */
static int texts_read(const json_t *client, const char *key, struct texts *texts)
{
	const json_t *rows = json_object_get(client, key);
	const char *name = json_text(client, "timezone");
	const struct zone *zone = zone_utc();
	int r = 0;

	if (!name || zone_get(name, &zone) != 0) {
		return -EPROTO;
	}

	for (size_t i = 0; r == 0 && i < json_array_size(rows); i++) {
		struct foreseen text;

		if (!read_row(json_array_get(rows, i), zone, &text)) {
			return -EPROTO;
		}
		text.gone = strcmp(key, "gone") == 0;
		r = texts_add(texts, &text);
	}
	return r;
}

/* The edited side of the clients of one answer. */
struct edited {
	const struct client *first;
	struct texts *texts; /* of each client */
	bool *newcomers;     /* is not in what runs */
	size_t count;
	struct arena *arena;
};

struct diff {
	const struct ctl *ctl;
	const struct model *model; /* the edited one */
	const char *days;
	/* As holdfastd said first; "" until then, and where nothing was reloaded. */
	char from[CIVIL_RFC3339_MAX], reloaded[CIVIL_RFC3339_MAX];
	hf_time begin, end;
	size_t at; /* clients of the edited one that are done */
	struct changes *changes;
};

/* --- the edited side ------------------------------------------------------------- */

static void edited_done(struct edited *edited)
{
	for (size_t i = 0; edited->texts && i < edited->count; i++) {
		texts_done(&edited->texts[i]);
	}
	free(edited->texts);
	free(edited->newcomers);
	(void)arena_free(edited->arena);
}

/* What the socket's side says in whole seconds. */
static hf_time whole_seconds(hf_time at)
{
	return at - at % HF_SECOND;
}

static int on_row(void *userdata, const struct preview_row *row)
{
	struct edited *edited = userdata;
	struct foreseen text = {
		.kind = kind_words[row->row->kind],
		.reminder = arena_copy(edited->arena, row->row->reminder),
		.lead = arena_copy(edited->arena, row->row->lead),
		.message = row->message,
		.text = row->text ? arena_copy(edited->arena, row->text) : NULL,
		.reason = row->reason ? arena_copy(edited->arena, row->reason) : NULL,
		.zone = row->client->zone,
		.occurrence = whole_seconds(row->row->occurrence),
		.planned = whole_seconds(row->row->due),
		.goes = whole_seconds(row->goes),
		.segments = row->segments,
		.send = row->send,
	};

	if (!text.reminder || !text.lead || (row->text && !text.text) ||
	    (row->reason && !text.reason)) {
		return -ENOMEM;
	}
	return texts_add(&edited->texts[row->client - edited->first], &text);
}

/* Both are in the order of ids. */
static void find_newcomers(const json_t *clients, const struct edited *edited)
{
	size_t running = 0, count = json_array_size(clients);

	for (size_t i = 0; i < edited->count; i++) {
		const char *id = NULL;
		int order = 1;

		while (running < count &&
		       (id = json_text(json_array_get(clients, running), "client"))) {
			order = strcmp(id, edited->first[i].id);
			if (order >= 0) {
				break;
			}
			running++;
		}
		edited->newcomers[i] = order != 0;
	}
}

static int preview_edited(const struct diff *diff, const json_t *clients, size_t count,
			  struct edited *edited)
{
	struct preview_of of = { .model = diff->model,
				 .first = diff->at,
				 .count = count,
				 .from = diff->begin,
				 .until = diff->end };
	int r;

	if (count == 0) {
		return 0;
	}
	edited->texts = calloc(count, sizeof(*edited->texts));
	edited->newcomers = calloc(count, sizeof(*edited->newcomers));
	if (!edited->texts || !edited->newcomers) {
		return -ENOMEM;
	}
	r = arena_new(&edited->arena);
	if (r < 0) {
		return r;
	}

	edited->first = &diff->model->clients[diff->at];
	edited->count = count;
	find_newcomers(clients, edited);
	of.newcomers = edited->newcomers;
	return preview(&of, on_row, edited);
}

/* --- both ---------------------------------------------------------------------------- */

struct subject {
	struct changes *changes;
	const char *id;
	const json_t *running; /* NULL for who is new */
};

static enum halt halt_at(const json_t *running, hf_time at)
{
	hf_time resumes;

	if (json_truth(running, "stopped", false)) {
		return HALT_STOPPED;
	}
	if (!json_truth(running, "paused", false)) {
		return HALT_NONE;
	}
	return texts_read_time(running, "resumes", &resumes) && resumes != 0 && resumes <= at
		       ? HALT_NONE
		       : HALT_PAUSED;
}

static int on_change(void *userdata, enum change_kind kind, const struct foreseen *before,
		     const struct foreseen *after)
{
	const struct subject *person = userdata;
	hf_time at = kind == CHANGE_REMOVED ? before->goes : after->goes;
	enum halt halt = person->running ? halt_at(person->running, at) : HALT_NONE;

	return changes_add(person->changes, person->id, halt, kind, before, after);
}

/* running NULL: a new client; texts NULL: one who is gone. */
static int compare_client(const struct diff *diff, const char *id, const json_t *running,
			  const struct texts *texts)
{
	static const struct texts none;
	_cleanup_(texts_done) struct texts before = { 0 };
	struct subject person = { .changes = diff->changes, .id = id, .running = running };
	int r = running ? texts_read(running, "rows", &before) : 0;

	/* Last, so that what is still to come finds its own first. */
	if (running && r == 0) {
		r = texts_read(running, "gone", &before);
	}
	if (r < 0) {
		return r;
	}

	texts = texts ? texts : &none;
	return changes_compare(before.list, before.count, texts->list, texts->count, on_change,
			       &person);
}

/* Two lists in the order of ids, gone through together. */
static int compare_clients(const struct diff *diff, const json_t *clients,
			   const struct edited *edited)
{
	size_t i = 0, k = 0, running_count = json_array_size(clients);

	while (i < running_count || k < edited->count) {
		const json_t *running = i < running_count ? json_array_get(clients, i) : NULL;
		const char *old = running ? json_text(running, "client") : NULL;
		const char *new = k < edited->count ? edited->first[k].id : NULL;
		int order, r;

		if (running && !old) {
			return -EPROTO;
		}

		order = !old ? 1 : !new ? -1 : strcmp(old, new);
		r = compare_client(diff, order <= 0 ? old : new, order <= 0 ? running : NULL,
				   order >= 0 ? &edited->texts[k] : NULL);
		if (r < 0) {
			return r;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return 0;
}

/* --- going through all -------------------------------------------------------------- */

static int ask_preview(const struct diff *diff, const char *after, json_t **ret_answer)
{
	struct call_path path;

	call_path_init(&path, "/v1/preview", NULL);
	call_path_query(&path, "from", diff->from[0] ? diff->from : NULL);
	call_path_query(&path, "days", diff->days);
	call_path_query(&path, "after", after);
	return call_get(diff->ctl, &path, ret_answer);
}

static const char *reload_of(const json_t *answer)
{
	const char *reloaded = json_text(answer, "reloaded");

	return reloaded ? reloaded : "";
}

/* The daemon's clock decides, which a rehearsal tells otherwise than ours. */
static int read_stretch(struct diff *diff, const json_t *answer)
{
	const char *from = json_text(answer, "from"), *until = json_text(answer, "until");

	if (!from || !until || civil_parse_rfc3339(from, &diff->begin) < 0 ||
	    civil_parse_rfc3339(until, &diff->end) < 0 ||
	    (size_t)snprintf(diff->from, sizeof(diff->from), "%s", from) >= sizeof(diff->from)) {
		return -EPROTO;
	}
	(void)snprintf(diff->reloaded, sizeof(diff->reloaded), "%s", reload_of(answer));
	return 0;
}

static int compare_answer(struct diff *diff, const json_t *answer, const char *next)
{
	_cleanup_(edited_done) struct edited edited = { 0 };
	const json_t *clients = json_object_get(answer, "clients");
	size_t end = next ? model_after(diff->model, next) : diff->model->client_count;
	int r = diff->from[0] ? 0 : read_stretch(diff, answer);

	if (r == 0 && strcmp(reload_of(answer), diff->reloaded) != 0) {
		return -ESTALE;
	}
	if (r == 0) {
		r = end < diff->at ? -EPROTO
				   : preview_edited(diff, clients, end - diff->at, &edited);
	}
	if (r == 0) {
		r = compare_clients(diff, clients, &edited);
	}
	diff->at = end;
	return r;
}

static int print_failure(const struct diff *diff, int error)
{
	if (error == -E2BIG) {
		(void)fprintf(stderr,
			      "holdfastctl: more than %d texts change in %s days; ask for fewer "
			      "with --days\n",
			      CHANGES_MAX, diff->days);
		return CTL_NO;
	}
	if (error == -ESTALE) {
		(void)fputs("holdfastctl: there was a reload meanwhile; ask again\n", stderr);
		return CTL_NO;
	}
	return command_failed(error);
}

static int compare_all(struct diff *diff)
{
	_cleanup_(json_freep) json_t *answer = NULL;
	const char *next = NULL;

	do {
		json_t *following = NULL;
		int code = ask_preview(diff, next, &following), r;

		(void)json_free(answer); /* `next` was in it */
		answer = following;
		if (code != CTL_DONE) {
			return code;
		}

		next = json_text(answer, "next");
		r = compare_answer(diff, answer, next);
		if (r < 0) {
			return print_failure(diff, r);
		}
	} while (next);
	return CTL_DONE;
}

static int print_changes(const struct diff *diff)
{
	if (diff->ctl->json) {
		return changes_print_json(diff->changes);
	}
	changes_print(diff->changes, diff->model->site.zone, (int)strtol(diff->days, NULL, 10));
	return CTL_DONE;
}

static bool is_days(const char *text)
{
	char *end = NULL;
	long days = strtol(text, &end, 10);

	return *text && !*end && days >= 1 && days <= FORECAST_DAYS_MAX;
}

int command_diff(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *days = arguments_value(arguments, "days");
	_cleanup_(model_freep) struct model *model = NULL;
	_cleanup_(changes_freep) struct changes *changes = NULL;
	struct diff diff = { .ctl = ctl, .days = days ? days : DAYS };
	int code, r;

	if (!is_days(diff.days)) {
		(void)fprintf(stderr, "holdfastctl: --days %s: write a number from 1 to %d\n",
			      diff.days, FORECAST_DAYS_MAX);
		return CTL_USAGE;
	}
	code = check_load(arguments->count > 0 ? arguments->words[0] : CTL_CONFIG_DIR, &model);
	if (code != CTL_DONE) {
		return code;
	}
	r = changes_new(&changes);
	if (r < 0) {
		return command_failed(r);
	}

	diff.model = model;
	diff.changes = changes;
	code = compare_all(&diff);
	return code == CTL_DONE ? print_changes(&diff) : code;
}
