/*
 * Whether a text may go, in a fixed order: whether it may ever go, whether it
 * still makes sense, whether another text of the same reminder stands for it,
 * whether now is the time.  Whether the day has a place for it is engine/daily_limit's.
 *
 * Nothing is kept between two questions: whatever was committed before the
 * transaction that asks is seen.  Dangerous: a WAIT that ends after the text
 * has expired would keep it for nothing and hide the reason, so it is an
 * EXPIRE with the reason of the wait; a wait for a person's act has no such end.
 * And a time of day that the clocks leap over: openings are looked for day by day as local
 * times, and only an instant that is still to come counts.
 */
#include "engine/permit.h"

#include <string.h>

#include "store/checkins.h"
#include "store/pauses.h"
#include "store/people.h"
#include "store/suppression.h"
#include "engine/setback.h"

#define LATE_MOST    (3 * HF_HOUR)  /* a check-in of this morning is no use tonight */
#define MORNING_ENDS (12 * HF_HOUR) /* until then one may ask how it was yesterday */

/* --- the first and the last instant at which a text makes sense ------------------------- */

static hf_time end_of_day(const struct zone *zone, hf_time at)
{
	return zone_midnight(zone, zone_day(zone, at) + 1);
}

hf_time permit_closing(const struct zone *zone, enum kind kind, hf_time occurrence, hf_time due)
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
	case KIND_FOLLOW_UP:
		return end_of_day(zone, due) + MORNING_ENDS;
	case KIND_MEETING:
		return occurrence;
	case KIND_APPOINTMENT:
		return due + (occurrence - due) / 2;
	}
	return due;
}

hf_time permit_opening(const struct texting *texting, const struct zone *zone, hf_time now)
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

static bool takes_place_at_site(const struct client *client, int kind, const char *reminder)
{
	bool after = kind == KIND_FOLLOW_UP;
	const struct meeting *meeting =
		kind == KIND_MEETING || after ? client_meeting(client, reminder) : NULL;

	return kind == KIND_APPOINTMENT || (after && client_appointment(client, reminder)) ||
	       (meeting && meeting->site);
}

bool permit_closed(const struct model *model, const struct client *client, int kind,
		   const char *reminder, hf_time occurrence)
{
	struct civil day;

	if (!takes_place_at_site(client, kind, reminder)) {
		return false;
	}

	day = zone_civil(client->zone, occurrence);
	return model_closed(model, &day);
}

/* --- may it go? --------------------------------------------------------------------------- */

struct question {
	const struct engine_context *ctx;
	const struct client *client;
	const struct outbox_message *row;
	struct civil local; /* now, where the client is */
	struct person person;
	struct permit_pause pause;
	struct situation situation; /* zeros where the kind does not depend on it */
};

/* A rule that has nothing to say leaves the verdict as it is: PERMIT_SEND. */
static const struct permit granted = { .verdict = PERMIT_SEND };

static struct permit cancel(const char *reason)
{
	return (struct permit){ .verdict = PERMIT_CANCEL, .reason = reason };
}

static struct permit wait_until(const struct question *question, hf_time until, const char *reason)
{
	bool too_late = until != HF_NEVER && until >= question->row->expires;

	return (struct permit){ .verdict = too_late ? PERMIT_EXPIRE : PERMIT_WAIT,
				.until = too_late ? 0 : until,
				.reason = reason };
}

/* What each kind of text must keep to, beside its expiry. */
enum {
	CONSENT = 1 << 0,
	STOP = 1 << 1, /* only of consent that it was not withdrawn */
	PAUSE = 1 << 2,
	WELCOMED = 1 << 3, /* the first text goes before it */
	OTHERS = 1 << 4,   /* another text of the same reminder may stand for it */
	NEWEST = 1 << 5,   /* the same, but only a later one */
	HOURS = 1 << 6,
	COUNT_LOST = 1 << 7, /* names a count that a setback ends */
	TALK = 1 << 8,       /* gives way to a human conversation */
	REACH = 1 << 9,      /* is of no use at a number that takes nothing */
	SCHEDULED = CONSENT | PAUSE | WELCOMED | HOURS | REACH,
};

