/* A reload reads what changed, and finds what a full load finds. */
#include "test.h"
#include "reload_rig.h"

#define FILES   10 /* of the example that a load reads, its gateway's and presets apart */
#define JORDAN  "clients/jordan.conf"
#define EVENING "clients/evening-group.conf"

TEST(only_what_changed_is_read)
{
	struct reload reload;
	const char *text;

	reload_begin(&reload);
	assert_int_equal(reload.model->parsed, FILES);
	assert_int_equal(reload.model->reused, 0);

	/* holdfast.conf is always read. */
	text = model_template(reload.model, "en", "welcome")->text;
	reload_at(&reload, reload_later());
	assert_int_equal(reload.model->parsed, 1);
	assert_int_equal(reload.model->reused, FILES - 1);
	assert_ptr_equal(model_template(reload.model, "en", "welcome")->text, text);

	(void)rig_edit(reload.dir, JORDAN, "\"Sam\"", "\"Samuel\"");
	reload_at(&reload, reload_later());
	assert_int_equal(reload.model->parsed, 2);
	assert_int_equal(reload.model->reused, FILES - 2);
	assert_string_equal(model_client(reload.model, "r-1042")->sponsor, "Samuel");
	assert_string_equal(model_client(reload.model, "r-1042")->plan->id, "aftercare");
	reload_end(&reload);
}

/* Its lists are read once, whatever stands in words/ beside them. */
TEST(what_comes_with_it_is_not_read_again)
{
	struct reload reload;
	_cleanup_free_ char *english = NULL;
	const struct word *words;

	reload_begin(&reload);
	english = rig_path(reload.dir, "words/en.conf");
	assert_int_equal(unlink(english), 0);
	reload_at(&reload, reload_later());
	assert_int_equal(reload.model->word_list_count, 2);
	assert_string_equal(reload.model->word_lists[1].language, "en");
	words = reload.model->word_lists[1].words;
	reload_at(&reload, reload_later());
	assert_ptr_equal(reload.model->word_lists[1].words, words);

	rig_write(reload.dir, "words/en.conf", "giveaway = [ \"breakfast\" ];\n");
	reload_at(&reload, reload_later());
	assert_int_equal(reload.answer, CONF_E_FAULT);
	assert_int_equal(unlink(english), 0);
	reload_at(&reload, reload_later());
	assert_ptr_equal(reload.model->word_lists[1].words, words);
	reload_end(&reload);
}

TEST(what_was_just_written_is_read_again)
{
	struct reload reload;

	reload_begin(&reload);
	reload_at(&reload, reload_now());
	assert_int_equal(reload.model->reused, FILES - 1); /* the first load was later */
	(void)rig_edit(reload.dir, JORDAN, "\"Sam\"", "\"Pat\"");
	for (int i = 0; i < 2; i++) {
		reload_at(&reload, reload_now());
		assert_int_equal(reload.model->parsed, 2);
	}
	reload_at(&reload, reload_later());
	assert_int_equal(reload.model->parsed, 2);
	reload_at(&reload, reload_now());
	assert_int_equal(reload.model->parsed, 1);
	reload_end(&reload);

	/* model_load() has no clock, so nothing that it read is trusted. */
	reload_begin(&reload);
	reload.model = model_free(reload.model);
	assert_int_equal(model_load(reload.dir, &reload.faults, &reload.model), 0);
	reload_at(&reload, reload_later());
	assert_int_equal(reload.model->reused, 0);
	reload_end(&reload);
}

TEST(a_snapshot_outlives_the_one_before)
{
	struct reload reload;
	struct model *before, *after = NULL;

	reload_begin(&reload);
	before = reload.model;
	assert_int_equal(model_reload(before, reload.dir, reload_later(), &reload.faults, &after),
			 0);
	reload.model = model_free(before);
	reload.model = after;
	assert_int_equal(after->parsed, 1);
	assert_string_equal(model_client(after, "r-1061")->meetings[0].title, "Thursday circle");
	assert_string_equal(after->site.name, "Riverside");
	assert_string_equal(model_staff(after, "dcole")->name, "D. Cole");
	reload_end(&reload);
}

/* --- the same as a full load ------------------------------------------------------- */

