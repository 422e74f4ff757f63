/*
 * A hash table finds the series of a rule, a binary heap the one that is due
 * next.  Series are only ever added; one that is at its end stands at HF_NEVER,
 * at the bottom of the heap.
 */
#include "engine/series.h"

#include <errno.h>
#include <string.h>

#include "lib/array.h"

struct series_set {
	struct series **heap; /* owns them; in heap order after series_set_seek() */
	size_t count, room;
	struct series **table; /* open addressing, at most half full, a power of two */
	size_t table_size;
};

#define TABLE_FIRST 64

int series_set_new(struct series_set **ret_set)
{
	_cleanup_free_ struct series_set *set = calloc(1, sizeof(*set));

	if (!set) {
		return -ENOMEM;
	}

	set->table = calloc(TABLE_FIRST, sizeof(struct series *));
	if (!set->table) {
		return -ENOMEM;
	}

	set->table_size = TABLE_FIRST;
	*ret_set = take_ptr(set);
	return 0;
}

static struct series *series_free(struct series *series)
{
	if (series) {
		rule_walk_done(&series->walk);
		free(series->members);
		free(series);
	}
	return NULL;
}
DEFINE_CLEANUP(struct series *, series_free);

struct series_set *series_set_free(struct series_set *set)
{
	if (!set) {
		return NULL;
	}

	for (size_t i = 0; i < set->count; i++) {
		(void)series_free(set->heap[i]);
	}
	free(set->heap);
	free(set->table);
	free(set);
	return NULL;
}

/* --- finding ------------------------------------------------------------ */

static size_t slot_of(const struct series_set *set, const struct rule *rule,
		      const struct span *lead)
{
	uint64_t hash = rule_hash(rule) ^ (uint64_t)(lead->elapsed + lead->days) * 0x9e3779b9u;
	size_t slot = hash & (set->table_size - 1);

	while (set->table[slot]) {
		const struct series *there = set->table[slot];

		if (there->lead.days == lead->days && there->lead.elapsed == lead->elapsed &&
		    rule_equal(&there->rule, rule)) {
			break;
		}
		slot = (slot + 1) & (set->table_size - 1);
	}
	return slot;
}

static int grow_table(struct series_set *set)
{
	struct series **table;

	if (2 * (set->count + 1) <= set->table_size) {
		return 0;
	}

	table = calloc(2 * set->table_size, sizeof(struct series *));
	if (!table) {
		return -ENOMEM;
	}

	free(set->table);
	set->table = table;
	set->table_size *= 2;
	for (size_t i = 0; i < set->count; i++) {
		struct series *series = set->heap[i];

		set->table[slot_of(set, &series->rule, &series->lead)] = series;
	}
	return 0;
}

static int add_series(struct series_set *set, const struct rule *rule, const struct span *lead,
		      struct series **ret_series)
{
	_cleanup_(series_freep) struct series *series = calloc(1, sizeof(*series));
	int r;

	if (!series) {
		return -ENOMEM;
	}

	series->rule = *rule;
	series->lead = *lead;
	series->due = HF_NEVER;
	series->first_day = INT32_MAX;
	series->last_day = INT32_MIN;
	r = rule_walk_init(&series->walk, &series->rule);
	if (r < 0) {
		return r;
	}

	if (array_reserve(set->heap, set->count, set->room, 1) < 0) {
		return -ENOMEM;
	}

	r = grow_table(set);
	if (r < 0) {
		return r;
	}

	*ret_series = series;
	set->table[slot_of(set, rule, lead)] = series;
	set->heap[set->count++] = take_ptr(series);
	return 0;
}

static int add_member(struct series *series, const struct member *member)
{
	size_t room = series->member_room ? 2 * series->member_room : 1;

	if (series->member_count == series->member_room) {
		struct member *members = reallocarray(series->members, room, sizeof(*members));

		if (!members) {
			return -ENOMEM;
		}

		kept(members);
		series->members = members;
		series->member_room = room;
	}

	series->members[series->member_count++] = *member;
	if (member->first_day < series->first_day) {
		series->first_day = member->first_day;
	}
	if (member->last_day > series->last_day) {
		series->last_day = member->last_day;
	}
	return 0;
}

int series_set_join(struct series_set *set, const struct rule *rule, const struct span *lead,
		    const struct member *member)
{
	struct rule normal = *rule;
	struct series *series;
	int r;

	rule_normalise(&normal);
	series = set->table[slot_of(set, &normal, lead)];
	if (!series) {
		r = add_series(set, &normal, lead, &series);
		if (r < 0) {
			return r;
		}
	}

	return add_member(series, member);
}

