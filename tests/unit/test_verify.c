/* Signatures: every vector of the vendors is accepted, and with one bit changed anywhere refused.
 */
#include "test.h"
#include "vectors_rig.h"

#include "lib/arena.h"
#include "courier/verify.h"

static int check(const struct sample *sample)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(conf_freep) struct conf *conf = NULL;
	struct arena *arena = NULL;
	struct verify_rules *rules;
	const char *question = strchr(sample->url, '?');
	const char *keys[] = { "another key of before", sample->key };
	const struct webhook_request request = { .method = sample->method,
						 .url = sample->url,
						 .query = question ? question + 1 : "",
						 .path = "",
						 .body = sample->body,
						 .body_size = sample->body_size,
						 .header = find_header,
						 .userdata = sample };
	const char *why = NULL;
	struct conf_reader reader;
	int r;

	assert_int_equal(arena_new(&arena), 0);
	reader = (struct conf_reader){ .arena = arena, .faults = &faults };
	assert_int_equal(conf_read_text(sample->rules, "test", &faults, &conf), 0);
	assert_int_equal(verify_read(&reader, conf_root(conf), &rules), 0);
	assert_int_equal(faults.errors, 0);

	r = verify(rules, keys, COUNT(keys), &request, sample->now, &why);
	assert_true((r == VERIFY_E_REFUSED) == (why != NULL));
	(void)arena_free(arena);
	return r;
}

static void accept(const char *scheme, const struct sample *sample)
{
	if (check(sample) != 0) {
		print_message("%s: %s\n", scheme, sample->url);
	}
	assert_int_equal(check(sample), 0);
}

/* Each byte with one bit changed; `spare` characters at the end are left alone. */
static void refuse_changed(const struct sample *sample, char *text, size_t spare)
{
	size_t length = strlen(text);

	for (size_t i = 0; i + spare < length; i++) {
		char before = text[i];

		text[i] ^= 1;
		/* An escape that is none any more, or another spelling of the same. */
		if (text[i] != '%' && before != '%' && text[i] != '+' && before != '+') {
			assert_int_equal(check(sample), VERIFY_E_REFUSED);
		}
		text[i] = before;
	}
}

static void alter(const char *scheme, const struct sample *original)
{
	/* The last character of its base64 has four bits that stand for nothing. */
	size_t spare = strcmp(scheme, "telnyx_ed25519") == 0 ? 3 : 0;
	struct sample *sample = calloc(1, sizeof(*sample));

	assert_non_null(sample);
	*sample = *original;
	refuse_changed(sample, sample->key, spare ? 2 : 0);
	if (strstr(sample->rules, "{body") || strstr(sample->rules, "{pairs}") ||
	    strstr(sample->rules, "{plivo}") || strstr(sample->rules, "{vonage}")) {
		refuse_changed(sample, sample->body, 0);
	}
	if (strstr(sample->rules, "{url}") || strstr(sample->rules, "{base}") ||
	    strstr(sample->rules, "{plivo}")) {
		refuse_changed(sample, strstr(sample->url, "://") + 3, 0);
	}
	for (size_t i = 0; i < sample->header_count; i++) {
		if (strcmp(sample->headers[i].name, "Content-Type") != 0) {
			refuse_changed(sample, sample->headers[i].value, spare);
		}
	}
	free(sample);
}

TEST(test_vectors)
{
	each_vector(accept);
}

TEST(test_altered)
{
	each_vector(alter);
}
