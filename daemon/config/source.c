/*
 * Reading all files, or those that changed.
 *
 * Promises: every file is read, whatever is wrong with the others, and what is
 * found is the same whether a file was read now or its source is that of before.
 * Files are read in the order of bytes of their names, whatever the locale, so
 * that the same files give the same snapshot and the same faults everywhere.
 * Dangerous: what one file's reader finds in another must stand in
 * depends_on_changed(), or a reload would miss it.  holdfast.conf is always
 * read: whether it is sound depends on the files of its gateways.  The things
 * of a source move while they are added, so nothing may point at one before all
 * are read.
 */
#include "config/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/array.h"
#include "lib/cleanup.h"
#include "lib/embedded.h"
#include "lib/phone.h"

/* --- what one file says --------------------------------------------------- */

static const size_t sizes[] = {
	[SOURCE_SETTINGS] = 0,
	[SOURCE_STAFF] = 0,
	[SOURCE_WORDS] = sizeof(struct word_list),
	[SOURCE_LANGUAGE] = sizeof(struct language),
	[SOURCE_PLAN] = sizeof(struct plan),
	[SOURCE_CLIENTS] = sizeof(struct client),
};

/* path and shown are copied.  One user: who made it. */
static int new_source(enum source_kind kind, const char *path, const char *shown,
		      struct source **ret_source)
{
	_cleanup_(source_dropp) struct source *source = calloc(1, sizeof(*source));

	if (!source) {
		return -ENOMEM;
	}
	source->kind = kind;
	source->users = 1;
	if (arena_new(&source->arena) < 0) {
		return -ENOMEM;
	}
	source->path = arena_copy(source->arena, path);
	source->shown = arena_copy(source->arena, shown);
	if (!source->path || !source->shown) {
		return -ENOMEM;
	}
	source->references.file = source->shown;

	*ret_source = take_ptr(source);
	return 0;
}

bool source_is_shared(const struct source *source)
{
	return source->users > 1;
}

struct source *source_drop(struct source *source)
{
	if (source && --source->users == 0) {
		references_done(&source->references);
		faults_done(&source->faults);
		free(source->things);
		(void)arena_free(source->arena);
		free(source);
	}
	return NULL;
}

/* Another zeroed thing; NULL when memory is out.  The next call moves it. */
static void *add_thing(struct source *source)
{
	size_t size = sizes[source->kind];
	char *things = array_grow(source->things, source->count, &source->room, 1, size);

	if (!things) {
		return NULL;
	}
	source->things = things;
	return memset(things + size * source->count++, 0, size);
}

static void shrink(void **list, size_t count, size_t *room, size_t size)
{
	void *smaller = count > 0 && count < *room ? reallocarray(*list, count, size) : NULL;

	if (smaller) {
		*list = smaller;
		*room = count;
	}
}

/* All is read: gives back the room that was kept for more. */
static void shrink_lists(struct source *source)
{
	struct references *references = &source->references;

	shrink((void **)&source->things, source->count, &source->room, sizes[source->kind]);
	shrink((void **)&references->list, references->count, &references->room,
	       sizeof(*references->list));
	shrink((void **)&references->unique, references->unique_count, &references->unique_room,
	       sizeof(*references->unique));
	references->rules = NULL;
	references->words = NULL;
	references->word_count = 0;
}

/* The order in which files are read: by kind, then name. */
static int compare_source(const struct source *source, enum source_kind kind, const char *shown)
{
	return source->kind != kind ? (source->kind < kind ? -1 : 1) : strcmp(source->shown, shown);
}

/* --- what may stand only once, in all of them --------------------------------- */

/* Which hashes of names a new file has: among names that are all of before, none stands twice. */
#define MARKS (1u << 20)

static void mark_new(struct source *const *sources, size_t count, bool *marks)
{
	for (size_t i = 0; i < count; i++) {
		const struct references *references = &sources[i]->references;

		for (size_t j = 0; !source_is_shared(sources[i]) && j < references->unique_count;
		     j++) {
			marks[references->unique[j].hash % MARKS] = true;
		}
	}
}

/* Only what is marked may stand twice now. */
static size_t gather_marked(struct source *const *sources, size_t count, const bool *marks,
			    struct unique *ret_unique)
{
	size_t marked = 0;

	for (size_t i = 0; i < count; i++) {
		const struct references *references = &sources[i]->references;

		for (size_t j = 0; j < references->unique_count; j++) {
			if (marks[references->unique[j].hash % MARKS]) {
				ret_unique[marked++] = references->unique[j];
			}
		}
	}
	return marked;
}

