/*
 * Keeping the service in time.
 *
 * Promises: one timer, armed at what comes next, and at the latest in a minute,
 * when the instant on record is renewed; nothing polls.  A reload with
 * faults changes nothing.  A full disk is reported once and asked again later.
 */
#include "holdfastd/runtime.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "lib/log.h"
#include "lib/zone.h"
#include "store/cases.h"
#include "engine/configuration.h"

#define RETRY_AFTER (30 * HF_SECOND) /* a full disk: until somebody makes room */
/* The instant on record, to which the clock is compared, is never older than this. */
#define BEAT HF_MINUTE
/* What stands in the write-ahead log alone is lost with it.  While there is something to do soon, that
 * comes first. */
#define CHECKPOINT_EVERY (5 * HF_MINUTE)
#define IDLE_FOR         (10 * HF_SECOND)
#define STATUS_MAX       512
#define CASES_TEXT_MAX   48
#define GATEWAYS_MAX     64

struct runtime {
	struct loop *loop;
	struct clock *clock;
	const char *config;
	const char *state_dir; /* of the copy of the last good configuration; NULL for none */
	bool uses_copy;        /* back on that copy, at the start */
	const struct rehearsal *rehearsal; /* NULL for none */
	struct engine *engine;
	struct loop_timer *timer;
	struct loop_task *task;
	struct zone_watch *zones; /* NULL where the kernel has no watch left */
	hf_time checkpointed;     /* monotonic */
	int db_error;             /* the last -errno of the database; 0 when all is well */
	hf_time reloaded;         /* 0: not since the start */
	char error
		[CONFIGURATION_ERROR_MAX]; /* the first fault of the last reload, "" when it was good */
	char status[STATUS_MAX];
};

/* --- the one timer -------------------------------------------------------- */

static void on_broken(void *userdata, int error)
{
	struct runtime *runtime = userdata;

	log_error("the database cannot be trusted any more: %s", strerror(-error));
	loop_exit(runtime->loop, EX_IOERR);
}

/* The errors after which the same connection may simply be asked again later (a rolled back
 * transaction left nothing behind); all others but a broken database's are mistakes of ours. */
static bool is_temporary(int error)
{
	return error == -ENOSPC || error == -EBUSY || error == -ENOMEM;
}

static void on_db_error(struct runtime *runtime, int error)
{
	if (db_is_broken(engine_db(runtime->engine))) {
		return; /* on_broken() has ended the loop */
	}
	if (!is_temporary(error)) {
		on_broken(runtime, error);
		return;
	}

	if (runtime->db_error != error) {
		log_error("nothing is sent: %s; trying again every %d s", strerror(-error),
			  (int)(RETRY_AFTER / HF_SECOND));
		loop_notify("STATUS=Nothing is sent: %s", strerror(-error));
		runtime->status[0] = '\0';
	}
	runtime->db_error = error;
	(void)loop_timer_set(runtime->timer, RETRY_AFTER);
}

static void describe_gateways(struct runtime *runtime, hf_time now, char *buffer, size_t room)
{
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count =
		dispatch_gateways(engine_dispatch(runtime->engine), gateways, COUNT(gateways));

	for (size_t i = 0; i < count && room > 1; i++) {
		/* Held for our account: until a probe is taken, whatever the time. */
		bool held = gateways[i].held_until > now || *gateways[i].held_said;
		const char *how = !gateways[i].connected ? "no courier"
				  : held                 ? gateways[i].held_why
							 : "ready";
		int used = snprintf(buffer, room, "; %s: %s", gateways[i].name, how);

		if (used < 0 || (size_t)used >= room) {
			return;
		}
		buffer += used;
		room -= (size_t)used;
	}
}

static const char *describe_error(const struct runtime *runtime)
{
	return runtime->uses_copy  ? "; the configuration has faults, so its last good copy is used"
	       : runtime->error[0] ? "; the last reload had faults"
				   : "";
}

/* "; 2 open cases", "" where there is none: an index of the open ones is looked at. */
static void describe_cases(const struct runtime *runtime, char buffer[CASES_TEXT_MAX])
{
	int64_t open = 0;

	*buffer = '\0';
	if (cases_count(engine_db(runtime->engine), &open) == 0 && open > 0) {
		(void)snprintf(buffer, CASES_TEXT_MAX, "; %lld open case%s", (long long)open,
			       open == 1 ? "" : "s");
	}
}

/* The line of `systemctl status`: next to no look at the database, since it is drawn anew after
 * every turn, and told only when it changed. */
