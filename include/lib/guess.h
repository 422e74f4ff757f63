/*
 * What somebody meant by a value that cannot be read: a time as a clock shows
 * it, a number as a card has it, a weekday in words.
 *
 * Nothing here is ever taken for the value itself: a wrong guess would be a text
 * on the wrong day or to a stranger.  It is shown to whoever wrote the file, who
 * decides.
 */
#ifndef HF_LIB_GUESS_H
#define HF_LIB_GUESS_H

#include <stdbool.h>

#include "lib/phone.h"

/* "; did you mean \"19:00\"?", or "" where nothing can be made of it: the end of a fault's message.
 * The buffer is returned. */
#define GUESS_MAX 128
const char *guess_date(const char *text, char buffer[GUESS_MAX]);
const char *guess_datetime(const char *text, char buffer[GUESS_MAX]);
const char *guess_minute(const char *text, char buffer[GUESS_MAX]);
const char *guess_span(const char *text, char buffer[GUESS_MAX]);
const char *guess_weekdays(const char *text, char buffer[GUESS_MAX]);
const char *guess_hours(const char *text, char buffer[GUESS_MAX]);
const char *guess_zone(const char *text, char buffer[GUESS_MAX]);

/* The number with its country code: that of North America where none is written and the digits are
 * one of its numbers.  False where nothing can be made of it. */
bool guess_phone(const char *text, char ret_phone[PHONE_MAX]);

/* The place to write instead of a zone that has the same time in summer and in winter, and that
 * people take for one that has not ("EST"); NULL for all others. */
const char *guess_place(const char *zone);

#endif
