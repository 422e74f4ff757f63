/*
 * A scenario while it is played: its lines one after the other, in the world that
 * they describe.  The player expects what its lines say; the simulator looks at the
 * world after each line, and expects what must be true of every one.
 */
#ifndef HF_SCENARIO_PLAY_H
#define HF_SCENARIO_PLAY_H

#include "script.h"
#include "setting.h"
#include "world.h"

#define COMPLAINT_MAX 2000

struct play {
	struct script script;
	struct setting *setting;
	struct world world;
	const struct line *line; /* where we are */
	bool exactly;            /* the line began with "at" */
	bool watched;            /* by somebody else: lines that expect something are passed over */
	char complaint[COMPLAINT_MAX];
};

enum { PLAY_E_FAILED = 1 }; /* the complaint says why */

/* The script is there; makes the rest.  0 or -errno. */
int play_begin(struct play *play);
/* 0, PLAY_E_FAILED or -errno. */
int play_line(struct play *play, const struct line *line);
/* PLAY_E_FAILED where a text came of which no line has spoken. */
int play_end(struct play *play);
void play_done(struct play *play);

#endif
