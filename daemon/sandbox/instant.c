/*
 * Instants as text.
 */
#include "sandbox/instant.h"

#include <stdio.h>
#include <string.h>

void instant_format(hf_time at, char ret_text[INSTANT_MAX])
{
	struct civil civil = civil_from_seconds(at / HF_SECOND);

	(void)snprintf(ret_text, INSTANT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
		       civil.year % 10000, civil.month % 100, civil.day % 100, civil.hour % 100,
		       civil.minute % 100, civil.second % 100, (int)(at % HF_SECOND));
}

int instant_offset(const char *text)
{
	size_t size = strlen(text);
	int hours, minutes;

	if (size < 6 || !strchr("+-", text[size - 6]) ||
	    /* Two digits are in range.  NOLINTNEXTLINE(cert-err34-c) */
	    sscanf(text + size - 5, "%2d:%2d", &hours, &minutes) != 2) {
		return 0;
	}

	return (text[size - 6] == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
}
