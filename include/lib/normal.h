/*
 * A text as it is compared with words: small plain letters and digits, a space
 * before and after each word.
 */
#ifndef HF_LIB_NORMAL_H
#define HF_LIB_NORMAL_H

#include <stdbool.h>

/* In a template, fields are no words but their alternatives are.  The caller frees.  0 or -ENOMEM;
 * what is not UTF-8 has no words. */
int normal_text(const char *text, bool template, char **ret_normal);

#endif
