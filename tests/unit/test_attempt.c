/* One message with chosen values. */
#include <string.h>

#include "test.h"
#include "engine/attempt.h"

TEST(what_it_costs)
{
	struct message message = { .text = (char *)"{site}: {name}, {place|here}" };
	struct attempt attempt = { .message = &message, .plain = true };
	struct text_cost cost = { .segments = 7 };

	attempt.values[FIELD_SITE] = "R";
	assert_int_equal(attempt_cost(&attempt, false, &cost), TEXT_E_EMPTY);
	assert_int_equal(cost.segments, 7);

	attempt.values[FIELD_NAME] = "\xc3\x81na"; /* Ana with an accent that GSM-7 lacks */
	assert_int_equal(attempt_cost(&attempt, false, &cost), 0);
	assert_int_equal(cost.encoding, TEXT_GSM7);
	assert_int_equal(cost.units, 12);
	attempt.plain = false;
	assert_int_equal(attempt_cost(&attempt, false, &cost), 0);
	assert_int_equal(cost.encoding, TEXT_UCS2);

	attempt.plain = true;
	attempt.values[FIELD_PLACE] = "[4]";
	assert_int_equal(attempt_cost(&attempt, false, &cost), 0);
	assert_int_equal(cost.units, 13);
	assert_int_equal(attempt_cost(&attempt, true, &cost), 0);
	assert_int_equal(cost.encoding, TEXT_UCS2);
	assert_int_equal(cost.units, 12);
}

TEST(what_no_text_can_hold)
{
	static char endless[5000];
	struct message message = { .text = (char *)"{name}" };
	struct attempt attempt = { .message = &message, .values = { [FIELD_NAME] = endless } };
	struct text_cost cost;

	memset(endless, 'y', sizeof(endless) - 1);
	assert_int_equal(attempt_cost(&attempt, false, &cost), 0);
	assert_true(cost.segments > 10);
}

TEST(what_is_known_without_filling)
{
	struct message message = {
		.text = (char *)"{place|here} {place} {{name}}: {site} {sponsor}"
	};
	struct attempt attempt = { .message = &message };
	struct sketch sketch;

	attempt.values[FIELD_PLACE] = attempt.values[FIELD_SITE] = "4";
	assert_int_equal(attempt_draw(&attempt, &sketch), TEXT_E_EMPTY);
	attempt.values[FIELD_SPONSOR] = "Sam";
	assert_int_equal(attempt_draw(&attempt, &sketch), 0);
	assert_int_equal(sketch.times[FIELD_PLACE], 2);
	assert_int_equal(sketch.times[FIELD_SITE], 1);
	assert_int_equal(sketch.times[FIELD_SPONSOR], 1);
	assert_int_equal(sketch.times[FIELD_NAME], 0);
	assert_int_equal(sketch.narrow_units, 19);
	assert_int_equal(sketch.wide_units, 18);
	assert_false(sketch.wide);
	assert_true(sketch.choice);
}