int sources_check_unique(struct source *const *sources, size_t count, struct faults *faults,
			 unsigned *ret_twice)
{
	_cleanup_free_ struct unique *unique = NULL;
	_cleanup_free_ bool *marks = calloc(MARKS, sizeof(*marks));
	size_t all = 0;

	for (size_t i = 0; i < count; i++) {
		all += sources[i]->references.unique_count;
	}
	unique = calloc(all + 1, sizeof(*unique));
	if (!unique || !marks) {
		return -ENOMEM;
	}

	mark_new(sources, count, marks);
	*ret_twice = unique_check(unique, gather_marked(sources, count, marks, unique), faults);
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

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), size = strlen(end);

	return length > size && strcasecmp(name + length - size, end) == 0;
}

static bool is_conf(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > 5 && strcmp(name + length - 5, ".conf") == 0;
}

/* The beginning of an editor's or the system's own file, which nobody means to be read: a lock, a
 * copy that is being written, what Finder and Explorer leave. */
static bool is_litter(const char *name)
{
	static const char *const endings[] = { ".swp", ".swo", ".swx", ".tmp", ".part", ".lock" };

	for (size_t i = 0; i < COUNT(endings); i++) {
		if (ends_with(name, endings[i])) {
			return true;
		}
	}
	return name[0] == '.' || name[0] == '#' || !name[strspn(name, "0123456789")] ||
	       strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0 ||
	       strncasecmp(name, "README", 6) == 0;
}

/* What an editor, a package or a careful person keeps beside the file: harmless as long as the file
 * itself is there. */
static size_t kept_copy(const char *name)
{
	static const char *const endings[] = { "~",         ".bak",     ".orig",     ".old",
					       ".rej",      ".save",    ".dpkg-old", ".dpkg-dist",
					       ".dpkg-new", ".ucf-old", ".ucf-dist", ".rpmsave",
					       ".rpmnew" };

	for (size_t i = 0; i < COUNT(endings); i++) {
		if (ends_with(name, endings[i])) {
			return strlen(name) - strlen(endings[i]);
		}
	}
	return 0;
}

static bool has_original(const char *dir, const char *sub, const char *name, size_t length)
{
	char path[PATH_MAX];
	bool found;

	(void)snprintf(path, sizeof(path), "%s/%s/%.*s", dir, sub, (int)length, name);
	found = access(path, F_OK) == 0;
	(void)snprintf(path, sizeof(path), "%s/%s/%.*s.conf", dir, sub, (int)length, name);
	return found || access(path, F_OK) == 0;
}

#define CONF_ENDING ".conf"

/* The name without what stands behind ".conf", or without the ending of another kind of file:
 * "mia.conf.txt" and "mia.docx" are mia's. */
static size_t stem_of(const char *name)
{
	const char *conf = strcasestr(name, CONF_ENDING), *dot = strrchr(name, '.');

	return conf && conf > name ? (size_t)(conf - name)
	       : dot && dot > name ? (size_t)(dot - name)
				   : strlen(name);
}

static bool is_document(const char *name)
{
	static const char *const endings[] = { ".docx", ".doc", ".odt",  ".rtf", ".pdf",
					       ".xlsx", ".xls", ".html", ".htm", ".pages" };

	for (size_t i = 0; i < COUNT(endings); i++) {
		if (ends_with(name, endings[i])) {
			return true;
		}
	}
	return false;
}

/* Somebody meant it to be read, and it is not. */
static void blame_passed_over(const char *dir, const char *sub, const char *name,
			      struct faults *faults)
{
	char shown[FAULT_WORD_MAX], file[NAME_MAX + 64], path[PATH_MAX];
	size_t copy = kept_copy(name), stem;
	struct stat status;

