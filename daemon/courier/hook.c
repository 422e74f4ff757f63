/*
 * What a gateway brings by itself, read by the rules of its preset.
 *
 * The rules are tables of spots, one for texts and one for receipts, so that a
 * value has one way from the gateway's words to ours.
 */
#include "courier/hook.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/phone.h"
#include "courier/timestamp.h"
#include "courier/answer.h"

#define REASON_ROOM 160
#define CODE_MAX    32 /* of an error's code that is told to staff as it is */

/* --- texts and receipts ------------------------------------------------------------- */

#define PART(member) offsetof(struct hook_part, member)
#define SPOT(word, spot, what)                                                                     \
	{                                                                                          \
		.key = (word), .kind = CONF_TEXT, .offset = PART(texts[spot]), .doc = (what)       \
	}
#define NEEDED(word, spot, what)                                                                   \
	{                                                                                          \
		.key = (word), .kind = CONF_TEXT, .required = true, .offset = PART(texts[spot]),   \
		.doc = (what)                                                                      \
	}
#define COMMON                                                                                     \
	NEEDED("when", HOOK_WHEN, "where something stands in one of these"),                       \
		{ .key = "is",                                                                     \
		  .kind = CONF_TEXTS,                                                              \
		  .offset = PART(is),                                                              \
		  .doc = "what may stand there" },                                                 \
		{ .key = "each",                                                                   \
		  .kind = CONF_TEXT,                                                               \
		  .offset = PART(each),                                                            \
		  .doc = "a list in the body: \"/results\"" },                                     \
		SPOT("id", HOOK_ID, "the gateway's name for it"),                                  \
		SPOT("at", HOOK_AT, "when it was")

static const struct conf_entry inbound_keys[] = {
	COMMON,
	NEEDED("from", HOOK_FROM, "the number of who wrote it"),
	NEEDED("to", HOOK_TO, "our number"),
	NEEDED("text", HOOK_TEXT, "what was written"),
	SPOT("opted_out", HOOK_OPTED_OUT, "where the gateway says that it was an opt-out"),
	{ .key = "opted_out_is",
	  .kind = CONF_TEXTS,
	  .offset = PART(opted_out_is),
	  .doc = "what may stand there" },
	SPOT("parts_of", HOOK_PARTS_OF, "what the parts of one text have in common"),
	SPOT("part", HOOK_PART, "which part, from 1"),
	SPOT("parts", HOOK_PARTS, "of how many"),
	{ 0 },
};

static const struct conf_entry state_keys[] = {
	{ .key = "sent",
	  .kind = CONF_TEXTS,
	  .offset = RECEIPT_SENT * sizeof(struct conf_texts),
	  .doc = "on its way" },
	{ .key = "delivered",
	  .kind = CONF_TEXTS,
	  .offset = RECEIPT_DELIVERED * sizeof(struct conf_texts),
	  .doc = "on the phone" },
	{ .key = "undelivered",
	  .kind = CONF_TEXTS,
	  .offset = RECEIPT_UNDELIVERED * sizeof(struct conf_texts),
	  .doc = "did not reach the phone" },
	{ .key = "failed",
	  .kind = CONF_TEXTS,
	  .offset = RECEIPT_FAILED * sizeof(struct conf_texts),
	  .doc = "did not leave the gateway" },
	{ .key = "ignored",
	  .kind = CONF_TEXTS,
	  .offset = HOOK_IGNORED * sizeof(struct conf_texts),
	  .doc = "nothing new" },
	{ 0 },
};

static int read_states(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, state_keys, target);
}

static const struct conf_entry error_keys[] = {
	{ .key = "is",
	  .kind = CONF_TEXTS,
	  .required = true,
	  .offset = offsetof(struct hook_error, is),
	  .doc = "the codes" },
	{ .key = "fault",
	  .kind = CONF_WORD,
	  .fallback = "none",
	  .words = preset_fault_words,
	  .offset = offsetof(struct hook_error, fault),
	  .doc = "what they say about the number" },
	{ .key = "reason",
	  .kind = CONF_TEXT,
	  .offset = offsetof(struct hook_error, reason),
	  .doc = "a short word for staff" },
	{ 0 },
};

