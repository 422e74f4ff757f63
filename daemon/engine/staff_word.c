/*
 * ACK, CALLED and WHO from a staff phone, and what she is answered.
 *
 * Dangerous: WHO is answered with a name and a number, by text, so only where staff.conf
 * lets her ask, only of an open case that is hers or that she was just told of; and that
 * she asked is in the audit, whatever she was answered.
 */
#include "engine/staff_word.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/audit.h"
#include "store/cases.h"
#include "engine/alerts.h"
#include "engine/notice.h"
#include "engine/recipient.h"

#define REVEAL_WITHIN (12 * HF_HOUR)

/* Has the one who asks acknowledged it before? */
static int is_hers(const struct engine_context *ctx, int64_t number, const char *handle,
		   bool *ret_hers)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_get(ctx->db, number, &rows);

	if (r == 0) {
		cases_read(&rows, &row);
		*ret_hers = row.state == CASE_ACKNOWLEDGED && row.acknowledged_by &&
			    strcmp(row.acknowledged_by, handle) == 0;
	}
	return r < 0 ? r : 0;
}

/* Of a client, and of a number that nobody knows. */
static int who(const struct engine_context *ctx, const struct staff_member *member,
	       const char *handle, const struct case_row *row, struct recipient *recipient,
	       struct notice *notice)
{
	hf_time known = 0;
	int r = cases_known_at(ctx->db, row->id, handle, &known);
	bool may = member->reveal && row->state != CASE_CLOSED && known != 0 &&
		   ctx->now - known < REVEAL_WITHIN;

	r = r || !may ? r : recipient_find(ctx->db, ctx->model, row->client, recipient);
	if (r == 0 && may && recipient->client) {
		notice->message = "who";
		notice->name = recipient_is_client(row->client) ? recipient->client->name : "?";
		notice->phone = recipient->client->phone;
	}
	return r;
}

/* The answer, and a line in the audit whatever it is. */
static int tell_who(const struct engine_context *ctx, const struct staff_member *member,
		    const char *handle, struct notice *notice)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[64];
	struct audit_entry entry = {
		.at = ctx->now, .uid = -1, .user = handle, .verb = "names", .detail = detail
	};
	struct recipient recipient = { 0 };
	struct case_row row;
	int r = cases_get(ctx->db, notice->number, &rows);

	notice->message = "who_no";
	if (r == 0) {
		cases_read(&rows, &row);
		entry.client = row.client;
		r = who(ctx, member, handle, &row, &recipient, notice);
	}
	if (r < 0) {
		return r;
	}
	(void)snprintf(detail, sizeof(detail), "case %" PRId64 ", by text%s", notice->number,
		       notice->phone ? "" : ": refused");
	r = audit_add(ctx->db, &entry);
	return r ? r : notice_send(ctx, member, notice);
}

/* *ret_message: what she is answered. */
static int do_word(const struct engine_context *ctx, const struct staff_word *word, int64_t number,
		   const char *handle, const char **ret_message)
{
	bool acknowledges = word->act == STAFF_ACKNOWLEDGES, hers = false;
	int r = acknowledges
			? alerts_acknowledge(ctx, number, handle)
			: cases_attempt(ctx->db, number, handle, word->attempt, NULL, ctx->now);

	*ret_message = acknowledges ? "acknowledged" : "attempted";
	if (r > 0) {
		r = acknowledges ? is_hers(ctx, number, handle, &hers) : 0;
		*ret_message = hers ? "acknowledged" : "acknowledge_no";
	}
	return r;
}

int staff_word_answer(const struct engine_context *ctx, const struct staff_member *member,
		      const struct staff_word *word, int64_t about)
{
	struct notice notice = { .message = "acknowledge_which",
				 .number = word->number,
				 .about = about,
				 .expires = HF_NEVER };
	char handle[RECIPIENT_HANDLE_MAX];
	int r = 0;

	recipient_handle(member, handle);
	if (notice.number == 0) {
		r = cases_only_alerted(ctx->db, handle, &notice.number);
	}
	if (r == 0 && word->act == STAFF_ASKS_WHO) {
		return tell_who(ctx, member, handle, &notice);
	}
	r = r ? r : do_word(ctx, word, notice.number, handle, &notice.message);
	return r < 0 ? r : notice_send(ctx, member, &notice);
}
