/*
 * Reminders, of plans and of clients.
 *
 * Promises: a reminder that is loaded says in exactly one way when it is, and
 * names at least one message.
 */
#include "config/reminder.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/guess.h"
#include "lib/invisible.h"
#include "lib/rrule.h"
#include "lib/recur.h"
#include "config/language.h"
#include "config/reference.h"

const char *const kind_words[] = {
	[KIND_WELCOME] = "welcome",
	[KIND_CHECK_IN] = "check-in",
	[KIND_COPING] = "coping",
	[KIND_SPONSOR] = "sponsor",
	[KIND_MILESTONE] = "milestone",
	[KIND_MEETING] = "meeting",
	[KIND_APPOINTMENT] = "appointment",
	[KIND_NOTE] = "note",
	[KIND_ONE_OFF] = "one-off",
	[KIND_CLOSING] = "closing",
	[KIND_REPLY] = "reply",
	[KIND_NUDGE] = "nudge",
	[KIND_CONFIRMATION] = "confirmation",
	[KIND_INFO] = "info",
	[KIND_EMERGENCY] = "emergency",
	[KIND_ALERT] = "alert",
	[KIND_FOLLOW_UP] = "follow-up",
	NULL,
};

/* --- when ------------------------------------------------------------------ */

void reminder_check_one_key(struct conf_reader *reader, const struct conf_node *group,
			    const char *const *keys, const char *code)
{
	const struct conf_node *found = NULL;
	char list[96] = "";
	size_t used = 0;

	for (size_t i = 0; keys[i]; i++) {
		const struct conf_node *node = conf_get(group, keys[i]);

		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s\"%s\"",
					 i > 0 ? ", " : "", keys[i]);
		if (node && found) {
			conf_fault(reader, node, code, "\"%s\" beside \"%s\"; keep one of them",
				   keys[i], conf_key(found));
			return;
		}
		found = node ? node : found;
	}
	if (!found) {
		conf_fault(reader, group, code, "nothing says when; write one of %s", list);
	}
}

static bool is_known(const struct references *references, const char *rule)
{
	const struct rules *rules = references->rules;

	for (size_t i = 0; i < RULES_KNOWN && rules->list[i]; i++) {
		if (strcmp(rules->list[i], rule) == 0) {
			return true;
		}
	}
	return false;
}

static int remember(struct conf_reader *reader, const char *rule)
{
	struct rules *rules = ((struct references *)reader->userdata)->rules;
	const char *copy = arena_copy(reader->arena, rule);

	if (!copy) {
		return -ENOMEM;
	}
	rules->list[rules->next] = copy;
	rules->next = (rules->next + 1) % RULES_KNOWN;
	return 0;
}

/* What makes no sense for anybody.  Whether UNTIL is over, and whether an interval ever meets the
 * days that are named, depends on each client's start; so the start is long ago and there is no
 * interval. */
static int try_rule(const char *rule, bool skip, const char **ret_why)
{
	const struct civil start = { .year = 2000, .month = 1, .day = 1, .hour = 12 };
	_cleanup_(recur_freep) struct recur *recur = NULL;
	char text[RRULE_MAX + 1];
	const char *interval = strstr(rule, "INTERVAL="), *rest;
	struct rrule parts;

	if (rrule_parse(rule, &parts, ret_why) != 0) {
		return RECUR_E_RULE;
	}
	if (interval) {
		rest = strchr(interval, ';');
		(void)snprintf(text, sizeof(text), "%.*sINTERVAL=1%s", (int)(interval - rule), rule,
			       rest ? rest : "");
	}
	return recur_new(interval ? text : rule, &start, zone_utc(), skip, &recur, ret_why);
}

static void tidy_rule(char *rule)
{
	char *to = rule;

	for (const char *at = rule; *at; at++) {
		if (*at != ' ' && *at != '\t') {
			*to++ = *at;
		}
	}
	while (to > rule && to[-1] == ';') {
		to--;
	}
	*to = '\0';
}

/* "RRULE:freq=weekly;byday=tu" as a rule is written; "" where that is none, either. */
static void guess_rule(const char *rule, bool skip, char guess[RRULE_MAX + 1])
{
	const char *why;
	size_t length;

	rule += strncasecmp(rule, "RRULE:", 6) == 0 ? 6 : 0;
	length = strlen(rule);
	if (length > RRULE_MAX) {
		length = 0;
	}
	for (size_t i = 0; i < length; i++) {
		guess[i] = (char)toupper((unsigned char)rule[i]);
	}
	guess[length] = '\0';
	if (try_rule(guess, skip, &why) != 0) {
		guess[0] = '\0';
	}
}

