/*
 * The files of one folder of the configuration.
 */
#ifndef HF_CONFIG_FOLDER_H
#define HF_CONFIG_FOLDER_H

#include <stdbool.h>

#include "lib/arena.h"
#include "lib/fault.h"

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

#endif
