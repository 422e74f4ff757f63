/*
 * The lines of a scenario:
 *
 *   at 2026-03-03 18:00  expect to r-1042 "*7:00 pm*"   exactly then
 *   by 2026-03-03 18:05  expect to r-1042 "*7:00 pm*"   at any time until then
 *   at 2026-03-04 23:59  expect nothing
 *
 * A time is local to the client whom the line names, else to the site.  A text
 * that no line expects is a failure, and the first failure ends a scenario.
 *
 *   without restarts "WHY"    not from here on, because a start rightly makes a difference
 *   at 2026-03-03 18:00  show cases    prints them, for whoever writes a scenario
 */
#include "play.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "store/people.h"
#include "care.h"
#include "folder.h"
#include "gateway.h"
#include "phones.h"
#include "places.h"
#include "staff.h"
#include "trouble.h"

#define EXAMPLE "config"

__attribute__((format(printf, 2, 3))) static int fail(struct play *play, const char *format, ...)
{
	size_t used = strlen(play->complaint);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(play->complaint + used, sizeof(play->complaint) - used, format, arguments);
	va_end(arguments);
	return PLAY_E_FAILED;
}

/* --- who and when ------------------------------------------------------------ */

static const struct model *model_of(const struct play *play)
{
	return play->world.engine ? engine_model(play->world.engine) : play->world.model;
}

static const struct zone *zone_of(const struct play *play, const char *client)
{
	const struct client *found = client ? model_client(model_of(play), client) : NULL;

	return found ? found->zone : model_of(play)->site.zone;
}

/* Whom a line speaks of: the first of its words that is a client's id. */
static const char *client_in(const struct play *play, char *const *words)
{
	for (; *words; words++) {
		if (model_client(model_of(play), *words)) {
			return *words;
		}
	}
	return NULL;
}

static const char *show_time(const struct play *play, const char *client, hf_time at,
			     char buffer[CIVIL_RFC3339_MAX])
{
	struct civil when = zone_civil(zone_of(play, client), at);

	(void)snprintf(buffer, CIVIL_RFC3339_MAX, "%04d-%02d-%02d %02d:%02d:%02d",
		       when.year % 10000, when.month, when.day, when.hour, when.minute,
		       when.second);
	return buffer;
}

/* What has become of the last few rows of a client, for whoever reads a failure. */
static void add_rows(struct play *play, const char *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char at[CIVIL_RFC3339_MAX];

	if (outbox_list(play->world.db, client, -1, INT64_MIN, INT_MAX, &rows) != 0) {
		return;
	}

	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		(void)fail(play, "\n#   row %s %s %s: due %s, %s%s%s", row.client, row.reminder,
			   row.lead, show_time(play, row.client, row.due, at),
			   outbox_state_words[row.state], row.reason ? ": " : "",
			   row.reason ? row.reason : "");
	}
}

/* --- what is expected ---------------------------------------------------------- */

static int expect_text(struct play *play, const char *client, const char *glob)
{
	char at[CIVIL_RFC3339_MAX];

	if (!client || !glob) {
		return fail(play, "write: expect to CLIENT \"TEXT\"");
	}

	for (size_t i = 0; i < play->world.arrival_count; i++) {
		struct arrival *arrival = &play->world.arrivals[i];

		if (!arrival->expected && world_is_for(&play->world, arrival, client) &&
		    glob_matches(glob, arrival->body) &&
		    (!play->exactly || arrival->at == play->world.now)) {
			arrival->expected = true;
			return 0;
		}
	}

	(void)fail(play, "at %s nothing like \"%s\" came to %s",
		   show_time(play, client, play->world.now, at), glob, client);
	add_rows(play, client);
	return PLAY_E_FAILED;
}

/* expect to mreyes,dcole "TEXT": to each of them. */
static int expect_texts(struct play *play, const char *people, const char *glob)
{
	_cleanup_free_ char *list = people ? strdup(people) : NULL;
	char *rest = list, *person = list ? strsep(&rest, ",") : NULL;
	int r = expect_text(play, person, glob);

	while (r == 0 && (person = strsep(&rest, ","))) {
		r = expect_text(play, person, glob);
	}
	return r;
}

