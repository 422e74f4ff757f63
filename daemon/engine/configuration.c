/*
 * The one way in which programs read a configuration, and what is said about it.
 *
 * Promises: the faults of the files are those that are shown, also where a copy
 * is used in their place.
 */
#include "engine/configuration.h"

#include <stdio.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "config/lastgood.h"
#include "engine/check_fields.h"
#include "engine/check_frequency.h"
#include "engine/check_length.h"
#include "engine/check_schedule.h"
#include "engine/promise.h"

/* Files have the machine's time, also where a rehearsal's clock is told. */
int configuration_read(const struct model *previous, const char *file, struct faults *faults,
		       struct model **ret_model)
{
	_cleanup_(model_freep) struct model *model = NULL;
	size_t errors = faults->errors;
	struct clock machine;
	int r;

	clock_init_real(&machine);
	r = model_reload(previous, file, clock_now(&machine), faults, &model);
	if (r != 0) {
		return r;
	}

	r = check_length(model, faults);
	if (r == 0) {
		r = check_schedule(model, faults);
	}
	r = r ? r : promise_check(model, faults);
	r = r ? r : check_fields(model, faults);
	if (r < 0) {
		return r;
	}
	if (faults->errors > errors) {
		return CONF_E_FAULT;
	}

	*ret_model = take_ptr(model);
	return 0;
}

int configuration_check(const char *file, struct faults *faults, struct model **ret_model)
{
	struct model *model;
	int r = configuration_read(NULL, file, faults, &model);

	if (r != 0) {
		return r;
	}
	r = check_frequency(model, faults);
	if (r != 0) {
		(void)model_free(model);
		return r;
	}

	*ret_model = model;
	return 0;
}

#define FAULTS_SHOWN 5

static void log_faults(const struct faults *faults)
{
	size_t shown = faults->count < FAULTS_SHOWN ? faults->count : FAULTS_SHOWN;

	for (size_t i = 0; i < shown; i++) {
		const struct fault *fault = &faults->list[i];

		if (fault->severity == FAULT_ERROR) {
			log_error("%s:%u: %s", fault->file, fault->line, fault->message);
		} else {
			log_warning("%s:%u: %s", fault->file, fault->line, fault->message);
		}
	}
	if (faults->count > shown) {
		log_notice("%zu more; holdfastctl check shows all", faults->count - shown);
	}
}

void configuration_error(const struct faults *faults, char error[CONFIGURATION_ERROR_MAX])
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];

		if (fault->severity == FAULT_ERROR) {
			(void)snprintf(error, CONFIGURATION_ERROR_MAX, "%s:%u: %s", fault->file,
				       fault->line, fault->message);
			return;
		}
	}
}

int configuration_load(const struct model *previous, const char *config, struct faults *faults,
		       struct model **ret_model)
{
	int r = configuration_read(previous, config, faults, ret_model);

	log_faults(faults);
	return r;
}

int configuration_start(const char *config, const char *state_dir, struct model **ret_model,
			char ret_error[CONFIGURATION_ERROR_MAX])
{
	_cleanup_(faults_done) struct faults faults = { 0 }, stale = { 0 };
	int r;

	r = configuration_load(NULL, config, &faults, ret_model);
	if (r <= 0 || !state_dir) {
		return r;
	}

	r = lastgood_load(state_dir, &stale, ret_model);
	if (r != 0) {
		return r < 0 ? r : CONF_E_FAULT;
	}
	configuration_error(&faults, ret_error);
	log_error("the configuration has faults, so its last good copy is used; mend them and "
		  "reload");
	return 0;
}

/* Without a copy all goes on; only a start after a bad edit would not. */
void configuration_keep(const struct model *model, const char *state_dir)
{
	int r = lastgood_keep(model, state_dir, NULL);

	if (r != 0) {
		log_warning("no copy of this configuration is kept for a start with a broken one: "
			    "%s",
			    r > 0 ? "a file has changed since it was read" : strerror(-r));
	}
}
