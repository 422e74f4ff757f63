/*
 * clients/: who is enrolled, what they agreed to, and what is theirs alone.
 */
#ifndef HF_CONFIG_CLIENT_H
#define HF_CONFIG_CLIENT_H

#include "lib/conf.h"
#include "lib/recur.h"
#include "config/language.h"
#include "config/plan.h"

/* Comes again and again; an appointment once. */
struct meeting {
	char *id, *title, *place, *rrule, *message, *answers; /* answers NULL: it asks nothing */
	unsigned weekdays;
	int minute, every;
	struct civil
		from; /* from which day the weeks of `every` or of the rule count; year 0: the start */
	bool skip;
	bool site; /* held at the site: does not take place on closed days */
	struct conf_spans leads;
	struct follow_up ask;
	unsigned line, title_line, place_line, rule_line;
};

struct appointment {
	char *id, *with, *place, *message, *answers;
	struct civil when;
	struct conf_spans leads;
	struct follow_up ask;
	unsigned line, with_line, place_line, when_line;
};

extern const struct conf_entry meeting_keys[], appointment_keys[];

/* Local days, both included; a year of 0 means open. */
struct pause {
	struct civil from, until;
	char *why;
	unsigned line;
};

/* A stretch of continuing care: from the day of a discharge to the last day before she is admitted
 * again (year 0: open). */
struct stay {
	struct civil from, until;
};

struct consent_record {
	struct civil at;
	char *how, *by;
};

/* Who may ask for help for her: she has allowed it in writing, on that day. */
struct loved_one {
	char *name, *phone, *language; /* language NULL: the client's */
	struct civil at;
	bool may_be_called; /* by staff, where they cannot reach her: she allowed that too */
	unsigned phone_line;
};

/* When she wants a reminder of her plan, instead of when all others get it. */
struct own_time {
	char *reminder;
	int minute;
	unsigned line;
};

struct client {
	char *id, *name, *phone, *language, *counselor, *sponsor;
	const struct zone *zone;
	bool shared_phone; /* another client has the same number, and both files say so */
	int wording;       /* 0 discreet, 1 open */
	enum address address;
	char *plan_id;
	const struct plan *plan;   /* NULL: no plan */
	struct civil start, until; /* of all her stays; until: the last day, year 0 for none */
	struct stay *stays;        /* where there are several: in order, apart from each other */
	size_t stay_count;
	bool inpatient_texts;          /* what is her own goes on between two stays */
	bool alumni;                   /* she wants what comes after her plan */
	struct civil recovery_date;    /* year 0: not given */
	struct consent_record consent; /* how NULL: none */
	struct conf_texts trusted, skills;
	struct conf_texts without;     /* kinds of reminders that she does not want, as written */
	unsigned unwanted;             /* the same: a set of 1u << enum kind */
	int daily_limit, weekly_limit; /* 0: only what holds for everybody */
	struct own_time *times;
	size_t time_count;
	unsigned skills_line;
	struct meeting *meetings;
	size_t meeting_count;
	struct appointment *appointments;
	size_t appointment_count;
	struct reminder *reminders; /* what she avoids stands behind her other ones */
	size_t reminder_count;
	struct reminder *avoid; /* while she is read */
	size_t avoid_count;
	struct pause *pauses;
	size_t pause_count;
	struct loved_one *loved_ones;
	size_t loved_one_count;
	const char *file;
	hf_time written; /* when somebody last wrote to the file; 0: not known */
	unsigned line, phone_line, name_line, sponsor_line, trusted_line;
	unsigned start_line, until_line, recovery_line, consent_line;
};

extern const struct conf_entry client_keys[], stay_keys[], pause_keys[], consent_keys[],
	loved_one_keys[];

/* Reads one client.  The reader's userdata is a struct references.  0 or -ENOMEM. */
int client_read(struct conf_reader *reader, const struct conf_node *group, struct client *client);

/* When all is read and the client's plan is known: no id twice in what is hers and her plan's. */
void client_check_ids(const struct client *client, struct faults *faults);

/* Is this local day one of the first after treatment, which carry the most risk? */
#define CLIENT_EARLY_DAYS 30
bool client_is_early(const struct client *client, int64_t day);

/* Not of a kind that she wants no texts of? */
bool client_wants(const struct client *client, const struct reminder *reminder);
/* The minute of the day at which she gets it: her own, or the reminder's. */
int client_minute(const struct client *client, const struct reminder *reminder);

/* The plan that she goes on with when that one is over; NULL for none. */
const struct plan *client_plan_after(const struct client *client, const struct plan *plan);
/* Which of her plans a reminder is of, by its id; of what is her own, the first.  NULL: no plan. */
const struct plan *client_plan_of(const struct client *client, const char *reminder);

/* Her stays from the first to the last; there is always one. */
size_t client_stays(const struct client *client);
struct stay client_stay_at(const struct client *client, size_t i);
/* The one of that local day: the last that has begun by then, else the first. */
struct stay client_stay(const struct client *client, int64_t day);
/* Is that local day between two stays, so that she is in treatment and nothing goes out? *ret_until
 * is the last such day. */
bool client_is_inpatient(const struct client *client, int64_t day, struct civil *ret_until);
/* The day from which a reminder of hers, or one of her plan's, counts what happens on `day`;
 * NULL: as a milestone does. */
int64_t client_counts_from(const struct client *client, const struct reminder *reminder,
			   int64_t day);

/* One of her own, or of her plans; NULL for none. */
const struct reminder *client_reminder(const struct client *client, const char *id);
/* What is asked after a meeting, an appointment or a reminder of hers or her plans'; NULL: nothing. */
const struct follow_up *client_follow_up(const struct client *client, const char *id);
/* The table of answers of a meeting or an appointment that asks whether she comes; NULL: none. */
const char *client_event_answers(const struct client *client, const char *id);

const struct meeting *client_meeting(const struct client *client, const char *id);
const struct appointment *client_appointment(const struct client *client, const char *id);
/* Is the client paused by the configuration on this local day? *ret_until is the last day (year 0:
 * open). */
bool client_paused(const struct client *client, const struct civil *day, struct civil *ret_until);

#endif
