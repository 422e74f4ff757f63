/*
 * Holds, the circuit breaker and the choice among gateways.
 *
 * A gateway that fails five times in a row is left alone for half a minute and
 * then probed with one text; what is wrong with it is wrong for all texts, so
 * they wait unharmed.  What it says itself (Retry-After) outweighs our guess.
 * Dangerous: gateway_states_choose() and gateway_states_choice() must agree, else the
 * daemon wakes for nothing for ever; their common test walks through time.
 */
#include "engine/gateway_state.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define BREAKER_FAILURES 5
#define BREAKER_HOLD     (30 * HF_SECOND)
#define HOLD_LEAST       HF_SECOND
#define HOLD_MOST        HF_HOUR
#define HOLD_DEFAULT     (30 * HF_SECOND)
#define PATIENCE         HF_MINUTE /* before the next gateway takes over */

/* --- what it is told --------------------------------------------------------- */

static void hold(struct gateway_state *gateway, hf_time until, const char *why, hf_time now)
{
	gateway->held_until = until;
	gateway->held_why = why;
	if (gateway->down_since == 0) {
		gateway->down_since = now;
	}
}

static void release(struct gateway_state *gateway)
{
	gateway->held_until = 0;
	gateway->held_why = NULL;
}

/* A new courier may have a new credential and a new way to its gateway, and so may one that has
 * read its file again; a time that the gateway itself has named stands. */
void gateway_state_renew(struct gateway_state *gateway, const struct wire_hello *hello, hf_time now)
{
	if (gateway->held_until == HF_NEVER || gateway->failures >= BREAKER_FAILURES) {
		release(gateway);
	}
	if (gateway->held_until <= now) {
		gateway->down_since = 0;
	}
	gateway->idempotent = hello->idempotent;
	gateway->failures = 0;
}

void gateway_state_hello(struct gateway_state *gateway, const struct wire_hello *hello, hf_time now)
{
	gateway_state_renew(gateway, hello, now);
	gateway->connected = true;
	gateway->decided = false;
	gateway->credit = gateway->in_flight = gateway->taken = 0;
}

void gateway_state_gone(struct gateway_state *gateway, hf_time now)
{
	gateway->connected = false;
	gateway->credit = gateway->in_flight = gateway->taken = 0;
	if (gateway->down_since == 0) {
		gateway->down_since = now;
	}
}

void gateway_state_set_back(struct gateway_state *gateway, hf_time now)
{
	if (gateway->held_until != HF_NEVER && gateway->held_until > now) {
		release(gateway);
	}
	if (gateway->down_since > now) {
		gateway->down_since = now;
	}
}

void gateway_state_grant(struct gateway_state *gateway, unsigned credit)
{
	unsigned room = GATEWAY_CREDIT_MAX - gateway->credit;

	gateway->credit += credit < room ? credit : room;
}

hf_time gateway_state_jitter(hf_time length, uint32_t seed)
{
	return length - length / 5 + length / 5 * 2 / 1000 * (hf_time)(seed % 1001);
}

static void worked(struct gateway_state *gateway, hf_time now)
{
	if (gateway->failures >= BREAKER_FAILURES || gateway->held_until <= now) {
		release(gateway);
		gateway->down_since = 0;
	}
	gateway->failures = 0;
}

static void failed(struct gateway_state *gateway, hf_time now)
{
	gateway->failures++;
	/* Those that were under way when the breaker opened do not hold it open longer. */
	if (gateway->failures >= BREAKER_FAILURES && gateway->held_until <= now) {
		hold(gateway, now + BREAKER_HOLD, "it failed again and again", now);
	}
}

static void defer(struct gateway_state *gateway, hf_time retry_after, uint32_t seed, hf_time now)
{
	hf_time length = retry_after ? retry_after : HOLD_DEFAULT;
	hf_time until;

	length = length < HOLD_LEAST ? HOLD_LEAST : length > HOLD_MOST ? HOLD_MOST : length;
	/* Never sooner than it said. */
	until = now + length + gateway_state_jitter(length, seed) / 8;
	gateway->failures = 0;
	if (until > gateway->held_until) {
		hold(gateway, until, "the gateway said later", now);
	}
}

void gateway_state_answer(struct gateway_state *gateway, const struct wire_outcome *outcome,
			  uint32_t seed, hf_time now)
{
	if (gateway->in_flight > 0) {
		gateway->in_flight--;
	}

	switch (outcome->class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_REFUSED:
	case OUTCOME_OPTED_OUT:
		worked(gateway, now);
		break;
	case OUTCOME_UNSENT:
	case OUTCOME_UNKNOWN:
		failed(gateway, now);
		break;
	case OUTCOME_DEFERRED:
		defer(gateway, outcome->retry_after, seed, now);
		break;
	case OUTCOME_CONFIG:
		gateway->failures = 0;
		hold(gateway, HF_NEVER, "its account or credential is refused", now);
		break;
	}
}

/* --- credit ------------------------------------------------------------------ */

void gateway_state_take(struct gateway_state *gateway)
{
	gateway->taken++;
}

void gateway_state_commit(struct gateway_state *gateway)
{
	gateway->credit -= gateway->taken;
	gateway->in_flight += gateway->taken;
	gateway->taken = 0;
}

