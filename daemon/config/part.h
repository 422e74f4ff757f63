/*
 * What one file of a configuration says: read once, and shared by every
 * snapshot since, until the file changes.
 *
 * A part stands alone: nothing in it points into another file's.  Nobody
 * changes it after it was read.
 */
#ifndef HF_CONFIG_PART_H
#define HF_CONFIG_PART_H

#include "lib/conf.h"
#include "lib/file.h"
#include "config/client.h"
#include "config/language.h"
#include "config/plan.h"
#include "config/reference.h"
#include "config/roster.h"
#include "config/site.h"
#include "config/words.h"

/* In the order in which they are read. */
enum part_kind {
	PART_SETTINGS,
	PART_STAFF,
	PART_WORDS,
	PART_LANGUAGE,
	PART_PLAN,
	PART_CLIENTS,
};
#define PART_KINDS (PART_CLIENTS + 1)

struct part {
	enum part_kind kind;
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
	struct roster roster;
	/* What its kind says, as many as there are: word lists, languages, plans or clients. */
	char *things;
	size_t count, room;
};

/* path and shown are copied.  One user: who made it. */
int part_new(enum part_kind kind, const char *path, const char *shown, struct part **ret_part);
struct part *part_share(struct part *part);
bool part_is_shared(const struct part *part); /* has been part of a snapshot before */
/* One user less; the last frees it. */
struct part *part_drop(struct part *part);
DEFINE_CLEANUP(struct part *, part_drop);

size_t part_size(enum part_kind kind); /* of one thing */
/* Another zeroed thing; NULL when memory is out.  The next call moves it. */
void *part_add(struct part *part);
/* All is read: gives back the room that was kept for more. */
void part_settle(struct part *part);

/* The order in which files are read: by kind, then name. */
int part_compare(const struct part *part, enum part_kind kind, const char *shown);

/* once_check() over all parts of a coming snapshot.  What stands in shared ones was found good
 * together.  0 or -ENOMEM. */
int parts_check_once(struct part *const *parts, size_t count, struct faults *faults,
		     unsigned *ret_twice);

#endif
