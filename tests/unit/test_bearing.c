/* How it goes with a client, in a few fields. */
#include "test.h"
#include "staff_rig.h"

#include "store/cases.h"
#include "store/checkins.h"
#include "store/situation.h"
#include "staff/bearing.h"

static struct json *bearing(struct rig *rig)
{
	struct json *object = json_new_object();

	assert_non_null(object);
	assert_int_equal(bearing_put(object, &rig->host,
				     model_client(service_model(rig->service), "r-1042")),
			 0);
	return object;
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_nothing)
{
	_cleanup_(json_freep) struct json *object = bearing(*state);

	assert_non_null(json_get(object, "checkin"));
	assert_null(json_text(json_get(object, "checkin"), "asked"));
	assert_int_equal(json_count(json_get(object, "cases")), 0);
	assert_null(json_text(object, "setback"));
	assert_null(json_text(object, "conversation"));
	assert_null(json_text(object, "suspended"));
}

TEST(test_all)
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
	_cleanup_(json_freep) struct json *object = NULL;
	const struct json *last;
	int64_t id;

	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	assert_int_equal(checkins_answer(rig->db, 1, MEANING_NEED, now), 0);
	assert_int_equal(cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, now, &id, NULL), 0);
	(void)strcpy(situation.phone, "+13125550142");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);

	object = bearing(rig);
	last = json_get(object, "checkin");
	assert_string_equal(json_text(last, "state"), "answered");
	assert_string_equal(json_text(last, "answer"), "need");
	last = json_at(json_get(object, "cases"), 0);
	assert_int_equal(json_int(last, "case", 0), id);
	assert_string_equal(json_text(last, "urgency"), "urgent");
	assert_non_null(json_text(object, "setback"));
	assert_non_null(json_text(object, "conversation"));
	assert_non_null(json_text(object, "suspended"));
}

/* A talk that is over, and a number that is no longer hers. */
TEST(test_over)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	struct situation situation = { .suspended = now, .talking = now };
	_cleanup_(json_freep) struct json *object = NULL;

	(void)strcpy(situation.phone, "+13125550000");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
	object = bearing(rig);
	assert_null(json_text(object, "conversation"));
	assert_null(json_text(object, "suspended"));
}
