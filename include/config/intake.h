/*
 * Every file of a configuration, one after the other: what they say, not yet
 * what they say about each other.
 */
#ifndef HF_CONFIG_INTAKE_H
#define HF_CONFIG_INTAKE_H

#include "config/part.h"

#define CLIENTS_MAX 200000 /* 100,000 due in the same minute are tested, and room */

struct intake {
	const char *dir;
	hf_time now; /* the machine's, before the first file */
	struct faults *faults;
	/* Of the snapshot before, in order; borrowed.  What did not change since is shared. */
	struct part *const *previous;
	size_t previous_count, previous_at;
	struct part **parts; /* all that was read, in order */
	size_t count, room;
	size_t parsed, reused; /* files */
	struct arena *arena;   /* the coming snapshot's */
	struct rules rules;
	const struct word_list *words; /* of all words parts */
	size_t word_count;
	size_t totals[PART_KINDS]; /* the things of all parts of a kind */
	bool changed[PART_KINDS];  /* not all parts of the kind are those of before */
	bool broken[PART_KINDS];   /* a part of the kind is: names may be missing */
	bool clients_full;         /* more than CLIENTS_MAX: said once */
};
void intake_done(struct intake *intake);

/* dir, now, faults, arena and what was before are set; path is holdfast.conf, the rest is found in
 * the folder.  0 or -errno; faults are faults. */
int intake_read(struct intake *intake, const char *path);

/* All things of a kind in one piece, in the arena.  0 or -ENOMEM. */
int intake_gather(const struct intake *intake, enum part_kind kind, void **ret_things,
		  size_t *ret_count);

#endif
