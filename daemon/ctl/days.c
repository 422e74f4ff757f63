/*
 * Days and times for people.
 */
#include "ctl/days.h"

#include <string.h>

#define PLAIN_WIDTH 5 /* "10:00" */

/* "America/New_York" is "New_York". */
static const char *city_of(const struct zone *zone)
{
	const char *slash = strrchr(zone_name(zone), '/');

	return slash ? slash + 1 : zone_name(zone);
}

int days_width(const struct zone *site, const struct zone *zone)
{
	return zone == site ? PLAIN_WIDTH : PLAIN_WIDTH + 1 + page_width(city_of(zone));
}

void days_head(struct days *days, hf_time at)
{
	static const char *const weekdays[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
						"Friday", "Saturday", "Sunday" };
	static const char *const months[] = { "January",   "February", "March",    "April",
					      "May",       "June",     "July",     "August",
					      "September", "October",  "November", "December" };
	struct civil day = zone_civil(days->zone, at);

	if (days->day.year != 0 && civil_to_days(&day) == civil_to_days(&days->day)) {
		return;
	}

	(void)fprintf(days->page->file, "%s", days->day.year ? "\n" : "");
	page_ink(days->page, INK_STRONG);
	(void)fprintf(days->page->file, "%s %d %s %d\n", weekdays[civil_weekday(&day)], day.day,
		      months[day.month - 1], day.year);
	page_ink(days->page, INK_PLAIN);
	days->day = day;
}

void days_time(const struct days *days, const struct zone *zone, hf_time at,
	       char buffer[DAYS_TIME_MAX])
{
	struct civil when = zone_civil(zone, at);
	bool other_day = civil_to_days(&when) != civil_to_days(&days->day);

	(void)snprintf(buffer, DAYS_TIME_MAX, "%s%s%02d:%02d",
		       other_day ? weekday_word(civil_weekday(&when)) : "", other_day ? " " : "",
		       when.hour, when.minute);
	if (zone != days->zone) {
		size_t used = strlen(buffer);

		(void)snprintf(buffer + used, DAYS_TIME_MAX - used, " %s", city_of(zone));
		for (char *at_space = strchr(buffer, '_'); at_space;
		     at_space = strchr(at_space, '_')) {
			*at_space = ' ';
		}
	}
}

void days_moment(const struct zone *zone, hf_time at, const struct civil *beside,
		 char buffer[DAYS_TIME_MAX])
{
	struct civil when = zone_civil(zone, at);

	if (civil_to_days(&when) == civil_to_days(beside)) {
		(void)snprintf(buffer, DAYS_TIME_MAX, "%02d:%02d", when.hour, when.minute);
	} else {
		(void)snprintf(buffer, DAYS_TIME_MAX, "%04d-%02d-%02d %02d:%02d", when.year,
			       when.month, when.day, when.hour, when.minute);
	}
}
