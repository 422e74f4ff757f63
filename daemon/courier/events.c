/*
 * What a gateway brings by itself, read by the rules of its preset.
 *
 * The rules are tables of locators, one for texts and one for receipts, so that a
 * value has one way from the gateway's words to ours.
 */
#include "courier/events.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/buffer.h"
#include "lib/charset.h"
#include "lib/cleanup.h"
#include "lib/phone.h"
#include "courier/timestamp.h"

#define REASON_ROOM 160
#define CODE_MAX    32 /* of an error's code that is told to staff as it is */

/* --- texts and receipts ------------------------------------------------------------- */

#define VALUE_KEY(name, presence, index, ...)                                                      \
	CONF_KEY(name, PARSED, presence, event_rule, values[index], __VA_ARGS__,                   \
		 .read = locator_read)

static const struct conf_entry inbound_keys[] = {
	VALUE_KEY("when", REQUIRED, EVENT_WHEN, "where something stands in one of these"),
	CONF_KEY("is", TEXTS, OPTIONAL, event_rule, is, "what may stand there"),
	CONF_KEY("each", TEXT, OPTIONAL, event_rule, each, "a list in the body: \"/results\""),
	VALUE_KEY("id", OPTIONAL, EVENT_ID, "the gateway's name for it"),
	VALUE_KEY("at", OPTIONAL, EVENT_AT, "when it was"),
	VALUE_KEY("from", REQUIRED, EVENT_FROM, "the number of who wrote it"),
	VALUE_KEY("to", REQUIRED, EVENT_TO, "our number"),
	VALUE_KEY("text", REQUIRED, EVENT_TEXT, "what was written"),
	VALUE_KEY("charset", OPTIONAL, EVENT_CHARSET, "in which charset"),
	VALUE_KEY("opted_out", OPTIONAL, EVENT_OPTED_OUT,
		  "where the gateway says that it was an opt-out"),
	CONF_KEY("opted_out_is", TEXTS, OPTIONAL, event_rule, opted_out_is, "what may stand there"),
	VALUE_KEY("answered", OPTIONAL, EVENT_ANSWERED,
		  "where the gateway says that it has answered it"),
	CONF_KEY("answered_is", TEXTS, OPTIONAL, event_rule, answered_is, "what may stand there"),
	VALUE_KEY("parts_of", OPTIONAL, EVENT_PARTS_OF,
		  "what the parts of one text have in common"),
	VALUE_KEY("part", OPTIONAL, EVENT_PART, "which part, from 1"),
	VALUE_KEY("parts", OPTIONAL, EVENT_PARTS, "of how many"),
	{ 0 },
};

#define STATE_KEY(name, index, doc) CONF_KEY(name, TEXTS, OPTIONAL, event_rule, states[index], doc)

static const struct conf_entry state_keys[] = {
	STATE_KEY("sent", RECEIPT_SENT, "on its way"),
	STATE_KEY("delivered", RECEIPT_DELIVERED, "on the phone"),
	STATE_KEY("undelivered", RECEIPT_UNDELIVERED, "did not reach the phone"),
	STATE_KEY("failed", RECEIPT_FAILED, "did not leave the gateway"),
	STATE_KEY("ignored", EVENT_IGNORED, "nothing new"),
	{ 0 },
};

static int read_states(struct conf_reader *reader, const struct conf_node *node, void *rule)
{
	return conf_read_group(reader, node, state_keys, rule);
}

static const struct conf_entry error_keys[] = {
	CONF_KEY("is", TEXTS, REQUIRED, event_error, is, "the codes"),
	CONF_KEY("fault", WORD, DEFAULT("none"), event_error, fault, "whose fault it is",
		 .words = wire_fault_words),
	CONF_KEY("reason", TEXT, OPTIONAL, event_error, reason, "a short word for staff"),
	{ 0 },
};

