/*
 * The configuration that a scenario describes.  Its words become the files that
 * staff would write: the example's messages, staff and plan, and what the scenario says.
 */
#ifndef HF_SCENARIO_SETTING_H
#define HF_SCENARIO_SETTING_H

#include "script.h"

#define OWNERS_MAX 200

/* A client or a plan, and what belongs to it, as lists in libconfig's words. */
struct owner {
	char *id, *head, *meetings, *appointments, *reminders, *pauses, *loved_ones, *avoided;
	char *answers, *table; /* tables of answers, the last one still open, and its name */
	bool answered;         /* that one has an answer already */
	bool own_messages;     /* it names messages of its own */
	bool plan, welcomed;   /* welcomed: had the first text before the scenario begins */
	bool gone;             /* forgotten: no longer written */
};

struct setting {
	struct owner owners[OWNERS_MAX];
	size_t count;
	char *site, *texting, *closed, *extra;
	char *staff, *on_call, *alerts; /* of staff.conf: members, lines of the roster, keys */
	char *messages[2];              /* en, es */
};

int setting_new(struct setting **ret_setting);
struct setting *setting_free(struct setting *setting);
DEFINE_CLEANUP(struct setting *, setting_free);

enum { SETTING_E_UNKNOWN = 1 }; /* no directive of the configuration */

/* Takes a line of configuration.  -EINVAL with *ret_why where it makes no sense. */
int setting_take(struct setting *setting, const struct line *line, const char **ret_why);

#endif
