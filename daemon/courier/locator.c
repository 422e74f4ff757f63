/*
 * Finding values in what a gateway says.
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

#include "lib/buffer.h"
#include "lib/charset.h"
#include "lib/crypto.h"

#define SCALAR_MAX 64 /* room for a number or a truth */

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
	kept(param.name);
	kept(param.value);
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

/* --- a request and its parameters ------------------------------------------------------- */

bool webhook_request_is_form(const struct webhook_request *request)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = request->header(request->userdata, "Content-Type");
	const char *body = request->body;

	body += strncmp(body, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	body += strspn(body, " \t\r\n");
	if (*body == '{' || *body == '[') {
		return false;
	}
	return !type || strncasecmp(type, form, sizeof(form) - 1) == 0;
}

int request_params_read(const struct webhook_request *request, struct request_params *params)
{
	int r = params_add(&params->query, request->query, strlen(request->query));

	if (r == 0 && webhook_request_is_form(request)) {
		r = params_add(&params->form, request->body, request->body_size);
	}
	return r;
}

void request_params_done(struct request_params *params)
{
	params_done(&params->query);
	params_done(&params->form);
}

/* --- locators ------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum locator_kind kind;
	bool named;
} kinds[] = {
	{ "header", LOCATOR_HEADER, true }, { "query", LOCATOR_QUERY, true },
	{ "field", LOCATOR_FIELD, true },   { "path", LOCATOR_PATH, false },
	{ "basic", LOCATOR_BASIC, false },
};

int locator_read_outside_json(struct conf_reader *reader, const struct conf_node *node,
			      void *target)
{
	const char *text = conf_text(node);
	size_t length = strcspn(text, " ");
	const char *name = text + length + (text[length] == ' ');
	struct locator locator = { 0 };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strlen(kinds[i].word) == length && memcmp(kinds[i].word, text, length) == 0 &&
		    kinds[i].named == (*name != '\0')) {
			locator.kind = kinds[i].kind;
		}
	}
	if (locator.kind == LOCATOR_NOWHERE) {
		conf_fault(reader, node, "place",
			   "\"%s\" is no place; write \"header NAME\", \"query NAME\", \"field "
			   "NAME\", \"path\" or \"basic\"",
			   text);
	}

	locator.name = arena_copy(reader->arena, name);
	if (!locator.name) {
		return -ENOMEM;
	}
	*(struct locator *)target = locator;
	return 0;
}

int locator_read(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct locator *locator = target;

	if (conf_text(node)[0] != '/') {
		return locator_read_outside_json(reader, node, target);
	}

	locator->kind = LOCATOR_JSON;
	locator->name = arena_copy(reader->arena, conf_text(node));
	return locator->name ? 0 : -ENOMEM;
}

static const char *password(const char *authorization, char buffer[LOCATOR_BUFFER_MAX])
{
	size_t size;
	char *colon;

	if (!authorization || strncasecmp(authorization, "Basic ", 6) != 0 ||
	    crypto_from_base64(authorization + 6, strlen(authorization + 6), buffer,
			       LOCATOR_BUFFER_MAX - 1, &size) < 0) {
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

const char *locator_find(const struct locator *locator, const struct webhook_request *request,
			 const struct request_params *params, char buffer[LOCATOR_BUFFER_MAX])
{
	switch (locator->kind) {
	case LOCATOR_NOWHERE:
	case LOCATOR_JSON:
		return NULL;
	case LOCATOR_HEADER:
		return request->header(request->userdata, locator->name);
	case LOCATOR_QUERY:
		return value_of(params_find(&params->query, locator->name));
	case LOCATOR_FIELD:
		return value_of(params_find(&params->form, locator->name));
	case LOCATOR_PATH:
		return *request->path ? request->path : NULL;
	case LOCATOR_BASIC:
		return password(request->header(request->userdata, "Authorization"), buffer);
	}

	return NULL;
}

/* --- JSON ------------------------------------------------------------------------ */

#define REPLACEMENT_U   "\\ufffd"
#define HIGH_SURROGATE  0xd800
#define LOW_SURROGATE   0xdc00
#define SURROGATES_PAST 0xe000

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
static void replace_bad_escapes(char *json)
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

/* --- what a gateway says ---------------------------------------------------------------- */

/* What stands behind charset= in the Content-Type; NULL for nothing. */
static const char *charset_of_body(const struct webhook_request *request)
{
	const char *type = request ? request->header(request->userdata, "Content-Type") : NULL;
	const char *charset = type ? strcasestr(type, "charset=") : NULL;

	return charset ? charset + strlen("charset=") : NULL;
}

