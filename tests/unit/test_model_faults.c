/*
 * The example, broken in one place at a time: each fault must be named at
 * exactly its file and line, once, and nothing else with it.
 *
 * Lines are found by what stands on them, so that the example's comments may
 * change.
 */
#include "test.h"
#include "broken.h"

static const struct broken table[] = {
	/* What people slip at with quotes, brackets and commas. */
	ROW("open-quote", HOLDFAST, "\"Riverside\";", "\"Riverside;"),
	ROW("open-quote", EN, "911 in an emergency.\";\n  unknown",
	    "911 in an emergency.;\n  unknown"),
	ROW("open-comment", HOLDFAST, "texting = {", "/* texting = {"),
	ROW("bracket", STAFF, "\"always\"; }\n);", "\"always\"; }\n", .at = "on_call = ("),
	ROW("bracket", PLAN, "every = 2; } );", "every = 2; ) );"),
	ROW("bracket", STAFF, "\n);", "\n));", .at = ");"),
	ROW("missing-comma", STAFF, "\"+13125550111\"; },", "\"+13125550111\"; }"),
	ROW("missing-comma", JORDAN, "[ \"24h\", \"1h\" ]", "[ \"24h\" \"1h\" ]"),
	ROW("extra-comma", STAFF, "administrator = true; }", "administrator = true; },"),
	ROW("curly-quote", JORDAN, "\"Sam\"", "\xe2\x80\x9cSam\xe2\x80\x9d"),
	ROW("unquoted", JORDAN, "at = \"19:00\"", "at = 19:00"),
	ROW("unquoted", JORDAN, "\"2026-10-24\";", "2026-10-24;"),
	ROW("unquoted", JORDAN, "\"Jordan\"", "Jordan"),
	ROW("number", JORDAN, "\"+13125550142\"", "13125550142"),
	ROW("duplicate-key", JORDAN, "sponsor  = \"Sam\";",
	    "sponsor = \"Sam\"; sponsor = \"Lee\";"),
	ROW("mixed-list", PLAN, "[ 30, 60,", "[ 30, \"60\","),
	ROW("syntax", JORDAN, "wording  = ", "wording   "),
	ROW("utf-8", ES, "regular, 3", "r\xe9gular, 3"),
	ROW("include", JORDAN, "sponsor  =", "@include \"/etc/shadow\"\nsponsor ="),
	ROW("include", FRESH, NULL, "@include \"fresh.conf\"\n", .at = "@include"),
	ROW("too-deep", FRESH, NULL,
	    "a = ((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))));\n",
	    .at = "a ="),
	ROW("empty-file", FRESH, NULL, "// not written yet\n", .at = "//"),
	/* Values. */
	ROW("unknown-key", JORDAN, "sponsor  =", "sponser  ="),
	ROW("unknown-key", JORDAN, "place = \"Room 4\"", "plaec = \"Room 4\""),
	ROW("unknown-key", HOLDFAST, "daily_limit  =", "dayly_limit  ="),
	ROW("unknown-key", FRESH, NULL, "clients = ( { " SOMEONE AGREED " } );\nsite = 1;\n",
	    .at = "site"),
	ROW("missing-key", GROUP, "phone = \"+13125550157\"; ", "", .at = "{ id = \"r-1057\""),
	ROW("missing-key", PLAN, "at = \"10:00\"; ", "", .at = "id = \"checkin\""),
	ROW("type", JORDAN, "\"Jordan\"", "7"),
	ROW("type", HOLDFAST, "daily_limit  = 2", "daily_limit  = \"2\""),
	ROW("type", HOLDFAST, "plain_characters = true", "plain_characters = \"yes\""),
	ROW("type", JORDAN, "{ at = \"2026-10-24\"; how = \"paper\"; by = \"mreyes\"; }",
	    "\"paper\""),
	ROW("range", HOLDFAST, "daily_limit  = 2", "daily_limit  = 0"),
	ROW("range", PLAN, "weeks = 40", "weeks = 4000"),
	ROW("value", JORDAN, "start    = \"2026-10-24\"", "start    = \"2026-02-30\""),
	ROW("value", JORDAN, "\"2026-12-02 14:00\"", "\"2026-12-02 25:00\""),
	ROW("value", JORDAN, "at = \"09:30\"", "at = \"9.30\""),
	ROW("value", PLAN, "nudge_after = \"6h\"", "nudge_after = \"6 hours\""),
	ROW("value", PLAN, "on = \"FR\"", "on = \"FRI\""),
	ROW("value", STAFF, "\"MO-FR 08:00-18:00\"", "\"weekdays\""),
	ROW("value", HOLDFAST, "\"2026-12-25\"", "\"25.12.2026\""),
	ROW("phone", JORDAN, "\"+13125550142\"", "\"312 555 0142\""),
	ROW("phone", JORDAN, "\"+13125550142\"", "\"+1312\""),
	ROW("phone", JORDAN, "\"+13125550142\"", "\"+1312555014212345\""),
	ROW("phone", JORDAN, "\"+13125550142\"", "\"+1312555O142\""),
	ROW("phone", JORDAN, "\"+13125550142\"", "\"+99955550142\""),
	ROW("timezone", JORDAN, "\"America/Chicago\"", "\"America/Chicgo\""),
	ROW("timezone", JORDAN, "\"America/Chicago\"", "\"../../etc/passwd\""),
	ROW("timezone", JORDAN, "\"America/Chicago\"", "\"/etc/localtime\""),
	ROW("unknown-word", PLAN, "\"check-in\"", "\"checkin\""),
	ROW("unknown-word", JORDAN, "\"discreet\"", "\"discrete\""),
	ROW("id", JORDAN, "\"r-1042\"", "\"r 1042\""),
	ROW("id", JORDAN, "\"r-1042\"", "\"\""),
	ROW("id", JORDAN, "\"r-1042\"",
	    "\"a-client-whose-id-has-far-more-letters-than-a-log-line-has-room-for-her\""),
	ROW("value", HOLDFAST, "\"Riverside\"", "\"\""),
	ROW("value", HOLDFAST, "\"Riverside\"", "\"River{side}\""),
	ROW("dates-reversed", GROUP, "until = \"2027-01-03\"", "until = \"2026-01-03\""),
	ROW("dates-reversed", JORDAN, "sponsor  =", "until = \"2026-01-01\"; sponsor ="),
	ROW("texting-hours", HOLDFAST, "\"09:00-20:00\"", "\"07:00-20:00\""),
	ROW("texting-hours", HOLDFAST, "\"09:00-20:00\"", "\"MO-FR 09:00-20:00\""),
	ROW("conversation-too-long", HOLDFAST, "\"4h\"", "\"8d\""),
	/* Stays. */
	ROW("missing-key", GROUP, "start = \"2026-11-09\";", "", .at = "{ id = \"r-1057\""),
	ROW("stay-start", GROUP, "start = \"2026-11-09\";",
	    "start = \"2026-11-09\"; stays = ( { from = \"2026-11-09\"; } );"),
	ROW("dates-reversed", GROUP, "until = \"2026-11-08\"", "until = \"2026-10-01\""),
	ROW("dates-reversed", JORDAN, "start    = \"2026-10-24\";",
	    "stays = ( { from = \"2026-11-07\"; until = \"2026-11-01\"; } );"),
	ROW("stay-open", GROUP, " until = \"2026-11-08\";", ""),
	ROW("stay-order", GROUP, "until = \"2026-11-08\"", "until = \"2026-11-16\""),
	ROW("stay-until", GROUP, "stays = (", "until = \"2027-11-16\"; stays = ("),
	ROW("missing-key", GROUP, "{ from = \"2026-10-26\"; ", "{ "),
	/* What is her own. */
	ROW("unknown-word", JORDAN, "[ \"note\" ]", "[ \"milestones\" ]",
	    .says = "did you mean \"milestone\""),
	ROW("unknown-word", JORDAN, "[ \"note\" ]", "[ \"meeting\" ]"),
	ROW("unwanted", JORDAN, "kind = \"coping\"; rrule", "kind = \"note\"; rrule"),
	ROW("range", JORDAN, "weekly_limit = 12", "weekly_limit = 0"),
	ROW("range", JORDAN, "weekly_limit = 12", "daily_limit = 0"),
	ROW("daily-limit", JORDAN, "weekly_limit = 12", "daily_limit = 3", .at = "id       ="),
	ROW("unknown-reminder", JORDAN,
	    "{ milestone =", "{ milestones =", .says = "did you mean \"milestone\""),
	ROW("value", JORDAN, "{ milestone = \"12:00\"; }", "{ milestone = \"noon\"; }"),
	ROW("value", JORDAN, "{ milestone = \"12:00\"; }", "{ milestone = 12; }"),
	ROW("type", JORDAN, "at       = { milestone = \"12:00\"; };", "at = \"12:00\";"),
	ROW("missing-key", JORDAN, " say = \"the long way home\";", ""),
	ROW("when", JORDAN, "{ on = \"WE\"; at", "{ at"),
	ROW("rule", JORDAN, "{ on = \"WE\"; at = \"17:15\"",
	    "{ rrule = \"FREQ=NEVER\"; at = \"17:15\""),
	ROW("unknown-message", JORDAN, "say = \"the long", "message = \"avoids\"; say = \"the long",
	    .says = "did you mean \"avoid\""),
	ROW("discretion", JORDAN, "\"the long way home\"", "\"not past the heroin corner\""),
	ROW("discretion", JORDAN, "\"paced breathing\"", "\"NA meeting\""),
	/* Open wording. */
	ROW("open-wording", PLAN, "message = \"sponsor\"", "message = \"sponsor_open\""),
	ROW("open-wording", PLAN, "\"coping_walk\"", "\"coping_walk|sponsor_open\""),
	/* What comes after a plan. */
	ROW("unknown-plan", PLAN, "after = \"alumni\"", "after = \"alumnae\"",
	    .says = "did you mean \"alumni\""),
	ROW("plan-circle", PLAN, "after = \"alumni\"", "after = \"aftercare\""),
	ROW("plan-endless", PLAN, "weeks = 53;", "", .at = "after = "),
	ROW("duplicate-id", ALUMNI, "id = \"checkup\"", "id = \"coping\"",
	    .says = "already at plans/aftercare.conf"),
	/* Days, months and years go together, and with nothing else. */
	ROW("when", ALUMNI, "years = [ 2,", "on = \"MO\"; years = [ 2,"),
	ROW("range", ALUMNI, "years = [ 2,", "years = [ 0,"),
	ROW("unknown-word", PLAN, "months = [ 6, 9 ];",
	    "months = [ 6, 9 ]; counts_from = \"start\";"),
	ROW("when", PLAN, "kind = \"closing\";", "kind = \"closing\"; years = [ 1 ];"),
	/* When, and what. */
	ROW("when", JORDAN, "rrule = \"FREQ=MONTHLY;BYDAY=1SA\"",
	    "on = \"SA\"; rrule = \"FREQ=MONTHLY;BYDAY=1SA\""),
	ROW("when", PLAN, "on = \"SU\"; ", ""),
	ROW("rule", JORDAN, "BYDAY=1SA\";", "BYDAY=1SX\";"),
	ROW("rule", JORDAN, "BYDAY=1SA\";", "BYDAY=9SA\";", .says = "is not a rule: "),
	ROW("rule", JORDAN, "FREQ=MONTHLY;BYDAY=1SA", "freq=monthly;byday=9sa",
	    .says = "is not a rule: "),
	ROW("rule", JORDAN, "FREQ=MONTHLY;BYMONTHDAY", "FREQ=FORTNIGHTLY;BYMONTHDAY"),
	ROW("rule", JORDAN, "BYMONTHDAY=1,15", "BYMONTHDAY=-31"),
	ROW("rule", JORDAN, "BYMONTHDAY=1,15\";", "BYMONTHDAY=30;BYMONTH=2\"; skip = true;",
	    .says = "is not a rule: "),
	ROW("rule", JORDAN, "BYMONTHDAY=1,15", "BYMONTHDAY=1;INTERVAL=0"),
	ROW("phase-gap", PLAN, "weeks = 4;  on = \"MO\"", "weeks = 4; every = 5; on = \"MO\"",
	    .warning = true),
	ROW("two-messages", PLAN, "messages = [", "message = \"coping_walk\"; messages = ["),
	ROW("no-message", JORDAN, "; message = \"coping_plan\"", ""),
	ROW("nudge-too-late", PLAN, "nudge_after = \"6h\"", "nudge_after = \"2d\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"Stop\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"opt-out.\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"unstop\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"INFO\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"ayuda\""),
	ROW("reserved-word", PLAN, "\"rough\"", "\"No m\xc3\xa1s mensajes\""),
	ROW("duplicate-answer", PLAN, "\"meh\"", "\"OK\""),
	ROW("duplicate-answer", PLAN, "[ \"2\",", "[ \"1\","),
	/* What one file says about another. */
	ROW("unknown-plan", JORDAN, "\"aftercare\"", "\"aftercre\""),
	ROW("unknown-staff", JORDAN, "counselor = \"mreyes\"", "counselor = \"mreyse\""),
	ROW("unknown-staff", STAFF, "staff = \"dcole\"", "staff = \"cole\""),
	ROW("unknown-language", JORDAN, "\"en\"", "\"fr\""),
	ROW("unknown-language", HOLDFAST, "language = \"en\"", "language = \"de\""),
	ROW("unknown-message", PLAN, "message = \"sponsor\"", "message = \"sponsors\""),
	ROW("unknown-message", PLAN, "coping_call|coping_alone", "coping_call|alone"),
	ROW("unknown-message", JORDAN, "\"coping_plan\"", "\"coping_plans\""),
	ROW("unknown-message", PLAN, "\"answer_watch\"", "\"answer_wacth\""),
	ROW("unknown-answers", PLAN, "answers = \"how_are_you\"", "answers = \"how_are_yuo\""),
	ROW("unknown-field", PLAN, "needs = \"sponsor\"", "needs = \"sponser\""),
	ROW("unknown-gateway", HOLDFAST, "[ \"primary\" ]", "[ \"primary\", \"primry\" ]"),
	ROW("id", HOLDFAST, "[ \"primary\" ]", "[ \"../primary\" ]"),
	ROW("missing-gateway", HOLDFAST, "[ \"primary\" ]", "[]"),
	ROW("unknown-field", EN, "{sponsor} this", "{sponser} this"),
	ROW("unknown-field", ES, "{title} hoy", "{titulo} hoy"),
	ROW("unknown-field", EN, "{title} today", "%n${title!} today"),
	ROW("brace", EN, "{sponsor} this", "{sponsor this"),
	ROW("brace", EN, "{sponsor} this", "sponsor} this"),
	ROW("empty-message", EN, "\"Thanks. Please write your first name with your answer.\"",
	    "\" \""),
	ROW("type", EN, "\"Thanks. Please write your first name with your answer.\"", "7"),
	ROW("missing-message", ES, "  received ", "//", .at = "messages = {", .warning = true),
	ROW("missing-message", ES, "  coping_walk ", "//", .at = "messages = {", .warning = true),
	ROW("missing-message", EN, "  coping_walk ", "//", .at = "messages = {"),
	ROW("missing-message", EN, "  received ", "//", .at = "messages = {"),
	ROW("duplicate-id", JORDAN, "\"r-1042\"", "\"r-1057\""),
	ROW("duplicate-id", GROUP, "\"r-1057\"", "\"r-1042\"", .at = "\"r-1042\"",
	    .at_file = JORDAN),
	ROW("loved-one-phone", JORDAN, "+13125550176", "+1 (312) 555-0157"),
	ROW("loved-one-phone", JORDAN, "+13125550176", "+13125550142"),
	ROW("loved-one-phone", JORDAN, "+13125550176", "+13125550100"),
	ROW("loved-one-phone", JORDAN, "+13125550176", "+13125550199"),
	ROW("loved-one-phone", JORDAN, "+13125550176", "+13125550112"),
	ROW("unknown-answers", GROUP, "answers = \"coming\"", "answers = \"comming\""),
	ROW("unknown-answers", GROUP, "ask_answers = \"went\"", "ask_answers = \"wnet\""),
	ROW("unknown-message", GROUP, "ask_after = \"1d\"",
	    "ask_after = \"1d\"; ask_message = \"folow_up\""),
	ROW("follow-up", GROUP, "ask_after = \"1d\"", "ask_after = \"2d\"", .says = "up to \"1d\""),
	ROW("follow-up", GROUP, " ask_answers = \"went\";", "", .says = "add ask_answers"),
	ROW("follow-up", GROUP, "ask_after = \"1d\"; ", "", .says = "add ask_after"),
	ROW("follow-up", PLAN, "needs = \"sponsor\"",
	    "needs = \"sponsor\"; ask_after = \"2h\"; ask_answers = \"went\"",
	    .says = "add ask_message"),
	ROW("follow-up", PLAN, "id = \"closing\";",
	    "id = \"closing\"; ask_after = \"2h\"; ask_message = \"follow_up\"; "
	    "ask_answers = \"went\";",
	    .says = "after a closing nothing is asked"),
	ROW("answers-differ", EN, "did you get to {title|your appointment}? 1 yes, 2 no",
	    "did you get to {title|your appointment}? 1 no, 2 yes", .at = "id = \"review\"",
	    .at_file = GROUP),
	ROW("answers-differ", EN, "1 coming, 2 another time.", "1 coming, 3 another time.",
	    .at = "answers = \"coming\"", .at_file = GROUP),
	ROW("duplicate-phone", JORDAN, "\"+13125550142\"", "\"+1 (312) 555-0157\""),
	ROW("duplicate-id", STAFF, "administrator = true; }",
	    "administrator = true; },\n{ id = \"dcole\"; name = \"D\"; phone = \"+13125550113\"; }",
	    .at = "name = \"D\""),
	ROW("duplicate-id", "messages/second.conf", NULL,
	    "language = \"en\";\nmessages = { welcome = \"hi\"; };\n", .at = "language"),
	ROW("duplicate-id", "plans/second.conf", NULL, "// another\nplan = \"aftercare\";\n",
	    .at = "plan"),
	ROW("duplicate-id", PLAN, "id = \"sponsor\"", "id = \"coping\""),
	ROW("when", PLAN, "kind = \"closing\";", "kind = \"closing\";\non = \"MO\";",
	    .at = "on = \"MO\"; at ="),
	ROW("when", PLAN, "kind = \"closing\";", "kind = \"closing\"; remind = [ \"1d\" ];"),
	ROW("range", PLAN, "weeks = 53", "weeks = 0"),
	ROW("duplicate-id", JORDAN, "\"review\"", "\"tue\""),
	ROW("duplicate-id", JORDAN, "\"payday\"", "\"milestone\""),
	/* What gives the treatment away. */
	ROW("discretion", HOLDFAST, "\"Riverside\"", "\"Riverside Recovery\""),
	ROW("discretion", EN, "a short walk", "a sober walk"),
	ROW("discretion", EN, "to {sponsor} this", "to {sponsor|your NA friend} this"),
	ROW("discretion", ES, "una caminata corta", "ninguna droga"),
	ROW("discretion", ES, "una caminata corta", "SOBRIEDAD"),
	ROW("discretion", ES, "una caminata corta", "rehab"),
	ROW("discretion", JORDAN, "title = \"breakfast\"", "\ntitle = \"12 step breakfast\"",
	    .at = "12 step"),
	ROW("discretion", JORDAN, "\"Room 4\"", "\"the detox ward\""),
	ROW("discretion", JORDAN, "\"Dr. Shah\"", "\"the methadone nurse\""),
	ROW("discretion", JORDAN, "with = \"Dr. Shah\"", "with = \"A\"; place = \"Rehab\""),
	ROW("missing-key", WORDS, "{ text = \"UA Local\"",
	    "{ text = \"AA\"; why = \"x\"; }, { text = \"UA Local\""),
	ROW("value", WORDS, "\"NA\"", "\"-\""),
	ROW("unknown-key", WORDS, "allow =", "allowed ="),
};

