#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "lib/cleanup.h"
#include "config/source.h"

struct walk {
	char shown[256];
	int answer;
};

static int on_file(void *userdata, const char *path, const char *shown)
{
	struct walk *walk = userdata;

	assert_non_null(strstr(path, shown));
	assert_int_equal(access(path, F_OK), 0);
	strcat(strcat(walk->shown, shown), " ");
	return walk->answer;
}

static void make(const char *dir, const char *name)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
}

static const char *const names[] = { "b.conf",   "a.conf",     "B.conf", ".hidden.conf", "a.conf~",
				     "#a.conf#", "c.conf.swp", ".conf",  "README",       "4913" };

TEST(in_order_and_without_what_editors_leave)
{
	char dir[] = "/tmp/holdfast-XXXXXX", sub[64];
	struct faults faults = { 0 };
	struct walk walk = { 0 }, stopped = { .answer = 7 };

	assert_non_null(mkdtemp(dir));
	assert_int_equal(source_walk_folder(dir, "clients", false, &faults, on_file, &walk), 0);
	assert_string_equal(walk.shown, "");

	(void)snprintf(sub, sizeof(sub), "%s/clients", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		make(sub, names[i]);
	}
	assert_int_equal(source_walk_folder(dir, "clients", false, &faults, on_file, &walk), 0);
	assert_string_equal(walk.shown, "clients/B.conf clients/a.conf clients/b.conf ");
	assert_int_equal(source_walk_folder(dir, "clients", false, &faults, on_file, &stopped), 7);
	assert_string_equal(stopped.shown, "clients/B.conf ");
	assert_int_equal(faults.count, 0);

	assert_int_equal(source_walk_folder(sub, "a.conf", false, &faults, on_file, &walk), 0);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "unreadable");
	assert_string_equal(faults.list[0].file, "a.conf");
	faults_done(&faults);

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/%s", sub, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir), 0);
}

static const char *const passed_over[][2] = {
	{ "mia.conf.txt", "rename it mia.conf" }, { "New.CONF", "rename it New.conf" },
	{ "ana.docx", "clients/ana.conf" },       { "notes.txt", "rename it notes.conf" },
	{ "gone.conf~", "rename it gone.conf" },  { "lee.cfg", "rename it lee.conf" },
};

TEST(what_somebody_meant_to_be_read_is_named)
{
	char dir[] = "/tmp/holdfast-XXXXXX", sub[64], path[192];
	struct faults faults = { 0 };
	struct walk walk = { 0 };

	assert_non_null(mkdtemp(dir));
	(void)snprintf(sub, sizeof(sub), "%s/clients", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	for (size_t i = 0; i < COUNT(passed_over); i++) {
		make(sub, passed_over[i][0]);
	}
	(void)snprintf(path, sizeof(path), "%s/evening", sub);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(source_walk_folder(dir, "clients", false, &faults, on_file, &walk), 0);
	assert_string_equal(walk.shown, "");
	assert_int_equal(faults.errors, 0);
	assert_int_equal(faults.count, COUNT(passed_over) + 1);
	for (size_t i = 0; i < COUNT(passed_over); i++) {
		size_t found = 0;

		(void)snprintf(path, sizeof(path), "clients/%s", passed_over[i][0]);
		for (size_t j = 0; j < faults.count; j++) {
			found += strcmp(faults.list[j].file, path) == 0 &&
				 strcmp(faults.list[j].code, "passed-over") == 0 &&
				 strstr(faults.list[j].message, passed_over[i][1]);
		}
		assert_int_equal(found, 1);
		(void)snprintf(path, sizeof(path), "%s/%s", sub, passed_over[i][0]);
		assert_int_equal(unlink(path), 0);
	}
	faults_done(&faults);
	(void)snprintf(path, sizeof(path), "%s/evening", sub);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(sub), 0);
	assert_int_equal(rmdir(dir), 0);
}

TEST(a_folder_that_is_required)
{
	char dir[] = "/tmp/holdfast-XXXXXX";
	struct faults faults = { 0 };
	struct walk walk = { 0 };

	assert_non_null(mkdtemp(dir));
	assert_int_equal(source_walk_folder(dir, "clients", false, &faults, on_file, &walk), 0);
	assert_int_equal(faults.count, 0);
	assert_int_equal(source_walk_folder(dir, "clients", true, &faults, on_file, &walk), 0);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "missing-folder");
	assert_string_equal(faults.list[0].file, "clients");
	faults_done(&faults);
	assert_int_equal(rmdir(dir), 0);
}

TEST(the_folder_of_a_configuration)
{
	static const struct {
		const char *file, *dir, *path;
	} rows[] = {
		{ "config", "config", "config/holdfast.conf" },
		{ "config/holdfast.conf", "config", "config/holdfast.conf" },
		{ "config/nosuch.conf", "config", "config/nosuch.conf" },
		{ "nosuch.conf", ".", "nosuch.conf" },
		{ "/nosuch.conf", "/", "/nosuch.conf" },
	};
	struct arena *arena = NULL;

	assert_int_equal(arena_new(&arena), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *dir = NULL, *path = NULL;

		assert_int_equal(source_resolve_folder(rows[i].file, arena, &dir, &path), 0);
		assert_string_equal(dir, rows[i].dir);
		assert_string_equal(path, rows[i].path);
	}
	(void)arena_free(arena);
}
