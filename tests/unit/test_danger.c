/* What words weigh together: with a list of its own, for the lists of config/words are edited. */
#include "test.h"
#include "config_rig.h"
#include "config/model.h"
#include "lib/cleanup.h"
#include "lib/plain.h"
#include "engine/danger.h"
#include "engine/understand.h"

#define WORDS                                                                                      \
	"crisis = [ \"gun\", \"time to die\", \"want to kill\" ];\n"                               \
	"danger_words = ("                                                                         \
	"  { group = \"body\"; words = [ \"lip\", \"face\" ]; },"                                  \
	"  { group = \"colour\"; words = [ \"blue\", \"purple\" ]; },"                             \
	"  { group = \"not\"; words = [ \"cant\", \"wont\" ]; },"                                  \
	"  { group = \"wake\"; words = [ \"wake\" ]; },"                                           \
	"  { group = \"who\"; words = [ \"her\", \"my mom\" ]; },"                                 \
	"  { group = \"die\"; words = [ \"suicid*\", \"unconscious\", \"kill\" ]; },"              \
	"  { group = \"past\"; words = [ \"years ago\" ]; }"                                       \
	");\n"                                                                                     \
	"danger_signs = ("                                                                         \
	"  { groups = \"body colour\"; points = 6; within = 1; },"                                 \
	"  { groups = \"not wake who\"; points = 5; within = 0; },"                                \
	"  { groups = \"die\"; points = 7; },"                                                     \
	"  { groups = \"past\"; points = -4; }"                                                    \
	");\n"                                                                                     \
	"danger_weights = ("                                                                       \
	"  { topic = \"farewell\"; points = 30; again = 10; words = \"goodbye, so long, tell "     \
	"my\"; },"                                                                                 \
	"  { topic = \"laughter\"; points = -20; words = \"lol\"; },"                              \
	"  { points = 12; words = \"jumping, is, desaparec*, accion\"; },"                         \
	"  { points = 6; words = \"quiero,\"  \" por, aa he\"; }"                                  \
	");\n"                                                                                     \
	"danger_pairs = ( { points = -6; topics = \"farewell + laughter, farewell + x\"; } );\n"   \
	"setback_weights = ("                                                                      \
	"  { points = 40; words = \"nipped, got hi*\"; }, { points = -20; words = \"didnt\"; }"    \
	");\n"                                                                                     \
	"danger_idioms = [ \"kill time\", \"glue gun\" ];\n"

static char dir[sizeof(RIG_DIR)];
static struct model *model;

