/*
 * The inbox for staff.
 *
 * Promises: no text is shown without a line in the audit that says who read it,
 * in the same transaction; the answer holds handles, and no number.  What a gateway
 * brought that nobody could read is shown as it came, numbers and all, on the same
 * terms.
 */
#include "staff/routes.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/audit.h"
#include "store/cases.h"
#include "store/webhooks.h"

#define PAGE_MAX 1000
#define LATELY   (7 * HF_DAY)

int inbox_note_reading(const struct api_host *host, const struct request *request,
		       const struct inbox_text *text)
{
	char detail[64];
	const struct caller_act act = { .verb = AUDIT_READ,
					.client = text->handle,
					.detail = detail };
	struct db *db = engine_db(host->engine);
	int r;

	(void)snprintf(detail, sizeof(detail), "text %" PRId64 " of the inbox", text->id);
	r = caller_audit(host, request, &act);
	r = r ? r : inbox_mark_read(db, text->id, clock_now(host->clock));
	return r || !text->handle ? r : cases_were_read(db, text->handle);
}

static json_t *new_text(const struct model *model, const struct inbox_text *text)
{
	const struct zone *zone = client_zone(model, text->handle);

	return JSON_OBJECT({
		{ "id", json_integer(text->id) },
		{ "client", json_or_null(text->handle) },
		{ "at", json_time(text->at, zone) },
		{ "kind", json_string(inbox_kind_words[text->kind]) },
		{ "text", json_or_null(text->text) },
		{ "undecoded", json_boolean(text->undecoded) },
		{ "read", json_time(text->read, zone) },
	});
}

static int read_search(const struct api_host *host, const struct request *request,
		       struct reply *reply, struct inbox_search *ret_search, int64_t *ret_limit)
{
	struct inbox_search search = { .handle = request_find(request, "client"),
				       .unread = request_flag(request, "unread") };
	int r;

	search.since = search.unread ? INT64_MIN : clock_now(host->clock) - LATELY;
	if (request_number(request, "limit", PAGE_MAX, PAGE_MAX, ret_limit) < 0 ||
	    request_number(request, "after", 0, INT64_MAX, &search.after) < 0) {
		return reply_error(reply, 400, "limit is a number from 1 to %d, after an id",
				   PAGE_MAX);
	}
	r = request_since(host, request, reply, &search.since);
	if (r == 0) {
		*ret_search = search;
	}
	return r;
}

/* What is shown of what was searched for is noted in the audit. */
typedef int (*page_gather)(const struct api_host *host, const struct request *request,
			   const struct inbox_search *search, int64_t limit, json_t *array);

static int reply_with_page(const struct api_host *host, const struct request *request,
			   struct reply *reply, page_gather gather)
{
	_cleanup_(json_freep) json_t *array = json_array();
	struct db *db = engine_db(host->engine);
	struct inbox_search search;
	int64_t limit = 0;
	int r = read_search(host, request, reply, &search, &limit);

	r = r ? r : db_begin(db);
	if (r != 0) {
		return r;
	}
	r = db_end(db, gather(host, request, &search, limit, array));
	return r ? r : reply_with(reply, 200, take_ptr(array));
}

static int gather_texts(const struct api_host *host, const struct request *request,
			const struct inbox_search *search, int64_t limit, json_t *array)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = inbox_page(engine_db(host->engine), search, (int)limit, &rows);

	while (r == 0 && db_next(&rows)) {
		struct inbox_text text;

		inbox_read(&rows, &text);
		r = json_add(array, new_text(engine_model(host->engine), &text));
		r = r ? r : inbox_note_reading(host, request, &text);
	}
	return r ? r : rows.error;
}

int get_inbox(const struct api_host *host, const struct request *request, struct reply *reply)
{
	return reply_with_page(host, request, reply, gather_texts);
}

/* --- what fits no rule ---------------------------------------------------------------------- */

static json_t *new_webhook(const struct zone *zone, const struct webhook_kept *webhook)
{
	return JSON_OBJECT({
		{ "id", json_integer(webhook->id) },
		{ "gateway", json_or_null(webhook->gateway) },
		{ "at", json_time(webhook->at, zone) },
		{ "why", json_or_null(webhook->why) },
		{ "content", json_or_null(webhook->content) },
	});
}

static int note_webhooks(const struct api_host *host, const struct request *request, int64_t first,
			 int64_t last)
{
	char detail[80];
	const struct caller_act act = { .verb = AUDIT_READ, .detail = detail };

	(void)snprintf(detail, sizeof(detail), "webhooks %" PRId64 " to %" PRId64, first, last);
	return caller_audit(host, request, &act);
}

static int gather_webhooks(const struct api_host *host, const struct request *request,
			   const struct inbox_search *search, int64_t limit, json_t *array)
{
	const struct zone *zone = engine_model(host->engine)->site.zone;
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t first = 0;
	struct webhook_kept webhook = { 0 };
	/* All that are kept: there are few, and each is a rule that is missing. */
	hf_time since = request_find(request, "since") ? search->since : INT64_MIN;
	int r = webhooks_page(engine_db(host->engine), since, search->after, (int)limit, &rows);

	while (r == 0 && db_next(&rows)) {
		webhooks_read(&rows, &webhook);
		first = first ? first : webhook.id;
		r = json_add(array, new_webhook(zone, &webhook));
	}
	r = r ? r : rows.error;
	return r || !first ? r : note_webhooks(host, request, first, webhook.id);
}

int get_webhooks(const struct api_host *host, const struct request *request, struct reply *reply)
{
	return reply_with_page(host, request, reply, gather_webhooks);
}
