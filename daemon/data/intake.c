/*
 * Reading all files.
 *
 * Promises: every file is read, whatever is wrong with the others.  Dangerous:
 * a pile moves when it grows, so nothing may point into it before it is
 * settled.
 */
#include "data/intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/embedded.h"
#include "data/folder.h"
#include "data/gateways.h"

void intake_init(struct intake *intake, struct arena *arena, struct faults *faults, const char *dir)
{
	*intake = (struct intake){
		.reader = { arena, faults, &intake->references },
		.dir = dir,
		.words.size = sizeof(struct word_list),
		.languages.size = sizeof(struct language),
		.plans.size = sizeof(struct plan),
		.clients.size = sizeof(struct client),
	};
}

void intake_done(struct intake *intake)
{
	references_done(&intake->references);
	free(intake->words.things);
	free(intake->languages.things);
	free(intake->plans.things);
	free(intake->clients.things);
}

/* Another zeroed thing on the pile; NULL when memory is out.  The next call moves it. */
static void *pile_add(struct pile *pile)
{
	if (pile->count == pile->room) {
		size_t room = pile->room > 0 ? 2 * pile->room : 16;
		char *things = reallocarray(pile->things, room, pile->size);

		if (!things) {
			return NULL;
		}
		pile->things = things;
		pile->room = room;
	}
	return memset(pile->things + pile->size * pile->count++, 0, pile->size);
}

/* Into the arena: 0 or -ENOMEM. */
int pile_settle(const struct pile *pile, struct arena *arena, void **ret_things, size_t *ret_count)
{
	void *things = arena_alloc(arena, pile->count + 1, pile->size);

	if (!things) {
		return -ENOMEM;
	}
	if (pile->count > 0) {
		memcpy(things, pile->things, pile->count * pile->size);
	}
	*ret_things = things;
	*ret_count = pile->count;
	return 0;
}

/* --- files ----------------------------------------------------------------- */

/* An empty file is one that an editor has not finished, or a slip; to take it for "no clients"
 * would remove them. */
static int open_file(struct intake *intake, const char *path, const char *shown,
		     struct conf **ret_conf)
{
	int r = conf_read(path, shown, intake->reader.faults, ret_conf);

	if (r != 0) {
		return r;
	}
	intake->references.file = arena_copy(intake->reader.arena, shown);
	if (!intake->references.file) {
		*ret_conf = conf_free(*ret_conf);
		return -ENOMEM;
	}
	if (conf_count(conf_root(*ret_conf)) == 0) {
		fault_add(intake->reader.faults, FAULT_ERROR, shown, 1, "empty-file",
			  "nothing stands in this file; fill it or remove it");
		*ret_conf = conf_free(*ret_conf);
		return CONF_E_FAULT;
	}
	return 0;
}

static int load_language(void *userdata, const char *path, const char *shown)
{
	struct intake *intake = userdata;
	_cleanup_(conf_freep) struct conf *conf = NULL;
	struct language *language;
	int r = open_file(intake, path, shown, &conf);

	if (r != 0) {
		intake->languages_broken = true;
		return r < 0 ? r : 0;
	}

	language = pile_add(&intake->languages);
	if (!language) {
		return -ENOMEM;
	}
	r = language_read(&intake->reader, conf_root(conf), language);
	intake->languages_broken |= !language->code || !language->messages;
	return r;
}

static int load_plan(void *userdata, const char *path, const char *shown)
{
	struct intake *intake = userdata;
	_cleanup_(conf_freep) struct conf *conf = NULL;
	struct plan *plan;
	int r = open_file(intake, path, shown, &conf);

	if (r != 0) {
		intake->plans_broken = true;
		return r < 0 ? r : 0;
	}

	plan = pile_add(&intake->plans);
	if (!plan) {
		return -ENOMEM;
	}
	r = plan_read(&intake->reader, conf_root(conf), plan);
	intake->plans_broken |= !plan->id;
	return r;
}

