/*
 * The packets of the wire as JSON, version 1, one object a packet:
 *
 *   {"type":"hello","version":1,"gateway":S,"idempotent":B,"rate":R,"watches":B,"store":I,"batch":I}
 *   {"type":"texts","texts":[{"id":I,"attempt":I,"key":S,"to":S,"body":S,"ucs2":B,
 *                             "segments":I,"valid_ms":I,"at":S,"store":I,"batch":I}...]}
 *   {"type":"outcomes","outcomes":[{"id":I,"attempt":I,"key":S,"class":S,"gateway_id":S,
 *                                   "fault":S,"reason":S,"retry_ms":I}...],"credit":I}
 *   {"type":"inbound","inbound":[{"seq":I,"gateway_id":S,"from":S,"to":S,"text":S,"at":I,
 *                                 "parts_of":S,"part":I,"parts":I,"opted_out":B,"answered":B,
 *                                 "undecoded":B}...]}
 *   {"type":"receipts","receipts":[{"seq":I,"gateway_id":S,"key":S,"state":S,"fault":S,
 *                                   "reason":S,"at":I}...]}
 *   {"type":"webhooks","webhooks":[{"seq":I,"why":S,"content":S}...]}
 *   {"type":"stored","stored":[{"seq":I,"stored":B}...]}
 *   {"type":"beat","beat":[{"well":B}]}
 *   {"type":"alarms","alarms":[{"from":I,"until":I,"to":S,"body":S}...]}
 *
 * Every member must be there and of its type, but for credit, store and batch (0), fault ("none", as is a word
 * that is not known) and watches, opted_out, answered and undecoded (false); members that are not known are passed
 * over.  A new member is a member of its struct here and a row in protocol.c.
 */
#ifndef HF_LIB_PROTOCOL_H
#define HF_LIB_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/json.h"

#define WIRE_VERSION    1
#define WIRE_PACKET_MAX (128L * 1024)
#define WIRE_BATCH_MAX  128 /* texts or outcomes in one packet */
#define WIRE_KEY_MAX    64  /* bytes; a packet with a longer key is a breach */
#define WIRE_WORD_MAX   512 /* bytes of gateway_id and of reason; what is longer is cut */

#define NEWS_TEXT_MAX (16L * 1024) /* bytes of one inbound text: 39 joined segments and room */
#define NEWS_ID_MAX   256          /* bytes of a gateway's name for something */
#define NEWS_FROM_MAX 64           /* bytes of a sender: a number, a short code, letters */
#define NEWS_PARTS    255

/* What became of one try. */
enum outcome_class {
	OUTCOME_ACCEPTED,  /* the gateway took it */
	OUTCOME_UNSENT,    /* certainly not sent: try again with back-off */
	OUTCOME_UNKNOWN,   /* it may have been sent: never again blindly */
	OUTCOME_DEFERRED,  /* the gateway says later: wait, the try does not count */
	OUTCOME_REFUSED,   /* not taken; its fault says whether this text is at fault */
	OUTCOME_OPTED_OUT, /* for good, and the gateway says that the client opted out */
	OUTCOME_CONFIG,    /* our account or credential: the gateway stops, texts stay due */
};
extern const char *const outcome_words[]; /* NULL-terminated */

/* Ranked: a later word never takes back an earlier one of higher rank. */
enum receipt_state {
	RECEIPT_SENT,
	RECEIPT_DELIVERED,
	RECEIPT_UNDELIVERED,
	RECEIPT_FAILED,
};
extern const char *const receipt_words[];

/* Whose fault it is that a text is refused, or does not arrive. */
enum wire_fault {
	WIRE_FAULT_NONE,      /* nobody says: an answer that the preset does not know */
	WIRE_FAULT_NUMBER,    /* the client's: nobody can be reached there, now or later */
	WIRE_FAULT_TEXT,      /* this text's: another one to the same number may go */
	WIRE_FAULT_ACCOUNT,   /* our account's or our number's */
	WIRE_FAULT_GATEWAY,   /* the gateway's, or a carrier's */
	WIRE_FAULT_OPTED_OUT, /* the client opted out with the gateway or the carrier */
};
extern const char *const wire_fault_words[];

struct wire_hello {
	const char *gateway; /* NAME of gateways/NAME.conf */
	bool idempotent;     /* the same key twice is one text */
	double rate;         /* segments a second */
	bool watches;        /* it knows beats and alarms */
	/* Of the last texts that it was given, by any holdfastd: which database, and which batch. */
	int64_t store, batch;
};

