/*
 * The packets of the wire as JSON, version 1, one object a packet:
 *
 *   {"type":"hello","version":1,"gateway":S,"idempotent":B,"handles_stop":B,"rate":R}
 *   {"type":"texts","texts":[{"id":I,"attempt":I,"key":S,"to":S,"body":S,"ucs2":B,
 *                             "segments":I,"valid_ms":I,"at":S}...]}
 *   {"type":"outcomes","outcomes":[{"id":I,"attempt":I,"key":S,"class":S,"gateway_id":S,
 *                                   "fault":S,"reason":S,"retry_ms":I}...],"credit":I}
 *   {"type":"inbound","inbound":[{"seq":I,"gateway_id":S,"from":S,"to":S,"text":S,"at":I,
 *                                 "parts_of":S,"part":I,"parts":I}...]}
 *   {"type":"receipts","receipts":[{"seq":I,"gateway_id":S,"key":S,"state":S,"fault":S,
 *                                   "reason":S,"at":I}...]}
 *   {"type":"stored","stored":[{"seq":I,"stored":B}...]}
 *
 * Every member must be there and of its type, but for credit (0) and an outcome's fault
 * (""); members that are not known are passed over.
 */
#ifndef HF_LIB_PROTOCOL_H
#define HF_LIB_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/json.h"
#include "lib/news.h"

#define WIRE_VERSION    1
#define WIRE_PACKET_MAX (128L * 1024)
#define WIRE_BATCH_MAX  128 /* texts or outcomes in one packet */
#define WIRE_KEY_MAX    64  /* bytes; a packet with a longer key is a breach */
#define WIRE_WORD_MAX   512 /* bytes of gateway_id and of reason; what is longer is cut */

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
	hf_time valid_for; /* µs until it expires, from now; the wire carries milliseconds */
	const char *at;    /* the client's local time, RFC 3339: for the sandbox's phones */
};

struct wire_outcome {
	int64_t id;
	int attempt;
	const char *key; /* the text's: in another database its id is another text's */
	enum outcome_class class;
	const char *gateway_id;   /* "" where none */
	enum receipt_fault fault; /* OUTCOME_REFUSED: what it says about the number */
	const char *reason;  /* a short word for staff and the log: "invalid number (21211)"; "" for
				accepted */
	hf_time retry_after; /* OUTCOME_DEFERRED: µs; 0: not said */
};

enum packet_type {
	PACKET_HELLO,
	PACKET_TEXTS,
	PACKET_OUTCOMES,
	PACKET_INBOUND,
	PACKET_RECEIPTS,
	PACKET_STORED,
};

/* A packet that was read.  Its texts live until packet_done(). */
struct packet {
	json_t *json;
	enum packet_type type;
	size_t count;
	unsigned credit;
	union {
		struct wire_hello hello;
		struct wire_text texts[WIRE_BATCH_MAX];
		struct wire_outcome outcomes[WIRE_BATCH_MAX];
		struct wire_inbound inbound[WIRE_BATCH_MAX];
		struct wire_receipt receipts[WIRE_BATCH_MAX];
		struct wire_stored stored[WIRE_BATCH_MAX];
	};
};

/* 0, -ENOMEM, or -EBADMSG with *ret_why, a literal, where it is not a packet of version 1. */
int packet_read(const char *bytes, size_t size, struct packet *ret_packet, const char **ret_why);
void packet_done(struct packet *packet);

/* 0 and bytes that the caller frees; -EMSGSIZE over WIRE_PACKET_MAX; -EINVAL for text that is not
 * UTF-8.  Of an outcome only: what a gateway said and is not UTF-8 becomes "?". */
int packet_write_hello(const struct wire_hello *hello, char **ret_bytes, size_t *ret_size);
int packet_write_texts(const struct wire_text *texts, size_t count, char **ret_bytes,
		       size_t *ret_size);
int packet_write_outcomes(const struct wire_outcome *outcomes, size_t count, unsigned credit,
			  char **ret_bytes, size_t *ret_size);
int packet_write_inbound(const struct wire_inbound *inbound, size_t count, char **ret_bytes,
			 size_t *ret_size);
int packet_write_receipts(const struct wire_receipt *receipts, size_t count, char **ret_bytes,
			  size_t *ret_size);
int packet_write_stored(const struct wire_stored *stored, size_t count, char **ret_bytes,
			size_t *ret_size);

#endif
