/* The list of clients, and one client: how she stands, by whose word, and what staff did. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/pauses.h"
#include "store/people.h"
#include "staff/routes.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_list)
{
	struct rig *rig = *state;
	const json_t *client;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, get_clients, NULL, NULL, NULL), 200);
		assert_int_equal(json_array_size(rig->reply.json), 3);
	}
	client = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(client, "id"), "r-1042");
	assert_string_equal(json_text(client, "plan"), "aftercare");
	assert_int_equal(json_int(client, "day", 0), 31);
	assert_string_equal(json_text(client, "state"), "active");
	assert_string_equal(json_text(client, "consent"), "given");
	assert_string_equal(json_text(json_array_get(rig->reply.json, 2), "timezone"),
			    "America/Phoenix");
}

TEST(test_names_only_when_asked)
{
	static route_answer *const routes[] = { get_clients, get_client };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(routes); i++) {
		_cleanup_free_ char *without = NULL, *with = NULL;

		assert_int_equal(rig_ask(rig, routes[i], "r-1042", "names=0", NULL), 200);
		without = rig_answer(rig);
		assert_null(strstr(without, "Jordan"));
		assert_null(strstr(without, "+1312"));

		assert_int_equal(rig_ask(rig, routes[i], "r-1042", "names=1", NULL), 200);
		with = rig_answer(rig);
		assert_non_null(strstr(with, "Jordan"));
		assert_non_null(strstr(with, "+13125550142"));
	}
}

TEST(test_pages)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=2", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=2&after=r-1057", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 1);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "id"), "r-1061");
	assert_int_equal(rig_ask(rig, get_clients, NULL, "after=r-1061", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 0);
	/* A handle between two: whoever was last on a page may be gone meanwhile. */
	assert_int_equal(rig_ask(rig, get_clients, NULL, "after=r-1050", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);

	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=0", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=1001", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=x", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "limit=99999999999999999999", NULL), 400);
}

TEST(test_one)
{
	struct rig *rig = *state;
	const json_t *next;

	assert_int_equal(rig_ask(rig, get_client, "r-1042", NULL, NULL), 200);
	assert_string_equal(json_text(rig->reply.json, "file"), "clients/jordan.conf");
	next = json_object_get(rig->reply.json, "next");
	assert_true(json_array_size(next) > 2);
	assert_string_equal(json_text(json_array_get(next, 0), "reminder"), "tue");
	assert_string_equal(json_text(json_array_get(next, 0), "lead"), "2h");
	assert_string_equal(json_text(json_array_get(next, 0), "occurrence"),
			    "2026-11-24T19:00:00-06:00");
	assert_string_equal(json_text(json_array_get(next, 0), "due"), "2026-11-24T17:00:00-06:00");
	assert_string_equal(
		json_text(json_array_get(json_object_get(rig->reply.json, "last"), 0), "kind"),
		"welcome");

	assert_int_equal(rig_ask(rig, get_client, "nobody", NULL, NULL), 404);
}

/* The reason of what comes next, by reminder and the hour at which it would go. */
static const char *reason_of(const json_t *object, const char *reminder, const char *due)
{
	const json_t *next = json_object_get(object, "next"), *row;
	size_t i;

	json_array_foreach ((json_t *)next, i, row) {
		if (strcmp(json_text(row, "reminder"), reminder) == 0 &&
		    strcmp(json_text(row, "due"), due) == 0) {
			return json_text(row, "reason") ? json_text(row, "reason") : "goes";
		}
	}
	return "not there";
}

/* What the day has no place for is not promised to whoever asks what comes. */
TEST(test_what_is_left_out)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, get_client, "r-1042", NULL, NULL), 200);
	assert_string_equal(reason_of(rig->reply.json, "tue", "2026-12-01T17:00:00-06:00"), "goes");
	assert_string_equal(reason_of(rig->reply.json, "payday", "2026-12-01T16:00:00-06:00"),
			    "daily limit: more important texts come today");
}

