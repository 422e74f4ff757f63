/* Part of nothing: what `lint floors` must find.  The ground looks up, as if to a library. */
#include <engine/engine.h>
