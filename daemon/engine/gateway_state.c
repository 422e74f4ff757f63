/*
 * Holds, the circuit breaker and the choice among outlets.
 *
 * A gateway that fails five times in a row is left alone for half a minute and
 * then probed with one text; what is wrong with it is wrong for all texts, so
 * they wait unharmed.  What it says itself (Retry-After) outweighs our guess.
 * Dangerous: outlets_choose() and outlets_choice() must agree, else the
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

static void hold(struct outlet *outlet, hf_time until, const char *why, hf_time now)
{
	outlet->held_until = until;
	outlet->held_why = why;
	if (outlet->down_since == 0) {
		outlet->down_since = now;
	}
}

static void release(struct outlet *outlet)
{
	outlet->held_until = 0;
	outlet->held_why = NULL;
}

/* A new courier may have a new credential and a new way to its gateway, and so may one that has
 * read its file again; a time that the gateway itself has named stands. */
void outlet_renew(struct outlet *outlet, const struct wire_hello *hello, hf_time now)
{
	if (outlet->held_until == HF_NEVER || outlet->failures >= BREAKER_FAILURES) {
		release(outlet);
	}
	if (outlet->held_until <= now) {
		outlet->down_since = 0;
	}
	outlet->idempotent = hello->idempotent;
	outlet->handles_stop = hello->handles_stop;
	outlet->failures = 0;
}

void outlet_hello(struct outlet *outlet, const struct wire_hello *hello, hf_time now)
{
	outlet_renew(outlet, hello, now);
	outlet->connected = true;
	outlet->decided = false;
	outlet->credit = outlet->in_flight = outlet->taken = 0;
}

void outlet_gone(struct outlet *outlet, hf_time now)
{
	outlet->connected = false;
	outlet->credit = outlet->in_flight = outlet->taken = 0;
	if (outlet->down_since == 0) {
		outlet->down_since = now;
	}
}

void outlet_set_back(struct outlet *outlet, hf_time now)
{
	if (outlet->held_until != HF_NEVER && outlet->held_until > now) {
		release(outlet);
	}
	if (outlet->down_since > now) {
		outlet->down_since = now;
	}
}

void outlet_grant(struct outlet *outlet, unsigned credit)
{
	unsigned room = OUTLET_CREDIT_MAX - outlet->credit;

	outlet->credit += credit < room ? credit : room;
}

hf_time outlet_jitter(hf_time length, uint32_t seed)
{
	return length - length / 5 + length / 5 * 2 / 1000 * (hf_time)(seed % 1001);
}

static void worked(struct outlet *outlet, hf_time now)
{
	if (outlet->failures >= BREAKER_FAILURES || outlet->held_until <= now) {
		release(outlet);
		outlet->down_since = 0;
	}
	outlet->failures = 0;
}

static void failed(struct outlet *outlet, hf_time now)
{
	outlet->failures++;
	/* Those that were under way when the breaker opened do not hold it open longer. */
	if (outlet->failures >= BREAKER_FAILURES && outlet->held_until <= now) {
		hold(outlet, now + BREAKER_HOLD, "it failed again and again", now);
	}
}

static void defer(struct outlet *outlet, hf_time retry_after, uint32_t seed, hf_time now)
{
	hf_time length = retry_after ? retry_after : HOLD_DEFAULT;
	hf_time until;

	length = length < HOLD_LEAST ? HOLD_LEAST : length > HOLD_MOST ? HOLD_MOST : length;
	/* Never sooner than it said. */
	until = now + length + outlet_jitter(length, seed) / 8;
	outlet->failures = 0;
	if (until > outlet->held_until) {
		hold(outlet, until, "the gateway said later", now);
	}
}

void outlet_answer(struct outlet *outlet, const struct wire_outcome *outcome, uint32_t seed,
		   hf_time now)
{
	if (outlet->in_flight > 0) {
		outlet->in_flight--;
	}

	switch (outcome->class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_REFUSED:
	case OUTCOME_OPTED_OUT:
		worked(outlet, now);
		break;
	case OUTCOME_UNSENT:
	case OUTCOME_UNKNOWN:
		failed(outlet, now);
		break;
	case OUTCOME_DEFERRED:
		defer(outlet, outcome->retry_after, seed, now);
		break;
	case OUTCOME_CONFIG:
		outlet->failures = 0;
		hold(outlet, HF_NEVER, "its account or credential is refused", now);
		break;
	}
}

/* --- credit ------------------------------------------------------------------ */

void outlet_take(struct outlet *outlet)
{
	outlet->taken++;
}

void outlet_commit(struct outlet *outlet)
{
	outlet->credit -= outlet->taken;
	outlet->in_flight += outlet->taken;
	outlet->taken = 0;
}

void outlet_undo(struct outlet *outlet)
{
	outlet->taken = 0;
}

/* --- the choice -------------------------------------------------------------- */

