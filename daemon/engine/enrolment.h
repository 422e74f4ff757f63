/*
 * What a client is to be texted, as members of series: her plan from its first
 * day on, her meetings and appointments, her own reminders.
 */
#ifndef HF_ENGINE_ENROLMENT_H
#define HF_ENGINE_ENROLMENT_H

#include "engine/series.h"

#define ENROLMENT_WELCOME "welcome" /* the reminder that every client's first text belongs to */

#define ENROLMENT_NO_SETBACK INT32_MIN

/* Joins all of it but the welcome.  What has ended by `cursor` is left out: most of a plan that
 * runs since long.  On the local day `setback` phases begin anew with the first. */
int enrolment_join(struct series_set *set, const struct client *client, int32_t setback,
		   hf_time cursor);

/* When she is to be welcomed, as soon as texts may go out on her first day, and the series for it.
 */
hf_time enrolment_opening(const struct model *model, const struct client *client);
int enrolment_welcome(struct series_set *set, const struct client *client, hf_time opening);

/* The last local day on which she is texted; MEMBER_DAY_OPEN for none. */
int32_t enrolment_last_day(const struct client *client);

/* When that meeting of hers next takes place, after `after`; HF_NEVER: no more.  Closed days are not
 * asked after. */
int enrolment_next_meeting(const struct client *client, const struct meeting *meeting,
			   hf_time after, hf_time *ret_at);

#endif
