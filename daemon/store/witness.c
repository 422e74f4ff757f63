/*
 * The file beside the database that says how far it has come.
 *
 * Room for what is written next is put on the disk beforehand, as zeros: a disk that is full
 * is noticed before a text is claimed, and a sync has nothing to write but the bytes.  The first
 * zero is the end.  What a power cut left half written is no line, and what it would have said has
 * not left.
 * Dangerous: the file may only ever know less than the disk has of the database.  So a line is
 * written after the commit, and where it cannot be written nothing may leave any more.
 */
#include "store/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "config/reminder.h"
#include "lib/buffer.h"
#include "lib/file.h"
#include "lib/json.h"
#include "lib/log.h"
#include "store/people.h"
#include "store/store.h"

#define SEEN       "holdfast.seen"
#define COMING     "holdfast.seen.new"
#define LINES_MAX  (512L * 1024)        /* of what is not written yet: a round has 1024 claims */
#define EXTENT_MAX 512                  /* of the line that says how far the database has come */
#define ROOM       LINES_MAX            /* that is kept before the end */
#define FILE_MAX   (256L * 1024 * 1024) /* a month of a million texts */
#define REWRITTEN  (4L * 1024 * 1024)   /* and twice what it was: then what is old is left out */

struct witness {
	char folder[PATH_MAX - sizeof(COMING)];
	int fd;
	off_t end, room;              /* of lines; of the file */
	off_t rewritten;              /* its end when it was last written anew */
	int64_t store;                /* that it is of */
	int64_t batch;                /* that is being claimed, or was last */
	int64_t extent[STORE_EXTENT]; /* of its last line */
	struct buffer lines;          /* claims of the open transaction */
};

/* What is read out of a file. */
struct seen {
	int64_t store;
	int64_t extent[STORE_EXTENT];
	hf_time at;
	size_t damaged;
};

static const char *const extent_names[STORE_EXTENT] = { "batch", "outbox", "inbox",
							"cases", "audit",  "consent" };

static struct witness *of(struct db *db)
{
	return db_companion(db, DB_WITNESS);
}

static void join(const struct witness *witness, const char *name, char path[PATH_MAX])
{
	(void)snprintf(path, PATH_MAX, "%s/%s", witness->folder, name);
}

bool witness_of_work(const char *state_dir)
{
	static const char *const traces[] = { SEEN, "config.good", "holdfast.stops" };
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(traces); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", state_dir, traces[i]);
		if (access(path, F_OK) == 0) {
			return true;
		}
	}
	return false;
}

/* --- lines -------------------------------------------------------------------- */

static int put_line(struct buffer *lines, json_t *json)
{
	_cleanup_(json_freep) json_t *owned = json;
	_cleanup_free_ char *text = owned ? json_write(owned, NULL) : NULL;

	if (!text) {
		return -ENOMEM;
	}

	buffer_put_text(lines, text);
	buffer_put_text(lines, "\n");
	return lines->failed ? -ENOSPC : 0;
}

static json_t *new_extent(int64_t store, const int64_t extent[STORE_EXTENT], hf_time now)
{
	_cleanup_(json_freep) json_t *line = JSON_OBJECT({
		{ "store", json_integer(store) },
		{ "at", json_integer(now) },
	});

	for (size_t i = 0; line && i < STORE_EXTENT; i++) {
		if (json_put(line, extent_names[i], json_integer(extent[i])) != 0) {
			return NULL;
		}
	}
	return take_ptr(line);
}

static json_t *new_claim(int64_t batch, const struct outbox_message *row, const char *gateway,
			 hf_time now)
{
	return JSON_OBJECT({
		{ "claim", json_integer(batch) },
		{ "at", json_integer(now) },
		{ "client", json_string(row->client) },
		{ "kind", json_integer(row->kind) },
		{ "reminder", json_string(row->reminder) },
		{ "lead", json_string(row->lead) },
		{ "occurrence", json_integer(row->occurrence) },
		{ "due", json_integer(row->due) },
		{ "expires", json_integer(row->expires) },
		{ "ordinal", json_integer(row->ordinal) },
		{ "priority", json_integer(row->priority) },
		{ "attempt", json_integer(row->attempts + 1) },
		{ "key", json_string(row->key) },
		{ "gateway", json_string(gateway) },
	});
}