/* Each is made where it is not, and taken back where it is. */
static const struct {
	const char *file, *find, *put;
} edits[] = {
	{ JORDAN, "\"Sam\"", "\"Kim\"" },
	{ JORDAN, "\"Maria\"", "\"Mario\"" },
	{ JORDAN, "plan     = \"aftercare\"", "plan     = \"nosuch\"" },
	{ JORDAN, "counselor = \"mreyes\"", "counselor = \"nobody\"" },
	{ JORDAN, "your Tuesday group", "your NA meeting" },
	{ JORDAN, "breakfast", "the addicts" },
	{ JORDAN, "\"payday\"", "\"coping\"" },
	{ JORDAN, "meetings = (", "meetings = ((" },
	{ EVENING, "+13125550157", "+13125550142" },
	{ EVENING, "language = \"es\"", "language = \"fr\"" },
	{ EVENING, "consent = { at = \"2026-11-09\"; how = \"web form\"; by = \"dcole\"; };", " " },
	{ EVENING, "\"r-1057\"", "\"r-1042\"" },
	{ EVENING, "\"online\"", "\"the rehab\"" },
	{ "plans/aftercare.conf", "plan  = \"aftercare\"", "plan  = \"aftercase\"" },
	{ "plans/aftercare.conf", "\"coping_walk\"", "\"coping_wall\"" },
	{ "plans/aftercare.conf", "id = \"coping\"", "id = \"payday\"" },
	{ "plans/aftercare.conf", "\"10:00\"", "\"1000\"" },
	{ "messages/es.conf", "coping_walk ", "coping_work " },
	{ "messages/es.conf", "language = \"es\"", "language = \"fr\"" },
	{ "messages/en.conf", "{site_phone}", "{site_phono}" },
	{ "messages/en.conf", "a short walk", "a sober walk" },
	{ "words/en.conf", "\"addict\"", "\"breakfast\"" },
	{ "words/en.conf", "\"remove me\"", "\"remove me\", \"so-so\"" },
	{ "words/es.conf", "\"", "\"caminata\", \"" },
	{ "staff.conf", "id = \"dcole\"", "id = \"cole\"" },
	{ "staff.conf", "+13125550112", "+1312555" },
	{ "holdfast.conf", "language = \"en\"", "language = \"es\"" },
	{ "holdfast.conf", "Riverside", "Rehab" },
	{ "holdfast.conf", "\"America/Chicago\"", "\"America/Denver\"" },
	{ "gateways/primary.conf", "preset", "presets" },
};

static bool holds(const char *dir, const char *file, const char *text)
{
	_cleanup_free_ char *path = rig_path(dir, file), *all = NULL;

	if (access(path, F_OK) != 0) {
		return false;
	}
	all = rig_read(dir, file);
	return strstr(all, text) != NULL;
}

static void toggle(const char *dir, size_t which)
{
	const char *file = edits[which].file;

	if (holds(dir, file, edits[which].put)) {
		(void)rig_edit(dir, file, edits[which].put, edits[which].find);
	} else if (holds(dir, file, edits[which].find)) {
		(void)rig_edit(dir, file, edits[which].find, edits[which].put);
	}
}

/* A file goes away and comes back. */
static void move(const char *dir, size_t which)
{
	_cleanup_free_ char *path = rig_path(dir, edits[which].file), *away = NULL;

	assert_true(asprintf(&away, "%s~", path) > 0);
	if (access(path, F_OK) == 0) {
		assert_int_equal(rename(path, away), 0);
	} else {
		assert_int_equal(rename(away, path), 0);
	}
}

static void tell_client(FILE *file, const struct client *client)
{
	(void)fprintf(file, "%s %s %s %s %s %s %s %s:%u %d\n", client->id, client->name,
		      client->phone, client->plan ? client->plan->id : "-", zone_name(client->zone),
		      client->language, client->sponsor ? client->sponsor : "-", client->file,
		      client->line, client->consent.how != NULL);
	for (size_t i = 0; i < client->meeting_count; i++) {
		(void)fprintf(file, " %s %s\n", client->meetings[i].id, client->meetings[i].title);
	}
}

