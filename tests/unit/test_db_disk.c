/* The database on a disk: whose file it is, who has it, and what survives. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "test.h"
#include "db_faults.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/db.h"

#define OURS 0x48464c44u

static const char *const migrations[] = {
	"CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT) STRICT",
	"INSERT INTO t(text) VALUES('second')",
	"INSERT INTO t(text) VALUES('third')",
};

static char folder[] = "/tmp/holdfast-XXXXXX";
static char path[64], copy[64];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/db", folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	(void)umount(folder);
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static struct db *open_at(const char *name, size_t count)
{
	struct db *db = NULL;

	assert_int_equal(db_open(name, OURS, migrations, count, &db), 0);
	assert_non_null(db);
	return db;
}

static int refused(size_t count)
{
	struct db *db = NULL;
	int r = db_open(path, OURS, migrations, count, &db);

	assert_null(db);
	return r;
}

static int64_t ask(struct db *db, const char *sql)
{
	int64_t number = -1;

	assert_int_equal(db_one_int(db, -2, &number, sql, ""), 0);
	return number;
}

static int add(struct db *db, int64_t id)
{
	return db_run(db, "INSERT INTO t(id, text) VALUES(?, 'x')", "i", id);
}

/* FNV-1a of a file; 0 where there is none. */
static uint64_t hash(const char *name)
{
	_cleanup_fclose_ FILE *file = fopen(name, "re");
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (int c; file && (c = getc(file)) != EOF;) {
		sum = (sum ^ (unsigned char)c) * UINT64_C(0x100000001b3);
	}
	return file ? sum : 0;
}

static void overwrite(long offset, const void *bytes, size_t size)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, size, offset), size);
}

FIXTURE(set_up, tear_down);

TEST(test_settings)
{
	struct db *db = open_at(path, 1);
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(ask(db, "PRAGMA synchronous"), 2);
	assert_int_equal(ask(db, "PRAGMA secure_delete"), 1);
	assert_int_equal(ask(db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(ask(db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(ask(db, "PRAGMA application_id"), OURS);
	assert_int_equal(ask(db, "PRAGMA user_version"), 1);
	assert_int_equal(add(db, 1), 0);
	db = db_close(db);

	/* Closing leaves one file that has everything. */
	db = open_at(path, 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 1);
	db = db_close(db);
}

TEST(test_migrations)
{
	const char *const broken[] = { migrations[0], migrations[1],
				       "CREATE TABLE u(x TEXT) STRICT; nonsense" };
	struct db *db = open_at(path, 1);

	db = db_close(db);
	db = open_at(path, 2);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 1);
	db = db_close(db);

	/* One that fails leaves nothing of itself. */
	assert_int_equal(db_open(path, OURS, broken, 3, &db), -EINVAL);
	assert_null(db);
	db = open_at(path, 2);
	assert_int_equal(ask(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'u'"), 0);
	db = db_close(db);

	db = open_at(path, 3);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 2);
	assert_int_equal(ask(db, "PRAGMA user_version"), 3);
	db = db_close(db);
}

TEST(test_foreign)
{
	struct db *db = NULL;
	uint64_t before;

	assert_int_equal(db_open(path, OURS + 1, migrations, 2, &db), 0);
	db = db_close(db);
	before = hash(path);
	assert_int_equal(refused(2), DB_E_FOREIGN);
	assert_int_equal(hash(path), before);

	assert_int_equal(truncate(path, 0), 0);
	overwrite(0, "a shopping list\n", 16);
	before = hash(path);
	assert_int_equal(refused(2), DB_E_FOREIGN);
	assert_int_equal(hash(path), before);
}

/* A child opens, adds rows from 1 on, each its own commit, and tells of each; it is killed when
 * it has told of `count`. */
static int64_t add_until_killed(int64_t count)
{
	int ends[2], status;
	int64_t told = 0, more;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct db *db = open_at(path, 2);

		for (int64_t id = 1000;; id++) {
			if (add(db, id) != 0 || write(ends[1], &id, sizeof(id)) != sizeof(id)) {
				_exit(1);
			}
		}
	}
	closep(&ends[1]);
	while (told < 999 + count && read(ends[0], &more, sizeof(more)) == sizeof(more)) {
		told = more;
	}
	assert_int_equal(refused(2), DB_E_LOCKED);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], &more, sizeof(more)) == sizeof(more)) {
		told = more;
	}
	closep(&ends[0]);
	return told;
}

/* What was committed survives the process, and what is newer is left alone even then: its newest
 * pages stand in the WAL, and they stay there. */
TEST(test_killed)
{
	char wal[80];
	uint64_t before, wal_before;
	int64_t told = add_until_killed(20);
	struct db *db;

	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	before = hash(path);
	wal_before = hash(wal);
	assert_true(wal_before != 0);
	assert_int_equal(refused(1), DB_E_NEWER);
	assert_int_equal(hash(path), before);
	assert_int_equal(hash(wal), wal_before);

	db = open_at(path, 2);
	assert_in_range(ask(db, "SELECT max(id) FROM t"), told, told + 1);
	assert_int_equal(ask(db, "SELECT max(id) - 999 - count(*) FROM t WHERE id >= 1000"), 0);
	db = db_close(db);
	assert_int_equal(refused(1), DB_E_NEWER);
}