static int read_error(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	if (!conf_is_group(node)) {
		conf_blame(reader, node, "error", "a rule is a group: { is = [ \"30005\" ]; ... }");
		return 0;
	}
	return conf_read_group(reader, node, error_keys, target);
}

static const struct conf_entry receipt_keys[] = {
	COMMON,
	SPOT("key", HOOK_KEY, "our name for the text, out of the callback"),
	NEEDED("state", HOOK_STATE, "what became of it"),
	SPOT("error", HOOK_ERROR, "the code of what went wrong"),
	{ .key = "states",
	  .kind = CONF_GROUP,
	  .required = true,
	  .offset = PART(states),
	  .read = read_states,
	  .doc = "what the states mean" },
	{ .key = "errors",
	  .kind = CONF_LIST,
	  .offset = PART(errors),
	  .size = sizeof(struct hook_error),
	  .count_offset = PART(error_count),
	  .read = read_error,
	  .doc = "what the codes mean" },
	{ 0 },
};

static int read_part(struct conf_reader *reader, const struct conf_node *node,
		     const struct conf_entry *keys, struct hook_part *part)
{
	int r = conf_read_group(reader, node, keys, part);

	part->given = true;
	for (size_t i = 0; i < HOOK_SPOTS && r == 0; i++) {
		r = spot_read(reader, node, part->texts[i], &part->spots[i]);
	}
	if (part->each && part->each[0] != '/') {
		conf_blame(reader, node, "each", "a list is named from the top: \"/results\"");
	}
	return r;
}

static int read_inbound(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return read_part(reader, node, inbound_keys, target);
}

static int read_receipt(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct hook_part *receipt = target;
	int r = read_part(reader, node, receipt_keys, receipt);

	if (r == 0 && !receipt->texts[HOOK_ID] && !receipt->texts[HOOK_KEY]) {
		conf_blame(reader, node, "receipt",
			   "nothing says whose receipt it is; write id or key");
	}
	return r;
}

/* --- polling -------------------------------------------------------------------------- */

struct poll_file {
	const struct conf_node *request, *inbound;
	struct hook_poll *poll;
	char *next;
	struct span every, window;
};

static const struct conf_entry poll_keys[] = {
	{ .key = "request",
	  .kind = CONF_GROUP,
	  .required = true,
	  .offset = offsetof(struct poll_file, request),
	  .read = conf_keep_node,
	  .doc = "what is asked; as `send`" },
	{ .key = "inbound",
	  .kind = CONF_GROUP,
	  .required = true,
	  .offset = offsetof(struct poll_file, inbound),
	  .read = conf_keep_node,
	  .doc = "how the answer tells a text" },
	{ .key = "next",
	  .kind = CONF_TEXT,
	  .offset = offsetof(struct poll_file, next),
	  .doc = "a pointer to the next page's address" },
	{ .key = "every",
	  .kind = CONF_SPAN,
	  .fallback = "15m",
	  .offset = offsetof(struct poll_file, every),
	  .doc = "how often" },
	{ .key = "window",
	  .kind = CONF_SPAN,
	  .fallback = "2d",
	  .offset = offsetof(struct poll_file, window),
	  .doc = "how far back the first time" },
	{ 0 },
};

static hf_time length_of(const struct span *span)
{
	return span->days * HF_DAY + span->elapsed;
}

static int read_poll(struct conf_reader *reader, const struct conf_node *node,
		     const char *const *names, struct hook_rules *rules)
{
	struct poll_file file = { 0 };
	int r;

	r = conf_read_group(reader, node, poll_keys, &file);
	if (r < 0 || !file.request || !file.inbound) {
		return r;
	}
	r = request_read(reader, file.request, names, &rules->poll.request);
	if (r < 0) {
		return r;
	}
	if (rules->poll.request.body != REQUEST_QUERY) {
		conf_blame(reader, file.request, "poll", "a poll is a GET; write query");
	}
	if (file.next && file.next[0] != '/') {
		conf_blame(reader, node, "poll", "\"next\" is a pointer: \"/next_page_uri\"");
	}

	rules->polls = true;
	rules->poll.next = file.next;
	rules->poll.every = length_of(&file.every);
	rules->poll.window = length_of(&file.window);
	return read_inbound(reader, file.inbound, &rules->polled);
}

