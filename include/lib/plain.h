/*
 * What a character is without the ornament that phones and word processors
 * give it: one table, so that a text does not grow to UCS-2 for a quotation mark.
 */
#ifndef HF_LIB_PLAIN_H
#define HF_LIB_PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#define PLAIN_MAX 4 /* three ASCII characters and NUL */

/* Writes the plain form, "" where the character is left out; false when there is none. */
bool plain_form(uint32_t character, char ret_form[PLAIN_MAX]);
/* The letter of GSM-7 that a letter and a combining mark make; 0 when there is none. */
uint32_t plain_compose(uint32_t letter, uint32_t mark);

bool plain_is_mark(uint32_t character); /* stands on the letter before it */
bool plain_is_joiner(
	uint32_t character);             /* shapes or directs a script or an emoji; not for Latin */
bool plain_is_latin(uint32_t character); /* Latin letters, digits and ASCII's punctuation */

#endif
