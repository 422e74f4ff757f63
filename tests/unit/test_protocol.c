/* Packets: what is written is read back, and nothing malformed is believed; what a gateway brings that
 * is too long or no text is mended, not lost. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/protocol.h"

#define TEXT                                                                                       \
	"{\"id\":1,\"attempt\":1,\"key\":\"k\",\"to\":\"+1\",\"body\":\"b\",\"ucs2\":false,"       \
	"\"segments\":1,\"valid_ms\":5,\"at\":\"t\"}"
#define OUTCOME                                                                                    \
	"{\"id\":1,\"attempt\":1,\"key\":\"k\",\"class\":\"accepted\",\"gateway_id\":\"g\","       \
	"\"fault\":\"\",\"reason\":\"\",\"retry_ms\":0}"

static const struct wire_text text = {
	.id = INT64_MAX,
	.attempt = 2,
	.key = "3f2b",
	.to = "+13125550142",
	.body = "\"Hi\" \xc2\xbf"
		"C\xc3\xb3mo est\xc3\xa1s?\n\xf0\x9f\x98\x80",
	.ucs2 = true,
	.segments = 3,
	.valid_for = 90 * HF_MINUTE,
	.at = "2026-11-23T10:00:00-06:00",
};

static struct packet packet;

static const char *read_packet(const char *bytes, size_t size)
{
	const char *why = NULL;
	int r = packet_read(bytes, size, &packet, &why);

	if (r == 0) {
		assert_null(why);
		packet_done(&packet);
		assert_null(packet.json);
	} else {
		assert_int_equal(r, -EBADMSG);
		assert_non_null(why);
	}
	return why;
}

static void take(char *bytes, size_t size)
{
	_cleanup_free_ char *owned = bytes;
	const char *why = NULL;

	assert_int_equal(packet_read(owned, size, &packet, &why), 0);
}

TEST(test_hello)
{
	const struct wire_hello hello = { "primary", true, 2.5 };
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_HELLO, &hello, 1, 0, &bytes, &size), 0);
	assert_string_equal(bytes, "{\"type\":\"hello\",\"version\":1,\"gateway\":\"primary\","
				   "\"idempotent\":true,\"rate\":2.5}");
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_HELLO);
	assert_string_equal(packet.hello.gateway, "primary");
	assert_true(packet.hello.idempotent);
	assert_true(packet.hello.rate == 2.5);
	packet_done(&packet);
}

/* Which database the last texts were from: who does not know of it, says nothing. */
TEST(test_marks)
{
	const struct wire_hello hello = { .gateway = "primary", .store = 5, .batch = INT64_MAX };
	const struct wire_text marked = {
		.id = 1, .attempt = 1, .key = "k", .to = "+1", .body = "x", .store = 5, .batch = 9
	};
	static const char old[] = "{\"type\":\"hello\",\"version\":1,\"gateway\":\"primary\","
				  "\"idempotent\":true,\"rate\":2.5}";
	static const char wrong[] = "{\"type\":\"hello\",\"version\":1,\"gateway\":\"primary\","
				    "\"idempotent\":true,\"rate\":2.5,\"store\":-1}";
	const char *why = NULL;
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_HELLO, &hello, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_true(packet.hello.store == 5 && packet.hello.batch == INT64_MAX);
	packet_done(&packet);
	assert_int_equal(packet_write(PACKET_TEXTS, &marked, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_true(packet.texts[0].store == 5 && packet.texts[0].batch == 9);
	packet_done(&packet);
	assert_int_equal(packet_read(old, strlen(old), &packet, &why), 0);
	assert_true(packet.hello.store == 0 && packet.hello.batch == 0);
	packet_done(&packet);
	assert_int_equal(packet_read(wrong, strlen(wrong), &packet, &why), -EBADMSG);
}

TEST(test_texts)
{
	const struct wire_text texts[] = { text, { .id = 2, .valid_for = -1 } };
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_TEXTS, texts, 2, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_TEXTS);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.texts[0].id, INT64_MAX);
	assert_int_equal(packet.texts[0].attempt, 2);
	assert_string_equal(packet.texts[0].key, text.key);
	assert_string_equal(packet.texts[0].to, text.to);
	assert_string_equal(packet.texts[0].body, text.body);
	assert_true(packet.texts[0].ucs2);
	assert_int_equal(packet.texts[0].segments, 3);
	assert_int_equal(packet.texts[0].valid_for, 90 * HF_MINUTE);
	assert_string_equal(packet.texts[0].at, text.at);
	assert_string_equal(packet.texts[1].body, "");
	assert_int_equal(packet.texts[1].valid_for, 0);
	packet_done(&packet);
}

