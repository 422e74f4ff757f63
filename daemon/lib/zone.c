/*
 * The system's zone files, what a local time means in a place, and the news that
 * the files were replaced.
 *
 * A zone caches its offset in slots of six days, so that asking again costs one
 * comparison: 100,000 clients are looked at by their local time.  A slot has room
 * for one change, and since 1970 no zone has changed twice within seven days.
 *
 * What is dangerous: a name comes from a file that people edit, and becomes
 * part of a path.  It is checked letter by letter, and the file byte by byte; an
 * unknown zone must never pass for UTC.  And zone_refresh() changes what is read
 * through pointers to const: whatever was calculated before it is void.
 */
#include "lib/zone.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/file.h"
#include "lib/tzfile.h"

#define ZONE_FILES    "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64
#define FILE_MAX      (64L * 1024) /* the largest of 2025b has 3600 bytes */
#define DAY_SECONDS   INT64_C(86400)

/* Outside these, a zone keeps the offset that it has at the edge: 1900 and 2200. */
#define SECONDS_MIN INT64_C(-2208988800)
#define SECONDS_MAX INT64_C(7258118400)

#define SLOT_SECONDS (INT64_C(1) << 19)
#define SLOTS        128 /* two years; slots that are further apart share a place */

struct slot {
	int64_t first; /* second at which it begins; SECONDS_MAX + 1 when empty */
	int64_t change;
	int before, after; /* offsets, before and from `change` */
};

struct zone {
	struct zone *next;
	char *bytes; /* of its file; NULL is UTC */
	size_t size;
	struct tzfile file; /* points into them */
	char *bytes_before; /* the last refresh; NULL where it changed nothing */
	struct tzfile file_before;
	struct slot *slots;
	char name[ZONE_NAME_MAX + 1];
};

static const struct zone utc = { .name = "UTC" };
static struct zone *zones;

/* --- offsets ------------------------------------------------------------------ */

static void slot_fill(struct slot *slot, const struct zone *zone, int64_t first)
{
	int64_t low = first, high = first + SLOT_SECONDS - 1;

	slot->first = first;
	slot->before = tzfile_offset(&zone->file, low);
	slot->after = tzfile_offset(&zone->file, high);
	while (slot->before != slot->after && high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (tzfile_offset(&zone->file, middle) == slot->before) {
			low = middle;
		} else {
			high = middle;
		}
	}
	slot->change = high;
}

static int offset_at(const struct zone *zone, int64_t seconds)
{
	int64_t number;
	struct slot *slot;

	if (!zone->bytes) {
		return 0;
	}

	seconds = seconds < SECONDS_MIN ? SECONDS_MIN : seconds;
	seconds = seconds > SECONDS_MAX ? SECONDS_MAX : seconds;
	number = (seconds - SECONDS_MIN) / SLOT_SECONDS;
	slot = &zone->slots[number % SLOTS];
	if (slot->first != SECONDS_MIN + number * SLOT_SECONDS) {
		slot_fill(slot, zone, SECONDS_MIN + number * SLOT_SECONDS);
	}
	return seconds < slot->change ? slot->before : slot->after;
}

int zone_offset(const struct zone *zone, hf_time at)
{
	return offset_at(zone, floor_divide(at, HF_SECOND));
}

struct civil zone_civil(const struct zone *zone, hf_time at)
{
	int64_t seconds = floor_divide(at, HF_SECOND);

	return civil_from_seconds(seconds + offset_at(zone, seconds));
}

int64_t zone_day(const struct zone *zone, hf_time at)
{
	struct civil date = zone_civil(zone, at);

	return civil_to_days(&date);
}

hf_time zone_midnight(const struct zone *zone, int64_t day)
{
	struct civil date = civil_from_days(day);

	return zone_instant(zone, &date);
}

hf_time zone_instant(const struct zone *zone, const struct civil *civil)
{
	int64_t local = civil_to_seconds(civil);
	int before = offset_at(zone, local - DAY_SECONDS);
	int after = offset_at(zone, local + DAY_SECONDS);
	bool is_before = offset_at(zone, local - before) == before;
	bool is_after = offset_at(zone, local - after) == after;

	/* Of two instants the first; in a gap, where neither offset holds, what the old one gives. */
	if (is_after && (!is_before || after > before)) {
		return (local - after) * HF_SECOND;
	}
	return (local - before) * HF_SECOND;
}

