/*
 * What the administrator reads in the journal.  Ids only: no name, number or
 * text of a client ever reaches this module, and the lint `private` looks at
 * every call.  Lines go to the journal with fields where standard error is
 * the journal ($JOURNAL_STREAM), else to standard error as one line.  No call
 * ever waits; errno is left as it was.
 */
#ifndef HF_LIB_LOG_H
#define HF_LIB_LOG_H

#include <stdint.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO, /* log_message() */
};

/* The program's name for the line and the least important level that is written. */
void log_open(const char *program, enum log_level level);
/* Another such level from here on; gives the one of before. */
enum log_level log_limit(enum log_level level);

__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_notice(const char *format, ...);

/* The one line for a text, the same keys always:
 * message=17 client=r-1042 kind=check-in state=accepted gateway=primary attempt=1 segments=1
 * delay=0.041s reason=- In the journal also HOLDFAST_MESSAGE_ID=, HOLDFAST_CLIENT=,
 * HOLDFAST_STATE=.  NULL is written as "-". */
struct log_message {
	int64_t id;
	const char *client; /* the handle */
	const char *kind, *state, *gateway, *reason;
	int attempt, segments;
	int64_t delay_us; /* from due until now */
};
void log_message(const struct log_message *message);

/* A number of lines that could not be written (a full pipe, a closed journal). */
uint64_t log_lost(void);

#endif