TEST(test_outcomes)
{
	struct wire_outcome outcomes[7];
	char *bytes = NULL;
	size_t size = 0;

	for (int i = 0; i < 7; i++) {
		outcomes[i] = (struct wire_outcome){
			.id = i,
			.attempt = 1,
			.key = i == 0 ? NULL : "3f2b",
			.class = (enum outcome_class)i,
			.gateway_id = "SM1",
			.fault = (enum wire_fault)(i % 6),
			.reason = "no (1)",
			.retry_after = 1500 * i + 1,
		};
	}
	assert_int_equal(packet_write(PACKET_OUTCOMES, outcomes, 7, 5, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_OUTCOMES);
	assert_int_equal(packet.count, 7);
	assert_int_equal(packet.credit, 5);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(packet.outcomes[i].class, i);
		assert_int_equal(packet.outcomes[i].id, i);
		assert_string_equal(packet.outcomes[i].key, i == 0 ? "" : "3f2b");
		assert_string_equal(packet.outcomes[i].gateway_id, "SM1");
		assert_int_equal(packet.outcomes[i].fault, i % 6);
		assert_string_equal(packet.outcomes[i].reason, "no (1)");
		/* A wait is rounded up to the next millisecond. */
		assert_int_equal(packet.outcomes[i].retry_after, (1500 * i + 1000) / 1000 * 1000);
	}
	packet_done(&packet);
	assert_string_equal(outcome_words[OUTCOME_OPTED_OUT], "opted-out");

	/* Credit alone, and the end of time. */
	assert_int_equal(packet_write(PACKET_OUTCOMES, NULL, 0, 9, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.count, 0);
	assert_int_equal(packet.credit, 9);
	packet_done(&packet);
	outcomes[0].retry_after = HF_NEVER;
	assert_int_equal(packet_write(PACKET_OUTCOMES, outcomes, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_true(packet.outcomes[0].retry_after > HF_NEVER - 1000);
	packet_done(&packet);
}

/* A courier of before an upgrade goes on, and so does one of after it: it does not say whose fault a
 * refusal is, or in a word that nobody knows here. */
TEST(test_outcome_without_fault)
{
	static const char *const faults[] = { "", "\"fault\":\"\",", "\"fault\":\"weather\"," };

	for (size_t i = 0; i < COUNT(faults); i++) {
		char bytes[300];
		int size = snprintf(
			bytes, sizeof(bytes),
			"{\"type\":\"outcomes\",\"outcomes\":[{\"id\":1,\"attempt\":1,\"key\":"
			"\"k\","
			"%s\"class\":\"refused\",\"gateway_id\":\"\",\"reason\":\"number\","
			"\"retry_ms\":0}]}",
			faults[i]);

		assert_null(read_packet(bytes, (size_t)size));
		assert_int_equal(packet.outcomes[0].class, OUTCOME_REFUSED);
		assert_int_equal(packet.outcomes[0].fault, WIRE_FAULT_NONE);
		packet_done(&packet);
	}
}

/* What a gateway says is no reason to lose an outcome. */
TEST(test_what_gateways_say)
{
	char longer[2000] = "", expected[WIRE_WORD_MAX + 1] = "";
	struct wire_outcome outcome = { .gateway_id = "\xff\xfe", .reason = longer };
	char *bytes = NULL;
	size_t size = 0;

	memset(longer, 'x', sizeof(longer) - 1);
	/* Its 512th byte is the first of two of one character. */
	memcpy(longer + WIRE_WORD_MAX - 1, "\xc3\xb1", 2);
	memset(expected, 'x', WIRE_WORD_MAX - 1);
	assert_int_equal(packet_write(PACKET_OUTCOMES, &outcome, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_string_equal(packet.outcomes[0].gateway_id, "?");
	assert_string_equal(packet.outcomes[0].reason, expected);
	packet_done(&packet);

	memset(longer, 'x', sizeof(longer) - 1);
	longer[WIRE_WORD_MAX] = '\0';
	assert_int_equal(packet_write(PACKET_OUTCOMES, &outcome, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_string_equal(packet.outcomes[0].reason, longer);
	packet_done(&packet);
}

TEST(test_not_written)
{
	_cleanup_free_ char *body = calloc(1, WIRE_PACKET_MAX + 1);
	struct wire_text one = text;
	char *bytes = NULL;
	size_t size = 0;

	one.body = "\xff";
	assert_int_equal(packet_write(PACKET_TEXTS, &one, 1, 0, &bytes, &size), -EINVAL);
	assert_non_null(body);
	memset(body, 'x', WIRE_PACKET_MAX);
	one.body = body;
	assert_int_equal(packet_write(PACKET_TEXTS, &one, 1, 0, &bytes, &size), -EMSGSIZE);
	assert_null(bytes);
	assert_int_equal(size, 0);
}

TEST(test_accepted)
{
	static const char *const good[] = {
		"{\"type\":\"texts\",\"texts\":[" TEXT "]}",
		"{\"type\":\"outcomes\",\"outcomes\":[" OUTCOME "]}",
		"{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":0}",
		/* What a later version adds. */
		"{\"new\":[1],\"type\":\"outcomes\",\"outcomes\":[],\"credit\":1048576}",
		("{\"type\":\"hello\",\"version\":1,\"gateway\":\"a\",\"idempotent\":false,"
		 "\"rate\":0}"),
	};

	for (size_t i = 0; i < COUNT(good); i++) {
		assert_null(read_packet(good[i], strlen(good[i])));
	}
}

TEST(test_breaches)
{
	static const char *const bad[] = {
		"",
		"[]",
		"1",
		"{}",
		"{\"type\":1}",
		"{\"type\":\"mail\"}",
		"{\"type\":\"texts\"}",
		"{\"type\":\"texts\",\"texts\":[]}",
		"{\"type\":\"texts\",\"texts\":{}}",
		"{\"type\":\"texts\",\"texts\":[1]}",
		"{\"type\":\"texts\",\"texts\":[{}]}",
		("{\"type\":\"texts\",\"texts\":[" TEXT ",{}]}"),
		"{\"type\":\"outcomes\"}",
		"{\"type\":\"outcomes\",\"outcomes\":{}}",
		"{\"type\":\"outcomes\",\"outcomes\":[{}]}",
		"{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":-1}",
		"{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":1048577}",
		"{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":\"1\"}",
		"{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":null}",
		("{\"type\":\"hello\",\"gateway\":\"a\",\"idempotent\":false,"
		 "\"rate\":1}"),
		("{\"type\":\"hello\",\"version\":2,\"gateway\":\"a\",\"idempotent\":false,"
		 "\"rate\":1}"),
		("{\"type\":\"hello\",\"version\":1,\"gateway\":\"a\",\"idempotent\":0,"
		 "\"rate\":1}"),
		("{\"type\":\"hello\",\"version\":1,\"gateway\":\"a\",\"idempotent\":false,"
		 "\"rate\":-1}"),
		("{\"type\":\"hello\",\"version\":1,\"gateway\":\"a\",\"idempotent\":false,"
		 "\"rate\":1e300}"),
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_non_null(read_packet(bad[i], strlen(bad[i])));
	}
}

/* Of each kind one with a key as long as may be, and one that is a byte longer. */
TEST(test_key_limit)
{
	char key[WIRE_KEY_MAX + 2] = "";
	struct wire_text one = text;
	struct wire_outcome outcome = { .key = key };
	char *bytes = NULL;
	size_t size = 0;

	one.key = key;
	memset(key, 'k', WIRE_KEY_MAX);
	for (int more = 0; more < 2; more++) {
		key[WIRE_KEY_MAX] = more ? 'k' : '\0';
		assert_int_equal(packet_write(PACKET_TEXTS, &one, 1, 0, &bytes, &size), 0);
		assert_int_equal(read_packet(bytes, size) != NULL, more);
		free(bytes);
		assert_int_equal(packet_write(PACKET_OUTCOMES, &outcome, 1, 0, &bytes, &size), 0);
		assert_int_equal(read_packet(bytes, size) != NULL, more);
		free(bytes);
	}
}

/* Each member in turn is given a value that it must not have. */
static void refuse_each(const char *type, const char *item)
{
	static const char *const wrong[] = { "null", "[]", "-1", "1e3", "\"x\"", "true" };
	size_t refused = 0;

	for (const char *colon = strchr(item, ':'); colon; colon = strchr(colon + 1, ':')) {
		const char *end = colon + strcspn(colon, ",}");

		for (size_t i = 0; i < COUNT(wrong); i++) {
			char changed[512], bytes[600];

			(void)snprintf(changed, sizeof(changed), "%.*s:%s%s", (int)(colon - item),
				       item, wrong[i], end);
			(void)snprintf(bytes, sizeof(bytes), "{\"type\":\"%s\",\"%s\":[%s]}", type,
				       type, changed);
			refused += read_packet(bytes, strlen(bytes)) != NULL;
		}
		/* A text takes "x", a truth takes true, and no member takes more than one. */
		assert_true(refused >= COUNT(wrong) - 1);
		refused = 0;
	}
}

TEST(test_each_member)
{
	refuse_each("texts", TEXT);
	refuse_each("outcomes", OUTCOME);
}

TEST(test_batch_limits)
{
	struct wire_text texts[WIRE_BATCH_MAX + 1];
	struct wire_outcome outcomes[WIRE_BATCH_MAX + 1] = { 0 };
	char *bytes = NULL;
	size_t size = 0;

	for (size_t i = 0; i < COUNT(texts); i++) {
		texts[i] = text;
	}
	for (size_t more = 0; more < 2; more++) {
		assert_int_equal(
			packet_write(PACKET_TEXTS, texts, WIRE_BATCH_MAX + more, 0, &bytes, &size),
			0);
		assert_int_equal(read_packet(bytes, size) != NULL, more);
		free(bytes);
		assert_int_equal(packet_write(PACKET_OUTCOMES, outcomes, WIRE_BATCH_MAX + more, 0,
					      &bytes, &size),
				 0);
		assert_int_equal(read_packet(bytes, size) != NULL, more);
		free(bytes);
	}
}

TEST(test_length_limit)
{
	_cleanup_free_ char *bytes = calloc(1, WIRE_PACKET_MAX + 2);
	static const char start[] = "{\"type\":\"outcomes\",\"outcomes\":[]}";

	assert_non_null(bytes);
	memset(bytes, ' ', WIRE_PACKET_MAX + 1);
	memcpy(bytes, start, sizeof(start) - 1);
	assert_null(read_packet(bytes, WIRE_PACKET_MAX));
	assert_non_null(read_packet(bytes, WIRE_PACKET_MAX + 1));
}

/* --- what gateways bring by themselves -------------------------------------- */

TEST(test_inbound)
{
	const struct wire_inbound inbound[] = {
		{ .seq = 7,
		  .gateway_id = "SM1",
		  .from = "+13125550142",
		  .to = "+13125550100",
		  .text = "1 thanks \xf0\x9f\x91\x8d",
		  .at = 1764000000 * HF_SECOND },
		{ .seq = 8, .from = "AWS", .text = "", .parts_of = "77", .part = 2, .parts = 3 },
	};
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_INBOUND, inbound, COUNT(inbound), 0, &bytes, &size),
			 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_INBOUND);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.inbound[0].seq, 7);
	assert_string_equal(packet.inbound[0].gateway_id, "SM1");
	assert_string_equal(packet.inbound[0].from, "+13125550142");
	assert_string_equal(packet.inbound[0].to, "+13125550100");
	assert_string_equal(packet.inbound[0].text, inbound[0].text);
	assert_true(packet.inbound[0].at == inbound[0].at);
	assert_int_equal(packet.inbound[0].parts, 0);
	assert_string_equal(packet.inbound[1].gateway_id, "");
	assert_string_equal(packet.inbound[1].parts_of, "77");
	assert_int_equal(packet.inbound[1].part, 2);
	packet_done(&packet);
}

