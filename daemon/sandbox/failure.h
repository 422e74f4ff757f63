/*
 * What is to go wrong with the next requests, in the order in which it was
 * asked for; and how an answer goes out, or goes wrong.
 */
#ifndef HF_SANDBOX_MISHAP_H
#define HF_SANDBOX_MISHAP_H

#include <stdbool.h>

#include "lib/listener.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/phone.h"

#define MISHAPS_MOST 64

enum mishap_kind {
	MISHAP_NONE,
	MISHAP_STATUS,       /* an error status, perhaps with Retry-After */
	MISHAP_DELAY,        /* the right answer, late */
	MISHAP_DRIP,         /* the right answer, a byte at a time */
	MISHAP_RESET,        /* RST instead of an answer */
	MISHAP_DROP,         /* the connection is closed without an answer */
	MISHAP_TRUNCATE,     /* half of the answer, then the connection is closed */
	MISHAP_GARBAGE,      /* bytes that are not HTTP */
	MISHAP_SLOW_HEADERS, /* a head that never ends */
	MISHAP_REDIRECT,     /* 307 to the same place */
	MISHAP_UNDELIVERED,  /* the right answer, and later a receipt that says so, with `code` */
	MISHAP_FAILED,       /* the same */
	MISHAP_NO_RECEIPT,   /* the right answer, and no receipt */
};

struct mishap {
	enum mishap_kind kind;
	int status, code, retry_after; /* of a MISHAP_STATUS; retry_after -1: none */
	int delay_ms;                  /* before the answer, or between its pieces */
	int count;                     /* requests it is still for; 0: until it is changed */
	bool deliver;                  /* the phone gets the text all the same */
	char to[PHONE_MAX];            /* "": every number */
};

enum {
	MISHAP_E_INVALID = 1, /* no such mishap, or a value out of bounds */
	MISHAP_E_FULL,        /* MISHAPS_MOST are waiting */
};

struct mishaps {
	struct mishap queue[MISHAPS_MOST];
	int count;
};

const char *mishap_word(enum mishap_kind kind);

/* From the body of POST /control. */
int mishap_read(const json_t *json, struct mishap *ret_mishap);

/* "none" forgets those for its number, or all; another takes the place of one that is for the same
 * number until it is changed, or goes to the end. */
int mishaps_add(struct mishaps *mishaps, const struct mishap *mishap);

/* What happens to a request for this number; counts it down.  MISHAP_NONE for none. */
struct mishap mishaps_next(struct mishaps *mishaps, const char *to);

/* An array, as GET /control shows it; NULL when memory is out. */
json_t *mishaps_json(const struct mishaps *mishaps);

struct stage;

int stage_new(struct loop *loop, struct stage **ret_stage);
/* After the listener, whose exchanges it holds. */
struct stage *stage_free(struct stage *stage);

/* Answers with status and body, which are copied, in the way of the mishap. */
void stage_act(struct stage *stage, struct exchange *exchange, const struct mishap *mishap,
	       int status, const char *body);

/* The peer has left; nothing happens to an exchange that is not on stage. */
void stage_gone(struct stage *stage, struct exchange *exchange);

#endif
