/*
 * Log lines, to the journal with fields or to standard error as text.
 *
 * A line never makes the daemon wait: a journal or a pipe that does not take it
 * at once loses it, and the loss is counted.  So the journal's own protocol
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL) is spoken here: sd_journal_send() blocks while
 * journald does not read, until the watchdog kills us, and tells nobody when
 * journald is gone.
 *
 * Dangerous here: what a stranger wrote may end up in a line.  Control
 * characters are escaped, so that it stays one line and one field.
 */
#include "lib/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/cleanup.h"

/* A pipe takes up to 4096 bytes (PIPE_BUF) whole or not at all; so much for the name before it. */
#define TEMPLATE_MAX 3072
#define WORD_MAX     128
#define LINE_SIZE    4096

static const struct {
	const char *word;
	int priority; /* syslog(3) */
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", 3 },
	[LOG_LEVEL_WARNING] = { "warning", 4 },
	[LOG_LEVEL_NOTICE] = { "notice", 5 },
	[LOG_LEVEL_INFO] = { "info", 6 },
};

/* The only state of this module: there is one log in a process. */
static struct {
	char program[32];
	enum log_level level;
	int journal; /* a datagram socket, or -1 */
	uint64_t lost;
} state = { .program = "holdfast", .level = LOG_LEVEL_INFO, .journal = -1 };

/* systemd.exec(5): $JOURNAL_STREAM is "device:inode" of the stream that it made our standard
 * error.  It is inherited, so a child whose standard error is something else must not believe it.
 */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat status;

	/* A number that is out of range is no file's.  NOLINTNEXTLINE(cert-err34-c) */
	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device &&
	       status.st_ino == inode;
}

void log_open(const char *program, enum log_level level)
{
	(void)snprintf(state.program, sizeof(state.program), "%s", program);
	state.level = level;

	/* A reader that went away is an error of write(2), also before there is a loop; and SIGUSR1,
	 * which some send to a daemon when they rotate its log, would end the process. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGUSR1, SIG_IGN);

	closep(&state.journal);
	state.journal = -1;
	if (stderr_is_journal()) {
		state.journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	}
}

/* Copies what fits, with every control character as \xNN; C1 controls too (U+0080-U+009F, in
 * UTF-8 C2 80-9F), which some terminals obey. */
static void escape(const char *text, char *buffer, size_t size)
{
	unsigned char before = 0;
	size_t length = 0;

	for (; *text && length + 5 <= size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f || (before == 0xc2 && c >= 0x80 && c < 0xa0)) {
			length += (size_t)snprintf(buffer + length, size - length, "\\x%02x", c);
		} else {
			buffer[length++] = (char)c;
		}
		before = c;
	}

	buffer[length] = '\0';
}

enum log_level log_limit(enum log_level level)
{
	enum log_level before = state.level;

	state.level = level;
	return before;
}

static bool send_to_journal(enum log_level level, const char *message, const char *fields)
{
	static const struct sockaddr_un journald = {
		.sun_family = AF_UNIX,
		.sun_path = "/run/systemd/journal/socket",
	};
	char entry[LINE_SIZE];
	int length;

	length = snprintf(entry, sizeof(entry), "SYSLOG_IDENTIFIER=%s\nPRIORITY=%d\n%sMESSAGE=%s\n",
			  state.program, levels[level].priority, fields, message);
	return length > 0 && (size_t)length < sizeof(entry) &&
	       sendto(state.journal, entry, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL,
		      (const struct sockaddr *)&journald, sizeof(journald)) == length;
}

static bool write_to_stderr(enum log_level level, const char *message)
{
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	char line[LINE_SIZE];
	int length;

	length = snprintf(line, sizeof(line), "%s: %s: %s\n", state.program, levels[level].word,
			  message);
	if (length < 0 || (size_t)length >= sizeof(line)) {
		return false;
	}

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) &&
	       write(STDERR_FILENO, line, (size_t)length) == length;
}

/* `fields` are whole lines of the journal's protocol, escaped already. */
static void emit(enum log_level level, const char *message, const char *fields)
{
	int saved_errno = errno;

	/* Standard error still leads to the journal while journald is being restarted. */
	if ((state.journal < 0 || !send_to_journal(level, message, fields)) &&
	    !write_to_stderr(level, message)) {
		state.lost++;
	}

	errno = saved_errno;
}

__attribute__((format(printf, 2, 0))) static void emit_format(enum log_level level,
							      const char *format, va_list arguments)
{
	char raw[TEMPLATE_MAX], message[TEMPLATE_MAX];

	if (level > state.level || vsnprintf(raw, sizeof(raw), format, arguments) < 0) {
		return;
	}

	escape(raw, message, sizeof(message));
	emit(level, message, "");
}

/* The functions differ only in their level, and C cannot pass on "...". */
#define EMIT(level)                                                                                \
	do {                                                                                       \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, format);                                                       \
		emit_format(level, format, arguments);                                             \
		va_end(arguments);                                                                 \
	} while (0)

void log_error(const char *format, ...)
{
	EMIT(LOG_LEVEL_ERROR);
}

void log_warning(const char *format, ...)
{
	EMIT(LOG_LEVEL_WARNING);
}

void log_notice(const char *format, ...)
{
	EMIT(LOG_LEVEL_NOTICE);
}

static const char *word(const char *text, char buffer[WORD_MAX])
{
	if (!text || !*text) {
		return "-";
	}

	escape(text, buffer, WORD_MAX);
	return buffer;
}

void log_message(const struct log_message *message)
{
	char client[WORD_MAX], kind[WORD_MAX], now_in[WORD_MAX], gateway[WORD_MAX];
	char reason[WORD_MAX], line[TEMPLATE_MAX], fields[3 * WORD_MAX];
	const char *who = word(message->client, client), *what = word(message->state, now_in);

	if (state.level < LOG_LEVEL_INFO) {
		return;
	}

	(void)snprintf(line, sizeof(line),
		       "message=%" PRId64 " client=%s kind=%s state=%s gateway=%s attempt=%d "
		       "segments=%d delay=%.3fs reason=%s",
		       message->id, who, word(message->kind, kind), what,
		       word(message->gateway, gateway), message->attempt, message->segments,
		       (double)message->delay_us / 1e6, word(message->reason, reason));
	(void)snprintf(fields, sizeof(fields),
		       "HOLDFAST_MESSAGE_ID=%" PRId64 "\nHOLDFAST_CLIENT=%s\nHOLDFAST_STATE=%s\n",
		       message->id, who, what);
	emit(LOG_LEVEL_INFO, line, fields);
}

uint64_t log_lost(void)
{
	return state.lost;
}
