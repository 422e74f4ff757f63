/*
 * Reading all files, or those that changed.
 *
 * Promises: every file is read, whatever is wrong with the others, and what is
 * found is the same whether a file was read now or its part is that of before.
 * Files are read in the order of bytes of their names, whatever the locale, so
 * that the same files give the same snapshot and the same faults everywhere.
 * Dangerous: what one file's reader finds in another must stand in
 * depends_on_changed(), or a reload would miss it.  holdfast.conf is always
 * read: whether it is sound depends on the files of its gateways.  The things
 * of a part move while they are added, so nothing may point at one before all
 * are read.
 */
#include "config/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/array.h"
#include "lib/cleanup.h"
#include "lib/embedded.h"
#include "lib/phone.h"

/* --- what one file says --------------------------------------------------- */

static const size_t sizes[] = {
	[PART_SETTINGS] = 0,
	[PART_STAFF] = 0,
	[PART_WORDS] = sizeof(struct word_list),
	[PART_LANGUAGE] = sizeof(struct language),
	[PART_PLAN] = sizeof(struct plan),
	[PART_CLIENTS] = sizeof(struct client),
};

size_t part_size(enum part_kind kind)
{
	return sizes[kind];
}

int part_new(enum part_kind kind, const char *path, const char *shown, struct part **ret_part)
{
	_cleanup_(part_dropp) struct part *part = calloc(1, sizeof(*part));

	if (!part) {
		return -ENOMEM;
	}
	part->kind = kind;
	part->users = 1;
	if (arena_new(&part->arena) < 0) {
		return -ENOMEM;
	}
	part->path = arena_copy(part->arena, path);
	part->shown = arena_copy(part->arena, shown);
	if (!part->path || !part->shown) {
		return -ENOMEM;
	}
	part->references.file = part->shown;

	*ret_part = take_ptr(part);
	return 0;
}

struct part *part_share(struct part *part)
{
	part->users++;
	return part;
}

bool part_is_shared(const struct part *part)
{
	return part->users > 1;
}

struct part *part_drop(struct part *part)
{
	if (part && --part->users == 0) {
		references_done(&part->references);
		faults_done(&part->faults);
		free(part->things);
		(void)arena_free(part->arena);
		free(part);
	}
	return NULL;
}

void *part_add(struct part *part)
{
	size_t size = sizes[part->kind];
	char *things = array_grow(part->things, part->count, &part->room, 1, size);

	if (!things) {
		return NULL;
	}
	part->things = things;
	return memset(things + size * part->count++, 0, size);
}

static void shrink(void **list, size_t count, size_t *room, size_t size)
{
	void *smaller = count > 0 && count < *room ? reallocarray(*list, count, size) : NULL;

	if (smaller) {
		*list = smaller;
		*room = count;
	}
}

void part_settle(struct part *part)
{
	struct references *references = &part->references;

	shrink((void **)&part->things, part->count, &part->room, sizes[part->kind]);
	shrink((void **)&references->list, references->count, &references->room,
	       sizeof(*references->list));
	shrink((void **)&references->once, references->once_count, &references->once_room,
	       sizeof(*references->once));
	references->rules = NULL;
	references->words = NULL;
	references->word_count = 0;
}

int part_compare(const struct part *part, enum part_kind kind, const char *shown)
{
	return part->kind != kind ? (part->kind < kind ? -1 : 1) : strcmp(part->shown, shown);
}

/* --- what may stand only once, in all of them --------------------------------- */

/* Which hashes of names a new file has: among names that are all of before, none stands twice. */
#define MARKS (1u << 20)

static void mark_new(struct part *const *parts, size_t count, bool *marks)
{
	for (size_t i = 0; i < count; i++) {
		const struct references *references = &parts[i]->references;

		for (size_t j = 0; !part_is_shared(parts[i]) && j < references->once_count; j++) {
			marks[references->once[j].hash % MARKS] = true;
		}
	}
}

/* Only what is marked may stand twice now. */
static size_t gather_marked(struct part *const *parts, size_t count, const bool *marks,
			    struct once *ret_once)
{
	size_t marked = 0;

	for (size_t i = 0; i < count; i++) {
		const struct references *references = &parts[i]->references;

		for (size_t j = 0; j < references->once_count; j++) {
			if (marks[references->once[j].hash % MARKS]) {
				ret_once[marked++] = references->once[j];
			}
		}
	}
	return marked;
}

