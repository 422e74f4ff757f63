/*
 * Values with placeholders: compiled once, written for each text.
 *
 * Promises: what a client or a member of staff wrote stays a value where it
 * stands, in an address, in a form and in JSON.
 */
#include "courier/expansion.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/text.h"
#include "lib/url.h"

static const char *const filter_words[] = {
	[EXPANSION_AS_IS] = "as_is",
	[EXPANSION_DIGITS] = "digits",
	[EXPANSION_UTF16BE_HEX] = "utf16be_hex",
	[EXPANSION_INT] = "int",
	[EXPANSION_NOTHING] = "nothing",
	NULL,
};

/* --- compiling ------------------------------------------------------------- */

struct compiler {
	struct conf_reader *reader;
	const struct conf_node *node;
	const char *const *names;
	struct expansion_piece *pieces;
	size_t count;
};

static int index_of(const char *word, size_t size, const char *const *words)
{
	for (int i = 0; words[i]; i++) {
		if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0) {
			return i;
		}
	}
	return -1;
}

static void blame(const struct compiler *compiler, const char *code, const char *what,
		  const char *word, const char *const *words)
{
	char hint[CONF_HINT_MAX] = "";

	conf_fault(compiler->reader, compiler->node, code, "%s \"%s\"%s", what, word,
		   words ? conf_hint(word, words, hint) : "");
}

/* The inside of a pair of braces. */
static int add_placeholder(struct compiler *compiler, const char *inside)
{
	struct expansion_piece *piece = &compiler->pieces[compiler->count];
	size_t size = strcspn(inside, "|?");
	int value = index_of(inside, size, compiler->names), filter = EXPANSION_AS_IS;
	const char *rest = inside + size;

	if (value < 0) {
		char *name = arena_copy(compiler->reader->arena, inside);

		if (!name) {
			return -ENOMEM;
		}
		name[size] = '\0';
		blame(compiler, "unknown-placeholder", "no such placeholder:", name,
		      compiler->names);
		return 0;
	}
	if (*rest == '|') {
		size = strcspn(rest + 1, "?");
		filter = index_of(rest + 1, size, filter_words);
		rest += 1 + size;
	}
	if (filter < 0 || (*rest && strcmp(rest, "?") != 0)) {
		blame(compiler, "unknown-filter", "no such filter in", inside, NULL);
		return 0;
	}

	*piece = (struct expansion_piece){
		.value = (size_t)value,
		.filter = (enum expansion_filter)filter,
		.optional = *rest == '?',
	};
	compiler->count++;
	return 0;
}

/* Up to the next placeholder; doubled braces become one.  Returns where it ends. */
static const char *add_literal(struct compiler *compiler, const char *text, char *literal)
{
	char *to = literal;

	while (*text && !(*text == '{' && text[1] != '{') && !(*text == '}' && text[1] != '}')) {
		*to++ = *text;
		text += *text == '{' || *text == '}' ? 2 : 1;
	}
	*to = '\0';
	if (to > literal) {
		compiler->pieces[compiler->count++] =
			(struct expansion_piece){ .literal = literal };
	}
	return text;
}

static int add_pieces(struct compiler *compiler, const char *text)
{
	while (*text) {
		char *piece = arena_copy(compiler->reader->arena, text);
		const char *end;
		int r;

		if (!piece) {
			return -ENOMEM;
		}
		text = add_literal(compiler, text, piece);
		end = *text == '{' ? strchr(text, '}') : NULL;
		if (*text && !end) {
			blame(compiler, "brace", "a brace that opens or closes nothing in",
			      conf_key(compiler->node) ? conf_key(compiler->node) : "a list", NULL);
			return 0;
		}
		if (!*text) {
			return 0;
		}

		piece = arena_copy(compiler->reader->arena, text + 1);
		if (!piece) {
			return -ENOMEM;
		}
		piece[end - text - 1] = '\0';
		r = add_placeholder(compiler, piece);
		if (r < 0) {
			return r;
		}
		text = end + 1;
	}
	return 0;
}

int expansion_compile(struct conf_reader *reader, const struct conf_node *node, const char *text,
		      const char *const *names, struct expansion *ret_expansion)
{
	struct compiler compiler = { .reader = reader, .node = node, .names = names };
	size_t errors = reader->faults->errors, braces = 0;
	int r;

	for (const char *at = text; *at; at++) {
		braces += *at == '{';
	}
	compiler.pieces = arena_alloc(reader->arena, 2 * braces + 1, sizeof(*compiler.pieces));
	if (!compiler.pieces) {
		return -ENOMEM;
	}
	r = add_pieces(&compiler, text);
	if (r < 0) {
		return r;
	}

	*ret_expansion = (struct expansion){
		.pieces = compiler.pieces,
		.count = reader->faults->errors == errors ? compiler.count : 0,
	};
	return 0;
}

