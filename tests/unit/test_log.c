/* The log: its lines, what is escaped in them, and that it never waits. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/log.h"

/* Standard error is a pipe while a test runs: what is written comes out at `reads`. */
struct rig {
	int saved, reads;
	char text[8192];
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	int ends[2];

	assert_non_null(rig);
	assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	rig->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
	closep(&ends[1]);
	rig->reads = ends[0];
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(dup2(rig->saved, STDERR_FILENO), STDERR_FILENO);
	closep(&rig->saved);
	closep(&rig->reads);
	free(rig);
	return 0;
}

static const char *written(struct rig *rig)
{
	ssize_t size = read(rig->reads, rig->text, sizeof(rig->text) - 1);

	rig->text[size > 0 ? size : 0] = '\0';
	return rig->text;
}

FIXTURE(set_up, tear_down);

TEST(test_levels)
{
	struct rig *rig = *state;

	log_open("holdfastd", LOG_LEVEL_WARNING);
	log_error("gateway %s stopped", "primary");
	log_warning("case %d", 12);
	log_notice("no");
	log_message(&(struct log_message){ .id = 1 });
	assert_string_equal(written(rig), "holdfastd: error: gateway primary stopped\n"
					  "holdfastd: warning: case 12\n");

	log_open("holdfast-courier", LOG_LEVEL_NOTICE);
	log_notice("a");
	assert_string_equal(written(rig), "holdfast-courier: notice: a\n");

	assert_int_equal(log_limit(LOG_LEVEL_WARNING), LOG_LEVEL_NOTICE);
	log_notice("no");
	log_warning("b");
	assert_string_equal(written(rig), "holdfast-courier: warning: b\n");
	assert_int_equal(log_limit(LOG_LEVEL_NOTICE), LOG_LEVEL_WARNING);
}

TEST(test_escaped)
{
	struct rig *rig = *state;

	log_open("t", LOG_LEVEL_INFO);
	log_error("%s", "one\nt: error: two\r\x1b[2J\x7f\ttab \xc3\xb1 \xc2\x9b \xc2\xa0.");
	assert_string_equal(written(rig), "t: error: one\\x0at: error: two\\x0d\\x1b[2J\\x7f"
					  "\\x09tab \xc3\xb1 \xc2\\x9b \xc2\xa0.\n");
}

TEST(test_long)
{
	struct rig *rig = *state;
	char text[10000];
	size_t length;

	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_open("t", LOG_LEVEL_INFO);
	log_error("%s", text);
	length = strlen(written(rig));
	assert_in_range(length, 2000, 4096);
	assert_int_equal(rig->text[length - 1], '\n');
	assert_ptr_equal(strchr(rig->text, '\n'), rig->text + length - 1);
}

TEST(test_message)
{
	struct rig *rig = *state;
	struct log_message message = {
		.id = 17,
		.client = "r-1042",
		.kind = "check-in",
		.state = "accepted",
		.gateway = "primary",
		.attempt = 1,
		.segments = 1,
		.delay_us = 41234,
	};

	log_open("holdfastd", LOG_LEVEL_INFO);
	log_message(&message);
	assert_string_equal(written(rig), "holdfastd: info: message=17 client=r-1042 kind=check-in "
					  "state=accepted gateway=primary attempt=1 segments=1 "
					  "delay=0.041s reason=-\n");

	message = (struct log_message){ .id = 18, .gateway = "", .reason = "no\nroute" };
	log_message(&message);
	assert_string_equal(written(rig),
			    "holdfastd: info: message=18 client=- kind=- state=- gateway=- "
			    "attempt=0 segments=0 delay=0.000s reason=no\\x0aroute\n");

	log_open("holdfastd", LOG_LEVEL_NOTICE);
	log_message(&message);
	assert_string_equal(written(rig), "");
}

/* A reader that stands still costs lines, and they are counted; it never costs time. */
TEST(test_full_pipe)
{
	struct rig *rig = *state;
	uint64_t lost = log_lost(), more;
	int lines = 0;

	log_open("t", LOG_LEVEL_INFO);
	for (; log_lost() == lost; lines++) {
		assert_in_range(lines, 0, 100000);
		log_error("%01000d", lines);
	}
	assert_true(lines > 10);
	errno = EXDEV;
	log_error("lost too");
	assert_int_equal(errno, EXDEV);
	more = log_lost();
	assert_int_equal(more, lost + 2);

	while (*written(rig)) {
		/* Room again. */
	}
	log_error("again");
	assert_string_equal(written(rig), "t: error: again\n");
	assert_int_equal(log_lost(), more);
}

TEST(test_closed_pipe)
{
	struct rig *rig = *state;
	uint64_t lost = log_lost();

	log_open("t", LOG_LEVEL_INFO);
	closep(&rig->reads);
	rig->reads = -1;
	log_error("nobody");
	assert_int_equal(log_lost(), lost + 1);
}

/* Some send it to whatever writes a log, when they rotate that. */
TEST(test_signal_of_log_rotation)
{
	log_open("t", LOG_LEVEL_INFO);
	assert_int_equal(raise(SIGUSR1), 0);
}

static void set_journal_stream(const struct stat *status)
{
	char stream[64];

	(void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)status->st_dev,
		       (uintmax_t)status->st_ino);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
}

/* The variable is inherited by children whose standard error is another file. */
TEST(test_another_stream)
{
	struct rig *rig = *state;
	struct stat status;

	assert_int_equal(stat("/", &status), 0);
	set_journal_stream(&status);
	log_open("t", LOG_LEVEL_INFO);
	log_error("here");
	assert_string_equal(written(rig), "t: error: here\n");
}

static int bind_journal(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = "/run/systemd/journal/socket" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		return -1;
	}
	return fd;
}

/* A /run of its own, for the journal's socket has one place only.  77: not allowed here. */
static int in_a_run_of_its_own(void)
{
	static const char expected[] = "SYSLOG_IDENTIFIER=holdfastd\nPRIORITY=6\n"
				       "HOLDFAST_MESSAGE_ID=17\nHOLDFAST_CLIENT=r-1042\n"
				       "HOLDFAST_STATE=se\\x0ant\nMESSAGE=message=17 ";
	const struct log_message message = { .id = 17, .client = "r-1042", .state = "se\nnt" };
	_cleanup_close_ int journal = -1;
	char entry[4096] = "";
	struct stat status;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "size=1m") < 0) {
		return 77;
	}
	if (fstat(STDERR_FILENO, &status) < 0 || mkdir("/run/systemd", 0755) < 0 ||
	    mkdir("/run/systemd/journal", 0755) < 0) {
		return 1;
	}

	/* journald is not there yet: its stream takes the line. */
	set_journal_stream(&status);
	log_open("holdfastd", LOG_LEVEL_INFO);
	log_error("early");
	journal = bind_journal();
	log_message(&message);
	if (recv(journal, entry, sizeof(entry) - 1, 0) < 0 ||
	    strncmp(entry, expected, strlen(expected)) != 0) {
		return 2;
	}

	/* journald stands still: nobody waits for it. */
	for (int i = 0; i < 10000; i++) {
		log_notice("%d", i);
	}
	return log_lost() > 0 ? 0 : 3;
}

TEST(test_journal)
{
	struct rig *rig = *state;
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		_exit(in_a_run_of_its_own());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		skip();
	}
	assert_int_equal(status, 0);
	assert_true(strncmp(written(rig), "holdfastd: error: early\n", 24) == 0);
}
