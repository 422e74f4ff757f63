/*
 * What the shipped presets make of what their gateways bring, and what a preset
 * of one's own can say.
 */
#include "test.h"
#include "gateway_rig.h"

#include "lib/cleanup.h"

struct rig {
	struct gateway_dir dir;
	struct gateway *gateway;
	const char *type, *method; /* of the body; NULL: POST */
	struct events events;
};

static const char *header(const void *userdata, const char *name)
{
	return strcmp(name, "Content-Type") == 0 ? *(const char *const *)userdata : NULL;
}

static void rig_open(struct rig *rig, const char *gateway)
{
	*rig = (struct rig){ 0 };
	gateway_dir_open(&rig->dir);
	rig->gateway = load_gateway(&rig->dir, gateway);
}

static void rig_close(struct rig *rig)
{
	events_done(&rig->events);
	gateway_free(rig->gateway);
	gateway_dir_close(&rig->dir);
}

static int take(struct rig *rig, const char *query, const char *body)
{
	const struct webhook_request request = {
		.method = rig->method ? rig->method : "POST",
		.url = "",
		.query = query,
		.path = "",
		.body = body,
		.body_size = strlen(body),
		.header = header,
		.userdata = &rig->type,
	};

	events_done(&rig->events);
	return events_read(&rig->gateway->preset->hooks, &rig->gateway->from, &request,
			   &rig->events);
}

static const struct wire_inbound *text(struct rig *rig, const char *query, const char *body)
{
	assert_int_equal(take(rig, query, body), 0);
	assert_int_equal(rig->events.inbound_count, 1);
	assert_int_equal(rig->events.receipt_count, 0);
	return &rig->events.inbound[0];
}

static const struct wire_receipt *receipt(struct rig *rig, const char *query, const char *body)
{
	assert_int_equal(take(rig, query, body), 0);
	assert_int_equal(rig->events.inbound_count, 0);
	assert_int_equal(rig->events.receipt_count, 1);
	return &rig->events.receipts[0];
}

#define SANDBOX "preset = \"sandbox\"; from = \"+13125550199\"; secret = \"token\";"
#define TWILIO                                                                                     \
	"preset = \"twilio\"; from = \"+13125550199\"; secret = \"token\"; account = \"AC1\"; "    \
	"public_url = \"https://t.example.org/hooks/one/\";"
#define KANNEL "preset = \"kannel\"; from = \"+13125550199\"; secret = \"token\"; account = \"a\";"

TEST(test_sandbox)
{
	static const struct {
		const char *body, *why;
	} unfit[] = {
		{ "{\"type\":\"voicemail\"}", "it fits no rule of the preset" },
		{ "{\"type\":\"inbound\"}", "a text without a sender" },
		{ "{\"type\":\"receipt\",\"state\":\"sent\"}",
		  "a receipt without a name or a state" },
		{ "{", "its JSON cannot be read" },
	};
	const struct wire_inbound *inbound;
	const struct wire_receipt *said;
	struct rig rig;

	rig_open(&rig, SANDBOX);
	rig.type = "application/json";
	inbound = text(&rig, "",
		       "{\"type\":\"inbound\",\"id\":\"IN1\",\"from\":\"+13125550142\","
		       "\"to\":\"+13125550199\",\"text\":\"1 \\u00f1\",\"at\":\"2026-11-23T10:00:"
		       "00Z\"}");
	assert_string_equal(inbound->gateway_id, "IN1");
	assert_string_equal(inbound->from, "+13125550142");
	assert_string_equal(inbound->text, "1 \xc3\xb1");
	assert_string_equal(inbound->parts_of, "");
	assert_true(inbound->at == INT64_C(1795428000) * HF_SECOND);

	said = receipt(&rig, "",
		       "{\"type\":\"receipt\",\"id\":\"SB1\",\"key\":\"k\",\"state\":"
		       "\"undelivered\",\"error\":\"30005\"}");
	assert_int_equal(said->state, RECEIPT_UNDELIVERED);
	assert_int_equal(said->fault, WIRE_FAULT_NUMBER);
	assert_string_equal(said->reason, "no such phone (30005)");
	assert_string_equal(said->key, "k");

	assert_int_equal(take(&rig, "", "{\"type\":\"voicemail\"}"), 0);
	assert_int_equal(rig.events.inbound_count + rig.events.receipt_count, 0);
	for (size_t i = 0; i < COUNT(unfit); i++) {
		assert_int_equal(take(&rig, "", unfit[i].body), 0);
		assert_int_equal(rig.events.inbound_count + rig.events.receipt_count, 0);
		assert_string_equal(rig.events.unfit, unfit[i].why);
		assert_string_equal(rig.events.webhook.content, unfit[i].body);
	}
	/* A new type of text is a text; one of our own is none. */
	assert_string_equal(
		text(&rig, "", "{\"type\":\"in2\",\"from\":\"13125550142\",\"text\":\"STOP\"}")
			->text,
		"STOP");
	assert_null(rig.events.unfit);
	assert_int_equal(
		take(&rig, "", "{\"type\":\"sent\",\"from\":\"13125550199\",\"text\":\"ours\"}"),
		0);
	assert_int_equal(rig.events.inbound_count, 0);
	assert_non_null(rig.events.unfit);
	rig.type = "application/x-www-form-urlencoded";
	assert_string_equal(
		text(&rig, "", "\xef\xbb\xbf {\"type\":\"inbound\",\"from\":\"1\",\"text\":\"a\"}")
			->text,
		"a");
	rig_close(&rig);
}

