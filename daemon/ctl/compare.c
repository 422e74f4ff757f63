/*
 * Which text of the one preview is which of the other.
 *
 * An edit of a time makes another occurrence of it, and an edit of a lead
 * another text; a person still sees the same one moved.  So those that are
 * the same to the letter are taken first, and what is left over is matched
 * by less and less.
 */
#include "ctl/compare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

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
	const struct foreseen **mates; /* of each before: its after, or NULL */
	bool *taken;                   /* each after */
};

static void matching_done(struct matching *matching)
{
	free(matching->mates);
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
static void find_mate(struct matching *matching, size_t index, same is_same)
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
		matching->mates[index] = nearest;
		matching->taken[nearest - matching->after] = true;
	}
}

static int match(struct matching *matching)
{
	matching->mates = calloc(matching->before_count + 1, sizeof(struct foreseen *));
	matching->taken = calloc(matching->after_count + 1, sizeof(*matching->taken));
	if (!matching->mates || !matching->taken) {
		return -ENOMEM;
	}

	for (size_t pass = 0; pass < COUNT(passes); pass++) {
		for (size_t i = 0; i < matching->before_count; i++) {
			if (!matching->mates[i]) {
				find_mate(matching, i, passes[pass]);
			}
		}
	}
	return 0;
}

/* The planner gives no reminder twice a day, but tells of a meeting anew that was moved. */
static int tell_again(const struct foreseen *after, compare_on_change on_change, void *userdata)
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
static int tell_pair(const struct foreseen *before, const struct foreseen *after,
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

static int tell_before(const struct foreseen *before, const struct foreseen *mate,
		       compare_on_change on_change, void *userdata)
{
	if (mate && before->gone) {
		return tell_again(mate, on_change, userdata);
	}
	if (mate) {
		return tell_pair(before, mate, on_change, userdata);
	}
	return before->send && !before->gone ? on_change(userdata, CHANGE_REMOVED, before, NULL)
					     : 0;
}

int compare(const struct foreseen *before, size_t before_count, const struct foreseen *after,
	    size_t after_count, compare_on_change on_change, void *userdata)
{
	_cleanup_(matching_done) struct matching matching = { .before = before,
							      .after = after,
							      .before_count = before_count,
							      .after_count = after_count };
	int r = match(&matching);

	for (size_t i = 0; r == 0 && i < before_count; i++) {
		r = tell_before(&before[i], matching.mates[i], on_change, userdata);
	}
	for (size_t i = 0; r == 0 && i < after_count; i++) {
		if (!matching.taken[i]) {
			r = on_change(userdata, after[i].send ? CHANGE_ADDED : CHANGE_HELD, NULL,
				      &after[i]);
		}
	}
	return r;
}
