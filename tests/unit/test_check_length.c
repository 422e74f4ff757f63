/*
 * The example with texts that are too long for somebody.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "broken.h"
#include "engine/check_length.h"

#define TEN     "0123456789"
#define FIFTY   TEN TEN TEN TEN TEN
#define HUNDRED FIFTY FIFTY
#define ZAL     "\xd0\x97\xd0\xb0\xd0\xbb" /* "Zal" in Cyrillic */

static const struct broken table[] = {
	/* By itself. */
	ROW("too-long", EN, "a short walk", HUNDRED HUNDRED HUNDRED " a short walk",
	    .says = "3 segments, and texting.max_segments is 2: 44 characters too many; shorten "
		    "it"),
	ROW("too-long", EN, "a short walk", HUNDRED FIFTY " a short walk\xf0\x9f\x9a\xb6",
	    .says = "U+1F6B6 '\xf0\x9f\x9a\xb6' in the template makes it UCS-2, where 134 "
		    "characters fit instead of 306; leave it out"),
	ROW("too-long", ES, "una caminata corta", HUNDRED HUNDRED HUNDRED),
	/* What nobody of that language has a value for is written out. */
	ROW("too-long", EN, "{trusted} tonight", "{trusted|" HUNDRED HUNDRED HUNDRED "} tonight",
	    .says = "2: 37 characters too many"),
	/* By what is hers. */
	ROW("too-long", JORDAN, "\"St Mark's hall\"", "\"" HUNDRED HUNDRED FIFTY TEN "\"",
	    .at = "  meeting ", .at_file = EN, .says = " for the client at clients/jordan.conf:"),
	ROW("too-long", JORDAN, "\"St Mark's hall\"", "\"" ZAL HUNDRED "\"", .at = "  meeting ",
	    .at_file = EN, .says = "U+0417 '\xd0\x97' in {place} makes it UCS-2"),
	ROW("too-long", JORDAN, "\"Dr. Shah\"", "\"" HUNDRED HUNDRED FIFTY TEN "\"",
	    .at = "  appointment ", .at_file = EN, .says = "clients/jordan.conf:"),
	ROW("too-long", JORDAN, "\"Sam\"", "\"" HUNDRED HUNDRED FIFTY TEN TEN "\"",
	    .at = "  sponsor ", .at_file = EN, .says = "clients/jordan.conf:"),
	ROW("too-long", JORDAN, "[ \"Maria\" ]", "[ \"Maria\", \"" HUNDRED HUNDRED HUNDRED "\" ]",
	    .at = "  coping_call ", .at_file = EN, .says = "clients/jordan.conf:"),
	ROW("too-long", GROUP, "counselor = \"dcole\"; }",
	    "sponsor = \"" HUNDRED HUNDRED HUNDRED "\"; }", .at = "  sponsor ", .at_file = ES,
	    .says = "clients/evening-group.conf:"),
	/* More than a text may ever be filled with. */
	ROW("too-long", JORDAN, "\"Sam\"",
	    "\"" HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
		    HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
			    HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
				    HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
					    HUNDRED HUNDRED HUNDRED HUNDRED "\"",
	    .at = "  sponsor ", .at_file = EN),
};

static int load(const char *file, struct faults *faults, struct model **ret_model)
{
	_cleanup_(model_freep) struct model *model = NULL;

	assert_int_equal(model_load(file, faults, &model), 0);
	assert_int_equal(faults->count, 0);
	assert_int_equal(check_length(model, faults), 0);
	if (faults->errors > 0) {
		return CONF_E_FAULT;
	}
	*ret_model = take_ptr(model);
	return 0;
}

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), load);
}

/* As many faults as are given; the first one says that. */
static void expect(const char *dir, size_t count, const char *says)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(load(dir, &faults, &model), count > 0 ? CONF_E_FAULT : 0);
	if (faults.count != count) {
		for (size_t i = 0; i < faults.count; i++) {
			print_message("%s:%u: %s\n", faults.list[i].file, faults.list[i].line,
				      faults.list[i].message);
		}
	}
	assert_int_equal(faults.count, count);
	if (says && !strstr(faults.list[0].message, says)) {
		fail_msg("%s", faults.list[0].message);
	}
	faults_done(&faults);
	(void)model_free(model);
	rig_remove(dir);
	zone_close();
}

