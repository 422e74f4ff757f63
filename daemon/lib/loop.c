/*
 * The event loop, by sd-event, and what systemd is told.
 *
 * Dangerous here: a callback may free the source that called it, so nothing of
 * ours is touched after a callback returned; and sd-event's timers are 250 ms
 * late unless told otherwise, so every timer names its accuracy.
 */
#include "lib/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#include "lib/cleanup.h"
#include "lib/clock.h"

/* sd-event reads 0 as its default of 250 ms; 1 is as exact as the machine can be. */
#define TIMER_ACCURACY_US 1

/* So many dispatches a task waits while io keeps coming; then it goes first, or a socket that is
 * always readable would put it off for ever. */
#define TASK_PATIENCE 256

/* Seconds; the year 2255.  A kernel counts nanoseconds in 63 bit and ends in 2262. */
#define FAR_FUTURE INT64_C(9000000000)

/* A signal or the watch on the clock: sd-event keeps it as long as the loop lives. */
struct resident {
	loop_on_signal on_signal;
	loop_on_timer on_set;
	void *userdata;
};

struct loop {
	sd_event *event;
};

struct loop_io {
	sd_event_source *source;
	loop_on_io on_io;
	void *userdata;
};

struct loop_timer {
	sd_event_source *source;
	loop_on_timer on_timer;
	void *userdata;
};

struct loop_task {
	sd_event_source *source;
	loop_on_task on_task;
	void *userdata;
	unsigned waited; /* dispatches since it was wanted */
};

DEFINE_CLEANUP(struct loop *, loop_free);
DEFINE_CLEANUP(struct loop_io *, loop_io_free);
DEFINE_CLEANUP(struct loop_timer *, loop_timer_free);
DEFINE_CLEANUP(struct loop_task *, loop_task_free);

int loop_new(struct loop **ret_loop)
{
	_cleanup_(loop_freep) struct loop *loop = calloc(1, sizeof(*loop));
	int r;

	if (!loop) {
		return -ENOMEM;
	}

	r = sd_event_new(&loop->event);
	if (r < 0) {
		return r;
	}

	r = sd_event_set_watchdog(loop->event, true);
	if (r < 0) {
		return r;
	}

	/* A peer that went away is an error of write(2), never the end of the process. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
		return -errno;
	}

	*ret_loop = take_ptr(loop);
	return 0;
}

struct loop *loop_free(struct loop *loop)
{
	if (loop) {
		(void)sd_event_unref(loop->event);
		free(loop);
	}
	return NULL;
}

int loop_run(struct loop *loop)
{
	return sd_event_loop(loop->event);
}

int loop_turn(struct loop *loop, hf_time most)
{
	uint64_t timeout_us = most == HF_NEVER ? UINT64_MAX : most < 0 ? 0 : (uint64_t)most;
	int r;

	if (sd_event_get_state(loop->event) == SD_EVENT_FINISHED) {
		return 0;
	}

	r = sd_event_run(loop->event, timeout_us);
	if (r < 0) {
		return r;
	}

	/* No code yet is -ENODATA: nobody has asked for the end. */
	return sd_event_get_exit_code(loop->event, &r) < 0;
}

void loop_exit(struct loop *loop, int code)
{
	int before = 0;

	/* It fails only where the loop has ended already. */
	if (sd_event_get_exit_code(loop->event, &before) < 0 || before == 0) {
		(void)sd_event_exit(loop->event, code);
	}
}

static int on_io_ready(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct loop_io *io = userdata;

	(void)source;
	io->on_io(io->userdata, fd, revents);
	return 0;
}

int loop_add_io(struct loop *loop, int fd, uint32_t events, loop_on_io on_io, void *userdata,
		struct loop_io **ret_io)
{
	_cleanup_(loop_io_freep) struct loop_io *io = calloc(1, sizeof(*io));
	int r;

	if (!io) {
		return -ENOMEM;
	}

