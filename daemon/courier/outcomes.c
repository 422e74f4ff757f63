/*
 * Outcomes on their way to holdfastd.
 *
 * One row of entries: those that were said come first, then those that wait.
 */
#include "courier/outcomes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "courier/response.h"

struct entry {
	struct wire_outcome outcome;
	hf_time at;
	char key[WIRE_KEY_MAX + 1], id[RESPONSE_ID_MAX + 1], reason[RESPONSE_REASON_MAX];
};

struct outcomes {
	struct entry *entries;
	struct wire_outcome *list; /* as the wire wants them */
	size_t said, count, entry_room, list_room;
	size_t most; /* said ones that are remembered */
};

int outcomes_new(unsigned most, struct outcomes **ret_outcomes)
{
	struct outcomes *outcomes = calloc(1, sizeof(*outcomes));

	if (!outcomes) {
		return -ENOMEM;
	}

	outcomes->most = most;
	*ret_outcomes = outcomes;
	return 0;
}

void outcomes_set_most(struct outcomes *outcomes, unsigned most)
{
	outcomes->most = most;
}

struct outcomes *outcomes_free(struct outcomes *outcomes)
{
	if (outcomes) {
		free(outcomes->entries);
		free(outcomes->list);
		free(outcomes);
	}
	return NULL;
}

static void copy_cut(char *to, size_t room, const char *from)
{
	size_t size = strnlen(from, room - 1);

	memcpy(to, from, size);
	to[size] = '\0';
}

int outcomes_add(struct outcomes *outcomes, const struct wire_outcome *outcome, hf_time now)
{
	struct entry *entry;
	int r;

	r = array_reserve(outcomes->entries, outcomes->count, outcomes->entry_room, 1);
	r = r ? r : array_reserve(outcomes->list, outcomes->count, outcomes->list_room, 1);
	if (r < 0) {
		return r;
	}

	entry = &outcomes->entries[outcomes->count++];
	entry->outcome = *outcome;
	entry->at = now;
	copy_cut(entry->key, sizeof(entry->key), outcome->key);
	copy_cut(entry->id, sizeof(entry->id), outcome->gateway_id);
	copy_cut(entry->reason, sizeof(entry->reason), outcome->reason);
	return 0;
}

size_t outcomes_waiting(const struct outcomes *outcomes)
{
	return outcomes->count - outcomes->said;
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

/* Of the first `until`, which were said, only final ones from `since` on are kept. */
static void drop_said(struct outcomes *outcomes, size_t until, hf_time since)
{
	size_t kept = 0;

	for (size_t i = 0; i < outcomes->count; i++) {
		const struct entry *entry = &outcomes->entries[i];

		if (i >= until || (is_final(entry->outcome.class) && entry->at >= since)) {
			outcomes->entries[kept++] = *entry;
		}
	}
	outcomes->said -= outcomes->count - kept;
	outcomes->count = kept;
}

void outcomes_repeat(struct outcomes *outcomes, hf_time now)
{
	drop_said(outcomes, outcomes->said, now - OUTCOMES_REPEAT);
	outcomes->said = 0;
}

int outcomes_send(struct outcomes *outcomes, struct wire *wire, unsigned credit)
{
	size_t count = outcomes_waiting(outcomes);
	int r;

	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &outcomes->entries[outcomes->said + i];

		outcomes->list[i] = entry->outcome;
		outcomes->list[i].key = entry->key;
		outcomes->list[i].gateway_id = entry->id;
		outcomes->list[i].reason = entry->reason;
	}
	r = wire_send_outcomes(wire, outcomes->list, count, credit);
	if (r < 0) {
		return r;
	}

	outcomes->said = outcomes->count;
	if (outcomes->said > 2 * outcomes->most) {
		drop_said(outcomes, outcomes->said - outcomes->most, HF_NEVER);
	}
	return 0;
}
