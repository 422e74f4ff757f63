/*
 * Listing a folder.
 *
 * Promises: the order is that of bytes, whatever the locale, so that the same
 * files give the same snapshot and the same faults everywhere.
 */
#include "data/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/cleanup.h"

struct names {
	struct dirent **list;
	int count;
};

static void names_done(struct names *names)
{
	for (int i = 0; i < names->count; i++) {
		free(names->list[i]);
	}
	free(names->list);
}

static int is_conf(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 5 &&
	       strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visit(const char *dir, const char *sub, const char *name, folder_on_file on_file,
		 void *userdata)
{
	_cleanup_free_ char *path = NULL, *shown = NULL;

	if (asprintf(&path, "%s/%s/%s", dir, sub, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (asprintf(&shown, "%s/%s", sub, name) < 0) {
		shown = NULL;
		return -ENOMEM;
	}
	return on_file(userdata, path, shown);
}

int folder_walk(const char *dir, const char *sub, struct faults *faults, folder_on_file on_file,
		void *userdata)
{
	_cleanup_(names_done) struct names names = { 0 };
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, sub) < 0) {
		path = NULL;
		return -ENOMEM;
	}

	names.count = scandir(path, &names.list, is_conf, by_name);
	if (names.count < 0) {
		int error = errno;

		names.count = 0;
		if (error == ENOENT || error == ENOMEM) {
			return error == ENOENT ? 0 : -ENOMEM;
		}
		fault_add(faults, FAULT_ERROR, sub, 1, "unreadable", "cannot be read: %s",
			  strerror(error));
		return 0;
	}
	if (names.count > FOLDER_FILES_MAX) {
		fault_add(faults, FAULT_ERROR, sub, 1, "too-many", "%d files; at most %d are read",
			  names.count, FOLDER_FILES_MAX);
		return 0;
	}

	for (int i = 0; i < names.count; i++) {
		int r = visit(dir, sub, names.list[i]->d_name, on_file, userdata);

		if (r != 0) {
			return r;
		}
	}
	return 0;
}
