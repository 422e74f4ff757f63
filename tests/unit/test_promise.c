/* What texts promise: the shipped ones against their table, a site's own against its files. */
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "broken.h"
#include "engine/configuration.h"
#include "engine/promise.h"

/* --- the shipped messages ------------------------------------------------------------------- */

static const struct kept_promise *find_row(const char *message, enum promise promise)
{
	for (size_t i = 0; i < kept_promise_count; i++) {
		if (kept_promises[i].promise == promise &&
		    strcmp(kept_promises[i].message, message) == 0) {
			return &kept_promises[i];
		}
	}
	return NULL;
}

static unsigned promises_of(const char *text)
{
	unsigned promises = 0;

	assert_int_equal(promise_find(text, &promises), 0);
	return promises;
}

/* So many of its promises have no row. */
static int count_without_row(const struct template *template, const char *language)
{
	unsigned promises = promises_of(template->text);
	int missed = 0;

	for (enum promise promise = 0; promise_words[promise]; promise++) {
		if (promises & 1u << promise && !find_row(template->name, promise)) {
			print_message("%s %s: \"%s\" has no row\n", language, template->name,
				      promise_words[promise]);
			missed++;
		}
	}
	return missed;
}

TEST(test_each_promise_has_a_row)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	int missed = 0;

	assert_int_equal(model_load("config", &faults, &model), 0);
	assert_int_equal(model->language_count, 2);
	for (size_t i = 0; i < model->language_count; i++) {
		const struct language *language = &model->languages[i];

		for (size_t j = 0; j < language->count; j++) {
			const char *name = language->messages[j].name;
			const struct template *own = template_built_in(language->code, name);

			missed += count_without_row(&language->messages[j], language->code);
			missed += own ? count_without_row(own, "built in") : 0;
		}
	}
	zone_close();
	assert_int_equal(missed, 0);
}

/* In every language; and what shows it is there. */
TEST(test_each_row_is_of_use)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	int missed = 0;

	assert_int_equal(model_load("config", &faults, &model), 0);
	for (size_t i = 0; i < kept_promise_count; i++) {
		const struct kept_promise *row = &kept_promises[i];
		char path[200];

		assert_true(strlen(row->rule) > 0);
		assert_ptr_equal(find_row(row->message, row->promise), row);
		(void)snprintf(path, sizeof(path), "tests/scenario/%s.scenario", row->scenario);
		if (access(path, R_OK) != 0) {
			print_message("%s: there is no %s\n", row->message, path);
			missed++;
		}
		for (size_t j = 0; j < model->language_count; j++) {
			const struct template *template =
				language_template(&model->languages[j], row->message);

			if (!template || !(promises_of(template->text) & 1u << row->promise)) {
				print_message("%s %s: does not say \"%s\"\n",
					      model->languages[j].code, row->message,
					      promise_words[row->promise]);
				missed++;
			}
		}
	}
	zone_close();
	assert_int_equal(missed, 0);
}

/* --- words ------------------------------------------------------------------------------------ */

