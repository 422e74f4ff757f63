/*
 * Understanding replies.
 *
 * What is said does not depend on what was asked: a stop, words of danger and a
 * call for somebody must never be missed.  Only then is the answer to the open
 * question looked for, as people write it: "1.", "one", "Good :)", "1 thanks",
 * "goood", a thumb.
 * Dangerous: a phone's "Liked ..." repeats our own words, the STOP in them too.
 * A number may say something else ("1 out of 10", "see you at 3"), a word may be
 * turned around ("not good"), and a typing error may be another word ("wine" is
 * near to "fine").  So a number counts only where nothing but courtesy stands
 * beside it, a word that is denied counts for nothing, and typing errors are
 * forgiven in a reply of one word.
 */
#include "engine/understand.h"

#include <errno.h>
#include <string.h>

#include "lib/plain.h"
#include "engine/optout_words.h"
#include "engine/wordmatch.h"

/* --- danger ------------------------------------------------------------------------------- */

#define LETTERS_MIN 7 /* of a word of danger in which a typing error is forgiven */

static bool is_crisis(const struct model *model, const char *normal)
{
	const char *at = normal;

	while (at[1]) {
		size_t hidden = wordmatch_at(model, at, WORD_HARMLESS);

		if (hidden == 0 && wordmatch_typo(model, at, WORD_CRISIS, LETTERS_MIN)) {
			return true;
		}
		at += hidden > 0 ? hidden : strcspn(at + 1, " ") + 1;
	}
	return wordmatch_find(model, normal, WORD_CRISIS);
}

/* --- reactions and acknowledgements ----------------------------------------------------- */

/* What phones that cannot show a reaction write instead: Liked “...”. */
static bool is_reaction(const char *text)
{
	static const char *const verbs[] = {
		"Liked ",      "Loved ",   "Disliked ",  "Laughed at ",      "Emphasized ",
		"Questioned ", "Reacted ", "Removed a ", "Le gust\xc3\xb3 ", "Le encant\xc3\xb3 ",
	};
	static const char *const quotes[] = { "\"", "\xe2\x80\x9c", "\xc2\xab" };

	for (size_t i = 0; i < COUNT(verbs); i++) {
		size_t length = strlen(verbs[i]);

		for (size_t j = 0; strncmp(text, verbs[i], length) == 0 && j < COUNT(quotes); j++) {
			if (strstr(text + length, quotes[j])) {
				return true;
			}
		}
	}
	return false;
}

/* -1: it is none. */
static int64_t read_acknowledgement(const char *normal)
{
	static const char word[] = " ack";
	const char *number = normal + strlen(word);
	size_t length;

	if (strncmp(normal, word, strlen(word)) != 0) {
		return -1;
	}
	number += *number == ' ';
	if (!*number) {
		return 0;
	}
	length = strspn(number, "0123456789");
	return length > 0 && length < 16 && number[length] == ' ' ? strtoll(number, NULL, 10) : -1;
}

/* --- what is said ------------------------------------------------------------------------- */

int understand(const struct model *model, const char *text, struct understood *ret_understood)
{
	struct understood understood = { .acknowledges = -1, .reaction = is_reaction(text) };
	_cleanup_free_ char *normal = NULL;
	int r = normal_text(text, false, &normal);

	if (r < 0) {
		return r;
	}

	if (!understood.reaction) {
		understood.crisis = is_crisis(model, normal);
		understood.stop = optout_words_match(model, text, normal, understood.crisis);
		understood.start = wordmatch_whole(model, normal, WORD_START);
		understood.help = wordmatch_whole(model, normal, WORD_HELP);
		understood.yes = wordmatch_whole(model, normal, WORD_YES);
		understood.setback = wordmatch_find(model, normal, WORD_SETBACK);
		understood.person = wordmatch_find(model, normal, WORD_PERSON);
		understood.acknowledges = read_acknowledgement(normal);
	}
	*ret_understood = understood;
	return 0;
}

/* --- the answer to a question ---------------------------------------------------------- */

struct hunt {
	const struct model *model;
	const char *normal;          /* the whole reply, numbers in digits */
	bool alone;                  /* one word, beside courtesy: a typing error is forgiven */
	const struct answer *number; /* found by its number */
	const struct answer *word;   /* found by a word, the gravest */
	bool contradiction;          /* several numbers */
	bool denied;                 /* a word was turned around */
	bool denied_well;            /* one that means well */
	int strange_well;            /* words that mean well, and are in no list themselves */
};

