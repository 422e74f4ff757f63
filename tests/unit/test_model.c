#include "test.h"
#include "lib/zone.h"
#include "config_rig.h"
#include "config/model.h"

static struct model *load(const char *file)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	struct model *model = NULL;

	if (model_load(file, &faults, &model) != 0 || faults.errors > 0) {
		fail_msg("%s: %s:%u: %s", file, faults.count > 0 ? faults.list[0].file : "",
			 faults.count > 0 ? faults.list[0].line : 0,
			 faults.count > 0 ? faults.list[0].message : "");
	}
	return model;
}

static void unload(struct model *model)
{
	assert_null(model_free(model));
	zone_close();
}

/* --- the example ----------------------------------------------------------- */

TEST(the_site)
{
	struct model *model = load("config");
	const struct civil christmas = { .year = 2026, .month = 12, .day = 25 };
	const struct civil eve = { .year = 2026, .month = 12, .day = 24 };

	assert_string_equal(model->dir, "config");
	assert_string_equal(model->site.name, "Riverside");
	assert_string_equal(model->site.phone, "+13125550100");
	assert_string_equal(model->site.language, "en");
	assert_string_equal(zone_name(model->site.zone), "America/Chicago");
	assert_int_equal(model->site.hours.from, 8 * 60);
	assert_int_equal(model->texting.hours.until, 20 * 60);
	assert_int_equal(model->texting.daily_limit, 2);
	assert_int_equal(model->texting.max_segments, 2);
	assert_true(model->texting.plain_characters);
	assert_int_equal(model->texting.on_unknown, ON_UNKNOWN_HOLD);
	assert_int_equal(model->keep.messages.days, 90);
	assert_int_equal(model->keep.audit.days, 6 * 365);
	assert_int_equal(model->gateways.count, 1);
	assert_true(model_closed(model, &christmas));
	assert_false(model_closed(model, &eve));
	assert_int_equal(model->staff_count, 2);
	assert_string_equal(model_staff(model, "dcole")->phone, "+13125550112");
	assert_null(model_staff(model, "nobody"));
	assert_int_equal(model->on_call_count, 2);
	assert_string_equal(model->on_call[1].staff, "dcole");
	assert_int_equal(model->acknowledge_within.elapsed, 15 * HF_MINUTE);
	unload(model);
}

TEST(the_plan)
{
	struct model *model = load("config/holdfast.conf");
	const struct plan *plan = model_plan(model, "aftercare");
	const struct reminder *checkin, *coping, *milestone;

	assert_string_equal(model->dir, "config");
	assert_null(model_plan(model, "other"));
	assert_int_equal(plan->table_count, 3);
	assert_string_equal(plan->tables[0].name, "how_are_you");
	assert_int_equal(plan->tables[0].count, 3);
	assert_int_equal(plan->tables[0].answers[2].means, MEANING_NEED);
	assert_int_equal(plan->tables[0].answers[2].alert, 2);
	assert_int_equal(plan->tables[0].answers[0].alert, 0);
	assert_string_equal(plan->tables[0].answers[0].replies.list[1], "good");
	assert_int_equal(plan->reminder_count, 5);
	assert_int_equal(plan->weeks, 53);

	checkin = &plan->reminders[0];
	assert_int_equal(checkin->kind, KIND_CHECK_IN);
	assert_int_equal(checkin->minute, 600);
	assert_int_equal(checkin->phase_count, 3);
	assert_int_equal(checkin->phases[2].every, 2);
	assert_int_equal(checkin->phases[0].every, 1);
	assert_int_equal(checkin->phases[0].weekdays, 1u << WEEKDAY_MO | 1u << WEEKDAY_TH);
	assert_int_equal(checkin->nudge_after.elapsed, 6 * HF_HOUR);
	assert_string_equal(checkin->answers, "how_are_you");

	coping = &plan->reminders[1];
	assert_int_equal(coping->kind, KIND_COPING);
	assert_int_equal(coping->messages.count, 3);
	assert_string_equal(coping->messages.list[0], "coping_call|coping_alone");
	assert_int_equal(coping->every, 1);
	assert_string_equal(plan->reminders[2].needs, "sponsor");
	milestone = &plan->reminders[3];
	assert_int_equal(milestone->days.count, 3);
	assert_int_equal(milestone->months.list[1], 9);
	assert_int_equal(milestone->years.list[0], 1);
	assert_int_equal(milestone->counts_from, COUNTS_FROM_RECOVERY);
	assert_ptr_equal(plan->after, model_plan(model, "alumni"));
	assert_string_equal(milestone->file, "plans/aftercare.conf");
	assert_int_equal(plan->reminders[4].kind, KIND_CLOSING);
	unload(model);
}

