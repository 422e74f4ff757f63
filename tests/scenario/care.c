/* Looks into the database as staff's commands do. */
#include "care.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/people.h"
#include "script.h"

__attribute__((format(printf, 2, 3))) static int differs(char why[CARE_WHY_MAX], const char *format,
							 ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, CARE_WHY_MAX, format, arguments);
	va_end(arguments);
	return CARE_E_FAILED;
}

static bool is(const char *word, const char *wanted)
{
	return word && strcmp(word, wanted) == 0;
}

/* Of a client her id, of a number that nobody knows its handle, of staff "@" and the id. */
static int handle_of(const struct world *world, const char *word, char handle[STRANGER_HANDLE])
{
	const char *number = world_number(world, word);
	bool client = model_client(engine_model(world->engine), word) != NULL;

	if (*word == '+' && number) {
		return strangers_handle(world->db, number, world->now, handle);
	}
	(void)snprintf(handle, STRANGER_HANDLE, "%s%s", client || !number ? "" : "@", word);
	return 0;
}

/* --- cases --------------------------------------------------------------------------- */

/* One word of what a case should be: how many words that took, 0 where it is not so. */
static size_t case_is(const struct case_row *row, char *const *words)
{
	if (is(words[0], "times") && words[1]) {
		return strtol(words[1], NULL, 10) == row->times ? 2 : 0;
	}
	if (is(words[0], "attempts") && words[1]) {
		return strtol(words[1], NULL, 10) == row->attempts ? 2 : 0;
	}
	if (is(words[0], "by") && words[1]) {
		return row->acknowledged_by && glob_matches(words[1], row->acknowledged_by) ? 2 : 0;
	}
	if (is(words[0], "as") && words[1]) {
		return row->outcome && glob_matches(words[1], row->outcome) ? 2 : 0;
	}
	return is(words[0], case_urgency_words[row->urgency]) ||
			       is(words[0], case_state_words[row->state])
		       ? 1
		       : 0;
}

static int describe_case(const struct case_row *row, char why[CARE_WHY_MAX])
{
	return differs(why,
		       "case %d of %s (%s) is %s, %s, times %d, attempts %d, "
		       "acknowledged by %s, closed as %s",
		       (int)row->id, row->client, case_reason_words[row->reason],
		       case_urgency_words[row->urgency], case_state_words[row->state], row->times,
		       row->attempts, row->acknowledged_by ? row->acknowledged_by : "nobody",
		       row->outcome ? row->outcome : "nothing");
}

static int compare_case(const struct case_row *row, char *const *words, char why[CARE_WHY_MAX])
{
	while (*words) {
		size_t taken = case_is(row, words);

		if (taken == 0) {
			return describe_case(row, why);
		}
		words += taken;
	}
	return 0;
}

int care_show_cases(const struct world *world)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = cases_list(world->db, NULL, false, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		char what[CARE_WHY_MAX];
		struct case_row row;

		cases_read(&rows, &row);
		(void)describe_case(&row, what);
		(void)printf("#   %s\n", what);
	}
	return r ? r : rows.error;
}

static int newest_case(struct world *world, const char *client, const char *reason, int64_t *ret_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char handle[STRANGER_HANDLE];
	int r = handle_of(world, client, handle);

	*ret_id = 0;
	r = r ? r : cases_list(world->db, handle, false, INT_MAX, &rows);
	while (r == 0 && db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		if (is(reason, case_reason_words[row.reason]) && row.id > *ret_id) {
			*ret_id = row.id;
		}
	}
	return r ? r : rows.error;
}

/* CLIENT REASON [WORD]... */
static int expect_case(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int64_t id;
	int r;

	if (!words[0] || !words[1]) {
		return differs(why, "write: expect case CLIENT REASON");
	}

	r = newest_case(world, words[0], words[1], &id);
	if (r != 0 || id == 0) {
		return r ? r : differs(why, "%s has no case \"%s\"", words[0], words[1]);
	}

	r = cases_get(world->db, id, &rows);
	if (r != 0) {
		return r < 0 ? r : differs(why, "there is no case %d", (int)id);
	}
	cases_read(&rows, &row);
	return compare_case(&row, words + 2, why);
}

/* case CLIENT [REASON]: open ones. */
static int expect_no_case(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char handle[STRANGER_HANDLE];
	int r = words[0] ? handle_of(world, words[0], handle) : 0;

	r = r ? r : cases_list(world->db, words[0] ? handle : NULL, true, INT_MAX, &rows);
	while (r == 0 && db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		if (!words[0] || !words[1] || is(words[1], case_reason_words[row.reason])) {
			return differs(why, "case %d of %s is open: %s", (int)row.id, row.client,
				       case_reason_words[row.reason]);
		}
	}
	return r ? r : rows.error;
}

