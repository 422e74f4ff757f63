/*
 * The courier's work, between holdfastd and the gateway.
 *
 * Promises: a text that came is sent at most once and gets exactly one
 * outcome; what came before a connection broke is finished before any
 * more is asked for; nothing here runs while there is nothing to do.
 */
#include "courier/sender.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/cleanup.h"
#include "courier/preset.h"
#include "courier/outcomes.h"

/* Tokens come one by one at a high rate; nobody needs waking for each. */
#define TIMER_LEAST (HF_SECOND / 1000)
/* More than any gateway takes, and what the wire allows. */
#define RATE_MOST 1e6
/* A refused account is one line a minute, not one for each text. */
#define CONFIG_LOG_EVERY HF_MINUTE

/* --- a token bucket, told the time ------------------------------------------ */

static void fill(struct bucket *bucket, hf_time now)
{
	if (now > bucket->filled) {
		bucket->tokens += bucket->rate * (double)(now - bucket->filled) / HF_SECOND;
		bucket->filled = now;
	}
	if (bucket->tokens > bucket->burst) {
		bucket->tokens = bucket->burst;
	}
}

void bucket_init(struct bucket *bucket, double rate, hf_time now)
{
	double burst = rate > 1 ? rate : 1;

	*bucket = (struct bucket){ rate, burst, burst, now };
}

/* A billionth of a token more, so that a timer that fires on the microsecond finds its token. */
static double whole_tokens(double tokens)
{
	return tokens > 0 ? (double)(int64_t)(tokens + 1e-9) : 0;
}

unsigned bucket_tokens(struct bucket *bucket, hf_time now)
{
	fill(bucket, now);
	return (unsigned)whole_tokens(bucket->tokens);
}

void bucket_take(struct bucket *bucket, int segments, hf_time now)
{
	fill(bucket, now);
	bucket->tokens -= segments;
}

hf_time bucket_next(struct bucket *bucket, hf_time now)
{
	double wanted;

	fill(bucket, now);
	wanted = whole_tokens(bucket->tokens) + 1;
	if (wanted > bucket->burst) {
		return HF_NEVER;
	}

	return (hf_time)((wanted - bucket->tokens) / bucket->rate * HF_SECOND) + 1;
}

/* --- the sender ---------------------------------------------------------- */

/* A text that came and may not go yet: the credit was for another number's token. */
struct queued {
	struct wire_text text; /* a copy */
	hf_time expires;       /* monotonic */
	TAILQ_ENTRY(queued) entry;
};

/* A text with the gateway. */
struct under_way {
	struct sender *sender;
	LIST_ENTRY(under_way) entry;
	int64_t id;
	int attempt;
	char key[WIRE_KEY_MAX + 1];
};

struct sender {
	struct loop *loop;
	struct gateway *gateway;
	struct http_client *http;
	LIST_HEAD(, under_way) under_way;
	unsigned under_way_count;
	struct link *link;
	struct outcomes *outcomes;
	struct bucket *buckets; /* one for each sender number */
	size_t bucket_count;
	TAILQ_HEAD(, queued) backlog; /* in the order of coming; credit bounds how many there are */
	unsigned backlog_count;
	int64_t store, batch; /* of the last texts that came */
	unsigned granted;     /* credit that holdfastd has and has not used */
	bool settling;        /* texts of before this connection are under way: no credit */
	bool ready;           /* systemd knows */
	bool draining;
	hf_time config_logged; /* not again before */
	struct loop_timer *refill;
	struct loop_task *progress;
	void (*on_done)(void *userdata);
	void *done_userdata;
};

static void want_progress(struct sender *sender)
{
	if (loop_task_want(sender->progress) < 0) {
		loop_exit(sender->loop, -ENOMEM);
	}
}

/* --- outcomes ------------------------------------------------------------- */

static void keep_outcome(struct sender *sender, const struct wire_outcome *outcome)
{
	hf_time now = clock_monotonic();

	if (outcome->class == OUTCOME_CONFIG && now >= sender->config_logged) {
		log_error("the gateway does not take our texts: %s", outcome->reason);
		sender->config_logged = now + CONFIG_LOG_EVERY;
	}
	if (outcomes_add(sender->outcomes, outcome, now) < 0) {
		loop_exit(sender->loop, -ENOMEM);
	}
	want_progress(sender);
}

