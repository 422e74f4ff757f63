/*
 * gateways/NAME.conf and presets/KIND.conf: each fault at its file and line.
 */
#include "test.h"
#include "gateway_rig.h"

#define SOUND "preset = \"sandbox\";\nfrom = \"+13125550199\";\nsecret = \"token\";\n"
#define OWN   "preset = \"own\"; from = \"12345\";\nbase = \"http://127.0.0.1:1\";\n"
#define SEND  "send = { url = \"{base}/\"; form = { a = \"{text}\"; }; };\n"

static void expect(const char *gateway_text, const char *preset_text, const char *fault)
{
	struct faults faults = { 0 };
	struct gateway *gateway = NULL;
	struct gateway_dir dir;
	int r;

	gateway_dir_open(&dir);
	write_file(&dir, "gateways/one.conf", gateway_text, 0644);
	if (preset_text) {
		write_file(&dir, "presets/own.conf", preset_text, 0644);
	}
	r = gateway_load(dir.path, "one", &faults, &gateway);
	assert_fault(&faults, fault);
	assert_int_equal(r, faults.errors > 0 ? CONF_E_FAULT : 0);
	assert_int_equal(gateway == NULL, faults.errors > 0);
	gateway_free(gateway);
	faults_done(&faults);
	gateway_dir_close(&dir);
}

TEST(test_a_gateways_file)
{
	expect(SOUND, NULL, "none");
	expect(SOUND "base = \"https://example.org\";\nrate = 20.5;\nmax_inflight = 3;\n"
		     "account = \"a\";\npublic_url = \"https://example.org/h\";\n",
	       NULL, "none");
	expect(SOUND "fron = \"x\";\n", NULL, "gateways/one.conf:4: unknown-key");
	expect("preset = \"sandbox\";\nsecret = \"token\";\n", NULL,
	       "gateways/one.conf:1: missing-key");
	expect("preset = \"sandbox\";\nfrom = \"12345\";\n", NULL,
	       "gateways/one.conf:1: missing-key");
	expect("from = \"12345\";\n", NULL, "gateways/one.conf:1: preset");
	expect("\npreset = \"twillio\";\n", NULL, "gateways/one.conf:2: unknown-preset");
	expect("preset = \"../own\";\n", NULL, "gateways/one.conf:1: preset");
	expect(SOUND "base = \"http://example.org\";\n", NULL, "gateways/one.conf:4: base");
	expect(SOUND "base = \"https://example.org/?a=\";\n", NULL, "gateways/one.conf:4: base");
	expect(SOUND "public_url = \"http://example.org/\";\n", NULL,
	       "gateways/one.conf:4: public-url");
	expect(SOUND "rate = 0.0;\n", NULL, "gateways/one.conf:4: range");
	expect(SOUND "max_inflight = 0;\n", NULL, "gateways/one.conf:4: range");
	expect(SOUND "max_inflight = 65;\n", NULL, "gateways/one.conf:4: range");
	expect("preset = \"sandbox\"; from = \"12345\";\nsecret = \"../token\";\n", NULL,
	       "gateways/one.conf:2: secret");
	expect("preset = \"sandbox\"; from = \"12345\";\nsecret = \"s3cr et/=\";\n", NULL,
	       "gateways/one.conf:2: secret");
	expect("preset = \"sandbox\"; secret = \"token\";\nfrom = [ \"+13125550199\", \"+1\" ];\n",
	       NULL, "gateways/one.conf:2: from");
	expect("preset = \"sandbox\"; secret = \"token\";\nfrom = \"Riverside House\";\n", NULL,
	       "gateways/one.conf:2: from");
	expect("preset = \"twilio\"; secret = \"token\"; account = \"AC1\";\n", NULL,
	       "gateways/one.conf:1: missing-key");
}