TEST(test_mended)
{
	static char said[NEWS_TEXT_MAX + 10], from[NEWS_FROM_MAX + 10];
	const struct wire_inbound inbound[] = {
		{ .seq = 1, .gateway_id = "a\xff", .from = from, .text = said },
	};
	char *bytes = NULL;
	size_t size = 0;

	memset(said, 'x', sizeof(said) - 1);
	/* Two bytes, of which the limit would keep one. */
	said[NEWS_TEXT_MAX - 1] = '\xc3';
	said[NEWS_TEXT_MAX] = '\xa9';
	memset(from, '1', sizeof(from) - 1);
	assert_int_equal(packet_write(PACKET_INBOUND, inbound, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_string_equal(packet.inbound[0].gateway_id, "?");
	assert_int_equal(strlen(packet.inbound[0].from), NEWS_FROM_MAX);
	assert_int_equal(strlen(packet.inbound[0].text), NEWS_TEXT_MAX - 1);
	packet_done(&packet);
}

TEST(test_receipts)
{
	const struct wire_receipt receipts[] = {
		{ .seq = 1, .gateway_id = "SM1", .state = RECEIPT_DELIVERED, .at = HF_SECOND },
		{ .seq = 2,
		  .key = "0123",
		  .state = RECEIPT_FAILED,
		  .fault = WIRE_FAULT_OPTED_OUT,
		  .reason = "opted out" },
	};
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_RECEIPTS, receipts, COUNT(receipts), 0, &bytes, &size),
			 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_RECEIPTS);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.receipts[0].state, RECEIPT_DELIVERED);
	assert_int_equal(packet.receipts[0].fault, WIRE_FAULT_NONE);
	assert_true(packet.receipts[0].at == HF_SECOND);
	assert_string_equal(packet.receipts[0].key, "");
	assert_int_equal(packet.receipts[1].fault, WIRE_FAULT_OPTED_OUT);
	assert_string_equal(packet.receipts[1].reason, "opted out");
	packet_done(&packet);
}