void gateway_state_undo(struct gateway_state *gateway)
{
	gateway->taken = 0;
}

/* --- the choice -------------------------------------------------------------- */

static bool is_open(const struct gateway_state *gateway, hf_time now)
{
	return gateway->listed && gateway->connected && gateway->held_until <= now;
}

/* While the breaker is not closed, one text at a time. */
static bool has_room(const struct gateway_state *gateway)
{
	bool probing = gateway->failures >= BREAKER_FAILURES;

	return gateway->credit > gateway->taken &&
	       !(probing && gateway->in_flight + gateway->taken > 0);
}

bool gateway_state_takes(const struct gateway_state *gateway, hf_time now)
{
	return is_open(gateway, now) && has_room(gateway);
}

hf_time gateway_state_opens(const struct gateway_state *gateway, hf_time now)
{
	if (!gateway->listed || !gateway->connected || !has_room(gateway)) {
		return HF_NEVER;
	}
	return gateway->held_until > now ? gateway->held_until : now;
}

/* When the next one may take over from one that is not open. */
static hf_time yields(const struct gateway_state *gateway, hf_time now)
{
	hf_time patient = gateway->down_since + PATIENCE;

	if (!gateway->listed || gateway->held_until == HF_NEVER ||
	    gateway->held_until - now > PATIENCE || patient <= now) {
		return now;
	}
	return patient;
}

struct gateway_state *gateway_states_choose(const struct gateway_states *gateways, hf_time now)
{
	for (size_t i = 0; i < gateways->count; i++) {
		struct gateway_state *gateway = gateways->list[i];

		if (is_open(gateway, now)) {
			return has_room(gateway) ? gateway : NULL;
		}
		if (yields(gateway, now) > now) {
			return NULL;
		}
	}

	return NULL;
}

hf_time gateway_states_choice(const struct gateway_states *gateways, hf_time now)
{
	hf_time reached = now, best = HF_NEVER;

	for (size_t i = 0; i < gateways->count; i++) {
		const struct gateway_state *gateway = gateways->list[i];
		hf_time opens = gateway_state_opens(gateway, now);
		hf_time yielded;

		if (opens != HF_NEVER) {
			opens = opens > reached ? opens : reached;
			best = opens < best ? opens : best;
		}
		if (is_open(gateway, now)) {
			return best;
		}
		yielded = yields(gateway, now);
		reached = yielded > reached ? yielded : reached;
	}

	return best;
}

/* --- the list ------------------------------------------------------------------ */

static int gateway_state_new(const char *name, hf_time now, struct gateway_state **ret_gateway)
{
	_cleanup_free_ struct gateway_state *gateway = calloc(1, sizeof(*gateway));

	if (!gateway) {
		return -ENOMEM;
	}

	gateway->name = strdup(name);
	if (!gateway->name) {
		return -ENOMEM;
	}

	gateway->down_since = now;
	*ret_gateway = take_ptr(gateway);
	return 0;
}

static void gateway_state_free(struct gateway_state *gateway)
{
	free(gateway->name);
	free(gateway);
}

void gateway_states_done(struct gateway_states *gateways)
{
	for (size_t i = 0; i < gateways->count; i++) {
		gateway_state_free(gateways->list[i]);
	}
	free(gateways->list);
	*gateways = (struct gateway_states){ 0 };
}

struct gateway_state *gateway_states_find(const struct gateway_states *gateways, const char *name)
{
	for (size_t i = 0; name && i < gateways->count; i++) {
		if (strcmp(gateways->list[i]->name, name) == 0) {
			return gateways->list[i];
		}
	}
	return NULL;
}

static int add(struct gateway_states *gateways, const char *name, hf_time now)
{
	struct gateway_state *gateway, **list = reallocarray(gateways->list, gateways->count + 1,
							     sizeof(struct gateway_state *));
	int r;

	if (!list) {
		return -ENOMEM;
	}

	gateways->list = list;
	r = gateway_state_new(name, now, &gateway);
	if (r != 0) {
		return r;
	}

	list[gateways->count++] = gateway;
	return 0;
}

/* Puts the gateway of that name at `place`; those behind keep their order. */
static void rank(struct gateway_states *gateways, const char *name, size_t place)
{
	struct gateway_state *gateway = gateway_states_find(gateways, name);
	size_t at = place;

	assert(gateway);
	while (gateways->list[at] != gateway) {
		at++;
	}
	memmove(&gateways->list[place + 1], &gateways->list[place],
		(at - place) * sizeof(struct gateway_state *));
	gateways->list[place] = gateway;
	gateway->listed = true;
}

int gateway_states_arrange(struct gateway_states *gateways, const struct conf_texts *names,
			   hf_time now)
{
	for (size_t i = 0; i < names->count; i++) {
		int r = gateway_states_find(gateways, names->list[i])
				? 0
				: add(gateways, names->list[i], now);

		if (r != 0) {
			return r;
		}
	}

	for (size_t i = 0; i < gateways->count; i++) {
		gateways->list[i]->listed = false;
		if (gateways->list[i]->held_until == HF_NEVER) {
			release(gateways->list[i]);
		}
	}
	for (size_t i = 0; i < names->count; i++) {
		rank(gateways, names->list[i], i);
	}
	return 0;
}
