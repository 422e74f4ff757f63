/*
 * What is to go wrong with the next requests, in the order in which it was
 * asked for; and how an answer goes out, or goes wrong.
 */
#ifndef HF_SANDBOX_FAILURE_H
#define HF_SANDBOX_FAILURE_H

#include <stdbool.h>

#include "lib/http_server.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/phone.h"

#define FAILURES_MOST 64

enum failure_kind {
	FAILURE_NONE,
	FAILURE_STATUS,              /* an error status, perhaps with Retry-After */
	FAILURE_DELAY,               /* the right answer, late */
	FAILURE_DRIP,                /* the right answer, a byte at a time */
	FAILURE_RESET,               /* RST instead of an answer */
	FAILURE_DROP,                /* the connection is closed without an answer */
	FAILURE_TRUNCATE,            /* half of the answer, then the connection is closed */
	FAILURE_GARBAGE,             /* bytes that are not HTTP */
	FAILURE_SLOW_HEADERS,        /* a head that never ends */
	FAILURE_REDIRECT,            /* 307 to the same place */
	FAILURE_RECEIPT_UNDELIVERED, /* the right answer, and later a receipt that says so, with `code` */
	FAILURE_RECEIPT_FAILED, /* the same */
	FAILURE_NO_RECEIPT,     /* the right answer, and no receipt */
};

struct failure {
	enum failure_kind kind;
	int status, code, retry_after; /* of a FAILURE_STATUS; retry_after -1: none */
	int delay_ms;                  /* before the answer, or between its pieces */
	int count;                     /* requests it is still for; 0: until it is changed */
	bool deliver;                  /* the phone gets the text all the same */
	char to[PHONE_MAX];            /* "": every number */
};

enum {
	FAILURE_E_INVALID = 1, /* no such failure, or a value out of bounds */
	FAILURE_E_FULL,        /* FAILURES_MOST are waiting */
};

struct failures {
	struct failure queue[FAILURES_MOST];
	int count;
};

const char *failure_word(enum failure_kind kind);

/* From the body of POST /control. */
int failure_read(const json_t *json, struct failure *ret_failure);

/* "none" forgets those for its number, or all; another takes the place of one that is for the same
 * number until it is changed, or goes to the end. */
int failures_add(struct failures *failures, const struct failure *failure);

/* What happens to a request for this number; counts it down.  FAILURE_NONE for none. */
struct failure failures_next(struct failures *failures, const char *to);

/* An array, as GET /control shows it; NULL when memory is out. */
json_t *failures_json(const struct failures *failures);

/* Answers that take their time. */
struct slow_answers;

int slow_answers_new(struct loop *loop, struct slow_answers **ret_answers);
/* To be freed after the listener, whose exchanges it holds. */
struct slow_answers *slow_answers_free(struct slow_answers *answers);

/* Answers with status and body, which are copied, in the way of the failure. */
void failure_answer(struct slow_answers *answers, struct exchange *exchange,
		    const struct failure *failure, int status, const char *body);

/* The peer has left; nothing happens for an exchange that is answered. */
void slow_answers_gone(struct slow_answers *answers, struct exchange *exchange);

#endif
