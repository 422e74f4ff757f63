#include <errno.h>

#include "test.h"
#include "lib/cleanup.h"
#include "courier/timestamp.h"

#define INSTANT (INT64_C(1795428000) * HF_SECOND) /* 2026-11-23 10:00 UTC */

TEST(test_every_way_is_the_same_instant)
{
	static const char *const ways[] = {
		"1795428000",
		"1795428000000",
		"20261123100000",
		"2026-11-23T10:00:00Z",
		"2026-11-23T04:00:00-06:00",
		"2026-11-23T04:00:00-0600",
		"2026-11-23T04:00:00.000-0600",
		"2026-11-23 10:00:00",
		"Mon, 23 Nov 2026 10:00:00 +0000",
		"Mon, 23 Nov 2026 04:00:00 -0600",
		"23 Nov 2026 10:00:00 +0000",
	};

	for (size_t i = 0; i < COUNT(ways); i++) {
		hf_time at = 0;

		if (timestamp_read(ways[i], &at) != 0 || at != INSTANT) {
			fail_msg("%s: %lld", ways[i], (long long)at);
		}
	}
}

TEST(test_what_is_none)
{
	static const char *const none[] = {
		"",
		"soon",
		"123456789012",
		"20261323100000",
		"999999999999999999999999999999",
		"Mon, 23 Xov 2026 10:00:00 +0000",
		"Mon, 23 anN 2026 10:00:00 +0000",
		"Mon, 99999999 Nov 2026 10:00:00 +0000",
		"2026-02-30 10:00:00",
	};

	for (size_t i = 0; i < COUNT(none); i++) {
		hf_time at = 7;

		if (timestamp_read(none[i], &at) != -EINVAL || at != 7) {
			fail_msg("%s: %lld", none[i], (long long)at);
		}
	}
}
