/*
 * Any request to the staff's door: "METHOD PATH?a=1&b=2", a newline, the body.
 * Each is answered in JSON; what says no has a reason; no answer holds a name
 * that was not asked for.  Runs at the top of the tree.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "store/store.h"
#include "staff/api.h"

#define LINE_MAX_BYTES 512
#define PAIRS_MAX      8

struct pairs {
	const char *names[PAIRS_MAX], *values[PAIRS_MAX];
	size_t count;
};

static struct clock clock_told;
static struct api_host host;

static int carry(void *userdata, const char *gateway, const struct wire_text *texts, size_t count)
{
	(void)userdata;
	(void)gateway;
	(void)texts;
	(void)count;
	return -1;
}

static int reload(void *userdata, struct faults *faults)
{
	(void)userdata;
	fault_add(faults, FAULT_ERROR, "a.conf", 1, "unknown-key", "what; do");
	return CONF_E_FAULT;
}

static void changed(void *userdata)
{
	(void)userdata;
}

static void last_reload(void *userdata, hf_time *ret_at, const char **ret_error)
{
	(void)userdata;
	*ret_at = 0;
	*ret_error = "";
}

static void begin(void)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	struct engine *engine = NULL;
	struct db *db = NULL;
	hf_time now = INT64_C(1795456800) * HF_SECOND; /* 2026-11-23 12:00 in Chicago */
	int r;

	log_open("fuzz_api", LOG_LEVEL_ERROR);
	r = model_load("config", &faults, &model);
	assert(r == 0);
	r = store_open_memory(&db);
	assert(r == 0);
	r = engine_new(db, model, carry, NULL, now, &engine);
	assert(r == 0);
	clock_init_told(&clock_told, now, 0);
	r = engine_run(engine, now);
	assert(r == 0);
	host = (struct api_host){ .engine = engine,
				  .clock = &clock_told,
				  .version = "0",
				  .since = now,
				  .reload = reload,
				  .changed = changed,
				  .last_reload = last_reload };
}

static const char *find(const void *userdata, const char *name)
{
	const struct pairs *pairs = userdata;

	for (size_t i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->names[i], name) == 0) {
			return pairs->values[i];
		}
	}
	return NULL;
}

static void split(char *query, struct pairs *pairs)
{
	char *pair;

	while (pairs->count < PAIRS_MAX && (pair = strsep(&query, "&"))) {
		char *name = strsep(&pair, "=");

		if (pair) {
			pairs->names[pairs->count] = name;
			pairs->values[pairs->count++] = pair;
		}
	}
}

static bool asked_for(const struct pairs *pairs, const char *name)
{
	const char *value = find(pairs, name);

	return value && strcmp(value, "1") == 0;
}

/* A preview is made of texts, and a text may say her name; and numbers may be asked for. */
static bool may_name(const char *path)
{
	const char *last = strrchr(path, '/');

	return strcmp(path, "/v1/preview") == 0 || (last && strcmp(last, "/number") == 0);
}

static void check(const struct reply *reply, const struct pairs *pairs, const char *path)
{
	_cleanup_free_ char *text = json_write(reply->json, NULL);
	_cleanup_(json_freep) json_t *again = NULL;

	assert(text && json_read(text, strlen(text), &again) == 0);
	assert(reply->status < 300 || json_text(reply->json, "error"));
	assert(reply->status == 200 || (reply->status >= 400 && reply->status < 500));
	/* What says no may say again what was asked. */
	assert(reply->status >= 300 || asked_for(pairs, "names") || asked_for(pairs, "text") ||
	       may_name(path) || (!strstr(text, "+13125550142") && !strstr(text, "Jordan")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	size_t length = newline ? (size_t)(newline - data) : size;
	char line[LINE_MAX_BYTES] = "", *rest = line, *method, *path;
	struct pairs pairs = { 0 };
	struct request request = { .find = find, .userdata = &pairs };
	_cleanup_(reply_done) struct reply reply = { 0 };
	_cleanup_free_ char *body = NULL;
	struct db *db;
	int r;

	if (!host.engine) {
		begin();
	}
	if (length >= sizeof(line)) {
		return 0;
	}
	memcpy(line, data, length);
	method = strsep(&rest, " ");
	path = strsep(&rest, "?");
	if (!path) {
		return 0;
	}
	if (rest) {
		split(rest, &pairs);
	}
	body = strndup(newline ? (const char *)newline + 1 : "", newline ? size - length - 1 : 0);
	assert(body);

	request.method = method;
	request.path = path;
	request.body = body;
	request.body_size = strlen(body);
	db = engine_db(host.engine);
	r = db_begin(db);
	assert(r == 0);
	r = api_answer(&host, &request, &reply);
	db_rollback(db);
	assert(r == 0);
	check(&reply, &pairs, path);
	return 0;
}
