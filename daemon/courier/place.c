/*
 * Finding values in a webhook.
 */
#include "courier/place.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/crypto.h"

static const struct {
	const char *word;
	enum place_kind kind;
	bool named;
} kinds[] = {
	{ "header", PLACE_HEADER, true }, { "query", PLACE_QUERY, true },
	{ "field", PLACE_FIELD, true },   { "path", PLACE_PATH, false },
	{ "basic", PLACE_BASIC, false },
};

int place_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	       struct place *ret_place)
{
	struct place place = { 0 };
	size_t length = text ? strcspn(text, " ") : 0;
	const char *name = text ? text + length + (text[length] == ' ') : "";

	for (size_t i = 0; text && i < COUNT(kinds); i++) {
		if (strlen(kinds[i].word) == length && memcmp(kinds[i].word, text, length) == 0 &&
		    kinds[i].named == (*name != '\0')) {
			place.kind = kinds[i].kind;
		}
	}
	if (text && place.kind == PLACE_NOWHERE) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "place",
			  "\"%s\" is no place; write \"header NAME\", \"query NAME\", \"field "
			  "NAME\", "
			  "\"path\" or \"basic\"",
			  text);
	}

	place.name = arena_copy(reader->arena, name);
	if (!place.name) {
		return -ENOMEM;
	}

	*ret_place = place;
	return 0;
}

void hook_params_done(struct hook_params *params)
{
	params_done(&params->query);
	params_done(&params->form);
}

bool hook_is_form(const struct hook *hook)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = hook->header(hook->userdata, "Content-Type");

	return !type || strncasecmp(type, form, sizeof(form) - 1) == 0;
}

int hook_params_read(const struct hook *hook, struct hook_params *params)
{
	int r = params_add(&params->query, hook->query, strlen(hook->query));

	if (r == 0 && hook_is_form(hook)) {
		r = params_add(&params->form, hook->body, hook->body_size);
	}
	return r;
}

static const char *password(const char *authorization, char buffer[PLACE_BUFFER_MAX])
{
	size_t size;
	char *colon;

	if (!authorization || strncasecmp(authorization, "Basic ", 6) != 0 ||
	    crypto_from_base64(authorization + 6, strlen(authorization + 6), buffer,
			       PLACE_BUFFER_MAX - 1, &size) < 0) {
		return NULL;
	}

	buffer[size] = '\0';
	colon = strchr(buffer, ':');
	return colon ? colon + 1 : NULL;
}

static const char *value_of(const struct param *param)
{
	return param ? param->value : NULL;
}

const char *place_find(const struct place *place, const struct hook *hook,
		       const struct hook_params *params, char buffer[PLACE_BUFFER_MAX])
{
	switch (place->kind) {
	case PLACE_NOWHERE:
		return NULL;
	case PLACE_HEADER:
		return hook->header(hook->userdata, place->name);
	case PLACE_QUERY:
		return value_of(params_find(&params->query, place->name));
	case PLACE_FIELD:
		return value_of(params_find(&params->form, place->name));
	case PLACE_PATH:
		return *hook->path ? hook->path : NULL;
	case PLACE_BASIC:
		return password(hook->header(hook->userdata, "Authorization"), buffer);
	}

	return NULL;
}
