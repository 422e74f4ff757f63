/* Texts under headings of days, as a person looks for them in a calendar. */
#ifndef HF_CTL_DAYS_H
#define HF_CTL_DAYS_H

#include "lib/zone.h"
#include "ctl/page.h"

#define DAYS_TIME_MAX 64

struct days {
	const struct page *page;
	const struct zone *zone; /* the site's, whose days they are */
	struct civil day;        /* of the last heading; year 0 before the first */
};

/* How wide a column of such times is for a client of that zone. */
int days_width(const struct zone *site, const struct zone *zone);

/* A heading where the moment is not of the day of the last. */
void days_head(struct days *days, hf_time at);

/* "10:00"; "10:00 Phoenix" where the client's zone is not the site's, with the weekday where it
 * makes another day of it. */
void days_time(const struct days *days, const struct zone *zone, hf_time at,
	       char buffer[DAYS_TIME_MAX]);

/* "10:00", with its date where `beside` is on another day. */
void days_moment(const struct zone *zone, hf_time at, const struct civil *beside,
		 char buffer[DAYS_TIME_MAX]);

#endif
