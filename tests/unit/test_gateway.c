/*
 * The shipped presets, each against what its gateway's documentation shows:
 * the request byte for byte, and what its answers mean.
 */
#include "test.h"
#include "gateway_rig.h"

#include "lib/embedded.h"

#define TO "+13125550142"

static struct wire_text text_of(const char *body, bool ucs2)
{
	return (struct wire_text){
		.id = 17,
		.attempt = 1,
		.key = "k17",
		.to = TO,
		.body = body,
		.ucs2 = ucs2,
		.segments = 1,
		.valid_for = 3 * HF_HOUR,
		.at = "2026-11-23T10:00:00-06:00",
	};
}

static struct request compose(const struct gateway *gateway, const char *body, bool ucs2)
{
	const struct wire_text text = text_of(body, ucs2);
	struct request request = { 0 };

	assert_int_equal(gateway_compose(gateway, &text, &request), 0);
	return request;
}

static void expect(struct gateway *gateway, int status, const char *body, enum outcome_class class,
		   const char *id, const char *reason)
{
	const struct response answer = { status, body, strlen(body), -1 };
	struct response_words words;
	struct wire_outcome outcome = { 0 };

	response_classify(&gateway->preset->answers, &answer, &words, &outcome);
	assert_int_equal(outcome.class, class);
	assert_string_equal(outcome.gateway_id, id);
	if (reason) {
		assert_string_equal(outcome.reason, reason);
	}
}

static void expect_fault(struct gateway *gateway, int code, enum wire_fault fault)
{
	struct response_words words;
	struct wire_outcome outcome = { 0 };
	char body[64];
	int size = snprintf(body, sizeof(body), "{\"code\":%d}", code);
	const struct response answer = { 400, body, (size_t)size, -1 };

	response_classify(&gateway->preset->answers, &answer, &words, &outcome);
	assert_int_equal(outcome.class, OUTCOME_REFUSED);
	assert_int_equal(outcome.fault, fault);
}

TEST(test_sandbox)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	struct request request;

	gateway_dir_open(&dir);
	gateway = load_gateway(&dir, "preset = \"sandbox\"; from = \"+13125550199\"; "
				     "secret = \"token\"; base = \"http://127.0.0.1:8025/\";");
	assert_true(gateway->preset->idempotent);
	assert_true(gateway_on_loopback(gateway));
	assert_int_equal(gateway->max_inflight, 16);

	request = compose(gateway, "Hi \"you\"", false);
	assert_string_equal(request.method, "POST");
	assert_string_equal(request.url, "http://127.0.0.1:8025/messages");
	assert_string_equal(request.body,
			    "{\"key\":\"k17\",\"from\":\"+13125550199\",\"to\":\"" TO "\",\"text\":"
			    "\"Hi \\u0022you\\u0022\",\"at\":\"2026-11-23T10:00:00-06:00\"}");
	assert_string_equal(request.headers[0], "Authorization: Bearer s3cret");
	assert_true(request.resend);
	request_done(&request);

	expect(gateway, 201, "{\"id\":\"SB000001\",\"status\":\"queued\",\"segments\":1}",
	       OUTCOME_ACCEPTED, "SB000001", "");
	expect(gateway, 200, "{\"id\":\"SB000001\",\"repeat\":true}", OUTCOME_ACCEPTED, "SB000001",
	       "");
	expect(gateway, 201, "", OUTCOME_UNKNOWN, "", NULL);
	expect(gateway, 400, "{\"code\":21211,\"message\":\"x\"}", OUTCOME_REFUSED, "",
	       "invalid number (21211)");
	expect(gateway, 400, "{\"code\":21610,\"message\":\"x\"}", OUTCOME_OPTED_OUT, "",
	       "opted out (21610)");
	expect_fault(gateway, 21211, WIRE_FAULT_NUMBER);
	expect(gateway, 401, "{}", OUTCOME_CONFIG, "", NULL);
	expect(gateway, 429, "{}", OUTCOME_DEFERRED, "", NULL);
	expect(gateway, 500, "{}", OUTCOME_UNKNOWN, "", NULL);
	expect(gateway, 503, "{}", OUTCOME_UNKNOWN, "", NULL);
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

