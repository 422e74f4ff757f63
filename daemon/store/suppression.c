/*
 * The list of STOPs beside the database.
 *
 * A line is "stop HASH INSTANT" or "start HASH 0".  Both are written and synced before the ledger's
 * commit: a STOP without its commit keeps a text back that the gateway's next try at
 * bringing the STOP would have kept back, and a START without its commit is still no in the
 * ledger.
 * Dangerous: the key.  Without it nobody is found, so a list whose key is gone is no list, and
 * the start is refused.
 */
#include "store/suppression.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "lib/file.h"
#include "lib/log.h"

#define STOPS    "holdfast.stops"
#define COMING   "holdfast.stops.new"
#define KEY      "holdfast.stops.key"
#define KEY_SIZE 32
#define HASH_HEX 32 /* characters of a hash */
#define FILE_MAX (256L * 1024 * 1024)
#define OVER_MAX 1000 /* lines that say nothing any more: then the file is written anew */

struct entry {
	char hash[HASH_HEX + 1];
	hf_time at; /* 0: taken back */
};

struct suppression {
	char folder[PATH_MAX - sizeof(COMING)];
	char key[CRYPTO_HEX_SIZE(KEY_SIZE)];
	int fd;
	size_t lines; /* of the file */
	struct entry *entries;
	size_t count, room; /* open addressing by the hash; room is a power of two, or 0 */
};

static struct suppression *of(struct db *db)
{
	return db_companion(db, DB_SUPPRESSION);
}

static void join(const struct suppression *list, const char *name, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/%s", list->folder, name);
}

/* --- in memory -------------------------------------------------------------------- */

static struct entry *find_slot(struct entry *entries, size_t room, const char *hash)
{
	size_t at = strtoul((const char[]){ hash[0], hash[1], hash[2], hash[3], hash[4], hash[5],
					    hash[6], hash[7], '\0' },
			    NULL, 16) &
		    (room - 1);

	while (*entries[at].hash && strcmp(entries[at].hash, hash) != 0) {
		at = (at + 1) & (room - 1);
	}
	return &entries[at];
}

static int grow(struct suppression *list)
{
	size_t room = list->room ? 2 * list->room : 1024;
	struct entry *entries;

	if (4 * (list->count + 1) < 3 * list->room) {
		return 0;
	}
	entries = calloc(room, sizeof(*entries));
	if (!entries) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < list->room; i++) {
		if (*list->entries[i].hash) {
			*find_slot(entries, room, list->entries[i].hash) = list->entries[i];
		}
	}
	free(list->entries);
	list->entries = entries;
	list->room = room;
	return 0;
}

static hf_time look_up(const struct suppression *list, const char *hash)
{
	return list->room ? find_slot(list->entries, list->room, hash)->at : 0;
}

static int keep(struct suppression *list, const char *hash, hf_time at)
{
	struct entry *entry;
	int r = grow(list);

	if (r != 0) {
		return r;
	}

	entry = find_slot(list->entries, list->room, hash);
	list->count += !*entry->hash;
	strcpy(entry->hash, hash);
	entry->at = at;
	return 0;
}

/* The two kinds of names never meet. */
static int hash_of(const struct suppression *list, const char *kind, const char *name,
		   char hash[HASH_HEX + 1])
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)], what[512];
	struct crypto_digest digest;
	int length = snprintf(what, sizeof(what), "%s %s", kind, name);
	int r = length < 0 || (size_t)length >= sizeof(what)
			? -ENAMETOOLONG
			: crypto_hmac(CRYPTO_SHA256, list->key, strlen(list->key), what,
				      (size_t)length, &digest);

	if (r == 0) {
		crypto_hex(digest.bytes, digest.size, hex);
		(void)snprintf(hash, HASH_HEX + 1, "%.*s", HASH_HEX, hex);
	}
	return r;
}

/* --- on the disk ------------------------------------------------------------------ */

static int write_synced(int fd, const char *bytes, size_t size)
{
	ssize_t written = write(fd, bytes, size);

	if (written < 0 || (size_t)written != size) {
		return written < 0 ? -errno : -ENOSPC;
	}
	return fdatasync(fd) < 0 ? -errno : 0;
}

