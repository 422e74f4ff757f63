/* A cycle of two. */
#include "lib/round.h"