/* Nobody has both, so nobody's text is too long. */
TEST(long_values_of_different_people)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, JORDAN, "your Tuesday group", HUNDRED FIFTY);
	(void)rig_edit(dir, GROUP, "\"online\"", "\"" HUNDRED FIFTY "\"");
	expect(dir, 0, NULL);
}

TEST(only_who_may_get_it)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, JORDAN, "message = \"coping_plan\"", "message = \"own\"");
	(void)rig_edit(dir, EN, "messages = {",
		       "messages = {\n own = \"{name} " HUNDRED HUNDRED "\";");
	(void)rig_edit(dir, ES, "messages = {",
		       "messages = {\n own = \"{name} " HUNDRED HUNDRED "\";");
	(void)rig_edit(dir, GROUP, "\"Lee\"", "\"" HUNDRED TEN "\"");
	expect(dir, 0, NULL);
}

/* "Riverside: have you talked to ... this week?" has 41 characters beside the name. */
TEST(the_limit_is_exact)
{
	for (int more = 0; more <= 1; more++) {
		char dir[] = RIG_DIR, letters[400], name[402];

		memset(letters, 'y', sizeof(letters));
		(void)snprintf(name, sizeof(name), "\"%.*s\"", 2 * 153 - 41 + more, letters);
		rig_new(dir);
		(void)rig_edit(dir, JORDAN, "\"Sam\"", name);
		expect(dir, (size_t)more, more ? ": 1 character too many" : NULL);
	}
}

TEST(others_are_counted)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, JORDAN, "your Tuesday group", HUNDRED HUNDRED HUNDRED HUNDRED);
	(void)rig_edit(dir, GROUP, "\"Thursday circle\"", "\"" HUNDRED HUNDRED HUNDRED "\"");
	expect(dir, 1, " and 1 more,");
}

TEST(a_dash_that_stays_a_dash)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, HOLDFAST, "plain_characters = true", "plain_characters = false");
	(void)rig_edit(dir, EN, "a short walk", HUNDRED FIFTY " \xe2\x80\x93 a walk");
	expect(dir, 1,
	       "U+2013 '\xe2\x80\x93' in the template makes it UCS-2, where 134 characters "
	       "fit instead of 306; write '-', or shorten it");
}

/* In the words of the language that its readers speak. */
TEST(a_message_that_is_read_in_another_language)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, ES, "  coping_walk ", "//");
	(void)rig_edit(dir, EN, "a short walk",
		       "{name} " HUNDRED HUNDRED TEN TEN TEN "[[[[[[[[[[[[[[[[");
	(void)rig_edit(dir, GROUP, "\"Ana\"", "\"" TEN "\"");
	assert_int_equal(model_load(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 1);
	assert_int_equal(check_length(model, &faults), 0);
	assert_int_equal(faults.count, 2);
	assert_string_equal(faults.list[1].file, EN);
	assert_non_null(
		strstr(faults.list[1].message, "for the client at clients/evening-group.conf:"));
	faults_done(&faults);
	(void)model_free(model);
	rig_remove(dir);
	zone_close();
}

TEST(the_example_is_short_enough)
{
	char dir[] = RIG_DIR;

	rig_new(dir);
	expect(dir, 0, NULL);
}

TEST(what_accents_cost)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, ES, "en momentos como este? Puede",
		       "en momentos así, u otros como este? Puede");
	assert_int_equal(model_load(dir, &faults, &model), 0);
	assert_int_equal(check_length(model, &faults), 0);
	assert_int_equal(faults.count, 1);
	assert_int_equal(faults.errors, 0);
	assert_string_equal(faults.list[0].file, ES);
	assert_non_null(strstr(faults.list[0].message,
			       "make 1 message longer, in segments: answer_watch 2 instead of 1;"));
	faults_done(&faults);
	(void)model_free(model);

	(void)rig_edit(dir, ES, "\"keep\"", "\"plain\"");
	expect(dir, 0, NULL);
}

/* --- one message, one client, one segment --- */

#define IVAN "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd" /* in Cyrillic: four letters, eight bytes */