	if (is_litter(name) || (copy > 0 && has_original(dir, sub, name, copy))) {
		return;
	}
	(void)snprintf(path, sizeof(path), "%s/%s/%s", dir, sub, name);
	(void)snprintf(file, sizeof(file), "%s/%s", sub, name);
	stem = stem_of(name);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		fault_add(faults, FAULT_WARNING, file, 1, "passed-over",
			  "a folder, and what is in it is not read; move its files to %s/", sub);
	} else if (is_document(name)) {
		fault_add(
			faults, FAULT_WARNING, file, 1, "passed-over",
			"not read: a document and no text file; save what is in it as plain text, "
			"UTF-8, in %s/%.*s.conf",
			sub, (int)stem, fault_word(name, shown));
	} else {
		fault_add(
			faults, FAULT_WARNING, file, 1, "passed-over",
			"not read: its name does not end in .conf; rename it %.*s.conf, or move it "
			"elsewhere",
			(int)stem, fault_word(name, shown));
	}
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Leaves the files that are read, and names what is passed over.  How many. */
static int keep_conf(struct names *names, const char *dir, const char *sub, struct faults *faults)
{
	int count = 0;

	for (int i = 0; i < names->count; i++) {
		const char *name = names->list[i]->d_name;

		if (is_conf(name)) {
			names->list[count++] = names->list[i];
			continue;
		}
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !faults_full(faults)) {
			blame_passed_over(dir, sub, name, faults);
		}
		free(names->list[i]);
	}
	return count;
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
static int blame_folder(const char *sub, bool required, int error, struct faults *faults)
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

int source_walk_folder(const char *dir, const char *sub, bool required, struct faults *faults,
		       folder_on_file on_file, void *userdata)
{
	_cleanup_(names_done) struct names names = { 0 };
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, sub) < 0) {
		path = NULL;
		return -ENOMEM;
	}

	names.count = scandir(path, &names.list, NULL, by_name);
	if (names.count < 0) {
		names.count = 0;
		return blame_folder(sub, required, errno, faults);
	}
	names.count = keep_conf(&names, dir, sub, faults);
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

int source_resolve_folder(const char *file, struct arena *arena, char **ret_dir, char **ret_path)
{
	_cleanup_free_ char *dir = file_folder(file), *inside = NULL;
	bool is_folder = dir && strcmp(dir, file) == 0;

	if (!dir || (is_folder && asprintf(&inside, "%s/holdfast.conf", dir) < 0)) {
		inside = NULL;
		return -ENOMEM;
	}

	*ret_dir = arena_copy(arena, dir);
	*ret_path = arena_copy(arena, is_folder ? inside : file);
	return *ret_dir && *ret_path ? 0 : -ENOMEM;
}

void sources_done(struct sources *sources)
{
	for (size_t i = 0; i < sources->count; i++) {
		(void)source_drop(sources->list[i]);
	}
	free(sources->list);
	sources->list = NULL;
	sources->count = 0;
}

/* --- what each kind of file says: 0 or -errno ---------------------------------- */

static int read_settings(struct sources *sources, struct conf_reader *reader,
			 const struct conf_node *root, struct source *source)
{
	int r = site_file_read(reader, root, &source->settings);

	return r < 0 ? r
		     : site_check_gateways(reader, sources->dir, conf_get(root, "gateways"),
					   &source->settings);
}

static int read_staff(struct sources *sources, struct conf_reader *reader,
		      const struct conf_node *root, struct source *source)
{
	(void)sources;
	return staff_file_read(reader, root, &source->staff);
}

static int read_words(struct sources *sources, struct conf_reader *reader,
		      const struct conf_node *root, struct source *source)
{
	struct word_list *list = add_thing(source);

	(void)sources;
	return list ? words_read(reader, root, source->shown, list) : -ENOMEM;
}

static int read_language(struct sources *sources, struct conf_reader *reader,
			 const struct conf_node *root, struct source *source)
{
	struct language *language = add_thing(source);
	int r = language ? language_read(reader, root, language) : -ENOMEM;

	(void)sources;
	source->broken = r == 0 && (!language->code || !language->messages);
	return r;
}

static int read_plan(struct sources *sources, struct conf_reader *reader,
		     const struct conf_node *root, struct source *source)
{
	struct plan *plan = add_thing(source);
	int r = plan ? plan_read(reader, root, plan) : -ENOMEM;

	(void)sources;
	source->broken = r == 0 && !plan->id;
	return r;
}

static int read_client(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct client *client = add_thing(target);

	return client ? client_read(reader, node, client) : -ENOMEM;
}

static const struct conf_entry clients_keys[] = {
	CONF_WHOLE_KEY("clients", LIST, OPTIONAL, read_client, "many clients in one file",
		       .most = CLIENTS_MAX),
	{ 0 },
};

/* One client, or many in a list. */
static int read_clients(struct sources *sources, struct conf_reader *reader,
			const struct conf_node *root, struct source *source)
{
	(void)sources;
	return conf_get(root, "clients") ? conf_read_group(reader, root, clients_keys, source)
					 : read_client(reader, root, source);
}

