/*
 * What texts offer as answers, held against the table that reads them: which texts
 * these are, and what staff are told where one does not fit.
 */
#include "config/check_answers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/offers.h"

/* A table, and the messages that were found to fit it. */
#define FITTING_KNOWN 64
struct checked {
	const struct plan *plan;
	const struct answer_table *table;
	bool broken;                        /* its file has other faults */
	const char *fitting[FITTING_KNOWN]; /* names, borrowed */
	size_t fitting_count;
};

struct checking {
	const struct model *model;
	struct faults *faults;
	struct offers *offers;
	struct checked *list;
	size_t count;
};

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Where a message is named with a table. */
struct use {
	const char *message, *file;
	unsigned line;
	const char *key; /* of the table that names it; NULL: a reminder or an answer does */
};

/* Does another table use the message too, or was it written for the one that comes with Holdfast? */
static bool is_shared(const struct checking *checking, const struct answer_table *table,
		      const char *message)
{
	static const char *const shipped[] = { "checkin", "nudge", "clarify" };

	for (size_t i = 0; i < COUNT(shipped); i++) {
		if (same(shipped[i], message)) {
			return true;
		}
	}
	for (size_t i = 0; i < checking->count; i++) {
		const struct answer_table *other = checking->list[i].table;

		if (other != table &&
		    (same(other->nudge, message) || same(other->clarify, message))) {
			return true;
		}
	}
	return false;
}

static void blame(const struct checking *checking, const struct answer_table *table,
		  const struct use *use, const struct template *template, const struct offer *offer)
{
	char shown[FAULT_WORD_MAX], advice[200];

	if (use->key && same(use->message, template->name)) {
		(void)snprintf(
			advice, sizeof(advice),
			"write a message for this table and name it: %.40s = { %s = \"NAME\"; "
			"answers = ( ... ); }",
			table->name, use->key);
	} else {
		(void)snprintf(advice, sizeof(advice),
			       "correct the message, name another, or correct the table");
	}
	fault_add(checking->faults, FAULT_ERROR, use->file, use->line, "answers-differ",
		  "\"%.40s\" (%s:%u) offers \"%s\", which the table \"%.40s\" %s; %s",
		  template->name, template->file, template->line, fault_word(offer->words, shown),
		  table->name, offer->missing ? "has no reply for" : "does not take so", advice);
}

/* In that language: the message, and what goes to some instead of it, NAME_open and NAME_feminine. */
static int check_forms(const struct checking *checking, const struct answer_table *table,
		       const struct use *use, const struct language *language, bool strict)
{
	for (size_t i = 0; i < language->count; i++) {
		const struct template *template = &language->messages[i];
		struct offer offer = { "", false };
		int r;

		if (strncmp(template->name, use->message, strlen(use->message)) != 0 ||
		    strcmp(template_sent_as(language, template->name), use->message) != 0) {
			continue;
		}
		r = offers_judge(checking->offers, table, template->text, strict, &offer);
		if (r < 0) {
			return r;
		}
		if (*offer.words) {
			blame(checking, table, use, template, &offer);
		}
	}
	return 0;
}

/* In every language that has it. */
static int check_use(const struct checking *checking, const struct answer_table *table,
		     const struct use *use)
{
	bool strict = use->message && is_shared(checking, table, use->message);
	int r = 0;

	for (size_t i = 0; r == 0 && use->message && i < checking->model->language_count; i++) {
		r = check_forms(checking, table, use, &checking->model->languages[i], strict);
	}
	return r;
}

/* Each of "a|b". */
static int check_choice(const struct checking *checking, const struct answer_table *table,
			const struct reminder *reminder, const char *choice)
{
	const struct template_choice names = template_choice(choice);
	const struct use uses[] = {
		{ names.first, reminder->file, reminder->line, NULL },
		{ names.other, reminder->file, reminder->line, NULL },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(uses); i++) {
		r = check_use(checking, table, &uses[i]);
	}
	return r;
}

/* Of a hundred thousand clients most are asked by the same few messages. */
static bool is_known(const struct checked *checked, const char *message)
{
	for (size_t i = 0; i < checked->fitting_count; i++) {
		if (same(checked->fitting[i], message)) {
			return true;
		}
	}
	return false;
}

static int check_question(const struct checking *checking, struct checked *checked,
			  const struct reminder *reminder, const char *choice)
{
	size_t faults = checking->faults->count;
	int r;

	if (!choice || is_known(checked, choice)) {
		return 0;
	}

	r = check_choice(checking, checked->table, reminder, choice);
	if (checking->faults->count == faults && checked->fitting_count < FITTING_KNOWN) {
		checked->fitting[checked->fitting_count++] = choice;
	}
	return r;
}