static int load_client(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct intake *intake = target;
	struct client *client;

	if (intake->clients.count == CLIENTS_MAX) {
		if (!intake->clients_full) {
			fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node),
				  "too-many", "more than %d clients; use another site for the rest",
				  CLIENTS_MAX);
		}
		intake->clients_full = true;
		return 0;
	}

	client = pile_add(&intake->clients);
	return client ? client_read(reader, node, client) : -ENOMEM;
}

static const struct conf_entry clients_keys[] = {
	{ .key = "clients",
	  .kind = CONF_LIST,
	  .read = load_client,
	  .most = CLIENTS_MAX,
	  .offset = 0,
	  .doc = "many clients in one file" },
	{ 0 },
};

/* One client, or many in a list. */
static int load_clients(void *userdata, const char *path, const char *shown)
{
	struct intake *intake = userdata;
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r = open_file(intake, path, shown, &conf);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	if (conf_get(conf_root(conf), "clients")) {
		return conf_read_group(&intake->reader, conf_root(conf), clients_keys, intake);
	}
	return load_client(&intake->reader, conf_root(conf), intake);
}

/* --- words --------------------------------------------------------------------- */

static int load_words(void *userdata, const char *path, const char *shown)
{
	struct intake *intake = userdata;
	_cleanup_(conf_freep) struct conf *conf = NULL;
	struct word_list *list;
	int r = open_file(intake, path, shown, &conf);

	if (r < 0) {
		return r;
	}

	/* For a file that cannot be read, the list that comes with Holdfast finds what it would. */
	list = pile_add(&intake->words);
	return list ? words_read(&intake->reader, conf ? conf_root(conf) : NULL, shown, list)
		    : -ENOMEM;
}

static bool has_words(const struct intake *intake, const char *file)
{
	const struct word_list *lists = (const void *)intake->words.things;

	for (size_t i = 0; i < intake->words.count; i++) {
		if (strcmp(lists[i].file, file) == 0) {
			return true;
		}
	}
	return false;
}

/* The lists that the configuration has none of its own for. */
static int load_built_in_words(struct intake *intake)
{
	for (const struct embedded *built_in = word_files; built_in->name; built_in++) {
		_cleanup_free_ char *file = NULL;
		struct word_list *list;
		int r;

		if (asprintf(&file, "words/%s", built_in->name) < 0) {
			file = NULL;
			return -ENOMEM;
		}
		if (has_words(intake, file)) {
			continue;
		}
		list = pile_add(&intake->words);
		r = list ? words_read(&intake->reader, NULL, file, list) : -ENOMEM;
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* --- holdfast.conf and staff.conf --------------------------------------------- */

static int load_settings(struct intake *intake, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r = open_file(intake, path, slash ? slash + 1 : path, &conf);

	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = site_file_read(&intake->reader, conf_root(conf), &intake->settings);
	if (r < 0) {
		return r;
	}
	return gateways_check(&intake->reader, intake->dir, conf_get(conf_root(conf), "gateways"),
			      &intake->settings.gateways);
}

static int load_roster(struct intake *intake)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/staff.conf", intake->dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, F_OK) == 0) {
		r = open_file(intake, path, "staff.conf", &conf);
		if (r != 0) {
			intake->staff_broken = true;
			return r < 0 ? r : 0;
		}
	}

	return roster_read(&intake->reader, conf ? conf_root(conf) : NULL, &intake->roster);
}

int intake_read(struct intake *intake, const char *path)
{
	struct faults *faults = intake->reader.faults;
	int r = load_settings(intake, path);

	if (r == 0) {
		r = load_roster(intake);
	}
	if (r == 0) {
		r = folder_walk(intake->dir, "words", faults, load_words, intake);
	}
	if (r == 0) {
		r = load_built_in_words(intake);
	}
	intake->references.words = (const void *)intake->words.things;
	intake->references.word_count = intake->words.count;
	if (r == 0) {
		r = folder_walk(intake->dir, "messages", faults, load_language, intake);
	}
	if (r == 0) {
		r = folder_walk(intake->dir, "plans", faults, load_plan, intake);
	}
	if (r == 0) {
		r = folder_walk(intake->dir, "clients", faults, load_clients, intake);
	}
	return r;
}
