/*
 * Keeping the last good configuration.
 *
 * Promises: the copy is that of one snapshot and never half of one: it is made
 * beside the old one, on the disk before it takes its place, and exchanged in
 * one step.  What did not change is linked, not written again.
 * Dangerous: the files may change while they are copied, so each must still be
 * the one that was loaded.
 */
#include "config/lastgood.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "config/source.h"

#define GOOD      "config.good"
#define COMING    "config.good.new"
#define MAIN_FILE "holdfast.conf" /* in the copy, whatever it is called elsewhere */

/* --- paths and folders ------------------------------------------------------------ */

static int join(const char *dir, const char *name, char **ret_path)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		return -ENOMEM;
	}
	*ret_path = path;
	return 0;
}

DEFINE_CLEANUP(FTS *, fts_close);

static int open_tree(const char *path, FTS **ret_tree)
{
	_cleanup_free_ char *copy = strdup(path);
	char *const roots[] = { copy, NULL };

	if (!copy) {
		return -ENOMEM;
	}
	*ret_tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	return *ret_tree ? 0 : -errno;
}

static int remove_tree(const char *path)
{
	_cleanup_(fts_closep) FTS *tree = NULL;
	FTSENT *entry;
	int r = open_tree(path, &tree);

	while (r == 0 && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_D && remove(entry->fts_accpath) < 0 && errno != ENOENT) {
			r = -errno;
		}
	}
	return r;
}

static int count_files(const char *path, size_t *ret_count)
{
	_cleanup_(fts_closep) FTS *tree = NULL;
	FTSENT *entry;
	size_t count = 0;
	int r = open_tree(path, &tree);

	if (r < 0) {
		return r;
	}
	while ((entry = fts_read(tree))) {
		count += entry->fts_info == FTS_F;
	}
	*ret_count = count;
	return 0;
}

/* --- each file of a snapshot -------------------------------------------------------- */

/* One copy under way, or one comparison. */
struct copy {
	const struct model *model;
	char *good, *coming;
	size_t count; /* files */
	bool differs;
	int (*on_file)(struct copy *copy, const char *bytes, size_t size, const char *name);
};

static void copy_done(struct copy *copy)
{
	free(copy->good);
	free(copy->coming);
}

/* stamp: of the file when it was loaded; NULL where that is not known. */
static int visit_file(struct copy *copy, const char *path, const char *name,
		      const struct file_stamp *stamp)
{
	_cleanup_free_ char *bytes = NULL;
	struct file_stamp now;
	size_t size;
	int r = file_read(path, CONF_FILE_MAX, &bytes, &size, &now);

	if (r > 0 || r == -ENOENT || (r == 0 && stamp && !file_stamp_same(stamp, &now))) {
		return LASTGOOD_E_CHANGED;
	}
	if (r < 0) {
		return r;
	}
	copy->count++;
	return copy->on_file(copy, bytes, size, name);
}

