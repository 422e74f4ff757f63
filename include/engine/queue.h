/* Answers of gateways that have been read off the wire and not settled yet, copied, in the order
 * they came. */
#ifndef HF_ENGINE_QUEUE_H
#define HF_ENGINE_QUEUE_H

#include <stddef.h>

#include "lib/wire.h"
#include "engine/outlet.h"

#define QUEUE_MAX 16384 /* several times the credit of a gateway */

struct queue;

int queue_new(struct queue **ret_queue);
struct queue *queue_free(struct queue *queue);

/* -ENOBUFS when it is full.  The gateway is borrowed and must outlive the queue. */
int queue_add(struct queue *queue, const struct outlet *outlet, const struct wire_outcome *outcome);
size_t queue_count(const struct queue *queue);
const struct outlet *queue_outlet(const struct queue *queue, size_t index);
const struct wire_outcome *queue_outcome(const struct queue *queue, size_t index);
void queue_drop(struct queue *queue); /* all of it */

#endif
