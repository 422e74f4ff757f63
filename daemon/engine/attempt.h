/*
 * One message, filled with values that somebody chose: what would it cost?
 */
#ifndef HF_ENGINE_ATTEMPT_H
#define HF_ENGINE_ATTEMPT_H

#include "lib/text.h"
#include "config/language.h"
#include "engine/values.h"

struct attempt {
	const struct message *message;
	const char *values[FIELD_COUNT]; /* NULL for none */
	bool plain;                      /* texting.plain_characters */
};

/* wide: as if a character had made it UCS-2, which is one more.  0, TEXT_E_ where it cannot be sent
 * (TEXT_E_EMPTY: a field lacks its value), -errno. */
int attempt_cost(const struct attempt *attempt, bool wide, struct text_cost *ret_cost);

/* What can be said of a message without filling it again. */
struct sketch {
	int times[FIELD_COUNT];       /* that it names each field */
	int narrow_units, wide_units; /* as the attempt is */
	bool wide;                    /* is UCS-2 as it is */
	bool choice;                  /* has an alternative for some field */
};

/* The answers of attempt_cost(). */
int attempt_draw(const struct attempt *attempt, struct sketch *ret_sketch);

/* What to do about a text that takes too much, where `room` characters would fit: for UCS-2, which
 * character makes it so, and where that stands. */
#define ATTEMPT_ADVICE_MAX 200
void attempt_explain(const struct attempt *attempt, const struct text_cost *cost, int room,
		     char buffer[ATTEMPT_ADVICE_MAX]);

#endif
