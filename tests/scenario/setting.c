/*
 * From a scenario's words to the files that staff would write.
 *
 * A word that is spelt wrong must not vanish, so whatever is no keyword has to
 * look like a time, a date, days of the week or a rule; the configuration's own
 * checks see the rest.
 */
#include "setting.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum form {
	FORM_WORD,
	FORM_NUMBER,
	FORM_WORDS,
	FORM_NUMBERS,
	FORM_STAYS,
	FORM_TIMES,
};

/* --- text that grows ------------------------------------------------------ */

/* At the end of a text that is freed by the caller; NULL is an empty one. */
__attribute__((format(printf, 2, 3))) static void words_add(char **text, const char *format, ...)
{
	_cleanup_free_ char *more = NULL;
	char *whole;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&more, format, arguments);
	va_end(arguments);
	if (length < 0 || asprintf(&whole, "%s%s", *text ? *text : "", more) < 0) {
		abort(); /* a test has no use for less memory */
	}

	free(*text);
	*text = whole;
}

/* key = [ "a", "b" ]; of "a,b". */
static void words_add_list(char **text, const char *key, const char *words, bool quoted)
{
	_cleanup_free_ char *copy = strdup(words);
	const char *quote = quoted ? "\"" : "", *comma = "";
	char *rest = copy, *word;

	words_add(text, "%s = [ ", key);
	while ((word = strsep(&rest, ","))) {
		words_add(text, "%s%s%s%s", comma, quote, word, quote);
		comma = ", ";
	}
	words_add(text, " ]; ");
}

/* "2026-06-01/2026-09-01,2026-11-24": the last one is open. */
static void words_add_stays(char **text, const char *words)
{
	_cleanup_free_ char *copy = strdup(words);
	char *rest = copy, *stay;

	words_add(text, "stays = ( ");
	while ((stay = strsep(&rest, ","))) {
		const char *from = strsep(&stay, "/");

		words_add(text, "{ from = \"%s\"; ", from);
		if (stay) {
			words_add(text, "until = \"%s\"; ", stay);
		}
		words_add(text, "}%s", rest ? ", " : " ); ");
	}
}

/* "checkin=18:00,sponsor=12:00": at = { checkin = "18:00"; ... }; */
static void words_add_times(char **text, const char *words)
{
	_cleanup_free_ char *copy = strdup(words);
	char *rest = copy, *own;

	words_add(text, "at = { ");
	while ((own = strsep(&rest, ","))) {
		const char *reminder = strsep(&own, "=");

		words_add(text, "%s = \"%s\"; ", reminder, own ? own : "");
	}
	words_add(text, "}; ");
}

/* --- details -------------------------------------------------------------- */

/* What a scenario calls it, and what the configuration does. */
static const struct {
	const char *word, *key;
	enum form form;
} keywords[] = {
	{ "start", "start", FORM_WORD },
	{ "until", "until", FORM_WORD },
	{ "name", "name", FORM_WORD },
	{ "plan", "plan", FORM_WORD },
	{ "sponsor", "sponsor", FORM_WORD },
	{ "counselor", "counselor", FORM_WORD },
	{ "trusted", "trusted", FORM_WORDS },
	{ "recovery", "recovery_date", FORM_WORD },
	{ "title", "title", FORM_WORD },
	{ "place", "place", FORM_WORD },
	{ "with", "with", FORM_WORD },
	{ "remind", "remind", FORM_WORDS },
	{ "message", "message", FORM_WORD },
	{ "messages", "messages", FORM_WORDS },
	{ "days", "days", FORM_NUMBERS },
	{ "every", "every", FORM_NUMBER },
	{ "needs", "needs", FORM_WORD },
	{ "weeks", "weeks", FORM_NUMBER },
	{ "answers", "answers", FORM_WORD },
	{ "ask", "ask_after", FORM_WORD },
	{ "asking", "ask_message", FORM_WORD },
	{ "asked", "ask_answers", FORM_WORD },
	{ "nudge", "nudge_after", FORM_WORD },
	{ "silent", "silent_after", FORM_WORD },
	{ "months", "months", FORM_NUMBERS },
	{ "years", "years", FORM_NUMBERS },
	{ "counts", "counts_from", FORM_WORD },
	{ "after", "after", FORM_WORD },
	{ "wording", "wording", FORM_WORD },
	{ "without", "without", FORM_WORDS },
	{ "skills", "skills", FORM_WORDS },
	{ "daily", "daily_limit", FORM_NUMBER },
	{ "weekly", "weekly_limit", FORM_NUMBER },
	{ "say", "say", FORM_WORD },
	{ "hours", "at", FORM_TIMES },
	{ "stays", "stays", FORM_STAYS },
	{ "address", "address", FORM_WORD },
	{ "from", "from", FORM_WORD },
};

