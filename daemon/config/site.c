/*
 * The tables of holdfast.conf, and the gateways it names.
 *
 * Promises: what the file does not say has its default here, as one would
 * write it.  What a courier would stumble over when it starts is a fault here,
 * before anything is sent.
 */
#include "config/site.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "courier/gateway.h"
#include "config/reference.h"

#define EARLIEST (8 * 60)
#define LATEST   (21 * 60)

const struct conf_entry site_keys[] = {
	CONF_KEY("name", TEXT, REQUIRED, site, name,
		 "how texts sign themselves; neutral, because a lock screen shows it"),
	CONF_KEY("phone", PHONE, REQUIRED, site, phone, "where a client can call"),
	CONF_KEY("hours", HOURS, DEFAULT("MO-FR 09:00-17:00"), site, hours,
		 "when a human reads replies; decides the out-of-hours answer"),
	CONF_KEY("timezone", ZONE, REQUIRED, site, zone, "for clients and staff that name none"),
	CONF_KEY("language", TEXT, DEFAULT("en"), site, language, "for clients that name none"),
	{ 0 },
};

static const char *const on_unknown_words[] = { "hold", "replies", "resend", NULL };

const struct conf_entry texting_keys[] = {
	CONF_KEY("hours", HOURS, DEFAULT("09:00-20:00"), texting, hours,
		 "the client's local time, within 08:00-21:00; what falls outside waits"),
	CONF_KEY("daily_limit", NUMBER, DEFAULT("2"), texting, daily_limit,
		 "automatic texts for one client in one local day", .least = 1, .most = 20),
	CONF_KEY("max_segments", NUMBER, DEFAULT("2"), texting, max_segments,
		 "a text that is longer, for anybody who may get it, is an error", .least = 1,
		 .most = 10),
	CONF_KEY("plain_characters", TRUTH, DEFAULT("true"), texting, plain_characters,
		 "make curly quotes, dashes and the like, which phones charge for, plain; letters: "
		 "accents, in a language's file"),
	CONF_KEY("on_unknown", WORD, DEFAULT("hold"), texting, on_unknown,
		 "what is done with a text whose gateway answer was lost, and which may be on a "
		 "phone "
		 "or nowhere: \"hold\" for a human; with \"replies\" what a counselor writes is "
		 "sent again, with \"resend\" reminders too, at most three times; the emergency "
		 "text, alerts and the answer to HELP always are, the confirmation of a STOP never",
		 .words = on_unknown_words),
	CONF_KEY("most_per_hour", NUMBER, DEFAULT("0"), texting, most_per_hour,
		 "texts of all kinds that may go out within an hour; then all but emergency texts "
		 "and "
		 "alerts wait, and the administrator is told; 0: six for each client, at least 100",
		 .least = 0, .most = 1000000),
	CONF_KEY("most_per_day", NUMBER, DEFAULT("0"), texting, most_per_day,
		 "the same within 24 hours; 0: twenty for each client, at least 200", .least = 0,
		 .most = 10000000),
	CONF_KEY("conversation", SPAN, DEFAULT("4h"), texting, conversation,
		 "after holdfastctl reply, and after each text of either side, check-ins and other "
		 "reminders of habits wait so long, at most a week; meetings and appointments do "
		 "not"),
	{ 0 },
};

const struct conf_entry keep_keys[] = {
	CONF_KEY("messages", SPAN, DEFAULT("90d"), keep, messages,
		 "how long texts and replies are kept"),
	CONF_KEY("receipts", SPAN, DEFAULT("30d"), keep, receipts,
		 "how long delivery receipts are kept"),
	CONF_KEY("audit", SPAN, DEFAULT("6y"), keep, audit,
		 "how long consent and what staff did are kept"),
	{ 0 },
};

const struct conf_entry danger_keys[] = {
	CONF_KEY("emergency", NUMBER, DEFAULT("36"), danger, emergency,
		 "a reply with so many points by `danger_signs`, `danger_weights` and "
		 "`danger_pairs` of words/ is one of danger: the emergency text, and a human at "
		 "once",
		 .least = 1, .most = 1000),
	CONF_KEY("worry", NUMBER, DEFAULT("31"), danger, worry,
		 "with so many a human is told at once, and decides", .least = 1, .most = 1000),
	CONF_KEY("setback", NUMBER, DEFAULT("42"), danger, setback,
		 "a reply with so many points by `setback_weights` tells of a setback", .least = 1,
		 .most = 1000),
	{ 0 },
};

