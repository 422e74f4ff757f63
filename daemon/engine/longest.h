/*
 * The longest values that the fields of messages get, for those who read one
 * language.
 */
#ifndef HF_ENGINE_LONGEST_H
#define HF_ENGINE_LONGEST_H

#include "config/model.h"
#include "engine/values.h"

/* The longest values of one field among the clients of one language. */
struct longest {
	const char *narrow, *any, *exotic;         /* in GSM-7; of all; of those that GSM-7 lacks */
	int narrow_units, any_units, exotic_units; /* septets; UTF-16 for the others */
	bool missing;                              /* somebody has none */
};

/* One language's readers. */
struct readers {
	const char *language;
	char day[WORDING_MAX], time[WORDING_MAX], when[WORDING_MAX]; /* the longest */
	struct longest longest[FIELD_COUNT];
	bool any; /* is there anybody? */
};

/* For each of the model's languages, in its order; the caller frees the list. */
int longest_find(const struct model *model, struct readers **ret_readers);

#endif
