/*
 * What a text offers as answers, and whether a table reads them as it says.
 *
 * Promises: "3 rough" does not pass where a 3 is taken for something else, or for
 * nothing.
 * Dangerous: a text has numbers that offer nothing, "988 or 911", "at 6:00", "in 10
 * minutes".  So a number counts where it stands in a row with others ("1 good, 2
 * so-so"), ends a scale ("0 far to 9 very close"), follows "reply", or has a reply
 * for its label.
 */
#include "config/offers.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buffer.h"
#include "lib/plain.h"

#define PIECES_MOST 512 /* words of a template, which has TEMPLATE_MAX bytes */
#define SCALE_MOST  100

/* --- the words of a text ---------------------------------------------------------------------- */

/* What stands between a word and the one before it. */
enum joint {
	JOINT_NONE,
	JOINT_SOFT, /* "good, so-so or rough" */
	JOINT_HARD, /* the end of a sentence, or a field */
};

struct piece {
	char *words; /* normal: " so so " of "so-so" */
	int number;  /* -1: it is none */
	enum joint joint;
	char via[8]; /* the "or" of a soft joint, " o "; else "" */
	bool dotted; /* "1." */
	bool ranged; /* the 9 of "0-9" */
	bool loud;   /* "YES" */
};

struct pieces {
	struct piece list[PIECES_MOST];
	size_t count;
};

static void pieces_done(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		free(pieces->list[i].words);
	}
}

static bool is_one_of(const char *words, const char *const *list)
{
	size_t length = strlen(words);

	for (; *list; list++) {
		if (strlen(*list) + 2 == length && strncmp(words + 1, *list, length - 2) == 0) {
			return true;
		}
	}
	return false;
}

static bool is_or(const char *words)
{
	static const char *const list[] = { "or", "and", "o", "u", "y", "e", NULL };

	return is_one_of(words, list);
}

static bool is_with(const char *words)
{
	static const char *const list[] = { "with", "con", NULL };

	return is_one_of(words, list);
}

static bool is_to(const char *words)
{
	static const char *const list[] = { "to", "through", "a", "al", "hasta", NULL };

	return is_one_of(words, list);
}

/* After these comes what she may write. */
static bool is_reply_verb(const char *words)
{
	static const char *const list[] = { "reply",    "answer",   "press",    "responda",
					    "responde", "conteste", "contesta", "escriba",
					    "escribe",  "marque",   "oprima",   NULL };

	return is_one_of(words, list);
}

static int number_of(const char *words)
{
	size_t length = strlen(words) - 2;

	if (words_digit(words + 1, length)) {
		return *words_digit(words + 1, length) - '0';
	}
	return length > 0 && length <= 3 && strspn(words + 1, "0123456789") == length
		       ? (int)strtol(words + 1, NULL, 10)
		       : -1;
}

static bool is_letter(unsigned char c)
{
	return isalnum(c) || c >= 0x80 || c == '\'';
}

/* 6:00, 3.5, 50%, #4: digits that are parts of something else. */
static bool is_glued(const char *text, const char *begin, const char *end)
{
	bool before =
		begin - text >= 2 && strchr(":.", begin[-1]) && isdigit((unsigned char)begin[-2]);
	bool after = *end && strchr(":.", *end) && isdigit((unsigned char)end[1]);

	return before || after || *end == '%' || (begin > text && strchr("+#$", begin[-1]));
}

static bool is_loud(const char *begin, const char *end)
{
	for (const char *at = begin; at < end; at++) {
		if (!isupper((unsigned char)*at)) {
			return false;
		}
	}
	return end - begin > 1;
}

static int add_word(struct pieces *pieces, const char *text, const char *begin, const char *end,
		    enum joint *joint)
{
	_cleanup_free_ char *copy = strndup(begin, (size_t)(end - begin)), *normal = NULL;
	struct piece *piece = &pieces->list[pieces->count];
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM;

	if (r != 0 || !normal[1] || pieces->count == PIECES_MOST) {
		return r;
	}
	if (is_or(normal)) {
		*joint = *joint == JOINT_HARD ? JOINT_HARD : JOINT_SOFT;
		(void)snprintf(piece->via, sizeof(piece->via), "%s", normal);
		return 0;
	}
	piece->number = number_of(normal);
	if (piece->number >= 0 && is_glued(text, begin, end)) {
		piece->number = -1;
	}
	piece->words = take_ptr(normal);
	piece->joint = *joint;
	piece->dotted = *end == '.' && !isdigit((unsigned char)end[1]);
	piece->ranged = begin - text >= 2 && begin[-1] == '-' && isdigit((unsigned char)begin[-2]);
	piece->loud = is_loud(begin, end);
	pieces->count++;
	*joint = JOINT_NONE;
	return 0;
}

