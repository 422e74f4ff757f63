/* Reading a file while others write to it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "lib/file.h"
#include "config_rig.h"

#define MOST 100000

static int setup(void **state)
{
	char *dir = strdup(RIG_DIR);

	assert_non_null(dir);
	assert_non_null(mkdtemp(dir));
	*state = dir;
	return 0;
}

static int teardown(void **state)
{
	rig_remove(*state);
	free(*state);
	return 0;
}

FIXTURE(setup, teardown);

TEST(the_whole_of_a_file)
{
	_cleanup_free_ char *path = rig_path(*state, "a"), *bytes = NULL, *large = NULL;
	struct file_stamp stamp, now;
	size_t size;

	rig_write(*state, "a", "");
	assert_int_equal(file_read(path, MOST, &bytes, &size, NULL), 0);
	assert_int_equal(size, 0);
	assert_string_equal(bytes, "");

	large = calloc(1, MOST + 2);
	assert_non_null(large);
	memset(large, 'x', MOST);
	rig_write(*state, "a", large);
	free(take_ptr(bytes));
	assert_int_equal(file_read(path, MOST, &bytes, &size, &stamp), 0);
	assert_int_equal(size, MOST);
	assert_string_equal(bytes, large);
	assert_int_equal(file_stamp(path, &now), 0);
	assert_true(file_stamp_same(&stamp, &now));

	large[MOST] = 'y';
	rig_write(*state, "a", large);
	free(take_ptr(bytes));
	assert_int_equal(file_read(path, MOST, &bytes, NULL, NULL), -EFBIG);
	assert_null(bytes);
	assert_int_equal(file_stamp(path, &now), 0);
	assert_false(file_stamp_same(&stamp, &now));
}

TEST(what_is_no_file)
{
	_cleanup_free_ char *path = rig_path(*state, "a"), *bytes = NULL;
	struct file_stamp stamp;

	assert_int_equal(file_read(path, MOST, &bytes, NULL, NULL), -ENOENT);
	assert_int_equal(file_stamp(path, &stamp), -ENOENT);
	assert_int_equal(file_read(*state, MOST, &bytes, NULL, NULL), -EISDIR);
	/* A pipe that nobody writes to must not be waited for. */
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read(path, MOST, &bytes, NULL, NULL), -EINVAL);
	assert_null(bytes);
}

/* /proc/self/... files say that they are empty and are not: to whoever reads them, they grew. */
TEST(what_grows_while_it_is_read, NULL, NULL)
{
	_cleanup_free_ char *bytes = NULL;

	assert_int_equal(file_read("/proc/self/status", MOST, &bytes, NULL, NULL), FILE_E_CHANGED);
	assert_null(bytes);
}

TEST(another_file_of_the_same_size)
{
	_cleanup_free_ char *path = rig_path(*state, "a"), *other = rig_path(*state, "b");
	struct timespec times[2];
	struct file_stamp before, after;
	struct stat status;

	rig_write(*state, "a", "one");
	rig_write(*state, "b", "two");
	assert_int_equal(file_stamp(path, &before), 0);
	assert_int_equal(stat(path, &status), 0);
	times[0] = status.st_atim;
	times[1] = status.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, other, times, 0), 0);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(file_stamp(path, &after), 0);
	assert_int_equal(after.size, before.size);
	assert_true(after.modified_ns == before.modified_ns);
	assert_false(file_stamp_same(&before, &after));
}

TEST(a_stamp_is_trusted_after_a_while, NULL, NULL)
{
	const hf_time now = INT64_C(1800000000) * HF_SECOND;
	struct file_stamp stamp = { .modified_ns = (now - 3 * HF_SECOND) * 1000,
				    .changed_ns = (now - 3 * HF_SECOND) * 1000 };

	assert_true(file_stamp_settled(&stamp, now));
	stamp.changed_ns = (now - 2 * HF_SECOND) * 1000;
	assert_false(file_stamp_settled(&stamp, now));
	assert_true(file_stamp_settled(&stamp, now + 1));
	stamp.modified_ns = (now + HF_DAY) * 1000; /* a clock that was put back */
	assert_false(file_stamp_settled(&stamp, now));
	assert_false(file_stamp_settled(&stamp, 0));
}

TEST(a_folder_and_what_is_in_one, NULL, NULL)
{
	static const struct {
		const char *path, *folder;
	} rows[] = {
		{ "/tmp", "/tmp" }, { "/tmp/", "/tmp/" },    { "/tmp/nosuch.conf", "/tmp" },
		{ "a/b/c", "a/b" }, { "/nosuch.conf", "/" }, { "nosuch.conf", "." },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *folder = file_folder(rows[i].path);

		assert_string_equal(folder, rows[i].folder);
	}
}
