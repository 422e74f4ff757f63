/*
 * Plans, and what the answers to their check-ins mean.
 *
 * Promises: no reply means two things, and none is a word that stops, starts or
 * helps.  What texts offer as answers is held against the table by
 * config/check_answers.
 */
#include "config/plan.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/plain.h"
#include "config/reference.h"
#include "config/words.h"

/* --- answers ------------------------------------------------------------------ */

const char *const meaning_words[] = { "well", "watch", "need", NULL };
static const char *const alert_words[] = { "none", "routine", "urgent", NULL };

const struct conf_entry answer_keys[] = {
	CONF_KEY("reply", TEXTS, REQUIRED, answer, replies, "what the client may write",
		 .most = 50),
	CONF_KEY("means", WORD, REQUIRED, answer, means, "well, watch or need",
		 .words = meaning_words),
	CONF_KEY("message", TEXTS, OPTIONAL, answer, messages,
		 "the name of the message that answers"),
	CONF_KEY("messages", TEXTS, OPTIONAL, answer, messages,
		 "names of messages that answer in turn, where this is said week after week",
		 .most = 20),
	CONF_KEY("alert", WORD, DEFAULT("none"), answer, alert,
		 "whether staff are told: none, routine or urgent", .words = alert_words),
	{ 0 },
};

bool answer_says(const struct answer *answer, const char *message)
{
	for (size_t i = 0; i < answer->messages.count; i++) {
		if (answer->messages.list[i] && strcmp(answer->messages.list[i], message) == 0) {
			return true;
		}
	}
	return false;
}

/* The word of that list by which a reply stops, starts or helps; NULL for none. */
static const struct word *reserved_in(const struct word_list *list, const char *normal)
{
	static const enum word_use uses[] = { WORD_STOP, WORD_START, WORD_HELP };

	for (size_t i = 0; i < COUNT(uses); i++) {
		const struct word *word = words_whole(list, normal, uses[i]);

		if (word) {
			return word;
		}
	}
	return words_find(list, normal, NULL, WORD_STOP_PHRASE);
}

static const struct word *find_reserved(const struct references *references, const char *normal)
{
	const struct word *word = NULL;

	for (size_t i = 0; !word && i < references->word_count; i++) {
		word = reserved_in(&references->words[i], normal);
	}
	return word;
}

/* Such an answer would never mean what the table says. */
static int check_reserved(struct conf_reader *reader, const struct conf_node *node,
			  const char *reply)
{
	_cleanup_free_ char *normal = NULL;
	const struct word *word;
	char shown[FAULT_WORD_MAX];
	int r = normal_text(reply, false, &normal);

	if (r < 0) {
		return r;
	}

	word = find_reserved(reader->userdata, normal);
	if (word) {
		conf_fault(reader, node, "reserved-word",
			   "\"%s\" %s and cannot be an answer; remove it",
			   fault_word(word->written, shown),
			   word->use == WORD_START  ? "starts texts again"
			   : word->use == WORD_HELP ? "asks for help"
						    : "stops all texts");
	}
	return 0;
}

static int refer_to_messages(struct conf_reader *reader, const struct conf_node *node,
			     const struct answer *answer)
{
	const struct conf_node *one = conf_get(node, "message"), *many = conf_get(node, "messages");
	const struct conf_node *named = one ? one : many;
	int r = 0;

	if (one && many) {
		conf_fault(reader, many, "two-messages",
			   "\"messages\" beside \"message\"; keep one of them");
		return 0;
	}
	for (size_t i = 0; r == 0 && named && i < answer->messages.count; i++) {
		const struct conf_node *at = conf_is_list(named) ? conf_at(named, i) : named;

		if (answer->messages.list[i]) {
			r = reference_add_word(reader, at, REFERENCE_MESSAGE,
					       answer->messages.list[i]);
		}
	}
	return r;
}

static int read_answer(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct answer *answer = target;
	const struct conf_node *reply;
	int r = conf_read_group(reader, node, answer_keys, answer);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	reply = conf_get(node, "reply");
	for (size_t i = 0; r == 0 && i < answer->replies.count; i++) {
		if (answer->replies.list[i]) {
			r = check_reserved(reader, conf_is_list(reply) ? conf_at(reply, i) : reply,
					   answer->replies.list[i]);
		}
	}
	return r < 0 ? r : refer_to_messages(reader, node, answer);
}

/* Does an answer before this one, or this one before `at`, already take the reply? */
static bool is_taken(const struct answer_table *table, size_t which, size_t at)
{
	const char *reply = table->answers[which].replies.list[at];

	for (size_t i = 0; i <= which; i++) {
		const struct conf_texts *replies = &table->answers[i].replies;

		for (size_t j = 0; j < (i == which ? at : replies->count); j++) {
			if (replies->list[j] && strcasecmp(replies->list[j], reply) == 0) {
				return true;
			}
		}
	}
	return false;
}

static void check_table(struct conf_reader *reader, const struct conf_node *node,
			const struct answer_table *table)
{
	char shown[FAULT_WORD_MAX];

	for (size_t i = 0; i < table->count; i++) {
		const struct conf_texts *replies = &table->answers[i].replies;

		for (size_t j = 0; j < replies->count; j++) {
			if (replies->list[j] && is_taken(table, i, j)) {
				const struct conf_node *answer =
					conf_is_list(node) ? conf_at(node, i) : node;

				conf_fault(reader, conf_get(answer, "reply"), "duplicate-answer",
					   "the reply \"%s\" stands twice in this table; keep one",
					   fault_word(replies->list[j], shown));
			}
		}
	}
}

