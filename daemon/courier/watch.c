/*
 * Promises: no heartbeat without a beat of the last minutes; one alarm at a time, and none to
 * anybody but whom holdfastd has named for that hour.
 * Dangerous: a text of ours has no row in the store, so nobody else knows whether it arrived.  A
 * copy of it does no harm, and one that is not taken for certain is sent again soon.
 */
#include "courier/watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/text.h"
#include "courier/gateway.h"
#include "courier/preset.h"
#include "courier/request.h"

#define SILENT_AFTER (15 * HF_MINUTE)
#define AGAIN_AFTER  (4 * HF_HOUR)
#define RETRY_AFTER  (10 * HF_MINUTE) /* where it was not taken */
#define FRESH        (3 * HF_MINUTE)  /* a beat comes each minute */
#define ALARMS_MAX   16

struct alarm {
	hf_time from, until;
	char *to, *body;
};

struct watch {
	const struct gateway *gateway;
	const struct clock *clock;
	struct http_client *http;
	struct loop_timer *heartbeat, *silence;
	hf_time beat; /* monotonic: when all was well; 0: never */
	bool ticks;   /* the heartbeat's timer is set */
	bool silent;  /* for so long that somebody is to be texted */
	bool complained, pinging, texting;
	struct alarm alarms[ALARMS_MAX];
	size_t count;
};

/* --- outward: the heartbeat ----------------------------------------------------------- */

static void complain(struct watch *watch, const char *why)
{
	if (!watch->complained) {
		log_warning("gateway=%s: no heartbeat: %s", watch->gateway->name, why);
	}
	watch->complained = true;
}

static void on_pinged(void *userdata, const struct http_answer *answer)
{
	struct watch *watch = userdata;

	watch->pinging = false;
	if (answer->fate == HTTP_ANSWERED && answer->status / 100 == 2) {
		watch->complained = false;
		return;
	}
	complain(watch, answer->fate == HTTP_ANSWERED ? "its answer is no 2xx" : answer->detail);
}

static void on_heartbeat(void *userdata)
{
	struct watch *watch = userdata;
	const struct http_request request = { .method = "GET", .url = watch->gateway->heartbeat };
	int r;

	watch->ticks = watch->gateway->heartbeat != NULL;
	if (!watch->ticks) {
		return;
	}
	(void)loop_timer_set(watch->heartbeat, span_length(&watch->gateway->heartbeat_every));
	if (watch->beat == 0 || clock_monotonic() - watch->beat > FRESH) {
		complain(watch, "holdfastd is silent, or not well; see holdfastctl status --check");
		return;
	}
	if (watch->pinging) {
		return;
	}

	http_client_set_ca(watch->http, NULL); /* the gateway's own are for the gateway */
	r = http_client_start(watch->http, &request, on_pinged, watch);
	watch->pinging = r == 0;
	if (r < 0) {
		complain(watch, strerror(-r));
	}
}

/* --- by ourselves: a text to whoever is on call --------------------------------------------- */

static const struct alarm *alarm_at(const struct watch *watch, hf_time at)
{
	for (size_t i = 0; i < watch->count; i++) {
		if (watch->alarms[i].from <= at && at < watch->alarms[i].until) {
			return &watch->alarms[i];
		}
	}
	return NULL;
}

/* When somebody may be texted; past the last day that is known, as on the day before. */
static const struct alarm *find_alarm(const struct watch *watch, hf_time now, hf_time *ret_wait)
{
	const struct alarm *alarm;
	hf_time at = now, last = 0;

	*ret_wait = HF_HOUR;
	for (size_t i = 0; i < watch->count; i++) {
		last = watch->alarms[i].until > last ? watch->alarms[i].until : last;
	}
	if (now > last) {
		at -= ((now - last) / HF_DAY + 1) * HF_DAY;
	}
	alarm = alarm_at(watch, at);
	for (size_t i = 0; !alarm && i < watch->count; i++) {
		hf_time wait = watch->alarms[i].from - at;

		*ret_wait = wait > 0 && wait < *ret_wait ? wait : *ret_wait;
	}
	return alarm;
}

static void on_texted(void *userdata, const struct http_answer *answer)
{
	struct watch *watch = userdata;
	const struct response said = { .status = answer->status,
				       .body = answer->body,
				       .body_size = answer->body_size,
				       .retry_after = answer->retry_after };
	struct wire_outcome outcome = { .class = OUTCOME_UNKNOWN };
	struct response_words words;
	bool taken;

	if (answer->fate == HTTP_ANSWERED) {
		response_classify(&watch->gateway->preset->answers, &said, &words, &outcome);
	}
	taken = outcome.class == OUTCOME_ACCEPTED;
	watch->texting = false;
	log_notice("gateway=%s: the alarm was %s", watch->gateway->name,
		   taken ? "taken" : "not taken, and is tried again");
	if (watch->silent) {
		(void)loop_timer_set(watch->silence, taken ? AGAIN_AFTER : RETRY_AFTER);
	}
}

