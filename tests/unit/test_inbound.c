/*
 * Who a text is from: staff, a stranger, one of several on a phone; a repeat does nothing.
 * What a client's text does, and what is answered.
 */
#include "test.h"
#include "db_faults.h"
#include "inbound_rig.h"
#include "engine/checkin.h"

FIXTURE(set_up, tear_down);

/* --- who it is from ------------------------------------------------------------------------ */

TEST(test_stranger)
{
	struct rig *rig = *state;

	writes(rig, STRANGER, "hello?", NOON);
	expect_texts(rig, "?1", "unknown");
	expect_cases(rig, "?1", "unknown number routine");
	expect_kind(rig, INBOX_STRANGER, "?1");
	writes(rig, STRANGER, "i want to die", NOON + HF_MINUTE);
	expect_texts(rig, "?1", "told");
	expect_cases(rig, "?1", "unknown number urgent");
	/* One confirmation, and no text after it. */
	writes(rig, STRANGER, "STOP", NOON + 2 * HF_MINUTE);
	expect_texts(rig, "?1", "stopped");
	writes(rig, STRANGER, "STOP", NOON + HF_DAY);
	writes(rig, STRANGER, "i want to die", NOON + HF_DAY);
	expect_texts(rig, "?1", "");
	writes(rig, STRANGER, "START", NOON + 2 * HF_DAY);
	expect_texts(rig, "?1", "resumed");
	/* Machines are not written back to. */
	writes(rig, "72975", "Your code is 1234", NOON);
	expect_texts(rig, "?2", "");
	expect_cases(rig, "?2", "");
}

TEST(test_staff)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	writes(rig, JORDAN, "call me", NOON);
	writes(rig, STRANGER, "ACK 1", NOON + 1);
	expect_kind(rig, INBOX_STRANGER, "?1");
	writes(rig, STAFF, "what is this", NOON + 2);
	expect_kind(rig, INBOX_STAFF, "@mreyes");
	expect_cases(rig, "@mreyes", "");
	writes(rig, STAFF, "ACK 1", NOON + 3);
	expect_kind(rig, INBOX_ACKNOWLEDGED, "@mreyes");
	assert_int_equal(cases_get(rig->ctx.db, 1, &rows), 0);
	cases_read(&rows, &row);
	assert_int_equal(row.state, CASE_ACKNOWLEDGED);
	assert_string_equal(row.acknowledged_by, "@mreyes");
}

TEST(test_shared_phone)
{
	struct rig *rig = *state;
	struct client *other = &rig->model->clients[1];

	other->phone = (char *)JORDAN;
	(void)phonebook_free(rig->book);
	assert_int_equal(phonebook_new(rig->model, &rig->book), 0);
	rig->ctx.book = rig->book;

	writes(rig, JORDAN, "when is the group", NOON);
	expect_texts(rig, rig->model->clients[0].id, "who_writes");
	expect_kind(rig, INBOX_UNCLEAR, rig->model->clients[0].id);
	writes(rig, JORDAN, "this is Jordan, when is the group", NOON + 1);
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
	/* Only she was asked something. */
	ask(rig, 50, NOON);
	writes(rig, JORDAN, "1", NOON + 2);
	expect_kind(rig, INBOX_ANSWER, "r-1042");
	/* Whoever holds the phone wants no texts on it. */
	writes(rig, JORDAN, "STOP", NOON + 3);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_cases(rig, other->id, "unclear routine, stop routine");
}

TEST(test_repeats)
{
	struct rig *rig = *state;

	bring(rig, "SM1", JORDAN, "HELP", NOON);
	bring(rig, "SM1", JORDAN, "HELP", NOON + HF_DAY);
	bring(rig, "SM2", JORDAN, "HELP", NOON + HF_SECOND);
	expect_texts(rig, "r-1042", "help");
	expect_cases(rig, "r-1042", "help urgent");
}

/* The ids are three, and the gateway says no time. */
TEST(test_last_word_within_seconds)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "STOP", NOON);
	writes(rig, JORDAN, "START", NOON + 2 * HF_SECOND);
	writes(rig, JORDAN, "STOP", NOON + 4 * HF_SECOND);
	expect_consent(rig, CONSENT_WITHDRAWN);
	writes(rig, JORDAN, "START", NOON + 6 * HF_SECOND);
	expect_consent(rig, CONSENT_GIVEN);
}

