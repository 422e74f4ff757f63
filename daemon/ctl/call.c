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

#include "lib/http_client.h"
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

void call_path_init(struct call_path *path, const char *route, const char *name)
{
	const char *star = strchrnul(route, '*');

	*path = (struct call_path){ 0 };
	memcpy(path->text, route, (size_t)(star - route));
	if (*star) {
		append(path, name, true);
		append(path, star + 1, false);
	}
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

void call_path_value(struct call_path *path, const struct arguments *arguments, const char *option)
{
	call_path_query(path, option, arguments_value(arguments, option));
}

void call_path_flag(struct call_path *path, const struct arguments *arguments, const char *option)
{
	call_path_query(path, option, arguments_flag(arguments, option) ? "1" : NULL);
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

static int call(const struct ctl *ctl, const char *method, const struct call_path *path,
		const char *body, json_t **ret_json)
{
	_cleanup_(json_freep) json_t *json = NULL;
	_cleanup_free_ char *answer = NULL;
	int status = 0;
	int r;

	if (path->too_long) {
		return command_failed(-ENAMETOOLONG);
	}
	r = http_fetch_unix(ctl->socket, method, path->text, body, &status, &answer);
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
	return call(ctl, "GET", path, NULL, ret_json);
}

int call_post(const struct ctl *ctl, const struct call_path *path, const json_t *body,
	      json_t **ret_json)
{
	_cleanup_free_ char *text = body ? json_write(body, NULL) : strdup("");

	if (!text) {
		return command_failed(-ENOMEM);
	}
	return call(ctl, "POST", path, text, ret_json);
}

static int show(const struct ctl *ctl, int code, const json_t *answer,
		int (*print)(const json_t *answer))
{
	if (code != CTL_DONE) {
		return code;
	}
	return ctl->json ? call_print_json(answer) : print(answer);
}

int call_show(const struct ctl *ctl, const struct call_path *path,
	      int (*print)(const json_t *answer))
{
	_cleanup_(json_freep) json_t *answer = NULL;

	int code = call_get(ctl, path, &answer);

	return show(ctl, code, answer, print);
}

int call_change(const struct ctl *ctl, const struct call_path *path, json_t *body,
		int (*print)(const json_t *answer))
{
	_cleanup_(json_freep) json_t *owned = body, *answer = NULL;
	int code = owned ? call_post(ctl, path, owned, &answer) : command_failed(-EINVAL);

	return show(ctl, code, answer, print);
}

int call_print_element(const json_t *element, size_t before)
{
	_cleanup_free_ char *text = element ? json_write(element, NULL) : NULL;

	if (!text) {
		return command_failed(-ENOMEM);
	}
	(void)printf("%s\n  %s", before > 0 ? "," : "[", text);
	return CTL_DONE;
}

int call_print_end(size_t count)
{
	(void)puts(count > 0 ? "\n]" : "[]");
	return CTL_DONE;
}

int call_print_json(const json_t *json)
{
	_cleanup_free_ char *text = NULL;
	int code = CTL_DONE;

	if (json_is_array(json)) {
		for (size_t i = 0; i < json_array_size(json) && code == CTL_DONE; i++) {
			code = call_print_element(json_array_get(json, i), i);
		}
		return code == CTL_DONE ? call_print_end(json_array_size(json)) : code;
	}

	text = json_dumps(json, JSON_INDENT(2));
	if (!text) {
		return command_failed(-ENOMEM);
	}
	(void)puts(text);
	return CTL_DONE;
}
