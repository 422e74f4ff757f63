/*
 * The example clinic served in memory, with a courier that takes every text and
 * answers when it is told to.  Tests run at the top of the tree.
 */
#ifndef HF_TESTS_ENGINE_RIG_H
#define HF_TESTS_ENGINE_RIG_H

#include <errno.h>
#include <stdio.h>

#include "store/store.h"
#include "engine/engine.h"

#define RIG_TEXTS_MAX 512

struct rig {
	struct db *db;
	struct engine *engine;
	struct {
		int64_t id;
		char key[40];
	} texts[RIG_TEXTS_MAX];
	size_t count, answered;
};

static inline int rig_carry(void *userdata, const char *gateway, const struct wire_text *texts,
			    size_t count)
{
	struct rig *rig = userdata;

	assert_string_equal(gateway, "primary");
	assert_true(rig->count + count <= RIG_TEXTS_MAX);
	for (size_t i = 0; i < count; i++) {
		rig->texts[rig->count].id = texts[i].id;
		(void)snprintf(rig->texts[rig->count].key, sizeof(rig->texts[0].key), "%s",
			       texts[i].key);
		rig->count++;
	}
	return 0;
}

static inline hf_time rig_moment(const char *rfc3339)
{
	hf_time at = 0;

	assert_int_equal(civil_parse_rfc3339(rfc3339, &at), 0);
	return at;
}

static inline void rig_open(struct rig *rig, const char *config, hf_time now)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	*rig = (struct rig){ 0 };
	assert_int_equal(model_load(config, &faults, &model), 0);
	faults_done(&faults);
	assert_int_equal(store_open_memory(&rig->db), 0);
	assert_int_equal(engine_new(rig->db, model, rig_carry, rig, now, &rig->engine), 0);
}

static inline void rig_close(struct rig *rig)
{
	rig->engine = engine_free(rig->engine);
	rig->db = db_close(rig->db);
	zone_close();
}

static inline void rig_hello(struct rig *rig, unsigned credit, hf_time now)
{
	const struct wire_hello hello = { .gateway = "primary", .idempotent = true, .rate = 10 };
	struct dispatch *dispatch = engine_dispatch(rig->engine);

	assert_int_equal(dispatch_courier_hello(dispatch, &hello, now), 0);
	assert_int_equal(dispatch_outcomes(dispatch, "primary", NULL, 0, credit, now), 0);
}

/* The gateway took all that were carried to it; how many those were. */
static inline size_t rig_accept(struct rig *rig, hf_time now)
{
	size_t before = rig->answered;

	while (rig->answered < rig->count) {
		const struct wire_outcome outcome = { .id = rig->texts[rig->answered].id,
						      .attempt = 1,
						      .key = rig->texts[rig->answered].key,
						      .class = OUTCOME_ACCEPTED,
						      .gateway_id = "g",
						      .reason = "" };

		assert_int_equal(dispatch_outcomes(engine_dispatch(rig->engine), "primary",
						   &outcome, 1, 1, now),
				 0);
		rig->answered++;
	}
	return rig->answered - before;
}

#endif
