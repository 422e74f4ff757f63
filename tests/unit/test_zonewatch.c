/* The news that a zone's file was replaced, as a package manager does it. */
#include <limits.h>
#include <sys/stat.h>

#include "test.h"
#include "lib/clock.h"
#include "lib/zonewatch.h"
#include "zone_rig.h"

struct rig {
	struct zone_rig zones;
	struct loop *loop;
	struct zonewatch *watch;
	int news;
};

static void on_change(void *userdata)
{
	struct rig *rig = userdata;

	rig->news++;
	zonewatch_follow(rig->watch);
}

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	zone_rig_begin(&rig->zones);
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(zonewatch_new(rig->loop, on_change, rig, &rig->watch), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	rig->watch = zonewatch_free(rig->watch);
	rig->loop = loop_free(rig->loop);
	zone_rig_end(&rig->zones);
	free(rig);
	return 0;
}

/* True when the news came. */
static bool hears(struct rig *rig, hf_time within)
{
	hf_time end = clock_monotonic() + within;
	int before = rig->news;

	while (rig->news == before && clock_monotonic() < end) {
		assert_true(loop_turn(rig->loop, end - clock_monotonic()) > 0);
	}
	return rig->news > before;
}

static const struct zone *place(const char *name)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get(name, &zone), 0);
	return zone;
}

FIXTURE(set_up, tear_down);

TEST(test_a_file_is_replaced)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zonewatch_follow(rig->watch);
	assert_false(hears(rig, 0));

	zone_rig_write(&rig->zones, "Test/Place", "<+02>-2");
	assert_true(hears(rig, 10 * HF_SECOND));

	/* Watched on, and the second time too. */
	zone_rig_write(&rig->zones, "Test/Place", "<+03>-3");
	assert_true(hears(rig, 10 * HF_SECOND));
}

TEST(test_many_are_one_news)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zonewatch_follow(rig->watch);
	for (int i = 0; i < 300; i++) {
		zone_rig_write(&rig->zones, "Test/Place", i % 2 ? "<+01>-1" : "<+02>-2");
	}
	assert_true(hears(rig, 10 * HF_SECOND));
	assert_false(hears(rig, 1500 * HF_SECOND / 1000));
	assert_int_equal(rig->news, 1);
}

TEST(test_what_a_link_leads_to)
{
	struct rig *rig = *state;
	char link[PATH_MAX];

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)snprintf(link, sizeof(link), "%s/Old", rig->zones.dir);
	assert_int_equal(mkdir(link, 0755), 0);
	(void)snprintf(link, sizeof(link), "%s/Old/Name", rig->zones.dir);
	assert_int_equal(symlink("../Test/Place", link), 0);
	(void)place("Old/Name");
	zonewatch_follow(rig->watch);

	zone_rig_write(&rig->zones, "Test/Place", "<+02>-2");
	assert_true(hears(rig, 10 * HF_SECOND));
}

TEST(test_no_directory)
{
	struct rig *rig = *state;

	zone_rig_write(&rig->zones, "Test/Place", "<+01>-1");
	(void)place("Test/Place");
	zone_rig_remove(&rig->zones);
	zonewatch_follow(rig->watch);
	assert_false(hears(rig, 0));
	assert_null(zonewatch_free(NULL));
}