static int read_error(struct conf_reader *reader, const struct conf_node *node, void *error)
{
	if (!conf_is_group(node)) {
		conf_fault(reader, node, "error", "a rule is a group: { is = [ \"30005\" ]; ... }");
		return 0;
	}
	return conf_read_group(reader, node, error_keys, error);
}

static const struct conf_entry receipt_keys[] = {
	VALUE_KEY("when", REQUIRED, EVENT_WHEN, "where something stands in one of these"),
	CONF_KEY("is", TEXTS, OPTIONAL, event_rule, is, "what may stand there"),
	CONF_KEY("each", TEXT, OPTIONAL, event_rule, each, "a list in the body: \"/results\""),
	VALUE_KEY("id", OPTIONAL, EVENT_ID, "the gateway's name for it"),
	VALUE_KEY("at", OPTIONAL, EVENT_AT, "when it was"),
	VALUE_KEY("key", OPTIONAL, EVENT_KEY, "our name for the text, out of the callback"),
	VALUE_KEY("state", REQUIRED, EVENT_STATE, "what became of it"),
	VALUE_KEY("error", OPTIONAL, EVENT_ERROR, "the code of what went wrong"),
	CONF_WHOLE_KEY("states", GROUP, REQUIRED, read_states, "what the states mean"),
	CONF_LIST_KEY("errors", OPTIONAL, event_rule, errors, error_count, read_error,
		      "what the codes mean"),
	{ 0 },
};

static int read_rule(struct conf_reader *reader, const struct conf_node *node,
		     const struct conf_entry *keys, struct event_rule *rule)
{
	int r = conf_read_group(reader, node, keys, rule);

	rule->given = true;
	if (rule->each && rule->each[0] != '/') {
		conf_fault(reader, node, "each", "a list is named from the top: \"/results\"");
	}
	return r;
}

static int read_inbound(struct conf_reader *reader, const struct conf_node *node, void *rule)
{
	return read_rule(reader, node, inbound_keys, rule);
}

static int read_receipt(struct conf_reader *reader, const struct conf_node *node, void *rule)
{
	int r = read_rule(reader, node, receipt_keys, rule);

	if (r == 0 && !conf_get(node, "id") && !conf_get(node, "key")) {
		conf_fault(reader, node, "receipt",
			   "nothing says whose receipt it is; write id or key");
	}
	return r;
}

/* --- polling -------------------------------------------------------------------------- */

static int read_request(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct request_shape *request = target;
	int r = request_read(reader, node, request);

	if (r == 0 && request->body != REQUEST_QUERY) {
		conf_fault(reader, node, "poll", "a poll is a GET; write query");
	}
	return r;
}

static const struct conf_entry poll_keys[] = {
	CONF_KEY("request", GROUP, REQUIRED, poll_rules, request, "what is asked; as `send`",
		 .read = read_request),
	CONF_KEY("inbound", GROUP, REQUIRED, poll_rules, inbound, "how the answer tells a text",
		 .read = read_inbound),
	CONF_KEY("next", TEXT, OPTIONAL, poll_rules, next, "a pointer to the next page's address"),
	CONF_KEY("every", SPAN, DEFAULT("15m"), poll_rules, every, "how often"),
	CONF_KEY("window", SPAN, DEFAULT("2d"), poll_rules, window, "how far back the first time"),
	{ 0 },
};

static int read_poll(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct poll_rules *poll = target;
	int r = conf_read_group(reader, node, poll_keys, poll);

	if (poll->next && poll->next[0] != '/') {
		conf_fault(reader, node, "poll", "\"next\" is a pointer: \"/next_page_uri\"");
	}
	poll->given = true;
	return r;
}

/* --- all of it ------------------------------------------------------------------------- */

