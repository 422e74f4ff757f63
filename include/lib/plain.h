/*
 * A text without the ornament that phones and word processors give it, so that
 * it does not grow to UCS-2 for a quotation mark; and without its looks at all,
 * as it is compared with words.
 */
#ifndef HF_LIB_PLAIN_H
#define HF_LIB_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#define PLAIN_MAX 4 /* three ASCII characters and NUL */

/* Writes the plain form of a character, "" where it is left out; false when there is none. */
bool plain_form(uint32_t character, char ret_form[PLAIN_MAX]);

enum plain_letters {
	PLAIN_LETTERS_KEEP, /* as they are written */
	/* Where a letter would make the text UCS-2 (o with acute, which GSM-7 lacks), no letter of it has
	 * an accent: "dia", "cafe"; half of them would look like mistakes.  What is another letter (n
	 * with tilde, u with dots) stays, and so do all where something else makes it UCS-2 anyway. */
	PLAIN_LETTERS_BARE,
};

/* Curly quotes, dashes, ellipses and no-break spaces lose what makes them so.  Characters with no
 * plain form stay.  It never takes more segments than before.  Allocated; the caller frees.
 * TEXT_E_UTF8. */
int text_plain(const char *utf8, enum plain_letters letters, char **ret_plain);
/* Is it a letter, whose plain form is for PLAIN_LETTERS_BARE alone? */
bool plain_is_letter(uint32_t character);

/* With a capital where it begins, behind what Spanish and quotations put there; but not with one
 * that a text pays more for than for the small letter.  Allocated; NULL for -ENOMEM. */
char *text_capital(const char *utf8);

/* Small plain letters and digits, a space before and after each word.  In a template, fields are no
 * words but their alternatives are.  Allocated; the caller frees.  0 or -ENOMEM; what is not UTF-8
 * has no words. */
int normal_text(const char *text, bool template, char **ret_normal);

#endif