/* The rig's until the next question. */
static const json_t *show(struct rig *rig, const char *id)
{
	assert_int_equal(rig_ask(rig, get_client, id, NULL, NULL), 200);
	return rig->reply.json;
}

static const char *state_of(struct rig *rig, const char *id)
{
	return json_text(show(rig, id), "state");
}

TEST(test_states)
{
	struct rig *rig = *state;

	clock_init_told(&rig->clock, rig_moment("2026-12-20T12:00:00-06:00"), 0);
	assert_string_equal(state_of(rig, "r-1061"), "paused");
	assert_string_equal(state_of(rig, "r-1042"), "active");
	clock_init_told(&rig->clock, rig_moment("2026-11-15T12:00:00-06:00"), 0);
	assert_string_equal(state_of(rig, "r-1061"), "inpatient");
	assert_string_equal(json_text(rig->reply.json, "paused_until"), "2026-11-15");
	clock_init_told(&rig->clock, rig_moment("2026-05-15T12:00:00-06:00"), 0);
	assert_string_equal(state_of(rig, "r-1061"), "not-started");
	clock_init_told(&rig->clock, rig_moment("2026-11-15T12:00:00-06:00"), 0);

	assert_int_equal(people_consent(rig->db, "r-1042", "+13125550142", CONSENT_WITHDRAWN,
					rig_moment("2026-11-20T12:00:00-06:00"), "reply", "client",
					rig_moment("2026-11-20T12:00:00-06:00")),
			 0);
	assert_string_equal(state_of(rig, "r-1042"), "stopped");
	assert_string_equal(json_text(rig->reply.json, "consent"), "withdrawn");
}

TEST(test_paused)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL,
				 "{\"why\":\"in hospital\",\"until\":\"2026-12-01\"}"),
			 200);
	assert_string_equal(state_of(rig, "r-1042"), "paused");
	assert_string_equal(json_text(json_object_get(rig->reply.json, "pause"), "why"),
			    "in hospital");
	assert_int_equal(json_array_size(json_object_get(rig->reply.json, "acts")), 1);

	assert_int_equal(rig_ask(rig, get_clients, NULL, NULL, NULL), 200);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "paused_until"),
			    "2026-12-01");
	assert_null(json_object_get(json_array_get(rig->reply.json, 0), "pause"));
	assert_null(json_text(json_array_get(rig->reply.json, 1), "paused_until"));
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

TEST(test_active)
{
	const json_t *client = show(*state, "r-1042");

	assert_string_equal(json_text(client, "state"), "active");
	assert_string_equal(json_text(client, "consent"), "given");
	assert_null(json_text(client, "paused_until"));
	assert_null(json_object_get(json_object_get(client, "pause"), "by"));
	assert_null(json_object_get(json_object_get(client, "stopped"), "by"));
	assert_int_equal(json_array_size(json_object_get(client, "acts")), 0);
}

TEST(test_paused_by_staff)
{
	struct rig *rig = *state;
	const struct staff_pause pause = { .at = clock_now(&rig->clock),
					   .until = { .year = 2026, .month = 12, .day = 1 },
					   .by = "mreyes",
					   .why = "in hospital" };
	const json_t *client, *word;

	assert_int_equal(pauses_begin(rig->db, "r-1042", &pause), 0);
	client = show(rig, "r-1042");
	assert_string_equal(json_text(client, "state"), "paused");
	assert_string_equal(json_text(client, "paused_until"), "2026-12-01");
	word = json_object_get(client, "pause");
	assert_string_equal(json_text(word, "by"), "mreyes");
	assert_string_equal(json_text(word, "at"), "2026-11-23T12:00:00-06:00");
	assert_string_equal(json_text(word, "until"), "2026-12-01");
	assert_string_equal(json_text(word, "why"), "in hospital");
}

