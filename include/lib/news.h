/*
 * What a gateway brings by itself: texts that people wrote, and receipts for
 * texts of ours.  Members of the wire's packets `inbound` and `receipts`, and
 * of `stored`, which answers both.
 */
#ifndef HF_LIB_NEWS_H
#define HF_LIB_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/json.h"

#define NEWS_TEXT_MAX (16L * 1024) /* bytes of one inbound text: 39 joined segments and room */
#define NEWS_ID_MAX   256          /* bytes of a gateway's name for something */
#define NEWS_FROM_MAX 64           /* bytes of a sender: a number, a short code, letters */
#define NEWS_PARTS    255

/* A text, or one part of a long one that the gateway did not join. */
struct wire_inbound {
	int64_t seq;            /* the courier's number for it: what `stored` answers with */
	const char *gateway_id; /* "" where the gateway names none */
	const char *from, *to;  /* E.164 where they are numbers */
	const char *text;
	hf_time at;           /* when the gateway had it; 0: not said */
	const char *parts_of; /* what its parts have in common; "" for a whole text */
	int part, parts;      /* from 1; 0 for a whole text */
	bool opted_out;       /* the gateway itself took it for an opt-out */
};

/* Ranked: a later word never takes back an earlier one of higher rank. */
enum receipt_state {
	RECEIPT_SENT,
	RECEIPT_DELIVERED,
	RECEIPT_UNDELIVERED,
	RECEIPT_FAILED,
};
extern const char *const receipt_words[]; /* NULL-terminated */

/* What a receipt of failure says about the number. */
enum receipt_fault {
	RECEIPT_FAULT_NONE,
	RECEIPT_FAULT_NUMBER,    /* nobody can be reached there, now or later */
	RECEIPT_FAULT_OPTED_OUT, /* the client opted out with the gateway or the carrier */
};
extern const char *const receipt_fault_words[];

struct wire_receipt {
	int64_t seq;
	const char *gateway_id, *key; /* one of them may be "": key is ours, out of the callback */
	enum receipt_state state;
	enum receipt_fault fault;
	const char *reason; /* a short word for staff; "" for none */
	hf_time at;         /* 0: not said */
};

/* holdfastd's word for one piece of news: committed, or not now (ask again later). */
struct wire_stored {
	int64_t seq;
	bool stored;
};

/* One object of a packet's list.  False: malformed, or longer than the limits above. */
bool news_read_inbound(const json_t *json, struct wire_inbound *ret_inbound);
bool news_read_receipt(const json_t *json, struct wire_receipt *ret_receipt);
bool news_read_stored(const json_t *json, struct wire_stored *ret_stored);

/* What a stranger said: NULL becomes "", what is not UTF-8 "?", and what is longer than `most`
 * bytes (at most NEWS_TEXT_MAX) is cut between two characters.  0 or -ENOMEM. */
int news_put_said(json_t *json, const char *key, const char *text, size_t most);

/* Puts one object at the end of a list; its words by news_put_said().  0 or -errno. */
int news_put_inbound(json_t *list, const struct wire_inbound *inbound);
int news_put_receipt(json_t *list, const struct wire_receipt *receipt);
int news_put_stored(json_t *list, const struct wire_stored *stored);

#endif