static void words_add_value(char **text, const char *key, enum form form, const char *value)
{
	switch (form) {
	case FORM_WORD:
		words_add(text, "%s = \"%s\"; ", key, value);
		return;
	case FORM_NUMBER:
		words_add(text, "%s = %s; ", key, value);
		return;
	case FORM_WORDS:
		words_add_list(text, key, value, true);
		return;
	case FORM_NUMBERS:
		words_add_list(text, key, value, false);
		return;
	case FORM_TIMES:
		words_add_times(text, value);
		return;
	case FORM_STAYS:
		words_add_stays(text, value);
		return;
	}
}

static bool take_keyword(char **text, char *const *words)
{
	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (words[1] && strcmp(words[0], keywords[i].word) == 0) {
			words_add_value(text, keywords[i].key, keywords[i].form, words[1]);
			return true;
		}
	}
	return false;
}

/* "phase 40 MO", "phase 40 MO every 2": how many words it took. */
static size_t take_phase(char **phases, char *const *words)
{
	bool every;

	if (strcmp(words[0], "phase") != 0 || !words[1] || !words[2]) {
		return 0;
	}

	every = words[3] && words[4] && strcmp(words[3], "every") == 0;
	words_add(phases, "%s{ weeks = %s; on = \"%s\"; ", *phases ? ", " : "", words[1], words[2]);
	if (every) {
		words_add(phases, "every = %s; ", words[4]);
	}
	words_add(phases, "}");
	return every ? 5 : 3;
}

/* 19:00, MO,TH, FREQ=MONTHLY;BYMONTHDAY=31, "2026-12-02 14:00". */
static bool take_when(char **text, const char *word)
{
	if (strncmp(word, "FREQ=", 5) == 0) {
		words_add(text, "rrule = \"%s\"; ", word);
	} else if (isdigit((unsigned char)word[0]) && strchr(word, '-')) {
		words_add(text, "when = \"%s\"; ", word);
	} else if (isdigit((unsigned char)word[0]) && strchr(word, ':')) {
		words_add(text, "at = \"%s\"; ", word);
	} else if (strspn(word, "MOTUWEHFRSA,-") == strlen(word)) {
		words_add(text, "on = \"%s\"; ", word);
	} else {
		return false;
	}
	return true;
}

static bool take_flag(char **text, const char *word)
{
	static const struct {
		const char *word, *key;
	} flags[] = {
		{ "site", "site" },     { "shared", "shared_phone" },       { "skip", "skip" },
		{ "alumni", "alumni" }, { "inpatient", "inpatient_texts" },
	};

	for (size_t i = 0; i < COUNT(flags); i++) {
		if (strcmp(word, flags[i].word) == 0) {
			words_add(text, "%s = true; ", flags[i].key);
			return true;
		}
	}
	return false;
}

/* Keywords with their values, times, days and rules.  -EINVAL with *ret_why. */
static int take_details(char **text, char *const *words, const char **ret_why)
{
	_cleanup_free_ char *phases = NULL;

	while (*words) {
		size_t taken = take_phase(&phases, words);

		if (taken == 0 && take_keyword(text, words)) {
			taken = 2;
		}
		if (taken == 0 && (take_flag(text, *words) || take_when(text, *words))) {
			taken = 1;
		}
		if (taken == 0) {
			*ret_why = "a word that is not understood";
			return -EINVAL;
		}
		words += taken;
	}
	if (phases) {
		words_add(text, "phases = ( %s ); ", phases);
	}
	return 0;
}

int setting_new(struct setting **ret_setting)
{
	*ret_setting = calloc(1, sizeof(**ret_setting));
	return *ret_setting ? 0 : -ENOMEM;
}