TEST(test_locked)
{
	struct db *db = open_at(path, 1);
	sqlite3 *shell = NULL;
	hf_time started = clock_monotonic();

	assert_int_equal(refused(1), DB_E_LOCKED);
	db = db_close(db);
	db = open_at(path, 1);
	db = db_close(db);

	/* Somebody who knows of no lock beside it. */
	assert_int_equal(sqlite3_open(path, &shell), SQLITE_OK);
	assert_int_equal(sqlite3_exec(shell, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE",
				      NULL, NULL, NULL),
			 0);
	assert_int_equal(refused(1), DB_E_LOCKED);
	assert_true(clock_monotonic() - started < HF_SECOND);
	assert_int_equal(sqlite3_close(shell), SQLITE_OK);
	db = open_at(path, 1);
	db = db_close(db);
}

TEST(test_corrupt)
{
	static const char noise[512] = "\x5a\xa5 damage";
	uint64_t before;

	(void)db_close(open_at(path, 1));
	overwrite(100, noise, sizeof(noise));
	before = hash(path);
	assert_int_equal(refused(1), -EBADMSG);
	assert_int_equal(hash(path), before);

	overwrite(0, "X", 1);
	assert_int_equal(refused(1), -EBADMSG);
	assert_int_equal(truncate(path, 50), 0);
	overwrite(0, "S", 1);
	assert_int_equal(refused(1), -EBADMSG);
}

static void count_call(void *userdata, int error)
{
	*(int *)userdata += 1;
	assert_true(error == -EIO || error == -EBADMSG);
}

/* The kernel may have dropped what could not be synced, and says so once: from then on nothing is
 * asked of that connection, whoever noticed it first. */
TEST(test_broken)
{
	static const enum db_fault kinds[] = { DB_FAULT_SYNC, DB_FAULT_DAMAGE };
	uint64_t before;
	char wal[80];

	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct db *db = open_at(path, 1);
		_cleanup_rows_ struct db_rows rows = { 0 };
		int64_t id = (int64_t)i * 10, number;
		int told = 0, error;

		db_on_broken(db, count_call, &told);
		assert_int_equal(add(db, id + 1), 0);
		assert_false(db_is_broken(db));
		db_fail(kinds[i], 1);
		error = add(db, id + 2);
		assert_non_null(db_failed());
		assert_int_equal(error, db_failed_as());
		assert_int_equal(told, 1);
		assert_true(db_is_broken(db));

		assert_int_equal(add(db, id + 3), error);
		assert_int_equal(db_begin(db), error);
		assert_int_equal(db_query(db, &rows, "SELECT id FROM t", ""), error);
		assert_int_equal(db_one_int(db, 0, &number, "SELECT count(*) FROM t", ""), error);
		assert_int_equal(db_backup(db, copy), error);
		assert_int_equal(told, 1);

		/* Nor is what may be lost carried into the file on the way out. */
		before = hash(path);
		db = db_close(db);
		assert_int_equal(hash(path), before);
		assert_int_equal(access(wal, F_OK), 0);

		/* What was being written when it broke may be there or not; nothing after it is. */
		db = open_at(path, 1);
		assert_in_range(ask(db, "SELECT max(id) % 10 FROM t"), 1, 2);
		db = db_close(db);
	}
}

/* In the middle of a transaction: it is not committed, whatever is tried. */
TEST(test_broken_in_a_transaction)
{
	struct db *db = open_at(path, 1);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, 1), 0);
	db_fail(DB_FAULT_DAMAGE, 1);
	assert_int_equal(add(db, 2), -EBADMSG);
	(void)db_failed();
	assert_int_equal(db_commit(db), -EBADMSG);
	assert_int_equal(db_begin(db), -EBADMSG);
	db_rollback(db);
	db = db_close(db);
	db = open_at(path, 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 0);
	db = db_close(db);
}

/* What goes wrong with the copy is nothing against the database. */
TEST(test_a_copy_that_fails)
{
	struct db *db = open_at(path, 1);

	assert_int_equal(add(db, 1), 0);
	db_fail(DB_FAULT_SYNC, 1);
	(void)db_backup(db, copy);
	(void)db_failed();
	assert_false(db_is_broken(db));
	assert_int_equal(add(db, 2), 0);
	db = db_close(db);
}

/* Somebody's own trigger may empty a table at each insert; one of ours that is gone watches over nothing.
 * Either is found before anything is written. */
