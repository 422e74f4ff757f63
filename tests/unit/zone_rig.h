/*
 * A directory of zone files of our own, named by TZDIR, whose rules a test
 * writes as POSIX does: "<+01>-1", "CST6CDT,M3.2.0,M11.1.0".
 */
#ifndef HF_TESTS_ZONE_RIG_H
#define HF_TESTS_ZONE_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/zone.h"

struct zone_rig {
	char dir[64];
};

static inline void zone_rig_begin(struct zone_rig *rig)
{
	char path[128];

	(void)snprintf(rig->dir, sizeof(rig->dir), "/tmp/zones-XXXXXX");
	assert_non_null(mkdtemp(rig->dir));
	(void)snprintf(path, sizeof(path), "%s/Test", rig->dir);
	assert_int_equal(mkdir(path, 0755), 0);
	zone_close();
	assert_int_equal(setenv("TZDIR", rig->dir, true), 0);
}

static inline void zone_rig_remove(const struct zone_rig *rig)
{
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", rig->dir);
	assert_int_equal(system(command), 0);
}

static inline void zone_rig_end(const struct zone_rig *rig)
{
	zone_rig_remove(rig);
	zone_close();
	assert_int_equal(unsetenv("TZDIR"), 0);
}

/* RFC 9636: a header and one type for old readers, then the same and the rule; no changes. */
static inline size_t zone_rig_file(const char *rule, unsigned char bytes[512])
{
	static const unsigned char half[44 + 6 + 1] = {
		'T', 'Z', 'i', 'f', '2', [39] = 1 /* type */, [43] = 1 /* letter */,
	};

	memcpy(bytes, half, sizeof(half));
	memcpy(bytes + sizeof(half), half, sizeof(half));
	return 2 * sizeof(half) + (size_t)snprintf((char *)bytes + 2 * sizeof(half),
						   512 - 2 * sizeof(half), "\n%s\n", rule);
}

static inline void zone_rig_write_bytes(const struct zone_rig *rig, const char *name,
					const unsigned char *bytes, size_t size)
{
	char path[128], beside[140];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", rig->dir, name);
	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	file = fopen(beside, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(rename(beside, path), 0);
}

static inline void zone_rig_write(const struct zone_rig *rig, const char *name, const char *rule)
{
	unsigned char bytes[512] = { 0 };
	size_t size = zone_rig_file(rule, bytes);

	zone_rig_write_bytes(rig, name, bytes, size);
}

#endif
