/* What editors, copies and slips leave in the folders: it is survived, or refused by name. */
#include "test.h"
#include "reload_rig.h"

#define JORDAN  "clients/jordan.conf"
#define EVENING "clients/evening-group.conf"
#define CLIENTS 3

static int setup(void **state)
{
	struct reload *reload = calloc(1, sizeof(*reload));

	assert_non_null(reload);
	reload_begin(reload);
	*state = reload;
	return 0;
}

static int teardown(void **state)
{
	reload_end(*state);
	free(*state);
	return 0;
}

static void assert_all_there(const struct reload *reload)
{
	assert_int_equal(reload->model->client_count, CLIENTS);
	assert_non_null(model_client(reload->model, "r-1042"));
}

FIXTURE(setup, teardown);

/* Wherever the writer was when it was read: refused, or the whole client. */
TEST(written_in_place_and_caught_half_way)
{
	struct reload *reload = *state;
	_cleanup_free_ char *whole = rig_read(reload->dir, EVENING);
	size_t size = strlen(whole);

	for (size_t length = 0; length < size; length += 13) {
		_cleanup_free_ char *half = strndup(whole, length);

		rig_write(reload->dir, EVENING, half);
		reload_at(reload, reload_later());
		if (reload->answer != 0) {
			assert_string_equal(reload->faults.list[0].file, EVENING);
		}
		assert_all_there(reload);
	}

	rig_write(reload->dir, EVENING, whole);
	reload_at(reload, reload_now());
	assert_int_equal(reload->answer, 0);
	assert_all_there(reload);
}

