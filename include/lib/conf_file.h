/*
 * One configuration file, read by libconfig into a tree of settings.
 */
#ifndef HF_LIB_CONF_FILE_H
#define HF_LIB_CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/file.h"
#include "lib/cleanup.h"
#include "lib/fault.h"

struct conf;      /* one file, parsed */
struct conf_node; /* a setting in it; borrowed, lives as long as the file */

#define CONF_FILE_MAX (1024L * 1024) /* bytes: some thousand clients */

/* Syntax errors, an unreadable or too large file, one that everybody may write, @include: a fault
 * and a positive answer.  `shown` is the name that faults carry (relative to the configuration). */
enum { CONF_E_FAULT = 1 };
int conf_read(const char *path, const char *shown, struct faults *faults, struct conf **ret_conf);
/* The same, with the stamp of the file as it was read. */
int conf_read_stamped(const char *path, const char *shown, struct faults *faults,
		      struct file_stamp *ret_stamp, struct conf **ret_conf);
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

#endif
