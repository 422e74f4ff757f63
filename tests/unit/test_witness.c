/* What a database that was put back does not know to have left. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "test.h"
#include "config/reminder.h"
#include "lib/log.h"
#include "store/people.h"
#include "store/store.h"
#include "store/witness.h"

#define NOW (INT64_C(1800000000) * HF_SECOND)

static char folder[32], path[64], copy[64], seen[64];
static const int64_t holds[] = { 0, 11, 12, 13 };

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/holdfast.db", folder);
	(void)snprintf(copy, sizeof(copy), "%s/copy", folder);
	(void)snprintf(seen, sizeof(seen), "%s/holdfast.seen", folder);
	log_open("test_witness", LOG_LEVEL_ERROR);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

FIXTURE(set_up, tear_down);

static struct db *open_store(hf_time now, enum witness_finding expected)
{
	enum witness_finding finding = WITNESS_AGREES;
	struct db *db = NULL;

	assert_int_equal(store_open(folder, &db), 0);
	assert_int_equal(witness_open(folder, db, holds, now, &finding), 0);
	assert_int_equal(finding, expected);
	return db;
}

static void close_store(struct db *db)
{
	witness_close(db);
	(void)db_close(db);
}

static struct outbox_message row_of(const char *client, int kind, const char *reminder)
{
	return (struct outbox_message){ .client = client,
					.kind = kind,
					.reminder = reminder,
					.lead = "",
					.occurrence = NOW,
					.due = NOW,
					.expires = NOW + HF_HOUR,
					.priority = OUTBOX_AUTOMATIC };
}

static int64_t add(struct db *db, const char *client, int kind, const char *reminder)
{
	const struct outbox_message row = row_of(client, kind, reminder);
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	return id;
}

/* As dispatch does; the gateway has it, too. */
static void claim(struct db *db, int64_t id, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(witness_batch(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(outbox_claim(db, id, "primary", "words", 1, now), 0);
	assert_int_equal(witness_claim(db, &row, "primary", now), 0);
	db_rows_done(&rows);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(witness_note(db, now), 0);
}

static int64_t ask(struct db *db, const char *sql)
{
	int64_t number = -1;

	assert_int_equal(db_one_int(db, -2, &number, sql, ""), 0);
	return number;
}

static void put_back(void)
{
	char wal[80];

	(void)snprintf(wal, sizeof(wal), "%s-wal", path);
	(void)unlink(wal);
	assert_int_equal(rename(copy, path), 0);
}

TEST(test_it_agrees)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);
	struct stat status;

	claim(db, add(db, "r-1", KIND_NOTE, "x"), NOW);
	close_store(db);
	for (int i = 0; i < 2; i++) {
		db = open_store(NOW + HF_HOUR, WITNESS_AGREES);
		assert_int_equal(ask(db, "SELECT count(*) FROM outbox WHERE state = 2"), 1);
		close_store(db);
	}
	assert_int_equal(stat(seen, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

/* Planned in the copy or not, or given up there: what went out since is unknown, in its place, and nobody
 * asks for it again; what the copy knows of stays. */
TEST(test_an_older_copy)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);
	int64_t known = add(db, "r-1", KIND_NOTE, "known"), due = add(db, "r-2", KIND_NOTE, "due");
	int64_t expired = add(db, "r-3", KIND_NOTE, "expired"), id;
	int64_t after, why;
	hf_time since;

	claim(db, known, NOW);
	assert_int_equal(outbox_accept(db, known, "g-1", NOW), 0);
	assert_int_equal(db_backup(db, copy), 0);
	claim(db, due, NOW + 1);
	claim(db, expired, NOW + 2);
	claim(db, add(db, "r-4", KIND_NOTE, "planned since"), NOW + 3);
	claim(db, add(db, "r-5", KIND_WELCOME, "welcome"), NOW + 4);
	after = ask(db, "SELECT max(id) FROM outbox");
	close_store(db);

	put_back();
	db = open_store(NOW + HF_HOUR, WITNESS_OLDER);
	assert_int_equal(store_hold(db, &why, &since), 0);
	assert_int_equal(why, holds[WITNESS_OLDER]);
	assert_int_equal(ask(db, "SELECT count(*) FROM outbox WHERE state = 3 AND recalled"), 4);
	assert_int_equal(ask(db, "SELECT state FROM outbox WHERE client = 'r-1'"), OUTBOX_ACCEPTED);
	assert_int_equal(
		ask(db, "SELECT claimed - 1800000000000000 FROM outbox WHERE client = 'r-4'"), 3);
	assert_int_equal(ask(db, "SELECT count(*) FROM outbox WHERE gateway = 'primary'"), 5);
	assert_int_equal(ask(db, "SELECT welcomed FROM people WHERE client = 'r-5'"), NOW + 4);
	{
		const struct outbox_message again = row_of("r-4", KIND_NOTE, "planned since");
		_cleanup_rows_ struct db_rows rows = { 0 };

		assert_int_equal(outbox_add(db, &again, NOW, &id), OUTBOX_E_DUPLICATE);
		assert_int_equal(outbox_unknown(db, "primary", &rows), 0);
		assert_false(db_next(&rows));
	}
	/* No number means two things. */
	assert_true(add(db, "r-6", KIND_NOTE, "new") > after);
	assert_int_equal(outbox_count_recalled(db, &id), 0);
	assert_int_equal(id, 4);
	close_store(db);
	db = open_store(NOW + HF_HOUR, WITNESS_AGREES);
	close_store(db);
}

/* Where nothing went out since: an answer of hers, or an act of staff, is lost all the same. */
TEST(test_an_older_copy_of_other_things)
{
	static const char *const acts[] = {
		"INSERT INTO audit (at, uid, user, verb, client, detail, why)"
		" VALUES (1, 1, 'x', 'stop', 'r-1', '', '')",
		"INSERT INTO consent (client, phone, consent, at, source, by, recorded)"
		" VALUES ('r-1', '+1', 2, 1, 'reply', '', 1)",
		"INSERT INTO inbox (gateway, gateway_id, sender, recipient, text, said, at)"
		" VALUES ('g', '1', '+1', '+2', 'x', 1, 1)",
	};

	for (size_t i = 0; i < COUNT(acts); i++) {
		struct db *db = open_store(NOW, WITNESS_AGREES);

		assert_int_equal(db_backup(db, copy), 0);
		assert_int_equal(db_run(db, acts[i], ""), 0);
		assert_int_equal(witness_note(db, NOW), 0);
		close_store(db);
		put_back();
		db = open_store(NOW, WITNESS_OLDER);
		close_store(db);
	}
}

TEST(test_another_and_none)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);

	assert_true(witness_of_work(folder));
	claim(db, add(db, "r-1", KIND_NOTE, "x"), NOW);
	claim(db, add(db, "r-2", KIND_NOTE, "long ago"), NOW - WITNESS_KEEPS - HF_DAY);
	close_store(db);
	assert_int_equal(truncate(path, 0), 0);
	db = open_store(NOW, WITNESS_OTHER);
	assert_int_equal(ask(db, "SELECT count(*) FROM outbox WHERE state = 3 AND client = 'r-1'"),
			 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM outbox"), 1);
	close_store(db);
	db = open_store(NOW, WITNESS_AGREES);
	close_store(db);

	assert_int_equal(unlink(seen), 0);
	db = open_store(NOW, WITNESS_MISSING);
	close_store(db);
	db = open_store(NOW, WITNESS_AGREES);
	close_store(db);
}

