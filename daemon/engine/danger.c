/*
 * Danger: see danger.h for how it is weighed.
 *
 * Dangerous: a false alarm costs a call, a miss may cost a life.  So nothing is
 * left out because a text is long or odd: a text with more words than are weighed
 * is weighed as far as they go, and it is for a human anyway.
 */
#include "engine/danger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "engine/wordmatch.h"

#define WORDS_MOST  400 /* a text in ten segments has fewer */
#define FOUND_MOST  800
#define LETTERS_MIN 9 /* of a word in which a typing error is forgiven */

/* A word or phrase of a group: from which word of the text to which. */
struct found {
	uint32_t group;
	size_t first, last;
};

struct weighing {
	const struct model *model;
	const char *words[WORDS_MOST]; /* their first letters */
	size_t word_count;
	struct found found[FOUND_MOST];
	size_t found_count;
};

/* --- the words -------------------------------------------------------------------------------- */

static size_t longest_at(const struct model *model, const char *at, enum word_use use)
{
	size_t most = 0;

	for (size_t i = 0; i < model->word_list_count; i++) {
		size_t size = words_at(&model->word_lists[i], at, use);

		most = size > most ? size : most;
	}
	return most;
}

/* Words of one use that begin at `at`, up to where words of another begin in them that go on behind them and
 * are no shorter than `least`. */
static size_t length_until(const struct model *model, const char *at, size_t length,
			   enum word_use other, size_t least)
{
	for (size_t i = strcspn(at, " ") + 1; i < length; i += strcspn(at + i, " ") + 1) {
		size_t size = longest_at(model, at + i, other);

		if (i + size > length && size >= least) {
			return i - 1;
		}
	}
	return length;
}

/* An idiom becomes one word, which is in no list.  But words of `crisis` in which one ends are none of it
 * ("feeling blue lips"), nor are those in which a shorter one begins; a longer one says what is meant ("ya no
 * quiero seguir recibiendo"). */
static void hide_idioms(const struct model *model, char *text)
{
	size_t size;

	for (char *at = text + 1; *at; at += size + (at[size] == ' ')) {
		size_t crisis = longest_at(model, at, WORD_CRISIS);
		size_t idiom = longest_at(model, at, WORD_IDIOM);

		crisis = length_until(model, at, crisis, WORD_IDIOM, crisis + 1);
		idiom = length_until(model, at, idiom, WORD_CRISIS, 1);
		size = crisis > idiom ? crisis : idiom;
		memset(at, '-', size == idiom ? idiom : 0);
		size = size > 0 ? size : strcspn(at, " ");
	}
}

int danger_without_idioms(const struct model *model, const char *normal, char **ret_text)
{
	char *text = strdup(normal);

	if (!text) {
		return -ENOMEM;
	}
	hide_idioms(model, text);
	*ret_text = text;
	return 0;
}

static size_t count_words(const char *text, size_t length)
{
	size_t count = 1;

	for (size_t i = 0; i < length; i++) {
		count += text[i] == ' ';
	}
	return count;
}

static void add(struct weighing *weighing, uint32_t group, size_t first, size_t count)
{
	if (weighing->found_count < FOUND_MOST) {
		weighing->found[weighing->found_count++] =
			(struct found){ group, first, first + count - 1 };
	}
}

/* A single word with a typing error, or with a key that was held down. */
static bool is_mistyped(const struct word *word, const char *at)
{
	size_t typed = strcspn(at, " "), length = strlen(word->normal);

	if (word->stem || strchr(word->normal, ' ')) {
		return false;
	}
	return wordmatch_stretched(at, typed, word->normal, length) ||
	       (length >= LETTERS_MIN && wordmatch_misspelt(at, typed, word->normal, length));
}

static void find_at(struct weighing *weighing, const struct word_list *list, size_t number)
{
	const char *at = weighing->words[number];
	const struct word *word = words_begin(list, WORD_DANGER, (unsigned char)*at);
	const struct word *end = words_begin(list, WORD_DANGER, (unsigned char)*at + 1);

	for (; word < end; word++) {
		size_t length = word_length(word, at);

		if (length > 0) {
			add(weighing, word->group, number, count_words(at, length));
		} else if (is_mistyped(word, at)) {
			add(weighing, word->group, number, 1);
		}
	}
}

/* --- the signs ----------------------------------------------------------------------------- */

/* Do words of the groups from `number` on follow the word `last`?  *ret_last: the last of them. */
static bool follows(const struct weighing *weighing, const struct danger_sign *sign, size_t number,
		    size_t last, size_t *ret_last)
{
	if (number == sign->count) {
		*ret_last = last;
		return true;
	}
	for (size_t i = 0; i < weighing->found_count; i++) {
		const struct found *found = &weighing->found[i];

		if (found->group == sign->group[number] && found->first > last &&
		    found->first - last - 1 <= (size_t)sign->within &&
		    follows(weighing, sign, number + 1, found->last, ret_last)) {
			return true;
		}
	}
	return false;
}

/* *ret_first, *ret_last: the words that show it. */
static bool is_shown(const struct weighing *weighing, const struct danger_sign *sign,
		     size_t *ret_first, size_t *ret_last)
{
	for (size_t i = 0; sign->count > 0 && i < weighing->found_count; i++) {
		const struct found *found = &weighing->found[i];

		if (found->group == sign->group[0] &&
		    follows(weighing, sign, 1, found->last, ret_last)) {
			*ret_first = found->first;
			return true;
		}
	}
	return false;
}

static void explain(struct buffer *why, const struct weighing *weighing,
		    const struct danger_sign *sign, size_t first, size_t last)
{
	const char *begin = weighing->words[first], *end = weighing->words[last];
	char points[24];

	(void)snprintf(points, sizeof(points), " %d (", sign->points);
	buffer_put_text(why, why->size > 0 ? ", " : "");
	buffer_put_text(why, sign->groups);
	buffer_put_text(why, points);
	buffer_put(why, begin, (size_t)(end - begin) + strcspn(end, " "));
	buffer_put_text(why, ")");
}

int danger_weigh(const struct model *model, const char *normal, int *ret_points, char **ret_why)
{
	_cleanup_free_ struct weighing *weighing = calloc(1, sizeof(*weighing));
	_cleanup_free_ char *joined = strdup(normal);
	_cleanup_(buffer_done) struct buffer why = { 0 };
	int points = 0;

	if (!weighing || !joined) {
		return -ENOMEM;
	}
	weighing->model = model;
	words_join(joined);
	hide_idioms(model, joined);
	for (const char *at = joined + 1; *at && weighing->word_count < WORDS_MOST;) {
		weighing->words[weighing->word_count++] = at;
		at += strcspn(at, " ") + 1;
	}
	for (size_t i = 0; i < weighing->word_count; i++) {
		for (size_t j = 0; j < model->word_list_count; j++) {
			find_at(weighing, &model->word_lists[j], i);
		}
	}

	for (size_t i = 0; i < model->word_list_count; i++) {
		const struct word_list *list = &model->word_lists[i];
		size_t first, last;

		for (size_t j = 0; j < list->sign_count; j++) {
			if (is_shown(weighing, &list->signs[j], &first, &last)) {
				points += list->signs[j].points;
				explain(&why, weighing, &list->signs[j], first, last);
			}
		}
	}
	if (ret_why) {
		*ret_why = buffer_take(&why, NULL);
		if (!*ret_why) {
			return -ENOMEM;
		}
	}
	*ret_points = points > 0 ? points : 0;
	return 0;
}
