/*
 * Plays scenarios: files that say who is enrolled, what the gateway does, and
 * which text must arrive when (play.c says how they are written).  Each is one test.
 *
 * With --restarts holdfastd is started anew after each line and whenever
 * something has happened, and all the same is expected.
 */
#include <string.h>

#include "lib/log.h"
#include "play.h"

static int play_lines(struct play *play)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < play->script.count; i++) {
		r = play_line(play, &play->script.lines[i]);
		r = r ? r : world_interrupt(&play->world);
	}
	return r == 0 ? play_end(play) : r;
}

static bool play_file(const char *path, unsigned number, bool restarts)
{
	_cleanup_(play_done) struct play play = { 0 };
	const char *label = restarts ? "with restarts: " : "";
	unsigned line = 0;
	int r = script_read(path, &play.script, &line);

	if (r == 0) {
		line = 0;
		play.world.interrupts = restarts;
		r = play_begin(&play);
	}
	r = r == 0 ? play_lines(&play) : r;
	if (r == 0) {
		(void)printf("ok %u - %s%s\n", number, label, play.script.name);
		return true;
	}

	(void)printf("not ok %u - %s%s\n# %s:%u: %s\n", number, label,
		     play.script.name ? play.script.name : path, path,
		     play.line ? play.line->number : line,
		     r > 0 ? play.complaint : strerrordesc_np(-r));
	return false;
}

int main(int argc, char **argv)
{
	bool restarts = argc > 1 && strcmp(argv[1], "--restarts") == 0;
	int first = restarts ? 2 : 1;
	unsigned failed = 0;

	log_open("player", LOG_LEVEL_ERROR);
	(void)printf("1..%d\n", argc - first);
	for (int i = first; i < argc; i++) {
		failed += !play_file(argv[i], (unsigned)(i - first + 1), restarts);
		(void)fflush(stdout);
	}

	zone_close();
	return failed ? 1 : 0;
}
