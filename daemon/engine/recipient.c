/*
 * From handles to people, and from numbers to people.
 */
#include "engine/recipient.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- by handle ---------------------------------------------------------------------- */

void recipient_handle(const struct staff_member *member, char buffer[RECIPIENT_HANDLE_MAX])
{
	(void)snprintf(buffer, RECIPIENT_HANDLE_MAX, "@%s", member->id);
}

static void make_client(struct recipient *recipient, const struct model *model, const char *handle,
			const char *number)
{
	(void)snprintf(recipient->number, sizeof(recipient->number), "%s", number);
	recipient->made = (struct client){
		.id = (char *)handle,
		.phone = recipient->number,
		.name = model->site.name,
		.language = model->site.language,
		.zone = model->site.zone,
	};
	recipient->client = &recipient->made;
}

int recipient_find(struct db *db, const struct model *model, const char *handle,
		   struct recipient *ret_recipient)
{
	const struct staff_member *member;
	char number[PHONE_MAX];
	int r;

	ret_recipient->client = NULL;
	if (*handle == '?') {
		r = strangers_number(db, handle, number);
		if (r == 0) {
			make_client(ret_recipient, model, handle, number);
		}
		return r < 0 ? r : 0;
	}
	if (*handle == '@') {
		member = model_staff(model, handle + 1);
		if (member) {
			make_client(ret_recipient, model, handle, member->phone);
		}
		return 0;
	}

	ret_recipient->client = model_client(model, handle);
	return 0;
}

/* --- by number ---------------------------------------------------------------------- */

struct phonebook {
	const struct model *model;
	size_t count;
	const struct client *list[]; /* by number, then id */
};

struct phonebook *phonebook_free(struct phonebook *book)
{
	free(book);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const struct client *left = *(const struct client *const *)a;
	const struct client *right = *(const struct client *const *)b;
	int order = strcmp(left->phone, right->phone);

	return order ? order : strcmp(left->id, right->id);
}

int phonebook_new(const struct model *model, struct phonebook **ret_book)
{
	struct phonebook *book =
		calloc(1, sizeof(*book) + model->client_count * sizeof(struct client *));

	if (!book) {
		return -ENOMEM;
	}

	book->model = model;
	book->count = model->client_count;
	for (size_t i = 0; i < book->count; i++) {
		book->list[i] = &model->clients[i];
	}
	qsort(book->list, book->count, sizeof(struct client *), compare);
	*ret_book = book;
	return 0;
}

/* The first whose number is not before this one. */
static size_t first_of(const struct phonebook *book, const char *number)
{
	size_t low = 0, high = book->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(book->list[middle]->phone, number) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

size_t phonebook_clients(const struct phonebook *book, const char *number,
			 const struct client *const **ret_list)
{
	size_t first = first_of(book, number), count = 0;

	while (first + count < book->count &&
	       strcmp(book->list[first + count]->phone, number) == 0) {
		count++;
	}
	*ret_list = book->list + first;
	return count;
}

const struct staff_member *phonebook_staff(const struct phonebook *book, const char *number)
{
	for (size_t i = 0; i < book->model->staff_count; i++) {
		const struct staff_member *member = &book->model->staff[i];

		if (member->phone && strcmp(member->phone, number) == 0) {
			return member;
		}
	}
	return NULL;
}
