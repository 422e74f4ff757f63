/* Replies as people write them, English and Spanish: tests/unit/replies.txt has what each must
 * mean. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "engine/understand.h"

#define REPLIES   "tests/unit/replies.txt"
#define LINE_LONG 512

static struct model *model;
static const struct answer_table *table;

static int set_up(void **state)
{
	struct faults faults = { 0 };

	(void)state;
	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	table = &model_plan(model, "aftercare")->tables[0];
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	model = model_free(model);
	return 0;
}

static void put(char *meaning, const char *word)
{
	strcat(meaning, *meaning ? "+" : "");
	strcat(meaning, word);
}

static void describe(const struct understood *understood, const struct answer *answer,
		     char meaning[128])
{
	static const char *const answers[] = { "well", "watch", "need" };

	*meaning = '\0';
	if (understood->stop) {
		put(meaning, "stop");
	}
	if (understood->start) {
		put(meaning, "start");
	}
	if (understood->help) {
		put(meaning, "help");
	}
	if (understood->yes) {
		put(meaning, "yes");
	}
	if (answer) {
		put(meaning, answers[answer->means]);
	}
	if (understood->crisis) {
		put(meaning, "crisis");
	}
	if (understood->setback) {
		put(meaning, "setback");
	}
	if (understood->person) {
		put(meaning, "person");
	}
	if (understood->reaction) {
		put(meaning, "reaction");
	}
	if (!*meaning) {
		put(meaning, "none");
	}
}

/* 1 where it is understood as it should be; what is not is shown. */
static int try_line(char *line)
{
	char *text = strstr(line, " | ");
	struct understood understood;
	const struct answer *answer;
	char meaning[128];

	assert_non_null(text);
	*text = '\0';
	text += 3;
	assert_int_equal(understand(model, text, &understood), 0);
	assert_int_equal(understand_answer(model, table, text, &understood, &answer), 0);
	describe(&understood, answer, meaning);
	if (strcmp(meaning, line) != 0) {
		print_message("%s: %s, and should be %s\n", text, meaning, line);
	}
	return strcmp(meaning, line) == 0;
}

static int count_right(int *ret_count)
{
	_cleanup_fclose_ FILE *file = fopen(REPLIES, "re");
	char line[LINE_LONG];
	int right = 0, count = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#') {
			continue;
		}
		right += try_line(line);
		count++;
	}
	*ret_count = count;
	return right;
}

GROUP_FIXTURE(set_up, tear_down);

TEST(test_replies)
{
	int count, right = count_right(&count);

	assert_true(count >= 300);
	assert_int_equal(right, count);
}

/* In Turkish the small letter of I has no dot: nothing of ours may depend on that. */
TEST(test_turkish)
{
	int count, right;

	if (!setlocale(LC_ALL, "tr_TR.UTF-8")) {
		(void)setlocale(LC_ALL, "C.UTF-8");
	}
	right = count_right(&count);
	(void)setlocale(LC_ALL, "C");
	assert_int_equal(right, count);
}

TEST(test_acknowledgement)
{
	static const struct {
		const char *text;
		int64_t acknowledges;
	} cases[] = {
		{ "ACK 12", 12 },
		{ "ack12", 12 },
		{ "Ack #12", 12 },
		{ "ack", 0 },
		{ "ACK 12.", 12 },
		{ "acknowledged", -1 },
		{ "12", -1 },
		{ "ack x", -1 },
		{ "back 12", -1 },
		{ "ACK 12 on my way", 12 },
		{ "ACK 99999999999999999999", -1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct understood understood;

		assert_int_equal(understand(model, cases[i].text, &understood), 0);
		assert_int_equal(understood.acknowledges, cases[i].acknowledges);
	}
}

static const struct answer *answer_to(const struct answer_table *asked, const char *text)
{
	struct understood understood;
	const struct answer *answer = &table->answers[0];

	assert_int_equal(understand(model, text, &understood), 0);
	assert_int_equal(understand_answer(model, asked, text, &understood, &answer), 0);
	return answer;
}

/* Without a question there is no answer; nor is there one in what has no words. */
TEST(test_no_question)
{
	assert_non_null(answer_to(table, "1"));
	assert_null(answer_to(NULL, "1"));
	assert_null(answer_to(table, ""));
	assert_null(answer_to(table, "\xf0\x9f\x91\x8d"));
	assert_null(answer_to(table, "\xff\xfe"));
}
