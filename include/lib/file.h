/*
 * A file read whole, and the stamp by which one knows that it is still the
 * same.
 */
#ifndef HF_LIB_FILE_H
#define HF_LIB_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/civil.h"

/* Which file, and which state of it: two stamps are equal where nothing wrote to it or put another
 * in its place, as far as the file system's clock can tell. */
struct file_stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	int64_t modified_ns, changed_ns; /* since the epoch */
	mode_t mode;                     /* goes with changed_ns */
};

/* Follows links.  0 or -errno. */
int file_stamp(const char *path, struct file_stamp *ret_stamp);
bool file_stamp_same(const struct file_stamp *a, const struct file_stamp *b);

/* False for a file that was written to within the last FILE_SETTLED_AFTER before `now`, or after
 * it: a further write in the same tick of the file system's clock would leave the stamp as it is
 * (git's "racily clean").  Two seconds are FAT's tick, the coarsest there is. */
#define FILE_SETTLED_AFTER (2 * HF_SECOND)
bool file_stamp_settled(const struct file_stamp *stamp, hf_time now);

enum {
	FILE_E_CHANGED = 1, /* somebody wrote to it between the first byte and the last */
};

/* The whole of a plain file, with a NUL behind it.  -EISDIR, -EINVAL for what is no plain file,
 * -EFBIG for more than `most` bytes.  The caller frees; ret_size and ret_stamp may be NULL. */
int file_read(const char *path, size_t most, char **ret_bytes, size_t *ret_size,
	      struct file_stamp *ret_stamp);

/* The folder that `path` is, else the one that it is in.  The caller frees; NULL when memory is
 * out. */
char *file_folder(const char *path);

#endif
