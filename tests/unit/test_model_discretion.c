/*
 * The example with words in it that its texts must not hold.
 */
#include "test.h"
#include "lib/zone.h"
#include "config_rig.h"
#include "config/model.h"

#define EN     "messages/en.conf"
#define JORDAN "clients/jordan.conf"
#define OPENLY "wording  = \"open\""
#define SHY    "wording  = \"discreet\""

struct rig {
	char dir[sizeof(RIG_DIR)];
	struct faults faults;
	struct model *model;
	int answer;
};

static void rig_begin(struct rig *rig)
{
	*rig = (struct rig){ .dir = RIG_DIR };
	rig_new(rig->dir);
}

static void rig_load(struct rig *rig)
{
	faults_done(&rig->faults);
	rig->faults = (struct faults){ 0 };
	rig->model = model_free(rig->model);
	rig->answer = model_load(rig->dir, &rig->faults, &rig->model);
	faults_sort(&rig->faults);
}

static void rig_end(struct rig *rig)
{
	faults_done(&rig->faults);
	(void)model_free(rig->model);
	rig_remove(rig->dir);
	zone_close();
}

TEST(open_wording_is_the_clients_own)
{
	struct rig rig;

	rig_begin(&rig);
	(void)rig_edit(rig.dir, JORDAN, "your Tuesday group", "your NA meeting");
	rig_load(&rig);
	assert_int_equal(rig.answer, CONF_E_FAULT);
	assert_int_equal(rig.faults.count, 1);
	assert_string_equal(rig.faults.list[0].code, "discretion");
	assert_non_null(strstr(rig.faults.list[0].message, "\"NA\""));
	assert_null(strstr(rig.faults.list[0].message, "meeting"));

	(void)rig_edit(rig.dir, JORDAN, SHY, OPENLY);
	rig_load(&rig);
	assert_int_equal(rig.answer, 0);
	assert_int_equal(rig.faults.count, 0);

	/* The messages are everyone's. */
	(void)rig_edit(rig.dir, EN, "a short walk", "a sober walk");
	rig_load(&rig);
	assert_int_equal(rig.answer, CONF_E_FAULT);
	rig_end(&rig);
}

TEST(stigma_is_a_warning)
{
	struct rig rig;
	unsigned line;

	rig_begin(&rig);
	line = rig_edit(rig.dir, EN, "a short walk", "dirty shoes after a walk");
	rig_load(&rig);
	assert_int_equal(rig.answer, 0);
	assert_int_equal(rig.faults.count, 1);
	assert_string_equal(rig.faults.list[0].code, "stigma");
	assert_int_equal(rig.faults.list[0].severity, FAULT_WARNING);
	assert_int_equal(rig.faults.list[0].line, line);
	assert_non_null(strstr(rig.faults.list[0].message, "write \"positive\""));

	/* What is both is said once. */
	(void)rig_edit(rig.dir, EN, "dirty shoes", "a relapse");
	rig_load(&rig);
	assert_int_equal(rig.answer, CONF_E_FAULT);
	assert_int_equal(rig.faults.count, 1);
	assert_string_equal(rig.faults.list[0].code, "discretion");
	assert_non_null(strstr(rig.faults.list[0].message, "write \"setback\""));
	rig_end(&rig);
}

TEST(an_exception_is_written_down)
{
	struct rig rig;

	rig_begin(&rig);
	(void)rig_edit(rig.dir, JORDAN, "St Mark's hall", "Recovery Lane 4");
	(void)rig_edit(rig.dir, "holdfast.conf", "\"Riverside\"", "\"Riverside rehab\"");
	rig_write(rig.dir, "words/en.conf",
		  "allow = ( { text = \"recovery lane\"; why = \"a street\"; on = \"2026-11-23\"; "
		  "} );\n");
	rig_load(&rig);
	assert_int_equal(rig.faults.count, 1);
	assert_string_equal(rig.faults.list[0].file, "holdfast.conf");
	assert_non_null(strstr(rig.faults.list[0].message, "words/en.conf"));
	rig_end(&rig);
}

