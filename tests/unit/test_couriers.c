/* Couriers on a real socket: who is let in, who is not, and what their packets lead to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "test.h"
#include "db_faults.h"
#include "fast_timers.h"
#include "store/outbox.h"
#include "store/store.h"
#include "engine/couriers.h"

#define TURNS 400 /* one source each; both ends are in this process, so nothing is waited for */

/* The courier's end. */
struct end {
	struct wire *wire;
	bool closed;
	int texts, stored, refused, beats;
	bool well;
	struct wire_alarm alarm; /* the first of the last ones */
	char alarm_to[32];
	struct wire_outcome last;
	char key[WIRE_KEY_MAX + 1];
};

static struct {
	char dir[32], path[64];
	struct loop *loop;
	struct clock clock;
	struct db *db;
	struct engine *engine;
	struct couriers *couriers;
	int fd, changes;
} rig;

static void on_change(void *userdata)
{
	(void)userdata;
	rig.changes++;
	assert_int_equal(engine_run(rig.engine, clock_now(&rig.clock)), 0);
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	struct end *end = userdata;

	end->texts += (int)count;
	(void)snprintf(end->key, sizeof(end->key), "%s", texts[0].key);
	end->last = (struct wire_outcome){ .id = texts[0].id,
					   .attempt = texts[0].attempt,
					   .key = end->key,
					   .class = OUTCOME_ACCEPTED,
					   .gateway_id = "SM1",
					   .reason = "" };
}

static void on_closed(void *userdata, const char *why)
{
	(void)why;
	((struct end *)userdata)->closed = true;
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	struct end *end = userdata;

	for (size_t i = 0; i < count; i++) {
		end->stored += stored[i].stored;
		end->refused += !stored[i].stored;
	}
}

static void on_beat(void *userdata, const struct wire_beat *beat)
{
	struct end *end = userdata;

	end->beats++;
	end->well = beat->well;
}

static void on_alarms(void *userdata, const struct wire_alarm *alarms, size_t count)
{
	struct end *end = userdata;

	assert_true(count > 0);
	end->alarm = alarms[0];
	(void)snprintf(end->alarm_to, sizeof(end->alarm_to), "%s", alarms[0].to);
	assert_non_null(strstr(alarms[0].body, "the text service is not well"));
}

static const struct wire_handlers handlers = { .on_texts = on_texts,
					       .on_stored = on_stored,
					       .on_beat = on_beat,
					       .on_alarms = on_alarms,
					       .on_closed = on_closed };

static void open_end(struct end *end)
{
	*end = (struct end){ 0 };
	assert_int_equal(wire_connect(rig.loop, rig.path, &handlers, end, &end->wire), 0);
}

static void greet(struct end *end, const char *gateway, unsigned credit)
{
	struct wire_hello hello = { .gateway = gateway, .idempotent = true, .rate = 1 };

	assert_int_equal(wire_send_hello(end->wire, &hello), 0);
	assert_int_equal(wire_send_outcomes(end->wire, NULL, 0, credit), 0);
}

static void close_end(struct end *end)
{
	end->wire = wire_free(end->wire);
}

static void settle_down(void)
{
	for (int i = 0; i < TURNS; i++) {
		assert_true(loop_turn(rig.loop, 0) >= 0);
	}
}

static struct dispatch_gateway gateway(void)
{
	struct dispatch_gateway gateways[4];

	assert_int_equal(dispatch_gateways(engine_dispatch(rig.engine), gateways, 4), 1);
	return gateways[0];
}

static int64_t add(void)
{
	static hf_time last;
	struct outbox_message row = { .client = "r-1042",
				      .kind = KIND_ONE_OFF,
				      .reminder = "send",
				      .occurrence = ++last,
				      .due = clock_now(&rig.clock),
				      .expires = HF_NEVER,
				      .priority = OUTBOX_URGENT,
				      .text = "Hello" };
	int64_t id = 0;

	assert_int_equal(outbox_add(rig.db, &row, row.due, &id), 0);
	return id;
}

static enum outbox_state state_of(int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig.db, id, &rows), 0);
	outbox_read(&rows, &row);
	return row.state;
}

