/* Deadlines on socket pairs: who is late is shut down, who moved on is not. */
#include <errno.h>
#include <sys/socket.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/deadline.h"

#define LENGTH (50L * 1000) /* µs */

struct rig {
	struct loop *loop;
	struct deadlines *queue;
	int pairs[3][2];
	struct deadline deadlines[3];
};

static int rig_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(deadlines_new(rig->loop, LENGTH, &rig->queue), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, rig->pairs[i]),
				 0);
		deadline_init(&rig->deadlines[i], rig->queue, rig->pairs[i][0]);
	}

	*state = rig;
	return 0;
}

static int rig_down(void **state)
{
	struct rig *rig = *state;

	for (int i = 0; i < 3; i++) {
		deadline_stop(&rig->deadlines[i]);
		(void)close(rig->pairs[i][0]);
		(void)close(rig->pairs[i][1]);
	}
	rig->queue = deadlines_free(rig->queue);
	rig->loop = loop_free(rig->loop);
	free(rig);
	return 0;
}

static bool is_shut(struct rig *rig, int i)
{
	char byte;

	return recv(rig->pairs[i][1], &byte, 1, MSG_DONTWAIT) == 0;
}

static void turn_for(struct rig *rig, hf_time length)
{
	hf_time until = clock_monotonic() + length;

	while (clock_monotonic() < until) {
		assert_true(loop_turn(rig->loop, until - clock_monotonic()) >= 0);
	}
}

FIXTURE(rig_up, rig_down);

TEST(test_who_is_late_is_shut_down)
{
	struct rig *rig = *state;
	hf_time start = clock_monotonic();

	deadline_restart(&rig->deadlines[0]);
	while (!is_shut(rig, 0) && clock_monotonic() - start < 5 * HF_SECOND) {
		assert_true(loop_turn(rig->loop, LENGTH) >= 0);
	}

	assert_true(clock_monotonic() - start >= LENGTH);
	assert_true(is_shut(rig, 0));
	assert_false(is_shut(rig, 1));
	assert_false(rig->deadlines[0].runs);

	/* The timer is armed again for the next one. */
	deadline_restart(&rig->deadlines[1]);
	turn_for(rig, 2 * LENGTH);
	assert_true(is_shut(rig, 1));
}

TEST(test_who_moves_on_is_spared)
{
	struct rig *rig = *state;

	deadline_restart(&rig->deadlines[0]);
	deadline_restart(&rig->deadlines[1]);
	deadline_restart(&rig->deadlines[2]);
	deadline_stop(&rig->deadlines[2]);
	deadline_stop(&rig->deadlines[2]);
	for (int i = 0; i < 6; i++) {
		turn_for(rig, LENGTH / 3);
		deadline_restart(&rig->deadlines[0]);
	}

	assert_false(is_shut(rig, 0));
	assert_true(is_shut(rig, 1));
	assert_false(is_shut(rig, 2));
}

TEST(test_freed, NULL, NULL)
{
	assert_null(deadlines_free(NULL));
}
