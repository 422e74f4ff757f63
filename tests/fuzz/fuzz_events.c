/* Any webhook, and any answer to a poll, for each shipped preset: what is told is UTF-8, has
 * somebody it is from or about, and fits the wire. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/text.h"

#include "gateways.h"

static const char *header(const void *userdata, const char *name)
{
	return strcmp(name, "Content-Type") == 0 ? userdata : NULL;
}

static void check_text(const char *text)
{
	uint32_t character;
	int length;

	while ((length = utf8_read(text, &character)) > 0) {
		text += length;
	}
	assert(length == 0);
}

static void check_fits(enum packet_type type, const void *events)
{
	char *bytes = NULL;
	size_t size;

	assert(packet_write(type, events, 1, 0, &bytes, &size) == 0);
	free(bytes);
}

static void check(struct events *events)
{
	for (size_t i = 0; i < events->inbound_count; i++) {
		const struct wire_inbound *inbound = &events->inbound[i];

		assert(*inbound->from);
		check_text(inbound->from);
		check_text(inbound->to);
		check_text(inbound->text);
		check_text(inbound->gateway_id);
		assert(inbound->part <= inbound->parts && inbound->at >= 0);
		check_fits(PACKET_INBOUND, inbound);
	}
	for (size_t i = 0; i < events->receipt_count; i++) {
		const struct wire_receipt *receipt = &events->receipts[i];

		assert(*receipt->gateway_id || *receipt->key);
		check_text(receipt->reason);
		check_fits(PACKET_RECEIPTS, receipt);
	}
	if (events->webhook.content) {
		check_text(events->webhook.content);
		check_fits(PACKET_WEBHOOKS, &events->webhook);
	}
	assert(events->inbound_count <= EVENTS_MAX && events->receipt_count <= EVENTS_MAX);
	events_done(events);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct {
		const char *method, *type;
	} ways[] = { { "POST", NULL }, { "POST", "application/json" }, { "GET", NULL } };
	char *text = strndup((const char *)bytes, size);

	assert(text);
	if (!gateways[0]) {
		load_all();
	}
	for (size_t i = 0; i < COUNT(ways) * COUNT(files); i++) {
		const struct gateway *gateway = gateways[i / COUNT(ways)];
		const struct event_rules *rules = &gateway->preset->hooks;
		const struct webhook_request request = {
			.method = ways[i % COUNT(ways)].method,
			.url = "",
			.path = "",
			.query = text,
			.body = text,
			.body_size = strlen(text),
			.header = header,
			.userdata = ways[i % COUNT(ways)].type,
		};
		struct events events = { 0 };

		if (events_read(rules, &gateway->from, &request, &events) == 0) {
			assert(!events.unfit == !events.webhook.content);
			check(&events);
		}
		if (events_read_page(rules, text, strlen(text), &events) == 0) {
			check(&events);
		}
	}
	free(text);
	return 0;
}
