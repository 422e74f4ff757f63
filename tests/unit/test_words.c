#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/cleanup.h"
#include "data/words.h"

struct rig {
	struct arena *arena;
	struct faults faults;
	struct conf_reader reader;
	struct word_list list;
};

static void rig_done(struct rig *rig)
{
	faults_done(&rig->faults);
	(void)arena_free(rig->arena);
}

/* text NULL: only the list that comes with Holdfast. */
static void rig_read(struct rig *rig, const char *file, const char *text)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;

	*rig = (struct rig){ 0 };
	assert_int_equal(arena_new(&rig->arena), 0);
	rig->reader = (struct conf_reader){ rig->arena, &rig->faults, NULL };
	if (text) {
		assert_int_equal(conf_read_text(text, file, &rig->faults, &conf), 0);
	}
	assert_int_equal(words_read(&rig->reader, conf ? conf_root(conf) : NULL, file, &rig->list),
			 0);
}

static const char *look(const struct rig *rig, const char *text, enum word_use use)
{
	_cleanup_free_ char *normal = NULL;
	const struct word *word;

	assert_int_equal(words_normal(text, true, &normal), 0);
	word = words_find(&rig->list, normal, use);
	return word ? word->written : NULL;
}

#define assert_found(rig, text, word)                                                              \
	do {                                                                                       \
		const char *found_ = look((rig), (text), WORD_GIVEAWAY);                           \
		assert_non_null(found_);                                                           \
		assert_string_equal(found_, (word));                                               \
	} while (0)
#define assert_none(rig, text) assert_null(look((rig), (text), WORD_GIVEAWAY))

static void assert_normal(const char *text, bool template, const char *expected)
{
	_cleanup_free_ char *normal = NULL;

	assert_int_equal(words_normal(text, template, &normal), 0);
	assert_string_equal(normal, expected);
}

static void how_texts_are_compared(void **state)
{
	(void)state;
	assert_normal("", false, " ");
	assert_normal("!?", false, " ");
	assert_normal("a", false, " a ");
	assert_normal("12-Step\n meeting.", false, " 12 step meeting ");
	assert_normal("Reca\xc3\x8d"
		      "da, se\xc3\xb1or \xc3\x89l",
		      false, " recaida senor el ");
	assert_normal("It\xe2\x80\x99s", false, " it s ");
	assert_normal("\xc2\xbfUna?", false, " una ");
	assert_normal("ok\xf0\x9f\x8e\x89go", false, " ok go ");
	assert_normal("\xd0\xb4\xd0\xb0!", false, " \xd0\xb4\xd0\xb0 ");
	assert_normal("{name}", true, " | ");
	assert_normal("a{name}b", true, " a | b ");
	assert_normal("to {sponsor|a sober friend}", true, " to | a sober friend ");
	assert_normal("{{sober}} {", true, " sober | ");
	assert_normal("a{", true, " a | ");
	assert_normal("a{}{|{", true, " a | | | ");
	assert_normal("{name}", false, " name ");
	assert_normal("\xff", false, " ");
}

static void whole_words_only(void **state)
{
	struct rig rig;

	(void)state;
	rig_read(&rig, "words/en.conf",
		 "giveaway = [ \"Clean\", \"drug\", \"12-step\", \"NA\", \"drug test\", "
		 "\"M\xc3\xa9th\" ];");
	assert_int_equal(rig.faults.count, 0);
	assert_string_equal(rig.list.language, "en");
	assert_none(&rig, "");
	assert_none(&rig, "cleaning, unclean, cleanest, drugstore, Nancy, banana, 112 step");
	assert_found(&rig, "CLEAN", "Clean");
	assert_found(&rig, "a clean-up", "Clean");
	assert_found(&rig, "{name}clean{name}", "Clean");
	assert_found(&rig, "no Drugs.", "drug");
	assert_found(&rig, "drugses? drug\ntests!", "drug test");
	assert_found(&rig, "a 12  step group", "12-step");
	assert_found(&rig, "a 12-Steps group", "12-step");
	assert_none(&rig, "12 {name|step} on");
	assert_found(&rig, "(na)", "NA");
	assert_found(&rig, "meth or m\xc3\x89th", "M\xc3\xa9th");
	assert_found(&rig, "first a drug, then clean", "drug");
	rig_done(&rig);
}

