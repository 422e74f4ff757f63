/*
 * Holds, the circuit breaker and the choice among gateways.
 *
 * A gateway that fails five times in a row is left alone for half a minute and
 * then probed with one text; what is wrong with it is wrong for all texts, so
 * they wait unharmed.  What it says itself (Retry-After) outweighs our guess.
 * So is one that refuses five texts in a row, to more than one number, and nobody
 * knows why, and one that says that our account is at fault; the probes of those
 * come at longer and longer intervals.
 * Dangerous: gateway_states_choose() and gateway_states_choice() must agree, else the
 * daemon wakes for nothing for ever; their common test walks through time.
 */
#include "engine/gateway_state.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BREAKER_FAILURES 5
#define BREAKER_HOLD     (30 * HF_SECOND)
#define HOLD_LEAST       HF_SECOND
#define HOLD_MOST        HF_HOUR
#define HOLD_DEFAULT     (30 * HF_SECOND)
#define PATIENCE         HF_MINUTE /* before the next gateway takes over */

/* --- what it is told --------------------------------------------------------- */

const char *const gateway_hold_words[] = {
	[GATEWAY_HOLD_NOT] = "",
	[GATEWAY_HOLD_FAILING] = "it failed again and again",
	[GATEWAY_HOLD_LATER] = "the gateway said later",
	[GATEWAY_HOLD_ACCOUNT] = "its account or credential is refused",
	[GATEWAY_HOLD_REFUSING] = "it refuses one text after the other",
};

bool gateway_state_is_for_account(const struct gateway_state *gateway)
{
	return gateway->hold == GATEWAY_HOLD_ACCOUNT || gateway->hold == GATEWAY_HOLD_REFUSING;
}

static void hold(struct gateway_state *gateway, enum gateway_hold why, hf_time until, hf_time now)
{
	if (gateway->hold == GATEWAY_HOLD_NOT) {
		gateway->tried = now;
	}
	gateway->hold = why;
	gateway->held_until = until;
	if (gateway->down_since == 0) {
		gateway->down_since = now;
	}
}

static void release(struct gateway_state *gateway)
{
	gateway->untold = gateway->untold && !gateway_state_is_for_account(gateway);
	gateway->hold = GATEWAY_HOLD_NOT;
	gateway->held_until = gateway->tried = 0;
	gateway->probes = 0;
	gateway->in_danger = false;
}

/* A refusal has certainly sent nothing, so that a probe costs nothing: 1, 5 and 15 minutes after it
 * began, then each quarter of an hour. */
static const hf_time probe_after[] = { HF_MINUTE, 4 * HF_MINUTE, 10 * HF_MINUTE, 15 * HF_MINUTE };

/* What was under way when a hold began does not make it longer. */
static void hold_for_account(struct gateway_state *gateway, enum gateway_hold why, hf_time now)
{
	hf_time until;

	if (!gateway_state_is_for_account(gateway)) {
		gateway->probes = 0;
		gateway->untold = true;
	} else if (gateway->held_until > now) {
		return;
	} else {
		gateway->probes += (size_t)gateway->probes + 1 < COUNT(probe_after);
		why = gateway->hold;
	}

	until = now + probe_after[gateway->probes];
	hold(gateway, why, until > gateway->held_until ? until : gateway->held_until, now);
}

/* A new courier may have a new credential and a new way to its gateway, and so may one that has
 * read its file again; a time that the gateway itself has named stands. */
