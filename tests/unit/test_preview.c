/* What the example will send, and what it will not and why. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "test.h"
#include "lib/log.h"
#include "config_rig.h"
#include "engine/preview.h"
#include "plan_rig.h"

#define SEEN_MAX 8192

struct seen {
	char text[SEEN_MAX];
	size_t used;
	int stop_after, count;
};

/* "11-24 17:00 r-1042 tue 2h: TEXT". */
static int on_row(void *userdata, const struct preview_row *row)
{
	struct seen *seen = userdata;
	struct civil goes = zone_civil(row->client->zone, row->goes);

	assert_int_equal(row->send, row->text != NULL);
	assert_int_equal(row->send, row->reason == NULL);
	assert_int_equal(row->send, row->segments > 0);
	seen->used += (size_t)snprintf(seen->text + seen->used, SEEN_MAX - seen->used,
				       "%02d-%02d %02d:%02d %s %s %s: %s\n", goes.month, goes.day,
				       goes.hour, goes.minute, row->client->id, row->row->reminder,
				       row->row->lead, row->send ? row->text : row->reason);
	assert_true(seen->used < SEEN_MAX);
	return ++seen->count == seen->stop_after ? -ECANCELED : 0;
}

static struct model *load(const char *dir)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load(dir, &faults, &model), 0);
	faults_done(&faults);
	return model;
}

/* client NULL: all. */
static int look(const char *dir, const char *client, hf_time from, hf_time until, struct seen *seen)
{
	_cleanup_(model_freep) struct model *model = load(dir);
	const struct client *only = client ? model_client(model, client) : NULL;

	const struct preview_of of = { .model = model,
				       .first = only ? (size_t)(only - model->clients) : 0,
				       .count = only ? 1 : model->client_count,
				       .from = from,
				       .until = until };

	assert_true(!client || only);
	return preview(&of, on_row, seen);
}

TEST(test_one_client)
{
	struct seen seen = { 0 };

	assert_int_equal(
		look("config", "r-1042", instant("2026-11-24"), instant("2026-12-02"), &seen), 0);
	assert_string_equal(
		seen.text,
		"11-24 17:00 r-1042 tue 2h: Riverside: your Tuesday group today at 7:00 pm, "
		"St Mark's hall.\n"
		"11-25 17:15 r-1042 avoid-WE-1715 : Riverside: the long way home today, Jordan?\n"
		"11-26 10:00 r-1042 checkin : Riverside: hi Jordan, how are things today? "
		"Reply 1 good, 2 so-so, 3 rough. M. Reyes\n"
		"11-27 16:30 r-1042 coping : Riverside: a short walk before dinner? It counts.\n"
		"11-29 14:00 r-1042 review 3d: Riverside: you see Dr. Shah on Wednesday, "
		"December 2 at 2:00 pm. Call (312) 555-0100 to change it.\n"
		"11-29 17:00 r-1042 sponsor : Riverside: have you talked to Sam this week?\n"
		"11-30 10:00 r-1042 checkin : Riverside: hi Jordan, how are things today? "
		"Reply 1 good, 2 so-so, 3 rough. M. Reyes\n"
		"12-01 14:00 r-1042 review 1d: Riverside: you see Dr. Shah on Wednesday, "
		"December 2 at 2:00 pm. Call (312) 555-0100 to change it.\n"
		"12-01 16:00 r-1042 payday : daily limit: more important texts come today\n"
		"12-01 17:00 r-1042 tue 2h: Riverside: your Tuesday group today at 7:00 pm, "
		"St Mark's hall.\n");
}

/* Who began before was welcomed before: it does not count against the first day's limit. */
TEST(test_first_day)
{
	struct seen seen = { 0 };

	assert_int_equal(
		look("config", "r-1042", instant("2026-12-01"), instant("2026-12-02"), &seen), 0);
	assert_int_equal(seen.count, 3);
	assert_non_null(strstr(seen.text, "12-01 17:00 r-1042 tue 2h: Riverside"));
}