int parts_check_once(struct part *const *parts, size_t count, struct faults *faults,
		     unsigned *ret_twice)
{
	_cleanup_free_ struct once *once = NULL;
	_cleanup_free_ bool *marks = calloc(MARKS, sizeof(*marks));
	size_t all = 0;

	for (size_t i = 0; i < count; i++) {
		all += parts[i]->references.once_count;
	}
	once = calloc(all + 1, sizeof(*once));
	if (!once || !marks) {
		return -ENOMEM;
	}

	mark_new(parts, count, marks);
	*ret_twice = once_check(once, gather_marked(parts, count, marks, once), faults);
	return 0;
}

/* --- listing a folder ----------------------------------------------------- */

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

void intake_done(struct intake *intake)
{
	for (size_t i = 0; i < intake->count; i++) {
		(void)part_drop(intake->parts[i]);
	}
	free(intake->parts);
	intake->parts = NULL;
	intake->count = 0;
}

/* --- what each kind of file says: 0 or -errno ---------------------------------- */

static int read_settings(struct intake *intake, struct conf_reader *reader,
			 const struct conf_node *root, struct part *part)
{
	int r = site_file_read(reader, root, &part->settings);

	return r < 0 ? r
		     : gateways_check(reader, intake->dir, conf_get(root, "gateways"),
				      &part->settings.gateways);
}

static int read_staff(struct intake *intake, struct conf_reader *reader,
		      const struct conf_node *root, struct part *part)
{
	(void)intake;
	return roster_read(reader, root, &part->roster);
}

static int read_words(struct intake *intake, struct conf_reader *reader,
		      const struct conf_node *root, struct part *part)
{
	struct word_list *list = part_add(part);

	(void)intake;
	return list ? words_read(reader, root, part->shown, list) : -ENOMEM;
}

static int read_language(struct intake *intake, struct conf_reader *reader,
			 const struct conf_node *root, struct part *part)
{
	struct language *language = part_add(part);
	int r = language ? language_read(reader, root, language) : -ENOMEM;

	(void)intake;
	part->broken = r == 0 && (!language->code || !language->messages);
	return r;
}

static int read_plan(struct intake *intake, struct conf_reader *reader,
		     const struct conf_node *root, struct part *part)
{
	struct plan *plan = part_add(part);
	int r = plan ? plan_read(reader, root, plan) : -ENOMEM;

	(void)intake;
	part->broken = r == 0 && !plan->id;
	return r;
}

static int read_client(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct client *client = part_add(target);

	return client ? client_read(reader, node, client) : -ENOMEM;
}

static const struct conf_entry clients_keys[] = {
	CONF_WHOLE_KEY("clients", LIST, OPTIONAL, read_client, "many clients in one file",
		       .most = CLIENTS_MAX),
	{ 0 },
};

/* One client, or many in a list. */
static int read_clients(struct intake *intake, struct conf_reader *reader,
			const struct conf_node *root, struct part *part)
{
	(void)intake;
	return conf_get(root, "clients") ? conf_read_group(reader, root, clients_keys, part)
					 : read_client(reader, root, part);
}

static const struct {
	int (*read)(struct intake *intake, struct conf_reader *reader, const struct conf_node *root,
		    struct part *part);
	const char *folder; /* where such files stand; NULL for beside holdfast.conf */
	/* One that went away would remove everybody; one without a file says that nobody is there. */
	bool folder_required;
} kinds[] = {
	[PART_SETTINGS] = { read_settings, NULL, false },
	[PART_STAFF] = { read_staff, NULL, false },
	[PART_WORDS] = { read_words, "words", false },
	[PART_LANGUAGE] = { read_language, "messages", true },
	[PART_PLAN] = { read_plan, "plans", false },
	[PART_CLIENTS] = { read_clients, "clients", true },
};

/* --- a part ---------------------------------------------------------------------- */

/* An empty file is one that an editor has not finished, or a slip; to take it for "no clients"
 * would remove them. */
static int open_file(struct part *part, struct conf **ret_conf)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r = conf_read_stamped(part->path, part->shown, &part->faults, &part->stamp, &conf);

	if (r != 0) {
		return r;
	}
	if (conf_count(conf_root(conf)) == 0) {
		fault_add(&part->faults, FAULT_ERROR, part->shown, 1, "empty-file",
			  "nothing stands in this file; fill it or remove it");
		return CONF_E_FAULT;
	}

	*ret_conf = take_ptr(conf);
	return 0;
}

/* Without a file it says what holds where nothing is said.  So does a list of words that cannot be
 * read: the one that comes with Holdfast finds what it would. */
