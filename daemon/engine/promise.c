/*
 * Promises in words, sentence by sentence.
 *
 * A promise is judged by where its message is used: an answer that says "soon" needs an urgent
 * alert, a meeting "today" no reminder of the day before.  What a clinic does beside Holdfast is not
 * known here, so these are warnings.
 * Dangerous: words that are no promise.  "Last week", "por la mañana" and "call 988 any time" are
 * none of ours.
 */
#include "engine/promise.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/plain.h"
#include "lib/rrule.h"
#include "engine/compose.h"

const char *const promise_words[] = {
	[PROMISE_SOON] = "soon",
	[PROMISE_CALL] = "somebody calls",
	[PROMISE_READ] = "somebody reads",
	[PROMISE_TOLD] = "somebody has been told",
	[PROMISE_TODAY] = "today",
	[PROMISE_TOMORROW] = "tomorrow",
	[PROMISE_WEEKDAY] = "a day of the week",
	[PROMISE_LAST] = "the last text",
	[PROMISE_ANY_TIME] = "any time",
	[PROMISE_PER_WEEK] = "texts a week",
	NULL,
};

/* --- the shipped ones ----------------------------------------------------------------------- */

#define KEPT(message, promise, rule, scenario) { message, PROMISE_##promise, rule, scenario },
/* clang-format off */
const struct kept_promise kept_promises[] = {
	KEPT("welcome", PER_WEEK, "it is counted for each client", "welcome-says-how-often")
	KEPT("checkin", TODAY, "it is never a day late", "outage-too-late")
	KEPT("checkin_signed", TODAY, "it is never a day late", "outage-too-late")
	KEPT("avoid", TODAY, "it is never a day late", "outage-too-late")
	KEPT("answer_watch", ANY_TIME, "replies are taken at any hour", "written-out-of-hours")
	KEPT("answer_watch_2", ANY_TIME, "replies are taken at any hour", "answers-in-turn")
	KEPT("answer_need", CALL, "alerts go on until somebody has it", "need-in-the-evening")
	KEPT("answer_need", SOON, "alerts go on until somebody has it", "need-in-the-evening")
	KEPT("answer_need", ANY_TIME, "988 answers at any hour", "need-in-the-evening")
	KEPT("setback", CALL, "alerts go on until somebody has it", "setback-early")
	KEPT("setback", SOON, "alerts go on until somebody has it", "setback-early")
	KEPT("setback", ANY_TIME, "988 answers at any hour", "setback-early")
	KEPT("emergency", TOLD, "the case is stored together with her words", "crisis-at-night")
	KEPT("emergency", ANY_TIME, "988 answers at any hour", "crisis-at-night")
	KEPT("change", READ, "what is unread is told within read_within", "cancel-an-appointment")
	KEPT("went_talk", CALL, "a case that is told within read_within", "did-you-get-there")
	KEPT("went_talk", ANY_TIME, "988 answers at any hour", "did-you-get-there")
	KEPT("went_clarify", READ, "what is unread is told within read_within", "unread-in-hours")
	KEPT("went_clarify", TODAY, "only in site hours, told before closing", "unread-before-closing")
	KEPT("coming_clarify", READ, "what is unread is told within read_within", "unread-in-hours")
	KEPT("coming_clarify", TODAY, "only in site hours, told before closing", "unread-before-closing")
	KEPT("told", TOLD, "the case is stored together with the words", "loved-one")
	KEPT("told", ANY_TIME, "988 answers at any hour", "loved-one")
	KEPT("meeting", TODAY, "on an earlier day NAME_ahead names the day", "meeting-two-leads")
	KEPT("meeting_tonight", TODAY, "on the evening before a night alone", "meeting-at-midnight")
	KEPT("coping_call", TODAY, "it is never a day late", "outage-too-late")
	KEPT("coping_alone", TODAY, "it is never a day late", "outage-too-late")
	KEPT("coping_plan", TODAY, "it is never a day late", "outage-too-late")
	KEPT("closing", LAST, "who gets more gets closing_more", "plan-ends")
	KEPT("closing", TODAY, "it goes out on that day or not at all", "closing-not-tomorrow")
	KEPT("closing_more", TODAY, "it goes out on that day or not at all", "closing-not-tomorrow")
	KEPT("stopped", LAST, "a STOP cancels all that waits", "stop")
	KEPT("help", ANY_TIME, "988 answers at any hour", "help-answers-and-calls")
	KEPT("out_of_hours", READ, "what is unread is told when the site opens", "out-of-hours")
	KEPT("unknown", ANY_TIME, "988 answers at any hour", "unknown-number")
	KEPT("received", READ, "what is unread is told within read_within", "unread-in-hours")
	KEPT("received", TODAY, "only in site hours, told before closing", "unread-before-closing")
	KEPT("clarify", READ, "what is unread is told within read_within", "unread-in-hours")
	KEPT("clarify", TODAY, "only in site hours, told before closing", "unread-before-closing")
	KEPT("digest", TODAY, "it is sent when the site opens", "digest-in-the-morning")
};
/* clang-format on */
const size_t kept_promise_count = COUNT(kept_promises);

