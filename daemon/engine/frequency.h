/*
 * How many texts a client gets at most: what her plan, her meetings, appointments and own reminders
 * come to, with a second asking of each question, under the daily limit.
 *
 * Counted from her start by the planner's own series, without a database: what may be said to her
 * before the first text must not depend on what has happened since.
 */
#ifndef HF_ENGINE_FREQUENCY_H
#define HF_ENGINE_FREQUENCY_H

#include "config/model.h"

#define FREQUENCY_WEEKS_LEAST 53
#define FREQUENCY_WEEKS_MOST  521 /* ten years */
#define FREQUENCY_SOURCES     12

struct frequency_source {
	const char *id; /* of the snapshot: a reminder, meeting, appointment; "welcome", "nudge" */
	int texts;
};

struct frequency {
	int most;     /* in any seven days in a row */
	int64_t from; /* the first of those days; of several such weeks the first */
	/* Of that week, the most first; none before frequency_find_sources(). */
	struct frequency_source sources[FREQUENCY_SOURCES];
	size_t source_count;
	int64_t days; /* that were looked at, from her start on */
	int full_days; /* of these, on which more is due than the daily limit, second askings apart */
};

/* A year, or as long as the plan and its phases go on. */
int frequency_weeks(const struct plan *plan);

/* Of that time, and until after her last appointment.  Reminders that would be one text count each,
 * so it may be a little more than she gets, and is never less.  0 or -errno. */
int frequency_count(const struct model *model, const struct client *client,
		    struct frequency *ret_frequency);

/* What the fullest week that was counted comes from.  0 or -errno. */
int frequency_find_sources(const struct model *model, const struct client *client,
			   struct frequency *frequency);

/* Is anything still due after that instant, of the plan or her own?  0 or -errno. */
int frequency_goes_on(const struct client *client, hf_time after, bool *ret_goes_on);

#endif
