#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"
#include "lib/clock.h"
#include "lib/watch.h"

#define SHORT (HF_SECOND / 50)

struct rig {
	struct loop *loop;
	struct watch *watch;
	int ours, theirs;
	unsigned ready, times;
	uint32_t events;
};

static void on_ready(void *userdata, int fd, uint32_t events)
{
	struct rig *rig = userdata;

	assert_int_equal(fd, rig->ours);
	rig->ready++;
	rig->events = events;
}

static void on_time(void *userdata)
{
	((struct rig *)userdata)->times++;
}

static void rig_open(struct rig *rig)
{
	static const struct watch_handlers handlers = { on_ready, on_time };
	int fds[2];

	*rig = (struct rig){ 0 };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	rig->ours = fds[0];
	rig->theirs = fds[1];
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(watch_new(rig->loop, &handlers, rig, &rig->watch), 0);
}

static void rig_close(struct rig *rig)
{
	assert_null(watch_free(rig->watch));
	assert_null(watch_free(NULL));
	loop_free(rig->loop);
	(void)close(rig->ours);
	(void)close(rig->theirs);
}

static void turns(struct rig *rig, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		assert_true(loop_turn(rig->loop, SHORT) >= 0);
	}
}

TEST(test_what_is_wanted_is_heard)
{
	struct rig rig;

	rig_open(&rig);
	assert_int_equal(watch_own(rig.watch, rig.ours), 0);
	assert_int_equal(watch_want(rig.watch, rig.ours, EPOLLOUT), 0);
	turns(&rig, 1);
	assert_int_equal(rig.events, EPOLLOUT);

	/* Nothing is wanted: writable for ever, and yet nothing is heard. */
	assert_int_equal(watch_want(rig.watch, rig.ours, 0), 0);
	rig.ready = 0;
	turns(&rig, 3);
	assert_int_equal(rig.ready, 0);

	assert_int_equal(watch_want(rig.watch, rig.ours, EPOLLIN), 0);
	turns(&rig, 2);
	assert_int_equal(rig.ready, 0);
	assert_int_equal(write(rig.theirs, "x", 1), 1);
	turns(&rig, 1);
	assert_int_equal(rig.ready, 1);
	rig_close(&rig);
}

/* The peer of an idle connection says something: nobody is told, and it does not spin. */
TEST(test_an_idle_one_is_left_alone)
{
	struct rig rig;

	rig_open(&rig);
	assert_int_equal(watch_own(rig.watch, rig.ours), 0);
	assert_int_equal(watch_want(rig.watch, rig.ours, EPOLLIN), 0);
	assert_int_equal(watch_want(rig.watch, rig.ours, 0), 0);
	assert_int_equal(write(rig.theirs, "x", 1), 1);
	turns(&rig, 5);
	assert_int_equal(rig.ready, 0);

	/* Wanted again, it is heard. */
	assert_int_equal(watch_want(rig.watch, rig.ours, EPOLLIN), 0);
	turns(&rig, 1);
	assert_int_equal(rig.ready, 1);

	/* Only writing is wanted, and there is something to read. */
	assert_int_equal(watch_want(rig.watch, rig.ours, EPOLLOUT), 0);
	turns(&rig, 2);
	assert_true(rig.events & EPOLLOUT);
	assert_false(rig.events & EPOLLIN);
	rig_close(&rig);
}

/* The number of a closed descriptor comes back as another one's. */
TEST(test_a_number_that_comes_back)
{
	struct rig rig;
	int before, fds[2];

	rig_open(&rig);
	before = rig.ours;
	assert_int_equal(watch_own(rig.watch, before), 0);
	assert_int_equal(watch_want(rig.watch, before, EPOLLIN), 0);
	assert_int_equal(watch_want(rig.watch, before, 0), 0);
	watch_forget(rig.watch, before);
	watch_forget(rig.watch, before);
	watch_forget(rig.watch, 100000);
	(void)close(before);
	(void)close(rig.theirs);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(fds[0], before);
	rig.theirs = fds[1];
	assert_int_equal(watch_want(rig.watch, fds[0], EPOLLIN), 0);
	assert_int_equal(write(rig.theirs, "x", 1), 1);
	turns(&rig, 1);
	assert_int_equal(rig.ready, 1);

	/* Not owned: given up as soon as it is not wanted. */
	assert_int_equal(watch_want(rig.watch, fds[0], 0), 0);
	turns(&rig, 2);
	assert_int_equal(rig.ready, 1);
	rig_close(&rig);
}

static void wait_for_times(struct rig *rig, unsigned times)
{
	hf_time end = clock_monotonic() + 10 * HF_SECOND;

	while (rig->times < times && clock_monotonic() < end) {
		turns(rig, 1);
	}
	assert_int_equal(rig->times, times);
}

TEST(test_the_timer)
{
	struct rig rig;
	hf_time began;

	rig_open(&rig);
	assert_int_equal(watch_call_after(rig.watch, 0), 0);
	assert_int_equal(rig.times, 0);
	wait_for_times(&rig, 1);

	/* Further off than what was set before: it fires early inside, and once outside. */
	began = clock_monotonic();
	assert_int_equal(watch_call_after(rig.watch, SHORT), 0);
	assert_int_equal(watch_call_after(rig.watch, 5 * SHORT), 0);
	wait_for_times(&rig, 2);
	assert_true(clock_monotonic() - began >= 5 * SHORT);

	/* Nearer. */
	assert_int_equal(watch_call_after(rig.watch, HF_HOUR), 0);
	assert_int_equal(watch_call_after(rig.watch, SHORT), 0);
	wait_for_times(&rig, 3);

	assert_int_equal(watch_call_after(rig.watch, SHORT), 0);
	assert_int_equal(watch_call_after(rig.watch, HF_NEVER), 0);
	turns(&rig, 5);
	assert_int_equal(rig.times, 3);
	rig_close(&rig);
}