static int set_up(void **state)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	hf_time from = 0;

	(void)state;
	memset(&rig, 0, sizeof(rig));
	(void)snprintf(rig.dir, sizeof(rig.dir), "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(rig.dir));
	(void)snprintf(rig.path, sizeof(rig.path), "%s/wire.sock", rig.dir);
	/* At night nothing but what the tests add is sent. */
	assert_int_equal(civil_parse_rfc3339("2026-11-23T02:00:00-06:00", &from), 0);
	clock_init_told(&rig.clock, from, 0);
	assert_int_equal(loop_new(&rig.loop), 0);
	assert_int_equal(wire_listen(rig.path, &rig.fd), 0);
	assert_int_equal(couriers_new(rig.loop, rig.fd, &rig.clock, on_change, NULL, &rig.couriers),
			 0);
	assert_int_equal(store_open_memory(&rig.db), 0);
	assert_int_equal(model_load("config", &faults, &model), 0);
	assert_int_equal(
		engine_new(rig.db, model, couriers_hand_over, rig.couriers, from, &rig.engine), 0);
	assert_int_equal(couriers_serve(rig.couriers, rig.engine), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)couriers_free(rig.couriers);
	(void)engine_free(rig.engine);
	(void)db_close(rig.db);
	(void)close(rig.fd);
	(void)loop_free(rig.loop);
	(void)unlink(rig.path);
	zone_close();
	return rmdir(rig.dir);
}

FIXTURE(set_up, tear_down);

TEST(test_a_text_goes_and_is_accepted)
{
	int64_t id = add();
	struct end end;

	open_end(&end);
	greet(&end, "primary", 3);
	settle_down();
	assert_true(gateway().connected);
	assert_int_equal(end.texts, 1);
	assert_int_equal(end.last.id, id);
	assert_int_equal(state_of(id), OUTBOX_CLAIMED);
	assert_int_equal(gateway().in_flight, 1);
	assert_int_equal(gateway().credit, 2);

	assert_int_equal(wire_send_outcomes(end.wire, &end.last, 1, 1), 0);
	settle_down();
	assert_int_equal(state_of(id), OUTBOX_ACCEPTED);
	assert_int_equal(gateway().credit, 3);
	close_end(&end);
}

TEST(test_packets_share_a_commit)
{
	struct end end;

	open_end(&end);
	greet(&end, "primary", 1);
	settle_down();
	rig.changes = 0;
	for (int i = 0; i < 8; i++) {
		assert_int_equal(wire_send_outcomes(end.wire, NULL, 0, 1), 0);
	}
	settle_down();
	assert_int_equal(gateway().credit, 9);
	assert_true(rig.changes >= 1 && rig.changes < 8);
	close_end(&end);
}

TEST(test_one_courier_a_gateway)
{
	struct end first, second;

	open_end(&first);
	greet(&first, "primary", 1);
	settle_down();
	open_end(&second);
	greet(&second, "primary", 1);
	settle_down();
	assert_true(second.closed);
	assert_false(first.closed);
	assert_int_equal(gateway().credit, 1);
	close_end(&second);

	/* The first one dies and is replaced in the same breath. */
	close_end(&first);
	open_end(&second);
	greet(&second, "primary", 7);
	settle_down();
	assert_false(second.closed);
	assert_true(gateway().connected);
	assert_int_equal(gateway().credit, 7);
	close_end(&second);
	settle_down();
	assert_false(gateway().connected);
}

TEST(test_who_is_turned_away)
{
	struct end stranger, silent;

	open_end(&stranger);
	greet(&stranger, "other", 1);
	open_end(&silent);
	assert_int_equal(wire_send_outcomes(silent.wire, NULL, 0, 5), 0);
	settle_down();
	assert_true(stranger.closed);
	assert_true(silent.closed);
	assert_false(gateway().connected);
	close_end(&stranger);
	close_end(&silent);

	/* One that is known stays who it is. */
	open_end(&stranger);
	greet(&stranger, "primary", 1);
	greet(&stranger, "other", 1);
	settle_down();
	assert_true(stranger.closed);
	assert_false(gateway().connected);
	close_end(&stranger);
}