/* --- words as they are typed --------------------------------------------------------- */

static bool is_number(const char *word, size_t length)
{
	return length > 0 && strspn(word, "0123456789") >= length;
}

/* "soso" of "so so", with its spaces around it. */
static bool is_run_together(const char *typed, size_t length, const char *reply)
{
	size_t i = 0;

	for (const char *at = reply; *at; at++) {
		if (*at == ' ') {
			continue;
		}
		if (i == length || typed[i++] != *at) {
			return false;
		}
	}
	return i == length;
}

/* `at` points to the space before a word of the text, reply is " good " or " so so ". */
static bool fits(const struct hunt *hunt, const char *at, const char *reply)
{
	size_t length = strcspn(at + 1, " "), reply_length = strlen(reply);

	if (strncmp(at, reply, reply_length) == 0) {
		return true;
	}
	if (is_number(at + 1, length)) {
		return false;
	}
	if (strcspn(reply + 1, " ") + 2 != reply_length) {
		return is_run_together(at + 1, length, reply);
	}
	return wordmatch_stretched(at + 1, length, reply + 1, reply_length - 2) ||
	       (hunt->alone && wordmatch_misspelt(at + 1, length, reply + 1, reply_length - 2));
}

/* --- where they stand ----------------------------------------------------------------- */

