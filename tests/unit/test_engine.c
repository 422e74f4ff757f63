/* The example clinic at work: planned, permitted, carried; reloaded, restarted. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/engine.h"

#define CARRIED_MAX 256
#define STEPS_MAX   2000

struct carried {
	char key[40], to[20], body[400];
	int64_t id;
	int attempt;
	hf_time at;
	bool answered;
};

static struct db *db;
static struct engine *engine;
static struct carried carried[CARRIED_MAX];
static int count;
static hf_time now;

static struct model *load(void)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	return model;
}

static hf_time instant(const char *text)
{
	hf_time at = 0;

	assert_int_equal(civil_parse_rfc3339(text, &at), 0);
	return at;
}

static int carry(void *userdata, const char *gateway, const struct wire_text *texts, size_t n)
{
	(void)userdata;
	assert_string_equal(gateway, "primary");
	for (size_t i = 0; i < n; i++) {
		struct carried *one = &carried[count++];

		assert_true(count < CARRIED_MAX);
		*one = (struct carried){ .id = texts[i].id,
					 .attempt = texts[i].attempt,
					 .at = now };
		(void)snprintf(one->key, sizeof(one->key), "%s", texts[i].key);
		(void)snprintf(one->to, sizeof(one->to), "%s", texts[i].to);
		(void)snprintf(one->body, sizeof(one->body), "%s", texts[i].body);
	}
	return 0;
}

static void say(const struct wire_outcome *outcomes, size_t n, unsigned credit)
{
	assert_int_equal(
		dispatch_outcomes(engine_dispatch(engine), "primary", outcomes, n, credit, now), 0);
}

static void connect(void)
{
	struct wire_hello hello = { .gateway = "primary", .idempotent = true };

	assert_int_equal(dispatch_courier_hello(engine_dispatch(engine), &hello, now), 0);
	say(NULL, 0, 10);
}

/* Accepts whatever is carried, until nothing more is to be done now. */
static void turn(void)
{
	bool again = true;

	while (again) {
		again = false;
		assert_int_equal(engine_run(engine, now), 0);
		for (int i = 0; i < count; i++) {
			if (!carried[i].answered) {
				say(&(struct wire_outcome){ .id = carried[i].id,
							    .attempt = carried[i].attempt,
							    .key = carried[i].key,
							    .class = OUTCOME_ACCEPTED,
							    .gateway_id = "",
							    .reason = "" },
				    1, 1);
				carried[i].answered = again = true;
			}
		}
	}
}

static void play(hf_time until)
{
	for (int step = 0; step < STEPS_MAX; step++) {
		hf_time next;

		turn();
		assert_int_equal(engine_next(engine, now, &next), 0);
		assert_true(next > now);
		if (next >= until) {
			now = until;
			return;
		}
		now = next;
	}
	fail_msg("the clock does not get on");
}

static int number(const char *to, const char *text)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		n += strcmp(carried[i].to, to) == 0 && strstr(carried[i].body, text);
	}
	return n;
}

static int set_up(void **state)
{
	(void)state;
	count = 0;
	now = instant("2026-11-23T00:00:00-06:00");
	if (store_open_memory(&db) != 0 || engine_new(db, load(), carry, NULL, now, &engine) != 0) {
		return -1;
	}
	connect();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	engine = engine_free(engine);
	db = db_close(db);
	zone_close();
	return 0;
}

FIXTURE(set_up, tear_down);

TEST(test_a_week)
{
	engine_only_plan(engine);
	play(instant("2026-11-30T00:00:00-06:00"));
	/* Before anything else each of the three is told who this is. */
	assert_int_equal(number("+13125550142", "you agreed to get texts"), 1);
	assert_int_equal(number("+16025550161", "you agreed to get texts"), 1);
	for (int i = 0; i < 3; i++) {
		assert_true(carried[i].at == instant("2026-11-23T09:00:00-06:00") ||
			    carried[i].at == instant("2026-11-23T09:00:00-07:00"));
	}
	assert_int_equal(number("+13125550142", "your Tuesday group"), 1);
	assert_int_equal(number("+13125550142", "how are things today"), 2);
	assert_int_equal(number("+16025550161", "Thursday circle"), 1);
	/* Nothing outside the hours of anybody's day, and nothing from the past. */
	for (int i = 0; i < count; i++) {
		hf_time of_day = (carried[i].at - now) % HF_DAY + HF_DAY;

		assert_true(of_day >= 9 * HF_HOUR && of_day < 21 * HF_HOUR);
	}
}

