/*
 * How a text that is foreseen is written as JSON, and how far holdfastd foresees:
 * the same for its door and for holdfastctl.
 */
#ifndef HF_STAFF_FORECAST_H
#define HF_STAFF_FORECAST_H

#include "lib/json.h"
#include "engine/preview.h"

#define FORECAST_DAYS_MAX 31

/* A row as `preview --json` has it; NULL when memory is out. */
json_t *forecast_new_row(const struct preview_row *row);

#endif
