#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/fault.h"

TEST(a_hint_stays_with_its_fault)
{
	struct faults faults = { 0 }, all = { 0 };

	fault_hint(&faults, "; nobody's");
	fault_add(&faults, FAULT_ERROR, "a.conf", 1, "x", "first");
	fault_add(&faults, FAULT_ERROR, "a.conf", 2, "x", "second");
	fault_hint(&faults, "; did you mean \"%s\"?", "it");
	faults_append(&all, &faults);
	assert_null(all.list[0].hint);
	assert_string_equal(all.list[1].message, "second");
	assert_string_equal(all.list[1].hint, "; did you mean \"it\"?");
	faults_done(&faults);
	faults_done(&all);
}

TEST(collects_and_sorts)
{
	struct faults faults = { 0 };

	faults_sort(&faults);
	fault_add(&faults, FAULT_ERROR, "b.conf", 2, "x", "second %d", 2);
	fault_add(&faults, FAULT_WARNING, "b.conf", 1, "x", "first");
	fault_add(&faults, FAULT_ERROR, "a.conf", 9, "y", "of another");
	faults_sort(&faults);

	assert_int_equal(faults.count, 3);
	assert_int_equal(faults.errors, 2);
	assert_false(faults.overflow);
	assert_string_equal(faults.list[0].file, "a.conf");
	assert_int_equal(faults.list[1].line, 1);
	assert_string_equal(faults.list[2].message, "second 2");
	assert_string_equal(faults.list[2].code, "x");

	faults_done(&faults);
	assert_int_equal(faults.count, 0);
	faults_done(&faults);
}

static void fill(struct faults *faults, enum fault_severity severity, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fault_add(faults, severity, "f", i, "c", "m");
	}
}

static size_t count_errors(const struct faults *faults)
{
	size_t errors = 0;

	for (size_t i = 0; i < faults->count; i++) {
		errors += faults->list[i].severity == FAULT_ERROR;
	}
	return errors;
}

TEST(is_bounded_and_counts_on)
{
	struct faults faults = { 0 };

	fill(&faults, FAULT_ERROR, FAULTS_MAX);
	assert_false(faults.overflow);
	fill(&faults, FAULT_ERROR, 1);
	assert_true(faults.overflow);
	assert_int_equal(faults.count, FAULTS_MAX);
	assert_int_equal(faults.errors, FAULTS_MAX + 1);
	faults_done(&faults);
}

TEST(an_error_is_not_hidden_by_warnings)
{
	struct faults faults = { 0 };

	fill(&faults, FAULT_WARNING, FAULTS_MAX + 5);
	assert_int_equal(faults.errors, 0);
	fill(&faults, FAULT_ERROR, 2);
	assert_int_equal(faults.count, FAULTS_MAX);
	assert_int_equal(count_errors(&faults), 2);
	fill(&faults, FAULT_ERROR, FAULTS_MAX + 2);
	assert_int_equal(count_errors(&faults), FAULTS_MAX);
	faults_done(&faults);
}

TEST(guesses_what_was_meant)
{
	static const char *const words[] = { "time", "timezone", "on", "at", "reminders", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *word, *meant;
	} rows[] = {
		{ "tme", "time" },
		{ "itme", "time" },
		{ "timezon", "timezone" },
		{ "timezones", "timezone" },
		{ "remidners", "reminders" },
		{ "remnder", "reminders" },
		{ "tiem", "time" },
		{ "xxxx", NULL },
		{ "", NULL },
		{ "tmze", NULL },
		{ "ta", "at" },
		{ "b", NULL },
		{ "reminders-of-everyone-that-nobody-would-ever-write", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *nearest = fault_nearest_word(rows[i].word, words);

		if (!rows[i].meant) {
			assert_null(nearest);
		} else {
			assert_non_null(nearest);
			assert_string_equal(nearest, rows[i].meant);
		}
	}
	assert_null(fault_nearest_word("time", none));
}

TEST(a_word_is_made_fit_to_be_shown)
{
	char buffer[FAULT_WORD_MAX], exact[FAULT_WORD_MAX], longer[3 * FAULT_WORD_MAX] = "a";

	assert_string_equal(fault_word("tme", buffer), "tme");
	assert_string_equal(fault_word("", buffer), "");
	assert_string_equal(fault_word("a\nb\x7f", buffer), "a?b?");

	memset(exact, 'x', sizeof(exact) - 1);
	exact[sizeof(exact) - 1] = '\0';
	assert_string_equal(fault_word(exact, buffer), exact);

	/* Two-byte characters, so that the cut would fall into the middle of one. */
	for (size_t i = 1; i + 2 < sizeof(longer); i += 2) {
		memcpy(longer + i, "\xc3\xa9", 3);
	}
	(void)fault_word(longer, buffer);
	assert_true(strlen(buffer) < sizeof(buffer));
	assert_string_equal(buffer + strlen(buffer) - 5, "\xc3\xa9...");
}

TEST(joined_as_if_added_one_by_one)
{
	struct faults all = { 0 }, few = { 0 }, many = { 0 };

	fault_add(&few, FAULT_WARNING, "a.conf", 3, "x", "50%% of %s", "it");
	faults_append(&all, &few);
	faults_append(&all, &few);
	faults_done(&few);
	assert_int_equal(all.count, 2);
	assert_int_equal(all.errors, 0);
	assert_string_equal(all.list[1].message, "50% of it");

	fill(&many, FAULT_ERROR, FAULTS_MAX);
	assert_false(faults_full(&many));
	fill(&many, FAULT_ERROR, 7);
	assert_true(faults_full(&many));
	faults_append(&all, &many);
	faults_done(&many);
	assert_int_equal(all.count, FAULTS_MAX);
	assert_int_equal(all.errors, FAULTS_MAX + 7);
	assert_true(all.overflow);
	faults_done(&all);

	/* So many warnings are no reason to stop looking. */
	fill(&all, FAULT_WARNING, FAULTS_MAX + 7);
	assert_true(all.overflow);
	assert_false(faults_full(&all));
	faults_done(&all);
}