struct setting *setting_free(struct setting *setting)
{
	for (size_t i = 0; setting && i < setting->count; i++) {
		struct owner *owner = &setting->owners[i];

		free(owner->id);
		free(owner->head);
		free(owner->meetings);
		free(owner->appointments);
		free(owner->reminders);
		free(owner->pauses);
		free(owner->loved_ones);
		free(owner->avoided);
		free(owner->answers);
		free(owner->table);
	}
	if (setting) {
		free(setting->site);
		free(setting->texting);
		free(setting->closed);
		free(setting->extra);
		free(setting->staff);
		free(setting->on_call);
		free(setting->alerts);
		free(setting->messages[0]);
		free(setting->messages[1]);
	}
	free(setting);
	return NULL;
}

/* --- owners ----------------------------------------------------------------- */

static struct owner *owner_of(struct setting *setting, const char *id)
{
	for (size_t i = 0; id && i < setting->count; i++) {
		if (!setting->owners[i].gone && strcmp(setting->owners[i].id, id) == 0) {
			return &setting->owners[i];
		}
	}
	return NULL;
}

/* Who is written down once more is edited: what was said of the client or plan before is gone. */
static struct owner *add_owner(struct setting *setting, const char *id)
{
	struct owner *owner = &setting->owners[setting->count], *before = owner_of(setting, id);

	if (!id || setting->count == OWNERS_MAX) {
		return NULL;
	}

	if (before) {
		before->gone = true;
	}
	setting->count++;
	words_add(&owner->id, "%s", id);
	return owner;
}

static bool is_date(const char *word)
{
	return isdigit((unsigned char)word[0]) && strchr(word, '-');
}

/* client r-1042 +13125550142 America/Chicago en [consent [DATE]] [new] [keyword value]... */
static int take_client(struct setting *setting, char **words, const char **ret_why)
{
	const char *start = "2026-01-01", *name = "Alex", *consent = NULL;
	bool stays = false;
	char *details[LINE_WORDS_MAX + 1] = { NULL };
	size_t count = 0;
	struct owner *owner = add_owner(setting, words[1]);

	*ret_why = "write: client ID PHONE ZONE LANGUAGE";
	if (!owner || !words[2] || !words[3] || !words[4]) {
		return -EINVAL;
	}

	owner->welcomed = true;
	words_add(&owner->head,
		  "id = \"%s\"; phone = \"%s\"; timezone = \"%s\"; language = \"%s\"; ", words[1],
		  words[2], words[3], words[4]);
	for (words += 5; *words; words++) {
		if (strcmp(*words, "consent") == 0) {
			consent = words[1] && is_date(words[1]) ? *++words : "";
		} else if (strcmp(*words, "new") == 0) {
			owner->welcomed = false;
		} else if (strcmp(*words, "start") == 0 && words[1]) {
			start = *++words;
		} else if (strcmp(*words, "name") == 0 && words[1]) {
			name = *++words;
		} else {
			stays = stays || strcmp(*words, "stays") == 0;
			details[count++] = *words;
		}
	}
	words_add(&owner->head, "name = \"%s\"; ", name);
	if (!stays) {
		words_add(&owner->head, "start = \"%s\"; ", start);
	}
	if (consent) {
		words_add(&owner->head,
			  "consent = { at = \"%s\"; how = \"paper\"; by = \"mreyes\"; }; ",
			  *consent ? consent : start);
	}
	return take_details(&owner->head, details, ret_why);
}

static int take_plan(struct setting *setting, char **words, const char **ret_why)
{
	struct owner *owner = add_owner(setting, words[1]);

	*ret_why = "write: plan ID [weeks NUMBER]";
	if (!owner) {
		return -EINVAL;
	}

	owner->plan = true;
	words_add(&owner->head, "plan = \"%s\";\ntitle = \"%s\";\n", words[1], words[1]);
	return take_details(&owner->head, words + 2, ret_why);
}

/* One element more of a list that belongs to an owner. */
static int take_item(char **list, const char *beginning, char *const *details, const char **ret_why)
{
	int r;

	words_add(list, "%s{ %s", *list ? ",\n  " : "", beginning);
	r = take_details(list, details, ret_why);
	words_add(list, "}");
	return r;
}

/* What a meeting and an appointment must have, where the scenario does not care. */
static void add_usual(char **text, char *const *words, const char *key, const char *value)
{
	for (; *words; words++) {
		if (strcmp(*words, key) == 0) {
			return;
		}
	}
	words_add(text, "%s = \"%s\"; ", key, value);
}

