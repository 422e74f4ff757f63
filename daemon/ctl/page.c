/*
 * Pages for people.
 *
 * Promises: what a file or a client wrote cannot steer the terminal: characters
 * that it would not show are printed as "?".  Characters are counted as the
 * locale's wcwidth(3) does, so LC_CTYPE has to be set to a UTF-8 one.
 */
#include "ctl/page.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define WIDTH_DEFAULT 100
#define WIDTH_LEAST   40
#define WIDTH_MOST    400

static int width_of(FILE *file)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		width = size.ws_col;
	} else if (width <= 0) {
		width = WIDTH_DEFAULT;
	}

	if (width < WIDTH_LEAST) {
		return WIDTH_LEAST;
	}
	return width > WIDTH_MOST ? WIDTH_MOST : (int)width;
}

void page_open(FILE *file, struct page *ret_page)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	bool dumb = terminal && strcmp(terminal, "dumb") == 0;

	*ret_page = (struct page){ .file = file,
				   .width = width_of(file),
				   .colour = isatty(fileno(file)) && !(no_color && *no_color) &&
					     !dumb };
}

void page_ink(const struct page *page, enum ink ink)
{
	static const char *const codes[] = {
		[INK_PLAIN] = "\033[0m",
		[INK_STRONG] = "\033[1m",
		[INK_FAINT] = "\033[2m",
		[INK_WARN] = "\033[33m",
	};

	if (page->colour) {
		(void)fputs(codes[ink], page->file);
	}
}

/* The next character: its bytes (at least 1), and the columns it takes (-1: not to be shown). */
static size_t next_character(const char *utf8, int *ret_columns)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t bytes = mbrtowc(&character, utf8, MB_CUR_MAX, &state);

	if (bytes == (size_t)-1 || bytes == (size_t)-2 || bytes == 0) {
		*ret_columns = -1;
		return 1;
	}

	*ret_columns = wcwidth(character);
	return bytes;
}

int page_width(const char *utf8)
{
	int width = 0;

	while (*utf8) {
		int columns;

		utf8 += next_character(utf8, &columns);
		width += columns < 0 ? 1 : columns;
	}
	return width;
}

size_t page_break(const char *utf8, int width, size_t *ret_skip)
{
	size_t at = 0, space = 0;
	int used = 0;

	while (utf8[at]) {
		int columns;
		size_t bytes = next_character(utf8 + at, &columns);

		columns = columns < 0 ? 1 : columns;
		if (utf8[at] == ' ') {
			space = at;
		}
		if (used + columns > width && at > 0) {
			*ret_skip = space > 0 ? 1 : 0;
			return space > 0 ? space : at;
		}
		used += columns;
		at += bytes;
	}

	*ret_skip = 0;
	return at;
}

static void put(const struct page *page, const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		int columns;
		size_t bytes = next_character(text + at, &columns);

		if (columns < 0) {
			(void)fputc('?', page->file);
		} else {
			(void)fwrite(text + at, 1, bytes, page->file);
		}
		at += bytes;
	}
}

void page_cell(const struct page *page, const char *text, int width)
{
	int left = width + 2 - page_width(text);

	put(page, text, strlen(text));
	(void)fprintf(page->file, "%*s", left > 2 ? left : 2, "");
}

void page_flow(const struct page *page, const char *text, int indent)
{
	int room = page->width - indent;
	size_t skip = 0;

	if (room < WIDTH_LEAST / 2) {
		room = WIDTH_LEAST / 2;
	}
	for (;;) {
		size_t size = page_break(text, room, &skip);

		put(page, text, size);
		(void)fputc('\n', page->file);
		text += size + skip;
		if (!*text) {
			return;
		}
		(void)fprintf(page->file, "%*s", indent, "");
	}
}
