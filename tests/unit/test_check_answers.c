/* Texts that offer answers, held against the table that reads them. */
#include "test.h"
#include "lib/file.h"
#include "config/model.h"
#include "config_rig.h"

#define SCALE                                                                                      \
	"{ reply = [ \"0\", \"1\", \"2\", \"3\" ]; means = \"well\"; message = \"answer_well\"; "  \
	"},"                                                                                       \
	"{ reply = [ \"4\", \"5\", \"6\" ]; means = \"watch\"; message = \"answer_watch\"; },"     \
	"{ reply = [ \"7\", \"8\", \"9\" ]; means = \"need\"; message = \"answer_need\"; }"
#define THREE                                                                                      \
	"{ reply = [ \"1\", \"good\", \"bien\" ]; means = \"well\"; message = \"answer_well\"; }," \
	"{ reply = [ \"2\", \"so-so\", \"más o menos\" ]; means = \"watch\"; },"                  \
	"{ reply = [ \"3\", \"rough\", \"mal\", \"not good\" ]; means = \"need\"; }"
#define TURNED                                                                                     \
	"{ reply = [ \"3\", \"great\" ]; means = \"well\"; }, { reply = [ \"2\" ]; means = "       \
	"\"watch\"; },"                                                                            \
	"{ reply = [ \"1\", \"awful\" ]; means = \"need\"; }"
#define DIGITS                                                                                     \
	"{ reply = \"1\"; means = \"well\"; }, { reply = \"2\"; means = \"watch\"; },"             \
	"{ reply = \"3\"; means = \"need\"; }"
#define YES_NO                                                                                     \
	"{ reply = [ \"1\", \"yes\", \"y\", \"si\" ]; means = \"well\"; },"                        \
	"{ reply = [ \"2\", \"no\", \"n\" ]; means = \"need\"; }"

/* offer: what the fault shows; NULL: it fits. */
static const struct {
	const char *answers, *text, *offer;
} cases[] = {
	/* The usual nudge, and tables that it was not written for. */
	{ THREE, "just checking in again, {name}. 1 good, 2 so-so, 3 rough?", NULL },
	{ DIGITS, "just checking in again, {name}. 1 good, 2 so-so, 3 rough?", NULL },
	{ SCALE, "just checking in again, {name}. 1 good, 2 so-so, 3 rough?", "2 so so" },
	{ TURNED, "just checking in again, {name}. 1 good, 2 so-so, 3 rough?", "1 good" },
	{ YES_NO, "just checking in again, {name}. 1 good, 2 so-so, 3 rough?", "2 so so" },
	{ SCALE, "¿cómo va? ¿1 bien, 2 regular, 3 mal?", "2 regular" },
	{ YES_NO, "¿cómo va? 1 bien; 2 regular; 3 mal", "2 regular" },
	/* In other signs and orders. */
	{ SCALE, "1=good 2=so-so 3=rough", "2 so so" },
	{ SCALE, "good (1), so-so (2) or rough (3)?", "2 so so" },
	{ THREE, "good (1) so-so (2) rough (3)", NULL },
	{ TURNED, "good (1) so-so (2) rough (3)", "1 good" },
	{ SCALE, "1) good 2) so-so 3) rough", "2 so so" },
	{ SCALE, "1. good\\n2. so-so\\n3. rough", "2 so so" },
	{ SCALE, "1: good / 2: so-so / 3: rough", "2 so so" },
	{ SCALE, "3 rough, 2 so-so, 1 good", "3 rough" },
	{ SCALE, "one good, two so-so, three rough?", "2 so so" },
	{ SCALE, "Reply 3 if it is rough", "3 if it is rough" },
	{ TURNED, "3 rough?", "3 rough" },
	{ THREE, "1 good, 2 más o menos, 3 not good", NULL },
	{ THREE, "1 bien, 2 más o menos o 3 mal", NULL },
	{ TURNED, "1 great, 2 meh, 3 awful", "1 great" },
	/* What the table lacks. */
	{ THREE, "Reply 1, 2, 3 or 4.", "4" },
	{ THREE, "Reply 1, 2 or 3 when you can.", NULL },
	{ THREE, "Reply with 5", "5" },
	{ THREE, "Answer with 4", "4" },
	{ THREE, "how close, 0 far to 9 very close?", "0 far to" },
	{ SCALE, "how close, 0 far to 9 very close?", NULL },
	{ SCALE, "how close, 0 to 10?", "10" },
	{ SCALE, "how close, 0-9?", NULL },
	{ SCALE, "how close, 1-10?", "10" },
	{ SCALE, "¿qué tan cerca, de 0 a 10?", "10" },
	{ SCALE, "¿qué tan cerca, de 0 a 9?", NULL },
	/* In words. */
	{ THREE, "are you well, yes or no?", "yes" },
	{ YES_NO, "are you well, yes or no?", NULL },
	{ THREE, "Reply YES when you are home.", "yes" },
	{ YES_NO, "good, so-so or rough?", "good" },
	{ THREE, "good, so-so or rough?", NULL },
	/* Numbers that offer nothing. */
	{ THREE, "Cannot wait? Call (312) 555-0100, 988 or 911. 1 good, 2 so-so, 3 rough?", NULL },
	{ YES_NO, "We open at 8:30, in 5 or 6 minutes, 24/7, Room 4. {site_phone}", NULL },
	{ YES_NO, "Call 1 800 555 0100 today, or reply STOP to end, HELP for help.", NULL },
	{ YES_NO, "Is there one small thing, or two, that helped before?", NULL },
};

