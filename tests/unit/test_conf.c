#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/conf.h"
#include "lib/zone.h"

struct item {
	char *name;
	int weight;
};

struct target {
	char *text, *phone;
	int number, minute, word;
	double real;
	bool truth;
	struct civil date, datetime;
	struct span span;
	struct hours hours;
	unsigned weekdays;
	const struct zone *zone;
	struct conf_texts texts;
	struct conf_numbers numbers;
	struct conf_spans spans;
	struct conf_dates dates;
	struct item group;
	struct item *items;
	size_t item_count;
	int visits;
	size_t length;
};

static const struct conf_entry item_keys[] = {
	CONF_KEY("name", TEXT, REQUIRED, item, name, "a name"),
	CONF_KEY("weight", NUMBER, DEFAULT("7"), item, weight, NULL, .least = 1, .most = 9),
	{ 0 },
};

static int read_item(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, item_keys, target);
}

static int count_visit(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	(void)reader;
	(void)node;
	++*(int *)target;
	return 0;
}

static int read_length(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	(void)reader;
	*(size_t *)target = strlen(conf_text(node));
	return 0;
}

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct conf_entry keys[] = {
	CONF_KEY("text", TEXT, DEFAULT("plain"), target, text, NULL),
	CONF_KEY("phone", PHONE, OPTIONAL, target, phone, NULL),
	CONF_KEY("number", NUMBER, DEFAULT("3"), target, number, NULL, .least = 1, .most = 5),
	CONF_KEY("minute", MINUTE, DEFAULT("10:00"), target, minute, NULL),
	CONF_KEY("word", WORD, DEFAULT("green"), target, word, NULL, .words = colours),
	CONF_KEY("length", PARSED, OPTIONAL, target, length, NULL, .read = read_length),
	CONF_KEY("real", REAL, DEFAULT("2.5"), target, real, NULL),
	CONF_KEY("truth", TRUTH, DEFAULT("true"), target, truth, NULL),
	CONF_KEY("date", DATE, OPTIONAL, target, date, NULL),
	CONF_KEY("datetime", DATETIME, OPTIONAL, target, datetime, NULL),
	CONF_KEY("span", SPAN, DEFAULT("6h"), target, span, NULL),
	CONF_KEY("hours", HOURS, DEFAULT("always"), target, hours, NULL),
	CONF_KEY("weekdays", WEEKDAYS, OPTIONAL, target, weekdays, NULL),
	CONF_KEY("zone", ZONE, OPTIONAL, target, zone, NULL),
	CONF_KEY("texts", TEXTS, DEFAULT("one"), target, texts, NULL, .most = 3),
	CONF_KEY("numbers", NUMBERS, OPTIONAL, target, numbers, NULL, .least = 1, .most = 9),
	CONF_KEY("spans", SPANS, DEFAULT("2h"), target, spans, NULL),
	CONF_KEY("dates", DATES, OPTIONAL, target, dates, NULL),
	CONF_KEY("group", GROUP, DEFAULT("{}"), target, group, NULL, .read = read_item),
	CONF_LIST_KEY("items", OPTIONAL, target, items, item_count, read_item, NULL, .most = 2),
	CONF_KEY("visits", LIST, OPTIONAL, target, visits, NULL, .read = count_visit),
	{ 0 },
};

/* A file, read by the table. */
struct fixture {
	struct conf *conf;
	struct faults faults;
	struct conf_reader reader;
	struct target target;
};

static void begin(struct fixture *fixture, const char *text)
{
	*fixture = (struct fixture){ 0 };
	fixture->reader.faults = &fixture->faults;
	assert_int_equal(arena_new(&fixture->reader.arena), 0);
	assert_int_equal(conf_read_text(text, "x.conf", &fixture->faults, &fixture->conf), 0);
	assert_int_equal(
		conf_read_group(&fixture->reader, conf_root(fixture->conf), keys, &fixture->target),
		0);
}

static void end(struct fixture *fixture)
{
	(void)conf_free(fixture->conf);
	(void)arena_free(fixture->reader.arena);
	faults_done(&fixture->faults);
	zone_close();
}