/* --- words ------------------------------------------------------------------------------------ */

/* As normal_text() writes them, English, then Spanish; "|" between them. */
static const char *const phrases[] = {
	[PROMISE_SOON] = "soon|shortly|right away|right now|at once|immediately|as soon as possible"
			 "|within the hour|in a moment|in a few minutes|in minutes"
			 "|pronto|enseguida|en seguida|en breve|lo antes posible|de inmediato"
			 "|inmediatamente|ahora mismo|en unos minutos|en minutos",
	[PROMISE_CALL] =
		"will call|ll call|calls you|call you back|will get back|get back to you"
		"|will contact|will reach out|be in touch|hear from us|will phone|will text you"
		"|llamara|llamaremos|llamaran|contactara|contactaremos|comunicara"
		"|comunicaremos|en contacto con usted|devolvera la llamada|va a llamar"
		"|vamos a llamar|recibira una llamada|marcara|marcaremos",
	[PROMISE_READ] =
		"reads this|read this|reads it|will read|ll read|is read|will see this"
		"|will look at this|will check this"
		"|leera|leeremos|leeran|lo lee|va a leer|vamos a leer|revisara|revisaremos",
	[PROMISE_TOLD] = "have told|has told|told someone|told somebody|been told|let someone know"
			 "|avisamos|hemos avisado|avise|ya saben",
	[PROMISE_TODAY] = "today|tonight|this evening|hoy|esta noche|esta tarde",
	[PROMISE_TOMORROW] = "tomorrow|manana",
	[PROMISE_WEEKDAY] = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
			    "|lunes|martes|miercoles|jueves|viernes|sabado|domingo",
	[PROMISE_LAST] = "the last of|last text|last message|last reminder|final text|final message"
			 "|no more texts|no more messages|no further texts|no further messages"
			 "|ultimo de|ultima de|ultimo mensaje|ultimo texto|ultimo recordatorio"
			 "|mensaje final|no recibira mas|no mas mensajes|no le enviaremos mas"
			 "|terminan sus|no le vamos a escribir|no le escribiremos",
	[PROMISE_ANY_TIME] =
		"any time|anytime|at any hour|always|day or night|day and night|24 7"
		"|24 hours|around the clock|call us now|call now"
		"|cuando quiera|en cualquier momento|a cualquier hora|a toda hora|siempre"
		"|dia y noche|dia o noche|las 24 horas|llamarnos ahora|llame ahora",
	[PROMISE_PER_WEEK] = "",
};

#define PHRASE_MAX 48

/* A bit for a word that begins so; letters and digits differ in the last five bits but for a few. */
static unsigned initial(const char *word)
{
	return 1u << ((unsigned char)*word & 31);
}

/* Of all its words. */
static unsigned initials_of(const char *normal)
{
	unsigned initials = 0;

	for (; *normal; normal++) {
		initials |= *normal == ' ' ? initial(normal + 1) : 0;
	}
	return initials;
}

/* Where one of the phrases stands in a normal text; NULL: nowhere.  *ret_which counts them. */
static const char *find_phrase(const char *normal, const char *list, size_t *ret_which)
{
	const char *end = normal + strlen(normal);
	unsigned initials = initials_of(normal);

	for (size_t which = 0; *list; which++) {
		size_t length = strcspn(list, "|");
		const char *at = initials & initial(list) ? normal : end;

		while ((at = memmem(at, (size_t)(end - at), list, length))) {
			if (at > normal && at[-1] == ' ' && at[length] == ' ') {
				*ret_which = which;
				return at - 1;
			}
			at++;
		}
		list += length + (list[length] == '|');
	}
	return NULL;
}

