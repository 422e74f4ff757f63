/* What an edit changes, gathered client by client, shown in the order of time. */
#ifndef HF_CTL_CHANGES_H
#define HF_CTL_CHANGES_H

#include "lib/cleanup.h"
#include "ctl/compare.h"

#define CHANGES_MAX 500000 /* some 400 bytes each; nobody reads more */

struct changes;

int changes_new(struct changes **ret_changes);
struct changes *changes_free(struct changes *changes);
DEFINE_CLEANUP(struct changes *, changes_free);

/* What keeps a text from going, whatever is foreseen. */
enum halt {
	HALT_NONE,
	HALT_STOPPED,
	HALT_PAUSED, /* by staff */
};

/* All is copied.  before or after may be NULL.  0, -ENOMEM, -E2BIG beyond CHANGES_MAX. */
int changes_add(struct changes *changes, const char *client, enum halt halt, enum change_kind kind,
		const struct foreseen *before, const struct foreseen *after);

/* Both sort and print on standard output; site is the zone whose days they stand under. */
void changes_print(struct changes *changes, const struct zone *site, int days);
int changes_print_json(struct changes *changes);

#endif
