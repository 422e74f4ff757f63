/*
 * Finding values in a webhook.
 *
 * Dangerous: a signature is made over decoded values, so what is decoded here
 * in another way than the gateway meant it never fits; and a value may hold
 * any byte, a NUL too.
 * Dangerous: jansson refuses a whole document for one byte that is not UTF-8, a
 * NUL or half a surrogate pair, and all three are things that phones send.  The
 * body is therefore mended before it is read.
 */
#include "courier/locator.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/crypto.h"
#include "lib/text.h"

/* --- queries and forms (application/x-www-form-urlencoded) --------------------------- */

void params_done(struct params *params)
{
	for (size_t i = 0; i < params->count; i++) {
		free(params->list[i].name);
		free(params->list[i].value);
	}
	params->count = 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Allocated, with a NUL behind it; NULL when memory is out. */
static char *decode(const char *encoded, size_t size, size_t *ret_size)
{
	char *decoded = malloc(size + 1);
	size_t length = 0;

	if (!decoded) {
		return NULL;
	}

	for (size_t i = 0; i < size; i++) {
		char c = encoded[i];

		if (c == '%' && size - i > 2 && digit(encoded[i + 1]) >= 0 &&
		    digit(encoded[i + 2]) >= 0) {
			c = (char)(digit(encoded[i + 1]) << 4 | digit(encoded[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		decoded[length++] = c;
	}

	decoded[length] = '\0';
	*ret_size = length;
	return decoded;
}

static int add_one(struct params *params, const char *pair, size_t size)
{
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size, length;
	struct param param = { 0 };

	if (params->count == PARAMS_MAX) {
		return -E2BIG;
	}

	param.name = decode(pair, name_size, &length);
	param.value =
		decode(equals ? equals + 1 : "", equals ? size - name_size - 1 : 0, &param.size);
	if (!param.name || !param.value) {
		free(param.name);
		free(param.value);
		return -ENOMEM;
	}

	params->list[params->count++] = param;
	return 0;
}

int params_add(struct params *params, const char *encoded, size_t size)
{
	while (size > 0) {
		const char *end = memchr(encoded, '&', size);
		size_t length = end ? (size_t)(end - encoded) : size;
		int r = length > 0 ? add_one(params, encoded, length) : 0;

		if (r < 0) {
			return r;
		}

		length += end != NULL;
		encoded += length;
		size -= length;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct param *left = a, *right = b;
	size_t least = left->size < right->size ? left->size : right->size;
	int order = strcmp(left->name, right->name);

	order = order ? order : memcmp(left->value, right->value, least);
	return order ? order : (left->size > right->size) - (left->size < right->size);
}

void params_sort(struct params *params)
{
	qsort(params->list, params->count, sizeof(params->list[0]), compare);
}

const struct param *params_find(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++) {
		if (strcmp(params->list[i].name, name) == 0) {
			return &params->list[i];
		}
	}
	return NULL;
}

/* --- places --------------------------------------------------------------------- */

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

/* --- spots ----------------------------------------------------------------------- */

#define REPLACEMENT     "\xef\xbf\xbd"
#define REPLACEMENT_U   "\\ufffd"
#define PIECE_MAX       64 /* bytes of one name in a pointer to a list */
#define SCALAR_MAX      64 /* room for a number or a truth */
#define HIGH_SURROGATE  0xd800
#define LOW_SURROGATE   0xdc00
#define SURROGATES_PAST 0xe000

int spot_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	      struct spot *ret_spot)
{
	if (!text || text[0] != '/') {
		return place_read(reader, node, text, &ret_spot->place);
	}

	ret_spot->pointer = arena_copy(reader->arena, text);
	return ret_spot->pointer ? 0 : -ENOMEM;
}

/* --- UTF-8 ---------------------------------------------------------------------- */

/* Each byte is at most three. */
static char *mend(struct arena *arena, const char *bytes, size_t size, size_t *ret_size)
{
	char *text = arena_alloc(arena, 3 * size + 1, 1), *to = text;

	for (const char *from = bytes; text && from < bytes + size;) {
		uint32_t character;
		int length = *from ? utf8_read(from, &character) : 0;

		if (length > 0 && from + length <= bytes + size) {
			memcpy(to, from, (size_t)length);
			to += length;
			from += length;
		} else if (*from) {
			to += utf8_write((unsigned char)*from++, to);
		} else {
			to = stpcpy(to, REPLACEMENT);
			from++;
		}
	}

	if (text && ret_size) {
		*ret_size = (size_t)(to - text);
	}
	return text;
}

static unsigned long code_at(const char *escape)
{
	char digits[5] = "";

	if (escape[0] != '\\' || escape[1] != 'u' ||
	    strspn(escape + 2, "0123456789abcdefABCDEF") < 4) {
		return 1;
	}
	memcpy(digits, escape + 2, 4);
	return strtoul(digits, NULL, 16);
}

static bool is_between(unsigned long code, unsigned long from, unsigned long until)
{
	return code >= from && code < until;
}

/* In place: six bytes for six. */
static void mend_escapes(char *json)
{
	for (char *at = strchr(json, '\\'); at && at[1]; at = strchr(at, '\\')) {
		unsigned long code = code_at(at);

		if (is_between(code, HIGH_SURROGATE, LOW_SURROGATE) &&
		    is_between(code_at(at + 6), LOW_SURROGATE, SURROGATES_PAST)) {
			at += 12;
		} else if (code == 0 || is_between(code, HIGH_SURROGATE, SURROGATES_PAST)) {
			(void)mempcpy(at, REPLACEMENT_U, sizeof(REPLACEMENT_U) - 1);
			at += sizeof(REPLACEMENT_U) - 1;
		} else {
			at += 2;
		}
	}
}

/* --- a message ------------------------------------------------------------------- */

static int read_json(struct view *view, const char *body, size_t size)
{
	size_t mended_size;
	char *mended = mend(view->arena, body, size, &mended_size);
	int r;

	if (!mended) {
		return -ENOMEM;
	}
	mend_escapes(mended);
	r = json_read(mended, mended_size, &view->json);
	if (r != 0) {
		return r < 0 ? r : VIEW_E_MALFORMED;
	}

	view->item = view->json;
	view->room_size = mended_size + SCALAR_MAX;
	view->room = arena_alloc(view->arena, view->room_size, 1);
	return view->room ? 0 : -ENOMEM;
}

int view_open(struct view *view, struct arena *arena, const struct hook *hook, const char *body,
	      size_t size)
{
	int r = 0;

	*view = (struct view){ .arena = arena, .hook = hook };
	if (hook) {
		r = hook_params_read(hook, &view->params);
	}
	if (r == -E2BIG) {
		return VIEW_E_MALFORMED;
	}
	if (r == 0 && size > 0 && (!hook || !hook_is_form(hook))) {
		r = read_json(view, body, size);
	}
	return r;
}

void view_done(struct view *view)
{
	hook_params_done(&view->params);
	view->json = json_free(view->json);
}

const json_t *view_list(const struct view *view, const char *pointer)
{
	const json_t *json = view->json;

	while (json && *pointer == '/') {
		size_t size = strcspn(++pointer, "/");
		char piece[PIECE_MAX];

		if (size >= sizeof(piece)) {
			return NULL;
		}
		memcpy(piece, pointer, size);
		piece[size] = '\0';
		json = json_get(json, piece);
		pointer += size;
	}
	return json && json_is_array(json) ? json : NULL;
}

static const char *keep(struct view *view, const char *bytes, size_t size)
{
	const char *text = mend(view->arena, bytes, size, NULL);

	view->failed |= !text;
	return text;
}

static const char *find_param(struct view *view, const struct params *params, const char *name)
{
	const struct param *param = params_find(params, name);

	return param ? keep(view, param->value, param->size) : NULL;
}

const char *spot_find(const struct spot *spot, struct view *view)
{
	char buffer[PLACE_BUFFER_MAX];
	const char *found;

	if (spot->pointer) {
		return view->item && json_point(view->item, spot->pointer, view->room,
						view->room_size)
			       ? keep(view, view->room, strlen(view->room))
			       : NULL;
	}
	if (spot->place.kind == PLACE_QUERY) {
		return find_param(view, &view->params.query, spot->place.name);
	}
	if (spot->place.kind == PLACE_FIELD) {
		return find_param(view, &view->params.form, spot->place.name);
	}

	found = view->hook ? place_find(&spot->place, view->hook, &view->params, buffer) : NULL;
	return found ? keep(view, found, strlen(found)) : NULL;
}
