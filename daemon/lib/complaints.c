#include "lib/complaints.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/clock.h"

#define EVERY HF_MINUTE
#define MOST  32

/* So many since the last line that says this. */
struct complaint {
	const char *what, *why;
	hf_time next; /* monotonic: no line before */
	uint64_t count;
};

struct complaints {
	complaints_on_line on_line;
	void *userdata;
	struct complaint list[MOST];
	struct loop_timer *timer; /* for those that came within a minute of a line */
};

static void write_line(const struct complaints *complaints, struct complaint *complaint)
{
	complaints->on_line(complaints->userdata, complaint->count, complaint->what,
			    complaint->why);
	complaint->count = 0;
	complaint->next = clock_monotonic() + EVERY;
}

static void on_timer(void *userdata)
{
	struct complaints *complaints = userdata;

	for (size_t i = 0; i < MOST; i++) {
		if (complaints->list[i].count > 0) {
			write_line(complaints, &complaints->list[i]);
		}
	}
}

void complaints_add(struct complaints *complaints, const char *what, const char *why)
{
	struct complaint *complaint = complaints->list;
	struct complaint *last = complaint + MOST - 1;

	while (complaint < last && complaint->what &&
	       (strcmp(complaint->what, what) != 0 || strcmp(complaint->why, why) != 0)) {
		complaint++;
	}
	complaint->what = what;
	complaint->why = why;
	complaint->count++;
	if (clock_monotonic() >= complaint->next) {
		write_line(complaints, complaint);
	} else if (complaint->count == 1) {
		(void)loop_timer_set(complaints->timer, EVERY);
	}
}

int complaints_new(struct loop *loop, complaints_on_line on_line, void *userdata,
		   struct complaints **ret_complaints)
{
	struct complaints *complaints = calloc(1, sizeof(*complaints));
	int r;

	if (!complaints) {
		return -ENOMEM;
	}
	complaints->on_line = on_line;
	complaints->userdata = userdata;
	r = loop_add_timer(loop, on_timer, complaints, &complaints->timer);
	if (r < 0) {
		free(complaints);
		return r;
	}

	*ret_complaints = complaints;
	return 0;
}

struct complaints *complaints_free(struct complaints *complaints)
{
	if (complaints) {
		on_timer(complaints);
		(void)loop_timer_free(complaints->timer);
		free(complaints);
	}
	return NULL;
}