static int send_text(struct watch *watch, const struct alarm *alarm, hf_time now)
{
	_cleanup_(request_done) struct request request = { 0 };
	char key[WIRE_KEY_MAX], at[CIVIL_RFC3339_MAX];
	struct text_cost cost = { .segments = 1 };
	struct wire_text text = { .attempt = 1,
				  .key = key,
				  .to = alarm->to,
				  .body = alarm->body,
				  .valid_for = HF_HOUR,
				  .at = at };
	int r = text_cost(alarm->body, &cost);

	text.ucs2 = cost.encoding == TEXT_UCS2;
	text.segments = cost.segments;
	civil_format_rfc3339(now, 0, at);
	(void)snprintf(key, sizeof(key), "alarm-%s-%" PRId64, watch->gateway->name,
		       now / HF_SECOND);
	http_client_set_ca(watch->http, watch->gateway->ca);
	r = r ? -EINVAL : gateway_compose(watch->gateway, &text, &request);
	return r ? r : request_start(&request, watch->http, on_texted, watch);
}

static void on_silence(void *userdata)
{
	struct watch *watch = userdata;
	hf_time now = clock_now(watch->clock), wait;
	const struct alarm *alarm = find_alarm(watch, now, &wait);
	int r;

	watch->silent = true;
	if (!alarm || watch->texting) {
		(void)loop_timer_set(watch->silence, wait);
		return;
	}
	log_error("gateway=%s: holdfastd has been silent, or not well, for %d minutes; whoever is "
		  "on call is texted",
		  watch->gateway->name, (int)((clock_monotonic() - watch->beat) / HF_MINUTE));
	r = send_text(watch, alarm, now);
	watch->texting = r == 0;
	if (r < 0) {
		log_error("gateway=%s: the alarm cannot be sent: %s", watch->gateway->name,
			  strerror(-r));
		(void)loop_timer_set(watch->silence, RETRY_AFTER);
	}
}

/* --- what holdfastd says ------------------------------------------------------------------- */

void watch_beat(struct watch *watch, const struct wire_beat *beat)
{
	if (!beat->well) {
		/* The first one, too, begins the wait. */
		if (watch->beat == 0) {
			watch->beat = clock_monotonic() - FRESH - 1;
			(void)loop_timer_set(watch->silence, SILENT_AFTER);
			on_heartbeat(watch);
		}
		return;
	}
	watch->beat = clock_monotonic();
	watch->silent = false;
	(void)loop_timer_set(watch->silence, SILENT_AFTER);
	if (!watch->ticks || watch->complained) {
		on_heartbeat(watch);
	}
}

static void forget_alarms(struct watch *watch)
{
	for (size_t i = 0; i < watch->count; i++) {
		free(watch->alarms[i].to);
		free(watch->alarms[i].body);
	}
	watch->count = 0;
}

void watch_alarms(struct watch *watch, const struct wire_alarm *alarms, size_t count)
{
	forget_alarms(watch);
	for (size_t i = 0; i < count && watch->count < ALARMS_MAX; i++) {
		struct alarm *alarm = &watch->alarms[watch->count];

		*alarm = (struct alarm){ alarms[i].from, alarms[i].until, strdup(alarms[i].to),
					 strdup(alarms[i].body) };
		watch->count++;
		if (!alarm->to || !alarm->body) {
			free(alarm->to);
			free(alarm->body);
			watch->count--;
		}
	}
}

/* --- birth, change and death --------------------------------------------------------------- */

void watch_set_gateway(struct watch *watch, const struct gateway *gateway)
{
	watch->gateway = gateway;
	if (watch->beat != 0) {
		on_heartbeat(watch);
	}
}

int watch_new(struct loop *loop, const struct gateway *gateway,
	      const struct http_client_options *options, const struct clock *clock,
	      struct watch **ret_watch)
{
	_cleanup_(watch_freep) struct watch *watch = calloc(1, sizeof(*watch));
	struct http_client_options own = *options;
	int r;

	if (!watch) {
		return -ENOMEM;
	}
	own.most_connections = 2; /* both at once */
	watch->gateway = gateway;
	watch->clock = clock;
	r = http_client_new(loop, &own, &watch->http);
	r = r ? r : loop_add_timer(loop, on_heartbeat, watch, &watch->heartbeat);
	r = r ? r : loop_add_timer(loop, on_silence, watch, &watch->silence);
	if (r < 0) {
		return r;
	}

	*ret_watch = take_ptr(watch);
	return 0;
}

struct watch *watch_free(struct watch *watch)
{
	if (watch) {
		(void)http_client_free(watch->http);
		(void)loop_timer_free(watch->heartbeat);
		(void)loop_timer_free(watch->silence);
		forget_alarms(watch);
		free(watch);
	}
	return NULL;
}
