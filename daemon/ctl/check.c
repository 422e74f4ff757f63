/*
 * holdfastctl check: the faults of a configuration, for people and programs, and
 * every key that may stand in one.
 *
 * Promises: what is sound for whoever asks and cannot be read by holdfastd is not
 * called sound; silent when there are none; every fault at once, not the first
 * only; a warning is shown and changes no exit code.  With --keys the lines are the
 * table itself, so that what is documented is what is read.
 */
#include "ctl/check.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "lib/cleanup.h"
#include "lib/file.h"
#include "config/model.h"
#include "engine/configuration.h"
#include "engine/promise.h"
#include "staff/route.h"
#include "ctl/call.h"
#include "ctl/command.h"

static const char *describe(enum conf_kind kind)
{
	static const char *const descriptions[] = {
		[CONF_TEXT] = "text",
		[CONF_NUMBER] = "a number",
		[CONF_REAL] = "a number, 1.5",
		[CONF_TRUTH] = "true or false",
		[CONF_DATE] = "a date, 2026-11-23",
		[CONF_DATETIME] = "a date and time, 2026-11-23 14:00",
		[CONF_MINUTE] = "a time of day, 10:00",
		[CONF_SPAN] = "a span, 15m 6h 3d 8w",
		[CONF_HOURS] = "hours, MO-FR 08:00-18:00",
		[CONF_WEEKDAYS] = "weekdays, MO,TH",
		[CONF_PHONE] = "a phone number, +13125550100",
		[CONF_ZONE] = "a time zone, America/Chicago",
		[CONF_WORD] = "a word",
		[CONF_TEXTS] = "a list of texts",
		[CONF_NUMBERS] = "a list of numbers",
		[CONF_SPANS] = "a list of spans",
		[CONF_DATES] = "a list of dates",
		[CONF_PARSED] = "text",
		[CONF_GROUP] = "a group",
		[CONF_LIST] = "a list of groups",
	};

	return descriptions[kind];
}

static void print_words(const struct conf_entry *entry)
{
	for (size_t i = 0; entry->words[i]; i++) {
		(void)printf("%s%s", i > 0 ? ", " : "one of ", entry->words[i]);
	}
}

static void print_key(void *userdata, const char *section, const struct conf_entry *entry)
{
	(void)userdata;
	(void)printf("%s\t%s\t", section, entry->key);
	if (entry->kind == CONF_WORD && entry->words) {
		print_words(entry);
	} else {
		(void)fputs(describe(entry->kind), stdout);
	}
	(void)printf("\t%s\t%s\n",
		     entry->required   ? "required"
		     : entry->fallback ? entry->fallback
				       : "",
		     entry->doc ? entry->doc : "");
}

/* One line each, between tabs: section, key, what it holds, "required" or the default, what for. */
static void print_keys(void)
{
	model_each_key(print_key, NULL);
}

/* The same: message, what it promises, the rule that keeps it, the scenario that shows it. */
static void print_promises(void)
{
	for (size_t i = 0; i < kept_promise_count; i++) {
		const struct kept_promise *row = &kept_promises[i];

		(void)printf("%s\t%s\t%s\t%s\n", row->message, promise_words[row->promise],
			     row->rule, row->scenario);
	}
}

static void print_fault(const char *file, unsigned line, bool warning, const char *message)
{
	(void)fprintf(stderr, "%s:%u: %s%s\n", file, line, warning ? "warning: " : "", message);
}

/* Whoever runs this reads the files with her own eyes, so a number may be shown to her. */
static int show_hints(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		struct fault *fault = &faults->list[i];
		char *whole;

		if (!fault->hint) {
			continue;
		}
		if (asprintf(&whole, "%s%s", fault->message, fault->hint) < 0) {
			return -ENOMEM;
		}
		free(fault->message);
		fault->message = whole;
	}
	return 0;
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

void check_print_faults(const json_t *faults)
{
	for (size_t i = 0; i < json_array_size(faults); i++) {
		const json_t *fault = json_array_get(faults, i);
		const char *file = json_text(fault, "file"), *message = json_text(fault, "message");
		const char *severity = json_text(fault, "severity");

		print_fault(file ? file : "?", (unsigned)json_int(fault, "line", 0),
			    severity && severity[0] == 'w', message ? message : "?");
	}
}

/* --- can holdfastd read them? ---------------------------------------------------------- */

#define DAEMON_USER "holdfast" /* holdfastd.service: User= */
#define GROUPS_MAX  64

/* As whom holdfastd runs. */
struct reader {
	const char *name;
	uid_t uid;
	gid_t groups[GROUPS_MAX];
	int count;
};

/* ENOENT where there is no such user. */
static int reader_find(const char *name, struct reader *ret_reader)
{
	/* cppcheck-suppress getpwnamCalled ; there is one thread */
	const struct passwd *user = getpwnam(name);
	struct reader reader = { .name = name, .count = GROUPS_MAX };

	if (!user) {
		return -ENOENT;
	}
	reader.uid = user->pw_uid;
	if (getgrouplist(name, user->pw_gid, reader.groups, &reader.count) < 0) {
		reader.count = GROUPS_MAX; /* more of them: the first are asked */
	}
	*ret_reader = reader;
	return 0;
}

