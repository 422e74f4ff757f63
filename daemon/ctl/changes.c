/*
 * Which text of the one preview is which of the other, and what differs, for people
 * and for programs.
 *
 * An edit of a time makes another occurrence of it, and an edit of a lead
 * another text; a person still sees the same one moved.  So those that are
 * the same to the letter are taken first, and what is left over is matched
 * by less and less.
 *
 * Promises: a text stands where it will be, and one that goes no more where it
 * would have been; both wordings are shown where they differ.
 */
#include "ctl/changes.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/arena.h"
#include "staff/route.h"
#include "ctl/call.h"
#include "ctl/page.h"

const char *const change_words[CHANGE_KINDS] = {
	[CHANGE_ADDED] = "added",       [CHANGE_REMOVED] = "removed", [CHANGE_MOVED] = "moved",
	[CHANGE_REWORDED] = "reworded", [CHANGE_HELD] = "held",
};

typedef bool (*same)(const struct foreseen *a, const struct foreseen *b);

static bool same_lead(const struct foreseen *a, const struct foreseen *b)
{
	return strcmp(a->lead, b->lead) == 0;
}

static bool same_occurrence(const struct foreseen *a, const struct foreseen *b)
{
	return a->occurrence == b->occurrence;
}

static bool same_text(const struct foreseen *a, const struct foreseen *b)
{
	return same_lead(a, b) && same_occurrence(a, b);
}

/* The client may have another zone in each. */
static bool same_day(const struct foreseen *a, const struct foreseen *b)
{
	struct civil day = zone_civil(a->zone, a->occurrence);
	struct civil other = zone_civil(b->zone, b->occurrence);

	return same_lead(a, b) && civil_to_days(&day) == civil_to_days(&other);
}

/* There is one of it, whenever it is. */
static bool same_appointment(const struct foreseen *a, const struct foreseen *b)
{
	return same_lead(a, b) && strcmp(a->kind, "appointment") == 0;
}

static const same passes[] = { same_text, same_occurrence, same_day, same_appointment };

struct matching {
	const struct foreseen *before, *after;
	size_t before_count, after_count;
	const struct foreseen **matches; /* of each before: its after, or NULL */
	bool *taken;                     /* each after */
};

static void matching_done(struct matching *matching)
{
	free(matching->matches);
	free(matching->taken);
}

static bool may_match(const struct matching *matching, size_t index, size_t other, same is_same)
{
	const struct foreseen *before = &matching->before[index], *after = &matching->after[other];

	return !matching->taken[other] && is_same(before, after) &&
	       strcmp(before->reminder, after->reminder) == 0 &&
	       strcmp(before->kind, after->kind) == 0;
}

static hf_time distance(const struct foreseen *a, const struct foreseen *b)
{
	return a->goes > b->goes ? a->goes - b->goes : b->goes - a->goes;
}

/* Of several, the one that goes nearest to it. */
static void find_match(struct matching *matching, size_t index, same is_same)
{
	const struct foreseen *before = &matching->before[index], *nearest = NULL;

	for (size_t i = 0; i < matching->after_count; i++) {
		const struct foreseen *after = &matching->after[i];

		if (may_match(matching, index, i, is_same) &&
		    (!nearest || distance(before, after) < distance(before, nearest))) {
			nearest = after;
		}
	}
	if (nearest) {
		matching->matches[index] = nearest;
		matching->taken[nearest - matching->after] = true;
	}
}

static int match(struct matching *matching)
{
	matching->matches = calloc(matching->before_count + 1, sizeof(struct foreseen *));
	matching->taken = calloc(matching->after_count + 1, sizeof(*matching->taken));
	if (!matching->matches || !matching->taken) {
		return -ENOMEM;
	}

	for (size_t pass = 0; pass < COUNT(passes); pass++) {
		for (size_t i = 0; i < matching->before_count; i++) {
			if (!matching->matches[i]) {
				find_match(matching, i, passes[pass]);
			}
		}
	}
	return 0;
}

/* The planner gives no reminder twice a day, but tells of a meeting anew that was moved. */
static int report_again(const struct foreseen *after, compare_on_change on_change, void *userdata)
{
	struct foreseen held = *after;

	if (!after->send) {
		return 0;
	}
	if (strcmp(after->kind, "meeting") == 0 || strcmp(after->kind, "appointment") == 0) {
		return on_change(userdata, CHANGE_ADDED, NULL, after);
	}

	held.send = false;
	held.text = NULL;
	held.reason = "has gone out today, at another time";
	return on_change(userdata, CHANGE_HELD, NULL, &held);
}

/* What does not go in either changes nothing for the client. */
static int report_pair(const struct foreseen *before, const struct foreseen *after,
		       compare_on_change on_change, void *userdata)
{
	if (before->send && !after->send) {
		return on_change(userdata, CHANGE_REMOVED, before, after);
	}
	if (!before->send && after->send) {
		return on_change(userdata, CHANGE_ADDED, before, after);
	}
	if (!before->send) {
		return 0;
	}
	if (before->goes != after->goes) {
		return on_change(userdata, CHANGE_MOVED, before, after);
	}
	if (strcmp(before->text, after->text) != 0) {
		return on_change(userdata, CHANGE_REWORDED, before, after);
	}
	return 0;
}

static int report_before(const struct foreseen *before, const struct foreseen *match,
			 compare_on_change on_change, void *userdata)
{
	if (match && before->gone) {
		return report_again(match, on_change, userdata);
	}
	if (match) {
		return report_pair(before, match, on_change, userdata);
	}
	return before->send && !before->gone ? on_change(userdata, CHANGE_REMOVED, before, NULL)
					     : 0;
}

