/*
 * The pretend gateway keeps the ground truth: a text that it was handed is on
 * the phone even where its answer gets lost, and a key that it has seen makes no
 * second text where it promises that.
 */
#include "world.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "store/suppression.h"
#include "store/witness.h"
#include "places.h"
#include "storage.h"
#include "engine/configuration.h"

#define CREDIT     8                /* few, so that what waits for credit is tried too */
#define FULL_FOR   (30 * HF_SECOND) /* holdfastd asks again then, see holdfastd/runtime.c */
#define STEPS_MOST 10000            /* at one instant; more means that it goes round in circles */

/* --- the gateway ----------------------------------------------------------- */

static const struct {
	enum outcome_class class;
	const char *reason;
	enum wire_fault fault;
} answers[] = {
	[GATEWAY_ACCEPTS] = { OUTCOME_ACCEPTED, "" },
	[GATEWAY_BUSY] = { OUTCOME_DEFERRED, "too many requests" },
	[GATEWAY_LOSES] = { OUTCOME_UNKNOWN, "no answer" },
	[GATEWAY_REFUSES] = { OUTCOME_REFUSED, "invalid number", WIRE_FAULT_NUMBER },
	[GATEWAY_REFUSES_LANDLINE] = { OUTCOME_REFUSED, "a landline", WIRE_FAULT_NUMBER },
	[GATEWAY_REFUSES_SENDER] = { OUTCOME_REFUSED, "our number is blocked" },
	[GATEWAY_REFUSES_ACCOUNT] = { OUTCOME_CONFIG, "HTTP 403" },
	[GATEWAY_REFUSES_CODE] = { OUTCOME_REFUSED,
				   "the request is refused (HTTP 400, code 21703)" },
	[GATEWAY_OPTED] = { OUTCOME_OPTED_OUT, "opted out" },
	[GATEWAY_FAILS] = { OUTCOME_UNSENT, "cannot connect" },
};

static bool goes_out(enum gateway_mood mood)
{
	return mood == GATEWAY_ACCEPTS || mood == GATEWAY_LOSES || mood == GATEWAY_HANGS;
}

static bool has_seen(const struct world *world, const char *key)
{
	for (size_t i = 0; world->idempotent && i < world->arrival_count; i++) {
		if (strcmp(world->arrivals[i].key, key) == 0) {
			return true;
		}
	}
	return false;
}

static const char *whose_phone(const struct model *model, const char *to)
{
	for (size_t i = 0; i < model->client_count; i++) {
		if (strcmp(model->clients[i].phone, to) == 0) {
			return model->clients[i].id;
		}
	}
	for (size_t i = 0; i < model->staff_count; i++) {
		if (strcmp(model->staff[i].phone, to) == 0) {
			return model->staff[i].id;
		}
	}
	return to;
}

const char *world_number(const struct world *world, const char *who)
{
	const struct model *model = engine_model(world->engine);
	const struct client *client = model_client(model, who);
	const struct staff_member *staff = model_staff(model, who);

	if (client) {
		return client->phone;
	}
	if (staff) {
		return staff->phone;
	}
	return *who == '+' ? who : NULL;
}

bool world_is_for(const struct world *world, const struct arrival *arrival, const char *who)
{
	const char *number = world_number(world, who);

	return strcmp(arrival->client, who) == 0 || (number && strcmp(arrival->to, number) == 0);
}

static int arrive(struct world *world, const struct wire_text *text)
{
	struct arrival *arrivals, arrival;

	if (has_seen(world, text->key)) {
		return 0;
	}

	arrivals = reallocarray(world->arrivals, world->arrival_count + 1, sizeof(*arrivals));
	if (!arrivals) {
		return -ENOMEM;
	}

	arrival = (struct arrival){
		.at = world->now,
		.client = strdup(whose_phone(engine_model(world->engine), text->to)),
		.to = strdup(text->to),
		.body = strdup(text->body),
		.key = strdup(text->key),
	};
	kept(arrival.client);
	kept(arrival.to);
	kept(arrival.body);
	kept(arrival.key);
	world->arrivals = arrivals;
	arrivals[world->arrival_count++] = arrival;
	return arrival.client && arrival.to && arrival.body && arrival.key ? 0 : -ENOMEM;
}

/* Its mood may be about one person. */
static enum gateway_mood mood_for(const struct world *world, const char *number)
{
	const char *only = *world->only ? world_number(world, world->only) : NULL;

	return only && strcmp(only, number) != 0 ? GATEWAY_ACCEPTS : world->mood;
}