static const struct conf_entry ack_keys[] = {
	CONF_KEY("status", NUMBER, DEFAULT("200"), webhook_ack, status, "the HTTP status",
		 .least = 200, .most = 299),
	CONF_KEY("type", TEXT, DEFAULT("text/plain"), webhook_ack, type, "of the body"),
	CONF_KEY("body", TEXT, DEFAULT(""), webhook_ack, body, "what the gateway wants to read"),
	CONF_KEY("never_body", TRUTH, DEFAULT("false"), webhook_ack, never_body,
		 "the gateway would send a body to the client"),
	{ 0 },
};

static int read_ack(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct webhook_ack *ack = target;
	int r = conf_read_group(reader, node, ack_keys, ack);

	if (r == 0 && ack->never_body && ack->body && *ack->body) {
		conf_fault(reader, node, "ack",
			   "never_body, and yet a body; leave one of them out");
	}
	return r;
}

static const struct conf_entry keywords_keys[] = {
	CONF_KEY("stop", TEXTS, OPTIONAL, keywords, stop,
		 "it confirms these and blocks the number"),
	CONF_KEY("start", TEXTS, OPTIONAL, keywords, start, "it lifts that block and says so"),
	CONF_KEY("help", TEXTS, OPTIONAL, keywords, help, "it says whose texts these are"),
	{ 0 },
};

static int read_keywords(struct conf_reader *reader, const struct conf_node *node, void *keywords)
{
	return conf_read_group(reader, node, keywords_keys, keywords);
}

static int read_verify(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct verify_rules **rules = target;
	int r = verify_read(reader, node, rules);
	const char *const *names = reader->userdata;

	while (r == 0 && *names && verify_key(*rules) && strcmp(*names, verify_key(*rules)) != 0) {
		names++;
	}
	if (r == 0 && !*names) {
		conf_fault(reader, node, "key", "\"key\" names no setting of this preset");
	}
	return r;
}

static const struct conf_entry hooks_keys[] = {
	CONF_KEY("verify", GROUP, OPTIONAL, event_rules, verify, "how a webhook proves whose it is",
		 .read = read_verify),
	CONF_KEY("get", TRUTH, DEFAULT("false"), event_rules, get,
		 "it may be called by GET, too: fields stand in the query then"),
	CONF_KEY("ack", GROUP, DEFAULT("{}"), event_rules, ack, "what the gateway wants to hear",
		 .read = read_ack),
	CONF_KEY("keywords", GROUP, OPTIONAL, event_rules, keywords,
		 "the texts that it answers itself", .read = read_keywords),
	CONF_KEY("inbound", GROUP, OPTIONAL, event_rules, inbound, "how it tells a text",
		 .read = read_inbound),
	CONF_KEY("receipt", GROUP, OPTIONAL, event_rules, receipt,
		 "how it tells what became of ours", .read = read_receipt),
	CONF_KEY("poll", GROUP, OPTIONAL, event_rules, poll, "how it is asked for texts",
		 .read = read_poll),
	{ 0 },
};

int event_rules_read(struct conf_reader *reader, const struct conf_node *group, void *rules)
{
	return conf_read_group(reader, group, hooks_keys, rules);
}

/* --- what stands in a message --------------------------------------------------------- */

static const char *or_none(const char *text)
{
	return text ? text : "";
}

static bool is_one_of(const struct conf_texts *values, const char *value)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strcmp(values->list[i], value) == 0) {
			return true;
		}
	}
	return false;
}

static const char *value_of(const struct event_rule *rule, struct incoming *incoming,
			    enum event_value value)
{
	return incoming_text(incoming, &rule->values[value]);
}

static bool is_of_rule(const struct event_rule *rule, struct incoming *incoming)
{
	const char *value = value_of(rule, incoming, EVENT_WHEN);

	return value && (rule->is.count == 0 || is_one_of(&rule->is, value));
}

/* Digits alone are a number without its plus, unless they are too few; so is one whose plus an
 * address turned into a space. */