/* Staff recorded a consent between two STOPs, so that the second one is no repeat. */
TEST(test_stop_once_more_after_staff)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "STOP", NOON);
	assert_int_equal(people_consent(rig->ctx.db, "r-1042", JORDAN, CONSENT_GIVEN,
					NOON + HF_SECOND, "phone", "mreyes", NOON + HF_SECOND),
			 0);
	expect_consent(rig, CONSENT_GIVEN);
	writes(rig, JORDAN, "STOP", NOON + 2 * HF_SECOND);
	expect_consent(rig, CONSENT_WITHDRAWN);
}

/* --- stop and start ------------------------------------------------------------------ */

TEST(test_stop)
{
	struct rig *rig = *state;
	const struct outbox_message waiting = { .client = "r-1042",
						.kind = KIND_COPING,
						.reminder = "coping",
						.lead = "",
						.occurrence = 1,
						.due = NOON,
						.expires = NOON + HF_HOUR,
						.priority = OUTBOX_AUTOMATIC,
						.next_try = NOON };
	int64_t id;

	assert_int_equal(outbox_add(rig->ctx.db, &waiting, NOON, &id), 0);
	ask(rig, 50, NOON - HF_HOUR);
	writes(rig, JORDAN, "Stop.", NOON);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_texts(rig, "r-1042", "stopped");
	expect_cases(rig, "r-1042", "stop routine");
	expect_kind(rig, INBOX_STOP, "r-1042");

	/* Once more is no news to her, and not for staff. */
	writes(rig, JORDAN, "STOP!!", NOON + HF_MINUTE);
	expect_texts(rig, "r-1042", "");
	expect_consent(rig, CONSENT_WITHDRAWN);

	writes(rig, JORDAN, "start", NOON + HF_HOUR);
	expect_consent(rig, CONSENT_GIVEN);
	expect_texts(rig, "r-1042", "resumed");
	expect_cases(rig, "r-1042", "");
}

/* Words of the gateway's own family, which no list of ours has. */
TEST(test_gateway_takes_it_for_a_stop)
{
	struct rig *rig = *state;
	const struct wire_inbound inbound = { .gateway_id = "x",
					      .from = JORDAN,
					      .to = "",
					      .text = "ARRET",
					      .parts_of = "",
					      .opted_out = true };

	assert_int_equal(inbound_take(at(rig, NOON), "primary", &inbound), 0);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_texts(rig, "r-1042", "");
	expect_kind(rig, INBOX_STOP, "r-1042");
}

/* What no program can read, somebody of the staff does, whatever else the text says. */
TEST(test_undecoded)
{
	struct rig *rig = *state;
	const struct wire_inbound inbound = { .gateway_id = "x",
					      .from = JORDAN,
					      .to = "",
					      .text = "1",
					      .parts_of = "",
					      .undecoded = true };

	ask(rig, 1, NOON);
	assert_int_equal(inbound_take(at(rig, NOON + 1), "primary", &inbound), 0);
	expect_cases(rig, "r-1042", "written routine");
}

/* Of a text in parts it is whichever part, in whatever order, also where the other never comes. */
TEST(test_undecoded_part)
{
	static const struct {
		int first, second; /* the parts as they come; 0: none */
		int undecoded;
	} cases[] = { { 1, 2, 1 }, { 1, 2, 2 }, { 2, 1, 1 }, { 2, 1, 2 }, { 1, 0, 1 } };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const int parts[] = { cases[i].first, cases[i].second };
		struct wire_inbound part = { .from = JORDAN, .to = "", .parts = 2 };
		hf_time now = NOON + (hf_time)i * HF_HOUR;
		char id[2] = { (char)('a' + i), '\0' };

		ask(rig, (int64_t)i + 1, now - 1);
		part.parts_of = id;
		for (size_t j = 0; j < COUNT(parts) && parts[j] > 0; j++) {
			part.gateway_id = "";
			part.part = parts[j];
			part.text = parts[j] == 1 ? "1" : " thanks";
			part.undecoded = parts[j] == cases[i].undecoded;
			assert_int_equal(inbound_take(at(rig, now), "primary", &part), 0);
		}
		assert_int_equal(inbound_run(at(rig, now + 2 * INBOX_PATIENCE)), 0);
		expect_cases(rig, "r-1042", "written routine");
		assert_int_equal(cases_resolve(rig->ctx.db, "r-1042", CASE_WRITTEN, "read", now),
				 0);
	}
}

