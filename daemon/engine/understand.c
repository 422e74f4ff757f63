/*
 * Understanding replies.
 *
 * What is said does not depend on what was asked: a stop, words of danger and a
 * call for somebody must never be missed.  Only then is the answer to the open
 * question looked for, as people write it: "1.", "one", "Good :)", "1 thanks",
 * "goood", a thumb.
 * Dangerous: a number may say something else ("1 out of 10", "see you at 3"), a "not" may
 * stand before a word ("not good"), and a typing error may be another word ("wine"
 * is near to "fine").  So a number counts only where nothing but courtesy stands
 * beside it, a word that is denied counts for nothing, and typing errors are
 * forgiven in a reply of one word.
 */
#include "engine/understand.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/plain.h"
#include "engine/danger.h"
#include "engine/optout_words.h"
#include "engine/wordmatch.h"

/* --- danger ------------------------------------------------------------------------------- */

#define LETTERS_MIN 7 /* of a word of danger in which a typing error is forgiven */

/* Does it say a word of `crisis`?  That is certain, where no idiom says otherwise. */
static bool is_listed(const struct model *model, const char *exposed)
{
	const char *at = wordmatch_exposed(model, exposed);

	while (at[1]) {
		if (wordmatch_typo(model, at, WORD_CRISIS, LETTERS_MIN)) {
			return true;
		}
		at = wordmatch_exposed(model, wordmatch_next(at));
	}
	return wordmatch_find(model, exposed, WORD_CRISIS);
}

/* *ret_listed: words of danger that are certain. */
static int find_danger(const struct model *model, const char *normal, bool *ret_listed,
		       struct understood *understood)
{
	_cleanup_free_ char *exposed = NULL;
	int points = 0, signs = 0;
	int r = danger_without_idioms(model, normal, &exposed);

	r = r ? r : danger_weigh(model, normal, &signs, &points, NULL);
	if (r < 0) {
		return r;
	}
	*ret_listed = is_listed(model, exposed);
	/* What the signs say against it was written by hand for that; what is learnt was not. */
	understood->crisis = (*ret_listed && signs >= 0) || points >= model->danger.emergency;
	understood->worry = understood->crisis || points >= model->danger.worry;
	return 0;
}

/* --- what staff write --------------------------------------------------------------------- */

/* At the beginning of a text, and the number of the case after it; ACK alone says something too. */
static const struct {
	const char *word;
	enum staff_act act;
	enum case_attempt attempt;
} staff_words[] = {
	{ " ack", STAFF_ACKNOWLEDGES, 0 },
	{ " who", STAFF_ASKS_WHO, 0 },
	{ " quien", STAFF_ASKS_WHO, 0 },
	{ " called", STAFF_TRIED, CASE_CALLED },
	{ " llame", STAFF_TRIED, CASE_CALLED },
	{ " no answer", STAFF_TRIED, CASE_NO_ANSWER },
	{ " no contesta", STAFF_TRIED, CASE_NO_ANSWER },
	{ " spoke", STAFF_TRIED, CASE_SPOKE },
	{ " hable", STAFF_TRIED, CASE_SPOKE },
	{ " left message", STAFF_TRIED, CASE_LEFT_MESSAGE },
	{ " deje mensaje", STAFF_TRIED, CASE_LEFT_MESSAGE },
	{ " texted", STAFF_TRIED, CASE_TEXTED },
	{ " escribi", STAFF_TRIED, CASE_TEXTED },
	{ " visited", STAFF_TRIED, CASE_VISITED },
	{ " visite", STAFF_TRIED, CASE_VISITED },
};

/* What follows the word. */
static bool read_number(const char *number, bool may_lack, struct staff_word *word)
{
	size_t length;

	number += *number == ' ';
	length = strspn(number, "0123456789");
	if (length == 0 || length > 15 || number[length] != ' ') {
		word->alone = may_lack && !*number;
		return word->alone;
	}
	word->number = strtoll(number, NULL, 10);
	word->alone = !number[length + 1];
	return true;
}

static struct staff_word read_staff_word(const char *normal)
{
	for (size_t i = 0; i < COUNT(staff_words); i++) {
		struct staff_word word = { .act = staff_words[i].act,
					   .attempt = staff_words[i].attempt };
		size_t size = strlen(staff_words[i].word);

		if (strncmp(normal, staff_words[i].word, size) == 0 &&
		    read_number(normal + size, word.act == STAFF_ACKNOWLEDGES, &word)) {
			return word;
		}
	}
	return (struct staff_word){ .act = STAFF_SAYS_NOTHING };
}

/* --- what is said ------------------------------------------------------------------------- */

