/*
 * The tables of staff.conf.
 */
#include "config/staff.h"

#include "config/reference.h"

const struct conf_entry staff_keys[] = {
	CONF_KEY("id", TEXT, REQUIRED, staff_member, id, "the handle that logs and cases show"),
	CONF_KEY("name", TEXT, REQUIRED, staff_member, name, "what {counselor} becomes in a text"),
	CONF_KEY("phone", PHONE, REQUIRED, staff_member, phone, "where alerts go"),
	CONF_KEY("administrator", TRUTH, DEFAULT("false"), staff_member, administrator,
		 "is texted, too, when a gateway finds fault with our account"),
	CONF_KEY("reveal", TRUTH, DEFAULT("false"), staff_member, reveal,
		 "WHO 12 from that phone is answered with the first name and number of case 12: "
		 "while it is open, for 12 hours after that person was told of it; each is "
		 "recorded"),
	{ 0 },
};

const struct conf_entry on_call_keys[] = {
	CONF_KEY("staff", TEXT, REQUIRED, on_call, staff, "the id of a member of staff"),
	CONF_KEY("when", HOURS, DEFAULT("always"), on_call, when, "when this line holds"),
	{ 0 },
};

static int read_member(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct staff_member *member = target;
	int r = conf_read_group(reader, node, staff_keys, member);

	if (r < 0 || !member->id) {
		return r;
	}
	member->name_line = reference_line(node, "name");
	member->phone_line = reference_line(node, "phone");
	reference_check_id(reader, node, "id");
	return unique_add(reader, conf_get(node, "id"), UNIQUE_STAFF, member->id, false);
}

static int read_on_call(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	int r = conf_read_group(reader, node, on_call_keys, target);

	return r < 0 ? r : reference_add(reader, node, "staff", REFERENCE_STAFF);
}

const struct conf_entry staff_file_keys[] = {
	CONF_LIST_KEY("staff", OPTIONAL, staff_file, staff, staff_count, read_member,
		      "everyone who works here"),
	CONF_LIST_KEY(
		"on_call", OPTIONAL, staff_file, on_call, on_call_count, read_on_call,
		"who is texted when a case is urgent: the first line that matches, then the next"),
	CONF_KEY("acknowledge_within", SPAN, DEFAULT("15m"), staff_file, acknowledge_within,
		 "after this long without an acknowledgement the next line is texted, then all"),
	CONF_KEY("attempt_within", SPAN, DEFAULT("1h"), staff_file, attempt_within,
		 "after this long without an attempt to reach her a case of danger, a setback, a "
		 "need or HELP that somebody has acknowledged is alive again"),
	CONF_KEY(
		"read_within", SPAN, DEFAULT("1h"), staff_file, read_within,
		"what is not urgent, as a text that nobody has read, is told to whoever is on call "
		"within that time where it happens in site hours, and before closing in any case"),
	CONF_KEY(
		"daily_digest", TRUTH, DEFAULT("false"), staff_file, daily_digest,
		"whoever is on call is texted each time the site opens: how many cases are open, "
		"how "
		"many texts went out, and whether all is well; so one that does not come says that "
		"nothing runs"),
	{ 0 },
};

int staff_file_read(struct conf_reader *reader, const struct conf_node *root,
		    struct staff_file *staff_file)
{
	return conf_read_group(reader, root, staff_file_keys, staff_file);
}
