/*
 * A copy of config/ in a temporary folder, to break one thing in it.  Tests run
 * at the top of the tree.
 */
#ifndef HF_TESTS_CONFIG_RIG_H
#define HF_TESTS_CONFIG_RIG_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"

#define RIG_FILE_MAX 262144UL

static inline char *rig_path(const char *dir, const char *name)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

/* The caller frees the text. */
static inline char *rig_read(const char *dir, const char *name)
{
	_cleanup_free_ char *path = rig_path(dir, name);
	_cleanup_fclose_ FILE *file = fopen(path, "r");
	char *text = calloc(RIG_FILE_MAX, 1);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, RIG_FILE_MAX - 1, file) > 0);
	assert_true(feof(file));
	return text;
}

/* The day on which the example was last true as a whole: later its appointment is past. */
#define RIG_WRITTEN 1795953600 /* 2026-11-29 12:00 UTC */

static inline void rig_write(const char *dir, const char *name, const char *text)
{
	const struct timespec written[] = { { .tv_sec = RIG_WRITTEN }, { .tv_sec = RIG_WRITTEN } };
	_cleanup_free_ char *path = rig_path(dir, name);
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(futimens(fileno(file), written), 0);
}

static inline void rig_copy(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		_cleanup_free_ char *path = rig_path(from, entry->d_name);
		struct stat status;

		assert_int_equal(stat(path, &status), 0);
		if (entry->d_name[0] == '.') {
			continue;
		}
		if (S_ISDIR(status.st_mode)) {
			_cleanup_free_ char *into = rig_path(to, entry->d_name);

			assert_int_equal(mkdir(into, 0700), 0);
			rig_copy(path, into);
		} else {
			_cleanup_free_ char *text = rig_read(from, entry->d_name);

			rig_write(to, entry->d_name, text);
		}
	}
	(void)closedir(dir);
}

#define RIG_DIR "/tmp/holdfast-XXXXXX"

/* dir holds RIG_DIR before, the name of the copy after. */
static inline void rig_new(char dir[sizeof(RIG_DIR)])
{
	assert_non_null(mkdtemp(dir));
	rig_copy("config", dir);
}

static inline int rig_remove_one(const char *path, const struct stat *status, int kind,
				 struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void rig_remove(const char *dir)
{
	assert_int_equal(nftw(dir, rig_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* Where `find` first stands in the file's text, in bytes. */
static inline size_t rig_offset(const char *text, const char *name, const char *find)
{
	const char *at = strstr(text, find);

	if (!at) {
		fail_msg("%s does not hold %s", name, find);
		return 0;
	}
	return (size_t)(at - text);
}

static inline unsigned rig_line(const char *text, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++) {
		line += text[i] == '\n';
	}
	return line;
}

/* Puts something else where `find` first stands.  The line of what was put. */
static inline unsigned rig_edit(const char *dir, const char *name, const char *find,
				const char *put)
{
	_cleanup_free_ char *text = rig_read(dir, name), *edited = NULL;
	size_t offset = rig_offset(text, name, find);

	assert_true(asprintf(&edited, "%.*s%s%s", (int)offset, text, put,
			     text + offset + strlen(find)) > 0);
	rig_write(dir, name, edited);
	return rig_line(text, offset);
}

/* The line on which `find` first stands. */
static inline unsigned rig_find(const char *dir, const char *name, const char *find)
{
	_cleanup_free_ char *text = rig_read(dir, name);

	return rig_line(text, rig_offset(text, name, find));
}

#endif
