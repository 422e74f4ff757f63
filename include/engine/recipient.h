/*
 * Who a handle is, and whose a number is.
 *
 * A handle is the id of a client, "@mreyes" for somebody of the staff, or "?7" for a
 * number that is no client's.  For the last two a client is made up, with the site's
 * language and zone, so that texts to them are sent like all others; whoever may ask for
 * help for a client is written to in her own language.
 */
#ifndef HF_ENGINE_RECIPIENT_H
#define HF_ENGINE_RECIPIENT_H

#include "config/model.h"
#include "store/people.h"

#define RECIPIENT_HANDLE_MAX 80 /* "@" and an id of the staff */

struct recipient {
	const struct client *client; /* of the snapshot, or `made`; NULL: nobody has that handle */
	struct client made;
	char number[PHONE_MAX];
};

/* *ret_recipient points into itself and must not be copied.  0 or -errno. */
int recipient_find(struct db *db, const struct model *model, const char *handle,
		   struct recipient *ret_recipient);

/* "@mreyes" of somebody of the staff: who is texted, and who is recorded. */
void recipient_handle(const struct staff_member *member, char buffer[RECIPIENT_HANDLE_MAX]);

/* No client's handle begins with these. */
static inline bool recipient_is_client(const char *handle)
{
	return *handle != '@' && *handle != '?';
}

/* The numbers of a snapshot; it lives as long as the snapshot. */
struct phonebook;

/* 0 or -ENOMEM. */
int phonebook_new(const struct model *model, struct phonebook **ret_book);
struct phonebook *phonebook_free(struct phonebook *book);
DEFINE_CLEANUP(struct phonebook *, phonebook_free);

/* How many clients have this number: several may share a phone.  *ret_list is sorted by id and
 * borrowed from the book. */
size_t phonebook_clients(const struct phonebook *book, const char *number,
			 const struct client *const **ret_list);
/* For how many clients whoever has this number may ask for help.  *ret_list is sorted by the clients' ids
 * and borrowed from the book. */
struct may_ask {
	const struct loved_one *person;
	const struct client *client;
};
size_t phonebook_may_ask(const struct phonebook *book, const char *number,
			 const struct may_ask **ret_list);
/* NULL: nobody of the staff has it. */
const struct staff_member *phonebook_staff(const struct phonebook *book, const char *number);

#endif