static void tell_unsent(struct sender *sender, const struct wire_text *text, const char *reason)
{
	const struct wire_outcome outcome = {
		.id = text->id,
		.attempt = text->attempt,
		.key = text->key,
		.class = OUTCOME_UNSENT,
		.gateway_id = "",
		.reason = reason,
	};

	keep_outcome(sender, &outcome);
}

/* --- one text to the gateway, one outcome back ----------------------------------- */

static void under_way_free(struct sender *sender, struct under_way *text)
{
	LIST_REMOVE(text, entry);
	sender->under_way_count--;
	free(text);
}

/* An HTTP call's fate becomes a class: unsent may be tried again, lost may not, and what an answer
 * means is the preset's business. */
static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct under_way *text = userdata;
	struct sender *sender = text->sender;
	const struct response said = {
		.status = answer->status,
		.body = answer->body,
		.body_size = answer->body_size,
		.retry_after = answer->retry_after,
	};
	struct response_words words;
	struct wire_outcome outcome = {
		.class = OUTCOME_UNKNOWN,
		.gateway_id = "",
		.reason = answer->detail,
	};

	switch (answer->fate) {
	case HTTP_ANSWERED:
		response_classify(&sender->gateway->preset->answers, &said, &words, &outcome);
		break;
	case HTTP_UNSENT:
		outcome.class = OUTCOME_UNSENT;
		break;
	case HTTP_LOST:
		outcome.class = OUTCOME_UNKNOWN;
		break;
	}
	outcome.id = text->id;
	outcome.attempt = text->attempt;
	outcome.key = text->key;
	keep_outcome(sender, &outcome);
	under_way_free(sender, text);
}

/* Not 0: nothing was sent, and no outcome will come. */
static int start_sending(struct sender *sender, const struct wire_text *text)
{
	_cleanup_(request_done) struct request composed = { 0 };
	struct under_way *started;
	int r;

	if (strlen(text->key) > WIRE_KEY_MAX) {
		return -EINVAL;
	}
	r = gateway_compose(sender->gateway, text, &composed);
	if (r < 0) {
		return r;
	}
	started = calloc(1, sizeof(*started));
	if (!started) {
		return -ENOMEM;
	}

	started->sender = sender;
	started->id = text->id;
	started->attempt = text->attempt;
	strcpy(started->key, text->key);
	r = request_start(&composed, sender->http, on_answer, started);
	if (r < 0) {
		free(started);
		return r;
	}

	LIST_INSERT_HEAD(&sender->under_way, started, entry);
	sender->under_way_count++;
	return 0;
}

/* --- texts ---------------------------------------------------------------- */

static struct bucket *bucket_for(struct sender *sender, const struct wire_text *text)
{
	return &sender->buckets[gateway_sender_for(sender->gateway, text->to)];
}

static void send_text(struct sender *sender, const struct wire_text *text, hf_time now)
{
	int r = start_sending(sender, text);

	if (r < 0) {
		tell_unsent(sender, text, strerror(-r));
		return;
	}

	bucket_take(bucket_for(sender, text), text->segments, now);
}

static const char *copy_after(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copied = memcpy(*at, text, size);

	*at += size;
	return copied;
}

static int backlog_add(struct sender *sender, const struct wire_text *text, hf_time now)
{
	const char *local_time = text->at ? text->at : "";
	size_t size =
		strlen(text->key) + strlen(text->to) + strlen(text->body) + strlen(local_time) + 4;
	struct queued *queued = malloc(sizeof(*queued) + size);
	char *at;

	if (!queued) {
		return -ENOMEM;
	}

	at = (char *)(queued + 1);
	*queued = (struct queued){ .text = *text, .expires = now + text->valid_for };
	queued->text.key = copy_after(&at, text->key);
	queued->text.to = copy_after(&at, text->to);
	queued->text.body = copy_after(&at, text->body);
	queued->text.at = copy_after(&at, local_time);
	TAILQ_INSERT_TAIL(&sender->backlog, queued, entry);
	sender->backlog_count++;
	return 0;
}

static void backlog_drop(struct sender *sender, struct queued *queued)
{
	TAILQ_REMOVE(&sender->backlog, queued, entry);
	sender->backlog_count--;
	free(queued);
}