static int prepare_answer(struct world *world, const struct wire_text *text, enum gateway_mood mood)
{
	struct wire_outcome *outcomes =
		reallocarray(world->outcomes, world->outcome_count + 1, sizeof(*outcomes));
	char *key = strdup(text->key);

	world->outcomes = outcomes ? outcomes : world->outcomes;
	if (!outcomes || !key) {
		free(key);
		return -ENOMEM;
	}

	kept(key);
	outcomes[world->outcome_count++] = (struct wire_outcome){
		.id = text->id,
		.attempt = text->attempt,
		.key = key,
		.class = answers[mood].class,
		.gateway_id = answers[mood].class == OUTCOME_ACCEPTED ? key : "",
		.fault = answers[mood].fault,
		.reason = answers[mood].reason,
		.retry_after = mood == GATEWAY_BUSY ? world->retry_after : 0,
	};
	return 0;
}

static int carry(void *userdata, const char *gateway, const struct wire_text *texts, size_t count)
{
	struct world *world = userdata;
	int r = 0;

	(void)gateway;
	if (!world->up || storage_is_dead()) {
		return -EPIPE;
	}

	for (size_t i = 0; r == 0 && i < count; i++) {
		enum gateway_mood mood = mood_for(world, texts[i].to);

		if (goes_out(mood)) {
			r = arrive(world, &texts[i]);
			r = r == 0 && world->echoes ? arrive(world, &texts[i]) : r;
		}
		if (r == 0 && mood != GATEWAY_HANGS) {
			r = prepare_answer(world, &texts[i], mood);
		}
	}
	return r;
}

static void drop_outcomes(struct world *world)
{
	for (size_t i = 0; i < world->outcome_count; i++) {
		free((char *)world->outcomes[i].key);
	}
	world->outcome_count = 0;
}

static int tell_outcomes(struct world *world)
{
	size_t count = world->outcome_count;
	int r = dispatch_outcomes(engine_dispatch(world->engine), WORLD_GATEWAY, world->outcomes,
				  count, (unsigned)count, world->now);

	drop_outcomes(world);
	return r;
}

int world_gateway_up(struct world *world)
{
	struct dispatch *dispatch = engine_dispatch(world->engine);
	struct wire_hello hello = { .gateway = WORLD_GATEWAY,
				    .idempotent = world->idempotent,
				    .rate = CREDIT };
	int r = dispatch_courier_hello(dispatch, &hello, world->now);

	if (r < 0) {
		return r;
	}

	world->up = true;
	return dispatch_outcomes(dispatch, WORLD_GATEWAY, NULL, 0, CREDIT, world->now);
}

int world_gateway_down(struct world *world)
{
	const struct engine_context ctx = engine_context_at(world->engine, world->now);

	world->up = false;
	drop_outcomes(world);
	return dispatch_courier_gone(engine_dispatch(world->engine), &ctx, WORLD_GATEWAY);
}

/* --- life ------------------------------------------------------------------- */

/* As holdfastd does it; of what is in `before` (NULL for a start) only what has changed since. */
static int load(struct world *world, const struct model *before)
{
	struct faults faults = { 0 };
	int r = configuration_read(before, world->dir, &faults, &world->model);

	for (size_t i = 0; !world->hushed && i < faults.count; i++) {
		if (faults.list[i].severity == FAULT_ERROR) {
			(void)printf("# %s:%u: %s\n", faults.list[i].file, faults.list[i].line,
				     faults.list[i].message);
		}
	}
	faults_done(&faults);
	return r;
}

int world_load(struct world *world)
{
	return load(world, NULL);
}

/* As holdfastd does it, with its companions beside it. */
int world_open_store(struct world *world)
{
	enum witness_finding finding;
	int r = world->on_disk ? store_open(world->dir, &world->db) : store_open_memory(&world->db);

	if (r == 0 && world->on_disk) {
		r = witness_open(world->dir, world->db, clock_guard_holds, world->now, &finding);
		r = r ? r : suppression_open(world->dir, world->db);
	}
	return r > 0 ? -EIO : r;
}

static void close_store(struct world *world)
{
	if (world->db && world->on_disk) {
		suppression_close(world->db);
		witness_close(world->db);
	}
	world->db = db_close(world->db);
}

int world_begin(struct world *world, hf_time now)
{
	int r;

	world->now = now;
	r = engine_new(world->db, take_ptr(world->model), carry, world, now, &world->engine);
	return r == 0 ? world_gateway_up(world) : r;
}

static void end_service(struct world *world)
{
	world->engine = engine_free(world->engine);
	drop_outcomes(world);
}

void world_end(struct world *world)
{
	end_service(world);
	world->model = model_free(world->model);
	close_store(world);
	storage_revive();
	places_forget();
	for (size_t i = 0; i < world->arrival_count; i++) {
		free(world->arrivals[i].client);
		free(world->arrivals[i].to);
		free(world->arrivals[i].body);
		free(world->arrivals[i].key);
	}
	free(world->arrivals);
	free(world->outcomes);
}

