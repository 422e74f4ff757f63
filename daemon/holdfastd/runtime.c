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
#include "engine/loading.h"

#define RETRY_AFTER (30 * HF_SECOND) /* a full disk: until somebody makes room */
/* The instant on record, to which the clock is compared, is never older than this. */
#define BEAT           HF_MINUTE
#define STATUS_MAX     512
#define CASES_TEXT_MAX 48
#define GATEWAYS_MAX   64

struct keeper {
	struct loop *loop;
	struct clock *clock;
	const char *config;
	const char *state_dir; /* of the copy of the last good configuration; NULL for none */
	bool fallen;           /* back on that copy, at the start */
	const struct rehearsal *rehearsal; /* NULL for none */
	struct service *service;
	struct loop_timer *timer;
	struct loop_task *task;
	struct zonewatch *zones;       /* NULL where the kernel has no watch left */
	int trouble;                   /* the last -errno of the database; 0 when all is well */
	hf_time reloaded;              /* 0: not since the start */
	char error[LOADING_ERROR_MAX]; /* the first fault of the last reload, "" when it was good */
	char status[STATUS_MAX];
};

/* --- the one timer -------------------------------------------------------- */

/* The errors after which the same connection may simply be asked again later (a rolled back
 * transaction left nothing behind); after all others its answers cannot be trusted. */
static bool passes(int error)
{
	return error == -ENOSPC || error == -EBUSY || error == -ENOMEM;
}

static void stumble(struct keeper *keeper, int error)
{
	if (!passes(error)) {
		log_error("the database cannot be trusted any more: %s", strerror(-error));
		loop_exit(keeper->loop, EX_IOERR);
		return;
	}

	if (keeper->trouble != error) {
		log_error("nothing is sent: %s; trying again every %d s", strerror(-error),
			  (int)(RETRY_AFTER / HF_SECOND));
		loop_notify("STATUS=Nothing is sent: %s", strerror(-error));
		keeper->status[0] = '\0';
	}
	keeper->trouble = error;
	(void)loop_timer_set(keeper->timer, RETRY_AFTER);
}

static void describe_gateways(struct keeper *keeper, hf_time now, char *buffer, size_t room)
{
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count =
		dispatch_gateways(service_dispatch(keeper->service), gateways, COUNT(gateways));

	for (size_t i = 0; i < count && room > 1; i++) {
		const char *how = !gateways[i].connected         ? "no courier"
				  : gateways[i].held_until > now ? gateways[i].held_why
								 : "ready";
		int used = snprintf(buffer, room, "; %s: %s", gateways[i].name, how);

		if (used < 0 || (size_t)used >= room) {
			return;
		}
		buffer += used;
		room -= (size_t)used;
	}
}

static const char *describe_error(const struct keeper *keeper)
{
	return keeper->fallen     ? "; the configuration has faults, so its last good copy is used"
	       : keeper->error[0] ? "; the last reload had faults"
				  : "";
}

/* "; 2 open cases", "" where there is none: an index of the open ones is looked at. */
static void describe_cases(const struct keeper *keeper, char buffer[CASES_TEXT_MAX])
{
	int64_t open = 0;

	*buffer = '\0';
	if (cases_count(service_db(keeper->service), &open) == 0 && open > 0) {
		(void)snprintf(buffer, CASES_TEXT_MAX, "; %lld open case%s", (long long)open,
			       open == 1 ? "" : "s");
	}
}

/* The line of `systemctl status`: next to no look at the database, since it is drawn anew after
 * every turn, and told only when it changed. */
