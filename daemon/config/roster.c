/*
 * The tables of staff.conf.
 */
#include "config/roster.h"

#include "config/reference.h"

const struct conf_entry staff_keys[] = {
	{ .key = "id",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct staff_member, id),
	  .doc = "the handle that logs and cases show" },
	{ .key = "name",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct staff_member, name),
	  .doc = "what {counselor} becomes in a text" },
	{ .key = "phone",
	  .kind = CONF_PHONE,
	  .required = true,
	  .offset = offsetof(struct staff_member, phone),
	  .doc = "where alerts go" },
	{ 0 },
};

const struct conf_entry on_call_keys[] = {
	{ .key = "staff",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct on_call, staff),
	  .doc = "the id of a member of staff" },
	{ .key = "when",
	  .kind = CONF_HOURS,
	  .fallback = "always",
	  .offset = offsetof(struct on_call, when),
	  .doc = "when this line holds" },
	{ 0 },
};

static int read_member(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct staff_member *member = target;
	int r = conf_read_group(reader, node, staff_keys, member);

	if (r < 0 || !member->id) {
		return r;
	}
	id_check(reader, node, "id");
	return once_add(reader, conf_get(node, "id"), ONCE_STAFF, member->id, false);
}

static int read_on_call(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	int r = conf_read_group(reader, node, on_call_keys, target);

	return r < 0 ? r : reference_add(reader, node, "staff", REFERENCE_STAFF);
}

const struct conf_entry roster_keys[] = {
	{ .key = "staff",
	  .kind = CONF_LIST,
	  .read = read_member,
	  .offset = offsetof(struct roster, staff),
	  .size = sizeof(struct staff_member),
	  .count_offset = offsetof(struct roster, staff_count),
	  .doc = "everyone who works here" },
	{ .key = "on_call",
	  .kind = CONF_LIST,
	  .read = read_on_call,
	  .offset = offsetof(struct roster, on_call),
	  .size = sizeof(struct on_call),
	  .count_offset = offsetof(struct roster, on_call_count),
	  .doc = "who is texted when a case is urgent: the first line that matches, then the "
		 "next" },
	{ .key = "acknowledge_within",
	  .kind = CONF_SPAN,
	  .fallback = "15m",
	  .offset = offsetof(struct roster, acknowledge_within),
	  .doc = "after this long without an acknowledgement the next line is texted" },
	{ 0 },
};

int roster_read(struct conf_reader *reader, const struct conf_node *root, struct roster *roster)
{
	return conf_read_group(reader, root, roster_keys, roster);
}