/* --- all of it ------------------------------------------------------------------------- */

static const struct conf_entry ack_keys[] = {
	{ .key = "status",
	  .kind = CONF_NUMBER,
	  .fallback = "200",
	  .least = 200,
	  .most = 299,
	  .offset = offsetof(struct hook_ack, status),
	  .doc = "the HTTP status" },
	{ .key = "type",
	  .kind = CONF_TEXT,
	  .fallback = "text/plain",
	  .offset = offsetof(struct hook_ack, type),
	  .doc = "of the body" },
	{ .key = "body",
	  .kind = CONF_TEXT,
	  .fallback = "",
	  .offset = offsetof(struct hook_ack, body),
	  .doc = "what the gateway wants to read" },
	{ .key = "never_body",
	  .kind = CONF_TRUTH,
	  .fallback = "false",
	  .offset = offsetof(struct hook_ack, never_body),
	  .doc = "the gateway would send a body to the client" },
	{ 0 },
};

struct hooks_file {
	struct hook_part inbound, receipt;
	const struct conf_node *verify, *ack, *poll;
};

static const struct conf_entry hooks_keys[] = {
	{ .key = "verify",
	  .kind = CONF_GROUP,
	  .offset = offsetof(struct hooks_file, verify),
	  .read = conf_keep_node,
	  .doc = "how a webhook proves whose it is" },
	{ .key = "ack",
	  .kind = CONF_GROUP,
	  .offset = offsetof(struct hooks_file, ack),
	  .read = conf_keep_node,
	  .doc = "what the gateway wants to hear" },
	{ .key = "inbound",
	  .kind = CONF_GROUP,
	  .offset = offsetof(struct hooks_file, inbound),
	  .read = read_inbound,
	  .doc = "how it tells a text" },
	{ .key = "receipt",
	  .kind = CONF_GROUP,
	  .offset = offsetof(struct hooks_file, receipt),
	  .read = read_receipt,
	  .doc = "how it tells what became of ours" },
	{ .key = "poll",
	  .kind = CONF_GROUP,
	  .offset = offsetof(struct hooks_file, poll),
	  .read = conf_keep_node,
	  .doc = "how it is asked for texts" },
	{ 0 },
};

static int read_ack(struct conf_reader *reader, const struct conf_node *node, struct hook_ack *ack)
{
	int r = conf_read_group(reader, node, ack_keys, ack);

	if (r == 0 && ack->never_body && ack->body && *ack->body) {
		conf_blame(reader, node, "ack",
			   "never_body, and yet a body; leave one of them out");
	}
	return r;
}

static bool is_name(const char *word, const char *const *names)
{
	while (*names && strcmp(*names, word) != 0) {
		names++;
	}
	return *names != NULL;
}