static const struct {
	int (*read)(struct sources *sources, struct conf_reader *reader,
		    const struct conf_node *root, struct source *source);
	const char *folder; /* where such files stand; NULL for beside holdfast.conf */
	/* One that went away would remove everybody; one without a file says that nobody is there. */
	bool folder_required;
} kinds[] = {
	[SOURCE_SETTINGS] = { read_settings, NULL, false },
	[SOURCE_STAFF] = { read_staff, NULL, false },
	[SOURCE_WORDS] = { read_words, "words", false },
	[SOURCE_LANGUAGE] = { read_language, "messages", true },
	[SOURCE_PLAN] = { read_plan, "plans", false },
	[SOURCE_CLIENTS] = { read_clients, "clients", true },
};

/* --- a source ---------------------------------------------------------------------- */

/* An empty file is one that an editor has not finished, or a slip; to take it for "no clients"
 * would remove them. */
static int open_file(struct source *source, struct conf **ret_conf)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r = conf_read_stamped(source->path, source->shown, &source->faults, &source->stamp,
				  &conf);

	if (r != 0) {
		return r;
	}
	if (conf_count(conf_root(conf)) == 0) {
		fault_add(&source->faults, FAULT_ERROR, source->shown, 1, "empty-file",
			  "nothing stands in this file; fill it or remove it");
		return CONF_E_FAULT;
	}

	*ret_conf = take_ptr(conf);
	return 0;
}

/* Without a file it says what holds where nothing is said.  So does a list of words that cannot be
 * read: the one that comes with Holdfast finds what it would. */
static int parse(struct sources *sources, struct source *source)
{
	struct conf_reader reader = { source->arena, &source->faults, &source->references };
	_cleanup_(conf_freep) struct conf *conf = NULL;
	bool broken = false;
	int r = 0;

	source->references.rules = &sources->rules;
	source->references.words = sources->words;
	source->references.word_count = sources->word_count;
	if (*source->path) {
		r = open_file(source, &conf);
		broken = r > 0;
		source->references.written = source->stamp.modified_ns / 1000;
	}
	if (r == 0 || (broken && source->kind == SOURCE_WORDS)) {
		r = kinds[source->kind].read(sources, &reader, conf ? conf_root(conf) : NULL,
					     source);
	}
	if (r < 0) {
		return r;
	}

	source->broken |= broken;
	source->settled = conf && file_stamp_settled(&source->stamp, sources->now);
	shrink_lists(source);
	return 0;
}

/* False where they are too many: what is in it is left out, and so is all that follows. */
static bool has_room(struct sources *sources, const struct source *source)
{
	const struct client *client;

	if (source->kind != SOURCE_CLIENTS || sources->clients_full) {
		return source->kind != SOURCE_CLIENTS;
	}
	if (source->count <= CLIENTS_MAX - sources->totals[SOURCE_CLIENTS]) {
		return true;
	}

	client = (const struct client *)source->things + CLIENTS_MAX -
		 sources->totals[SOURCE_CLIENTS];
	fault_add(sources->faults, FAULT_ERROR, source->shown, client->line > 0 ? client->line : 1,
		  "too-many", "more than %d clients; use another site for the rest", CLIENTS_MAX);
	sources->clients_full = true;
	return false;
}

/* The source is the list's from here on. */
static int add_source(struct sources *sources, struct source *source)
{
	_cleanup_(source_dropp) struct source *coming = source;

	faults_append(sources->faults, &source->faults);
	sources->broken[source->kind] |= source->broken;
	if (!has_room(sources, source)) {
		sources->rules = (struct rules){ 0 };
		return 0;
	}
	if (array_reserve(sources->list, sources->count, sources->room, 1) < 0) {
		return -ENOMEM;
	}

	sources->totals[source->kind] += source->count;
	sources->list[sources->count++] = take_ptr(coming);
	return 0;
}

/* --- a file ----------------------------------------------------------------------- */

static struct source *find_previous(struct sources *sources, enum source_kind kind,
				    const char *shown)
{
	while (sources->previous_at < sources->previous_count) {
		struct source *source = sources->previous[sources->previous_at];
		int order = compare_source(source, kind, shown);

		if (order >= 0) {
			return order == 0 ? source : NULL;
		}
		sources->previous_at++;
	}
	return NULL;
}

