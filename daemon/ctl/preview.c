/*
 * holdfastctl preview: every text that will go out, and those that will not,
 * with the reason.
 *
 * Promises: the rows are those of the service's own planner, permits and
 * renderer; they are printed as they come, so that a thousand clients and a
 * year need no memory.  Needs no daemon.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/zone.h"
#include "ctl/command.h"
#include "ctl/call.h"
#include "ctl/check.h"
#include "ctl/page.h"
#include "engine/preview.h"
#include "staff/forecast.h"

#define AHEAD          (14 * HF_DAY)
#define SEGMENTS_WIDTH 3

struct viewing {
	struct days days;
	bool json;
	long texts, segments, held;
};

static void print_words(const struct viewing *viewing, const struct preview_row *row, int indent)
{
	const struct zone *zone = row->client ? row->client->zone : viewing->days.zone;
	_cleanup_free_ char *words = NULL;
	struct civil goes = zone_civil(zone, row->goes);
	char plan[DAYS_TIME_MAX];
	int r;

	if (!row->send) {
		r = asprintf(&words, "not sent: %s", row->reason ? row->reason : "no reason known");
	} else if (row->goes != row->row->due) {
		days_moment(zone, row->row->due, &goes, plan);
		r = asprintf(&words, "%s (planned for %s)", row->text, plan);
	} else {
		r = asprintf(&words, "%s", row->text);
	}
	if (r < 0) {
		words = NULL;
	}
	page_flow(&viewing->days.page, words ? words : "?", indent);
}

static void print_row(struct viewing *viewing, const struct preview_row *row)
{
	const struct zone *zone = row->client ? row->client->zone : viewing->days.zone;
	const struct page *page = &viewing->days.page;
	char segments[8];
	int indent;

	days_head(&viewing->days, row->goes);
	page_ink(page, row->send ? INK_PLAIN : INK_FAINT);
	indent = days_cells(&viewing->days, zone, row->goes, row->row->client,
			    kind_words[row->row->kind]);
	(void)snprintf(segments, sizeof(segments), "%d", row->segments);
	page_cell(page, row->send ? segments : "-", SEGMENTS_WIDTH);
	print_words(viewing, row, indent + SEGMENTS_WIDTH + 2);
	page_ink(page, INK_PLAIN);
}

static int on_row(void *userdata, const struct preview_row *row)
{
	struct viewing *viewing = userdata;

	if (viewing->json) {
		_cleanup_(json_freep) json_t *object = forecast_new_row(row);
		size_t before = (size_t)(viewing->texts + viewing->held);

		if (call_print_element(object, before) != CTL_DONE) {
			return -ENOMEM;
		}
	} else {
		print_row(viewing, row);
	}

	viewing->texts += row->send;
	viewing->held += !row->send;
	viewing->segments += row->send ? row->segments : 0;
	return ferror(stdout) ? -EPIPE : 0;
}

static void print_end(const struct viewing *viewing)
{
	if (viewing->json) {
		(void)call_print_end((size_t)(viewing->texts + viewing->held));
		return;
	}

	(void)printf("%s%ld text%s, %ld segment%s; %ld not sent\n",
		     viewing->days.day.year ? "\n" : "", viewing->texts,
		     viewing->texts == 1 ? "" : "s", viewing->segments,
		     viewing->segments == 1 ? "" : "s", viewing->held);
}

/* --- the command -------------------------------------------------------------------- */

#define AHEAD_MOST 3660 /* days */

/* "+14d", "+8w", "+1y" from a time on, by the calendar of the zone. */
static int read_ahead(const struct zone *zone, const char *text, hf_time from, hf_time *ret_at)
{
	struct civil civil = zone_civil(zone, from);
	char *unit = NULL;
	long count =
		*text == '+' && text[1] >= '0' && text[1] <= '9' ? strtol(text + 1, &unit, 10) : -1;

	if (count < 0 || count > AHEAD_MOST || !*unit || unit[1]) {
		return -EINVAL;
	}
	switch (*unit) {
	case 'd':
		break;
	case 'w':
		count *= 7;
		break;
	case 'y':
		if (count > AHEAD_MOST / 366) {
			return -EINVAL;
		}
		/* The 29th of February of a year that has none is the first of March. */
		civil.year += (int)count;
		count = 0;
		break;
	default:
		return -EINVAL;
	}
	if (count > AHEAD_MOST) {
		return -EINVAL;
	}
	civil = civil_add_days(&civil, count);
	*ret_at = zone_instant(zone, &civil);
	return 0;
}

/* `fallback` where nothing is written; what is written may count from `from`. */
static int read_moment(const struct arguments *arguments, const char *option,
		       const struct zone *zone, hf_time from, hf_time fallback, hf_time *ret_at)
{
	const char *text = arguments_value(arguments, option);

	if (!text) {
		*ret_at = fallback;
		return CTL_DONE;
	}
	if (zone_parse(zone, text, ret_at) < 0 && read_ahead(zone, text, from, ret_at) < 0) {
		(void)fprintf(stderr,
			      "holdfastctl: --%s %s: write 2026-11-23, \"2026-11-23 08:00\", +14d, "
			      "+8w or +1y\n",
			      option, text);
		return CTL_USAGE;
	}
	return CTL_DONE;
}

static int show(const struct ctl *ctl, const struct model *model, const char *client, hf_time from,
		hf_time until)
{
	struct viewing viewing = { .json = ctl->json };
	const struct client *only = client ? model_client(model, client) : NULL;
	const struct preview_of of = { .model = model,
				       .first = only ? (size_t)(only - model->clients) : 0,
				       .count = only ? 1 : model->client_count,
				       .from = from,
				       .until = until };
	int r;

	if (client && !only) {
		(void)fprintf(stderr, "holdfastctl: no client %s in this configuration\n", client);
		return CTL_NO;
	}

	/* The columns fit every client, so that rows can be printed as they come. */
	days_open(stdout, model->site.zone, &viewing.days);
	for (size_t i = 0; i < model->client_count; i++) {
		days_fit(&viewing.days, model->clients[i].id, model->clients[i].zone);
	}
	r = preview(&of, on_row, &viewing);
	if (r < 0) {
		return command_failed(r);
	}

	print_end(&viewing);
	return CTL_DONE;
}

int command_preview(const struct ctl *ctl, const struct arguments *arguments)
{
	_cleanup_(model_freep) struct model *model = NULL;
	struct clock clock;
	hf_time now, from, until;
	int code;

	code = check_load(arguments->count > 0 ? arguments->words[0] : CTL_CONFIG_DIR, &model);
	if (code != CTL_DONE) {
		return code;
	}

	clock_init_real(&clock);
	now = clock_now(&clock);
	code = read_moment(arguments, "from", model->site.zone, now, now, &from);
	if (code == CTL_DONE) {
		code = read_moment(arguments, "until", model->site.zone, from, from + AHEAD,
				   &until);
	}
	return code == CTL_DONE
		       ? show(ctl, model, arguments_value(arguments, "client"), from, until)
		       : code;
}