static int sync_folder(const char *folder)
{
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* A line that a full disk cut short is ended by the next one. */
static int add_line(struct suppression *list, const char *word, const char *hash, hf_time at)
{
	char line[128];
	int length = snprintf(line, sizeof(line), "\n%s %s %" PRId64 "\n", word, hash, at);
	int r = write_synced(list->fd, line, (size_t)length);

	list->lines += r == 0;
	return r;
}

static int note(struct db *db, const char *kind, const char *name, hf_time at)
{
	struct suppression *list = of(db);
	char hash[HASH_HEX + 1];
	int r = hash_of(list, kind, name, hash);

	if (r != 0 || look_up(list, hash) == at) {
		return r;
	}

	/* In memory first: whatever happens to the disk, a STOP holds in this process. */
	r = at > 0 ? keep(list, hash, at) : 0;
	r = r ? r : add_line(list, at > 0 ? "stop" : "start", hash, at);
	r = r ? r : keep(list, hash, at);
	return r;
}

static int read_line(struct suppression *list, char *line)
{
	const char *word = strsep(&line, " "), *hash = strsep(&line, " "), *at = line;
	bool stop = word && strcmp(word, "stop") == 0, start = word && strcmp(word, "start") == 0;

	if ((!stop && !start) || !hash || strlen(hash) != HASH_HEX ||
	    strspn(hash, "0123456789abcdef") != HASH_HEX || !at) {
		return word && *word ? 1 : 0;
	}

	list->lines++;
	return keep(list, hash, stop ? strtoll(at, NULL, 10) : 0);
}

static int read_list(struct suppression *list)
{
	_cleanup_free_ char *bytes = NULL;
	char path[PATH_MAX], *rest, *line;
	size_t damaged = 0;
	int r;

	join(list, STOPS, path);
	r = file_read(path, FILE_MAX, &bytes, NULL, NULL);
	if (r != 0) {
		return r == -ENOENT ? 0 : r > 0 ? -EBUSY : r;
	}

	rest = bytes;
	while (r >= 0 && (line = strsep(&rest, "\n"))) {
		r = read_line(list, line);
		damaged += r > 0;
	}
	if (damaged > 0) {
		log_warning("%zu lines of " STOPS " cannot be read", damaged);
	}
	return r < 0 ? r : 0;
}

/* The file without what is over. */
static int rewrite(struct suppression *list)
{
	struct buffer lines = { .most = FILE_MAX };
	char path[PATH_MAX], part[PATH_MAX], line[128];
	_cleanup_close_ int fd = -1;
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < list->room; i++) {
		const struct entry *entry = &list->entries[i];

		if (*entry->hash && entry->at > 0) {
			(void)snprintf(line, sizeof(line), "stop %s %" PRId64 "\n", entry->hash,
				       entry->at);
			buffer_put_text(&lines, line);
			count++;
		}
	}
	join(list, STOPS, path);
	join(list, COMING, part);
	r = lines.failed ? -ENOMEM : 0;
	fd = r == 0 ? open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	r = r ? r : fd < 0 ? -errno : write_synced(fd, lines.bytes ? lines.bytes : "", lines.size);
	if (r == 0 && rename(part, path) < 0) {
		r = -errno;
	}
	r = r ? r : sync_folder(list->folder);
	buffer_done(&lines);
	if (r == 0) {
		list->lines = count;
	}
	return r;
}

static int make_key(struct suppression *list, const char *path)
{
	_cleanup_close_ int fd = -1;
	int r = crypto_random_hex(KEY_SIZE, list->key);

	if (r != 0) {
		return r;
	}

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	r = fd < 0 ? -errno : write_synced(fd, list->key, strlen(list->key));
	return r ? r : sync_folder(list->folder);
}