static enum joint joint_of(const char *at, const struct pieces *pieces, enum joint before)
{
	bool after_number = pieces->count > 0 && pieces->list[pieces->count - 1].number >= 0 &&
			    before == JOINT_NONE;

	if (strchr(",/|", *at)) {
		return before == JOINT_HARD ? JOINT_HARD : JOINT_SOFT;
	}
	/* "1: good", "1) good" */
	if (strchr(".!?;\n}", *at) || (*at == ':' && !after_number)) {
		return JOINT_HARD;
	}
	return before;
}

/* A field is no word, and what it stands between belongs not together. */
static int cut(const char *text, struct pieces *pieces)
{
	enum joint joint = JOINT_HARD;
	const char *at = text;
	bool listed = false, first = true;
	int r = 0;

	while (r == 0 && *at) {
		const char *end = at;

		if (*at == '{' && at[1] != '{') {
			joint = JOINT_HARD;
			at += strcspn(at, "}");
			continue;
		}
		while (is_letter((unsigned char)*end) ||
		       (end > at && *end == '-' && isalpha((unsigned char)end[-1]) &&
			is_letter((unsigned char)end[1]))) {
			end++;
		}
		if (end > at) {
			r = add_word(pieces, text, at, end, &joint);
			at = end;
			continue;
		}
		if (pieces->count > 0 && pieces->list[pieces->count - 1].number >= 0 && first) {
			listed = *at == '.';
			first = false;
		}
		/* "1. good 2. so-so" */
		if (!(listed && *at == '.' && pieces->list[pieces->count - 1].dotted &&
		      pieces->list[pieces->count - 1].number >= 0)) {
			joint = joint_of(at, pieces, joint);
		}
		at++;
	}
	return r;
}

/* --- the replies of a table ------------------------------------------------------------------- */

struct reply {
	char *normal;
	const struct answer *answer;
};

struct table_reader {
	const struct answer_table *table;
	struct reply *replies;
	size_t count;
};

struct offers {
	struct arena *arena;
	struct table_reader *list;
	size_t count;
};

static int add_replies(struct offers *offers, struct table_reader *reader,
		       const struct answer *answer)
{
	for (size_t i = 0; i < answer->replies.count; i++) {
		const char *written = answer->replies.list[i];
		_cleanup_free_ char *normal = NULL;
		int r = written ? normal_text(written, false, &normal) : 0;

		if (r < 0) {
			return r;
		}
		if (normal && normal[1]) {
			reader->replies[reader->count++] =
				(struct reply){ .normal = arena_copy(offers->arena, normal),
						.answer = answer };
		}
	}
	return 0;
}

static int add_table(struct offers *offers, const struct answer_table *table)
{
	struct table_reader *reader = &offers->list[offers->count++];
	size_t room = 1;
	int r = 0;

	for (size_t i = 0; i < table->count; i++) {
		room += table->answers[i].replies.count;
	}
	reader->table = table;
	reader->replies = arena_alloc(offers->arena, room, sizeof(*reader->replies));
	for (size_t i = 0; reader->replies && r == 0 && i < table->count; i++) {
		r = add_replies(offers, reader, &table->answers[i]);
	}
	for (size_t i = 0; i < reader->count; i++) {
		r = reader->replies[i].normal ? r : -ENOMEM;
	}
	return reader->replies ? r : -ENOMEM;
}

static int add_all(struct offers *offers, const struct model *model)
{
	size_t room = 1;
	int r = 0;

	for (size_t i = 0; i < model->plan_count; i++) {
		room += model->plans[i].table_count;
	}
	offers->list = arena_alloc(offers->arena, room, sizeof(*offers->list));
	for (size_t i = 0; offers->list && i < model->plan_count; i++) {
		for (size_t j = 0; r == 0 && j < model->plans[i].table_count; j++) {
			r = add_table(offers, &model->plans[i].tables[j]);
		}
	}
	return offers->list ? r : -ENOMEM;
}

int offers_new(const struct model *model, struct offers **ret_offers)
{
	_cleanup_(offers_freep) struct offers *offers = calloc(1, sizeof(*offers));
	int r = offers ? arena_new(&offers->arena) : -ENOMEM;

	r = r ? r : add_all(offers, model);
	if (r == 0) {
		*ret_offers = take_ptr(offers);
	}
	return r;
}