bool expansion_uses(const struct expansion *expansion, size_t value)
{
	for (size_t i = 0; i < expansion->count; i++) {
		if (!expansion->pieces[i].literal && expansion->pieces[i].value == value) {
			return true;
		}
	}
	return false;
}

bool expansion_absent(const struct expansion *expansion, const char *const *values)
{
	for (size_t i = 0; i < expansion->count; i++) {
		const struct expansion_piece *piece = &expansion->pieces[i];

		if (!piece->literal && piece->optional && !values[piece->value][0]) {
			return true;
		}
	}
	return false;
}

/* --- writing --------------------------------------------------------------- */

/* By hand and not by jansson: a secret may stand here, and only the buffer is wiped. */
static void put_json(const char *text, size_t size, struct buffer *buffer)
{
	static const char hex[] = "0123456789abcdef";
	size_t done = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		if (c >= ' ' && c != '"' && c != '\\') {
			continue;
		}
		buffer_put(buffer, text + done, i - done);
		buffer_put(buffer, escape, sizeof(escape));
		done = i + 1;
	}
	buffer_put(buffer, text + done, size - done);
}

void expansion_write_json(const char *text, struct buffer *buffer)
{
	buffer_put(buffer, "\"", 1);
	put_json(text, strlen(text), buffer);
	buffer_put(buffer, "\"", 1);
}

static void put(const char *bytes, size_t size, enum expansion_place place, struct buffer *buffer)
{
	char *room;

	switch (place) {
	case EXPANSION_PLAIN:
		buffer_put(buffer, bytes, size);
		return;
	case EXPANSION_JSON:
		put_json(bytes, size, buffer);
		return;
	case EXPANSION_URL:
	case EXPANSION_PAIR:
		room = buffer_extend(buffer, 3 * size);
		if (room) {
			buffer->size -= 3 * size - url_escape(bytes, size, room);
		}
		return;
	}
}

static void put_unit(unsigned unit, struct buffer *buffer)
{
	static const char hex[] = "0123456789ABCDEF";
	char digits[] = { hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
			  hex[unit & 15] };

	buffer_put(buffer, digits, sizeof(digits));
}

/* What is not UTF-8, which no text of ours is, becomes U+FFFD. */
static void put_utf16(const char *text, struct buffer *buffer)
{
	while (*text) {
		uint32_t character = 0xfffd;
		int length = utf8_read(text, &character);

		text += length > 0 ? length : 1;
		if (character < 0x10000) {
			put_unit(character, buffer);
			continue;
		}
		put_unit(0xd800 + ((character - 0x10000) >> 10 & 0x3ff), buffer);
		put_unit(0xdc00 + ((character - 0x10000) & 0x3ff), buffer);
	}
}

static void put_digits(const char *text, struct buffer *buffer)
{
	for (; *text; text++) {
		if (*text >= '0' && *text <= '9') {
			buffer_put(buffer, text, 1);
		}
	}
}

static void put_piece(const struct expansion_piece *piece, const char *const *values,
		      enum expansion_place place, struct buffer *buffer)
{
	const char *value = piece->literal ? piece->literal : values[piece->value];

	switch (piece->filter) {
	case EXPANSION_AS_IS:
		put(value, strlen(value),
		    piece->literal && place == EXPANSION_URL ? EXPANSION_PLAIN : place, buffer);
		return;
	case EXPANSION_DIGITS:
	case EXPANSION_INT:
		put_digits(value, buffer);
		return;
	case EXPANSION_UTF16BE_HEX:
		put_utf16(value, buffer);
		return;
	case EXPANSION_NOTHING:
		return;
	}
}

static bool is_number(const struct expansion *expansion, const char *const *values)
{
	const struct expansion_piece *piece = expansion->pieces;

	return expansion->count == 1 && !piece->literal && piece->filter == EXPANSION_INT &&
	       values[piece->value][0];
}

void expansion_write(const struct expansion *expansion, const char *const *values,
		     enum expansion_place place, struct buffer *buffer)
{
	bool quoted = place == EXPANSION_JSON && !is_number(expansion, values);

	if (quoted) {
		buffer_put(buffer, "\"", 1);
	}
	for (size_t i = 0; i < expansion->count; i++) {
		put_piece(&expansion->pieces[i], values, place, buffer);
	}
	if (quoted) {
		buffer_put(buffer, "\"", 1);
	}
}
