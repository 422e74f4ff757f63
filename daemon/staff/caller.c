/*
 * Callers by name.
 *
 * Promises: what the kernel says about the caller is recorded, not what he
 * says about himself; the name is looked up when he acts, since a uid may later be
 * another's.  Dangerous: a look-up may ask a directory server, and all waits
 * for it; holdfastd has no network, so that this is a local cache at most.
 */
#include "staff/caller.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "lib/utf8.h"
#include "store/audit.h"

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

int caller_line(const struct json *body, const char *key, struct reply *reply)
{
	const char *line = json_text(body, key);
	int count = line ? count_line(line) : 0;

	if (json_get(body, key) && !line) {
		return said_no(reply_error(reply, 400, "the %s is no text", key));
	}
	if (count < 0) {
		return said_no(
			reply_error(reply, 400, "the %s is to be one line of plain text", key));
	}
	if (count > CALLER_WHY_MAX) {
		return said_no(reply_error(reply, 400, "the %s has %d characters; %d are enough",
					   key, count, CALLER_WHY_MAX));
	}
	return 0;
}

int caller_why(const struct json *body, bool required, struct reply *reply, const char **ret_why)
{
	const char *why = json_text(body, "why");
	int r = caller_line(body, "why", reply);

	if (r != 0) {
		return r;
	}
	if (required && (!why || why[strspn(why, " ")] == '\0')) {
		return said_no(reply_error(
			reply, 400, "say why, with --why: it is recorded for whoever asks later"));
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
	return audit_add(service_db(host->service), &entry);
}