/* Whether an answer of a plan is a reserved word is for the lists of words to say. */
static bool depends_on_changed(const struct sources *sources, enum source_kind kind)
{
	return kind == SOURCE_SETTINGS || (kind == SOURCE_PLAN && sources->changed[SOURCE_WORDS]);
}

static bool is_unchanged(const struct source *source, const char *path)
{
	struct file_stamp stamp;

	return source->settled && strcmp(source->path, path) == 0 &&
	       file_stamp(path, &stamp) == 0 && file_stamp_same(&stamp, &source->stamp);
}

/* path is "" for what no file says. */
static int read_anew(struct sources *sources, enum source_kind kind, const char *path,
		     const char *shown)
{
	_cleanup_(source_dropp) struct source *source = NULL;
	int r = new_source(kind, path, shown, &source);

	if (r == 0) {
		r = parse(sources, source);
	}
	return r < 0 ? r : add_source(sources, take_ptr(source));
}

static int add_file(struct sources *sources, enum source_kind kind, const char *path,
		    const char *shown)
{
	struct source *previous = find_previous(sources, kind, shown);

	if (previous && !depends_on_changed(sources, kind) && is_unchanged(previous, path)) {
		sources->reused++;
		previous->users++;
		return add_source(sources, previous);
	}
	sources->parsed++;
	sources->changed[kind] = true;
	return read_anew(sources, kind, path, shown);
}

/* While one folder is read. */
struct folder {
	struct sources *sources;
	enum source_kind kind;
};

static int on_file(void *userdata, const char *path, const char *shown)
{
	struct folder *folder = userdata;

	return add_file(folder->sources, folder->kind, path, shown);
}

static int add_settings(struct sources *sources, const char *path)
{
	const char *slash = strrchr(path, '/');

	return add_file(sources, SOURCE_SETTINGS, path, slash ? slash + 1 : path);
}

static struct source *find_words(struct source *const *list, size_t count, const char *shown)
{
	for (size_t i = 0; i < count; i++) {
		if (compare_source(list[i], SOURCE_WORDS, shown) == 0) {
			return list[i];
		}
	}
	return NULL;
}

#define BUILT_IN_MAX 16 /* languages whose words come with Holdfast */

/* A list that comes with Holdfast is the same in every snapshot, so it is read once and stays: it
 * cannot change while the program runs. */
static int add_built_in(struct sources *sources, const char *shown, size_t which)
{
	static struct source *lists[BUILT_IN_MAX];
	int r;

	if (which < BUILT_IN_MAX && lists[which]) {
		lists[which]->users++;
		return add_source(sources, lists[which]);
	}
	r = read_anew(sources, SOURCE_WORDS, "", shown);
	if (r == 0 && which < BUILT_IN_MAX) {
		lists[which] = sources->list[sources->count - 1];
		lists[which]->users++;
	}
	return r;
}

