/*
 * News on its way to holdfastd.
 *
 * Promises: "stored" is said only when every piece of one webhook is; a wire
 * that breaks, and a holdfastd that says nothing, are a no.  So a gateway that
 * repeats what it got no 2xx for loses nothing, and what comes twice holdfastd
 * knows by its id.
 */
#include "courier/forward.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

struct handing {
	LIST_ENTRY(handing) entry;
	struct handover *handover;
	struct loop_timer *deadline;
	int64_t first, end; /* its numbers: first <= seq < end */
	int64_t left;
	handover_on_end on_end;
	void *userdata;
};

struct handover {
	struct loop *loop;
	struct wire *wire; /* NULL while holdfastd is away */
	int64_t next;      /* number */
	unsigned count;
	LIST_HEAD(, handing) list;
};

static struct handing *handing_free(struct handing *handing)
{
	if (handing) {
		loop_timer_free(handing->deadline);
		free(handing);
	}
	return NULL;
}
DEFINE_CLEANUP(struct handing *, handing_free);

static void finish(struct handing *handing, bool stored)
{
	handover_on_end on_end = handing->on_end;
	void *userdata = handing->userdata;

	LIST_REMOVE(handing, entry);
	handing->handover->count--;
	(void)handing_free(handing);
	if (on_end) {
		on_end(userdata, stored);
	}
}

static void on_deadline(void *userdata)
{
	finish(userdata, false);
}

/* --- giving ------------------------------------------------------------------------ */

static int64_t number(struct handover *handover, struct hook_news *news)
{
	for (size_t i = 0; i < news->inbound_count; i++) {
		news->inbound[i].seq = handover->next++;
	}
	for (size_t i = 0; i < news->receipt_count; i++) {
		news->receipts[i].seq = handover->next++;
	}
	return handover->next;
}

static int say(struct wire *wire, const struct hook_news *news)
{
	int r = 0;

	if (news->inbound_count > 0) {
		r = wire_send_inbound(wire, news->inbound, news->inbound_count);
	}
	if (r == 0 && news->receipt_count > 0) {
		r = wire_send_receipts(wire, news->receipts, news->receipt_count);
	}
	return r;
}

int handover_give(struct handover *handover, struct hook_news *news, handover_on_end on_end,
		  void *userdata, struct handing **ret_handing)
{
	_cleanup_(handing_freep) struct handing *handing = NULL;
	int r;

	if (!handover->wire) {
		return -ENOTCONN;
	}
	if (handover->count == HANDOVERS_MOST) {
		return -ENOSPC;
	}

	handing = calloc(1, sizeof(*handing));
	if (!handing) {
		return -ENOMEM;
	}
	handing->handover = handover;
	handing->on_end = on_end;
	handing->userdata = userdata;
	r = loop_add_timer(handover->loop, on_deadline, handing, &handing->deadline);
	if (r < 0) {
		return r;
	}
	r = loop_timer_set(handing->deadline, HANDOVER_WAIT);
	if (r < 0) {
		return r;
	}

	handing->first = handover->next;
	handing->end = number(handover, news);
	handing->left = handing->end - handing->first;
	r = say(handover->wire, news);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&handover->list, handing, entry);
	handover->count++;
	if (ret_handing) {
		*ret_handing = handing;
	}
	(void)take_ptr(handing);
	return 0;
}

void handover_forget(struct handing *handing)
{
	handing->on_end = NULL;
}

/* --- hearing ------------------------------------------------------------------------ */

static struct handing *find(const struct handover *handover, int64_t seq)
{
	struct handing *handing;

	LIST_FOREACH(handing, &handover->list, entry)
	{
		if (seq >= handing->first && seq < handing->end) {
			return handing;
		}
	}
	return NULL;
}

void handover_stored(struct handover *handover, const struct wire_stored *stored, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct handing *handing = find(handover, stored[i].seq);

		if (!handing) {
			continue;
		}
		handing->left--;
		if (!stored[i].stored || handing->left == 0) {
			finish(handing, stored[i].stored);
		}
	}
}

void handover_up(struct handover *handover, struct wire *wire)
{
	handover->wire = wire;
}

void handover_down(struct handover *handover)
{
	handover->wire = NULL;
	while (!LIST_EMPTY(&handover->list)) {
		finish(LIST_FIRST(&handover->list), false);
	}
}

/* --- birth and death ------------------------------------------------------------------ */

int handover_new(struct loop *loop, struct handover **ret_handover)
{
	struct handover *handover = calloc(1, sizeof(*handover));

	if (!handover) {
		return -ENOMEM;
	}

	handover->loop = loop;
	handover->next = 1;
	LIST_INIT(&handover->list);
	*ret_handover = handover;
	return 0;
}

struct handover *handover_free(struct handover *handover)
{
	if (!handover) {
		return NULL;
	}

	while (!LIST_EMPTY(&handover->list)) {
		struct handing *handing = LIST_FIRST(&handover->list);

		LIST_REMOVE(handing, entry);
		(void)handing_free(handing);
	}
	free(handover);
	return NULL;
}