static const char *phone_of(struct incoming *incoming, const char *said)
{
	char with_plus[64], phone[PHONE_MAX], *copy;
	size_t size;

	said = or_none(said);
	said += strspn(said, " ");
	size = strlen(said);
	if (size >= sizeof(with_plus) - 1) {
		return said;
	}
	(void)snprintf(with_plus, sizeof(with_plus), "%s%s", *said == '+' ? "" : "+", said);
	if (phone_parse(with_plus, phone) != 0) {
		return said;
	}

	copy = arena_copy(incoming->arena, phone);
	incoming->failed |= !copy;
	return or_none(copy);
}

static hf_time time_of(const char *said)
{
	hf_time at = 0;

	if (said && timestamp_read(said, &at) != 0) {
		at = 0;
	}
	return at > 0 ? at : 0;
}

/* --- texts ---------------------------------------------------------------------- */

static int part_of(const char *said)
{
	long part = said ? strtol(said, NULL, 10) : 0;

	return part >= 1 && part <= NEWS_PARTS ? (int)part : 0;
}

static void read_parts(const struct event_rule *rule, struct incoming *incoming,
		       struct wire_inbound *inbound)
{
	const char *parts_of = value_of(rule, incoming, EVENT_PARTS_OF);
	int which = part_of(value_of(rule, incoming, EVENT_PART));
	int count = part_of(value_of(rule, incoming, EVENT_PARTS));

	inbound->parts_of = "";
	if (parts_of && *parts_of && which > 0 && which <= count && count > 1) {
		inbound->parts_of = parts_of;
		inbound->part = which;
		inbound->parts = count;
	}
}

static int add_inbound(const struct event_rule *rule, struct incoming *incoming,
		       struct events *events)
{
	struct wire_inbound *inbound = &events->inbound[events->inbound_count];
	const char *from = phone_of(incoming, value_of(rule, incoming, EVENT_FROM));
	const char *opted_out = value_of(rule, incoming, EVENT_OPTED_OUT);
	const char *answered = value_of(rule, incoming, EVENT_ANSWERED);
	const char *charset = value_of(rule, incoming, EVENT_CHARSET);
	bool whole;

	if (!*from) {
		return EVENTS_E_MALFORMED;
	}

	inbound->from = from;
	inbound->to = phone_of(incoming, value_of(rule, incoming, EVENT_TO));
	inbound->text =
		or_none(incoming_text_in(incoming, &rule->values[EVENT_TEXT], charset, &whole));
	inbound->undecoded = !whole;
	inbound->gateway_id = or_none(value_of(rule, incoming, EVENT_ID));
	inbound->at = time_of(value_of(rule, incoming, EVENT_AT));
	inbound->opted_out = opted_out && (rule->opted_out_is.count == 0 ||
					   is_one_of(&rule->opted_out_is, opted_out));
	inbound->answered = answered && (rule->answered_is.count == 0 ||
					 is_one_of(&rule->answered_is, answered));
	read_parts(rule, incoming, inbound);
	events->inbound_count++;
	return 0;
}

/* It does not say that it is a text, but it has all that makes one, and is none of ours. */
static bool is_text_after_all(const struct event_rule *rule, struct incoming *incoming,
			      const struct conf_texts *ours)
{
	const char *from = phone_of(incoming, value_of(rule, incoming, EVENT_FROM));

	return *from && value_of(rule, incoming, EVENT_TEXT) && !is_one_of(ours, from);
}

/* A gateway looks at the whole of a text, without its capitals and the blanks around it. */
static bool is_keyword(const struct conf_texts *words, const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t length;

	text += strspn(text, blanks);
	length = strlen(text);
	while (length > 0 && strchr(blanks, text[length - 1])) {
		length--;
	}
	for (size_t i = 0; i < words->count; i++) {
		if (strlen(words->list[i]) == length &&
		    strncasecmp(words->list[i], text, length) == 0) {
			return true;
		}
	}
	return false;
}

