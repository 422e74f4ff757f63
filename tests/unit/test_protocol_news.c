/* News: what is written is read back; what is too long or no text is mended, not lost. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/protocol.h"

static struct packet packet;

static void read_back(char *bytes, size_t size)
{
	_cleanup_free_ char *owned = bytes;
	const char *why = NULL;

	assert_int_equal(packet_read(owned, size, &packet, &why), 0);
}

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

	assert_int_equal(packet_write_inbound(inbound, COUNT(inbound), &bytes, &size), 0);
	read_back(bytes, size);
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
	static char text[NEWS_TEXT_MAX + 10], from[NEWS_FROM_MAX + 10];
	const struct wire_inbound inbound[] = {
		{ .seq = 1, .gateway_id = "a\xff", .from = from, .text = text },
	};
	char *bytes = NULL;
	size_t size = 0;

	memset(text, 'x', sizeof(text) - 1);
	/* Two bytes, of which the limit would keep one. */
	text[NEWS_TEXT_MAX - 1] = '\xc3';
	text[NEWS_TEXT_MAX] = '\xa9';
	memset(from, '1', sizeof(from) - 1);
	assert_int_equal(packet_write_inbound(inbound, 1, &bytes, &size), 0);
	read_back(bytes, size);
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
		  .fault = RECEIPT_FAULT_OPTED_OUT,
		  .reason = "opted out" },
	};
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write_receipts(receipts, COUNT(receipts), &bytes, &size), 0);
	read_back(bytes, size);
	assert_int_equal(packet.type, PACKET_RECEIPTS);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.receipts[0].state, RECEIPT_DELIVERED);
	assert_int_equal(packet.receipts[0].fault, RECEIPT_FAULT_NONE);
	assert_true(packet.receipts[0].at == HF_SECOND);
	assert_string_equal(packet.receipts[0].key, "");
	assert_int_equal(packet.receipts[1].fault, RECEIPT_FAULT_OPTED_OUT);
	assert_string_equal(packet.receipts[1].reason, "opted out");
	packet_done(&packet);
}

TEST(test_stored)
{
	const struct wire_stored stored[] = { { 5, true }, { 6, false } };
	char *bytes = NULL;
	size_t size = 0;

	assert_int_equal(packet_write_stored(stored, COUNT(stored), &bytes, &size), 0);
	read_back(bytes, size);
	assert_int_equal(packet.type, PACKET_STORED);
	assert_int_equal(packet.stored[0].seq, 5);
	assert_true(packet.stored[0].stored);
	assert_false(packet.stored[1].stored);
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
		{ RECEIPT("failed", "no"), -EBADMSG },
		{ "{\"type\":\"inbound\",\"inbound\":[]}", -EBADMSG },
		{ "{\"type\":\"receipts\",\"receipts\":{}}", -EBADMSG },
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
