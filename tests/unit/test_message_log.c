/* Lines are written when their transaction is committed, once, and not at all where it was not. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "captured.h"
#include "lib/log.h"
#include "engine/message_log.h"

/* What stands on standard error when the transaction has ended. */
static void end(struct message_log *log, int r, char *text, size_t size)
{
	struct captured captured;

	captured_begin(&captured);
	message_log_end(log, r);
	captured_end(&captured, text, size);
}

static void add(struct message_log *log, int64_t id)
{
	char client[] = "r-1";
	struct outbox_message row = {
		.id = id, .client = client, .attempts = 2, .segments = 1, .due = HF_SECOND
	};

	assert_int_equal(message_log_add(log, &row, OUTBOX_FAILED, "primary", "", 3 * HF_SECOND),
			 0);
	/* Everything was copied. */
	client[0] = 'x';
}

TEST(test_written_once)
{
	struct message_log log = { 0 };
	char text[1024];

	log_open("test", LOG_LEVEL_INFO);
	add(&log, 17);
	add(&log, 18);
	end(&log, 0, text, sizeof(text));
	assert_non_null(strstr(text, "message=17 client=r-1 kind=welcome state=failed "
				     "gateway=primary attempt=2 segments=1 delay=2.000s reason=-"));
	assert_non_null(strstr(text, "message=18 "));
	end(&log, 0, text, sizeof(text));
	assert_string_equal(text, "");
	message_log_done(&log);
}

TEST(test_dropped)
{
	struct message_log log = { 0 };
	char text[256];

	for (int i = 0; i < 200; i++) {
		add(&log, i);
	}
	end(&log, -EIO, text, sizeof(text));
	assert_string_equal(text, "");
	end(&log, 0, text, sizeof(text));
	assert_string_equal(text, "");
	add(&log, 1);
	message_log_done(&log);
	message_log_done(&log);
}
