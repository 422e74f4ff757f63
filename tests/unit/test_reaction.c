/* Our own words, quoted back, as the phones of several makers and languages write them. */
#include <string.h>

#include "test.h"
#include "engine/reaction.h"
#include "lib/plain.h"

#define WELCOME "Riverside: texts are on again. Reply STOP to end."
#define DANGER_ES                                                                                  \
	"Si está en peligro llame al 911. Puede llamar o escribir al 988 a cualquier hora."
#define QUESTION "Riverside: hi Alex, how are things today? Reply 1 good, 2 so-so, 3 rough."

static const char *const texts[] = { WELCOME, DANGER_ES, QUESTION, "See you at four" };
static char *sent[COUNT(texts)];

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(normal_text(texts[i], false, &sent[i]), 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		free(take_ptr(sent[i]));
	}
	return 0;
}

FIXTURE(set_up, tear_down);

/* own: what is left of it; NULL: it quotes nothing of ours. */
static void expect_own(const char *text, const char *own)
{
	struct reaction reaction = { 0 };
	const char *left;

	assert_int_equal(reaction_read(text, sent, COUNT(texts), &reaction), 0);
	left = reaction.own + strspn(reaction.own, " \n");
	if (reaction.quotes != (own != NULL) || strcmp(left, own ? own : text) != 0) {
		print_message("%s: \"%s\" is left, and should be \"%s\"\n", text, left, own);
	}
	assert_int_equal(reaction.quotes, own != NULL);
	assert_string_equal(left, own ? own : text);
	reaction_done(&reaction);
}

static const char *const verbs[] = {
	"Liked ",
	"Loved ",
	"Disliked ",
	"Laughed at ",
	"Emphasized ",
	"Emphasised ",
	"Questioned ",
	"Reacted 👍 to ",
	"Removed a heart from ",
	"Removed an exclamation from ",
	"Removed a question mark from ",
	"Removed 👍 from ",
	"👍 to ",
	" ​👍​ to ",
	"❤️ to ",
	"😢 ",
	"",
	"Le gustó ",
	"Le encantó ",
	"No le gustó ",
	"Se rio de ",
	"Se rió de ",
	"Enfatizó ",
	"Cuestionó ",
	"Me gustó ",
	"No me gustó ",
	"Reaccionó con 👍 a ",
	"Le gusta ",
	"Me encanta ",
	"Se exclamó con ",
	"Preguntó sobre ",
	"Destacó ",
	"Le dio risa ",
	"Eliminó un corazón de ",
	"Quitó un “me gusta” de ",
	"Gostou de ",
	"A aimé ",
	"Gefällt ",
	"喜歡",
};

TEST(test_verbs)
{
	static const char *const marks[][2] = { { "“", "”" },   { "\"", "\"" }, { "«", "»" },
						{ "« ", " »" }, { "„", "“" },   { "‘", "’" },
						{ "'", "'" },   { "「", "」" }, { " “ ", " ” " } };

	for (size_t i = 0; i < COUNT(verbs); i++) {
		for (size_t j = 0; j < COUNT(marks); j++) {
			for (size_t k = 0; k < COUNT(texts); k++) {
				char text[512];

				(void)snprintf(text, sizeof(text), "%s%s%s%s", verbs[i],
					       marks[j][0], texts[k], marks[j][1]);
				expect_own(text, "");
			}
		}
	}
}

/* Phones cut what is long, with an ellipsis or without, also inside a word, and may lose the mark. */
TEST(test_cut)
{
	expect_own("Liked “Riverside: hi Alex, how are th…”", "");
	expect_own("Liked “Riverside: hi Alex, how are th...”", "");
	expect_own("Loved “Riverside: texts are on again. Reply STOP", "");
	expect_own("No le gustó “Si está en peligro lla… ”", "");
	/* Not its beginning, or too little of it. */
	expect_own("Liked “River…”", NULL);
	expect_own("Liked “Reply STOP to end.”", NULL);
	expect_own("Liked “how are things today”", NULL);
}

TEST(test_own_words)
{
	expect_own("Loved “" QUESTION "” but now I want to kill myself",
		   "but now I want to kill myself");
	expect_own("👍 to “" WELCOME "” no wait. STOP", "no wait. STOP");
	expect_own("Le gustó “" DANGER_ES "” pero recaí", "pero recaí");
	expect_own("I took too many pills today and I am scared. Liked “" QUESTION "”",
		   "I took too many pills today and I am scared. ");
	expect_own("i can not do this any more and nobody here cares “" QUESTION "”",
		   "i can not do this any more and nobody here cares  ");
	expect_own("3 “" QUESTION "”", "3  ");
	expect_own("Liked “" QUESTION "” 3", "3");
	expect_own("Liked “" QUESTION "”\nLiked “" WELCOME "”\ni need help", "i need help");
	expect_own("\"See you at four\" ok can we make it five", "ok can we make it five");
	expect_own("Liked “" QUESTION "”\xe2\x80\x8b ", "");
}

TEST(test_other_quotations)
{
	expect_own("Loved the “sober coffee” thing but now I want to kill myself", NULL);
	expect_own("Liked the “check in” thing at first but please stop texting me", NULL);
	expect_own("Questioned “everything” today, took too many pills", NULL);
	expect_own("Le gustó “su mensaje” a mi mamá pero yo ya no quiero vivir", NULL);
	expect_own("“STOP”", NULL);
	expect_own("don't do it, it's 'fine'", NULL);
	expect_own("see you at four", NULL);
	expect_own("“", NULL);
	expect_own("“” \"\" ''", NULL);
	expect_own("", NULL);
}

/* The whole of a long text needs no marks. */
TEST(test_echo)
{
	expect_own(QUESTION, "");
	expect_own("> " QUESTION, "");
	expect_own(QUESTION " 3", NULL);
}

/* However many marks there are, the quotation at its beginning or its end is found. */
TEST(test_many_marks)
{
	char text[4096] = "";

	for (int i = 0; i < 200; i++) {
		strcat(text, "\"a\" ");
	}
	strcat(text, "! Liked “" QUESTION "”");
	assert_true(reaction_is_possible(text));
	assert_false(reaction_is_possible("it's 1"));
	{
		struct reaction reaction = { 0 };

		assert_int_equal(reaction_read(text, sent, COUNT(texts), &reaction), 0);
		assert_true(reaction.quotes);
		assert_string_equal(reaction.verb + strspn(reaction.verb, " "), "Liked  ");
		reaction_done(&reaction);
	}
}
