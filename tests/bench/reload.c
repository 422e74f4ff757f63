/*
 * A reload beside a full load: CLIENTS in FILES files, of which one is edited.
 *
 * Usage: reload CONFIG CLIENTS FILES STATE_DIR; CONFIG is a copy of the example,
 * whose clients are replaced.  Prints milliseconds as JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/zone.h"
#include "lib/cleanup.h"
#include "config/lastgood.h"
#include "config/model.h"

#define ROUNDS 5

static void fail(const char *what)
{
	(void)fprintf(stderr, "reload: %s\n", what);
	exit(1);
}

static void write_client(FILE *file, int number, const char *name)
{
	(void)fprintf(file,
		      "{ id = \"c-%06d\"; name = \"%s\"; phone = \"+1312%07d\"; "
		      "plan = \"aftercare\"; start = \"2026-11-01\"; counselor = \"dcole\"; "
		      "sponsor = \"Sam\"; trusted = [ \"Ann\", \"Joe\" ]; "
		      "consent = { at = \"2026-11-01\"; how = \"paper\"; by = \"mreyes\"; };\n"
		      "  meetings = ( { id = \"g\"; title = \"group %d\"; place = \"Room %d\"; "
		      "on = \"TU\"; at = \"19:00\"; remind = [ \"1h\" ]; } ); }",
		      number, name, 2000000 + number, number % 400, number % 30);
}

static void write_clients(const char *config, int which, int from, int count, const char *name)
{
	_cleanup_fclose_ FILE *file = NULL;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/clients/%05d.conf", config, which);
	file = fopen(path, "w");
	if (!file) {
		fail("no place for clients");
		return;
	}
	(void)fputs("clients = (\n", file);
	for (int i = from; i < from + count; i++) {
		(void)fputs(i > from ? ",\n" : "", file);
		write_client(file, i, name);
	}
	(void)fputs(");\n", file);
}

/* Milliseconds.  Nothing is edited any more when it is called, so what was just written is trusted.
 */
static double load(const struct model *previous, const char *config, struct model **ret_model)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	hf_time began = clock_monotonic();
	struct clock clock;

	clock_init_real(&clock);
	if (model_reload(previous, config, clock_now(&clock) + 2 * FILE_SETTLED_AFTER, &faults,
			 ret_model) != 0) {
		fail(faults.count > 0 ? faults.list[0].message : "out of memory");
	}
	return (double)(clock_monotonic() - began) / 1000;
}

static double keep(const struct model *model, const char *state_dir)
{
	hf_time began = clock_monotonic();

	if (lastgood_keep(model, state_dir, NULL) != 0) {
		fail("no copy is kept");
	}
	return (double)(clock_monotonic() - began) / 1000;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

int main(int argc, char **argv)
{
	struct model *first = NULL;
	double full = 1e9, again = 1e9, copy, recopy = 1e9;
	int files, each;

	if (argc != 5) {
		fail("usage: reload CONFIG CLIENTS FILES STATE_DIR");
	}
	files = atoi(argv[3]);
	each = atoi(argv[2]) / files;
	for (int i = 0; i < files; i++) {
		write_clients(argv[1], i, i * each, each, "Kim");
	}
	(void)load(NULL, argv[1], &first);
	copy = keep(first, argv[4]);
	for (int i = 0; i < ROUNDS; i++) {
		struct model *model = NULL;

		write_clients(argv[1], files / 2, files / 2 * each, each, i % 2 ? "Kim" : "Kit");
		again = least(again, load(first, argv[1], &model));
		if (model->parsed != 2 || model->client_count != (size_t)each * (size_t)files) {
			fail("the wrong files were read");
		}
		recopy = least(recopy, keep(model, argv[4]));
		(void)model_free(model);
		model = NULL;
		full = least(full, load(NULL, argv[1], &model));
		(void)model_free(model);
	}

	(void)printf("{\"full\": %.1f, \"reload\": %.1f, \"copy\": %.1f, \"recopy\": %.1f}\n", full,
		     again, copy, recopy);
	(void)model_free(first);
	zone_close();
	return 0;
}
