/* Any reply is understood without a stumble: an answer is one of the table, and what stops is none. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "engine/understand.h"

#define REPLY_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct model *model;

static void set_up(void)
{
	struct faults faults = { 0 };
	int r = model_load("config", &faults, &model);

	faults_done(&faults);
	assert(r == 0);
}

static bool is_in(const struct answer_table *table, const struct answer *answer)
{
	return answer >= table->answers && answer < table->answers + table->count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[REPLY_MAX + 1];
	struct understood understood;
	const struct answer_table *table;
	const struct answer *answer;
	bool more;

	if (size > REPLY_MAX) {
		return 0;
	}
	if (!model) {
		set_up();
	}

	table = &model_plan(model, "aftercare")->tables[0];
	memcpy(text, data, size);
	text[size] = '\0';

	assert(understand(model, text, &understood) == 0);
	assert(understand_answer(model, table, text, &understood, &answer, &more) == 0);
	assert(!answer || is_in(table, answer));
	assert(!understood.stop || !answer);
	assert(!more || answer);
	return 0;
}
