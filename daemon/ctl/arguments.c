/*
 * Reading a command line by a table.
 *
 * Promises: options may stand before and after words; nothing is abbreviated,
 * so that a script written today means the same when there are more options.
 */
#include "ctl/arguments.h"

#include <errno.h>
#include <string.h>

#include "lib/fault.h"

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
