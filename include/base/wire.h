/*
 * The wire between holdfastd and a courier: a SOCK_SEQPACKET Unix socket, one
 * JSON object a packet, version 1.
 *
 *   courier -> holdfastd  hello    who it is and what its gateway can do
 *   holdfastd -> courier  texts    a batch that was claimed, never more than the credit
 *   courier -> holdfastd  outcomes what became of texts, and the credit that this frees
 *
 * A courier that finds holdfastd again first says the outcomes it still
 * holds, and gives credit only when nothing of before is under way:
 * so holdfastd learns all that can be learnt before it decides about unknown texts.
 */
#ifndef HF_BASE_WIRE_H
#define HF_BASE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

#define WIRE_VERSION    1
#define WIRE_PACKET_MAX (128 * 1024)
#define WIRE_BATCH_MAX  128 /* texts or outcomes in one packet */

/* What became of one try. */
enum outcome_class {
	OUTCOME_ACCEPTED,  /* the gateway took it */
	OUTCOME_UNSENT,    /* certainly not sent: try again with back-off */
	OUTCOME_UNKNOWN,   /* it may have been sent: never again blindly */
	OUTCOME_DEFERRED,  /* the gateway says later: wait, the try does not count */
	OUTCOME_REFUSED,   /* for good: this text or this number */
	OUTCOME_OPTED_OUT, /* for good, and the gateway says that the client opted out */
	OUTCOME_CONFIG,    /* our account or credential: the gateway stops, texts stay due */
};
const char *outcome_word(enum outcome_class class);

struct wire_hello {
	const char *gateway; /* NAME of gateways/NAME.conf */
	bool idempotent;     /* the same key twice is one text */
	bool handles_stop;   /* the gateway answers STOP itself */
	double rate;         /* segments a second */
};

struct wire_text {
	int64_t id;
	int attempt;
	const char *key;  /* the same for every attempt */
	const char *to;   /* E.164 */
	const char *body; /* UTF-8 */
	bool ucs2;
	int segments;
	hf_time valid_for; /* µs until it expires, from now */
	const char *at;    /* the client's local time, RFC 3339: for the sandbox's phones */
};

struct wire_outcome {
	int64_t id;
	int attempt;
	enum outcome_class class;
	const char *gateway_id; /* "" where none */
	const char *reason;  /* a short word for staff and the log: "invalid number (21211)"; "" for
				accepted */
	hf_time retry_after; /* OUTCOME_DEFERRED: µs; 0: not said */
};

struct wire;

/* What came is borrowed until the callback returns.  on_closed: the peer is gone or broke the
 * protocol; the wire is closed and must be freed.  A NULL handler makes its packet a breach. */
struct wire_handlers {
	void (*on_hello)(void *userdata, const struct wire_hello *hello);
	void (*on_texts)(void *userdata, const struct wire_text *texts, size_t count);
	void (*on_outcomes)(void *userdata, const struct wire_outcome *outcomes, size_t count,
			    unsigned credit);
	void (*on_closed)(void *userdata, const char *why);
};

int wire_connect(struct loop *loop, const char *path, const struct wire_handlers *handlers,
		 void *userdata, struct wire **ret_wire);
/* fd from accept: the wire's from here on, also on failure. */
int wire_new(struct loop *loop, int fd, const struct wire_handlers *handlers, void *userdata,
	     struct wire **ret_wire);
struct wire *wire_free(struct wire *wire); /* may be called inside a handler */
DEFINE_CLEANUP(struct wire *, wire_free);

int wire_send_hello(struct wire *wire, const struct wire_hello *hello);
/* Any count; split into packets.  What the socket does not take is kept and sent when it does:
 * credit bounds it. */
int wire_send_texts(struct wire *wire, const struct wire_text *texts, size_t count);
int wire_send_outcomes(struct wire *wire, const struct wire_outcome *outcomes, size_t count,
		       unsigned credit);

/* A listening SEQPACKET socket at path (mode 0660; an old one is replaced). */
int wire_listen(const char *path, int *ret_fd);

/* One packet, by hand: what the fuzzer and the unit tests feed. 0, or -EBADMSG for a breach. */
int wire_take(struct wire *wire, const char *bytes, size_t size);

#endif
