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
#include "courier/spot.h"
#include "courier/timestamp.h"

#define REASON_ROOM 160
#define CODE_MAX    32 /* of an error's code that is told to staff as it is */

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

static void read_error(const struct hook_part *part, struct view *view, struct hook_news *news,
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
		read_error(part, view, news, receipt);
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
