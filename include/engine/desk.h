/* What everyone on the flow floor works with who deals with what comes back. */
#ifndef HF_ENGINE_DESK_H
#define HF_ENGINE_DESK_H

#include "engine/phonebook.h"

struct desk {
	struct db *db;
	const struct model *model;
	const struct phonebook *book; /* of that model */
	bool *enrol_anew; /* set where somebody is to be texted at other times; NULL: nobody plans
			   */
};

#endif