/* Borrowed from the line. */
static bool read_claim(const json_t *line, struct outbox_message *ret_row, int64_t *ret_batch)
{
	*ret_batch = json_int(line, "claim", 0);
	*ret_row = (struct outbox_message){
		.client = json_text(line, "client"),
		.kind = (int)json_int(line, "kind", -1),
		.reminder = json_text(line, "reminder"),
		.lead = json_text(line, "lead"),
		.occurrence = json_int(line, "occurrence", 0),
		.due = json_int(line, "due", 0),
		.expires = json_int(line, "expires", 0),
		.ordinal = (int)json_int(line, "ordinal", 0),
		.priority = (int)json_int(line, "priority", OUTBOX_AUTOMATIC),
		.attempts = (int)json_int(line, "attempt", 1),
		.key = json_text(line, "key"),
		.gateway = json_text(line, "gateway"),
		.claimed = json_int(line, "at", 0),
	};
	return *ret_batch > 0 && ret_row->client && ret_row->reminder && ret_row->lead &&
	       ret_row->key && ret_row->gateway && ret_row->claimed > 0 && ret_row->kind >= 0;
}

/* Each line that can be read, oldest first; bytes are cut up. */
typedef int (*line_reader)(void *userdata, const json_t *line, const char *text);

static int each_line(char *bytes, line_reader on_line, void *userdata, size_t *ret_damaged)
{
	char *rest = bytes, *text;
	int r = 0;

	*ret_damaged = 0;
	while (r == 0 && (text = strsep(&rest, "\n"))) {
		_cleanup_(json_freep) json_t *line = NULL;

		r = *text ? json_read(text, strlen(text), &line) : 0;
		*ret_damaged += r > 0;
		r = r < 0 || !line ? (r < 0 ? r : 0) : on_line(userdata, line, text);
	}
	return r;
}

static int see_line(void *userdata, const json_t *line, const char *text)
{
	struct seen *seen = userdata;
	int64_t store = json_int(line, "store", 0);

	(void)text;
	if (store == 0) {
		return 0;
	}

	/* The last line counts: in a database that was put back, numbers may begin again. */
	seen->store = store;
	seen->at = json_int(line, "at", 0);
	for (size_t i = 0; i < STORE_EXTENT; i++) {
		seen->extent[i] = json_int(line, extent_names[i], 0);
	}
	return 0;
}

/* --- writing ------------------------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t size, off_t at)
{
	while (size > 0) {
		ssize_t written = pwrite(fd, bytes, size, at);

		if (written < 0 && errno == EINTR) {
			continue;
		}
		if (written <= 0) {
			return written < 0 ? -errno : -EIO;
		}
		bytes += written;
		size -= (size_t)written;
		at += written;
	}
	return 0;
}

/* So much room lies before the end, on the disk. */
static int make_room(struct witness *witness)
{
	static const char zeros[64 * 1024];

	if (witness->room - witness->end >= ROOM) {
		return 0;
	}
	while (witness->room - witness->end < 2 * ROOM) {
		int r = write_all(witness->fd, zeros, sizeof(zeros), witness->room);

		if (r != 0) {
			return r;
		}
		witness->room += (off_t)sizeof(zeros);
	}
	return fsync(witness->fd) < 0 ? -errno : 0;
}

/* Only what still matters. */
struct rewriting {
	struct buffer lines;
	hf_time since;
};

static int copy_claim(void *userdata, const json_t *line, const char *text)
{
	struct rewriting *rewriting = userdata;
	struct outbox_message row;
	int64_t batch;

	if (read_claim(line, &row, &batch) &&
	    (row.kind == KIND_WELCOME || row.claimed >= rewriting->since)) {
		buffer_put_text(&rewriting->lines, text);
		buffer_put_text(&rewriting->lines, "\n");
	}
	return rewriting->lines.failed ? -EFBIG : 0;
}