static void notify_status(struct runtime *runtime, hf_time now)
{
	const struct model *model = engine_model(runtime->engine);
	const struct clock_hold *hold = engine_hold(runtime->engine);
	hf_time next = planner_next(engine_planner(runtime->engine));
	char status[STATUS_MAX], when[CIVIL_RFC3339_MAX] = "never", gateways[STATUS_MAX / 2] = "";
	char cases[CASES_TEXT_MAX];

	if (next != HF_NEVER) {
		zone_format(model->site.zone, next, when);
	}
	describe_gateways(runtime, now, gateways, sizeof(gateways));
	describe_cases(runtime, cases);
	(void)snprintf(status, sizeof(status), "%zu clients%s; next %s%s%s", model->client_count,
		       cases, when, gateways, describe_error(runtime));

	if (hold) {
		(void)snprintf(status, sizeof(status), "Nothing is sent: %s; %s",
			       clock_guard_word(hold->why), clock_guard_end(hold->why));
	}

	if (strcmp(status, runtime->status) != 0) {
		memcpy(runtime->status, status, sizeof(status));
		loop_notify("STATUS=%s", status);
	}
}

static hf_time runtime_now(const struct runtime *runtime)
{
	return runtime->rehearsal ? rehearsal_now(runtime->rehearsal, runtime->clock)
				  : clock_now(runtime->clock);
}

static int checkpoint(struct runtime *runtime)
{
	hf_time now = clock_monotonic();

	if (runtime->checkpointed != 0 && now < runtime->checkpointed + CHECKPOINT_EVERY) {
		return 0;
	}

	runtime->checkpointed = now;
	return db_checkpoint(engine_db(runtime->engine));
}

static int set_timer(struct runtime *runtime, hf_time now)
{
	hf_time next = HF_NEVER;
	int r;

	r = engine_next(runtime->engine, now, &next);
	if (r < 0) {
		return r;
	}

	if (!runtime->rehearsal && next > now + IDLE_FOR) {
		r = checkpoint(runtime);
		if (r < 0) {
			return r;
		}
	}
	if (!runtime->rehearsal && next > now + BEAT) {
		next = now + BEAT;
	}

	/* A rehearsal that has come to its end only waits for couriers. */
	if (runtime->rehearsal && runtime->rehearsal->until < next) {
		bool ended = clock_now(runtime->clock) >= runtime->rehearsal->until;

		next = ended ? HF_NEVER : runtime->rehearsal->until;
	}
	return loop_timer_set(runtime->timer, clock_until(runtime->clock, next));
}

static void finish_rehearsal(struct runtime *runtime)
{
	char summary[REHEARSAL_SUMMARY_MAX] = "";
	int r;

	r = rehearsal_summary(runtime->rehearsal, runtime->engine, summary);
	if (r < 0) {
		on_db_error(runtime, r);
		return;
	}

	log_notice("rehearsal over: %s", summary[0] ? summary : "no text was due");
	loop_exit(runtime->loop, EX_OK);
}

/* Where the clock is told, whoever attends also decides how it goes on. */
static int rehearse(struct runtime *runtime)
{
	enum rehearsal_step step = REHEARSAL_WAIT;
	int r;

	r = rehearsal_next(runtime->rehearsal, runtime->engine, runtime->clock, &step);
	if (r < 0) {
		return r;
	}

	switch (step) {
	case REHEARSAL_WAIT:
		break;
	case REHEARSAL_MOVED:
		return loop_task_want(runtime->task);
	case REHEARSAL_OVER:
		finish_rehearsal(runtime);
		break;
	}
	return 0;
}

/* The instant, after it was compared with all that is known of it. */
static int judge_now(struct runtime *runtime, hf_time *ret_now)
{
	struct clock_reading reading;

	/* A told clock goes days at a time, and is right whatever it says. */
	if (runtime->rehearsal) {
		*ret_now = runtime_now(runtime);
		return 0;
	}

	clock_read(runtime->clock, &reading);
	*ret_now = reading.now;
	return engine_check_clock(runtime->engine, &reading);
}

/* All that is to be done now, and the timer for what comes next. */
void runtime_run(void *userdata)
{
	struct runtime *runtime = userdata;
	hf_time now;
	int r;

	if (!runtime->engine) {
		return;
	}
	r = judge_now(runtime, &now);
	r = r ? r : engine_run(runtime->engine, now);
	r = r ? r : set_timer(runtime, now);
	if (r == 0 && runtime->rehearsal) {
		r = rehearse(runtime);
	}
	if (r < 0) {
		on_db_error(runtime, r);
		return;
	}

	runtime->db_error = 0;
	notify_status(runtime, now);
}

void runtime_run_soon(void *userdata)
{
	struct runtime *runtime = userdata;

	(void)loop_task_want(runtime->task);
}

/* --- time zones ------------------------------------------------------------ */

