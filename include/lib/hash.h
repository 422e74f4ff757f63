/*
 * A text as a number that spreads well: FNV-1a.  Only for tables that anybody's
 * texts may fill up without harm; it is no secret.
 */
#ifndef HF_LIB_HASH_H
#define HF_LIB_HASH_H

#include <stdint.h>

uint32_t hash_text(const char *text);

#endif
