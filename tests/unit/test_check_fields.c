/* Messages of the example that name what somebody lacks. */
#include "test.h"
#include "broken.h"
#include "engine/configuration.h"

static const struct broken table[] = {
	ROW("no-value", JORDAN, "place = \"St Mark's hall\"; ", "",
	    .says = "no place, and its message \"meeting\" (messages/en.conf:"),
	ROW("no-value", JORDAN, "place = \"Room 4\"; ", "", .says = "add place = "),
	ROW("no-value", JORDAN, "remind = [ \"3d\", \"1d\" ]",
	    "message = \"meeting_ahead\"; place = \"Room 1\"", .says = "choose another message"),
	ROW("no-value", EN, "{title|your appointment}", "{title}", .at = "id = \"review\"",
	    .at_file = GROUP,
	    .says = "this appointment has no title, and its message \"follow_up\""),
	ROW("no-value", PLAN, "needs = \"sponsor\"",
	    "needs = \"sponsor\"; ask_after = \"2h\"; ask_message = \"appointment\"; "
	    "ask_answers = \"went\"",
	    .at = "appointment  ", .at_file = EN, .says = "{with} has no value"),
	ROW("no-value", EN, "  coping_walk   = \"{site}: a short walk",
	    "  coping_walk   = \"{site}, {sponsor}: a short walk", .says = "write {sponsor|...}"),
	ROW("no-value", EN, "a short walk before dinner", "{title} before dinner",
	    .says = "{title} has no value"),
	ROW("no-value", EN, "Glad to hear it", "Glad to hear it, {trusted}",
	    .says = "clients/evening-group.conf:"),
	/* An alternative is enough. */
	ROW(NULL, EN, "a short walk before dinner", "{sponsor|a short walk} before dinner"),
	ROW(NULL, EN, "today at {time}, {place}.", "today at {time}{place|}."),
	/* A language's own message may lack the field that the other's asks for. */
	ROW(NULL, ES, "caminata corta", "caminata corta, {name}"),
	ROW(NULL, JORDAN, "remind = [ \"2h\" ]", "message = \"coping_walk\""),
};

TEST(each_at_its_line)
{
	broken_check(table, COUNT(table), configuration_check);
}

/* Of each language's message the first client who lacks it is named, and how many more there are. */
TEST(in_each_language)
{
	struct faults faults = { 0 };
	struct model *model = NULL;
	char dir[] = RIG_DIR;

	rig_new(dir);
	(void)rig_edit(dir, PLAN, "coping_call|coping_alone", "coping_call");
	(void)rig_edit(dir, GROUP, "language = \"es\";", "");
	assert_int_equal(configuration_check(dir, &faults, &model), CONF_E_FAULT);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].file, EN);
	assert_non_null(strstr(faults.list[0].message, " and 1 more"));
	faults_done(&faults);
	rig_remove(dir);
	zone_close();
}
