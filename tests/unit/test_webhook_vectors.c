/*
 * Every vector of the vendors over HTTP: heard, and with one bit changed refused without effect.
 *
 * An address in clear, or with a password in it, is none that a gateway may call: public_url
 * refuses it, and with such a vector it stands in the preset itself.  That holdfastd drops events
 * that it has already is tested in test_inbox.c, test_receipts.c and tests/system/test_webhook.py.
 */
#include "test.h"
#include "vectors_rig.h"
#include "webhook_rig.h"

#include <ctype.h>

#define PATH    "/hooks/one"
#define CHANGES 12 /* of each piece of a webhook */

static const char preset_text[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { verify = { %s };\nack = { status = 202; body = \"thanks\"; };\n%s };\n";

static const char *news_of(const char *scheme)
{
	static const struct {
		const char *scheme, *rules;
	} list[] = {
		{ "twilio",
		  "inbound = { when = \"field MessageSid\"; from = \"field From\"; "
		  "to = \"field To\"; text = \"field Body\"; id = \"field MessageSid\"; };" },
		{ "plivo",
		  "inbound = { when = \"field Text\"; from = \"field From\"; "
		  "to = \"field To\"; text = \"field Text\"; id = \"field MessageUUID\"; };" },
		{ "vonage",
		  "inbound = { when = \"field messageId\"; from = \"field msisdn\"; "
		  "to = \"field to\"; text = \"field text\"; id = \"field messageId\"; };" },
		{ "messagebird", "receipt = { when = \"query status\"; id = \"query id\"; "
				 "state = \"query status\"; "
				 "states = { delivered = [ \"delivered\" ]; }; };" },
		{ "sinch", "receipt = { when = \"/batch_id\"; id = \"/batch_id\"; "
			   "state = \"/status\"; states = { delivered = [ \"Delivered\" ]; }; };" },
		{ "telnyx", "inbound = { when = \"/data/payload/text\"; "
			    "from = \"/data/payload/from/phone_number\"; "
			    "to = \"/data/payload/to/0/phone_number\"; "
			    "text = \"/data/payload/text\"; id = \"/data/payload/id\"; };" },
		{ "smsgate", "inbound = { when = \"/payload/message\"; "
			     "from = \"/payload/sender\"; to = \"/payload/recipient\"; "
			     "text = \"/payload/message\"; id = \"/payload/messageId\"; };" },
	};

	for (size_t i = 0; i < COUNT(list); i++) {
		if (strncmp(scheme, list[i].scheme, strlen(list[i].scheme)) == 0) {
			return list[i].rules;
		}
	}
	fail_msg("no events for %s", scheme);
	return "";
}

static unsigned heard, not_callable;

/* gateways/one.conf, whose address is the vector's without its query. */
static void write_gateway(const char *url, char text[TEXT_MAX_])
{
	(void)snprintf(text, TEXT_MAX_,
		       "preset = \"own\"; from = \"+13125550199\"; secret = \"token\"; "
		       "public_url = \"%.*s\";",
		       (int)strcspn(url, "?"), url);
}

/* What follows our address where it is called: a slash at its end, and the query. */
static const char *rest_of(const char *url)
{
	const char *rest = url + strcspn(url, "?");

	return rest[-1] == '/' ? rest - 1 : rest;
}

static int ask(const struct rig *rig, const struct sample *sample)
{
	char headers[HEADERS * 600] = "", path[TEXT_MAX_], answer[512];
	int status;

	for (size_t i = 0; i < sample->header_count; i++) {
		(void)snprintf(headers + strlen(headers), sizeof(headers) - strlen(headers),
			       "%s: %s\r\n", sample->headers[i].name, sample->headers[i].value);
	}
	(void)snprintf(path, sizeof(path), PATH "%s", rest_of(sample->url));
	status = receive(
		rig,
		send_request(rig, sample->method, path, headers, sample->body, sample->body_size),
		answer);
	assert_string_equal(strstr(answer, "\r\n\r\n"),
			    status == 202 ? "\r\n\r\nthanks" : "\r\n\r\n");
	return status;
}

/* 403, an empty body, and nothing over the wire. */
static void refuse(struct rig *rig, const struct sample *sample)
{
	unsigned before = rig->heard;
	int status = ask(rig, sample);

	if (status != 403) {
		fail_msg("%s %s %s: %d", sample->method, sample->url, sample->body, status);
	}
	assert_int_equal(rig->heard, before);
}

static bool is_plain(char c)
{
	return isalnum((unsigned char)c);
}

/* One bit of a letter or digit, here and there; the last `spare` characters are left alone. */
static void change(struct rig *rig, const struct sample *sample, char *text, size_t spare)
{
	size_t length = strlen(text), step = length / CHANGES + 1;

	for (size_t i = 0; i + spare < length; i += step) {
		while (i + spare < length &&
		       !(is_plain(text[i]) && is_plain((char)(text[i] ^ 1)))) {
			i++;
		}
		if (i + spare < length) {
			text[i] ^= 1;
			refuse(rig, sample);
			text[i] ^= 1;
		}
	}
}

static void use_key(struct rig *rig, const struct sample *sample)
{
	struct gateway *fresh;
	char lines[sizeof(sample->key) + 32], text[TEXT_MAX_];

	/* The one of before, while it is being changed. */
	(void)snprintf(lines, sizeof(lines), "another key of now\n%s\n", sample->key);
	write_file(&rig->dir, "token", lines, 0600);
	write_gateway(sample->url, text);
	fresh = load_gateway(&rig->dir, text);
	webhook_set_gateway(rig->webhook, fresh);
	gateway_free(rig->gateway);
	rig->gateway = fresh;
}

static void change_key(struct rig *rig, struct sample *sample)
{
	/* The last digits of a key in base64 have bits that stand for nothing. */
	for (size_t i = 0; i + 3 < strlen(sample->key); i += 7) {
		sample->key[i] ^= 1;
		use_key(rig, sample);
		refuse(rig, sample);
		sample->key[i] ^= 1;
	}
	use_key(rig, sample);
}

static bool signs(const struct sample *sample, const char *const *pieces)
{
	while (*pieces && !strstr(sample->rules, *pieces)) {
		pieces++;
	}
	return *pieces;
}

static void change_each(struct rig *rig, struct sample *sample)
{
	static const char *const bodies[] = { "{body", "{pairs}", "{plivo}", "{vonage}", NULL };
	static const char *const queries[] = { "{url}", "{query}", "{plivo}", NULL };
	char *query = strchr(sample->url, '?');

	if (signs(sample, bodies)) {
		change(rig, sample, sample->body, 0);
	}
	if (query && signs(sample, queries)) {
		change(rig, sample, query + 1, 0);
	}
	for (size_t i = 0; i < sample->header_count; i++) {
		if (strcmp(sample->headers[i].name, "Content-Type") != 0) {
			change(rig, sample, sample->headers[i].value, 3);
		}
	}
	change_key(rig, sample);
}

/* Its copy an hour later: too old where it has a timestamp, otherwise the same events once more. */
static void replay(struct rig *rig, const struct sample *sample)
{
	unsigned before = rig->heard;
	char id[64];

	memcpy(id, rig->id, sizeof(id));
	clock_init_told(&rig->clock, sample->now + HF_HOUR, 0);
	if (strstr(sample->rules, "timestamp =")) {
		refuse(rig, sample);
		return;
	}
	assert_int_equal(ask(rig, sample), 202);
	assert_true(rig->heard == 2 * before);
	assert_string_equal(rig->id, id);
}

static void over_http(const char *scheme, const struct sample *original)
{
	struct sample *sample = calloc(1, sizeof(*sample));
	char preset[2048], text[TEXT_MAX_];
	struct rig rig;

	assert_non_null(sample);
	*sample = *original;
	(void)snprintf(preset, sizeof(preset), preset_text, sample->rules, news_of(scheme));
	write_gateway(sample->url, text);
	rig_open(&rig, preset, text);
	use_key(&rig, sample);
	clock_init_told(&rig.clock, sample->now, 0);

	if (ask(&rig, sample) != 202) {
		fail_msg("%s: %s", scheme, sample->url);
	}
	assert_int_equal(rig.heard, 1);
	heard += rig.heard;
	change_each(&rig, sample);
	replay(&rig, sample);
	rig_close(&rig);
	free(sample);
}

static void refuse_address(const struct sample *sample)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	char preset[2048], text[TEXT_MAX_];
	struct gateway *gateway;
	struct gateway_dir dir;

	gateway_dir_open(&dir);
	(void)snprintf(preset, sizeof(preset), preset_text, sample->rules, news_of("twilio"));
	write_file(&dir, "presets/own.conf", preset, 0644);
	write_gateway(sample->url, text);
	write_file(&dir, "gateways/one.conf", text, 0644);
	assert_int_equal(gateway_load(dir.path, "one", &faults, &gateway), CONF_E_FAULT);
	assert_fault(&faults, "gateways/one.conf:1: public-url");
	gateway_dir_close(&dir);
}

/* The vector's address as a part of the preset; it is called at another, with the same query. */
static void move_address(struct sample *sample)
{
	const char *place = strstr(sample->rules, "{url}"), *query = strchr(sample->url, '?');
	char rules[2 * TEXT_MAX_], url[TEXT_MAX_ + 32];
	int n;

	assert_non_null(place);
	n = snprintf(rules, sizeof(rules), "%.*s%s%s", (int)(place - sample->rules), sample->rules,
		     sample->url, place + strlen("{url}"));
	assert_in_range(n, 1, sizeof(sample->rules) - 1);
	memcpy(sample->rules, rules, (size_t)n + 1);
	n = snprintf(url, sizeof(url), "https://holdfast.example%s", query ? query : "");
	assert_in_range(n, 1, sizeof(sample->url) - 1);
	memcpy(sample->url, url, (size_t)n + 1);
}

static void visit(const char *scheme, const struct sample *sample)
{
	struct sample *moved;

	if (strncmp(sample->url, "http://", 7) != 0 && !strchr(sample->url, '@')) {
		over_http(scheme, sample);
		return;
	}

	refuse_address(sample);
	not_callable++;
	moved = malloc(sizeof(*moved));
	assert_non_null(moved);
	*moved = *sample;
	move_address(moved);
	over_http(scheme, moved);
	free(moved);
}

TEST(test_vectors)
{
	each_vector(visit);
	assert_int_equal(heard, 29); /* what fits no rule is kept */
	assert_int_equal(not_callable, 5);
}