TEST(test_altered)
{
	static const char *const with_trigger[] = {
		"CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT) STRICT;"
		"CREATE TRIGGER kept BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'kept'); END",
		"INSERT INTO t(text) VALUES('second')",
	};
	static const char *const acts[] = {
		"CREATE TRIGGER own AFTER INSERT ON t BEGIN UPDATE t SET text = ''; END",
		"CREATE TABLE own(id INTEGER)",
		"CREATE VIEW own AS SELECT * FROM t",
		"DROP TRIGGER kept",
		"ALTER TABLE t ADD COLUMN own TEXT",
	};

	for (size_t i = 0; i < COUNT(acts); i++) {
		struct db *db = NULL;
		sqlite3 *shell = NULL;
		uint64_t before;

		(void)unlink(path);
		assert_int_equal(db_open(path, OURS, with_trigger, 1, &db), 0);
		db = db_close(db);
		assert_int_equal(sqlite3_open(path, &shell), SQLITE_OK);
		assert_int_equal(sqlite3_exec(shell, acts[i], NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_close(shell), SQLITE_OK);
		before = hash(path);
		assert_int_equal(db_open(path, OURS, with_trigger, 2, &db), DB_E_ALTERED);
		assert_null(db);
		assert_int_equal(hash(path), before);
	}
}

/* In a page that nothing at the beginning reads. */
TEST(test_corrupt_further_on)
{
	static const char noise[2048] = "\x5a\xa5 damage";
	struct db *db = open_at(path, 1);
	struct stat status;

	assert_int_equal(db_begin(db), 0);
	for (int64_t id = 1; id < 20000; id++) {
		assert_int_equal(add(db, id), 0);
	}
	assert_int_equal(db_commit(db), 0);
	db = db_close(db);
	assert_int_equal(stat(path, &status), 0);
	overwrite(status.st_size / 2 / 4096 * 4096, noise, sizeof(noise));
	assert_int_equal(refused(1), -EBADMSG);
}

/* What a checkpoint has carried into the file survives the loss of the WAL. */
TEST(test_checkpoint)
{
	struct stat status;
	struct db *db = open_at(path, 1);
	char wal[80];

	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	assert_int_equal(add(db, 1), 0);
	assert_int_equal(stat(wal, &status), 0);
	assert_true(status.st_size > 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_checkpoint(db), -EBUSY);
	db_rollback(db);
	assert_int_equal(db_checkpoint(db), 0);
	assert_int_equal(stat(wal, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_int_equal(add(db, 2), 0);
	db = db_close(db);
	db = open_at(path, 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 2);
	db = db_close(db);
}

TEST(test_no_such_place)
{
	struct db *db = NULL;

	assert_int_equal(db_open("/nonexistent/db", OURS, migrations, 1, &db), -ENOENT);
	assert_null(db);
}

TEST(test_backup)
{
	struct db *db = open_at(path, 2), *restored;
	struct stat status;

	for (int64_t id = 10; id < 500; id++) {
		assert_int_equal(add(db, id), 0);
	}
	assert_int_equal(db_backup(db, copy), 0);
	assert_int_equal(stat(copy, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);

	/* The next replaces it. */
	assert_int_equal(add(db, 500), 0);
	assert_int_equal(db_backup(db, copy), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_backup(db, copy), -EBUSY);
	db_rollback(db);
	assert_int_equal(db_backup(db, "/nonexistent/copy"), -ENOENT);

	restored = open_at(copy, 2);
	assert_int_equal(ask(restored, "SELECT count(*) FROM t"), 492);
	assert_int_equal(ask(restored, "PRAGMA user_version"), 2);
	restored = db_close(restored);
	db = db_close(db);
}

static void fill(const char *name)
{
	static const char zeros[4096];
	_cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (write(fd, zeros, sizeof(zeros)) > 0) {
		/* Until the disk is full. */
	}
	assert_int_equal(errno, ENOSPC);
}

/* A disk of two megabytes, full: earlier commits stay, a transaction that was under way goes as
 * a whole, and when there is room again all works as before. */
TEST(test_full_disk)
{
	char ballast[80];
	struct db *db;
	int64_t id = 1;
	int r = 0;

	if (mount("tmpfs", folder, "tmpfs", 0, "size=2m") < 0) {
		skip();
	}
	(void)snprintf(ballast, sizeof(ballast), "%s/ballast", folder);
	db = open_at(path, 1);
	assert_int_equal(add(db, id), 0);
	fill(ballast);
	while (r == 0) {
		assert_in_range(id, 0, 10000);
		r = db_begin(db);
		assert_int_equal(r, 0);
		r = add(db, id + 1);
		if (r == 0) {
			r = db_commit(db);
			id += r == 0;
		} else {
			db_rollback(db);
		}
	}
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), id);
	assert_int_equal(db_backup(db, copy), -ENOSPC);
	assert_int_equal(access(copy, F_OK), -1);

	assert_int_equal(unlink(ballast), 0);
	assert_int_equal(add(db, id + 1), 0);
	assert_int_equal(db_backup(db, copy), 0);
	db = db_close(db);
	db = open_at(path, 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), id + 1);
	db = db_close(db);
}

TEST(test_read_only_disk)
{
	if (mount("tmpfs", folder, "tmpfs", 0, "size=2m") < 0) {
		skip();
	}
	(void)db_close(open_at(path, 1));
	assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_int_equal(refused(1), -EROFS);
}