/* It has read its gateway's file again: what is under way stays under way. */
TEST(test_a_second_hello)
{
	struct wire_hello hello = { .gateway = "primary", .idempotent = true, .rate = 5 };
	int64_t id = add();
	struct end end;

	open_end(&end);
	greet(&end, "primary", 3);
	settle_down();
	assert_int_equal(end.texts, 1);

	assert_int_equal(wire_send_hello(end.wire, &hello), 0);
	settle_down();
	assert_false(end.closed);
	assert_true(gateway().connected);
	assert_int_equal(gateway().credit, 2);
	assert_int_equal(gateway().in_flight, 1);
	assert_int_equal(state_of(id), OUTBOX_CLAIMED);

	assert_int_equal(wire_send_outcomes(end.wire, &end.last, 1, 1), 0);
	settle_down();
	assert_int_equal(state_of(id), OUTBOX_ACCEPTED);
	assert_int_equal(gateway().in_flight, 0);
	assert_int_equal(gateway().credit, 3);
	assert_int_equal(end.texts, 1);
	close_end(&end);
}

TEST(test_a_courier_that_dies)
{
	int64_t id = add();
	struct end end;

	open_end(&end);
	greet(&end, "primary", 3);
	settle_down();
	assert_int_equal(end.texts, 1);
	close_end(&end);
	settle_down();
	assert_int_equal(state_of(id), OUTBOX_UNKNOWN);

	/* The sandbox knows the key, so it is asked again. */
	open_end(&end);
	greet(&end, "primary", 3);
	settle_down();
	assert_int_equal(end.texts, 1);
	assert_int_equal(end.last.id, id);
	assert_int_equal(end.last.attempt, 2);
	close_end(&end);
}

/* More than there are places for: who has waited longest for its hello goes, and nobody else. */
TEST(test_a_crowd)
{
	static struct end ends[80];
	struct end known, late;

	open_end(&known);
	greet(&known, "primary", 2);
	settle_down();
	for (size_t i = 0; i < COUNT(ends); i++) {
		open_end(&ends[i]);
		settle_down();
	}
	assert_false(known.closed);
	for (size_t i = 0; i < COUNT(ends); i++) {
		assert_int_equal(ends[i].closed, i < COUNT(ends) - 63);
	}

	close_end(&known);
	settle_down();
	open_end(&late);
	greet(&late, "primary", 2);
	settle_down();
	assert_false(late.closed);
	assert_true(gateway().connected);
	for (size_t i = 0; i < COUNT(ends); i++) {
		close_end(&ends[i]);
	}
	close_end(&late);
}

static void turn_until_beats(struct end *end, int count)
{
	hf_time until = clock_monotonic() + 5 * HF_SECOND;

	while (end->beats < count && clock_monotonic() < until) {
		assert_true(loop_turn(rig.loop, HF_SECOND) >= 0);
	}
	assert_true(end->beats >= count);
}

/* At its hello and each minute, by a clock that is no game; those that do not know of it get none. */
TEST(test_a_sign_of_life)
{
	const struct wire_hello watches = {
		.gateway = "primary", .idempotent = true, .rate = 1, .watches = true
	};
	struct end end;
	hf_time now;

	rig.clock.told = false;
	now = clock_now(&rig.clock);
	assert_int_equal(engine_run(rig.engine, now), 0);
	fast_timers.on = true;
	fast_timers.part = 1000;
	open_end(&end);
	assert_int_equal(wire_send_hello(end.wire, &watches), 0);
	turn_until_beats(&end, 1);
	assert_true(end.well);
	assert_true(end.alarm.until > now && end.alarm.from < now + HF_DAY);
	assert_memory_equal(end.alarm_to, "+1", 2);

	/* Nothing that is written stays written: the planner stands where it was. */
	assert_int_equal(store_set_cursor(rig.db, now - HF_HOUR), 0);
	turn_until_beats(&end, end.beats + 2);
	assert_false(end.well);
	assert_int_equal(store_set_cursor(rig.db, clock_now(&rig.clock)), 0);
	turn_until_beats(&end, end.beats + 2);
	assert_true(end.well);
	close_end(&end);
	settle_down();

	open_end(&end);
	greet(&end, "primary", 1);
	settle_down();
	assert_int_equal(end.beats, 0);
	assert_false(end.closed);
	close_end(&end);
	fast_timers.on = false;
	fast_timers.part = 0;
}

