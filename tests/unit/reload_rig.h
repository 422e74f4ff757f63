/*
 * A configuration that is edited, and the snapshots that follow each other.
 */
#ifndef HF_TESTS_RELOAD_RIG_H
#define HF_TESTS_RELOAD_RIG_H

#include "config_rig.h"

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/zone.h"
#include "config/model.h"

struct reload {
	char dir[sizeof(RIG_DIR)];
	struct model *model; /* the last good one */
	struct faults faults;
	int answer;
};

static inline hf_time reload_now(void)
{
	struct clock clock;

	clock_init_real(&clock);
	return clock_now(&clock);
}

/* Past the time in which what was just written is not trusted. */
static inline hf_time reload_later(void)
{
	return reload_now() + 2 * FILE_SETTLED_AFTER;
}

static inline void reload_at(struct reload *reload, hf_time now)
{
	struct model *model = NULL;

	faults_done(&reload->faults);
	reload->faults = (struct faults){ 0 };
	reload->answer = model_reload(reload->model, reload->dir, now, &reload->faults, &model);
	if (reload->answer == 0) {
		(void)model_free(reload->model);
		reload->model = model;
	} else {
		assert_null(model);
	}
}

static inline void reload_begin(struct reload *reload)
{
	*reload = (struct reload){ .dir = RIG_DIR };
	rig_new(reload->dir);
	reload_at(reload, reload_later());
	assert_int_equal(reload->answer, 0);
}

static inline void reload_end(struct reload *reload)
{
	faults_done(&reload->faults);
	(void)model_free(reload->model);
	rig_remove(reload->dir);
	zone_close();
}

/* Refused, for this alone. */
static inline void reload_blames(struct reload *reload, const char *file, const char *code)
{
	assert_int_equal(reload->answer, CONF_E_FAULT);
	assert_true(reload->faults.count > 0);
	assert_string_equal(reload->faults.list[0].file, file);
	assert_string_equal(reload->faults.list[0].code, code);
}

/* Until what is written gets another time than what was written before. */
static inline void reload_next_tick(const char *dir)
{
	struct file_stamp first, stamp;
	_cleanup_free_ char *path = rig_path(dir, "tick");

	rig_write(dir, "tick", "");
	assert_int_equal(file_stamp(path, &first), 0);
	do {
		rig_write(dir, "tick", "");
		assert_int_equal(file_stamp(path, &stamp), 0);
	} while (file_stamp_same(&first, &stamp));
}

#endif
