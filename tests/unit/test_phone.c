/* Numbers as staff write them, and the mistakes that would text a stranger. */
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/phone.h"

TEST(test_taken)
{
	static const struct {
		const char *text, *phone;
	} rows[] = {
		{ "+13125550142", "+13125550142" },
		{ "+1 (312) 555-0142", "+13125550142" },
		{ "+1.312.555.0142", "+13125550142" },
		{ "+44 20 7946 0958", "+442079460958" },
		{ "+52 55 1234 5678", "+525512345678" },
		{ "+354 611 1234", "+3546111234" },
		{ "+2908 1234", "+29081234" },
		{ "+49 151 2345678901", "+491512345678901" },
	};
	char phone[PHONE_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(phone_parse(rows[i].text, phone), 0);
		assert_string_equal(phone, rows[i].phone);
		assert_int_equal(phone_parse(phone, phone), 0);
		assert_string_equal(phone, rows[i].phone);
	}
}

TEST(assigned)
{
	assert_true(phone_is_assigned("+13125550142"));
	assert_true(phone_is_assigned("+442079460958"));
	assert_false(phone_is_assigned("+10125550171"));
	assert_false(phone_is_assigned("+11125550171"));
	assert_false(phone_is_assigned("+13121550171"));
	assert_false(phone_is_assigned("+13120550171"));
	assert_false(phone_is_assigned("+19115550171"));
}

TEST(test_refused)
{
	static const struct {
		const char *text;
		int answer;
	} rows[] = {
		{ "", PHONE_E_PLUS },
		{ "+", PHONE_E_PLUS },
		{ "13125550142", PHONE_E_PLUS },
		{ "0044 20 7946 0958", PHONE_E_PLUS },
		{ "++13125550142", PHONE_E_PLUS },
		{ "+ 13125550142", PHONE_E_PLUS },
		{ " +13125550142", PHONE_E_PLUS },
		{ "RIVERSIDE", PHONE_E_PLUS },
		{ "+1312555O142", PHONE_E_CHARACTER },
		{ "+13125550142 ", PHONE_E_CHARACTER },
		{ "+13125550142x12", PHONE_E_CHARACTER },
		{ "+1312555/0142", PHONE_E_CHARACTER },
		{ "+1312\xc2\xa0"
		  "5550142",
		  PHONE_E_CHARACTER },
		{ "+44 (0)20 7946 0958", PHONE_E_CHARACTER },
		{ "+1", PHONE_E_SHORT },
		{ "+7414", PHONE_E_SHORT },
		{ "+4420794", PHONE_E_SHORT },
		{ "+1312555014", PHONE_E_SHORT },
		{ "+131255501422", PHONE_E_LONG },
		{ "+4915123456789012", PHONE_E_LONG },
		{ "+44444444444444444444444444444444444444444444444", PHONE_E_LONG },
		{ "+03125550142", PHONE_E_COUNTRY },
		{ "+19005550142", PHONE_E_COUNTRY },
		{ "+80012345678", PHONE_E_COUNTRY },
		{ "+881612345678", PHONE_E_COUNTRY },
		{ "+870773123456", PHONE_E_COUNTRY },
		{ "+979123456789", PHONE_E_COUNTRY },
		{ "+210123456789", PHONE_E_COUNTRY },
		{ "+684123456789", PHONE_E_COUNTRY },
	};
	char phone[PHONE_MAX] = "untouched";

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(phone_parse(rows[i].text, phone), rows[i].answer);
		assert_string_equal(phone, "untouched");
	}
}

TEST(test_every_answer_has_a_reason)
{
	for (int answer = PHONE_E_PLUS; answer <= PHONE_E_COUNTRY; answer++) {
		assert_true(strlen(phone_reason(answer)) > 10);
		assert_string_not_equal(phone_reason(answer), phone_reason(0));
	}
}

TEST(numbers_of_stories)
{
	assert_true(phone_is_fictional("+13125550142"));
	assert_true(phone_is_fictional("+16025550199"));
	assert_false(phone_is_fictional("+13125550200"));
	assert_false(phone_is_fictional("+13125560142"));
	assert_false(phone_is_fictional("+43125550142"));
	assert_false(phone_is_fictional("+131255501421"));
	assert_false(phone_is_fictional("+1312"));
}
