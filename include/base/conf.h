/*
 * Configuration files, by libconfig: reading them, and the table of keys that
 * says what may stand in them.  Every fault is collected with its file and
 * line, none stops the reading, and a key nobody knows is a fault.
 */
#ifndef HF_BASE_CONF_H
#define HF_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/civil.h"
#include "core/cleanup.h"

/* --- faults ------------------------------------------------------------ */

enum fault_severity {
	FAULT_ERROR,
	FAULT_WARNING,
};

/* "clients/a.conf:12: what is wrong; what to do".  `code` is a stable word for programs:
 * "unknown-key". */
struct fault {
	char *file;
	unsigned line;
	enum fault_severity severity;
	const char *code; /* a literal */
	char *message;
};

struct faults {
	struct fault *list;
	size_t count, errors;
	bool overflow; /* more than FAULTS_MAX: the rest was dropped */
};
#define FAULTS_MAX 1000

__attribute__((format(printf, 6, 7))) void fault_add(struct faults *faults,
						     enum fault_severity severity, const char *file,
						     unsigned line, const char *code,
						     const char *format, ...);
void faults_done(struct faults *faults);
/* By file, then line. */
void faults_sort(struct faults *faults);

/* --- one file ----------------------------------------------------------- */

struct conf;      /* one file, parsed */
struct conf_node; /* a setting in it; borrowed, lives as long as the file */

#define CONF_FILE_MAX (1024 * 1024) /* bytes; a file of clients with 1 KiB each holds a thousand   \
				     */

/* Syntax errors, an unreadable or too large file, @include: a fault and a positive answer.
 * `shown` is the name that faults carry (relative to the configuration). */
enum { CONF_E_FAULT = 1 };
int conf_read(const char *path, const char *shown, struct faults *faults, struct conf **ret_conf);
int conf_read_text(const char *text, const char *shown, struct faults *faults,
		   struct conf **ret_conf);
struct conf *conf_free(struct conf *conf);
DEFINE_CLEANUP(struct conf *, conf_free);

const struct conf_node *conf_root(const struct conf *conf);
const char *conf_file(const struct conf_node *node); /* the shown name */
unsigned conf_line(const struct conf_node *node);
const char *conf_key(const struct conf_node *node); /* NULL for an element of a list */

/* Children of groups, lists and arrays, in file order. */
size_t conf_count(const struct conf_node *node);
const struct conf_node *conf_at(const struct conf_node *node, size_t index);
const struct conf_node *conf_get(const struct conf_node *group, const char *key);
bool conf_is_group(const struct conf_node *node);
bool conf_is_list(const struct conf_node *node);     /* list or array */
const char *conf_text(const struct conf_node *node); /* NULL where it is no text */
bool conf_int(const struct conf_node *node, long long *ret_number);
bool conf_real(const struct conf_node *node, double *ret_number); /* takes integers too */
bool conf_bool(const struct conf_node *node, bool *ret_truth);

/* --- the table of keys -------------------------------------------------- */

enum conf_kind {
	CONF_TEXT,     /* char * */
	CONF_NUMBER,   /* int, least..most */
	CONF_REAL,     /* double, > 0 */
	CONF_TRUTH,    /* bool */
	CONF_DATE,     /* struct civil, "2026-11-23" */
	CONF_DATETIME, /* struct civil, "2026-11-23 14:00" */
	CONF_MINUTE,   /* int, "10:00" */
	CONF_SPAN,     /* struct span, "6h" */
	CONF_HOURS,    /* struct hours */
	CONF_WEEKDAYS, /* unsigned, "MO,TH" */
	CONF_PHONE,    /* char *, E.164 normalised */
	CONF_ZONE,     /* const struct zone * */
	CONF_WORD,     /* int: the index in `words` */
	CONF_TEXTS,    /* struct conf_texts: [ "a", "b" ] or a single "a" */
	CONF_NUMBERS,  /* struct conf_numbers */
	CONF_SPANS,    /* struct conf_spans */
	CONF_DATES,    /* struct conf_dates */
	CONF_GROUP,    /* read by `read` */
	CONF_LIST,     /* each element read by `read`; a single group counts as one */
};

struct conf_texts {
	char **list;
	size_t count;
};
struct conf_numbers {
	int *list;
	size_t count;
};
struct conf_spans {
	struct span *list;
	size_t count;
};
struct conf_dates {
	struct civil *list;
	size_t count;
};

struct conf_reader {
	struct arena *arena; /* what is read lives here */
	struct faults *faults;
	void *userdata;
};

/* Reads one node into *target (for CONF_GROUP and CONF_LIST).  0 or -ENOMEM; faults are faults. */
typedef int (*conf_read_node)(struct conf_reader *reader, const struct conf_node *node,
			      void *target);

struct conf_entry {
	const char *key;
	enum conf_kind kind;
	bool required;
	const char *fallback;     /* the default as text, as one would write it; NULL for none */
	size_t offset;            /* of the member in the target */
	const char *doc;          /* one line for the man page and `holdfastctl check --keys` */
	int least, most;          /* CONF_NUMBER, and the most elements of a list (0: 1000) */
	const char *const *words; /* CONF_WORD, NULL-terminated */
	conf_read_node read;
};

/* Reads a group by its table: defaults filled in, each wrong type, value, missing or unknown key
 * ("did you mean") a fault at its line.  The table ends with a NULL key.  0 or -ENOMEM. */
int conf_read_group(struct conf_reader *reader, const struct conf_node *group,
		    const struct conf_entry *table, void *target);

/* The word of `words` (NULL-terminated) nearest to `word`, or NULL: for "did you mean". */
const char *conf_nearest(const char *word, const char *const *words);

#endif
