/*
 * Differences for people and for programs.
 *
 * Promises: a text stands where it will be, and one that goes no more where it
 * would have been; both wordings are shown where they differ.
 */
#include "ctl/changes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "ctl/page.h"
#include "staff/reply.h"

#define KIND_WIDTH   11
#define CLIENT_WIDTH 6

struct change {
	hf_time at; /* where it stands */
	const char *client;
	enum halt halt;
	enum change_kind kind;
	const struct foreseen *before, *after;
};

struct changes {
	struct arena *arena;
	struct change *list;
	size_t count, room;
};

int changes_new(struct changes **ret_changes)
{
	_cleanup_(changes_freep) struct changes *changes = calloc(1, sizeof(*changes));
	int r;

	if (!changes) {
		return -ENOMEM;
	}
	r = arena_new(&changes->arena);
	if (r < 0) {
		return r;
	}

	*ret_changes = take_ptr(changes);
	return 0;
}

struct changes *changes_free(struct changes *changes)
{
	if (changes) {
		(void)arena_free(changes->arena);
		free(changes->list);
		free(changes);
	}
	return NULL;
}

static int make_room(struct changes *changes)
{
	size_t room = changes->room ? 2 * changes->room : 256;
	struct change *list;

	if (changes->count == CHANGES_MAX) {
		return -E2BIG;
	}
	if (changes->count < changes->room) {
		return 0;
	}

	list = reallocarray(changes->list, room, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	changes->list = list;
	changes->room = room;
	return 0;
}

/* NULL stays NULL. */
static int keep(struct changes *changes, const struct foreseen *text,
		const struct foreseen **ret_kept)
{
	struct foreseen *kept;

	if (!text) {
		*ret_kept = NULL;
		return 0;
	}

	kept = arena_alloc(changes->arena, 1, sizeof(*kept));
	if (!kept) {
		return -ENOMEM;
	}
	*kept = *text;

	const char **const words[] = { &kept->kind,    &kept->reminder, &kept->lead,
				       &kept->message, &kept->text,     &kept->reason };

	for (size_t i = 0; i < COUNT(words); i++) {
		if (*words[i]) {
			*words[i] = arena_copy(changes->arena, *words[i]);
			if (!*words[i]) {
				return -ENOMEM;
			}
		}
	}
	*ret_kept = kept;
	return 0;
}

int changes_add(struct changes *changes, const char *client, enum halt halt, enum change_kind kind,
		const struct foreseen *before, const struct foreseen *after)
{
	struct change change = { .halt = halt, .kind = kind };
	int r = make_room(changes);

	r = r ? r : keep(changes, before, &change.before);
	r = r ? r : keep(changes, after, &change.after);
	if (r < 0) {
		return r;
	}
	change.client = arena_copy(changes->arena, client);
	if (!change.client) {
		return -ENOMEM;
	}

	change.at = kind == CHANGE_REMOVED ? before->goes : after->goes;
	changes->list[changes->count++] = change;
	return 0;
}

static int by_time(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (a->at != b->at) {
		return a->at < b->at ? -1 : 1;
	}
	if (strcmp(a->client, b->client) != 0) {
		return strcmp(a->client, b->client);
	}
	/* What was the text before what is. */
	return (b->kind == CHANGE_REMOVED) - (a->kind == CHANGE_REMOVED);
}

static void sort(struct changes *changes)
{
	if (changes->count > 0) {
		qsort(changes->list, changes->count, sizeof(*changes->list), by_time);
	}
}

/* The side that says what it is. */
static const struct foreseen *main_of(const struct change *change)
{
	return change->kind == CHANGE_REMOVED ? change->before : change->after;
}

/* --- for people ---------------------------------------------------------------- */

struct showing {
	struct page page;
	struct days days;
	int time_width, client_width;
};

static const struct {
	const char *mark;
	enum ink ink;
	const char *summary; /* after a number */
} looks[CHANGE_KINDS] = {
	[CHANGE_ADDED] = { "+", INK_PLAIN, "new" },
	[CHANGE_REMOVED] = { "-", INK_FAINT, "no longer" },
	[CHANGE_MOVED] = { "~", INK_PLAIN, "at another time" },
	[CHANGE_REWORDED] = { "~", INK_PLAIN, "in other words" },
	[CHANGE_HELD] = { "!", INK_WARN, "new and not sent" },
};

/* "was 10:00: ", "paused: " and the like, "" where there is nothing to say. */
static void describe(const struct change *change, char *buffer, size_t size)
{
	const struct foreseen *before = change->before, *after = change->after;
	char when[DAYS_TIME_MAX];
	struct civil beside;

	switch (change->kind) {
	case CHANGE_MOVED:
		beside = zone_civil(after->zone, after->goes);
		days_moment(before->zone, before->goes, &beside, when);
		(void)snprintf(buffer, size, "was %s%s%s: ", when,
			       before->zone == after->zone ? "" : " ",
			       before->zone == after->zone ? "" : zone_name(before->zone));
		return;
	case CHANGE_REMOVED:
		(void)snprintf(buffer, size, "%s%s", after && after->reason ? after->reason : "",
			       after && after->reason ? ": " : "");
		return;
	case CHANGE_HELD:
		(void)snprintf(buffer, size, "not sent: %s", after->reason ? after->reason : "?");
		return;
	case CHANGE_ADDED:
	case CHANGE_REWORDED:
		break;
	}
	buffer[0] = '\0';
}

static void print_words(const struct showing *showing, const struct change *change, int indent)
{
	const struct foreseen *before = change->before, *after = change->after;
	const char *text = main_of(change)->text;
	_cleanup_free_ char *words = NULL, *old = NULL;
	static const char *const halts[] = { [HALT_NONE] = "",
					     [HALT_STOPPED] = "(has stopped texts) ",
					     [HALT_PAUSED] = "(paused by staff) " };
	char what[128];

	describe(change, what, sizeof(what));
	if (asprintf(&words, "%s%s%s", halts[change->halt], what, text ? text : "") < 0) {
		words = NULL;
	}
	page_flow(&showing->page, words ? words : "?", indent);

	if (before && after && before->text && after->text &&
	    strcmp(before->text, after->text) != 0) {
		if (asprintf(&old, "before: %s", before->text) < 0) {
			old = NULL;
		}
		page_ink(&showing->page, INK_FAINT);
		(void)fprintf(showing->page.file, "%*s", indent, "");
		page_flow(&showing->page, old ? old : "?", indent);
	}
}

static void print_change(struct showing *showing, const struct change *change)
{
	const struct foreseen *text = main_of(change);
	char when[DAYS_TIME_MAX];

	days_head(&showing->days, change->at);
	days_time(&showing->days, text->zone, change->at, when);
	page_ink(&showing->page, looks[change->kind].ink);
	page_cell(&showing->page, looks[change->kind].mark, 0);
	page_cell(&showing->page, when, showing->time_width);
	page_cell(&showing->page, change->client, showing->client_width);
	page_cell(&showing->page, text->kind, KIND_WIDTH);
	print_words(showing, change, showing->time_width + showing->client_width + KIND_WIDTH + 9);
	page_ink(&showing->page, INK_PLAIN);
}

static void measure(struct showing *showing, const struct changes *changes)
{
	showing->time_width = days_width(showing->days.zone, showing->days.zone);
	showing->client_width = CLIENT_WIDTH;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->list[i];
		int id = page_width(change->client);
		int time = days_width(showing->days.zone, main_of(change)->zone);

		showing->client_width = id > showing->client_width ? id : showing->client_width;
		showing->time_width = time > showing->time_width ? time : showing->time_width;
	}
}

