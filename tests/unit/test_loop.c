/* The loop: who runs when, and that anything may be freed by its own callback. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/loop.h"

/* A loop, a few sources, and the order in which they ran. */
struct rig {
	struct loop *loop;
	struct loop_io *io[2];
	struct loop_timer *timer;
	struct loop_task *task;
	int fd[2];
	char order[32];
	int again;
	hf_time after;
};

static void note(struct rig *rig, char c)
{
	size_t length = strlen(rig->order);

	assert_true(length + 1 < sizeof(rig->order));
	rig->order[length] = c;
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	assert_int_equal(loop_new(&rig->loop), 0);
	for (int i = 0; i < 2; i++) {
		rig->fd[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		assert_true(rig->fd[i] >= 0);
	}
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	for (int i = 0; i < 2; i++) {
		rig->io[i] = loop_io_free(rig->io[i]);
		closep(&rig->fd[i]);
	}
	rig->timer = loop_timer_free(rig->timer);
	rig->task = loop_task_free(rig->task);
	rig->loop = loop_free(rig->loop);
	free(rig);
	return 0;
}

static void turn(struct rig *rig, int count)
{
	for (int i = 0; i < count; i++) {
		assert_true(loop_turn(rig->loop, 0) >= 0);
	}
}

static void ring(int fd)
{
	assert_int_equal(eventfd_write(fd, 1), 0);
}

static void on_bell(void *userdata, int fd, uint32_t revents)
{
	struct rig *rig = userdata;
	eventfd_t value;

	assert_true(revents & EPOLLIN);
	assert_int_equal(eventfd_read(fd, &value), 0);
	note(rig, fd == rig->fd[0] ? 'a' : 'b');
	if (rig->task) {
		assert_int_equal(loop_task_want(rig->task), 0);
		assert_int_equal(loop_task_want(rig->task), 0);
	}
}

static void add_bells(struct rig *rig)
{
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			loop_add_io(rig->loop, rig->fd[i], EPOLLIN, on_bell, rig, &rig->io[i]), 0);
	}
}

FIXTURE(set_up, tear_down);

TEST(test_io)
{
	struct rig *rig = *state;
	struct loop_io *second = NULL;

	add_bells(rig);
	turn(rig, 2);
	assert_string_equal(rig->order, "");

	ring(rig->fd[1]);
	turn(rig, 2);
	assert_string_equal(rig->order, "b");

	/* Nothing is asked for, then input again. */
	assert_int_equal(loop_io_events(rig->io[1], 0), 0);
	ring(rig->fd[1]);
	turn(rig, 2);
	assert_string_equal(rig->order, "b");
	assert_int_equal(loop_io_events(rig->io[1], EPOLLIN), 0);
	turn(rig, 2);
	assert_string_equal(rig->order, "bb");

	assert_int_equal(loop_add_io(rig->loop, -1, EPOLLIN, on_bell, rig, &second), -EBADF);
	assert_int_equal(loop_add_io(rig->loop, rig->fd[0], EPOLLIN, on_bell, rig, &second),
			 -EEXIST);
	assert_null(second);
}

static void on_bell_frees_all(void *userdata, int fd, uint32_t revents)
{
	struct rig *rig = userdata;

	(void)fd;
	(void)revents;
	note(rig, 'f');
	rig->io[0] = loop_io_free(rig->io[0]);
	rig->io[1] = loop_io_free(rig->io[1]);
	rig->timer = loop_timer_free(rig->timer);
	rig->task = loop_task_free(rig->task);
}

static void on_timer(void *userdata)
{
	struct rig *rig = userdata;

	note(rig, 't');
	if (rig->again > 0) {
		rig->again--;
		assert_int_equal(loop_timer_set(rig->timer, rig->after), 0);
	}
}

static void on_task(void *userdata)
{
	struct rig *rig = userdata;

	note(rig, 'T');
	if (rig->again > 0) {
		rig->again--;
		assert_int_equal(loop_task_want(rig->task), 0);
	}
}

/* Both are ready and all else is due, and the first of them frees everything. */
TEST(test_free_inside)
{
	struct rig *rig = *state;

	for (int i = 0; i < 2; i++) {
		ring(rig->fd[i]);
		assert_int_equal(loop_add_io(rig->loop, rig->fd[i], EPOLLIN, on_bell_frees_all, rig,
					     &rig->io[i]),
				 0);
	}
	assert_int_equal(loop_add_task(rig->loop, on_task, rig, &rig->task), 0);
	assert_int_equal(loop_task_want(rig->task), 0);
	turn(rig, 4);
	assert_string_equal(rig->order, "f");
}

static void on_timer_frees(void *userdata)
{
	struct rig *rig = userdata;

	rig->timer = loop_timer_free(rig->timer);
	note(rig, 't');
}

static void on_task_frees(void *userdata)
{
	struct rig *rig = userdata;

	rig->task = loop_task_free(rig->task);
	note(rig, 'T');
}

TEST(test_free_timer_and_task_inside)
{
	struct rig *rig = *state;

	assert_int_equal(loop_add_timer(rig->loop, on_timer_frees, rig, &rig->timer), 0);
	assert_int_equal(loop_add_task(rig->loop, on_task_frees, rig, &rig->task), 0);
	assert_int_equal(loop_timer_set(rig->timer, 0), 0);
	turn(rig, 3);
	assert_int_equal(loop_task_want(rig->task), 0);
	turn(rig, 3);
	assert_string_equal(rig->order, "tT");
	assert_null(loop_timer_free(NULL));
	assert_null(loop_task_free(NULL));
	assert_null(loop_io_free(NULL));
	assert_null(loop_free(NULL));
}

