/*
 * Lists of words, and looking for them.
 *
 * Promises: a text is read once, whatever the length of the list, for there may
 * be a hundred thousand clients with titles of their own.  Dangerous: capitals
 * are made small and accents dropped in Latin letters only; a list in another
 * script must spell out both.
 */
#include "data/words.h"

#include <errno.h>
#include <string.h>

#include "core/embedded.h"
#include "core/text.h"
#include "core/utf8.h"

#define FOLDER "words/"
#define FIELD  '|'

struct stigma {
	char *word, *say;
};

struct allow {
	char *text, *why;
	struct civil on;
};

struct word_file {
	struct conf_texts giveaway;
	struct stigma *stigma;
	size_t stigma_count;
	struct allow *allow;
	size_t allow_count;
};

/* --- a text as it is compared ------------------------------------------------ */

/* U+00C0 to U+00FF, of which GSM-7 has some, so that text_plain leaves them. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo ouuuuyty";

/* Signs and pictures; ASCII's are known by not being letters. */
static bool is_sign(uint32_t character)
{
	return (character >= 0x80 && character < 0xc0) ||
	       (character >= 0x2000 && character < 0x2c00) || character >= 0xfe00;
}

/* The letter or digit as it is compared; a space for what stands between words. */
static char small_letter(uint32_t character)
{
	if (character >= 'A' && character <= 'Z') {
		return (char)(character - 'A' + 'a');
	}
	if (character >= 0xc0 && character < 0x100) {
		return latin[character - 0xc0];
	}
	return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')
		       ? (char)character
		       : ' ';
}

/* Past "{name" of "{name}" and "{name|alternative}"; 0 where no field begins. */
static size_t field_length(const char *at)
{
	return at[0] == '{' && at[1] != '{' ? strcspn(at, "|}") : 0;
}

struct words {
	char *normal;
	size_t length;
};

static void add_letter(struct words *words, char letter)
{
	if (letter != ' ' || words->length == 0 || words->normal[words->length - 1] != ' ') {
		words->normal[words->length++] = letter;
	}
}

/* Bytes read; 0 at the end. */
static size_t add_character(struct words *words, const char *at)
{
	uint32_t character;
	int size = utf8_read(at, &character);

	if (size <= 0) {
		return 0;
	}
	if (character < 0x100 || is_sign(character)) {
		add_letter(words, is_sign(character) ? ' ' : small_letter(character));
	} else {
		memcpy(words->normal + words->length, at, (size_t)size);
		words->length += (size_t)size;
	}
	return (size_t)size;
}

/* Writes at most two bytes for each of the text, a space before and after, and NUL. */
static void add_words(struct words *words, const char *at, bool template)
{
	size_t size;

	add_letter(words, ' ');
	do {
		size = template ? field_length(at) : 0;
		if (size > 0) {
			/* No phrase goes on over a field: nobody knows its value. */
			add_letter(words, ' ');
			add_letter(words, FIELD);
		} else if (at[0] == '{' && at[1] == '{') {
			size = 2;
			add_letter(words, ' ');
		} else {
			size = add_character(words, at);
		}
		at += size;
	} while (size > 0);
	add_letter(words, ' ');
	words->normal[words->length] = '\0';
}

int words_normal(const char *text, bool template, char **ret_normal)
{
	_cleanup_free_ char *plain = NULL, *normal = NULL;
	struct words words = { 0 };
	int r = text_plain(text, &plain);
	const char *at = r == 0 ? plain : "";

	if (r < 0) {
		return r;
	}
	normal = malloc(2 * strlen(at) + 3);
	if (!normal) {
		return -ENOMEM;
	}

	words.normal = normal;
	add_words(&words, at, template);
	*ret_normal = take_ptr(normal);
	return 0;
}

/* --- looking ------------------------------------------------------------------- */

/* How much of a normal text the word is, with its plural; 0 where it is another word. */
static size_t reach(const struct word *word, const char *at)
{
	static const char *const endings[] = { " ", "s ", "es " };
	size_t length = strlen(word->normal);

	if (strncmp(at, word->normal, length) != 0) {
		return 0;
	}
	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t size = strlen(endings[i]);

		if (strncmp(at + length, endings[i], size) == 0) {
			return length + size - 1;
		}
	}
	return 0;
}

static size_t longest(const struct word_list *list, const char *at, enum word_use use,
		      const struct word **ret_word)
{
	unsigned char first = (unsigned char)*at;
	size_t most = 0;

	for (size_t i = list->begin[first]; i < list->begin[first + 1]; i++) {
		size_t size = list->words[i].use == use ? reach(&list->words[i], at) : 0;

		if (size > most) {
			most = size;
			*ret_word = &list->words[i];
		}
	}
	return most;
}

const struct word *words_find(const struct word_list *list, const char *normal, enum word_use use)
{
	const char *at = normal + 1;

	while (*at) {
		const struct word *word = NULL;
		size_t allowed = longest(list, at, WORD_ALLOWED, &word);

		if (allowed == 0 && longest(list, at, use, &word) > 0) {
			return word;
		}
		at = strchr(at + allowed, ' ') + 1;
	}
	return NULL;
}

/* --- files --------------------------------------------------------------------- */

static bool has_word(const char *text)
{
	_cleanup_free_ char *normal = NULL;

	return words_normal(text, false, &normal) != 0 || normal[1] != '\0';
}

/* Such a word would be found nowhere, and nobody would know. */
static void check_word(struct conf_reader *reader, const struct conf_node *node, const char *text)
{
	if (text && !has_word(text)) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "value",
			  "neither letter nor digit in it; write a word, or remove it");
	}
}