void gateway_state_renew(struct gateway_state *gateway, const struct wire_hello *hello, hf_time now)
{
	gateway->decided = gateway->decided && !gateway_state_is_for_account(gateway);
	if (gateway->hold != GATEWAY_HOLD_LATER) {
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
	gateway->connected = gateway->decided = false;
	gateway->credit = gateway->in_flight = gateway->taken = 0;
	if (gateway->down_since == 0) {
		gateway->down_since = now;
	}
}

void gateway_state_set_back(struct gateway_state *gateway, hf_time now)
{
	if (gateway_state_is_for_account(gateway)) {
		gateway->held_until = gateway->held_until < now ? gateway->held_until : now;
	} else if (gateway->held_until > now) {
		release(gateway);
	}
	if (gateway->down_since > now) {
		gateway->down_since = now;
	}
	if (gateway->tried > now) {
		gateway->tried = now;
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
	if (gateway->held_until > now) {
		return;
	}
	if (gateway_state_is_for_account(gateway)) {
		hold_for_account(gateway, gateway->hold, now);
	} else if (gateway->failures >= BREAKER_FAILURES) {
		hold(gateway, GATEWAY_HOLD_FAILING, now + BREAKER_HOLD, now);
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
		hold(gateway,
		     gateway_state_is_for_account(gateway) ? gateway->hold : GATEWAY_HOLD_LATER,
		     until, now);
	}
}

static void note_reason(struct gateway_state *gateway, const char *reason)
{
	(void)snprintf(gateway->said, sizeof(gateway->said), "%s", reason ? reason : "");
}

void gateway_state_answer(struct gateway_state *gateway, const struct wire_outcome *outcome,
			  uint32_t seed, hf_time now)
{
	if (gateway->in_flight > 0) {
		gateway->in_flight--;
	}

	switch (outcome->class) {
	case OUTCOME_REFUSED:
		if (!wire_outcome_is_explained(outcome)) {
			gateway->failures =
				0; /* it answers; why it does not take this one is open */
			break;
		}
		worked(gateway, now);
		break;
	case OUTCOME_ACCEPTED:
		if (gateway_state_is_for_account(gateway)) {
			gateway->failures = 0; /* gateway_state_took() has the rest */
			break;
		}
		worked(gateway, now);
		break;
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
		note_reason(gateway, outcome->reason);
		hold_for_account(gateway, GATEWAY_HOLD_ACCOUNT, now);
		break;
	}
}

void gateway_state_refuses(struct gateway_state *gateway, const char *reason, hf_time now)
{
	note_reason(gateway, reason);
	hold_for_account(gateway, GATEWAY_HOLD_REFUSING, now);
}

bool gateway_state_took(struct gateway_state *gateway, hf_time now)
{
	bool probe = gateway->hold == GATEWAY_HOLD_REFUSING || gateway->held_until <= now ||
		     gateway->in_danger;

	if (!gateway_state_is_for_account(gateway)) {
		return false;
	}
	release(gateway);
	gateway->down_since = 0;
	return probe;
}

void gateway_state_blame(struct gateway_state *gateway, const char *reason)
{
	if (!gateway_state_is_for_account(gateway)) {
		note_reason(gateway, reason);
		gateway->untold = true;
	}
}

hf_time gateway_state_outage_at(const struct gateway_state *gateway, hf_time now)
{
	if (gateway->down_since == 0 || !gateway->listed) {
		return gateway->outage == GATEWAY_OUTAGE_NONE ? HF_NEVER : now;
	}
	return gateway->outage == GATEWAY_OUTAGE_CASE ? HF_NEVER
						      : gateway->down_since + GATEWAY_OUTAGE_AFTER;
}

/* --- credit ------------------------------------------------------------------ */

void gateway_state_take(struct gateway_state *gateway)
{
	gateway->taken++;
}

void gateway_state_commit(struct gateway_state *gateway, hf_time now)
{
	if (gateway->taken > 0 && gateway->hold != GATEWAY_HOLD_NOT) {
		gateway->tried = now;
		gateway->in_danger = gateway->in_danger || gateway->held_until > now;
	}
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
	bool probing =
		gateway->failures >= BREAKER_FAILURES || gateway_state_is_for_account(gateway);

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

	if (!gateway->listed || gateway_state_is_for_account(gateway) ||
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

/* HF_NEVER where it needs a word. */
static hf_time opens_in_danger(const struct gateway_state *gateway, hf_time now)
{
	hf_time again = gateway->tried + GATEWAY_DANGER_FLOOR;
	hf_time opens = gateway_state_opens(gateway, now);

	if (opens == now || opens == HF_NEVER) {
		return opens;
	}
	if (gateway->in_flight + gateway->taken > 0) {
		return HF_NEVER;
	}
	return again > opens ? opens : again > now ? again : now;
}

struct gateway_state *gateway_states_choose_in_danger(const struct gateway_states *gateways,
						      hf_time now)
{
	for (size_t i = 0; i < gateways->count; i++) {
		if (gateway_state_takes(gateways->list[i], now)) {
			return gateways->list[i];
		}
	}
	for (size_t i = 0; i < gateways->count; i++) {
		if (opens_in_danger(gateways->list[i], now) <= now) {
			return gateways->list[i];
		}
	}
	return NULL;
}

hf_time gateway_states_choice_in_danger(const struct gateway_states *gateways, hf_time now)
{
	hf_time best = HF_NEVER;

	for (size_t i = 0; i < gateways->count; i++) {
		hf_time opens = opens_in_danger(gateways->list[i], now);

		best = opens < best ? opens : best;
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
	gateway->may_have_refused = true; /* before this start */
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
		if (gateway_state_is_for_account(gateways->list[i])) {
			gateways->list[i]->decided = false;
			release(gateways->list[i]);
		}
	}
	for (size_t i = 0; i < names->count; i++) {
		rank(gateways, names->list[i], i);
	}
	return 0;
}