static int fill(struct intake *intake, struct part *part)
{
	struct conf_reader reader = { part->arena, &part->faults, &part->references };
	_cleanup_(conf_freep) struct conf *conf = NULL;
	bool broken = false;
	int r = 0;

	part->references.rules = &intake->rules;
	part->references.words = intake->words;
	part->references.word_count = intake->word_count;
	if (*part->path) {
		r = open_file(part, &conf);
		broken = r > 0;
	}
	if (r == 0 || (broken && part->kind == PART_WORDS)) {
		r = kinds[part->kind].read(intake, &reader, conf ? conf_root(conf) : NULL, part);
	}
	if (r < 0) {
		return r;
	}

	part->broken |= broken;
	part->settled = conf && file_stamp_settled(&part->stamp, intake->now);
	part_settle(part);
	return 0;
}

/* False where they are too many: what is in it is left out, and so is all that follows. */
static bool has_place(struct intake *intake, const struct part *part)
{
	const struct client *client;

	if (part->kind != PART_CLIENTS || intake->clients_full) {
		return part->kind != PART_CLIENTS;
	}
	if (part->count <= CLIENTS_MAX - intake->totals[PART_CLIENTS]) {
		return true;
	}

	client = (const struct client *)part->things + CLIENTS_MAX - intake->totals[PART_CLIENTS];
	fault_add(intake->faults, FAULT_ERROR, part->shown, client->line > 0 ? client->line : 1,
		  "too-many", "more than %d clients; use another site for the rest", CLIENTS_MAX);
	intake->clients_full = true;
	return false;
}

/* The part is the intake's from here on. */
static int add(struct intake *intake, struct part *part)
{
	_cleanup_(part_dropp) struct part *coming = part;

	faults_append(intake->faults, &part->faults);
	intake->broken[part->kind] |= part->broken;
	if (!has_place(intake, part)) {
		intake->rules = (struct rules){ 0 };
		return 0;
	}
	if (array_reserve(intake->parts, intake->count, intake->room, 1) < 0) {
		return -ENOMEM;
	}

	intake->totals[part->kind] += part->count;
	intake->parts[intake->count++] = take_ptr(coming);
	return 0;
}

/* --- a file ----------------------------------------------------------------------- */

static struct part *find_previous(struct intake *intake, enum part_kind kind, const char *shown)
{
	while (intake->previous_at < intake->previous_count) {
		struct part *part = intake->previous[intake->previous_at];
		int order = part_compare(part, kind, shown);

		if (order >= 0) {
			return order == 0 ? part : NULL;
		}
		intake->previous_at++;
	}
	return NULL;
}

/* Whether an answer of a plan is a reserved word is for the lists of words to say. */
static bool depends_on_changed(const struct intake *intake, enum part_kind kind)
{
	return kind == PART_SETTINGS || (kind == PART_PLAN && intake->changed[PART_WORDS]);
}

static bool is_unchanged(const struct part *part, const char *path)
{
	struct file_stamp stamp;

	return part->settled && strcmp(part->path, path) == 0 && file_stamp(path, &stamp) == 0 &&
	       file_stamp_same(&stamp, &part->stamp);
}

/* path is "" for what no file says. */
static int read_anew(struct intake *intake, enum part_kind kind, const char *path,
		     const char *shown)
{
	_cleanup_(part_dropp) struct part *part = NULL;
	int r = part_new(kind, path, shown, &part);

	if (r == 0) {
		r = fill(intake, part);
	}
	return r < 0 ? r : add(intake, take_ptr(part));
}

static int take_file(struct intake *intake, enum part_kind kind, const char *path,
		     const char *shown)
{
	struct part *previous = find_previous(intake, kind, shown);

	if (previous && !depends_on_changed(intake, kind) && is_unchanged(previous, path)) {
		intake->reused++;
		return add(intake, part_share(previous));
	}
	intake->parsed++;
	intake->changed[kind] = true;
	return read_anew(intake, kind, path, shown);
}

/* While one folder is read. */
struct folder {
	struct intake *intake;
	enum part_kind kind;
};

static int on_file(void *userdata, const char *path, const char *shown)
{
	struct folder *folder = userdata;

	return take_file(folder->intake, folder->kind, path, shown);
}

static int take_settings(struct intake *intake, const char *path)
{
	const char *slash = strrchr(path, '/');

	return take_file(intake, PART_SETTINGS, path, slash ? slash + 1 : path);
}

static bool has_words(const struct intake *intake, const char *shown)
{
	for (size_t i = 0; i < intake->count; i++) {
		if (part_compare(intake->parts[i], PART_WORDS, shown) == 0) {
			return true;
		}
	}
	return false;
}

