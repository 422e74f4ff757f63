/* Files for a scenario, under /tmp and gone when it is over. */
#include "folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const copied[] = {
	"gateways/primary.conf",
	"plans/aftercare.conf",
	"plans/alumni.conf",
};
static const char *const folders[] = { "gateways", "plans", "messages", "clients" };

int folder_make(char **ret_dir)
{
	const char *where = getenv("TMPDIR");
	char *dir = NULL;

	if (asprintf(&dir, "%s/holdfast-XXXXXX", where ? where : "/tmp") < 0) {
		return -ENOMEM;
	}
	if (!mkdtemp(dir)) {
		int error = -errno;

		free(dir);
		return error;
	}

	for (size_t i = 0; i < COUNT(folders); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s", dir, folders[i]) < 0 || mkdir(path, 0700) < 0) {
			free(dir);
			return -EIO;
		}
	}

	*ret_dir = dir;
	return 0;
}

static int on_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void folder_remove(const char *dir)
{
	(void)nftw(dir, on_file, 8, FTW_DEPTH | FTW_PHYS);
}

static FILE *open_in(const char *dir, const char *name, const char *mode)
{
	_cleanup_free_ char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : fopen(path, mode);
}

/* Does `more` have a key of its own that this line of the example sets? */
static bool is_said(const char *line, const char *more)
{
	char key[64] = "", assignment[80];

	(void)sscanf(line, " %63[a-z_] =", key);
	(void)snprintf(assignment, sizeof(assignment), " %s = ", key);
	return *key && strstr(more, assignment);
}

/* After the line that begins the messages, `more` goes in. */
static int copy(const char *example, const char *dir, const char *name, const char *more)
{
	_cleanup_fclose_ FILE *from = open_in(example, name, "re");
	_cleanup_fclose_ FILE *to = open_in(dir, name, "we");
	char line[4096];

	if (!from || !to) {
		return -errno;
	}

	while (fgets(line, sizeof(line), from)) {
		if (!more || !is_said(line, more)) {
			(void)fputs(line, to);
		}
		if (more && strncmp(line, "messages", 8) == 0) {
			(void)fputs(more, to);
		}
	}
	return ferror(from) || fflush(to) ? -EIO : 0;
}

/* --- the files ------------------------------------------------------------ */

struct entry {
	const char *key, *value;
};

static const struct entry site_entries[] = {
	{ "name", "\"Riverside\"" },
	{ "phone", "\"+13125550100\"" },
	{ "hours", "\"MO-FR 08:00-18:00\"" },
	{ "timezone", "\"America/Chicago\"" },
	{ "language", "\"en\"" },
};
static const struct entry texting_entries[] = {
	{ "hours", "\"09:00-20:00\"" }, { "daily_limit", "10" },      { "max_segments", "2" },
	{ "plain_characters", "true" }, { "on_unknown", "\"hold\"" },
};

/* What the scenario says, and the usual for all it does not say. */
static void put_group(FILE *file, const char *name, const char *said, const struct entry *entries,
		      size_t count)
{
	(void)fprintf(file, "%s = { %s\n", name, said ? said : "");
	for (size_t i = 0; i < count; i++) {
		char assignment[64];

		(void)snprintf(assignment, sizeof(assignment), "%s = ", entries[i].key);
		if (!said || !strstr(said, assignment)) {
			(void)fprintf(file, "  %s%s;\n", assignment, entries[i].value);
		}
	}
	(void)fprintf(file, "};\n");
}

static int write_site(const struct setting *setting, const char *dir)
{
	_cleanup_fclose_ FILE *file = open_in(dir, "holdfast.conf", "we");

	if (!file) {
		return -errno;
	}

	put_group(file, "site", setting->site, site_entries, COUNT(site_entries));
	put_group(file, "texting", setting->texting, texting_entries, COUNT(texting_entries));
	(void)fprintf(file, "gateways = [ \"primary\" ];\n");
	if (setting->closed) {
		(void)fprintf(file, "closed = [ %s ];\n", setting->closed);
	}
	(void)fprintf(file, "%s", setting->extra ? setting->extra : "");
	return fflush(file) ? -EIO : 0;
}

/* The staff of the example, but for whom the scenario writes down anew. */
static const struct entry staff_entries[] = {
	{ "mreyes", "name = \"M. Reyes\"; phone = \"+13125550111\";" },
	{ "dcole", "name = \"D. Cole\"; phone = \"+13125550112\"; administrator = true;" },
};
static const char on_call[] = "  { staff = \"mreyes\"; when = \"MO-FR 08:00-18:00\"; },\n"
			      "  { staff = \"dcole\"; when = \"always\"; }";