TEST(test_timer)
{
	struct rig *rig = *state;

	assert_int_equal(loop_add_timer(rig->loop, on_timer, rig, &rig->timer), 0);
	turn(rig, 2);
	assert_string_equal(rig->order, "");

	/* Once, though it is set twice; and set again by its own callback. */
	rig->again = 1;
	assert_int_equal(loop_timer_set(rig->timer, HF_HOUR), 0);
	assert_int_equal(loop_timer_set(rig->timer, -5), 0);
	turn(rig, 5);
	assert_string_equal(rig->order, "tt");

	assert_int_equal(loop_timer_set(rig->timer, 0), 0);
	assert_int_equal(loop_timer_set(rig->timer, HF_NEVER), 0);
	turn(rig, 3);
	assert_int_equal(loop_timer_set(rig->timer, HF_NEVER - 1), 0);
	turn(rig, 3);
	assert_string_equal(rig->order, "tt");
}

/* Never early; and of ten, one is on time even on a busy machine.  sd-event's own accuracy would
 * make them all up to 250 ms late. */
TEST(test_timer_is_exact)
{
	struct rig *rig = *state;
	hf_time least = HF_NEVER;

	assert_int_equal(loop_add_timer(rig->loop, on_timer, rig, &rig->timer), 0);
	for (int i = 0; i < 10; i++) {
		hf_time due = clock_monotonic() + 3000, late;
		size_t before = strlen(rig->order);

		assert_int_equal(loop_timer_set(rig->timer, 3000), 0);
		while (strlen(rig->order) == before) {
			assert_true(loop_turn(rig->loop, HF_SECOND) > 0);
		}
		late = clock_monotonic() - due;
		assert_true(late >= 0);
		least = late < least ? late : least;
	}
	assert_true(least < 20000);
}

TEST(test_task_is_last)
{
	struct rig *rig = *state;

	add_bells(rig);
	assert_int_equal(loop_add_task(rig->loop, on_task, rig, &rig->task), 0);
	turn(rig, 2);
	assert_string_equal(rig->order, "");

	ring(rig->fd[0]);
	ring(rig->fd[1]);
	turn(rig, 6);
	assert_int_equal(strlen(rig->order), 3);
	assert_int_equal(rig->order[2], 'T');

	/* Wanted by itself: once more. */
	rig->again = 1;
	assert_int_equal(loop_task_want(rig->task), 0);
	turn(rig, 6);
	assert_string_equal(rig->order + 3, "TT");
}

static void on_endless(void *userdata, int fd, uint32_t revents)
{
	struct rig *rig = userdata;

	(void)fd;
	(void)revents;
	rig->after++;
}

/* A descriptor that is always readable puts a task off, but not for ever. */
TEST(test_task_is_patient_and_no_more)
{
	struct rig *rig = *state;

	ring(rig->fd[0]);
	assert_int_equal(loop_add_io(rig->loop, rig->fd[0], EPOLLIN, on_endless, rig, &rig->io[0]),
			 0);
	assert_int_equal(loop_add_task(rig->loop, on_task, rig, &rig->task), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(loop_task_want(rig->task), 0);
		for (int turns = 0; strlen(rig->order) == i; turns++) {
			assert_in_range(turns, 0, 1000);
			turn(rig, 1);
		}
		assert_true(rig->after > 100);
		rig->after = 0;
	}
}

static void on_signal(void *userdata, int signal_number)
{
	struct rig *rig = userdata;

	note(rig, signal_number == SIGUSR1 ? '1' : '2');
	if (signal_number == SIGUSR2) {
		loop_exit(rig->loop, 7);
	}
}

TEST(test_signals_and_the_end)
{
	struct rig *rig = *state;

	assert_int_equal(loop_on(rig->loop, SIGUSR1, on_signal, rig), 0);
	assert_int_equal(loop_on(rig->loop, SIGUSR2, on_signal, rig), 0);
	assert_int_equal(loop_on(rig->loop, SIGUSR2, on_signal, rig), -EBUSY);
	assert_int_equal(loop_on(rig->loop, 0, on_signal, rig), -EINVAL);

	assert_int_equal(raise(SIGUSR1), 0);
	turn(rig, 2);
	assert_string_equal(rig->order, "1");
	assert_int_equal(raise(SIGUSR2), 0);
	assert_int_equal(loop_run(rig->loop), 7);
	assert_string_equal(rig->order, "12");
	assert_int_equal(loop_turn(rig->loop, HF_NEVER), 0);
	loop_exit(rig->loop, 8);
}

TEST(test_turn_after_exit)
{
	struct rig *rig = *state;

	assert_int_equal(loop_turn(rig->loop, 1000), 1);
	loop_exit(rig->loop, 0);
	assert_int_equal(loop_turn(rig->loop, HF_NEVER), 0);
	assert_int_equal(loop_turn(rig->loop, HF_NEVER), 0);
}

TEST(test_broken_pipe)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	closep(&ends[0]);
	assert_int_equal(write(ends[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	closep(&ends[1]);
}

static void on_set(void *userdata)
{
	note(userdata, 's');
}

TEST(test_clock_set)
{
	struct rig *rig = *state;
	struct timespec now;

	assert_int_equal(loop_on_clock_set(rig->loop, on_set, rig), 0);
	turn(rig, 2);
	assert_string_equal(rig->order, "");
	for (int i = 0; i < 2; i++) {
		/* To what it shows: a jump nonetheless for the kernel. */
		assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
		if (clock_settime(CLOCK_REALTIME, &now) < 0) {
			skip();
		}
		turn(rig, 3);
	}
	assert_string_equal(rig->order, "ss");
}
