/* Lines are written when they are told to be, once, and not at all when they are dropped. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "lib/log.h"
#include "lib/cleanup.h"
#include "engine/message_log.h"

/* What stands on standard error after `act`. */
static void capture(void (*act)(struct message_log *), struct message_log *log, char *text,
		    size_t size)
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t length;

	assert_non_null(file);
	assert_true(saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	act(log);
	(void)fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	(void)close(saved);
	rewind(file);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	(void)fclose(file);
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
	struct message_log *log = NULL;
	char text[1024];

	log_open("test", LOG_LEVEL_INFO);
	assert_int_equal(message_log_new(&log), 0);
	add(log, 17);
	add(log, 18);
	capture(message_log_write, log, text, sizeof(text));
	assert_non_null(strstr(text, "message=17 client=r-1 kind=welcome state=failed "
				     "gateway=primary attempt=2 segments=1 delay=2.000s reason=-"));
	assert_non_null(strstr(text, "message=18 "));
	capture(message_log_write, log, text, sizeof(text));
	assert_string_equal(text, "");
	assert_null(message_log_free(log));
}

TEST(test_dropped)
{
	struct message_log *log = NULL;
	char text[256];

	assert_int_equal(message_log_new(&log), 0);
	for (int i = 0; i < 200; i++) {
		add(log, i);
	}
	message_log_drop(log);
	message_log_drop(log);
	capture(message_log_write, log, text, sizeof(text));
	assert_string_equal(text, "");
	add(log, 1);
	assert_null(message_log_free(log));
	assert_null(message_log_free(NULL));
}
