/*
 * Every file of a configuration, read one after the other: what they say, not
 * yet what they say about each other.
 */
#ifndef HF_DATA_INTAKE_H
#define HF_DATA_INTAKE_H

#include "data/client.h"
#include "data/language.h"
#include "data/plan.h"
#include "data/reference.h"
#include "data/roster.h"
#include "data/site.h"
#include "data/words.h"

#define CLIENTS_MAX 200000 /* 100,000 due in the same minute are tested, and room */

/* One list that grows while files are read. */
struct pile {
	char *things;
	size_t count, room, size;
};

/* The reader, the folder and the sizes of things are set by who begins. */
struct intake {
	struct conf_reader reader; /* its userdata is `references` */
	const char *dir;
	struct references references;
	struct site_file settings;
	struct roster roster;
	struct pile words, languages, plans, clients;
	/* A file could not be read, or did not say what it is: names may be missing. */
	bool languages_broken, plans_broken, staff_broken;
	bool clients_full; /* more than CLIENTS_MAX: said once */
};
void intake_init(struct intake *intake, struct arena *arena, struct faults *faults,
		 const char *dir);
void intake_done(struct intake *intake);

/* path: holdfast.conf; the rest is found in the folder.  0 or -errno; faults are faults. */
int intake_read(struct intake *intake, const char *path);

/* What is on a pile, in one piece, in the arena.  0 or -ENOMEM. */
int pile_settle(const struct pile *pile, struct arena *arena, void **ret_things, size_t *ret_count);

#endif
