/* Zone files that hold nothing but a rule, beside the system's, under TZDIR. */
#include "places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ZONE_FILES "/usr/share/zoneinfo"

static bool is_set;

/* The site is in America; nobody else is on our map. */
static int begin(const struct world *world, char *dir, size_t room)
{
	char path[200];

	(void)snprintf(dir, room, "%s/zoneinfo", world->dir);
	if (is_set) {
		return 0;
	}

	(void)snprintf(path, sizeof(path), "%s/Test", dir);
	if (mkdir(dir, 0700) < 0 || mkdir(path, 0700) < 0) {
		return -errno;
	}
	(void)snprintf(path, sizeof(path), "%s/America", dir);
	if (symlink(ZONE_FILES "/America", path) < 0 || setenv("TZDIR", dir, true) < 0) {
		return -errno;
	}

	is_set = true;
	zone_close();
	return 0;
}

/* RFC 9636: a header and one type for old readers, the same again, and the rule; no changes. */
static int write_file(const char *path, const char *rule)
{
	static const unsigned char half[44 + 6 + 1] = {
		'T', 'Z', 'i', 'f', '2', [39] = 1 /* type */, [43] = 1 /* letter */,
	};
	_cleanup_fclose_ FILE *file = fopen(path, "we");

	if (!file) {
		return -errno;
	}

	(void)fwrite(half, sizeof(half), 1, file);
	(void)fwrite(half, sizeof(half), 1, file);
	(void)fprintf(file, "\n%s\n", rule);
	return fflush(file) ? -EIO : 0;
}

/* As the runtime does it: run, refresh, tell. */
static int upgrade(struct world *world, char why[PLACES_WHY_MAX])
{
	struct zone_update news = { 0 };
	int r = engine_run(world->engine, world->now);

	if (r < 0) {
		return r;
	}

	r = zone_refresh(world->now, &news);
	if (r != 0 || !news.changed) {
		(void)snprintf(why, PLACES_WHY_MAX, "these are no other rules");
		return 1;
	}

	r = engine_update_zones(world->engine, &news, world->now);
	return r < 0 ? r : world_run(world, world->now);
}

int places_set(struct world *world, char *const *words, char why[PLACES_WHY_MAX])
{
	char dir[128], path[256];
	int r;

	if (!words[0] || !words[1] || strncmp(words[0], "Test/", 5) != 0 ||
	    (world->engine && !is_set)) {
		(void)snprintf(why, PLACES_WHY_MAX,
			       "write: rules Test/PLACE RULE, first before any time");
		return 1;
	}

	r = begin(world, dir, sizeof(dir));
	(void)snprintf(path, sizeof(path), "%s/%s", dir, words[0]);
	r = r < 0 ? r : write_file(path, words[1]);
	return r < 0 || !world->engine ? r : upgrade(world, why);
}

void places_forget(void)
{
	if (is_set) {
		zone_close();
		(void)unsetenv("TZDIR");
		is_set = false;
	}
}