TEST(test_paused_by_the_configuration)
{
	struct rig *rig = *state;
	const json_t *client, *word;

	clock_init_told(&rig->clock, rig_moment("2026-12-20T12:00:00-07:00"), 0);
	client = show(rig, "r-1061");
	word = json_object_get(client, "pause");
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
	const json_t *before, *after, *word;

	stop(rig, now - HF_DAY, "reply");
	before = show(rig, "r-1042");
	assert_string_equal(json_text(before, "state"), "stopped");
	assert_string_equal(json_text(before, "consent"), "withdrawn");
	word = json_object_get(before, "stopped");
	assert_string_equal(json_text(word, "by"), "client");
	assert_string_equal(json_text(word, "at"), "2026-11-22T12:00:00-06:00");
	assert_null(json_text(word, "why"));

	stop(rig, now, "staff");
	act(rig, now, "stop", "moved away");
	act(rig, now, "pause", "something else");
	after = show(rig, "r-1042");
	word = json_object_get(after, "stopped");
	assert_string_equal(json_text(word, "by"), "mreyes");
	assert_string_equal(json_text(word, "why"), "moved away");
}

TEST(test_acts)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	const json_t *client, *other, *acts;

	for (int i = 0; i < 4; i++) {
		act(rig, now, "pause", "a");
		act(rig, now, "resume", "");
	}
	client = show(rig, "r-1042");
	acts = json_object_get(client, "acts");
	assert_int_equal(json_array_size(acts), 5);
	assert_string_equal(json_text(json_array_get(acts, 0), "verb"), "resume");
	assert_null(json_text(json_array_get(acts, 0), "why"));
	assert_string_equal(json_text(json_array_get(acts, 1), "verb"), "pause");
	assert_string_equal(json_text(json_array_get(acts, 1), "why"), "a");
	assert_string_equal(json_text(json_array_get(acts, 1), "detail"), "d");
	other = show(rig, "r-1057");
	assert_int_equal(json_array_size(json_object_get(other, "acts")), 0);
}

TEST(test_date, NULL, NULL)
{
	const struct civil date = { .year = 2026, .month = 2, .day = 3 }, open = { 0 };
	char buffer[UNTIL_WORDS_MAX];

	assert_string_equal(client_until_words(&date, buffer), "2026-02-03");
	assert_string_equal(client_until_words(&open, buffer), "further notice");
}

TEST(test_nothing_is_open)
{
	const json_t *object = show(*state, "r-1042");

	assert_non_null(json_object_get(object, "checkin"));
	assert_null(json_text(json_object_get(object, "checkin"), "asked"));
	assert_int_equal(json_array_size(json_object_get(object, "cases")), 0);
	assert_null(json_text(object, "setback"));
	assert_null(json_text(object, "conversation"));
	assert_null(json_text(object, "suspended"));
}

TEST(test_what_is_open)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	struct checkin checkin = { .message = 1,
				   .client = "r-1042",
				   .reminder = "checkin",
				   .answers = "how_are_you",
				   .asked = now,
				   .nudge_at = HF_NEVER,
				   .silent_at = HF_NEVER };
	struct situation situation = { .setback = now, .suspended = now, .talking = now + 1 };
	const json_t *object, *last;
	int64_t id;

	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_NEED, now), 0);
	assert_int_equal(cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, now, &id), 0);
	(void)strcpy(situation.phone, "+13125550142");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);

	object = show(rig, "r-1042");
	last = json_object_get(object, "checkin");
	assert_string_equal(json_text(last, "state"), "answered");
	assert_string_equal(json_text(last, "answer"), "need");
	last = json_array_get(json_object_get(object, "cases"), 0);
	assert_int_equal(json_int(last, "case", 0), id);
	assert_string_equal(json_text(last, "urgency"), "urgent");
	assert_non_null(json_text(object, "setback"));
	assert_non_null(json_text(object, "conversation"));
	assert_non_null(json_text(object, "suspended"));
}

static int64_t remind(struct rig *rig, int kind, const char *reminder, const char *lead,
		      hf_time occurrence)
{
	const struct outbox_message row = { .client = "r-1042",
					    .kind = kind,
					    .reminder = reminder,
					    .lead = lead,
					    .occurrence = occurrence,
					    .due = occurrence,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC,
					    .state = OUTBOX_DUE,
					    .next_try = occurrence };
	int64_t id = 0;

	assert_int_equal(outbox_add(rig->db, &row, occurrence, &id), 0);
	return id;
}

