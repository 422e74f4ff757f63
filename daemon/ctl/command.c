/*
 * The command line: the table of subcommands, what stands after one, and what is
 * said when one is not used right.
 *
 * Promises: options may stand before and after words; nothing is abbreviated,
 * so that a script written today means the same when there are more options.
 */
#include "ctl/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/fault.h"

const struct command commands[] = {
	{ "check", "[DIR] | --keys", "is this configuration sound? needs no daemon",
	  command_check },
	{ "preview", "[DIR] [--client ID] [--from T] [--until T]",
	  "every text that will go out; needs no daemon", command_preview },
	{ "diff", "[DIR] [--days N]", "what an edit changes before it is loaded", command_diff },
	{ "status", "", "is all well?", command_status },
	{ "clients", "[--names]", "who is enrolled", command_clients },
	{ "client", "ID [--names]", "one client: what comes next, what came last", command_client },
	{ "messages", "[--client ID] [--state S] [--since T] [--text]", "the log of texts",
	  command_messages },
	{ "inbox", "[--client ID] [--since T] [--unread]",
	  "what people wrote; who reads it is recorded", command_inbox },
	{ "why", "MESSAGE | ID [--text]", "the life of one text, or the whole story of a client",
	  command_why },
	{ "cases", "[--open | --all] [--client ID] [--names]",
	  "the morning list, in the order in which to call", command_cases },
	{ "case", "N [--names] | N ack | N attempt RESULT [--note T] | N close --why W",
	  "the life of one case, and what you did about it", command_case },
	{ "pause", "ID [--until DATE] --why W",
	  "no texts until the end of that day, or until resumed", command_pause },
	{ "resume", "ID --why W", "end a pause made by command", command_resume },
	{ "stop", "ID --why W", "consent is withdrawn: no texts until it is given anew",
	  command_stop },
	{ "consent", "ID [--given --how H | --withdrawn --source S --why W]",
	  "the ledger of consent, or an entry in it", command_consent },
	{ "setback", "ID --why W", "a setback: no milestones, check-ins begin anew, a case",
	  command_setback },
	{ "number", "ID", "her numbers, the present one first", command_number },
	{ "reply", "ID TEXT [--anyway --why W] | ID --end",
	  "a human's answer; automation holds while you write to each other", command_reply },
	{ "send", "ID TEXT | ID --message NAME [--anyway --why W]",
	  "a text by hand, through the same permits", command_send },
	{ "reload", "", "read the configuration anew", command_reload },
	{ "confirm", "[--why W]", "the clock is right: go on sending", command_confirm },
	{ NULL, NULL, NULL, NULL },
};

void command_help(void)
{
	(void)puts("Usage: holdfastctl [--json] [--socket PATH] COMMAND ...\n");
	for (const struct command *command = commands; command->name; command++) {
		(void)printf("  %s%s%s\n      %s\n", command->name, *command->usage ? " " : "",
			     command->usage, command->help);
	}
	(void)puts("\nT is 2026-11-23 or \"2026-11-23 08:00\", in the site's time."
		   "\nExit: 0 done, 1 said no, 2 not said right, 3 holdfastd not reached.");
}

int command_usage(const struct ctl *ctl)
{
	(void)fprintf(stderr, "Usage: holdfastctl %s%s%s\n", ctl->command->name,
		      *ctl->command->usage ? " " : "", ctl->command->usage);
	return CTL_USAGE;
}

int command_needs_why(const struct ctl *ctl)
{
	(void)fputs("holdfastctl: say why, with --why: it is recorded for whoever asks later\n",
		    stderr);
	return command_usage(ctl);
}

int command_failed(int error)
{
	(void)fprintf(stderr, "holdfastctl: %s\n", strerror(-error));
	return CTL_NO;
}

const struct command *command_find(const char *name)
{
	const char *names[COUNT(commands)] = { NULL };
	const char *nearest;

	for (size_t i = 0; commands[i].name; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
		names[i] = commands[i].name;
	}

	nearest = word_nearest(name, names);
	(void)fprintf(stderr, "holdfastctl: no command %s", name);
	if (nearest) {
		(void)fprintf(stderr, "; did you mean %s?", nearest);
	}
	(void)fputs("\nUsage: holdfastctl [--json] [--socket PATH] COMMAND ...; see --help\n",
		    stderr);
	return NULL;
}

#define NAMES_MAX 16

static const struct argument *find(const struct argument *table, const char *name, size_t length)
{
	for (; table->name; table++) {
		if (strlen(table->name) == length && memcmp(table->name, name, length) == 0) {
			return table;
		}
	}
	return NULL;
}

static void complain(const struct argument *table, const char *name, FILE *complaints)
{
	const char *names[NAMES_MAX + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < NAMES_MAX && table[i].name; i++) {
		names[i] = table[i].name;
	}

	nearest = word_nearest(name, names);
	(void)fprintf(complaints, "holdfastctl: no option --%s", name);
	if (nearest) {
		(void)fprintf(complaints, "; did you mean --%s?", nearest);
	}
	(void)fputc('\n', complaints);
}

/* Reads one option and gives how many elements of argv it took, or -EINVAL. */
static int read_option(int argc, const char **argv, const struct argument *table, FILE *complaints)
{
	const char *name = argv[0] + 2;
	const char *equals = strchrnul(name, '=');
	const struct argument *argument = find(table, name, (size_t)(equals - name));

	if (!argument) {
		complain(table, name, complaints);
		return -EINVAL;
	}
	if (!argument->value) {
		if (*equals) {
			(void)fprintf(complaints, "holdfastctl: --%s takes no value\n",
				      argument->name);
			return -EINVAL;
		}
		*argument->flag = true;
		return 1;
	}
	if (*equals) {
		*argument->value = equals + 1;
		return 1;
	}
	if (argc < 2) {
		(void)fprintf(complaints, "holdfastctl: --%s needs a value\n", argument->name);
		return -EINVAL;
	}

	*argument->value = argv[1];
	return 2;
}

int arguments_read(int argc, const char **argv, const struct argument *table, FILE *complaints,
		   struct words *ret_words)
{
	bool options = true;
	int words = 0;

	for (int i = 0; i < argc;) {
		int taken = 1;

		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && strncmp(argv[i], "--", 2) == 0) {
			taken = read_option(argc - i, argv + i, table, complaints);
		} else {
			argv[words++] = argv[i];
		}
		if (taken < 0) {
			return taken;
		}
		i += taken;
	}

	*ret_words = (struct words){ .list = argv, .count = words };
	return 0;
}
