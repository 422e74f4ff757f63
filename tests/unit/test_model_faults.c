/*
 * The example, broken in one place at a time: each fault must be named at
 * exactly its file and line, once, and nothing else with it.
 *
 * Lines are found by what stands on them, so that the example's comments may
 * change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_rig.h"
#include "data/model.h"

struct broken {
	const char *code;
	const char *file, *find, *put; /* without `find`, `put` is a new file */
	/* Where the fault must be, if not on the line of the edit of that file: the line where
	 * `at` first stands, in `at_file`. */
	const char *at, *at_file;
};

#define HOLDFAST "holdfast.conf"
#define STAFF    "staff.conf"
#define PLAN     "plans/aftercare.conf"
#define EN       "messages/en.conf"
#define ES       "messages/es.conf"
#define JORDAN   "clients/jordan.conf"
#define GROUP    "clients/evening-group.conf"
#define FRESH    "clients/fresh.conf"
#define SOMEONE  "id = \"x-1\"; name = \"Kim\"; phone = \"+13125550177\"; start = \"2026-11-01\";\n"
#define AGREED   "consent = { at = \"2026-11-01\"; how = \"paper\"; };\n"

static const struct broken table[] = {
	/* What people slip at with quotes, brackets and commas. */
	{ "open-quote", HOLDFAST, "\"Riverside\";", "\"Riverside;" },
	{ "open-quote", EN, "read this today.\";", "read this today.;" },
	{ "open-comment", HOLDFAST, "texting = {", "/* texting = {" },
	{ "bracket", STAFF, "\"always\"; }\n);", "\"always\"; }\n", "on_call = (" },
	{ "bracket", PLAN, "every = 2; } );", "every = 2; ) );" },
	{ "bracket", STAFF, "\n);", "\n));", ");" },
	{ "missing-comma", STAFF, "\"+13125550111\"; },", "\"+13125550111\"; }" },
	{ "missing-comma", JORDAN, "[ \"24h\", \"1h\" ]", "[ \"24h\" \"1h\" ]" },
	{ "extra-comma", STAFF, "\"+13125550112\"; }", "\"+13125550112\"; }," },
	{ "curly-quote", JORDAN, "\"Sam\"", "\xe2\x80\x9cSam\xe2\x80\x9d" },
	{ "unquoted", JORDAN, "at = \"19:00\"", "at = 19:00" },
	{ "unquoted", JORDAN, "\"2026-10-24\";", "2026-10-24;" },
	{ "unquoted", JORDAN, "\"Jordan\"", "Jordan" },
	{ "number", JORDAN, "\"+13125550142\"", "13125550142" },
	{ "duplicate-key", JORDAN, "sponsor  = \"Sam\";", "sponsor = \"Sam\"; sponsor = \"Lee\";" },
	{ "mixed-list", PLAN, "[ 30, 60,", "[ 30, \"60\"," },
	{ "syntax", JORDAN, "wording  = ", "wording   " },
	{ "utf-8", ES, "regular, 3", "r\xe9gular, 3" },
	{ "include", JORDAN, "sponsor  =", "@include \"/etc/shadow\"\nsponsor =" },
	{ "include", FRESH, NULL, "@include \"fresh.conf\"\n", "@include" },
	{ "too-deep", FRESH, NULL,
	  "a = ((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))));\n", "a =" },
	{ "empty-file", FRESH, NULL, "// not written yet\n", "//" },
	/* Values. */
	{ "unknown-key", JORDAN, "sponsor  =", "sponser  =" },
	{ "unknown-key", JORDAN, "place = \"Room 4\"", "plaec = \"Room 4\"" },
	{ "unknown-key", HOLDFAST, "daily_limit  =", "dayly_limit  =" },
	{ "unknown-key", FRESH, NULL, "clients = ( { " SOMEONE AGREED " } );\nsite = 1;\n",
	  "site" },
	{ "missing-key", GROUP, "phone = \"+13125550157\"; ", "", "{ id = \"r-1057\"" },
	{ "missing-key", PLAN, "at = \"10:00\"; ", "", "id = \"checkin\"" },
	{ "type", JORDAN, "\"Jordan\"", "7" },
	{ "type", HOLDFAST, "daily_limit  = 2", "daily_limit  = \"2\"" },
	{ "type", HOLDFAST, "plain_characters = true", "plain_characters = \"yes\"" },
	{ "type", JORDAN, "{ at = \"2026-10-24\"; how = \"paper\"; by = \"mreyes\"; }",
	  "\"paper\"" },
	{ "range", HOLDFAST, "daily_limit  = 2", "daily_limit  = 0" },
	{ "range", PLAN, "weeks = 40", "weeks = 4000" },
	{ "value", JORDAN, "start    = \"2026-10-24\"", "start    = \"2026-02-30\"" },
	{ "value", JORDAN, "\"2026-12-02 14:00\"", "\"2026-12-02 25:00\"" },
	{ "value", JORDAN, "at = \"09:30\"", "at = \"9.30\"" },
	{ "value", PLAN, "nudge_after = \"6h\"", "nudge_after = \"6 hours\"" },
	{ "value", PLAN, "on = \"FR\"", "on = \"FRI\"" },
	{ "value", STAFF, "\"MO-FR 08:00-18:00\"", "\"weekdays\"" },
	{ "value", HOLDFAST, "\"2026-12-25\"", "\"25.12.2026\"" },
	{ "phone", JORDAN, "\"+13125550142\"", "\"312 555 0142\"" },
	{ "phone", JORDAN, "\"+13125550142\"", "\"+1312\"" },
	{ "phone", JORDAN, "\"+13125550142\"", "\"+1312555014212345\"" },
	{ "phone", JORDAN, "\"+13125550142\"", "\"+1312555O142\"" },
	{ "phone", JORDAN, "\"+13125550142\"", "\"+99955550142\"" },
	{ "timezone", JORDAN, "\"America/Chicago\"", "\"America/Chicgo\"" },
	{ "timezone", JORDAN, "\"America/Chicago\"", "\"../../etc/passwd\"" },
	{ "timezone", JORDAN, "\"America/Chicago\"", "\"/etc/localtime\"" },
	{ "unknown-word", PLAN, "\"check-in\"", "\"checkin\"" },
	{ "unknown-word", JORDAN, "\"discreet\"", "\"discrete\"" },
	{ "id", JORDAN, "\"r-1042\"", "\"r 1042\"" },
	{ "dates-reversed", GROUP, "until = \"2027-01-03\"", "until = \"2026-01-03\"" },
	{ "dates-reversed", JORDAN, "sponsor  =", "until = \"2026-01-01\"; sponsor =" },
	{ "texting-hours", HOLDFAST, "\"09:00-20:00\"", "\"07:00-20:00\"" },
	{ "texting-hours", HOLDFAST, "\"09:00-20:00\"", "\"MO-FR 09:00-20:00\"" },
	/* When, and what. */
	{ "when", JORDAN, "rrule = \"FREQ=MONTHLY;BYDAY=1SA\"",
	  "on = \"SA\"; rrule = \"FREQ=MONTHLY;BYDAY=1SA\"" },
	{ "when", PLAN, "on = \"SU\"; ", "" },
	{ "rule", JORDAN, "BYDAY=1SA\";", "BYDAY=1SX\";" },
	{ "rule", JORDAN, "FREQ=MONTHLY;BYMONTHDAY", "FREQ=FORTNIGHTLY;BYMONTHDAY" },
	{ "two-messages", PLAN, "messages = [", "message = \"coping_walk\"; messages = [" },
	{ "no-message", JORDAN, "; message = \"coping_plan\"", "" },
	{ "nudge-too-late", PLAN, "nudge_after = \"6h\"", "nudge_after = \"2d\"" },
	{ "reserved-word", PLAN, "\"rough\"", "\"Stop\"" },
	{ "duplicate-answer", PLAN, "\"meh\"", "\"OK\"" },
	/* What one file says about another. */
	{ "unknown-plan", JORDAN, "\"aftercare\"", "\"aftercre\"" },
	{ "unknown-staff", JORDAN, "counselor = \"mreyes\"", "counselor = \"mreyse\"" },
	{ "unknown-staff", STAFF, "staff = \"dcole\"", "staff = \"cole\"" },
	{ "unknown-language", JORDAN, "\"en\"", "\"fr\"" },
	{ "unknown-language", HOLDFAST, "language = \"en\"", "language = \"de\"" },
	{ "unknown-message", PLAN, "message = \"sponsor\"", "message = \"sponsors\"" },
	{ "unknown-message", PLAN, "coping_call|coping_alone", "coping_call|alone" },
	{ "unknown-message", JORDAN, "\"coping_plan\"", "\"coping_plans\"" },
	{ "unknown-message", PLAN, "\"answer_watch\"", "\"answer_wacth\"" },
	{ "unknown-answers", PLAN, "answers = \"how_are_you\"", "answers = \"how_are_yuo\"" },
	{ "unknown-field", PLAN, "needs = \"sponsor\"", "needs = \"sponser\"" },
	{ "unknown-gateway", HOLDFAST, "[ \"primary\" ]", "[ \"primary\", \"primry\" ]" },
	{ "id", HOLDFAST, "[ \"primary\" ]", "[ \"../primary\" ]" },
	{ "missing-gateway", HOLDFAST, "[ \"primary\" ]", "[]" },
	{ "unknown-field", EN, "{sponsor} this", "{sponser} this" },
	{ "unknown-field", ES, "{title} hoy", "{titulo} hoy" },
	{ "unknown-field", EN, "{title} today", "%n${title!} today" },
	{ "brace", EN, "{sponsor} this", "{sponsor this" },
	{ "brace", EN, "{sponsor} this", "sponsor} this" },
	{ "empty-message", EN, "\"Thanks, {name}. Someone here will read this today.\"", "\" \"" },
	{ "type", EN, "\"Thanks, {name}. Someone here will read this today.\"", "7" },
	{ "missing-message", ES, "  received ", "//", "messages = {" },
	{ "missing-message", EN, "  received ", "//", "messages = {" },
	{ "duplicate-id", JORDAN, "\"r-1042\"", "\"r-1057\"" },
	{ "duplicate-id", GROUP, "\"r-1057\"", "\"r-1042\"", "\"r-1042\"", JORDAN },
	{ "duplicate-phone", JORDAN, "\"+13125550142\"", "\"+1 (312) 555-0157\"" },
	{ "duplicate-id", STAFF, "\"+13125550112\"; }",
	  "\"+13125550112\"; },\n{ id = \"dcole\"; name = \"D\"; phone = \"+13125550113\"; }",
	  "name = \"D\"" },
	{ "duplicate-id", "messages/second.conf", NULL,
	  "language = \"en\";\nmessages = { welcome = \"hi\"; };\n", "language" },
	{ "duplicate-id", "plans/second.conf", NULL, "// another\nplan = \"aftercare\";\n",
	  "plan" },
	{ "duplicate-id", PLAN, "id = \"sponsor\"", "id = \"coping\"" },
	{ "duplicate-id", JORDAN, "\"review\"", "\"tue\"" },
	{ "duplicate-id", JORDAN, "\"payday\"", "\"milestone\"" },
};