TEST(test_stored)
{
	const struct wire_stored stored[] = { { 5, true }, { 6, false } };
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_STORED, stored, COUNT(stored), 0, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_STORED);
	assert_int_equal(packet.stored[0].seq, 5);
	assert_true(packet.stored[0].stored);
	assert_false(packet.stored[1].stored);
	packet_done(&packet);
}

TEST(test_beat_and_alarms)
{
	const struct wire_beat beat = { .well = true };
	const struct wire_alarm alarms[] = { { 1000, 2000, "+13125550111", "Not well: \xc3\xb1" },
					     { 0, 0, "", "" } };
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write(PACKET_BEAT, &beat, 1, 0, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_BEAT);
	assert_true(packet.beat[0].well);
	packet_done(&packet);

	assert_int_equal(packet_write(PACKET_ALARMS, alarms, COUNT(alarms), 0, &bytes, &size), 0);
	take(bytes, size);
	assert_int_equal(packet.type, PACKET_ALARMS);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.alarms[0].from, 1000);
	assert_int_equal(packet.alarms[0].until, 2000);
	assert_string_equal(packet.alarms[0].to, "+13125550111");
	assert_string_equal(packet.alarms[0].body, "Not well: \xc3\xb1");
	assert_int_equal(packet.alarms[1].until, 0);
	packet_done(&packet);
}