static int read_key(struct suppression *list)
{
	_cleanup_free_ char *bytes = NULL;
	char path[PATH_MAX], stops[PATH_MAX];
	size_t size = 0;
	int r;

	join(list, KEY, path);
	join(list, STOPS, stops);
	r = file_read(path, 4096, &bytes, &size, NULL);
	if (r == -ENOENT && access(stops, F_OK) < 0) {
		return make_key(list, path);
	}
	if (r != 0 && r != -ENOENT) {
		return r > 0 ? -EBUSY : r;
	}
	if (r == -ENOENT || size < sizeof(list->key) - 1 ||
	    strspn(bytes, "0123456789abcdef") < sizeof(list->key) - 1) {
		return SUPPRESSION_E_KEY;
	}

	(void)snprintf(list->key, sizeof(list->key), "%s", bytes);
	return 0;
}

/* --- opening ------------------------------------------------------------------------ */

/* A Holdfast of before had no list. */
static int take_from_ledger(struct db *db)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows, "SELECT client, consent_at FROM people WHERE consent = 2", "");

	while (r == 0 && db_next(&rows)) {
		const char *client = db_text(&rows, 0);

		if (suppression_of_client(db, client) == 0) {
			r = note(db, "client", client, db_int(&rows, 1));
		}
	}
	return r ? r : rows.error;
}

static int open_list(struct suppression *list)
{
	char path[PATH_MAX];
	int r = read_key(list);

	r = r ? r : read_list(list);
	if (r == 0 && list->lines > 2 * list->count + OVER_MAX) {
		r = rewrite(list);
	}
	if (r != 0) {
		return r;
	}

	join(list, STOPS, path);
	list->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	return list->fd < 0 ? -errno : sync_folder(list->folder);
}

static struct suppression *list_free(struct suppression *list)
{
	closep(&list->fd);
	free(list->entries);
	explicit_bzero(list->key, sizeof(list->key));
	free(list);
	return NULL;
}

int suppression_open(const char *state_dir, struct db *db)
{
	struct suppression *list = calloc(1, sizeof(*list));
	int r;

	if (!list) {
		return -ENOMEM;
	}

	list->fd = -1;
	if (strlen(state_dir) >= sizeof(list->folder)) {
		(void)list_free(list);
		return -ENAMETOOLONG;
	}
	strcpy(list->folder, state_dir);
	r = open_list(list);
	if (r != 0) {
		(void)list_free(list);
		return r;
	}

	db_set_companion(db, DB_SUPPRESSION, list);
	r = take_from_ledger(db);
	if (r != 0) {
		suppression_close(db);
	}
	return r;
}

void suppression_close(struct db *db)
{
	struct suppression *list = db ? of(db) : NULL;

	if (list) {
		db_set_companion(db, DB_SUPPRESSION, NULL);
		(void)list_free(list);
	}
}

/* --- work --------------------------------------------------------------------------- */

/* A handle of a number that nobody knows is another's in another database. */
static bool is_stranger(const char *client)
{
	return *client == '?';
}

int suppression_stop(struct db *db, const char *client, const char *phone, hf_time at)
{
	const struct suppression *list = of(db);
	int r = 0;

	if (!list || (is_stranger(client) && list->count >= SUPPRESSION_MOST)) {
		return 0;
	}

	r = is_stranger(client) ? 0 : note(db, "client", client, at);
	return r || !phone || !*phone ? r : note(db, "number", phone, at);
}

int suppression_start(struct db *db, const char *client, const char *phone)
{
	int r = 0;

	if (!of(db)) {
		return 0;
	}

	r = is_stranger(client) ? 0 : note(db, "client", client, 0);
	return r || !phone || !*phone ? r : note(db, "number", phone, 0);
}

static hf_time since(struct db *db, const char *kind, const char *name)
{
	const struct suppression *list = of(db);
	char hash[HASH_HEX + 1];

	if (!list || list->count == 0) {
		return 0;
	}

	/* Who cannot be looked up is not texted. */
	return hash_of(list, kind, name, hash) == 0 ? look_up(list, hash) : HF_NEVER;
}

hf_time suppression_of_client(struct db *db, const char *client)
{
	return is_stranger(client) ? 0 : since(db, "client", client);
}

hf_time suppression_of_number(struct db *db, const char *phone)
{
	return since(db, "number", phone);
}
