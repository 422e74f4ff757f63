/* Once a day what is older than `keep` says is forgotten. */
#ifndef HF_ENGINE_FORGET_H
#define HF_ENGINE_FORGET_H

#include "engine/context.h"

/* A little at each call, until nothing is left of that day's.  0 or -errno. */
int forget_run(const struct engine_context *ctx);

#endif
