/*
 * A pretend holdfastd for the courier's tests: listens on the wire and keeps
 * what it hears.
 */
#ifndef HF_TESTS_HOME_H
#define HF_TESTS_HOME_H

#include <inttypes.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/wire.h"
#include "gateway_rig.h"

#define HOME_OUTCOMES 512

struct heard {
	int64_t id;
	int attempt;
	enum outcome_class class;
	hf_time retry_after;
	char key[WIRE_KEY_MAX + 1], gateway_id[64], reason[128];
};

struct home {
	struct loop *loop;
	struct gateway_dir dir;
	char path[64]; /* of the wire */
	int fd;
	struct loop_io *io;
	struct wire *wire;
	unsigned connections, hellos, closed;
	bool idempotent;
	double rate;
	unsigned credit, most_credit; /* not yet used; the most there ever was */
	unsigned given;               /* in all */
	struct heard outcomes[HOME_OUTCOMES];
	unsigned count;
};

static inline void home_on_hello(void *userdata, const struct wire_hello *hello)
{
	struct home *home = userdata;

	assert_string_equal(hello->gateway, "one");
	home->hellos++;
	home->idempotent = hello->idempotent;
	home->rate = hello->rate;
}

static inline void home_on_outcomes(void *userdata, const struct wire_outcome *outcomes,
				    size_t count, unsigned credit)
{
	struct home *home = userdata;

	assert_true(home->count + count <= HOME_OUTCOMES);
	for (size_t i = 0; i < count; i++) {
		struct heard *heard = &home->outcomes[home->count++];

		heard->id = outcomes[i].id;
		heard->attempt = outcomes[i].attempt;
		heard->class = outcomes[i].class;
		heard->retry_after = outcomes[i].retry_after;
		(void)snprintf(heard->key, sizeof(heard->key), "%s", outcomes[i].key);
		(void)snprintf(heard->gateway_id, sizeof(heard->gateway_id), "%s",
			       outcomes[i].gateway_id);
		(void)snprintf(heard->reason, sizeof(heard->reason), "%s", outcomes[i].reason);
	}
	home->given += credit;
	home->credit += credit;
	if (home->credit > home->most_credit) {
		home->most_credit = home->credit;
	}
}

static inline void home_hang_up(struct home *home)
{
	home->wire = wire_free(home->wire);
	home->credit = 0;
}

static inline void home_on_closed(void *userdata, const char *why)
{
	struct home *home = userdata;

	(void)why;
	home->closed++;
	home_hang_up(home);
}

static inline void home_on_knock(void *userdata, int fd, uint32_t revents)
{
	static const struct wire_handlers handlers = {
		.on_hello = home_on_hello,
		.on_outcomes = home_on_outcomes,
		.on_closed = home_on_closed,
	};
	struct home *home = userdata;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	assert_true(peer >= 0);
	home->wire = wire_free(home->wire);
	assert_int_equal(wire_new(home->loop, peer, &handlers, home, &home->wire), 0);
	home->connections++;
}

static inline void home_listen(struct home *home)
{
	assert_int_equal(wire_listen(home->path, &home->fd), 0);
	assert_int_equal(loop_add_io(home->loop, home->fd, EPOLLIN, home_on_knock, home, &home->io),
			 0);
}

/* As if it had died: nobody listens, the socket's file stays. */
static inline void home_die(struct home *home)
{
	home_hang_up(home);
	home->io = loop_io_free(home->io);
	if (home->fd >= 0) {
		(void)close(home->fd);
	}
	home->fd = -1;
}

static inline void home_open(struct home *home)
{
	*home = (struct home){ .fd = -1 };
	gateway_dir_open(&home->dir);
	(void)snprintf(home->path, sizeof(home->path), "%s/wire.sock", home->dir.path);
	assert_int_equal(loop_new(&home->loop), 0);
	home_listen(home);
}

static inline void home_close(struct home *home)
{
	home_die(home);
	loop_free(home->loop);
	gateway_dir_close(&home->dir);
}

/* One turn after the other until it is so. */
#define wait_until(home, condition)                                                                \
	do {                                                                                       \
		hf_time end_ = clock_monotonic() + 20 * HF_SECOND;                                 \
		while (!(condition)) {                                                             \
			if (clock_monotonic() > end_) {                                            \
				fail_msg("in vain: %s", #condition);                               \
			}                                                                          \
			assert_true(loop_turn((home)->loop, HF_SECOND / 10) >= 0);                 \
		}                                                                                  \
	} while (0)

static inline void let_pass(struct home *home, hf_time length)
{
	hf_time end = clock_monotonic() + length;

	while (clock_monotonic() < end) {
		assert_true(loop_turn(home->loop, HF_SECOND / 100) >= 0);
	}
}

/* Texts id, id + 1 ..., each of so many segments; uses credit. */
static inline void home_send(struct home *home, int64_t id, unsigned count, int segments)
{
	struct wire_text texts[64];
	char keys[64][32];

	assert_true(count <= 64 && count <= home->credit);
	home->credit -= count;
	for (unsigned i = 0; i < count; i++) {
		(void)snprintf(keys[i], sizeof(keys[i]), "key-%" PRId64 ".", id + i);
		texts[i] = (struct wire_text){
			.id = id + i,
			.attempt = 1,
			.key = keys[i],
			.to = "+13125550142",
			.body = "hello",
			.segments = segments,
			.valid_for = HF_HOUR,
			.at = "2026-11-23T10:00:00-06:00",
		};
	}
	assert_int_equal(wire_send_texts(home->wire, texts, count), 0);
}

#endif