int hook_rules_read(struct conf_reader *reader, const struct conf_node *group,
		    const char *const *names, struct hook_rules *ret_rules)
{
	struct hooks_file file = { 0 };
	int r;

	r = conf_read_group(reader, group, hooks_keys, &file);
	if (r < 0) {
		return r;
	}
	ret_rules->inbound = file.inbound;
	ret_rules->receipt = file.receipt;
	r = read_ack(reader, file.ack, &ret_rules->ack);
	if (r == 0 && file.verify) {
		r = verify_read(reader, file.verify, &ret_rules->verify);
	}
	if (r == 0 && ret_rules->verify && verify_key(ret_rules->verify) &&
	    !is_name(verify_key(ret_rules->verify), names)) {
		conf_blame(reader, file.verify, "key", "\"key\" names no setting of this preset");
	}
	if (r == 0 && file.poll) {
		r = read_poll(reader, file.poll, names, ret_rules);
	}
	return r;
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

static bool is_meant(const struct hook_part *part, struct view *view)
{
	const char *value = spot_find(&part->spots[HOOK_WHEN], view);

	return value && (part->is.count == 0 || is_one_of(&part->is, value));
}

/* Digits alone are a number without its plus, unless they are too few; so is one whose plus an
 * address turned into a space. */
static const char *number_of(struct view *view, const char *said)
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

	copy = arena_copy(view->arena, phone);
	view->failed |= !copy;
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

static void read_parts(const struct hook_part *part, struct view *view,
		       struct wire_inbound *inbound)
{
	const char *parts_of = spot_find(&part->spots[HOOK_PARTS_OF], view);
	int which = part_of(spot_find(&part->spots[HOOK_PART], view));
	int count = part_of(spot_find(&part->spots[HOOK_PARTS], view));

	inbound->parts_of = "";
	if (parts_of && *parts_of && which > 0 && which <= count && count > 1) {
		inbound->parts_of = parts_of;
		inbound->part = which;
		inbound->parts = count;
	}
}

static int add_inbound(const struct hook_part *part, struct view *view, struct hook_news *news)
{
	struct wire_inbound *inbound = &news->inbound[news->inbound_count];
	const char *from = number_of(view, spot_find(&part->spots[HOOK_FROM], view));
	const char *opted_out = spot_find(&part->spots[HOOK_OPTED_OUT], view);

	if (!*from) {
		return HOOK_E_MALFORMED;
	}

	inbound->from = from;
	inbound->to = number_of(view, spot_find(&part->spots[HOOK_TO], view));
	inbound->text = or_none(spot_find(&part->spots[HOOK_TEXT], view));
	inbound->gateway_id = or_none(spot_find(&part->spots[HOOK_ID], view));
	inbound->at = time_of(spot_find(&part->spots[HOOK_AT], view));
	inbound->opted_out = opted_out && (part->opted_out_is.count == 0 ||
					   is_one_of(&part->opted_out_is, opted_out));
	read_parts(part, view, inbound);
	news->inbound_count++;
	return 0;
}

/* --- receipts --------------------------------------------------------------------- */

static bool is_plain(const char *code)
{
	size_t size = strlen(code);

	return size > 0 && size <= CODE_MAX &&
	       strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
		       size;
}

static void read_fault(const struct hook_part *part, struct view *view, struct hook_news *news,
		       struct wire_receipt *receipt)
{
	const char *code = or_none(spot_find(&part->spots[HOOK_ERROR], view));
	char *reason = arena_alloc(news->arena, REASON_ROOM, 1);

	if (!reason) {
		view->failed = true;
		return;
	}
	receipt->reason = reason;
	if (is_plain(code)) {
		(void)snprintf(reason, REASON_ROOM, "error %s", code);
	}

	for (size_t i = 0; i < part->error_count; i++) {
		const struct hook_error *error = &part->errors[i];

		if (is_one_of(&error->is, code)) {
			receipt->fault = (enum receipt_fault)error->fault;
			(void)snprintf(reason, REASON_ROOM, "%s (%s)",
				       error->reason ? error->reason : "error", code);
			return;
		}
	}
}

/* False: nothing that we want to know. */
static bool read_state(const struct hook_part *part, const char *said, struct hook_news *news,
		       enum receipt_state *ret_state)
{
	if (is_one_of(&part->states[HOOK_IGNORED], said)) {
		return false;
	}

	for (size_t i = 0; i < HOOK_IGNORED; i++) {
		if (is_one_of(&part->states[i], said)) {
			*ret_state = (enum receipt_state)i;
			return true;
		}
	}
	*ret_state = RECEIPT_SENT;
	news->unknown_state = true;
	return true;
}

static int add_receipt(const struct hook_part *part, struct view *view, struct hook_news *news)
{
	struct wire_receipt *receipt = &news->receipts[news->receipt_count];
	const char *state = spot_find(&part->spots[HOOK_STATE], view);

	receipt->gateway_id = or_none(spot_find(&part->spots[HOOK_ID], view));
	receipt->key = or_none(spot_find(&part->spots[HOOK_KEY], view));
	if (!state || (!*receipt->gateway_id && !*receipt->key)) {
		return HOOK_E_MALFORMED;
	}
	if (!read_state(part, state, news, &receipt->state)) {
		return 0;
	}

	receipt->at = time_of(spot_find(&part->spots[HOOK_AT], view));
	receipt->reason = "";
	if (receipt->state == RECEIPT_UNDELIVERED || receipt->state == RECEIPT_FAILED) {
		read_fault(part, view, news, receipt);
	}
	news->receipt_count++;
	return 0;
}

/* --- a message --------------------------------------------------------------------- */

typedef int (*add_one)(const struct hook_part *part, struct view *view, struct hook_news *news);

static int add_each(const struct hook_part *part, struct view *view, struct hook_news *news,
		    add_one add)
{
	const json_t *list = part->each ? view_list(view, part->each) : NULL;
	size_t count = part->each ? json_count(list) : 1;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		view->item = part->each ? json_at(list, i) : view->json;
		if (is_meant(part, view)) {
			r = add(part, view, news);
		}
	}
	return r;
}