/* The last instant before `until` counts, `until` itself does not; waits lead beyond it. */
TEST(test_edges)
{
	struct seen seen = { 0 };

	assert_int_equal(look("config", "r-1042", instant("2026-12-05 08:30"),
			      instant("2026-12-05 08:30") + 1, &seen),
			 0);
	assert_string_equal(seen.text, "12-05 09:00 r-1042 first-sat 1h: Riverside: breakfast "
				       "today at 9:30 am, Room 4.\n");
	seen = (struct seen){ 0 };
	assert_int_equal(look("config", "r-1042", instant("2026-12-05 07:00"),
			      instant("2026-12-05 08:30"), &seen),
			 0);
	assert_string_equal(seen.text, "");
}

/* What waits is followed beyond the end, what is due from there on is not shown for it. */
TEST(test_waiting_at_the_end)
{
	char dir[] = RIG_DIR;
	struct seen seen = { 0 };

	rig_new(dir);
	rig_write(dir, "clients/new.conf",
		  "clients = ( { id = \"n-1\"; name = \"Kim\"; phone = \"+13125550171\";"
		  " start = \"2026-12-01\"; consent = { at = \"2026-12-01\"; how = \"paper\"; };"
		  " reminders = ( { id = \"one\"; on = \"TU\"; at = \"08:30\"; message = "
		  "\"coping_walk\"; },"
		  " { id = \"two\"; on = \"TU\"; at = \"08:45\"; message = \"coping_walk\"; } ); } "
		  ");");
	assert_int_equal(
		look(dir, "n-1", instant("2026-12-08"), instant("2026-12-08 08:45"), &seen), 0);
	assert_string_equal(seen.text, "12-08 09:00 n-1 one : Riverside: a short walk before "
				       "dinner? It counts.\n");
	rig_remove(dir);
}

/* By the time they go, then by client, whatever the zone. */
TEST(test_order)
{
	struct seen seen = { 0 };

	assert_int_equal(look("config", NULL, instant("2026-12-04 12:00"),
			      instant("2026-12-05 00:00"), &seen),
			 0);
	assert_string_equal(
		seen.text,
		"12-04 16:30 r-1042 coping : Riverside: what is the plan for tonight, Jordan? "
		"Two lines on paper are enough.\n"
		"12-04 16:30 r-1057 coping : Riverside: hola Ana. ¿A quién puede llamar "
		"esta noche?\n"
		"12-04 16:30 r-1061 coping : Riverside: what is the plan for tonight, Lee? Two "
		"lines on paper are enough.\n");
}

/* The row of who comes first is the younger one: her text was due when his had waited for the
 * hours. */
TEST(test_order_of_an_instant)
{
	char dir[] = RIG_DIR;
	struct seen seen = { 0 };

	rig_new(dir);
	rig_write(dir, "clients/two.conf",
		  "clients = ( { id = \"n-1\"; name = \"Kim\"; phone = \"+13125550171\";"
		  " start = \"2026-12-07\"; consent = { at = \"2026-12-07\"; how = \"paper\"; };"
		  " reminders = ( { id = \"late\"; on = \"WE\"; at = \"09:00\"; message = "
		  "\"coping_walk\"; } ); },"
		  " { id = \"n-2\"; name = \"Sky\"; phone = \"+13125550172\";"
		  " start = \"2026-12-07\"; consent = { at = \"2026-12-07\"; how = \"paper\"; };"
		  " reminders = ( { id = \"early\"; on = \"WE\"; at = \"08:30\"; message = "
		  "\"coping_walk\"; } ); } );");
	assert_int_equal(
		look(dir, NULL, instant("2026-12-09 08:00"), instant("2026-12-09 09:30"), &seen),
		0);
	assert_non_null(strstr(seen.text, "09:00 n-1 late"));
	assert_non_null(strstr(seen.text, "09:00 n-2 early"));
	assert_true(strstr(seen.text, "n-1 late") < strstr(seen.text, "n-2 early"));
	rig_remove(dir);
}

