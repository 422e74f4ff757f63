/*
 * One event loop a process (sd-event), and what systemd is told (sd-daemon).
 * Callbacks return nothing: whoever cannot go on calls loop_exit().
 * A source is freed by its loop_*_free; freeing one inside its own callback is allowed.
 */
#ifndef HF_LIB_LOOP_H
#define HF_LIB_LOOP_H

#include <stdint.h>
#include <sys/types.h>

#include "lib/civil.h"

struct loop;
struct loop_io;
struct loop_timer;
struct loop_task;

/* With WatchdogSec= the loop pings systemd by itself.  SIGPIPE is ignored. */
int loop_new(struct loop **ret_loop);
struct loop *loop_free(struct loop *loop);

/* Runs until loop_exit(); returns its code, or -errno. */
int loop_run(struct loop *loop);
/* One turn: waits at most `most` µs (HF_NEVER: for ever).  > 0 while there is more, 0 after
 * loop_exit. For tests. */
int loop_turn(struct loop *loop, hf_time most);
/* Of several codes the first that is not 0 counts: what comes after it only follows from it. */
void loop_exit(struct loop *loop, int code);

/* events and revents are EPOLLIN | EPOLLOUT ... (epoll_ctl(2)).  The descriptor stays the caller's.
 */
typedef void (*loop_on_io)(void *userdata, int fd, uint32_t revents);
int loop_add_io(struct loop *loop, int fd, uint32_t events, loop_on_io on_io, void *userdata,
		struct loop_io **ret_io);
int loop_io_events(struct loop_io *io, uint32_t events);
struct loop_io *loop_io_free(struct loop_io *io);

/* A one-shot monotonic timer, not armed when made.  `after` is relative µs; HF_NEVER disarms; set
 * again to repeat. */
typedef void (*loop_on_timer)(void *userdata);
int loop_add_timer(struct loop *loop, loop_on_timer on_timer, void *userdata,
		   struct loop_timer **ret_timer);
int loop_timer_set(struct loop_timer *timer, hf_time after);
struct loop_timer *loop_timer_free(struct loop_timer *timer);

/* Work for the end of this turn, after all io of the turn was seen: outcomes gathered there are
 * committed as one.  Wanting it twice runs it once; not armed when made. */
typedef void (*loop_on_task)(void *userdata);
int loop_add_task(struct loop *loop, loop_on_task on_task, void *userdata,
		  struct loop_task **ret_task);
int loop_task_want(struct loop_task *task);
struct loop_task *loop_task_free(struct loop_task *task);

/* SIGTERM, SIGINT, SIGHUP ...: blocked and delivered here. */
typedef void (*loop_on_signal)(void *userdata, int signal_number);
int loop_on(struct loop *loop, int signal_number, loop_on_signal on_signal, void *userdata);

/* The wall clock was set (TFD_TIMER_CANCEL_ON_SET): whoever sleeps until a wall time must look
 * again. */
int loop_on_clock_set(struct loop *loop, loop_on_timer on_set, void *userdata);

/* sd_notify(3): "READY=1", "RELOADING=1\nMONOTONIC_USEC=...", "STATUS=...", "STOPPING=1".  Nothing
 * without systemd. */
__attribute__((format(printf, 1, 2))) void loop_notify(const char *format, ...);

/* A socket that systemd passed under FileDescriptorName=name: the descriptor, or -ENOENT. */
int loop_passed_socket(const char *name);

#endif