/* Texts that came and that no line has spoken of; client NULL: to anyone. */
static int expect_nothing(struct play *play, const char *client)
{
	char at[CIVIL_RFC3339_MAX];

	for (size_t i = 0; !play->watched && i < play->world.arrival_count; i++) {
		const struct arrival *arrival = &play->world.arrivals[i];

		if (!arrival->expected &&
		    (!client || world_is_for(&play->world, arrival, client))) {
			return fail(play, "nobody expected \"%s\" to %s at %s", arrival->body,
				    arrival->client,
				    show_time(play, arrival->client, arrival->at, at));
		}
	}
	return 0;
}

/* The newest row of a client's reminder: expect state CLIENT REMINDER STATE ["REASON"]. */
static int expect_state(struct play *play, char *const *words)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char state[32] = "absent", reason[200] = "";

	if (!words[0] || !words[1] || !words[2]) {
		return fail(play, "write: expect state CLIENT REMINDER STATE [\"REASON\"]");
	}
	if (outbox_list(play->world.db, words[0], -1, INT64_MIN, INT_MAX, &rows) != 0) {
		return -EIO;
	}

	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if (strcmp(row.reminder, words[1]) == 0) {
			(void)snprintf(state, sizeof(state), "%s", outbox_state_words[row.state]);
			(void)snprintf(reason, sizeof(reason), "%s", row.reason ? row.reason : "");
		}
	}
	if (strcmp(state, words[2]) != 0 || (words[3] && !glob_matches(words[3], reason))) {
		return fail(play, "%s of %s is %s \"%s\"", words[1], words[0], state, reason);
	}
	return 0;
}

static int expect(struct play *play, char *const *words)
{
	if (*words && strcmp(*words, "to") == 0) {
		return expect_texts(play, words[1], words[1] ? words[2] : NULL);
	}
	if (*words && strcmp(*words, "nothing") == 0) {
		return expect_nothing(play, client_in(play, words));
	}
	if (*words && strcmp(*words, "state") == 0) {
		return expect_state(play, words + 1);
	}
	if (*words) {
		int r = care_expect(&play->world, words, play->complaint);

		return r == CARE_E_UNKNOWN ? trouble_expect(&play->world, words, play->complaint)
					   : r;
	}
	return fail(play, "what is expected?");
}

/* --- lines ----------------------------------------------------------------------- */

static int write_setting(struct play *play, hf_time now)
{
	int r = folder_write(play->setting, EXAMPLE, play->world.dir);

	for (size_t i = 0; r == 0 && i < play->setting->count; i++) {
		if (play->setting->owners[i].welcomed) {
			r = people_welcomed(play->world.db, play->setting->owners[i].id, now);
		}
	}
	return r;
}

static int reload(struct play *play, char *const *words)
{
	bool refused = *words && strcmp(*words, "refused") == 0;
	int r = write_setting(play, play->world.now);

	if (r < 0) {
		return r;
	}

	play->world.hushed = refused;
	r = world_reload(&play->world);
	play->world.hushed = false;
	if (r == CONF_E_FAULT && refused) {
		return 0;
	}
	return r == CONF_E_FAULT || (r == 0 && refused)
		       ? fail(play, "the configuration was %s", refused ? "taken" : "refused")
		       : r;
}

/* The first time that is named begins the world, an instant before it. */
static int begin(struct play *play, const struct civil *when, char *const *words)
{
	int r = world_open_store(&play->world);

	if (r == 0) {
		r = write_setting(play, civil_to_seconds(when) * HF_SECOND);
	}
	if (r < 0) {
		return r;
	}

	r = world_load(&play->world);
	if (r != 0) {
		return r < 0 ? r : fail(play, "the configuration was refused");
	}

	return world_begin(&play->world,
			   zone_instant(zone_of(play, client_in(play, words)), when) - 1);
}

