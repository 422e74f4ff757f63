/* The staff's door of a scenario: no socket, the same routes. */
#include "staff.h"

#include <errno.h>
#include <string.h>

#include "staff/api.h"

static const char *const verbs[] = { "pause", "resume", "stop" };

static void on_changed(void *userdata)
{
	(void)userdata; /* world_run() looks at the outbox anyway */
}

static bool is_verb(const char *word)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(word, verbs[i]) == 0) {
			return true;
		}
	}
	return false;
}

static int ask(struct world *world, const char *path, const char *body, struct reply *reply)
{
	struct clock clock;
	const struct api_host host = {
		.service = world->service, .clock = &clock, .version = "", .changed = on_changed
	};
	struct request request = {
		.method = "POST", .path = path, .body = body, .body_size = strlen(body)
	};

	clock_init_told(&clock, world->now, 0);
	return api_answer(&host, &request, reply);
}

int staff_act(struct world *world, char *const *words, char *complaint, size_t size)
{
	_cleanup_(reply_done) struct reply reply = { 0 };
	char path[200], body[200] = "{\"why\":\"as the scenario says\"}";
	bool refused = false;
	int r;

	if (!is_verb(words[0]) || !words[1]) {
		(void)snprintf(complaint, size, "\"%s\" is no directive", words[0]);
		return 1;
	}
	(void)snprintf(path, sizeof(path), "/v1/clients/%s/%s", words[1], words[0]);
	for (size_t i = 2; words[i]; i++) {
		refused = refused || strcmp(words[i], "refused") == 0;
		if (strcmp(words[i], "until") == 0 && words[i + 1]) {
			(void)snprintf(body, sizeof(body), "{\"why\":\"x\",\"until\":\"%s\"}",
				       words[i + 1]);
		}
	}

	r = ask(world, path, body, &reply);
	if (r < 0 || (reply.status >= 300) == refused) {
		return r;
	}
	(void)snprintf(complaint, size, "holdfastd said %d: %s", reply.status,
		       refused ? "yes" : json_text(reply.json, "error"));
	return 1;
}