	io->on_io = on_io;
	io->userdata = userdata;
	r = sd_event_add_io(loop->event, &io->source, fd, events, on_io_ready, io);
	if (r < 0) {
		return r;
	}

	*ret_io = take_ptr(io);
	return 0;
}

int loop_io_events(struct loop_io *io, uint32_t events)
{
	return sd_event_source_set_io_events(io->source, events);
}

struct loop_io *loop_io_free(struct loop_io *io)
{
	if (io) {
		(void)sd_event_source_disable_unref(io->source);
		free(io);
	}
	return NULL;
}

static int on_timer_due(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct loop_timer *timer = userdata;

	(void)source;
	(void)usec;
	timer->on_timer(timer->userdata);
	return 0;
}

int loop_add_timer(struct loop *loop, loop_on_timer on_timer, void *userdata,
		   struct loop_timer **ret_timer)
{
	_cleanup_(loop_timer_freep) struct loop_timer *timer = calloc(1, sizeof(*timer));
	int r;

	if (!timer) {
		return -ENOMEM;
	}

	timer->on_timer = on_timer;
	timer->userdata = userdata;
	/* UINT64_MAX is sd-event's word for never. */
	r = sd_event_add_time(loop->event, &timer->source, CLOCK_MONOTONIC, UINT64_MAX,
			      TIMER_ACCURACY_US, on_timer_due, timer);
	if (r < 0) {
		return r;
	}

	*ret_timer = take_ptr(timer);
	return 0;
}

int loop_timer_set(struct loop_timer *timer, hf_time after)
{
	hf_time at;
	int r;

	/* sd-event's relative times count from the start of the turn, which may be long ago. */
	if (after == HF_NEVER ||
	    __builtin_add_overflow(clock_monotonic(), after > 0 ? after : 0, &at)) {
		return sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	}

	r = sd_event_source_set_time(timer->source, (uint64_t)at);
	if (r < 0) {
		return r;
	}

	return sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

struct loop_timer *loop_timer_free(struct loop_timer *timer)
{
	if (timer) {
		(void)sd_event_source_disable_unref(timer->source);
		free(timer);
	}
	return NULL;
}

static int on_task_turn(sd_event_source *source, void *userdata)
{
	struct loop_task *task = userdata;

	task->waited = 0;
	(void)sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IDLE);
	task->on_task(task->userdata);
	return 0;
}

/* Asked before each dispatch while the task waits. */
static int on_task_waits(sd_event_source *source, void *userdata)
{
	struct loop_task *task = userdata;

	if (++task->waited == TASK_PATIENCE) {
		(void)sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
	}
	return 0;
}

int loop_add_task(struct loop *loop, loop_on_task on_task, void *userdata,
		  struct loop_task **ret_task)
{
	_cleanup_(loop_task_freep) struct loop_task *task = calloc(1, sizeof(*task));
	int r;

	if (!task) {
		return -ENOMEM;
	}

	task->on_task = on_task;
	task->userdata = userdata;
	r = sd_event_add_defer(loop->event, &task->source, on_task_turn, task);
	if (r < 0) {
		return r;
	}

	r = sd_event_source_set_enabled(task->source, SD_EVENT_OFF);
	r = r < 0 ? r : sd_event_source_set_priority(task->source, SD_EVENT_PRIORITY_IDLE);
	r = r < 0 ? r : sd_event_source_set_prepare(task->source, on_task_waits);
	if (r < 0) {
		return r;
	}

	*ret_task = take_ptr(task);
	return 0;
}

int loop_task_want(struct loop_task *task)
{
	return sd_event_source_set_enabled(task->source, SD_EVENT_ONESHOT);
}

struct loop_task *loop_task_free(struct loop_task *task)
{
	if (task) {
		(void)sd_event_source_disable_unref(task->source);
		free(task);
	}
	return NULL;
}

