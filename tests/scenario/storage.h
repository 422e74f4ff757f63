/*
 * The disk under a scenario's database, and the moment at which holdfastd is killed.
 *
 * The program's sqlite3_step() stands before the library's, so that nothing in the code
 * under test knows of it.  One commit at a time: where one fails, nothing of it is there.
 */
#ifndef HF_SCENARIO_STORAGE_H
#define HF_SCENARIO_STORAGE_H

#include <stdbool.h>

/* From now on the nth commit is the last thing that holdfastd does, or (before) what it does not do any
 * more: nothing that it tries afterwards comes to anything, until storage_revive(). */
void storage_kill(unsigned nth, bool before);
bool storage_is_dead(void);
/* Holdfastd is started anew, and there is room on the disk. */
void storage_revive(void);

/* Nothing more can be written, or all again. */
void storage_fill(bool full);
bool storage_is_full(void);
bool storage_is_well(void); /* neither full, nor is anybody to be killed */

#endif