/* The lists that the configuration has none of its own for. */
static int add_built_in_words(struct sources *sources)
{
	for (const struct embedded *built_in = word_files; built_in->name; built_in++) {
		_cleanup_free_ char *shown = NULL;
		int r;

		if (asprintf(&shown, "words/%s", built_in->name) < 0) {
			shown = NULL;
			return -ENOMEM;
		}
		if (!find_words(sources->list, sources->count, shown)) {
			r = add_built_in(sources, shown, (size_t)(built_in - word_files));
			if (r < 0) {
				return r;
			}
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

static bool has_somebody(const struct source *source)
{
	const struct client *clients = (const void *)source->things;

	for (size_t i = 0; i < source->count; i++) {
		if (clients[i].phone && !phone_is_fictional(clients[i].phone)) {
			return true;
		}
	}
	return false;
}

/* A warning for each file of clients that everybody may read, where everybody gets to it through
 * the folders above.  The example's clients are nobody: their numbers are those that are kept for
 * stories, so its files may be read by everybody.  0 or -ENOMEM. */
static int check_access(const char *dir, struct source *const *sources, size_t count,
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
		const struct source *source = sources[i];

		if (source->kind == SOURCE_CLIENTS && source->stamp.mode & S_IROTH &&
		    has_somebody(source)) {
			fault_add(faults, FAULT_WARNING, source->shown, 1, "readable",
				  "everybody on this machine may read who is enrolled; chmod o-rwx "
				  "clients");
		}
	}
	return 0;
}

/* --- what stands beside holdfast.conf ---- */

/* Is it nearly that name, and not a copy that somebody keeps? */
static bool is_nearly(const char *name, const char *right)
{
	const char *const words[] = { right, NULL };
	size_t stem = stem_of(name);

	return strcmp(name, right) != 0 && !is_litter(name) && kept_copy(name) == 0 &&
	       (strcasecmp(name, right) == 0 || fault_nearest_word(name, words) ||
		(ends_with(right, CONF_ENDING) && stem + strlen(CONF_ENDING) == strlen(right) &&
		 strncasecmp(name, right, stem) == 0));
}

/* staff.conf.txt and Clients/ are read as little as what they are called after is missed. */
static void check_beside(const char *dir, struct faults *faults)
{
	static const struct {
		const char *name;
		bool folder;
	} rows[] = {
		{ "holdfast.conf", false }, { "staff.conf", false }, { "clients", true },
		{ "plans", true },          { "messages", true },    { "words", true },
		{ "gateways", true },       { "presets", true },
	};
	_cleanup_(names_done) struct names names = { 0 };

	names.count = scandir(dir, &names.list, NULL, by_name);
	names.count = names.count < 0 ? 0 : names.count;
	for (int i = 0; i < names.count; i++) {
		const char *name = names.list[i]->d_name;

		for (size_t j = 0; j < COUNT(rows); j++) {
			if (is_nearly(name, rows[j].name)) {
				fault_add(faults, FAULT_WARNING, name, 1, "passed-over",
					  "this %s is not read; did you mean \"%s%s\"?",
					  rows[j].folder ? "folder" : "file", rows[j].name,
					  rows[j].folder ? "/" : "");
				break;
			}
		}
	}
}

/* --- all of them -------------------------------------------------------------------- */

/* A file less is a change, too. */
static void notice_removed(struct sources *sources, enum source_kind kind)
{
	size_t before = 0, now = 0;

	for (size_t i = 0; i < sources->previous_count; i++) {
		const struct source *source = sources->previous[i];

		before += source->kind == kind && *source->path;
	}
	for (size_t i = 0; i < sources->count; i++) {
		now += sources->list[i]->kind == kind && *sources->list[i]->path;
	}
	sources->changed[kind] |= before != now;
}

/* A link that leads nowhere is there, too. */
static int add_staff(struct sources *sources)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/staff.conf", sources->dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0
		    ? add_file(sources, SOURCE_STAFF, path, "staff.conf")
		    : read_anew(sources, SOURCE_STAFF, "", "staff.conf");
	notice_removed(sources, SOURCE_STAFF);
	return r;
}

static int add_folder(struct sources *sources, enum source_kind kind)
{
	struct folder folder = { sources, kind };
	size_t errors = sources->faults->errors;
	int r = source_walk_folder(sources->dir, kinds[kind].folder, kinds[kind].folder_required,
				   sources->faults, on_file, &folder);

	sources->broken[kind] |= sources->totals[kind] == 0 && sources->faults->errors > errors;
	notice_removed(sources, kind);
	return r;
}

/* First of the folders, for the others need them. */
static int add_words(struct sources *sources)
{
	void *words;
	int r = add_folder(sources, SOURCE_WORDS);

	if (r == 0) {
		r = add_built_in_words(sources);
	}
	if (r == 0) {
		r = sources_gather(sources, SOURCE_WORDS, &words, &sources->word_count);
	}
	if (r == 0) {
		sources->words = words;
	}
	return r;
}

int sources_read(struct sources *sources, const char *path)
{
	int r = add_settings(sources, path);

	if (r == 0) {
		r = add_staff(sources);
	}
	if (r == 0) {
		r = add_words(sources);
	}
	for (enum source_kind kind = SOURCE_LANGUAGE; r == 0 && kind <= SOURCE_CLIENTS; kind++) {
		r = add_folder(sources, kind);
	}
	if (r == 0) {
		check_beside(sources->dir, sources->faults);
	}
	return r == 0 ? check_access(sources->dir, sources->list, sources->count, sources->faults)
		      : r;
}

int sources_gather(const struct sources *sources, enum source_kind kind, void **ret_things,
		   size_t *ret_count)
{
	size_t size = sizes[kind], count = 0;
	char *things = arena_alloc(sources->arena, sources->totals[kind] + 1, size);

	if (!things) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < sources->count; i++) {
		const struct source *source = sources->list[i];

		if (source->kind == kind && source->count > 0) {
			memcpy(things + count * size, source->things, source->count * size);
			count += source->count;
		}
	}
	*ret_things = things;
	*ret_count = count;
	return 0;
}