static int read_json(struct incoming *incoming, const char *body, size_t size)
{
	_cleanup_free_ char *mended = NULL;
	bool whole;
	int r = charset_read(incoming->charset, body, size, "\\\\", &mended, &whole);

	if (r < 0) {
		return r;
	}
	incoming->undecoded = !whole;
	replace_bad_escapes(mended);
	r = json_read(mended, strlen(mended), &incoming->json);
	incoming->item = incoming->json;
	return r > 0 ? INCOMING_E_MALFORMED : r;
}

int incoming_open(struct incoming *incoming, struct arena *arena,
		  const struct webhook_request *request, const char *body, size_t size)
{
	int r = 0;

	*incoming = (struct incoming){ .arena = arena, .request = request };
	incoming->charset = charset_of_body(request);
	if (request) {
		r = request_params_read(request, &incoming->params);
	}
	if (r == 0 && size > 0 && (!request || !webhook_request_is_form(request))) {
		r = read_json(incoming, body, size);
	}
	return r;
}

void incoming_done(struct incoming *incoming)
{
	request_params_done(&incoming->params);
	incoming->json = json_free(incoming->json);
}

const json_t *incoming_list(const struct incoming *incoming, const char *pointer)
{
	const json_t *list = json_follow(incoming->json, pointer);

	return json_is_array(list) ? list : NULL;
}

static const char *keep_text(struct incoming *incoming, const char *charset, const char *bytes,
			     size_t size, bool *ret_whole)
{
	_cleanup_free_ char *decoded = NULL;
	const char *text = NULL;

	if (charset_read(charset, bytes, size, "\\", &decoded, ret_whole) == 0) {
		text = arena_copy(incoming->arena, decoded);
	}
	incoming->failed |= !text;
	return text;
}

static bool is_there_before(const struct params *params, size_t index)
{
	const struct param *this = &params->list[index];

	for (size_t i = 0; i < index; i++) {
		const struct param *other = &params->list[i];

		if (strcmp(other->name, this->name) == 0 && other->size == this->size &&
		    memcmp(other->value, this->value, this->size) == 0) {
			return true;
		}
	}
	return false;
}

/* A parameter may hold a NUL, which is mended as all else.  A form has the charset of the body unless
 * another is named.  all: where it is there with several values, each is a line. */
static const char *keep_param(struct incoming *incoming, const struct locator *locator,
			      const char *charset, bool all, bool *ret_whole)
{
	bool in_form = locator->kind == LOCATOR_FIELD && !incoming->get;
	const struct params *params = in_form ? &incoming->params.form : &incoming->params.query;
	struct buffer lines = { 0 };
	const char *text = NULL;

	if (in_form && !(charset && *charset)) {
		charset = incoming->charset;
	}
	for (size_t i = 0; i < params->count && (all || !text); i++) {
		const struct param *param = &params->list[i];
		bool whole;

		if (strcmp(param->name, locator->name) != 0 || is_there_before(params, i)) {
			continue;
		}
		buffer_put_text(&lines, text ? "\n" : "");
		text = keep_text(incoming, charset, param->value, param->size, &whole);
		buffer_put_text(&lines, text ? text : "");
		*ret_whole = *ret_whole && whole;
	}
	if (text && all) {
		text = lines.failed ? NULL : arena_copy(incoming->arena, lines.bytes);
		incoming->failed |= !text;
	}
	buffer_done(&lines);
	return text;
}

/* The body's charset is decoded already. */
static const char *keep_json(struct incoming *incoming, const char *pointer, bool *ret_whole)
{
	const json_t *value = json_follow(incoming->item, pointer);
	const char *text = json_string_value(value);
	char scalar[SCALAR_MAX];

	if (!text && json_point(value, "", scalar, sizeof(scalar))) {
		text = scalar;
	}
	text = text ? keep_text(incoming, NULL, text, strlen(text), ret_whole) : NULL;
	*ret_whole = !incoming->undecoded;
	return text;
}

static const char *read_text(struct incoming *incoming, const struct locator *locator,
			     const char *charset, bool all, bool *ret_whole)
{
	char buffer[LOCATOR_BUFFER_MAX];
	const char *found;

	*ret_whole = true;
	if (locator->kind == LOCATOR_JSON) {
		return keep_json(incoming, locator->name, ret_whole);
	}
	if (!incoming->request) {
		return NULL;
	}
	if (locator->kind == LOCATOR_QUERY || locator->kind == LOCATOR_FIELD) {
		return keep_param(incoming, locator, charset, all, ret_whole);
	}

	found = locator_find(locator, incoming->request, &incoming->params, buffer);
	return found ? keep_text(incoming, charset, found, strlen(found), ret_whole) : NULL;
}

const char *incoming_text(struct incoming *incoming, const struct locator *locator)
{
	bool whole;

	return read_text(incoming, locator, NULL, false, &whole);
}

const char *incoming_text_in(struct incoming *incoming, const struct locator *locator,
			     const char *charset, bool *ret_whole)
{
	return read_text(incoming, locator, charset, true, ret_whole);
}
