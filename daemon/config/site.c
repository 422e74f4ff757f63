/*
 * The tables of holdfast.conf.
 *
 * Promises: what the file does not say has its default here, as one would
 * write it.
 */
#include "config/site.h"

#include <string.h>

#include "lib/text.h"
#include "config/reference.h"

#define EARLIEST (8 * 60)
#define LATEST   (21 * 60)

const struct conf_entry site_keys[] = {
	{ .key = "name",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct site, name),
	  .doc = "how texts sign themselves; neutral, because a lock screen shows it" },
	{ .key = "phone",
	  .kind = CONF_PHONE,
	  .required = true,
	  .offset = offsetof(struct site, phone),
	  .doc = "where a client can call" },
	{ .key = "hours",
	  .kind = CONF_HOURS,
	  .fallback = "MO-FR 09:00-17:00",
	  .offset = offsetof(struct site, hours),
	  .doc = "when a human reads replies; decides the out-of-hours answer" },
	{ .key = "timezone",
	  .kind = CONF_ZONE,
	  .required = true,
	  .offset = offsetof(struct site, zone),
	  .doc = "for clients and staff that name none" },
	{ .key = "language",
	  .kind = CONF_TEXT,
	  .fallback = "en",
	  .offset = offsetof(struct site, language),
	  .doc = "for clients that name none" },
	{ 0 },
};

static const char *const on_unknown_words[] = { "hold", "resend", NULL };

const struct conf_entry texting_keys[] = {
	{ .key = "hours",
	  .kind = CONF_HOURS,
	  .fallback = "09:00-20:00",
	  .offset = offsetof(struct texting, hours),
	  .doc = "the client's local time, within 08:00-21:00; what falls outside waits" },
	{ .key = "daily_limit",
	  .kind = CONF_NUMBER,
	  .fallback = "2",
	  .least = 1,
	  .most = 20,
	  .offset = offsetof(struct texting, daily_limit),
	  .doc = "automatic texts for one client in one local day" },
	{ .key = "max_segments",
	  .kind = CONF_NUMBER,
	  .fallback = "2",
	  .least = 1,
	  .most = 10,
	  .offset = offsetof(struct texting, max_segments),
	  .doc = "a text that is longer, for anybody who may get it, is an error" },
	{ .key = "plain_characters",
	  .kind = CONF_TRUTH,
	  .fallback = "true",
	  .offset = offsetof(struct texting, plain_characters),
	  .doc = "make characters that GSM-7 lacks plain, so that a text stays short" },
	{ .key = "on_unknown",
	  .kind = CONF_WORD,
	  .fallback = "hold",
	  .words = on_unknown_words,
	  .offset = offsetof(struct texting, on_unknown),
	  .doc = "a text whose gateway answer was lost: \"hold\" for a human, or \"resend\"" },
	{ .key = "conversation",
	  .kind = CONF_SPAN,
	  .fallback = "4h",
	  .offset = offsetof(struct texting, conversation),
	  .doc = "after holdfastctl reply, and after each text of either side, check-ins and other "
		 "reminders of habits wait so long, at most a week; meetings and appointments do "
		 "not" },
	{ 0 },
};

const struct conf_entry keep_keys[] = {
	{ .key = "messages",
	  .kind = CONF_SPAN,
	  .fallback = "90d",
	  .offset = offsetof(struct keep, messages),
	  .doc = "how long texts and replies are kept" },
	{ .key = "receipts",
	  .kind = CONF_SPAN,
	  .fallback = "30d",
	  .offset = offsetof(struct keep, receipts),
	  .doc = "how long delivery receipts are kept" },
	{ .key = "audit",
	  .kind = CONF_SPAN,
	  .fallback = "6y",
	  .offset = offsetof(struct keep, audit),
	  .doc = "how long consent and what staff did are kept" },
	{ 0 },
};

/* A lock screen and every text show the name. */
static void check_name(struct conf_reader *reader, const struct conf_node *group)
{
	const struct conf_node *node = conf_get(group, "name");
	const char *name = node ? conf_text(node) : NULL;

	if (name && (*name == '\0' || strpbrk(name, "{}\n\r"))) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "value",
			  "the name is empty or holds braces; write a short, neutral name");
	}
}

static int read_site(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct site *site = target;
	int r = conf_read_group(reader, node, site_keys, site);

	if (r < 0) {
		return r;
	}
	site->file = ((struct references *)reader->userdata)->file;
	site->name_line = line_of(node, "name");
	check_name(reader, node);
	return reference_add(reader, node, "language", REFERENCE_LANGUAGE);
}

static int read_texting(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct texting *texting = target;
	int r = conf_read_group(reader, node, texting_keys, texting);
	const struct hours *hours = &texting->hours;

	if (r < 0 || !node) {
		return r;
	}

	if (hours->weekdays != WEEKDAY_ALL || hours->from < EARLIEST || hours->until > LATEST) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), line_of(node, "hours"),
			  "texting-hours",
			  "texts go out every day, within 08:00-21:00 of the client's time; write "
			  "hours like \"09:00-20:00\"");
	}
	if (texting->conversation.days * HF_DAY + texting->conversation.elapsed > 7 * HF_DAY) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node),
			  line_of(node, "conversation"), "conversation-too-long",
			  "no check-in for more than a week after a reply; write \"4h\" or \"1d\"");
	}
	return 0;
}

static int read_keep(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, keep_keys, target);
}

const struct conf_entry site_file_keys[] = {
	{ .key = "site",
	  .kind = CONF_GROUP,
	  .required = true,
	  .read = read_site,
	  .offset = offsetof(struct site_file, site),
	  .doc = "the place that sends the texts" },
	{ .key = "texting",
	  .kind = CONF_GROUP,
	  .fallback = "{}",
	  .read = read_texting,
	  .offset = offsetof(struct site_file, texting),
	  .doc = "the limits of automatic texts" },
	{ .key = "gateways",
	  .kind = CONF_TEXTS,
	  .required = true,
	  .most = 8,
	  .offset = offsetof(struct site_file, gateways),
	  .doc = "names of gateways/NAME.conf, in the order of preference" },
	{ .key = "keep",
	  .kind = CONF_GROUP,
	  .fallback = "{}",
	  .read = read_keep,
	  .offset = offsetof(struct site_file, keep),
	  .doc = "how long what happened is kept" },
	{ .key = "closed",
	  .kind = CONF_DATES,
	  .offset = offsetof(struct site_file, closed),
	  .doc = "days on which appointments and site meetings do not take place" },
	{ 0 },
};

int site_file_read(struct conf_reader *reader, const struct conf_node *root, struct site_file *file)
{
	return conf_read_group(reader, root, site_file_keys, file);
}