static char *dir;

static size_t check(const char *answers, const char *text, struct faults *faults)
{
	_cleanup_free_ char *plan = NULL, *messages = NULL;
	_cleanup_(model_freep) struct model *model = NULL;

	assert_true(
		asprintf(&plan,
			 "plan = \"own\"; answers = { asked = { nudge = \"asked_again\"; answers "
			 "= ( %s ); }; };\nreminders = ( );\n",
			 answers) > 0);
	assert_true(asprintf(&messages, "messages = {\n  asked_again = \"%s\";", text) > 0);
	rig_write(dir, "plans/own.conf", plan);
	(void)rig_edit(dir, "messages/en.conf", "messages = {", messages);
	(void)model_load(dir, faults, &model);
	(void)rig_edit(dir, "messages/en.conf", messages, "messages = {");
	return faults->errors;
}

static const struct fault *find_fault(const struct faults *faults, const char *words)
{
	for (size_t i = 0; i < faults->count; i++) {
		if (strcmp(faults->list[i].code, "answers-differ") == 0 &&
		    strstr(faults->list[i].message, words)) {
			return &faults->list[i];
		}
	}
	return NULL;
}

/* The clarification that the table does not name is the usual one, and has its own faults. */
TEST(test_offers)
{
	char made[] = RIG_DIR;
	int wrong = 0;

	rig_new(made);
	dir = made;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct faults faults = { 0 };
		_cleanup_free_ char *offer = NULL;
		const struct fault *fault;
		bool right;

		(void)check(cases[i].answers, cases[i].text, &faults);
		fault = find_fault(&faults, "\"asked_again\" ");
		assert_true(asprintf(&offer, "offers \"%s\",",
				     cases[i].offer ? cases[i].offer : "") > 0);
		right = cases[i].offer ? fault && strstr(fault->message, offer) : !fault;
		if (!right) {
			print_message("%s: %s\n", cases[i].text, fault ? fault->message : "fits");
			wrong++;
		}
		faults_done(&faults);
	}
	rig_remove(made);
	assert_int_equal(wrong, 0);
}