const struct conf_entry stigma_keys[] = {
	{ .key = "word",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct stigma, word),
	  .doc = "a word or phrase that puts a person down" },
	{ .key = "say",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct stigma, say),
	  .doc = "what to write instead" },
	{ 0 },
};

const struct conf_entry allow_keys[] = {
	{ .key = "text",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct allow, text),
	  .doc = "the words that may stand in a text all the same" },
	{ .key = "why",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = offsetof(struct allow, why),
	  .doc = "the reason, for whoever asks later" },
	{ .key = "on",
	  .kind = CONF_DATE,
	  .required = true,
	  .offset = offsetof(struct allow, on),
	  .doc = "the day on which that was decided" },
	{ 0 },
};

static int read_stigma(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct stigma *stigma = target;
	int r = conf_read_group(reader, node, stigma_keys, stigma);

	if (r == 0 && stigma->word) {
		check_word(reader, conf_get(node, "word"), stigma->word);
	}
	return r;
}

static int read_allow(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct allow *allow = target;
	int r = conf_read_group(reader, node, allow_keys, allow);

	if (r < 0) {
		return r;
	}
	if (allow->text) {
		check_word(reader, conf_get(node, "text"), allow->text);
	}
	if (allow->why) {
		check_word(reader, conf_get(node, "why"), allow->why);
	}
	return 0;
}

const struct conf_entry words_keys[] = {
	{ .key = "giveaway",
	  .kind = CONF_TEXTS,
	  .offset = offsetof(struct word_file, giveaway),
	  .doc = "words and phrases that give the treatment away: no text may hold them" },
	{ .key = "stigma",
	  .kind = CONF_LIST,
	  .read = read_stigma,
	  .offset = offsetof(struct word_file, stigma),
	  .size = sizeof(struct stigma),
	  .count_offset = offsetof(struct word_file, stigma_count),
	  .doc = "words and phrases that are warned of" },
	{ .key = "allow",
	  .kind = CONF_LIST,
	  .read = read_allow,
	  .offset = offsetof(struct word_file, allow),
	  .size = sizeof(struct allow),
	  .count_offset = offsetof(struct word_file, allow_count),
	  .doc = "exceptions, each with its reason and date" },
	{ 0 },
};

/* --- one list of all that ------------------------------------------------------- */

static int add(struct conf_reader *reader, struct word_list *list, enum word_use use, char *written,
	       char *say)
{
	_cleanup_free_ char *normal = NULL;
	struct word *word = &list->words[list->count];
	int r = written ? words_normal(written, false, &normal) : 0;

	/* What is at fault has been named. */
	if (r < 0 || !normal || normal[1] == '\0') {
		return r;
	}

	normal[strlen(normal) - 1] = '\0';
	*word = (struct word){
		.use = use,
		.written = written,
		.normal = arena_copy(reader->arena, normal + 1),
		.say = say,
	};
	list->count++;
	return word->normal ? 0 : -ENOMEM;
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct word *)left)->normal, ((const struct word *)right)->normal);
}

static void sort(struct word_list *list)
{
	size_t next = 0;

	qsort(list->words, list->count, sizeof(*list->words), compare);
	for (size_t first = 0; first < COUNT(list->begin); first++) {
		while (next < list->count && (unsigned char)list->words[next].normal[0] < first) {
			next++;
		}
		list->begin[first] = next;
	}
}

static int settle(struct conf_reader *reader, const struct word_file *file, struct word_list *list)
{
	size_t room = file->giveaway.count + file->stigma_count + file->allow_count;
	int r = 0;

	list->words = arena_alloc(reader->arena, room + 1, sizeof(*list->words));
	if (!list->words) {
		return -ENOMEM;
	}

	for (size_t i = 0; r == 0 && i < file->giveaway.count; i++) {
		r = add(reader, list, WORD_GIVEAWAY, file->giveaway.list[i], NULL);
	}
	for (size_t i = 0; r == 0 && i < file->stigma_count; i++) {
		r = add(reader, list, WORD_STIGMA, file->stigma[i].word, file->stigma[i].say);
	}
	for (size_t i = 0; r == 0 && i < file->allow_count; i++) {
		r = add(reader, list, WORD_ALLOWED, file->allow[i].text, NULL);
	}
	sort(list);
	return r;
}

static int read_built_in(struct conf_reader *reader, const char *name, struct word_file *file)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	const struct embedded *built_in = word_files;
	int r;

	while (built_in->name && strcmp(built_in->name, name) != 0) {
		built_in++;
	}
	if (!built_in->name) {
		return 0;
	}

	r = conf_read_text(built_in->bytes, name, reader->faults, &conf);
	return r == 0 ? conf_read_group(reader, conf_root(conf), words_keys, file) : r;
}

static void check_giveaway(struct conf_reader *reader, const struct conf_node *node)
{
	for (size_t i = 0; node && conf_is_list(node) && i < conf_count(node); i++) {
		check_word(reader, conf_at(node, i), conf_text(conf_at(node, i)));
	}
}

int words_read(struct conf_reader *reader, const struct conf_node *root, const char *file,
	       struct word_list *list)
{
	const char *name = file + strlen(FOLDER);
	struct word_file words = { 0 };
	int r;

	list->file = arena_copy(reader->arena, file);
	list->language = arena_copy(reader->arena, name);
	if (!list->file || !list->language) {
		return -ENOMEM;
	}
	list->language[strcspn(list->language, ".")] = '\0';

	r = read_built_in(reader, name, &words);
	if (r == 0 && root) {
		r = conf_read_group(reader, root, words_keys, &words);
		check_giveaway(reader, conf_get(root, "giveaway"));
	}
	return r < 0 ? r : settle(reader, &words, list);
}