static int write_staff(const struct setting *setting, const char *dir)
{
	_cleanup_fclose_ FILE *file = open_in(dir, "staff.conf", "we");
	const char *said = setting->staff ? setting->staff : "", *comma = *said ? ",\n" : "";

	if (!file) {
		return -errno;
	}

	(void)fprintf(file, "staff = (\n%s", said);
	for (size_t i = 0; i < COUNT(staff_entries); i++) {
		char id[32];

		(void)snprintf(id, sizeof(id), "id = \"%s\"", staff_entries[i].key);
		if (!strstr(said, id)) {
			(void)fprintf(file, "%s  { %s; %s }", comma, id, staff_entries[i].value);
			comma = ",\n";
		}
	}
	(void)fprintf(file, "\n);\non_call = (\n%s\n);\n%s\n",
		      setting->on_call ? setting->on_call : on_call,
		      setting->alerts ? setting->alerts : "");
	return fflush(file) ? -EIO : 0;
}

static void put_list(FILE *file, const char *key, const char *list)
{
	if (list) {
		(void)fprintf(file, " %s = (\n  %s );\n", key, list);
	}
}

static void put_owner(FILE *file, const struct owner *owner)
{
	(void)fprintf(file, "%s\n", owner->head);
	put_list(file, "meetings", owner->meetings);
	put_list(file, "appointments", owner->appointments);
	put_list(file, "reminders", owner->reminders);
	put_list(file, "pause", owner->pauses);
	put_list(file, "may_ask_for_help", owner->loved_ones);
	put_list(file, "avoid", owner->avoided);
}

static int write_clients(const struct setting *setting, const char *dir)
{
	_cleanup_fclose_ FILE *file = open_in(dir, "clients/all.conf", "we");
	const char *comma = "";

	if (!file) {
		return -errno;
	}

	(void)fprintf(file, "clients = (\n");
	for (size_t i = 0; i < setting->count; i++) {
		if (!setting->owners[i].plan && !setting->owners[i].gone) {
			(void)fprintf(file, "%s{ ", comma);
			put_owner(file, &setting->owners[i]);
			(void)fprintf(file, "}");
			comma = ",\n";
		}
	}
	(void)fprintf(file, ");\n");
	return fflush(file) ? -EIO : 0;
}

/* What answers mean, as in the example. */
static const char answers[] =
	"how_are_you = (\n"
	"  { reply = [ \"1\", \"good\", \"ok\", \"fine\" ]; means = \"well\"; "
	"message = \"answer_well\"; },\n"
	"  { reply = [ \"2\", \"so-so\", \"meh\" ]; means = \"watch\"; "
	"message = \"answer_watch\"; },\n"
	"  { reply = [ \"3\", \"rough\", \"bad\", \"talk\" ]; means = \"need\"; "
	"message = \"answer_need\"; alert = \"urgent\"; }";

static int write_plan(const struct owner *owner, const char *dir)
{
	_cleanup_free_ char *name = NULL;
	_cleanup_fclose_ FILE *file = NULL;

	if (asprintf(&name, "plans/%s.conf", owner->id) < 0) {
		return -ENOMEM;
	}

	file = open_in(dir, name, "we");
	if (!file) {
		return -errno;
	}

	(void)fprintf(file, "answers = { %s );%s\n};\n", owner->answers ? owner->answers : answers,
		      owner->own_messages ? " };" : "");
	put_owner(file, owner);
	return fflush(file) ? -EIO : 0;
}

int folder_write(const struct setting *setting, const char *example, const char *dir)
{
	int r = write_site(setting, dir);

	r = r ? r : write_staff(setting, dir);
	for (size_t i = 0; r == 0 && i < COUNT(copied); i++) {
		r = copy(example, dir, copied[i], NULL);
	}
	if (r == 0) {
		r = copy(example, dir, "messages/en.conf", setting->messages[0]);
	}
	if (r == 0) {
		r = copy(example, dir, "messages/es.conf", setting->messages[1]);
	}
	for (size_t i = 0; r == 0 && i < setting->count; i++) {
		if (setting->owners[i].plan && !setting->owners[i].gone) {
			r = write_plan(&setting->owners[i], dir);
		}
	}
	return r == 0 ? write_clients(setting, dir) : r;
}