/* *ret_at: the words, from the space before them on. */
static bool says(const char *normal, enum promise promise, const char **ret_at, size_t *ret_which)
{
	const char *at = find_phrase(normal, phrases[promise], ret_which);

	/* "La mañana" is the morning. */
	if (!at ||
	    (promise == PROMISE_TOMORROW && at - normal >= 3 && strncmp(at - 3, " la", 3) == 0)) {
		return false;
	}
	*ret_at = at;
	return true;
}

/* One of the phrases, for a fault. */
static void write_phrase(const char *list, size_t which, char buffer[PHRASE_MAX])
{
	for (; which > 0; which--) {
		list += strcspn(list, "|") + 1;
	}
	(void)snprintf(buffer, PHRASE_MAX, "%.*s", (int)strcspn(list, "|"), list);
}

/* Numbers as words, English and Spanish; "once" is one in the first and eleven in the second. */
static const struct {
	const char *word;
	int number;
} numbers[] = {
	{ "one", 1 },  { "two", 2 },     { "twice", 2 }, { "three", 3 }, { "four", 4 },
	{ "five", 5 }, { "six", 6 },     { "seven", 7 }, { "eight", 8 }, { "nine", 9 },
	{ "ten", 10 }, { "twelve", 12 }, { "un", 1 },    { "una", 1 },   { "dos", 2 },
	{ "tres", 3 }, { "cuatro", 4 },  { "cinco", 5 }, { "seis", 6 },  { "siete", 7 },
	{ "ocho", 8 }, { "nueve", 9 },   { "diez", 10 }, { "doce", 12 },
};

static bool is_word(const char *at, const char *words)
{
	char word[32];
	size_t which;

	(void)snprintf(word, sizeof(word), " %.*s ", (int)strcspn(at, " "), at);
	return find_phrase(word, words, &which);
}

/* `at`: the first letter of a word of a normal text.  0: it is no number. */
static int number_at(const char *at)
{
	size_t length = strcspn(at, " "), digits = strspn(at, "0123456789");

	if (digits > 0) {
		return digits == length && digits < 4 ? (int)strtol(at, NULL, 10) : 0;
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (strlen(numbers[i].word) == length &&
		    strncmp(at, numbers[i].word, length) == 0) {
			return numbers[i].number;
		}
	}
	return 0;
}

#define WEEK_WITHIN 6 /* words after the number */

/* "5 a week", "cinco mensajes por semana", "7 msgs/week"; 0: no such number. */
static int per_week_of(const char *normal)
{
	const char *at = normal;

	while (*at && *(at += strspn(at, " "))) {
		int number = number_at(at);
		const char *before = at, *word = at;

		for (int i = 0; number > 0 && i < WEEK_WITHIN && *word; i++) {
			before = word;
			word += strcspn(word, " ");
			word += strspn(word, " ");
			if (is_word(word, "weekly|semanal|semanales") ||
			    (is_word(word, "week|semana") &&
			     is_word(before, "a|per|each|every|por|la|cada|msg|msgs|text|texts|sms"
					     "|messages|mensajes|textos"))) {
				return number;
			}
		}
		at += strcspn(at, " ");
	}
	return 0;
}

/* --- sentences ----------------------------------------------------------------------------- */

struct sentence {
	const char *text; /* as it stands */
	char *normal;
	unsigned promises;
	char said[PROMISE_PER_WEEK + 1][PHRASE_MAX]; /* the words of each */
	int per_week;                                /* 0: no number */
	bool names_line;                             /* 988 or 911, which are there at any hour */
	bool names_site;                             /* calls for a call to the site */
};

/* promises: look for them, too, and not only for the number. */
static int read_sentence(const char *start, size_t length, bool promises, struct sentence *sentence)
{
	_cleanup_free_ char *text = strndup(start, length);
	int r = text ? normal_text(text, true, &sentence->normal) : -ENOMEM;

	if (r < 0) {
		return r;
	}
	sentence->per_week = per_week_of(sentence->normal);
	if (!promises) {
		return 0;
	}
	for (enum promise promise = 0; promise_words[promise]; promise++) {
		const char *at;
		size_t which;

		if (promise != PROMISE_PER_WEEK && says(sentence->normal, promise, &at, &which)) {
			sentence->promises |= 1u << promise;
			write_phrase(phrases[promise], which, sentence->said[promise]);
		}
	}
	if (sentence->per_week > 0 || strstr(text, "{per_week")) {
		sentence->promises |= 1u << PROMISE_PER_WEEK;
	}
	sentence->names_line =
		strstr(sentence->normal, " 988 ") || strstr(sentence->normal, " 911 ");
	sentence->names_site = strstr(text, "{site_phone") || strstr(sentence->normal, " call ") ||
			       strstr(sentence->normal, " llame ") ||
			       strstr(sentence->normal, " llamarnos ");
	return 0;
}