/* A phone sends anything, and none of it may be lost. */
TEST(test_any_bytes)
{
	static const struct {
		const char *said, *expected;
	} cases[] = {
		{ "a\\u0000b", "a\xef\xbf\xbd\x62" },
		{ "caf\xe9", "caf\xc3\xa9" },
		{ "\\ud83d\\udc4d", "\xf0\x9f\x91\x8d" },
		{ "\\ud83d!", "\xef\xbf\xbd!" },
		{ "\\udc4d", "\xef\xbf\xbd" },
		{ "\xc3", "\xc3\x83" },
		{ "\\\\u0000", "\\u0000" },
		{ "\\ud83d\\ud83d\\udc4d", "\xef\xbf\xbd\xf0\x9f\x91\x8d" },
		{ "\xf0\x9f\x91\x8d", "\xf0\x9f\x91\x8d" },
		{ "", "" },
	};
	struct rig rig;

	rig_open(&rig, SANDBOX);
	rig.type = "application/json";
	for (size_t i = 0; i < COUNT(cases); i++) {
		char body[256];

		(void)snprintf(body, sizeof(body),
			       "{\"type\":\"inbound\",\"from\":\"+13125550142\",\"text\":\"%s\"}",
			       cases[i].said);
		assert_string_equal(text(&rig, "", body)->text, cases[i].expected);
	}
	rig_close(&rig);
	rig_open(&rig, KANNEL);
	assert_string_equal(text(&rig, "from=1&text=a%00b%e9", "")->text,
			    "a\xef\xbf\xbd\x62\xc3\xa9");
	rig_close(&rig);
}

/* What Twilio answers itself, as it looks at it: the whole text, in any capitals, blanks around it. */
TEST(test_keywords)
{
	static const struct {
		const char *body;
		bool opted_out, answered;
	} rows[] = {
		{ "STOP", true, false },
		{ "stop", true, false },
		{ "+Stop%0A", true, false },
		{ "StopAll", true, false },
		{ "unsubscribe", true, false },
		{ "cancel", true, false },
		{ "end", true, false },
		{ "quit", true, false },
		{ "revoke", true, false },
		{ "optout", true, false },
		{ "START", false, true },
		{ "yes", false, true },
		{ "unstop", false, true },
		{ "Help", false, true },
		{ "%09info+", false, true },
		{ "STOP.", false, false },
		{ "STOP+%F0%9F%99%8F", false, false },
		{ "please+stop+texting+me", false, false },
		{ "stop+all", false, false },
		{ "no+me+escriban+m%C3%A1s", false, false },
		{ "ALTO", false, false },
		{ "yes+please", false, false },
		{ "", false, false },
	};
	struct rig rig;

	rig_open(&rig, TWILIO);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct wire_inbound *inbound;
		char form[256];

		(void)snprintf(form, sizeof(form),
			       "SmsStatus=received&From=%%2B13125550142&MessageSid=SM1&Body=%s",
			       rows[i].body);
		inbound = text(&rig, "", form);
		assert_int_equal(inbound->opted_out, rows[i].opted_out);
		assert_int_equal(inbound->answered, rows[i].answered);
	}
	/* Words of Advanced Opt-Out. */
	assert_true(
		text(&rig, "", "SmsStatus=received&From=%2B13125550142&Body=ayuda&OptOutType=HELP")
			->answered);
	rig_close(&rig);
}