static int check_reminders(const struct checking *checking, struct checked *checked,
			   const struct reminder *list, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		bool reads = same(list[i].answers, checked->table->name);

		for (size_t j = 0; r == 0 && reads && j < list[i].messages.count; j++) {
			r = check_question(checking, checked, &list[i], list[i].messages.list[j]);
		}
		if (r == 0 && same(list[i].ask.answers, checked->table->name)) {
			r = check_question(checking, checked, &list[i], list[i].ask.message);
		}
	}
	return r;
}

/* Also what is said at any time, whatever was asked. */
static int check_table(const struct checking *checking, struct checked *checked)
{
	const struct answer_table *table = checked->table;
	const struct use uses[] = {
		{ table->nudge, table->file, table->line, "nudge" },
		{ table->clarify, table->file, table->line, "clarify" },
		{ "received", table->file, table->line, NULL },
		{ "out_of_hours", table->file, table->line, NULL },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(uses); i++) {
		r = check_use(checking, table, &uses[i]);
	}
	for (size_t i = 0; r == 0 && i < table->count; i++) {
		const struct conf_texts *messages = &table->answers[i].messages;

		for (size_t j = 0; r == 0 && j < messages->count; j++) {
			const struct use use = { messages->list[j], table->file, table->line,
						 NULL };

			r = check_use(checking, table, &use);
		}
	}
	return r ? r
		 : check_reminders(checking, checked, checked->plan->reminders,
				   checked->plan->reminder_count);
}

/* A file with a fault of its own gets no second one for what follows from it. */
static bool is_broken(const struct faults *faults, const char *file)
{
	for (size_t i = 0; i < faults->count; i++) {
		if (faults->list[i].severity == FAULT_ERROR && same(faults->list[i].file, file)) {
			return true;
		}
	}
	return false;
}

static int list_tables(struct checking *checking)
{
	const struct model *model = checking->model;
	size_t room = 1;

	for (size_t i = 0; i < model->plan_count; i++) {
		room += model->plans[i].table_count;
	}
	checking->list = calloc(room, sizeof(*checking->list));
	for (size_t i = 0; checking->list && i < model->plan_count; i++) {
		const struct plan *plan = &model->plans[i];

		for (size_t j = 0; j < plan->table_count; j++) {
			checking->list[checking->count++] = (struct checked){
				.plan = plan,
				.table = &plan->tables[j],
				.broken = is_broken(checking->faults, plan->tables[j].file),
			};
		}
	}
	return checking->list ? 0 : -ENOMEM;
}

static int check_event(const struct checking *checking, struct checked *checked,
		       const char *answers, const char *message, const struct follow_up *ask,
		       const struct reminder *at)
{
	int r = 0;

	if (same(answers, checked->table->name)) {
		r = check_question(checking, checked, at, message);
	}
	if (r == 0 && same(ask->answers, checked->table->name)) {
		r = check_question(checking, checked, at, ask->message);
	}
	return r;
}

/* Her meetings and appointments that ask whether she comes, or got there. */
static int check_events(const struct checking *checking, struct checked *checked,
			const struct client *client)
{
	struct reminder at = { .file = client->file };
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];

		at.line = meeting->line;
		r = check_event(checking, checked, meeting->answers, meeting->message,
				&meeting->ask, &at);
	}
	for (size_t i = 0; r == 0 && i < client->appointment_count; i++) {
		const struct appointment *appointment = &client->appointments[i];

		at.line = appointment->line;
		r = check_event(checking, checked, appointment->answers, appointment->message,
				&appointment->ask, &at);
	}
	return r;
}

/* Her own check-ins name tables of her plan. */
static int check_client(const struct checking *checking, const struct client *client)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < checking->count; i++) {
		struct checked *checked = &checking->list[i];

		if (checked->plan == client->plan && !checked->broken) {
			r = check_reminders(checking, checked, client->reminders,
					    client->reminder_count);
			r = r ? r : check_events(checking, checked, client);
		}
	}
	return r;
}

static int check_all(struct checking *checking)
{
	const struct model *model = checking->model;
	int r = offers_new(model, &checking->offers);

	r = r ? r : list_tables(checking);
	for (size_t i = 0; r == 0 && i < checking->count; i++) {
		r = checking->list[i].broken ? 0 : check_table(checking, &checking->list[i]);
	}
	for (size_t i = 0; r == 0 && i < model->client_count && !faults_full(checking->faults);
	     i++) {
		r = check_client(checking, &model->clients[i]);
	}
	return r;
}

int check_answers(const struct model *model, struct faults *faults)
{
	struct checking checking = { .model = model, .faults = faults };
	int r = check_all(&checking);

	checking.offers = offers_free(checking.offers);
	free(checking.list);
	return r;
}
