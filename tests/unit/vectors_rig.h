/*
 * The vendors' own signatures (signatures.json), each as a webhook in pieces that can be changed,
 * with the rules that a preset for its gateway has.
 */
#ifndef HF_TESTS_VECTORS_RIG_H
#define HF_TESTS_VECTORS_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/url.h"

#define VECTORS   "tests/unit/signatures.json"
#define TEXT_MAX_ 4096
#define HEADERS   6

struct sample {
	char rules[512], key[128], method[8], url[TEXT_MAX_], body[TEXT_MAX_];
	size_t body_size;
	struct {
		char name[48], value[512];
	} headers[HEADERS];
	size_t header_count;
	hf_time now;
};

static inline const char *find_header(const void *userdata, const char *name)
{
	const struct sample *sample = userdata;

	for (size_t i = 0; i < sample->header_count; i++) {
		if (strcasecmp(sample->headers[i].name, name) == 0) {
			return sample->headers[i].value;
		}
	}
	return NULL;
}

static inline void add_header(struct sample *sample, const char *name, const char *value)
{
	assert_true(sample->header_count < HEADERS);
	(void)snprintf(sample->headers[sample->header_count].name, 48, "%s", name);
	(void)snprintf(sample->headers[sample->header_count++].value, 512, "%s", value);
}

static inline void set_body(struct sample *sample, const char *body)
{
	sample->body_size = strlen(body);
	assert_true(sample->body_size < sizeof(sample->body));
	strcpy(sample->body, body);
}

/* --- vectors ------------------------------------------------------------------------ */

static inline void put_pair(char *to, const char *name, const char *value)
{
	char *end = to + strlen(to);

	if (*to) {
		*end++ = '&';
	}
	end += url_escape(name, strlen(name), end);
	*end++ = '=';
	(void)url_escape(value, strlen(value), end);
}

/* [["a", "1"]] or {"a": "1"} as "a=1". */
static inline void encode(json_t *params, char to[TEXT_MAX_])
{
	const char *key;
	json_t *value;

	if (json_is_array(params)) {
		for (size_t i = 0; i < json_array_size(params); i++) {
			const json_t *pair = json_array_get(params, i);

			put_pair(to, json_string_value(json_array_get(pair, 0)),
				 json_string_value(json_array_get(pair, 1)));
		}
		return;
	}
	json_object_foreach (params, key, value) {
		put_pair(to, key, json_string_value(value));
	}
}

static inline void read_twilio(const json_t *vector, struct sample *sample)
{
	const char *body = json_text(vector, "form_body"), *note = json_text(vector, "note");
	const char *json_body = strstr(note, "body={");

	strcpy(sample->rules,
	       "scheme = \"hmac_params\"; signature = \"header X-Twilio-Signature\"; "
	       "hash = \"sha1\"; signed = \"{url}{pairs}\"; any_port = true; "
	       "body_hash = \"query bodySHA256\";");
	strcpy(sample->key, json_text(vector, "auth_token"));
	add_header(sample, "X-Twilio-Signature", json_text(vector, "signature"));
	if (body) {
		set_body(sample, body);
	} else if (json_body) {
		add_header(sample, "Content-Type", "application/json");
		set_body(sample, json_body + 5);
		sample->body[strcspn(sample->body, ";")] = '\0';
		sample->body_size = strlen(sample->body);
	} else {
		encode(json_object_get(vector, "params"), sample->body);
		sample->body_size = strlen(sample->body);
	}
}

static inline void read_plivo(const json_t *vector, struct sample *sample)
{
	bool v3 = strcmp(json_text(vector, "scheme"), "plivo_v3") == 0;
	bool get = v3 && strcmp(json_text(vector, "method"), "GET") == 0;
	char params[TEXT_MAX_] = "";

	(void)snprintf(sample->rules, sizeof(sample->rules),
		       "scheme = \"%s\"; signature = \"header X-Plivo-Signature\"; nonce = "
		       "\"header X-Plivo-Nonce\"; signed = \"%s\";",
		       v3 ? "hmac_params" : "hmac_concat",
		       v3 ? "{plivo}.{nonce}" : "{base}{nonce}");
	strcpy(sample->key, json_text(vector, "auth_token"));
	add_header(sample, "X-Plivo-Signature", json_text(vector, "signature"));
	add_header(sample, "X-Plivo-Nonce", json_text(vector, "nonce"));
	encode(json_object_get(vector, "params"), params);
	if (get) {
		strcat(sample->url, strchr(sample->url, '?') ? "&" : "?");
		strcat(sample->url, params);
	} else {
		set_body(sample, params);
	}
}