TEST(test_a_restart_repeats_nothing)
{
	int before;

	play(instant("2026-11-26T12:00:00-06:00"));
	before = count;
	engine = engine_free(engine);
	assert_int_equal(engine_new(db, load(), carry, NULL, now, &engine), 0);
	connect();
	turn();
	assert_int_equal(count, before);
}

TEST(test_a_client_is_gone)
{
	struct outbox_message row = { .client = "r-1061",
				      .kind = KIND_NOTE,
				      .reminder = "x",
				      .due = now,
				      .expires = HF_NEVER,
				      .priority = OUTBOX_AUTOMATIC,
				      .text = "Hello" };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct model *model;
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, now, &id), 0);
	turn();
	model = load();
	assert_string_equal(model->clients[2].id, "r-1061");
	model->client_count = 2;
	assert_int_equal(engine_reload(engine, model, now), 0);
	assert_ptr_equal(engine_model(engine), model);
	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.state, OUTBOX_CANCELLED);
	assert_string_equal(row.reason, "no longer enrolled");
	db_rows_done(&rows);

	play(instant("2026-11-30T00:00:00-06:00"));
	assert_int_equal(number("+16025550161", ""), 0);
	assert_int_equal(number("+13125550142", "your Tuesday group"), 1);
}

TEST(test_a_stop_outlasts_a_reload)
{
	int before;

	play(instant("2026-11-24T12:00:00-06:00"));
	assert_int_equal(
		people_consent(db, "r-1042", "", CONSENT_WITHDRAWN, now, "reply", "x", now), 0);
	before = number("+13125550142", "");
	assert_int_equal(engine_reload(engine, load(), now), 0);
	play(instant("2026-11-30T00:00:00-06:00"));
	assert_int_equal(number("+13125550142", ""), before);
	assert_true(number("+13125550157", "") > 1);
}

TEST(test_consent_comes_by_a_reload)
{
	struct model *model = load();
	struct person person;

	model->clients[1].consent.how = NULL;
	engine = engine_free(engine);
	db = db_close(db);
	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(engine_new(db, model, carry, NULL, now, &engine), 0);
	connect();
	play(instant("2026-11-24T12:00:00-06:00"));
	assert_int_equal(number("+13125550157", ""), 0);

	/* A date that is still to come is no consent yet. */
	model = load();
	model->clients[1].consent.at = (struct civil){ .year = 2026, .month = 11, .day = 25 };
	assert_int_equal(engine_reload(engine, model, now), 0);
	assert_int_equal(people_get(db, "r-1057", &person), 0);
	assert_int_equal(person.consent, CONSENT_NONE);

	assert_int_equal(engine_reload(engine, load(), now), 0);
	assert_int_equal(people_get(db, "r-1057", &person), 0);
	assert_int_equal(person.consent, CONSENT_GIVEN);
	turn();
	assert_int_equal(number("+13125550157", ""), 1);
}

TEST(test_a_failure_frees_the_snapshot)
{
	struct db *closed = NULL;
	struct engine *none = NULL;

	assert_int_equal(store_open_memory(&closed), 0);
	assert_int_equal(db_run(closed, "DROP TABLE consent", ""), 0);
	assert_true(engine_new(closed, load(), carry, NULL, now, &none) < 0);
	assert_null(none);
	assert_int_equal(db_run(db,
				"CREATE TRIGGER broken BEFORE INSERT ON consent"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_true(engine_reload(engine, load(), now) < 0);
	assert_non_null(engine_model(engine));
	assert_int_equal(engine_run(engine, now), 0);
	db_close(closed);
}