/* The lists that the configuration has none of its own for. */
static int take_built_in_words(struct intake *intake)
{
	for (const struct embedded *built_in = word_files; built_in->name; built_in++) {
		_cleanup_free_ char *shown = NULL;
		int r;

		if (asprintf(&shown, "words/%s", built_in->name) < 0) {
			shown = NULL;
			return -ENOMEM;
		}
		r = has_words(intake, shown) ? 0 : read_anew(intake, PART_WORDS, "", shown);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* --- who else on the machine may read them ---- */

static bool is_open(const char *folder)
{
	struct stat status;

	return stat(folder, &status) == 0 && status.st_mode & S_IXOTH;
}

static bool has_somebody(const struct part *part)
{
	const struct client *clients = (const void *)part->things;

	for (size_t i = 0; i < part->count; i++) {
		if (clients[i].phone && !phone_is_fictional(clients[i].phone)) {
			return true;
		}
	}
	return false;
}

/* A warning for each file of clients that everybody may read, where everybody gets to it through
 * the folders above.  The example's clients are nobody: their numbers are those that are kept for
 * stories, so its sources may be read by everybody.  0 or -ENOMEM. */
static int check_access(const char *dir, struct part *const *parts, size_t count,
			struct faults *faults)
{
	_cleanup_free_ char *clients = NULL;

	if (asprintf(&clients, "%s/clients", dir) < 0) {
		clients = NULL;
		return -ENOMEM;
	}
	if (!is_open(dir) || !is_open(clients)) {
		return 0;
	}

	for (size_t i = 0; i < count; i++) {
		const struct part *part = parts[i];

		if (part->kind == PART_CLIENTS && part->stamp.mode & S_IROTH &&
		    has_somebody(part)) {
			fault_add(faults, FAULT_WARNING, part->shown, 1, "readable",
				  "everybody on this machine may read who is enrolled; chmod o-rwx "
				  "clients");
		}
	}
	return 0;
}

/* --- all of them -------------------------------------------------------------------- */

/* A file less is a change, too. */
static void notice_removed(struct intake *intake, enum part_kind kind)
{
	size_t before = 0, now = 0;

	for (size_t i = 0; i < intake->previous_count; i++) {
		const struct part *part = intake->previous[i];

		before += part->kind == kind && *part->path;
	}
	for (size_t i = 0; i < intake->count; i++) {
		now += intake->parts[i]->kind == kind && *intake->parts[i]->path;
	}
	intake->changed[kind] |= before != now;
}

/* A link that leads nowhere is there, too. */
static int take_staff(struct intake *intake)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/staff.conf", intake->dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
		    ? take_file(intake, PART_STAFF, path, "staff.conf")
		    : read_anew(intake, PART_STAFF, "", "staff.conf");
	notice_removed(intake, PART_STAFF);
	return r;
}

static int take_folder(struct intake *intake, enum part_kind kind)
{
	struct folder folder = { intake, kind };
	size_t errors = intake->faults->errors;
	int r = folder_walk(intake->dir, kinds[kind].folder, kinds[kind].folder_required,
			    intake->faults, on_file, &folder);

	intake->broken[kind] |= intake->totals[kind] == 0 && intake->faults->errors > errors;
	notice_removed(intake, kind);
	return r;
}

/* First of the folders, for the others need them. */
static int take_words(struct intake *intake)
{
	void *words;
	int r = take_folder(intake, PART_WORDS);

	if (r == 0) {
		r = take_built_in_words(intake);
	}
	if (r == 0) {
		r = intake_gather(intake, PART_WORDS, &words, &intake->word_count);
	}
	if (r == 0) {
		intake->words = words;
	}
	return r;
}

int intake_read(struct intake *intake, const char *path)
{
	int r = take_settings(intake, path);

	if (r == 0) {
		r = take_staff(intake);
	}
	if (r == 0) {
		r = take_words(intake);
	}
	for (enum part_kind kind = PART_LANGUAGE; r == 0 && kind <= PART_CLIENTS; kind++) {
		r = take_folder(intake, kind);
	}
	return r == 0 ? check_access(intake->dir, intake->parts, intake->count, intake->faults) : r;
}

int intake_gather(const struct intake *intake, enum part_kind kind, void **ret_things,
		  size_t *ret_count)
{
	size_t size = part_size(kind), count = 0;
	char *things = arena_alloc(intake->arena, intake->totals[kind] + 1, size);

	if (!things) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < intake->count; i++) {
		const struct part *part = intake->parts[i];

		if (part->kind == kind && part->count > 0) {
			memcpy(things + count * size, part->things, part->count * size);
			count += part->count;
		}
	}
	*ret_things = things;
	*ret_count = count;
	return 0;
}
