/*
 * The subcommands of holdfastctl, and what stands after one: options by name, and
 * words.  Each is called with them and gives the program's exit code.  A name that
 * nobody knows is answered with the nearest one that exists.
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
struct arguments;
typedef int command_run(const struct ctl *ctl, const struct arguments *arguments);

struct command {
	const char *name;
	/* What people read is what is known: an option takes a value where a word in capitals
	 * follows it, "--client ID", and is a flag else. */
	const char *usage;
	int least, most; /* words */
	const char *help;
	command_run *run;
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
command_run command_check;
command_run command_preview;

/* Questions to the daemon. */
command_run command_status;
command_run command_clients;
command_run command_client;
command_run command_messages;
command_run command_diff;
command_run command_inbox;
command_run command_number;
command_run command_why;
command_run command_cases;

/* What changes something. */
command_run command_message;
command_run command_case;
command_run command_pause;
command_run command_resume;
command_run command_stop;
command_run command_setback;
command_run command_consent;
command_run command_reply;
command_run command_send;
command_run command_reload;
command_run command_confirm;

/* One line on standard error: how the command is used.  Gives CTL_USAGE. */
int command_usage(const struct ctl *ctl);
/* The same after a word about --why. */
int command_needs_why(const struct ctl *ctl);
/* The same after a reason.  -errno to an exit code: CTL_NO with its reason. */
int command_failed(int error);

/* What stands after a subcommand. */
#define ARGUMENTS_MAX 64
struct arguments {
	const char *usage;
	const char **words; /* into argv */
	int count;
	struct {
		const char *option, *value; /* option: where the usage names it first */
	} given[ARGUMENTS_MAX];
	int given_count;
};

/* Sorts argv[0..argc) out by a usage; what is no option is gathered at the head of argv.  After "--"
 * everything is a word.  argc is at most ARGUMENTS_MAX.  0, or -EINVAL after one line on
 * `complaints`. */
int arguments_read(const char *usage, int argc, const char **argv, FILE *complaints,
		   struct arguments *ret_arguments);

/* The value of an option that the usage has; the last where it is given twice; NULL where it is not
 * given. */
const char *arguments_value(const struct arguments *arguments, const char *option);
bool arguments_flag(const struct arguments *arguments, const char *option);

#endif
