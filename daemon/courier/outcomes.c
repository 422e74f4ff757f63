/*
 * Outcomes on their way to holdfastd.
 *
 * One row of entries: those that were said come first, then those that wait.
 */
#include "courier/outcomes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "courier/answer.h"

struct entry {
	struct wire_outcome outcome;
	hf_time at;
	char key[WIRE_KEY_MAX + 1], id[ANSWER_ID_MAX + 1], reason[ANSWER_REASON_MAX];
};

struct report {
	struct entry *entries;
	struct wire_outcome *list; /* as the wire wants them */
	size_t said, count, room;
	size_t most; /* said ones that are remembered */
};

int report_new(unsigned most, struct report **ret_report)
{
	struct report *report = calloc(1, sizeof(*report));

	if (!report) {
		return -ENOMEM;
	}

	report->most = most;
	*ret_report = report;
	return 0;
}

struct report *report_free(struct report *report)
{
	if (report) {
		free(report->entries);
		free(report->list);
		free(report);
	}
	return NULL;
}

static int make_room(struct report *report)
{
	size_t room = report->room ? report->room * 2 : 64;
	struct entry *entries;
	struct wire_outcome *list;

	if (report->count < report->room) {
		return 0;
	}
	entries = reallocarray(report->entries, room, sizeof(*entries));
	if (!entries) {
		return -ENOMEM;
	}
	report->entries = entries;
	list = reallocarray(report->list, room, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	report->list = list;
	report->room = room;
	return 0;
}

static void copy(char *to, size_t room, const char *from)
{
	size_t size = strnlen(from, room - 1);

	memcpy(to, from, size);
	to[size] = '\0';
}

int report_add(struct report *report, const struct wire_outcome *outcome, hf_time now)
{
	struct entry *entry;
	int r;

	r = make_room(report);
	if (r < 0) {
		return r;
	}

	entry = &report->entries[report->count++];
	entry->outcome = *outcome;
	entry->at = now;
	copy(entry->key, sizeof(entry->key), outcome->key);
	copy(entry->id, sizeof(entry->id), outcome->gateway_id);
	copy(entry->reason, sizeof(entry->reason), outcome->reason);
	return 0;
}

size_t report_waiting(const struct report *report)
{
	return report->count - report->said;
}

/* Saying these twice changes nothing; the others would hold the gateway a second time. */
static bool is_final(enum outcome_class class)
{
	switch (class) {
	case OUTCOME_ACCEPTED:
	case OUTCOME_REFUSED:
	case OUTCOME_OPTED_OUT:
		return true;
	case OUTCOME_UNSENT:
	case OUTCOME_UNKNOWN:
	case OUTCOME_DEFERRED:
	case OUTCOME_CONFIG:
		return false;
	}
	return false;
}

/* Drops said ones before `index` for which there is no use. */
static void forget(struct report *report, size_t until, hf_time since)
{
	size_t kept = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct entry *entry = &report->entries[i];

		if (i >= until || (is_final(entry->outcome.class) && entry->at >= since)) {
			report->entries[kept++] = *entry;
		}
	}
	report->said -= report->count - kept;
	report->count = kept;
}

void report_again(struct report *report, hf_time now)
{
	forget(report, report->said, now - REPORT_AGAIN);
	report->said = 0;
}

int report_say(struct report *report, struct wire *wire, unsigned credit)
{
	size_t count = report_waiting(report);
	int r;

	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &report->entries[report->said + i];

		report->list[i] = entry->outcome;
		report->list[i].key = entry->key;
		report->list[i].gateway_id = entry->id;
		report->list[i].reason = entry->reason;
	}
	r = wire_send_outcomes(wire, report->list, count, credit);
	if (r < 0) {
		return r;
	}

	report->said = report->count;
	if (report->said > 2 * report->most) {
		forget(report, report->said - report->most, HF_NEVER);
	}
	return 0;
}
