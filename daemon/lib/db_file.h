/*
 * The database's file, looked at and locked without SQLite: opening a file with
 * SQLite recovers it, and so changes what may not be ours to change.
 */
#ifndef HF_LIB_DB_FILE_H
#define HF_LIB_DB_FILE_H

#include <stdint.h>

/* The answers of this module, beside 0 and -errno. */
enum {
	DB_FILE_E_FOREIGN = 1, /* db_file_inspect: somebody else's */
	DB_FILE_E_LOCKED,      /* db_file_lock: another process has it */
};

/* One process for each database: a lock on PATH.lock, for as long as the descriptor is open.  It
 * goes with the process, however that ends.  To be taken before anything else is done. */
int db_file_lock(const char *path, int *ret_fd);

/* Is it a database with this application id, or new?  A file that is missing is made, empty and
 * for us alone.  -EBADMSG: ours, but damaged.  The caller has the lock. */
int db_file_inspect(const char *path, uint32_t application_id);

/* An empty file for us alone, in the place of one that a broken attempt left. */
int db_file_make(const char *path);
/* Syncs the file, gives it its name and syncs the folder: after this it survives a power cut. */
int db_file_publish(const char *temporary, const char *path);

#endif