/* What the gateway does with the texts by itself. */
static void read_keyword_texts(const struct keywords *keywords, struct events *events)
{
	for (size_t i = 0; i < events->inbound_count; i++) {
		struct wire_inbound *inbound = &events->inbound[i];

		if (inbound->parts > 0) {
			continue;
		}
		inbound->opted_out =
			inbound->opted_out || is_keyword(&keywords->stop, inbound->text);
		inbound->answered = inbound->answered ||
				    is_keyword(&keywords->start, inbound->text) ||
				    is_keyword(&keywords->help, inbound->text);
	}
}

/* --- receipts --------------------------------------------------------------------- */

static bool is_plain(const char *code)
{
	size_t size = strlen(code);

	return size > 0 && size <= CODE_MAX &&
	       strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
		       size;
}

static void read_fault(const struct event_rule *rule, struct incoming *incoming,
		       struct events *events, struct wire_receipt *receipt)
{
	const char *code = or_none(value_of(rule, incoming, EVENT_ERROR));
	char *reason = arena_alloc(events->arena, REASON_ROOM, 1);

	if (!reason) {
		incoming->failed = true;
		return;
	}
	receipt->reason = reason;
	if (is_plain(code)) {
		(void)snprintf(reason, REASON_ROOM, "error %s", code);
	}

	for (size_t i = 0; i < rule->error_count; i++) {
		const struct event_error *error = &rule->errors[i];

		if (is_one_of(&error->is, code)) {
			receipt->fault = (enum wire_fault)error->fault;
			(void)snprintf(reason, REASON_ROOM, "%s (%s)",
				       error->reason ? error->reason : "error", code);
			return;
		}
	}
}

/* False: nothing that we want to know. */
static bool read_state(const struct event_rule *rule, const char *said, struct events *events,
		       enum receipt_state *ret_state)
{
	if (is_one_of(&rule->states[EVENT_IGNORED], said)) {
		return false;
	}

	for (size_t i = 0; i < EVENT_IGNORED; i++) {
		if (is_one_of(&rule->states[i], said)) {
			*ret_state = (enum receipt_state)i;
			return true;
		}
	}
	*ret_state = RECEIPT_SENT;
	events->unknown_state = true;
	return true;
}

static int add_receipt(const struct event_rule *rule, struct incoming *incoming,
		       struct events *events)
{
	struct wire_receipt *receipt = &events->receipts[events->receipt_count];
	const char *state = value_of(rule, incoming, EVENT_STATE);

	receipt->gateway_id = or_none(value_of(rule, incoming, EVENT_ID));
	receipt->key = or_none(value_of(rule, incoming, EVENT_KEY));
	if (!state || (!*receipt->gateway_id && !*receipt->key)) {
		return EVENTS_E_MALFORMED;
	}
	if (!read_state(rule, state, events, &receipt->state)) {
		return 0;
	}

	receipt->at = time_of(value_of(rule, incoming, EVENT_AT));
	receipt->reason = "";
	if (receipt->state == RECEIPT_UNDELIVERED || receipt->state == RECEIPT_FAILED) {
		read_fault(rule, incoming, events, receipt);
	}
	events->receipt_count++;
	return 0;
}

/* --- a message --------------------------------------------------------------------- */

/* The one element where the rule names no list. */
static size_t count_of(const struct event_rule *rule, const struct incoming *incoming)
{
	if (!rule->given) {
		return 0;
	}
	return rule->each ? json_array_size(incoming_list(incoming, rule->each)) : 1;
}

static void go_to(const struct event_rule *rule, struct incoming *incoming, size_t index)
{
	incoming->item = rule->each ? json_array_get(incoming_list(incoming, rule->each), index)
				    : incoming->json;
}

static void note_unfit(struct events *events, const char *why)
{
	events->unfit = events->unfit ? events->unfit : why;
}

static bool is_same_place(const struct event_rule *a, const struct event_rule *b)
{
	return a->given && b->given &&
	       (a->each && b->each ? strcmp(a->each, b->each) == 0 : a->each == b->each);
}