static int go_to(struct play *play, char *const *words)
{
	char text[32];
	struct civil when;
	hf_time until;
	int r;

	(void)snprintf(text, sizeof(text), "%s %s", words[1], words[2]);
	if (civil_parse_datetime(text, &when) < 0) {
		return fail(play, "\"%s\" is no date and time", text);
	}
	if (!play->world.engine) {
		r = begin(play, &when, words + 3);
		if (r != 0) {
			return r;
		}
	}

	until = zone_instant(zone_of(play, client_in(play, words + 3)), &when);
	if (until < play->world.now) {
		return fail(play, "that is before the line above");
	}

	r = until > play->world.now ? expect_nothing(play, NULL) : 0;
	return r == 0 ? world_run(&play->world, until) : r;
}

static int act(struct play *play, char *const *words)
{
	int r;

	if (strcmp(*words, "expect") == 0) {
		return play->watched ? 0 : expect(play, words + 1);
	}
	if (strcmp(*words, "gateway") == 0) {
		return gateway_act(&play->world, words + 1, play->complaint);
	}
	if (strcmp(*words, "reload") == 0) {
		return reload(play, words + 1);
	}
	if (strcmp(*words, "show") == 0 && words[1] && strcmp(words[1], "cases") == 0) {
		(void)printf("# %s:%u\n", play->script.path, play->line->number);
		return care_show_cases(&play->world);
	}
	r = phones_act(&play->world, words, play->complaint);
	if (r != PHONES_E_UNKNOWN) {
		return r;
	}
	r = trouble_act(&play->world, zone_of(play, NULL), words, play->complaint);
	return r == TROUBLE_E_UNKNOWN
		       ? staff_act(&play->world, words, play->complaint, sizeof(play->complaint))
		       : r;
}

/* A line that begins with a time, or that happens at the time of the one above. */
static int play_event(struct play *play, char *const *words)
{
	int r = 0;

	if (strcmp(*words, "at") == 0 || strcmp(*words, "by") == 0) {
		if (play->line->count < 4) {
			return fail(play, "write: at DATE TIME and what happens then");
		}

		play->exactly = **words == 'a';
		r = go_to(play, words);
		words += 3;
	} else if (!play->world.engine && strcmp(*words, "rules") == 0) {
		return places_set(&play->world, words + 1, play->complaint);
	} else if (!play->world.engine && strcmp(*words, "gateway") != 0) {
		return fail(play, "\"%s\" before any time is named", *words);
	}
	return r == 0 ? act(play, words) : r;
}

/* without restarts "WHY": from here on, because a start is rightly seen. */
static int without_restarts(struct play *play, char *const *words)
{
	if (!words[1] || strcmp(words[1], "restarts") != 0 || !words[2]) {
		return fail(play, "write: without restarts \"WHY\"");
	}

	play->world.interrupts = false;
	return 0;
}

int play_line(struct play *play, const struct line *line)
{
	const char *why = "";
	int r;

	play->line = line;

	if (strcmp(play->line->words[0], "without") == 0) {
		return without_restarts(play, play->line->words);
	}

	r = setting_take(play->setting, play->line, &why);
	if (r == SETTING_E_UNKNOWN) {
		return world_survive(&play->world, play_event(play, play->line->words));
	}

	return r < 0 ? fail(play, "%s", why) : 0;
}

/* --- the whole ---------------------------------------------------------------------- */

int play_begin(struct play *play)
{
	int r;

	play->world.on_disk =
		script_has(&play->script, "restart") || script_has(&play->script, "down") ||
		script_has(&play->script, "killed") || script_has(&play->script, "restore");
	r = setting_new(&play->setting);
	return r ? r : folder_make(&play->world.dir);
}

int play_end(struct play *play)
{
	return expect_nothing(play, NULL);
}

void play_done(struct play *play)
{
	world_end(&play->world);
	if (play->world.dir) {
		folder_remove(play->world.dir);
	}
	free(play->world.dir);
	(void)setting_free(play->setting);
	script_done(&play->script);
}