TEST(defaults)
{
	struct fixture fixture;
	const struct target *target = &fixture.target;

	begin(&fixture, "");
	assert_int_equal(fixture.faults.count, 0);
	assert_string_equal(target->text, "plain");
	assert_int_equal(target->number, 3);
	assert_int_equal(target->minute, 600);
	assert_int_equal(target->word, 1);
	assert_true(target->real == 2.5);
	assert_true(target->truth);
	assert_int_equal(target->date.year, 0);
	assert_int_equal(target->span.elapsed, 6 * HF_HOUR);
	assert_int_equal(target->hours.weekdays, WEEKDAY_ALL);
	assert_int_equal(target->texts.count, 1);
	assert_string_equal(target->texts.list[0], "one");
	assert_int_equal(target->spans.count, 1);
	assert_int_equal(target->spans.list[0].elapsed, 2 * HF_HOUR);
	assert_int_equal(target->numbers.count, 0);
	assert_int_equal(target->group.weight, 7);
	assert_null(target->group.name);
	assert_int_equal(target->item_count, 0);
	end(&fixture);
}

TEST(values)
{
	struct fixture fixture;
	const struct target *target = &fixture.target;

	begin(&fixture,
	      "text = \"x\"; phone = \"+1 (312) 555-0142\"; number = 5; minute = \"00:00\";\n"
	      "word = \"blue\"; real = 4; truth = false; date = \"2026-11-23\";\n"
	      "datetime = \"2026-11-23 14:30\"; span = \"3d\"; hours = \"MO-FR 08:00-18:00\";\n"
	      "weekdays = \"MO,TH\"; zone = \"America/Chicago\"; texts = [ \"a\", \"b\" ];\n"
	      "numbers = [ 9, 1 ]; spans = ( \"1d\", \"30m\" ); dates = \"2026-12-25\";\n"
	      "group = { name = \"g\"; weight = 9; }; visits = ( 1, 2 );\n"
	      "items = ( { name = \"one\"; }, { name = \"two\"; weight = 1; } );\n"
	      "length = \"four\";\n");
	assert_int_equal(fixture.faults.count, 0);
	assert_int_equal(target->length, 4);
	assert_string_equal(target->phone, "+13125550142");
	assert_int_equal(target->minute, 0);
	assert_int_equal(target->word, 2);
	assert_true(target->real == 4.0);
	assert_false(target->truth);
	assert_int_equal(target->date.day, 23);
	assert_int_equal(target->datetime.minute, 30);
	assert_int_equal(target->span.days, 3);
	assert_int_equal(target->hours.until, 18 * 60);
	assert_int_equal(target->weekdays, 1u << WEEKDAY_MO | 1u << WEEKDAY_TH);
	assert_string_equal(zone_name(target->zone), "America/Chicago");
	assert_int_equal(target->texts.count, 2);
	assert_string_equal(target->texts.list[1], "b");
	assert_int_equal(target->numbers.list[0], 9);
	assert_int_equal(target->spans.list[0].days, 1);
	assert_int_equal(target->dates.count, 1);
	assert_int_equal(target->dates.list[0].month, 12);
	assert_string_equal(target->group.name, "g");
	assert_int_equal(target->item_count, 2);
	assert_int_equal(target->items[0].weight, 7);
	assert_string_equal(target->items[1].name, "two");
	assert_int_equal(target->visits, 2);
	end(&fixture);
}

TEST(a_single_group_is_a_list_of_one)
{
	struct fixture fixture;

	begin(&fixture, "items = { name = \"only\"; };");
	assert_int_equal(fixture.faults.count, 0);
	assert_int_equal(fixture.target.item_count, 1);
	assert_string_equal(fixture.target.items[0].name, "only");
	end(&fixture);
}

