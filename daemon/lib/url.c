/*
 * Where requests may go, and how values are written into an address.
 */
#include "lib/url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>

#define HOST_MAX 253 /* RFC 1035 */
#define LETTERS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS   "0123456789"

struct target {
	bool https;
	char host[HOST_MAX + 1];
};

static bool is_loopback(const char *host)
{
	struct in_addr address;

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0) {
		return true;
	}

	return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

/* "127.1" and "0x7f000001" are addresses to some and names to others: a host whose last label is
 * a number must be a whole IPv4 address. */
static bool host_is_plain(const char *host)
{
	const char *last = strrchr(host, '.');
	struct in_addr address;

	last = last ? last + 1 : host;
	if (*last == '\0') {
		return false;
	}

	return !strchr(DIGITS, *last) || inet_pton(AF_INET, host, &address) == 1;
}

static bool read_host(const char **at, struct target *target)
{
	size_t size = strncmp(*at, "[::1]", 5) == 0 ? 5 : strspn(*at, LETTERS DIGITS ".-");

	if (size == 0 || size > HOST_MAX) {
		return false;
	}

	memcpy(target->host, *at, size);
	target->host[size] = '\0';
	*at += size;
	return target->host[0] == '[' || host_is_plain(target->host);
}

static bool rest_is_plain(const char *at)
{
	for (; *at; at++) {
		if ((unsigned char)*at <= ' ' || (unsigned char)*at >= 0x7f || *at == '\\') {
			return false;
		}
	}
	return true;
}

static bool read_url(const char *url, struct target *target)
{
	size_t digits;

	target->https = strncmp(url, "https://", 8) == 0;
	if (!target->https && strncmp(url, "http://", 7) != 0) {
		return false;
	}

	url += target->https ? 8 : 7;
	if (!read_host(&url, target)) {
		return false;
	}
	if (*url == ':') {
		digits = strspn(url + 1, DIGITS);
		if (digits == 0 || digits > 5) {
			return false;
		}
		url += 1 + digits;
	}

	return (*url == '\0' || *url == '/') && rest_is_plain(url);
}

bool url_allowed(const char *url)
{
	struct target target;

	return read_url(url, &target) && (target.https || is_loopback(target.host));
}

bool url_on_loopback(const char *url)
{
	struct target target;

	return read_url(url, &target) && is_loopback(target.host);
}

size_t url_escape(const char *bytes, size_t size, char *to)
{
	static const char hex[] = "0123456789ABCDEF";
	char *start = to;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c != '\0' && strchr(LETTERS DIGITS "-._~", c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = hex[c >> 4];
		*to++ = hex[c & 15];
	}
	*to = '\0';
	return (size_t)(to - start);
}
