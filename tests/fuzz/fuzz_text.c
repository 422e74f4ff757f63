/* A plain text is UTF-8, costs no more segments, and is its own plain text; templates without
 * fields come out as they went in. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/plain.h"
#include "lib/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_plain(const char *text, enum plain_letters letters)
{
	_cleanup_free_ char *plain = NULL, *again = NULL;
	struct text_cost before, after;
	bool utf8 = text_is_utf8(text);

	check((text_cost(text, &before) == 0) == utf8);
	check((text_plain(text, letters, &plain) == 0) == utf8);
	if (!utf8) {
		return;
	}

	check(text_is_utf8(plain) && text_cost(plain, &after) == 0);
	check(after.segments <= before.segments);
	check(after.encoding <= before.encoding);
	check((before.encoding == TEXT_GSM7) == (before.culprit[0] == '\0'));
	check(before.culprit[0] == '\0' || strstr(text, before.culprit) != NULL);
	check(before.segments * 160 >= before.units && (before.units > 0) == (*text != '\0'));
	check(text_plain(plain, letters, &again) == 0 && strcmp(plain, again) == 0);
}

/* Knows every name that begins with a letter, and gives the name itself. */
static int name_itself(void *userdata, const char *name, const char **ret_value)
{
	(void)userdata;
	*ret_value = name[0] == 'e' ? "" : "value";
	return name[0] >= 'a' && name[0] <= 'z' ? 0 : TEXT_E_FIELD;
}

static void check_template(const char *template)
{
	_cleanup_free_ char *text = NULL;
	char name[TEXT_NAME_MAX] = "";
	size_t where = 0;
	int r = text_fill(template, name_itself, NULL, &text, &where, name);

	check(where <= strlen(template));
	check(strlen(name) < sizeof(name));
	if (r == 0) {
		check(text_is_utf8(text) && strlen(text) <= 4096);
		check(strpbrk(template, "{}") != NULL || strcmp(text, template) == 0);
	} else {
		check(text == NULL);
		check(r != TEXT_E_BRACE || template[where] == '{' || template[where] == '}');
		check((r == TEXT_E_UTF8) == !text_is_utf8(template));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (!text) {
		abort();
	}
	check_plain(text, PLAIN_LETTERS_KEEP);
	check_plain(text, PLAIN_LETTERS_BARE);
	check_template(text);
	return 0;
}
