/*
 * The wire between holdfastd and a courier: a SOCK_SEQPACKET Unix socket, one
 * JSON object a packet (lib/protocol has what is in them).
 *
 *   courier -> holdfastd  hello    who it is and what its gateway can do; once more whenever
 *                                  that may have changed, and the rest stays as it is
 *   holdfastd -> courier  texts    a batch that was claimed, never more than the credit
 *   courier -> holdfastd  outcomes what became of texts, and the credit that this frees
 *   courier -> holdfastd  inbound  what people wrote
 *   courier -> holdfastd  receipts what the gateway says later about texts of ours
 *   courier -> holdfastd  webhooks what the gateway brings that its preset does not know
 *   holdfastd -> courier  stored   which of these are committed, and which are not
 *   holdfastd -> courier  beat     a sign of life, each minute, and whether all is well
 *   holdfastd -> courier  alarms   whom to text if there is none, in the next two days
 *
 * A courier that finds holdfastd again first says the outcomes it still
 * holds, and gives credit only when nothing of before is under way:
 * so holdfastd learns all that can be learnt before it decides about unknown texts.
 */
#ifndef HF_LIB_WIRE_H
#define HF_LIB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/loop.h"
#include "lib/cleanup.h"
#include "lib/protocol.h"

struct wire;

/* What came is borrowed until the callback returns.  on_closed: the peer is gone or broke the
 * protocol; the wire is closed and must be freed.  A NULL handler makes its packet a breach. */
struct wire_handlers {
	void (*on_hello)(void *userdata, const struct wire_hello *hello);
	void (*on_texts)(void *userdata, const struct wire_text *texts, size_t count);
	void (*on_outcomes)(void *userdata, const struct wire_outcome *outcomes, size_t count,
			    unsigned credit);
	void (*on_inbound)(void *userdata, const struct wire_inbound *inbound, size_t count);
	void (*on_receipts)(void *userdata, const struct wire_receipt *receipts, size_t count);
	void (*on_webhooks)(void *userdata, const struct wire_webhook *webhooks, size_t count);
	void (*on_stored)(void *userdata, const struct wire_stored *stored, size_t count);
	void (*on_beat)(void *userdata, const struct wire_beat *beat);
	void (*on_alarms)(void *userdata, const struct wire_alarm *alarms, size_t count);
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
 * credit bounds it, and -ENOBUFS comes at 64 MiB.  -EPIPE: the peer is gone, on_closed follows
 * from the loop or has come.  -EMSGSIZE: a single text is longer than a packet. */
int wire_send_texts(struct wire *wire, const struct wire_text *texts, size_t count);
int wire_send_outcomes(struct wire *wire, const struct wire_outcome *outcomes, size_t count,
		       unsigned credit);
/* News and its answer: any count, split into packets.  Errors as above. */
int wire_send_inbound(struct wire *wire, const struct wire_inbound *inbound, size_t count);
int wire_send_receipts(struct wire *wire, const struct wire_receipt *receipts, size_t count);
int wire_send_webhooks(struct wire *wire, const struct wire_webhook *webhooks, size_t count);
int wire_send_stored(struct wire *wire, const struct wire_stored *stored, size_t count);
int wire_send_beat(struct wire *wire, const struct wire_beat *beat);
/* Those of before are void.  WIRE_BATCH_MAX at most. */
int wire_send_alarms(struct wire *wire, const struct wire_alarm *alarms, size_t count);

/* A listening SEQPACKET socket at path, mode 0660; what may stand there already, and the errors,
 * are those of socket_listen_unix(). */
int wire_listen(const char *path, int *ret_fd);

/* One packet, by hand: what the fuzzer and the unit tests feed. 0, or -EBADMSG for a breach. */
int wire_take(struct wire *wire, const char *bytes, size_t size);

#endif
