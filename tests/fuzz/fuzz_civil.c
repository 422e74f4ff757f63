/* What civil reads it writes as it can be read again, and phone's answer is its own normal form. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/phone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_times(const char *text)
{
	struct civil civil, again;
	hf_time at, at_again;
	char written[CIVIL_RFC3339_MAX];

	if (civil_parse_date(text, &civil) == 0 || civil_parse_datetime(text, &civil) == 0) {
		again = civil_from_seconds(civil_to_seconds(&civil));
		check(civil_compare(&civil, &again) == 0);
		check(memcmp(&civil, &again, sizeof(civil)) == 0);
	}
	if (civil_parse_rfc3339(text, &at) == 0) {
		civil_format_rfc3339(at, 0, written);
		if (civil_parse_rfc3339(written, &at_again) == 0) {
			check(at_again <= at && at - at_again < HF_SECOND);
		}
	}
}

static void check_spans(const char *text)
{
	struct span span, again;
	char written[SPAN_TEXT_MAX];

	if (civil_parse_span(text, &span) == 0) {
		span_format(&span, written);
		check(strlen(written) <= strlen(text));
		check(civil_parse_span(written, &again) == 0);
		check(span.days == again.days && span.elapsed == again.elapsed);
	}
}

static void check_hours(const char *text)
{
	struct hours hours;
	unsigned set;
	int minute;

	if (civil_parse_weekdays(text, &set) == 0) {
		check(set > 0 && set <= WEEKDAY_ALL);
	}
	if (civil_parse_minute(text, &minute) == 0) {
		check(minute >= 0 && minute < 1440);
	}
	if (civil_parse_hours(text, &hours) == 0) {
		check(hours.weekdays > 0 && hours.weekdays <= WEEKDAY_ALL);
		check(hours.from >= 0 && hours.from < hours.until && hours.until <= 1440);
	}
}

static void check_phones(const char *text)
{
	char phone[PHONE_MAX], again[PHONE_MAX];
	int answer = phone_parse(text, phone);

	check(phone_reason(answer) != NULL);
	if (answer == 0) {
		check(phone_parse(phone, again) == 0 && strcmp(phone, again) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (!text) {
		abort();
	}
	check_times(text);
	check_spans(text);
	check_hours(text);
	check_phones(text);
	return 0;
}