/* A line that a power cut left half, and one that nobody wrote. */
TEST(test_damaged_lines)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);
	_cleanup_close_ int fd = -1;

	assert_int_equal(db_backup(db, copy), 0);
	claim(db, add(db, "r-1", KIND_NOTE, "x"), NOW);
	close_store(db);
	fd = open(seen, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "#", 1, 3), 1);
	put_back();
	db = open_store(NOW, WITNESS_OLDER);
	assert_int_equal(ask(db, "SELECT count(*) FROM outbox WHERE state = 3"), 1);
	close_store(db);
}

/* What was rolled back has not left. */
TEST(test_rolled_back)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);
	struct outbox_message row = row_of("r-1", KIND_NOTE, "x");

	assert_int_equal(db_backup(db, copy), 0);
	row.key = "k";
	assert_int_equal(witness_batch(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(witness_claim(db, &row, "primary", NOW), 0);
	db_rollback(db);
	witness_forget(db);
	assert_int_equal(witness_note(db, NOW), 0);
	close_store(db);
	put_back();
	db = open_store(NOW, WITNESS_AGREES);
	close_store(db);
}

static void expect_mark(struct db *db, int64_t store, int64_t batch, enum witness_finding expected)
{
	enum witness_finding finding;

	assert_int_equal(witness_compare(db, &(struct witness_mark){ store, batch }, &finding), 0);
	assert_int_equal(finding, expected);
}

/* What a courier says that it has carried. */
TEST(test_marks)
{
	struct db *db = open_store(NOW, WITNESS_AGREES);
	struct witness_mark mark;

	claim(db, add(db, "r-1", KIND_NOTE, "x"), NOW);
	witness_mark(db, &mark);
	assert_true(mark.store > 0 && mark.batch == 1);
	expect_mark(db, 0, 0, WITNESS_AGREES);
	expect_mark(db, mark.store, 1, WITNESS_AGREES);
	expect_mark(db, mark.store, 0, WITNESS_AGREES);
	expect_mark(db, mark.store, 7, WITNESS_OLDER);
	assert_int_equal(witness_note(db, NOW), 0);
	expect_mark(db, mark.store, 7, WITNESS_AGREES);
	expect_mark(db, mark.store + 1, 1, WITNESS_OTHER);
	expect_mark(db, mark.store + 1, 1, WITNESS_AGREES);
	close_store(db);
}

/* Without one, as in a preview, nothing is noted. */
TEST(test_nobody_looks)
{
	struct witness_mark mark = { 1, 1 };
	struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(witness_batch(db), 0);
	assert_int_equal(witness_note(db, NOW), 0);
	witness_mark(db, &mark);
	assert_true(mark.store == 0 && mark.batch == 0);
	witness_close(db);
	db = db_close(db);
	assert_false(witness_of_work("/nonexistent"));
}
