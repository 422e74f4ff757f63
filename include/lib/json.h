/*
 * JSON (RFC 8259), by jansson: json_t is its type, and its functions are used as they are.  Here stands
 * what it leaves to its caller: limits on what a stranger sends, getters, and objects a member a row.
 *
 * A value owns what was put into it; what is got from it is borrowed and lives as long as it does.
 * Getters on a missing member or on another type give the answer for "not there", so a
 * parser of a stranger's bytes reads down the page and checks once.
 */
#ifndef HF_LIB_JSON_H
#define HF_LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "lib/cleanup.h"

enum {
	JSON_E_SYNTAX = 1, /* json_read: not JSON, or deeper than 32, or a duplicate key */
};

/* Whole input must be one value.  Numbers beyond 64 bit or infinite are JSON_E_SYNTAX. */
int json_read(const char *bytes, size_t size, json_t **ret_json);
/* Compact, UTF-8, members in insertion order.  Allocated; NULL when memory is out. */
char *json_write(const json_t *json, size_t *ret_size);
json_t *json_free(json_t *json);
DEFINE_CLEANUP(json_t *, json_free);

/* An object, a member a row:
 *
 *	JSON_OBJECT({
 *		{ "id", json_integer(row->id) },
 *		{ "text", json_or_null(row->text) },
 *	})
 *
 * It takes the values, also on failure, and is NULL where one of them is: memory is out, or a text is
 * not UTF-8.  Unlike with json_pack() the compiler sees the types. */
struct json_member {
	const char *key;
	json_t *value;
};
json_t *json_object_of(const struct json_member *members, size_t count);
#define JSON_OBJECT(...)                                                                           \
	json_object_of((const struct json_member[])__VA_ARGS__,                                    \
		       sizeof((const struct json_member[])__VA_ARGS__) /                           \
			       sizeof(struct json_member))

/* Puts all members of the other, which it takes, into the object.  0 or -ENOMEM, for a NULL too. */
int json_merge(json_t *object, json_t *other);

/* A text; null for NULL. */
json_t *json_or_null(const char *text);

/* Put into an object, or at the end of an array.  Takes the value, also on failure.  0 or -ENOMEM,
 * which a NULL value is too, so json_string() and the like may stand in the call; -EINVAL for a key
 * that is not UTF-8, or where it is no object or array. */
int json_put(json_t *object, const char *key, json_t *value);
int json_add(json_t *array, json_t *value);

/* NULL / fallback where there is no such member or it has another type. */
const char *json_text(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key, int64_t fallback);
double json_double(const json_t *object, const char *key, double fallback); /* takes integers too */
bool json_truth(const json_t *object, const char *key, bool fallback);

/* RFC 6901 pointer: "/messages/0/status".  NULL where nothing is there; "" points to the whole. */
const json_t *json_follow(const json_t *json, const char *pointer);
/* Scalars are given as text in buffer ("true", "12");
 * false where nothing or null is there or it does not fit. */
bool json_point(const json_t *json, const char *pointer, char *buffer, size_t size);

#endif
