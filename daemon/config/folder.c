/*
 * Listing a folder.
 *
 * Promises: the order is that of bytes, whatever the locale, so that the same
 * files give the same snapshot and the same faults everywhere.
 */
#include "config/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"

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

/* 0 or -ENOMEM. */
static int complain(const char *sub, bool required, int error, struct faults *faults)
{
	if (error == ENOMEM) {
		return -ENOMEM;
	}
	if (error != ENOENT) {
		fault_add(faults, FAULT_ERROR, sub, 1, "unreadable", "cannot be read: %s",
			  strerror(error));
	} else if (required) {
		fault_add(faults, FAULT_ERROR, sub, 1, "missing-folder",
			  "this folder is not there; put it back, or make an empty one");
	}
	return 0;
}

int folder_walk(const char *dir, const char *sub, bool required, struct faults *faults,
		folder_on_file on_file, void *userdata)
{
	_cleanup_(names_done) struct names names = { 0 };
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, sub) < 0) {
		path = NULL;
		return -ENOMEM;
	}

	names.count = scandir(path, &names.list, is_conf, by_name);
	if (names.count < 0) {
		names.count = 0;
		return complain(sub, required, errno, faults);
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

int folder_resolve(const char *file, struct arena *arena, char **ret_dir, char **ret_path)
{
	_cleanup_free_ char *dir = strdup(file), *path = strdup(file);
	struct stat status;
	char *slash;

	if (!dir || !path) {
		return -ENOMEM;
	}

	slash = strrchr(dir, '/');
	if (stat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
		free(path);
		path = NULL;
		if (asprintf(&path, "%s/holdfast.conf", dir) < 0) {
			path = NULL;
			return -ENOMEM;
		}
	} else if (slash) {
		slash[slash == dir] = '\0';
	} else {
		strcpy(dir, *dir ? "." : "");
	}

	*ret_dir = arena_copy(arena, dir);
	*ret_path = arena_copy(arena, path);
	return *ret_dir && *ret_path ? 0 : -ENOMEM;
}
