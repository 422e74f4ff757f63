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
#define HITS_MOST   2000
#define TOPICS_MOST 200
#define LETTERS_MIN 9 /* of a word in which a typing error is forgiven */

/* A word or phrase of a group: from which word of the text to which. */
struct found {
	uint32_t group;
	size_t first, last;
};

/* A word of `danger_weights` or `setback_weights` in the text. */
struct hit {
	const struct word *word;
	const struct danger_weight *weight;
	size_t first, last;
	bool again; /* it is counted that its topic stands elsewhere, too */
};

struct weighing {
	const char *words[WORDS_MOST]; /* their first letters */
	size_t word_count;
	struct found found[FOUND_MOST];
	size_t found_count;
	struct hit hits[HITS_MOST];
	size_t hit_count;
	const struct hit *topics[TOPICS_MOST]; /* those of them that have one */
	size_t topic_count;
	int sign_points, weight_points;
	bool explains;                /* why is wanted: */
	struct buffer signs, weights; /* each with its points and words */
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

/* Words of one use that begin at `at`, up to where words of another begin in them that go on behind
 * them and are no shorter than `least`. */
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

/* An idiom becomes one word, which is in no list.  But words of `crisis` in which one ends are none
 * of it ("feeling blue lips"), nor are those in which a shorter one begins; a longer one says what is
 * meant ("ya no quiero seguir recibiendo"). */
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

/* Most words are not, and all the words of a letter are many. */
static bool may_be_mistyped(const char *at)
{
	size_t typed = strcspn(at, " ");

	for (size_t i = 1; i < typed; i++) {
		if (at[i] == at[i - 1]) {
			return true;
		}
	}
	return typed + 1 >= LETTERS_MIN;
}

static void find_at(struct weighing *weighing, const struct word_list *list, size_t number)
{
	const char *at = weighing->words[number];
	struct word_walk walk = words_walk(list, WORD_DANGER, at);
	const struct word *word;

	while ((word = words_walk_on(&walk))) {
		size_t length = word_length(word, at);

		if (length > 0) {
			add(weighing, word->group, number, count_words(at, length));
		}
	}
	if (!may_be_mistyped(at)) {
		return;
	}
	for (word = words_begin(list, WORD_DANGER, (unsigned char)*at);
	     word < words_begin(list, WORD_DANGER, (unsigned char)*at + 1); word++) {
		if (word_length(word, at) == 0 && is_mistyped(word, at)) {
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

/* What, how much, and the words that show it. */
static void explain(const struct weighing *weighing, struct buffer *why, const char *what,
		    int points, size_t first, size_t last)
{
	const char *begin = weighing->words[first], *end = weighing->words[last];
	char number[24];

	if (!weighing->explains) {
		return;
	}
	(void)snprintf(number, sizeof(number), " %d (", points);
	buffer_put_text(why, why->size > 0 ? ", " : "");
	buffer_put_text(why, what);
	buffer_put_text(why, number);
	buffer_put(why, begin, (size_t)(end - begin) + strcspn(end, " "));
	buffer_put_text(why, ")");
}

static void weigh_signs(struct weighing *weighing, const struct word_list *list)
{
	size_t first, last;

	for (size_t i = 0; i < list->sign_count; i++) {
		const struct danger_sign *sign = &list->signs[i];

		if (is_shown(weighing, sign, &first, &last)) {
			weighing->sign_points += sign->points;
			explain(weighing, &weighing->signs, sign->groups, sign->points, first,
				last);
		}
	}
}

/* --- the weights --------------------------------------------------------------------------- */

static void weigh_word(struct weighing *weighing, const struct hit *found, const char *what,
		       int points)
{
	weighing->weight_points += points;
	explain(weighing, &weighing->weights, what, points, found->first, found->last);
}

static void add_hit(struct weighing *weighing, const struct hit *found)
{
	const struct danger_weight *weight = found->weight;

	for (size_t i = 0; i < weighing->hit_count; i++) {
		struct hit *hit = &weighing->hits[i];

		if (hit->weight->id != weight->id ||
		    (weight->id == 0 && hit->word != found->word)) {
			continue;
		}
		if (weight->again != 0 && !hit->again && found->first > hit->last) {
			hit->again = true;
			weigh_word(weighing, found, weight->topic, weight->again);
		}
		return;
	}
	if (weighing->hit_count < HITS_MOST) {
		if (weight->id != 0 && weighing->topic_count < TOPICS_MOST) {
			weighing->topics[weighing->topic_count++] =
				&weighing->hits[weighing->hit_count];
		}
		weighing->hits[weighing->hit_count++] = *found;
		weigh_word(weighing, found, weight->topic ? weight->topic : found->word->written,
			   weight->points);
	}
}

/* As word_length(), but a word that is shorter than three letters has no plural, alone or at the end
 * of a phrase: "is" is none of "i". */
static size_t weight_length(const struct word *word, const char *at)
{
	const char *space = strrchr(word->normal, ' ');
	bool is_short = strlen(space ? space + 1 : word->normal) < 3;
	size_t length = word_length(word, at);

	return !word->stem && is_short && length > strlen(word->normal) ? 0 : length;
}

static void find_weights(struct weighing *weighing, const struct word_list *list, enum word_use use,
			 const char *at, size_t number)
{
	const struct danger_weight *weights =
		use == WORD_WEIGHT ? list->weights : list->setback_weights;
	struct word_walk walk = words_walk(list, use, at);
	const struct word *word;

	while ((word = words_walk_on(&walk))) {
		size_t length = weight_length(word, at);

		if (length > 0) {
			const struct hit hit = {
				.word = word,
				.weight = &weights[word->group],
				.first = number,
				.last = number + count_words(at, length) - 1,
			};

			add_hit(weighing, &hit);
		}
	}
}

static const struct hit *find_topic(const struct weighing *weighing, uint32_t id)
{
	for (size_t i = 0; i < weighing->topic_count; i++) {
		if (weighing->topics[i]->weight->id == id) {
			return weighing->topics[i];
		}
	}
	return NULL;
}

static void weigh_pairs(struct weighing *weighing, const struct word_list *list)
{
	for (size_t i = 0; i < list->pair_count; i++) {
		const struct danger_pair *pair = &list->pairs[i];
		const struct hit *one = find_topic(weighing, pair->one);
		const struct hit *other = one ? find_topic(weighing, pair->other) : NULL;

		if (other) {
			weigh_word(weighing, one->first < other->first ? one : other, pair->written,
				   pair->points);
		}
	}
}

/* A long text has more words of every kind: what they add is divided by the root of their number.
 * So the points of a weight are those in a text of one word. */
static int weight_of(const struct weighing *weighing)
{
	long root = 10; /* tenths */

	while ((root + 1) * (root + 1) <= 100 * (long)weighing->word_count) {
		root++;
	}
	return (int)(weighing->weight_points * 10L / root);
}

static int say_why(struct weighing *weighing, int weight, char **ret_why)
{
	struct buffer *why = &weighing->signs;
	char heading[96];

	if (weighing->hit_count > 0) {
		(void)snprintf(heading, sizeof(heading),
			       "%swords %d (%d in %zu words): ", why->size > 0 ? ", " : "", weight,
			       weighing->weight_points, weighing->word_count);
		buffer_put_text(why, heading);
		buffer_put(why, weighing->weights.bytes, weighing->weights.size);
	}
	*ret_why = buffer_take(why, NULL);
	return *ret_why ? 0 : -ENOMEM;
}

static struct weighing *weighing_free(struct weighing *weighing)
{
	if (weighing) {
		buffer_done(&weighing->signs);
		buffer_done(&weighing->weights);
		free(weighing);
	}
	return NULL;
}

DEFINE_CLEANUP(struct weighing *, weighing_free);

static size_t find_words(const char *text, const char *words[WORDS_MOST])
{
	size_t word_count = 0;

	for (const char *at = text + 1; *at && word_count < WORDS_MOST;) {
		words[word_count++] = at;
		at += strcspn(at, " ") + 1;
	}
	return word_count;
}

/* What may stand in a list of weights.  joined: the text, which must outlive the weighing. */
static int weigh_words(struct weighing *weighing, const struct model *model, const char *joined,
		       enum word_use use)
{
	_cleanup_(buffer_done) struct buffer sound = { 0 };

	words_sound(joined, &sound);
	if (sound.failed || !sound.bytes) {
		return -ENOMEM;
	}
	weighing->word_count = find_words(joined, weighing->words);
	for (size_t i = 0, at = 1; i < weighing->word_count; i++) {
		for (size_t j = 0; j < model->word_list_count; j++) {
			find_weights(weighing, &model->word_lists[j], use, sound.bytes + at, i);
		}
		at += strcspn(sound.bytes + at, " ") + 1;
	}
	return 0;
}

int danger_weigh(const struct model *model, const char *normal, int *ret_signs, int *ret_points,
		 char **ret_why)
{
	_cleanup_(weighing_freep) struct weighing *weighing = calloc(1, sizeof(*weighing));
	_cleanup_free_ char *joined = strdup(normal), *exposed = NULL;
	int weight, r;

	if (!weighing || !joined) {
		return -ENOMEM;
	}
	words_join(joined);
	exposed = strdup(joined);
	if (!exposed) {
		return -ENOMEM;
	}
	hide_idioms(model, exposed);
	weighing->explains = ret_why != NULL;

	weighing->word_count = find_words(exposed, weighing->words);
	for (size_t i = 0; i < weighing->word_count; i++) {
		for (size_t j = 0; j < model->word_list_count; j++) {
			find_at(weighing, &model->word_lists[j], i);
		}
	}
	for (size_t i = 0; i < model->word_list_count; i++) {
		weigh_signs(weighing, &model->word_lists[i]);
	}

	/* Idioms are weighed, too: most of them tell of no danger. */
	r = weigh_words(weighing, model, joined, WORD_WEIGHT);
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < model->word_list_count; i++) {
		weigh_pairs(weighing, &model->word_lists[i]);
	}

	weight = weight_of(weighing);
	*ret_signs = weighing->sign_points;
	*ret_points = (weighing->sign_points > 0 ? weighing->sign_points : 0) + weight;
	return ret_why ? say_why(weighing, weight, ret_why) : 0;
}

int danger_weigh_setback(const struct model *model, const char *normal, int *ret_points,
			 char **ret_why)
{
	_cleanup_(weighing_freep) struct weighing *weighing = calloc(1, sizeof(*weighing));
	_cleanup_free_ char *joined = strdup(normal);
	int r;

	if (!weighing || !joined) {
		return -ENOMEM;
	}
	words_join(joined);
	weighing->explains = ret_why != NULL;
	r = weigh_words(weighing, model, joined, WORD_SETBACK_WEIGHT);
	if (r < 0) {
		return r;
	}
	*ret_points = weight_of(weighing);
	return ret_why ? say_why(weighing, *ret_points, ret_why) : 0;
}
