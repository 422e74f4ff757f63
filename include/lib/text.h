/*
 * What a text costs and how it is written: GSM 03.38 and UCS-2 segments, and
 * templates with {field|alternative}.  UTF-8 in and out; bytes that are not
 * UTF-8 are refused, never guessed at.
 */
#ifndef HF_LIB_TEXT_H
#define HF_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 (RFC 3629), one character at a time.  Overlong forms, surrogates and what lies beyond
 * U+10FFFF are not UTF-8. */
#define UTF8_MAX 5 /* four bytes and NUL */

/* Bytes read, 1 to 4; 0 at the NUL that ends the text; -EILSEQ where it is not UTF-8. */
int utf8_read(const char *bytes, uint32_t *ret_character);
/* Bytes written, without the NUL; the character must be one that utf8_read gives. */
int utf8_write(uint32_t character, char buffer[UTF8_MAX]);
bool text_is_utf8(const char *bytes);
bool text_is_ascii(const char *bytes);
/* The size of a text, or of its longest beginning that has at most `most` bytes and does not end in
 * the middle of a character. */
size_t utf8_cut(const char *text, size_t most);

/* The default alphabet of text messages and its extension (3GPP TS 23.038 6.2.1): 1, or 2 for what
 * is written after an escape; 0 where the alphabet lacks it. */
int gsm7_septets(uint32_t character);

enum text_encoding {
	TEXT_GSM7, /* 160 septets in one segment, 153 in each of several */
	TEXT_UCS2, /* 70 units in one segment, 67 in each of several */
};

struct text_cost {
	enum text_encoding encoding;
	int segments; /* 0 for an empty text */
	int units;    /* septets or UTF-16 units */
	/* The first character that made it UCS-2, as UTF-8 ("" when none). */
	char culprit[UTF8_MAX];
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

#endif