/* The gateway's word for it stands on one part, and may never come again. */
/* START and HELP are answered by the gateway, and are what they are for us. */
TEST(test_gateway_answers_it)
{
	static const char *const texts[] = { "START", "HELP" };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		const struct wire_inbound inbound = { .gateway_id = texts[i],
						      .from = JORDAN,
						      .to = "",
						      .text = texts[i],
						      .parts_of = "",
						      .answered = true };

		assert_int_equal(inbound_take(at(rig, NOON), "primary", &inbound), 0);
	}
	expect_texts(rig, "r-1042", "");
	expect_cases(rig, "r-1042", "help urgent");
}

TEST(test_gateway_takes_a_part_for_a_stop)
{
	struct rig *rig = *state;
	struct wire_inbound inbound = { .gateway_id = "x1",
					.from = JORDAN,
					.to = "",
					.text = "ARRET",
					.parts_of = "ref",
					.part = 1,
					.parts = 2,
					.opted_out = true };

	assert_int_equal(inbound_take(at(rig, NOON), "primary", &inbound), 0);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_kind(rig, INBOX_STOP, "r-1042");

	/* The rest is a text like any other. */
	inbound = (struct wire_inbound){ .gateway_id = "x2",
					 .from = JORDAN,
					 .to = "",
					 .text = " merci",
					 .parts_of = "ref",
					 .part = 2,
					 .parts = 2 };
	assert_int_equal(inbound_take(at(rig, NOON + 1), "primary", &inbound), 0);
	assert_int_equal(inbound_run(at(rig, NOON + INBOX_PATIENCE + 1)), 0);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
}

/* What staff took back, and what nobody ever gave, START does not give. */
TEST(test_start_is_bounded)
{
	struct rig *rig = *state;

	assert_int_equal(people_consent(rig->ctx.db, "r-1042", JORDAN, CONSENT_WITHDRAWN,
					NOON - HF_DAY, "staff", "ana", NOON - HF_DAY),
			 0);
	writes(rig, JORDAN, "START", NOON);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_texts(rig, "r-1042", "");
	expect_cases(rig, "r-1042", "written routine");
	expect_kind(rig, INBOX_START, "r-1042");
}

/* YES is an answer while a question is open, else it opts in. */
TEST(test_yes)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "yes", NOON);
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
	writes(rig, JORDAN, "STOP", NOON + 1);
	writes(rig, JORDAN, "YES", NOON + 2);
	expect_kind(rig, INBOX_START, "r-1042");
	expect_consent(rig, CONSENT_GIVEN);
}

/* --- calls for somebody ----------------------------------------------------------------- */

TEST(test_help)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "HELP", NOON);
	expect_texts(rig, "r-1042", "help");
	expect_cases(rig, "r-1042", "help urgent");

	/* Whoever is stopped is still told whom to call: once a day. */
	writes(rig, JORDAN, "STOP", NOON + 2 * HF_DAY);
	expect_texts(rig, "r-1042", "stopped");
	writes(rig, JORDAN, "HELP", NOON + 2 * HF_DAY + 1);
	expect_texts(rig, "r-1042", "help");
	writes(rig, JORDAN, "INFO", NOON + 2 * HF_DAY + HF_HOUR);
	expect_texts(rig, "r-1042", "");
}

TEST(test_crisis)
{
	struct rig *rig = *state;

	ask(rig, 50, NIGHT - HF_HOUR);
	writes(rig, JORDAN, "i want to die", NIGHT);
	expect_texts(rig, "r-1042", "emergency");
	expect_cases(rig, "r-1042", "crisis urgent");
	expect_kind(rig, INBOX_CRISIS, "r-1042");

	/* With a STOP she gets no text about it, but a human hears of it. */
	writes(rig, JORDAN, "STOP i want to die", NIGHT + HF_HOUR);
	expect_texts(rig, "r-1042", "stopped");
	expect_cases(rig, "r-1042", "crisis urgent, stop routine");
	expect_kind(rig, INBOX_STOP, "r-1042");
}

