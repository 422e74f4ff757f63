/*
 * How many texts may go out within an hour and within a day, whatever asks for them.
 *
 * Every other limit is for one client, or for one kind of text.  This one is the last wall
 * before the gateway: where a rule that repeats, a script of staff or a fault of Holdfast's own
 * would send without end, it ends here.  Counted is what was handed to a courier and may have
 * gone out.
 */
#ifndef HF_ENGINE_CEILING_H
#define HF_ENGINE_CEILING_H

#include "config/model.h"
#include "lib/db.h"

#define CEILING_MINUTES 1440 /* of a day */

enum ceiling_per {
	CEILING_HOUR,
	CEILING_DAY,
	CEILING_COUNT,
};
extern const char *const ceiling_per_words[];

/* What has gone out in each minute of the last day; memory of what the outbox says. */
struct ceiling {
	bool loaded;
	int64_t minute; /* the last one, since the epoch */
	unsigned minutes[CEILING_MINUTES];
};

/* The most that the configuration allows: what it says, or six texts an hour and twenty a day for each
 * client, and at least a hundred an hour and two hundred a day. */
unsigned ceiling_most(const struct model *model, enum ceiling_per per);

/* Counts what the outbox knows, the first time, and where the clock is behind.  0 or -errno. */
int ceiling_update(struct ceiling *ceiling, struct db *db, hf_time now);
void ceiling_count(struct ceiling *ceiling, unsigned texts, hf_time now);
/* One that was handed over has certainly not gone out. */
void ceiling_take_back(struct ceiling *ceiling, hf_time now);

/* How many more may go now; and of what a person in danger waits for, alerts of staff: twice as many. */
unsigned ceiling_left(struct ceiling *ceiling, const struct model *model, hf_time now);
unsigned ceiling_left_of_alerts(struct ceiling *ceiling, const struct model *model, hf_time now);
/* Which one is reached; CEILING_COUNT for none.  And until when: a minute in which one more may go. */
enum ceiling_per ceiling_reached(struct ceiling *ceiling, const struct model *model, hf_time now);
hf_time ceiling_opens(struct ceiling *ceiling, const struct model *model, hf_time now);

#endif
