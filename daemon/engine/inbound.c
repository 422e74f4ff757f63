/*
 * What comes in, from whom it comes.
 *
 * One transaction holds the text and all that follows from it.  A staff phone
 * acknowledges cases, and only a staff phone; a client's text is hers; a number
 * that several share is asked who writes; a number nobody knows gets the same
 * words as every other, so that nobody learns who is a client.
 */
#include "engine/inbound.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/normal.h"
#include "lib/log.h"
#include "store/cases.h"
#include "store/inbox.h"
#include "store/people.h"
#include "engine/addressee.h"
#include "engine/alerts.h"
#include "engine/replies.h"
#include "engine/response.h"
#include "engine/rounds.h"
#include "engine/rule.h"
#include "engine/understand.h"

#define NEUTRAL_WITHIN HF_HOUR
#define SHARED_MOST    16 /* clients on one phone that are told apart */

struct arrival {
	const struct engine_context *ctx;
	struct inbox_text text;
	bool handles_stop, opted_out; /* the gateway: in general, and with this text */
	struct understood understood; /* without a question */
};

/* What it was taken for says too much of somebody for a log. */
static int mark(const struct arrival *arrival, const char *handle, enum inbox_kind kind)
{
	log_notice("inbound=%" PRId64 " from=%s gateway=%s", arrival->text.id, handle,
		   arrival->text.gateway);
	return inbox_mark(arrival->ctx->db, arrival->text.id, handle, kind);
}

/* --- staff and strangers ------------------------------------------------------------- */

static int take_staff(const struct arrival *arrival, const struct staff_member *member)
{
	char handle[ADDRESSEE_HANDLE_MAX];
	int64_t number = arrival->understood.acknowledges;
	int r;

	(void)snprintf(handle, sizeof(handle), "@%s", member->id);
	if (number < 0) {
		return mark(arrival, handle, INBOX_STAFF);
	}
	r = alerts_acknowledge(arrival->ctx, member, number, arrival->text.id);
	return r ? r : mark(arrival, handle, INBOX_ACKNOWLEDGED);
}

/* Once a day, and never to a short code or a name: these are machines. */
static int answer_stranger(const struct arrival *arrival, const char *handle)
{
	const struct response response = {
		.handle = handle,
		.kind = KIND_INFO,
		.message = "unknown",
		.about = rule_day(arrival->ctx->model->site.zone, arrival->ctx->now),
		.expires = arrival->ctx->now + NEUTRAL_WITHIN,
	};

	return phone_is_e164(arrival->text.from)
		       ? respond(arrival->ctx->db, &response, arrival->ctx->now, NULL)
		       : 0;
}

/* Whose number it was last: it may be hers still, or somebody's who knows nothing of her.  So a
 * human sees it in her name, and nothing of it counts as hers.  *ret_former NULL: nobody's. */
static int find_former(const struct arrival *arrival, const struct client **ret_former)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_before(arrival->ctx->db, arrival->text.from, &rows);

	*ret_former = NULL;
	if (r == 0 && db_next(&rows)) {
		*ret_former = model_client(arrival->ctx->model, db_text(&rows, 0));
	}
	return r ? r : rows.error;
}

static int open_for(const struct arrival *arrival, const char *handle, enum case_reason reason)
{
	const struct understood *understood = &arrival->understood;
	bool urgent = understood->crisis || understood->person;
	int64_t id;

	return phone_is_e164(arrival->text.from) || urgent
		       ? cases_open(arrival->ctx->db, handle, reason,
				    urgent ? CASE_URGENT : CASE_ROUTINE, arrival->ctx->now, &id,
				    NULL)
		       : 0;
}

static int take_stranger(const struct arrival *arrival)
{
	const struct client *former;
	char handle[STRANGER_HANDLE];
	int r = strangers_handle(arrival->ctx->db, arrival->text.from, arrival->ctx->now, handle);

	/* There are too many of them: the text is kept all the same. */
	if (r == -ENOSPC) {
		return mark(arrival, "?", INBOX_STRANGER);
	}
	r = r ? r : answer_stranger(arrival, handle);
	r = r ? r : find_former(arrival, &former);
	if (r != 0) {
		return r;
	}

	r = former ? open_for(arrival, former->id, CASE_WRITTEN)
		   : open_for(arrival, handle, CASE_STRANGER);
	return r ? r : mark(arrival, former ? former->id : handle, INBOX_STRANGER);
}