static void ask(struct rig *rig, int64_t message, const char *reminder, hf_time at,
		enum checkin_beside beside)
{
	const struct checkin checkin = { .message = message,
					 .client = "r-1042",
					 .reminder = reminder,
					 .answers = "went",
					 .asked = at,
					 .nudge_at = beside ? HF_NEVER : at + HF_HOUR,
					 .silent_at = HF_NEVER,
					 .beside = beside };

	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
}

static void expect_kept(const json_t *stretch, const char *key, int asked, int answered,
			const char *what, int count)
{
	const json_t *counts = json_object_get(stretch, key);

	assert_int_equal(json_int(counts, "asked", -1), asked);
	assert_int_equal(json_int(counts, "answered", -1), answered);
	assert_int_equal(json_int(counts, what, -1), count);
}

/* By her own word: how she keeps to her plan, in four weeks and in her stay.  What did not reach her, and
 * whether she meant to come, counts nothing. */
TEST(test_kept)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock), week = 7 * HF_DAY;
	hf_time tuesday = now - week, longer = now - 29 * HF_DAY;
	int64_t went, late;
	const json_t *kept, *one;

	ask(rig, 901, "checkin", longer, CHECKIN_ALONE);
	assert_int_equal(checkins_answer(rig->db, 901, MEANING_WELL, longer + 1), 0);
	ask(rig, 902, "checkin", tuesday, CHECKIN_ALONE);
	assert_int_equal(checkins_answer(rig->db, 902, MEANING_WATCH, tuesday + 2 * HF_HOUR), 0);
	ask(rig, 903, "checkin", tuesday + HF_DAY, CHECKIN_ALONE);
	assert_int_equal(checkins_move(rig->db, 903, CHECKIN_LOST), 0);
	ask(rig, 904, "checkin", tuesday + 2 * HF_DAY, CHECKIN_ALONE);

	ask(rig, remind(rig, KIND_MEETING, "tue", "1h", tuesday), "tue", tuesday, CHECKIN_BEFORE);
	went = remind(rig, KIND_FOLLOW_UP, "tue", "2h after", tuesday);
	ask(rig, went, "tue", tuesday + 1, CHECKIN_AFTER);
	assert_int_equal(checkins_answer(rig->db, went, MEANING_WELL, tuesday + 2), 0);
	/* Reminded of, and since then taken out of the configuration. */
	(void)remind(rig, KIND_APPOINTMENT, "gone", "1d", tuesday);
	late = remind(rig, KIND_FOLLOW_UP, "gone", "2h after", tuesday);
	ask(rig, late, "gone", tuesday + 2, CHECKIN_AFTER);
	assert_int_equal(checkins_answer(rig->db, late, MEANING_WATCH, tuesday + 3), 0);
	ask(rig, remind(rig, KIND_FOLLOW_UP, "walk", "3h after", tuesday), "walk", tuesday + 3,
	    CHECKIN_AFTER);

	kept = json_object_get(show(rig, "r-1042"), "kept");
	one = json_object_get(kept, "weeks");
	expect_kept(one, "checkins", 2, 1, "after_nudge", 1);
	expect_kept(one, "meetings", 1, 1, "done", 1);
	expect_kept(one, "appointments", 1, 1, "done", 0);
	expect_kept(one, "reminders", 1, 0, "done", 0);
	expect_kept(json_object_get(kept, "stay"), "checkins", 3, 2, "after_nudge", 1);

	kept = json_object_get(kept, "afterwards");
	assert_int_equal(json_array_size(kept), 3);
	assert_true(json_is_null(json_object_get(json_array_get(kept, 0), "done")));
	assert_true(json_is_false(json_object_get(json_array_get(kept, 1), "done")));
	one = json_array_get(kept, 2);
	assert_true(json_is_true(json_object_get(one, "done")));
	assert_string_equal(json_text(one, "reminder"), "tue");
}