static size_t count_faults(const char *language, const char *name, const char *text,
			   const struct client *client, bool plain)
{
	struct template message = { .name = (char *)(uintptr_t)name,
				    .text = (char *)(uintptr_t)text,
				    .file = "x" };
	struct language messages = { .code = (char *)(uintptr_t)language,
				     .accents = plain ? ACCENTS_PLAIN : ACCENTS_KEEP,
				     .messages = &message,
				     .count = 1 };
	struct staff_member staff = { .id = (char *)"mreyes", .name = (char *)"M. Reyes" };
	struct client her = *client;
	const struct model model = {
		.site = { .name = (char *)"Riverside",
			  .phone = (char *)"+13125550100",
			  .language = messages.code },
		.texting = { .max_segments = 1, .plain_characters = plain },
		.languages = &messages,
		.language_count = 1,
		.staff = &staff,
		.staff_count = 1,
		.clients = &her,
		.client_count = 1,
	};
	_cleanup_(faults_done) struct faults faults = { 0 };

	her.id = (char *)"r-1";
	her.file = "x";
	her.language = messages.code;
	assert_int_equal(check_length(&model, &faults), 0);
	return faults.errors;
}

static char *trusted[] = { (char *)"Bo", (char *)"Maria" };
static struct meeting group = { .message = (char *)"welcome",
				.title = (char *)"group",
				.minute = 19 * 60 };
static struct appointment review = { .message = (char *)"welcome",
				     .with = (char *)"Dr. Shah",
				     .place = (char *)"Room 4",
				     .when = { .year = 2026, .month = 12, .day = 2, .hour = 14 } };

static const struct {
	const char *language, *template, *name;
	int units; /* of the template, filled */
	bool exotic, as_written;
} filled[] = {
	{ "en", "{day}", "Kim", .units = 23 },       /* Wednesday, September 27 */
	{ "en", "{time}", "Kim", .units = 8 },       /* 10:00 am */
	{ "en", "{next_open}", "Kim", .units = 21 }, /* Wednesday at 10:00 am */
	{ "es", "{day}", "Kim", .units = 26 },       /* miercoles 13 de septiembre */
	{ "es", "{time}", "Kim", .units = 10 },      /* 12 del dia */
	{ "es", "{next_open}", "Kim", .units = 29 }, /* el miercoles a las 12 del dia */
	/* Longer in GSM-7, but here is what costs more. */
	{ "es", "{day}", "Kim", .units = 23, .exotic = true,
	  .as_written = true }, /* sábado 23 de septiembre */
	{ "es", "{at_time}", "Kim", .units = 16, .exotic = true,
	  .as_written = true },                       /* a las 12 del día */
	{ "en", "{days}{case}", "Kim", .units = 10 }, /* 9999 999999 */
	{ "en", "{count}", "Kim", .units = 6 },
	{ "en", "{reason}", "Kim", .units = 30 },
	{ "en", "{site}{site_phone}", "Kim", .units = 23 }, /* Riverside(312) 555-0100 */
	{ "en", "{name}", "[Al] [Bo]", .units = 13 },
	{ "en", "{name}", IVAN IVAN, 8, .exotic = true },
	{ "es", "{name}", "\xc3\x81ngel", .units = 5 },
	{ "es", "{name}", "\xc3\x81ngel", 5, .exotic = true, .as_written = true },
	{ "en", "{client}", "Kim", .units = 3 },
	{ "en", "{trusted}", "Kim", .units = 5 },
	{ "en", "{trusted|somebody}", "Kim", .units = 5 },
	{ "en", "{sponsor|somebody}", "Kim", .units = 8 },
	{ "en", "{counselor}", "Kim", .units = 8 },
	{ "en", "{title|nothing}", "Kim", .units = 7 },
	{ "en", "{with|}{place|}", "Kim", .units = 14 },
	{ "en", "{title|}{with|}", "Kim", .units = 8 },
	{ "en", "{{name}}{name}", "Kim", .units = 11 }, /* a brace takes two septets */
};

TEST(each_field_as_long_as_it_gets)
{
	const struct client client = { .trusted = { trusted, 2 },
				       .counselor = (char *)"mreyes",
				       .meetings = &group,
				       .meeting_count = 1,
				       .appointments = &review,
				       .appointment_count = 1 };

	for (size_t i = 0; i < COUNT(filled); i++) {
		int room = (filled[i].exotic ? 70 : 160) - filled[i].units;

		for (int more = 0; more <= 1; more++) {
			struct client her = client;
			char letters[200], text[300];

			her.name = (char *)(uintptr_t)filled[i].name;
			memset(letters, 'y', sizeof(letters));
			(void)snprintf(text, sizeof(text), "%s%.*s", filled[i].template,
				       room + more, letters);
			if (count_faults(filled[i].language, "welcome", text, &her,
					 !filled[i].as_written) != (size_t)more) {
				fail_msg("%s, %d more", filled[i].template, more);
			}
		}
	}
}