static bool is_member(const struct reader *reader, gid_t group)
{
	for (int i = 0; i < reader->count; i++) {
		if (reader->groups[i] == group) {
			return true;
		}
	}
	return false;
}

/* As the kernel decides it from owner, group and mode; wanted: bits like those for others.  Where
 * there is an access control list nobody is blamed, for it may say more. */
static bool may(const struct reader *reader, const char *path, mode_t wanted)
{
	struct stat status;
	int shift;

	if (reader->uid == 0 || stat(path, &status) < 0 ||
	    getxattr(path, "system.posix_acl_access", NULL, 0) > 0) {
		return true;
	}
	shift = status.st_uid == reader->uid ? 6 : is_member(reader, status.st_gid) ? 3 : 0;
	return (status.st_mode >> shift & wanted) == wanted;
}

static void check_readable(const struct reader *reader, const char *dir, const char *shown,
			   bool folder, struct faults *faults)
{
	/* cppcheck-suppress getgrgidCalled ; there is one thread */
	const struct group *group = getgrgid(reader->groups[0]);
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, shown);
	if (!may(reader, path, folder ? S_IROTH | S_IXOTH : S_IROTH)) {
		fault_add(faults, FAULT_ERROR, shown, 1, "unreadable",
			  "holdfastd runs as %s and cannot read it; chgrp %s %s and chmod g+r%s %s",
			  reader->name, group ? group->gr_name : reader->name, shown,
			  folder ? "x" : "", shown);
	}
}

/* What check reads as whoever runs it, holdfastd must read as itself. */
static void check_all_readable(const struct reader *reader, const char *file, struct faults *faults)
{
	static const char *const folders[] = { "clients", "plans",    "messages",
					       "words",   "gateways", "presets" };
	_cleanup_free_ char *dir = file_folder(file);

	if (!dir) {
		return;
	}
	check_readable(reader, dir, "holdfast.conf", false, faults);
	check_readable(reader, dir, "staff.conf", false, faults);
	for (size_t i = 0; i < COUNT(folders); i++) {
		char pattern[PATH_MAX];
		glob_t found;

		check_readable(reader, dir, folders[i], true, faults);
		(void)snprintf(pattern, sizeof(pattern), "%s/%s/*.conf", dir, folders[i]);
		if (glob(pattern, 0, NULL, &found) != 0) {
			continue;
		}
		for (size_t j = 0; j < found.gl_pathc; j++) {
			check_readable(reader, dir, found.gl_pathv[j] + strlen(dir) + 1, false,
				       faults);
		}
		globfree(&found);
	}
}

/* --- for people and programs ------------------------------------------------------------- */

/* reader: who must be able to read it, too; NULL.  The answers of configuration_check(). */
static int find_faults(const char *dir, const struct reader *reader, struct faults *faults,
		       struct model **ret_model)
{
	int r = configuration_check(dir, faults, ret_model);

	if (reader && r >= 0) {
		size_t errors = faults->errors;

		check_all_readable(reader, dir, faults);
		r = faults->errors > errors ? CONF_E_FAULT : r;
	}
	faults_sort(faults);
	return show_hints(faults) < 0 ? -ENOMEM : r;
}

static int load_as(const char *dir, const struct reader *reader, struct model **ret_model)
{
	struct faults faults = { 0 };
	int r = find_faults(dir, reader, &faults, ret_model);

	print_faults(&faults);
	faults_done(&faults);
	if (r < 0) {
		return command_failed(r);
	}
	return r == 0 ? CTL_DONE : CTL_NO;
}

int check_load(const char *dir, struct model **ret_model)
{
	return load_as(dir, NULL, ret_model);
}

static int check_json(const char *dir, const struct reader *reader)
{
	_cleanup_(model_freep) struct model *model = NULL;
	_cleanup_(json_freep) json_t *array = NULL;
	struct faults faults = { 0 };
	int code, r;

	r = find_faults(dir, reader, &faults, &model);
	array = json_new_faults(&faults);
	faults_done(&faults);
	if (r < 0 || !array) {
		return command_failed(r < 0 ? r : -ENOMEM);
	}

	code = call_print_json(array);
	return code == CTL_DONE && r > 0 ? CTL_NO : code;
}

int command_check(const struct ctl *ctl, const struct arguments *arguments)
{
	const char *dir = arguments->count > 0 ? arguments->words[0] : CTL_CONFIG_DIR;
	const char *user = arguments_value(arguments, "user");
	bool live = strcmp(dir, CTL_CONFIG_DIR) == 0, found;
	struct reader reader;
	_cleanup_(model_freep) struct model *model = NULL;

	if (arguments_flag(arguments, "keys")) {
		print_keys();
		return CTL_DONE;
	}
	if (arguments_flag(arguments, "promises")) {
		print_promises();
		return CTL_DONE;
	}

	/* What holdfastd runs with it must be able to read. */
	found = (user || live) && reader_find(user ? user : DAEMON_USER, &reader) == 0;
	if (user && !found) {
		(void)fprintf(stderr, "holdfastctl: no user \"%s\" on this machine\n", user);
		return CTL_USAGE;
	}
	return ctl->json ? check_json(dir, found ? &reader : NULL)
			 : load_as(dir, found ? &reader : NULL, &model);
}
