/*
 * Every answer of the staff's door, member by member, as staff's programs read it.
 *
 * tests/unit/answers.json has them; `holdfastctl` is tested against the same file
 * (tests/system/test_ctl.py).  GOLDEN=write writes it anew: look at the difference.
 */
#include "test.h"
#include "staff_rig.h"

#include "lib/file.h"
#include "store/outbox.h"
#include "store/people.h"
#include "staff/api.h"

#define GOLDEN   "tests/unit/answers.json"
#define FILE_MAX (1024L * 1024)

/* In this order: an answer holds what was asked for before it. */
/* line: METHOD PATH?QUERY */
static const struct {
	const char *line, *body;
} requests[] = {
	{ "GET /v1/status", NULL },
	{ "GET /v1/clients", NULL },
	{ "GET /v1/clients?names=1", NULL },
	{ "GET /v1/clients?limit=0", NULL },
	{ "GET /v1/clients?alone=1&soso=2w&lost=3w&sort=answer", NULL },
	{ "GET /v1/clients?sort=answer", NULL },
	{ "GET /v1/clients?lost=soon", NULL },
	{ "GET /v1/clients/r-1042", NULL },
	{ "GET /v1/clients/r-1061?names=1", NULL },
	{ "GET /v1/clients/nobody", NULL },
	{ "GET /v1/nothing", NULL },
	{ "POST /v1/status", NULL },
	{ "POST /v1/clients/r-1057/pause",
	  "{\"why\": \"in hospital\", \"until\": \"2026-12-01\"}" },
	{ "POST /v1/clients/r-1057/pause", "{\"why\": \"still there\"}" },
	{ "POST /v1/clients/r-1057/pause", "{\"why\": \"x\", \"until\": \"2026-11-01\"}" },
	{ "POST /v1/clients/r-1057/pause", "{}" },
	{ "POST /v1/clients/r-1057/pause", "no JSON" },
	{ "GET /v1/clients/r-1057", NULL },
	{ "POST /v1/clients/r-1057/resume", "{\"why\": \"at home again\"}" },
	{ "POST /v1/clients/r-1057/resume", "{\"why\": \"at home again\"}" },
	{ "POST /v1/clients/r-1057/setback", "{\"why\": \"she called\"}" },
	{ "POST /v1/clients/r-1061/stop", "{\"why\": \"moved away\"}" },
	{ "GET /v1/clients/r-1061", NULL },
	{ "GET /v1/clients/r-1061/consent", NULL },
	{ "POST /v1/clients/r-1061/consent",
	  "{\"given\": true, \"how\": \"paper\", \"why\": \"signed anew\"}" },
	{ "POST /v1/clients/r-1061/consent",
	  "{\"withdrawn\": true, \"source\": \"voicemail\", \"why\": \"heard on Monday\"}" },
	{ "POST /v1/clients/r-1061/consent",
	  "{\"given\": true, \"how\": \"staff\", \"why\": \"x\"}" },
	{ "GET /v1/clients/r-1061/consent", NULL },
	{ "GET /v1/clients/r-1042/number", NULL },
	{ "POST /v1/send", "{\"client\": \"r-1057\", \"text\": \"Llame cuando pueda.\"}" },
	{ "POST /v1/send", "{\"client\": \"r-1057\", \"message\": \"welcome\"}" },
	{ "POST /v1/send", "{\"client\": \"r-1042\", \"text\": \"The NA meeting moved.\"}" },
	{ "POST /v1/send", "{\"client\": \"r-1061\", \"text\": \"Hello.\"}" },
	{ "POST /v1/send", "{\"client\": \"r-1042\"}" },
	{ "POST /v1/clients/r-1042/reply", "{\"text\": \"How are you now?\"}" },
	{ "GET /v1/clients/r-1042", NULL },
	{ "POST /v1/clients/r-1042/reply", "{\"end\": true}" },
	{ "POST /v1/clients/r-1042/reply", "{\"end\": true}" },
	{ "GET /v1/messages", NULL },
	{ "GET /v1/messages?text=1&client=r-1042", NULL },
	{ "GET /v1/messages?state=delivered", NULL },
	{ "GET /v1/messages?state=lost", NULL },
	{ "GET /v1/messages/1/history", NULL },
	{ "GET /v1/messages/3/history", NULL },
	{ "GET /v1/messages/99/history", NULL },
	{ "POST /v1/messages/2/settle", "{\"as\": \"again\", \"why\": \"she has not got it\"}" },
	{ "POST /v1/messages/2/settle", "{\"as\": \"sent\", \"why\": \"she has it\"}" },
	{ "GET /v1/inbox", NULL },
	{ "GET /v1/inbox?unread=1", NULL },
	{ "GET /v1/cases", NULL },
	{ "GET /v1/cases?names=1", NULL },
	{ "POST /v1/cases/1/ack", "{}" },
	{ "POST /v1/cases/1/attempt", "{\"attempt\": \"left-message\", \"note\": \"her sister\"}" },
	{ "POST /v1/cases/1/attempt", "{\"attempt\": \"wrote\"}" },
	{ "GET /v1/cases/1", NULL },
	{ "POST /v1/cases/1/close", "{\"why\": \"all is well\"}" },
	{ "POST /v1/cases/1/close", "{\"why\": \"all is well\"}" },
	{ "GET /v1/cases?all=1&client=r-1042", NULL },
	{ "GET /v1/cases/99", NULL },
	{ "GET /v1/clients/r-1042/story", NULL },
	{ "GET /v1/clients/r-1042/story?text=1", NULL },
	{ "GET /v1/preview?days=3", NULL },
	{ "GET /v1/preview?limit=1&days=1&from=2026-11-25", NULL },
	{ "GET /v1/preview?days=99", NULL },
	{ "POST /v1/reload", NULL },
	{ "POST /v1/reload", "faults" },
	{ "POST /v1/confirm", NULL },
	{ "GET /v1/status", NULL },
};

