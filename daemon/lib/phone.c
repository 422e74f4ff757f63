/*
 * Numbers as people write them, as E.164 wants them.
 *
 * A wrong number here is a stranger reading a client's text, so nothing is
 * guessed: no country is assumed, a trunk zero in brackets is refused, and a
 * North American number has exactly ten digits after its 1.  The country codes
 * are those of ITU-T E.164's list of assigned codes that belong to places;
 * global services (freephone, satellite, premium) have none of our clients.
 */
#include "lib/phone.h"

#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

#define DIGITS_LEAST 8
#define DIGITS_MOST  15

/* One row for each pair of digits with which a country code of three begins: which third digits
 * are assigned.  A pair with a "" is a country code by itself; 1 and 7 stand alone. */
static const struct {
	char pair[3];
	const char *thirds;
} codes[] = {
	{ "20", "" },           { "21", "12368" },      { "22", "0123456789" },
	{ "23", "0123456789" }, { "24", "0123456789" }, { "25", "012345678" },
	{ "26", "0123456789" }, { "27", "" },           { "29", "01789" },
	{ "30", "" },           { "31", "" },           { "32", "" },
	{ "33", "" },           { "34", "" },           { "35", "0123456789" },
	{ "36", "" },           { "37", "012345678" },  { "38", "01235679" },
	{ "39", "" },           { "40", "" },           { "41", "" },
	{ "42", "013" },        { "43", "" },           { "44", "" },
	{ "45", "" },           { "46", "" },           { "47", "" },
	{ "48", "" },           { "49", "" },           { "50", "0123456789" },
	{ "51", "" },           { "52", "" },           { "53", "" },
	{ "54", "" },           { "55", "" },           { "56", "" },
	{ "57", "" },           { "58", "" },           { "59", "0123456789" },
	{ "60", "" },           { "61", "" },           { "62", "" },
	{ "63", "" },           { "64", "" },           { "65", "" },
	{ "66", "" },           { "67", "023456789" },  { "68", "012356789" },
	{ "69", "012" },        { "81", "" },           { "82", "" },
	{ "84", "" },           { "85", "02356" },      { "86", "" },
	{ "88", "06" },         { "90", "" },           { "91", "" },
	{ "92", "" },           { "93", "" },           { "94", "" },
	{ "95", "" },           { "96", "012345678" },  { "97", "01234567" },
	{ "98", "" },           { "99", "234568" },
};

static bool has_country(const char *digits)
{
	if (digits[0] == '1' || digits[0] == '7') {
		return true;
	}
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (strncmp(digits, codes[i].pair, 2) == 0) {
			return !codes[i].thirds[0] || strchr(codes[i].thirds, digits[2]);
		}
	}
	return false;
}

static int check_digits(const char *digits, size_t count)
{
	/* The plan of North America has one length; its 900 numbers are premium. */
	bool north_america = digits[0] == '1';

	if (count < (north_america ? 11 : DIGITS_LEAST)) {
		return PHONE_E_SHORT;
	}
	if (count > (north_america ? 11 : DIGITS_MOST)) {
		return PHONE_E_LONG;
	}
	if (!has_country(digits) || strncmp(digits, "1900", 4) == 0) {
		return PHONE_E_COUNTRY;
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits and what may stand between them; the last must be a digit. */
static bool is_written_well(const char *text)
{
	size_t length = strlen(text);

	return strspn(text, "0123456789 .-()") == length && is_digit(text[length - 1]) &&
	       !strstr(text, "(0)");
}

int phone_parse(const char *text, char ret_phone[PHONE_MAX])
{
	char phone[PHONE_MAX] = "+";
	size_t count = 0;
	int r;

	if (text[0] != '+' || !is_digit(text[1])) {
		return PHONE_E_PLUS;
	}
	if (!is_written_well(text + 1)) {
		return PHONE_E_CHARACTER;
	}

	for (const char *c = text + 1; *c; c++) {
		if (!is_digit(*c)) {
			continue;
		}
		if (count == DIGITS_MOST) {
			return PHONE_E_LONG;
		}
		phone[++count] = *c;
	}

	r = check_digits(phone + 1, count);
	if (r != 0) {
		return r;
	}

	memcpy(ret_phone, phone, sizeof(phone));
	return 0;
}

bool phone_is_fictional(const char *phone)
{
	return strncmp(phone, "+1", 2) == 0 && strlen(phone) == 12 &&
	       strncmp(phone + 5, "55501", 5) == 0;
}

static bool is_code(const char *three)
{
	return three[0] >= '2' && !(three[1] == '1' && three[2] == '1');
}

bool phone_is_assigned(const char *phone)
{
	return strncmp(phone, "+1", 2) != 0 || (is_code(phone + 2) && is_code(phone + 5));
}

void phone_write(const char *phone, char *buffer, size_t size)
{
	if (strncmp(phone, "+1", 2) == 0 && strlen(phone) == 12) {
		(void)snprintf(buffer, size, "(%.3s) %.3s-%.4s", phone + 2, phone + 5, phone + 8);
	} else {
		(void)snprintf(buffer, size, "%s", phone);
	}
}

const char *phone_reason(int answer)
{
	switch (answer) {
	case PHONE_E_PLUS:
		return "begin with + and the country code, like +13125550142";
	case PHONE_E_CHARACTER:
		return "write only digits, with spaces, dots, hyphens or brackets between them, "
		       "and leave out a (0)";
	case PHONE_E_SHORT:
		return "too few digits; look for one that is missing";
	case PHONE_E_LONG:
		return "too many digits; look for one too many";
	case PHONE_E_COUNTRY:
		return "no such country code, or one that clients do not have (premium, satellite)";
	}
	return "a phone number like +13125550142";
}

bool phone_is_e164(const char *text)
{
	char phone[PHONE_MAX];

	return phone_parse(text, phone) == 0 && strcmp(phone, text) == 0;
}
