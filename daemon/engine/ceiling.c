/*
 * A count for each minute of the last day.
 *
 * Dangerous: a count that is too high holds everybody's texts, one that is too low is no wall.
 * So it follows the commits, takes back only what the gateway says has not left, and is counted anew
 * from the outbox after a start.
 */
#include "engine/ceiling.h"

#include <string.h>

#include "store/outbox.h"

#define HOUR_OF_EACH 6
#define DAY_OF_EACH  20
#define HOUR_LEAST   100 /* one conversation in distress, and everybody on the roster */
#define DAY_LEAST    200
#define ALERT_TIMES  2
#define HOUR_MINUTES 60

const char *const ceiling_per_words[] = {
	[CEILING_HOUR] = "hour",
	[CEILING_DAY] = "day",
	NULL,
};

static const int lengths[] = { [CEILING_HOUR] = HOUR_MINUTES, [CEILING_DAY] = CEILING_MINUTES };

unsigned ceiling_most(const struct model *model, enum ceiling_per per)
{
	int said = per == CEILING_HOUR ? model->texting.most_per_hour : model->texting.most_per_day;
	unsigned each = per == CEILING_HOUR ? HOUR_OF_EACH : DAY_OF_EACH;
	unsigned least = per == CEILING_HOUR ? HOUR_LEAST : DAY_LEAST;
	unsigned most = (unsigned)model->client_count * each;

	return said > 0 ? (unsigned)said : most > least ? most : least;
}

/* --- minutes ------------------------------------------------------------------------------ */

/* Dangerous: a clock that shows the first day of 1970 has minutes before zero. */
static unsigned *minute_of(struct ceiling *ceiling, int64_t minute)
{
	return &ceiling->minutes[(size_t)((minute % CEILING_MINUTES + CEILING_MINUTES) %
					  CEILING_MINUTES)];
}

/* Minutes of more than a day ago are forgotten. */
static void advance(struct ceiling *ceiling, hf_time now)
{
	int64_t minute = now / HF_MINUTE;

	if (minute - ceiling->minute >= CEILING_MINUTES) {
		memset(ceiling->minutes, 0, sizeof(ceiling->minutes));
		ceiling->minute = minute;
	}
	while (ceiling->minute < minute) {
		*minute_of(ceiling, ++ceiling->minute) = 0;
	}
}

int ceiling_update(struct ceiling *ceiling, struct db *db, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	if (ceiling->loaded && now / HF_MINUTE >= ceiling->minute) {
		advance(ceiling, now);
		return 0;
	}

	*ceiling = (struct ceiling){ .minute = now / HF_MINUTE };
	r = outbox_claimed_by_minute(db, now - HF_DAY + HF_MINUTE, now, &rows);
	while (r == 0 && db_next(&rows)) {
		*minute_of(ceiling, db_int(&rows, 0)) = (unsigned)db_int(&rows, 1);
	}
	r = r ? r : rows.error;
	ceiling->loaded = r == 0;
	return r;
}

void ceiling_count(struct ceiling *ceiling, unsigned texts, hf_time now)
{
	advance(ceiling, now);
	*minute_of(ceiling, ceiling->minute) += texts;
}

/* The answer to a text of before may come in a minute that has none. */
void ceiling_take_back(struct ceiling *ceiling, hf_time now)
{
	advance(ceiling, now);
	for (int64_t ago = 0; ago < HOUR_MINUTES; ago++) {
		unsigned *count = minute_of(ceiling, ceiling->minute - ago);

		if (*count > 0) {
			(*count)--;
			return;
		}
	}
}

/* --- the two ceilings ------------------------------------------------------------------------ */

static unsigned sum(struct ceiling *ceiling, enum ceiling_per per, hf_time now)
{
	unsigned count = 0;

	advance(ceiling, now);
	for (int ago = 0; ago < lengths[per]; ago++) {
		count += *minute_of(ceiling, ceiling->minute - ago);
	}
	return count;
}

static unsigned left(struct ceiling *ceiling, const struct model *model, unsigned times,
		     hf_time now)
{
	unsigned least = UINT32_MAX;

	for (enum ceiling_per per = CEILING_HOUR; per < CEILING_COUNT; per++) {
		unsigned most = ceiling_most(model, per) * times, count = sum(ceiling, per, now);

		most = count < most ? most - count : 0;
		least = most < least ? most : least;
	}
	return least;
}

unsigned ceiling_left(struct ceiling *ceiling, const struct model *model, hf_time now)
{
	return left(ceiling, model, 1, now);
}

unsigned ceiling_left_of_alerts(struct ceiling *ceiling, const struct model *model, hf_time now)
{
	return left(ceiling, model, ALERT_TIMES, now);
}

enum ceiling_per ceiling_reached(struct ceiling *ceiling, const struct model *model, hf_time now)
{
	enum ceiling_per reached = CEILING_COUNT;

	for (enum ceiling_per per = CEILING_HOUR; per < CEILING_COUNT; per++) {
		if (sum(ceiling, per, now) >= ceiling_most(model, per)) {
			reached = per;
		}
	}
	return reached;
}

/* When so many of the first minutes are over that one more may go. */
static hf_time opens(struct ceiling *ceiling, const struct model *model, enum ceiling_per per,
		     hf_time now)
{
	unsigned count = sum(ceiling, per, now), most = ceiling_most(model, per);
	int64_t minute = ceiling->minute - lengths[per] + 1;

	if (count < most) {
		return now;
	}
	while (count >= most && minute <= ceiling->minute) {
		count -= *minute_of(ceiling, minute++);
	}
	return (minute + lengths[per] - 1) * HF_MINUTE;
}

hf_time ceiling_opens(struct ceiling *ceiling, const struct model *model, hf_time now)
{
	hf_time hour = opens(ceiling, model, CEILING_HOUR, now);
	hf_time day = opens(ceiling, model, CEILING_DAY, now);

	return hour > day ? hour : day;
}
