/*
 * What the configuration says: one immutable snapshot of all files.  It is
 * loaded whole or refused whole; a reload builds a new one beside the old.
 *
 * Everything in a snapshot lives in its arena; pointers into it are good until
 * model_free().
 */
#ifndef HF_DATA_MODEL_H
#define HF_DATA_MODEL_H

#include "base/conf.h"
#include "base/recur.h"

#define MODEL_CLIENTS_MAX 200000 /* 105 faults, 92: 100,000 due in one minute, and room */

enum kind {
	KIND_WELCOME,
	KIND_CHECK_IN,
	KIND_COPING,
	KIND_SPONSOR,
	KIND_MILESTONE,
	KIND_MEETING,
	KIND_APPOINTMENT,
	KIND_NOTE,    /* any other reminder a plan or a client has */
	KIND_ONE_OFF, /* holdfastctl send */
};
extern const char *const kind_words[]; /* "welcome", "check-in" ... NULL */

struct site {
	char *name, *phone, *language;
	struct hours hours;
	const struct zone *zone;
};

enum on_unknown {
	ON_UNKNOWN_HOLD,
	ON_UNKNOWN_RESEND,
};

struct texting {
	struct hours hours; /* all weekdays; within 08:00-21:00 */
	int daily_limit, max_segments;
	bool plain_characters;
	int on_unknown;
};

struct keep {
	struct span messages, receipts, audit;
};

struct message {
	char *name, *text;
	const char *file;
	unsigned line;
};

/* messages/LANG.conf, sorted by name. */
struct language {
	char *code;
	struct message *messages;
	size_t count;
};

enum meaning {
	MEANING_WELL,
	MEANING_WATCH,
	MEANING_NEED,
};

struct answer {
	struct conf_texts replies;
	int means; /* enum meaning */
	char *message;
	int alert; /* 0 none, 1 routine, 2 urgent */
};

struct answer_table {
	char *name;
	struct answer *answers;
	size_t count;
};

/* weeks long, counted from the end of the phase before; on `weekdays` of every `every`th week of
 * the phase. */
struct phase {
	int weeks;
	unsigned weekdays;
	int every;
};

/* Exactly one of weekdays (with every), phases, days, rrule says when. */
struct reminder {
	char *id;
	int kind;   /* enum kind */
	int minute; /* at */
	unsigned weekdays;
	int every;
	struct phase *phases;
	size_t phase_count;
	struct conf_numbers days; /* after the recovery date, else the start */
	char *rrule;
	bool skip; /* a month that lacks the day: no occurrence, instead of its last day */
	struct conf_texts messages; /* in turn; each "name" or "name|name for who lacks a field" */
	char *answers, *needs;
	struct span nudge_after, silent_after;
	struct conf_spans leads; /* remind */
	unsigned line;
	const char *file;
};

struct plan {
	char *id, *title;
	struct answer_table *tables;
	size_t table_count;
	struct reminder *reminders;
	size_t reminder_count;
};

struct meeting {
	char *id, *title, *place, *rrule, *message;
	unsigned weekdays;
	int minute, every;
	bool skip;
	bool site; /* held at the site: does not take place on closed days */
	struct conf_spans leads;
};

struct appointment {
	char *id, *with, *place, *message;
	struct civil when;
	struct conf_spans leads;
};

/* Local days, both included; a year of 0 means open. */
struct pause {
	struct civil from, until;
	char *why;
};

struct consent_record {
	struct civil at;
	char *how, *by;
};

struct client {
	char *id, *name, *phone, *language, *counselor, *sponsor;
	const struct zone *zone;
	int wording; /* 0 discreet, 1 open */
	char *plan_id;
	const struct plan *plan;       /* NULL: no plan */
	struct civil start, until;     /* until: the last day; year 0 for none */
	struct civil recovery_date;    /* year 0: not given */
	struct consent_record consent; /* how NULL: none */
	struct conf_texts trusted;
	struct meeting *meetings;
	size_t meeting_count;
	struct appointment *appointments;
	size_t appointment_count;
	struct reminder *reminders;
	size_t reminder_count;
	struct pause *pauses;
	size_t pause_count;
	const char *file;
	unsigned line;
};

struct staff_member {
	char *id, *name, *phone;
};

struct on_call {
	char *staff;
	struct hours when;
};

struct model {
	struct arena *arena;
	char *dir;
	struct site site;
	struct texting texting;
	struct keep keep;
	struct conf_texts gateways;
	struct conf_dates closed;
	struct language *languages;
	size_t language_count;
	struct plan *plans;
	size_t plan_count;
	struct client *clients; /* sorted by id */
	size_t client_count;
	struct staff_member *staff;
	size_t staff_count;
	struct on_call *on_call;
	size_t on_call_count;
	struct span acknowledge_within;
};

/* file is holdfast.conf, or the directory that holds it.  With errors in faults: CONF_E_FAULT and
 * no snapshot. */
int model_load(const char *file, struct faults *faults, struct model **ret_model);
struct model *model_free(struct model *model);
DEFINE_CLEANUP(struct model *, model_free);

const struct client *model_client(const struct model *model, const char *id);
const struct plan *model_plan(const struct model *model, const char *id);
const struct staff_member *model_staff(const struct model *model, const char *id);
/* In the client's language, else the site's; NULL for none. */
const struct message *model_message(const struct model *model, const char *language,
				    const char *name);
const struct reminder *model_reminder(const struct model *model, const struct client *client,
				      const char *id);
const struct meeting *client_meeting(const struct client *client, const char *id);
const struct appointment *client_appointment(const struct client *client, const char *id);
bool model_closed(const struct model *model, const struct civil *date);
/* Is the client paused by the configuration on this local day? *ret_until is the last day (year 0:
 * open). */
bool client_paused(const struct client *client, const struct civil *day, struct civil *ret_until);

/* Every key of every file, for the man page and its test: file kind, key, type, default, doc. */
typedef void (*model_on_key)(void *userdata, const char *section, const struct conf_entry *entry);
void model_each_key(model_on_key on_key, void *userdata);

#endif