TEST(each_fault_at_its_line)
{
	broken_check(table, COUNT(table), model_load);
}

/* One in each kind of file that is read to its end, and a file that is not. */
static const struct broken dozen[] = {
	ROW("range", HOLDFAST, "max_segments = 2", "max_segments = 99"),
	ROW("unknown-key", HOLDFAST, "closed = ", "close = "),
	ROW("phone", STAFF, "\"+13125550111\"", "\"911\""),
	ROW("unknown-staff", STAFF, "staff = \"dcole\"", "staff = \"dcoel\""),
	ROW("unknown-field", EN, "see {with}", "see {whit}"),
	ROW("brace", ES, "con {with}", "con {with"),
	ROW("value", PLAN, "at = \"16:30\"", "at = \"4:30 pm\""),
	ROW("range", PLAN, "weeks = 8", "weeks = 0"),
	ROW("unknown-message", PLAN, "\"answer_well\"", "\"answer_wel\""),
	ROW("unknown-plan", JORDAN, "\"aftercare\"", "\"afterwards\""),
	ROW("rule", JORDAN, "BYDAY=1SA\";", "BYDAY=9SA\";"),
	ROW("syntax", GROUP, "clients = (", "clients = "),
};

TEST(a_dozen_at_once)
{
	char dir[] = RIG_DIR;
	struct faults faults = { 0 };
	struct model *model = NULL;
	unsigned lines[COUNT(dozen)];

	rig_new(dir);
	for (size_t i = 0; i < COUNT(dozen); i++) {
		lines[i] = broken_make(dir, &dozen[i]);
	}
	lines[COUNT(dozen) - 1] = rig_find(dir, GROUP, "r-1061");

	assert_int_equal(model_load(dir, &faults, &model), CONF_E_FAULT);
	if (faults.count != COUNT(dozen)) {
		broken_show(&dozen[0], &faults);
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

/* Without the message that begins so in both languages. */
static int load_without(char dir[sizeof(RIG_DIR)], const char *name, struct faults *faults,
			struct model **ret_model)
{
	char line[40];

	(void)snprintf(line, sizeof(line), "\n  %s ", name);
	rig_new(dir);
	(void)rig_edit(dir, EN, line, "\n//");
	(void)rig_edit(dir, ES, line, "\n//");
	return model_load(dir, faults, ret_model);
}

/* What Holdfast says itself where no file has the message, and so no other words. */
static const char *const own_words[][3] = {
	{ "clarify",
	  "Thank you. Someone here will read this today. Cannot wait? {site_phone}, 988 or 911. "
	  "You can also answer with one of the numbers.",
	  "Gracias. Alguien lo va a leer hoy. Si es urgente: {site_phone}, 988 o 911. Si quiere, "
	  "responda con una de las cifras." },
	{ "who_writes", "Thanks. Please write your first name with your answer.",
	  "Gracias. Escriba su nombre con su respuesta, por favor." },
	{ "digest", "{site}: {count} new to look at today. See holdfastctl cases.",
	  "{site}: {count} por ver hoy. Vea holdfastctl cases." },
	{ "daily", "{site}: {count} to call; {reason}.", "{site}: {count} por llamar; {reason}." },
	{ "gateway_refuses",
	  "{site}: at {time} the gateway {gateway} began to refuse texts. See holdfastctl status.",
	  "{site}: la pasarela {gateway} rechaza mensajes desde las {time}. Vea holdfastctl "
	  "status." },
	{ "service_silent",
	  "{site}: the text service is not well. Texts may not go out and answers may not be seen. "
	  "Please tell whoever looks after it.",
	  "{site}: el servicio de mensajes no funciona bien. Puede que no salgan mensajes ni se "
	  "vean respuestas. Llame a quien lo atiende." },
	{ "acknowledged", "Case {case} is yours. Once you have called, reply CALLED {case}.",
	  "El caso {case} es suyo. Cuando haya llamado, responda LLAME {case}." },
	{ "attempted", "Case {case}: noted.", "Caso {case}: anotado." },
	{ "who", "Case {case}: {name}, {phone}.", "Caso {case}: {name}, {phone}." },
	{ "who_no", "That is not available here.", "Eso no se puede dar por este medio." },
	{ "acknowledge_which", "Which case? Reply ACK and its number.",
	  "¿Qué caso? Responda ACK y su número." },
	{ "acknowledge_no", "Case {case} is not open: closed, or somebody has it.",
	  "El caso {case} no se puede tomar: ya se ha cerrado, o alguien lo tiene." },
};

TEST(what_holdfast_says_itself)
{
	for (size_t i = 0; i < COUNT(own_words); i++) {
		const char *const *words = own_words[i];
		char dir[] = RIG_DIR;
		struct faults faults = { 0 };
		struct model *model = NULL;

		assert_int_equal(load_without(dir, words[0], &faults, &model), 0);
		assert_string_equal(model_template(model, "en", words[0])->text, words[1]);
		assert_string_equal(model_template(model, "es-MX", words[0])->text, words[2]);
		assert_string_equal(template_built_in("pl", words[0])->text, words[1]);
		assert_string_equal(template_built_in(NULL, words[0])->name, words[0]);
		(void)model_free(model);
		faults_done(&faults);
		rig_remove(dir);
	}
	assert_null(template_built_in("en", "nudge"));
}

/* The site's language lacks it, and so there is nothing to fall back on. */
TEST(what_no_language_has)
{
	for (size_t i = 0; templates_always[i]; i++) {
		const char *name = templates_always[i];
		char dir[] = RIG_DIR;
		struct faults faults = { 0 };
		struct model *model = NULL;

		if (template_built_in("en", name)) {
			continue;
		}
		assert_int_equal(load_without(dir, name, &faults, &model), CONF_E_FAULT);
		assert_int_equal(faults.count, 1);
		assert_string_equal(faults.list[0].file, EN);
		assert_int_equal(faults.list[0].line, rig_find(dir, EN, "messages = {"));
		assert_string_equal(faults.list[0].code, "missing-message");
		assert_non_null(strstr(faults.list[0].message, name));
		faults_done(&faults);
		rig_remove(dir);
	}
}
