/* Acts of staff on a database that fails at each BEGIN and COMMIT in turn: all of an act and its
 * line in the audit, or neither. */
#include "test.h"
#include "db_faults.h"
#include "staff_rig.h"

#include "store/cases.h"
#include "store/inbox.h"
#include "store/pauses.h"
#include "staff/routes.h"

static const struct act {
	route_answer *route;
	const char *id, *query, *body;
} acts[] = {
	{ post_pause, "r-1042", NULL, "{\"why\":\"asked\",\"until\":\"2026-12-01\"}" },
	{ post_resume, "r-1057", NULL, "{\"why\":\"back\"}" },
	{ post_stop, "r-1042", NULL, "{\"why\":\"asked\"}" },
	{ post_setback, "r-1042", NULL, "{\"why\":\"told us\"}" },
	{ post_consent, "r-1042", NULL,
	  "{\"withdrawn\":true,\"source\":\"voicemail\",\"why\":\"heard\"}" },
	{ post_send, NULL, NULL, "{\"client\":\"r-1042\",\"text\":\"call me\",\"why\":\"asked\"}" },
	{ post_reply, "r-1042", NULL, "{\"text\":\"call me\"}" },
	{ post_case_ack, "1", NULL, "{}" },
	{ post_case_attempt, "1", NULL, "{\"attempt\":\"called\"}" },
	{ post_case_close, "1", NULL, "{\"why\":\"all is well\"}" },
	{ get_inbox, NULL, "text=1", NULL },
	{ get_story, "r-1042", "text=1", NULL },
};

static const struct act *chosen;

/* A client is paused, another has an open case and has written. */
static void *open_clinic(void)
{
	const struct wire_inbound inbound = {
		.gateway_id = "g1", .from = "+13125550142", .to = "+2", .text = "hi", .parts_of = ""
	};
	const struct staff_pause pause = { .by = "mreyes", .why = "" };
	struct rig *rig;
	void *world;
	int64_t id;

	assert_int_equal(rig_setup(&world), 0);
	rig = world;
	assert_int_equal(pauses_begin(rig->db, "r-1057", &pause), 0);
	assert_int_equal(
		cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, rig->clock.from, &id), 0);
	assert_int_equal(inbox_add(rig->db, "primary", &inbound, rig->clock.from, &id), 0);
	assert_int_equal(inbox_mark(rig->db, id, "r-1042", INBOX_WRITTEN), 0);
	return rig;
}

static void close_clinic(void *world)
{
	(void)rig_teardown(&world);
}

static int act(void *world)
{
	struct rig *rig = world;
	struct request request = { .find = rig_find_query,
				   .userdata = chosen->query,
				   .body = chosen->body,
				   .body_size = chosen->body ? strlen(chosen->body) : 0,
				   .uid = 1000 };
	int r;

	(void)snprintf(request.id, sizeof(request.id), "%s", chosen->id ? chosen->id : "");
	reply_done(&rig->reply);
	rig->reply = (struct reply){ 0 };
	r = chosen->route(&rig->host, &request, &rig->reply);
	return r < 0 ? r : rig->reply.status < 300 ? 0 : rig->reply.status;
}

TEST(test_a_database_that_fails)
{
	for (size_t i = 0; i < COUNT(acts); i++) {
		chosen = &acts[i];
		db_try_each(&(struct db_trial){ .open = open_clinic,
						.act = act,
						.close = close_clinic,
						.whole = true,
						.reads = true },
			    2);
	}
}