static int sync_folder(const char *folder)
{
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* The file anew: claims out of `bytes` (cut up; NULL: none), and how far the database has come. */
static int rewrite(struct witness *witness, char *bytes, hf_time now)
{
	struct rewriting rewriting = { .lines.most = FILE_MAX, .since = now - WITNESS_KEEPS };
	struct witness coming = *witness;
	char path[PATH_MAX], part[PATH_MAX];
	size_t damaged;
	int r = bytes ? each_line(bytes, copy_claim, &rewriting, &damaged) : 0;

	join(witness, SEEN, path);
	join(witness, COMING, part);
	r = r ? r : put_line(&rewriting.lines, new_extent(witness->store, witness->extent, now));
	coming.fd =
		r == 0 ? open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	r = r ? r : coming.fd < 0 ? -errno : 0;
	r = r ? r : write_all(coming.fd, rewriting.lines.bytes, rewriting.lines.size, 0);
	coming.end = coming.room = coming.rewritten = (off_t)rewriting.lines.size;
	r = r ? r : make_room(&coming);
	if (r == 0 && rename(part, path) < 0) {
		r = -errno;
	}
	r = r ? r : sync_folder(witness->folder);
	buffer_done(&rewriting.lines);
	if (r != 0) {
		closep(&coming.fd);
		return r;
	}

	closep(&witness->fd);
	*witness = coming;
	return 0;
}

static int read_file(const struct witness *witness, char **ret_bytes)
{
	char path[PATH_MAX];
	int r;

	join(witness, SEEN, path);
	r = file_read(path, FILE_MAX, ret_bytes, NULL, NULL);
	return r > 0 ? -EBUSY : r;
}

/* --- opening -------------------------------------------------------------------- */

struct recalling {
	struct db *db;
	int64_t after; /* that batch the database knows */
	hf_time now, since;
	int64_t count;
};

static int recall(void *userdata, const json_t *line, const char *text)
{
	struct recalling *recalling = userdata;
	struct outbox_message row;
	int64_t batch;
	int r;

	(void)text;
	if (!read_claim(line, &row, &batch) || batch <= recalling->after ||
	    (row.kind != KIND_WELCOME && row.claimed < recalling->since)) {
		return 0;
	}

	r = outbox_recall(recalling->db, &row, recalling->now);
	if (r == 0 && row.kind == KIND_WELCOME) {
		r = people_welcomed(recalling->db, row.client, row.claimed);
	}
	recalling->count += r == 0;
	return r;
}

static enum witness_finding compare(const struct seen *seen, int64_t store, bool is_new,
				    const int64_t extent[STORE_EXTENT])
{
	if (seen->store == 0) {
		/* Nothing was ever claimed under the eyes of one: it may be its first start. */
		return is_new || extent[0] == 0 ? WITNESS_AGREES : WITNESS_MISSING;
	}
	if (seen->store != store) {
		return WITNESS_OTHER;
	}
	for (size_t i = 0; i < STORE_EXTENT; i++) {
		if (extent[i] < seen->extent[i]) {
			return WITNESS_OLDER;
		}
	}
	return WITNESS_AGREES;
}

/* In one transaction: what was lost is entered, and the store remembers that somebody has to look. */
static int bring_together(struct db *db, const struct seen *seen, char *bytes, int64_t hold,
			  int64_t after, hf_time now)
{
	struct recalling recalling = {
		.db = db, .after = after, .now = now, .since = now - WITNESS_KEEPS
	};
	size_t damaged;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = store_go_on_after(db, seen->extent);
	r = r || !bytes ? r : each_line(bytes, recall, &recalling, &damaged);
	r = r || hold == 0 ? r : store_set_hold(db, hold, now);
	r = r || seen->store == 0 || after > 0 ? r : store_set_former(db, seen->store);
	r = db_end(db, r);
	if (r == 0 && recalling.count > 0) {
		log_warning("%lld texts may have gone out that the database knows nothing of: see"
			    " holdfastctl messages --state unknown",
			    (long long)recalling.count);
	}
	return r;
}

/* Is there no store yet that a witness could have been of? */
static int is_without_identity(struct db *db, bool *ret_new)
{
	int64_t known = 0;
	int r = db_one_int(db, 0, &known, "SELECT 1 FROM meta WHERE name = 'store'", "");

	*ret_new = known == 0;
	return r;
}

static int open_file(struct witness *witness, struct db *db, const int64_t *holds, hf_time now,
		     enum witness_finding *ret_finding)
{
	_cleanup_free_ char *bytes = NULL, *again = NULL;
	struct seen seen = { 0 };
	enum witness_finding finding;
	bool is_new = false;
	int r = read_file(witness, &bytes);

	r = r == -ENOENT ? 0 : r;
	r = r ? r : is_without_identity(db, &is_new);
	r = r ? r : store_identity(db, &witness->store);
	r = r ? r : store_extent(db, witness->extent);
	again = bytes ? strdup(bytes) : NULL;
	if (r != 0 || (bytes && !again)) {
		return r ? r : -ENOMEM;
	}

	r = again ? each_line(again, see_line, &seen, &seen.damaged) : 0;
	if (r != 0) {
		return r;
	}
	if (seen.damaged > 1) { /* one is what a power cut leaves */
		log_warning("%zu lines of " SEEN " cannot be read", seen.damaged);
	}

	finding = compare(&seen, witness->store, is_new, witness->extent);
	if (finding != WITNESS_AGREES) {
		again = again ? strcpy(again, bytes) : NULL;
		r = bring_together(db, &seen, again, holds ? holds[finding] : 0,
				   finding == WITNESS_OLDER ? witness->extent[0] : 0, now);
		r = r ? r : store_extent(db, witness->extent);
	}
	r = r ? r : rewrite(witness, bytes, now);
	if (r == 0) {
		witness->batch = witness->extent[0];
		*ret_finding = finding;
	}
	return r;
}

int witness_open(const char *state_dir, struct db *db, const int64_t *holds, hf_time now,
		 enum witness_finding *ret_finding)
{
	struct witness *witness = calloc(1, sizeof(*witness));
	int r;

	if (!witness) {
		return -ENOMEM;
	}
	if (strlen(state_dir) >= sizeof(witness->folder)) {
		free(witness);
		return -ENAMETOOLONG;
	}

	strcpy(witness->folder, state_dir);
	witness->fd = -1;
	witness->lines.most = LINES_MAX;
	r = open_file(witness, db, holds, now, ret_finding);
	if (r != 0) {
		closep(&witness->fd);
		free(witness);
		return r;
	}

	db_set_companion(db, DB_WITNESS, witness);
	return 0;
}

void witness_close(struct db *db)
{
	struct witness *witness = db ? of(db) : NULL;

	if (witness) {
		db_set_companion(db, DB_WITNESS, NULL);
		closep(&witness->fd);
		buffer_done(&witness->lines);
		free(witness);
	}
}

/* --- work ------------------------------------------------------------------------- */

int witness_batch(struct db *db)
{
	struct witness *witness = of(db);
	int r;

	if (!witness) {
		return 0;
	}

	r = make_room(witness);
	if (r != 0) {
		return r == -ENOSPC || r == -EDQUOT ? -ENOSPC : -EIO;
	}

	witness->batch = witness->extent[0] + 1;
	return 0;
}

int witness_claim(struct db *db, const struct outbox_message *row, const char *gateway, hf_time now)
{
	struct witness *witness = of(db);
	int r;

	if (!witness) {
		return 0;
	}

	r = witness->lines.size == 0 ? store_set_batch(db, witness->batch) : 0;
	return r ? r : put_line(&witness->lines, new_claim(witness->batch, row, gateway, now));
}

void witness_forget(struct db *db)
{
	struct witness *witness = of(db);

	if (witness) {
		witness->lines.failed = false;
		buffer_clear(&witness->lines);
	}
}

static int append(struct witness *witness, const int64_t extent[STORE_EXTENT], hf_time now)
{
	int r = put_line(&witness->lines, new_extent(witness->store, extent, now));

	r = r ? r : write_all(witness->fd, witness->lines.bytes, witness->lines.size, witness->end);
	if (r == 0 && fdatasync(witness->fd) < 0) {
		r = -errno;
	}
	return r;
}

static void leave_out_what_is_old(struct witness *witness, hf_time now)
{
	_cleanup_free_ char *bytes = NULL;
	int r = read_file(witness, &bytes);

	r = r ? r : rewrite(witness, bytes, now);
	if (r != 0) {
		log_warning(SEEN " cannot be written anew: %s", strerror(-r));
		witness->rewritten = witness->end;
	}
}

int witness_note(struct db *db, hf_time now)
{
	struct witness *witness = of(db);
	int64_t extent[STORE_EXTENT];
	int r;

	if (!witness) {
		return 0;
	}

	r = store_extent(db, extent);
	if (r != 0 ||
	    (witness->lines.size == 0 && memcmp(extent, witness->extent, sizeof(extent)) == 0)) {
		return r;
	}

	/* For whoever claims nothing, what is left of it is room enough for long. */
	r = make_room(witness);
	if (witness->room - witness->end > (off_t)witness->lines.size + EXTENT_MAX) {
		r = 0;
	}
	r = r ? r : append(witness, extent, now);
	if (r != 0) {
		log_error(SEEN " cannot be written: %s", strerror(-r));
		return -EIO;
	}

	witness->end += (off_t)witness->lines.size;
	buffer_clear(&witness->lines);
	memcpy(witness->extent, extent, sizeof(extent));
	if (witness->end > REWRITTEN && witness->end > 2 * witness->rewritten) {
		leave_out_what_is_old(witness, now);
	}
	return 0;
}

void witness_mark(struct db *db, struct witness_mark *ret_mark)
{
	const struct witness *witness = of(db);

	*ret_mark = (struct witness_mark){ 0 };
	if (witness) {
		*ret_mark = (struct witness_mark){ witness->store, witness->batch };
	}
}

int witness_compare(struct db *db, const struct witness_mark *mark,
		    enum witness_finding *ret_finding)
{
	struct witness *witness = of(db);
	int64_t former = 0;
	int r = 0;

	*ret_finding = WITNESS_AGREES;
	if (!witness || mark->store == 0) {
		return 0;
	}
	if (mark->store == witness->store) {
		const int64_t extent[STORE_EXTENT] = { mark->batch };

		if (mark->batch > witness->extent[0]) {
			*ret_finding = WITNESS_OLDER;
			r = store_go_on_after(db, extent);
		}
		return r;
	}

	r = store_former(db, &former);
	if (r == 0 && former != mark->store) {
		*ret_finding = WITNESS_OTHER;
		r = store_set_former(db, mark->store);
	}
	return r;
}