static const unsigned rules_of[] = {
	[KIND_WELCOME] = CONSENT | PAUSE | HOURS | REACH,
	[KIND_CHECK_IN] = SCHEDULED | OTHERS | TALK,
	[KIND_COPING] = SCHEDULED | OTHERS | TALK,
	[KIND_SPONSOR] = SCHEDULED | OTHERS | TALK,
	[KIND_MILESTONE] = SCHEDULED | OTHERS | TALK | COUNT_LOST,
	[KIND_MEETING] = SCHEDULED | NEWEST,
	[KIND_APPOINTMENT] = SCHEDULED | NEWEST,
	[KIND_NOTE] = SCHEDULED | OTHERS | TALK,
	[KIND_ONE_OFF] = CONSENT | PAUSE | HOURS | REACH,
	[KIND_CLOSING] = SCHEDULED | OTHERS,
	[KIND_REPLY] = CONSENT,
	[KIND_NUDGE] = CONSENT | PAUSE | WELCOMED | HOURS | TALK | REACH,
	[KIND_CONFIRMATION] = 0,
	[KIND_INFO] = 0,
	[KIND_EMERGENCY] = STOP,
	[KIND_ALERT] = 0,
	[KIND_FOLLOW_UP] = SCHEDULED | TALK,
};

static bool keeps_to(const struct question *question, unsigned rules)
{
	return rules_of[question->row->kind] & rules;
}

static bool is_welcome(const struct question *question)
{
	return question->row->kind == KIND_WELCOME;
}

/* The first text waits, for without it nothing ever goes out to who consents later. */
static struct permit without_consent(const struct question *question, const char *reason)
{
	return is_welcome(question) ? wait_until(question, HF_NEVER, reason) : cancel(reason);
}

static struct permit ask_consent(const struct question *question)
{
	if (!keeps_to(question, CONSENT | STOP)) {
		return granted;
	}
	switch (question->person.consent) {
	case CONSENT_WITHDRAWN:
		return without_consent(question, question->person.by_staff
							 ? "stopped by staff"
							 : "stopped by the client");
	case CONSENT_NONE:
		return is_welcome(question) ? wait_until(question, HF_NEVER, "waits for consent")
		       : keeps_to(question, CONSENT) ? cancel("no consent recorded")
						     : granted;
	case CONSENT_GIVEN:
		break;
	}

	return granted;
}

static struct permit ask_expiry(const struct question *question)
{
	if (question->row->expires <= question->ctx->now) {
		return (struct permit){ .verdict = PERMIT_EXPIRE, .reason = "too late" };
	}
	return granted;
}

static struct permit ask_closed(const struct question *question)
{
	const struct outbox_message *row = question->row;

	return permit_closed(question->ctx->model, question->client, row->kind, row->reminder,
			     row->occurrence)
		       ? cancel("closed that day")
		       : granted;
}

static const char *const pause_words[] = {
	[PAUSE_NONE] = NULL,
	[PAUSE_CONFIG] = "paused",
	[PAUSE_INPATIENT] = "in treatment, between two stays",
	[PAUSE_STAFF] = "paused by staff",
};

static struct permit ask_pause(const struct question *question)
{
	const struct permit_pause *pause = &question->pause;
	const char *reason = pause_words[pause->by];
	hf_time after = HF_NEVER;

	if (pause->by == PAUSE_NONE || !keeps_to(question, PAUSE)) {
		return granted;
	}
	if (!is_welcome(question)) {
		return cancel(reason);
	}

	if (pause->until.year != 0) {
		after = zone_midnight(question->client->zone, civil_to_days(&pause->until) + 1);
	}
	return wait_until(question, after, reason);
}

static struct permit ask_welcomed(const struct question *question)
{
	if (question->person.welcomed || !keeps_to(question, WELCOMED)) {
		return granted;
	}
	return wait_until(question, HF_NEVER, "waits for the first text");
}

/* See engine/deliverability.h for what ends it. */
static struct permit ask_reach(const struct question *question)
{
	static const char reason[] = "the number cannot be reached";
	const struct situation *situation = &question->situation;

	if (!keeps_to(question, REACH) || !situation->suspended ||
	    strcmp(situation->phone, question->client->phone) != 0) {
		return granted;
	}
	return is_welcome(question) ? wait_until(question, HF_NEVER, reason) : cancel(reason);
}

