/* The database's file before SQLite sees it: locks, headers, and files that get their name. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/db_file.h"

#define OURS 0x48464c44u

static char folder[] = "/tmp/holdfast-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/db", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void write_file(const char *name, const void *bytes, size_t size)
{
	_cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
}

/* A file with SQLite's beginning and this application id, `size` bytes of it. */
static void write_header(uint32_t id, size_t size)
{
	unsigned char header[200] = "SQLite format 3";

	header[68] = (unsigned char)(id >> 24);
	header[69] = (unsigned char)(id >> 16);
	header[70] = (unsigned char)(id >> 8);
	header[71] = (unsigned char)id;
	write_file(path, header, size);
}

FIXTURE(set_up, tear_down);

TEST(test_lock)
{
	int first = -1, second = -1;

	assert_int_equal(db_file_lock(path, &first), 0);
	assert_int_equal(db_file_lock(path, &second), DB_FILE_E_LOCKED);
	assert_int_equal(second, -1);
	closep(&first);
	assert_int_equal(db_file_lock(path, &second), 0);
	closep(&second);
	assert_int_equal(db_file_lock("/nonexistent/db", &second), -ENOENT);
}

/* The lock goes with its process, however that ends. */
TEST(test_lock_of_the_dead)
{
	int ends[2], fd = -1, status;
	pid_t child;
	char c;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (db_file_lock(path, &fd) == 0) {
			(void)!write(ends[1], "x", 1);
		}
		for (;;) {
			(void)pause();
		}
	}
	assert_int_equal(read(ends[0], &c, 1), 1);
	assert_int_equal(db_file_lock(path, &fd), DB_FILE_E_LOCKED);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(db_file_lock(path, &fd), 0);
	closep(&fd);
	closep(&ends[0]);
	closep(&ends[1]);
}

TEST(test_inspect)
{
	static const char text[] = "Dear Sir or Madam, this is not a database at all, and it is "
				   "longer than a header, which has a hundred bytes.";
	struct stat status;

	/* New: made empty, for us alone, and new again until somebody writes. */
	assert_int_equal(db_file_inspect(path, OURS), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(db_file_inspect(path, OURS), 0);

	write_header(OURS, 200);
	assert_int_equal(db_file_inspect(path, OURS), 0);
	assert_int_equal(db_file_inspect(path, OURS + 1), DB_FILE_E_FOREIGN);
	write_header(0, 200);
	assert_int_equal(db_file_inspect(path, OURS), DB_FILE_E_FOREIGN);
	write_header(OURS, 99);
	assert_int_equal(db_file_inspect(path, OURS), -EBADMSG);
	write_header(OURS, 16);
	assert_int_equal(db_file_inspect(path, OURS), -EBADMSG);

	write_file(path, text, sizeof(text));
	assert_int_equal(db_file_inspect(path, OURS), DB_FILE_E_FOREIGN);
	write_file(path, text, 5);
	assert_int_equal(db_file_inspect(path, OURS), DB_FILE_E_FOREIGN);
	write_file(path, "\0\0\0\0\0", 5);
	assert_int_equal(db_file_inspect(path, OURS), 0);
}

TEST(test_damaged_beginning)
{
	unsigned char header[100] = "SQLiteXformat 3";

	header[68] = 0x48;
	header[69] = 0x46;
	header[70] = 0x4c;
	header[71] = 0x44;
	write_file(path, header, sizeof(header));
	assert_int_equal(db_file_inspect(path, OURS), -EBADMSG);
}

TEST(test_not_a_file)
{
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(db_file_inspect(path, OURS), -ELOOP);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(db_file_inspect(path, OURS), -EISDIR);
	assert_int_equal(db_file_make(path), -EISDIR);
}

TEST(test_publish)
{
	char temporary[80];
	struct stat status;

	(void)snprintf(temporary, sizeof(temporary), "%s.part", path);
	assert_int_equal(db_file_publish(temporary, path), -ENOENT);

	/* What an attempt left behind is replaced, and so is the copy of before. */
	write_file(temporary, "old", 3);
	assert_int_equal(db_file_make(temporary), 0);
	assert_int_equal(stat(temporary, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	write_file(path, "older", 5);
	assert_int_equal(db_file_publish(temporary, path), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, 0);
	assert_int_equal(access(temporary, F_OK), -1);
}

TEST(test_long_names)
{
	char name[8192];
	int fd = -1;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(db_file_lock(name, &fd), -ENAMETOOLONG);
	assert_int_equal(db_file_inspect(name, OURS), -ENAMETOOLONG);
	assert_int_equal(db_file_publish(path, name), -ENAMETOOLONG);
}