typedef void (*sentence_reader)(void *userdata, const struct sentence *sentence);

static int each_sentence(const char *text, bool promises, sentence_reader on_sentence,
			 void *userdata)
{
	while (*text) {
		size_t length = strcspn(text, ".!?\n");
		struct sentence sentence = { .text = text };
		int r = read_sentence(text, length, promises, &sentence);

		if (r == 0) {
			on_sentence(userdata, &sentence);
		}
		free(sentence.normal);
		if (r < 0) {
			return r;
		}
		text += length + (text[length] != '\0');
	}
	return 0;
}

static void add_promises(void *userdata, const struct sentence *sentence)
{
	*(unsigned *)userdata |= sentence->promises;
}

static void add_per_week(void *userdata, const struct sentence *sentence)
{
	int *least = userdata;

	if (sentence->per_week > 0 && (*least == 0 || sentence->per_week < *least)) {
		*least = sentence->per_week;
	}
}

int promise_per_week(const char *text, int *ret_texts)
{
	int least = 0;
	int r = each_sentence(text, false, add_per_week, &least);

	if (r == 0) {
		*ret_texts = least;
	}
	return r;
}

int promise_find(const char *text, unsigned *ret_promises)
{
	unsigned promises = 0;
	int r = each_sentence(text, true, add_promises, &promises);

	if (r == 0) {
		*ret_promises = promises;
	}
	return r;
}

/* --- where a message is used ----------------------------------------------------------------- */

/* What Holdfast says by itself, and what it does with it. */
enum own {
	OWN_NOT,      /* a message of a plan or a client */
	OWN_URGENT,   /* an urgent case goes with it */
	OWN_IN_HOURS, /* only sent while the site is open, and whoever reads is told in time */
	OWN_LATER,    /* what was written is read when the site opens */
	OWN_LAST,     /* after it nothing comes */
	OWN_OTHER,
};

static const struct {
	const char *message;
	enum own own;
} owns[] = {
	{ "setback", OWN_URGENT },     { "emergency", OWN_URGENT }, { "help", OWN_URGENT },
	{ "received", OWN_IN_HOURS },  { "clarify", OWN_IN_HOURS }, { "out_of_hours", OWN_LATER },
	{ "stopped", OWN_LAST },       { "resumed", OWN_OTHER },    { "unknown", OWN_OTHER },
	{ "told", OWN_URGENT },        { "change", OWN_LATER },     { "who_writes", OWN_OTHER },
	{ "closing_more", OWN_OTHER },
};

/* A table of answers has its own clarification. */
static bool is_clarification(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->plan_count; i++) {
		for (size_t j = 0; j < model->plans[i].table_count; j++) {
			const char *clarify = model->plans[i].tables[j].clarify;

			if (clarify && strcmp(clarify, name) == 0) {
				return true;
			}
		}
	}
	return false;
}

static enum own own_of(const struct model *model, const char *name)
{
	for (size_t i = 0; i < COUNT(owns); i++) {
		if (strcmp(owns[i].message, name) == 0) {
			return owns[i].own;
		}
	}
	return is_clarification(model, name) ? OWN_IN_HOURS : OWN_NOT;
}

struct check {
	const struct model *model;
	struct faults *faults;
	const struct language *language;
	const struct template *template;
	const char *name; /* of the message in whose place it is sent: NAME of NAME_open */
	enum own own;
	unsigned blamed; /* promises of this template: one fault each */
};

static bool has(const struct sentence *sentence, enum promise promise)
{
	return sentence->promises & 1u << promise;
}

