/* The list of clients and one client. */
#include "test.h"
#include "staff_rig.h"

#include "store/people.h"
#include "staff/clients.h"
#include "staff/halt.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_list)
{
	struct rig *rig = *state;
	const struct json *client;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, clients_list, NULL, NULL, NULL), 200);
		assert_int_equal(json_count(rig->reply.json), 3);
	}
	client = json_at(rig->reply.json, 0);
	assert_string_equal(json_text(client, "id"), "r-1042");
	assert_string_equal(json_text(client, "plan"), "aftercare");
	assert_int_equal(json_int(client, "day", 0), 31);
	assert_string_equal(json_text(client, "state"), "active");
	assert_string_equal(json_text(client, "consent"), "given");
	assert_string_equal(json_text(json_at(rig->reply.json, 2), "timezone"), "America/Phoenix");
}

TEST(test_names_only_when_asked)
{
	static const rig_route routes[] = { clients_list, clients_show };
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

	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=2", NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 2);
	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=2&after=r-1057", NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 1);
	assert_string_equal(json_text(json_at(rig->reply.json, 0), "id"), "r-1061");
	assert_int_equal(rig_ask(rig, clients_list, NULL, "after=r-1061", NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 0);
	/* A handle between two: whoever was last on a page may be gone meanwhile. */
	assert_int_equal(rig_ask(rig, clients_list, NULL, "after=r-1050", NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 2);

	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=0", NULL), 400);
	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=1001", NULL), 400);
	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=x", NULL), 400);
	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=", NULL), 400);
	assert_int_equal(rig_ask(rig, clients_list, NULL, "limit=99999999999999999999", NULL), 400);
}

TEST(test_one)
{
	struct rig *rig = *state;
	const struct json *next;

	assert_int_equal(rig_ask(rig, clients_show, "r-1042", NULL, NULL), 200);
	assert_string_equal(json_text(rig->reply.json, "file"), "clients/jordan.conf");
	next = json_get(rig->reply.json, "next");
	assert_true(json_count(next) > 2);
	assert_string_equal(json_text(json_at(next, 0), "reminder"), "tue");
	assert_string_equal(json_text(json_at(next, 0), "lead"), "2h");
	assert_string_equal(json_text(json_at(next, 0), "occurrence"), "2026-11-24T19:00:00-06:00");
	assert_string_equal(json_text(json_at(next, 0), "due"), "2026-11-24T17:00:00-06:00");
	assert_string_equal(json_text(json_at(json_get(rig->reply.json, "last"), 0), "kind"),
			    "welcome");

	assert_int_equal(rig_ask(rig, clients_show, "nobody", NULL, NULL), 404);
}

static const char *state_of(struct rig *rig, const char *client)
{
	assert_int_equal(rig_ask(rig, clients_show, client, NULL, NULL), 200);
	return json_text(rig->reply.json, "state");
}

TEST(test_states)
{
	struct rig *rig = *state;

	clock_init_told(&rig->clock, rig_moment("2026-12-20T12:00:00-06:00"), 0);
	assert_string_equal(state_of(rig, "r-1061"), "paused");
	assert_string_equal(state_of(rig, "r-1042"), "active");
	clock_init_told(&rig->clock, rig_moment("2026-11-15T12:00:00-06:00"), 0);
	assert_string_equal(state_of(rig, "r-1061"), "not-started");

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

	assert_int_equal(rig_ask(rig, halt_pause, "r-1042", NULL,
				 "{\"why\":\"in hospital\",\"until\":\"2026-12-01\"}"),
			 200);
	assert_string_equal(state_of(rig, "r-1042"), "paused");
	assert_string_equal(json_text(json_get(rig->reply.json, "pause"), "why"), "in hospital");
	assert_int_equal(json_count(json_get(rig->reply.json, "acts")), 1);

	assert_int_equal(rig_ask(rig, clients_list, NULL, NULL, NULL), 200);
	assert_string_equal(json_text(json_at(rig->reply.json, 0), "paused_until"), "2026-12-01");
	assert_null(json_get(json_at(rig->reply.json, 0), "pause"));
	assert_null(json_text(json_at(rig->reply.json, 1), "paused_until"));
}