/* Without a folder the lists that come with Holdfast are used; others may be added. */
TEST(the_folder_may_be_absent)
{
	struct rig rig;
	_cleanup_free_ char *folder = NULL;

	rig_begin(&rig);
	folder = rig_path(rig.dir, "words");
	assert_int_equal(nftw(folder, rig_remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	rig_load(&rig);
	assert_int_equal(rig.answer, 0);
	assert_int_equal(rig.faults.count, 0);
	(void)rig_edit(rig.dir, EN, "a short walk", "a sober walk");
	rig_load(&rig);
	assert_int_equal(rig.faults.count, 1);
	assert_string_equal(rig.faults.list[0].code, "discretion");
	rig_end(&rig);
}

/* English is understood everywhere, Spanish only where it is spoken. */
TEST(each_language_has_its_list)
{
	struct rig rig;

	rig_begin(&rig);
	(void)rig_edit(rig.dir, EN, "a short walk", "a limpia walk");
	rig_load(&rig);
	assert_int_equal(rig.answer, 0);
	(void)rig_edit(rig.dir, "messages/es.conf", "una caminata corta", "una limpia corta");
	rig_load(&rig);
	assert_int_equal(rig.faults.errors, 1);
	assert_non_null(strstr(rig.faults.list[0].message, "words/es.conf"));
	(void)rig_edit(rig.dir, "messages/es.conf", "una limpia corta", "rehab");
	rig_load(&rig);
	assert_int_equal(rig.faults.errors, 1);
	assert_non_null(strstr(rig.faults.list[0].message, "words/en.conf"));
	rig_end(&rig);
}

/* What a meeting is called in the field, in either language, whatever the client speaks. */
TEST(names_are_held_against_every_list)
{
	static const char *const titles[] = {
		"CMA Tuesday",
		"C.M.A. group",
		"HA Lakeview",
		"NarAnon family",
		"AlAnon",
		"Al Anon",
		"12 & 12",
		"12x12 study",
		"Step Study",
		"Big Book Study",
		"Basic Text group",
		"Just for Today",
		"Alano Club",
		"MAT clinic",
		"bupe check",
		"UA at 9",
		"UDS",
		"Brixadi shot",
		"Probuphine",
		"methadose",
		"needle exchange",
		"drunk",
		"Vivitrol",
		"Sublocade",
		"methadone",
		"na meeting",
		"A.A.",
		"CA meeting",
		"syringe exchange",
		"Narcóticos Anónimos",
		"Alcohólicos",
		"drogas",
		"metadona",
		"sobriedad",
		"grupo de recuperación",
		"libro azul",
		"texto básico",
		"doble A",
		"examen de orina",
	};
	struct rig rig;

	for (size_t i = 0; i < COUNT(titles); i++) {
		rig_begin(&rig);
		(void)rig_edit(rig.dir, JORDAN, "your Tuesday group", titles[i]);
		rig_load(&rig);
		if (rig.faults.errors != 1 || strcmp(rig.faults.list[0].code, "discretion") != 0) {
			fail_msg("%s: %zu", titles[i], rig.faults.errors);
		}
		rig_end(&rig);
	}
}

TEST(ordinary_names_are_no_fault)
{
	static const char *const titles[] = {
		"Ha Long Street",
		"UA Local 130 hall",
		"Mat and bar",
		"Matt's",
		"Oakland, CA 94601",
		"Boston, MA",
		"Atlanta, GA",
		"Breakfast 12/12",
		"Step Up Gym",
		"Bookstore, big hall",
		"Drunken Noodle House",
		"Basic Textiles",
		"Serenity Park",
		"Today's lunch",
		"Na Pali Road",
		"Dr. Alan",
		"Maternity ward",
		"MAC 101",
		"Room UAB",
		"Haha Comedy",
		"Casa Anexo B",
		"your group at St Mark's",
		"Clinic, 2nd floor",
		"AT&T building",
		"Smith & Sons",
	};
	struct rig rig;

	for (size_t i = 0; i < COUNT(titles); i++) {
		rig_begin(&rig);
		(void)rig_edit(rig.dir, JORDAN, "St Mark's hall", titles[i]);
		rig_load(&rig);
		if (rig.faults.count != (strncmp(titles[i], "Na ", 3) == 0)) {
			fail_msg("%s: %s", titles[i], rig.faults.list[0].message);
		}
		rig_end(&rig);
	}
}

TEST(people_are_looked_at_as_people)
{
	static const struct {
		const char *name;
		bool fault;
	} rows[] = {
		{ "Na Young", false },  { "Sam from NA", true },
		{ "Sam (N.A.)", true }, { "Aa", false },
		{ "Ann A.", false },    { "methadone nurse", true },
		{ "Dirty Dan", false }, { "padrino de Narcóticos", true },
	};
	struct rig rig;

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *sponsor = NULL;

		assert_true(asprintf(&sponsor, "\"%s\"", rows[i].name) > 0);
		rig_begin(&rig);
		(void)rig_edit(rig.dir, JORDAN, "\"Sam\"", sponsor);
		rig_load(&rig);
		if (rig.faults.count != rows[i].fault) {
			fail_msg("%s: %zu", rows[i].name, rig.faults.count);
		}
		rig_end(&rig);
	}
	rig_begin(&rig);
	(void)rig_edit(rig.dir, "staff.conf", "\"D. Cole\"", "\"D. Cole, addiction counselor\"");
	(void)rig_edit(rig.dir, JORDAN, "[ \"Maria\" ]", "[ \"Maria\", \"AA Mike\" ]");
	rig_load(&rig);
	assert_int_equal(rig.faults.errors, 2);
	rig_end(&rig);
}

TEST(web_escapes_are_named)
{
	static const char *const rows[][3] = {
		{ "Hope &amp; Strength", "\"&amp;\"", "write \"&\"" },
		{ "St. Mark&#8217;s", "\"&#8217;\"", "write \"'\"" },
		{ "Caf&eacute;", "\"&eacute;\"", "write \"é\"" },
		{ "Caf&#xe9;", "\"&#xe9;\"", "write \"é\"" },
		{ "a&nbsp;b", "\"&nbsp;\"", "write \" \"" },
	};
	struct rig rig;

	for (size_t i = 0; i < COUNT(rows); i++) {
		rig_begin(&rig);
		(void)rig_edit(rig.dir, JORDAN, "St Mark's hall", rows[i][0]);
		rig_load(&rig);
		assert_int_equal(rig.answer, 0);
		assert_int_equal(rig.faults.count, 1);
		assert_string_equal(rig.faults.list[0].code, "web-escape");
		assert_non_null(strstr(rig.faults.list[0].message, rows[i][1]));
		assert_non_null(strstr(rig.faults.list[0].message, rows[i][2]));
		rig_end(&rig);
	}
}
