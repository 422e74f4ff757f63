/*
 * Reading the times that gateways write.  No two of their ways look alike, so
 * a preset need not say which one it is.
 */
#include "courier/timestamp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_SECONDS_MOST 11
#define DIGITS_MILLISECONDS 13
#define DIGITS_COMPACT      14

static int read_civil(const struct civil *civil, hf_time *ret_at)
{
	char text[64];
	struct civil checked;
	int n = snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d:%02d", civil->year,
			 civil->month, civil->day, civil->hour, civil->minute, civil->second);

	if (n < 0 || (size_t)n >= sizeof(text) || civil_parse_datetime(text, &checked) != 0) {
		return -EINVAL;
	}

	*ret_at = civil_to_seconds(&checked) * HF_SECOND;
	return 0;
}

static int read_digits(const char *text, size_t size, hf_time *ret_at)
{
	long long number = strtoll(text, NULL, 10);
	struct civil civil;

	if (size <= DIGITS_SECONDS_MOST) {
		*ret_at = number * HF_SECOND;
		return 0;
	}
	if (size == DIGITS_MILLISECONDS) {
		*ret_at = number * (HF_SECOND / 1000);
		return 0;
	}
	if (size != DIGITS_COMPACT ||
	    /* So many digits are in range.  NOLINTNEXTLINE(cert-err34-c) */
	    sscanf(text, "%4d%2d%2d%2d%2d%2d", &civil.year, &civil.month, &civil.day, &civil.hour,
		   &civil.minute, &civil.second) != 6) {
		return -EINVAL;
	}
	return read_civil(&civil, ret_at);
}

/* "+0100": the colon that RFC 3339 wants is put in. */
static int read_rfc3339(const char *text, hf_time *ret_at)
{
	size_t size = strlen(text);
	char with_colon[48];

	if (civil_parse_rfc3339(text, ret_at) == 0) {
		return 0;
	}
	if (size < 6 || size > 40 || (text[size - 5] != '+' && text[size - 5] != '-')) {
		return -EINVAL;
	}

	(void)snprintf(with_colon, sizeof(with_colon), "%.*s:%s", (int)size - 2, text,
		       text + size - 2);
	return civil_parse_rfc3339(with_colon, ret_at);
}

static int read_rfc5322(const char *text, hf_time *ret_at)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = strchr(text, ','), *found;
	struct civil civil = { 0 };
	char month[4], sign;
	int hours, minutes;
	hf_time at;

	/* So many digits are in range.  NOLINTNEXTLINE(cert-err34-c) */
	if (sscanf(comma ? comma + 1 : text, "%2d %3s %4d %2d:%2d:%2d %c%2d%2d", &civil.day, month,
		   &civil.year, &civil.hour, &civil.minute, &civil.second, &sign, &hours,
		   &minutes) != 9) {
		return -EINVAL;
	}
	found = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!found || (found - months) % 3 != 0 || (sign != '+' && sign != '-')) {
		return -EINVAL;
	}

	civil.month = (int)(found - months) / 3 + 1;
	if (read_civil(&civil, &at) < 0) {
		return -EINVAL;
	}
	*ret_at = at - (sign == '-' ? -1 : 1) * (hours * HF_HOUR + minutes * HF_MINUTE);
	return 0;
}

int timestamp_read(const char *text, hf_time *ret_at)
{
	size_t size = strlen(text);
	struct civil civil;

	if (size > 0 && strspn(text, "0123456789") == size) {
		return read_digits(text, size, ret_at);
	}
	if (read_rfc3339(text, ret_at) == 0) {
		return 0;
	}
	if (civil_parse_datetime(text, &civil) == 0) {
		return read_civil(&civil, ret_at);
	}
	return read_rfc5322(text, ret_at);
}