/* The source and its userdata go when the loop goes; nobody else holds them. */
static void leave_to_loop(sd_event_source *source, void *userdata)
{
	(void)sd_event_source_set_userdata(source, userdata);
	(void)sd_event_source_set_destroy_callback(source, free);
	(void)sd_event_source_set_floating(source, true);
	(void)sd_event_source_unref(source);
}

static int on_signal_came(sd_event_source *source, const struct signalfd_siginfo *info,
			  void *userdata)
{
	struct resident *resident = userdata;

	(void)source;
	resident->on_signal(resident->userdata, (int)info->ssi_signo);
	return 0;
}

int loop_on(struct loop *loop, int signal_number, loop_on_signal on_signal, void *userdata)
{
	_cleanup_free_ struct resident *resident = malloc(sizeof(*resident));
	sd_event_source *source;
	sigset_t set;
	int r;

	if (!resident) {
		return -ENOMEM;
	}

	/* sd-event wants it blocked first; it then comes by a signalfd. */
	if (sigemptyset(&set) < 0 || sigaddset(&set, signal_number) < 0 ||
	    sigprocmask(SIG_BLOCK, &set, NULL) < 0) {
		return -errno;
	}

	r = sd_event_add_signal(loop->event, &source, signal_number, on_signal_came, NULL);
	if (r < 0) {
		return r;
	}

	/* Before io, or a busy socket would keep the daemon from hearing SIGTERM. */
	(void)sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
	*resident = (struct resident){ .on_signal = on_signal, .userdata = userdata };
	leave_to_loop(source, take_ptr(resident));
	return 0;
}

/* Sets the timer that never comes due, to be told when the clock is set (timerfd_create(2)). */
static int watch_clock(int fd)
{
	const struct itimerspec far = { .it_value.tv_sec = FAR_FUTURE };

	if (timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL) < 0) {
		return -errno;
	}
	return 0;
}

static int on_clock_set(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct resident *resident = userdata;
	uint64_t expirations;

	(void)source;
	(void)revents;
	/* ECANCELED is the news; whatever else made it readable, looking again does no harm. */
	if (read(fd, &expirations, sizeof(expirations)) < 0 && errno == EAGAIN) {
		return 0;
	}

	/* Watched again before the callback looks at the clock, so that no jump is missed. */
	(void)watch_clock(fd);
	resident->on_set(resident->userdata);
	return 0;
}

int loop_on_clock_set(struct loop *loop, loop_on_timer on_set, void *userdata)
{
	_cleanup_free_ struct resident *resident = malloc(sizeof(*resident));
	_cleanup_close_ int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	sd_event_source *source;
	int r;

	if (!resident || fd < 0) {
		return resident ? -errno : -ENOMEM;
	}

	r = watch_clock(fd);
	if (r < 0) {
		return r;
	}

	r = sd_event_add_io(loop->event, &source, fd, EPOLLIN, on_clock_set, NULL);
	if (r < 0) {
		return r;
	}

	(void)sd_event_source_set_io_fd_own(source, true);
	fd = -1;
	*resident = (struct resident){ .on_set = on_set, .userdata = userdata };
	leave_to_loop(source, take_ptr(resident));
	return 0;
}

void loop_notify(const char *format, ...)
{
	_cleanup_free_ char *state = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&state, format, arguments);
	va_end(arguments);
	if (length < 0) {
		state = NULL;
		return;
	}

	/* Without systemd there is nobody to tell; with it, a lost word shows in its own time-outs.
	 */
	(void)sd_notify(false, state);
}

int loop_passed_socket(const char *name)
{
	char **names = NULL;
	int count, fd = -ENOENT;

	/* The environment stays as it is, so that one may ask for the next name. */
	count = sd_listen_fds_with_names(false, &names);
	if (count <= 0) {
		return count < 0 ? count : -ENOENT;
	}

	for (int i = 0; i < count; i++) {
		if (fd < 0 && strcmp(names[i], name) == 0) {
			fd = SD_LISTEN_FDS_START + i;
		}
		free(names[i]);
	}
	free(names);
	return fd;
}