struct offers *offers_free(struct offers *offers)
{
	if (offers) {
		offers->arena = arena_free(offers->arena);
		free(offers);
	}
	return NULL;
}

/* The answer whose reply, the longest, stands at the space before a word; NULL for none. */
static const struct reply *reply_at(const struct table_reader *reader, const char *at)
{
	const struct reply *found = NULL;
	size_t most = 1;

	for (size_t i = 0; i < reader->count; i++) {
		const char *normal = reader->replies[i].normal;
		size_t length = strlen(normal);

		if (length > most && normal[1] && strncmp(at, normal, length) == 0) {
			found = &reader->replies[i];
			most = length;
		}
	}
	return found;
}

static const struct answer *answer_with(const struct table_reader *reader, int number)
{
	for (size_t i = 0; i < reader->count; i++) {
		if (number_of(reader->replies[i].normal) == number) {
			return reader->replies[i].answer;
		}
	}
	return NULL;
}

/* What the texts offer that come with Holdfast. */
static const struct {
	const char *normal;
	enum meaning means;
} shipped_replies[] = {
	{ " good ", MEANING_WELL },     { " bien ", MEANING_WELL },  { " so so ", MEANING_WATCH },
	{ " regular ", MEANING_WATCH }, { " rough ", MEANING_NEED }, { " mal ", MEANING_NEED },
};

/* What that means in other tables, as bits; 0: it is a reply of none. */
static unsigned meanings_at(const struct offers *offers, const struct table_reader *reader,
			    const char *at)
{
	unsigned meanings = 0;

	for (size_t i = 0; i < COUNT(shipped_replies); i++) {
		const char *normal = shipped_replies[i].normal;

		meanings |= strncmp(at, normal, strlen(normal)) == 0
				    ? 1u << shipped_replies[i].means
				    : 0;
	}
	for (size_t i = 0; i < offers->count; i++) {
		const struct reply *reply =
			&offers->list[i] == reader ? NULL : reply_at(&offers->list[i], at);

		if (reply && number_of(reply->normal) < 0) {
			meanings |= 1u << reply->answer->means;
		}
	}
	return meanings;
}

