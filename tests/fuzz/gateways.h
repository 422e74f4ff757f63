/* A gateway of each shipped preset, for what fuzzes their rules. */
#ifndef HF_TESTS_FUZZ_GATEWAYS_H
#define HF_TESTS_FUZZ_GATEWAYS_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "courier/gateway.h"
#include "courier/preset.h"

static const char *const files[] = {
	"preset = \"sandbox\"; from = \"12345\"; secret = \"s\";",
	"preset = \"twilio\"; from = \"12345\"; secret = \"s\"; account = \"a\";",
	"preset = \"kannel\"; from = \"12345\"; secret = \"s\"; account = \"a\";",
};
static struct gateway *gateways[COUNT(files)];

static void load(size_t index, const char *dir)
{
	struct faults faults = { 0 };
	char path[64];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/gateways/one.conf", dir);
	file = fopen(path, "we");
	assert(file && fputs(files[index], file) >= 0 && fclose(file) == 0);
	assert(gateway_load(dir, "one", &faults, &gateways[index]) == 0);
	faults_done(&faults);
	(void)unlink(path);
}

static void load_all(void)
{
	char dir[] = "/tmp/holdfast-XXXXXX", inside[64];

	assert(mkdtemp(dir));
	(void)snprintf(inside, sizeof(inside), "%s/gateways", dir);
	assert(mkdir(inside, 0700) == 0);
	for (size_t i = 0; i < COUNT(files); i++) {
		load(i, dir);
	}
	(void)rmdir(inside);
	(void)rmdir(dir);
}

#endif