TEST(test_setback)
{
	struct rig *rig = *state;
	struct situation situation;

	writes(rig, JORDAN, "i slipped last night", NOON);
	expect_texts(rig, "r-1042", "setback");
	expect_kind(rig, INBOX_SETBACK, "r-1042");
	assert_int_equal(situation_get(rig->ctx.db, "r-1042", &situation), 0);
	assert_true(situation.setback == NOON);
	/* Jordan's thirtieth day has just been. */
	expect_cases(rig, "r-1042", "setback urgent");
}

TEST(test_person)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "can someone call me please", NOON);
	expect_texts(rig, "r-1042", "answer_need");
	expect_cases(rig, "r-1042", "need urgent");
}

/* --- answers -------------------------------------------------------------------------- */

TEST(test_answer)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct rig *rig = *state;
	struct checkin checkin;

	ask(rig, 50, NOON - HF_HOUR);
	writes(rig, JORDAN, "Good :)", NOON);
	expect_texts(rig, "r-1042", "answer_well");
	expect_cases(rig, "r-1042", "");
	expect_kind(rig, INBOX_ANSWER, "r-1042");
	writes(rig, JORDAN, "3 actually", NOON + HF_HOUR);
	expect_kind(rig, INBOX_ANSWER, "r-1042");
	expect_cases(rig, "r-1042", "need urgent");
	assert_int_equal(checkins_last(rig->ctx.db, "r-1042", 0, &rows), 0);
	checkins_read(&rows, &checkin);
	assert_int_equal(checkin.first, MEANING_WELL);
	assert_int_equal(checkin.current, MEANING_NEED);
}

TEST(test_unclear)
{
	struct rig *rig = *state;

	ask(rig, 50, NOON - HF_HOUR);
	writes(rig, JORDAN, "purple", NOON);
	expect_texts(rig, "r-1042", "clarify");
	expect_cases(rig, "r-1042", "unclear routine");
	writes(rig, JORDAN, "purple again", NOON + HF_MINUTE);
	expect_texts(rig, "r-1042", "received");
	expect_cases(rig, "r-1042", "unclear routine");
}

/* --- what she is answered, whatever she writes -------------------------------------------- */

enum told {
	LIGHT,  /* nothing weighs in it: how to answer may be said, once */
	HEAVY,  /* thanked, and told when it is read */
	NEEDS,  /* somebody calls */
	DANGER, /* the emergency text */
	FELL,   /* a setback */
	WELL,   /* an answer */
	ROUGH,  /* the answer that means need */
};

static const struct {
	const char *text;
	enum told told;
} texts[] = {
	{ "I don't see the point", DANGER },
	{ "this is her mom. she is not ok, she took something", DANGER },
	{ "soy su mama, ella no esta bien, tomo algo", DANGER },
	{ "1 but I can't do this anymore", DANGER },
	{ "1 pero ya no puedo mas", DANGER },
	{ "ya no le veo sentido", DANGER },
	{ "I'm at my dealers house and I don't know what to do", NEEDS },
	{ "just one more time wont hurt right", NEEDS },
	{ "my friends are all using here", NEEDS },
	{ "i cant handle the stress anymore", NEEDS },
	{ "i want to come back to treatment", NEEDS },
	{ "quiero regresar al tratamiento", NEEDS },
	{ "can someone call me please", NEEDS },
	{ "me pueden llamar", NEEDS },
	{ "tengo ganas de usar", NEEDS },
	{ "no tengo con quien hablar", NEEDS },
	{ "i drank last night", FELL },
	{ "ya valio, volvi a picarme", FELL },
	{ "not good", HEAVY },
	{ "no muy bien", HEAVY },
	{ "no bien", HEAVY },
	{ "1 :(", HEAVY },
	{ "my grandma died", HEAVY },
	{ "murio mi abuela", HEAVY },
	{ "lost my job", HEAVY },
	{ "me corrieron del trabajo", HEAVY },
	{ "they took my kids", HEAVY },
	{ "me quitaron a mis hijos", HEAVY },
	{ "im pregnant", HEAVY },
	{ "estoy embarazada", HEAVY },
	{ "i got evicted", HEAVY },
	{ "tired but ok", HEAVY },
	{ "so tired", HEAVY },
	{ "me siento sola", HEAVY },
	{ "triste", HEAVY },
	{ "i almost used", HEAVY },
	{ "casi uso", LIGHT },
	{ "i took one pill", HEAVY },
	{ "my husband reads my phone", HEAVY },
	{ "mi esposo lee mi telefono", HEAVY },
	{ "I'm 1 month clean today!", HEAVY },
	{ "i had a dream about using", HEAVY },
	{ "fine i guess", LIGHT },
	{ "where is the next meeting near me", LIGHT },
	{ "donde hay junta cerca de mi", LIGHT },
	{ "is group on tonight", LIGHT },
	{ "a que hora es el grupo", LIGHT },
	{ "running late", LIGHT },
	{ "got the job!!", LIGHT },
	{ "idk", LIGHT },
	{ "no se", HEAVY },
	{ "what?", LIGHT },
	{ "?", LIGHT },
	{ "1 or 2", LIGHT },
	{ "1.5", LIGHT },
	{ "4", LIGHT },
	{ "yes", LIGHT },
	{ "gracias", LIGHT },
	{ "un dia a la vez", LIGHT },
	{ "gave birth yesterday!! 1", WELL },
	{ "tuve a mi bebe ayer!! 1", WELL },
	{ "1 lol", WELL },
	{ "goood", WELL },
	{ "bien gracias a dios", WELL },
	{ "3", ROUGH },
	{ "todo mal", ROUGH },
};