hf_time zone_lead(const struct zone *zone, hf_time occurrence, const struct span *lead)
{
	struct civil civil;

	if (lead->days == 0) {
		return occurrence - lead->elapsed;
	}

	civil = zone_civil(zone, occurrence);
	civil = civil_add_days(&civil, -lead->days);
	return zone_instant(zone, &civil) - lead->elapsed;
}

int zone_parse(const struct zone *zone, const char *text, hf_time *ret_at)
{
	struct civil civil = { 0 };

	if (civil_parse_rfc3339(text, ret_at) == 0) {
		return 0;
	}
	if (civil_parse_date(text, &civil) != 0 && civil_parse_datetime(text, &civil) != 0) {
		return -EINVAL;
	}

	*ret_at = zone_instant(zone, &civil);
	return 0;
}

void zone_format(const struct zone *zone, hf_time at, char buffer[CIVIL_RFC3339_MAX])
{
	civil_format_rfc3339(at, zone_offset(zone, at), buffer);
}

/* --- zones by name -------------------------------------------------------------- */

static bool is_zone_name(const char *name)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+/-";
	/* Leap seconds, copies, and links to what this machine happens to be set to. */
	static const char *const refused[] = { "right/", "posix/", "localtime", "posixrules" };
	size_t length = strspn(name, plain);

	for (size_t i = 0; i < COUNT(refused); i++) {
		if (strncmp(name, refused[i], strlen(refused[i])) == 0) {
			return false;
		}
	}
	return length > 0 && length <= ZONE_NAME_MAX && !name[length] && name[0] != '/' &&
	       !strstr(name, "//");
}

/* TZDIR names another directory, as it does for tzset(3). */
static void path_of(const char *name, char path[PATH_MAX])
{
	const char *directory = secure_getenv("TZDIR");

	if (!directory || directory[0] != '/') {
		directory = ZONE_FILES;
	}
	(void)snprintf(path, PATH_MAX, "%s/%s", directory, name);
}

/* What a zone's file says now; the zone itself stays as it was where that makes no sense. */
static int read_file(struct zone *zone, bool *ret_changed)
{
	_cleanup_free_ char *bytes = NULL;
	char path[PATH_MAX];
	struct tzfile file;
	size_t size;
	int r;

	path_of(zone->name, path);
	r = file_read(path, FILE_MAX, &bytes, &size, NULL);
	if (r != 0) {
		bool other = r == -ENOENT || r == -ENOTDIR || r == -EISDIR || r == -EINVAL ||
			     r == -EFBIG || r == FILE_E_CHANGED;

		return other ? ZONE_E_UNKNOWN : r;
	}
	if (zone->bytes && size == zone->size && memcmp(zone->bytes, bytes, size) == 0) {
		*ret_changed = false;
		return 0;
	}
	if (tzfile_parse((const unsigned char *)bytes, size, &file) != 0) {
		return ZONE_E_UNKNOWN;
	}

	zone->bytes_before = zone->bytes;
	zone->file_before = zone->file;
	zone->bytes = take_ptr(bytes);
	zone->size = size;
	zone->file = file;
	*ret_changed = true;
	return 0;
}

static void forget_slots(struct zone *zone)
{
	for (size_t i = 0; i < SLOTS; i++) {
		zone->slots[i].first = SECONDS_MAX + 1;
	}
}

static struct zone *zone_free(struct zone *zone)
{
	free(zone->bytes);
	free(zone->bytes_before);
	free(zone->slots);
	free(zone);
	return NULL;
}
DEFINE_CLEANUP(struct zone *, zone_free);

static int zone_new(const char *name, struct zone **ret_zone)
{
	_cleanup_(zone_freep) struct zone *zone = calloc(1, sizeof(*zone));
	bool changed;
	int r;

	if (!zone) {
		return -ENOMEM;
	}

	zone->slots = calloc(SLOTS, sizeof(*zone->slots));
	if (!zone->slots) {
		return -ENOMEM;
	}

	forget_slots(zone);
	(void)snprintf(zone->name, sizeof(zone->name), "%s", name);
	r = read_file(zone, &changed);
	if (r != 0) {
		return r;
	}

	*ret_zone = take_ptr(zone);
	return 0;
}