TEST(the_clients)
{
	struct model *model = load("config");
	const struct client *jordan = model_client(model, "r-1042");
	const struct client *ana = model_client(model, "r-1057");
	const struct client *lee = model_client(model, "r-1061");

	assert_int_equal(model->client_count, 3);
	assert_null(model_client(model, "r-1"));
	assert_ptr_equal(jordan->plan, model_plan(model, "aftercare"));
	assert_string_equal(jordan->phone, "+13125550142");
	assert_int_equal(jordan->start.day, 24);
	assert_int_equal(jordan->recovery_date.month, 8);
	assert_int_equal(jordan->until.year, 0);
	assert_string_equal(jordan->consent.how, "paper");
	assert_string_equal(jordan->trusted.list[0], "Maria");
	assert_int_equal(jordan->meeting_count, 2);
	assert_int_equal(jordan->meetings[1].leads.count, 2);
	assert_string_equal(jordan->meetings[0].message, "meeting");
	assert_int_equal(client_appointment(jordan, "review")->when.hour, 14);
	assert_int_equal(client_appointment(jordan, "review")->leads.list[0].days, 3);
	assert_null(client_meeting(jordan, "review"));
	assert_null(client_appointment(jordan, "tue"));
	assert_string_equal(client_reminder(jordan, "payday")->rrule,
			    "FREQ=MONTHLY;BYMONTHDAY=1,15");
	assert_int_equal(client_reminder(jordan, "checkin")->kind, KIND_CHECK_IN);
	assert_null(client_reminder(jordan, "tue"));

	assert_string_equal(ana->language, "es");
	assert_ptr_equal(ana->zone, model->site.zone);
	assert_null(ana->sponsor);
	assert_string_equal(zone_name(lee->zone), "America/Phoenix");
	assert_string_equal(lee->language, "en");
	assert_string_equal(lee->file, "clients/evening-group.conf");
	assert_non_null(client_meeting(lee, "thu"));
	unload(model);
}

TEST(messages)
{
	struct model *model = load("config");

	assert_non_null(strstr(model_template(model, "es", "sponsor")->text, "semana"));
	assert_non_null(strstr(model_template(model, "en", "sponsor")->text, "week"));
	assert_non_null(strstr(model_template(model, "fr", "sponsor")->text, "week"));
	assert_null(model_template(model, "en", "nothing"));
	assert_null(model_template(model, "fr", "nothing"));
	assert_string_equal(model_template(model, "en", "welcome")->file, "messages/en.conf");
	unload(model);
}

static struct civil day(int month, int day_of_month)
{
	return (struct civil){ .year = 2026, .month = month, .day = day_of_month, .hour = 12 };
}

TEST(pauses)
{
	struct pause list[] = {
		{ .from = day(12, 1), .until = day(12, 5) },
		{ .from = day(12, 4), .until = day(12, 10) },
		{ .from = day(12, 20) },
	};
	const struct client client = { .pauses = list, .pause_count = COUNT(list) };
	struct civil on, until;

	on = day(11, 30);
	assert_false(client_paused(&client, &on, &until));
	on = day(12, 1);
	assert_true(client_paused(&client, &on, &until));
	assert_int_equal(until.day, 5);
	on = day(12, 5);
	assert_true(client_paused(&client, &on, &until));
	assert_int_equal(until.day, 10);
	on = day(12, 11);
	assert_false(client_paused(&client, &on, &until));
	on = day(12, 31);
	assert_true(client_paused(&client, &on, &until));
	assert_int_equal(until.year, 0);
}