static size_t most_of(const struct hook_part *part, const struct view *view)
{
	return part->given ? (part->each ? json_count(view_list(view, part->each)) : 1) : 0;
}

static int read_news(const struct hook_part *inbound, const struct hook_part *receipt,
		     struct view *view, struct hook_news *news)
{
	size_t texts = most_of(inbound, view), receipts = most_of(receipt, view);
	int r = 0;

	if (texts > HOOK_NEWS_MAX || receipts > HOOK_NEWS_MAX) {
		return HOOK_E_MALFORMED;
	}
	news->inbound = arena_alloc(news->arena, texts + 1, sizeof(*news->inbound));
	news->receipts = arena_alloc(news->arena, receipts + 1, sizeof(*news->receipts));
	if (!news->inbound || !news->receipts) {
		return -ENOMEM;
	}

	if (texts > 0) {
		r = add_each(inbound, view, news, add_inbound);
	}
	if (r == 0 && receipts > 0) {
		r = add_each(receipt, view, news, add_receipt);
	}
	return view->failed ? -ENOMEM : r;
}

void hook_news_done(struct hook_news *news)
{
	if (news->arena) {
		(void)arena_free(news->arena);
	}
	*news = (struct hook_news){ 0 };
}

int hook_read(const struct hook_rules *rules, const struct hook *hook, struct hook_news *ret_news)
{
	_cleanup_(hook_news_done) struct hook_news news = { 0 };
	_cleanup_(view_done) struct view view = { 0 };
	int r;

	r = arena_new(&news.arena);
	if (r < 0) {
		return r;
	}
	r = view_open(&view, news.arena, hook, hook->body, hook->body_size);
	if (r != 0) {
		return r < 0 ? r : HOOK_E_MALFORMED;
	}
	r = read_news(&rules->inbound, &rules->receipt, &view, &news);
	if (r != 0) {
		return r;
	}

	*ret_news = news;
	news = (struct hook_news){ 0 };
	return 0;
}

static int read_next(const struct hook_rules *rules, struct view *view, struct hook_news *news)
{
	const struct spot next = { .pointer = rules->poll.next };
	const char *found;

	view->item = view->json;
	found = next.pointer ? spot_find(&next, view) : NULL;
	if (found && *found) {
		news->next = arena_copy(news->arena, found);
	}
	return view->failed || (found && *found && !news->next) ? -ENOMEM : 0;
}

int hook_read_page(const struct hook_rules *rules, const char *body, size_t size,
		   struct hook_news *ret_news)
{
	static const struct hook_part none = { 0 };
	_cleanup_(hook_news_done) struct hook_news news = { 0 };
	_cleanup_(view_done) struct view view = { 0 };
	int r;

	r = arena_new(&news.arena);
	if (r < 0) {
		return r;
	}
	r = view_open(&view, news.arena, NULL, body, size);
	if (r != 0) {
		return r < 0 ? r : HOOK_E_MALFORMED;
	}
	r = read_news(&rules->polled, &none, &view, &news);
	if (r != 0) {
		return r;
	}
	r = read_next(rules, &view, &news);
	if (r < 0) {
		return r;
	}

	*ret_news = news;
	news = (struct hook_news){ 0 };
	return 0;
}
