#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/plain.h"
#include "config/words.h"

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

	assert_int_equal(normal_text(text, true, &normal), 0);
	word = words_find(&rig->list, normal, text, use);
	return word ? word->written : NULL;
}

#define assert_found(rig, text, word)                                                              \
	do {                                                                                       \
		const char *found_ = look((rig), (text), WORD_GIVEAWAY);                           \
		assert_non_null(found_);                                                           \
		assert_string_equal(found_, (word));                                               \
	} while (0)
#define assert_none(rig, text) assert_null(look((rig), (text), WORD_GIVEAWAY))

TEST(whole_words_only)
{
	struct rig rig;

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

TEST(exceptions_hide_only_themselves)
{
	struct rig rig;

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
TEST(what_comes_with_it)
{
	static const char *const english[] = {
		"drugs",     "Medications", "addiction", "rehab",    "detox",     "sober",
		"clean",     "relapse",     "recovery",  "NA",       "AA",        "A.A.",
		"narcotics", "12-step",     "12 step",   "suboxone", "methadone", "addict",
	};
	struct rig rig;

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

TEST(faults_of_a_list)
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

static enum word_use whole(const struct rig *rig, const char *text)
{
	static const enum word_use uses[] = { WORD_STOP, WORD_START, WORD_HELP };
	_cleanup_free_ char *normal = NULL;

	assert_int_equal(normal_text(text, false, &normal), 0);
	for (size_t i = 0; i < COUNT(uses); i++) {
		if (words_whole(&rig->list, normal, uses[i])) {
			return uses[i];
		}
	}
	return WORD_ALLOWED;
}

TEST(what_stops_is_a_whole_text)
{
	struct rig rig;

	rig_read(&rig, "words/en.conf", NULL);
	assert_int_equal(rig.faults.count, 0);
	assert_int_equal(whole(&rig, " stop. "), WORD_STOP);
	assert_int_equal(whole(&rig, "Stop All!"), WORD_STOP);
	assert_int_equal(whole(&rig, "Opt-out"), WORD_STOP);
	assert_int_equal(whole(&rig, "start"), WORD_START);
	assert_int_equal(whole(&rig, "Who is this?"), WORD_HELP);
	assert_int_equal(whole(&rig, "stops"), WORD_ALLOWED);
	assert_int_equal(whole(&rig, "stop it"), WORD_ALLOWED);
	assert_int_equal(whole(&rig, "ok"), WORD_ALLOWED);
	assert_int_equal(whole(&rig, "?"), WORD_ALLOWED);
	rig_done(&rig);
}

/* A slip in a file must not make a STOP mean nothing. */
TEST(the_least_cannot_be_edited_away)
{
	static const char *const stops[] = { "stop", "StopAll", "unsubscribe", "cancel", "end",
					     "quit", "revoke",  "optout",      "opt-out" };
	struct rig rig;

	rig_read(&rig, "words/en.conf", "stop = [ \"enough\" ]; start = [ ]; help = [ ];");
	assert_int_equal(rig.faults.count, 0);
	assert_int_equal(whole(&rig, "Enough"), WORD_STOP);
	assert_int_equal(whole(&rig, "no more texts"), WORD_ALLOWED);
	for (size_t i = 0; i < COUNT(stops); i++) {
		assert_int_equal(whole(&rig, stops[i]), WORD_STOP);
	}
	assert_int_equal(whole(&rig, "START"), WORD_START);
	assert_int_equal(whole(&rig, "UNSTOP"), WORD_START);
	assert_int_equal(whole(&rig, "HELP"), WORD_HELP);
	assert_int_equal(whole(&rig, "INFO"), WORD_HELP);
	rig_done(&rig);

	rig_read(&rig, "words/es.conf", "stop = [ ]; start = [ ]; help = [ ];");
	assert_int_equal(whole(&rig, "\xc2\xa1"
				     "Basta!"),
			 WORD_STOP);
	assert_int_equal(whole(&rig, "ayuda"), WORD_HELP);
	assert_int_equal(whole(&rig, "reanudar"), WORD_START);
	rig_done(&rig);

	rig_read(&rig, "words/fr.conf", "stop = [ \"ARRET\" ];");
	assert_int_equal(whole(&rig, "arr\xc3\xaat"), WORD_STOP);
	assert_int_equal(rig.list.count, 1);
	rig_done(&rig);
}