static int visit_gateway(struct copy *copy, const char *gateway)
{
	_cleanup_free_ char *name = NULL, *path = NULL;

	if (asprintf(&name, "gateways/%s.conf", gateway) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	return join(copy->model->dir, name, &path) < 0 ? -ENOMEM
						       : visit_file(copy, path, name, NULL);
}

static int on_preset(void *userdata, const char *path, const char *shown)
{
	return visit_file(userdata, path, shown, NULL);
}

/* All that the snapshot was made of, and what its gateways need. */
static int each_file(struct copy *copy)
{
	const struct model *model = copy->model;
	struct faults faults = { 0 };
	int r = 0;

	copy->count = 0;
	for (size_t i = 0; r == 0 && i < model->source_count; i++) {
		const struct source *source = model->sources[i];
		const char *name = source->kind == SOURCE_SETTINGS ? MAIN_FILE : source->shown;

		r = *source->path ? visit_file(copy, source->path, name, &source->stamp) : 0;
	}
	for (size_t i = 0; r == 0 && i < model->gateways.count; i++) {
		r = visit_gateway(copy, model->gateways.list[i]);
	}
	if (r == 0) {
		r = source_walk_folder(model->dir, "presets", false, &faults, on_preset, copy);
	}
	faults_done(&faults);
	return r;
}

/* --- is it the same? ------------------------------------------------------------------ */

static bool is_same(const char *path, const char *bytes, size_t size)
{
	_cleanup_free_ char *other = NULL;
	size_t other_size;

	return file_read(path, CONF_FILE_MAX, &other, &other_size, NULL) == 0 &&
	       other_size == size && memcmp(other, bytes, size) == 0;
}

static int compare_file(struct copy *copy, const char *bytes, size_t size, const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (copy->differs) {
		return 0;
	}
	if (join(copy->good, name, &path) < 0) {
		return -ENOMEM;
	}
	copy->differs = !is_same(path, bytes, size);
	return 0;
}

static int compare(struct copy *copy)
{
	size_t kept = 0;
	int r;

	copy->on_file = compare_file;
	r = each_file(copy);
	if (r == 0 && !copy->differs) {
		r = count_files(copy->good, &kept);
		copy->differs = kept != copy->count;
	}
	return r;
}

/* --- another copy ------------------------------------------------------------------------ */

/* Of "clients/a.conf" the folder. */
static int make_folder(const char *path)
{
	_cleanup_free_ char *folder = strdup(path);

	if (!folder) {
		return -ENOMEM;
	}
	*strrchr(folder, '/') = '\0';
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int write_file(const char *path, const char *bytes, size_t size)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		return -errno;
	}
	while (size > 0) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno != EINTR) {
			return -errno;
		}
		if (written > 0) {
			bytes += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

static int copy_file(struct copy *copy, const char *bytes, size_t size, const char *name)
{
	_cleanup_free_ char *old = NULL, *path = NULL;
	int r = join(copy->good, name, &old);

	r = r < 0 ? r : join(copy->coming, name, &path);
	r = r < 0 ? r : make_folder(path);
	if (r < 0) {
		return r;
	}
	if (is_same(old, bytes, size) && link(old, path) == 0) {
		return 0;
	}
	return write_file(path, bytes, size);
}

static int sync_path(const char *path, int (*sync)(int fd))
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || sync(fd) < 0 ? -errno : 0;
}

/* All at once: a copy may have thousands of files. */
static int put_in_place(struct copy *copy, const char *state_dir)
{
	int r = sync_path(copy->coming, syncfs);

	if (r < 0) {
		return r;
	}
	if (rename(copy->coming, copy->good) < 0 &&
	    renameat2(AT_FDCWD, copy->coming, AT_FDCWD, copy->good, RENAME_EXCHANGE) < 0) {
		return -errno;
	}
	return sync_path(state_dir, fsync);
}

static int replace(struct copy *copy, const char *state_dir)
{
	int r = remove_tree(copy->coming); /* of one that did not come to its end */

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	if (mkdir(copy->coming, 0700) < 0) {
		return -errno;
	}
	copy->on_file = copy_file;
	r = each_file(copy);
	return r != 0 ? r : put_in_place(copy, state_dir);
}

int lastgood_keep(const struct model *model, const char *state_dir, bool *ret_written)
{
	_cleanup_(copy_done) struct copy copy = { .model = model };
	int r = join(state_dir, GOOD, &copy.good);

	r = r < 0 ? r : join(state_dir, COMING, &copy.coming);
	r = r < 0 ? r : compare(&copy);
	if (r != 0) {
		return r;
	}

	if (copy.differs) {
		r = replace(&copy, state_dir);
		(void)remove_tree(copy.coming); /* the one before, or what is there of this one */
	}
	if (r == 0 && ret_written) {
		*ret_written = copy.differs;
	}
	return r;
}

/* --- and back --------------------------------------------------------------------------------- */

int lastgood_load(const char *state_dir, struct faults *faults, struct model **ret_model)
{
	_cleanup_free_ char *good = NULL;
	int r = join(state_dir, GOOD, &good);

	if (r < 0) {
		return r;
	}
	if (access(good, F_OK) < 0) {
		return LASTGOOD_E_NONE;
	}
	r = model_load(good, faults, ret_model);
	return r > 0 ? LASTGOOD_E_NONE : r;
}