/* Texts and receipts may stand in one list, in two, or be the whole.  *fits: something is one of them. */
static void read_texts(const struct event_rule *rule, const struct event_rule *receipt,
		       const struct conf_texts *ours, struct incoming *incoming,
		       struct events *events, bool *fits)
{
	size_t count = count_of(rule, incoming);
	bool shared = is_same_place(rule, receipt);

	for (size_t i = 0; i < count; i++) {
		bool is_text, is_receipt;

		go_to(rule, incoming, i);
		is_receipt = shared && is_of_rule(receipt, incoming);
		is_text = is_of_rule(rule, incoming) ||
			  (ours && !is_receipt && is_text_after_all(rule, incoming, ours));
		if (is_text) {
			*fits = true;
			if (add_inbound(rule, incoming, events) != 0) {
				note_unfit(events, "a text without a sender");
			}
		} else if (ours && rule->each && !is_receipt) {
			note_unfit(events, "some of it fits no rule of the preset");
		}
	}
}

static void read_receipts(const struct event_rule *rule, const struct event_rule *inbound,
			  struct incoming *incoming, struct events *events, bool *fits)
{
	size_t count = count_of(rule, incoming);

	for (size_t i = 0; i < count; i++) {
		go_to(rule, incoming, i);
		if (is_of_rule(rule, incoming)) {
			*fits = true;
			if (add_receipt(rule, incoming, events) != 0) {
				note_unfit(events, "a receipt without a name or a state");
			}
		} else if (rule->each && !is_same_place(rule, inbound)) {
			note_unfit(events, "some of it fits no rule of the preset");
		}
	}
}

/* ours: NULL for a page, of which only what is a text is wanted. */
static int read_events(const struct event_rule *inbound, const struct event_rule *receipt,
		       const struct conf_texts *ours, struct incoming *incoming,
		       struct events *events)
{
	size_t texts = count_of(inbound, incoming), receipts = count_of(receipt, incoming);
	bool fits = false;

	if (texts > EVENTS_MAX || receipts > EVENTS_MAX) {
		return EVENTS_E_MALFORMED;
	}
	events->inbound = arena_alloc(events->arena, texts + 1, sizeof(*events->inbound));
	events->receipts = arena_alloc(events->arena, receipts + 1, sizeof(*events->receipts));
	if (!events->inbound || !events->receipts) {
		return -ENOMEM;
	}

	read_texts(inbound, receipt, ours, incoming, events, &fits);
	read_receipts(receipt, inbound, incoming, events, &fits);
	if (ours && !fits) {
		note_unfit(events, strcmp(incoming->request->method, "GET") == 0
					   ? "it came by GET and fits no rule of the preset"
					   : "it fits no rule of the preset");
	}
	return 0;
}

static int read_next(const char *pointer, struct incoming *incoming, struct events *events)
{
	const struct locator next = { LOCATOR_JSON, pointer };
	const char *found;

	incoming->item = incoming->json;
	found = incoming_text(incoming, &next);
	if (found && *found) {
		events->next = arena_copy(events->arena, found);
	}
	return found && *found && !events->next ? -ENOMEM : 0;
}

/* --- what fits no rule ----------------------------------------------------------------- */

static int put_decoded(struct buffer *buffer, const char *bytes, size_t size)
{
	_cleanup_free_ char *text = NULL;
	bool whole;
	int r = charset_read(NULL, bytes, size, "\\", &text, &whole);

	if (r == 0) {
		buffer_put_text(buffer, text);
	}
	return r;
}

/* A line for each parameter but the signature, which may be the secret itself. */
static int put_params(struct buffer *buffer, const struct params *params, const char *signature)
{
	int r = 0;

	for (size_t i = 0; i < params->count && r == 0; i++) {
		const struct param *param = &params->list[i];

		if (!signature || strcmp(param->name, signature) != 0) {
			r = put_decoded(buffer, param->name, strlen(param->name));
			buffer_put_text(buffer, "=");
			r = r ? r : put_decoded(buffer, param->value, param->size);
			buffer_put_text(buffer, "\n");
		}
	}
	return r;
}