/* The clients of the morning list; the list is no longer than the words. */
static int expect_calls(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = cases_list(world->db, NULL, true, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		char handle[STRANGER_HANDLE] = "";
		struct case_row row;

		cases_read(&rows, &row);
		r = *words ? handle_of(world, *words, handle) : 0;
		if (r == 0 && !is(row.client, handle)) {
			return differs(why, "the list goes on with %s (%s), not with %s",
				       row.client, case_reason_words[row.reason],
				       *words ? *words : "its end");
		}
		words += *words != NULL;
	}
	r = r ? r : rows.error;
	return r || !*words ? r : differs(why, "%s is not on the list", *words);
}

/* --- check-ins ------------------------------------------------------------------------- */

static const char *client_meaning_word(int meaning)
{
	static const char *const words[] = { "well", "watch", "need", "unclear" };

	return meaning >= 0 && meaning < (int)COUNT(words) ? words[meaning] : "none";
}

/* CLIENT STATE, or CLIENT MEANING [first MEANING] */
static int expect_checkin(struct world *world, bool answer, char *const *words,
			  char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin = { .state = CHECKIN_ASKED };
	int r;

	if (!words[0] || !words[1]) {
		return differs(why, "write: the client, and what is expected");
	}

	r = checkins_list(world->db, words[0], 1, &rows);
	if (r != 0 || !db_next(&rows)) {
		return r < 0 ? r : differs(why, "%s was never asked", words[0]);
	}

	checkins_read(&rows, &checkin);
	if (!answer) {
		return is(words[1], checkin_state_words[checkin.state])
			       ? 0
			       : differs(why, "it is %s", checkin_state_words[checkin.state]);
	}
	if (!is(words[1], client_meaning_word(checkin.current)) ||
	    (is(words[2], "first") && !is(words[3], client_meaning_word(checkin.first)))) {
		return differs(why, "the answer is %s, the first was %s",
			       client_meaning_word(checkin.current),
			       client_meaning_word(checkin.first));
	}
	return 0;
}

/* --- consent and the inbox ---------------------------------------------------------------- */

static int expect_consent(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	struct person person;
	int r = words[0] && words[1] ? people_get(world->db, words[0], &person) : -EINVAL;

	if (r == 0 && !is(words[1], consent_words[person.consent])) {
		return differs(why, "it is %s", consent_words[person.consent]);
	}
	return r;
}

static int compare_text(const struct inbox_text *text, char *const *words, char why[CARE_WHY_MAX])
{
	if (!is(words[0], inbox_kind_words[text->kind]) ||
	    (words[1] && !glob_matches(words[1], text->text))) {
		return differs(why, "\"%s\" was taken for %s", text->text,
			       inbox_kind_words[text->kind]);
	}
	return 0;
}

/* WHO KIND ["TEXT"], or WHO NUMBER texts */
static int expect_inbox(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char handle[STRANGER_HANDLE];
	struct inbox_text text;
	long count = 0;
	int r = words[0] && words[1] ? handle_of(world, words[0], handle) : -EINVAL;

	r = r ? r : inbox_list(world->db, handle, INT64_MIN, INT_MAX, &rows);
	if (r != 0) {
		return r;
	}

	while (db_next(&rows)) {
		inbox_read(&rows, &text);
		if (count++ == 0 && !is(words[2], "texts")) {
			return compare_text(&text, words + 1, why);
		}
	}
	if (!is(words[2], "texts") || count != strtol(words[1], NULL, 10)) {
		return differs(why, "%ld texts of %s are in the inbox", count, words[0]);
	}
	return rows.error;
}

/* USER VERB CLIENT ["DETAIL"] */
static int expect_audit(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;
	int r;

	if (!words[0] || !words[1] || !words[2]) {
		return differs(why, "write: expect audit USER VERB CLIENT [\"DETAIL\"]");
	}

	r = audit_list(world->db, words[2], NULL, 1, &rows);
	if (r != 0 || !db_next(&rows)) {
		return r ? r : differs(why, "the audit has nothing about %s", words[2]);
	}
	audit_read(&rows, &entry);
	if (!is(entry.user, words[0]) || !is(entry.verb, words[1]) ||
	    (words[3] && !glob_matches(words[3], entry.detail))) {
		return differs(why, "the audit says %s %s \"%s\"", entry.user, entry.verb,
			       entry.detail);
	}
	return 0;
}

int care_expect(struct world *world, char *const *words, char why[CARE_WHY_MAX])
{
	if (is(words[0], "case")) {
		return expect_case(world, words + 1, why);
	}
	if (is(words[0], "no") && is(words[1], "case")) {
		return expect_no_case(world, words + 2, why);
	}
	if (is(words[0], "calls")) {
		return expect_calls(world, words + 1, why);
	}
	if (is(words[0], "checkin") || is(words[0], "answer")) {
		return expect_checkin(world, *words[0] == 'a', words + 1, why);
	}
	if (is(words[0], "consent")) {
		return expect_consent(world, words + 1, why);
	}
	if (is(words[0], "inbox")) {
		return expect_inbox(world, words + 1, why);
	}
	if (is(words[0], "audit")) {
		return expect_audit(world, words + 1, why);
	}
	return CARE_E_UNKNOWN;
}