static void blame_rule(struct conf_reader *reader, const struct conf_node *node, const char *rule,
		       bool skip, const char *why)
{
	char shown[FAULT_WORD_MAX], guess[RRULE_MAX + 1], days[GUESS_MAX];

	guess_rule(rule, skip, guess);
	(void)guess_weekdays(rule, days);
	if (*guess) {
		conf_fault(reader, node, "rule", "\"%s\" is not a rule; did you mean \"%s\"?",
			   fault_word(rule, shown), guess);
	} else if (*days) {
		conf_fault(reader, node, "rule",
			   "\"%s\" is not a rule; weekdays stand in `on`, not in `rrule`%s",
			   fault_word(rule, shown), days);
	} else {
		conf_fault(reader, node, "rule",
			   "\"%s\" is not a rule: %s; write it like \"FREQ=MONTHLY;BYDAY=1SA\"",
			   fault_word(rule, shown), why ? why : "it cannot be understood");
	}
}

int reminder_read_rrule(struct conf_reader *reader, const struct conf_node *group, char *rule)
{
	const struct conf_node *node = conf_get(group, "rrule"), *skips = conf_get(group, "skip");
	_cleanup_free_ char *visible = rule ? invisible_drop(rule) : NULL;
	const char *why = NULL;
	bool skip = false;
	int r;

	if (!rule || !node) {
		return 0;
	}
	if (!visible) {
		return -ENOMEM;
	}
	strcpy(rule, visible); /* never longer */
	tidy_rule(rule);
	if (skips) {
		(void)conf_bool(skips, &skip);
	}
	if (!skip && is_known(reader->userdata, rule)) {
		return 0;
	}

	r = try_rule(rule, skip, &why);
	if (r <= 0) {
		return r < 0 || skip ? r : remember(reader, rule);
	}
	blame_rule(reader, node, visible, skip, why);
	return 0;
}

/* Does the rule, begun on that day, name it? */
static bool names_day(const char *rule, const struct civil *day)
{
	int64_t start = civil_to_days(day), next;
	struct rrule parts;
	const char *why;

	if (rrule_parse(rule, &parts, &why) != 0) {
		return true; /* a fault of its own */
	}
	rrule_complete(&parts, day);
	return rrule_next(&parts, start, true, start, &next) == 0 && next == start;
}

void reminder_check_from(struct conf_reader *reader, const struct conf_node *group,
			 const struct civil *from, unsigned weekdays, const char *rule)
{
	const struct conf_node *node = conf_get(group, "from");
	enum weekday weekday = from->year ? civil_weekday(from) : WEEKDAY_MO;

	if (!node || from->year == 0 || (!weekdays && !rule)) {
		return;
	}
	if (rule ? !names_day(rule, from) : !(weekdays & 1u << weekday)) {
		fault_add(reader->faults, FAULT_WARNING, conf_file(node), conf_line(node),
			  "from-not-named",
			  "on this day (%s) nothing takes place by `%s`, so the weeks may be the "
			  "wrong ones; write a day on which it does",
			  weekday_word(weekday), rule ? "rrule" : "on");
	}
}

const struct conf_entry phase_keys[] = {
	CONF_KEY("weeks", NUMBER, REQUIRED, phase, weeks,
		 "how many weeks, from the end of the phase before", .least = 1, .most = 520),
	CONF_KEY("on", WEEKDAYS, REQUIRED, phase, weekdays, "weekdays, like \"MO,TH\""),
	CONF_KEY("every", NUMBER, DEFAULT("1"), phase, every,
		 "2 takes the first, third, fifth week of the phase", .least = 1, .most = 52),
	{ 0 },
};

/* Phases follow each other without a gap, unless one ends before its second turn. */
static int read_phase(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct phase *phase = target;
	int r = conf_read_group(reader, node, phase_keys, phase);

	if (r == 0 && phase->weeks > 0 && phase->every > phase->weeks) {
		fault_add(reader->faults, FAULT_WARNING, conf_file(node),
			  reference_line(node, "every"), "phase-gap",
			  "only the first of these %d weeks is meant, and then nothing until the "
			  "next phase; write every = %d or less, or fewer weeks",
			  phase->weeks, phase->weeks);
	}
	return r;
}

