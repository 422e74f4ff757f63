/*
 * From the outbox to the couriers: claims what is due, as far as credit and
 * permits go, hands it over after the commit, and settles what comes back.
 *
 * A gateway that fails is left alone for a while (circuit breaker), one that says
 * "later" for as long as it says, one that finds fault with our account until a probe is taken; all
 * hold the gateway, not the single text.
 */
#ifndef HF_ENGINE_DISPATCH_H
#define HF_ENGINE_DISPATCH_H

#include "lib/wire.h"
#include "engine/context.h"

/* Hands texts that are claimed to the courier of a gateway.  Called after the commit.  Not 0: the
 * courier is gone, and dispatch_courier_gone() will say so. */
typedef int (*dispatch_hand_over)(void *userdata, const char *gateway,
				  const struct wire_text *texts, size_t count);

struct dispatch;

/* Claimed rows of before become unknown. */
int dispatch_new(const struct engine_context *ctx, dispatch_hand_over hand_over, void *userdata,
		 struct dispatch **ret_dispatch);
struct dispatch *dispatch_free(struct dispatch *dispatch);
DEFINE_CLEANUP(struct dispatch *, dispatch_free);
/* A reload: from here on dispatch serves these gateways.  On failure the old ones stay. */
int dispatch_set_gateways(struct dispatch *dispatch, const struct model *model, hf_time now);

/* A courier came (-EEXIST: that gateway has one; -ENOENT: not in holdfast.conf), gives credit,
 * answers, is gone. The first credit after its hello also decides about the gateway's unknown
 * texts.  Answers are kept until the next dispatch_run(), so that one commit takes them all and
 * the next batch too; until then they are as lost in a crash as if they were still on the wire. */
int dispatch_courier_hello(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now);
/* It has read its gateway's file again: what it can do now; its credit and what is under way stay.
 * -ENOTCONN where it never came. */
int dispatch_courier_renew(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now);
int dispatch_outcomes(struct dispatch *dispatch, const char *gateway,
		      const struct wire_outcome *outcomes, size_t count, unsigned credit,
		      hf_time now);
int dispatch_courier_gone(struct dispatch *dispatch, const struct engine_context *ctx,
			  const char *gateway);

/* Settles what was answered, claims and hands over all that may go now, in as few commits as it
 * takes.  May be called at any time.  A very long queue is worked off in several calls:
 * dispatch_next() then says `now`. */
int dispatch_run(struct dispatch *dispatch, const struct engine_context *ctx);

/* When dispatch_run() next has something to do: at once after dispatch_outcomes(); HF_NEVER while
 * nothing waits or no courier has credit. */
int dispatch_next(struct dispatch *dispatch, const struct engine_context *ctx, hf_time *ret_when);

/* A gateway by which nothing has gone out for ten minutes, for whatever reason, is a case of
 * "gateway:NAME": urgent where it is the only way out; put right when a text goes out by it again, or its
 * courier is back.  In a transaction of its own; may be called at any time.  And when there is next
 * something to tell; HF_NEVER. */
int dispatch_follow_outages(struct dispatch *dispatch, const struct engine_context *ctx);
hf_time dispatch_outages_next(const struct dispatch *dispatch, hf_time now);

/* While it is held, answers are settled and only what is urgent is claimed: whoever writes now is
 * answered now, and staff hear of it. */
void dispatch_hold(struct dispatch *dispatch, bool held);
/* The clock was set back to now: no gateway is left alone until a moment of before. */
void dispatch_set_back(struct dispatch *dispatch, hf_time now);

/* A receipt says that our account, or our number, is at fault: the administrator is told. */
void dispatch_blame_account(struct dispatch *dispatch, const char *gateway, const char *reason);

/* As many texts have gone out within an hour, or a day, as may: all but emergency texts and alerts
 * wait.  False: they have not. */
struct dispatch_ceiling {
	unsigned most;
	const char *per; /* "hour" or "day" */
	hf_time until;
};
bool dispatch_at_ceiling(struct dispatch *dispatch, const struct model *model, hf_time now,
			 struct dispatch_ceiling *ret_ceiling);

struct dispatch_gateway {
	const char *name;
	bool connected;
	unsigned credit, in_flight;
	hf_time held_until;    /* 0: not held */
	const char *held_why;  /* "" where it is not */
	const char *held_said; /* of a hold for our account: what the gateway said; else "" */
};
size_t dispatch_gateways(const struct dispatch *dispatch, struct dispatch_gateway *ret_gateways,
			 size_t most);

#endif