TEST(test_words)
{
	static const struct {
		const char *text;
		unsigned promises;
	} rows[] = {
		{ "Thanks. Have a good day.", 0 },
		{ "Someone will call you SOON!", 1u << PROMISE_CALL | 1u << PROMISE_SOON },
		{ "We'll call you.", 1u << PROMISE_CALL },
		{ "We\u2019ll call you.", 1u << PROMISE_CALL },
		{ "Alguien le llamar\u00e1 ma\u00f1ana.",
		  1u << PROMISE_CALL | 1u << PROMISE_TOMORROW },
		{ "Por la ma\u00f1ana, o el martes.", 1u << PROMISE_WEEKDAY },
		{ "Same as last week?", 0 },
		{ "This is the last of our texts.", 1u << PROMISE_LAST },
		{ "hoy es el \u00daLTIMO de sus mensajes",
		  1u << PROMISE_LAST | 1u << PROMISE_TODAY },
		{ "Siempre puede escribir.", 1u << PROMISE_ANY_TIME },
		{ "up to 5 a week", 1u << PROMISE_PER_WEEK },
		{ "hasta {per_week} por semana", 1u << PROMISE_PER_WEEK },
		{ "Call {site_phone|soon}.", 1u << PROMISE_SOON },
		{ "24/7", 1u << PROMISE_ANY_TIME },
		{ "You can call us now: {site_phone}.", 1u << PROMISE_ANY_TIME },
		{ "", 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (promises_of(rows[i].text) != rows[i].promises) {
			fail_msg("%s: %x", rows[i].text, promises_of(rows[i].text));
		}
	}
}

static int per_week(const char *text)
{
	int texts = -1;

	assert_int_equal(promise_per_week(text, &texts), 0);
	return texts;
}

TEST(test_per_week)
{
	assert_int_equal(per_week("we text, up to 5 a week. Msg rates"), 5);
	assert_int_equal(per_week("hasta 12 mensajes por semana"), 12);
	assert_int_equal(per_week("Max 7 msgs/week"), 7);
	assert_int_equal(per_week("Up to five texts each week."), 5);
	assert_int_equal(per_week("hasta cinco mensajes semanales"), 5);
	assert_int_equal(per_week("Some weeks 9 a week, most 4 a week"), 9);
	assert_int_equal(per_week("9 a week. Then 4 a week."), 4);
	assert_int_equal(per_week("Call 911. Once a week"), 0);
	assert_int_equal(per_week("up to {per_week} a week"), 0);
	assert_int_equal(per_week("See you in 2 weeks, or one week"), 0);
	assert_int_equal(per_week("5 or more as you like and as we find it good for you a week"),
			 0);
	assert_int_equal(per_week("12345 a week"), 0);
	assert_int_equal(per_week(""), 0);
}

/* --- a site's own ----------------------------------------------------------------------------- */

/* says_ is a part of an initialiser.  NOLINTBEGIN(bugprone-macro-parentheses) */
#define WARN(file_, find_, put_, says_)                                                            \
	ROW("promise", file_, find_, put_, .warning = true, .says = says_)
/* NOLINTEND(bugprone-macro-parentheses) */

TEST(test_not_kept)
{
	static const struct broken table[] = {
		WARN(EN, "You can write back any time.", "Someone will call you soon.",
		     "nobody is told"),
		WARN(EN, "You can write back any time.", "We will get back to you.",
		     "nobody is told"),
		WARN(EN, "You can write back any time.", "Soon it is better.", "\"soon\""),
		WARN(EN, "You can write back any time.", "We are always here: {site_phone}.",
		     "site.hours"),
		WARN(EN, "Someone will call you soon. You", "Someone will call you today. You",
		     "midnight"),
		WARN(EN, "Someone will call you soon. You", "Someone will call you tomorrow. You",
		     "{next_open}"),
		WARN(ES, "recordatorios, {name}. Puede llamarnos al",
		     "recordatorios. Siempre puede llamarnos al", "site.hours"),
		WARN(ES, "Puede escribirnos cuando quiera.", "Alguien le va a llamar pronto.",
		     "nobody is told"),
		WARN(EN, "Someone here will read this today. Cannot wait? Call",
		     "Someone will call you. Cannot wait? Call", "read"),
		WARN(EN, "Someone reads this {next_open}.", "Someone reads this today.",
		     "midnight"),
		WARN(EN, "{title} today at", "{title} tomorrow at", "day before"),
		WARN(EN, "{title} on {day} at", "{title} today at", "earlier day"),
		WARN(EN, "{with} on {day} at", "{with} today at", "earlier day"),
		WARN(EN, "{with} on {day} at", "{with} tomorrow at", "day before"),
		WARN(EN, "did you get to {title|your appointment}?",
		     "did you get to {title|your appointment} today?", "next morning"),
		WARN(EN, "a short walk before dinner?", "a walk every Monday?", "other days"),
		WARN(EN, "a short walk before dinner?", "the last text of walks.", "closing"),
		WARN(EN, "texts are on again.", "texts are on again, no more texts after Friday.",
		     "more texts"),
		WARN(EN, "Your own reminders go on.", "This is the last text.", "more texts"),
	};

	broken_check(table, COUNT(table), configuration_check);
}

/* A message that is right where a plan uses it, and not where a client does. */
TEST(test_where_it_is_used)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	rig_edit(dir, EN, "hi {name}. Who could", "Friday, {name}. Who could");
	rig_edit(dir, ES, "hola {name}. ¿A quién", "es viernes, {name}. ¿A quién");
	rig_edit(dir, JORDAN, "message = \"coping_plan\"", "message = \"coping_alone\"");
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 2);
	for (size_t i = 0; i < faults.count; i++) {
		assert_string_equal(faults.list[i].code, "promise");
		assert_non_null(strstr(faults.list[i].message, "clients/jordan.conf:"));
	}
	rig_remove(dir);
	zone_close();
}

/* NAME_open and NAME_feminine are sent where NAME is: they may promise what it may. */
TEST(test_other_forms)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	rig_edit(dir, EN, "  // setback_open", "  setback_open");
	rig_edit(dir, ES, "  // setback_open", "  setback_open");
	rig_edit(dir, ES, "  answer_need ",
		 "  answer_need_feminine = \"Alguien le va a llamar pronto.\";\n  answer_need ");
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 0);
	model = model_free(model);
	rig_edit(dir, EN, "  answer_well ",
		 "  answer_well_open = \"Someone will call you soon.\";\n  answer_well ");
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 1);
	assert_non_null(strstr(faults.list[0].message, "\"answer_well_open\" says \"will call\""));
	rig_remove(dir);
	zone_close();
}

/* The clarification of a table is sent in site hours, and read. */
TEST(test_clarification_of_a_table)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	rig_edit(dir, EN, "  clarify ",
		 "  which = \"Someone will read this today. 1, 2 or 3?\";\n  clarify ");
	rig_edit(dir, ES, "  clarify ",
		 "  which = \"Alguien lo leer\u00e1 hoy. \u00bf1, 2 o 3?\";\n  clarify ");
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 2);
	model = model_free(model);
	faults_done(&faults);
	faults = (struct faults){ 0 };
	rig_edit(dir, PLAN, "  how_are_you = (",
		 "  how_are_you = { clarify = \"which\"; answers = (");
	rig_edit(dir, PLAN, "alert = \"urgent\"; }\n  );", "alert = \"urgent\"; }\n  ); };");
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 0);
	rig_remove(dir);
	zone_close();
}

static size_t count_faults(const char *dir)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;

	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	return faults.count;
}

/* Each of the messages that say that somebody does something needs somebody. */
TEST(test_nobody)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	assert_int_equal(count_faults(dir), 0);
	rig_edit(dir, PLAN, "message = \"answer_need\"; alert = \"urgent\"",
		 "message = \"answer_need\"");
	assert_int_equal(count_faults(dir),
			 2); /* a case of need, but no urgent one: in both languages */
	rig_edit(dir, PLAN, "message = \"answer_need\"",
		 "message = \"answer_need\"; alert = \"urgent\"");
	rig_edit(dir, STAFF, "{ staff = \"mreyes\"; when = \"MO-FR 08:00-18:00\"; },", "");
	rig_edit(dir, STAFF, "{ staff = \"dcole\";  when = \"always\"; }", "");
	assert_int_equal(count_faults(dir), 22);
	rig_remove(dir);
	zone_close();
}