int changes_compare(const struct foreseen *before, size_t before_count,
		    const struct foreseen *after, size_t after_count, compare_on_change on_change,
		    void *userdata)
{
	_cleanup_(matching_done) struct matching matching = { .before = before,
							      .after = after,
							      .before_count = before_count,
							      .after_count = after_count };
	int r = match(&matching);

	for (size_t i = 0; r == 0 && i < before_count; i++) {
		r = report_before(&before[i], matching.matches[i], on_change, userdata);
	}
	for (size_t i = 0; r == 0 && i < after_count; i++) {
		if (!matching.taken[i]) {
			r = on_change(userdata, after[i].send ? CHANGE_ADDED : CHANGE_HELD, NULL,
				      &after[i]);
		}
	}
	return r;
}

/* --- what was found, for all clients ---------------------------------------- */

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

/* NULL stays NULL. */
static int copy_foreseen(struct changes *changes, const struct foreseen *text,
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
	int r;

	if (changes->count == CHANGES_MAX) {
		return -E2BIG;
	}
	if (array_reserve(changes->list, changes->count, changes->room, 1) < 0) {
		return -ENOMEM;
	}

	r = copy_foreseen(changes, before, &change.before);
	r = r ? r : copy_foreseen(changes, after, &change.after);
	if (r < 0) {
		return r;
	}
	change.client = arena_copy(changes->arena, client);
	if (!change.client) {
		return -ENOMEM;
	}

	assert(kind == CHANGE_REMOVED ? before : after);
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
static const struct foreseen *subject_of(const struct change *change)
{
	return change->kind == CHANGE_REMOVED ? change->before : change->after;
}

/* --- for people ---------------------------------------------------------------- */

static const struct {
	const char *mark;
	enum ink ink;
	const char *summary; /* after a number */
} styles[CHANGE_KINDS] = {
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

static void print_words(const struct page *page, const struct change *change, int indent)
{
	const struct foreseen *before = change->before, *after = change->after;
	const char *text = subject_of(change)->text;
	_cleanup_free_ char *words = NULL, *old = NULL;
	static const char *const halts[] = { [HALT_NONE] = "",
					     [HALT_STOPPED] = "(has stopped texts) ",
					     [HALT_PAUSED] = "(paused by staff) " };
	char what[128];

	describe(change, what, sizeof(what));
	if (asprintf(&words, "%s%s%s", halts[change->halt], what, text ? text : "") < 0) {
		words = NULL;
	}
	page_flow(page, words ? words : "?", indent);

	if (before && after && before->text && after->text &&
	    strcmp(before->text, after->text) != 0) {
		if (asprintf(&old, "before: %s", before->text) < 0) {
			old = NULL;
		}
		page_ink(page, INK_FAINT);
		(void)fprintf(page->file, "%*s", indent, "");
		page_flow(page, old ? old : "?", indent);
	}
}

static void print_change(struct days *days, const struct change *change)
{
	const struct foreseen *text = subject_of(change);
	int mark = 1 + 2, indent;

	days_head(days, change->at);
	page_ink(&days->page, styles[change->kind].ink);
	page_cell(&days->page, styles[change->kind].mark, 1);
	indent = mark + days_cells(days, text->zone, change->at, change->client, text->kind);
	print_words(&days->page, change, indent);
	page_ink(&days->page, INK_PLAIN);
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
			(void)printf("%s%zu %s", before, counts[kind], styles[kind].summary);
			before = ", ";
		}
	}
	(void)fputc('\n', stdout);
}

void changes_print(struct changes *changes, const struct zone *site, int days)
{
	struct days calendar;

	if (changes->count == 0) {
		(void)printf("nothing changes in the next %d day%s\n", days, days == 1 ? "" : "s");
		return;
	}

	sort(changes);
	days_open(stdout, site, &calendar);
	for (size_t i = 0; i < changes->count; i++) {
		days_fit(&calendar, changes->list[i].client, subject_of(&changes->list[i])->zone);
	}
	for (size_t i = 0; i < changes->count; i++) {
		print_change(&calendar, &changes->list[i]);
	}
	print_summary(changes);
}

/* --- for programs --------------------------------------------------------------- */

static json_t *new_side(const struct foreseen *text)
{
	if (!text) {
		return json_null();
	}
	return JSON_OBJECT({
		{ "lead", json_string(text->lead) },
		{ "occurrence", json_time(text->occurrence, text->zone) },
		{ "due", json_time(text->goes, text->zone) },
		{ "planned", json_time(text->planned, text->zone) },
		{ "message", json_or_null(text->message) },
		{ "text", json_or_null(text->text) },
		{ "segments", json_integer(text->segments) },
		{ "send", json_boolean(text->send) },
		{ "reason", json_or_null(text->reason) },
	});
}

static json_t *new_change(const struct change *change)
{
	const struct foreseen *text = subject_of(change);
	static const char *const halts[] = {
		[HALT_NONE] = NULL, [HALT_STOPPED] = "stopped", [HALT_PAUSED] = "paused"
	};

	return JSON_OBJECT({
		{ "client", json_string(change->client) },
		{ "kind", json_string(text->kind) },
		{ "reminder", json_string(text->reminder) },
		{ "lead", json_string(text->lead) },
		{ "occurrence", json_time(text->occurrence, text->zone) },
		{ "change", json_string(change_words[change->kind]) },
		{ "halt", json_or_null(halts[change->halt]) },
		{ "before", new_side(change->before) },
		{ "after", new_side(change->after) },
	});
}

int changes_print_json(struct changes *changes)
{
	int code = CTL_DONE;

	sort(changes);
	for (size_t i = 0; i < changes->count && code == CTL_DONE; i++) {
		_cleanup_(json_freep) json_t *object = new_change(&changes->list[i]);

		code = call_print_element(object, i);
	}
	return code == CTL_DONE ? call_print_end(changes->count) : code;
}