static int keep_webhook(const struct event_rules *rules, const struct incoming *incoming,
			struct events *events)
{
	const struct webhook_request *request = incoming->request;
	const char *signature = rules->verify ? verify_signature(rules->verify) : NULL;
	struct buffer buffer = { 0 };
	int r = put_params(&buffer, &incoming->params.query, signature);

	r = r ? r : put_params(&buffer, &incoming->params.form, signature);
	if (r == 0 && !webhook_request_is_form(request)) {
		r = put_decoded(&buffer, request->body, request->body_size);
	}
	events->webhook.why = events->unfit;
	events->webhook.content =
		r == 0 && !buffer.failed
			? arena_copy(events->arena, buffer.bytes ? buffer.bytes : "")
			: NULL;
	buffer_done(&buffer);
	return events->webhook.content ? 0 : -ENOMEM;
}

/* --- webhooks and pages ------------------------------------------------------------------ */

/* request and ours are NULL for a page. */
static int read_all(const struct event_rules *rules, const struct conf_texts *ours,
		    const struct webhook_request *request, const char *body, size_t size,
		    struct events *ret_events)
{
	static const struct event_rule none = { 0 };
	_cleanup_(events_done) struct events events = { 0 };
	_cleanup_(incoming_done) struct incoming incoming = { 0 };
	int r;

	r = arena_new(&events.arena);
	if (r < 0) {
		return r;
	}
	r = incoming_open(&incoming, events.arena, request, body, size);
	if (r == INCOMING_E_MALFORMED && request) {
		note_unfit(&events, "its JSON cannot be read");
	} else if (r != 0) {
		return r < 0 && r != -E2BIG ? r : EVENTS_E_MALFORMED;
	}
	incoming.get = rules->get && request && strcmp(request->method, "GET") == 0;
	r = read_events(request ? &rules->inbound : &rules->poll.inbound,
			request ? &rules->receipt : &none, ours, &incoming, &events);
	if (r == 0 && !request && rules->poll.next) {
		r = read_next(rules->poll.next, &incoming, &events);
	}
	if (r == 0 && request && events.unfit) {
		r = keep_webhook(rules, &incoming, &events);
	}
	if (r != 0 || incoming.failed) {
		return incoming.failed ? -ENOMEM : r;
	}

	read_keyword_texts(&rules->keywords, &events);
	*ret_events = events;
	events = (struct events){ 0 };
	return 0;
}

int events_read(const struct event_rules *rules, const struct conf_texts *ours,
		const struct webhook_request *request, struct events *ret_events)
{
	return read_all(rules, ours, request, request->body, request->body_size, ret_events);
}

/* Oldest first, since her last word counts.  Where the gateway's clock cannot tell two apart, they stay in
 * the order of the page, from its end where the newest stands first. */
static void sort_page(struct events *events)
{
	struct wire_inbound *list = events->inbound;
	size_t count = events->inbound_count;
	bool newest_first = count > 0 && list[0].at > list[count - 1].at;

	for (size_t i = 0; newest_first && i < count / 2; i++) {
		struct wire_inbound other = list[i];

		list[i] = list[count - 1 - i];
		list[count - 1 - i] = other;
	}
	for (size_t i = 1; i < count; i++) {
		struct wire_inbound one = list[i];
		size_t to = i;

		for (; to > 0 && one.at > 0 && list[to - 1].at > one.at; to--) {
			list[to] = list[to - 1];
		}
		list[to] = one;
	}
}

int events_read_page(const struct event_rules *rules, const char *body, size_t size,
		     struct events *ret_events)
{
	int r = read_all(rules, NULL, NULL, body, size, ret_events);

	if (r == 0) {
		sort_page(ret_events);
	}
	return r;
}

void events_done(struct events *events)
{
	if (events->arena) {
		(void)arena_free(events->arena);
	}
	*events = (struct events){ 0 };
}