/* --- moving ------------------------------------------------------------- */

/* The due time of where the walk stands. */
static void update_due(struct series *series)
{
	hf_time at = series->walk.at;

	if (at == HF_NEVER || series->walk.day > series->last_day) {
		series->due = HF_NEVER;
		return;
	}

	series->due = at;
	if (series->lead.days || series->lead.elapsed) {
		series->due = zone_lead(series->rule.zone, at, &series->lead);
	}
	series->due_day = zone_day(series->rule.zone, series->due);
}

/* What leads to an occurrence is due no later than it, so the search begins there; for what is asked
 * afterwards, so much earlier, and a day for the changes of a clock. */
static int seek(struct series *series, hf_time after)
{
	hf_time opens = zone_midnight(series->rule.zone, series->first_day) - 1;
	hf_time length = span_length(&series->lead), from = after;
	int r;

	if (length < 0) {
		from += length - HF_DAY;
	}
	r = rule_walk_seek(&series->walk, from > opens ? from : opens);

	if (r < 0) {
		return r;
	}

	update_due(series);
	while (series->due <= after) {
		r = rule_walk_step(&series->walk);
		if (r < 0) {
			return r;
		}

		update_due(series);
	}
	return 0;
}

static bool rule_comes_before(const struct series *a, const struct series *b)
{
	const int64_t order[][2] = {
		{ a->walk.at, b->walk.at },
		{ a->rule.kind, b->rule.kind },
		{ a->rule.anchor, b->rule.anchor },
		{ a->rule.minute, b->rule.minute },
		{ a->rule.weekdays, b->rule.weekdays },
		{ a->rule.every, b->rule.every },
		{ a->rule.skip, b->rule.skip },
		{ a->lead.days, b->lead.days },
		{ a->lead.elapsed, b->lead.elapsed },
	};

	for (size_t i = 0; i < COUNT(order); i++) {
		if (order[i][0] != order[i][1]) {
			return order[i][0] < order[i][1];
		}
	}
	return a->rule.rrule && b->rule.rrule && strcmp(a->rule.rrule, b->rule.rrule) < 0;
}

/* Where two texts of a client are due at one instant and the daily limit leaves room for one, it is
 * that of the sooner occurrence, and the same one whenever the daemon was started.  (No client is
 * in two zones, so these have no order.) */
static bool comes_before(const struct series *a, const struct series *b)
{
	return a->due != b->due ? a->due < b->due : rule_comes_before(a, b);
}

static void sift_down(struct series_set *set, size_t at)
{
	struct series *series = set->heap[at];

	for (size_t child; (child = 2 * at + 1) < set->count; at = child) {
		if (child + 1 < set->count &&
		    comes_before(set->heap[child + 1], set->heap[child])) {
			child++;
		}
		if (!comes_before(set->heap[child], series)) {
			break;
		}

		set->heap[at] = set->heap[child];
	}
	set->heap[at] = series;
}

int series_set_seek(struct series_set *set, hf_time after)
{
	for (size_t i = 0; i < set->count; i++) {
		int r = seek(set->heap[i], after);

		if (r < 0) {
			return r;
		}
	}

	for (size_t i = set->count / 2; i > 0; i--) {
		sift_down(set, i - 1);
	}
	return 0;
}

struct series *series_set_top(const struct series_set *set)
{
	return set->count && set->heap[0]->due != HF_NEVER ? set->heap[0] : NULL;
}

int series_set_advance(struct series_set *set)
{
	struct series *series = series_set_top(set);
	int r;

	if (!series) {
		return 0;
	}

	r = rule_walk_step(&series->walk);
	if (r < 0) {
		return r;
	}

	update_due(series);
	sift_down(set, 0);
	return 0;
}

size_t series_set_count(const struct series_set *set)
{
	return set->count;
}

/* --- members ------------------------------------------------------------ */

bool series_has(const struct series *series, const struct member *member)
{
	struct stay stay;

	if (series->walk.day < member->first_day || series->walk.day > member->last_day) {
		return false;
	}

	stay = client_stay(member->client, series->walk.day);
	return series->due_day >= member->first_day || series->due_day >= civil_to_days(&stay.from);
}

int series_ordinal(const struct series *series, const struct member *member)
{
	switch (series->rule.kind) {
	case RULE_ONCE:
		return member->base;
	case RULE_WEEKLY:
		return member->base +
		       (int)rule_count(&series->rule, member->first_day, series->walk.day);
	case RULE_RRULE:
		return member->base + (int)series->walk.index;
	}
	return member->base;
}
