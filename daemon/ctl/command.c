/*
 * The command line: the table of subcommands, what stands after one, and what is
 * said when one is not used right.
 *
 * Promises: options may stand before and after words; nothing is abbreviated,
 * so that a script written today means the same when there are more options.
 */
#include "ctl/command.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/fault.h"

const struct command commands[] = {
	{ "check", "[DIR] [--user NAME] | --keys | --promises", 0, 1,
	  "is this configuration sound? needs no daemon", command_check },
	{ "preview", "[DIR] [--client ID] [--from T] [--until T]", 0, 1,
	  "every text that will go out; needs no daemon", command_preview },
	{ "diff", "[DIR] [--days N]", 0, 1, "what an edit changes before it is loaded",
	  command_diff },
	{ "status", "[--check]", 0, 0, "is all well?", command_status },
	{ "clients", "[--alone] [--soso T] [--lost T] [--sort KEY] [--names]", 0, 0,
	  "who is enrolled, or of them whom to look after", command_clients },
	{ "client", "ID [--names]", 1, 1, "one client: what comes next, what came last",
	  command_client },
	{ "messages", "[--client ID] [--state S] [--since T] [--text]", 0, 0, "the log of texts",
	  command_messages },
	{ "inbox", "[--client ID] [--since T] [--unread | --webhooks]", 0, 0,
	  "what people wrote; who reads it is recorded", command_inbox },
	{ "why", "MESSAGE | ID [--text]", 1, 1,
	  "the life of one text, or the whole story of a client", command_why },
	{ "message", "ID sent | ID again | ID drop --why W", 2, 2,
	  "what became of a text whose outcome is unknown", command_message },
	{ "cases", "[--open | --all] [--client ID] [--names]", 0, 0,
	  "the morning list, in the order in which to call", command_cases },
	{ "case", "N [--names] | N ack | N attempt RESULT [--note T] | N close --why W", 1, 3,
	  "the life of one case, and what you did about it", command_case },
	{ "pause", "ID [--until DATE] --why W", 1, 1,
	  "no texts until the end of that day, or until resumed", command_pause },
	{ "resume", "ID --why W", 1, 1, "end a pause made by command", command_resume },
	{ "stop", "ID --why W", 1, 1, "consent is withdrawn: no texts until it is given anew",
	  command_stop },
	{ "consent", "ID [--given --how H | --withdrawn --source S --why W]", 1, 1,
	  "the ledger of consent, or an entry in it", command_consent },
	{ "setback", "ID --why W", 1, 1, "a setback: no milestones, check-ins begin anew, a case",
	  command_setback },
	{ "number", "ID", 1, 1, "her numbers, the present one first", command_number },
	{ "reply", "ID TEXT [--anyway --why W] | ID --end", 1, 2,
	  "a human's answer; automation holds while you write to each other", command_reply },
	{ "send", "ID TEXT | ID --message NAME [--anyway --why W]", 1, 2,
	  "a text by hand, through the same permits", command_send },
	{ "reload", "", 0, 0, "read the configuration anew", command_reload },
	{ "confirm", "[--why W]", 0, 0, "the clock and the database are right: go on sending",
	  command_confirm },
	{ NULL, NULL, 0, 0, NULL, NULL },
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

	nearest = fault_nearest_word(name, names);
	(void)fprintf(stderr, "holdfastctl: no command %s", name);
	if (nearest) {
		(void)fprintf(stderr, "; did you mean %s?", nearest);
	}
	(void)fputs("\nUsage: holdfastctl [--json] [--socket PATH] COMMAND ...; see --help\n",
		    stderr);
	return NULL;
}

/* --- what stands after a subcommand ------------------------------------------------------- */

#define OPTIONS_MAX 16
#define OPTION_MAX  16

/* The next option of a usage from there on: where its name begins; NULL after the last. */
static const char *next_option(const char *usage, size_t *ret_length)
{
	const char *dashes = strstr(usage, "--");

	*ret_length = dashes ? strspn(dashes + 2, "abcdefghijklmnopqrstuvwxyz") : 0;
	return dashes ? dashes + 2 : NULL;
}

static const char *find_option(const char *usage, const char *name, size_t length)
{
	const char *option = usage;
	size_t size;

	while ((option = next_option(option, &size)) &&
	       (size != length || memcmp(option, name, length) != 0)) {
	}
	return option;
}

static bool takes_value(const char *option)
{
	const char *after = option + strspn(option, "abcdefghijklmnopqrstuvwxyz");

	return after[0] == ' ' && after[1] >= 'A' && after[1] <= 'Z';
}

static void complain(const char *usage, const char *name, FILE *complaints)
{
	char names[OPTIONS_MAX][OPTION_MAX];
	const char *list[OPTIONS_MAX + 1] = { NULL }, *option = usage, *nearest;
	size_t length;

	for (size_t i = 0; i < OPTIONS_MAX && (option = next_option(option, &length)); i++) {
		(void)snprintf(names[i], OPTION_MAX, "%.*s", (int)length, option);
		list[i] = names[i];
	}

	nearest = fault_nearest_word(name, list);
	(void)fprintf(complaints, "holdfastctl: no option --%s", name);
	if (nearest) {
		(void)fprintf(complaints, "; did you mean --%s?", nearest);
	}
	(void)fputc('\n', complaints);
}

/* Reads one option and gives how many elements of argv it took, or -EINVAL. */
static int read_option(int argc, const char **argv, FILE *complaints, struct arguments *arguments)
{
	const char *name = argv[0] + 2;
	const char *equals = strchrnul(name, '=');
	int length = (int)(equals - name);
	const char *option = find_option(arguments->usage, name, (size_t)length);
	bool inside = *equals, valued = option && takes_value(option);

	if (!option) {
		complain(arguments->usage, name, complaints);
		return -EINVAL;
	}
	if (inside && !valued) {
		(void)fprintf(complaints, "holdfastctl: --%.*s takes no value\n", length, name);
		return -EINVAL;
	}
	if (valued && !inside && argc < 2) {
		(void)fprintf(complaints, "holdfastctl: --%s needs a value\n", name);
		return -EINVAL;
	}

	arguments->given[arguments->given_count].option = option;
	arguments->given[arguments->given_count].value = inside   ? equals + 1
							 : valued ? argv[1]
								  : "";
	arguments->given_count++;
	return valued && !inside ? 2 : 1;
}

int arguments_read(const char *usage, int argc, const char **argv, FILE *complaints,
		   struct arguments *ret_arguments)
{
	bool options = true;

	*ret_arguments = (struct arguments){ .usage = usage, .words = argv };
	for (int i = 0; i < argc;) {
		int taken = 1;

		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && strncmp(argv[i], "--", 2) == 0) {
			taken = read_option(argc - i, argv + i, complaints, ret_arguments);
		} else {
			argv[ret_arguments->count++] = argv[i];
		}
		if (taken < 0) {
			return taken;
		}
		i += taken;
	}
	return 0;
}

const char *arguments_value(const struct arguments *arguments, const char *option)
{
	const char *known = find_option(arguments->usage, option, strlen(option));

	assert(known);
	for (int i = arguments->given_count; i-- > 0;) {
		if (arguments->given[i].option == known) {
			return arguments->given[i].value;
		}
	}
	return NULL;
}

bool arguments_flag(const struct arguments *arguments, const char *option)
{
	return arguments_value(arguments, option) != NULL;
}
