/* What comes along with a copied value. */
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/invisible.h"

TEST(each_is_found_and_named)
{
	static const struct {
		const char *text, *what;
		unsigned character;
		int at, length;
	} rows[] = {
		{ "TU,\u00a0TH", "no-break space", 0xa0, 3, 2 },
		{ "+1 312\u2011555", "dash", 0x2011, 6, 3 },
		{ "\u202a+1312", "direction", 0x202a, 0, 3 },
		{ "aft\u00adercare", "soft hyphen", 0xad, 3, 2 },
		{ "r-1\u200b", "without width", 0x200b, 3, 3 },
		{ "\ufeffr-1", "byte order mark", 0xfeff, 0, 3 },
	};
	struct invisible invisible;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(invisible_find(rows[i].text, &invisible));
		assert_non_null(strstr(invisible.what, rows[i].what));
		assert_int_equal(invisible.character, rows[i].character);
		assert_int_equal(invisible.at, rows[i].at);
		assert_int_equal(invisible.length, rows[i].length);
	}
	assert_false(invisible_find("plain text, ñ and é", &invisible));
}

TEST(dropped)
{
	static const char *const rows[][2] = {
		{ "\u202a+1\u00a0312\u2011555\u20110142\u202c", "+1 312-555-0142" },
		{ " TU,\u00a0TH ", "TU, TH" },
		{ "2026-12\u00ad-02\u00a014:00", "2026-12-02 14:00" },
		{ "08:00\u201318:00", "08:00-18:00" },
		{ "\u200b", "" },
		{ "José", "José" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *plain = invisible_drop(rows[i][0]);

		assert_string_equal(plain, rows[i][1]);
	}
}
