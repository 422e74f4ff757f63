/* Part of nothing: what `lint floors` must find.  The ground looks up. */
#include "engine/engine.h"
