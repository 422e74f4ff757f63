/* The copy of the last good configuration: whole, for nobody else, and only where it differs. */
#include <errno.h>
#include <sys/stat.h>

#include "test.h"
#include "config/lastgood.h"
#include "reload_rig.h"

#define JORDAN  "clients/jordan.conf"
#define EVENING "clients/evening-group.conf"

struct kept {
	struct reload reload;
	char state_dir[sizeof(RIG_DIR)];
};

static int setup(void **state)
{
	struct kept *kept = calloc(1, sizeof(*kept));

	assert_non_null(kept);
	reload_begin(&kept->reload);
	(void)strcpy(kept->state_dir, RIG_DIR);
	assert_non_null(mkdtemp(kept->state_dir));
	*state = kept;
	return 0;
}

static int teardown(void **state)
{
	struct kept *kept = *state;

	reload_end(&kept->reload);
	rig_remove(kept->state_dir);
	free(kept);
	return 0;
}

static bool keep(struct kept *kept)
{
	bool written = false;

	assert_int_equal(lastgood_keep(kept->reload.model, kept->state_dir, &written), 0);
	return written;
}

static struct model *load(struct kept *kept)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(lastgood_load(kept->state_dir, &faults, &model), 0);
	assert_int_equal(faults.count, 0);
	return model;
}

static struct stat look(struct kept *kept, const char *name)
{
	_cleanup_free_ char *path = rig_path(kept->state_dir, name);
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status;
}

static bool is_there(struct kept *kept, const char *name)
{
	_cleanup_free_ char *path = rig_path(kept->state_dir, name);

	return access(path, F_OK) == 0;
}

FIXTURE(setup, teardown);

TEST(there_and_back)
{
	struct kept *kept = *state;
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;

	assert_int_equal(lastgood_load(kept->state_dir, &faults, &model), LASTGOOD_E_NONE);
	/* What went wrong before is not this one's fault. */
	errno = EIO;
	assert_true(keep(kept));
	assert_false(keep(kept));
	model = load(kept);
	assert_int_equal(model->client_count, kept->reload.model->client_count);
	assert_string_equal(model_client(model, "r-1042")->sponsor, "Sam");
	assert_string_equal(model_client(model, "r-1042")->file, JORDAN);
	assert_string_equal(model->site.name, "Riverside");
}

TEST(for_nobody_else)
{
	struct kept *kept = *state;

	(void)umask(0);
	assert_true(keep(kept));
	(void)umask(022);
	assert_int_equal(look(kept, "config.good").st_mode & 0777, 0700);
	assert_int_equal(look(kept, "config.good/clients").st_mode & 0777, 0700);
	assert_int_equal(look(kept, "config.good/" JORDAN).st_mode & 0777, 0600);
	assert_int_equal(look(kept, "config.good/staff.conf").st_mode & 0777, 0600);
	assert_false(is_there(kept, "config.good.new"));
}

TEST(only_what_differs_is_written)
{
	struct kept *kept = *state;
	struct model *model;
	ino_t folder, jordan, evening;

	assert_true(keep(kept));
	folder = look(kept, "config.good").st_ino;
	jordan = look(kept, "config.good/" JORDAN).st_ino;
	evening = look(kept, "config.good/" EVENING).st_ino;

	reload_at(&kept->reload, reload_later());
	assert_false(keep(kept));
	assert_int_equal(look(kept, "config.good").st_ino, folder);

	(void)rig_edit(kept->reload.dir, JORDAN, "\"Sam\"", "\"Kim\"");
	reload_at(&kept->reload, reload_later());
	assert_true(keep(kept));
	assert_int_not_equal(look(kept, "config.good/" JORDAN).st_ino, jordan);
	assert_int_equal(look(kept, "config.good/" EVENING).st_ino, evening);
	assert_false(is_there(kept, "config.good.new"));
	model = load(kept);
	assert_string_equal(model_client(model, "r-1042")->sponsor, "Kim");
	(void)model_free(model);
}

TEST(who_is_gone_is_gone_from_it)
{
	struct kept *kept = *state;
	_cleanup_free_ char *path = rig_path(kept->reload.dir, JORDAN);

	assert_true(keep(kept));
	assert_int_equal(unlink(path), 0);
	reload_at(&kept->reload, reload_later());
	assert_int_equal(kept->reload.answer, 0);
	assert_true(keep(kept));
	assert_false(is_there(kept, "config.good/" JORDAN));
}

TEST(what_was_not_loaded_is_not_kept)
{
	struct kept *kept = *state;
	_cleanup_free_ char *path = rig_path(kept->reload.dir, JORDAN);
	struct model *model;
	bool written = true;

	assert_true(keep(kept));
	(void)rig_edit(kept->reload.dir, EVENING, "\"Lee\"", "\"Leo\"");
	reload_at(&kept->reload, reload_later());
	assert_int_equal(kept->reload.answer, 0);

	/* Somebody goes on writing between the load and the copy. */
	(void)rig_edit(kept->reload.dir, JORDAN, "meetings = (", "meetings = ((");
	assert_int_equal(lastgood_keep(kept->reload.model, kept->state_dir, &written),
			 LASTGOOD_E_CHANGED);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(lastgood_keep(kept->reload.model, kept->state_dir, NULL),
			 LASTGOOD_E_CHANGED);
	assert_true(written);
	model = load(kept);
	assert_string_equal(model_client(model, "r-1061")->name, "Lee");
	(void)model_free(model);
	assert_false(is_there(kept, "config.good.new"));
}

TEST(what_a_crash_left_is_in_nobodys_way)
{
	struct kept *kept = *state;
	_cleanup_free_ char *coming = rig_path(kept->state_dir, "config.good.new");

	assert_int_equal(mkdir(coming, 0700), 0);
	rig_write(coming, "clients", "half of a (");
	assert_true(keep(kept));
	(void)model_free(load(kept));
	assert_false(is_there(kept, "config.good.new"));
}

TEST(a_copy_that_is_not_sound)
{
	struct kept *kept = *state;
	_cleanup_(faults_done) struct faults faults = { 0 };
	struct model *model = NULL;

	assert_true(keep(kept));
	rig_write(kept->state_dir, "config.good/" JORDAN, "(");
	assert_int_equal(lastgood_load(kept->state_dir, &faults, &model), LASTGOOD_E_NONE);
	assert_null(model);
	assert_true(faults.errors > 0);
	assert_true(keep(kept));
	(void)model_free(load(kept));
}

TEST(no_place_for_it)
{
	struct kept *kept = *state;

	assert_int_equal(lastgood_keep(kept->reload.model, "/nonexistent", NULL), -ENOENT);
}
