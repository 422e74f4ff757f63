/*
 * A list that grows to its limit and is emptied at once.
 */
#include "engine/queue.h"

#include <errno.h>

#include "lib/arena.h"
#include "lib/cleanup.h"

struct entry {
	const struct outlet *outlet;
	struct wire_outcome outcome;
};

struct queue {
	struct arena *arena; /* the texts of the entries; NULL while there are none */
	struct entry *list;
	size_t count, room;
};

int queue_new(struct queue **ret_queue)
{
	struct queue *queue = calloc(1, sizeof(*queue));

	if (!queue) {
		return -ENOMEM;
	}

	*ret_queue = queue;
	return 0;
}

struct queue *queue_free(struct queue *queue)
{
	if (queue) {
		queue_drop(queue);
		free(queue->list);
		free(queue);
	}
	return NULL;
}

static int make_room(struct queue *queue)
{
	size_t room = queue->room ? 2 * queue->room : 128;
	struct entry *list;
	int r;

	if (queue->count >= QUEUE_MAX) {
		return -ENOBUFS;
	}
	if (!queue->arena) {
		r = arena_new(&queue->arena);
		if (r != 0) {
			return r;
		}
	}
	if (queue->count < queue->room) {
		return 0;
	}

	list = reallocarray(queue->list, room, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	queue->list = list;
	queue->room = room;
	return 0;
}

int queue_add(struct queue *queue, const struct outlet *outlet, const struct wire_outcome *outcome)
{
	struct wire_outcome copy = *outcome;
	int r = make_room(queue);

	if (r != 0) {
		return r;
	}

	copy.key = arena_copy(queue->arena, outcome->key ? outcome->key : "");
	copy.gateway_id = arena_copy(queue->arena, outcome->gateway_id ? outcome->gateway_id : "");
	copy.reason = arena_copy(queue->arena, outcome->reason ? outcome->reason : "");
	if (!copy.key || !copy.gateway_id || !copy.reason) {
		return -ENOMEM;
	}

	queue->list[queue->count++] = (struct entry){ .outlet = outlet, .outcome = copy };
	return 0;
}

size_t queue_count(const struct queue *queue)
{
	return queue->count;
}

const struct outlet *queue_outlet(const struct queue *queue, size_t index)
{
	return queue->list[index].outlet;
}

const struct wire_outcome *queue_outcome(const struct queue *queue, size_t index)
{
	return &queue->list[index].outcome;
}

void queue_drop(struct queue *queue)
{
	queue->arena = arena_free(queue->arena);
	queue->count = 0;
}
