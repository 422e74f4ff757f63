/* Outages, clocks that jump, and the human who says that all is well. */
#include "trouble.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "store/store.h"
#include "places.h"
#include "script.h"
#include "storage.h"

/* --- what happens ------------------------------------------------------------ */

static int set_clock(struct world *world, const struct zone *zone, char *const *words,
		     char why[TROUBLE_MAX])
{
	char text[32] = "";
	struct civil when;

	if (words[0] && words[1]) {
		(void)snprintf(text, sizeof(text), "%s %s", words[0], words[1]);
	}
	if (civil_parse_datetime(text, &when) < 0) {
		(void)snprintf(why, TROUBLE_MAX, "write: clock DATE TIME");
		return TROUBLE_E_FAILED;
	}

	return world_set_clock(world, zone_instant(zone, &when));
}

static int confirm(struct world *world, char why[TROUBLE_MAX])
{
	int r = engine_confirm(world->engine, world->now);

	if (r == ENGINE_E_NOT_HELD) {
		(void)snprintf(why, TROUBLE_MAX, "nothing is held");
		return TROUBLE_E_FAILED;
	}
	return r;
}

/* killed after commit N, killed before commit N: counted from here. */
static int kill_at(char *const *words, char why[TROUBLE_MAX])
{
	bool before = words[0] && strcmp(words[0], "before") == 0;
	long nth = words[0] && words[1] && words[2] ? strtol(words[2], NULL, 10) : 0;

	if (nth <= 0 || (!before && strcmp(words[0], "after") != 0)) {
		(void)snprintf(why, TROUBLE_MAX, "write: killed after|before commit NUMBER");
		return TROUBLE_E_FAILED;
	}

	storage_kill((unsigned)nth, before);
	return 0;
}

/* disk full, disk free: nothing is known of it before holdfastd writes. */
static int set_disk(char *const *words, char why[TROUBLE_MAX])
{
	if (!words[0] || (strcmp(words[0], "full") != 0 && strcmp(words[0], "free") != 0)) {
		(void)snprintf(why, TROUBLE_MAX, "write: disk full|free");
		return TROUBLE_E_FAILED;
	}

	storage_fill(strcmp(words[0], "full") == 0);
	return 0;
}

static int restore(struct world *world, char why[TROUBLE_MAX])
{
	int r = world_restore(world);

	if (r == -ENOENT) {
		(void)snprintf(why, TROUBLE_MAX, "no copy was made before");
		return TROUBLE_E_FAILED;
	}
	return r;
}

int trouble_act(struct world *world, const struct zone *zone, char *const *words,
		char why[TROUBLE_MAX])
{
	if (strcmp(*words, "down") == 0) {
		return world_down(world);
	}
	if (strcmp(*words, "restart") == 0) {
		return world_restart(world);
	}
	if (strcmp(*words, "up") == 0) {
		return world_up(world);
	}
	if (strcmp(*words, "clock") == 0) {
		return set_clock(world, zone, words + 1, why);
	}
	if (strcmp(*words, "confirm") == 0) {
		return confirm(world, why);
	}
	if (strcmp(*words, "killed") == 0) {
		return kill_at(words + 1, why);
	}
	if (strcmp(*words, "disk") == 0) {
		return set_disk(words + 1, why);
	}
	if (strcmp(*words, "copy") == 0) {
		return world_copy(world);
	}
	if (strcmp(*words, "restore") == 0) {
		return restore(world, why);
	}
	if (strcmp(*words, "rules") == 0) {
		return places_set(world, words + 1, why);
	}
	return TROUBLE_E_UNKNOWN;
}

/* --- what is expected ---------------------------------------------------------- */

static int expect_held(const struct world *world, bool wanted, const char *glob,
		       char why[TROUBLE_MAX])
{
	const struct clock_hold *hold = engine_hold(world->engine);

	if (wanted != (hold != NULL) ||
	    (hold && glob && !glob_matches(glob, clock_guard_reason(hold->why)))) {
		(void)snprintf(why, TROUBLE_MAX, "%s",
			       hold ? clock_guard_reason(hold->why) : "nothing is held");
		return TROUBLE_E_FAILED;
	}
	return 0;
}

static int expect_missed(const struct world *world, const char *word, char why[TROUBLE_MAX])
{
	hf_time from = 0, until = 0;
	int64_t count = 0;
	int r = store_outage(world->db, &from, &until);

	r = r ? r : outbox_count_missed(world->db, from, until, &count);
	if (r == 0 && count != strtol(word, NULL, 10)) {
		(void)snprintf(why, TROUBLE_MAX, "%lld were missed", (long long)count);
		return TROUBLE_E_FAILED;
	}
	return r;
}

/* Every row of a client's reminder, oldest first, as "expired,expired,accepted". */
static int expect_all(const struct world *world, char *const *words, char why[TROUBLE_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char states[TROUBLE_MAX / 2] = "";
	size_t used = 0;
	int r = outbox_list(world->db, words[0], -1, INT64_MIN, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if (strcmp(row.reminder, words[1]) == 0 && used < sizeof(states)) {
			used += (size_t)snprintf(states + used, sizeof(states) - used, "%s%s",
						 used > 0 ? "," : "",
						 outbox_state_words[row.state]);
		}
	}
	if (r == 0 && strcmp(states, words[2]) != 0) {
		(void)snprintf(why, TROUBLE_MAX, "%s of %s: %s", words[1], words[0], states);
		return TROUBLE_E_FAILED;
	}
	return r ? r : rows.error;
}

int trouble_expect(struct world *world, char *const *words, char why[TROUBLE_MAX])
{
	if (*words && strcmp(*words, "held") == 0) {
		return expect_held(world, true, words[1], why);
	}
	if (*words && strcmp(*words, "not") == 0 && words[1] && strcmp(words[1], "held") == 0) {
		return expect_held(world, false, NULL, why);
	}
	if (*words && strcmp(*words, "missed") == 0 && words[1]) {
		return expect_missed(world, words[1], why);
	}
	if (*words && strcmp(*words, "all") == 0 && words[1] && words[2] && words[3]) {
		return expect_all(world, words + 1, why);
	}
	(void)snprintf(why, TROUBLE_MAX, "this cannot be expected");
	return TROUBLE_E_FAILED;
}