static void show(const struct broken *broken, const struct faults *faults)
{
	print_message("%s: %s for %s\n", broken->file, broken->put, broken->find);
	for (size_t i = 0; i < faults->count; i++) {
		print_message("  %s:%u: %s: %s\n", faults->list[i].file, faults->list[i].line,
			      faults->list[i].code, faults->list[i].message);
	}
}

/* Does nothing of the example's people stand in a fault? */
static bool is_private(const char *message)
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

static unsigned break_one(const char *dir, const struct broken *broken)
{
	if (broken->find) {
		return rig_edit(dir, broken->file, broken->find, broken->put);
	}
	rig_write(dir, broken->file, broken->put);
	return 1;
}

static bool is_found(const char *dir, const struct broken *broken)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(model_freep) struct model *model = NULL;
	const char *file = broken->at_file ? broken->at_file : broken->file;
	unsigned line = break_one(dir, broken);
	const struct fault *fault;

	if (broken->at) {
		line = rig_find(dir, file, broken->at);
	}

	if (model_load(dir, &faults, &model) == CONF_E_FAULT && !model && faults.count == 1) {
		fault = &faults.list[0];
		if (strcmp(fault->file, file) == 0 && fault->line == line &&
		    strcmp(fault->code, broken->code) == 0 && fault->severity == FAULT_ERROR &&
		    is_private(fault->message)) {
			return true;
		}
	}

	show(broken, &faults);
	print_message("  expected only %s:%u: %s\n", file, line, broken->code);
	return false;
}