static bool is_yes_or_no(const char *at)
{
	static const char *const list[] = { " yes ", " no ", " si ", NULL };

	for (size_t i = 0; list[i]; i++) {
		if (strncmp(at, list[i], strlen(list[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* --- what is offered --------------------------------------------------------------------------- */

/* "más o menos" is one reply, and no choice. */
static int join_replies(const struct offers *offers, struct pieces *pieces)
{
	for (size_t i = 1; i < pieces->count; i++) {
		struct piece *piece = &pieces->list[i];
		_cleanup_free_ char *joined = NULL;
		bool found = false;

		if (piece->joint != JOINT_SOFT || !*piece->via) {
			continue;
		}
		if (asprintf(&joined, "%s%s%s", pieces->list[i - 1].words, piece->via + 1,
			     piece->words + 1) < 0) {
			joined = NULL;
			return -ENOMEM;
		}
		for (size_t j = 0; j < offers->count; j++) {
			const struct table_reader *reader = &offers->list[j];

			for (size_t k = 0; k < reader->count; k++) {
				found = found || strncmp(reader->replies[k].normal, joined,
							 strlen(joined)) == 0;
			}
		}
		if (found) {
			free(piece->words);
			piece->words = strdup(joined + strlen(pieces->list[i - 1].words) - 1);
			piece->joint = JOINT_NONE;
			if (!piece->words) {
				return -ENOMEM;
			}
		}
	}
	return 0;
}

static int join_words(const struct pieces *pieces, size_t begin, size_t end, char **ret_words)
{
	_cleanup_(buffer_done) struct buffer words = { 0 };

	buffer_put_text(&words, " ");
	for (size_t i = begin; i < end; i++) {
		buffer_put_text(&words, pieces->list[i].words + 1);
	}
	*ret_words = buffer_take(&words, NULL);
	return *ret_words ? 0 : -ENOMEM;
}

/* " good " of "1 good" */
static int words_after(const struct pieces *pieces, size_t number, char **ret_words)
{
	size_t end = number + 1;

	while (end < pieces->count && pieces->list[end].joint == JOINT_NONE &&
	       pieces->list[end].number < 0) {
		end++;
	}
	return join_words(pieces, number + 1, end, ret_words);
}

/* " good " of "good (1)" */
static int words_before(const struct pieces *pieces, size_t number, char **ret_words)
{
	size_t begin = number;

	while (begin > 0 && pieces->list[begin].joint == JOINT_NONE &&
	       pieces->list[begin - 1].number < 0) {
		begin--;
	}
	return join_words(pieces, begin, number, ret_words);
}

/* The next number in that direction; -1 for none. */
static int neighbour(const struct pieces *pieces, size_t number, int step)
{
	for (int i = (int)number + step; i >= 0 && i < (int)pieces->count; i += step) {
		if (pieces->list[i].number >= 0) {
			return i;
		}
	}
	return -1;
}

/* "0 far to 9 very close", "1-5" */
static bool is_scale(const struct pieces *pieces, int low, int high)
{
	const struct piece *list = pieces->list;
	bool to = high >= 0 && list[high].ranged;

	if (low < 0 || high < 0 || list[low].number > 1 || list[high].number <= list[low].number ||
	    list[high].number > SCALE_MOST) {
		return false;
	}
	for (int i = low + 1; i <= high; i++) {
		if (list[i].joint == JOINT_HARD) {
			return false;
		}
		to = to || is_to(list[i].words);
	}
	return to;
}

/* Does it count up from 0 or 1, or down to it?  "5 or 6 minutes" does not. */
static bool is_in_row(const struct pieces *pieces, int number, int step, int direction)
{
	int at = number, next;
	bool row = false;

	while ((next = neighbour(pieces, (size_t)at, step)) >= 0 &&
	       pieces->list[next].number == pieces->list[at].number + direction) {
		at = next;
		row = true;
	}
	return row && pieces->list[at].number <= 1;
}

static bool is_row(const struct pieces *pieces, int number)
{
	int before = neighbour(pieces, (size_t)number, -1);
	int after = neighbour(pieces, (size_t)number, 1);
	int own = pieces->list[number].number;

	return is_in_row(pieces, number, -1, -1) || is_in_row(pieces, number, 1, -1) ||
	       (own <= 1 && ((after >= 0 && pieces->list[after].number == own + 1) ||
			     (before >= 0 && pieces->list[before].number == own + 1)));
}

/* Is it one of several that are counted, "1 good, 2 so-so", or an end of a scale? */
static bool is_counted(const struct pieces *pieces, size_t number)
{
	return is_row(pieces, (int)number) ||
	       is_scale(pieces, neighbour(pieces, number, -1), (int)number) ||
	       is_scale(pieces, (int)number, neighbour(pieces, number, 1));
}

/* One text, held against one table. */
struct judging {
	const struct offers *offers;
	const struct table_reader *reader;
	const struct pieces *pieces;
	bool strict, labels_lead; /* "good (1) so-so (2)" */
	struct offer *first;
};

static void complain(struct judging *judging, const char *number, const char *label, bool missing)
{
	size_t length;

	if (*judging->first->words) {
		return;
	}
	(void)snprintf(judging->first->words, OFFER_MAX, "%s%.40s", number, label);
	length = strlen(judging->first->words);
	while (length > 0 && judging->first->words[length - 1] == ' ') {
		judging->first->words[--length] = '\0';
	}
	judging->first->missing = missing;
}

/* What the words say by the replies of this table, else by those of the others. */
static bool is_label_of(const struct judging *judging, const struct answer *answer,
			const char *label, bool strict)
{
	bool own = false;
	unsigned meanings = 0;

	for (const char *at = label; at[1];) {
		const struct reply *reply = reply_at(judging->reader, at);

		if (reply && reply->answer != answer) {
			return false;
		}
		own = own || reply;
		meanings |= reply ? 0 : meanings_at(judging->offers, judging->reader, at);
		at += reply ? strlen(reply->normal) - 1 : strcspn(at + 1, " ") + 1;
	}
	return own || (meanings == 0 ? !strict : meanings & 1u << answer->means);
}

static bool says_answer(const struct judging *judging, const char *label)
{
	return label[1] && (reply_at(judging->reader, label) ||
			    meanings_at(judging->offers, judging->reader, label) != 0);
}

static bool is_asked_for(const struct pieces *pieces, size_t number)
{
	const struct piece *list = pieces->list;
	size_t verb = number;

	/* "answer with 1" */
	if (verb > 1 && list[verb].joint == JOINT_NONE && is_with(list[verb - 1].words)) {
		verb--;
	}
	return verb > 0 && list[verb].joint == JOINT_NONE && is_reply_verb(list[verb - 1].words);
}

static int judge_number(struct judging *judging, size_t number)
{
	const struct pieces *pieces = judging->pieces;
	const struct piece *piece = &pieces->list[number];
	const struct answer *answer = answer_with(judging->reader, piece->number);
	_cleanup_free_ char *after = NULL, *before = NULL;
	char digits[16];
	bool lead;
	int r = words_after(pieces, number, &after);

	r = r ? r : words_before(pieces, number, &before);
	if (r < 0) {
		return r;
	}
	lead = judging->labels_lead || !after[1];
	if (!is_asked_for(pieces, number) && !is_counted(pieces, number) &&
	    !says_answer(judging, after)) {
		return 0;
	}

	(void)snprintf(digits, sizeof(digits), "%d", piece->number);
	if (!answer) {
		complain(judging, digits, lead ? " " : after, true);
	} else if (!is_label_of(judging, answer, lead ? before : after, judging->strict && !lead)) {
		complain(judging, digits, lead ? before : after, false);
	}
	return 0;
}

/* Are there labels at all, and not at the ends of a scale only?  "Reply 1, 2 or 3 when you can" has
 * none. */
static bool has_labels(const struct pieces *pieces)
{
	int labels = 0;

	for (size_t i = 0; i + 1 < pieces->count; i++) {
		const struct piece *next = &pieces->list[i + 1];

		labels += pieces->list[i].number >= 0 && is_row(pieces, (int)i) &&
			  next->joint == JOINT_NONE && next->number < 0 && !is_to(next->words);
	}
	return labels >= 2;
}

/* "good (1) so-so (2) rough (3)": the first number has a label before it, the last none after it. */
static bool has_leading_labels(const struct judging *judging)
{
	const struct pieces *pieces = judging->pieces;
	size_t first = 0, last = pieces->count;

	while (first < pieces->count && pieces->list[first].number < 0) {
		first++;
	}
	while (last > first && pieces->list[last - 1].number < 0) {
		last--;
	}
	return first > 0 && last > first + 1 && pieces->list[first].joint == JOINT_NONE &&
	       (last == pieces->count || pieces->list[last].joint != JOINT_NONE) &&
	       says_answer(judging, pieces->list[first - 1].words);
}

/* Would some table take that word for an answer? */
static bool is_reply_word(const struct judging *judging, const struct piece *piece)
{
	return piece->number < 0 &&
	       (says_answer(judging, piece->words) || is_yes_or_no(piece->words));
}

/* "yes or no?", "good, so-so or rough": two that stand in a row; and "reply YES". */
static void judge_words(struct judging *judging)
{
	const struct piece *list = judging->pieces->list;
	size_t count = judging->pieces->count;

	for (size_t i = 0; i < count; i++) {
		bool asked = list[i].loud && is_asked_for(judging->pieces, i);
		bool row = (i > 0 && list[i].joint == JOINT_SOFT &&
			    is_reply_word(judging, &list[i - 1])) ||
			   (i + 1 < count && list[i + 1].joint == JOINT_SOFT &&
			    is_reply_word(judging, &list[i + 1]));

		if ((asked || row) && is_reply_word(judging, &list[i]) &&
		    !reply_at(judging->reader, list[i].words)) {
			complain(judging, "", list[i].words + 1, true);
		}
	}
}

int offers_judge(const struct offers *offers, const struct answer_table *table, const char *text,
		 bool strict, struct offer *ret_offer)
{
	_cleanup_(pieces_done) struct pieces pieces = { .count = 0 };
	struct offer first = { "", false };
	struct judging judging = { .offers = offers, .pieces = &pieces, .first = &first };
	int r = cut(text, &pieces);

	for (size_t i = 0; i < offers->count; i++) {
		judging.reader = offers->list[i].table == table ? &offers->list[i] : judging.reader;
	}
	assert(judging.reader);
	r = r ? r : join_replies(offers, &pieces);
	if (r < 0) {
		return r;
	}

	judging.strict = strict && has_labels(&pieces);
	judging.labels_lead = has_leading_labels(&judging);
	for (size_t i = 0; r == 0 && i < pieces.count; i++) {
		if (pieces.list[i].number >= 0) {
			r = judge_number(&judging, i);
		}
	}
	judge_words(&judging);
	*ret_offer = first;
	return r;
}