/* What a snapshot says, in words. */
static char *tell(const struct model *model)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	(void)fprintf(file, "%s %s %zu\n", model->site.name, model->site.language,
		      model->staff_count);
	for (size_t i = 0; i < model->client_count; i++) {
		tell_client(file, &model->clients[i]);
	}
	for (size_t i = 0; i < model->plan_count; i++) {
		for (size_t j = 0; j < model->plans[i].reminder_count; j++) {
			(void)fprintf(file, "%s %s %d\n", model->plans[i].id,
				      model->plans[i].reminders[j].id,
				      model->plans[i].reminders[j].minute);
		}
	}
	for (size_t i = 0; i < model->language_count; i++) {
		for (size_t j = 0; j < model->languages[i].count; j++) {
			(void)fprintf(file, "%s %s %s\n", model->languages[i].code,
				      model->languages[i].messages[j].name,
				      model->languages[i].messages[j].text);
		}
	}
	(void)fclose(file);
	return text;
}

static void assert_same_faults(const struct faults *a, const struct faults *b)
{
	assert_int_equal(a->errors, b->errors);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_string_equal(a->list[i].file, b->list[i].file);
		assert_int_equal(a->list[i].line, b->list[i].line);
		assert_int_equal(a->list[i].severity, b->list[i].severity);
		assert_string_equal(a->list[i].code, b->list[i].code);
		assert_string_equal(a->list[i].message, b->list[i].message);
	}
}

/* How many files the reload need not read. */
static size_t compare_with_a_full_load(struct reload *reload)
{
	_cleanup_(model_freep) struct model *full = NULL;
	_cleanup_(faults_done) struct faults faults = { 0 };
	int answer = model_load(reload->dir, &faults, &full);

	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, answer);
	assert_same_faults(&reload->faults, &faults);
	if (answer == 0) {
		_cleanup_free_ char *expected = tell(full), *told = tell(reload->model);

		assert_string_equal(told, expected);
		return reload->model->reused;
	}
	return 0;
}

TEST(a_reload_finds_what_a_full_load_finds)
{
	struct reload reload;
	const char *chosen = getenv("SEED");
	unsigned seed = chosen ? (unsigned)atoi(chosen) : 20261123, good = 0, bad = 0;
	const unsigned tries = SANITISED ? 150 : 600;
	size_t reused = 0;

	reload_begin(&reload);
	for (unsigned i = 0; i < tries; i++) {
		size_t which = (size_t)rand_r(&seed) % COUNT(edits);

		/* Mostly good: a broken one is taken back at once, half of the time. */
		reload_next_tick(reload.dir);
		if (rand_r(&seed) % 6 == 0) {
			move(reload.dir, which);
		} else {
			toggle(reload.dir, which);
		}
		reused += compare_with_a_full_load(&reload);
		if (reload.answer == 0) {
			good++;
			continue;
		}
		bad++;
		if (rand_r(&seed) % 4 != 0) {
			rig_remove(reload.dir);
			assert_int_equal(mkdir(reload.dir, 0700), 0);
			rig_copy("config", reload.dir);
		}
	}
	assert_true(good > tries / 12 && bad > tries / 12);
	assert_true(reused > good); /* or this has compared nothing */
	reload_end(&reload);
}

/* Nobody of them has consented. */
static void write_many(const char *dir, int from, int count)
{
	_cleanup_free_ char *text = NULL;
	char name[64];
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	(void)fputs("clients = (\n", file);
	for (int i = from; i < from + count; i++) {
		(void)fprintf(file,
			      "%s{ id = \"w-%d\"; name = \"K\"; phone = \"+1312%07d\"; "
			      "plan = \"aftercare\"; start = \"2026-11-01\"; }",
			      i > from ? ",\n" : "", i, 2000000 + i);
	}
	(void)fputs(");\n", file);
	(void)fclose(file);
	(void)snprintf(name, sizeof(name), "clients/many-%d.conf", from);
	rig_write(dir, name, text);
}

TEST(a_thousand_warnings_hide_no_error)
{
	struct reload reload;

	reload_begin(&reload);
	for (int from = 0; from < FAULTS_MAX + 200; from += 300) {
		write_many(reload.dir, from, 300);
	}
	reload_at(&reload, reload_later());
	assert_int_equal(reload.answer, 0);
	assert_true(reload.faults.overflow);
	for (size_t i = 0; i < reload.model->client_count; i++) {
		assert_non_null(reload.model->clients[i].zone);
		assert_non_null(reload.model->clients[i].plan);
	}

	(void)rig_edit(reload.dir, "clients/many-900.conf", "aftercare", "aftercase");
	(void)compare_with_a_full_load(&reload);
	assert_int_equal(reload.answer, CONF_E_FAULT);
	assert_int_equal(reload.faults.errors, 1);
	reload_end(&reload);
}