int zone_get(const char *name, const struct zone **ret_zone)
{
	struct zone *zone;
	int r;

	if (strcmp(name, utc.name) == 0) {
		*ret_zone = &utc;
		return 0;
	}
	for (zone = zones; zone; zone = zone->next) {
		if (strcmp(zone->name, name) == 0) {
			*ret_zone = zone;
			return 0;
		}
	}
	if (!is_zone_name(name)) {
		return ZONE_E_NAME;
	}

	r = zone_new(name, &zone);
	if (r != 0) {
		return r;
	}

	zone->next = zones;
	zones = zone;
	*ret_zone = zone;
	return 0;
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

const struct zone *zone_utc(void)
{
	return &utc;
}

static void note_change(struct zone *zone, hf_time now, struct zone_update *news)
{
	int before = tzfile_offset(&zone->file_before, floor_divide(now, HF_SECOND));
	hf_time forward;

	forget_slots(zone);
	forward = (zone_offset(zone, now) - before) * HF_SECOND;
	news->changed = true;
	news->forward = forward > news->forward ? forward : news->forward;
}

int zone_refresh(hf_time now, struct zone_update *ret_news)
{
	struct zone_update news = { 0 };
	int kept = 0;

	for (struct zone *zone = zones; zone; zone = zone->next) {
		bool changed = false;
		int r;

		free(zone->bytes_before);
		zone->bytes_before = NULL;
		r = read_file(zone, &changed);
		kept = r != 0 ? r : kept;
		if (changed) {
			note_change(zone, now, &news);
		}
	}

	*ret_news = news;
	return kept;
}

hf_time zone_rebase(const struct zone *zone, hf_time at)
{
	int64_t seconds = floor_divide(at, HF_SECOND);
	struct civil civil;

	if (!zone->bytes_before) {
		return at;
	}

	civil = civil_from_seconds(seconds + tzfile_offset(&zone->file_before, seconds));
	return zone_instant(zone, &civil) + (at - seconds * HF_SECOND);
}

void zone_close(void)
{
	while (zones) {
		struct zone *next = zones->next;

		(void)zone_free(zones);
		zones = next;
	}
}

/* --- watched by inotify(7) ----------------------------------------------------------- */

/* A package manager writes a file beside the old one and renames it, and does so for two thousand of
 * them: directories are watched, not files, and the news is told once, a second after the first of
 * it.  A zone may be a link into another directory, and both may change. */
#define SETTLE HF_SECOND
#define EVENTS                                                                                     \
	(IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |   \
	 IN_EXCL_UNLINK)

struct zone_watch {
	loop_on_task on_change;
	void *userdata;
	int fd;
	struct loop_io *io;
	struct loop_timer *timer;
	bool settling; /* the timer is set; what else happens is part of the same news */
};

static void on_settled(void *userdata)
{
	struct zone_watch *watch = userdata;

	watch->settling = false;
	watch->on_change(watch->userdata);
}

/* Which file it was does not matter. */
static void on_event(void *userdata, int fd, uint32_t revents)
{
	struct zone_watch *watch = userdata;
	char events[4096] __attribute__((aligned(8)));

	(void)revents;
	while (read(fd, events, sizeof(events)) > 0) {
	}
	if (!watch->settling) {
		watch->settling = loop_timer_set(watch->timer, SETTLE) >= 0;
	}
}

int zone_watch_new(struct loop *loop, loop_on_task on_change, void *userdata,
		   struct zone_watch **ret_watch)
{
	_cleanup_(zone_watch_freep) struct zone_watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch) {
		return -ENOMEM;
	}

	watch->on_change = on_change;
	watch->userdata = userdata;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0) {
		return -errno;
	}

	r = loop_add_timer(loop, on_settled, watch, &watch->timer);
	r = r < 0 ? r : loop_add_io(loop, watch->fd, EPOLLIN, on_event, watch, &watch->io);
	if (r < 0) {
		return r;
	}

	*ret_watch = take_ptr(watch);
	return 0;
}

struct zone_watch *zone_watch_free(struct zone_watch *watch)
{
	if (watch) {
		watch->io = loop_io_free(watch->io);
		watch->timer = loop_timer_free(watch->timer);
		closep(&watch->fd);
		free(watch);
	}
	return NULL;
}

/* Watching a directory twice is one watch.  One that is gone is noticed by its file being gone. */
static void follow_directory(const struct zone_watch *watch, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (slash && slash > path) {
		memcpy(directory, path, (size_t)(slash - path));
		directory[slash - path] = '\0';
		(void)inotify_add_watch(watch->fd, directory, EVENTS);
	}
}

void zone_watch_follow(struct zone_watch *watch)
{
	for (const struct zone *zone = zones; zone; zone = zone->next) {
		_cleanup_free_ char *real = NULL;
		char path[PATH_MAX];

		path_of(zone->name, path);
		follow_directory(watch, path);
		real = realpath(path, NULL);
		if (real) {
			follow_directory(watch, real);
		}
	}
}
