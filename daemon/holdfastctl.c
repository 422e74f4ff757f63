/*
 * holdfastctl: what staff and the administrator type.  The subcommands are
 * a table in ctl/command.c.
 *
 * Promises: exit 0 done, 1 said no, 2 not said right, 3 holdfastd not reached.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/version.h"
#include "ctl/command.h"

/* What stands for all subcommands may stand anywhere before a "--"; the rest is gathered. */
struct line {
	struct ctl ctl;
	const char *words[ARGUMENTS_MAX];
	int count;
};

/* True where the word was for all.  *ret_code is set where there is nothing else to do. */
static bool read_global(struct line *line, int *at, int argc, char **argv, int *ret_code)
{
	const char *word = argv[*at];

	if (strcmp(word, "--json") == 0) {
		line->ctl.json = true;
	} else if (strncmp(word, "--socket=", 9) == 0) {
		line->ctl.socket = word + 9;
	} else if (strcmp(word, "--socket") == 0 && *at + 1 < argc) {
		line->ctl.socket = argv[++*at];
	} else if (strcmp(word, "--help") == 0) {
		command_help();
		*ret_code = CTL_DONE;
	} else if (strcmp(word, "--version") == 0) {
		(void)puts("holdfastctl " HOLDFAST_VERSION);
		*ret_code = CTL_DONE;
	} else {
		return false;
	}
	return true;
}

/* -1: go on; else the exit code. */
static int read_line(int argc, char **argv, struct line *line)
{
	bool globals = true;
	int code = -1;

	for (int i = 1; i < argc && code < 0; i++) {
		globals = globals && strcmp(argv[i], "--") != 0;
		if (globals && read_global(line, &i, argc, argv, &code)) {
			continue;
		}
		if (line->count == ARGUMENTS_MAX) {
			(void)fputs("holdfastctl: too many words\n", stderr);
			return CTL_USAGE;
		}
		line->words[line->count++] = argv[i];
	}
	return code;
}

int main(int argc, char **argv)
{
	struct line line = { .ctl = { .socket = CTL_SOCKET } };
	const struct command *command;
	struct arguments arguments;
	int code;

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	log_open("holdfastctl",
		 LOG_LEVEL_ERROR); /* a preview runs the service, which logs each text */
	code = read_line(argc, argv, &line);
	if (code >= 0) {
		return code;
	}
	if (line.count == 0) {
		(void)fputs("Usage: holdfastctl [--json] [--socket PATH] COMMAND ...; see --help\n",
			    stderr);
		return CTL_USAGE;
	}
	command = line.ctl.command = command_find(line.words[0]);
	if (!command) {
		return CTL_USAGE;
	}
	if (arguments_read(command->usage, line.count - 1, line.words + 1, stderr, &arguments) <
		    0 ||
	    arguments.count < command->least || arguments.count > command->most) {
		return command_usage(&line.ctl);
	}

	code = command->run(&line.ctl, &arguments);
	if (fflush(stdout) != 0 && code == CTL_DONE) {
		return command_failed(-errno);
	}
	return code;
}
