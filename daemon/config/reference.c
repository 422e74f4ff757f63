/*
 * Names that one file uses and another gives.
 *
 * Promises: noting is cheap, because a hundred thousand clients each name a
 * plan, a language and a counselor; judging sorts, and compares only
 * neighbours.  Dangerous: a phone number passes through here and must never
 * reach a fault.
 */
#include "config/reference.h"

#include <errno.h>
#include <string.h>

#include "lib/array.h"
#include "lib/hash.h"
#include "lib/invisible.h"

void references_done(struct references *references)
{
	free(references->list);
	free(references->unique);
	*references = (struct references){ 0 };
}

int reference_add_word(struct conf_reader *reader, const struct conf_node *node,
		       enum reference_kind kind, const char *word)
{
	struct references *references = reader->userdata;
	char *copy = arena_copy(reader->arena, word);

	if (!copy || array_reserve(references->list, references->count, references->room, 1) < 0) {
		return -ENOMEM;
	}

	references->list[references->count++] = (struct reference){
		.kind = kind,
		.word = copy,
		.scope = references->scope,
		.file = references->file,
		.line = conf_line(node),
	};
	return 0;
}

int reference_add(struct conf_reader *reader, const struct conf_node *group, const char *key,
		  enum reference_kind kind)
{
	const struct conf_node *node = conf_get(group, key);
	const char *word = node ? conf_text(node) : NULL;

	return word ? reference_add_word(reader, node, kind, word) : 0;
}

int reference_add_key(struct conf_reader *reader, const struct conf_node *node,
		      enum reference_kind kind)
{
	return reference_add_word(reader, node, kind, conf_key(node));
}

int reference_add_message(struct conf_reader *reader, const struct conf_node *node,
			  const char *choice)
{
	const char *bar = strchr(choice, '|');
	_cleanup_free_ char *first = NULL;
	int r;

	if (!bar) {
		return reference_add_word(reader, node, REFERENCE_MESSAGE, choice);
	}

	first = strndup(choice, (size_t)(bar - choice));
	if (!first) {
		return -ENOMEM;
	}
	r = reference_add_word(reader, node, REFERENCE_MESSAGE, first);
	return r < 0 ? r : reference_add_word(reader, node, REFERENCE_MESSAGE, bar + 1);
}

/* --- what may stand only once ---------------------------------------------- */

int unique_add(struct conf_reader *reader, const struct conf_node *node, enum unique_kind kind,
	       const char *word, bool shared)
{
	struct references *references = reader->userdata;

	if (array_reserve(references->unique, references->unique_count, references->unique_room,
			  1) < 0) {
		return -ENOMEM;
	}

	references->unique[references->unique_count++] = (struct unique){
		.kind = kind,
		.word = word,
		.file = references->file,
		.line = conf_line(node),
		.hash = hash_text(word),
		.shared = shared,
	};
	return 0;
}

static enum unique_kind kind_of(const struct unique *unique)
{
	return unique->kind == UNIQUE_LOVED_ONE ? UNIQUE_PHONE : unique->kind;
}

static int compare(const void *left, const void *right)
{
	const struct unique *a = left, *b = right;
	int order;

	/* Numbers stand together, those of clients first. */
	if (kind_of(a) != kind_of(b)) {
		return kind_of(a) < kind_of(b) ? -1 : 1;
	}
	order = strcmp(a->word, b->word);
	if (order == 0 && a->kind != b->kind) {
		return a->kind < b->kind ? -1 : 1;
	}
	if (order == 0) {
		order = strcmp(a->file, b->file);
	}
	return order != 0 ? order : a->line < b->line ? -1 : a->line > b->line;
}

static const char *const unique_words[] = {
	[UNIQUE_CLIENT] = "client",      [UNIQUE_PHONE] = NULL,          [UNIQUE_PLAN] = "plan",
	[UNIQUE_STAFF] = "staff member", [UNIQUE_LANGUAGE] = "language", [UNIQUE_LOVED_ONE] = NULL,
};

static void blame_second(struct faults *faults, const struct unique *first,
			 const struct unique *again)
{
	if (again->kind == UNIQUE_LOVED_ONE) {
		fault_add(faults, FAULT_ERROR, again->file, again->line, "loved-one-phone",
			  "%s:%u has the same number, a client's, and what comes from it is hers; "
			  "correct it, or take it out of \"may_ask_for_help\"",
			  first->file, first->line);
	} else if (again->kind == UNIQUE_PHONE) {
		fault_add(faults, FAULT_ERROR, again->file, again->line, "duplicate-phone",
			  "%s:%u has the same number; correct one, or write shared_phone = true in "
			  "both where two clients really share a phone",
			  first->file, first->line);
	} else {
		fault_add(faults, FAULT_ERROR, again->file, again->line, "duplicate-id",
			  "the %s \"%s\" is already at %s:%u; give one of them another id",
			  unique_words[again->kind], again->word, first->file, first->line);
	}
}

unsigned unique_check(struct unique *unique, size_t count, struct faults *faults)
{
	const struct unique *first_of_word = unique;
	unsigned twice = 0;

	if (count < 2) {
		return 0;
	}

	qsort(unique, count, sizeof(*unique), compare);
	for (size_t i = 1; i < count; i++) {
		const struct unique *first = &unique[i - 1], *again = &unique[i];

		if (kind_of(first) != kind_of(again) || strcmp(first->word, again->word) != 0) {
			first_of_word = again;
		} else if (again->kind == UNIQUE_LOVED_ONE && first_of_word->kind == UNIQUE_PHONE) {
			blame_second(faults, first_of_word, again);
		} else if (!(first->shared && again->shared)) {
			blame_second(faults, first, again);
			twice |= 1u << again->kind;
		}
	}
	return twice;
}

/* --- ids --------------------------------------------------------------------- */

void reference_check_id(struct conf_reader *reader, const struct conf_node *group, const char *key)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	const struct conf_node *node = conf_get(group, key);
	const char *id = node ? conf_text(node) : NULL;
	struct invisible invisible;
	char shown[FAULT_WORD_MAX];
	size_t length;

	if (!id) {
		return;
	}

	if (invisible_find(id, &invisible)) {
		conf_fault(reader, node, "id", "this id holds %s (U+%04X); type it anew",
			   invisible.what, invisible.character);
		return;
	}

	length = strlen(id);
	if (length == 0 || length > ID_MAX || strspn(id, allowed) < length) {
		conf_fault(reader, node, "id",
			   "\"%s\" cannot be an id; use 1 to %d letters, digits, \"-\", \"_\" and "
			   "\".\"",
			   fault_word(id, shown), ID_MAX);
	}
}

unsigned reference_line(const struct conf_node *group, const char *key)
{
	const struct conf_node *node = conf_get(group, key);

	return conf_line(node ? node : group);
}