static void exceptions_hide_only_themselves(void **state)
{
	struct rig rig;

	(void)state;
	rig_read(&rig, "words/en.conf",
		 "giveaway = [ \"clean\" ];\nstigma = { word = \"clean\"; say = \"well\"; };\n"
		 "allow = ( { text = \"Clean Street\"; why = \"its name\"; on = \"2026-11-23\"; } "
		 ");");
	assert_int_equal(rig.faults.count, 0);
	assert_none(&rig, "at clean  street, 4");
	assert_null(look(&rig, "at Clean Street, 4", WORD_STIGMA));
	assert_found(&rig, "at Clean Street, and clean", "clean");
	assert_found(&rig, "at Clean Streetwise", "clean");
	assert_string_equal(look(&rig, "clean", WORD_STIGMA), "clean");
	rig_done(&rig);
}

/* What a file does not say is what comes with Holdfast, so that an exception switches nothing off.
 */
static void what_comes_with_it(void **state)
{
	static const char *const english[] = {
		"drugs",     "Medications", "addiction", "rehab",    "detox",     "sober",
		"clean",     "relapse",     "recovery",  "NA",       "AA",        "A.A.",
		"narcotics", "12-step",     "12 step",   "suboxone", "methadone", "addict",
	};
	struct rig rig;

	(void)state;
	rig_read(&rig, "words/en.conf", NULL);
	assert_int_equal(rig.faults.count, 0);
	for (size_t i = 0; i < COUNT(english); i++) {
		assert_non_null(look(&rig, english[i], WORD_GIVEAWAY));
	}
	assert_non_null(look(&rig, "relapse", WORD_STIGMA));
	assert_none(&rig, "Your 6 pm meeting, a setback, {sponsor}, call a {trusted} a friend");
	rig_done(&rig);

	rig_read(&rig, "words/en.conf",
		 "allow = { text = \"recovery\"; why = \"asked\"; on = \"2026-11-23\"; };");
	assert_none(&rig, "recovery");
	assert_non_null(look(&rig, "rehab", WORD_GIVEAWAY));
	rig_done(&rig);

	rig_read(&rig, "words/es.conf", NULL);
	assert_int_equal(rig.faults.count, 0);
	assert_non_null(look(&rig, "una RECAIDA", WORD_GIVEAWAY));
	assert_non_null(look(&rig, "adicciones", WORD_GIVEAWAY));
	assert_non_null(look(&rig, "Alcoh\xc3\xb3licos An\xc3\xb3nimos", WORD_GIVEAWAY));
	rig_done(&rig);

	rig_read(&rig, "words/fr.conf", NULL);
	assert_int_equal(rig.list.count, 0);
	assert_none(&rig, "clean");
	rig_done(&rig);
}

static void faults_of_a_list(void **state)
{
	static const struct {
		const char *text, *code;
	} broken[] = {
		{ "giveaway = [ \"a\",\n \"--\" ];", "value" },
		{ "\nstigma = { word = \"...\"; say = \"b\"; };", "value" },
		{ "\nstigma = { word = \"a\"; };", "missing-key" },
		{ "\nallow = { text = \"a\"; why = \"b\"; };", "missing-key" },
		{ "\nallow = { text = \"a\"; why = \" \"; on = \"2026-11-23\"; };", "value" },
		{ "\nallow = { text = \"a\"; why = \"b\"; on = \"soon\"; };", "value" },
		{ "\ngivaway = [ \"a\" ];", "unknown-key" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		struct rig rig;

		rig_read(&rig, "words/en.conf", broken[i].text);
		assert_int_equal(rig.faults.count, 1);
		assert_string_equal(rig.faults.list[0].code, broken[i].code);
		assert_int_equal(rig.faults.list[0].line, 2);
		assert_string_equal(rig.faults.list[0].file, "words/en.conf");
		rig_done(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_texts_are_compared),
		cmocka_unit_test(whole_words_only),
		cmocka_unit_test(exceptions_hide_only_themselves),
		cmocka_unit_test(what_comes_with_it),
		cmocka_unit_test(faults_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
