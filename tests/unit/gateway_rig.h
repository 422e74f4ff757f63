/*
 * A configuration directory with one gateway, for the tests of daemon/courier.
 */
#ifndef HF_TESTS_GATEWAY_RIG_H
#define HF_TESTS_GATEWAY_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "courier/gateway.h"
#include "courier/preset.h"

struct gateway_dir {
	char path[32];
};

static inline void write_file(const struct gateway_dir *dir, const char *name, const char *text,
			      mode_t mode)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", dir->path, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static inline void remove_file(const struct gateway_dir *dir, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir->path, name);
	(void)unlink(path);
	(void)rmdir(path);
}

static inline void make_directory(const struct gateway_dir *dir, const char *name)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", dir->path, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static inline void gateway_dir_open(struct gateway_dir *dir)
{
	(void)strcpy(dir->path, "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(dir->path));
	make_directory(dir, "gateways");
	make_directory(dir, "presets");
	write_file(dir, "token", "s3cret\n", 0600);
}

static inline void gateway_dir_close(const struct gateway_dir *dir)
{
	remove_file(dir, "gateways/one.conf");
	remove_file(dir, "presets/own.conf");
	remove_file(dir, "gateways");
	remove_file(dir, "presets");
	remove_file(dir, "token");
	remove_file(dir, "wire.sock");
	assert_int_equal(rmdir(dir->path), 0);
}

/* Loads gateways/one.conf with this text: it must be sound, and take its secret. */
static inline struct gateway *load_gateway(const struct gateway_dir *dir, const char *text)
{
	struct faults faults = { 0 };
	struct gateway *gateway = NULL;
	const char *why = "";

	write_file(dir, "gateways/one.conf", text, 0644);
	if (gateway_load(dir->path, "one", &faults, &gateway) != 0) {
		fail_msg("%s:%u: %s", faults.list[0].file, faults.list[0].line,
			 faults.list[0].message);
	}
	faults_done(&faults);
	assert_int_equal(gateway_read_secret(gateway, dir->path, &why), 0);
	return gateway;
}

/* The first fault of a file as "presets/own.conf:3: code". */
static inline void assert_fault(const struct faults *faults, const char *expected)
{
	char first[256] = "none";

	if (faults->count > 0) {
		(void)snprintf(first, sizeof(first), "%s:%u: %s", faults->list[0].file,
			       faults->list[0].line, faults->list[0].code);
	}
	assert_string_equal(first, expected);
}

#endif
