/* STOPs that outlive the database. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "test.h"
#include "lib/file.h"
#include "lib/log.h"
#include "store/people.h"
#include "store/store.h"
#include "store/suppression.h"

#define NOW    (INT64_C(1800000000) * HF_SECOND)
#define NUMBER "+13125550142"

static char folder[32], stops[64], key[64];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(stops, sizeof(stops), "%s/holdfast.stops", folder);
	(void)snprintf(key, sizeof(key), "%s/holdfast.stops.key", folder);
	log_open("test_suppression", LOG_LEVEL_ERROR);
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

/* Each time another database: what is known is known by the file. */
static struct db *open_anew(void)
{
	struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(suppression_open(folder, db), 0);
	return db;
}

static void close_it(struct db *db)
{
	suppression_close(db);
	(void)db_close(db);
}

static void say(struct db *db, const char *client, enum consent consent, hf_time at,
		const char *source)
{
	assert_int_equal(people_consent(db, client, NUMBER, consent, at, source, "x", at), 0);
}

static enum consent consent_of(struct db *db, const char *client)
{
	struct person person;

	assert_int_equal(people_get(db, client, &person), 0);
	return person.consent;
}

static int64_t size_of(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	return status.st_size;
}

TEST(test_a_stop_outlives_the_database)
{
	_cleanup_free_ char *bytes = NULL;
	struct db *db = open_anew();

	say(db, "r-1", CONSENT_GIVEN, NOW, "paper");
	say(db, "r-1", CONSENT_WITHDRAWN, NOW + 1, "reply");
	close_it(db);

	for (int i = 0; i < 2; i++) {
		db = open_anew();
		assert_int_equal(consent_of(db, "r-1"), CONSENT_WITHDRAWN);
		assert_int_equal(consent_of(db, "r-2"), CONSENT_NONE);
		/* The file of her says nothing new, and an old database neither. */
		say(db, "r-1", CONSENT_GIVEN, NOW - HF_DAY, "config");
		assert_int_equal(consent_of(db, "r-1"), CONSENT_WITHDRAWN);
		assert_true(suppression_of_number(db, NUMBER) == NOW + 1);
		assert_true(suppression_of_number(db, "+13125550143") == 0);
		close_it(db);
	}
	assert_int_equal(file_read(stops, 4096, &bytes, NULL, NULL), 0);
	assert_null(strstr(bytes, "r-1"));
	assert_null(strstr(bytes, "5550142"));
	assert_true(size_of(stops) > 0 && size_of(key) > 0);
}

TEST(test_taken_back)
{
	struct db *db = open_anew();

	say(db, "r-1", CONSENT_WITHDRAWN, NOW, "reply");
	say(db, "r-2", CONSENT_WITHDRAWN, NOW, "reply");
	say(db, "r-1", CONSENT_GIVEN, NOW + 1, "reply");
	close_it(db);
	db = open_anew();
	assert_int_equal(consent_of(db, "r-1"), CONSENT_NONE);
	assert_int_equal(consent_of(db, "r-2"), CONSENT_WITHDRAWN);
	assert_true(suppression_of_number(db, NUMBER) == 0);
	/* A date in a file that is later, too. */
	say(db, "r-2", CONSENT_GIVEN, NOW + 1, "config");
	assert_int_equal(consent_of(db, "r-2"), CONSENT_GIVEN);
	close_it(db);
}

/* The number is somebody else's as well: only what came from it is said of it. */
TEST(test_by_staff)
{
	struct db *db = open_anew();

	say(db, "r-1", CONSENT_WITHDRAWN, NOW, "staff");
	say(db, "?7", CONSENT_WITHDRAWN, NOW, "staff");
	assert_true(suppression_of_number(db, NUMBER) == 0);
	close_it(db);
	db = open_anew();
	assert_int_equal(consent_of(db, "r-1"), CONSENT_WITHDRAWN);
	/* Another stranger's, in another database. */
	assert_int_equal(consent_of(db, "?7"), CONSENT_NONE);
	close_it(db);
}

/* A Holdfast of before had no list. */
TEST(test_of_the_ledger)
{
	struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	say(db, "r-1", CONSENT_WITHDRAWN, NOW, "reply");
	assert_int_equal(suppression_open(folder, db), 0);
	close_it(db);
	db = open_anew();
	assert_int_equal(consent_of(db, "r-1"), CONSENT_WITHDRAWN);
	close_it(db);
}

/* Without its key nobody is found in it. */
TEST(test_no_key)
{
	struct db *db = open_anew();

	say(db, "r-1", CONSENT_WITHDRAWN, NOW, "reply");
	suppression_close(db);
	assert_int_equal(truncate(key, 10), 0);
	assert_int_equal(suppression_open(folder, db), SUPPRESSION_E_KEY);
	assert_int_equal(unlink(key), 0);
	assert_int_equal(suppression_open(folder, db), SUPPRESSION_E_KEY);
	assert_null(db_companion(db, DB_SUPPRESSION));
	db = db_close(db);
}

/* Damage, and a line cut short, hide no other line; what is over does not fill the disk. */
TEST(test_damaged_and_long)
{
	struct db *db = open_anew();
	_cleanup_close_ int fd = -1;
	int64_t size;

	say(db, "r-1", CONSENT_WITHDRAWN, NOW, "staff");
	fd = open(stops, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "stop 0123", 9), 9);
	say(db, "r-2", CONSENT_WITHDRAWN, NOW, "staff");
	for (hf_time i = 1; i <= 600; i++) {
		say(db, "r-3", CONSENT_WITHDRAWN, NOW + 2 * i, "staff");
		say(db, "r-3", CONSENT_GIVEN, NOW + 2 * i + 1, "paper");
	}
	close_it(db);
	size = size_of(stops);
	db = open_anew();
	assert_true(size_of(stops) < size / 100);
	assert_int_equal(consent_of(db, "r-1"), CONSENT_WITHDRAWN);
	assert_int_equal(consent_of(db, "r-2"), CONSENT_WITHDRAWN);
	assert_int_equal(consent_of(db, "r-3"), CONSENT_NONE);
	close_it(db);
}

/* Many, so that the table grows. */
TEST(test_many)
{
	struct db *db = open_anew();
	char name[16];

	for (int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "r-%d", i);
		assert_int_equal(suppression_stop(db, name, NULL, NOW + i), 0);
	}
	close_it(db);
	db = open_anew();
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "r-%d", i);
		assert_true(suppression_of_client(db, name) == NOW + i);
	}
	close_it(db);
}