/* "Cancel", "cancelar por favor": that, and nothing but courtesy. */
static bool is_cancel(const struct model *model, const char *normal)
{
	static const char stem[] = "cancel"; /* in English and Spanish */
	bool found = false;

	WORDS_FOREACH(at, normal)
	{
		if (strncmp(at + 1, stem, strlen(stem)) == 0) {
			found = true;
		} else if (!wordmatch_word(model, at, WORD_COURTESY)) {
			return false;
		}
	}
	return found;
}

int understand(const struct model *model, const char *text, struct understood *ret_understood)
{
	return understand_from(model, text, NULL, ret_understood);
}

int understand_from(const struct model *model, const char *text, const char *names,
		    struct understood *ret_understood)
{
	struct understood understood = { 0 };
	_cleanup_free_ char *normal = NULL;
	bool listed;
	int setback = 0, r = normal_text(text, false, &normal);

	if (r < 0) {
		return r;
	}

	r = find_danger(model, normal, &listed, &understood);
	if (r < 0) {
		return r;
	}
	understood.stop = optout_words_match(model, text, normal, listed);
	/* Who is in danger, or near somebody who is, says no more by a name than who she is. */
	if (!understood.stop && !understood.worry) {
		r = optout_words_name(model, text, names ? names : "", &understood.stop);
		if (r < 0) {
			return r;
		}
	}
	understood.cancel = understood.stop && is_cancel(model, normal);
	understood.start = wordmatch_whole(model, normal, WORD_START);
	understood.help = wordmatch_whole(model, normal, WORD_HELP);
	understood.yes = wordmatch_whole(model, normal, WORD_YES);
	r = danger_weigh_setback(model, normal, &setback, NULL);
	if (r < 0) {
		return r;
	}
	understood.setback =
		setback >= model->danger.setback || wordmatch_find(model, normal, WORD_SETBACK);
	understood.person = wordmatch_find(model, normal, WORD_PERSON);
	understood.staff = read_staff_word(normal);
	*ret_understood = understood;
	return 0;
}

/* --- an answer: the words of the reply ------------------------------------------------- */

