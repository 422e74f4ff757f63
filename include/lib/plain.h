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

/* Curly quotes, dashes, ellipses, no-break spaces, and the letters GSM-7 lacks lose what makes them
 * so (o with acute becomes o); what GSM-7 has (n with tilde, inverted question mark) stays.
 * Characters with no plain form stay.  Allocated; the caller frees.  TEXT_E_UTF8. */
int text_plain(const char *utf8, char **ret_plain);

/* Small plain letters and digits, a space before and after each word.  In a template, fields are no
 * words but their alternatives are.  Allocated; the caller frees.  0 or -ENOMEM; what is not UTF-8
 * has no words. */
int normal_text(const char *text, bool template, char **ret_normal);

#endif