static const char *const while_open[] = {
	[LIGHT] = "clarify",     [HEAVY] = "received", [NEEDS] = "answer_need",
	[DANGER] = "emergency",  [FELL] = "setback",   [WELL] = "answer_well",
	[ROUGH] = "answer_need",
};
static const char *const unasked[] = {
	[LIGHT] = "received", [HEAVY] = "received", [NEEDS] = "answer_need", [DANGER] = "emergency",
	[FELL] = "setback",   [WELL] = "received",  [ROUGH] = "received",
};

static bool has_case(struct rig *rig, enum case_reason reason)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool found = false;

	assert_int_equal(cases_list(rig->ctx.db, "r-1042", true, 100, &rows), 0);
	while (db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		found = found || row.reason == reason;
	}
	return found;
}

static int wrong;

/* What waits for her. */
static void expect_answer(const char *text, const char *when, struct rig *rig, const char *message)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char found[128] = "";

	assert_int_equal(outbox_list(rig->ctx.db, "r-1042", OUTBOX_DUE, 0, 100, &rows), 0);
	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		strcat(found, row.message);
		assert_int_equal(outbox_claim(rig->ctx.db, row.id, "primary", "x", 1, row.due), 0);
	}
	if (strcmp(found, message) != 0) {
		print_message("%s, %s: \"%s\" is answered, and should be \"%s\"\n", text, when,
			      found, message);
		wrong++;
	}
}

/* With an open question and without, in hours and at night, the first time and the third; and whoever
 * has written is not silent. */
TEST(test_what_she_is_answered)
{
	static const char *const other[] = { "the bus was full", "and the tram" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		enum told told = texts[i].told;
		bool read = told == LIGHT || told == HEAVY;
		void *fresh = NULL;
		struct rig *rig;

		assert_int_equal(set_up(&fresh), 0);
		rig = fresh;
		ask(rig, 50, NOON - HF_HOUR);
		writes(rig, JORDAN, texts[i].text, NOON);
		expect_answer(texts[i].text, "asked", rig, while_open[told]);
		assert_int_equal(checkin_run(at(rig, NOON + 2 * HF_DAY)), 0);
		assert_false(has_case(rig, CASE_SILENT));
		assert_int_equal(tear_down(&fresh), 0);

		assert_int_equal(set_up(&fresh), 0);
		rig = fresh;
		writes(rig, JORDAN, texts[i].text, NOON);
		expect_answer(texts[i].text, "unasked", rig, unasked[told]);
		assert_int_equal(tear_down(&fresh), 0);

		assert_int_equal(set_up(&fresh), 0);
		rig = fresh;
		ask(rig, 50, NIGHT - HF_HOUR);
		writes(rig, JORDAN, texts[i].text, NIGHT);
		expect_answer(texts[i].text, "at night", rig,
			      read ? "out_of_hours" : while_open[told]);
		assert_int_equal(checkin_run(at(rig, NIGHT + 2 * HF_DAY)), 0);
		assert_false(has_case(rig, CASE_SILENT));
		assert_int_equal(tear_down(&fresh), 0);

		assert_int_equal(set_up(&fresh), 0);
		rig = fresh;
		ask(rig, 50, NOON - HF_HOUR);
		for (size_t j = 0; j < COUNT(other); j++) {
			writes(rig, JORDAN, other[j], NOON + (hf_time)j * HF_MINUTE);
		}
		expect_answer(other[0], "twice", rig, "clarifyreceived");
		writes(rig, JORDAN, texts[i].text, NOON + 3 * HF_MINUTE);
		expect_answer(texts[i].text, "the third time", rig,
			      read ? "received" : while_open[told]);
		assert_int_equal(tear_down(&fresh), 0);
	}
	assert_int_equal(wrong, 0);
}

