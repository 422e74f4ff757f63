/*
 * The only file that speaks to libical.
 *
 * What is dangerous: by default libical carries its own copy of the zones,
 * and aborts the process on what it takes for a programming error; both are
 * switched off before every use.  Its own conversion of local times is not
 * used.  Its iterator takes the rule by value but goes on using the rule's
 * `rscale` string, so the two live and die together.  For a rule that matches
 * nothing it searches until the year 2582, some 0.4 s.
 */
#include "base/ical.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <libical/ical.h>

#include "core/rrule.h"

struct ical_walk {
	icalrecur_iterator *iterator;
	char *rscale;
};

static void tame(void)
{
	icaltimezone_set_builtin_tzdata(0);
	icalerror_set_errors_are_fatal(0);
	icalerror_clear_errno();
}

static struct icaltimetype time_of(const struct civil *civil)
{
	struct icaltimetype time = icaltime_null_time();

	time.year = civil->year;
	time.month = civil->month;
	time.day = civil->day;
	time.hour = civil->hour;
	time.minute = civil->minute;
	time.second = civil->second;
	return time;
}

int ical_zone_get(const char *name, struct ical_zone **ret_zone)
{
	icaltimezone *zone;

	tame();
	zone = icaltimezone_get_builtin_timezone(name);
	if (!zone) {
		return ICAL_E_UNKNOWN;
	}

	*ret_zone = (struct ical_zone *)zone;
	return 0;
}

int ical_zone_offset(struct ical_zone *zone, const struct civil *utc)
{
	struct icaltimetype time = time_of(utc);
	int is_daylight;

	return icaltimezone_get_utc_offset_of_utc_time((icaltimezone *)zone, &time, &is_daylight);
}

/* Takes the rule's rscale, also on failure. */
static int walk_begin(struct ical_walk *walk, struct icalrecurrencetype rule,
		      const struct civil *start, const struct civil *from)
{
	walk->rscale = rule.rscale;
	if (rule.freq == ICAL_NO_RECURRENCE) {
		return ICAL_E_RULE;
	}

	rule.count = 0;
	rule.until = icaltime_null_time();
	walk->iterator = icalrecur_iterator_new(rule, time_of(start));
	if (!walk->iterator) {
		return icalerrno == ICAL_NEWFAILED_ERROR ? -ENOMEM : ICAL_E_RULE;
	}
	if (civil_compare(from, start) > 0 &&
	    !icalrecur_iterator_set_start(walk->iterator, time_of(from))) {
		return ICAL_E_RULE;
	}
	return 0;
}

int ical_walk_new(const char *rrule, bool last_day, const struct civil *start,
		  const struct civil *from, struct ical_walk **ret_walk)
{
	_cleanup_(ical_walk_freep) struct ical_walk *walk = calloc(1, sizeof(*walk));
	char text[RRULE_MAX + 64];
	int r;

	if (!walk) {
		return -ENOMEM;
	}

	tame();
	/* RFC 7529: the last valid day before the one that does not exist. */
	r = snprintf(text, sizeof(text), "%s%s", last_day ? "RSCALE=GREGORIAN;SKIP=BACKWARD;" : "",
		     rrule);
	if (r < 0 || (size_t)r >= sizeof(text)) {
		return ICAL_E_RULE;
	}

	r = walk_begin(walk, icalrecurrencetype_from_string(text), start, from);
	if (r != 0) {
		return r;
	}

	*ret_walk = take_ptr(walk);
	return 0;
}

int ical_walk_next(struct ical_walk *walk, struct civil *ret_civil)
{
	struct icaltimetype time = icalrecur_iterator_next(walk->iterator);

	if (icaltime_is_null_time(time)) {
		return ICAL_E_END;
	}

	*ret_civil = (struct civil){ time.year, time.month,  time.day,
				     time.hour, time.minute, time.second };
	return 0;
}

struct ical_walk *ical_walk_free(struct ical_walk *walk)
{
	if (walk) {
		if (walk->iterator) {
			icalrecur_iterator_free(walk->iterator);
		}
		icalmemory_free_buffer(walk->rscale);
		free(walk);
	}
	return NULL;
}

void ical_close(void)
{
	icaltimezone_free_builtin_timezones();
}