/* Each says what is wrong and what to do; a word is shown where it is nobody's. */
static const struct {
	const char *text, *code, *part;
} wrong[] = {
	{ "txet = 1;", "unknown-key", "did you mean \"text\"?" },
	{ "qqqqq = 1;", "unknown-key", "remove it" },
	{ "text = 1;", "type", "in quotes" },
	{ "length = 1;", "type", "in quotes" },
	{ "number = \"1\";", "type", "from 1 to 5" },
	{ "number = 6;", "range", "from 1 to 5" },
	{ "number = -1;", "range", "-1" },
	{ "number = 99999999L;", "range", "99999999" },
	{ "number = 1.0;", "type", "whole" },
	{ "real = 0;", "range", "more than 0" },
	{ "real = -1.5;", "range", "more than 0" },
	{ "real = 1e999;", "range", "more than 0" },
	{ "real = \"1\";", "type", "1.5" },
	{ "truth = \"yes\";", "type", "true or false" },
	{ "date = \"2026-02-30\";", "value", "\"2026-02-30\" is not a date" },
	{ "datetime = \"2026-02-03\";", "value", "a date and time" },
	{ "minute = \"24:00\";", "value", "time of day" },
	{ "span = \"6 hours\";", "value", "\"6 hours\"" },
	{ "hours = \"9-5\";", "value", "opening hours" },
	{ "weekdays = \"MON\";", "value", "did you mean \"MO\"?" },
	{ "weekdays = \"MX\";", "value", "MO,TH" },
	{ "minute = \"7pm\";", "value", "did you mean \"19:00\"?" },
	{ "date = \"11/23/2026\";", "value", "did you mean \"2026-11-23\"?" },
	{ "phone = \"+10125550142\";", "phone", "area code" },
	{ "zone = \"central time\";", "timezone", "did you mean \"America/Chicago\"?" },
	{ "zone = \"EST\";", "timezone-fixed", "write America/New_York" },
	{ "word = \"bleu\";", "unknown-word", "did you mean \"blue\"?" },
	{ "word = \"yellow\";", "unknown-word", "\"red\", \"green\", \"blue\"" },
	{ "zone = \"America/Chicgo\";", "timezone", "did you mean \"America/Chicago\"?" },
	{ "zone = \"Mars\";", "timezone", "like \"America/Chicago\"" },
	{ "phone = \"555-0142\";", "phone", "+13125550142" },
	{ "texts = [ \"a\", \"b\", \"c\", \"d\" ];", "too-many", "at most 3" },
	{ "texts = ( \"a\", 1 );", "type", "in quotes" },
	{ "numbers = [ 10 ];", "range", "from 1 to 9" },
	{ "numbers = 10.5;", "type", "whole" },
	{ "spans = [ \"2x\" ];", "value", "2x" },
	{ "dates = [ \"tomorrow\" ];", "value", "tomorrow" },
	{ "group = 1;", "type", "{ ... }" },
	{ "group = { };", "missing-key", "no \"name\" here; add it: a name" },
	{ "items = 1;", "type", "list of groups" },
	{ "items = ( 1 );", "type", "not a group" },
	{ "items = ( { name = \"a\"; }, { name = \"b\"; }, { name = \"c\"; } );", "too-many", "2" },
	{ "items = { name = \"a\"; wieght = 1; };", "unknown-key", "weight" },
};

TEST(faults)
{
	for (size_t i = 0; i < COUNT(wrong); i++) {
		_cleanup_free_ char *text = NULL;
		struct fixture fixture;
		const struct fault *fault;

		assert_true(asprintf(&text, "\n\n%s", wrong[i].text) > 0);
		begin(&fixture, text);
		fault = fixture.faults.list;
		if (fixture.faults.count != 1 || strcmp(fault->code, wrong[i].code) != 0 ||
		    fault->line != 3 || !strstr(fault->message, wrong[i].part) ||
		    !strstr(fault->message, ";")) {
			fail_msg("%s: %zu: %s: %s", wrong[i].text, fixture.faults.count,
				 fault ? fault->code : "", fault ? fault->message : "");
		}
		end(&fixture);
	}
}

TEST(a_number_is_never_shown)
{
	struct fixture fixture;

	begin(&fixture, "phone = \"+1312O550199\";");
	assert_int_equal(fixture.faults.count, 1);
	assert_null(strstr(fixture.faults.list[0].message, "550199"));
	end(&fixture);
}

TEST(all_faults_at_once)
{
	struct fixture fixture;

	begin(&fixture, "number = 6; date = \"x\"; items = ( { }, { weight = 0; } );\nnope = 1;\n");
	assert_int_equal(fixture.faults.count, 6);
	assert_int_equal(fixture.target.number, 0);
	assert_int_equal(fixture.target.item_count, 2);
	end(&fixture);
}
