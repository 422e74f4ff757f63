/* The running snapshot's preview, as the staff's door gives it. */
#include "test.h"
#include "staff_rig.h"

#include "store/outbox.h"
#include "store/pauses.h"
#include "store/people.h"
#include "staff/routes.h"

static const json_t *client_at(const struct rig *rig, size_t index)
{
	return json_array_get(json_object_get(rig->reply.json, "clients"), index);
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_all)
{
	struct rig *rig = *state;
	const json_t *row;

	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	assert_string_equal(json_text(rig->reply.json, "from"), "2026-11-23T12:00:00-06:00");
	assert_string_equal(json_text(rig->reply.json, "until"), "2026-12-08T00:00:00-06:00");
	assert_int_equal(json_array_size(json_object_get(rig->reply.json, "clients")), 3);
	assert_null(json_text(rig->reply.json, "next"));
	assert_null(json_text(rig->reply.json, "reloaded"));

	assert_string_equal(json_text(client_at(rig, 0), "client"), "r-1042");
	assert_string_equal(json_text(client_at(rig, 2), "timezone"), "America/Phoenix");
	assert_false(json_truth(client_at(rig, 0), "stopped", true));
	row = json_array_get(json_object_get(client_at(rig, 0), "rows"), 0);
	assert_string_equal(json_text(row, "client"), "r-1042");
	assert_string_equal(json_text(row, "reminder"), "tue");
	assert_string_equal(json_text(row, "lead"), "2h");
	assert_string_equal(json_text(row, "occurrence"), "2026-11-24T19:00:00-06:00");
	assert_string_equal(json_text(row, "due"), "2026-11-24T17:00:00-06:00");
	assert_non_null(strstr(json_text(row, "text"), "7:00 pm"));
	assert_true(json_truth(row, "send", false));
}

/* Page by page they are the same rows, each client on one page. */
TEST(test_pages)
{
	struct rig *rig = *state;
	_cleanup_free_ char *whole = NULL;
	char query[64] = "limit=1", next[16];
	size_t pages = 0, used = 0;

	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	whole = json_write(json_object_get(rig->reply.json, "clients"), NULL);
	do {
		_cleanup_free_ char *part = NULL;
		const char *text;

		assert_int_equal(rig_ask(rig, get_preview, NULL, query, NULL), 200);
		assert_int_equal(json_array_size(json_object_get(rig->reply.json, "clients")), 1);
		part = json_write(client_at(rig, 0), NULL);
		assert_non_null(part);
		assert_memory_equal(whole + 1 + used, part, strlen(part));
		used += strlen(part) + 1;
		pages++;
		text = json_text(rig->reply.json, "next");
		(void)snprintf(next, sizeof(next), "%s", text ? text : "");
		(void)snprintf(query, sizeof(query), "limit=1&after=%s", next);
	} while (next[0] && pages < 9);
	assert_int_equal(pages, 3);
	assert_int_equal(used + 1, strlen(whole));

	assert_int_equal(rig_ask(rig, get_preview, NULL, "after=r-1061", NULL), 200);
	assert_int_equal(json_array_size(json_object_get(rig->reply.json, "clients")), 0);
	assert_null(json_text(rig->reply.json, "next"));
}

/* Whoever asks page by page must see that the snapshot is another. */
TEST(test_a_reload_shows)
{
	struct rig *rig = *state;

	rig->reloaded = rig->clock.from;
	assert_int_equal(rig_ask(rig, get_preview, NULL, "limit=1", NULL), 200);
	assert_string_equal(json_text(rig->reply.json, "reloaded"), "2026-11-23T12:00:00-06:00");
}

TEST(test_who_has_stopped)
{
	struct rig *rig = *state;

	assert_int_equal(people_consent(rig->db, "r-1057", "+13125550143", CONSENT_WITHDRAWN,
					rig->clock.from, "reply", "", rig->clock.from),
			 0);
	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	assert_false(json_truth(client_at(rig, 0), "stopped", true));
	assert_true(json_truth(client_at(rig, 1), "stopped", false));
	assert_true(json_array_size(json_object_get(client_at(rig, 1), "rows")) > 0);
}