/* `file` NULL: it is nobody's in particular. */
static void blame(struct check *check, const struct sentence *sentence, enum promise promise,
		  const char *why, const char *advice, const char *file, unsigned line)
{
	const struct template *template = check->template;
	char where[200] = "";

	if (check->blamed & 1u << promise) {
		return;
	}
	check->blamed |= 1u << promise;
	if (file) {
		(void)snprintf(where, sizeof(where), " (%.150s:%u)", file, line);
	}
	fault_add(check->faults, FAULT_WARNING, template->file, template->line, "promise",
		  "\"%.40s\" says \"%s\", but %s%s; %s", template->name, sentence->said[promise],
		  why, where, advice);
}

/* --- somebody will ... ----------------------------------------------------------------- */

/* Whether staff are told of an answer; one that means need is a case whatever its table says. */
static enum answer_alert told_of(const struct answer *answer)
{
	return answer->alert == ANSWER_ALERT_NONE && answer->means == MEANING_NEED
		       ? ANSWER_ALERT_ROUTINE
		       : (enum answer_alert)answer->alert;
}

static void look_at_table(const struct answer_table *table, const char *name, bool *found,
			  enum answer_alert *told)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct answer *answer = &table->answers[i];

		if (answer_says(answer, name)) {
			enum answer_alert least = told_of(answer);

			*told = !*found || least < *told ? least : *told;
			*found = true;
		}
	}
}

/* Is it sent for an answer?  Of several, the one of which least is told. */
static bool find_answer(const struct check *check, enum answer_alert *told)
{
	const struct model *model = check->model;
	bool found = false;

	for (size_t i = 0; i < model->plan_count; i++) {
		for (size_t j = 0; j < model->plans[i].table_count; j++) {
			look_at_table(&model->plans[i].tables[j], check->name, &found, told);
		}
	}
	return found;
}

/* Is it said in a text that answers her, and who is told then? */
static bool is_reply(const struct check *check, enum answer_alert *ret_told)
{
	switch (check->own) {
	case OWN_URGENT:
		*ret_told = ANSWER_ALERT_URGENT;
		return true;
	case OWN_IN_HOURS:
	case OWN_LATER:
		*ret_told = ANSWER_ALERT_ROUTINE;
		return true;
	case OWN_LAST:
	case OWN_OTHER:
		*ret_told = ANSWER_ALERT_NONE;
		return true;
	case OWN_NOT:
		break;
	}
	return find_answer(check, ret_told);
}

static void check_somebody(struct check *check, const struct sentence *sentence)
{
	enum answer_alert told = ANSWER_ALERT_NONE;
	bool reply = is_reply(check, &told);
	bool call = has(sentence, PROMISE_CALL) || has(sentence, PROMISE_TOLD);
	bool touch = call || has(sentence, PROMISE_READ);
	enum promise promise = has(sentence, PROMISE_CALL)   ? PROMISE_CALL
			       : has(sentence, PROMISE_TOLD) ? PROMISE_TOLD
							     : PROMISE_READ;

	/* "See you soon" in a reminder is none. */
	if (!touch && !(reply && has(sentence, PROMISE_SOON))) {
		return;
	}
	if (!touch) {
		promise = PROMISE_SOON;
	}
	if (check->model->on_call_count == 0) {
		blame(check, sentence, promise, "nobody is on call", "write on_call in staff.conf",
		      NULL, 0);
		return;
	}
	if (told == ANSWER_ALERT_NONE) {
		blame(check, sentence, promise, "nobody is told when it is sent",
		      reply && check->own == OWN_NOT
			      ? "write alert = \"urgent\" in the table of answers, or other words"
			      : "write other words",
		      NULL, 0);
	} else if (told == ANSWER_ALERT_ROUTINE && check->own != OWN_NOT && call) {
		blame(check, sentence, promise,
		      "what she wrote is read, and nothing sees to a call",
		      "say that somebody reads it", NULL, 0);
	} else if (told == ANSWER_ALERT_ROUTINE && check->own == OWN_NOT &&
		   has(sentence, PROMISE_SOON)) {
		blame(check, sentence, PROMISE_SOON, "its answer is not urgent",
		      "write alert = \"urgent\" in the table of answers, or other words", NULL, 0);
	}
}

