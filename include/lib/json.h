/*
 * JSON (RFC 8259), by jansson.  A value owns what was put into it; what is got
 * from it is borrowed and lives as long as it does.  Getters on a missing
 * member or on another type give the answer for "not there", so a
 * parser of a stranger's bytes reads down the page and checks once.
 */
#ifndef HF_LIB_JSON_H
#define HF_LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cleanup.h"

struct json;

enum {
	JSON_E_SYNTAX = 1, /* json_read: not JSON, or deeper than 32, or a duplicate key */
};

/* Whole input must be one value.  Numbers beyond 64 bit or infinite are JSON_E_SYNTAX. */
int json_read(const char *bytes, size_t size, struct json **ret_json);
/* Compact, UTF-8, members in insertion order.  Allocated; NULL when memory is out. */
char *json_write(const struct json *json, size_t *ret_size);
char *json_write_pretty(const struct json *json);
struct json *json_free(struct json *json);
DEFINE_CLEANUP(struct json *, json_free);

/* New containers; NULL when memory is out. */
struct json *json_new_object(void);
struct json *json_new_array(void);

/* Put into an object.  0 or -ENOMEM; -EINVAL for text that is not UTF-8.  A NULL text puts null. */
int json_put_text(struct json *object, const char *key, const char *text);
int json_put_int(struct json *object, const char *key, int64_t number);
int json_put_real(struct json *object, const char *key, double number);
int json_put_bool(struct json *object, const char *key, bool truth);
/* Takes the value, also on failure; a NULL value is -ENOMEM, so json_new_ may stand in the call. */
int json_put(struct json *object, const char *key, struct json *value);
int json_add(struct json *array, struct json *value);
int json_add_text(struct json *array, const char *text);

/* NULL / fallback / 0 where there is no such member or it has another type. */
const char *json_text(const struct json *object, const char *key);
int64_t json_int(const struct json *object, const char *key, int64_t fallback);
double json_double(const struct json *object, const char *key,
		   double fallback); /* takes integers too */
bool json_truth(const struct json *object, const char *key, bool fallback);
const struct json *json_get(const struct json *object, const char *key);
bool json_is_list(const struct json *json);
size_t json_count(const struct json *array); /* 0 also for what is no array */
const struct json *json_at(const struct json *array, size_t index);

/* RFC 6901 pointer: "/messages/0/status".  Scalars are given as text in buffer ("true", "12");
 * false where nothing or null is there or it does not fit. */
bool json_point(const struct json *json, const char *pointer, char *buffer, size_t size);

/* Walk an object's members: for (void *i = json_first(o); i; i = json_next(o, i)). */
void *json_first(const struct json *object);
void *json_next(const struct json *object, void *member);
const char *json_member_key(void *member);
const struct json *json_member_value(void *member);
/* The value itself as text / integer where it is not a member. */
const char *json_self_text(const struct json *json);
int64_t json_self_int(const struct json *json, int64_t fallback);

#endif