/* What has its token now goes, in the order of coming. */
static void send_queued(struct sender *sender, hf_time now)
{
	struct queued *next;

	for (struct queued *queued = TAILQ_FIRST(&sender->backlog); queued; queued = next) {
		struct wire_text *text = &queued->text;

		next = TAILQ_NEXT(queued, entry);
		text->valid_for = queued->expires - now;
		if (text->valid_for <= 0) {
			tell_unsent(sender, text, "too late when its turn came");
			backlog_drop(sender, queued);
		} else if (bucket_tokens(bucket_for(sender, text), now) > 0) {
			send_text(sender, text, now);
			backlog_drop(sender, queued);
		}
	}
}

static void refuse_queued(struct sender *sender, const char *reason)
{
	struct queued *queued;

	while ((queued = TAILQ_FIRST(&sender->backlog))) {
		tell_unsent(sender, &queued->text, reason);
		backlog_drop(sender, queued);
	}
}

static void send_or_queue(struct sender *sender, const struct wire_text *text, hf_time now)
{
	if (sender->draining) {
		tell_unsent(sender, text, "the courier is stopping");
	} else if (bucket_tokens(bucket_for(sender, text), now) > 0) {
		send_text(sender, text, now);
	} else if (backlog_add(sender, text, now) < 0) {
		tell_unsent(sender, text, strerror(ENOMEM));
	}
}

/* --- the link to holdfastd -------------------------------------------------- */

void sender_texts(struct sender *sender, const struct wire_text *texts, size_t count)
{
	hf_time now = clock_monotonic();

	if (count > sender->granted) {
		link_drop(sender->link, "it sent more texts than it had credit for");
		return;
	}

	sender->granted -= (unsigned)count;
	for (size_t i = 0; i < count; i++) {
		/* Told to whoever holdfastd is next: a database that was put back knows less. */
		if (texts[i].store != sender->store || texts[i].batch > sender->batch) {
			sender->store = texts[i].store;
			sender->batch = texts[i].batch;
		}
		send_or_queue(sender, &texts[i], now);
	}
	want_progress(sender);
}

static void send_hello(struct sender *sender)
{
	double rate = sender->gateway->rate * (double)gateway_senders(sender->gateway);
	const struct wire_hello hello = {
		.gateway = sender->gateway->name,
		.idempotent = sender->gateway->preset->idempotent,
		.rate = rate < RATE_MOST ? rate : RATE_MOST,
		.watches = true,
		.store = sender->store,
		.batch = sender->batch,
	};

	if (wire_send_hello(link_wire(sender->link), &hello) < 0) {
		link_drop(sender->link, "it does not listen");
	}
}

void sender_up(struct sender *sender)
{
	log_notice("carrying texts for gateway %s", sender->gateway->name);
	loop_notify("%sSTATUS=carrying texts", sender->ready ? "" : "READY=1\n");
	sender->ready = true;
	sender->settling = true;
	outcomes_repeat(sender->outcomes, clock_monotonic());
	send_hello(sender);
	want_progress(sender);
}

void sender_down(struct sender *sender)
{
	loop_notify("STATUS=holdfastd is away");
	sender->granted = 0;
	refuse_queued(sender, "holdfastd went away before it was sent");
	want_progress(sender);
}

/* --- credit --------------------------------------------------------------- */

/* Never below 0. */
static unsigned subtract(unsigned from, unsigned what)
{
	return from > what ? from - what : 0;
}

/* Connections that no text has or was promised. */
static unsigned free_connections(const struct sender *sender)
{
	return subtract(sender->gateway->max_inflight,
			sender->under_way_count + sender->backlog_count + sender->granted);
}

/* What could leave at once, beyond what was already promised. */
static unsigned credit(struct sender *sender, hf_time now)
{
	unsigned tokens = 0, most = free_connections(sender);

	if (!link_wire(sender->link) || sender->draining || sender->settling) {
		return 0;
	}

	for (size_t i = 0; i < gateway_senders(sender->gateway); i++) {
		tokens += bucket_tokens(&sender->buckets[i], now);
	}
	tokens = subtract(tokens, sender->granted + sender->backlog_count);
	return tokens < most ? tokens : most;
}

static void send_outcomes_and_credit(struct sender *sender, hf_time now)
{
	unsigned more = credit(sender, now);

	if (!link_wire(sender->link) || (more == 0 && outcomes_waiting(sender->outcomes) == 0)) {
		return;
	}
	if (outcomes_send(sender->outcomes, link_wire(sender->link), more) < 0) {
		link_drop(sender->link, "it does not listen");
		return;
	}

	sender->granted += more;
}

