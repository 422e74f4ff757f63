/*
 * Any text as a file of the configuration, read by every table there is.  What is wrong with it
 * stands in the faults, which are bounded, at a line that the file has, and fit to be printed as
 * JSON; a file that cannot be read has at least one.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/conf.h"
#include "lib/text.h"
#include "config/client.h"
#include "config/language.h"
#include "config/plan.h"
#include "config/reference.h"
#include "config/staff.h"
#include "config/site.h"

static void check_faults(const struct faults *faults, unsigned lines)
{
	assert(faults->count <= FAULTS_MAX);
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];

		assert(fault->line >= 1 && fault->line <= lines);
		assert(fault->code[0] && text_is_utf8(fault->message));
		assert(strlen(fault->message) < 512 && !strchr(fault->message, '\n'));
	}
}

static void read_by_every_table(struct conf_reader *reader, const struct conf_node *root)
{
	struct references *references = reader->userdata;
	struct client client = { 0 };
	struct plan plan = { 0 };
	struct language language = { 0 };
	struct staff_file staff = { 0 };
	struct site_file site = { 0 };

	references->file = "x.conf";
	assert(client_read(reader, root, &client) == 0);
	assert(plan_read(reader, root, &plan) == 0);
	client.plan = &plan;
	client_check_ids(&client, reader->faults);
	assert(language_read(reader, root, &language) == 0);
	(void)language_template(&language, "welcome");
	assert(staff_file_read(reader, root, &staff) == 0);
	assert(site_file_read(reader, root, &site) == 0);
	(void)unique_check(references->unique, references->unique_count, reader->faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	struct rules rules = { 0 };
	_cleanup_(references_done) struct references references = { .rules = &rules };
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct conf_reader reader = { .faults = &faults, .userdata = &references };
	struct conf *conf = NULL;
	unsigned lines = 2; /* the parser may stumble at the end, one line further */
	int answer;

	assert(text && arena_new(&reader.arena) == 0);
	for (const char *c = text; *c; c++) {
		lines += *c == '\n';
	}

	answer = conf_read_text(text, "x.conf", &faults, &conf);
	assert(answer == 0 || (answer == CONF_E_FAULT && faults.errors > 0 && !conf));
	if (answer == 0) {
		read_by_every_table(&reader, conf_root(conf));
	}
	check_faults(&faults, lines);

	(void)conf_free(conf);
	(void)arena_free(reader.arena);
	return 0;
}
