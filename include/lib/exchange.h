/*
 * One HTTP request and the answer that is owed to it, now or later, exactly
 * once.  The first part is for whoever answers, the second for lib/listener,
 * which makes exchanges and carries the answers out.
 */
#ifndef HF_LIB_EXCHANGE_H
#define HF_LIB_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "lib/loop.h"

struct exchange;

/* What was asked.  Borrowed until the answer.  The path is percent-decoded and has no query. */
const char *exchange_method(const struct exchange *exchange);
const char *exchange_path(const struct exchange *exchange);
const char *exchange_raw_url(const struct exchange *exchange);
const char *exchange_query(const struct exchange *exchange,
			   const char *name); /* NULL where not given */
const char *exchange_header(const struct exchange *exchange, const char *name);
const char *exchange_body(const struct exchange *exchange, size_t *ret_size); /* NUL-terminated */
/* SO_PEERCRED; -ENOTSUP on TCP. */
int exchange_peer(const struct exchange *exchange, uid_t *ret_uid, pid_t *ret_pid);

/* The answer: body is copied; type NULL is application/json; extra headers as "Name: value",
 * NULL-terminated.  On failure the connection is closed and nothing is owed any more; -EALREADY for
 * a second answer. */
int exchange_answer(struct exchange *exchange, int status, const char *type, const char *body,
		    size_t size, const char *const *headers);

/* For the sandbox's faults.  exchange_leak puts bytes on the wire as they are, past HTTP, while the
 * answer is still owed; exchange_break settles it by ending the connection after such bytes (size
 * may be 0), by RST where `reset`.  -EAGAIN where the socket's buffer did not take them all;
 * exchange_break ends the connection all the same. */
int exchange_leak(struct exchange *exchange, const char *bytes, size_t size);
int exchange_break(struct exchange *exchange, const char *bytes, size_t size, int reset);

/* --- for the listener --- */

enum exchange_state {
	EXCHANGE_NEW,      /* the request line was read */
	EXCHANGE_READING,  /* the head was, the body is coming */
	EXCHANGE_OWED,     /* somebody was asked for the answer */
	EXCHANGE_ANSWERED, /* the answer waits to be carried out */
	EXCHANGE_BROKEN,   /* the connection is to be closed */
	EXCHANGE_DONE,     /* nothing is left to do */
};

/* How an exchange reaches back. */
struct exchange_carrier {
	const char *(*find_query)(const struct exchange *exchange, const char *name);
	const char *(*find_header)(const struct exchange *exchange, const char *name);
	/* Makes exchange->answer. */
	int (*prepare)(struct exchange *exchange, int status, const char *type, const char *body,
		       size_t size, const char *const *headers);
	void (*on_settled)(struct exchange *exchange); /* it is ANSWERED or BROKEN now */
	void (*on_gone)(struct exchange *exchange);    /* after on_settled */
};

struct exchange {
	const struct exchange_carrier *carrier;
	void *connection, *request, *answer; /* the carrier's */
	int fd, status;
	enum exchange_state state;
	bool waits;                /* in the carrier's list of those that wait */
	const char *method, *path; /* the carrier's */
	char *raw_url;
	char *body; /* NULL for none */
	size_t body_size, body_room;
	struct loop_io *watch;      /* for the peer's leaving, while it waits */
	LIST_ENTRY(exchange) entry; /* the carrier's, while it waits */
};

struct exchange *exchange_new(const struct exchange_carrier *carrier, int fd, const char *raw_url);
struct exchange *exchange_free(struct exchange *exchange);

/* The status to refuse it with as soon as its head is known (400, 413), or 0. */
int exchange_check(const struct exchange *exchange, size_t most);
/* Another piece of the body.  -E2BIG where it would be more than `most`. */
int exchange_take(struct exchange *exchange, const char *bytes, size_t size, size_t most);
/* It stays owed for a while: from now on the peer's leaving is noticed. */
int exchange_wait(struct exchange *exchange, struct loop *loop);
/* Nobody wants the answer any more. */
void exchange_gone(struct exchange *exchange);

#endif
