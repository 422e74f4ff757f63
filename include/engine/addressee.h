/*
 * Who a handle is, and whose a number is.
 *
 * A handle is a client of the snapshot, "@mreyes" of the staff, or "?7", a number
 * that nobody knows.  For the latter two a client is made for the occasion, with
 * the site's language and zone, so that a text to them goes the way of every other.
 */
#ifndef HF_ENGINE_ADDRESSEE_H
#define HF_ENGINE_ADDRESSEE_H

#include "config/model.h"
#include "store/people.h"

#define ADDRESSEE_HANDLE_MAX 80 /* "@" and an id of the staff */

struct addressee {
	const struct client *client; /* the snapshot's, or `made`; NULL: nobody any more */
	struct client made;
	char number[PHONE_MAX];
};

/* Must not be copied, for it points into itself.  0 or -errno. */
int addressee_find(struct db *db, const struct model *model, const char *handle,
		   struct addressee *ret_addressee);

/* "@mreyes" of somebody of the staff: who is texted, and who is recorded. */
void addressee_handle(const struct staff_member *member, char buffer[ADDRESSEE_HANDLE_MAX]);

/* No client's handle begins with these. */
static inline bool addressee_is_client(const char *handle)
{
	return *handle != '@' && *handle != '?';
}

/* Whose number is it?  Made from a snapshot, and good as long as that. */
struct phonebook;

/* 0 or -ENOMEM. */
int phonebook_new(const struct model *model, struct phonebook **ret_book);
struct phonebook *phonebook_free(struct phonebook *book);
DEFINE_CLEANUP(struct phonebook *, phonebook_free);

/* How many clients have this number (several share a phone), by id; the list is the book's. */
size_t phonebook_clients(const struct phonebook *book, const char *number,
			 const struct client *const **ret_list);
/* NULL: nobody of the staff. */
const struct staff_member *phonebook_staff(const struct phonebook *book, const char *number);

#endif