/* A value that is short by any measure is not the longest, wherever it stands. */
TEST(of_several_the_longest)
{
	char *several[] = { (char *)"Bartholomew Maximilian", (char *)(IVAN IVAN IVAN),
			    (char *)"Bo" };
	const struct client her = { .name = (char *)"Kim", .trusted = { several, 3 } };

	for (int more = 0; more <= 1; more++) {
		char letters[200], text[300];

		memset(letters, 'y', sizeof(letters));
		(void)snprintf(text, sizeof(text), "{trusted}%.*s", 70 - 12 + more, letters);
		assert_int_equal(count_faults("en", "welcome", text, &her, true), more);
	}
}

/* A text for which she has no value is not sent, so it is not too long. */
TEST(without_a_value_there_is_no_text)
{
	struct client her = { .name = (char *)"Kim" };
	char text[300] = "{sponsor}";

	memset(text + strlen(text), 'y', 158);
	assert_int_equal(count_faults("en", "welcome", text, &her, true), 0);
	her.sponsor = (char *)"Sam";
	assert_int_equal(count_faults("en", "welcome", text, &her, true), 1);
}

/* --- by which ways a message gets to a client --- */

static char long_name[] = HUNDRED HUNDRED;

/* Where she gets it, her name makes it too long. */
static bool gets(const struct client *client, const char *name)
{
	struct client her = *client;

	her.name = long_name;
	return count_faults("en", name, "{name}", &her, true) > 0;
}

static char *choices[] = { (char *)"call|alone", (char *)"walk" };
static char *own[] = { (char *)"own" };

TEST(through_her_plan_her_own_and_holdfast)
{
	struct reminder reminders[] = { { .messages = { choices, 2 } },
					{ .messages = { own, 1 } } };
	char *well[] = { (char *)"well" };
	struct answer answers[] = { { .alert = ANSWER_ALERT_NONE },
				    { .messages = { .list = well, .count = 1 } } };
	struct answer_table tables[] = { { .answers = answers, .count = 2 } };
	const struct plan plan = {
		.reminders = reminders, .reminder_count = 1, .tables = tables, .table_count = 1
	};
	struct client client = { .plan = &plan };

	assert_true(gets(&client, "call"));
	assert_true(gets(&client, "alone"));
	assert_true(gets(&client, "walk"));
	assert_true(gets(&client, "well"));
	assert_true(gets(&client, "welcome"));
	assert_true(gets(&client, "help"));
	assert_false(gets(&client, "own"));
	assert_false(gets(&client, "cal"));
	assert_false(gets(&client, "call|alone"));
	assert_false(gets(&client, "walker"));

	client.reminders = &reminders[1];
	client.reminder_count = 1;
	assert_true(gets(&client, "own"));
	client.plan = NULL;
	assert_true(gets(&client, "own"));
	assert_false(gets(&client, "walk"));
	assert_true(gets(&client, "stopped"));
}

TEST(through_what_she_goes_to)
{
	struct span leads[] = { { .elapsed = 2 * HF_HOUR }, { .elapsed = 20 * HF_HOUR } };
	struct span day = { .days = 1 };
	struct meeting meeting = { .message = (char *)"meeting",
				   .minute = 19 * 60,
				   .leads = { leads, 1 } };
	struct appointment appointment = { .message = (char *)"appointment" };
	struct client client = { .meetings = &meeting, .meeting_count = 1 };

	assert_true(gets(&client, "meeting"));
	assert_false(gets(&client, "meet"));
	assert_false(gets(&client, "meetings"));
	assert_false(gets(&client, "meeting_ahead"));
	meeting.leads.count = 2;
	assert_true(gets(&client, "meeting_ahead"));
	meeting.leads = (struct conf_spans){ &day, 1 };
	assert_true(gets(&client, "meeting_ahead"));
	client = (struct client){ .appointments = &appointment, .appointment_count = 1 };
	assert_true(gets(&client, "appointment"));
	assert_false(gets(&client, "meeting"));
}
