/*
 * One file's share of a snapshot.
 *
 * Dangerous: things move while they are added, so nothing may point at one
 * before all are read.
 */
#include "config/part.h"

#include <errno.h>
#include <string.h>

static const size_t sizes[] = {
	[PART_SETTINGS] = 0,
	[PART_STAFF] = 0,
	[PART_WORDS] = sizeof(struct word_list),
	[PART_LANGUAGE] = sizeof(struct language),
	[PART_PLAN] = sizeof(struct plan),
	[PART_CLIENTS] = sizeof(struct client),
};

size_t part_size(enum part_kind kind)
{
	return sizes[kind];
}

int part_new(enum part_kind kind, const char *path, const char *shown, struct part **ret_part)
{
	_cleanup_(part_dropp) struct part *part = calloc(1, sizeof(*part));

	if (!part) {
		return -ENOMEM;
	}
	part->kind = kind;
	part->users = 1;
	if (arena_new(&part->arena) < 0) {
		return -ENOMEM;
	}
	part->path = arena_copy(part->arena, path);
	part->shown = arena_copy(part->arena, shown);
	if (!part->path || !part->shown) {
		return -ENOMEM;
	}
	part->references.file = part->shown;

	*ret_part = take_ptr(part);
	return 0;
}

struct part *part_share(struct part *part)
{
	part->users++;
	return part;
}

bool part_is_shared(const struct part *part)
{
	return part->users > 1;
}

struct part *part_drop(struct part *part)
{
	if (part && --part->users == 0) {
		references_done(&part->references);
		faults_done(&part->faults);
		free(part->things);
		(void)arena_free(part->arena);
		free(part);
	}
	return NULL;
}

void *part_add(struct part *part)
{
	if (part->count == part->room) {
		size_t room = part->room > 0 ? 2 * part->room : 1;
		char *things = reallocarray(part->things, room, sizes[part->kind]);

		if (!things) {
			return NULL;
		}
		part->things = things;
		part->room = room;
	}
	return memset(part->things + sizes[part->kind] * part->count++, 0, sizes[part->kind]);
}

static void shrink(void **list, size_t count, size_t *room, size_t size)
{
	void *smaller = count > 0 && count < *room ? reallocarray(*list, count, size) : NULL;

	if (smaller) {
		*list = smaller;
		*room = count;
	}
}

void part_settle(struct part *part)
{
	struct references *references = &part->references;

	shrink((void **)&part->things, part->count, &part->room, sizes[part->kind]);
	shrink((void **)&references->list, references->count, &references->room,
	       sizeof(*references->list));
	shrink((void **)&references->once, references->once_count, &references->once_room,
	       sizeof(*references->once));
	references->rules = NULL;
	references->words = NULL;
	references->word_count = 0;
}

int part_compare(const struct part *part, enum part_kind kind, const char *shown)
{
	return part->kind != kind ? (part->kind < kind ? -1 : 1) : strcmp(part->shown, shown);
}

/* --- what may stand only once, in all of them --------------------------------- */

/* Which hashes of names a new file has: among names that are all of before, none stands twice. */
#define MARKS (1u << 20)

static void mark_new(struct part *const *parts, size_t count, bool *marks)
{
	for (size_t i = 0; i < count; i++) {
		const struct references *references = &parts[i]->references;

		for (size_t j = 0; !part_is_shared(parts[i]) && j < references->once_count; j++) {
			marks[references->once[j].hash % MARKS] = true;
		}
	}
}

/* Only what is marked may stand twice now. */
static size_t gather_marked(struct part *const *parts, size_t count, const bool *marks,
			    struct once *ret_once)
{
	size_t marked = 0;

	for (size_t i = 0; i < count; i++) {
		const struct references *references = &parts[i]->references;

		for (size_t j = 0; j < references->once_count; j++) {
			if (marks[references->once[j].hash % MARKS]) {
				ret_once[marked++] = references->once[j];
			}
		}
	}
	return marked;
}

int parts_check_once(struct part *const *parts, size_t count, struct faults *faults,
		     unsigned *ret_twice)
{
	_cleanup_free_ struct once *once = NULL;
	_cleanup_free_ bool *marks = calloc(MARKS, sizeof(*marks));
	size_t all = 0;

	for (size_t i = 0; i < count; i++) {
		all += parts[i]->references.once_count;
	}
	once = calloc(all + 1, sizeof(*once));
	if (!once || !marks) {
		return -ENOMEM;
	}

	mark_new(parts, count, marks);
	*ret_twice = once_check(once, gather_marked(parts, count, marks, once), faults);
	return 0;
}