/* Does a word of denial end at the space at `at`? */
static bool is_denied(const struct hunt *hunt, const char *at)
{
	for (size_t i = 0; i < hunt->model->word_list_count; i++) {
		const struct word_list *list = &hunt->model->word_lists[i];

		for (size_t j = 0; j < list->count; j++) {
			size_t length = strlen(list->words[j].normal);

			if (list->words[j].use == WORD_NOT &&
			    (size_t)(at - hunt->normal) > length && *(at - length - 1) == ' ' &&
			    memcmp(at - length, list->words[j].normal, length) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool is_beside(const struct hunt *hunt, const char *at)
{
	return wordmatch_word(hunt->model, at, WORD_COURTESY) ||
	       wordmatch_word(hunt->model, at, WORD_BESIDE) ||
	       wordmatch_word(hunt->model, at, WORD_NOT);
}

/* Nothing but courtesy just before and just after it. */
static bool stands_free(const struct hunt *hunt, const char *at)
{
	const char *before = at, *after = at + strcspn(at + 1, " ") + 1;

	while (before > hunt->normal && *--before != ' ') {
		/* Back to the space before the word before. */
	}
	return (before == at || is_beside(hunt, before)) && (!after[1] || is_beside(hunt, after));
}

/* How far it goes from there what may stand beside a word that all is well; 0 for none. */
static size_t easy(const struct hunt *hunt, const char *at)
{
	static const enum word_use uses[] = { WORD_EASY, WORD_BESIDE, WORD_COURTESY,
					      WORD_HARMLESS };
	size_t most = 0;

	for (size_t i = 0; i < COUNT(uses); i++) {
		size_t size = wordmatch_at(hunt->model, at, uses[i]);

		most = size > most ? size : most;
	}
	return most;
}

/* --- the hunt --------------------------------------------------------------------------- */

static void take_number(struct hunt *hunt, const struct answer *answer)
{
	hunt->contradiction = hunt->contradiction || (hunt->number && hunt->number != answer);
	hunt->number = answer;
}

static void take_word(struct hunt *hunt, const struct answer *answer)
{
	if (!hunt->word || answer->means > hunt->word->means) {
		hunt->word = answer;
	}
}

_Static_assert(MEANING_WELL < MEANING_WATCH && MEANING_WATCH < MEANING_NEED,
	       "the graver meaning is the greater");

static void hunt_reply(struct hunt *hunt, const struct answer *answer, const char *reply)
{
	bool number = is_number(reply + 1, strlen(reply) - 2);

	WORDS_FOREACH(at, hunt->normal)
	{
		if (!fits(hunt, at, reply)) {
			continue;
		}
		if (number && stands_free(hunt, at)) {
			take_number(hunt, answer);
		} else if (!number && is_denied(hunt, at)) {
			hunt->denied = true;
			hunt->denied_well = hunt->denied_well || answer->means == MEANING_WELL;
		} else if (!number) {
			take_word(hunt, answer);
			hunt->strange_well += answer->means == MEANING_WELL && easy(hunt, at) == 0;
		}
	}
}

static int hunt_answer(struct hunt *hunt, const struct answer *answer, const char *text)
{
	for (size_t i = 0; i < answer->replies.count; i++) {
		const char *written = answer->replies.list[i];
		_cleanup_free_ char *reply = NULL;
		int r = normal_text(written, false, &reply);

		if (r < 0) {
			return r;
		}
		/* A reply of signs only, like a thumb, stands as it was written. */
		if (reply[1]) {
			hunt_reply(hunt, answer, reply);
		} else if (*written && strstr(text, written)) {
			take_word(hunt, answer);
		}
	}
	return 0;
}

/* What of number and word is the graver: "1 rough" is rough. */
static const struct answer *graver(const struct hunt *hunt)
{
	if (!hunt->number || !hunt->word) {
		return hunt->number ? hunt->number : hunt->word;
	}
	return hunt->word->means > hunt->number->means ? hunt->word : hunt->number;
}

/* Do words stand there of which nobody knows what they say?  "fine on the outside" */
static bool is_strange(const struct hunt *hunt)
{
	int strange = 0;
	const char *at = hunt->normal;

	while (at[1]) {
		size_t size = easy(hunt, at);

		strange += size == 0;
		at += size > 0 ? size : strcspn(at + 1, " ") + 1;
	}
	return strange > hunt->strange_well;
}

/* Nobody who is not well must be taken for it: a "not" or "but" anywhere is for a human, and so are
 * words beside a word, though not beside a number, that are in no list. */
static bool is_doubtful(const struct hunt *hunt)
{
	return hunt->denied_well || wordmatch_find(hunt->model, hunt->normal, WORD_NOT) ||
	       wordmatch_find(hunt->model, hunt->normal, WORD_DOUBT) ||
	       (!hunt->number && is_strange(hunt));
}

static const struct answer *decide(const struct hunt *hunt)
{
	const struct answer *answer = hunt->contradiction ? NULL : graver(hunt);

	if (answer && answer->means == MEANING_WELL) {
		return is_doubtful(hunt) ? NULL : answer;
	}
	/* "not rough, meh" is for a human; "not good, rough" is clear. */
	if (answer && answer->means == MEANING_WATCH && answer != hunt->number && hunt->denied) {
		return NULL;
	}
	return answer;
}

/* --- before the hunt ---------------------------------------------------------------------- */

static const struct {
	const char *word, *digit;
} numbers[] = {
	{ "one", "1" },    { "two", "2" },   { "three", "3" }, { "four", "4" },
	{ "five", "5" },   { "uno", "1" },   { "dos", "2" },   { "tres", "3" },
	{ "cuatro", "4" }, { "cinco", "5" }, { "zero", "0" },  { "cero", "0" },
};

static void put_word(char **to, const char *word, size_t length)
{
	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (strlen(numbers[i].word) == length &&
		    memcmp(numbers[i].word, word, length) == 0) {
			word = numbers[i].digit;
			length = 1;
		}
	}
	*(*to)++ = ' ';
	memcpy(*to, word, length);
	*to += length;
}

/* " one thanks " as " 1 thanks "; NULL when memory is out. */
static char *in_digits(const char *normal)
{
	char *digits = malloc(strlen(normal) + 2), *to = digits;

	if (!digits) {
		return NULL;
	}
	WORDS_FOREACH(at, normal)
	{
		put_word(&to, at + 1, strcspn(at + 1, " "));
	}
	memcpy(to, " ", 2);
	return digits;
}

static bool is_alone(const struct model *model, const char *normal)
{
	int words = 0;

	WORDS_FOREACH(at, normal)
	{
		words += !wordmatch_word(model, at, WORD_COURTESY);
	}
	return words <= 1;
}

int understand_answer(const struct model *model, const struct answer_table *table, const char *text,
		      const struct understood *understood, const struct answer **ret_answer)
{
	_cleanup_free_ char *normal = NULL, *digits = NULL;
	struct hunt hunt = { .model = model };
	int r;

	*ret_answer = NULL;
	if (!table || understood->reaction || understood->stop || understood->start ||
	    understood->help) {
		return 0;
	}

	r = normal_text(text, false, &normal);
	if (r < 0) {
		return r;
	}
	digits = in_digits(normal);
	if (!digits) {
		return -ENOMEM;
	}

	hunt.normal = digits;
	hunt.alone = is_alone(model, digits);
	for (size_t i = 0; i < table->count; i++) {
		r = hunt_answer(&hunt, &table->answers[i], text);
		if (r < 0) {
			return r;
		}
	}
	*ret_answer = decide(&hunt);
	return 0;
}