/* "Will call you today", at any hour of the day. */
static void check_reply_day(struct check *check, const struct sentence *sentence)
{
	enum answer_alert told = ANSWER_ALERT_NONE;

	if (!is_reply(check, &told) ||
	    !(has(sentence, PROMISE_CALL) || has(sentence, PROMISE_READ))) {
		return;
	}
	if (has(sentence, PROMISE_TODAY) && check->own != OWN_IN_HOURS) {
		blame(check, sentence, PROMISE_TODAY,
		      "it is sent at any hour, a minute before midnight too",
		      "write {next_open}, or \"soon\" where the answer is urgent", NULL, 0);
	}
	if (has(sentence, PROMISE_TOMORROW)) {
		blame(check, sentence, PROMISE_TOMORROW, "the site may be closed on the next day",
		      "write {next_open}", NULL, 0);
	}
}

/* --- on that day ------------------------------------------------------------------------ */

/* Of a text that goes so many days before what it is about. */
static void check_ahead(struct check *check, const struct sentence *sentence, int64_t ahead,
			const char *file, unsigned line)
{
	if (has(sentence, PROMISE_TODAY) && ahead > 0) {
		blame(check, sentence, PROMISE_TODAY, "a reminder goes out on an earlier day",
		      "write {day}", file, line);
	}
	if (has(sentence, PROMISE_TOMORROW) && ahead != 1) {
		blame(check, sentence, PROMISE_TOMORROW,
		      "a reminder does not go out on the day before", "write {day}", file, line);
	}
}

/* The days of the week that a sentence names. */
static unsigned weekdays_of(const struct sentence *sentence)
{
	const char *at = sentence->normal;
	unsigned weekdays = 0;
	size_t which;

	while ((at = find_phrase(at, phrases[PROMISE_WEEKDAY], &which))) {
		weekdays |= 1u << which % 7;
		at++;
	}
	return weekdays;
}

static void check_weekdays(struct check *check, const struct sentence *sentence, unsigned happens,
			   const char *file, unsigned line)
{
	unsigned said = weekdays_of(sentence);

	if (said != 0 && happens & ~said) {
		blame(check, sentence, PROMISE_WEEKDAY, "it also goes out for other days",
		      "write {day}", file, line);
	}
}

/* On which days of the week a rule may come. */
static unsigned weekdays_of_rule(const char *rrule)
{
	struct rrule rule;
	const char *why;

	if (rrule_parse(rrule, &rule, &why) != 0 || !(rule.by & RRULE_BYDAY)) {
		return WEEKDAY_ALL;
	}
	for (size_t day = 0; day < COUNT(rule.nth); day++) {
		if (rule.nth[day].from_start || rule.nth[day].from_end) {
			rule.weekdays |= 1u << day;
		}
	}
	return rule.weekdays;
}

static unsigned weekdays_of_reminder(const struct reminder *reminder)
{
	unsigned weekdays = reminder->weekdays;

	for (size_t i = 0; i < reminder->phase_count; i++) {
		weekdays |= reminder->phases[i].weekdays;
	}
	if (reminder->rrule) {
		return weekdays_of_rule(reminder->rrule);
	}
	return weekdays ? weekdays : WEEKDAY_ALL;
}

/* Of a question that goes afterwards, on the same day or the next morning. */
static void check_follow_up(struct check *check, const struct sentence *sentence,
			    const struct follow_up *ask, const char *file, unsigned line)
{
	if (!follow_up_offers(ask, check->name)) {
		return;
	}
	if (has(sentence, PROMISE_TODAY)) {
		blame(check, sentence, PROMISE_TODAY, "it may be asked on the next morning",
		      "leave the day out", file, line);
	}
	if (has(sentence, PROMISE_LAST)) {
		blame(check, sentence, PROMISE_LAST, "nothing sees to it that it is the last",
		      "leave it out", file, line);
	}
}

static void check_reminders(struct check *check, const struct sentence *sentence,
			    const struct reminder *reminders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct reminder *reminder = &reminders[i];

		check_follow_up(check, sentence, &reminder->ask, reminder->file, reminder->line);
		if (!reminder_offers(reminder, check->name)) {
			continue;
		}
		check_weekdays(check, sentence, weekdays_of_reminder(reminder), reminder->file,
			       reminder->line);
		for (size_t j = 0; j < reminder->leads.count; j++) {
			check_ahead(check, sentence,
				    span_days_before(&reminder->leads.list[j], reminder->minute),
				    reminder->file, reminder->line);
		}
		if (has(sentence, PROMISE_LAST) && reminder->kind != KIND_CLOSING) {
			blame(check, sentence, PROMISE_LAST,
			      "nothing sees to it that it is the last",
			      "say so in the closing text", reminder->file, reminder->line);
		}
	}
}

