/*
 * Opening hours of the site.
 *
 * Days are counted, not instants: an opening is a wall-clock time, and the day
 * on which the clocks change has another length.
 */
#include "engine/site_hours.h"

#define SEARCHED 366      /* days; a year of closed days is a mistake, and no reason to search on */
#define MORNING  (8 * 60) /* minutes; where a site that never closes opens */
#define EVENING  (20 * 60)

static bool is_open_on(const struct model *model, const struct civil *date, int minute)
{
	return hours_cover(&model->site.hours, civil_weekday(date), minute) &&
	       !model_closed(model, date);
}

bool site_hours_open(const struct model *model, hf_time now)
{
	struct civil local = zone_civil(model->site.zone, now);

	return is_open_on(model, &local, civil_minute(&local));
}

static bool never_closes(const struct model *model)
{
	return model->site.hours.from == 0 && model->site.hours.until > MORNING;
}

bool site_hours_day(const struct model *model, hf_time now)
{
	struct civil local = zone_civil(model->site.zone, now);
	int minute = civil_minute(&local);

	return is_open_on(model, &local, minute) &&
	       (!never_closes(model) || (minute >= MORNING && minute < EVENING));
}

hf_time site_hours_close(const struct model *model, hf_time now)
{
	struct civil local = zone_civil(model->site.zone, now);

	local.hour = 0;
	local.minute = 0;
	local.second = 0;
	local = civil_from_days(civil_to_days(&local) + model->site.hours.until / (24 * 60));
	local.hour = model->site.hours.until % (24 * 60) / 60;
	local.minute = model->site.hours.until % 60;
	return zone_instant(model->site.zone, &local);
}

/* The first instant after `now` that is so many minutes into a day, and at which it is open. */
static hf_time next_at(const struct model *model, int minute, hf_time now)
{
	struct civil local = zone_civil(model->site.zone, now);
	int64_t today = civil_to_days(&local);

	for (int64_t day = today; day < today + SEARCHED; day++) {
		struct civil date = civil_from_days(day);
		hf_time at;

		date.hour = minute / 60;
		date.minute = minute % 60;
		at = zone_instant(model->site.zone, &date);
		if (at > now && is_open_on(model, &date, minute)) {
			return at;
		}
	}
	return HF_NEVER;
}

hf_time site_hours_next(const struct model *model, hf_time now)
{
	return next_at(model, model->site.hours.from, now);
}

hf_time site_hours_morning(const struct model *model, hf_time now)
{
	return next_at(model, never_closes(model) ? MORNING : model->site.hours.from, now);
}
