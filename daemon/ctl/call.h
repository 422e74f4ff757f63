/* Questions to holdfastd over its socket, and what is said when it says no. */
#ifndef HF_CTL_CALL_H
#define HF_CTL_CALL_H

#include "lib/json.h"
#include "ctl/command.h"

/* A path with its query, put together piece by piece; values are percent-encoded. */
#define CALL_PATH_MAX 2048
struct call_path {
	char text[CALL_PATH_MAX];
	bool query;    /* there is a "?" already */
	bool too_long; /* then call_get() refuses it */
};
void call_path_init(struct call_path *path, const char *start);
void call_path_name(struct call_path *path, const char *name); /* one name, after a "/" */
/* NULL: not asked for. */
void call_path_query(struct call_path *path, const char *key, const char *value);

/* 0 with the answer, or the exit code after the reason was said on standard error. */
int call_get(const struct ctl *ctl, const struct call_path *path, json_t **ret_json);
/* *ret_json is the answer also where it says no (CTL_NO): it may hold more than the reason. */
int call_post(const struct ctl *ctl, const char *path, const json_t *body, json_t **ret_json);

/* Prints the answer as it is.  An array goes on one line for each element. */
int call_print_json(const json_t *json);

#endif