static int take_belonging(struct setting *setting, char **words, const char **ret_why)
{
	struct owner *owner = owner_of(setting, words[1]);
	_cleanup_free_ char *beginning = NULL;

	*ret_why = "there is no such client or plan before this line, or too few words";
	if (!owner || !words[2] || !words[3]) {
		return -EINVAL;
	}

	if (strcmp(words[0], "pause") == 0) {
		words_add(&owner->pauses, "%s{ from = \"%s\"; until = \"%s\"; }",
			  owner->pauses ? ", " : "", words[2], words[3]);
		return 0;
	}

	if (strcmp(words[0], "may-ask") == 0) {
		words_add(&owner->loved_ones,
			  "%s{ name = \"%s\"; phone = \"%s\"; at = \"2026-01-01\"; ",
			  owner->loved_ones ? ", " : "", words[2], words[3]);
		if (words[4]) {
			words_add(&owner->loved_ones, "language = \"%s\"; ", words[4]);
		}
		words_add(&owner->loved_ones, "}");
		return 0;
	}

	if (strcmp(words[0], "avoid") == 0) {
		return take_item(&owner->avoided, "", words + 2, ret_why);
	}
	words_add(&beginning, "id = \"%s\"; ", words[2]);
	if (strcmp(words[0], "meeting") == 0) {
		add_usual(&beginning, words, "title", "your group");
		add_usual(&beginning, words, "place", "Room 4");
		return take_item(&owner->meetings, beginning, words + 3, ret_why);
	}
	if (strcmp(words[0], "appointment") == 0) {
		add_usual(&beginning, words, "with", "Dr. Shah");
		return take_item(&owner->appointments, beginning, words + 3, ret_why);
	}
	words_add(&beginning, "kind = \"%s\"; ", words[3]);
	return take_item(&owner->reminders, beginning, words + 4, ret_why);
}

/* --- the site ---------------------------------------------------------------- */

static bool is_bare(const char *value)
{
	return strcmp(value, "true") == 0 || strcmp(value, "false") == 0 ||
	       value[strspn(value, "0123456789")] == '\0';
}

/* A key that is set once more is edited. */
static void forget_key(char *text, const char *key)
{
	_cleanup_free_ char *assignment = NULL;
	char *at, *end;

	words_add(&assignment, "%s = ", key);
	at = text ? strstr(text, assignment) : NULL;
	end = at ? strstr(at, "; ") : NULL;
	if (end) {
		memmove(at, end + 2, strlen(end + 2) + 1);
	}
}

/* own: the messages that the table names; NULL for none. */
static void begin_table(struct owner *plan, const char *name, char *const *own)
{
	if (plan->answers) {
		words_add(&plan->answers, "%s", plan->own_messages ? " ); };\n" : " );\n");
	}
	free(plan->table);
	plan->table = NULL;
	plan->answered = false;
	plan->own_messages = own != NULL;
	words_add(&plan->table, "%s", name);
	words_add(&plan->answers, own ? "%s = { " : "%s = (", name);
	for (; own && own[0] && own[1]; own += 2) {
		words_add(&plan->answers, "%s = \"%s\"; ", own[0], own[1]);
	}
	if (own) {
		words_add(&plan->answers, "answers = (");
	}
}

/* table PLAN TABLE [nudge MESSAGE] [clarify MESSAGE], before its answers. */
static int take_table(struct setting *setting, char **words, const char **ret_why)
{
	struct owner *plan = owner_of(setting, words[1]);

	*ret_why = "write: table PLAN TABLE [nudge MESSAGE] [clarify MESSAGE]";
	if (!plan || !words[2]) {
		return -EINVAL;
	}
	begin_table(plan, words[2], words + 3);
	return 0;
}

/* answer PLAN TABLE REPLIES MEANING MESSAGE[,MESSAGE...] [urgent|routine]; the lines of a table stand
 * together. */
static int take_answer(struct setting *setting, char **words, const char **ret_why)
{
	struct owner *plan = owner_of(setting, words[1]);

	*ret_why = "write: answer PLAN TABLE REPLIES MEANING MESSAGE [urgent|routine]";
	if (!plan || !words[2] || !words[3] || !words[4] || !words[5]) {
		return -EINVAL;
	}

	if (!plan->table || strcmp(plan->table, words[2]) != 0) {
		begin_table(plan, words[2], NULL);
	}
	words_add(&plan->answers, "%s\n  { ", plan->answered ? "," : "");
	plan->answered = true;
	words_add_list(&plan->answers, "reply", words[3], true);
	words_add_list(&plan->answers, "messages", words[5], true);
	words_add(&plan->answers, "means = \"%s\"; %s%s%s}", words[4], words[6] ? "alert = \"" : "",
		  words[6] ? words[6] : "", words[6] ? "\"; " : "");
	return 0;
}

