/*
 * Phone numbers as ITU-T E.164 writes them: "+", a country code that does not
 * begin with 0, 8 to 15 digits in all.
 */
#ifndef HF_LIB_PHONE_H
#define HF_LIB_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#define PHONE_MAX 17 /* "+", 15 digits, NUL */

enum {
	PHONE_E_PLUS = 1,  /* does not begin with "+" and a country code */
	PHONE_E_CHARACTER, /* something that is neither a digit nor a separator */
	PHONE_E_SHORT, /* fewer than 8 digits, or than +1 and 10: a short code cannot be a client */
	PHONE_E_LONG,  /* more than 15 digits, or than +1 and 10 */
	PHONE_E_COUNTRY, /* no such country code, or a premium or satellite one */
};

/* Spaces, dots, hyphens and brackets between digits are dropped.  0 or PHONE_E_. */
int phone_parse(const char *text, char ret_phone[PHONE_MAX]);

/* Is it a whole number as phone_parse() writes it?  Short codes and names of senders are not. */
bool phone_is_e164(const char *text);

/* A parsed number that is nobody's: +1 and 555-0100 to 555-0199 are kept for stories and examples
 * (North American Numbering Plan, INC 94-0429-002). */
bool phone_is_fictional(const char *phone);

/* Can a parsed number be anybody's?  In North America neither an area code nor an exchange begins
 * with 0 or 1 or ends in 11 (North American Numbering Plan); elsewhere nothing more is known.  Asked
 * of numbers that people write, not of those that texts come from. */
bool phone_is_assigned(const char *phone);

/* A parsed number as people of its country write it: "(312) 555-0142"; of a country whose way is not
 * known here, as it is.  size: PHONE_WRITTEN_MAX is enough. */
#define PHONE_WRITTEN_MAX 20
void phone_write(const char *phone, char *buffer, size_t size);

/* What to tell a person for an answer of phone_parse, e.g. "begin with + and the country code". */
const char *phone_reason(int answer);

#endif
