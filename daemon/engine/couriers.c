/*
 * Who is on the wire.
 *
 * A connection is nobody until its hello, which comes within two seconds, and one
 * gateway has one courier.  Where places run out, who has waited longest for its hello goes.
 * What a courier says goes to dispatch at once; what follows from it is done
 * by on_change at the end of the loop's turn, so that several packets share a commit.
 * Dangerous: a wire may be closed from inside any call on it.  A peer is
 * therefore only marked dead, and freed at the end of the turn.
 */
#include "engine/couriers.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lib/complaints.h"
#include "lib/log.h"
#include "engine/alerts.h"
#include "engine/health.h"

#define PEERS_MAX    64        /* a gateway each, and some that are reconnecting */
#define ACCEPT_PAUSE HF_SECOND /* while the process has no descriptor left */
#define HELLO_WITHIN (2 * HF_SECOND)
#define BEAT         HF_MINUTE

struct peer {
	struct couriers *couriers;
	struct wire *wire;
	int fd;                      /* the wire's; looked at, never closed here */
	char *gateway;               /* ours; NULL before hello */
	struct loop_timer *deadline; /* for its hello */
	bool watches;                /* it wants beats and alarms */
	bool dead;
};

struct couriers {
	struct loop *loop;
	struct loop_io *listening;
	struct loop_timer *pause, *beat;
	struct loop_task *changed, *cleanup;
	const struct clock *clock;
	int fd;
	struct engine *engine;
	struct complaints *complaints;
	struct peer *peers[PEERS_MAX]; /* in the order in which they came */
	size_t count;
};

/* --- peers --------------------------------------------------------------------------- */

static struct peer *peer_free(struct peer *peer)
{
	if (peer) {
		(void)wire_free(peer->wire);
		(void)loop_timer_free(peer->deadline);
		free(peer->gateway);
		free(peer);
	}
	return NULL;
}

static struct peer *find(const struct couriers *couriers, const char *gateway)
{
	for (size_t i = 0; i < couriers->count; i++) {
		struct peer *peer = couriers->peers[i];

		if (!peer->dead && peer->gateway && strcmp(peer->gateway, gateway) == 0) {
			return peer;
		}
	}
	return NULL;
}

static struct dispatch *dispatch_of(const struct couriers *couriers)
{
	return engine_dispatch(couriers->engine);
}

/* Whoever cannot record what happened must not go on: the rows stay claimed, and a restart makes
 * them unknown. */
static void stop_daemon(struct couriers *couriers, const char *gateway, int error)
{
	log_error("gateway=%s: cannot record what its courier said: %s", gateway, strerror(-error));
	loop_exit(couriers->loop, 1);
}

static void disconnect(struct peer *peer, const char *why)
{
	struct couriers *couriers = peer->couriers;
	struct engine_context ctx;
	int r;

	if (peer->dead) {
		return;
	}

	peer->dead = true;
	(void)loop_task_want(couriers->cleanup);
	if (!peer->gateway) {
		return;
	}

	log_notice("gateway=%s: the courier is gone: %s", peer->gateway, why);
	ctx = engine_context_at(couriers->engine, clock_now(couriers->clock));
	r = dispatch_courier_gone(dispatch_of(couriers), &ctx, peer->gateway);
	if (r < 0) {
		stop_daemon(couriers, peer->gateway, r);
	}
	(void)loop_task_want(couriers->changed);
}

static void free_dead(void *userdata)
{
	struct couriers *couriers = userdata;
	size_t kept = 0;

	for (size_t i = 0; i < couriers->count; i++) {
		struct peer *peer = couriers->peers[i];

		if (peer->dead) {
			(void)peer_free(peer);
		} else {
			couriers->peers[kept++] = peer;
		}
	}
	couriers->count = kept;
}

static void on_no_hello(void *userdata)
{
	struct peer *peer = userdata;

	if (!peer->dead && !peer->gateway) {
		complaints_add(peer->couriers->complaints, "let go", "it did not say hello");
		disconnect(peer, "it did not say hello");
	}
}

static void on_line(void *userdata, uint64_t count, const char *what, const char *why)
{
	(void)userdata;
	log_warning("%" PRIu64 " courier(s) %s: %s", count, what, why);
}

/* --- what they say -------------------------------------------------------------------- */