/* --- what may differ from it ------------------------------------------------ */

TEST(defaults)
{
	char dir[] = RIG_DIR;
	struct model *model;
	const struct client *client;

	rig_new(dir);
	rig_write(dir, "holdfast.conf",
		  "site = { name = \"R\"; phone = \"+13125550100\"; timezone = \"Europe/Berlin\"; "
		  "};\n"
		  "gateways = \"primary\";\n");
	rig_write(
		dir, "clients/fresh.conf",
		"id = \"x\"; name = \"K\"; phone = \"+13125550177\"; start = \"2026-11-01\";\n"
		"consent = { at = \"2026-11-01\"; how = \"paper\"; };\n"
		"meetings = { id = \"m\"; title = \"t\"; on = \"MO\"; at = \"19:00\"; };\n"
		"appointments = { id = \"a\"; with = \"w\"; when = \"2026-12-02 14:00\"; };\n"
		"reminders = { id = \"c\"; kind = \"check-in\"; on = \"MO\"; at = \"09:00\"; };\n");
	model = load(dir);
	assert_string_equal(model->site.language, "en");
	assert_int_equal(model->texting.hours.from, 9 * 60);
	assert_int_equal(model->texting.hours.until, 20 * 60);
	assert_int_equal(model->texting.daily_limit, 2);
	assert_true(model->texting.plain_characters);
	assert_int_equal(model->keep.messages.days, 90);
	assert_int_equal(model->keep.receipts.days, 30);
	assert_int_equal(model->closed.count, 0);

	client = model_client(model, "x");
	assert_null(client->plan);
	assert_string_equal(zone_name(client->zone), "Europe/Berlin");
	assert_string_equal(client->language, "en");
	assert_int_equal(client->wording, 0);
	assert_int_equal(client->meetings[0].leads.list[0].elapsed, 2 * HF_HOUR);
	assert_int_equal(client->appointments[0].leads.list[0].days, 1);
	assert_string_equal(client->appointments[0].message, "appointment");
	assert_string_equal(client->reminders[0].messages.list[0], "checkin");
	assert_int_equal(client->reminders[0].silent_after.elapsed, 24 * HF_HOUR);
	unload(model);
	rig_remove(dir);
}

TEST(a_shared_phone_must_be_said_twice)
{
	static const char shared[] = "\"+13125550142\"; shared_phone = true;";
	char dir[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;

	rig_new(dir);
	(void)rig_edit(dir, "clients/jordan.conf", "\"+13125550142\";", shared);
	(void)rig_edit(dir, "clients/evening-group.conf", "\"+13125550157\";", "\"+13125550142\";");
	assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.list[0].code, "duplicate-phone");
	assert_non_null(strstr(faults.list[0].message, "clients/evening-group.conf:"));
	faults_done(&faults);

	(void)rig_edit(dir, "clients/evening-group.conf", "\"+13125550142\";", shared);
	unload(load(dir));
	rig_remove(dir);
}

/* Over, in other months, and counted back: sound, whatever the start of who has it. */
TEST(a_rule_is_not_refused_for_a_start)
{
	static const char *const rules[] = {
		"FREQ=DAILY;UNTIL=20251231",
		"FREQ=MONTHLY;INTERVAL=2;BYMONTH=12",
		"BYMONTH=12;INTERVAL=2;FREQ=MONTHLY",
		"FREQ=MONTHLY;BYMONTHDAY=-31\"; skip = true; needs = \"sponsor",
	};

	for (size_t i = 0; i < COUNT(rules); i++) {
		char dir[] = RIG_DIR;

		rig_new(dir);
		(void)rig_edit(dir, "clients/jordan.conf", "FREQ=MONTHLY;BYMONTHDAY=1,15",
			       rules[i]);
		unload(load(dir));
		rig_remove(dir);
	}
}

