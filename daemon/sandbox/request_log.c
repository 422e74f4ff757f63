/*
 * The append-only log of requests.
 *
 * Not synced: it must outlive the courier that is killed, not the machine.  A
 * line that cannot be written whole is an error of the request, for a gateway
 * whose truth has holes proves nothing.
 */
#include "sandbox/request_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"

#define ANSWER_MOST (64L * 1024 * 1024)

struct request_log {
	int fd;
	uint64_t n;
	char *lines[REQUEST_LOG_KEPT]; /* of line n at n % REQUEST_LOG_KEPT */
};

DEFINE_CLEANUP(struct request_log *, request_log_free);

int request_log_new(const char *path, struct request_log **ret_log)
{
	_cleanup_(request_log_freep) struct request_log *log = calloc(1, sizeof(*log));

	if (!log) {
		return -ENOMEM;
	}

	log->fd = -1;
	if (path) {
		log->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (log->fd < 0) {
			return -errno;
		}
	}

	*ret_log = take_ptr(log);
	return 0;
}

struct request_log *request_log_free(struct request_log *log)
{
	if (!log) {
		return NULL;
	}

	for (size_t i = 0; i < REQUEST_LOG_KEPT; i++) {
		free(log->lines[i]);
	}
	closep(&log->fd);
	free(log);
	return NULL;
}

/* The line with its line break, as allocated bytes. */
static char *reference_line(const struct request_entry *entry, uint64_t n, hf_time now,
			    size_t *ret_size)
{
	_cleanup_(json_freep) json_t *line = NULL;
	char at[CIVIL_RFC3339_MAX];
	char *text, *whole;

	civil_format_utc(now, at);
	line = json_pack("{s:I, s:s, s:s?, s:s?, s:s?, s:s?, s:s?, s:b, s:b, s:s}", "n",
			 (json_int_t)n, "at", at, "key", entry->key, "to", entry->to, "from",
			 entry->from, "text", entry->text, "said_at", entry->said_at, "repeat",
			 entry->repeat, "delivered", entry->delivered, "fault", entry->fault);
	if (!line) {
		return NULL;
	}

	text = json_write(line, ret_size);
	whole = text ? realloc(text, *ret_size + 2) : NULL;
	if (!whole) {
		free(text);
		return NULL;
	}

	whole[(*ret_size)++] = '\n';
	whole[*ret_size] = '\0';
	return whole;
}

int request_log_write(struct request_log *log, const struct request_entry *entry, hf_time now)
{
	size_t size;
	_cleanup_free_ char *line = reference_line(entry, log->n + 1, now, &size);
	char **place;
	ssize_t written;

	if (!line) {
		return -ENOMEM;
	}

	if (log->fd >= 0) {
		written = write(log->fd, line, size);
		if (written != (ssize_t)size) {
			return written < 0 ? -errno : -ENOSPC;
		}
	}

	place = &log->lines[++log->n % REQUEST_LOG_KEPT];
	free(*place);
	*place = take_ptr(line);
	return 0;
}

char *request_log_after(const struct request_log *log, uint64_t n, size_t *ret_size)
{
	struct buffer array = { .most = ANSWER_MOST };
	uint64_t first = log->n > REQUEST_LOG_KEPT ? log->n - REQUEST_LOG_KEPT + 1 : 1;

	if (n >= first) {
		first = n < log->n ? n + 1 : log->n + 1;
	}

	buffer_put_text(&array, "[");
	for (uint64_t i = first; i <= log->n; i++) {
		const char *line = log->lines[i % REQUEST_LOG_KEPT];

		buffer_put_text(&array, i > first ? "," : "");
		buffer_put(&array, line, strlen(line) - 1);
	}
	buffer_put_text(&array, "]");
	return buffer_take(&array, ret_size);
}
