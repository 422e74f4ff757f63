/*
 * What a gateway's answer means: the list `answers` of a preset, in order; the
 * first rule whose every condition holds counts.
 *
 *   status       one HTTP status or several
 *   json         a pointer into the body (RFC 6901); alone: something is there
 *   is           with json: one of these values
 *   text         a POSIX extended regular expression that the body matches
 *   class        accepted unsent unknown deferred refused opted-out config
 *   id           a pointer to the gateway's name for the text; with `text` it is what the first
 *                group ( ) of the expression matched
 *   fault        of a refusal, whose it is:
 *                number   the client's (nobody is reached there, now or later); after several in a row
 *                         her number is suspended
 *                text     this text's, or this text's to her: it has failed, and nothing follows
 *                account  our account's or number's, which cannot reach her: the text is tried again
 *                gateway  the gateway's or a carrier's: the same
 *                none     nobody knows: the same (the default)
 *                What ends every text to everybody is no refusal but class = "config".
 *   reason       a short word for staff; nothing is decided by it
 *   retry_after  seconds, where the answer has no Retry-After
 *
 * Where no rule fits: 401, 402 and redirects are config; 408 425 429, and 503 with Retry-After, are
 * deferred; 1xx, 2xx and 5xx are unknown, for the text may be on its way; everything else is refused,
 * and nobody knows whose fault it is.  So a 2xx that nobody can read is never accepted and never sent
 * again.  The reason names the status, and the gateway's own code where it stands in a place that the
 * rules look at.
 */
#ifndef HF_COURIER_RESPONSE_H
#define HF_COURIER_RESPONSE_H

#include <regex.h>

#include "lib/conf.h"
#include "lib/wire.h"

struct response {
	int status;
	const char *body; /* NUL-terminated */
	size_t body_size;
	long retry_after; /* seconds, -1: none */
};

struct response_rule {
	struct conf_numbers status;
	char *pointer;
	char **values;
	size_t value_count;
	char *pattern;
	regex_t regex;
	bool compiled;
	int class; /* enum outcome_class */
	int fault; /* enum wire_fault */
	char *id, *reason;
	int retry_after; /* seconds */
};

struct response_rules {
	struct response_rule *list;
	size_t count;
};

/* Where the strings of an outcome live until the next answer. */
#define RESPONSE_ID_MAX     128
#define RESPONSE_REASON_MAX 160
struct response_words {
	char id[RESPONSE_ID_MAX + 1];
	char reason[RESPONSE_REASON_MAX];
};

/* The `read` of an element of the list; in the reader's arena.  Faults are faults; 0 or -ENOMEM. */
#define RESPONSE_RULES_MAX 200
int response_rule_read(struct conf_reader *reader, const struct conf_node *node, void *rule);
/* What the arena does not free. */
void response_rules_done(struct response_rules *rules);

/* Fills class, gateway_id, fault, reason and retry_after. */
void response_classify(const struct response_rules *rules, const struct response *response,
		       struct response_words *words, struct wire_outcome *ret_outcome);

#endif