static void tell_status(struct keeper *keeper, hf_time now)
{
	const struct model *model = service_model(keeper->service);
	hf_time next = planner_next(service_planner(keeper->service));
	char status[STATUS_MAX], when[CIVIL_RFC3339_MAX] = "never", gateways[STATUS_MAX / 2] = "";
	char cases[CASES_TEXT_MAX];

	if (next != HF_NEVER) {
		zone_format(model->site.zone, next, when);
	}
	describe_gateways(keeper, now, gateways, sizeof(gateways));
	describe_cases(keeper, cases);
	(void)snprintf(status, sizeof(status), "%zu clients%s; next %s%s%s", model->client_count,
		       cases, when, gateways, describe_error(keeper));

	if (service_hold(keeper->service)) {
		(void)snprintf(status, sizeof(status),
			       "Nothing is sent until holdfastctl confirm: %s",
			       hold_word(service_hold(keeper->service)->why));
	}

	if (strcmp(status, keeper->status) != 0) {
		memcpy(keeper->status, status, sizeof(status));
		loop_notify("STATUS=%s", status);
	}
}

static hf_time now_of(const struct keeper *keeper)
{
	return keeper->rehearsal ? rehearsal_now(keeper->rehearsal, keeper->clock)
				 : clock_now(keeper->clock);
}

static int arm(struct keeper *keeper, hf_time now)
{
	hf_time next = HF_NEVER;
	int r;

	r = service_next(keeper->service, now, &next);
	if (r < 0) {
		return r;
	}

	if (!keeper->rehearsal && next > now + BEAT) {
		next = now + BEAT;
	}

	/* A rehearsal that has come to its end only waits for couriers. */
	if (keeper->rehearsal && keeper->rehearsal->until < next) {
		bool ended = clock_now(keeper->clock) >= keeper->rehearsal->until;

		next = ended ? HF_NEVER : keeper->rehearsal->until;
	}
	return loop_timer_set(keeper->timer, clock_until(keeper->clock, next));
}

static void finish_rehearsal(struct keeper *keeper)
{
	char summary[REHEARSAL_SUMMARY_MAX] = "";
	int r;

	r = rehearsal_summary(keeper->rehearsal, keeper->service, summary);
	if (r < 0) {
		stumble(keeper, r);
		return;
	}

	log_notice("rehearsal over: %s", summary[0] ? summary : "no text was due");
	loop_exit(keeper->loop, EX_OK);
}

/* Where the clock is told, whoever attends also decides how it goes on. */
static int rehearse(struct keeper *keeper)
{
	enum rehearsal_step step = REHEARSAL_WAIT;
	int r;

	r = rehearsal_next(keeper->rehearsal, keeper->service, keeper->clock, &step);
	if (r < 0) {
		return r;
	}

	switch (step) {
	case REHEARSAL_WAIT:
		break;
	case REHEARSAL_MOVED:
		return loop_task_want(keeper->task);
	case REHEARSAL_OVER:
		finish_rehearsal(keeper);
		break;
	}
	return 0;
}

/* All that is to be done now, and the timer for what comes next. */
void keeper_attend(void *userdata)
{
	struct keeper *keeper = userdata;
	hf_time now = now_of(keeper);
	int r;

	if (!keeper->service) {
		return;
	}
	/* A told clock goes days at a time, and is right whatever it says. */
	r = keeper->rehearsal ? 0 : service_judge_clock(keeper->service, now);
	r = r ? r : service_run(keeper->service, now);
	if (r == 0) {
		r = arm(keeper, now);
	}
	if (r == 0 && keeper->rehearsal) {
		r = rehearse(keeper);
	}
	if (r < 0) {
		stumble(keeper, r);
		return;
	}

	keeper->trouble = 0;
	tell_status(keeper, now);
}

void keeper_attend_soon(void *userdata)
{
	struct keeper *keeper = userdata;

	(void)loop_task_want(keeper->task);
}

/* --- time zones ------------------------------------------------------------ */

/* Watches before it reads, so that no upgrade falls between the two. */
static void look_at_zones(struct keeper *keeper)
{
	struct zone_news news = { 0 };
	hf_time now = now_of(keeper);
	int r;

	if (keeper->zones) {
		zonewatch_follow(keeper->zones);
	}
	r = zone_refresh(now, &news);
	if (r != 0) {
		log_warning("a time zone's file cannot be read; its rules of before stay");
	}
	if (!news.changed) {
		return;
	}

	log_notice("the time zone data has changed: all is planned anew");
	r = service_take_zones(keeper->service, &news, now);
	if (r < 0) {
		stumble(keeper, r);
	}
	keeper_attend_soon(keeper);
}