/* --- reminders --------------------------------------------------------------- */

const char *const reminder_kinds[] = {
	"check-in", "coping", "sponsor", "milestone", "note", "closing", NULL,
};

static const struct {
	enum kind kind;
	const char *message; /* where the reminder names none */
} reminder_kind_rows[] = {
	{ KIND_CHECK_IN, "checkin" },    { KIND_COPING, NULL }, { KIND_SPONSOR, "sponsor" },
	{ KIND_MILESTONE, "milestone" }, { KIND_NOTE, NULL },   { KIND_CLOSING, "closing" },
};

static const char *const counts_from_words[] = {
	[COUNTS_FROM_RECOVERY] = "recovery",
	[COUNTS_FROM_DISCHARGE] = "discharge",
	NULL,
};

const struct conf_entry reminder_keys[] = {
	CONF_KEY("id", TEXT, REQUIRED, reminder, id, "its handle, once among what a client has"),
	CONF_KEY("kind", WORD, DEFAULT("note"), reminder, kind,
		 "check-in, coping, sponsor, milestone, note, or closing: once, on the last day of "
		 "the plan",
		 .words = reminder_kinds),
	CONF_KEY("at", MINUTE, REQUIRED, reminder, minute,
		 "the client's local time, like \"10:00\""),
	CONF_KEY("on", WEEKDAYS, OPTIONAL, reminder, weekdays, "weekdays, like \"MO,TH\""),
	CONF_KEY("every", NUMBER, DEFAULT("1"), reminder, every,
		 "with on: every so many weeks, from the week of from, else of the start",
		 .least = 1, .most = 52),
	CONF_LIST_KEY("phases", OPTIONAL, reminder, phases, phase_count, read_phase,
		      "stretches of weeks, one after the other, from the start", .most = 50),
	CONF_KEY("days", NUMBERS, OPTIONAL, reminder, days,
		 "so many days after what counts_from says", .least = 1, .most = 36500),
	CONF_KEY("months", NUMBERS, OPTIONAL, reminder, months,
		 "so many months after it, by the calendar: a month after January 31 is the last "
		 "day of February",
		 .least = 1, .most = 1200),
	CONF_KEY("years", NUMBERS, OPTIONAL, reminder, years, "so many years after it", .least = 1,
		 .most = 100),
	CONF_KEY("counts_from", WORD, OPTIONAL, reminder, counts_from,
		 "recovery (the recovery date, else the discharge) or discharge (the first day of "
		 "her stay); a milestone counts from recovery, all others from discharge",
		 .words = counts_from_words),
	CONF_KEY("rrule", TEXT, OPTIONAL, reminder, rrule,
		 "a rule of RFC 5545, like \"FREQ=MONTHLY;BYDAY=1SA\""),
	CONF_KEY("from", DATE, OPTIONAL, reminder, from,
		 "a day that it names, from which every and INTERVAL count, and the first; without "
		 "it they count from the client's start"),
	CONF_KEY("skip", TRUTH, DEFAULT("false"), reminder, skip,
		 "nothing in a month that lacks the day, instead of its last day"),
	CONF_KEY("message", TEXTS, OPTIONAL, reminder, messages,
		 "the name of its message; a|b: b where a field of a has no value"),
	CONF_KEY("messages", TEXTS, OPTIONAL, reminder, messages,
		 "names of messages, sent in turn"),
	CONF_KEY("answers", TEXT, OPTIONAL, reminder, answers,
		 "the plan's table that says what an answer means"),
	CONF_KEY("needs", TEXT, OPTIONAL, reminder, needs,
		 "a field without which a client does not get it"),
	CONF_KEY("say", TEXT, OPTIONAL, reminder, say, "what {say} becomes in its message"),
	CONF_KEY("nudge_after", SPAN, DEFAULT("6h"), reminder, nudge_after,
		 "a check-in unanswered so long is asked once more"),
	CONF_KEY("silent_after", SPAN, DEFAULT("24h"), reminder, silent_after,
		 "a check-in unanswered so long becomes a case for a human"),
	CONF_KEY("remind", SPANS, OPTIONAL, reminder, leads,
		 "how long before, like [ \"1d\", \"2h\" ]", .most = 8),
	CONF_KEY("ask_after", SPAN, OPTIONAL, reminder, ask.after,
		 "how long after it she is asked whether she did it, like \"3h\"; up to \"1d\""),
	CONF_KEY("ask_message", TEXT, OPTIONAL, reminder, ask.message,
		 "the name of the message that asks"),
	CONF_KEY("ask_answers", TEXT, OPTIONAL, reminder, ask.answers,
		 "the plan's table that says what an answer to it means"),
	{ 0 },
};

