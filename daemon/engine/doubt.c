/*
 * Texts whose outcome nobody knows.
 *
 * Dangerous: what is sent again here may be on a phone twice, so the table of kinds is short,
 * and each of its rows says why a copy harms nobody.
 */
#include "engine/doubt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/cases.h"
#include "engine/alerts.h"
#include "engine/checkin.h"

enum repeat {
	REPEAT_AS_THE_SITE_SAYS,
	REPEAT_ALWAYS,
	REPEAT_NEVER,
};

static const enum repeat repeats[] = {
	[KIND_EMERGENCY] = REPEAT_ALWAYS, /* 911 and 988 twice harm nobody, not once may */
	[KIND_ALERT] = REPEAT_ALWAYS,     /* the second copy has the same number of a case */
	[KIND_INFO] = REPEAT_ALWAYS,      /* where to call */
	[KIND_CONFIRMATION] = REPEAT_NEVER, [KIND_NUDGE] = REPEAT_AS_THE_SITE_SAYS,
};
_Static_assert(COUNT(repeats) == KIND_ALERT + 1, "every kind has its row, or is as the site says");

bool doubt_is_harmless(const struct engine_context *ctx, const struct outbox_message *row)
{
	return repeats[row->kind] == REPEAT_ALWAYS ||
	       (row->kind == KIND_REPLY && row->author &&
		ctx->model->texting.on_unknown == ON_UNKNOWN_REPLIES);
}

int doubt_may_repeat(const struct engine_context *ctx, const struct outbox_message *row,
		     bool *ret_may)
{
	bool may = doubt_is_harmless(ctx, row) ||
		   (repeats[row->kind] != REPEAT_NEVER &&
		    ctx->model->texting.on_unknown == ON_UNKNOWN_RESEND);
	int count = 0;
	int r = may ? outbox_count_unknown(ctx->db, row->id, &count) : 0;

	*ret_may = may && count <= DOUBT_AGAIN_MOST;
	return r;
}

int doubt_begin(const struct engine_context *ctx, const struct outbox_message *row)
{
	struct engine_context then = *ctx;

	if (row->claimed > 0 && row->claimed < ctx->now) {
		then.now = row->claimed;
	}
	return checkin_asked(&then, row);
}

int doubt_begin_all(const struct engine_context *ctx, const char *gateway)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_unknown(ctx->db, gateway, &rows);

	while (r == 0 && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		r = doubt_begin(ctx, &row);
	}
	return r ? r : rows.error;
}

/* --- the case ------------------------------------------------------------------------------- */

static bool is_alert(const struct outbox_message *row)
{
	return row->kind == KIND_ALERT && strcmp(row->reminder, "alert") == 0;
}

static int open_case(const struct engine_context *ctx, const struct outbox_message *row)
{
	bool urgent = row->kind == KIND_CHECK_IN || row->kind == KIND_EMERGENCY || is_alert(row);
	int64_t id = 0;
	char note[64];
	int r = cases_open(ctx->db, row->client, CASE_UNKNOWN, urgent ? CASE_URGENT : CASE_ROUTINE,
			   ctx->now, &id);

	(void)snprintf(note, sizeof(note), "text %" PRId64 ": %s", row->id,
		       outbox_state_words[OUTBOX_UNKNOWN]);
	return r ? r : cases_about_text(ctx->db, id, NULL, note, ctx->now);
}

int doubt_raise(const struct engine_context *ctx, const struct outbox_message *row)
{
	int r;

	if (row->in_doubt) {
		return 0;
	}

	r = outbox_doubt(ctx->db, row->id);
	r = r ? r : alerts_failed(ctx, row);
	if (r != 0) {
		return r;
	}
	return row->author ? alerts_unsent(ctx, row, OUTBOX_UNKNOWN) : open_case(ctx, row);
}

int doubt_end(const struct engine_context *ctx, const struct outbox_message *row, const char *how)
{
	int r;

	if (!row->in_doubt) {
		return 0;
	}

	r = outbox_doubt_ends(ctx->db, row->id);
	return r ? r : cases_put_right(ctx->db, row->client, CASE_UNKNOWN, how, ctx->now);
}

int doubt_answered(const struct engine_context *ctx, int64_t message)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(ctx->db, message, &rows);

	if (r != 0) {
		return r < 0 ? r : 0;
	}

	outbox_read(&rows, &row);
	if (row.state != OUTBOX_UNKNOWN) {
		return 0;
	}
	r = outbox_accept(ctx->db, row.id, "", ctx->now);
	return r ? r : doubt_end(ctx, &row, "she has answered it");
}