static void each_fault_at_its_line(void **state)
{
	int missed = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char dir[] = RIG_DIR;

		rig_new(dir);
		missed += !is_found(dir, &table[i]);
		rig_remove(dir);
	}
	zone_close();
	assert_int_equal(missed, 0);
}

/* One in each kind of file that is read to its end, and a file that is not. */
static const struct broken dozen[] = {
	{ "range", HOLDFAST, "max_segments = 2", "max_segments = 99" },
	{ "unknown-key", HOLDFAST, "closed = ", "close = " },
	{ "phone", STAFF, "\"+13125550111\"", "\"911\"" },
	{ "unknown-staff", STAFF, "staff = \"dcole\"", "staff = \"dcoel\"" },
	{ "unknown-field", EN, "see {with}", "see {whit}" },
	{ "brace", ES, "con {with}", "con {with" },
	{ "value", PLAN, "at = \"16:30\"", "at = \"4:30 pm\"" },
	{ "range", PLAN, "weeks = 8", "weeks = 0" },
	{ "unknown-message", PLAN, "\"answer_well\"", "\"answer_wel\"" },
	{ "unknown-plan", JORDAN, "\"aftercare\"", "\"afterwards\"" },
	{ "rule", JORDAN, "BYDAY=1SA\";", "BYDAY=9SA\";" },
	{ "syntax", GROUP, "clients = (", "clients = " },
};

static void a_dozen_at_once(void **state)
{
	char dir[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;
	unsigned lines[COUNT(dozen)];

	(void)state;
	rig_new(dir);
	for (size_t i = 0; i < COUNT(dozen); i++) {
		lines[i] = break_one(dir, &dozen[i]);
	}
	lines[COUNT(dozen) - 1] = rig_find(dir, GROUP, "r-1061");

	assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
	if (faults.count != COUNT(dozen)) {
		show(&dozen[0], &faults);
	}
	assert_int_equal(faults.count, COUNT(dozen));
	for (size_t i = 0; i < COUNT(dozen); i++) {
		size_t j = 0;

		while (j < faults.count && !(faults.list[j].line == lines[i] &&
					     strcmp(faults.list[j].file, dozen[i].file) == 0 &&
					     strcmp(faults.list[j].code, dozen[i].code) == 0)) {
			j++;
		}
		assert_int_not_equal(j, faults.count);
	}
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_at_its_line),
		cmocka_unit_test(a_dozen_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
