/* Webhooks' rules: timestamps, secrets, tokens, bodies that nobody signed, and faults in a preset.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "test.h"
#include "lib/arena.h"
#include "lib/cleanup.h"
#include "lib/crypto.h"
#include "courier/jwt.h"
#include "courier/verify.h"

#define KEY "a secret of sixteen bytes"
#define NOW (1700000000 * HF_SECOND)
#define URL "https://holdfast.example/hooks/primary?id=1"

struct headers {
	const char *type, *signature, *timestamp, *authorization;
};

static const char *find_header(const void *userdata, const char *name)
{
	const struct headers *headers = userdata;

	return strcasecmp(name, "Content-Type") == 0    ? headers->type
	       : strcasecmp(name, "Signature") == 0     ? headers->signature
	       : strcasecmp(name, "Timestamp") == 0     ? headers->timestamp
	       : strcasecmp(name, "Authorization") == 0 ? headers->authorization
							: NULL;
}

/* What is wrong with the webhook, "" for nothing. */
static const char *check(const char *rules_text, const struct headers *headers, const char *path,
			 const char *body)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(conf_freep) struct conf *conf = NULL;
	const struct webhook_request request = { .method = "POST",
						 .url = URL,
						 .query = "id=1",
						 .path = path,
						 .body = body,
						 .body_size = strlen(body),
						 .header = find_header,
						 .userdata = headers };
	const char *key = KEY, *why = "";
	struct arena *arena = NULL;
	struct conf_reader reader;
	struct verify_rules *rules;
	int r;

	assert_int_equal(arena_new(&arena), 0);
	reader = (struct conf_reader){ .arena = arena, .faults = &faults };
	assert_int_equal(conf_read_text(rules_text, "test", &faults, &conf), 0);
	assert_int_equal(verify_read(&reader, conf_root(conf), &rules), 0);
	assert_int_equal(faults.errors, 0);
	assert_string_equal(verify_key(rules), "secret");

	r = verify(rules, &key, 1, &request, NOW, &why);
	assert_int_equal(r, *why ? VERIFY_E_REFUSED : 0);
	(void)arena_free(arena);
	return why;
}

static const char *sign(const char *bytes)
{
	static char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];
	struct crypto_digest digest;

	assert_int_equal(
		crypto_hmac(CRYPTO_SHA256, KEY, strlen(KEY), bytes, strlen(bytes), &digest), 0);
	crypto_hex(digest.bytes, digest.size, hex);
	return hex;
}

#define STAMPED                                                                                    \
	"scheme = \"hmac_concat\"; signature = \"header Signature\"; encoding = \"hex\"; "         \
	"timestamp = \"header Timestamp\"; signed = \"{body}{timestamp}\";"