/* Is this the message of a meeting, or NAME_ahead of it?  Then of which of its reminders? */
static void check_meeting(struct check *check, const struct sentence *sentence,
			  const struct client *client, const struct meeting *meeting)
{
	const char *name = check->name;
	size_t length = strlen(meeting->message);
	bool base = strcmp(name, meeting->message) == 0, ahead;
	char other[80];

	if (strncmp(name, meeting->message, length) != 0 ||
	    (!base && strcmp(name + length, MEETING_AHEAD) != 0)) {
		return;
	}
	(void)snprintf(other, sizeof(other), "%.60s" MEETING_AHEAD, meeting->message);
	ahead = model_template(check->model, check->language->code, other);
	check_weekdays(check, sentence,
		       meeting->rrule ? weekdays_of_rule(meeting->rrule) : meeting->weekdays,
		       client->file, meeting->line);
	for (size_t i = 0; i < meeting->leads.count; i++) {
		int64_t days = span_days_before(&meeting->leads.list[i], meeting->minute);

		if (base == (days == 0 || !ahead)) {
			check_ahead(check, sentence, days, client->file, meeting->line);
		}
	}
}

static void check_events(struct check *check, const struct sentence *sentence,
			 const struct client *client)
{
	for (size_t i = 0; i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];

		check_follow_up(check, sentence, &meeting->ask, client->file, meeting->line);
		check_meeting(check, sentence, client, meeting);
	}
	for (size_t i = 0; i < client->appointment_count; i++) {
		const struct appointment *appointment = &client->appointments[i];

		check_follow_up(check, sentence, &appointment->ask, client->file,
				appointment->line);
		if (strcmp(appointment->message, check->name) != 0) {
			continue;
		}
		check_weekdays(check, sentence, 1u << civil_weekday(&appointment->when),
			       client->file, appointment->line);
		for (size_t j = 0; j < appointment->leads.count; j++) {
			check_ahead(check, sentence,
				    span_days_before(&appointment->leads.list[j],
						     civil_minute(&appointment->when)),
				    client->file, appointment->line);
		}
	}
}

#define OF_DAYS                                                                                    \
	(1u << PROMISE_TODAY | 1u << PROMISE_TOMORROW | 1u << PROMISE_WEEKDAY | 1u << PROMISE_LAST)

static void check_days(struct check *check, const struct sentence *sentence)
{
	const struct model *model = check->model;

	if (!(sentence->promises & OF_DAYS)) {
		return;
	}
	for (size_t i = 0; i < model->plan_count; i++) {
		check_reminders(check, sentence, model->plans[i].reminders,
				model->plans[i].reminder_count);
	}
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		check_reminders(check, sentence, client->reminders, client->reminder_count);
		check_events(check, sentence, client);
	}
}

/* --- all of it --------------------------------------------------------------------------- */

static bool is_always_open(const struct hours *hours)
{
	return (hours->weekdays & WEEKDAY_ALL) == WEEKDAY_ALL && hours->from == 0 &&
	       hours->until == 24 * 60;
}

static void check_sentence(void *userdata, const struct sentence *sentence)
{
	struct check *check = userdata;

	if (sentence->promises == 0) {
		return;
	}
	check_somebody(check, sentence);
	check_reply_day(check, sentence);
	check_days(check, sentence);
	if (has(sentence, PROMISE_LAST) && check->own != OWN_NOT && check->own != OWN_LAST) {
		blame(check, sentence, PROMISE_LAST, "more texts come after it",
		      "write other words", NULL, 0);
	}
	if (has(sentence, PROMISE_ANY_TIME) && sentence->names_site && !sentence->names_line &&
	    !is_always_open(&check->model->site.hours)) {
		blame(check, sentence, PROMISE_ANY_TIME, "site.hours are not all day and night",
		      "leave it out, or name 988, which is there at any hour", NULL, 0);
	}
}

int promise_check(const struct model *model, struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; i < model->language_count; i++) {
		const struct language *language = &model->languages[i];

		for (size_t j = 0; r == 0 && j < language->count; j++) {
			const char *name = template_sent_as(language, language->messages[j].name);
			struct check check = {
				.model = model,
				.faults = faults,
				.language = language,
				.template = &language->messages[j],
				.name = name,
				.own = own_of(model, name),
			};

			r = each_sentence(check.template->text, true, check_sentence, &check);
		}
	}
	return r;
}