/* Something of everything that an answer may hold. */
static int live(void **state)
{
	struct situation situation = { .phone = "+13125550142" };
	struct rig *rig;
	hf_time now;

	if (rig_setup(state) != 0) {
		return -1;
	}
	rig = *state;
	now = rig_answer_checkin(rig, "Jordan is \xf0\x9f\x98\x95 \"not\" well");
	assert_int_equal(outbox_claim(rig->db, 1, "primary", "Riverside: hi", 1, now), 0);
	assert_int_equal(outbox_accept(rig->db, 1, "gw-7", now + 2 * HF_SECOND), 0);
	assert_int_equal(outbox_settle(rig->db, 1, OUTBOX_DELIVERED, NULL, now + HF_MINUTE), 0);
	assert_int_equal(outbox_claim(rig->db, 2, "primary", "Riverside: hi", 1, now), 0);
	assert_int_equal(outbox_settle(rig->db, 2, OUTBOX_UNKNOWN, "no answer", now), 0);
	situation.suspended = situation.setback = now;
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
	return 0;
}

/* {"request": LINE, "body": BODY, "status": N, "answer": {...}} */
static json_t *ask(struct rig *rig, const char *line, const char *body)
{
	char method[REQUEST_METHOD_MAX], path[256];
	const char *slash = strchr(line, ' ') + 1, *query = strchr(line, '?');
	json_t *entry = json_object();
	struct request request = { .method = method,
				   .path = path,
				   .find = rig_find_query,
				   .userdata = query ? query + 1 : NULL,
				   .body = body,
				   .body_size = body ? strlen(body) : 0,
				   .uid = 0 };

	assert_non_null(entry);
	(void)snprintf(method, sizeof(method), "%.*s", (int)(slash - 1 - line), line);
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(slash, "?"), slash);
	rig->reload_answer = body && strcmp(body, "faults") == 0 ? CONF_E_FAULT : 0;
	assert_int_equal(api_answer(&rig->host, &request, &rig->reply), 0);
	assert_int_equal(json_put(entry, "request", json_string(line)), 0);
	assert_int_equal(json_put(entry, "body", json_or_null(body)), 0);
	assert_int_equal(json_put(entry, "status", json_integer(rig->reply.status)), 0);
	assert_int_equal(json_put(entry, "answer", take_ptr(rig->reply.json)), 0);
	return entry;
}

TEST(test_golden, live, rig_teardown)
{
	_cleanup_(json_freep) json_t *entries = json_array();
	_cleanup_free_ char *found = NULL, *expected = NULL;
	const char *golden = getenv("GOLDEN");
	struct rig *rig = *state;

	rig->reloaded = clock_now(&rig->clock);
	rig->error = "plans/a.conf:12: what; do";
	for (size_t i = 0; i < COUNT(requests); i++) {
		assert_int_equal(json_add(entries, ask(rig, requests[i].line, requests[i].body)),
				 0);
	}
	found = json_dumps(entries, JSON_INDENT(2));
	assert_non_null(found);

	if (golden && strcmp(golden, "write") == 0) {
		FILE *file = fopen(GOLDEN, "we");

		assert_non_null(file);
		assert_true(fprintf(file, "%s\n", found) > 0);
		assert_int_equal(fclose(file), 0);
	}
	assert_int_equal(file_read(GOLDEN, FILE_MAX, &expected, NULL, NULL), 0);
	expected[strlen(expected) - 1] = '\0';
	assert_string_equal(found, expected);
}
