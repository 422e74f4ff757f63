/*
 * The queue of mishaps.
 */
#include "sandbox/mishap.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"

#define DELAY_MOST_MS (10 * 60 * 1000)

static const char *const words[] = {
	[MISHAP_NONE] = "none",
	[MISHAP_STATUS] = "status",
	[MISHAP_DELAY] = "delay",
	[MISHAP_DRIP] = "drip",
	[MISHAP_RESET] = "reset",
	[MISHAP_DROP] = "drop",
	[MISHAP_TRUNCATE] = "truncate",
	[MISHAP_GARBAGE] = "garbage",
	[MISHAP_SLOW_HEADERS] = "slow_headers",
	[MISHAP_REDIRECT] = "redirect",
	[MISHAP_UNDELIVERED] = "undelivered",
	[MISHAP_FAILED] = "failed",
	[MISHAP_NO_RECEIPT] = "no_receipt",
};

const char *mishap_word(enum mishap_kind kind)
{
	return words[kind];
}

static int read_kind(const char *word, enum mishap_kind *ret_kind)
{
	for (size_t i = 0; word && i < COUNT(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_kind = (enum mishap_kind)i;
			return 0;
		}
	}

	return MISHAP_E_INVALID;
}

static int read_number(const json_t *json, const char *key, int fallback, int least, int most,
		       int *ret_number)
{
	int64_t number = json_int(json, key, fallback);

	if (number < least || number > most) {
		return MISHAP_E_INVALID;
	}

	*ret_number = (int)number;
	return 0;
}

int mishap_read(const json_t *json, struct mishap *ret_mishap)
{
	struct mishap mishap = { 0 };
	const char *to = json_text(json, "to");

	if (read_kind(json_text(json, "fault"), &mishap.kind) != 0 ||
	    read_number(json, "status", 503, 200, 599, &mishap.status) != 0 ||
	    read_number(json, "code", 0, 0, INT32_MAX, &mishap.code) != 0 ||
	    read_number(json, "retry_after", -1, -1, INT32_MAX, &mishap.retry_after) != 0 ||
	    read_number(json, "delay_ms", 500, 0, DELAY_MOST_MS, &mishap.delay_ms) != 0 ||
	    read_number(json, "count", 0, 0, INT32_MAX, &mishap.count) != 0 ||
	    (to && phone_parse(to, mishap.to) != 0)) {
		return MISHAP_E_INVALID;
	}

	mishap.deliver = json_truth(json, "deliver",
				    mishap.kind != MISHAP_STATUS && mishap.kind != MISHAP_REDIRECT);
	*ret_mishap = mishap;
	return 0;
}

static void remove_at(struct mishaps *mishaps, int i)
{
	mishaps->count--;
	memmove(&mishaps->queue[i], &mishaps->queue[i + 1],
		(size_t)(mishaps->count - i) * sizeof(mishaps->queue[0]));
}

static void clear(struct mishaps *mishaps, const char *to)
{
	for (int i = mishaps->count - 1; i >= 0; i--) {
		if (!*to || strcmp(mishaps->queue[i].to, to) == 0) {
			remove_at(mishaps, i);
		}
	}
}

int mishaps_add(struct mishaps *mishaps, const struct mishap *mishap)
{
	if (mishap->kind == MISHAP_NONE) {
		clear(mishaps, mishap->to);
		return 0;
	}

	for (int i = 0; i < mishaps->count; i++) {
		if (mishaps->queue[i].count == 0 && strcmp(mishaps->queue[i].to, mishap->to) == 0) {
			mishaps->queue[i] = *mishap;
			return 0;
		}
	}

	if (mishaps->count == MISHAPS_MOST) {
		return MISHAP_E_FULL;
	}

	mishaps->queue[mishaps->count++] = *mishap;
	return 0;
}

struct mishap mishaps_next(struct mishaps *mishaps, const char *to)
{
	for (int i = 0; i < mishaps->count; i++) {
		struct mishap found = mishaps->queue[i];

		if (*found.to && strcmp(found.to, to) != 0) {
			continue;
		}
		if (found.count > 0 && --mishaps->queue[i].count == 0) {
			remove_at(mishaps, i);
		}
		return found;
	}

	return (struct mishap){ .kind = MISHAP_NONE };
}

static json_t *one_json(const struct mishap *mishap)
{
	_cleanup_(json_freep) json_t *json = json_new_object();

	if (!json || json_put_text(json, "fault", mishap_word(mishap->kind)) < 0 ||
	    json_put_int(json, "status", mishap->status) < 0 ||
	    json_put_int(json, "retry_after", mishap->retry_after) < 0 ||
	    json_put_int(json, "code", mishap->code) < 0 ||
	    json_put_int(json, "delay_ms", mishap->delay_ms) < 0 ||
	    json_put_int(json, "count", mishap->count) < 0 ||
	    json_put_bool(json, "deliver", mishap->deliver) < 0 ||
	    json_put_text(json, "to", *mishap->to ? mishap->to : NULL) < 0) {
		return NULL;
	}

	return take_ptr(json);
}

json_t *mishaps_json(const struct mishaps *mishaps)
{
	_cleanup_(json_freep) json_t *array = json_new_array();

	for (int i = 0; i < mishaps->count; i++) {
		if (!array || json_add(array, one_json(&mishaps->queue[i])) < 0) {
			return NULL;
		}
	}

	return take_ptr(array);
}
