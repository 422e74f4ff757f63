/*
 * The first and the last instant at which a text makes sense.
 *
 * Dangerous: a time of day that the clocks leap over.  Openings are looked for
 * day by day as local times, and only an instant that is still to come counts.
 */
#include "engine/window.h"

#define LATE_MOST (3 * HF_HOUR) /* a check-in of this morning is no use tonight */

static hf_time end_of_day(const struct zone *zone, hf_time at)
{
	return zone_midnight(zone, zone_day(zone, at) + 1);
}

hf_time window_closing(const struct zone *zone, enum kind kind, hf_time occurrence, hf_time due)
{
	switch (kind) {
	case KIND_WELCOME:
	case KIND_ONE_OFF:
	case KIND_REPLY:
	case KIND_NUDGE:
	case KIND_CONFIRMATION:
	case KIND_INFO:
	case KIND_EMERGENCY:
	case KIND_ALERT:
		return HF_NEVER;
	case KIND_CHECK_IN:
	case KIND_COPING:
	case KIND_SPONSOR:
	case KIND_NOTE:
		return due + LATE_MOST;
	case KIND_MILESTONE:
	case KIND_CLOSING:
		return end_of_day(zone, due);
	case KIND_MEETING:
		return occurrence;
	case KIND_APPOINTMENT:
		return due + (occurrence - due) / 2;
	}
	return due;
}

hf_time window_opening(const struct texting *texting, const struct zone *zone, hf_time now)
{
	const struct hours *hours = &texting->hours;
	struct civil today = zone_civil(zone, now);

	if (hours_cover(hours, civil_weekday(&today), civil_minute(&today))) {
		return now;
	}

	/* A week and a day: the day of the week may be the only one, and its hours over. */
	for (int64_t ahead = 0; ahead <= 7; ahead++) {
		struct civil day = civil_add_days(&today, ahead);
		hf_time opening;

		day.hour = hours->from / 60;
		day.minute = hours->from % 60;
		day.second = 0;
		opening = zone_instant(zone, &day);
		if (opening > now && hours->weekdays & (1u << civil_weekday(&day))) {
			return opening;
		}
	}

	return HF_NEVER;
}
