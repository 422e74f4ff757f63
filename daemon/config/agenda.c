/*
 * Meetings and appointments.
 *
 * Promises: each has a message, and a meeting says in exactly one way when it
 * is.
 */
#include "config/agenda.h"

#include "config/reference.h"
#include "config/reminder.h"

#define complain(reader, node, code, ...)                                                          \
	fault_add((reader)->faults, FAULT_ERROR, conf_file(node), conf_line(node), (code),         \
		  __VA_ARGS__)

const struct conf_entry meeting_keys[] = {
	{ .key = "id",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct meeting, id),
	  .doc = "its handle, once among what a client has" },
	{ .key = "title",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct meeting, title),
	  .doc = "what {title} becomes in a text" },
	{ .key = "place",
	  .kind = CONF_TEXT,
	  .offset = offsetof(struct meeting, place),
	  .doc = "what {place} becomes in a text" },
	{ .key = "at",
	  .kind = CONF_MINUTE,
	  .required = true,
	  .offset = offsetof(struct meeting, minute),
	  .doc = "when it begins, local time" },
	{ .key = "on",
	  .kind = CONF_WEEKDAYS,
	  .offset = offsetof(struct meeting, weekdays),
	  .doc = "weekdays, like \"TU\"" },
	{ .key = "every",
	  .kind = CONF_NUMBER,
	  .fallback = "1",
	  .least = 1,
	  .most = 52,
	  .offset = offsetof(struct meeting, every),
	  .doc = "with on: every so many weeks, from the week of the start" },
	{ .key = "rrule",
	  .kind = CONF_TEXT,
	  .offset = offsetof(struct meeting, rrule),
	  .doc = "a rule of RFC 5545, like \"FREQ=MONTHLY;BYDAY=1SA\"" },
	{ .key = "skip",
	  .kind = CONF_TRUTH,
	  .fallback = "false",
	  .offset = offsetof(struct meeting, skip),
	  .doc = "nothing in a month that lacks the day, instead of its last day" },
	{ .key = "site",
	  .kind = CONF_TRUTH,
	  .fallback = "false",
	  .offset = offsetof(struct meeting, site),
	  .doc = "held at the site: does not take place on closed days" },
	{ .key = "message",
	  .kind = CONF_TEXT,
	  .fallback = "meeting",
	  .offset = offsetof(struct meeting, message),
	  .doc = "the name of its message" },
	{ .key = "remind",
	  .kind = CONF_SPANS,
	  .fallback = "2h",
	  .most = 8,
	  .offset = offsetof(struct meeting, leads),
	  .doc = "how long before" },
	{ 0 },
};

const struct conf_entry appointment_keys[] = {
	{ .key = "id",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct appointment, id),
	  .doc = "its handle, once among what a client has" },
	{ .key = "with",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct appointment, with),
	  .doc = "what {with} becomes in a text" },
	{ .key = "place",
	  .kind = CONF_TEXT,
	  .offset = offsetof(struct appointment, place),
	  .doc = "what {place} becomes in a text" },
	{ .key = "when",
	  .kind = CONF_DATETIME,
	  .required = true,
	  .offset = offsetof(struct appointment, when),
	  .doc = "local time, like \"2026-12-02 14:00\"" },
	{ .key = "message",
	  .kind = CONF_TEXT,
	  .fallback = "appointment",
	  .offset = offsetof(struct appointment, message),
	  .doc = "the name of its message" },
	{ .key = "remind",
	  .kind = CONF_SPANS,
	  .fallback = "1d",
	  .most = 8,
	  .offset = offsetof(struct appointment, leads),
	  .doc = "how long before" },
	{ 0 },
};

/* The one that is named, or the default, which must exist as well. */
static int note_message(struct conf_reader *reader, const struct conf_node *group,
			const char *choice)
{
	const struct conf_node *node = conf_get(group, "message");

	return choice ? reference_add_message(reader, node ? node : group, choice) : 0;
}

int meeting_read(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	static const char *const when[] = { "on", "rrule", NULL };
	struct meeting *meeting = target;
	int r = conf_read_group(reader, node, meeting_keys, meeting);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	meeting->line = line_of(node, "id");
	meeting->title_line = line_of(node, "title");
	meeting->place_line = line_of(node, "place");
	id_check(reader, node, "id");
	one_key_check(reader, node, when, "when");
	r = rrule_check(reader, node);
	return r < 0 ? r : note_message(reader, node, meeting->message);
}

int appointment_read(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct appointment *appointment = target;
	int r = conf_read_group(reader, node, appointment_keys, appointment);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	appointment->line = line_of(node, "id");
	appointment->with_line = line_of(node, "with");
	appointment->place_line = line_of(node, "place");
	id_check(reader, node, "id");
	return note_message(reader, node, appointment->message);
}