/* --- free texts -------------------------------------------------------------------------- */

TEST(test_out_of_hours)
{
	struct rig *rig = *state;

	writes(rig, JORDAN, "is there parking at the hall", NOON);
	expect_texts(rig, "r-1042", "received");
	expect_cases(rig, "r-1042", "written routine");
	writes(rig, JORDAN, "and a bus", NIGHT);
	expect_texts(rig, "r-1042", "out_of_hours");
	writes(rig, JORDAN, "or a tram", NIGHT + HF_HOUR);
	expect_texts(rig, "r-1042", "");
	/* The next night again. */
	writes(rig, JORDAN, "still here", NIGHT + HF_DAY);
	expect_texts(rig, "r-1042", "out_of_hours");
}

TEST(test_conversation)
{
	struct situation situation = { .talking = NOON + HF_HOUR };
	struct rig *rig = *state;

	assert_int_equal(situation_set(rig->ctx.db, "r-1042", &situation), 0);
	writes(rig, JORDAN, "yes tomorrow is fine with me", NOON);
	expect_texts(rig, "r-1042", "");
	assert_int_equal(situation_get(rig->ctx.db, "r-1042", &situation), 0);
	assert_true(situation.talking == NOON + 4 * HF_HOUR);

	/* When it is over, her next text begins none. */
	writes(rig, JORDAN, "see you then", NOON + 4 * HF_HOUR);
	expect_texts(rig, "r-1042", "received");
	assert_int_equal(situation_get(rig->ctx.db, "r-1042", &situation), 0);
	assert_true(situation.talking == NOON + 4 * HF_HOUR);
}

TEST(test_robot)
{
	struct rig *rig = *state;
	int answered = 0;

	for (int i = 0; i < 8; i++) {
		_cleanup_rows_ struct db_rows rows = { 0 };

		writes(rig, JORDAN, "I am driving and will answer soon", NOON + i * HF_MINUTE);
		assert_int_equal(outbox_list(rig->ctx.db, "r-1042", -1, 0, 100, &rows), 0);
		for (answered = 0; db_next(&rows); answered++) {
		}
	}
	assert_int_equal(answered, 5);
	expect_kind(rig, INBOX_ROBOT, "r-1042");
	expect_cases(rig, "r-1042", "written routine");
	writes(rig, JORDAN, "STOP", NOON + HF_HOUR);
	expect_consent(rig, CONSENT_WITHDRAWN);
}

/* What Jordan has on her phone. */
static void sent(struct rig *rig, const char *text, hf_time when)
{
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = "note",
					    .lead = "",
					    .occurrence = when,
					    .due = when,
					    .expires = when + HF_DAY };
	int64_t id;

	assert_int_equal(outbox_add(rig->ctx.db, &row, when, &id), 0);
	assert_int_equal(outbox_claim(rig->ctx.db, id, "primary", text, 1, when), 0);
}

TEST(test_reaction)
{
	struct rig *rig = *state;

	sent(rig, "Riverside: Reply HELP for help, STOP to end.", NOON - HF_DAY);
	writes(rig, JORDAN, "Liked “Riverside: Reply HELP for help, STOP to end.”", NOON);
	expect_consent(rig, CONSENT_GIVEN);
	expect_texts(rig, "r-1042", "");
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
	/* What stands beside it is read. */
	writes(rig, JORDAN, "👍 to “Riverside: Reply HELP for help, STOP to end.” i relapsed",
	       NOON + 1);
	expect_kind(rig, INBOX_SETBACK, "r-1042");
	writes(rig, JORDAN, "please stop “Riverside: Reply HELP for help”", NOON + 2);
	expect_kind(rig, INBOX_STOP, "r-1042");
}

