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