/* The handles of a list, in its order: "r-1042 r-1057 ". */
static const char *list(struct rig *rig, const char *query)
{
	static char handles[200];
	size_t used = 0;

	handles[0] = '\0';
	assert_int_equal(rig_ask(rig, get_clients, NULL, query, NULL), 200);
	for (size_t i = 0; i < json_array_size(rig->reply.json); i++) {
		used += (size_t)snprintf(handles + used, sizeof(handles) - used, "%s ",
					 json_text(json_array_get(rig->reply.json, i), "id"));
	}
	return handles;
}

/* Jordan has a sponsor, Lee a circle every week, Ana nothing. */
TEST(test_alone)
{
	assert_string_equal(list(*state, "alone=1"), "r-1057 ");
	assert_string_equal(list(*state, "alone=0"), "r-1042 r-1057 r-1061 ");
	/* While she is paused it is known why. */
	clock_init_told(&((struct rig *)*state)->clock, rig_moment("2026-12-23T12:00:00-06:00"), 0);
	assert_string_equal(list(*state, "alone=1"), "r-1057 ");
}

TEST(test_so_so)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);

	assert_string_equal(list(rig, "soso=2w"), "");
	ask(rig, 901, "checkin", now - 8 * HF_DAY, CHECKIN_ALONE);
	assert_int_equal(checkins_answer(rig->db, 901, MEANING_WATCH, now - 8 * HF_DAY), 0);
	ask(rig, 902, "checkin", now - HF_DAY, CHECKIN_ALONE);
	assert_int_equal(checkins_answer(rig->db, 902, MEANING_WELL, now - HF_DAY), 0);
	/* A meeting that she did not get to is none of these. */
	ask(rig, 903, "tue", now - HF_DAY, CHECKIN_AFTER);
	assert_int_equal(checkins_answer(rig->db, 903, MEANING_WATCH, now - HF_DAY), 0);
	assert_string_equal(list(rig, "soso=2w"), "");
	assert_int_equal(checkins_answer(rig->db, 902, MEANING_NEED, now - HF_DAY), 0);
	assert_string_equal(list(rig, "soso=2w"), "r-1042 ");
	assert_string_equal(list(rig, "soso=1w"), "");
	/* Everything that is asked for must be so. */
	assert_string_equal(list(rig, "soso=2w&alone=1"), "");
}

TEST(test_lost)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	struct wire_inbound inbound = { .gateway_id = "1",
					.from = "+13125550142",
					.to = "+13125550100",
					.text = "hello",
					.parts_of = "",
					.parts = 1 };
	int64_t id;

	/* Never asked, she is not lost. */
	assert_string_equal(list(rig, "lost=3w"), "");
	ask(rig, 901, "checkin", now - 25 * HF_DAY, CHECKIN_ALONE);
	assert_string_equal(list(rig, "lost=3w"), "r-1042 ");
	assert_string_equal(list(rig, "lost=31d"), ""); /* she came home 30 days ago */
	/* A loved one is not her, any text of hers is. */
	assert_int_equal(inbox_add(rig->db, "primary", &inbound, now - HF_DAY, &id), 0);
	assert_int_equal(inbox_mark(rig->db, id, "r-1042", INBOX_LOVED_ONE), 0);
	assert_string_equal(list(rig, "lost=3w"), "r-1042 ");
	assert_int_equal(inbox_mark(rig->db, id, "r-1042", INBOX_WRITTEN), 0);
	assert_string_equal(list(rig, "lost=3w"), "");
	assert_string_equal(list(rig, "lost=12h"), "r-1042 ");
}

