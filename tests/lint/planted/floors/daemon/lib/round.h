#include "lib/circle.h"
