/* How a client stands, by whose word, and what staff did. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/pauses.h"
#include "store/people.h"
#include "staff/standing.h"

/* The caller frees. */
static struct json *show(struct rig *rig, const char *id)
{
	const struct client *client = model_client(service_model(rig->service), id);
	struct json *object = json_new_object();

	assert_non_null(client);
	assert_non_null(object);
	assert_int_equal(standing_put(object, &rig->host, client), 0);
	assert_int_equal(standing_put_details(object, &rig->host, client), 0);
	return object;
}

static void act(struct rig *rig, hf_time at, const char *verb, const char *why)
{
	const struct audit_entry entry = { .at = at,
					   .uid = 1000,
					   .user = "mreyes",
					   .verb = verb,
					   .client = "r-1042",
					   .detail = "d",
					   .why = why };

	assert_int_equal(audit_add(rig->db, &entry), 0);
}

static void stop(struct rig *rig, hf_time at, const char *source)
{
	assert_int_equal(people_consent(rig->db, "r-1042", "+13125550142", CONSENT_WITHDRAWN, at,
					source, "mreyes", at),
			 0);
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_active)
{
	_cleanup_(json_freep) struct json *client = show(*state, "r-1042");

	assert_string_equal(json_text(client, "state"), "active");
	assert_string_equal(json_text(client, "consent"), "given");
	assert_null(json_text(client, "paused_until"));
	assert_null(json_get(json_get(client, "pause"), "by"));
	assert_null(json_get(json_get(client, "stopped"), "by"));
	assert_int_equal(json_count(json_get(client, "acts")), 0);
}

TEST(test_paused_by_staff)
{
	struct rig *rig = *state;
	const struct staff_pause pause = { .at = clock_now(&rig->clock),
					   .until = { .year = 2026, .month = 12, .day = 1 },
					   .by = "mreyes",
					   .why = "in hospital" };
	_cleanup_(json_freep) struct json *client = NULL;
	const struct json *word;

	assert_int_equal(pauses_begin(rig->db, "r-1042", &pause), 0);
	client = show(rig, "r-1042");
	assert_string_equal(json_text(client, "state"), "paused");
	assert_string_equal(json_text(client, "paused_until"), "2026-12-01");
	word = json_get(client, "pause");
	assert_string_equal(json_text(word, "by"), "mreyes");
	assert_string_equal(json_text(word, "at"), "2026-11-23T12:00:00-06:00");
	assert_string_equal(json_text(word, "until"), "2026-12-01");
	assert_string_equal(json_text(word, "why"), "in hospital");
}

TEST(test_paused_by_the_configuration)
{
	struct rig *rig = *state;
	_cleanup_(json_freep) struct json *client = NULL;
	const struct json *word;

	clock_init_told(&rig->clock, rig_moment("2026-12-20T12:00:00-07:00"), 0);
	client = show(rig, "r-1061");
	word = json_get(client, "pause");
	assert_string_equal(json_text(client, "state"), "paused");
	assert_non_null(strstr(json_text(word, "by"), "clients/"));
	assert_null(json_text(word, "at"));
	assert_string_equal(json_text(word, "until"), json_text(client, "paused_until"));
	assert_non_null(json_text(word, "why"));
}

TEST(test_stopped)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	_cleanup_(json_freep) struct json *before = NULL, *after = NULL;
	const struct json *word;

	stop(rig, now - HF_DAY, "reply");
	before = show(rig, "r-1042");
	assert_string_equal(json_text(before, "state"), "stopped");
	assert_string_equal(json_text(before, "consent"), "withdrawn");
	word = json_get(before, "stopped");
	assert_string_equal(json_text(word, "by"), "client");
	assert_string_equal(json_text(word, "at"), "2026-11-22T12:00:00-06:00");
	assert_null(json_text(word, "why"));

	stop(rig, now, "staff");
	act(rig, now, "stop", "moved away");
	act(rig, now, "pause", "something else");
	after = show(rig, "r-1042");
	word = json_get(after, "stopped");
	assert_string_equal(json_text(word, "by"), "mreyes");
	assert_string_equal(json_text(word, "why"), "moved away");
}

TEST(test_acts)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	_cleanup_(json_freep) struct json *client = NULL, *other = NULL;
	const struct json *acts;

	for (int i = 0; i < 4; i++) {
		act(rig, now, "pause", "a");
		act(rig, now, "resume", "");
	}
	client = show(rig, "r-1042");
	acts = json_get(client, "acts");
	assert_int_equal(json_count(acts), 5);
	assert_string_equal(json_text(json_at(acts, 0), "verb"), "resume");
	assert_null(json_text(json_at(acts, 0), "why"));
	assert_string_equal(json_text(json_at(acts, 1), "verb"), "pause");
	assert_string_equal(json_text(json_at(acts, 1), "why"), "a");
	assert_string_equal(json_text(json_at(acts, 1), "detail"), "d");
	other = show(rig, "r-1057");
	assert_int_equal(json_count(json_get(other, "acts")), 0);
}

TEST(test_date, NULL, NULL)
{
	const struct civil date = { .year = 2026, .month = 2, .day = 3 }, open = { 0 };
	char buffer[STANDING_DATE_MAX];

	assert_string_equal(standing_date(&date, buffer), "2026-02-03");
	assert_string_equal(standing_date(&open, buffer), "further notice");
}