TEST(test_twilio)
{
	const struct wire_inbound *inbound;
	const struct wire_receipt *said;
	struct rig rig;

	rig_open(&rig, TWILIO);
	assert_string_equal(rig.gateway->values[VALUE_PUBLIC_URL],
			    "https://t.example.org/hooks/one");
	assert_string_equal(rig.gateway->preset->hooks.ack.type, "text/xml");
	inbound = text(&rig, "",
		       "SmsStatus=received&From=%2B13125550142&To=%2B13125550199&Body=stop&"
		       "MessageSid=SM1&OptOutType=STOP");
	assert_true(inbound->opted_out);
	assert_string_equal(inbound->gateway_id, "SM1");
	assert_false(
		text(&rig, "", "SmsStatus=received&From=%2B13125550142&Body=help&OptOutType=HELP")
			->opted_out);

	said = receipt(&rig, "key=k17", "MessageSid=SM2&MessageStatus=failed&ErrorCode=21610");
	assert_int_equal(said->state, RECEIPT_FAILED);
	assert_int_equal(said->fault, WIRE_FAULT_OPTED_OUT);
	assert_string_equal(said->key, "k17");
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=30034");
	assert_int_equal(said->fault, WIRE_FAULT_ACCOUNT);
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=failed&ErrorCode=21612");
	assert_int_equal(said->fault, WIRE_FAULT_ACCOUNT);
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=30007");
	assert_int_equal(said->fault, WIRE_FAULT_TEXT);
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=30008");
	assert_int_equal(said->fault, WIRE_FAULT_GATEWAY);
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=39999");
	assert_int_equal(said->fault, WIRE_FAULT_NONE);
	assert_string_equal(said->reason, "error 39999");
	said = receipt(&rig, "", "MessageSid=SM2&MessageStatus=undelivered&ErrorCode=a%0Ab");
	assert_string_equal(said->reason, "");

	assert_int_equal(take(&rig, "", "MessageSid=SM2&MessageStatus=queued"), 0);
	assert_int_equal(rig.events.receipt_count, 0);
	assert_null(rig.events.unfit);

	/* Parameters vary, and the method is the customer's choice. */
	assert_string_equal(text(&rig, "", "From=%2B13125550142&Body=STOP&MessageSid=SM1")->text,
			    "STOP");
	assert_string_equal(
		text(&rig, "", "From=%2B13125550142&Body=STOP&SmsStatus=receiving")->text, "STOP");
	assert_int_equal(take(&rig, "", "From=%2B13125550199&Body=ours&SmsStatus=sent"), 0);
	assert_int_equal(rig.events.inbound_count, 0);
	assert_string_equal(rig.events.webhook.content,
			    "From=+13125550199\nBody=ours\nSmsStatus=sent\n");
	rig.method = "GET";
	assert_string_equal(
		text(&rig, "From=%2B13125550142&Body=STOP&SmsStatus=received", "")->text, "STOP");
	assert_int_equal(receipt(&rig, "key=k&MessageSid=SM2&MessageStatus=delivered", "")->state,
			 RECEIPT_DELIVERED);
	rig.method = NULL;
	assert_int_equal(receipt(&rig, "", "MessageSid=SM2&MessageStatus=teleported")->state,
			 RECEIPT_SENT);
	assert_true(rig.events.unknown_state);
	rig_close(&rig);
}

/* The charset of a form or of JSON stands in the Content-Type. */
/* Of two texts in one webhook none is lost; the same twice is one. */
TEST(test_a_parameter_twice)
{
	static const char two[] =
		"SmsStatus=received&From=%2B13125550142&Body=hi&Body=STOP&Body=hi";
	static const char same[] = "SmsStatus=received&From=%2B13125550142&Body=hi&Body=hi";
	struct rig rig;

	rig_open(&rig, TWILIO);
	rig.type = "application/x-www-form-urlencoded";
	assert_string_equal(text(&rig, "", two)->text, "hi\nSTOP");
	assert_string_equal(text(&rig, "", same)->text, "hi");
	rig_close(&rig);
}