/* --- clients ------------------------------------------------------------------------------ */

static int take_client(const struct arrival *arrival, const struct client *client, const char *text,
		       bool silent)
{
	const struct reply_text reply = { .id = arrival->text.id,
					  .text = text,
					  .handles_stop = arrival->handles_stop,
					  .opted_out = arrival->opted_out,
					  .silent = silent };
	enum inbox_kind kind = INBOX_WRITTEN;
	int r = replies_take(arrival->ctx, client, &reply, &kind);

	return r ? r : mark(arrival, client->id, kind);
}

/* Does the text name her? */
static int names(const struct arrival *arrival, const struct client *client, bool *ret_named)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	int r = normal_text(arrival->text.text, false, &text);

	r = r ? r : normal_text(client->name, false, &name);
	if (r == 0) {
		*ret_named = name[1] && strstr(text, name);
	}
	return r;
}

/* The only one who is named, else the only one who was asked something; NULL for none. */
static int find_writer(const struct arrival *arrival, const struct client *const *list,
		       size_t count, const struct client **ret_writer)
{
	const struct client *named = NULL, *asked = NULL;
	int names_count = 0, asked_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct rounds_question question;
		bool is_named;
		int r = names(arrival, list[i], &is_named);

		r = r ? r : rounds_question(arrival->ctx, list[i], &question);
		if (r != 0) {
			return r;
		}
		named = is_named ? list[i] : named;
		names_count += is_named;
		asked = question.open ? list[i] : asked;
		asked_count += question.open;
	}

	*ret_writer = names_count == 1                       ? named
		      : names_count == 0 && asked_count == 1 ? asked
							     : NULL;
	return 0;
}

/* Who is answered for all who share the phone: one who has not stopped, else the first. */
static int find_speaker(const struct arrival *arrival, const struct client *const *list,
			size_t count, size_t *ret_speaker)
{
	for (size_t i = 0; i < count; i++) {
		struct person person;
		int r = people_get(arrival->ctx->db, list[i]->id, &person);

		if (r != 0) {
			return r;
		}
		if (person.consent == CONSENT_GIVEN) {
			*ret_speaker = i;
			return 0;
		}
	}
	*ret_speaker = 0;
	return 0;
}

/* What must not be missed is taken for all of them; the rest waits for a name. */
static int take_for_all(const struct arrival *arrival, const struct client *const *list,
			size_t count)
{
	size_t speaker;
	int r = find_speaker(arrival, list, count, &speaker);

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = take_client(arrival, list[i], arrival->text.text, i != speaker);
	}
	return r;
}

/* Is this word part of the name? */
static int is_of_name(const char *word, size_t length, const char *normal_name, bool *ret_is)
{
	_cleanup_free_ char *copy = strndup(word, length), *normal = NULL;
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM;

	if (r == 0) {
		*ret_is = normal[1] && strstr(normal_name, normal);
	}
	return r;
}

/* "Ben 1" is "1" once it is known whose it is.  A name alone stays what it is. */
static int without_name(const char *text, const char *name, char **ret_text)
{
	_cleanup_free_ char *rest = calloc(1, strlen(text) + 2), *normal = NULL;
	int r = rest ? normal_text(name, false, &normal) : -ENOMEM;

	while (r == 0 && *(text += strspn(text, " \t\r\n"))) {
		size_t length = strcspn(text, " \t\r\n");
		bool is_name;

		r = is_of_name(text, length, normal, &is_name);
		if (r == 0 && !is_name) {
			(void)strncat(rest, text, length);
			(void)strcat(rest, " ");
		}
		text += length;
	}
	if (r == 0) {
		*ret_text = take_ptr(rest);
	}
	return r;
}

