/*
 * Every file of a configuration, one after the other: what they say, not yet
 * what they say about each other.
 */
#ifndef HF_CONFIG_INTAKE_H
#define HF_CONFIG_INTAKE_H

#include <stdbool.h>

#include "lib/arena.h"
#include "lib/fault.h"
#include "config/part.h"

#define FOLDER_FILES_MAX 10000

/* For each file, with its path and the name that faults show ("clients/a.conf").  Anything but 0
 * ends the walk. */
typedef int (*folder_on_file)(void *userdata, const char *path, const char *shown);

/* Every NAME.conf in DIR/SUB, in the order of names.  What begins with "." or ends otherwise is an
 * editor's and is passed over.  A folder that is not there is empty, or a fault where it is
 * required: one that went away must not look like one that everybody left.  0, -errno, or what
 * on_file gave; a folder that cannot be read is a fault. */
int folder_walk(const char *dir, const char *sub, bool required, struct faults *faults,
		folder_on_file on_file, void *userdata);

/* The folder and the holdfast.conf in it, from the path of either; both in the arena.  0 or
 * -ENOMEM. */
int folder_resolve(const char *file, struct arena *arena, char **ret_dir, char **ret_path);

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