TEST(test_charset_of_the_body)
{
	static const char utf16[] = "\0{\0\"\0t\0y\0p\0e\0\"\0:\0\"\0i\0n\0b\0o\0u\0n\0d\0\"\0,\0\""
				    "\0f\0r\0o\0m\0\"\0:\0\"\0001\0\"\0,\0\"\0t\0e\0x\0t\0\"\0:\0\""
				    "\xd8\x3d\xde\x20\0\"\0}";
	static const char form[] = "SmsStatus=received&From=%2B13125550142&Body=ay%FAdame";
	static const char json[] = "{\"type\":\"inbound\",\"from\":\"1\",\"text\":\"a\x81\"}";
	struct webhook_request request = { .method = "POST",
					   .url = "",
					   .query = "",
					   .path = "",
					   .body = utf16,
					   .body_size = sizeof(utf16) - 1,
					   .header = header };
	struct rig rig;

	rig_open(&rig, TWILIO);
	rig.type = "application/x-www-form-urlencoded; charset=ISO-8859-1";
	assert_string_equal(text(&rig, "", form)->text, "ay\xc3\xba"
							"dame");
	rig_close(&rig);

	rig_open(&rig, SANDBOX);
	request.userdata = &rig.type;
	for (int i = 0; i < 2; i++) {
		rig.type = i ? "application/json" : "application/json; charset=\"UTF-16\"";
		events_done(&rig.events);
		assert_int_equal(events_read(&rig.gateway->preset->hooks, &rig.gateway->from,
					     &request, &rig.events),
				 0);
		assert_int_equal(rig.events.inbound_count, 1);
		assert_string_equal(rig.events.inbound[0].text, "\xf0\x9f\x98\xa0");
	}
	rig.type = "application/json; charset=windows-1252";
	assert_string_equal(text(&rig, "", json)->text, "a\\x81");
	assert_true(rig.events.inbound[0].undecoded);
	rig_close(&rig);
}

TEST(test_kannel)
{
	static const struct {
		const char *said, *expected;
	} numbers[] = {
		{ "%2B13125550142", "+13125550142" }, { "13125550142", "+13125550142" },
		{ "+13125550142", "+13125550142" },   { "12345", "12345" },
		{ "Riverside", "Riverside" },         { "AB12345678", "AB12345678" },
	};
	struct rig rig;

	rig_open(&rig, KANNEL);
	assert_true(rig.gateway->preset->hooks.ack.never_body);
	assert_string_equal(rig.gateway->preset->hooks.ack.body, "");
	for (size_t i = 0; i < COUNT(numbers); i++) {
		char query[128];

		(void)snprintf(query, sizeof(query), "from=%s&text=hi", numbers[i].said);
		assert_string_equal(text(&rig, query, "")->from, numbers[i].expected);
	}
	assert_string_equal(
		text(&rig, "from=%2B1&charset=UTF-16BE&text=%00S%00T%00O%00P%00%20%D8%3D%DE%20", "")
			->text,
		"STOP \xf0\x9f\x98\xa0");
	assert_false(rig.events.inbound[0].undecoded);
	assert_string_equal(text(&rig, "from=1&charset=ISO-8859-1&text=qu%EDtenme", "")->text,
			    "qu\xc3\xadtenme");
	assert_string_equal(text(&rig, "from=1&charset=8-BIT&text=%01%FF", "")->text, "\\x01\\xff");
	assert_true(rig.events.inbound[0].undecoded);
	assert_int_equal(receipt(&rig, "dlr=1&key=k", "")->state, RECEIPT_DELIVERED);
	assert_int_equal(receipt(&rig, "dlr=16&key=k", "")->state, RECEIPT_FAILED);
	assert_string_equal(rig.events.receipts[0].key, "k");
	rig_close(&rig);
}