static struct permit ask_setback(const struct question *question)
{
	return keeps_to(question, COUNT_LOST) &&
			       setback_holds(question->client, question->situation.setback)
		       ? cancel("paused after a setback")
		       : granted;
}

/* Who is talking with her need not be asked after her.  A second asking comes to nothing; the rest
 * waits. */
static struct permit ask_talk(const struct question *question)
{
	if (!keeps_to(question, TALK) || question->situation.talking <= question->ctx->now) {
		return granted;
	}
	return question->row->kind == KIND_NUDGE ? cancel("a conversation is under way")
						 : wait_until(question, question->situation.talking,
							      "a conversation is under way");
}

/* She has answered meanwhile, or was asked something else. */
static int ask_nudge(const struct question *question, struct permit *permit)
{
	enum checkin_state state = CHECKIN_NUDGED;
	int r = 0;

	if (question->row->kind == KIND_NUDGE && permit->verdict == PERMIT_SEND) {
		r = checkins_state(question->ctx->db, question->row->occurrence, &state);
	}
	if (state != CHECKIN_NUDGED) {
		*permit = cancel("it is no longer open");
	}
	return r < 0 ? r : 0;
}

/* Whether she got there is asked of who was to go: not of one who said that she is not coming, nor who
 * was away that day; nor where her texts have ended since.  One question at a time: an answer to "did
 * you get there?" must not be taken from "how are you?". */
static int ask_follow_up(const struct question *question, struct permit *permit)
{
	const struct client *client = question->client;
	const struct outbox_message *row = question->row;
	struct civil day = zone_civil(client->zone, row->occurrence);
	struct permit_pause pause;
	bool declined = false, open = false;
	int r;

	if (row->kind != KIND_FOLLOW_UP || permit->verdict != PERMIT_SEND) {
		return 0;
	}
	r = permit_pause(question->ctx->db, client, &day, &pause);
	r = r ? r : checkins_declined(question->ctx->db, row, &declined);
	r = r ? r : checkins_open(question->ctx->db, client->id, &open);
	if (r != 0) {
		return r;
	}
	if (client->until.year != 0 &&
	    civil_to_days(&question->local) > civil_to_days(&client->until)) {
		*permit = cancel("her texts have ended");
	} else if (pause.by != PAUSE_NONE) {
		*permit = cancel(pause_words[pause.by]);
	} else if (declined) {
		*permit = cancel("she said that she is not coming");
	} else if (open) {
		*permit = cancel("another question is open");
	}
	return 0;
}

/* After an outage the newest goes.  Each meeting is a thing of its own: only the text nearer to the
 * same meeting says what the earlier one would have said. */
static int ask_newer(const struct question *question, struct permit *ret_permit)
{
	const struct outbox_message *row = question->row;
	bool later = false;
	int r;

	if (!keeps_to(question, OTHERS | NEWEST)) {
		return 0;
	}

	r = outbox_has_later(question->ctx->db, row, keeps_to(question, OTHERS), question->ctx->now,
			     &later);
	if (r == 0 && later) {
		*ret_permit = (struct permit){ .verdict = PERMIT_EXPIRE,
					       .reason = "a later one takes its place" };
	}
	return r;
}

/* No rule names two times of one day: a second one comes from an edit of the time or the zone.  A
 * meeting that was moved is announced again, for what was said of it is no longer true. */
static int ask_same_day(const struct question *question, struct permit *ret_permit)
{
	const struct zone *zone = question->client->zone;
	int64_t day = zone_day(zone, question->row->occurrence);
	bool gone = false;
	int r;

	if (!keeps_to(question, OTHERS)) {
		return 0;
	}

	r = outbox_has_gone(question->ctx->db, question->row, zone_midnight(zone, day),
			    zone_midnight(zone, day + 1), &gone);
	if (r == 0 && gone) {
		*ret_permit = cancel("has gone out that day, at another time");
	}
	return r;
}

static struct permit ask_hours(const struct question *question)
{
	hf_time opening = permit_opening(&question->ctx->model->texting, question->client->zone,
					 question->ctx->now);