/* A lock screen and every text show the name. */
static void check_name(struct conf_reader *reader, const struct conf_node *group)
{
	const struct conf_node *node = conf_get(group, "name");
	const char *name = node ? conf_text(node) : NULL;

	if (name && (*name == '\0' || strpbrk(name, "{}\n\r"))) {
		conf_fault(reader, node, "value",
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
	site->name_line = reference_line(node, "name");
	site->phone_line = reference_line(node, "phone");
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
		fault_add(reader->faults, FAULT_ERROR, conf_file(node),
			  reference_line(node, "hours"), "texting-hours",
			  "texts go out every day, within 08:00-21:00 of the client's time; write "
			  "hours like \"09:00-20:00\"");
	}
	texting->hour_line = reference_line(node, "most_per_hour");
	texting->day_line = reference_line(node, "most_per_day");
	if (span_length(&texting->conversation) > 7 * HF_DAY) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node),
			  reference_line(node, "conversation"), "conversation-too-long",
			  "no check-in for more than a week after a reply; write \"4h\" or \"1d\"");
	}
	return 0;
}

static int read_keep(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, keep_keys, target);
}

static int read_danger(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct danger *danger = target;
	int r = conf_read_group(reader, node, danger_keys, danger);

	if (r == 0 && node && danger->worry > danger->emergency) {
		conf_fault(reader, node, "value",
			   "`worry` is more than `emergency`, and would never be reached; make it "
			   "as much or less");
	}
	return r;
}

const struct conf_entry site_file_keys[] = {
	CONF_KEY("site", GROUP, REQUIRED, site_file, site, "the place that sends the texts",
		 .read = read_site),
	CONF_KEY("texting", GROUP, DEFAULT("{}"), site_file, texting,
		 "the limits of automatic texts", .read = read_texting),
	CONF_KEY("gateways", TEXTS, REQUIRED, site_file, gateways,
		 "names of gateways/NAME.conf, in the order of preference", .most = 8),
	CONF_KEY("keep", GROUP, DEFAULT("{}"), site_file, keep, "how long what happened is kept",
		 .read = read_keep),
	CONF_KEY("danger", GROUP, DEFAULT("{}"), site_file, danger,
		 "when the words of a reply tell of danger", .read = read_danger),
	CONF_KEY("closed", DATES, OPTIONAL, site_file, closed,
		 "days on which appointments and site meetings do not take place"),
	{ 0 },
};

int site_file_read(struct conf_reader *reader, const struct conf_node *root, struct site_file *file)
{
	return conf_read_group(reader, root, site_file_keys, file);
}

/* --- gateways ------------------------------------------------------------- */

static int note_senders(struct conf_reader *reader, const struct gateway *gateway,
			struct site_file *file)
{
	struct conf_texts *senders = &file->senders;
	size_t count = senders->count + gateway->from.count;
	char **list = arena_alloc(reader->arena, count + 1, sizeof(*list));

	if (!list) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		bool before = i < senders->count;

		list[i] =
			before ? senders->list[i]
			       : arena_copy(reader->arena, gateway->from.list[i - senders->count]);
		if (!list[i]) {
			return -ENOMEM;
		}
	}
	*senders = (struct conf_texts){ list, count };
	file->on_network |= !gateway_on_loopback(gateway);
	return 0;
}

static int check_gateway(struct conf_reader *reader, const char *dir, const struct conf_node *node,
			 const char *name, struct site_file *file)
{
	_cleanup_(gateway_freep) struct gateway *gateway = NULL;
	_cleanup_free_ char *path = NULL;
	char shown[FAULT_WORD_MAX];
	int r;

	if (*name == '\0' || *name == '.' || strchr(name, '/') || strlen(name) > GATEWAY_NAME_MAX) {
		conf_fault(reader, node, "id",
			   "\"%s\" cannot name a gateway; write NAME for gateways/NAME.conf",
			   fault_word(name, shown));
		return 0;
	}

	if (asprintf(&path, "%s/gateways/%s.conf", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		conf_fault(reader, node, "unknown-gateway",
			   "there is no gateways/%s.conf; write it, or correct "
			   "the name",
			   name);
		return 0;
	}

	r = gateway_load(dir, name, reader->faults, &gateway);
	if (r != 0) {
		return r < 0 ? r : 0;
	}
	return note_senders(reader, gateway, file);
}

int site_check_gateways(struct conf_reader *reader, const char *dir, const struct conf_node *node,
			struct site_file *file)
{
	const struct conf_texts *gateways = &file->gateways;
	if (node && gateways->count == 0 && conf_is_list(node)) {
		conf_fault(reader, node, "missing-gateway",
			   "no gateway, so nothing could be sent; name one");
	}

	for (size_t i = 0; i < gateways->count; i++) {
		const struct conf_node *at = conf_is_list(node) ? conf_at(node, i) : node;
		int r = gateways->list[i] ? check_gateway(reader, dir, at, gateways->list[i], file)
					  : 0;

		if (r < 0) {
			return r;
		}
	}
	return 0;
}
