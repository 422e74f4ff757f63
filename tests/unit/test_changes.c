/* Which text of one preview is which of another, and what of it a client would notice. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "ctl/changes.h"
#include "plan_rig.h"

#define SEEN_MAX 4096

struct seen {
	char text[SEEN_MAX];
	size_t used;
	int answer;
};

/* "moved tue 2h 11-24 17:00 > 11-24 18:00; ", the times in each one's zone. */
static int on_change(void *userdata, enum change_kind kind, const struct foreseen *before,
		     const struct foreseen *after)
{
	const struct foreseen *sides[] = { before, after }, *one = after ? after : before;
	struct seen *seen = userdata;
	char when[2][32] = { "none", "none" };

	for (int i = 0; i < 2; i++) {
		if (sides[i]) {
			struct civil goes = zone_civil(sides[i]->zone, sides[i]->goes);

			(void)snprintf(when[i], sizeof(when[i]), "%02d-%02d %02d:%02d", goes.month,
				       goes.day, goes.hour, goes.minute);
		}
	}
	seen->used += (size_t)snprintf(seen->text + seen->used, SEEN_MAX - seen->used,
				       "%s %s%s%s %s > %s; ", change_words[kind], one->reminder,
				       *one->lead ? " " : "", one->lead, when[0], when[1]);
	assert_true(seen->used < SEEN_MAX);
	return seen->answer;
}

static struct foreseen a_text(const char *reminder, const char *lead, const char *occurrence,
			      const char *goes)
{
	return (struct foreseen){ .kind = "note",
				  .reminder = reminder,
				  .lead = lead,
				  .text = "hello",
				  .zone = zone("America/Chicago"),
				  .occurrence = instant(occurrence),
				  .planned = instant(goes),
				  .goes = instant(goes),
				  .segments = 1,
				  .send = true };
}

static struct foreseen held(struct foreseen text)
{
	text.send = false;
	text.text = NULL;
	text.reason = "paused";
	return text;
}

static void expect(const struct foreseen *before, size_t before_count, const struct foreseen *after,
		   size_t after_count, const char *expected)
{
	struct seen seen = { 0 };

	assert_int_equal(
		changes_compare(before, before_count, after, after_count, on_change, &seen), 0);
	assert_string_equal(seen.text, expected);
}

TEST(test_nothing)
{
	const struct foreseen same[] = { a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00"),
					 a_text("a", "", "2026-11-25 10:00", "2026-11-25 10:00"),
					 held(a_text("b", "", "2026-11-25 10:00",
						     "2026-11-25 10:00")) };
	struct foreseen other[COUNT(same)];

	for (int i = 0; i < 2; i++) {
		expect(NULL, 0, NULL, 0, "");
		expect(same, COUNT(same), same, COUNT(same), "");
	}
	/* What does not go, for another reason; what goes, from another message. */
	memcpy(other, same, sizeof(same));
	other[0].message = "another";
	other[2].reason = "too late";
	expect(same, COUNT(same), other, COUNT(other), "");
	/* And one that did not go is not missed. */
	expect(same, 3, same, 2, "");
}

TEST(test_come_and_go)
{
	const struct foreseen text = a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00");
	const struct foreseen not_sent = held(text);

	expect(&text, 1, NULL, 0, "removed a 11-24 10:00 > none; ");
	expect(NULL, 0, &text, 1, "added a none > 11-24 10:00; ");
	expect(NULL, 0, &not_sent, 1, "held a none > 11-24 10:00; ");
	expect(&text, 1, &not_sent, 1, "removed a 11-24 10:00 > 11-24 10:00; ");
	expect(&not_sent, 1, &text, 1, "added a 11-24 10:00 > 11-24 10:00; ");
}

TEST(test_words)
{
	const struct foreseen text = a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00");
	struct foreseen other = text;

	other.text = "good morning";
	expect(&text, 1, &other, 1, "reworded a 11-24 10:00 > 11-24 10:00; ");
	/* With the time it is the time that is said. */
	other.goes += HF_HOUR;
	expect(&text, 1, &other, 1, "moved a 11-24 10:00 > 11-24 11:00; ");
}

/* A text that becomes a question is another one. */
TEST(test_kind)
{
	const struct foreseen text = a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00");
	struct foreseen other = text;

	other.kind = "check-in";
	expect(&text, 1, &other, 1, "removed a 11-24 10:00 > none; added a none > 11-24 10:00; ");
}

