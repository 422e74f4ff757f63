/*
 * Questions and answers of the staff's door.
 *
 * Promises: every answer is JSON, and one that says no says what to do.
 */
#include "staff/reply.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "engine/moment.h"

const char *const fault_severity_words[] = {
	[FAULT_ERROR] = "error",
	[FAULT_WARNING] = "warning",
};

void reply_done(struct reply *reply)
{
	reply->json = json_free(reply->json);
}

int reply_with(struct reply *reply, int status, struct json *json)
{
	if (!json) {
		return -ENOMEM;
	}

	reply_done(reply);
	reply->status = status;
	reply->json = json;
	return 0;
}

int reply_error(struct reply *reply, int status, const char *format, ...)
{
	_cleanup_(json_freep) struct json *json = json_new_object();
	_cleanup_free_ char *message = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&message, format, arguments);
	va_end(arguments);
	if (r < 0 || !json) {
		return -ENOMEM;
	}

	r = json_put_text(json, "error", message);
	if (r < 0) {
		return r;
	}

	return reply_with(reply, status, take_ptr(json));
}

const char *request_find(const struct request *request, const char *name)
{
	return request->find ? request->find(request->userdata, name) : NULL;
}

bool request_flag(const struct request *request, const char *name)
{
	const char *value = request_find(request, name);

	return value && strcmp(value, "1") == 0;
}

int request_number(const struct request *request, const char *name, int64_t fallback, int64_t most,
		   int64_t *ret_number)
{
	const char *value = request_find(request, name);
	char *end = NULL;
	long long number;

	if (!value) {
		*ret_number = fallback;
		return 0;
	}

	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || end == value || *end || number < 1 || number > most) {
		return -EINVAL;
	}

	*ret_number = number;
	return 0;
}

int json_put_time(struct json *object, const char *key, hf_time at, const struct zone *zone)
{
	char buffer[CIVIL_RFC3339_MAX];

	if (at == 0 || at == HF_NEVER) {
		return json_put_text(object, key, NULL);
	}

	moment_format(at, zone, buffer);
	return json_put_text(object, key, buffer);
}

static struct json *new_fault(const struct fault *fault)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_text(object, "file", fault->file) != 0 ||
	    json_put_int(object, "line", fault->line) != 0 ||
	    json_put_text(object, "severity", fault_severity_words[fault->severity]) != 0 ||
	    json_put_text(object, "code", fault->code) != 0 ||
	    json_put_text(object, "message", fault->message) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

struct json *json_new_faults(const struct faults *faults)
{
	_cleanup_(json_freep) struct json *array = json_new_array();

	for (size_t i = 0; array && i < faults->count; i++) {
		if (json_add(array, new_fault(&faults->list[i])) != 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}
