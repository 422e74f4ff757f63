/*
 * The subcommands of holdfastctl.  Each is called with what stands after its
 * name and gives the program's exit code.
 */
#ifndef HF_CTL_COMMAND_H
#define HF_CTL_COMMAND_H

#include <stdbool.h>

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
/* The same after a reason.  -errno to an exit code: CTL_NO with its reason. */
int command_failed(int error);

#endif
