/*
 * Pages that wait for something new on the phones (long polling).
 */
#ifndef HF_SANDBOX_WAITERS_H
#define HF_SANDBOX_WAITERS_H

#include "lib/listener.h"
#include "lib/loop.h"
#include "sandbox/phones.h"

struct waiters;

int waiters_new(struct loop *loop, const struct phones *phones, struct waiters **ret_waiters);
/* After the listener, whose exchanges it holds. */
struct waiters *waiters_free(struct waiters *waiters);

/* Answers with what is new after n, now or as soon as there is something. */
void waiters_ask(struct waiters *waiters, struct exchange *exchange);
/* Something is new. */
void waiters_wake(struct waiters *waiters);
/* The peer has left; nothing happens for an exchange that does not wait here. */
void waiters_gone(struct waiters *waiters, struct exchange *exchange);

#endif
