/* Reading scenarios: words and lines, and nothing of what they mean. */
#include "script.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SCRIPT_MAX (256L * 1024)

void script_done(struct script *script)
{
	free(script->name);
	free(script->text);
	free(script->lines);
	*script = (struct script){ 0 };
}

static int read_text(const char *path, char **ret_text)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *text = calloc(1, SCRIPT_MAX + 1);

	if (!file) {
		return -errno;
	}
	if (!text) {
		return -ENOMEM;
	}
	if (fread(text, 1, SCRIPT_MAX + 1, file) > SCRIPT_MAX) {
		return -EFBIG;
	}

	*ret_text = take_ptr(text);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* One word, cut out of the text in place; NULL at a quote that is not closed. */
static char *cut_word(char **at)
{
	char *word = *at;

	if (*word == '"') {
		char *end = strchr(++word, '"');

		if (!end) {
			return NULL;
		}

		*end = '\0';
		*at = end + 1;
		return word;
	}

	while (**at && !is_blank(**at)) {
		(*at)++;
	}
	if (**at) {
		*(*at)++ = '\0';
	}
	return word;
}

static int read_line(char *text, struct line *line)
{
	while (true) {
		while (is_blank(*text)) {
			text++;
		}
		if (!*text || *text == ';') {
			return 0;
		}
		if (line->count == LINE_WORDS_MAX) {
			return -EINVAL;
		}

		line->words[line->count] = cut_word(&text);
		if (!line->words[line->count++]) {
			return -EINVAL;
		}
	}
}

static int take_name(struct script *script, const char *text)
{
	size_t length;

	if (script->name || *text != ';') {
		return 0;
	}

	text += strspn(text, "; ");
	length = strlen(text);
	if (length && text[length - 1] == '.') {
		length--;
	}
	script->name = strndup(text, length);
	return script->name ? 0 : -ENOMEM;
}

static int add_line(struct script *script, char *text, unsigned number)
{
	struct line line = { .number = number };
	struct line *lines;
	int r = take_name(script, text);

	if (r < 0) {
		return r;
	}

	r = read_line(text, &line);
	if (r < 0 || line.count == 0) {
		return r;
	}

	lines = reallocarray(script->lines, script->count + 1, sizeof(*lines));
	if (!lines) {
		return -ENOMEM;
	}

	script->lines = lines;
	script->lines[script->count++] = line;
	return 0;
}

int script_read(const char *path, struct script *ret_script, unsigned *ret_line)
{
	char *text = NULL;
	int r = read_text(path, &text);

	*ret_line = 0;
	return r ? r : script_take(path, text, ret_script, ret_line);
}

int script_take(const char *path, char *whole, struct script *ret_script, unsigned *ret_line)
{
	_cleanup_(script_done) struct script script = { .path = path, .text = whole };
	unsigned number = 0;
	char *rest = whole, *text;
	int r = 0;

	*ret_line = 0;
	while (r == 0 && (text = strsep(&rest, "\n"))) {
		*ret_line = ++number;
		r = add_line(&script, text, number);
	}
	if (r < 0) {
		return r;
	}

	if (!script.name) {
		script.name = strdup(path);
	}
	*ret_script = script;
	script = (struct script){ 0 };
	return ret_script->name ? 0 : -ENOMEM;
}

bool script_has(const struct script *script, const char *word)
{
	for (size_t i = 0; i < script->count; i++) {
		for (size_t j = 0; j < script->lines[i].count; j++) {
			if (strcmp(script->lines[i].words[j], word) == 0) {
				return true;
			}
		}
	}
	return false;
}

bool glob_matches(const char *glob, const char *text)
{
	for (; *glob && *glob != '*'; glob++, text++) {
		if (*glob != *text) {
			return false;
		}
	}
	if (!*glob) {
		return !*text;
	}

	do {
		if (glob_matches(glob + 1, text)) {
			return true;
		}
	} while (*text++);
	return false;
}