/* Another time of day is another occurrence of the same day; another day is not the same text. */
TEST(test_time_of_day)
{
	const struct foreseen before[] = { a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00"),
					   a_text("a", "", "2026-11-26 10:00",
						  "2026-11-26 10:00") };
	const struct foreseen after[] = { a_text("a", "", "2026-11-24 11:30", "2026-11-24 11:30"),
					  a_text("a", "", "2026-11-27 11:30", "2026-11-27 11:30") };

	expect(before, 2, after, 2,
	       "moved a 11-24 10:00 > 11-24 11:30; removed a 11-26 10:00 > none; "
	       "added a none > 11-27 11:30; ");
}

/* The day is that of each one's zone. */
TEST(test_zone)
{
	const struct foreseen before = a_text("a", "", "2026-11-24 23:30", "2026-11-24 23:30");
	struct foreseen after = before;

	after.zone = zone("America/Phoenix");
	expect(&before, 1, &after, 1, "");
	after.occurrence += HF_HOUR;
	after.goes += HF_HOUR;
	expect(&before, 1, &after, 1, "moved a 11-24 23:30 > 11-24 23:30; ");
}

/* The lead that is nearest takes the place of one that is gone. */
TEST(test_leads)
{
	const struct foreseen before[] = {
		a_text("a", "1d", "2026-11-24 19:00", "2026-11-23 19:00"),
		a_text("a", "2h", "2026-11-24 19:00", "2026-11-24 17:00")
	};
	const struct foreseen after[] = { a_text("a", "2d", "2026-11-24 19:00", "2026-11-22 19:00"),
					  a_text("a", "1d", "2026-11-24 19:00", "2026-11-23 19:00"),
					  a_text("a", "3h", "2026-11-24 19:00",
						 "2026-11-24 16:00") };

	expect(before, 2, after, 3,
	       "moved a 3h 11-24 17:00 > 11-24 16:00; added a 2d none > 11-22 19:00; ");
	expect(before, 2, after, 1,
	       "moved a 2d 11-23 19:00 > 11-22 19:00; removed a 2h 11-24 17:00 > none; ");
}

TEST(test_appointment)
{
	struct foreseen before[] = { a_text("review", "3d", "2026-12-02 14:00", "2026-11-29 14:00"),
				     a_text("review", "1d", "2026-12-02 14:00",
					    "2026-12-01 14:00") };
	struct foreseen after[] = { a_text("review", "3d", "2026-12-04 09:00", "2026-12-01 09:00"),
				    a_text("review", "1d", "2026-12-04 09:00",
					   "2026-12-03 09:00") };

	for (int i = 0; i < 2; i++) {
		before[i].kind = after[i].kind = "appointment";
	}
	expect(before, 2, after, 2,
	       "moved review 3d 11-29 14:00 > 12-01 09:00; "
	       "moved review 1d 12-01 14:00 > 12-03 09:00; ");
	/* Two appointments are two. */
	after[0].reminder = after[1].reminder = "dentist";
	expect(before, 1, after, 1,
	       "removed review 3d 11-29 14:00 > none; added dentist 3d none > 12-01 09:00; ");
}

/* What went out this morning does not go again this evening; a meeting is told of anew. */
TEST(test_gone_today)
{
	struct foreseen before[] = { a_text("a", "", "2026-11-25 10:00", "2026-11-25 10:00"),
				     a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00") };
	struct foreseen after[] = { a_text("a", "", "2026-11-24 18:00", "2026-11-24 18:00"),
				    a_text("a", "", "2026-11-25 18:00", "2026-11-25 18:00") };

	before[1] = held(before[1]);
	before[1].reason = NULL;
	before[1].gone = true;
	expect(before, 2, after, 2,
	       "moved a 11-25 10:00 > 11-25 18:00; held a none > 11-24 18:00; ");
	expect(before, 2, NULL, 0, "removed a 11-25 10:00 > none; ");
	for (int i = 0; i < 2; i++) {
		before[i].kind = after[i].kind = "meeting";
	}
	expect(before, 2, after, 2,
	       "moved a 11-25 10:00 > 11-25 18:00; added a none > 11-24 18:00; ");
}

TEST(test_stopping)
{
	const struct foreseen before[] = { a_text("a", "", "2026-11-24 10:00", "2026-11-24 10:00"),
					   a_text("a", "", "2026-11-26 10:00",
						  "2026-11-26 10:00") };
	struct seen seen = { .answer = -ECANCELED };

	assert_int_equal(changes_compare(before, 2, NULL, 0, on_change, &seen), -ECANCELED);
	assert_string_equal(seen.text, "removed a 11-24 10:00 > none; ");
}

static int tear_down(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, tear_down);
