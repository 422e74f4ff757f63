/* Part of nothing: what `lint floors` must find.  A header beside a .c file is for its own folder. */
#include "lib/circle.h"
