/*
 * Faults of a configuration, for people and programs: holdfastctl check.
 *
 * Promises: silent when there are none; every fault at once, not the first
 * only; a warning is shown and changes no exit code.
 */
#include "ctl/faults.h"

#include <errno.h>
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/call.h"
#include "ctl/keys.h"
#include "engine/inspect.h"
#include "staff/reply.h"

static void print_fault(const char *file, unsigned line, bool warning, const char *message)
{
	(void)fprintf(stderr, "%s:%u: %s%s\n", file, line, warning ? "warning: " : "", message);
}

static void print_faults(const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];

		print_fault(fault->file, fault->line, fault->severity == FAULT_WARNING,
			    fault->message);
	}
	if (faults->overflow) {
		(void)fprintf(stderr, "holdfastctl: there are more; mend these first\n");
	}
}

void faults_print_json(const json_t *faults)
{
	for (size_t i = 0; i < json_count(faults); i++) {
		const json_t *fault = json_at(faults, i);
		const char *file = json_text(fault, "file"), *message = json_text(fault, "message");
		const char *severity = json_text(fault, "severity");

		print_fault(file ? file : "?", (unsigned)json_int(fault, "line", 0),
			    severity && severity[0] == 'w', message ? message : "?");
	}
}

int faults_load(const char *dir, struct model **ret_model)
{
	struct faults faults = { 0 };
	int r;

	r = inspect_load(dir, &faults, ret_model);
	faults_sort(&faults);
	print_faults(&faults);
	faults_done(&faults);
	if (r < 0) {
		return command_failed(r);
	}
	return r == 0 ? CTL_DONE : CTL_NO;
}

static int check_json(const char *dir)
{
	_cleanup_(model_freep) struct model *model = NULL;
	_cleanup_(json_freep) json_t *array = NULL;
	struct faults faults = { 0 };
	int code, r;

	r = inspect_load(dir, &faults, &model);
	faults_sort(&faults);
	array = json_new_faults(&faults);
	faults_done(&faults);
	if (r < 0 || !array) {
		return command_failed(r < 0 ? r : -ENOMEM);
	}

	code = call_print_json(array);
	return code == CTL_DONE && r > 0 ? CTL_NO : code;
}

int command_check(const struct ctl *ctl, int argc, const char **argv)
{
	bool keys = false;
	const struct argument table[] = { { .name = "keys", .flag = &keys }, { 0 } };
	_cleanup_(model_freep) struct model *model = NULL;
	const char *dir = CTL_CONFIG_DIR;
	struct words words;

	if (arguments_read(argc, argv, table, stderr, &words) < 0 || words.count > 1) {
		return command_usage(ctl);
	}
	if (keys) {
		keys_print();
		return CTL_DONE;
	}
	if (words.count == 1) {
		dir = words.list[0];
	}

	return ctl->json ? check_json(dir) : faults_load(dir, &model);
}