struct wire_text {
	int64_t id;
	int attempt;
	const char *key;  /* the same for every attempt */
	const char *to;   /* E.164 */
	const char *body; /* UTF-8 */
	bool ucs2;
	int segments;
	hf_time valid_for;    /* µs until it expires, from now; the wire carries milliseconds */
	const char *at;       /* the client's local time, RFC 3339: for the sandbox's phones */
	int64_t store, batch; /* which database it is from, and which of its batches; 0: not said */
};

struct wire_outcome {
	int64_t id;
	int attempt;
	const char *key; /* the text's: in another database its id is another text's */
	enum outcome_class class;
	const char *gateway_id; /* "" where none */
	enum wire_fault fault;  /* of OUTCOME_REFUSED */
	const char *reason;  /* a short word for staff and the log: "invalid number (21211)"; "" for
				accepted */
	hf_time retry_after; /* OUTCOME_DEFERRED: µs; 0: not said */
};

/* Of a refusal: it is certain that this text will not go, now or later. */
static inline bool wire_outcome_is_explained(const struct wire_outcome *outcome)
{
	return outcome->fault == WIRE_FAULT_NUMBER || outcome->fault == WIRE_FAULT_TEXT ||
	       outcome->fault == WIRE_FAULT_OPTED_OUT;
}

/* A text, or one part of a long one that the gateway did not join. */
struct wire_inbound {
	int64_t seq;            /* the courier's number for it: what `stored` answers with */
	const char *gateway_id; /* "" where the gateway names none */
	const char *from, *to;  /* E.164 where they are numbers */
	const char *text;
	hf_time at;           /* when the gateway had it; 0: not said */
	const char *parts_of; /* what its parts have in common; "" for a whole text */
	int part, parts;      /* from 1; 0 for a whole text */
	bool opted_out;       /* the gateway itself took it for an opt-out, and confirmed it */
	bool answered;        /* the gateway itself answered it: a word like START or HELP */
	bool undecoded;       /* some of it is bytes that no charset explains, as \xNN */
};

struct wire_receipt {
	int64_t seq;
	const char *gateway_id, *key; /* one of them may be "": key is ours, out of the callback */
	enum receipt_state state;
	enum wire_fault fault;
	const char *reason; /* a short word for staff; "" for none */
	hf_time at;         /* 0: not said */
};

/* A webhook of the gateway's that no rule of its preset fits. */
struct wire_webhook {
	int64_t seq;
	const char *why;     /* for staff; nothing private */
	const char *content; /* its parameters and its body, cut at NEWS_TEXT_MAX */
};

/* holdfastd's word for one piece of news: committed, or not now (ask again later). */
struct wire_stored {
	int64_t seq;
	bool stored;
};

/* A sign of life, each minute. */
struct wire_beat {
	bool well; /* the store takes what is written, the planner is up to now, texts can go out */
};

/* Whom the courier texts by itself within that stretch of time, if holdfastd has been silent. */
struct wire_alarm {
	hf_time from, until; /* until 0: nobody */
	const char *to;      /* E.164 */
	const char *body;
};

enum packet_type {
	PACKET_HELLO,
	PACKET_TEXTS,
	PACKET_OUTCOMES,
	PACKET_INBOUND,
	PACKET_RECEIPTS,
	PACKET_WEBHOOKS,
	PACKET_STORED,
	PACKET_BEAT,
	PACKET_ALARMS,
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
		struct wire_webhook webhooks[WIRE_BATCH_MAX];
		struct wire_stored stored[WIRE_BATCH_MAX];
		struct wire_beat beat[WIRE_BATCH_MAX];
		struct wire_alarm alarms[WIRE_BATCH_MAX];
	};
};

/* 0, -ENOMEM, or -EBADMSG with *ret_why, a literal, where it is not a packet of version 1. */
int packet_read(const char *bytes, size_t size, struct packet *ret_packet, const char **ret_why);
void packet_done(struct packet *packet);

/* A packet of `count` things of the type's struct; hello is one.  The credit is of outcomes only.
 * 0 and bytes that the caller frees; -EMSGSIZE over WIRE_PACKET_MAX; -EINVAL for text of ours that
 * is not UTF-8.  What a gateway said is cut at its limit, and becomes "?" where it is not UTF-8. */
int packet_write(enum packet_type type, const void *things, size_t count, unsigned credit,
		 char **ret_bytes, size_t *ret_size);

#endif