TEST(test_twilio)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	struct request request;

	gateway_dir_open(&dir);
	gateway = load_gateway(
		&dir, "preset = \"twilio\"; from = \"+13125550199\"; secret = \"token\"; "
		      "account = \"AC1\"; public_url = \"https://t.example.org/hooks/one\";");
	assert_false(gateway->preset->idempotent);
	assert_int_equal(gateway->preset->hooks.keywords.stop.count, 8);
	assert_false(gateway_on_loopback(gateway));

	request = compose(gateway, "Hola \xc2\xbfqu\xc3\xa9?", false);
	assert_string_equal(request.url,
			    "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
	assert_string_equal(request.body,
			    "To=%2B13125550142&From=%2B13125550199&Body=Hola%20%C2%BFqu%C3%A9%3F&"
			    "ValidityPeriod=10800&StatusCallback=https%3A%2F%2Ft.example.org%2F"
			    "hooks%2Fone%3Fkey%3Dk17");
	assert_string_equal(request.user, "AC1");
	assert_string_equal(request.password, "s3cret");
	assert_false(request.resend);
	request_done(&request);

	expect(gateway, 201,
	       "{\"sid\":\"SM1\",\"status\":\"queued\",\"num_segments\":\"1\",\"error_code\":null}",
	       OUTCOME_ACCEPTED, "SM1", "");
	expect(gateway, 400, "{\"code\":21610,\"status\":400}", OUTCOME_OPTED_OUT, "",
	       "opted out (21610)");
	expect_fault(gateway, 21211, WIRE_FAULT_NUMBER);
	expect_fault(gateway, 21614, WIRE_FAULT_NUMBER);
	/* That our number cannot reach hers is not her number's fault. */
	expect_fault(gateway, 21612, WIRE_FAULT_ACCOUNT);
	expect_fault(gateway, 21606, WIRE_FAULT_ACCOUNT);
	expect_fault(gateway, 21266, WIRE_FAULT_ACCOUNT);
	expect_fault(gateway, 21408, WIRE_FAULT_ACCOUNT);
	expect_fault(gateway, 21617, WIRE_FAULT_TEXT);
	expect_fault(gateway, 30007, WIRE_FAULT_TEXT);
	expect_fault(gateway, 99999, WIRE_FAULT_NONE);
	expect(gateway, 401, "{\"code\":20003,\"status\":401}", OUTCOME_CONFIG, "",
	       "account or token refused (20003)");
	expect(gateway, 400, "{\"code\":21703,\"status\":400}", OUTCOME_CONFIG, "",
	       "the messaging service has no number (21703)");
	expect(gateway, 400, "{\"code\":21660,\"status\":400}", OUTCOME_CONFIG, "", NULL);
	expect(gateway, 429, "{\"code\":20429,\"status\":429}", OUTCOME_DEFERRED, "", NULL);
	expect(gateway, 400, "{\"code\":99999,\"status\":400}", OUTCOME_REFUSED, "",
	       "the request is refused (HTTP 400, code 99999)");
	expect(gateway, 500, "{\"code\":20500,\"status\":500}", OUTCOME_UNKNOWN, "", NULL);
	gateway_free(gateway);

	/* A pool of senders in the place of a number; the longest validity there is. */
	gateway = load_gateway(&dir, "preset = \"twilio\"; secret = \"token\"; account = \"AC1\"; "
				     "messaging_service = \"MG1\";");
	assert_int_equal(gateway_senders(gateway), 1);
	struct wire_text text = text_of("x", false);

	text.valid_for = 3 * HF_DAY;
	assert_int_equal(gateway_compose(gateway, &text, &request), 0);
	assert_string_equal(request.body, "To=%2B13125550142&MessagingServiceSid=MG1&Body=x&"
					  "ValidityPeriod=36000");
	request_done(&request);
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

TEST(test_kannel)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	struct request request;

	gateway_dir_open(&dir);
	gateway = load_gateway(&dir, "preset = \"kannel\"; from = \"12345\"; secret = \"token\"; "
				     "account = \"tester\";");
	request = compose(gateway,
			  "\xc2\xbf"
			  "a & b?",
			  false);
	assert_string_equal(request.method, "GET");
	assert_string_equal(request.url,
			    "http://127.0.0.1:13013/cgi-bin/sendsms?username=tester&password="
			    "s3cret&from=12345&to=%2B13125550142&text=%C2%BFa%20%26%20b%3F&"
			    "charset=UTF-8&validity=180");
	assert_null(request.body);
	request_done(&request);
	request = compose(gateway, "\xf0\x9f\x98\x80", true);
	assert_non_null(
		strstr(request.url, "&text=%F0%9F%98%80&charset=UTF-8&validity=180&coding=2"));
	request_done(&request);

	expect(gateway, 202, "0: Accepted for delivery", OUTCOME_ACCEPTED, "", "");
	expect(gateway, 202, "3: Queued for later delivery", OUTCOME_ACCEPTED, "", "");
	expect(gateway, 202, "7: Something", OUTCOME_UNKNOWN, "", NULL);
	expect(gateway, 503, "Temporal failure, try again later.", OUTCOME_DEFERRED, "",
	       "temporal failure");
	expect(gateway, 403, "Authorization failed for sendsms", OUTCOME_CONFIG, "", NULL);
	expect(gateway, 403, "Not routable. Do not try again.", OUTCOME_REFUSED, "",
	       "not routable");
	expect(gateway, 400, "Sender missing and no global set, rejected", OUTCOME_REFUSED, "",
	       "rejected");
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

TEST(test_every_client_keeps_one_number)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	unsigned counts[3] = { 0 };
	char first[300];

	gateway_dir_open(&dir);
	gateway = load_gateway(&dir, "preset = \"sandbox\"; secret = \"token\"; from = [ "
				     "\"+13125550101\", \"+13125550102\", \"+13125550103\" ];");
	assert_int_equal(gateway_senders(gateway), 3);
	for (int i = 0; i < 300; i++) {
		char to[20];

		(void)snprintf(to, sizeof(to), "+1312556%04d", i);
		first[i] = (char)gateway_sender_for(gateway, to);
		counts[(int)first[i]]++;
	}
	assert_true(counts[0] > 50 && counts[1] > 50 && counts[2] > 50);
	gateway_free(gateway);

	/* Without the last, only its clients change, and the order in the file means nothing. */
	gateway = load_gateway(&dir, "preset = \"sandbox\"; secret = \"token\"; from = [ "
				     "\"+13125550102\", \"+13125550101\" ];");
	for (int i = 0; i < 300; i++) {
		char to[20];

		(void)snprintf(to, sizeof(to), "+1312556%04d", i);
		if (first[i] != 2) {
			assert_int_equal(gateway_sender_for(gateway, to), 1 - first[i]);
		}
	}
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

static void expect_secret(const struct gateway_dir *dir, const char *content, mode_t mode,
			  const char *why)
{
	struct gateway *gateway = load_gateway(dir, "preset = \"sandbox\"; from = \"12345\"; "
						    "secret = \"token\";");
	const char *said = "";

	write_file(dir, "token", content, mode);
	assert_int_equal(gateway_read_secret(gateway, dir->path, &said), -EINVAL);
	assert_non_null(strstr(said, "\"token\""));
	assert_non_null(strstr(said, why));
	assert_null(strstr(said, "s3cret"));
	write_file(dir, "token", "s3cret\n", 0600);
	assert_int_equal(gateway_read_secret(gateway, dir->path, &said), 0);
	gateway_free(gateway);
}

TEST(test_secrets)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	const char *why = "";

	gateway_dir_open(&dir);
	expect_secret(&dir, "s3cret\n", 0644, "chmod 600");
	expect_secret(&dir, "", 0600, "is empty");
	expect_secret(&dir, "\n", 0600, "is empty");
	expect_secret(&dir, "s3cret\r\nX: y", 0600, "control character");

	gateway = load_gateway(&dir, "preset = \"sandbox\"; from = \"12345\"; secret = \"token\";");
	remove_file(&dir, "token");
	assert_int_equal(gateway_read_secret(gateway, dir.path, &why), -EINVAL);
	assert_non_null(strstr(why, "is missing"));
	assert_int_equal(gateway_read_secret(gateway, NULL, &why), -EINVAL);
	assert_string_equal(gateway->values[VALUE_SECRET], "token");
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

static void expect_ca(const struct gateway_dir *dir, const char *content, const char *why)
{
	struct gateway *gateway;
	const char *said = "";
	char text[160];

	(void)snprintf(text, sizeof(text),
		       "preset = \"sandbox\"; from = \"12345\"; secret = \"token\"; "
		       "ca_file = \"%s/ca.pem\";",
		       dir->path);
	gateway = load_gateway(dir, text);
	if (content) {
		write_file(dir, "ca.pem", content, 0600);
	}
	assert_int_equal(gateway_read_ca(gateway, &said), why ? -EINVAL : 0);
	if (why) {
		assert_non_null(strstr(said, why));
		assert_non_null(strstr(said, "/ca.pem\""));
		assert_null(gateway->ca);
	} else {
		assert_string_equal(gateway->ca, content);
	}
	remove_file(dir, "ca.pem");
	gateway_free(gateway);
}

/* A file of certificates that cannot be used never becomes the system's. */
TEST(test_certificates)
{
	struct gateway_dir dir;
	struct gateway *gateway;
	const char *why = "";

	gateway_dir_open(&dir);
	expect_ca(&dir, NULL, "cannot be read: No such file");
	expect_ca(&dir, "", "holds no certificate");
	expect_ca(&dir, "a certificate", "holds no certificate");
	expect_ca(&dir, "-----BEGIN CERTIFICATE-----\n", NULL);

	gateway = load_gateway(&dir, "preset = \"sandbox\"; from = \"12345\"; secret = \"token\";");
	assert_int_equal(gateway_read_ca(gateway, &why), 0);
	assert_null(gateway->ca);
	gateway_free(gateway);
	gateway_dir_close(&dir);
}

TEST(test_all_are_built_in)
{
	unsigned count = 0;

	while (preset_files[count].name) {
		count++;
	}
	assert_true(count >= 3);
}