static int start_again(struct world *world)
{
	int r = engine_new(world->db, take_ptr(world->model), carry, world, world->now,
			   &world->engine);

	return r == 0 && world->up ? world_gateway_up(world) : r;
}

int world_restart(struct world *world)
{
	int r = world_load(world);

	end_service(world);
	close_store(world);
	storage_revive();
	r = r ? r : world_open_store(world);
	return r ? r : start_again(world);
}

int world_survive(struct world *world, int r)
{
	if (!storage_is_dead()) {
		return r;
	}
	world->killed++;
	return world_restart(world);
}

static int write_path(const struct world *world, const char *name, char path[PATH_MAX])
{
	int length = snprintf(path, PATH_MAX, "%s/%s", world->dir, name);

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int world_copy(struct world *world)
{
	char copy[PATH_MAX];
	int r = write_path(world, "holdfast.copy", copy);

	return r ? r : db_backup(world->db, copy);
}

int world_restore(struct world *world)
{
	char copy[PATH_MAX], path[PATH_MAX], log[PATH_MAX];
	int r = write_path(world, "holdfast.copy", copy);

	r = r ? r : write_path(world, "holdfast.db", path);
	r = r ? r : write_path(world, "holdfast.db-wal", log);
	r = r ? r : world_load(world);
	if (r != 0) {
		return r;
	}
	if (access(copy, F_OK) < 0) {
		return -errno;
	}

	end_service(world);
	close_store(world);
	storage_revive();
	(void)unlink(log);
	if (rename(copy, path) < 0) {
		return -errno;
	}
	r = world_open_store(world);
	return r ? r : start_again(world);
}

/* At each step, so it does not read again what has not changed: the restarts of a scenario do. */
int world_interrupt(struct world *world)
{
	int r;

	if (!world->interrupts || !world->engine || world->down || world->unloadable ||
	    !storage_is_well()) {
		return 0;
	}

	r = load(world, engine_model(world->engine));
	end_service(world);
	return r ? r : start_again(world);
}

int world_reload(struct world *world)
{
	int r = load(world, engine_model(world->engine));

	world->unloadable = r != 0;
	return r == 0 ? engine_reload(world->engine, take_ptr(world->model), world->now) : r;
}

/* --- time -------------------------------------------------------------------- */

static int turn(struct world *world)
{
	int r = engine_hold(world->engine)
			? engine_check_clock(world->engine,
					     &(struct clock_reading){ .now = world->now })
			: 0;

	if (r < 0) {
		return r;
	}

	do {
		r = engine_run(world->engine, world->now);
		if (r < 0 || world->outcome_count == 0) {
			return r;
		}

		r = tell_outcomes(world);
	} while (r == 0);
	return r;
}

int world_run(struct world *world, hf_time until)
{
	hf_time interrupted_at = -1;
	int steps = 0;

	if (world->down) {
		world->now = until;
		return 0;
	}

	while (true) {
		hf_time next;
		int r = turn(world);

		r = world_survive(world, r);
		if (r == -ENOSPC && storage_is_full()) {
			if (until < world->now + FULL_FOR) {
				world->now = until;
				return 0;
			}
			world->now += FULL_FOR;
			continue;
		}

		/* Once at each instant: what is found at a start is done at that same instant. */
		if (r == 0 && interrupted_at != world->now) {
			interrupted_at = world->now;
			r = world_interrupt(world);
			r = r ? r : turn(world);
		}
		if (r < 0) {
			return r;
		}

		r = engine_next(world->engine, world->now, &next);
		if (r < 0) {
			return r;
		}
		if (next > until) {
			world->now = until;
			return 0;
		}
		if (next > world->now) {
			world->now = next;
			steps = 0;
		} else if (++steps > STEPS_MOST) {
			return -ELOOP;
		}
	}
}

/* --- what becomes of time -------------------------------------------------------- */

/* As holdfastd does once a minute: this instant is on record. */
static int beat(struct world *world)
{
	return world->down ? 0 : turn(world);
}

int world_down(struct world *world)
{
	int r = beat(world);

	world->down = true;
	return r;
}

int world_up(struct world *world)
{
	struct clock_hold hold;
	int r;

	r = clock_guard_check(world->db, 0, &(struct clock_reading){ .now = world->now }, &hold);
	world->down = false;
	return r == 0 ? world_restart(world) : r;
}

int world_set_clock(struct world *world, hf_time now)
{
	int r = beat(world);

	world->now = now;
	return r == 0 && !world->down
		       ? engine_check_clock(world->engine, &(struct clock_reading){ .now = now })
		       : r;
}