TEST(test_by_last_answer)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	const json_t *first;

	ask(rig, 901, "checkin", now - 3 * HF_DAY, CHECKIN_ALONE);
	assert_int_equal(checkins_answer(rig->db, 901, MEANING_WELL, now - 3 * HF_DAY), 0);
	assert_string_equal(list(rig, "sort=answer"), "r-1057 r-1061 r-1042 ");
	assert_null(json_text(json_array_get(rig->reply.json, 0), "answered"));
	assert_string_equal(json_text(json_array_get(rig->reply.json, 2), "answered"),
			    "2026-11-20T12:00:00-06:00");
	assert_string_equal(list(rig, "sort=answer&limit=2"), "r-1057 r-1061 ");
	assert_string_equal(list(rig, "sort=answer&limit=2&after=r-1061"), "r-1042 ");

	assert_int_equal(rig_ask(rig, get_clients, NULL, "sort=name", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "lost=soon", NULL), 400);
	assert_int_equal(rig_ask(rig, get_clients, NULL, "soso=0d", NULL), 400);
	assert_string_equal(list(rig, NULL), "r-1042 r-1057 r-1061 ");
	first = json_array_get(rig->reply.json, 0);
	assert_int_equal(json_int(first, "others", -1), 1);
}

/* Whom she allowed staff to call stands in her page, by name and number only where they are asked for. */
TEST(test_others)
{
	struct rig *rig = *state;
	const json_t *other;

	other = json_array_get(json_object_get(show(rig, "r-1042"), "others"), 0);
	assert_non_null(other);
	assert_null(json_text(other, "name"));
	assert_int_equal(rig_ask(rig, get_client, "r-1042", "names=1", NULL), 200);
	other = json_array_get(json_object_get(rig->reply.json, "others"), 0);
	assert_string_equal(json_text(other, "name"), "Rosa");
	assert_string_equal(json_text(other, "phone"), "+13125550176");
}

/* A talk that is over, and a number that is no longer hers. */
TEST(test_no_longer_open)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	struct situation situation = { .suspended = now, .talking = now };
	const json_t *object;

	(void)strcpy(situation.phone, "+13125550000");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
	object = show(rig, "r-1042");
	assert_null(json_text(object, "conversation"));
	assert_null(json_text(object, "suspended"));
}

TEST(test_ledger)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	hf_time now = clock_now(&rig->clock);
	const json_t *entry;

	assert_int_equal(people_consent(rig->db, "r-1042", "+13125550142", CONSENT_WITHDRAWN, now,
					"reply", "r-1042", now),
			 0);
	assert_int_equal(rig_ask(rig, get_consent, "r-1042", NULL, NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	entry = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(entry, "consent"), "given");
	assert_string_equal(json_text(entry, "source"), "config");
	assert_string_equal(json_text(entry, "by"), "mreyes");
	assert_string_equal(json_text(entry, "at"), "2026-10-24T00:00:00-05:00");
	entry = json_array_get(rig->reply.json, 1);
	assert_string_equal(json_text(entry, "consent"), "withdrawn");
	assert_string_equal(json_text(entry, "recorded"), "2026-11-23T12:00:00-06:00");
	answer = rig_answer(rig);
	assert_null(strstr(answer, "+1312"));
	assert_int_equal(rig_ask(rig, get_consent, "nobody", NULL, NULL), 404);
}

TEST(test_numbers)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct situation situation = { .suspended = clock_now(&rig->clock) };
	const json_t *number;
	struct audit_entry act;

	assert_int_equal(numbers_note(rig->db, "r-1042", "+13125550199", clock_now(&rig->clock)),
			 0);
	(void)strcpy(situation.phone, "+13125550199");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
	assert_int_equal(rig_ask(rig, get_number, "r-1042", NULL, NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	number = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(number, "number"), "+13125550199");
	assert_null(json_text(number, "until"));
	assert_string_equal(json_text(number, "suspended"), "2026-11-23T12:00:00-06:00");
	number = json_array_get(rig->reply.json, 1);
	assert_string_equal(json_text(number, "number"), "+13125550142");
	assert_non_null(json_text(number, "until"));
	assert_null(json_text(number, "suspended"));

	assert_int_equal(audit_list(rig->db, "r-1042", AUDIT_READ, 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &act);
	assert_string_equal(act.detail, "numbers");
	assert_int_equal(rig_ask(rig, get_number, "nobody", NULL, NULL), 404);
}
