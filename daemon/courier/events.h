/*
 * What a kind of gateway brings by itself: the group `hooks` of a preset.
 *
 *   hooks = {
 *     verify  = { ... };          courier/verify.h; without it no webhook is believed
 *     get     = false;            it may be called by GET, too: what is said of fields stands in the query
 *     ack     = { status = 200; type = "text/plain"; body = ""; never_body = false; };
 *                                 never_body: the gateway sends a body to the client as a text
 *     inbound = { ... };          a text that somebody wrote
 *     receipt = { ... };          what became of a text of ours
 *     poll    = { ... };          asking for texts that no webhook brought
 *     keywords = { stop = [ "STOP" ]; start = [ ... ]; help = [ ... ]; };
 *                                 which texts the gateway answers itself, each the whole of a text
 *                                 but for capitals and blanks around it.  After one of `stop` it
 *                                 lets no more of ours through
 *   };
 *
 * A value stands at a locator (courier/locator.h): "field From", "query from", "/payload/message".
 *
 *   when, is      it is one where something stands there; with `is`: one of these values
 *   each          a list in the body, each of whose elements is one; pointers begin there
 *   inbound       from, to, text, id, at; charset: of the text, where it is no UTF-8 (else that of
 *                 the Content-Type); opted_out: there where the gateway says that this text was an
 *                 opt-out, and answered: that it has answered it;
 *                 parts_of, part, parts: of a long text that the gateway does not join
 *   receipt       id (the gateway's), key (ours, out of the callback), state, error, at
 *     states      = { sent = [ "..." ]; delivered; undelivered; failed; ignored };  any other
 *                 state is `sent`, with a line in the log
 *     errors      = ( { is = [ "30005" ]; fault = "number"; reason = "..."; } );  fault: none, number
 *                 (nobody is reached there), text, account (the administrator is told), gateway,
 *                 opted-out; with none a state of `failed` counts against the number only where
 *                 texts to others go on meanwhile
 *   poll          request (as `send`, courier/request.h, with {since} in RFC 3339, {since_date} and
 *                 {our_number}), inbound (as above), next (a pointer to the next page's address),
 *                 every, window ("2d": how far back it asks when it begins)
 */
#ifndef HF_COURIER_EVENTS_H
#define HF_COURIER_EVENTS_H

#include "lib/protocol.h"
#include "courier/request.h"
#include "courier/locator.h"
#include "courier/verify.h"

enum event_value {
	EVENT_WHEN,
	EVENT_ID,
	EVENT_AT,
	EVENT_FROM,
	EVENT_TO,
	EVENT_TEXT,
	EVENT_CHARSET,
	EVENT_OPTED_OUT,
	EVENT_ANSWERED,
	EVENT_PARTS_OF,
	EVENT_PART,
	EVENT_PARTS,
	EVENT_KEY,
	EVENT_STATE,
	EVENT_ERROR,
	EVENT_VALUES,
};

#define EVENT_IGNORED 4 /* behind the receipt_states: nothing that we want to know */

struct event_error {
	struct conf_texts is;
	int fault; /* enum wire_fault */
	char *reason;
};

/* How a preset describes texts, or receipts. */
struct event_rule {
	bool given;
	char *each;
	struct locator values[EVENT_VALUES];
	struct conf_texts is, opted_out_is, answered_is;
	struct conf_texts states[EVENT_IGNORED + 1];
	struct event_error *errors;
	size_t error_count;
};

struct webhook_ack {
	int status;
	char *type, *body;
	bool never_body;
};

struct poll_rules {
	bool given;
	struct request_shape request;
	struct event_rule inbound;
	char *next; /* a pointer; NULL: one page is all */
	struct span every, window;
};

struct keywords {
	struct conf_texts stop, start, help;
};

struct event_rules {
	struct verify_rules *verify; /* NULL: none is believed */
	bool get;
	struct webhook_ack ack;
	struct keywords keywords;
	struct event_rule inbound, receipt;
	struct poll_rules poll;
};

/* The `read` of the group.  In the reader's arena; its userdata are the names of the preset's values,
 * NULL-terminated.  Faults are faults; 0 or -ENOMEM. */
int event_rules_read(struct conf_reader *reader, const struct conf_node *group, void *rules);

#define EVENTS_MAX 256 /* of one webhook or page; beyond, it is malformed */

/* What was brought, in the structs of the wire; each has seq 0. */
struct events {
	struct arena *arena; /* the texts are in it */
	struct wire_inbound *inbound;
	struct wire_receipt *receipts;
	size_t inbound_count, receipt_count;
	char *next; /* of a page: the next one's address as the gateway writes it, or NULL */
	bool unknown_state; /* a receipt's state that the preset does not name */
	const char *unfit;  /* why not all of it fits the preset, a literal; NULL: it does */
	struct wire_webhook webhook; /* all of a webhook that does not fit; of a page no content */
};
void events_done(struct events *events);

enum { EVENTS_E_MALFORMED = 1 };

/* From a webhook that is the gateway's, and from the answer to a poll, oldest first.  0,
 * EVENTS_E_MALFORMED, -errno.
 *
 * Of a webhook nothing is passed over: what fits no rule is a text where it has a sender and a text in
 * the places of the preset, but not from one of our own numbers (`ours`); else it is `unfit`.  Malformed
 * is only one that has more in it than is read. */
int events_read(const struct event_rules *rules, const struct conf_texts *ours,
		const struct webhook_request *request, struct events *ret_events);
int events_read_page(const struct event_rules *rules, const char *body, size_t size,
		     struct events *ret_events);

#endif
