/*
 * Filling and counting, as engine/compose does it for a text that goes out.
 */
#include "engine/attempt.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/plain.h"
#include "lib/text.h"

#define ALONE "\xe8\xaa\x9e" /* a character that GSM-7 lacks and that has no plain form */

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	const struct attempt *attempt = userdata;
	enum field field = field_named(name);

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}
	*ret_value = attempt->values[field] ? attempt->values[field] : "";
	return 0;
}

/* What text_fill gives up on. */
static const struct text_cost endless = { .segments = 99, .units = 4096 };

int attempt_cost(const struct attempt *attempt, bool wide, struct text_cost *ret_cost)
{
	_cleanup_free_ char *text = NULL, *plain = NULL, *longer = NULL;
	int r = text_fill(attempt->message->text, look_up, (void *)(uintptr_t)attempt, &text, NULL,
			  NULL);

	if (r == -E2BIG) {
		*ret_cost = endless;
		return 0;
	}
	if (r == 0 && attempt->plain) {
		r = text_plain(text, &plain);
	}
	if (r == 0 && wide && asprintf(&longer, "%s" ALONE, plain ? plain : text) < 0) {
		longer = NULL;
		r = -ENOMEM;
	}
	return r == 0 ? text_cost(longer ? longer : plain ? plain : text, ret_cost) : r;
}

static int count(void *userdata, const char *name, const char **ret_value)
{
	enum field field = field_named(name);
	int *times = userdata;

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}
	times[field]++;
	*ret_value = "x";
	return 0;
}

/* As text_fill sees them, so that a brace that is written out is none. */
static int count_fields(const char *template, int times[FIELD_COUNT])
{
	_cleanup_free_ char *text = NULL;

	return text_fill(template, count, times, &text, NULL, NULL);
}

int attempt_draw(const struct attempt *attempt, struct sketch *ret_sketch)
{
	struct sketch sketch = { .choice = strchr(attempt->message->text, '|') };
	struct text_cost narrow, wide;
	int r = count_fields(attempt->message->text, sketch.times);

	if (r == 0) {
		r = attempt_cost(attempt, false, &narrow);
	}
	if (r == 0) {
		r = attempt_cost(attempt, true, &wide);
	}
	if (r != 0) {
		return r;
	}

	sketch.narrow_units = narrow.units;
	sketch.wide_units = wide.units;
	sketch.wide = narrow.encoding == TEXT_UCS2;
	*ret_sketch = sketch;
	return 0;
}

void attempt_explain(const struct attempt *attempt, const struct text_cost *cost, int room,
		     char buffer[ATTEMPT_ADVICE_MAX])
{
	const char *culprit = cost->culprit, *where = "the template";
	struct sketch sketch = { 0 };
	char form[PLAIN_MAX] = "", field[TEXT_NAME_MAX + 3];
	uint32_t character = 0;
	bool plain;

	if (cost->encoding == TEXT_GSM7) {
		(void)snprintf(buffer, ATTEMPT_ADVICE_MAX, "shorten it");
		return;
	}
	(void)count_fields(attempt->message->text, sketch.times);
	for (int i = 0; i < FIELD_COUNT && !strstr(attempt->message->text, culprit); i++) {
		if (attempt->values[i] && sketch.times[i] > 0 &&
		    strstr(attempt->values[i], culprit)) {
			(void)snprintf(field, sizeof(field), "{%s}", field_word((enum field)i));
			where = field;
			break;
		}
	}
	(void)utf8_read(culprit, &character);
	plain = plain_form(character, form);
	(void)snprintf(
		buffer, ATTEMPT_ADVICE_MAX,
		"U+%04X '%s' in %s makes it UCS-2, where %d characters fit instead of %d; "
		"%s%s%s, or shorten it",
		(unsigned)character, culprit, where, room, room < 100 ? 160 : room / 67 * 153,
		plain && *form ? "write '" : "leave it out", form, plain && *form ? "'" : "");
}