/* Until the end of the day that staff named; or until somebody resumes. */
TEST(test_who_is_paused)
{
	struct rig *rig = *state;
	struct staff_pause pause = { .at = rig->clock.from,
				     .until = { .year = 2026, .month = 11, .day = 25 },
				     .by = "mreyes",
				     .why = "" };

	assert_int_equal(pauses_begin(rig->db, "r-1061", &pause), 0);
	pause.until.year = 0;
	assert_int_equal(pauses_begin(rig->db, "r-1057", &pause), 0);
	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	assert_false(json_truth(client_at(rig, 0), "paused", true));
	assert_true(json_truth(client_at(rig, 1), "paused", false));
	assert_null(json_text(client_at(rig, 1), "resumes"));
	assert_true(json_truth(client_at(rig, 2), "paused", false));
	assert_string_equal(json_text(client_at(rig, 2), "resumes"), "2026-11-26T00:00:00-07:00");
}

static void goes_out(struct rig *rig, const char *client, const char *reminder, hf_time at)
{
	const struct outbox_message row = { .client = client,
					    .kind = KIND_NOTE,
					    .reminder = reminder,
					    .due = at,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC };
	int64_t id;

	assert_int_equal(outbox_add(rig->db, &row, at, &id), 0);
	assert_int_equal(outbox_claim(rig->db, id, "primary", "words", 1, at), 0);
}

static const char *gone_of(const struct rig *rig, size_t client, size_t count)
{
	const json_t *gone = json_object_get(client_at(rig, client), "gone");

	assert_int_equal(json_array_size(gone), count);
	return count ? json_text(json_array_get(gone, 0), "reminder") : NULL;
}

/* Each client has what went out to her, and of her own day: it is noon in Chicago, 11:00 in
 * Phoenix. */
TEST(test_what_has_gone_today)
{
	struct rig *rig = *state;
	hf_time noon = rig->clock.from;

	goes_out(rig, "r-1042", "hers", noon - HF_HOUR);
	goes_out(rig, "r-1042", "yesterday", noon - 13 * HF_HOUR);
	goes_out(rig, "r-1057", "his", noon - 12 * HF_HOUR);
	goes_out(rig, "r-1061", "yesterday", noon - 12 * HF_HOUR);
	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	assert_string_equal(gone_of(rig, 0, 1), "hers");
	assert_string_equal(gone_of(rig, 1, 1), "his");
	assert_null(gone_of(rig, 2, 0));
}

/* What was asked leaves nothing behind. */
TEST(test_nothing_is_written)
{
	struct rig *rig = *state;
	hf_time before = planner_next(engine_planner(rig->engine));
	int64_t welcomes = -1, rows = -2;

	assert_int_equal(db_one_int(rig->db, -1, &welcomes, "SELECT count(*) FROM outbox", ""), 0);
	assert_int_equal(rig_ask(rig, get_preview, NULL, NULL, NULL), 200);
	assert_int_equal(db_one_int(rig->db, -1, &rows, "SELECT count(*) FROM outbox", ""), 0);
	assert_int_equal(rows, welcomes);
	assert_int_equal(planner_next(engine_planner(rig->engine)), before);
	assert_int_equal(rig->changes, 0);
}

TEST(test_refused)
{
	static const char *const queries[] = {
		"from=",  "from=tomorrow", "from=2026-11-21", "from=2027-11-26", "days=0",
		"days=x", "days=32",       "limit=0",         "limit=201",       "limit=x",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(queries); i++) {
		if (rig_ask(rig, get_preview, NULL, queries[i], NULL) != 400) {
			fail_msg("%s: %d", queries[i], rig->reply.status);
		}
	}
	assert_int_equal(rig_ask(rig, get_preview, NULL, "days=31", NULL), 200);
	assert_int_equal(rig_ask(rig, get_preview, NULL, "from=2027-11-24", NULL), 200);
}
