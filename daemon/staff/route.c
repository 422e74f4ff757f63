/*
 * Requests and answers of the staff's door, and who asks.
 *
 * Promises: every answer is JSON, and one that says no says what to do.  What
 * the kernel says about the caller is recorded, not what he says about himself;
 * the name is looked up when he acts, since a uid may later be another's.
 * Dangerous: a look-up may ask a directory server, and all waits for it;
 * holdfastd has no network, so that this is a local cache at most.
 */
#include "staff/route.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <string.h>

#include "lib/text.h"
#include "lib/zone.h"
#include "store/audit.h"

void reply_done(struct reply *reply)
{
	reply->json = json_free(reply->json);
}

int reply_with(struct reply *reply, int status, json_t *json)
{
	if (!json) {
		return -ENOMEM;
	}

	reply_done(reply);
	reply->status = status;
	reply->json = json;
	return 0;
}

int reply_error(struct reply *reply, int status, const char *format, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&message, format, arguments);
	va_end(arguments);
	if (r < 0) {
		return -ENOMEM;
	}

	r = reply_with(reply, status, JSON_OBJECT({ { "error", json_string(message) } }));
	return r ? r : REPLY_REFUSED;
}

const char *request_find(const struct request *request, const char *name)
{
	return request->find ? request->find(request->userdata, name) : NULL;
}

bool request_flag(const struct request *request, const char *name)
{
	const char *value = request_find(request, name);

	return value && strcmp(value, "1") == 0;
}

int request_number(const struct request *request, const char *name, int64_t fallback, int64_t most,
		   int64_t *ret_number)
{
	const char *value = request_find(request, name);
	char *end = NULL;
	long long number;

	if (!value) {
		*ret_number = fallback;
		return 0;
	}

	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || end == value || *end || number < 1 || number > most) {
		return -EINVAL;
	}

	*ret_number = number;
	return 0;
}

int request_json(const struct request *request, struct reply *reply, json_t **ret_body)
{
	int r = json_read(request->body ? request->body : "", request->body_size, ret_body);

	return r > 0 ? reply_error(reply, 400, "the body is not JSON") : r;
}

int request_client(const struct api_host *host, const struct request *request, struct reply *reply,
		   const struct client **ret_client)
{
	*ret_client = model_client(engine_model(host->engine), request->id);
	return *ret_client ? 0
			   : reply_error(reply, 404, "no client %s; see holdfastctl clients",
					 request->id);
}

int64_t request_row(const struct request *request)
{
	char *end = NULL;
	int64_t id;

	errno = 0;
	id = strtoll(request->id, &end, 10);
	return *end || errno != 0 || id < 0 ? 0 : id;
}

int request_since(const struct api_host *host, const struct request *request, struct reply *reply,
		  hf_time *ret_since)
{
	const char *since = request_find(request, "since");

	if (since && zone_parse(engine_model(host->engine)->site.zone, since, ret_since) < 0) {
		return reply_error(reply, 400,
				   "since is a date or a time: 2026-11-23, \"2026-11-23 08:00\"");
	}
	return 0;
}

/* --- what answers are made of ------------------------------------------------------------- */

json_t *json_time(hf_time at, const struct zone *zone)
{
	char buffer[CIVIL_RFC3339_MAX];

	if (at == 0 || at == HF_NEVER) {
		return json_null();
	}

	zone_format(zone, at, buffer);
	return json_string(buffer);
}

int json_rows(struct db_rows *rows, json_row *new_element, const struct zone *zone,
	      json_t **ret_array)
{
	_cleanup_(json_freep) json_t *array = json_array();
	int r = array ? 0 : -ENOMEM;

	while (r == 0 && db_next(rows)) {
		r = json_add(array, new_element(rows, zone));
	}
	r = r ? r : rows->error;
	if (r == 0) {
		*ret_array = take_ptr(array);
	}
	return r;
}

static json_t *new_fault(const struct fault *fault)
{
	static const char *const severities[] = {
		[FAULT_ERROR] = "error",
		[FAULT_WARNING] = "warning",
	};

	return JSON_OBJECT({
		{ "file", json_or_null(fault->file) },
		{ "line", json_integer(fault->line) },
		{ "severity", json_string(severities[fault->severity]) },
		{ "code", json_or_null(fault->code) },
		{ "message", json_or_null(fault->message) },
	});
}

json_t *json_new_faults(const struct faults *faults)
{
	_cleanup_(json_freep) json_t *array = json_array();

	for (size_t i = 0; array && i < faults->count; i++) {
		if (json_add(array, new_fault(&faults->list[i])) != 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}

/* --- who asks -------------------------------------------------------------------------- */

#define RECORD_MAX 16384 /* of a user in the system's database: far longer than any real one */

void caller_name(uid_t uid, char buffer[CALLER_NAME_MAX])
{
	struct passwd record, *found = NULL;
	char words[RECORD_MAX];

	if (uid == (uid_t)-1) {
		(void)snprintf(buffer, CALLER_NAME_MAX, "unknown");
		return;
	}
	if (getpwuid_r(uid, &record, words, sizeof(words), &found) == 0 && found &&
	    strlen(found->pw_name) < CALLER_NAME_MAX) {
		(void)snprintf(buffer, CALLER_NAME_MAX, "%s", found->pw_name);
		return;
	}
	(void)snprintf(buffer, CALLER_NAME_MAX, "uid %u", (unsigned)uid);
}

/* Characters, or -EINVAL for what would do something to a terminal. */
static int count_line(const char *text)
{
	uint32_t character;
	int length, count = 0;

	while ((length = utf8_read(text, &character)) > 0) {
		if (character < ' ' || (character >= 0x7f && character < 0xa0)) {
			return -EINVAL;
		}
		text += length;
		count++;
	}
	return length < 0 ? -EINVAL : count;
}

int caller_line(const json_t *body, const char *key, struct reply *reply)
{
	const char *line = json_text(body, key);
	int count = line ? count_line(line) : 0;

	if (json_object_get(body, key) && !line) {
		return reply_error(reply, 400, "the %s is no text", key);
	}
	if (count < 0) {
		return reply_error(reply, 400, "the %s is to be one line of plain text", key);
	}
	if (count > CALLER_WHY_MAX) {
		return reply_error(reply, 400, "the %s has %d characters; %d are enough", key,
				   count, CALLER_WHY_MAX);
	}
	return 0;
}

int caller_why(const json_t *body, bool required, struct reply *reply, const char **ret_why)
{
	const char *why = json_text(body, "why");
	int r = caller_line(body, "why", reply);

	if (r != 0) {
		return r;
	}
	if (required && (!why || why[strspn(why, " ")] == '\0')) {
		return reply_error(reply, 400,
				   "say why, with --why: it is recorded for whoever asks later");
	}

	*ret_why = why ? why : "";
	return 0;
}

int caller_audit(const struct api_host *host, const struct request *request,
		 const struct caller_act *act)
{
	char user[CALLER_NAME_MAX];
	const struct audit_entry entry = {
		.at = clock_now(host->clock),
		.uid = request->uid == (uid_t)-1 ? -1 : (int64_t)request->uid,
		.user = user,
		.verb = act->verb,
		.client = act->client,
		.detail = act->detail,
		.why = act->why,
	};

	caller_name(request->uid, user);
	return audit_add(engine_db(host->engine), &entry);
}
