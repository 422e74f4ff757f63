/* The staff's door of a scenario: no socket, the same routes. */
#include "staff.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "staff/api.h"

#define PATH_SIZE 200
#define BODY_SIZE 500

static void on_changed(void *userdata)
{
	(void)userdata; /* world_run() looks at the outbox anyway */
}

static int ask(struct world *world, const char *path, const char *body, struct reply *reply)
{
	struct clock clock;
	const struct api_host host = {
		.engine = world->engine, .clock = &clock, .version = "", .changed = on_changed
	};
	struct request request = {
		.method = "POST", .path = path, .body = body, .body_size = strlen(body)
	};

	clock_init_told(&clock, world->now, 0);
	return api_answer(&host, &request, reply);
}

static bool is(const char *word, const char *wanted)
{
	return word && strcmp(word, wanted) == 0;
}

/* pause r-1 [until DATE], resume, stop, setback, reply r-1 "TEXT" */
static const struct {
	const char *verb, *key; /* of the word after the client; NULL: there is none */
} verbs[] = {
	{ "pause", NULL },   { "resume", NULL },  { "stop", NULL },
	{ "setback", NULL }, { "reply", "text" },
};

/* consent r-1 given paper, consent r-1 withdrawn voicemail, talk r-1 over */
static bool write_word(char *const *words, char path[PATH_SIZE], char body[BODY_SIZE])
{
	if (!words[0] || !words[1] || !words[2]) {
		return false;
	}
	if (is(words[0], "talk") && is(words[2], "over")) {
		(void)snprintf(path, PATH_SIZE, "/v1/clients/%s/reply", words[1]);
		(void)snprintf(body, BODY_SIZE, "{\"end\":true}");
		return true;
	}
	if (!is(words[0], "consent") || !words[3]) {
		return false;
	}
	(void)snprintf(path, PATH_SIZE, "/v1/clients/%s/consent", words[1]);
	(void)snprintf(body, BODY_SIZE,
		       "{\"%s\":true,\"how\":\"%s\",\"source\":\"%s\",\"why\":\"x\"}", words[2],
		       words[3], words[3]);
	return true;
}

static bool write_client(char *const *words, char path[PATH_SIZE], char body[BODY_SIZE])
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		const char *key = verbs[i].key;

		if (!is(words[0], verbs[i].verb) || !words[1] || (key && !words[2])) {
			continue;
		}
		(void)snprintf(path, PATH_SIZE, "/v1/clients/%s/%s", words[1], words[0]);
		if (key) {
			(void)snprintf(body, BODY_SIZE, "{\"%s\":\"%s\",\"why\":\"x\"}", key,
				       words[2]);
		} else if (is(words[2], "until") && words[3]) {
			(void)snprintf(body, BODY_SIZE, "{\"why\":\"x\",\"until\":\"%s\"}",
				       words[3]);
		}
		return true;
	}
	return false;
}

/* case 12 ack, case 12 attempt spoke, case 12 close "WHY" */
static bool write_case(char *const *words, char path[PATH_SIZE], char body[BODY_SIZE])
{
	static const struct {
		const char *verb, *key;
	} acts[] = { { "ack", NULL }, { "attempt", "attempt" }, { "close", "why" } };

	for (size_t i = 0; i < COUNT(acts); i++) {
		if (!is(words[0], "case") || !words[1] || !is(words[2], acts[i].verb) ||
		    (acts[i].key && !words[3])) {
			continue;
		}
		(void)snprintf(path, PATH_SIZE, "/v1/cases/%s/%s", words[1], words[2]);
		if (acts[i].key) {
			(void)snprintf(body, BODY_SIZE, "{\"%s\":\"%s\"}", acts[i].key, words[3]);
		}
		return true;
	}
	return false;
}

/* settle r-1 REMINDER sent, again or drop: of the last text of that reminder */
static bool write_settlement(const struct world *world, char *const *words, char path[PATH_SIZE],
			     char body[BODY_SIZE])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	long long id = 0;

	if (!is(words[0], "settle") || !words[1] || !words[2] || !words[3] ||
	    outbox_list(world->db, words[1], -1, INT64_MIN, INT_MAX, &rows) != 0) {
		return false;
	}
	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		id = strcmp(row.reminder, words[2]) == 0 ? (long long)row.id : id;
	}
	(void)snprintf(path, PATH_SIZE, "/v1/messages/%lld/settle", id);
	(void)snprintf(body, BODY_SIZE, "{\"as\":\"%s\",\"why\":\"x\"}", words[3]);
	return true;
}

int staff_act(struct world *world, char *const *words, char *complaint, size_t size)
{
	_cleanup_(reply_done) struct reply reply = { 0 };
	char path[PATH_SIZE], body[BODY_SIZE] = "{\"why\":\"as the scenario says\"}";
	bool refused = false;
	int r;

	if (!write_client(words, path, body) && !write_word(words, path, body) &&
	    !write_case(words, path, body) && !write_settlement(world, words, path, body)) {
		(void)snprintf(complaint, size, "\"%s\" is no directive", words[0]);
		return 1;
	}
	for (size_t i = 2; words[i]; i++) {
		refused = refused || is(words[i], "refused");
	}

	r = ask(world, path, body, &reply);
	if (r < 0) {
		return r;
	}
	if ((reply.status >= 300) == refused) {
		return world_run(world, world->now);
	}
	(void)snprintf(complaint, size, "holdfastd said %d: %s", reply.status,
		       refused ? "yes" : json_text(reply.json, "error"));
	return 1;
}