TEST(no_consent_is_a_warning)
{
	char dir[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;

	rig_new(dir);
	(void)rig_edit(dir, "clients/jordan.conf", "consent  =", "// consent =");
	assert_int_equal(model_load(dir, &faults, &model), 0);
	assert_int_equal(faults.count, 1);
	assert_int_equal(faults.errors, 0);
	assert_string_equal(faults.list[0].code, "no-consent");
	assert_int_equal(faults.list[0].severity, FAULT_WARNING);
	assert_int_equal(faults.list[0].line, rig_find(dir, "clients/jordan.conf", "\"r-1042\""));
	assert_null(model_client(model, "r-1042")->consent.how);
	faults_done(&faults);
	unload(model);
	rig_remove(dir);
}

TEST(what_is_missing_altogether)
{
	char dir[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load("/nonexistent/holdfast.conf", &faults, &model), CONF_E_FAULT);
	assert_true(faults.count > 0);
	assert_string_equal(faults.list[0].code, "unreadable");
	assert_string_equal(faults.list[0].file, "holdfast.conf");
	faults_done(&faults);

	/* Not a file is at fault, but what others say about it. */
	rig_new(dir);
	assert_int_equal(unlink(strcat(strcpy((char[64]){ 0 }, dir), "/staff.conf")), 0);
	assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
	assert_int_equal(faults.count, 3);
	assert_string_equal(faults.list[2].code, "unknown-staff");
	faults_done(&faults);
	assert_null(model);
	assert_null(model_free(NULL));
	rig_remove(dir);
	zone_close();
}

TEST(a_broken_file_is_not_blamed_on_others)
{
	static const char *const files[] = { "plans/aftercare.conf", "messages/en.conf",
					     "staff.conf" };

	for (size_t i = 0; i < COUNT(files); i++) {
		char dir[] = RIG_DIR;
		struct faults faults = { 0 };
		struct model *model = NULL;

		rig_new(dir);
		rig_write(dir, files[i], "a = (\n");
		assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
		assert_int_equal(faults.count, 1);
		assert_string_equal(faults.list[0].file, files[i]);
		faults_done(&faults);
		rig_remove(dir);
	}
	zone_close();
}

/* --- many ----------------------------------------------------------------------- */

static void write_many(const char *dir, int from, int count)
{
	_cleanup_free_ char *text = NULL;
	char name[64];
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	(void)fprintf(file, "clients = (\n");
	for (int i = from; i < from + count; i++) {
		(void)fprintf(
			file,
			"%s{ id = \"m-%d\"; name = \"K\"; phone = \"+1312%07d\"; "
			"plan = \"aftercare\"; start = \"2026-11-01\"; counselor = \"dcole\"; "
			"consent = { at = \"2026-11-01\"; how = \"paper\"; }; }",
			i > from ? ",\n" : "", i * 7919 % 100000, 2000000 + i);
	}
	(void)fprintf(file, ");\n");
	(void)fclose(file);
	(void)snprintf(name, sizeof(name), "clients/many-%d.conf", from);
	rig_write(dir, name, text);
}

TEST(many_clients)
{
	char dir[] = RIG_DIR, id[32];
	struct model *model;

	rig_new(dir);
	for (int i = 0; i < 4; i++) {
		write_many(dir, i * 2500, 2500);
	}
	model = load(dir);
	assert_int_equal(model->client_count, 10003);
	for (int i = 0; i < 10000; i++) {
		(void)snprintf(id, sizeof(id), "m-%d", i * 7919 % 100000);
		assert_string_equal(model_client(model, id)->id, id);
	}
	unload(model);
	rig_remove(dir);
}

/* --- the tables -------------------------------------------------------------------- */

static void see_key(void *userdata, const char *section, const struct conf_entry *entry)
{
	assert_non_null(section);
	assert_non_null(entry->doc);
	assert_true(strlen(entry->doc) > 0 && !strchr(entry->doc, '\n'));
	assert_false(entry->required && entry->fallback);
	assert_true(entry->kind != CONF_WORD || entry->words);
	assert_true((entry->kind != CONF_GROUP && entry->kind != CONF_LIST) || entry->read);
	assert_true(entry->kind != CONF_NUMBER || entry->least < entry->most);
	++*(int *)userdata;
}

TEST(every_key_is_explained)
{
	int count = 0;

	model_each_key(see_key, &count);
	assert_true(count > 80);
}
