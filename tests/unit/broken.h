/*
 * The example, broken in one place at a time: each fault must be named at
 * exactly its file and line, once, and nothing else with it.
 *
 * Lines are found by what stands on them, so that the example's comments may
 * change.
 */
#ifndef HF_TESTS_BROKEN_H
#define HF_TESTS_BROKEN_H

#include "lib/zone.h"
#include "config_rig.h"
#include "config/model.h"

typedef int (*broken_load)(const char *file, struct faults *faults, struct model **ret_model);

struct broken {
	const char *code;              /* NULL: this edit is none, so nothing is said of it */
	const char *file, *find, *put; /* without `find`, `put` is a new file */
	/* Where the fault must be, if not on the line of the edit of that file: the line where
	 * `at` first stands, in `at_file`. */
	const char *at, *at_file;
	bool warning;
	const char *says; /* what must stand in the message; NULL for nothing in particular */
};

#define HOLDFAST "holdfast.conf"
#define STAFF    "staff.conf"
#define PLAN     "plans/aftercare.conf"
#define ALUMNI   "plans/alumni.conf"
#define EN       "messages/en.conf"
#define ES       "messages/es.conf"
#define JORDAN   "clients/jordan.conf"
#define GROUP    "clients/evening-group.conf"
#define WORDS    "words/en.conf"
#define FRESH    "clients/fresh.conf"
#define SOMEONE  "id = \"x-1\"; name = \"Kim\"; phone = \"+13125550177\"; start = \"2026-11-01\";\n"
#define AGREED   "consent = { at = \"2026-11-01\"; how = \"paper\"; };\n"

#define ROW(code_, file_, find_, put_, ...)                                                        \
	{                                                                                          \
		.code = code_, .file = file_, .find = find_, .put = put_, __VA_ARGS__              \
	}

static inline void broken_show(const struct broken *broken, const struct faults *faults)
{
	print_message("%s: %s for %s\n", broken->file, broken->put, broken->find);
	for (size_t i = 0; i < faults->count; i++) {
		print_message("  %s:%u: %s: %s\n", faults->list[i].file, faults->list[i].line,
			      faults->list[i].code, faults->list[i].message);
	}
}

/* Does nothing of the example's people stand in a fault? */
static inline bool broken_is_private(const char *message)
{
	static const char *const secrets[] = { "Jordan", "Lee", "0142", "0157", "Sam", "Maria" };

	for (size_t i = 0; i < COUNT(secrets); i++) {
		/* The example of how a number is written. */
		if (strstr(message, secrets[i]) && !strstr(message, "like +13125550142")) {
			return false;
		}
	}
	return true;
}

static inline unsigned broken_make(const char *dir, const struct broken *broken)
{
	if (broken->find) {
		return rig_edit(dir, broken->file, broken->find, broken->put);
	}
	rig_write(dir, broken->file, broken->put);
	return 1;
}

static inline bool broken_is_found(const char *dir, const struct broken *broken, broken_load load)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	const char *file = broken->at_file ? broken->at_file : broken->file;
	unsigned line = broken_make(dir, broken);
	const struct fault *fault;
	int r;

	if (broken->at) {
		line = rig_find(dir, file, broken->at);
	}

	r = load(dir, &faults, &model);
	if (!broken->code && r == 0 && faults.count == 0) {
		return true;
	}
	if (broken->code && r == (broken->warning ? 0 : CONF_E_FAULT) && !model == (r != 0) &&
	    faults.count == 1) {
		fault = &faults.list[0];
		if (strcmp(fault->file, file) == 0 && fault->line == line &&
		    strcmp(fault->code, broken->code) == 0 &&
		    fault->severity == (broken->warning ? FAULT_WARNING : FAULT_ERROR) &&
		    (!broken->says || strstr(fault->message, broken->says)) &&
		    broken_is_private(fault->message)) {
			return true;
		}
	}

	broken_show(broken, &faults);
	print_message("  expected only %s:%u: %s\n", file, line,
		      broken->code ? broken->code : "nothing");
	return false;
}

static inline void broken_check(const struct broken *table, size_t count, broken_load load)
{
	int missed = 0;

	for (size_t i = 0; i < count; i++) {
		char dir[] = RIG_DIR;

		rig_new(dir);
		missed += !broken_is_found(dir, &table[i], load);
		rig_remove(dir);
	}
	zone_close();
	assert_int_equal(missed, 0);
}

#endif
