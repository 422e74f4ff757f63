/*
 * Our own words, quoted back: found by what was sent, for no list has the verbs of
 * every phone and language.
 *
 * Whatever stands between two quotation marks, of any kind, is compared with the texts
 * that were sent.  What stands before it in the same sentence is the phone's, if it is
 * short and has no digit; all the rest is hers.
 * Dangerous: what is taken for ours is not read.  So a beginning counts only where it is
 * too long to be said by chance, and without quotation marks only the whole of a long text.
 */
#include "engine/reaction.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/plain.h"
#include "lib/text.h"
#include "lib/buffer.h"

#define BEGINNING_LEAST 12 /* bytes of the beginning of a text of ours, as normal_text() makes it */
#define ECHO_LEAST      24 /* bytes of a text of ours that comes back without quotation marks */
#define VERB_WORDS      6  /* "Removed a question mark from" has five */
#define MARKS_MOST      12UL /* quotation marks of one text, from its beginning and from its end */
#define QUOTED_MOST     4    /* quotations of one text */

/* --- quotation marks --------------------------------------------------------------- */

/* The size of the quotation mark that stands there; 0 for none. */
static size_t mark_at(const char *at)
{
	static const char *const marks[] = {
		"\"", "“", "”",  "„",  "‟",  "«",  "»",  "‹",  "›",  "‘",  "’", "‚", "‛",
		"'",  "`", "「", "」", "『", "』", "〝", "〞", "〟", "＂", "❝", "❞",
	};

	for (size_t i = 0; i < COUNT(marks); i++) {
		if (strncmp(at, marks[i], strlen(marks[i])) == 0) {
			return strlen(marks[i]);
		}
	}
	return 0;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* An apostrophe, as in "don't". */
static bool is_inside_word(const char *text, const char *at, size_t size)
{
	return at > text && is_letter(at[-1]) && is_letter(at[size]);
}

/* The first marks of a text, and with it the last ones: where a quotation may begin and end. */
static size_t find_marks(const char *text, const char *list[2 * MARKS_MOST])
{
	size_t count = 0;

	for (const char *at = text; *at;) {
		size_t size = mark_at(at);

		if (size > 0 && !is_inside_word(text, at, size)) {
			if (count == 2 * MARKS_MOST) {
				memmove(list + MARKS_MOST, list + MARKS_MOST + 1,
					sizeof(*list) * (MARKS_MOST - 1));
				count--;
			}
			list[count++] = at;
		}
		at += size > 0 ? size : 1;
	}
	return count;
}

/* --- what is quoted ---------------------------------------------------------------- */

/* Is that a text of ours, or the beginning of one?  `bare`: there are no quotation marks. */
static int is_ours(const char *words, size_t length, bool bare, char *const *sent, size_t count,
		   bool *ret_is)
{
	_cleanup_free_ char *copy = strndup(words, length), *normal = NULL;
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM;
	size_t size;

	*ret_is = false;
	if (r != 0) {
		return r;
	}
	size = strlen(normal);
	for (size_t i = 0; i < count && size > 1 && !*ret_is; i++) {
		bool whole = strcmp(normal, sent[i]) == 0;

		*ret_is = bare ? whole && size >= ECHO_LEAST
			       : whole || (size > BEGINNING_LEAST &&
					   strncmp(normal, sent[i], size - 1) == 0);
	}
	return 0;
}

/* Where a quotation stands, with its marks. */
struct quotation {
	const char *begin, *end; /* end NULL: there is none */
};

static int find_quotation(const char *text, char *const *sent, size_t count,
			  struct quotation *ret_quotation)
{
	const char *marks[2 * MARKS_MOST], *text_end = text + strlen(text);
	size_t mark_count = find_marks(text, marks);
	bool ours = false;
	int r = is_ours(text, strlen(text), true, sent, count, &ours);

	*ret_quotation = (struct quotation){ text, ours ? text_end : NULL };
	for (size_t i = 0; i < mark_count; i++) {
		const char *from = marks[i] + mark_at(marks[i]), *to = text_end;

		/* The longest first; what was cut may have no mark at its end. */
		for (size_t j = mark_count; r == 0 && !ours && j > i; to = marks[--j]) {
			r = is_ours(from, (size_t)(to - from), false, sent, count, &ours);
			if (ours) {
				*ret_quotation = (struct quotation){ marks[i], to + mark_at(to) };
			}
		}
	}
	return r;
}

/* --- what stands beside it ----------------------------------------------------------- */

static int count_words(const char *normal)
{
	int count = 0;

	for (const char *at = normal; *at; at++) {
		count += *at == ' ' && at[1];
	}
	return count;
}

/* How much at the end of what stands before a quotation is the phone's: its last sentence, if that
 * is short and has no digit, which would be an answer. */
static int verb_length(const char *before, size_t length, size_t *ret_length)
{
	_cleanup_free_ char *verb = NULL, *normal = NULL;
	size_t from = length;
	int r;

	while (from > 0 && !strchr(".!?\n", before[from - 1])) {
		from--;
	}
	verb = strndup(before + from, length - from);
	r = verb ? normal_text(verb, false, &normal) : -ENOMEM;
	if (r == 0) {
		bool is = count_words(normal) <= VERB_WORDS && !strpbrk(normal, "0123456789");

		*ret_length = is ? length - from : 0;
	}
	return r;
}

/* Nothing but blanks, marks and points. */
static bool is_blank(const char *plain)
{
	for (const char *at = plain; *at; at++) {
		if ((*at & 0x80) || is_letter(*at) || (*at >= '0' && *at <= '9')) {
			return false;
		}
	}
	return true;
}

/* Without one quotation.  *ret_own NULL: there is none. */
static int cut(const char *text, char *const *sent, size_t count, struct buffer *verb,
	       char **ret_own)
{
	struct quotation quotation;
	struct buffer own = { 0 };
	size_t before, length = 0;
	int r = find_quotation(text, sent, count, &quotation);

	*ret_own = NULL;
	if (r != 0 || !quotation.end) {
		return r;
	}
	before = (size_t)(quotation.begin - text);
	r = verb_length(text, before, &length);
	if (r != 0) {
		return r;
	}

	buffer_put(verb, text + before - length, length);
	buffer_put_text(verb, " ");
	buffer_put(&own, text, before - length);
	buffer_put_text(&own, " ");
	buffer_put_text(&own, quotation.end);
	*ret_own = buffer_take(&own, NULL);
	return *ret_own ? 0 : -ENOMEM;
}

int reaction_read(const char *text, char *const *sent, size_t count, struct reaction *ret_reaction)
{
	_cleanup_free_ char *own = strdup(text), *plain = NULL;
	struct reaction reaction = { 0 };
	struct buffer verb = { 0 };
	int r = own ? 0 : -ENOMEM;

	buffer_put_text(&verb, "");
	for (int i = 0; r == 0 && i < QUOTED_MOST; i++) {
		char *rest;

		r = cut(own, sent, count, &verb, &rest);
		if (r != 0 || !rest) {
			break;
		}
		reaction.quotes = true;
		free(own);
		own = rest;
	}
	reaction.verb = buffer_take(&verb, NULL);
	if (r == 0 && reaction.quotes) {
		r = text_plain(own, PLAIN_LETTERS_KEEP, &plain);
		if (r == 0 && is_blank(plain)) {
			*own = '\0';
		}
	}
	if (r < 0 || !reaction.verb) {
		free(reaction.verb);
		return r < 0 ? r : -ENOMEM;
	}

	reaction.own = take_ptr(own);
	*ret_reaction = reaction;
	return 0;
}

bool reaction_is_possible(const char *text)
{
	const char *marks[2 * MARKS_MOST];

	return strlen(text) + 2 >= ECHO_LEAST || find_marks(text, marks) > 0;
}

int reaction_own_verb(struct reaction *reaction)
{
	char *own;

	if (asprintf(&own, "%s %s", reaction->verb, reaction->own) < 0) {
		return -ENOMEM;
	}
	free(reaction->own);
	reaction->own = own;
	return 0;
}
