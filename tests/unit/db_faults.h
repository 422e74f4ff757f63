/*
 * A database that fails when a test says so, and what must hold then: an error
 * goes up, and either all is written or nothing; who asks again gets what he would
 * have got at once, and no log line tells of what was rolled back.
 */
#ifndef HF_TESTS_DB_FAULTS_H
#define HF_TESTS_DB_FAULTS_H

#include <stdbool.h>

enum db_fault {
	DB_FAULT_TRANSACTION, /* BEGIN and COMMIT: the disk is full, -ENOSPC */
	DB_FAULT_ANY,         /* any statement: memory is out, -ENOMEM */
	DB_FAULT_DAMAGE,      /* any statement: the file is damaged, -EBADMSG */
	DB_FAULT_SYNC,        /* a commit: the disk could not be synced, -EIO */
};

/* The nth of them from now on fails, once.  0: none.  Of a database in memory nothing is synced. */
void db_fail(enum db_fault fault, unsigned nth);
/* The statement that has failed since, NULL for none.  From here on nothing fails. */
const char *db_failed(void);
/* What the code under test was told of it. */
int db_failed_as(void);

/* Every row of every table of the database that was last used, a line each, without the random
 * keys of texts.  To be freed. */
char *db_contents(void);

struct db_trial {
	void *(*open)(void); /* a world that is the same each time */
	int (*act)(void *world);
	void (*close)(void *world);
	bool whole; /* one transaction: where it fails nothing at all is changed */
	bool ends;  /* who fails so ends, and does not ask again */
	bool reads; /* what it answers, when all is written: only BEGIN and COMMIT fail */
};

/* Acts with each BEGIN and COMMIT, and then each statement, failing in its turn, and then again;
 * there are at least so many BEGINs and COMMITs. */
void db_try_each(const struct db_trial *trial, unsigned least);

#endif
