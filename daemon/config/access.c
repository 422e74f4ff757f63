/*
 * The modes of files and folders.
 *
 * The example's clients are nobody: their numbers are those that are kept for
 * stories.  So its sources may be read by everybody.
 */
#include "config/access.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "lib/phone.h"

static bool is_open(const char *folder)
{
	struct stat status;

	return stat(folder, &status) == 0 && status.st_mode & S_IXOTH;
}

static bool has_somebody(const struct part *part)
{
	const struct client *clients = (const void *)part->things;

	for (size_t i = 0; i < part->count; i++) {
		if (clients[i].phone && !phone_is_fictional(clients[i].phone)) {
			return true;
		}
	}
	return false;
}

int access_check(const char *dir, struct part *const *parts, size_t count, struct faults *faults)
{
	_cleanup_free_ char *clients = NULL;

	if (asprintf(&clients, "%s/clients", dir) < 0) {
		clients = NULL;
		return -ENOMEM;
	}
	if (!is_open(dir) || !is_open(clients)) {
		return 0;
	}

	for (size_t i = 0; i < count; i++) {
		const struct part *part = parts[i];

		if (part->kind == PART_CLIENTS && part->stamp.mode & S_IROTH &&
		    has_somebody(part)) {
			fault_add(faults, FAULT_WARNING, part->shown, 1, "readable",
				  "everybody on this machine may read who is enrolled; chmod o-rwx "
				  "clients");
		}
	}
	return 0;
}