/* Nothing of it was ever sent to her. */
TEST(test_own_quotation)
{
	struct rig *rig = *state;

	sent(rig, "Riverside: Reply HELP for help, STOP to end.", NOON - 60 * HF_DAY);
	writes(rig, JORDAN, "Loved the “sober coffee” thing but now I want to kill myself", NOON);
	expect_kind(rig, INBOX_CRISIS, "r-1042");
	writes(rig, JORDAN, "Liked “Riverside: Reply HELP for help, STOP to end.”", NOON + 1);
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
	writes(rig, JORDAN, "He said “STOP texting me” and I mean it too", NOON + 2);
	expect_kind(rig, INBOX_STOP, "r-1042");
}

/* Somebody on call likes an alert; a stranger likes what every stranger gets. */
TEST(test_reaction_of_others)
{
	struct rig *rig = *state;

	writes(rig, STRANGER, "hello?", NOON);
	assert_int_equal(db_run(rig->ctx.db,
				"UPDATE outbox SET state = 2, claimed = ?1, text = ?2"
				" WHERE client = '?1'",
				"it", NOON, "If you are in danger call 911 or text 988."),
			 0);
	writes(rig, STRANGER, "Loved “If you are in danger call 911 or text 988.”", NOON + 1);
	expect_cases(rig, "?1", "unknown number routine");
	writes(rig, STRANGER, "Loved “If you are in danger call 911” i want to die", NOON + 2);
	expect_cases(rig, "?1", "unknown number urgent");
}

/* --- a database that fails ----------------------------------------------------- */

/* Jordan was asked how things are, and a text waits for her; the half of another has come. */
static void *open_asked(void)
{
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_COPING,
					    .reminder = "coping",
					    .lead = "",
					    .occurrence = NOON,
					    .due = NOON + HF_HOUR,
					    .expires = NOON + HF_DAY,
					    .priority = OUTBOX_AUTOMATIC };
	const struct wire_inbound half = { .gateway_id = "half",
					   .from = JORDAN,
					   .to = "+13125550100",
					   .text = "can you ",
					   .parts_of = "long",
					   .part = 1,
					   .parts = 2 };
	struct rig *rig;
	void *state;
	int64_t id;

	assert_int_equal(set_up(&state), 0);
	rig = state;
	ask(rig, 77, NOON - HF_HOUR);
	assert_int_equal(outbox_add(rig->ctx.db, &row, NOON - HF_HOUR, &id), 0);
	assert_int_equal(inbound_take(at(rig, NOON - HF_HOUR), "primary", &half), 0);
	return rig;
}

static void close_asked(void *world)
{
	(void)tear_down(&world);
}

static const char *reply;

static int take_reply(void *world)
{
	const struct wire_inbound inbound = { .gateway_id = "SM1",
					      .from = JORDAN,
					      .to = "+13125550100",
					      .text = reply,
					      .parts_of = "" };

	return inbound_take(at(world, NOON), "primary", &inbound);
}

static int take_stranger(void *world)
{
	const struct wire_inbound inbound = { .gateway_id = "SM1",
					      .from = STRANGER,
					      .to = "+13125550100",
					      .text = "who is this?",
					      .parts_of = "" };

	return inbound_take(at(world, NOON), "primary", &inbound);
}

static int give_up_parts(void *world)
{
	return inbound_run(at(world, NOON + HF_HOUR));
}

TEST(test_a_database_that_fails, NULL, NULL)
{
	static const char *const replies[] = {
		"1", "STOP", "help", "i want to die", "can somebody call me?", "what?"
	};
	struct db_trial trial = { .open = open_asked, .close = close_asked, .whole = true };

	trial.act = take_reply;
	for (size_t i = 0; i < COUNT(replies); i++) {
		reply = replies[i];
		db_try_each(&trial, 2);
	}
	trial.act = take_stranger;
	db_try_each(&trial, 2);
	trial.act = give_up_parts;
	db_try_each(&trial, 2);
}
