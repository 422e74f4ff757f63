/*
 * When the site is open: its hours, in its own zone, without its closed days.
 */
#ifndef HF_ENGINE_SITE_HOURS_H
#define HF_ENGINE_SITE_HOURS_H

#include "config/model.h"

bool site_hours_open(const struct model *model, hf_time now);
/* The same, but of a site that opens at midnight not before eight in the morning or after eight in the
 * evening: what can wait wakes nobody there. */
bool site_hours_day(const struct model *model, hf_time now);
/* The first instant after `now` at which it opens; HF_NEVER where it does not within a year. */
hf_time site_hours_next(const struct model *model, hf_time now);
/* The same, but of a site that opens at midnight eight in the morning. */
hf_time site_hours_morning(const struct model *model, hf_time now);
/* Of a site that is open: when it closes. */
hf_time site_hours_close(const struct model *model, hf_time now);

#endif
