/* Whose number is it?  Made from a snapshot, and good as long as that. */
#ifndef HF_ENGINE_PHONEBOOK_H
#define HF_ENGINE_PHONEBOOK_H

#include "config/model.h"

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