static void put_word(char **to, const char *word, size_t length)
{
	const char *digit = words_digit(word, length);

	if (digit) {
		word = digit;
		length = 1;
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

/* What was found of all answers of a table in one reply. */
struct match {
	const struct model *model;
	const char *normal;          /* the whole reply, numbers in digits */
	bool alone;                  /* one word, beside courtesy: a typing error is forgiven */
	const struct answer *number; /* found by its number */
	const struct answer *word;   /* found by a word, the gravest */
	bool contradiction;          /* several numbers */
	bool denied;                 /* a "not" stands before a word of an answer */
	bool denied_well;            /* of an answer that means well */
	bool sad;                    /* a face that is not that of who is well */
	int unknown_replies;         /* words of answers that are in no list of words */
};

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
static bool is_reply_at(const struct match *match, const char *at, const char *reply)
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
	       (match->alone && wordmatch_misspelt(at + 1, length, reply + 1, reply_length - 2));
}

/* --- an answer: what stands beside a word ---------------------------------------------- */

/* Does a word of denial end at the space at `at`? */
static bool is_denied(const struct match *match, const char *at)
{
	for (size_t i = 0; i < match->model->word_list_count; i++) {
		const struct word_list *list = &match->model->word_lists[i];
		const struct word *word = words_begin(list, WORD_NOT, 0);
		const struct word *end = words_begin(list, WORD_NOT, 256);

		for (; word < end; word++) {
			size_t length = strlen(word->normal);

			if ((size_t)(at - match->normal) > length && *(at - length - 1) == ' ' &&
			    memcmp(at - length, word->normal, length) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool is_beside(const struct match *match, const char *at)
{
	return wordmatch_word(match->model, at, WORD_COURTESY) ||
	       wordmatch_word(match->model, at, WORD_BESIDE) ||
	       wordmatch_word(match->model, at, WORD_NOT);
}

/* Nothing but courtesy just before and just after it. */
static bool only_courtesy_around(const struct match *match, const char *at)
{
	const char *before = at, *after = wordmatch_next(at);

	while (before > match->normal && *--before != ' ') {
		/* Back to the space before the word before. */
	}
	return (before == at || is_beside(match, before)) && (!after[1] || is_beside(match, after));
}

/* How far it goes from there what may stand beside a word that all is well; 0 for none. */
static size_t easy_length(const struct match *match, const char *at)
{
	static const enum word_use uses[] = { WORD_EASY, WORD_BESIDE, WORD_COURTESY,
					      WORD_HARMLESS };
	size_t most = 0;

	for (size_t i = 0; i < COUNT(uses); i++) {
		size_t size = wordmatch_at(match->model, at, uses[i]);

		most = size > most ? size : most;
	}
	return most;
}

/* --- an answer: finding it ---------------------------------------------------------------- */

static void add_number(struct match *match, const struct answer *answer)
{
	match->contradiction = match->contradiction || (match->number && match->number != answer);
	match->number = answer;
}

static void add_word(struct match *match, const struct answer *answer)
{
	if (!match->word || answer->means > match->word->means) {
		match->word = answer;
	}
}

_Static_assert(MEANING_WELL < MEANING_WATCH && MEANING_WATCH < MEANING_NEED,
	       "the graver meaning is the greater");

static void find_reply(struct match *match, const struct answer *answer, const char *reply)
{
	bool number = is_number(reply + 1, strlen(reply) - 2);

	WORDS_FOREACH(at, match->normal)
	{
		if (!is_reply_at(match, at, reply) ||
		    wordmatch_at(match->model, at, WORD_HARMLESS) > strlen(reply) - 1) {
			continue; /* "good morning" says nothing of her */
		}
		if (number && only_courtesy_around(match, at)) {
			add_number(match, answer);
		} else if (!number && is_denied(match, at)) {
			match->denied = true;
			match->denied_well = match->denied_well || answer->means == MEANING_WELL;
		} else if (!number) {
			add_word(match, answer);
			match->unknown_replies += easy_length(match, at) == 0;
		}
	}
}

/* --- an answer: a number that stands apart ------------------------------------------------ */

/* Is a piece of the text a number of this answer, and courtesy? */
static int is_number_of(const struct match *match, const struct answer *answer, const char *piece,
			size_t length, bool *ret_is)
{
	_cleanup_free_ char *copy = strndup(piece, length), *normal = NULL, *digits = NULL;
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM, numbers_found = 0;

	*ret_is = false;
	digits = r == 0 ? in_digits(normal) : NULL;
	if (r != 0 || !digits) {
		return r ? r : -ENOMEM;
	}
	WORDS_FOREACH(at, digits)
	{
		size_t size = strcspn(at + 1, " ");

		if (is_number(at + 1, size)) {
			numbers_found++;
			for (size_t i = 0; i < answer->replies.count; i++) {
				const char *reply = answer->replies.list[i];

				*ret_is = *ret_is || (strlen(reply) == size &&
						      memcmp(reply, at + 1, size) == 0);
			}
		} else if (!is_beside(match, at)) {
			numbers_found = 2;
		}
	}
	*ret_is = *ret_is && numbers_found == 1;
	return 0;
}

/* The point of "1.5" ends no sentence. */
static bool is_decimal(const char *text, const char *at)
{
	return at > text && strchr(".,", *at) && isdigit((unsigned char)at[-1]) &&
	       isdigit((unsigned char)at[1]);
}

static size_t sentence_length(const char *text)
{
	size_t length = strcspn(text, ".!?,;\n");

	while (text[length] && is_decimal(text, text + length)) {
		length += 1 + strcspn(text + length + 1, ".!?,;\n");
	}
	return length;
}

/* "gave birth yesterday!! 1", "1. it was a long day": the first or the last sentence is a number. */
static int find_apart(struct match *match, const struct answer *answer, const char *text)
{
	static const char ends[] = ".!?,;\n";
	const char *last = text + strlen(text), *end = last;
	size_t first = sentence_length(text);
	bool at_first = false, at_last = false;
	int r = text[first] ? is_number_of(match, answer, text, first, &at_first) : 0;

	/* What ends the last sentence is no end of the one before it. */
	while (end > text && strchr(" .!?,;\n\r\t", end[-1])) {
		end--;
	}
	last = end;
	while (last > text && !(strchr(ends, last[-1]) && !is_decimal(text, last - 1))) {
		last--;
	}
	r = r || last == text ? r
			      : is_number_of(match, answer, last, (size_t)(end - last), &at_last);
	if (r == 0 && (at_first || at_last)) {
		add_number(match, answer);
	}
	return r;
}

static int find_answer(struct match *match, const struct answer *answer, const char *text)
{
	int found = find_apart(match, answer, text);

	if (found < 0) {
		return found;
	}
	for (size_t i = 0; i < answer->replies.count; i++) {
		const char *written = answer->replies.list[i];
		_cleanup_free_ char *reply = NULL;
		int r = normal_text(written, false, &reply);

		if (r < 0) {
			return r;
		}
		/* A reply of signs only, like a thumb, stands as it was written. */
		if (reply[1]) {
			find_reply(match, answer, reply);
		} else if (*written && strstr(text, written)) {
			add_word(match, answer);
		}
	}
	return 0;
}

/* What of number and word is the graver: "1 rough" is rough. */
static const struct answer *graver_of(const struct match *match)
{
	if (!match->number || !match->word) {
		return match->number ? match->number : match->word;
	}
	return match->word->means > match->number->means ? match->word : match->number;
}

/* Do words stand there of which nobody knows what they say?  "fine on the outside" */
static bool has_unknown_words(const struct match *match)
{
	int unknown = 0;
	const char *at = match->normal;

	while (at[1]) {
		size_t size = easy_length(match, at);

		unknown += size == 0 && !is_number(at + 1, strcspn(at + 1, " "));
		at = size > 0 ? at + size : wordmatch_next(at);
	}
	return unknown > match->unknown_replies;
}

/* Nobody who is not well must be taken for it: a "not" or "but" anywhere is for a human, and so are
 * words beside a word, though not beside a number, that are in no list. */
static bool is_doubtful(const struct match *match)
{
	return match->denied_well || match->sad ||
	       wordmatch_find(match->model, match->normal, WORD_NOT) ||
	       wordmatch_find(match->model, match->normal, WORD_DOUBT) ||
	       (!match->number && has_unknown_words(match));
}

static bool has_sad_face(const char *text)
{
	static const char *const faces[] = {
		":(",
		":'(",
		":-(",
		"=(",
		":[",
		"T_T",
		"\xe2\x98\xb9",
		"\xf0\x9f\x99\x81",
		/* disappointed, crying, sobbing, weary, tired, persevering, confounded, pensive, anguished,
		 * pleading, broken heart, screaming, sick, sad but relieved, thumb down */
		"\xf0\x9f\x98\x9e",
		"\xf0\x9f\x98\xa2",
		"\xf0\x9f\x98\xad",
		"\xf0\x9f\x98\xa9",
		"\xf0\x9f\x98\xab",
		"\xf0\x9f\x98\xa3",
		"\xf0\x9f\x98\x96",
		"\xf0\x9f\x98\x94",
		"\xf0\x9f\x98\xa7",
		"\xf0\x9f\xa5\xba",
		"\xf0\x9f\x92\x94",
		"\xf0\x9f\x98\xb1",
		"\xf0\x9f\xa4\xa2",
		"\xf0\x9f\x98\xa5",
		"\xf0\x9f\x91\x8e",
	};

	for (size_t i = 0; i < COUNT(faces); i++) {
		if (strstr(text, faces[i])) {
			return true;
		}
	}
	return false;
}

static const struct answer *decide(const struct match *match)
{
	const struct answer *answer = match->contradiction ? NULL : graver_of(match);

	if (answer && answer->means == MEANING_WELL) {
		return is_doubtful(match) ? NULL : answer;
	}
	/* "not rough, meh" is for a human; "not good, rough" is clear. */
	if (answer && answer->means == MEANING_WATCH && answer != match->number && match->denied) {
		return NULL;
	}
	return answer;
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
		      const struct understood *understood, const struct answer **ret_answer,
		      bool *ret_more)
{
	_cleanup_free_ char *normal = NULL, *digits = NULL;
	struct match match = { .model = model };
	int r;

	*ret_answer = NULL;
	*ret_more = false;
	if (!table || understood->stop || understood->start || understood->help) {
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

	match.normal = digits;
	match.alone = is_alone(model, digits);
	match.sad = has_sad_face(text);
	for (size_t i = 0; i < table->count; i++) {
		r = find_answer(&match, &table->answers[i], text);
		if (r < 0) {
			return r;
		}
	}
	*ret_answer = decide(&match);
	if (*ret_answer && (*ret_answer)->means == MEANING_WELL &&
	    (understood->worry || understood->setback || understood->person)) {
		*ret_answer = NULL;
	}
	*ret_more = *ret_answer && has_unknown_words(&match);
	return 0;
}

int understand_light(const struct model *model, const char *text, bool *ret_light)
{
	_cleanup_free_ char *normal = NULL;
	int r = normal_text(text, false, &normal);

	if (r < 0) {
		return r;
	}
	*ret_light = !has_sad_face(text) && !wordmatch_find(model, normal, WORD_NOT);
	/* "i almost used" is hidden from what looks for a setback, and weighs all the same. */
	WORDS_FOREACH(at, normal)
	{
		*ret_light = *ret_light && wordmatch_at(model, at, WORD_HEAVY) == 0;
	}
	return 0;
}