/* A hello within two seconds; afterwards it may be as silent as it likes. */
TEST(test_a_hello_that_does_not_come)
{
	struct end known, silent;
	hf_time until;

	fast_timers.on = true;
	fast_timers.count = 0;
	open_end(&known);
	open_end(&silent);
	greet(&known, "primary", 2);
	until = clock_monotonic() + 5 * HF_SECOND;
	while (!silent.closed && clock_monotonic() < until) {
		assert_true(loop_turn(rig.loop, HF_SECOND) >= 0);
	}
	fast_timers.on = false;
	assert_true(silent.closed);
	assert_false(known.closed);
	assert_true(gateway().connected);
	assert_in_range(fast_timers.waits[0], HF_SECOND, 2 * HF_SECOND);
	close_end(&known);
	close_end(&silent);
}

static const struct wire_inbound reply = { .seq = 1,
					   .gateway_id = "SM9",
					   .from = "+13125550142",
					   .to = "+13125550100",
					   .text = "STOP",
					   .parts_of = "" };
static const struct wire_receipt receipt = {
	.seq = 2, .gateway_id = "SM8", .key = "", .state = RECEIPT_SENT, .reason = ""
};

static int64_t count_rows(void)
{
	int64_t count = -1;

	assert_int_equal(db_one_int(rig.db, -1, &count,
				    "SELECT (SELECT count(*) FROM inbox)"
				    " + (SELECT count(*) FROM receipts)",
				    ""),
			 0);
	return count;
}

/* A reply and a receipt are taken of whom we know, stored, and the answer says so. */
TEST(test_what_comes_back)
{
	struct end end;

	open_end(&end);
	assert_int_equal(wire_send_inbound(end.wire, &reply, 1), 0);
	settle_down();
	assert_true(end.closed);
	close_end(&end);
	open_end(&end);
	assert_int_equal(wire_send_receipts(end.wire, &receipt, 1), 0);
	settle_down();
	assert_true(end.closed);
	assert_int_equal(end.stored, 0);
	close_end(&end);
	assert_int_equal(count_rows(), 0);

	open_end(&end);
	greet(&end, "primary", 0);
	settle_down();
	assert_int_equal(wire_send_inbound(end.wire, &reply, 1), 0);
	assert_int_equal(wire_send_receipts(end.wire, &receipt, 1), 0);
	settle_down();
	assert_false(end.closed);
	assert_int_equal(end.stored, 2);
	assert_int_equal(end.refused, 0);
	assert_int_equal(count_rows(), 2);
	close_end(&end);
}

/* What could not be committed is refused, so that the gateway brings it again; then it is stored. */
TEST(test_a_reply_that_cannot_be_stored)
{
	struct end end;

	open_end(&end);
	greet(&end, "primary", 0);
	settle_down();
	for (unsigned nth = 1; nth <= 2; nth++) {
		db_fail(DB_FAULT_TRANSACTION, nth);
		assert_int_equal(wire_send_inbound(end.wire, &reply, 1), 0);
		settle_down();
		assert_non_null(db_failed());
		assert_int_equal(end.refused, (int)nth);
		assert_int_equal(end.stored, 0);
		assert_int_equal(count_rows(), 0);
	}
	assert_int_equal(wire_send_inbound(end.wire, &reply, 1), 0);
	settle_down();
	assert_int_equal(end.stored, 1);
	assert_int_equal(count_rows(), 1);
	close_end(&end);
}

/* No descriptor is left: the connection waits, the loop does not spin, and a second later it is let
 * in. */
TEST(test_no_descriptors_left)
{
	struct rlimit limit, none;
	struct end end;
	int spare;

	open_end(&end);
	greet(&end, "primary", 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	spare = dup(STDIN_FILENO);
	assert_true(spare >= 0);
	(void)close(spare);
	none = limit;
	none.rlim_cur = (rlim_t)spare;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	settle_down();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	settle_down();
	assert_false(gateway().connected);

	for (int i = 0; i < 20 && !gateway().connected; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 5) >= 0);
	}
	settle_down();
	assert_true(gateway().connected);
	assert_false(end.closed);
	close_end(&end);
}
