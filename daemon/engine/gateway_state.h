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

#define GATEWAY_CREDIT_MAX 64 /* texts that a courier which was taken over gets before it answers */
#define GATEWAY_SAID_MAX   160 /* of its reason; what is longer is cut */

/* Why it is left alone.  The last two have one cause: something is wrong with our account. */
enum gateway_hold {
	GATEWAY_HOLD_NOT,
	GATEWAY_HOLD_FAILING,  /* the circuit breaker: it does not answer */
	GATEWAY_HOLD_LATER,    /* it has said so itself */
	GATEWAY_HOLD_ACCOUNT,  /* it has said that our account is at fault */
	GATEWAY_HOLD_REFUSING, /* it refuses one text after the other, and nobody knows why */
};
extern const char *const gateway_hold_words[];

/* Is there a case because nothing goes out by it? */
enum gateway_outage {
	GATEWAY_OUTAGE_UNSURE, /* one of before this start may be open */
	GATEWAY_OUTAGE_NONE,
	GATEWAY_OUTAGE_CASE,
};

struct gateway_state {
	char *name;  /* ours */
	bool listed; /* in the configuration: may be given texts */
	bool connected, idempotent;
	bool decided; /* about its unknown texts, and what it refused, since its courier came or went, or
			 what may have been wrong with our account was mended */
	bool owes; /* answers to texts that it had when its courier went, or holdfastd */
	unsigned credit, in_flight;
	unsigned taken; /* of the credit, by a transaction that is not committed */
	int failures;   /* one after the other */
	enum gateway_hold hold;
	hf_time held_until; /* 0: not held.  Then it is probed with one text, until that one is taken */
	int probes;         /* that have failed in this hold */
	bool in_danger;     /* of those that were tried in it, one did not wait for its end */
	bool may_have_refused;       /* texts of which it is not known why */
	char said[GATEWAY_SAID_MAX]; /* of a hold for our account: the last reason */
	bool untold;                 /* it has just begun, and nobody was told of that */
	hf_time tried;               /* it began, or what cannot wait was last tried in it */
	hf_time down_since;          /* 0: nothing has stood in the way since it last took a text */
	enum gateway_outage outage;
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

/* Is it held because something is wrong with our account? */
bool gateway_state_is_for_account(const struct gateway_state *gateway);
/* It refuses texts to one number after the other, and nobody can explain why: it is held. */
void gateway_state_refuses(struct gateway_state *gateway, const char *reason, hf_time now);
/* It has taken a text, so that nothing is wrong with our account: that ends the hold.  True: so what it
 * refused need not wait either.  What it refused for our account, while it took what was under way, waits
 * for the probe that it would have been, so that one bad text does not hold it again at once. */
bool gateway_state_took(struct gateway_state *gateway, hf_time now);
/* A receipt says that our account is at fault: that holds nothing, but the administrator is told. */
void gateway_state_blame(struct gateway_state *gateway, const char *reason);

/* When it is to be told that nothing has gone out by it for so long, or that it is well again: now or
 * later; HF_NEVER. */
#define GATEWAY_OUTAGE_AFTER (10 * HF_MINUTE)
hf_time gateway_state_outage_at(const struct gateway_state *gateway, hf_time now);

/* One text more in the open transaction; then it is committed, or was not. */
void gateway_state_take(struct gateway_state *gateway);
void gateway_state_commit(struct gateway_state *gateway, hf_time now);
void gateway_state_undo(struct gateway_state *gateway);

/* Could it be given a text now? */
bool gateway_state_takes(const struct gateway_state *gateway, hf_time now);
/* When it takes texts again if nobody says anything; HF_NEVER where it needs a word. */
hf_time gateway_state_opens(const struct gateway_state *gateway, hf_time now);

/* What somebody in danger waits for waits for no probe, and for no word of the gateway that it wants to be
 * left alone: what it refuses has certainly not gone out.  But no more than one text so often. */
#define GATEWAY_DANGER_FLOOR (30 * HF_SECOND)

/* All of them, in order of preference; those no longer in the configuration stand at the end, for
 * their couriers may still have something to say. */
struct gateway_states {
	struct gateway_state **list;
	size_t count;
};
void gateway_states_done(struct gateway_states *gateways);
/* What the configuration says now; what was held for its account is tried again. */
int gateway_states_arrange(struct gateway_states *gateways, const struct conf_texts *names,
			   hf_time now);
struct gateway_state *gateway_states_find(const struct gateway_states *gateways, const char *name);

/* The first that takes a text.  One that is merely out of credit is waited for; one that is held or
 * away for more than a minute, or held for its account, is passed over.  NULL for none. */
struct gateway_state *gateway_states_choose(const struct gateway_states *gateways, hf_time now);
/* When gateway_states_choose will find one if nobody says anything; HF_NEVER for not. */
hf_time gateway_states_choice(const struct gateway_states *gateways, hf_time now);

/* The same two for what somebody in danger waits for: one that is held, too, and nobody waits for the
 * first where the second takes it. */
struct gateway_state *gateway_states_choose_in_danger(const struct gateway_states *gateways,
						      hf_time now);
hf_time gateway_states_choice_in_danger(const struct gateway_states *gateways, hf_time now);

/* `length` more or less a fifth, the same for the same seed. */
hf_time gateway_state_jitter(hf_time length, uint32_t seed);

#endif