/* Wakes us for the next token, where one would change anything. */
static int arm_refill(struct sender *sender, hf_time now)
{
	bool thirsty = link_wire(sender->link) && !sender->draining && free_connections(sender) > 0;
	hf_time next = HF_NEVER;

	for (size_t i = 0; i < gateway_senders(sender->gateway); i++) {
		hf_time after = bucket_next(&sender->buckets[i], now);

		if ((thirsty || sender->backlog_count > 0) && after < next) {
			next = after;
		}
	}
	return loop_timer_set(sender->refill, next < TIMER_LEAST ? TIMER_LEAST : next);
}

/* The end of a turn: what is missing?  May run at any time. */
static void on_progress(void *userdata)
{
	struct sender *sender = userdata;
	hf_time now = clock_monotonic();

	send_queued(sender, now);
	if (sender->under_way_count == 0) {
		sender->settling = false;
	}
	send_outcomes_and_credit(sender, now);
	if (arm_refill(sender, now) < 0) {
		loop_exit(sender->loop, -ENOMEM);
	}

	if (sender->on_done && sender->under_way_count == 0 &&
	    outcomes_waiting(sender->outcomes) == 0) {
		take_ptr(sender->on_done)(sender->done_userdata);
	}
}

/* --- birth, change and death ---------------------------------------------- */

/* A file that is read again must not send faster for it. */
static bool is_same_pace(const struct sender *sender, const struct gateway *gateway)
{
	return sender->buckets && sender->bucket_count == gateway_senders(gateway) &&
	       sender->buckets[0].rate == gateway->rate;
}

static int use_gateway(struct sender *sender, struct gateway *gateway)
{
	size_t count = gateway_senders(gateway);
	hf_time now = clock_monotonic();
	struct bucket *buckets;

	http_client_set_connections(sender->http, gateway->max_inflight);
	http_client_set_ca(sender->http, gateway->ca);
	if (is_same_pace(sender, gateway)) {
		sender->gateway = gateway;
		return 0;
	}

	buckets = calloc(count, sizeof(*buckets));
	if (!buckets) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		bucket_init(&buckets[i], gateway->rate, now);
	}

	free(sender->buckets);
	sender->buckets = buckets;
	sender->bucket_count = count;
	sender->gateway = gateway;
	return 0;
}

int sender_new(struct loop *loop, struct gateway *gateway, struct link *link,
	       const struct http_client_options *options, struct sender **ret_sender)
{
	_cleanup_(sender_freep) struct sender *sender = calloc(1, sizeof(*sender));
	int r;

	if (!sender) {
		return -ENOMEM;
	}
	sender->loop = loop;
	sender->link = link;
	TAILQ_INIT(&sender->backlog);
	r = http_client_new(loop, options, &sender->http);
	r = r ? r : use_gateway(sender, gateway);
	r = r ? r : outcomes_new(gateway->max_inflight, &sender->outcomes);
	r = r ? r : loop_add_timer(loop, on_progress, sender, &sender->refill);
	r = r ? r : loop_add_task(loop, on_progress, sender, &sender->progress);
	if (r < 0) {
		return r;
	}

	*ret_sender = take_ptr(sender);
	return 0;
}

void sender_set_gateway(struct sender *sender, struct gateway *gateway)
{
	if (use_gateway(sender, gateway) < 0) {
		loop_exit(sender->loop, -ENOMEM);
		return;
	}

	outcomes_set_most(sender->outcomes, gateway->max_inflight);
	if (link_wire(sender->link)) {
		send_hello(sender);
	}
	want_progress(sender);
}

void sender_drain(struct sender *sender, void (*on_done)(void *userdata), void *userdata)
{
	sender->draining = true;
	sender->on_done = on_done;
	sender->done_userdata = userdata;
	refuse_queued(sender, "the courier is stopping");
	want_progress(sender);
}

struct sender *sender_free(struct sender *sender)
{
	if (!sender) {
		return NULL;
	}

	http_client_free(sender->http);
	while (!LIST_EMPTY(&sender->under_way)) {
		under_way_free(sender, LIST_FIRST(&sender->under_way));
	}
	outcomes_free(sender->outcomes);
	while (sender->backlog_count > 0) {
		backlog_drop(sender, TAILQ_FIRST(&sender->backlog));
	}
	loop_timer_free(sender->refill);
	loop_task_free(sender->progress);
	free(sender->buckets);
	free(sender);
	return NULL;
}
