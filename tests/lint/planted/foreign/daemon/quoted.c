/* The same, by another spelling. */
#include "sqlite3.h"