/* Who begins within what is shown is welcomed, and only who has consented. */
TEST(test_beginners)
{
	char dir[] = RIG_DIR;
	struct seen seen = { 0 };

	rig_new(dir);
	rig_write(dir, "clients/new.conf",
		  "clients = ( { id = \"n-1\"; name = \"Kim\"; phone = \"+13125550171\";"
		  " start = \"2026-12-08\"; consent = { at = \"2026-12-07\"; how = \"paper\"; }; },"
		  " { id = \"n-2\"; name = \"Sky\"; phone = \"+13125550172\";"
		  " start = \"2026-12-08\"; } );");
	assert_int_equal(look(dir, "n-1", instant("2026-12-07"), instant("2026-12-31"), &seen), 0);
	assert_string_equal(seen.text,
			    "12-08 09:00 n-1 welcome : Riverside: hi Kim, you agreed to get texts "
			    "from us, up to 1 a week. Msg & data rates may apply. Reply HELP for "
			    "help, STOP to end. In an emergency call 911.\n");
	seen = (struct seen){ 0 };
	assert_int_equal(look(dir, "n-2", instant("2026-12-07"), instant("2026-12-31"), &seen), 0);
	assert_string_equal(seen.text, "12-08 09:00 n-2 welcome : waits for consent\n");
	rig_remove(dir);
}

TEST(test_answers)
{
	struct seen seen = { .stop_after = 2 };

	assert_int_equal(look("config", NULL, instant("2026-12-01"), instant("2027-01-01"), &seen),
			 -ECANCELED);
	assert_int_equal(seen.count, 2);
}

/* The snapshot stays whole, and what each client gets is the same beside others and alone. */
TEST(test_parts)
{
	_cleanup_(model_freep) struct model *model = load("config");
	struct preview_of of = { .model = model,
				 .count = model->client_count,
				 .from = instant("2026-12-01"),
				 .until = instant("2026-12-15") };
	struct seen whole = { 0 };
	int rows = 0;

	assert_int_equal(preview(&of, on_row, &whole), 0);
	of.count = 1;
	for (; of.first < model->client_count; of.first++) {
		struct seen part = { 0 };

		assert_int_equal(preview(&of, on_row, &part), 0);
		rows += part.count;
	}
	assert_true(rows > 10);
	assert_int_equal(whole.count, rows);
}

/* Who is new is welcomed at once where her first day is over, and only she. */
TEST(test_newcomers)
{
	_cleanup_(model_freep) struct model *model = load("config");
	const bool newcomers[] = { false, true, false };
	const struct preview_of of = { .model = model,
				       .count = model->client_count,
				       .newcomers = newcomers,
				       .from = instant("2026-11-24 12:00"),
				       .until = instant("2026-11-24 13:00") };
	struct seen seen = { 0 };

	assert_int_equal(model->client_count, COUNT(newcomers));
	assert_int_equal(preview(&of, on_row, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_memory_equal(seen.text, "11-24 12:00 r-1057 welcome : Riverside: estos son", 47);
}

/* Nothing of it has happened, so the log says nothing of it, and afterwards speaks as before. */
TEST(test_silence)
{
	_cleanup_close_ int written = memfd_create("log", MFD_CLOEXEC), kept = dup(STDERR_FILENO);
	struct seen seen = { 0 };

	assert_true(dup2(written, STDERR_FILENO) >= 0);
	assert_int_equal(log_limit(LOG_LEVEL_INFO), LOG_LEVEL_ERROR);
	assert_int_equal(look("config", NULL, instant("2026-12-01"), instant("2026-12-03"), &seen),
			 0);
	assert_int_equal(log_limit(LOG_LEVEL_ERROR), LOG_LEVEL_INFO);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	assert_true(seen.count >= 3);
	assert_int_equal(lseek(written, 0, SEEK_END), 0);
}

static int open_log(void **state)
{
	(void)state;
	log_open("test", LOG_LEVEL_ERROR);
	return 0;
}

static int close_zones(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(open_log, close_zones);
