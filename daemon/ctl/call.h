/* Questions to holdfastd over its socket, and what is said when it says no. */
#ifndef HF_CTL_CALL_H
#define HF_CTL_CALL_H

#include "lib/json.h"
#include "ctl/command.h"

/* A path with its query; names and values are percent-encoded. */
#define CALL_PATH_MAX 2048
struct call_path {
	char text[CALL_PATH_MAX];
	bool query;    /* there is a "?" already */
	bool too_long; /* then it is refused */
};
/* The name stands in the place of the route's star; NULL where it has none. */
void call_path_init(struct call_path *path, const char *route, const char *name);
/* NULL: not asked for. */
void call_path_query(struct call_path *path, const char *key, const char *value);
/* The query is an option of the same name; a flag is "1". */
void call_path_value(struct call_path *path, const struct arguments *arguments, const char *option);
void call_path_flag(struct call_path *path, const struct arguments *arguments, const char *option);

/* 0 with the answer, or the exit code after the reason was said on standard error. */
int call_get(const struct ctl *ctl, const struct call_path *path, json_t **ret_json);
/* *ret_json is the answer also where it says no (CTL_NO): it may hold more than the reason.  body
 * may be NULL. */
int call_post(const struct ctl *ctl, const struct call_path *path, const json_t *body,
	      json_t **ret_json);

/* The whole of a command that asks for something: what comes is printed as JSON, or by `print`,
 * which gives the exit code. */
int call_show(const struct ctl *ctl, const struct call_path *path,
	      int (*print)(const json_t *answer));
/* The same of one that changes something.  Takes the body; NULL is a word that is not UTF-8. */
int call_change(const struct ctl *ctl, const struct call_path *path, json_t *body,
		int (*print)(const json_t *answer));

/* Prints the answer as it is.  An array goes on one line for each element. */
int call_print_json(const json_t *json);

/* The same for an array whose elements come one by one: `before` have been printed.  Exit codes. */
int call_print_element(const json_t *element, size_t before);
int call_print_end(size_t count);

#endif
