/*
 * What the fields of a text become: from the client, what the text is about,
 * and the day on which it happens.  Which there are is said by TEMPLATE_FIELDS.
 */
#ifndef HF_ENGINE_FIELD_H
#define HF_ENGINE_FIELD_H

#include "config/model.h"
#include "store/outbox.h"

#define FIELD_VALUE_MAX 80 /* bytes of a value that is not a text of the snapshot */

/* What begins before this minute of a day belongs to the night before, as people speak of it:
 * "Friday night", at Saturday's 0:30. */
#define NIGHT_ENDS (4 * 60)

/* What the values of one text are taken from. */
struct values {
	const struct model *model;
	const struct client *client;
	const struct outbox_message *row;
	const struct meeting *meeting;         /* NULL where it is about none */
	const struct appointment *appointment; /* the same */
	const struct reminder *reminder;       /* the same */
	const char *language;
	int per_week;                 /* see engine/frequency.h; 0: not counted */
	int turn;                     /* how many of its like went before it: chooses of several */
	const struct civil *when;     /* instead of all times that it would have; NULL for those */
	char buffer[FIELD_VALUE_MAX]; /* of the value that was asked for last */
};

struct field {
	const char *name;
	enum field_of of;
	const char *longest; /* see TEMPLATE_FIELDS */
	/* NULL or "" for none; good until the next is asked for. */
	const char *(*value)(struct values *values);
};

/* One more for each: no term of a sum stands in parentheses.
 * NOLINTNEXTLINE(bugprone-macro-parentheses) */
#define FIELD_ONE(name, of, longest) +1
enum { FIELD_COUNT = TEMPLATE_FIELDS(FIELD_ONE) };
extern const struct field fields[FIELD_COUNT];

/* Its index; FIELD_COUNT for none. */
size_t field_find(const char *name);
/* Has the client what this field becomes?  True for all that is not for her to have. */
bool field_is_given(const char *name, const struct client *client);

/* A text_field whose userdata is a struct values. */
int values_look_up(void *userdata, const char *name, const char **ret_value);
/* The one of what a reminder counts that falls on the day on which it happens, the largest unit of
 * several.  False where none does. */
bool values_counted(const struct values *values, struct counted *ret_counted);

#endif