/* Attends first: the rules of before were in force until now. */
static void on_zones(void *userdata)
{
	keeper_attend(userdata);
	look_at_zones(userdata);
}

static void watch_zones(struct keeper *keeper)
{
	int r = zonewatch_new(keeper->loop, on_zones, keeper, &keeper->zones);

	if (r < 0) {
		log_warning("an upgrade of the time zone data is noticed at a reload only: %s",
			    strerror(-r));
	}
}

/* --- the configuration ----------------------------------------------------- */

static void keep_copy(const struct keeper *keeper)
{
	if (keeper->state_dir) {
		loading_keep(service_model(keeper->service), keeper->state_dir);
	}
}

static void log_reloaded(const struct model *model)
{
	log_notice("reloaded: %zu clients; %zu files read, %zu as before", model->client_count,
		   model->parsed, model->reused);
}

/* The service owns the new snapshot from service_reload on and keeps the old one if that fails. */
int keeper_reload(void *userdata, struct faults *faults)
{
	struct keeper *keeper = userdata;
	struct model *model = NULL;
	int r;

	r = loading_read(service_model(keeper->service), keeper->config, faults, &model);
	keeper->reloaded = clock_now(keeper->clock);
	keeper->error[0] = '\0';
	if (r == CONF_E_FAULT) {
		loading_error(faults, keeper->error);
	}
	if (r == 0) {
		r = service_reload(keeper->service, model, keeper->reloaded);
	}
	if (r == 0) {
		keeper->fallen = false;
		look_at_zones(keeper);
		keep_copy(keeper);
	}
	if (r < 0) {
		(void)snprintf(keeper->error, sizeof(keeper->error), "%s", strerror(-r));
	}
	if (r != 0) {
		log_error("not reloaded: the schedule of before stays");
	} else {
		log_reloaded(service_model(keeper->service));
	}

	keeper_attend_soon(keeper);
	return r;
}

void keeper_last_reload(void *userdata, hf_time *ret_at, const char **ret_error)
{
	struct keeper *keeper = userdata;

	*ret_at = keeper->reloaded;
	*ret_error = keeper->error;
}

/* --- birth and death -------------------------------------------------------- */

int keeper_new(struct loop *loop, struct clock *clock, const char *config,
	       const struct rehearsal *rehearsal, struct keeper **ret_keeper)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));
	int r;

	if (!keeper) {
		return -ENOMEM;
	}
	*keeper = (struct keeper){
		.loop = loop, .clock = clock, .config = config, .rehearsal = rehearsal
	};

	r = loop_add_timer(loop, keeper_attend, keeper, &keeper->timer);
	if (r == 0) {
		r = loop_add_task(loop, keeper_attend, keeper, &keeper->task);
	}
	if (r == 0) {
		r = loop_on_clock_set(loop, keeper_attend_soon, keeper);
	}
	if (r < 0) {
		(void)keeper_free(keeper);
		return r;
	}

	*ret_keeper = keeper;
	return 0;
}

struct keeper *keeper_free(struct keeper *keeper)
{
	if (keeper) {
		keeper->timer = loop_timer_free(keeper->timer);
		keeper->task = loop_task_free(keeper->task);
		keeper->zones = zonewatch_free(keeper->zones);
		free(keeper);
	}
	return NULL;
}

void keeper_serve(struct keeper *keeper, struct service *service)
{
	keeper->service = service;
	watch_zones(keeper);
	look_at_zones(keeper);
	keeper_attend_soon(keeper);
}

void keeper_keep_copies(struct keeper *keeper, const char *state_dir, const char *error)
{
	keeper->state_dir = state_dir;
	if (!*error) {
		keep_copy(keeper);
		return;
	}

	keeper->fallen = true;
	keeper->reloaded = clock_now(keeper->clock);
	(void)snprintf(keeper->error, sizeof(keeper->error), "%s", error);
}
