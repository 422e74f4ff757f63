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

/* Whoever may ask for help for several has the language that the first of them gives her. */
static const char *language_of(const struct model *model, const char *number)
{
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		for (size_t j = 0; j < client->loved_one_count; j++) {
			const struct loved_one *person = &client->loved_ones[j];

			if (strcmp(person->phone, number) == 0) {
				return person->language ? person->language : client->language;
			}
		}
	}
	return model->site.language;
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
			ret_recipient->made.language = (char *)language_of(model, number);
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
	struct may_ask *may_ask; /* by number, then id */
	size_t may_ask_count, count;
	const struct client *list[]; /* by number, then id */
};

struct phonebook *phonebook_free(struct phonebook *book)
{
	if (book) {
		free(book->may_ask);
	}
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

static int compare_may_ask(const void *a, const void *b)
{
	const struct may_ask *left = a, *right = b;
	int order = strcmp(left->person->phone, right->person->phone);

	return order ? order : strcmp(left->client->id, right->client->id);
}

static int list_may_ask(struct phonebook *book)
{
	size_t room = 0;

	for (size_t i = 0; i < book->count; i++) {
		room += book->model->clients[i].loved_one_count;
	}
	if (room == 0) {
		return 0;
	}
	book->may_ask = calloc(room, sizeof(*book->may_ask));
	if (!book->may_ask) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < book->count; i++) {
		const struct client *client = &book->model->clients[i];

		for (size_t j = 0; j < client->loved_one_count; j++) {
			book->may_ask[book->may_ask_count++] =
				(struct may_ask){ &client->loved_ones[j], client };
		}
	}
	qsort(book->may_ask, room, sizeof(*book->may_ask), compare_may_ask);
	return 0;
}

int phonebook_new(const struct model *model, struct phonebook **ret_book)
{
	_cleanup_(phonebook_freep) struct phonebook *book =
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
	if (list_may_ask(book) != 0) {
		return -ENOMEM;
	}
	*ret_book = take_ptr(book);
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

size_t phonebook_may_ask(const struct phonebook *book, const char *number,
			 const struct may_ask **ret_list)
{
	size_t first = 0, count = 0;

	while (first < book->may_ask_count &&
	       strcmp(book->may_ask[first].person->phone, number) < 0) {
		first++;
	}
	while (first + count < book->may_ask_count &&
	       strcmp(book->may_ask[first + count].person->phone, number) == 0) {
		count++;
	}
	*ret_list = book->may_ask ? book->may_ask + first : NULL;
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
