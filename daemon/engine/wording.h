/*
 * Times and dates as people of a language write them: "7:00 pm", "noon", "19:00",
 * "Wednesday, December 2", "miércoles 2 de diciembre".  A language that is not
 * known here gets 19:00 and 2026-12-02.
 */
#ifndef HF_ENGINE_WORDING_H
#define HF_ENGINE_WORDING_H

#include <stddef.h>

#include "lib/civil.h"

#define WORDING_MAX 80 /* bytes, for each */

void wording_time(const char *language, const struct civil *when, char buffer[WORDING_MAX]);
void wording_day(const char *language, const struct civil *when, char buffer[WORDING_MAX]);
/* When, as the end of a sentence: "Monday at 8:00 am", "el lunes a las 8:00". */
void wording_when(const char *language, const struct civil *when, char buffer[WORDING_MAX]);

#endif
