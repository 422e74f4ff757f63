/* Any answer of a gateway, for each shipped preset: it means one thing, says only what is plain,
 * and is accepted only where the preset saw a sign of it. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"

#include "gateways.h"

static void check(const struct response *answer, const struct wire_outcome *outcome)
{
	bool accepted = outcome->class == OUTCOME_ACCEPTED;

	assert(outcome_words[outcome->class]);
	assert(strlen(outcome->gateway_id) <= 128 && strlen(outcome->reason) < 160);
	for (const char *c = outcome->gateway_id; *c; c++) {
		assert(*c > ' ' && *c < 0x7f);
	}
	assert(accepted || !*outcome->gateway_id);
	assert(accepted == !*outcome->reason);
	assert(!accepted || (answer->status / 100 == 2 && answer->body_size > 0));
	assert(outcome->retry_after >= 0 && outcome->retry_after <= HF_HOUR);
	assert(outcome->retry_after == 0 || outcome->class == OUTCOME_DEFERRED);
	assert(outcome->class != OUTCOME_UNSENT);
	assert(outcome->fault == WIRE_FAULT_NONE || outcome->class == OUTCOME_REFUSED);
}

/* '0' to '9' as themselves, all other bytes as one of them. */
static int digit(uint8_t byte)
{
	return (byte + 2) % 10;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct response answer = { 0 };
	char *body;

	if (!gateways[0]) {
		load_all();
	}
	if (size < 3) {
		return 0;
	}

	/* "201" or any other three digits, then the body. */
	answer.status = digit(bytes[0]) * 100 + digit(bytes[1]) * 10 + digit(bytes[2]);
	answer.retry_after = size % 7 == 0 ? (long)(size % 3601) : -1;
	body = strndup((const char *)bytes + 3, size - 3);
	assert(body);
	answer.body = body;
	answer.body_size = strlen(body);
	for (size_t i = 0; i < COUNT(gateways); i++) {
		struct response_words words;
		struct wire_outcome outcome = { 0 };

		response_classify(&gateways[i]->preset->answers, &answer, &words, &outcome);
		check(&answer, &outcome);
	}
	free(body);
	return 0;
}