static int take_key(char **text, char **words, const char **ret_why)
{
	*ret_why = "write: the key and its value";
	if (!words[1] || !words[2]) {
		return -EINVAL;
	}

	forget_key(*text, words[1]);
	words_add_value(text, words[1], is_bare(words[2]) ? FORM_NUMBER : FORM_WORD, words[2]);
	return 0;
}

/* staff ID PHONE [reveal]: beside mreyes and dcole, or instead of one of them */
static int take_staff(struct setting *setting, char **words, const char **ret_why)
{
	*ret_why = "write: staff ID PHONE [reveal]";
	if (!words[1] || !words[2] || (words[3] && strcmp(words[3], "reveal") != 0)) {
		return -EINVAL;
	}

	words_add(&setting->staff, "%s  { id = \"%s\"; name = \"%s\"; phone = \"%s\"; %s}",
		  setting->staff ? ",\n" : "", words[1], words[1], words[2],
		  words[3] ? "reveal = true; " : "");
	return 0;
}

/* oncall ID "HOURS": instead of the usual lines */
static int take_on_call(struct setting *setting, char **words, const char **ret_why)
{
	*ret_why = "write: oncall ID \"HOURS\"";
	if (!words[1] || !words[2]) {
		return -EINVAL;
	}

	words_add(&setting->on_call, "%s  { staff = \"%s\"; when = \"%s\"; }",
		  setting->on_call ? ",\n" : "", words[1], words[2]);
	return 0;
}

static int take_message(struct setting *setting, char **words, const char **ret_why)
{
	*ret_why = "write: message en|es NAME \"TEXT\"";
	if (!words[1] || !words[2] || !words[3]) {
		return -EINVAL;
	}

	words_add(&setting->messages[strcmp(words[1], "es") == 0], "  %s = \"%s\";\n", words[2],
		  words[3]);
	return 0;
}

static int take_forget(struct setting *setting, char **words, const char **ret_why)
{
	struct owner *owner = owner_of(setting, words[1]);

	*ret_why = "there is no such client";
	if (!owner) {
		return -EINVAL;
	}

	owner->gone = true;
	return 0;
}

int setting_take(struct setting *setting, const struct line *line, const char **ret_why)
{
	char *words[LINE_WORDS_MAX + 1];
	const char *verb = line->words[0];

	memcpy(words, line->words, sizeof(words));
	if (strcmp(verb, "client") == 0) {
		return take_client(setting, words, ret_why);
	}
	if (strcmp(verb, "plan") == 0) {
		return take_plan(setting, words, ret_why);
	}
	if (strcmp(verb, "meeting") == 0 || strcmp(verb, "appointment") == 0 ||
	    strcmp(verb, "reminder") == 0 || strcmp(verb, "pause") == 0 ||
	    strcmp(verb, "may-ask") == 0 || strcmp(verb, "avoid") == 0) {
		return take_belonging(setting, words, ret_why);
	}
	if (strcmp(verb, "site") == 0) {
		return take_key(&setting->site, words, ret_why);
	}
	if (strcmp(verb, "texting") == 0) {
		return take_key(&setting->texting, words, ret_why);
	}
	if (strcmp(verb, "table") == 0) {
		return take_table(setting, words, ret_why);
	}
	if (strcmp(verb, "alerts") == 0) {
		return take_key(&setting->alerts, words, ret_why);
	}
	if (strcmp(verb, "staff") == 0) {
		return take_staff(setting, words, ret_why);
	}
	if (strcmp(verb, "oncall") == 0) {
		return take_on_call(setting, words, ret_why);
	}
	if (strcmp(verb, "answer") == 0) {
		return take_answer(setting, words, ret_why);
	}
	if (strcmp(verb, "message") == 0) {
		return take_message(setting, words, ret_why);
	}
	if (strcmp(verb, "forget") == 0) {
		return take_forget(setting, words, ret_why);
	}
	if (strcmp(verb, "closed") == 0 && words[1]) {
		words_add(&setting->closed, "%s\"%s\"", setting->closed ? ", " : "", words[1]);
		return 0;
	}
	if (strcmp(verb, "conf") == 0 && words[1]) {
		words_add(&setting->extra, "%s\n", words[1]);
		return 0;
	}
	return SETTING_E_UNKNOWN;
}