const struct conf_entry avoid_keys[] = {
	CONF_KEY("id", TEXT, OPTIONAL, reminder, id,
		 "its handle; where it is not given, the days and the hour, like avoid-FR-1700"),
	CONF_KEY("at", MINUTE, REQUIRED, reminder, minute, "her local time, like \"17:00\""),
	CONF_KEY("on", WEEKDAYS, OPTIONAL, reminder, weekdays, "weekdays, like \"FR\""),
	CONF_KEY("every", NUMBER, DEFAULT("1"), reminder, every,
		 "with on: every so many weeks, from the week of the start", .least = 1,
		 .most = 52),
	CONF_KEY("rrule", TEXT, OPTIONAL, reminder, rrule,
		 "a rule of RFC 5545, like \"FREQ=MONTHLY;BYMONTHDAY=1,15\""),
	CONF_KEY("say", TEXT, REQUIRED, reminder, say,
		 "her own words, like \"the long way home\": what {say} becomes"),
	CONF_KEY("message", TEXTS, DEFAULT("avoid"), reminder, messages, "the name of its message"),
	{ 0 },
};

static int default_message(struct conf_reader *reader, const struct conf_node *node,
			   const char *name, struct conf_texts *messages)
{
	if (!name) {
		conf_fault(reader, node, "no-message",
			   "nothing says what is sent; add message = \"...\"");
		return 0;
	}

	messages->list = arena_alloc(reader->arena, 1, sizeof(*messages->list));
	if (!messages->list) {
		return -ENOMEM;
	}
	messages->list[0] = arena_copy(reader->arena, name);
	messages->count = 1;
	return messages->list[0] ? reference_add_message(reader, node, name) : -ENOMEM;
}

