/*
 * Pages for people: lines, tables, and days as they stand in a calendar.
 *
 * Promises: what a file or a client wrote cannot steer the terminal: characters
 * that it would not show are printed as "?".  Characters are counted as the
 * locale's wcwidth(3) does, so LC_CTYPE has to be set to a UTF-8 one.  A table has
 * memory for a thousand rows and no more, however many there are.
 */
#include "ctl/page.h"

#include <errno.h>
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

/* --- tables ------------------------------------------------------------------ */

struct table {
	const struct page *page;
	const char *headings[TABLE_COLUMNS_MAX];
	size_t columns, rows;
	int widths[TABLE_COLUMNS_MAX];
	bool begun; /* the widths are settled, the headings printed */
	char *cells[TABLE_ROWS_MAX][TABLE_COLUMNS_MAX];
};

int table_new(const struct page *page, const char *const *headings, struct table **ret_table)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table) {
		return -ENOMEM;
	}

	table->page = page;
	while (table->columns < TABLE_COLUMNS_MAX && headings[table->columns]) {
		table->headings[table->columns] = headings[table->columns];
		table->widths[table->columns] = page_width(headings[table->columns]);
		table->columns++;
	}

	*ret_table = table;
	return 0;
}

static void print_row(const struct table *table, const char *const *cells)
{
	size_t last = table->columns - 1;
	int indent = 0;

	for (size_t i = 0; i < last; i++) {
		page_cell(table->page, cells[i], table->widths[i]);
		indent += table->widths[i] + 2;
	}
	page_flow(table->page, cells[last], indent);
}

static void print_all(struct table *table)
{
	if (!table->begun) {
		page_ink(table->page, INK_STRONG);
		print_row(table, table->headings);
		page_ink(table->page, INK_PLAIN);
		table->begun = true;
	}

	for (size_t i = 0; i < table->rows; i++) {
		print_row(table, (const char *const *)table->cells[i]);
		for (size_t k = 0; k < table->columns; k++) {
			free(table->cells[i][k]);
			table->cells[i][k] = NULL;
		}
	}
	table->rows = 0;
}

int table_add(struct table *table, const char *const *cells)
{
	if (table->rows == TABLE_ROWS_MAX) {
		print_all(table);
	}

	for (size_t i = 0; i < table->columns; i++) {
		const char *cell = cells[i] && *cells[i] ? cells[i] : "-";
		int width = page_width(cell);

		table->cells[table->rows][i] = strdup(cell);
		if (!table->cells[table->rows][i]) {
			return -ENOMEM;
		}
		if (!table->begun && width > table->widths[i]) {
			table->widths[i] = width;
		}
	}
	table->rows++;
	return 0;
}

struct table *table_free(struct table *table)
{
	if (table) {
		/* The row after the last is there only where memory ran out in it. */
		for (size_t i = 0; i < table->columns && table->rows < TABLE_ROWS_MAX; i++) {
			free(table->cells[table->rows][i]);
		}
		if (table->rows > 0) {
			print_all(table);
		}
		free(table);
	}
	return NULL;
}

/* --- days and times -------------------------------------------------------- */

#define TIME_WIDTH   5 /* "10:00" */
#define CLIENT_WIDTH 6
#define KIND_WIDTH   11

/* "America/New_York" is "New_York". */
static const char *city_of(const struct zone *zone)
{
	const char *slash = strrchr(zone_name(zone), '/');

	return slash ? slash + 1 : zone_name(zone);
}

void days_open(FILE *file, const struct zone *site, struct days *ret_days)
{
	*ret_days = (struct days){ .zone = site,
				   .time_width = TIME_WIDTH,
				   .client_width = CLIENT_WIDTH };
	page_open(file, &ret_days->page);
}

void days_fit(struct days *days, const char *client, const struct zone *zone)
{
	int id = page_width(client);
	int time = zone == days->zone ? 0 : TIME_WIDTH + 1 + page_width(city_of(zone));

	days->client_width = id > days->client_width ? id : days->client_width;
	days->time_width = time > days->time_width ? time : days->time_width;
}

void days_head(struct days *days, hf_time at)
{
	struct civil day = zone_civil(days->zone, at);

	if (days->day.year != 0 && civil_to_days(&day) == civil_to_days(&days->day)) {
		return;
	}

	(void)fprintf(days->page.file, "%s", days->day.year ? "\n" : "");
	page_ink(&days->page, INK_STRONG);
	(void)fprintf(days->page.file, "%s %d %s %d\n", civil_weekday_name(civil_weekday(&day)),
		      day.day, civil_month_name(day.month), day.year);
	page_ink(&days->page, INK_PLAIN);
	days->day = day;
}

static void print_time(const struct days *days, const struct zone *zone, hf_time at)
{
	char buffer[DAYS_TIME_MAX];
	struct civil when = zone_civil(zone, at);
	bool other_day = civil_to_days(&when) != civil_to_days(&days->day);

	(void)snprintf(buffer, DAYS_TIME_MAX, "%s%s%02d:%02d",
		       other_day ? weekday_word(civil_weekday(&when)) : "", other_day ? " " : "",
		       when.hour, when.minute);
	if (zone != days->zone) {
		size_t used = strlen(buffer);

		(void)snprintf(buffer + used, DAYS_TIME_MAX - used, " %s", city_of(zone));
		for (char *at_space = strchr(buffer, '_'); at_space;
		     at_space = strchr(at_space, '_')) {
			*at_space = ' ';
		}
	}
	page_cell(&days->page, buffer, days->time_width);
}

int days_cells(const struct days *days, const struct zone *zone, hf_time at, const char *client,
	       const char *kind)
{
	print_time(days, zone, at);
	page_cell(&days->page, client, days->client_width);
	page_cell(&days->page, kind, KIND_WIDTH);
	return days->time_width + 2 + days->client_width + 2 + KIND_WIDTH + 2;
}

void days_moment(const struct zone *zone, hf_time at, const struct civil *beside,
		 char buffer[DAYS_TIME_MAX])
{
	struct civil when = zone_civil(zone, at);

	if (civil_to_days(&when) == civil_to_days(beside)) {
		(void)snprintf(buffer, DAYS_TIME_MAX, "%02d:%02d", when.hour, when.minute);
	} else {
		(void)snprintf(buffer, DAYS_TIME_MAX, "%04d-%02d-%02d %02d:%02d", when.year,
			       when.month, when.day, when.hour, when.minute);
	}
}