/* A table that names nothing is held against the usual messages, and the fault says what to write. */
TEST(test_usual_messages)
{
	char made[] = RIG_DIR;
	struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	const struct fault *fault;

	rig_new(made);
	rig_write(made, "plans/own.conf",
		  "plan = \"own\";\nanswers = { close = ( " SCALE " ); };\n");
	assert_int_equal(model_load(made, &faults, &model), CONF_E_FAULT);
	fault = find_fault(&faults, "\"nudge\" (messages/en.conf");
	assert_non_null(fault);
	assert_string_equal(fault->file, "plans/own.conf");
	assert_int_equal(fault->line, 2);
	assert_non_null(strstr(fault->message, "close = { nudge = \"NAME\"; answers = ( ... ); }"));
	assert_non_null(find_fault(&faults, "\"nudge\" (messages/es.conf"));
	assert_non_null(find_fault(&faults, "\"clarify\" (messages/en.conf"));
	faults_done(&faults);

	/* So it is written. */
	(void)rig_edit(made, "messages/en.conf", "messages = {",
		       "messages = {\n  far = \"{site}: 0 far to 9 very close?\";");
	(void)rig_edit(made, "messages/es.conf", "messages = {",
		       "messages = {\n  far = \"{site}: ¿de 0 a 9?\";");
	rig_write(made, "plans/own.conf",
		  "plan = \"own\";\nanswers = { close = { nudge = \"far\"; clarify = \"far\"; "
		  "answers = ( " SCALE " ); }; };\n");
	assert_int_equal(model_load(made, &faults, &model), 0);
	assert_string_equal(model_plan(model, "own")->tables[0].nudge, "far");
	assert_string_equal(model_plan(model, "aftercare")->tables[0].nudge, "nudge");
	faults_done(&faults);
	rig_remove(made);
}

/* What is sent while the question is open is held against its table too: the question itself, the
 * answers to it, a client's own question. */
/* What goes to some instead of the message: a "3" that means well for who has open wording must never
 * be a "3" that means rough. */
TEST(test_other_forms)
{
	char made[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;

	rig_new(made);
	(void)rig_edit(made, "messages/en.conf", "messages = {",
		       "messages = {\n  nudge_open = \"{site}: {name}? 1 yes, 2 no, 3 great\";");
	(void)rig_edit(made, "messages/es.conf", "messages = {",
		       "messages = {\n  nudge_feminine = \"{site}: {name}? 1 s\u00ed, 2 no, 3 muy "
		       "bien\";");
	(void)model_load(made, &faults, &model);
	assert_non_null(find_fault(&faults, "\"nudge_open\" "));
	assert_non_null(find_fault(&faults, "\"nudge_feminine\" "));
	faults_done(&faults);
	model_free(model);
	rig_remove(made);
}

TEST(test_other_texts)
{
	static const struct {
		const char *file, *find, *put, *message;
	} broken[] = {
		{ "messages/en.conf", "Reply 1 good, 2 so-so, 3 rough.",
		  "Reply 1 rough, 2 so-so, 3 good.", "\"checkin\"" },
		{ "messages/es.conf", "Responda 1 bien, 2 regular, 3 mal.",
		  "Responda 1 mal, 2 regular, 3 bien.", "\"checkin\"" },
		{ "messages/en.conf", "Thanks for being honest.",
		  "Thanks for being honest. Would a call help, yes or no?", "\"answer_watch\"" },
		{ "messages/en.conf", "Someone here will read this today. Cannot wait? Call",
		  "Someone will read this today. 1 call me, 2 today, 3 later, 4 never. Call",
		  "\"received\"" },
		{ "clients/jordan.conf", "reminders = (",
		  "reminders = ( { id = \"own\"; kind = \"check-in\"; on = \"WE\"; at = \"10:00\"; "
		  "message = \"own_scale\"; answers = \"how_are_you\"; },",
		  "\"own_scale\"" },
	};

	for (size_t i = 0; i < COUNT(broken); i++) {
		char made[] = RIG_DIR;
		struct faults faults = { 0 };
		_cleanup_(model_freep) struct model *model = NULL;

		rig_new(made);
		(void)rig_edit(made, "messages/en.conf", "messages = {",
			       "messages = {\n  own_scale = \"{site}: 0 calm to 9 not calm?\";");
		(void)rig_edit(made, broken[i].file, broken[i].find, broken[i].put);
		assert_int_equal(model_load(made, &faults, &model), CONF_E_FAULT);
		assert_non_null(find_fault(&faults, broken[i].message));
		faults_done(&faults);
		rig_remove(made);
	}
}
