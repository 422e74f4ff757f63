/*
 * UTF-8 (RFC 3629), one character at a time.  Overlong forms, surrogates and
 * what lies beyond U+10FFFF are not UTF-8.
 */
#ifndef HF_LIB_UTF8_H
#define HF_LIB_UTF8_H

#include <stdint.h>

#define UTF8_MAX 5 /* four bytes and NUL */

/* Bytes read, 1 to 4; 0 at the NUL that ends the text; -EILSEQ where it is not UTF-8. */
int utf8_read(const char *bytes, uint32_t *ret_character);
/* Bytes written, without the NUL; the character must be one that utf8_read gives. */
int utf8_write(uint32_t character, char buffer[UTF8_MAX]);

#endif
