/* How many texts somebody gets, against what is said and against the daily limit. */
#include "test.h"
#include "broken.h"
#include "engine/configuration.h"
#include "engine/frequency.h"
#include "engine/preview.h"

#define ENROLLED "id       = \"r-1042\""
#define FULL                                                                                       \
	"appointments = ( { id = \"a\"; with = \"Dr. A\"; when = \"2026-12-02 10:00\"; remind = "  \
	"[ "                                                                                       \
	"\"1d\" ]; }, { id = \"b\"; with = \"Dr. B\"; when = \"2026-12-02 12:00\"; remind = [ "    \
	"\"1d\" ]; },"

TEST(test_said_and_got)
{
	static const struct broken table[] = {
		ROW("promise", EN, "up to {per_week} a", "up to 5 a", .warning = true,
		    .says = "clients/jordan.conf:4 gets up to 12 in seven days from 2026-11-29 on: "
			    "2 "
			    "review"),
		ROW("promise", EN, "up to {per_week} a", "up to 10 a", .warning = true,
		    .says = "1 avoid-WE-1715, 1 coping; write {per_week}"),
		ROW("promise", ES, "hasta {per_week} por", "hasta 5 por", .warning = true,
		    .says = "up to 6 in seven days"),
	};

	broken_check(table, COUNT(table), configuration_check);
}

TEST(test_left_out)
{
	static const struct broken table[] = {
		ROW("left-out", JORDAN, "appointments = (", FULL, .at = ENROLLED, .warning = true,
		    .says = "leaves out \"review\" on 2026-12-01, \"tue\" on 2026-12-01; "),
		ROW("left-out", JORDAN, "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=DAILY",
		    .at = ENROLLED, .warning = true, .says = "\"coping\" on 2026-10-30"),
	};

	broken_check(table, COUNT(table), configuration_check);
}

/* A ceiling that an ordinary day reaches. */
TEST(test_ceilings)
{
	static const struct broken table[] = {
		ROW("ceiling", HOLDFAST, "most_per_hour = 0", "most_per_hour = 2", .warning = true,
		    .says = "most_per_hour is 2, and 3 clients may be sent 3 texts at one time"),
		ROW("ceiling", HOLDFAST, "most_per_day = 0", "most_per_day = 5", .warning = true,
		    .says = "most_per_day is 5, and 3 clients may be sent 6 texts a day"),
	};

	broken_check(table, COUNT(table), configuration_check);
}

static size_t count_faults(const char *file, const char *find, const char *put)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	rig_edit(dir, file, find, put);
	assert_int_equal(configuration_check(dir, &faults, &model), 0);
	rig_remove(dir);
	zone_close();
	return faults.count;
}

/* What is enough, and prompts that give way four times a year. */
TEST(test_as_it_should_be)
{
	assert_int_equal(count_faults(EN, "up to {per_week} a", "up to 12 a"), 0);
	assert_int_equal(count_faults(ES, "hasta {per_week} por", "hasta 6 por"), 0);
	assert_int_equal(count_faults(HOLDFAST, "daily_limit  = 2", "daily_limit  = 9"), 0);
	assert_int_equal(count_faults(HOLDFAST, "daily_limit  = 2", "daily_limit  =  2"), 0);
	/* Each of the three would lose check-ins or milestones. */
	assert_int_equal(count_faults(HOLDFAST, "daily_limit  = 2", "daily_limit  = 1"), 3);
}

/* --- the example's year, as the service itself would send it ------------------------------------ */

#define YEAR (400 * HF_DAY)

struct year {
	hf_time start;
	int texts[YEAR / HF_DAY];
	int meetings; /* and appointments, left out */
};

static int on_row(void *userdata, const struct preview_row *row)
{
	struct year *year = userdata;
	const struct zone *zone = row->client->zone;
	int64_t day = zone_day(zone, row->goes) - zone_day(zone, year->start);

	if (row->send) {
		assert_true(day >= 0 && day < (int64_t)COUNT(year->texts));
		year->texts[day]++;
	} else if (strncmp(row->reason, TEXTS_LEFT_OUT, strlen(TEXTS_LEFT_OUT)) == 0) {
		year->meetings +=
			row->row->kind == KIND_MEETING || row->row->kind == KIND_APPOINTMENT;
	}
	return 0;
}

static int fullest_week(const struct year *year)
{
	int most = 0;

	for (size_t i = 0; i + 7 <= COUNT(year->texts); i++) {
		int texts = 0;

		for (size_t j = i; j < i + 7; j++) {
			texts += year->texts[j];
		}
		most = texts > most ? texts : most;
	}
	return most;
}

/* What the first text says is never less than what comes, and no meeting or appointment is lost. */
TEST(test_the_example)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;

	assert_int_equal(model_load("config", &faults, &model), 0);
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];
		struct year year = { .start = zone_midnight(client->zone,
							    civil_to_days(&client->start)) };
		const struct preview_of of = { .model = model,
					       .first = i,
					       .count = 1,
					       .newcomers = (const bool[]){ true },
					       .from = year.start,
					       .until = year.start + YEAR - HF_DAY };
		struct frequency frequency;
		int most;

		assert_int_equal(frequency_count(model, client, &frequency), 0);
		assert_int_equal(preview(&of, on_row, &year), 0);
		most = fullest_week(&year);
		assert_int_equal(year.meetings, 0);
		/* Two questions of a week may be asked again. */
		assert_in_range(frequency.most, most, most + 2);
		for (size_t day = 0; day < COUNT(year.texts); day++) {
			assert_true(year.texts[day] <= model->texting.daily_limit);
		}
	}
	zone_close();
}