/* Watches before it reads, so that no upgrade falls between the two. */
static void check_zones(struct runtime *runtime)
{
	struct zone_update news = { 0 };
	hf_time now = runtime_now(runtime);
	int r;

	if (runtime->zones) {
		zone_watch_follow(runtime->zones);
	}
	r = zone_refresh(now, &news);
	if (r != 0) {
		log_warning("a time zone's file cannot be read; its rules of before stay");
	}
	if (!news.changed) {
		return;
	}

	log_notice("the time zone data has changed: all is planned anew");
	r = engine_update_zones(runtime->engine, &news, now);
	if (r < 0) {
		on_db_error(runtime, r);
	}
	runtime_run_soon(runtime);
}

/* Attends first: the rules of before were in force until now. */
static void on_zones(void *userdata)
{
	runtime_run(userdata);
	check_zones(userdata);
}

static void watch_zones(struct runtime *runtime)
{
	int r = zone_watch_new(runtime->loop, on_zones, runtime, &runtime->zones);

	if (r < 0) {
		log_warning("an upgrade of the time zone data is noticed at a reload only: %s",
			    strerror(-r));
	}
}

/* --- the configuration ----------------------------------------------------- */

static void store_copy(const struct runtime *runtime)
{
	if (runtime->state_dir) {
		configuration_keep(engine_model(runtime->engine), runtime->state_dir);
	}
}

static void log_reloaded(const struct model *model)
{
	log_notice("reloaded: %zu clients; %zu files read, %zu as before", model->client_count,
		   model->parsed, model->reused);
}

/* The service owns the new snapshot from engine_reload on and keeps the old one if that fails. */
int runtime_reload(void *userdata, struct faults *faults)
{
	struct runtime *runtime = userdata;
	struct model *model = NULL;
	int r, judged;

	r = configuration_load(engine_model(runtime->engine), runtime->config, faults, &model);
	runtime->error[0] = '\0';
	if (r == CONF_E_FAULT) {
		configuration_error(faults, runtime->error);
	}
	/* Nothing is planned by a clock that nobody has looked at. */
	judged = judge_now(runtime, &runtime->reloaded);
	if (r == 0 && judged != 0) {
		(void)model_free(model);
		r = judged;
	}
	if (r == 0) {
		r = engine_reload(runtime->engine, model, runtime->reloaded);
	}
	if (r == 0) {
		runtime->uses_copy = false;
		check_zones(runtime);
		store_copy(runtime);
	}
	if (r < 0) {
		(void)snprintf(runtime->error, sizeof(runtime->error), "%s", strerror(-r));
	}
	if (r != 0) {
		log_error("not reloaded: the schedule of before stays");
	} else {
		log_reloaded(engine_model(runtime->engine));
	}

	runtime_run_soon(runtime);
	return r;
}

void runtime_last_reload(void *userdata, hf_time *ret_at, const char **ret_error)
{
	struct runtime *runtime = userdata;

	*ret_at = runtime->reloaded;
	*ret_error = runtime->error;
}

/* --- birth and death -------------------------------------------------------- */

int runtime_new(struct loop *loop, struct clock *clock, const char *config,
		const struct rehearsal *rehearsal, struct runtime **ret_runtime)
{
	struct runtime *runtime = calloc(1, sizeof(*runtime));
	int r;

	if (!runtime) {
		return -ENOMEM;
	}
	*runtime = (struct runtime){
		.loop = loop, .clock = clock, .config = config, .rehearsal = rehearsal
	};

	r = loop_add_timer(loop, runtime_run, runtime, &runtime->timer);
	r = r ? r : loop_add_task(loop, runtime_run, runtime, &runtime->task);
	r = r ? r : loop_on_clock_set(loop, runtime_run_soon, runtime);
	if (r < 0) {
		(void)runtime_free(runtime);
		return r;
	}

	*ret_runtime = runtime;
	return 0;
}

struct runtime *runtime_free(struct runtime *runtime)
{
	if (runtime) {
		clock_watch(runtime->clock, NULL, NULL);
		runtime->timer = loop_timer_free(runtime->timer);
		runtime->task = loop_task_free(runtime->task);
		runtime->zones = zone_watch_free(runtime->zones);
		free(runtime);
	}
	return NULL;
}

void runtime_serve(struct runtime *runtime, struct engine *engine)
{
	runtime->engine = engine;
	db_on_broken(engine_db(engine), on_broken, runtime);
	if (!runtime->rehearsal) {
		engine_watch_clock(engine, runtime->clock, runtime_run_soon, runtime);
	}
	watch_zones(runtime);
	check_zones(runtime);
	runtime_run_soon(runtime);
}

void runtime_keep_copies(struct runtime *runtime, const char *state_dir, const char *error)
{
	runtime->state_dir = state_dir;
	if (!*error) {
		store_copy(runtime);
		return;
	}

	runtime->uses_copy = true;
	runtime->reloaded = clock_now(runtime->clock);
	(void)snprintf(runtime->error, sizeof(runtime->error), "%s", error);
}
