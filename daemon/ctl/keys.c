/*
 * holdfastctl check --keys: what the man page of holdfast.conf is made from.
 *
 * Promises: the lines are the table itself, so that what is documented is what
 * is read.
 */
#include "ctl/keys.h"

#include <stdio.h>

#include "config/model.h"

static const char *describe(enum conf_kind kind)
{
	static const char *const descriptions[] = {
		[CONF_TEXT] = "text",
		[CONF_NUMBER] = "a number",
		[CONF_REAL] = "a number, 1.5",
		[CONF_TRUTH] = "true or false",
		[CONF_DATE] = "a date, 2026-11-23",
		[CONF_DATETIME] = "a date and time, 2026-11-23 14:00",
		[CONF_MINUTE] = "a time of day, 10:00",
		[CONF_SPAN] = "a span, 15m 6h 3d 8w",
		[CONF_HOURS] = "hours, MO-FR 08:00-18:00",
		[CONF_WEEKDAYS] = "weekdays, MO,TH",
		[CONF_PHONE] = "a phone number, +13125550100",
		[CONF_ZONE] = "a time zone, America/Chicago",
		[CONF_WORD] = "a word",
		[CONF_TEXTS] = "a list of texts",
		[CONF_NUMBERS] = "a list of numbers",
		[CONF_SPANS] = "a list of spans",
		[CONF_DATES] = "a list of dates",
		[CONF_GROUP] = "a group",
		[CONF_LIST] = "a list of groups",
	};

	return descriptions[kind];
}

static void print_words(const struct conf_entry *entry)
{
	for (size_t i = 0; entry->words[i]; i++) {
		(void)printf("%s%s", i > 0 ? ", " : "one of ", entry->words[i]);
	}
}

static void print_key(void *userdata, const char *section, const struct conf_entry *entry)
{
	(void)userdata;
	(void)printf("%s\t%s\t", section, entry->key);
	if (entry->kind == CONF_WORD && entry->words) {
		print_words(entry);
	} else {
		(void)fputs(describe(entry->kind), stdout);
	}
	(void)printf("\t%s\t%s\n",
		     entry->required   ? "required"
		     : entry->fallback ? entry->fallback
				       : "",
		     entry->doc ? entry->doc : "");
}

void keys_print(void)
{
	model_each_key(print_key, NULL);
}
