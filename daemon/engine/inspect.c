/*
 * The one way in which programs read a configuration.
 */
#include "engine/inspect.h"

#include "engine/extent.h"
#include "engine/timetable.h"

int inspect_reload(const struct model *previous, const char *file, hf_time now,
		   struct faults *faults, struct model **ret_model)
{
	_cleanup_(model_freep) struct model *model = NULL;
	size_t errors = faults->errors;
	int r = model_reload(previous, file, now, faults, &model);

	if (r != 0) {
		return r;
	}

	r = extent_check(model, faults);
	if (r == 0) {
		r = timetable_check(model, faults);
	}
	if (r < 0) {
		return r;
	}
	if (faults->errors > errors) {
		return CONF_E_FAULT;
	}

	*ret_model = take_ptr(model);
	return 0;
}

int inspect_load(const char *file, struct faults *faults, struct model **ret_model)
{
	return inspect_reload(NULL, file, 0, faults, ret_model);
}