TEST(test_timestamp)
{
	static const struct {
		const char *timestamp;
		bool fine;
	} cases[] = {
		{ "1700000000", true },   { "1699999700", true },    { "1699999699", false },
		{ "1700000300", true },   { "1700000301", false },   { "", false },
		{ " 1700000000", false }, { "1700000000x", false },  { "-1700000000", false },
		{ "+1700000000", false }, { "170000000000", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char bytes[64];
		struct headers headers = { .timestamp = cases[i].timestamp };

		(void)snprintf(bytes, sizeof(bytes), "{}%s", cases[i].timestamp);
		headers.signature = sign(bytes);
		assert_int_equal(*check(STAMPED, &headers, "", "{}") == '\0', cases[i].fine);
	}
	assert_string_equal(
		check(STAMPED, &(struct headers){ .timestamp = "1700000000" }, "", "{}"),
		"no signature");
	assert_string_not_equal(
		check(STAMPED, &(struct headers){ .signature = sign("{}") }, "", "{}"), "");
}

/* One of several is enough; hex may be in capitals. */
TEST(test_several)
{
	char both[256];
	struct headers headers = { .timestamp = "1700000000", .signature = both };

	(void)snprintf(both, sizeof(both), "00ff,%s", sign("{}1700000000"));
	assert_string_equal(check(STAMPED, &headers, "", "{}"), "");
	for (char *c = both; *c; c++) {
		*c = (char)(*c >= 'a' ? *c & ~0x20 : *c);
	}
	assert_string_equal(check(STAMPED, &headers, "", "{}"), "");
	(void)snprintf(both, sizeof(both), "%s0", sign("{}1700000000"));
	assert_string_not_equal(check(STAMPED, &headers, "", "{}"), "");
}

TEST(test_shared_secret)
{
	static const char in_path[] = "scheme = \"shared_secret\"; signature = \"path\";";
	static const char in_query[] = "scheme = \"shared_secret\"; signature = \"query id\";";
	static const char basic[] = "scheme = \"shared_secret\"; signature = \"basic\";";
	char credentials[] = "user:" KEY, encoded[128] = "Basic ";
	const struct headers none = { 0 }, with = { .authorization = encoded };

	assert_string_equal(check(in_path, &none, KEY, ""), "");
	assert_string_equal(check(in_path, &none, "a secret of sixteen byteS", ""),
			    "the signature does not fit");
	assert_string_equal(check(in_path, &none, "", ""), "no signature");
	assert_string_equal(check(in_query, &none, "", ""), "the signature does not fit");
	crypto_base64(credentials, strlen(credentials), encoded + 6);
	assert_string_equal(check(basic, &with, "", ""), "");
	crypto_base64(credentials, strlen(credentials) - 1, encoded + 6);
	assert_string_equal(check(basic, &with, "", ""), "the signature does not fit");
	strcpy(encoded + 6, "?");
	assert_string_equal(check(basic, &with, "", ""), "no signature");
	assert_string_equal(check(basic, &none, "", ""), "no signature");
}

/* A signature over parameters says nothing about a body that has none. */
TEST(test_uncovered_body)
{
	static const char rules[] = "scheme = \"hmac_params\"; signature = \"header Signature\"; "
				    "encoding = \"hex\"; signed = \"{url}{pairs}\";";
	struct headers headers = { .type = "application/json", .signature = sign(URL) };

	assert_string_equal(check(rules, &headers, "", "{\"From\":\"+1\"}"),
			    "the signature does not cover the body");
	assert_string_equal(check(rules, &headers, "", ""), "");
	headers.type = "application/x-www-form-urlencoded; charset=utf-8";
	assert_string_equal(check(rules, &headers, "", "From=1"), "the signature does not fit");
	headers.signature = sign(URL "From1");
	assert_string_equal(check(rules, &headers, "", "From=1"), "");
}

/* --- tokens ------------------------------------------------------------------------ */

static void put_part(char *token, const void *bytes, size_t size)
{
	char *to = token + strlen(token);

	crypto_base64(bytes, size, to);
	for (; *to; to++) {
		*to = (char)(*to == '+' ? '-' : *to == '/' ? '_' : *to == '=' ? '\0' : *to);
	}
}

static const char *make_token(const char *header, const char *claims, enum crypto_hash hash)
{
	static char token[2048];
	struct crypto_digest digest;

	*token = '\0';
	put_part(token, header, strlen(header));
	strcat(token, ".");
	put_part(token, claims, strlen(claims));
	assert_int_equal(crypto_hmac(hash, KEY, strlen(KEY), token, strlen(token), &digest), 0);
	strcat(token, ".");
	put_part(token, digest.bytes, digest.size);
	return token;
}

#define HS256  "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define EMPTY  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define BRACES "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
#define FRESH  "\"iss\":\"MessageBird\",\"nbf\":1700000000,\"exp\":1700000060"
#define CLAIMS "{" FRESH ",\"payload_hash\":\"" BRACES "\"}"
#define TOKEN  "scheme = \"jwt_hs\"; signature = \"header Authorization\"; "
#define JWT    TOKEN "issuer = \"MessageBird\";"

static const char *try_token(const char *token, const char *body)
{
	const struct headers headers = { .authorization = token, .type = "application/json" };

	return check(JWT, &headers, "", body);
}

TEST(test_token)
{
	static const struct {
		const char *header, *claims, *body, *why;
		enum crypto_hash hash;
	} cases[] = {
		{ HS256, CLAIMS, "{}", "", CRYPTO_SHA256 },
		{ "{\"alg\":\"HS384\"}", CLAIMS, "{}", "", CRYPTO_SHA384 },
		{ "{\"alg\":\"HS512\"}", CLAIMS, "{}", "", CRYPTO_SHA512 },
		{ "{\"alg\":\"none\"}", CLAIMS, "{}", "a token of another kind", CRYPTO_SHA256 },
		{ "{\"alg\":\"RS256\"}", CLAIMS, "{}", "a token of another kind", CRYPTO_SHA256 },
		{ "{}", CLAIMS, "{}", "a token of another kind", CRYPTO_SHA256 },
		{ HS256, CLAIMS, "{}", "the signature does not fit", CRYPTO_SHA512 },
		{ HS256, CLAIMS, "{ }", "the token is for another body", CRYPTO_SHA256 },
		{ HS256, "{" FRESH "}", "{}", "the token is for another body", CRYPTO_SHA256 },
		{ HS256, "{" FRESH "}", "", "", CRYPTO_SHA256 },
		{ HS256, "{" FRESH ",\"payload_hash\":\"" EMPTY "\"}", "", "", CRYPTO_SHA256 },
		{ HS256, "{" FRESH ",\"url_hash\":\"" EMPTY "\"}", "",
		  "the token is for another address", CRYPTO_SHA256 },
		{ HS256, "{\"exp\":1700000060}", "", "the token is from somebody else",
		  CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\",\"exp\":1699999700}", "",
		  "the token is too old or too new", CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\",\"exp\":1699999701}", "", "", CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\",\"nbf\":1700000301,\"exp\":1700000999}", "",
		  "the token is too old or too new", CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\",\"iat\":1699999699}", "",
		  "the token is too old or too new", CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\",\"iat\":1699999700}", "", "", CRYPTO_SHA256 },
		{ HS256, "{\"iss\":\"MessageBird\"}", "", "the token is too old or too new",
		  CRYPTO_SHA256 },
		{ HS256, "[]", "", "the token is from somebody else", CRYPTO_SHA256 },
		{ HS256, "no", "", "a token without claims", CRYPTO_SHA256 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *token = make_token(cases[i].header, cases[i].claims, cases[i].hash);

		assert_string_equal(try_token(token, cases[i].body), cases[i].why);
	}
}

TEST(test_token_altered)
{
	char token[2048];

	strcpy(token, "Bearer ");
	strcat(token, make_token(HS256, CLAIMS, CRYPTO_SHA256));
	assert_string_equal(try_token(token, "{}"), "");
	/* The last character of 32 bytes has two bits that stand for nothing. */
	for (size_t i = strlen("Bearer "); token[i + 1]; i++) {
		token[i] ^= 1;
		assert_string_not_equal(try_token(token, "{}"), "");
		token[i] ^= 1;
	}
	assert_string_equal(try_token("Bearer ", "{}"), "no token");
	assert_string_equal(try_token("a.b", "{}"), "no token");
	assert_string_equal(try_token("..", "{}"), "a token of another kind");
}

/* --- presets -------------------------------------------------------------------------- */

TEST(test_faults)
{
	static const struct {
		const char *rules;
		unsigned line;
	} cases[] = {
		{ "scheme = \"hmac\";\nsignature = \"header S\";", 1 },
		{ "scheme = \"shared_secret\";\nsignature = \"somewhere\";", 2 },
		{ "scheme = \"shared_secret\";\nsignature = \"header\";", 2 },
		{ "scheme = \"shared_secret\";\nsignature = \"path x\";", 2 },
		{ "scheme = \"hmac_concat\";\nsignature = \"path\";\nsigned = \"{bdy}\";", 3 },
		{ "scheme = \"hmac_concat\";\nsignature = \"path\";", 1 },
		{ "scheme = \"jwt_hs\";\nsignature = \"path\"; signed = \"{body}\";", 1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_(faults_done) struct faults faults = { 0 };
		_cleanup_(conf_freep) struct conf *conf = NULL;
		struct verify_rules *rules = NULL;
		struct arena *arena = NULL;
		struct conf_reader reader;

		assert_int_equal(arena_new(&arena), 0);
		reader = (struct conf_reader){ .arena = arena, .faults = &faults };
		assert_int_equal(conf_read_text(cases[i].rules, "test", &faults, &conf), 0);
		assert_int_equal(verify_read(&reader, conf_root(conf), &rules), 0);
		assert_int_equal(faults.errors, 1);
		assert_int_equal(faults.list[0].line, cases[i].line);
		(void)arena_free(arena);
	}
}
