/* Words of a scenario as keys and values of libconfig. */
#ifndef HF_SCENARIO_DETAILS_H
#define HF_SCENARIO_DETAILS_H

#include "script.h"

enum form {
	FORM_WORD,
	FORM_NUMBER,
	FORM_WORDS,
	FORM_NUMBERS,
};

/* At the end of a text that is freed by the caller; NULL is an empty one. */
__attribute__((format(printf, 2, 3))) void words_add(char **text, const char *format, ...);
/* key = [ "a", "b" ]; of "a,b". */
void words_add_list(char **text, const char *key, const char *words, bool quoted);
void words_add_value(char **text, const char *key, enum form form, const char *value);

/* Keywords with their values, times, days and rules.  -EINVAL with *ret_why. */
int details_take(char **text, char *const *words, const char **ret_why);

#endif
