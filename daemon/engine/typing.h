/* Words as they are typed; both are pieces of normal texts (lib/normal). */
#ifndef HF_ENGINE_TYPING_H
#define HF_ENGINE_TYPING_H

#include <stdbool.h>
#include <stddef.h>

/* "goooood" for "good". */
bool typing_held_down(const char *typed, size_t length, const char *word, size_t word_length);
/* A letter missing, one too many, or two that changed places, but not the first.  Another letter in
 * a letter's place makes too many other words of short ones: "fire" of "fine". */
bool typing_mistyped(const char *typed, size_t length, const char *word, size_t word_length);

#endif