static const char own[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; }; caps = { };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { inbound = { each = \"/data/results\"; when = \"/from\"; from = \"/from\"; "
	"to = \"/to\"; text = \"/text\"; parts_of = \"/ref\"; part = \"/part\"; parts = \"/of\"; "
	"}; "
	"};\n";

TEST(test_lists_and_parts)
{
	struct buffer many = { 0 };
	struct rig rig = { 0 };

	gateway_dir_open(&rig.dir);
	write_file(&rig.dir, "presets/own.conf", own, 0644);
	rig.gateway = load_gateway(&rig.dir, "preset = \"own\"; from = \"+13125550199\";");
	rig.type = "application/json";
	assert_int_equal(
		take(&rig, "",
		     "{\"data\":{\"results\":[{\"from\":\"13125550142\",\"text\":\"a\",\"ref\":7,"
		     "\"part\":2,\"of\":3},{\"none\":1},{\"from\":\"13125550143\",\"text\":\"b\","
		     "\"ref\":8,\"part\":4,\"of\":3}]}}"),
		0);
	assert_int_equal(rig.events.inbound_count, 2);
	assert_string_equal(rig.events.unfit, "some of it fits no rule of the preset");
	assert_string_equal(rig.events.inbound[0].parts_of, "7");
	assert_int_equal(rig.events.inbound[0].part, 2);
	assert_int_equal(rig.events.inbound[0].parts, 3);
	assert_string_equal(rig.events.inbound[1].parts_of, "");
	assert_int_equal(rig.events.inbound[1].parts, 0);

	assert_int_equal(take(&rig, "", "{\"data\":[]}"), 0);
	assert_int_equal(rig.events.inbound_count, 0);
	buffer_put_text(&many, "{\"data\":{\"results\":[{}");
	for (unsigned i = 0; i < EVENTS_MAX; i++) {
		buffer_put_text(&many, ",{}");
	}
	buffer_put_text(&many, "]}}");
	assert_int_equal(take(&rig, "", many.bytes), EVENTS_E_MALFORMED);
	buffer_done(&many);
	rig_close(&rig);
}

/* The page of a poll, and where the next one is. */
TEST(test_pages)
{
	static const char page[] =
		"{\"messages\":[{\"direction\":\"inbound\",\"from\":\"+13125550142\",\"to\":"
		"\"+13125550199\",\"body\":\"hi\",\"sid\":\"SM1\",\"date_sent\":\"Mon, 23 Nov 2026 "
		"10:00:00 +0000\"},{\"direction\":\"outbound-api\",\"from\":\"+13125550199\"}],"
		"\"next_page_uri\":\"/2010-04-01/next\"}";
	struct request request = { 0 };
	struct rig rig;

	rig_open(&rig, TWILIO);
	assert_int_equal(
		events_read_page(&rig.gateway->preset->hooks, page, strlen(page), &rig.events), 0);
	assert_int_equal(rig.events.inbound_count, 1);
	assert_string_equal(rig.events.inbound[0].gateway_id, "SM1");
	assert_string_equal(rig.events.next, "/2010-04-01/next");

	assert_int_equal(gateway_compose_poll(rig.gateway, INT64_C(1795428000) * HF_SECOND, 0, NULL,
					      &request),
			 0);
	assert_string_equal(request.url, "https://api.twilio.com/2010-04-01/Accounts/AC1/"
					 "Messages.json?DateSent%3E=2026-11-23&To=%2B13125550199&"
					 "PageSize=100");
	assert_string_equal(request.method, "GET");
	request_done(&request);
	assert_int_equal(gateway_compose_poll(rig.gateway, 0, 0, "/next?a=b", &request), 0);
	assert_string_equal(request.url, "https://api.twilio.com/next?a=b");
	request_done(&request);
	assert_int_equal(gateway_compose_poll(rig.gateway, 0, 0, "https://evil.example/", &request),
			 -EPERM);
	assert_int_equal(gateway_compose_poll(rig.gateway, 0, 0, "//evil.example/", &request),
			 -EPERM);
	assert_int_equal(gateway_compose_poll(rig.gateway, 0, 0,
					      "https://api.twilio.com.evil.example/", &request),
			 -EPERM);
	rig_close(&rig);
}

/* Twilio has the newest first, and says whole seconds. */
TEST(test_page_is_read_oldest_first)
{
#define ROW(id, second)                                                                            \
	"{\"direction\":\"inbound\",\"from\":\"+13125550142\",\"to\":\"+1\",\"body\":\"x\","       \
	"\"sid\":\"" id "\",\"date_sent\":\"Mon, 23 Nov 2026 18:00:" second " +0000\"}"
	static const char *const pages[] = {
		"{\"messages\":[" ROW("d", "09") "," ROW("c", "05") "," ROW("b", "05") "," ROW(
			"a", "01") "]}",
		"{\"messages\":[" ROW("a", "01") "," ROW("b", "05") "," ROW("c", "05") "," ROW(
			"d", "09") "]}",
		"{\"messages\":[" ROW("b", "05") "," ROW("c", "05") "," ROW("a", "01") "," ROW(
			"d", "09") "]}",
	};
	struct rig rig;

	for (size_t i = 0; i < COUNT(pages); i++) {
		rig_open(&rig, TWILIO);
		assert_int_equal(events_read_page(&rig.gateway->preset->hooks, pages[i],
						  strlen(pages[i]), &rig.events),
				 0);
		assert_int_equal(rig.events.inbound_count, 4);
		for (size_t j = 0; j < 4; j++) {
			assert_int_equal(rig.events.inbound[j].gateway_id[0], 'a' + (int)j);
		}
		rig_close(&rig);
	}
#undef ROW
}