/* Closed by the other side, and nothing left to read that it said before. */
static bool is_hung_up(const struct peer *peer)
{
	char byte;

	return recv(peer->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static int register_courier(struct peer *peer, const struct wire_hello *hello)
{
	struct couriers *couriers = peer->couriers;
	struct peer *before = find(couriers, hello->gateway);
	hf_time now = clock_now(couriers->clock);
	char *name;
	int r;

	if (before && is_hung_up(before)) {
		disconnect(before, "another one takes its place");
	}

	name = strdup(hello->gateway);
	if (!name) {
		return -ENOMEM;
	}

	r = dispatch_courier_hello(dispatch_of(couriers), hello, now);
	if (r == 0) {
		r = engine_hear_of(couriers->engine, hello, now);
		if (r < 0) {
			stop_daemon(couriers, hello->gateway, r);
		}
	}
	if (r != 0) {
		free(name);
		return r;
	}

	peer->gateway = name;
	peer->watches = hello->watches;
	(void)loop_timer_set(couriers->beat, 0);
	peer->deadline = loop_timer_free(peer->deadline);
	return 0;
}

/* A courier that has read its gateway's file again. */
static void renew_courier(struct peer *peer, const struct wire_hello *hello)
{
	struct couriers *couriers = peer->couriers;
	int r;

	if (strcmp(peer->gateway, hello->gateway) != 0) {
		disconnect(peer, "it says hello for another gateway");
		return;
	}

	r = dispatch_courier_renew(dispatch_of(couriers), hello, clock_now(couriers->clock));
	if (r < 0) {
		disconnect(peer, strerror(-r));
		return;
	}
	(void)loop_task_want(couriers->changed);
}

static void on_hello(void *userdata, const struct wire_hello *hello)
{
	struct peer *peer = userdata;
	int r;

	if (peer->dead) {
		return;
	}
	if (peer->gateway) {
		renew_courier(peer, hello);
		return;
	}

	r = register_courier(peer, hello);
	if (r != 0) {
		complaints_add(peer->couriers->complaints, "turned away",
			       r == -EEXIST   ? "its gateway has one"
			       : r == -ENOENT ? "holdfast.conf does not list its gateway"
					      : strerror(-r));
		disconnect(peer, "turned away");
		return;
	}

	log_notice("gateway=%s: the courier is here", peer->gateway);
	(void)loop_task_want(peer->couriers->changed);
}

static bool is_known(struct peer *peer)
{
	if (!peer->dead && !peer->gateway) {
		complaints_add(peer->couriers->complaints, "let go", "it did not say hello");
		disconnect(peer, "it did not say hello");
	}
	return !peer->dead;
}

static void on_outcomes(void *userdata, const struct wire_outcome *outcomes, size_t count,
			unsigned credit)
{
	struct peer *peer = userdata;
	struct couriers *couriers = peer->couriers;
	int r;

	if (!is_known(peer)) {
		return;
	}

	r = dispatch_outcomes(dispatch_of(couriers), peer->gateway, outcomes, count, credit,
			      clock_now(couriers->clock));
	if (r < 0) {
		stop_daemon(couriers, peer->gateway, r);
		return;
	}
	(void)loop_task_want(couriers->changed);
}

/* The courier owes a gateway an answer; whatever became of it is said at once. */
static void send_stored(struct peer *peer, const struct wire_stored *stored, size_t count)
{
	int r = wire_send_stored(peer->wire, stored, count);

	if (r < 0) {
		disconnect(peer, strerror(-r));
	}
	(void)loop_task_want(peer->couriers->changed);
}

static void on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct wire_stored stored[WIRE_BATCH_MAX];
	struct peer *peer = userdata;

	if (is_known(peer)) {
		engine_inbound(peer->couriers->engine, peer->gateway, inbound, count,
			       clock_now(peer->couriers->clock), stored);
		send_stored(peer, stored, count);
	}
}

static void on_receipts(void *userdata, const struct wire_receipt *receipts, size_t count)
{
	struct wire_stored stored[WIRE_BATCH_MAX];
	struct peer *peer = userdata;

	if (is_known(peer)) {
		engine_receipts(peer->couriers->engine, peer->gateway, receipts, count,
				clock_now(peer->couriers->clock), stored);
		send_stored(peer, stored, count);
	}
}

static void on_webhooks(void *userdata, const struct wire_webhook *webhooks, size_t count)
{
	struct wire_stored stored[WIRE_BATCH_MAX];
	struct peer *peer = userdata;

	if (is_known(peer)) {
		engine_webhooks(peer->couriers->engine, peer->gateway, webhooks, count,
				clock_now(peer->couriers->clock), stored);
		send_stored(peer, stored, count);
	}
}

static void on_closed(void *userdata, const char *why)
{
	disconnect(userdata, why);
}

/* --- a sign of life --------------------------------------------------------------------- */

/* A told clock goes days at a time, and whoever plays with it is no clinic. */
static void on_beat(void *userdata)
{
	struct couriers *couriers = userdata;
	hf_time now = clock_now(couriers->clock);
	struct engine_context ctx = engine_context_at(couriers->engine, now);
	struct wire_alarm alarms[ALERTS_ALARMS_MAX] = { { .to = "", .body = "" } };
	_cleanup_free_ char *text = NULL;
	struct health health;
	size_t count = 0;
	struct wire_beat beat;

	if (couriers->clock->told) {
		return;
	}
	(void)loop_timer_set(couriers->beat, BEAT);
	/* No look at the store is no health; no alarms leave those of before as they are. */
	beat.well = health_look(couriers->engine, HEALTH_STALE_AFTER, now, &health) == 0 &&
		    health.critical == 0;
	if (alerts_if_silent(&ctx, alarms, &count, &text) < 0) {
		log_warning("whoever is on call is not named to the couriers: memory is out");
	} else if (count == 0) {
		count = 1; /* nobody, for no time */
	}
	for (size_t i = 0; i < couriers->count; i++) {
		struct peer *peer = couriers->peers[i];
		int r = 0;

		if (!peer->dead && peer->watches) {
			r = wire_send_alarms(peer->wire, alarms, count);
			r = r ? r : wire_send_beat(peer->wire, &beat);
		}
		if (r < 0) {
			disconnect(peer, strerror(-r));
		}
	}
}

/* --- letting them in -------------------------------------------------------------------- */

/* Not from inside a call on a wire. */
static bool make_room(struct couriers *couriers)
{
	free_dead(couriers);
	for (size_t i = 0; i < couriers->count && couriers->count == PEERS_MAX; i++) {
		if (!couriers->peers[i]->gateway) {
			complaints_add(couriers->complaints, "let go", "there are too many");
			couriers->peers[i]->dead = true;
			free_dead(couriers);
		}
	}
	return couriers->count < PEERS_MAX;
}

static int accept_courier(struct couriers *couriers, int fd)
{
	static const struct wire_handlers handlers = { .on_hello = on_hello,
						       .on_outcomes = on_outcomes,
						       .on_inbound = on_inbound,
						       .on_receipts = on_receipts,
						       .on_webhooks = on_webhooks,
						       .on_closed = on_closed };
	struct peer *peer;
	int r;

	if (!make_room(couriers)) {
		(void)close(fd);
		return -EMLINK;
	}
	peer = calloc(1, sizeof(*peer));
	if (!peer) {
		(void)close(fd);
		return -ENOMEM;
	}

	*peer = (struct peer){ .couriers = couriers, .fd = fd };
	r = loop_add_timer(couriers->loop, on_no_hello, peer, &peer->deadline);
	r = r ? r : loop_timer_set(peer->deadline, HELLO_WITHIN);
	if (r < 0) {
		(void)close(fd);
		(void)peer_free(peer);
		return r;
	}
	r = wire_new(couriers->loop, fd, &handlers, peer, &peer->wire);
	if (r < 0) {
		(void)peer_free(peer);
		return r;
	}

	couriers->peers[couriers->count++] = peer;
	return 0;
}

static void on_listening(void *userdata, int listening, uint32_t revents)
{
	struct couriers *couriers = userdata;
	int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int r;

	(void)revents;
	if (fd < 0) {
		/* The connection stays where it is and would wake us again at once. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			complaints_add(couriers->complaints, "not let in", strerror(errno));
			(void)loop_io_events(couriers->listening, 0);
			(void)loop_timer_set(couriers->pause, ACCEPT_PAUSE);
		}
		return;
	}

	r = accept_courier(couriers, fd);
	if (r < 0) {
		complaints_add(couriers->complaints, "not let in", strerror(-r));
	}
}

static void on_pause_over(void *userdata)
{
	struct couriers *couriers = userdata;

	(void)loop_io_events(couriers->listening, EPOLLIN);
}

/* --- life --------------------------------------------------------------------------------- */

int couriers_new(struct loop *loop, int fd, const struct clock *clock, loop_on_task on_change,
		 void *userdata, struct couriers **ret_couriers)
{
	struct couriers *couriers = calloc(1, sizeof(*couriers));
	int r;

	if (!couriers) {
		return -ENOMEM;
	}

	*couriers = (struct couriers){ .loop = loop, .fd = fd, .clock = clock };
	r = loop_add_task(loop, on_change, userdata, &couriers->changed);
	r = r ? r : loop_add_task(loop, free_dead, couriers, &couriers->cleanup);
	r = r ? r : loop_add_timer(loop, on_pause_over, couriers, &couriers->pause);
	r = r ? r : loop_add_timer(loop, on_beat, couriers, &couriers->beat);
	r = r ? r : complaints_new(loop, on_line, couriers, &couriers->complaints);
	if (r < 0) {
		(void)couriers_free(couriers);
		return r;
	}

	*ret_couriers = couriers;
	return 0;
}

struct couriers *couriers_free(struct couriers *couriers)
{
	if (!couriers) {
		return NULL;
	}

	for (size_t i = 0; i < couriers->count; i++) {
		(void)peer_free(couriers->peers[i]);
	}
	(void)loop_io_free(couriers->listening);
	(void)loop_timer_free(couriers->pause);
	(void)loop_timer_free(couriers->beat);
	(void)complaints_free(couriers->complaints);
	(void)loop_task_free(couriers->cleanup);
	(void)loop_task_free(couriers->changed);
	free(couriers);
	return NULL;
}

int couriers_serve(struct couriers *couriers, struct engine *engine)
{
	couriers->engine = engine;
	if (couriers->listening) {
		return 0;
	}

	return loop_add_io(couriers->loop, couriers->fd, EPOLLIN, on_listening, couriers,
			   &couriers->listening);
}

int couriers_hand_over(void *userdata, const char *gateway, const struct wire_text *texts,
		       size_t count)
{
	struct peer *peer = find(userdata, gateway);
	int r;

	if (!peer) {
		return -ENOTCONN;
	}

	r = wire_send_texts(peer->wire, texts, count);
	if (r < 0) {
		disconnect(peer, strerror(-r));
	}
	return r;
}