	return opening > question->ctx->now ? wait_until(question, opening, "outside texting hours")
					    : granted;
}

/* What no hurry overrides. */
static struct permit ask_ever(const struct question *question)
{
	struct permit (*const rules[])(
		const struct question *) = { ask_consent, ask_expiry,  ask_closed, ask_pause,
					     ask_reach,   ask_setback, ask_talk,   ask_welcomed };

	for (size_t i = 0; i < COUNT(rules); i++) {
		struct permit permit = rules[i](question);

		if (permit.verdict != PERMIT_SEND) {
			return permit;
		}
	}

	return granted;
}

static int look_up(struct question *question)
{
	int r = people_get(question->ctx->db, question->row->client, &question->person);
	hf_time stopped = suppression_of_number(question->ctx->db, question->client->phone);

	/* Said at this number, by whomever, and nobody there has consented since. */
	if (stopped != 0 && stopped >= question->person.consent_at &&
	    question->person.consent != CONSENT_WITHDRAWN) {
		question->person.consent = CONSENT_WITHDRAWN;
		question->person.by_staff = false;
	}
	if (r == 0 && keeps_to(question, COUNT_LOST | TALK | REACH)) {
		r = situation_get(question->ctx->db, question->row->client, &question->situation);
	}
	question->local = zone_civil(question->client->zone, question->ctx->now);
	return r ? r
		 : permit_pause(question->ctx->db, question->client, &question->local,
				&question->pause);
}

/* What other texts of the same reminder make of this one.  One that is too late as well as followed
 * by another says the latter: nothing is missing then. */
static int ask_others(const struct question *question, struct permit *permit)
{
	int r = 0;

	/* A row that names its message is no schedule's: it stands for nothing but itself. */
	if (question->row->priority != OUTBOX_AUTOMATIC || question->row->message) {
		return 0;
	}

	if (permit->verdict == PERMIT_SEND || permit->verdict == PERMIT_EXPIRE) {
		r = ask_newer(question, permit);
	}
	if (r == 0 && permit->verdict == PERMIT_SEND) {
		r = ask_same_day(question, permit);
	}
	return r;
}

int permit_check(const struct engine_context *ctx, const struct client *client,
		 const struct outbox_message *row, struct permit *ret_permit)
{
	struct question question = { .ctx = ctx, .client = client, .row = row };
	struct permit permit;
	int r;

	if (!client) {
		*ret_permit = cancel("no longer enrolled");
		return 0;
	}

	r = look_up(&question);
	if (r != 0) {
		return r;
	}

	permit = ask_ever(&question);
	r = ask_others(&question, &permit);
	r = r ? r : ask_nudge(&question, &permit);
	r = r ? r : ask_follow_up(&question, &permit);
	if (r == 0 && permit.verdict == PERMIT_SEND && row->priority != OUTBOX_URGENT &&
	    keeps_to(&question, HOURS)) {
		permit = ask_hours(&question);
	}
	if (r == 0) {
		*ret_permit = permit;
	}
	return r;
}

static bool lasts_longer(const struct civil *until, const struct civil *other)
{
	return other->year != 0 &&
	       (until->year == 0 || civil_to_days(until) > civil_to_days(other));
}

int permit_pause(struct db *db, const struct client *client, const struct civil *day,
		 struct permit_pause *ret_pause)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct permit_pause pause = { .by = PAUSE_NONE };
	struct staff_pause staff;
	struct civil until;
	int r;

	if (client_paused(client, day, &pause.until)) {
		pause.by = PAUSE_CONFIG;
	}
	if (!client->inpatient_texts && client_is_inpatient(client, civil_to_days(day), &until) &&
	    (pause.by == PAUSE_NONE || lasts_longer(&until, &pause.until))) {
		pause = (struct permit_pause){ PAUSE_INPATIENT, until };
	}
	r = pauses_get(db, client->id, day, &rows);
	if (r < 0) {
		return r;
	}
	if (r == 0) {
		pauses_read(&rows, &staff);
		if (pause.by == PAUSE_NONE || lasts_longer(&staff.until, &pause.until)) {
			pause = (struct permit_pause){ PAUSE_STAFF, staff.until };
		}
	}

	*ret_pause = pause;
	return 0;
}
