/*
 * The append-only log of requests.
 *
 * Not synced: it must outlive the courier that is killed, not the machine.  A
 * line that cannot be written whole is an error of the request, for a gateway
 * whose truth has holes proves nothing.
 */
#include "sandbox/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"

#define ANSWER_MOST (64L * 1024 * 1024)

struct ledger {
	int fd;
	uint64_t n;
	char *lines[LEDGER_KEPT]; /* of line n at n % LEDGER_KEPT */
};

DEFINE_CLEANUP(struct ledger *, ledger_free);

int ledger_new(const char *path, struct ledger **ret_ledger)
{
	_cleanup_(ledger_freep) struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (!ledger) {
		return -ENOMEM;
	}

	ledger->fd = -1;
	if (path) {
		ledger->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
		if (ledger->fd < 0) {
			return -errno;
		}
	}

	*ret_ledger = take_ptr(ledger);
	return 0;
}

struct ledger *ledger_free(struct ledger *ledger)
{
	if (!ledger) {
		return NULL;
	}

	for (size_t i = 0; i < LEDGER_KEPT; i++) {
		free(ledger->lines[i]);
	}
	closep(&ledger->fd);
	free(ledger);
	return NULL;
}

/* The line with its line break, as allocated bytes. */
static char *line_of(const struct ledger_entry *entry, uint64_t n, hf_time now, size_t *ret_size)
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

int ledger_write(struct ledger *ledger, const struct ledger_entry *entry, hf_time now)
{
	size_t size;
	_cleanup_free_ char *line = line_of(entry, ledger->n + 1, now, &size);
	char **place;
	ssize_t written;

	if (!line) {
		return -ENOMEM;
	}

	if (ledger->fd >= 0) {
		written = write(ledger->fd, line, size);
		if (written != (ssize_t)size) {
			return written < 0 ? -errno : -ENOSPC;
		}
	}

	place = &ledger->lines[++ledger->n % LEDGER_KEPT];
	free(*place);
	*place = take_ptr(line);
	return 0;
}

char *ledger_after(const struct ledger *ledger, uint64_t n, size_t *ret_size)
{
	struct buffer array = { .most = ANSWER_MOST };
	uint64_t first = ledger->n > LEDGER_KEPT ? ledger->n - LEDGER_KEPT + 1 : 1;

	if (n >= first) {
		first = n < ledger->n ? n + 1 : ledger->n + 1;
	}

	buffer_put_text(&array, "[");
	for (uint64_t i = first; i <= ledger->n; i++) {
		const char *line = ledger->lines[i % LEDGER_KEPT];

		buffer_put_text(&array, i > first ? "," : "");
		buffer_put(&array, line, strlen(line) - 1);
	}
	buffer_put_text(&array, "]");
	return buffer_take(&array, ret_size);
}