/* A signature that covers the address that is called cannot fit an address that nobody wrote. */
TEST(test_webhooks_that_would_be_refused)
{
#define SIGNED(what)                                                                               \
	SEND "answers = ();\nhooks = { verify = { scheme = \"hmac_concat\"; "                      \
	     "signature = \"header S\"; signed = \"" what "\"; }; };\n"
#define TWILIO "preset = \"twilio\"; from = \"12345\"; secret = \"token\"; account = \"AC1\";\n"
	static const char warned[] = "gateways/one.conf:1: public-url";

	expect(TWILIO, NULL, warned);
	expect(TWILIO "public_url = \"https://example.org/hooks/one\";\n", NULL, "none");
	expect(OWN, SIGNED("{url}{body}"), warned);
	expect(OWN, SIGNED("{base}{nonce}"), warned);
	expect(OWN, SIGNED("{plivo}.{nonce}"), warned);
	expect(OWN, SIGNED("{body}{query}{timestamp}"), "none");
	expect(OWN "public_url = \"https://example.org/hooks/one\";\n", SIGNED("{url}{body}"),
	       "none");
}

TEST(test_a_preset_of_ones_own)
{
	expect(OWN, SEND "answers = ();\n", "none");
	expect(OWN "user = \"me\";\n",
	       "vars = { user = { required = true; doc = \"the user\"; }; };\n"
	       "send = { url = \"{base}/{user}\"; form = { a = \"{text}\"; }; };\nanswers = ();\n",
	       "none");
	expect(OWN,
	       "vars = { user = { required = true; doc = \"the user\"; }; };\n" SEND
	       "answers = ();\n",
	       "gateways/one.conf:1: missing-key");
	expect(OWN "usr = \"me\";\n",
	       "vars = { user = { default = \"me\"; }; };\n" SEND "answers = ();\n",
	       "gateways/one.conf:3: unknown-key");
	expect(OWN, "answers = ();\n", "presets/own.conf:1: missing-key");
	expect(OWN, SEND, "presets/own.conf:1: missing-key");
	expect(OWN, SEND "answers = ( { status = 200; } );\n", "presets/own.conf:2: missing-key");
	expect(OWN, SEND "answers = ();\ncap = { };\n", "presets/own.conf:3: unknown-key");
	expect(OWN, "caps = { idempotent = true; };\n" SEND "answers = ();\n",
	       "presets/own.conf:2: idempotent");
	expect(OWN, "vars = { rate = { }; };\n" SEND "answers = ();\n", "presets/own.conf:1: var");
	expect(OWN, "vars = { text = { }; };\n" SEND "answers = ();\n", "presets/own.conf:1: var");
	expect(OWN, "vars = { a = { unless = \"b\"; }; };\n" SEND "answers = ();\n",
	       "presets/own.conf:1: var");
	expect(OWN, "send = {", "presets/own.conf:1: bracket");
}

TEST(test_many_vars)
{
	char preset[4096] = "vars = {\n";

	for (int i = 0; i < PRESET_VALUES_MAX; i++) {
		(void)sprintf(preset + strlen(preset), "v%d = { };\n", i);
	}
	(void)strcat(preset, "};\n" SEND "answers = ();\n");
	expect(OWN, preset, "presets/own.conf:34: too-many");
}

/* A file in the configuration goes before the one that is built in. */
TEST(test_ones_own_goes_first)
{
	struct gateway_dir dir;
	struct gateway *gateway;

	gateway_dir_open(&dir);
	write_file(&dir, "presets/sandbox.conf",
		   "caps = { max_inflight = 47; };\n" SEND "answers = ();\n", 0644);
	gateway = load_gateway(&dir, SOUND "base = \"http://127.0.0.1:1\";");
	assert_int_equal(gateway->max_inflight, 47);
	gateway_free(gateway);
	remove_file(&dir, "presets/sandbox.conf");
	gateway_dir_close(&dir);
}

TEST(test_names_of_gateways)
{
	static const char *const bad[] = { "",  "..",  "a/b",
					   "A", "a.b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	struct gateway *gateway = NULL;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct faults faults = { 0 };

		assert_int_equal(gateway_load("/tmp", bad[i], &faults, &gateway), CONF_E_FAULT);
		assert_fault(&faults, "gateways:1: gateway-name");
		faults_done(&faults);
	}
	assert_null(gateway);
	assert_null(gateway_free(NULL));
}

TEST(test_no_such_file)
{
	struct gateway *gateway = NULL;
	struct faults faults = { 0 };

	assert_int_equal(gateway_load("/tmp/holdfast-none", "one", &faults, &gateway),
			 CONF_E_FAULT);
	assert_fault(&faults, "gateways/one.conf:1: unreadable");
	faults_done(&faults);
}