static int check_messages(struct conf_reader *reader, const struct conf_node *node,
			  const char *fallback, struct conf_texts *messages)
{
	const struct conf_node *one = conf_get(node, "message"), *many = conf_get(node, "messages");
	const struct conf_node *named = one ? one : many;

	if (one && many) {
		conf_fault(reader, many, "two-messages",
			   "\"messages\" beside \"message\"; keep one of them");
		return 0;
	}
	if (!named) {
		return default_message(reader, node, fallback, messages);
	}
	if (messages->count == 0) {
		/* A wrong type has been complained about already. */
		if (conf_is_list(named)) {
			conf_fault(reader, named, "no-message", "an empty list; name a message");
		}
		return 0;
	}

	for (size_t i = 0; i < messages->count; i++) {
		const struct conf_node *at = conf_is_list(named) ? conf_at(named, i) : named;
		int r = messages->list[i] ? reference_add_message(reader, at, messages->list[i])
					  : 0;

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static void check_needs(struct conf_reader *reader, const struct conf_node *group)
{
	const struct conf_node *node = conf_get(group, "needs");
	const char *field = node ? conf_text(node) : NULL;
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];

	if (!field) {
		return;
	}
	for (size_t i = 0; template_fields[i]; i++) {
		if (strcmp(template_fields[i], field) == 0) {
			return;
		}
	}
	(void)conf_hint(field, template_fields, hint);
	conf_fault(reader, node, "unknown-field", "\"%s\" is not a field of messages%s",
		   fault_word(field, shown), *hint ? hint : "; write one, like \"sponsor\"");
}

/* It goes out on the last day, which the plan or the client has. */
static void check_closing(struct conf_reader *reader, const struct conf_node *group)
{
	static const char *const keys[] = { "on",    "every", "phases", "days", "months", "years",
					    "rrule", "skip",  "remind", "from", NULL };

	for (size_t i = 0; keys[i]; i++) {
		const struct conf_node *node = conf_get(group, keys[i]);

		if (node) {
			conf_fault(reader, node, "when",
				   "\"%s\" in a closing, which goes out on the last day; remove it",
				   keys[i]);
		}
	}
}

/* Days, months and years go along with each other, so the first of them speaks for all. */
static const char *counted_key(const struct conf_node *group)
{
	return conf_get(group, "days")     ? "days"
	       : conf_get(group, "months") ? "months"
	       : conf_get(group, "years")  ? "years"
					   : "days";
}

/* Asked of what she was asked, or of the last text, it would make no sense. */
static bool may_ask_after(int kind)
{
	return kind == KIND_COPING || kind == KIND_SPONSOR || kind == KIND_NOTE;
}

int reminder_check_follow_up(struct conf_reader *reader, const struct conf_node *group,
			     const struct follow_up *ask)
{
	const struct conf_node *after = conf_get(group, "ask_after");
	const struct conf_node *message = conf_get(group, "ask_message");
	const struct conf_node *answers = conf_get(group, "ask_answers");
	int r;

	if (!after) {
		if (message || answers) {
			conf_fault(reader, message ? message : answers, "follow-up",
				   "nothing says when this is asked; add ask_after = \"2h\"");
		}
		return 0;
	}
	if (span_length(&ask->after) > FOLLOW_UP_MOST) {
		conf_fault(reader, after, "follow-up",
			   "so long after it nothing is asked; write \"2h\", or up to \"1d\"");
	}
	if (!ask->message || !answers) {
		conf_fault(reader, after, "follow-up", "nothing says %s; add %s",
			   ask->message ? "what an answer means" : "what is asked",
			   ask->message ? "ask_answers, the name of a table of the plan"
					: "ask_message, the name of a message");
		return 0;
	}
	r = reference_add_message(reader, message ? message : group, ask->message);
	return r ? r : reference_add(reader, group, "ask_answers", REFERENCE_ANSWERS);
}

static void check_reminder(struct conf_reader *reader, const struct conf_node *node,
			   const struct reminder *reminder)
{
	const char *const when[] = { "on", "phases", counted_key(node), "rrule", NULL };

	reference_check_id(reader, node, "id");
	if (reminder->kind == KIND_CLOSING) {
		check_closing(reader, node);
	} else {
		reminder_check_one_key(reader, node, when, "when");
	}
	check_needs(reader, node);
	if (conf_get(node, "ask_after") && !may_ask_after(reminder->kind)) {
		conf_fault(reader, conf_get(node, "ask_after"), "follow-up",
			   "after a %s nothing is asked; remove ask_after",
			   kind_words[reminder->kind]);
	}
	if (span_length(&reminder->silent_after) <= span_length(&reminder->nudge_after)) {
		const char *key = conf_get(node, "nudge_after") ? "nudge_after" : "silent_after";

		fault_add(reader->faults, FAULT_ERROR, conf_file(node), reference_line(node, key),
			  "nudge-too-late",
			  "silent_after is not longer than nudge_after; give time to answer the "
			  "nudge");
	}
	reminder_check_from(reader, node, &reminder->from, reminder->weekdays, reminder->rrule);
}

/* It counts what repeats by weekdays or by a rule, and nothing else. */
static void check_from_alone(struct conf_reader *reader, const struct conf_node *group,
			     const struct reminder *reminder)
{
	const struct conf_node *node = conf_get(group, "from");

	if (node && !conf_get(group, "on") && !conf_get(group, "rrule") &&
	    reminder->kind != KIND_CLOSING) {
		conf_fault(
			reader, node, "when",
			"\"from\" beside neither \"on\" nor \"rrule\" has no meaning; remove it");
	}
}

int reminder_read(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct reminder *reminder = target;
	int kind, r = conf_read_group(reader, node, reminder_keys, reminder);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	kind = reminder->kind;
	reminder->kind = (int)reminder_kind_rows[kind].kind;
	if (!conf_get(node, "counts_from") && reminder->kind != KIND_MILESTONE) {
		reminder->counts_from = COUNTS_FROM_DISCHARGE;
	}
	reminder->line = reference_line(node, "id");
	reminder->file = ((struct references *)reader->userdata)->file;
	r = reminder_read_rrule(reader, node, reminder->rrule);
	if (r < 0) {
		return r;
	}
	check_reminder(reader, node, reminder);
	check_from_alone(reader, node, reminder);
	r = check_messages(reader, node, reminder_kind_rows[kind].message, &reminder->messages);
	r = r ? r : reminder_check_follow_up(reader, node, &reminder->ask);
	if (r < 0) {
		return r;
	}
	return reference_add(reader, node, "answers", REFERENCE_ANSWERS);
}

/* "avoid-FR-1700", "avoid-MOTU-0900"; by a rule "avoid-1700". */
static char *avoid_id(struct conf_reader *reader, const struct reminder *reminder)
{
	char id[ID_MAX + 1] = "avoid", days[16] = "";

	for (int day = WEEKDAY_MO; day <= WEEKDAY_SU; day++) {
		if (reminder->weekdays & 1u << day) {
			strcat(days, weekday_word((enum weekday)day));
		}
	}
	(void)snprintf(id, sizeof(id), "avoid%s%s-%02d%02d", *days ? "-" : "", days,
		       reminder->minute / 60, reminder->minute % 60);
	return arena_copy(reader->arena, id);
}

int reminder_read_avoid(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	static const char *const when[] = { "on", "rrule", NULL };
	struct reminder *reminder = target;
	const struct conf_node *message;
	int r = conf_read_group(reader, node, avoid_keys, reminder);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	reminder->kind = KIND_COPING;
	reminder->counts_from = COUNTS_FROM_DISCHARGE;
	reminder->line = conf_line(node);
	reminder->file = ((struct references *)reader->userdata)->file;
	reference_check_id(reader, node, "id");
	reminder_check_one_key(reader, node, when, "when");
	reminder->id = reminder->id ? reminder->id : avoid_id(reader, reminder);
	if (!reminder->id) {
		return -ENOMEM;
	}

	message = conf_get(node, "message");
	for (size_t i = 0; r == 0 && i < reminder->messages.count; i++) {
		r = reference_add_message(reader, message ? message : node,
					  reminder->messages.list[i]);
	}
	return r < 0 ? r : reminder_read_rrule(reader, node, reminder->rrule);
}

/* --- looking at one -------------------------------------------------------------- */

const struct reminder *reminder_find(const struct reminder *list, size_t count, const char *id)
{
	for (size_t i = 0; id && i < count; i++) {
		if (list[i].id && strcmp(list[i].id, id) == 0) {
			return &list[i];
		}
	}
	return NULL;
}

size_t reminder_counted(const struct reminder *reminder)
{
	return reminder->days.count + reminder->months.count + reminder->years.count;
}

struct counted reminder_counted_at(const struct reminder *reminder, size_t i)
{
	const struct conf_numbers *const lists[] = {
		[COUNTED_IN_DAYS] = &reminder->days,
		[COUNTED_IN_MONTHS] = &reminder->months,
		[COUNTED_IN_YEARS] = &reminder->years,
	};
	size_t unit = 0;

	for (; i >= lists[unit]->count; unit++) {
		i -= lists[unit]->count;
	}
	return (struct counted){ (enum counted_in)unit, lists[unit]->list[i] };
}

int64_t counted_day(const struct counted *counted, int64_t base)
{
	struct civil from = civil_from_days(base), to;

	if (counted->unit == COUNTED_IN_DAYS) {
		return base + counted->number;
	}
	to = civil_add_months(&from,
			      counted->number * (counted->unit == COUNTED_IN_YEARS ? 12 : 1));
	return civil_to_days(&to);
}

int reminder_weeks(const struct reminder *reminder)
{
	int weeks = 0;

	for (size_t i = 0; i < reminder->phase_count; i++) {
		weeks += reminder->phases[i].weeks;
	}
	return weeks;
}

/* "name", or "name|other". */
static bool offers(const char *names, const char *name)
{
	const struct template_choice choice = template_choice(names);

	return strcmp(choice.first, name) == 0 || (choice.other && strcmp(choice.other, name) == 0);
}

bool reminder_offers(const struct reminder *reminder, const char *name)
{
	for (size_t i = 0; i < reminder->messages.count; i++) {
		if (offers(reminder->messages.list[i], name)) {
			return true;
		}
	}
	return false;
}

bool follow_up_offers(const struct follow_up *ask, const char *name)
{
	return span_length(&ask->after) > 0 && ask->message && offers(ask->message, name);
}

int reminder_kind_of(const char *word)
{
	for (size_t i = 0; reminder_kinds[i]; i++) {
		if (strcmp(reminder_kinds[i], word) == 0) {
			return (int)reminder_kind_rows[i].kind;
		}
	}
	return -EINVAL;
}
