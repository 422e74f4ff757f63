/*
 * holdfastctl's end of the staff's door.
 *
 * Promises: exit codes that scripts can rely on: said no is not the same as
 * nobody there.
 */
#include "ctl/call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/http.h"
#include "lib/url.h"

static void append(struct call_path *path, const char *text, bool encode)
{
	size_t used = strlen(path->text), size = strlen(text);
	size_t room = sizeof(path->text) - used - 1;

	if (size * (encode ? 3 : 1) > room) {
		path->too_long = true;
	} else if (encode) {
		path->text[used + url_escape(text, size, path->text + used)] = '\0';
	} else {
		memcpy(path->text + used, text, size + 1);
	}
}

void call_path_init(struct call_path *path, const char *start)
{
	*path = (struct call_path){ 0 };
	append(path, start, false);
}

void call_path_name(struct call_path *path, const char *name)
{
	append(path, "/", false);
	append(path, name, true);
}

void call_path_query(struct call_path *path, const char *key, const char *value)
{
	if (!value) {
		return;
	}

	append(path, path->query ? "&" : "?", false);
	append(path, key, false);
	append(path, "=", false);
	append(path, value, true);
	path->query = true;
}

static int unreachable(const struct ctl *ctl, int error)
{
	if (error == -EACCES || error == -EPERM) {
		(void)fprintf(stderr,
			      "holdfastctl: you may not use %s; ask to be added to its group\n",
			      ctl->socket);
	} else {
		(void)fprintf(stderr,
			      "holdfastctl: nobody answers at %s (%s); see systemctl status "
			      "holdfastd\n",
			      ctl->socket, strerror(-error));
	}
	return CTL_UNREACHABLE;
}

static int call(const struct ctl *ctl, const char *method, const char *path, const char *body,
		json_t **ret_json)
{
	_cleanup_(json_freep) json_t *json = NULL;
	_cleanup_free_ char *answer = NULL;
	int status = 0;
	int r;

	r = http_fetch_unix(ctl->socket, method, path, body, &status, &answer);
	if (r == -ENOMEM || r == -EINVAL) {
		return command_failed(r);
	}
	if (r < 0) {
		return unreachable(ctl, r);
	}

	r = json_read(answer, strlen(answer), &json);
	if (r != 0) {
		return command_failed(r < 0 ? r : -EPROTO);
	}
	if (status >= 300) {
		const char *error = json_text(json, "error");

		(void)fprintf(stderr, "holdfastctl: %s\n", error ? error : "holdfastd said no");
	}
	*ret_json = take_ptr(json);
	return status < 300 ? CTL_DONE : CTL_NO;
}

int call_get(const struct ctl *ctl, const struct call_path *path, json_t **ret_json)
{
	if (path->too_long) {
		return command_failed(-ENAMETOOLONG);
	}

	return call(ctl, "GET", path->text, NULL, ret_json);
}

int call_post(const struct ctl *ctl, const char *path, const json_t *body, json_t **ret_json)
{
	_cleanup_free_ char *text = NULL;

	if (body) {
		text = json_write(body, NULL);
		if (!text) {
			return command_failed(-ENOMEM);
		}
	}

	return call(ctl, "POST", path, text ? text : "", ret_json);
}

static int print_line(const json_t *json, const char *before, const char *after)
{
	_cleanup_free_ char *text = json_write(json, NULL);

	if (!text) {
		return command_failed(-ENOMEM);
	}

	(void)printf("%s%s%s\n", before, text, after);
	return CTL_DONE;
}

int call_print_json(const json_t *json)
{
	size_t count = json_count(json);

	if (!json_is_array(json)) {
		_cleanup_free_ char *text = json_dumps(json, JSON_INDENT(2));

		if (!text) {
			return command_failed(-ENOMEM);
		}
		(void)puts(text);
		return CTL_DONE;
	}

	if (count == 0) {
		(void)puts("[]");
		return CTL_DONE;
	}
	(void)puts("[");
	for (size_t i = 0; i < count; i++) {
		int code = print_line(json_at(json, i), "  ", i + 1 < count ? "," : "");

		if (code != CTL_DONE) {
			return code;
		}
	}
	(void)puts("]");
	return CTL_DONE;
}