static void print_summary(const struct changes *changes)
{
	size_t counts[CHANGE_KINDS] = { 0 };
	const char *before = "\n";

	for (size_t i = 0; i < changes->count; i++) {
		counts[changes->list[i].kind]++;
	}
	for (int kind = 0; kind < CHANGE_KINDS; kind++) {
		if (counts[kind] > 0) {
			(void)printf("%s%zu %s", before, counts[kind], looks[kind].summary);
			before = ", ";
		}
	}
	(void)fputc('\n', stdout);
}

void changes_print(struct changes *changes, const struct zone *site, int days)
{
	struct showing showing = { 0 };

	if (changes->count == 0) {
		(void)printf("nothing changes in the next %d day%s\n", days, days == 1 ? "" : "s");
		return;
	}

	sort(changes);
	page_open(stdout, &showing.page);
	showing.days = (struct days){ .page = &showing.page, .zone = site };
	measure(&showing, changes);
	for (size_t i = 0; i < changes->count; i++) {
		print_change(&showing, &changes->list[i]);
	}
	print_summary(changes);
}

/* --- for programs --------------------------------------------------------------- */

static int put_side(json_t *object, const char *key, const struct foreseen *text)
{
	_cleanup_(json_freep) json_t *side = NULL;

	if (!text) {
		return json_put_text(object, key, NULL);
	}

	side = json_new_object();
	if (!side || json_put_text(side, "lead", text->lead) != 0 ||
	    json_put_time(side, "occurrence", text->occurrence, text->zone) != 0 ||
	    json_put_time(side, "due", text->goes, text->zone) != 0 ||
	    json_put_time(side, "planned", text->planned, text->zone) != 0 ||
	    json_put_text(side, "message", text->message) != 0 ||
	    json_put_text(side, "text", text->text) != 0 ||
	    json_put_int(side, "segments", text->segments) != 0 ||
	    json_put_bool(side, "send", text->send) != 0 ||
	    json_put_text(side, "reason", text->reason) != 0) {
		return -ENOMEM;
	}
	return json_put(object, key, take_ptr(side));
}

static json_t *new_change(const struct change *change)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	const struct foreseen *text = main_of(change);
	static const char *const halts[] = {
		[HALT_NONE] = NULL, [HALT_STOPPED] = "stopped", [HALT_PAUSED] = "paused"
	};

	if (!object || json_put_text(object, "client", change->client) != 0 ||
	    json_put_text(object, "kind", text->kind) != 0 ||
	    json_put_text(object, "reminder", text->reminder) != 0 ||
	    json_put_text(object, "lead", text->lead) != 0 ||
	    json_put_time(object, "occurrence", text->occurrence, text->zone) != 0 ||
	    json_put_text(object, "change", change_words[change->kind]) != 0 ||
	    json_put_text(object, "halt", halts[change->halt]) != 0 ||
	    put_side(object, "before", change->before) != 0 ||
	    put_side(object, "after", change->after) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

int changes_print_json(struct changes *changes)
{
	sort(changes);
	for (size_t i = 0; i < changes->count; i++) {
		_cleanup_(json_freep) json_t *object = new_change(&changes->list[i]);
		_cleanup_free_ char *text = object ? json_write(object, NULL) : NULL;

		if (!text) {
			return -ENOMEM;
		}
		(void)printf("%s\n  %s", i > 0 ? "," : "[", text);
	}
	(void)puts(changes->count > 0 ? "\n]" : "[]");
	return 0;
}