#define INBOUND(from, part, parts)                                                                 \
	"{\"type\":\"inbound\",\"inbound\":[{\"seq\":1,\"gateway_id\":\"\",\"from\":" from         \
	",\"to\":\"\",\"text\":\"\",\"at\":0,\"parts_of\":\"\",\"part\":" part ",\"parts\":" parts \
	"}]}"
#define RECEIPT(state, fault)                                                                      \
	"{\"type\":\"receipts\",\"receipts\":[{\"seq\":1,\"gateway_id\":\"\",\"key\":\"\","        \
	"\"state\":\"" state "\",\"fault\":\"" fault "\",\"reason\":\"\",\"at\":0}]}"

TEST(test_malformed)
{
	static const struct {
		const char *bytes;
		int r;
	} cases[] = {
		{ INBOUND("\"+1\"", "0", "0"), 0 },
		{ INBOUND("\"+1\"", "3", "3"), 0 },
		{ INBOUND("1", "0", "0"), -EBADMSG },
		{ INBOUND("\"+1\"", "2", "1"), -EBADMSG },
		{ INBOUND("\"+1\"", "0", "2"), -EBADMSG },
		{ INBOUND("\"+1\"", "1", "256"), -EBADMSG },
		{ INBOUND("\"+1\"", "-1", "0"), -EBADMSG },
		{ RECEIPT("delivered", ""), 0 },
		{ RECEIPT("read", ""), -EBADMSG },
		{ RECEIPT("failed", "no"), 0 },
		{ "{\"type\":\"inbound\",\"inbound\":[]}", -EBADMSG },
		{ "{\"type\":\"receipts\",\"receipts\":{}}", -EBADMSG },
		{ "{\"type\":\"beat\",\"beat\":[{\"well\":1}]}", -EBADMSG },
		{ "{\"type\":\"beat\",\"beat\":[]}", -EBADMSG },
		{ "{\"type\":\"alarms\",\"alarms\":[{\"from\":1,\"until\":2,\"to\":3,\"body\":\"\"}"
		  "]}",
		  -EBADMSG },
		{ "{\"type\":\"stored\",\"stored\":[{\"seq\":1}]}", -EBADMSG },
		{ "{\"type\":\"stored\",\"stored\":[{\"seq\":1,\"stored\":1}]}", -EBADMSG },
		{ "{\"type\":\"stored\",\"stored\":[{\"seq\":-1,\"stored\":true}]}", -EBADMSG },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *why = NULL;
		int r = packet_read(cases[i].bytes, strlen(cases[i].bytes), &packet, &why);

		assert_int_equal(r, cases[i].r);
		if (r == 0) {
			packet_done(&packet);
		}
	}
}
