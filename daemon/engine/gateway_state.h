/*
 * The way out through one gateway, as far as we know it at this moment: whether its courier is
 * here, how much it may be given, and why it is left alone.  Memory only, no disk: after a restart
 * the first answers say the same again.
 */
#ifndef HF_ENGINE_GATEWAY_STATE_H
#define HF_ENGINE_GATEWAY_STATE_H

#include "lib/conf.h"
#include "lib/wire.h"
#include "lib/civil.h"

#define GATEWAY_CREDIT_MAX 4096 /* what a courier that grants without end is believed */

struct gateway_state {
	char *name;  /* ours */
	bool listed; /* in the configuration: may be given texts */
	bool connected, idempotent;
	bool decided; /* about its unknown texts, since its courier came */
	unsigned credit, in_flight;
	unsigned taken;       /* of the credit, by a transaction that is not committed */
	int failures;         /* one after the other */
	hf_time held_until;   /* 0: not held; HF_NEVER: until a human mends the account */
	const char *held_why; /* a literal */
	hf_time down_since;   /* 0: nothing has stood in the way since it last took a text */
};

void gateway_state_hello(struct gateway_state *gateway, const struct wire_hello *hello,
			 hf_time now);
/* Its courier says it once more: credit and what is under way stay. */
void gateway_state_renew(struct gateway_state *gateway, const struct wire_hello *hello,
			 hf_time now);
void gateway_state_gone(struct gateway_state *gateway, hf_time now);
void gateway_state_grant(struct gateway_state *gateway, unsigned credit);
/* The clock was set back: a moment of the clock of before is no reason to wait. */
void gateway_state_set_back(struct gateway_state *gateway, hf_time now);

/* What one answer says about the gateway as a whole: holds, and the circuit breaker.  The seed
 * spreads what would otherwise all come back at once. */
void gateway_state_answer(struct gateway_state *gateway, const struct wire_outcome *outcome,
			  uint32_t seed, hf_time now);

/* One text more in the open transaction; then it is committed, or was not. */
void gateway_state_take(struct gateway_state *gateway);
void gateway_state_commit(struct gateway_state *gateway);
void gateway_state_undo(struct gateway_state *gateway);

/* Could it be given a text now? */
bool gateway_state_takes(const struct gateway_state *gateway, hf_time now);
/* When it takes texts again if nobody says anything; HF_NEVER where it needs a word. */
hf_time gateway_state_opens(const struct gateway_state *gateway, hf_time now);

/* All of them, in order of preference; those no longer in the configuration stand at the end, for
 * their couriers may still have something to say. */
struct gateway_states {
	struct gateway_state **list;
	size_t count;
};
void gateway_states_done(struct gateway_states *gateways);
/* What the configuration says now; also mends what was held for its account. */
int gateway_states_arrange(struct gateway_states *gateways, const struct conf_texts *names,
			   hf_time now);
struct gateway_state *gateway_states_find(const struct gateway_states *gateways, const char *name);

/* The first that takes a text.  One that is merely out of credit is waited for; one that is held or
 * away for more than a minute is passed over.  NULL for none. */
struct gateway_state *gateway_states_choose(const struct gateway_states *gateways, hf_time now);
/* When gateway_states_choose will find one if nobody says anything; HF_NEVER for not. */
hf_time gateway_states_choice(const struct gateway_states *gateways, hf_time now);

/* `length` more or less a fifth, the same for the same seed. */
hf_time gateway_state_jitter(hf_time length, uint32_t seed);

#endif