static int take_named(const struct arrival *arrival, const struct client *writer)
{
	_cleanup_free_ char *rest = NULL;
	int r = without_name(arrival->text.text, writer->name, &rest);

	return r ? r : take_client(arrival, writer, *rest ? rest : arrival->text.text, false);
}

static int ask_who(const struct arrival *arrival, const struct client *const *list, size_t count)
{
	const struct response response = {
		.handle = list[0]->id,
		.kind = KIND_REPLY,
		.message = "who_writes",
		.about = rule_day(list[0]->zone, arrival->ctx->now),
		.expires = arrival->ctx->now + NEUTRAL_WITHIN,
	};
	int64_t id;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = cases_open(arrival->ctx->db, list[i]->id, CASE_UNCLEAR, CASE_ROUTINE,
			       arrival->ctx->now, &id, NULL);
	}
	r = r ? r : respond(arrival->ctx->db, &response, arrival->ctx->now, NULL);
	return r ? r : mark(arrival, list[0]->id, INBOX_UNCLEAR);
}

static int take_shared(const struct arrival *arrival, const struct client *const *list,
		       size_t count)
{
	const struct understood *understood = &arrival->understood;
	const struct client *writer = NULL;
	int r;

	count = count < SHARED_MOST ? count : SHARED_MOST;
	if (understood->stop || understood->start || understood->crisis) {
		return take_for_all(arrival, list, count);
	}
	r = find_writer(arrival, list, count, &writer);
	if (r != 0) {
		return r;
	}
	return writer ? take_named(arrival, writer) : ask_who(arrival, list, count);
}

/* --- all of them ---------------------------------------------------------------------------- */

static int take(const struct arrival *arrival)
{
	const struct phonebook *book = arrival->ctx->book;
	const struct staff_member *member = phonebook_staff(book, arrival->text.from);
	const struct client *const *list;
	size_t count = phonebook_clients(book, arrival->text.from, &list);

	/* A peer supporter may be a client herself: her STOP is a STOP. */
	if (member && (count == 0 || arrival->understood.acknowledges >= 0)) {
		return take_staff(arrival, member);
	}
	return count == 0   ? take_stranger(arrival)
	       : count == 1 ? take_client(arrival, list[0], arrival->text.text, false)
			    : take_shared(arrival, list, count);
}

static int process(struct arrival *arrival, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = inbox_get(arrival->ctx->db, id, &rows);

	if (r != 0) {
		return r > 0 ? -EINVAL : r;
	}
	inbox_read(&rows, &arrival->text);
	r = understand(arrival->ctx->model, NULL, arrival->text.text, &arrival->understood);
	arrival->understood.stop = arrival->understood.stop || arrival->opted_out;
	return r ? r : take(arrival);
}

/* Ends the transaction in which a text was stored. */
static int finish(struct arrival *arrival, int64_t id)
{
	int r = process(arrival, id);

	if (r != 0) {
		db_rollback(arrival->ctx->db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(arrival->ctx->db);
}

int inbound_take(const struct engine_context *ctx, const char *gateway, bool handles_stop,
		 const struct wire_inbound *inbound)
{
	/* A gateway that took it for a STOP has answered it. */
	struct arrival arrival = { .ctx = ctx,
				   .handles_stop = handles_stop || inbound->opted_out,
				   .opted_out = inbound->opted_out };
	int64_t id;
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = inbox_add(ctx->db, gateway, inbound, ctx->now, &id);
	if (r == 0) {
		return finish(&arrival, id);
	}
	if (r < 0) {
		db_rollback(ctx->db);
		return r;
	}
	return db_commit(ctx->db);
}

int inbound_run(const struct engine_context *ctx)
{
	struct arrival arrival = { .ctx = ctx };
	hf_time next;
	int64_t id;
	int r = inbound_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = inbox_overdue(ctx->db, ctx->now, &id);
	if (r == 0) {
		return finish(&arrival, id);
	}
	db_rollback(ctx->db);
	return r > 0 ? 0 : r;
}

int inbound_next(const struct engine_context *ctx, hf_time *ret_when)
{
	return inbox_next(ctx->db, ret_when);
}
