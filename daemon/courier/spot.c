/*
 * Finding values, and making UTF-8 of them.
 *
 * Dangerous: jansson refuses a whole document for one byte that is not UTF-8, a
 * NUL or half a surrogate pair, and all three are things that phones send.  The
 * body is therefore mended before it is read.
 */
#include "courier/spot.h"

#include <errno.h>
#include <string.h>

#include "lib/text.h"

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
