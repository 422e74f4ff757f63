/*
 * Every file of a configuration, one after the other: what they say, not yet
 * what they say about each other.
 *
 * A source is what one file says: read once, and shared by every snapshot since,
 * until the file changes.  It stands alone: nothing in it points into another
 * file's.  Nobody changes it after it was read.
 */
#ifndef HF_CONFIG_SOURCE_H
#define HF_CONFIG_SOURCE_H

#include "lib/conf.h"
#include "lib/file.h"
#include "config/client.h"
#include "config/language.h"
#include "config/plan.h"
#include "config/reference.h"
#include "config/staff.h"
#include "config/site.h"
#include "config/words.h"

/* In the order in which they are read. */
enum source_kind {
	SOURCE_SETTINGS,
	SOURCE_STAFF,
	SOURCE_WORDS,
	SOURCE_LANGUAGE,
	SOURCE_PLAN,
	SOURCE_CLIENTS,
};
#define SOURCE_KINDS (SOURCE_CLIENTS + 1)

struct source {
	enum source_kind kind;
	unsigned users;   /* loads and snapshots that have it */
	const char *path; /* both in the arena */
	const char *shown;
	struct file_stamp stamp;
	bool settled; /* the stamp can be trusted; false where there is no file */
	bool broken;  /* could not be read, or did not say what it is */
	struct arena *arena;
	struct references references;
	struct faults faults; /* its own: what it says, not what it says about others */
	struct site_file settings;
	struct staff_file staff;
	/* What its kind says, as many as there are: word lists, languages, plans or clients. */
	char *things;
	size_t count, room;
};

bool source_is_shared(const struct source *source); /* a snapshot before has it, too */
/* One user less; the last frees it. */
struct source *source_drop(struct source *source);
DEFINE_CLEANUP(struct source *, source_drop);

/* unique_check() over all sources of a coming snapshot.  What stands in shared ones was found good
 * together.  0 or -ENOMEM. */
int sources_check_unique(struct source *const *sources, size_t count, struct faults *faults,
			 unsigned *ret_twice);

#define FOLDER_FILES_MAX 10000

/* For each file, with its path and the name that faults show ("clients/a.conf").  Anything but 0
 * ends the walk. */
typedef int (*folder_on_file)(void *userdata, const char *path, const char *shown);

/* Every NAME.conf in DIR/SUB, in the order of names.  What begins with "." or ends otherwise is
 * passed over, with a warning where somebody may have meant it to be read.  A folder that is not
 * there is empty, or a fault where it is required: one that went away must not look like one that
 * everybody left.  0, -errno, or what on_file gave; a folder that cannot be read is a fault. */
int source_walk_folder(const char *dir, const char *sub, bool required, struct faults *faults,
		       folder_on_file on_file, void *userdata);

/* The folder and the holdfast.conf in it, from the path of either; both in the arena.  0 or
 * -ENOMEM. */
int source_resolve_folder(const char *file, struct arena *arena, char **ret_dir, char **ret_path);

#define CLIENTS_MAX 200000 /* 100,000 due in the same minute are tested, and room */

struct sources {
	const char *dir;
	hf_time now; /* the machine's, before the first file */
	struct faults *faults;
	/* Of the snapshot before, in order; borrowed.  What did not change since is shared. */
	struct source *const *previous;
	size_t previous_count, previous_at;
	struct source **list; /* all that was read, in order */
	size_t count, room;
	size_t parsed, reused; /* files */
	struct arena *arena;   /* the coming snapshot's */
	struct rules rules;
	const struct word_list *words; /* of all words sources */
	size_t word_count;
	size_t totals[SOURCE_KINDS]; /* the things of all sources of a kind */
	bool changed[SOURCE_KINDS];  /* not all sources of the kind are those of before */
	bool broken[SOURCE_KINDS];   /* a source of the kind is: names may be missing */
	bool clients_full;           /* more than CLIENTS_MAX: said once */
};
void sources_done(struct sources *sources);

/* dir, now, faults, arena and what was before are set; path is holdfast.conf, the rest is found in
 * the folder.  0 or -errno; faults are faults. */
int sources_read(struct sources *sources, const char *path);

/* All things of a kind in one piece, in the arena.  0 or -ENOMEM. */
int sources_gather(const struct sources *sources, enum source_kind kind, void **ret_things,
		   size_t *ret_count);

#endif