TEST(renamed_over)
{
	struct reload *reload = *state;
	_cleanup_free_ char *path = rig_path(reload->dir, JORDAN);
	_cleanup_free_ char *beside = rig_path(reload->dir, "clients/.jordan.conf.tmp");
	_cleanup_free_ char *text = rig_read(reload->dir, JORDAN);

	rig_write(reload->dir, "clients/.jordan.conf.tmp", text);
	(void)rig_edit(reload->dir, "clients/.jordan.conf.tmp", "\"Sam\"", "\"Kim\"");
	assert_int_equal(rename(beside, path), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
	assert_string_equal(model_client(reload->model, "r-1042")->sponsor, "Kim");
	assert_int_equal(reload->model->parsed, 2);
}

TEST(what_editors_leave_behind)
{
	static const char *const names[] = {
		"clients/jordan.conf~", "clients/#jordan.conf#",     "clients/.jordan.conf.swp",
		"clients/4913",         "clients/jordan.conf.orig",  "clients/.hidden.conf",
		"plans/aftercare.bak",  "messages/en.conf.dpkg-new",
	};
	struct reload *reload = *state;
	_cleanup_free_ char *lock = rig_path(reload->dir, "clients/.#jordan.conf");

	for (size_t i = 0; i < COUNT(names); i++) {
		rig_write(reload->dir, names[i], "half of a (");
	}
	/* emacs: a link that leads nowhere. */
	assert_int_equal(symlink("staff@desk.1234", lock), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
	assert_int_equal(reload->faults.count, 0);
	assert_int_equal(reload->model->parsed, 1);
	assert_all_there(reload);
}

TEST(links)
{
	struct reload *reload = *state;
	_cleanup_free_ char *path = rig_path(reload->dir, JORDAN);
	_cleanup_free_ char *aside = rig_path(reload->dir, "aside");

	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(symlink(aside, path), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
	assert_all_there(reload);

	/* What it leads to is what counts. */
	(void)rig_edit(reload->dir, "aside", "\"Sam\"", "\"Kim\"");
	reload_at(reload, reload_later());
	assert_int_equal(reload->model->parsed, 2);
	assert_string_equal(model_client(reload->model, "r-1042")->sponsor, "Kim");

	assert_int_equal(unlink(aside), 0);
	reload_at(reload, reload_later());
	reload_blames(reload, JORDAN, "unreadable");
	assert_non_null(strstr(reload->faults.list[0].message, "link"));
	assert_all_there(reload);

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("jordan.conf", path), 0);
	reload_at(reload, reload_later());
	reload_blames(reload, JORDAN, "unreadable");
}

/* What stands in /proc says that it is empty, and is not: whoever reads it sees it grow. */
TEST(written_to_while_it_is_read)
{
	struct reload *reload = *state;
	_cleanup_free_ char *path = rig_path(reload->dir, "clients/grows.conf");

	assert_int_equal(symlink("/proc/self/status", path), 0);
	reload_at(reload, reload_later());
	reload_blames(reload, "clients/grows.conf", "changing");
	assert_string_equal(reload->faults.list[0].message,
			    "changed while it was being read; reload again");
	assert_all_there(reload);
	assert_int_equal(unlink(path), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
}

TEST(a_staff_list_that_leads_nowhere)
{
	struct reload *reload = *state;
	_cleanup_free_ char *path = rig_path(reload->dir, "staff.conf");

	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("elsewhere", path), 0);
	reload_at(reload, reload_later());
	reload_blames(reload, "staff.conf", "unreadable");
	assert_int_equal(reload->faults.count, 1);
}

TEST(a_folder_that_vanishes)
{
	static const char *const folders[] = { "clients", "messages" };
	struct reload *reload = *state;

	for (size_t i = 0; i < COUNT(folders); i++) {
		_cleanup_free_ char *path = rig_path(reload->dir, folders[i]);
		_cleanup_free_ char *away = rig_path(reload->dir, "away");

		assert_int_equal(rename(path, away), 0);
		reload_at(reload, reload_later());
		reload_blames(reload, folders[i], "missing-folder");
		assert_int_equal(reload->faults.count, 1);
		assert_all_there(reload);

		/* Nor is it taken for nobody by whoever starts anew. */
		faults_done(&reload->faults);
		reload->faults = (struct faults){ 0 };
		assert_int_equal(model_load(reload->dir, &reload->faults, &reload->model),
				 CONF_E_FAULT);
		assert_int_equal(rename(away, path), 0);
	}

	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
	assert_int_equal(reload->model->parsed, 1);
}

TEST(plans_that_vanish_are_missed_by_name)
{
	struct reload *reload = *state;
	_cleanup_free_ char *path = rig_path(reload->dir, "plans");
	_cleanup_free_ char *away = rig_path(reload->dir, "away");

	assert_int_equal(rename(path, away), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, CONF_E_FAULT);
	assert_int_equal(reload->faults.count, CLIENTS);
	assert_string_equal(reload->faults.list[0].code, "unknown-plan");
	assert_all_there(reload);
}

TEST(the_last_client_may_leave)
{
	struct reload *reload = *state;
	_cleanup_free_ char *jordan = rig_path(reload->dir, JORDAN);
	_cleanup_free_ char *evening = rig_path(reload->dir, EVENING);

	assert_int_equal(unlink(jordan), 0);
	assert_int_equal(unlink(evening), 0);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
	assert_int_equal(reload->model->client_count, 0);
}

TEST(a_file_that_becomes_empty)
{
	static const char *const files[] = {
		JORDAN,       "plans/aftercare.conf", "messages/en.conf",
		"staff.conf", "words/en.conf",        "holdfast.conf"
	};
	static const char *const empty[] = { "", "\n", "// nothing\n" };
	struct reload *reload = *state;

	for (size_t i = 0; i < COUNT(files); i++) {
		_cleanup_free_ char *text = rig_read(reload->dir, files[i]);

		rig_write(reload->dir, files[i], empty[i % COUNT(empty)]);
		reload_at(reload, reload_later());
		reload_blames(reload, files[i], "empty-file");
		assert_all_there(reload);
		rig_write(reload->dir, files[i], text);
		reload_at(reload, reload_later());
		assert_int_equal(reload->answer, 0);
	}
}