static int set_up(void **state)
{
	struct faults faults = { 0 };
	_cleanup_free_ char *words = NULL;

	(void)state;
	strcpy(dir, RIG_DIR);
	rig_new(dir);
	words = rig_path(dir, "words");
	rig_write(words, "en.conf", WORDS);
	rig_write(words, "es.conf",
		  "crisis = [ ]; danger_signs = ( ); danger_idioms = [ ]; danger_pairs = ( );"
		  "danger_weights = ( { topic = \"farewell\"; points = 30; words = \"adiós\"; } );"
		  "setback_weights = ( );"
		  "danger_words = ( { group = \"colour\"; words = [ \"morado\" ]; } );");
	assert_int_equal(model_load(dir, &faults, &model), 0);
	faults_done(&faults);
	model->danger = (struct danger){ .emergency = 34, .worry = 29, .setback = 20 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	model = model_free(model);
	rig_remove(dir);
	return 0;
}

GROUP_FIXTURE(set_up, tear_down);

static int weigh(const char *text)
{
	_cleanup_free_ char *normal = NULL;
	int points = -1, signs = 0;

	assert_int_equal(normal_text(text, false, &normal), 0);
	assert_int_equal(danger_weigh(model, normal, &signs, &points, NULL), 0);
	return points;
}

TEST(words_in_company)
{
	assert_int_equal(weigh("her lips are blue"), 6);
	assert_int_equal(weigh("BLUE lips"), 0);               /* not in this order */
	assert_int_equal(weigh("lips and nails are blue"), 0); /* too far */
	assert_int_equal(weigh("blue"), 0);
	assert_int_equal(weigh("lips blue, face purple"), 6); /* a sign counts once */
	assert_int_equal(weigh("lips morado"), 6);            /* people mix languages */
	assert_int_equal(weigh("i can't wake my mom"), 5);
	assert_int_equal(weigh("i can\xe2\x80\x99t wake her, her lips turned purple"), 11);
	assert_int_equal(weigh("cant ever wake her"), 0);
	assert_int_equal(weigh(""), 0);
}

TEST(as_they_are_typed)
{
	assert_int_equal(weigh("suicidal"), 7);
	assert_int_equal(weigh("SUICIDEEEE"), 7);
	assert_int_equal(weigh("killll"), 7);
	assert_int_equal(weigh("unconcious"), 7);
	assert_int_equal(weigh("kilt"), 0);
}

TEST(what_lowers_it)
{
	assert_int_equal(weigh("suicidal years ago"), 3);
	assert_int_equal(weigh("years ago"), 0); /* never less */
	assert_int_equal(weigh("we kill time"), 0);
	assert_int_equal(weigh("i kill"), 7);
	assert_int_equal(weigh("i want to kill time"), 7); /* an idiom hides a part only */
}

/* In a text of one word a weight counts whole, in one of four half. */
TEST(weights)
{
	assert_int_equal(weigh("goodbye"), 30);
	assert_int_equal(weigh("Good-bye"), 0);
	assert_int_equal(weigh("goodbyes"), 30);
	assert_int_equal(weigh("adios"), 30); /* its topic is one in all languages */
	assert_int_equal(weigh("goodbye and more words"), 15);
	assert_int_equal(weigh("goodbye adios so long"), 20); /* once, and once again */
	assert_int_equal(weigh("so long aa bb"), 15);         /* a second word, not the same */
	assert_int_equal(weigh("goodbye lol aa bb"), 2);      /* 30 - 20 - 6, by two */
	assert_int_equal(weigh("lol"), -20);
	assert_int_equal(weigh("jumping jumping jumping jumping"), 6);
	assert_int_equal(weigh("i"), 0); /* "is" is no plural, and not the other way round */
	assert_int_equal(weigh("xx yy aa he"), 3);
	assert_int_equal(weigh("xx yy aa hes"), 0); /* nor is "hes" one of a phrase's last word */
	assert_int_equal(weigh("her lips are blue"), 6);
	assert_int_equal(weigh("lips blue goodbye zz"), 21); /* signs count whole */
}

TEST(as_it_sounds)
{
	static const char *const same[] = { "quiero", "kiero", "KIEROOO", "Quiero" };

	for (size_t i = 0; i < COUNT(same); i++) {
		assert_int_equal(weigh(same[i]), 6);
	}
	assert_int_equal(weigh("jumpin"), 12);
	assert_int_equal(weigh("x"), 6); /* por */
	assert_int_equal(weigh("dezaparecer"), 12);
	assert_int_equal(weigh("desaparesco"), 12);
	assert_int_equal(weigh("jump"), 0);
	assert_int_equal(weigh("acsion"), 0);
	assert_int_equal(weigh("asion"), 12); /* a doubled letter before it sounds */
}

TEST(why)
{
	_cleanup_free_ char *normal = NULL, *why = NULL;
	int signs, points;

	assert_int_equal(normal_text("Suicidal. Her lips are blue!", false, &normal), 0);
	assert_int_equal(danger_weigh(model, normal, &signs, &points, &why), 0);
	assert_int_equal(points, 13);
	assert_string_equal(why, "body colour 6 (lips are blue), die 7 (suicidal)");
	free(normal);
	free(why);
	assert_int_equal(normal_text("lips blue, goodbye LOL", false, &normal), 0);
	assert_int_equal(danger_weigh(model, normal, &signs, &points, &why), 0);
	assert_int_equal(points, 8);
	assert_string_equal(why, "body colour 6 (lips blue), words 2 (4 in 4 words): "
				 "farewell 30 (goodbye), laughter -20 (lol), "
				 "farewell + laughter -6 (goodbye)");
}

static int weigh_setback(const char *text)
{
	_cleanup_free_ char *normal = NULL;
	int points = -1;

	assert_int_equal(normal_text(text, false, &normal), 0);
	assert_int_equal(danger_weigh_setback(model, normal, &points, NULL), 0);
	return points;
}

TEST(setbacks)
{
	_cleanup_free_ char *why = NULL;
	struct understood understood;
	int points;

	assert_int_equal(weigh_setback("NIPPED"), 40);
	assert_int_equal(weigh_setback("i nipped last night"), 20);
	assert_int_equal(weigh_setback("i didn't nipped ok"), 10);
	assert_int_equal(weigh_setback("got high"), 28);
	assert_int_equal(weigh_setback("goodbye, her lips are blue"), 0);
	assert_int_equal(weigh("i nipped, got high"), 0); /* no danger */
	assert_int_equal(understand(model, "i nipped last night", &understood), 0);
	assert_true(understood.setback && !understood.worry);
	assert_int_equal(understand(model, "no i didn't nipped", &understood), 0);
	assert_false(understood.setback);
	assert_int_equal(danger_weigh_setback(model, " i nipped ", &points, &why), 0);
	assert_string_equal(why, "words 28 (40 in 2 words): nipped 40 (nipped)");
}

/* As many words as anybody can send, and all of them of a group. */
TEST(a_long_text)
{
	static const char words[2][4] = { { 'l', 'i', 'p', ' ' }, { 'h', 'e', 'r', ' ' } };
	_cleanup_free_ char *text = calloc(1, 64001);

	assert_non_null(text);
	for (int i = 0; i < 16000; i++) {
		memcpy(text + 4L * i, words[i % 2], sizeof(words[0]));
	}
	assert_int_equal(weigh(text), 0);
	text[3] = ' ';
	memcpy(text + 4, "blue    ", 8); /* NOLINT(bugprone-not-null-terminated-result) */
	assert_int_equal(weigh(text), 6);
}

TEST(bands)
{
	static const struct {
		const char *text;
		bool worry, crisis;
	} cases[] = {
		{ "goodbye", true, false },
		{ "goodbye, her lips blue", false, false },
		{ "goodbye suicidal", false, false },
		{ "adios, suicidal unconscious", false, false },
		{ "goodbye killll", false, false },
		{ "a gun", true, true },
		/* What is learnt outweighs no word of crisis; a sign does, which is written by hand. */
		{ "a gun lol", true, true },
		{ "lol lol lol gun", true, true },
		{ "a gun years ago", false, false },
		{ "a gun years ago, suicidal", true, true },
		{ "a glue gun", false, false },
		/* Words of crisis of which an idiom hides a part only. */
		{ "i kill time to die", true, true },
		{ "a glue gun time to die", true, true },
		{ "i kill time", false, false },
		{ "lips", false, false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct understood understood;

		assert_int_equal(understand(model, cases[i].text, &understood), 0);
		assert_int_equal(understood.worry, cases[i].worry);
		assert_int_equal(understood.crisis, cases[i].crisis);
	}
}