const struct conf_entry table_keys[] = {
	CONF_KEY("nudge", TEXT, DEFAULT("nudge"), answer_table, nudge,
		 "the message that asks once more"),
	CONF_KEY("clarify", TEXT, DEFAULT("clarify"), answer_table, clarify,
		 "the message that says how to answer, where a reply was none"),
	CONF_LIST_KEY("answers", OPTIONAL, answer_table, answers, count, read_answer,
		      "what each answer means; alone, it may stand for the table", .most = 100),
	{ 0 },
};

/* The list alone is a table with the usual messages. */
static int read_list(struct conf_reader *reader, const struct conf_node *node,
		     struct answer_table *table)
{
	bool single = conf_is_group(node);
	size_t count = single ? 1 : conf_count(node);

	table->answers = arena_alloc(reader->arena, count + 1, sizeof(*table->answers));
	if (!table->answers) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count && count <= 100; i++) {
		int r = read_answer(reader, single ? node : conf_at(node, i), &table->answers[i]);

		if (r < 0) {
			return r;
		}
		table->count++;
	}
	return 0;
}

/* A table stands under a name of its own, so each is read as if by a table of one key. */
static int read_table(struct conf_reader *reader, const struct conf_node *node,
		      struct answer_table *table)
{
	bool whole = conf_is_group(node) && !conf_get(node, "reply");
	int r;

	table->name = arena_copy(reader->arena, conf_key(node));
	table->file = ((struct references *)reader->userdata)->file;
	table->line = conf_line(node);
	if (!table->name) {
		return -ENOMEM;
	}

	r = conf_read_group(reader, whole ? node : NULL, table_keys, table);
	if (r == 0 && whole) {
		r = reference_add(reader, node, "nudge", REFERENCE_MESSAGE);
		r = r < 0 ? r : reference_add(reader, node, "clarify", REFERENCE_MESSAGE);
	} else if (r == 0) {
		r = read_list(reader, node, table);
	}
	if (r < 0) {
		return r;
	}
	if (table->count == 0) {
		conf_fault(reader, node, "type",
			   "a table of answers is a list of 1 to 100 groups: "
			   "( { reply = ...; means = ...; } )");
	}
	check_table(reader, whole ? conf_get(node, "answers") : node, table);
	return 0;
}

static int read_answers(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct plan *plan = target;
	size_t count = conf_count(node);

	plan->tables = arena_alloc(reader->arena, count + 1, sizeof(*plan->tables));
	if (!plan->tables) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < count; i++) {
		int r = read_table(reader, conf_at(node, i), &plan->tables[i]);

		if (r < 0) {
			return r;
		}
		plan->table_count++;
	}
	return 0;
}

/* --- a plan -------------------------------------------------------------------- */

const struct conf_entry plan_keys[] = {
	CONF_KEY("plan", TEXT, REQUIRED, plan, id, "its handle, which clients name"),
	CONF_KEY("title", TEXT, OPTIONAL, plan, title, "what staff call it"),
	CONF_KEY("weeks", NUMBER, OPTIONAL, plan, weeks,
		 "how long it lasts; without, until the end of each client", .least = 1,
		 .most = 520),
	CONF_KEY("after", TEXT, OPTIONAL, plan, after_id,
		 "the plan that goes on when this one is over, for clients with alumni = true"),
	CONF_WHOLE_KEY("answers", GROUP, OPTIONAL, read_answers,
		       "tables that say what an answer to a check-in means"),
	CONF_LIST_KEY("reminders", OPTIONAL, plan, reminders, reminder_count, reminder_read,
		      "what everyone who follows the plan is reminded of", .most = 200),
	{ 0 },
};

static void check_ids(struct conf_reader *reader, const struct plan *plan)
{
	const struct reminder *list = plan->reminders;

	for (size_t i = 0; i < plan->reminder_count; i++) {
		for (size_t j = 0; list[i].id && j < i; j++) {
			if (list[j].id && strcmp(list[i].id, list[j].id) == 0) {
				fault_add(reader->faults, FAULT_ERROR, list[i].file, list[i].line,
					  "duplicate-id",
					  "the id \"%s\" is already at line %u; give one of them "
					  "another id",
					  list[i].id, list[j].line);
				break;
			}
		}
	}
}

int plan_read(struct conf_reader *reader, const struct conf_node *root, struct plan *plan)
{
	struct references *references = reader->userdata;
	const struct conf_node *id = conf_get(root, "plan");
	int r;

	references->scope = id && conf_text(id) ? arena_copy(reader->arena, conf_text(id)) : NULL;
	r = conf_read_group(reader, root, plan_keys, plan);
	references->scope = NULL;
	if (r < 0 || !plan->id) {
		return r;
	}

	plan->file = references->file;
	plan->after_line = reference_line(root, "after");
	check_ids(reader, plan);
	if (plan->after_id && !conf_get(root, "weeks")) {
		conf_fault(reader, conf_get(root, "after"), "plan-endless",
			   "this plan has no end, so nothing comes after it; add weeks, or remove "
			   "\"after\"");
	}
	r = reference_add(reader, root, "after", REFERENCE_PLAN);
	if (r < 0) {
		return r;
	}

	reference_check_id(reader, root, "plan");
	return unique_add(reader, id, UNIQUE_PLAN, plan->id, false);
}