static bool is_open(const struct outlet *outlet, hf_time now)
{
	return outlet->listed && outlet->connected && outlet->held_until <= now;
}

/* While the breaker is not closed, one text at a time. */
static bool has_room(const struct outlet *outlet)
{
	bool probing = outlet->failures >= BREAKER_FAILURES;

	return outlet->credit > outlet->taken &&
	       !(probing && outlet->in_flight + outlet->taken > 0);
}

bool outlet_takes(const struct outlet *outlet, hf_time now)
{
	return is_open(outlet, now) && has_room(outlet);
}

hf_time outlet_opens(const struct outlet *outlet, hf_time now)
{
	if (!outlet->listed || !outlet->connected || !has_room(outlet)) {
		return HF_NEVER;
	}
	return outlet->held_until > now ? outlet->held_until : now;
}

/* When the next one may take over from one that is not open. */
static hf_time yields(const struct outlet *outlet, hf_time now)
{
	hf_time patient = outlet->down_since + PATIENCE;

	if (!outlet->listed || outlet->held_until == HF_NEVER ||
	    outlet->held_until - now > PATIENCE || patient <= now) {
		return now;
	}
	return patient;
}

struct outlet *outlets_choose(const struct outlets *outlets, hf_time now)
{
	for (size_t i = 0; i < outlets->count; i++) {
		struct outlet *outlet = outlets->list[i];

		if (is_open(outlet, now)) {
			return has_room(outlet) ? outlet : NULL;
		}
		if (yields(outlet, now) > now) {
			return NULL;
		}
	}

	return NULL;
}

hf_time outlets_choice(const struct outlets *outlets, hf_time now)
{
	hf_time reached = now, best = HF_NEVER;

	for (size_t i = 0; i < outlets->count; i++) {
		const struct outlet *outlet = outlets->list[i];
		hf_time opens = outlet_opens(outlet, now);
		hf_time yielded;

		if (opens != HF_NEVER) {
			opens = opens > reached ? opens : reached;
			best = opens < best ? opens : best;
		}
		if (is_open(outlet, now)) {
			return best;
		}
		yielded = yields(outlet, now);
		reached = yielded > reached ? yielded : reached;
	}

	return best;
}

/* --- the list ------------------------------------------------------------------ */

static int outlet_new(const char *name, hf_time now, struct outlet **ret_outlet)
{
	_cleanup_free_ struct outlet *outlet = calloc(1, sizeof(*outlet));

	if (!outlet) {
		return -ENOMEM;
	}

	outlet->name = strdup(name);
	if (!outlet->name) {
		return -ENOMEM;
	}

	outlet->down_since = now;
	*ret_outlet = take_ptr(outlet);
	return 0;
}

static void outlet_free(struct outlet *outlet)
{
	free(outlet->name);
	free(outlet);
}

void outlets_done(struct outlets *outlets)
{
	for (size_t i = 0; i < outlets->count; i++) {
		outlet_free(outlets->list[i]);
	}
	free(outlets->list);
	*outlets = (struct outlets){ 0 };
}

struct outlet *outlets_find(const struct outlets *outlets, const char *name)
{
	for (size_t i = 0; name && i < outlets->count; i++) {
		if (strcmp(outlets->list[i]->name, name) == 0) {
			return outlets->list[i];
		}
	}
	return NULL;
}

static int add(struct outlets *outlets, const char *name, hf_time now)
{
	struct outlet *outlet,
		**list = reallocarray(outlets->list, outlets->count + 1, sizeof(struct outlet *));
	int r;

	if (!list) {
		return -ENOMEM;
	}

	outlets->list = list;
	r = outlet_new(name, now, &outlet);
	if (r != 0) {
		return r;
	}

	list[outlets->count++] = outlet;
	return 0;
}

/* Puts the gateway of that name at `place`; those behind keep their order. */
static void rank(struct outlets *outlets, const char *name, size_t place)
{
	struct outlet *outlet = outlets_find(outlets, name);
	size_t at = place;

	assert(outlet);
	while (outlets->list[at] != outlet) {
		at++;
	}
	memmove(&outlets->list[place + 1], &outlets->list[place],
		(at - place) * sizeof(struct outlet *));
	outlets->list[place] = outlet;
	outlet->listed = true;
}

int outlets_arrange(struct outlets *outlets, const struct conf_texts *names, hf_time now)
{
	for (size_t i = 0; i < names->count; i++) {
		int r = outlets_find(outlets, names->list[i]) ? 0
							      : add(outlets, names->list[i], now);

		if (r != 0) {
			return r;
		}
	}

	for (size_t i = 0; i < outlets->count; i++) {
		outlets->list[i]->listed = false;
		if (outlets->list[i]->held_until == HF_NEVER) {
			release(outlets->list[i]);
		}
	}
	for (size_t i = 0; i < names->count; i++) {
		rank(outlets, names->list[i], i);
	}
	return 0;
}
