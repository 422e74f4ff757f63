/*
 * The subcommands of holdfastctl, and what stands after one: options by name, then
 * words.  Each is called with what stands after its name and gives the program's
 * exit code.  A name that nobody knows is answered with the nearest one that exists.
 */
#ifndef HF_CTL_COMMAND_H
#define HF_CTL_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#define CTL_CONFIG_DIR "/etc/holdfast"
#define CTL_SOCKET     "/run/holdfast/api.sock"

enum ctl_exit {
	CTL_DONE,
	CTL_NO,    /* said no; the reason is on standard error */
	CTL_USAGE, /* not said right */
	CTL_UNREACHABLE,
};

struct ctl;

struct command {
	const char *name, *usage, *help;
	int (*run)(const struct ctl *ctl, int argc, const char **argv);
};

/* What stands before the subcommand, and after it too. */
struct ctl {
	const struct command *command;
	bool json;
	const char *socket;
};

/* Ends with a NULL name. */
extern const struct command commands[];

/* NULL after saying which is the nearest. */
const struct command *command_find(const char *name);
void command_help(void);

/* Without a daemon. */
int command_check(const struct ctl *ctl, int argc, const char **argv);
int command_preview(const struct ctl *ctl, int argc, const char **argv);

/* Questions to the daemon. */
int command_status(const struct ctl *ctl, int argc, const char **argv);
int command_clients(const struct ctl *ctl, int argc, const char **argv);
int command_client(const struct ctl *ctl, int argc, const char **argv);
int command_messages(const struct ctl *ctl, int argc, const char **argv);
int command_diff(const struct ctl *ctl, int argc, const char **argv);
int command_inbox(const struct ctl *ctl, int argc, const char **argv);
int command_number(const struct ctl *ctl, int argc, const char **argv);
int command_why(const struct ctl *ctl, int argc, const char **argv);
int command_cases(const struct ctl *ctl, int argc, const char **argv);

/* What changes something. */
int command_case(const struct ctl *ctl, int argc, const char **argv);
int command_pause(const struct ctl *ctl, int argc, const char **argv);
int command_resume(const struct ctl *ctl, int argc, const char **argv);
int command_stop(const struct ctl *ctl, int argc, const char **argv);
int command_setback(const struct ctl *ctl, int argc, const char **argv);
int command_consent(const struct ctl *ctl, int argc, const char **argv);
int command_reply(const struct ctl *ctl, int argc, const char **argv);
int command_send(const struct ctl *ctl, int argc, const char **argv);
int command_reload(const struct ctl *ctl, int argc, const char **argv);
int command_confirm(const struct ctl *ctl, int argc, const char **argv);

/* One line on standard error: how the command is used.  Gives CTL_USAGE. */
int command_usage(const struct ctl *ctl);
/* The same after a word about --why. */
int command_needs_why(const struct ctl *ctl);
/* The same after a reason.  -errno to an exit code: CTL_NO with its reason. */
int command_failed(int error);

/* An option takes a value or is a flag.  A table ends with a NULL name. */
struct argument {
	const char *name;   /* "client", for --client ID and --client=ID */
	const char **value; /* NULL for a flag */
	bool *flag;
};

struct words {
	const char **list; /* into argv */
	int count;
};

/* Sorts argv[0..argc) out by the table; what is no option is gathered at the head of argv, which
 * ret_words points into.  After "--" everything is a word.  0, or -EINVAL after one line on
 * `complaints`. */
int arguments_read(int argc, const char **argv, const struct argument *table, FILE *complaints,
		   struct words *ret_words);

#endif
