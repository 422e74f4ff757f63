/* Faults of the disk at sqlite3_step(). */
#include "storage.h"

#include <dlfcn.h>
#include <string.h>

#include <sqlite3.h>

static struct {
	unsigned left; /* commits; 0: nobody is to be killed */
	bool before, dead, full;
} disk;

static bool is_commit(const char *sql)
{
	return strcmp(sql, "COMMIT") == 0;
}

/* A commit, or a statement that would be one by itself. */
static bool writes(sqlite3_stmt *statement)
{
	const char *sql = sqlite3_sql(statement);

	return strncmp(sql, "BEGIN", 5) == 0 || is_commit(sql) ||
	       (!sqlite3_stmt_readonly(statement) &&
		sqlite3_get_autocommit(sqlite3_db_handle(statement)));
}

int sqlite3_step(sqlite3_stmt *statement)
{
	static int (*real)(sqlite3_stmt *);
	bool last;
	int code;

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
	}
	if (disk.dead) {
		return SQLITE_IOERR;
	}
	if (disk.full && writes(statement)) {
		return SQLITE_FULL;
	}

	last = disk.left > 0 && is_commit(sqlite3_sql(statement)) && --disk.left == 0;
	if (last && disk.before) {
		disk.dead = true;
		return SQLITE_IOERR;
	}
	code = real(statement);
	disk.dead = last;
	return code;
}

void storage_kill(unsigned nth, bool before)
{
	disk.left = nth;
	disk.before = before;
}

bool storage_is_dead(void)
{
	return disk.dead;
}

void storage_revive(void)
{
	disk.left = 0;
	disk.dead = disk.full = false;
}

void storage_fill(bool full)
{
	disk.full = full;
}

bool storage_is_full(void)
{
	return disk.full;
}

bool storage_is_well(void)
{
	return disk.left == 0 && !disk.dead && !disk.full;
}
