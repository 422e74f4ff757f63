/*
 * What a text costs and how it is written: GSM 03.38 and UCS-2 segments,
 * characters made plain, and templates with {field|alternative}.  UTF-8 in
 * and out; bytes that are not UTF-8 are refused, never guessed at.
 */
#ifndef HF_LIB_TEXT_H
#define HF_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum text_encoding {
	TEXT_GSM7, /* 160 septets in one segment, 153 in each of several */
	TEXT_UCS2, /* 70 units in one segment, 67 in each of several */
};

struct text_cost {
	enum text_encoding encoding;
	int segments; /* 0 for an empty text */
	int units;    /* septets or UTF-16 units */
	/* The first character that made it UCS-2, as UTF-8 ("" when none). */
	char culprit[5];
};

enum {
	TEXT_E_UTF8 = 1, /* not UTF-8 */
	TEXT_E_FIELD,    /* a template names a field that is not known */
	TEXT_E_BRACE,    /* a brace that opens nothing or closes nothing */
	TEXT_E_EMPTY,    /* a field has no value and the template gives no alternative */
};

const char *text_encoding_word(enum text_encoding encoding); /* "GSM-7", "UCS-2" */

/* An escape pair or a surrogate pair is never split over two segments (3GPP TS 23.038, 23.040). */
int text_cost(const char *utf8, struct text_cost *ret_cost);

/* Curly quotes, dashes, ellipses, no-break spaces, and the letters GSM-7 lacks lose what makes them
 * so (o with acute becomes o); what GSM-7 has (n with tilde, inverted question mark) stays.
 * Characters with no plain form stay.  Allocated; the caller frees.  TEXT_E_UTF8. */
int text_plain(const char *utf8, char **ret_plain);

/* A value by name: 0 and *ret_value, "" where the field is known and has no value, TEXT_E_FIELD
 * otherwise. */
typedef int (*text_field)(void *userdata, const char *name, const char **ret_value);

/* Fills {name} and {name|alternative}; "{{" and "}}" are braces.  On TEXT_E_ ret_where is the
 * offset in the template and, for TEXT_E_FIELD and TEXT_E_EMPTY, ret_name (32 bytes) holds the
 * field's name. Both may be NULL.  Allocated; the caller frees.  A result over 4096 bytes is
 * -E2BIG. */
#define TEXT_NAME_MAX 32
int text_fill(const char *template, text_field field, void *userdata, char **ret_text,
	      size_t *ret_where, char ret_name[TEXT_NAME_MAX]);

bool text_is_utf8(const char *bytes);

#endif
