/*
 * clients/: who is enrolled, what they agreed to, and what is theirs alone.
 */
#ifndef HF_CONFIG_CLIENT_H
#define HF_CONFIG_CLIENT_H

#include "lib/conf.h"
#include "lib/recur.h"
#include "config/plan.h"

/* Comes again and again; an appointment once. */
struct meeting {
	char *id, *title, *place, *rrule, *message;
	unsigned weekdays;
	int minute, every;
	struct civil
		from; /* from which day the weeks of `every` or of the rule count; year 0: the start */
	bool skip;
	bool site; /* held at the site: does not take place on closed days */
	struct conf_spans leads;
	unsigned line, title_line, place_line, rule_line;
};

struct appointment {
	char *id, *with, *place, *message;
	struct civil when;
	struct conf_spans leads;
	unsigned line, with_line, place_line, when_line;
};

extern const struct conf_entry meeting_keys[], appointment_keys[];

/* Local days, both included; a year of 0 means open. */
struct pause {
	struct civil from, until;
	char *why;
	unsigned line;
};

struct consent_record {
	struct civil at;
	char *how, *by;
};

/* Who may ask for help for her: she has allowed it in writing, on that day. */
struct loved_one {
	char *name, *phone, *language; /* language NULL: the client's */
	struct civil at;
	unsigned phone_line;
};

struct client {
	char *id, *name, *phone, *language, *counselor, *sponsor;
	const struct zone *zone;
	bool shared_phone; /* another client has the same number, and both files say so */
	int wording;       /* 0 discreet, 1 open */
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
	struct loved_one *loved_ones;
	size_t loved_one_count;
	const char *file;
	hf_time written; /* when somebody last wrote to the file; 0: not known */
	unsigned line, phone_line, name_line, sponsor_line, trusted_line;
	unsigned start_line, until_line, recovery_line, consent_line;
};

extern const struct conf_entry client_keys[], pause_keys[], consent_keys[], loved_one_keys[];

/* Reads one client.  The reader's userdata is a struct references.  0 or -ENOMEM. */
int client_read(struct conf_reader *reader, const struct conf_node *group, struct client *client);

/* When all is read and the client's plan is known: no id twice in what is hers and her plan's. */
void client_check_ids(const struct client *client, struct faults *faults);

/* Is this local day one of the first after treatment, which carry the most risk? */
#define CLIENT_EARLY_DAYS 30
bool client_is_early(const struct client *client, int64_t day);

const struct meeting *client_meeting(const struct client *client, const char *id);
const struct appointment *client_appointment(const struct client *client, const char *id);
/* Is the client paused by the configuration on this local day? *ret_until is the last day (year 0:
 * open). */
bool client_paused(const struct client *client, const struct civil *day, struct civil *ret_until);

#endif
