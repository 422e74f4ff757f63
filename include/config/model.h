/*
 * What the configuration says: one immutable snapshot of all files.  It is
 * loaded whole or refused whole; a reload builds a new one beside the old.
 *
 * Everything in a snapshot lives in its arena and in its sources, which it may
 * share with the snapshots before and after it; pointers into it are good until
 * model_free().
 */
#ifndef HF_CONFIG_MODEL_H
#define HF_CONFIG_MODEL_H

#include "config/client.h"
#include "config/language.h"
#include "config/plan.h"
#include "config/staff.h"
#include "config/site.h"
#include "config/words.h"

struct source; /* a file */

struct model {
	struct arena *arena; /* NULL in a slice */
	char *dir;
	struct site site;
	struct texting texting;
	struct keep keep;
	struct danger danger;
	struct conf_texts gateways;
	struct conf_texts senders; /* the numbers that texts come from, of all gateways */
	bool on_network;           /* one of them is not on this machine: real phones ring */
	struct conf_dates closed;
	struct language *languages;
	size_t language_count;
	const struct word_list *word_lists;
	size_t word_list_count;
	struct plan *plans;
	size_t plan_count;
	struct client *clients; /* sorted by id */
	size_t client_count;
	struct staff_member *staff;
	size_t staff_count;
	struct on_call *on_call;
	size_t on_call_count;
	struct span acknowledge_within, attempt_within, read_within;
	bool daily_digest;
	struct source **sources; /* in the order in which they were read */
	size_t source_count;
	size_t parsed, reused; /* files that were read for this one, and that need not be */
};

/* file is holdfast.conf, or the directory that holds it.  With errors in faults: CONF_E_FAULT and
 * no snapshot. */
int model_load(const char *file, struct faults *faults, struct model **ret_model);
/* The same, but of what stands in `previous` (NULL for none) only what changed since is read.  now:
 * the machine's time.  A file that was written to less than two seconds before is read again by the
 * next, for it may be written to again without its times showing it. */
int model_reload(const struct model *previous, const char *file, hf_time now, struct faults *faults,
		 struct model **ret_model);
struct model *model_free(struct model *model);
DEFINE_CLEANUP(struct model *, model_free);
/* The same snapshot with `count` clients from index `first` on; it borrows all from the whole. */
int model_slice(const struct model *whole, size_t first, size_t count, struct model **ret_slice);

const struct client *model_client(const struct model *model, const char *id);
/* The index of the first client whose id is greater; client_count for none. */
size_t model_after(const struct model *model, const char *id);
const struct plan *model_plan(const struct model *model, const char *id);
const struct staff_member *model_staff(const struct model *model, const char *id);
/* In the client's language, else the site's, else template_built_in(); NULL for none. */
const struct template *model_template(const struct model *model, const char *language,
				      const char *name);
/* What this client is sent by that name: the open wording where she asked for it, else NAME_feminine
 * or NAME_masculine by her address, where her language has these.  NULL for none, and for an open
 * wording that she did not ask for. */
const struct template *model_wording(const struct model *model, const struct client *client,
				     const char *name);
/* NULL where no file speaks that language. */
const struct language *model_language(const struct model *model, const char *code);
/* How many automatic texts her day has a place for: fewer than everybody's, where she asked. */
int model_daily_limit(const struct model *model, const struct client *client);
bool model_closed(const struct model *model, const struct civil *date);

/* Every key of every file, for the man page and its test: file kind, key, type, default, doc. */
typedef void (*model_on_key)(void *userdata, const char *section, const struct conf_entry *entry);
void model_each_key(model_on_key on_key, void *userdata);

#endif
