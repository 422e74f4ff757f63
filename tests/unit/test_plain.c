/*
 * The table of plain forms is sound: what it gives is GSM-7, and it takes nothing that GSM-7 has.
 * And texts made plain, to stay short and to be compared.
 */
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/text.h"
#include "lib/plain.h"

static void assert_form(const char *text, const char *expected)
{
	char form[PLAIN_MAX];
	uint32_t character;

	assert_true(utf8_read(text, &character) > 0);
	assert_true(plain_form(character, form));
	assert_string_equal(form, expected);
}

TEST(test_every_form_is_gsm7_of_one_septet)
{
	int forms = 0;

	for (uint32_t character = 1; character <= 0x10ffff; character++) {
		char form[PLAIN_MAX];

		if (!plain_form(character, form)) {
			continue;
		}
		forms++;
		assert_int_equal(gsm7_septets(character), 0);
		for (const char *c = form; *c; c++) {
			assert_int_equal(gsm7_septets((unsigned char)*c), 1);
		}
	}
	assert_true(forms > 600);
}

TEST(test_some_forms)
{
	static const char *const rows[][2] = {
		{ "‘", "'" },
		{ "’", "'" },
		{ "“", "\"" },
		{ "”", "\"" },
		{ "«", "\"" },
		{ "`", "'" },
		{ "–", "-" },
		{ "—", "-" },
		{ "−", "-" },
		{ "…", "..." },
		{ "á", "a" },
		{ "í", "i" },
		{ "ó", "o" },
		{ "ú", "u" },
		{ "Á", "A" },
		{ "Í", "I" },
		{ "Ó", "O" },
		{ "Ú", "U" },
		{ "ç", "c" },
		{ "ý", "y" },
		{ "â", "a" },
		{ "õ", "o" },
		{ "ł", "l" },
		{ "ő", "o" },
		{ "ș", "s" },
		{ "ț", "t" },
		{ "ž", "z" },
		{ "đ", "d" },
		{ "ệ", "e" },
		{ "ữ", "u" },
		{ "Ỹ", "Y" },
		{ "ả", "a" },
		{ "œ", "oe" },
		{ "™", "TM" },
		{ "½", "1/2" },
		{ "ÿ", "y" },
		{ "\xc2\xa0", " " },
		{ "\xe2\x80\x8b", "" },
		{ "\t", " " },
		{ "\xef\xbb\xbf", "" },
		{ "\xe2\x80\xaf", " " },
		{ "ﬃ", "ffi" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_form(rows[i][0], rows[i][1]);
	}
}

static void assert_plain(const char *text, enum plain_letters letters, const char *expected)
{
	_cleanup_free_ char *plain = NULL, *again = NULL;

	assert_int_equal(text_plain(text, letters, &plain), 0);
	assert_string_equal(plain, expected);
	assert_int_equal(text_plain(plain, letters, &again), 0);
	assert_string_equal(again, plain);
}

TEST(test_letters_with_marks)
{
	assert_plain("n\u0303", PLAIN_LETTERS_BARE, "ñ");
	assert_plain("C\u0327", PLAIN_LETTERS_BARE, "Ç");
	assert_plain("c\u0327", PLAIN_LETTERS_BARE, "c");
	assert_plain("a\u0301", PLAIN_LETTERS_BARE, "a");
	assert_plain("a\u0301 o\u0301 n\u0303", PLAIN_LETTERS_KEEP, "á ó ñ");
	/* What only shapes a letter stands between it and its mark, or behind both. */
	assert_plain("a\ufe0f\u0301", PLAIN_LETTERS_KEEP, "á");
	assert_plain("a\ufe0f\u0301\u200d", PLAIN_LETTERS_KEEP, "á");
	assert_plain("a\u0301\u200db", PLAIN_LETTERS_KEEP, "áb");
	assert_plain("x\u200d ſ\ufe0f", PLAIN_LETTERS_BARE, "x s");
	assert_plain("Ж\u0301\u200d", PLAIN_LETTERS_BARE, "Ж\u0301\u200d");
}

/* Text, with its letters kept, and bare. */
TEST(test_plain)
{
	static const char *const rows[][3] = {
		{ "", "", "" },
		{ "It’s “fine” – really…", "It's \"fine\" - really...",
		  "It's \"fine\" - really..." },
		/* All of its accents or none; the tilde of the n and the dots of the u are none. */
		{ "¿Está bien, señor Núñez? ¡Sí!", "¿Está bien, señor Núñez? ¡Sí!",
		  "¿Esta bien, señor Nuñez? ¡Si!" },
		{ "José María", "José María", "Jose Maria" },
		{ "José, el miércoles", "José, el miércoles", "José, el miércoles" },
		{ "José 😀 María", "José 😀 María", "José 😀 María" },
		{ "pingüino aquí", "pingüino aquí", "pingüino aqui" },
		{ "àèéìòù ÄÖÑÜäöñü Ç", "àèéìòù ÄÖÑÜäöñü Ç", "àèéìòù ÄÖÑÜäöñü Ç" },
		{ "àèéìòù ÄÖÑÜäöñü Çç", "àèéìòù ÄÖÑÜäöñü Çç", "aeeiou ÄÖÑÜäöñü Cc" },
		{ "7\xc2\xa0pm\xe2\x80\x89sharp", "7 pm sharp", "7 pm sharp" },
		{ "zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zerowidth", "zerowidth" },
		{ "Hi 😀 “you”", "Hi 😀 \"you\"", "Hi 😀 \"you\"" },
		{ "👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️",
		  "👨‍👩‍👧 ❤️" },
		{ "a\xe2\x80\x8d"
		  "b\xef\xb8\x8f",
		  "ab", "ab" },
		/* Decomposed, as some phones send it. */
		{ "sen\xcc\x83or cafe\xcc\x81 C\xcc\xa7", "señor café Ç", "señor café Ç" },
		{ "sen\xcc\x83or o\xcc\x81 e\xcc\x82\xcc\x81", "señor ó ế", "señor o e" },
		{ "Tiếng Việt", "Tiếng Việt", "Tieng Viet" },
		{ "Привет", "Привет", "Привет" },
		{ "Łódź, Škoda, Győr", "Łódź, Škoda, Győr", "Lodz, Skoda, Gyor" },
		{ "^{}[]~|€\\", "^{}[]~|€\\", "^{}[]~|€\\" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_plain(rows[i][0], PLAIN_LETTERS_KEEP, rows[i][1]);
		assert_plain(rows[i][0], PLAIN_LETTERS_BARE, rows[i][2]);
	}
}

/* Three dots are three septets: 70 ellipses are one segment of UCS-2, but two of GSM-7. */
TEST(test_plain_never_costs_more)
{
	_cleanup_free_ char *plain = NULL;
	struct text_cost cost;
	char text[1024];

	text[0] = '\0';
	for (int i = 0; i < 70; i++) {
		strcat(text, "…");
	}
	assert_int_equal(text_plain(text, PLAIN_LETTERS_BARE, &plain), 0);
	assert_string_equal(plain, text);
	assert_int_equal(text_cost(plain, &cost), 0);
	assert_int_equal(cost.segments, 1);
	free(take_ptr(plain));

	text[0] = '\0';
	for (int i = 0; i < 66; i++) {
		strcat(text, "’");
	}
	strcat(text, "…😀");
	assert_int_equal(text_plain(text, PLAIN_LETTERS_BARE, &plain), 0);
	assert_int_equal(text_cost(plain, &cost), 0);
	assert_int_equal(cost.units, 69);
}

TEST(test_plain_of_what_is_not_utf8)
{
	char *plain = NULL;

	assert_int_equal(text_plain("caf\xe9", PLAIN_LETTERS_KEEP, &plain), TEXT_E_UTF8);
	assert_null(plain);
}

/* --- as texts are compared --- */

static void assert_normal(const char *text, bool template, const char *expected)
{
	_cleanup_free_ char *normal = NULL;

	assert_int_equal(normal_text(text, template, &normal), 0);
	assert_string_equal(normal, expected);
}

TEST(how_texts_are_compared)
{
	assert_normal("", false, " ");
	assert_normal("!?", false, " ");
	assert_normal("a", false, " a ");
	assert_normal("12-Step\n meeting.", false, " 12 step meeting ");
	assert_normal("Reca\xc3\x8d"
		      "da, se\xc3\xb1or \xc3\x89l",
		      false, " recaida senor el ");
	assert_normal("It\xe2\x80\x99s", false, " it s ");
	assert_normal("\xc2\xbfUna?", false, " una ");
	assert_normal("ok\xf0\x9f\x8e\x89go", false, " ok go ");
	assert_normal("\xd0\xb4\xd0\xb0!", false, " \xd0\xb4\xd0\xb0 ");
	assert_normal("{name}", true, " | ");
	assert_normal("a{name}b", true, " a | b ");
	assert_normal("to {sponsor|a sober friend}", true, " to | a sober friend ");
	assert_normal("{{sober}} {", true, " sober | ");
	assert_normal("a{", true, " a | ");
	assert_normal("a{}{|{", true, " a | | | ");
	assert_normal("{name}", false, " name ");
	assert_normal("\xff", false, " ");
}

/* The first and the last of each row of characters that are not seen. */
TEST(what_joins_or_turns_is_not_seen)
{
	static const char *const rows[] = { "a\u200c", "a\u200f", "a\u202a", "a\u202e",
					    "a\u2066", "a\u2069", "a\ufe00", "a\ufe0f" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_plain(rows[i], PLAIN_LETTERS_KEEP, "a");
	}
}

/* Other forms of plain letters and digits, as keyboards for fancy letters write them. */
TEST(other_forms_of_letters_are_read_as_plain_ones)
{
	static const char *const rows[][2] = {
		{ "ＳＴＯＰ", " stop " },
		{ "ｓｔｏｐ！", " stop " },
		{ "𝗦𝗧𝗢𝗣", " stop " },
		{ "𝑆𝑡𝑜𝑝 𝓈𝓉ℴ𝓅", " stop stop " },
		{ "𝕊𝕋𝕆ℙ 𝚂𝚃𝙾𝙿", " stop stop " },
		{ "𝔰𝔱𝔬𝔭 𝖘𝖙𝖔𝖕", " stop stop " },
		{ "Ⓢⓣⓞⓟ", " stop " },
		{ "🅂🅃🄾🄿", " stop " },
		{ "🅢🅣🅞🅟", " stop " },
		{ "🆂🆃🅾🅿", " stop " },
		{ "ˢᵗᵒᵖ", " stop " },
		{ "３", " 3 " },
		{ "③", " 3 " },
		{ "❸ ➂ ➌ ⓷", " 3 3 3 3 " },
		{ "𝟑𝟛𝟯𝟥𝟹", " 33333 " },
		{ "⑶", " 3 " },
		{ "3️⃣", " 3 " },
		{ "3⃣", " 3 " },
		{ "⓪⓿", " 00 " },
		{ "⑳", " 20 " },
		{ "ｑｕíｔｅｎｍｅ", " quitenme " },
		{ "ﬁne", " fine " },
		{ "Ａ\u0301", " a " },
		{ "日本 да ٣", " 日本 да ٣ " },
		{ "👍🇳🇴", " " },
		{ "\xef\xb7\xba", " \xef\xb7\xba " }, /* a whole sentence in one character */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_normal(rows[i][0], false, rows[i][1]);
	}
}

/* A sentence that stands behind another begins as sentences do; é has a capital that costs nothing, and à
 * has none. */
TEST(a_capital_where_it_begins)
{
	static const char *const rows[][2] = {
		{ "your group today", "Your group today" },
		{ "Your group", "Your group" },
		{ "¿qué plan tiene?", "¿Qué plan tiene?" },
		{ "época nueva", "Época nueva" },
		{ "\"the long way\"", "\"The long way\"" },
		{ "à la une", "à la une" },
		{ "álamo", "Álamo" },
		{ "12 steps", "12 steps" },
		{ "", "" },
		{ "¿", "¿" },
		{ "\xff"
		  "a",
		  "\xff"
		  "a" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *text = text_capital(rows[i][0]);

		assert_string_equal(text, rows[i][1]);
	}
}
