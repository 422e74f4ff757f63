#include <string.h>

#include "test.h"
#include "lib/url.h"

TEST(test_where_requests_may_go)
{
	static const char *const allowed[] = {
		"https://api.example.org",
		"https://api.example.org/",
		"https://api.example.org:8443/a?b=c#d",
		"https://192.0.2.1/",
		"https://127.0.0.1:8443",
		"http://127.0.0.1:8025",
		"http://127.1.2.3/x",
		"http://localhost:8025/messages",
		"http://[::1]:8025/",
	};
	static const char *const refused[] = {
		"",
		"http",
		"http://",
		"https:///path",
		"ftp://127.0.0.1/",
		"file:///etc/passwd",
		"HTTPS://api.example.org/",
		"http://api.example.org/",
		"http://10.0.0.1/",
		"http://128.0.0.1/",
		"http://127.0.0.1.example.org/",
		"http://127.0.0.1@example.org/",
		"http://localhost:80@example.org/",
		"http://localhost\\@example.org/",
		"http://localhost.example.org/",
		"http://localhost#@example.org/",
		"http://localhost?/",
		"http://[::1].example.org/",
		"http://[::2]/",
		"http://2130706433/",
		"http://0x7f000001/",
		"http://127.1/",
		"http://localhost./",
		"https://user@example.org/",
		"https://exa mple.org/",
		"https://example.org:/",
		"https://example.org:123456/",
		"https://example.org:80x/",
		"https://example.org/a b",
		"https://example.org/\r\nX: y",
		"https://example.org/\xc3\xb1",
		"https://.",
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++) {
		assert_true(url_allowed(allowed[i]));
		assert_int_equal(url_on_loopback(allowed[i]), i >= 4);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		assert_false(url_allowed(refused[i]));
	}
}

TEST(test_a_long_host)
{
	char url[400] = "https://";

	memset(url + 8, 'a', 253);
	assert_true(url_allowed(url));
	url[8 + 253] = 'a';
	assert_false(url_allowed(url));
}

TEST(test_escape)
{
	char to[3 * 256 + 1], all[256];

	assert_int_equal(url_escape("a b&c=d+e~f", 11, to), 19);
	assert_string_equal(to, "a%20b%26c%3Dd%2Be~f");
	assert_int_equal(url_escape("\xc3\xb1", 2, to), 6);
	assert_string_equal(to, "%C3%B1");
	assert_int_equal(url_escape("", 0, to), 0);
	assert_string_equal(to, "");

	for (int i = 0; i < 256; i++) {
		all[i] = (char)i;
	}
	assert_int_equal(url_escape(all, 256, to), 66 + 3 * 190);
	assert_memory_equal(to, "%00%01", 6);
	assert_null(strpbrk(to, " &=+?#/\r\n"));
}
