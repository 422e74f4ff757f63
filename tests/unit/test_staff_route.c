/* Who asks, and why: names, limits, and nothing that would write on a terminal. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"

TEST(test_names)
{
	char name[CALLER_NAME_MAX];

	caller_name(0, name);
	assert_string_equal(name, "root");
	caller_name(4000000000u, name);
	assert_string_equal(name, "uid 4000000000");
	caller_name((uid_t)-1, name);
	assert_string_equal(name, "unknown");
}

/* The status: 0 where the why is taken. */
static int ask(const char *why, bool required)
{
	_cleanup_(json_freep) json_t *body = json_object();
	_cleanup_(reply_done) struct reply reply = { 0 };
	const char *taken = NULL;
	int r;

	assert_non_null(body);
	assert_true(!why || json_put(body, "why", json_string(why)) == 0);
	r = caller_why(body, required, &reply, &taken);
	if (r != 0) {
		assert_int_equal(r, 1);
		assert_non_null(json_text(reply.json, "error"));
		return reply.status;
	}
	assert_string_equal(taken, why ? why : "");
	return 0;
}

TEST(test_why)
{
	char longest[2 * CALLER_WHY_MAX + 3] = "";

	assert_int_equal(ask("in hospital until Friday, \xc2\xbfqu\xc3\xa9?", true), 0);
	assert_int_equal(ask(NULL, true), 400);
	assert_int_equal(ask("", true), 400);
	assert_int_equal(ask("  ", true), 400);
	assert_int_equal(ask(NULL, false), 0);
	assert_int_equal(ask("", false), 0);
	assert_int_equal(ask("two\nlines", false), 400);
	assert_int_equal(ask("\x1b[2J", false), 400);
	assert_int_equal(ask("\xc2\x9b"
			     "2J",
			     false),
			 400);

	/* Characters count, not bytes. */
	for (int i = 0; i < CALLER_WHY_MAX; i++) {
		(void)strcat(longest, "\xc3\xa9");
	}
	assert_int_equal(ask(longest, true), 0);
	(void)strcat(longest, "e");
	assert_int_equal(ask(longest, true), 400);
}

TEST(test_why_is_text)
{
	_cleanup_(json_freep) json_t *body = json_object();
	_cleanup_(reply_done) struct reply reply = { 0 };
	const char *why = NULL;

	assert_int_equal(json_put(body, "why", json_integer(7)), 0);
	assert_int_equal(caller_why(body, false, &reply, &why), 1);
	assert_int_equal(reply.status, 400);
	assert_null(why);
}

TEST(test_audit, rig_setup, rig_teardown)
{
	struct rig *rig = *state;
	const struct request request = { .uid = 0 }, nobody = { .uid = (uid_t)-1 };
	const struct caller_act act = { .verb = "stop", .client = "r-1042", .why = "moved" };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(caller_audit(&rig->host, &request, &act), 0);
	assert_int_equal(caller_audit(&rig->host, &nobody, &act), 0);
	assert_int_equal(audit_list(rig->db, "r-1042", NULL, 5, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.uid == -1);
	assert_string_equal(entry.user, "unknown");
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.uid == 0);
	assert_string_equal(entry.user, "root");
	assert_string_equal(entry.why, "moved");
	assert_true(entry.at == clock_now(&rig->clock));
}
