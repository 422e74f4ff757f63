/*
 * From handles to people.
 */
#include "engine/addressee.h"

#include <stdio.h>

static void make(struct addressee *addressee, const struct model *model, const char *handle,
		 const char *number)
{
	(void)snprintf(addressee->number, sizeof(addressee->number), "%s", number);
	addressee->made = (struct client){
		.id = (char *)handle,
		.phone = addressee->number,
		.name = model->site.name,
		.language = model->site.language,
		.zone = model->site.zone,
	};
	addressee->client = &addressee->made;
}

static int find_stranger(struct db *db, const struct model *model, const char *handle,
			 struct addressee *addressee)
{
	char number[PHONE_MAX];
	int r = strangers_number(db, handle, number);

	if (r == 0) {
		make(addressee, model, handle, number);
	}
	return r < 0 ? r : 0;
}

int addressee_find(struct db *db, const struct model *model, const char *handle,
		   struct addressee *ret_addressee)
{
	const struct staff_member *member;

	ret_addressee->client = NULL;
	if (*handle == '?') {
		return find_stranger(db, model, handle, ret_addressee);
	}
	if (*handle == '@') {
		member = model_staff(model, handle + 1);
		if (member) {
			make(ret_addressee, model, handle, member->phone);
		}
		return 0;
	}

	ret_addressee->client = model_client(model, handle);
	return 0;
}