static inline void read_vonage(const json_t *vector, struct sample *sample)
{
	const char *algorithm = json_text(vector, "algorithm");
	char hash[8] = "";

	(void)snprintf(hash, sizeof(hash), "%.*s", (int)strcspn(algorithm, "h"), algorithm);
	if (strncmp(algorithm, "sha", 3) == 0) {
		(void)snprintf(hash, sizeof(hash), "%.*s",
			       (int)(strstr(algorithm, "hmac") - algorithm), algorithm);
	}
	(void)snprintf(sample->rules, sizeof(sample->rules),
		       "scheme = \"%s\"; signature = \"field sig\"; hash = \"%s\"; encoding = "
		       "\"hex\"; signed = \"{vonage}\";",
		       strcmp(algorithm, "md5hash") == 0 ? "hash_params" : "hmac_params", hash);
	strcpy(sample->key, json_text(vector, "secret"));
	encode(json_object_get(vector, "params"), sample->body);
	put_pair(sample->body, "sig", json_text(vector, "signature"));
	sample->body_size = strlen(sample->body);
}

static inline void read_concat(const json_t *vector, struct sample *sample, const char *rules)
{
	const char *secret = json_text(vector, "secret");
	const char *nonce = json_text(vector, "nonce");
	json_t *query = json_object_get(vector, "query");

	strcpy(sample->rules, rules);
	strcpy(sample->key, secret ? secret : json_text(vector, "public_key_b64"));
	set_body(sample, json_text(vector, "body"));
	add_header(sample, "Content-Type", "application/json");
	add_header(sample, "Signature", json_text(vector, "signature"));
	add_header(sample, "Timestamp", json_text(vector, "timestamp"));
	sample->now = strtoll(json_text(vector, "timestamp"), NULL, 10) * HF_SECOND;
	if (nonce) {
		add_header(sample, "Nonce", nonce);
	}
	if (query) {
		strcpy(sample->url, "https://holdfast.example/hooks/primary?");
		encode(query, sample->url + strlen(sample->url));
		/* encode() puts a "&" before all but the first of an empty text. */
	}
}

#define PLACES                                                                                     \
	"signature = \"header Signature\"; timestamp = \"header Timestamp\"; nonce = \"header "    \
	"Nonce\"; "

static inline void read_vector(const json_t *vector, struct sample *sample)
{
	static const struct {
		const char *scheme, *rules;
	} concats[] = {
		{ "sinch_webhook",
		  PLACES "scheme = \"hmac_concat\"; signed = \"{body}.{nonce}.{timestamp}\";" },
		{ "smsgate_hmac_sha256", PLACES "scheme = \"hmac_concat\"; encoding = \"hex\"; "
						"signed = \"{body}{timestamp}\";" },
		{ "messagebird_legacy", PLACES "scheme = \"hmac_concat\"; signed = "
					       "\"{timestamp}\\n{query}\\n{body_sha256}\";" },
		{ "telnyx_ed25519",
		  PLACES "scheme = \"ed25519\"; signed = \"{timestamp}|{body}\";" },
	};
	const char *scheme = json_text(vector, "scheme"), *url = json_text(vector, "url");
	const char *method = json_text(vector, "method");

	strcpy(sample->method, method ? method : "POST");
	strcpy(sample->url, url ? url : "https://holdfast.example/hooks/primary");
	if (strncmp(scheme, "twilio", 6) == 0) {
		read_twilio(vector, sample);
	} else if (strncmp(scheme, "plivo", 5) == 0) {
		read_plivo(vector, sample);
	} else if (strcmp(scheme, "vonage_sms_sig") == 0) {
		read_vonage(vector, sample);
	} else {
		for (size_t i = 0; i < COUNT(concats); i++) {
			if (strcmp(scheme, concats[i].scheme) == 0) {
				read_concat(vector, sample, concats[i].rules);
			}
		}
	}
	assert_true(*sample->rules);
}

static inline char *read_file(const char *path, size_t *ret_size)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	char *bytes = calloc(1, 64L * 1024);

	assert_non_null(file);
	assert_non_null(bytes);
	*ret_size = fread(bytes, 1, 64 * 1024 - 1, file);
	return bytes;
}

typedef void (*on_vector)(const char *scheme, const struct sample *sample);

static inline void each_vector(on_vector visit)
{
	_cleanup_(json_freep) json_t *vectors = NULL;
	_cleanup_free_ char *bytes = NULL;
	size_t size;

	bytes = read_file(VECTORS, &size);
	assert_int_equal(json_read(bytes, size, &vectors), 0);
	assert_true(json_array_size(vectors) >= 29);
	for (size_t i = 0; i < json_array_size(vectors); i++) {
		struct sample *sample = calloc(1, sizeof(*sample));

		assert_non_null(sample);
		read_vector(json_array_get(vectors, i), sample);
		visit(json_text(json_array_get(vectors, i), "scheme"), sample);
		free(sample);
	}
}

#endif
