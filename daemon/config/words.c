/*
 * Lists of words, and looking for them.
 *
 * Promises: a text is read once, whatever the length of the list, for there may
 * be a hundred thousand clients with titles of their own.  Dangerous: capitals
 * are made small and accents dropped in Latin letters only; a list in another
 * script must spell out both.
 */
#include "config/words.h"

#include <errno.h>
#include <string.h>

#include "lib/embedded.h"
#include "lib/plain.h"

#define FOLDER "words/"

struct stigma {
	char *word, *say;
};

struct allow {
	char *text, *why;
	struct civil on;
};

struct word_file {
	struct conf_texts lists[WORD_USES]; /* but of the two below */
	struct stigma *stigma;
	size_t stigma_count;
	struct allow *allow;
	size_t allow_count;
};

/* --- looking ------------------------------------------------------------------- */

/* How much of a normal text the word is, with its plural; 0 where it is another word. */
static size_t match_length(const struct word *word, const char *at)
{
	static const char *const endings[] = { " ", "s ", "es " };
	size_t length = 0;

	while (word->normal[length] && word->normal[length] == at[length]) {
		length++;
	}
	if (word->normal[length]) {
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

static size_t longest_match(const struct word_list *list, const char *at, enum word_use use,
			    const struct word **ret_word)
{
	unsigned char first = (unsigned char)*at;
	size_t most = 0;

	for (size_t i = list->begin[first]; i < list->begin[first + 1]; i++) {
		size_t size = list->words[i].use == use ? match_length(&list->words[i], at) : 0;

		if (size > most) {
			most = size;
			*ret_word = &list->words[i];
		}
	}
	return most;
}

static enum word_use hiding_use(enum word_use use)
{
	return use == WORD_GIVEAWAY || use == WORD_STIGMA ? WORD_ALLOWED : WORD_HARMLESS;
}

const struct word *words_find(const struct word_list *list, const char *normal, enum word_use use)
{
	const char *at = normal + 1;

	while (*at) {
		const struct word *word = NULL;
		size_t allowed = longest_match(list, at, hiding_use(use), &word);

		if (allowed == 0 && longest_match(list, at, use, &word) > 0) {
			return word;
		}
		at = strchr(at + allowed, ' ') + 1;
	}
	return NULL;
}

size_t words_at(const struct word_list *list, const char *at, enum word_use use)
{
	const struct word *word = NULL;

	return longest_match(list, at, use, &word);
}

const struct word *words_whole(const struct word_list *list, const char *normal, enum word_use use)
{
	unsigned char first = (unsigned char)normal[1];

	for (size_t i = list->begin[first]; i < list->begin[first + 1]; i++) {
		const struct word *word = &list->words[i];
		size_t length = strlen(word->normal);

		if (word->use == use && strncmp(normal + 1, word->normal, length) == 0 &&
		    strcmp(normal + 1 + length, " ") == 0) {
			return word;
		}
	}
	return NULL;
}

/* --- files --------------------------------------------------------------------- */

static bool has_word(const char *text)
{
	_cleanup_free_ char *normal = NULL;

	return normal_text(text, false, &normal) != 0 || normal[1] != '\0';
}

/* Such a word would be found nowhere, and nobody would know. */
static void check_word(struct conf_reader *reader, const struct conf_node *node, const char *text)
{
	if (text && !has_word(text)) {
		conf_fault(reader, node, "value",
			   "neither letter nor digit in it; write a word, or remove it");
	}
}

const struct conf_entry stigma_keys[] = {
	CONF_KEY("word", TEXT, REQUIRED, stigma, word, "a word or phrase that puts a person down"),
	CONF_KEY("say", TEXT, REQUIRED, stigma, say, "what to write instead"),
	{ 0 },
};

const struct conf_entry allow_keys[] = {
	CONF_KEY("text", TEXT, REQUIRED, allow, text,
		 "the words that may stand in a text all the same"),
	CONF_KEY("why", TEXT, REQUIRED, allow, why, "the reason, for whoever asks later"),
	CONF_KEY("on", DATE, REQUIRED, allow, on, "the day on which that was decided"),
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

#define LIST(name, use, doc) CONF_KEY(name, TEXTS, OPTIONAL, word_file, lists[use], doc)

const struct conf_entry words_keys[] = {
	LIST("giveaway", WORD_GIVEAWAY,
	     "words and phrases that give the treatment away: no text may hold them"),
	CONF_LIST_KEY("stigma", OPTIONAL, word_file, stigma, stigma_count, read_stigma,
		      "words and phrases that are warned of"),
	CONF_LIST_KEY("allow", OPTIONAL, word_file, allow, allow_count, read_allow,
		      "exceptions, each with its reason and date"),
	LIST("stop", WORD_STOP, "replies that end all texts; STOP and its family always do"),
	LIST("start", WORD_START, "replies after which texts go on; START and UNSTOP always are"),
	LIST("help", WORD_HELP, "replies that ask who this is; HELP and INFO always do"),
	LIST("yes", WORD_YES, "replies that agree"),
	LIST("stop_phrases", WORD_STOP_PHRASE, "end all texts wherever they stand in a reply"),
	LIST("stop_first", WORD_STOP_FIRST, "end all texts where a reply begins with them"),
	LIST("stop_last", WORD_STOP_LAST, "end all texts where a reply ends with them"),
	LIST("courtesy", WORD_COURTESY, "what may stand beside a word of `stop` or a number"),
	LIST("filler", WORD_FILLER,
	     "what else may stand beside a word of `stop`: \"can you stop\""),
	LIST("ending", WORD_ENDING,
	     "end all texts before a word of `texting`: \"no more of your texts\""),
	LIST("texting", WORD_TEXTING, "what we do, and what `ending` is to end"),
	LIST("crisis", WORD_CRISIS,
	     "somebody may be in danger: the emergency text, and a human at once"),
	LIST("setback", WORD_SETBACK, "a setback: a kind answer, and a human"),
	LIST("person", WORD_PERSON, "asks for a human"),
	LIST("beside", WORD_BESIDE, "what may stand beside the number of an answer: \"1 today\""),
	LIST("not", WORD_NOT, "turns an answer around: \"not good\""),
	LIST("easy", WORD_EASY, "what else may stand beside an answer that all is well, in words"),
	LIST("doubt", WORD_DOUBT,
	     "beside an answer that all is well, it is none: \"good but lonely\""),
	LIST("harmless", WORD_HARMLESS, "hides the words of replies that stand in it: \"stop by\""),
	{ 0 },
};

/* --- one list of all that ------------------------------------------------------- */

static int add_word(struct conf_reader *reader, struct word_list *list, enum word_use use,
		    const char *written)
{
	_cleanup_free_ char *normal = NULL;
	struct word *word = &list->words[list->count];
	int r = written ? normal_text(written, false, &normal) : 0;

	/* What is at fault has been named. */
	if (r < 0 || !normal || normal[1] == '\0') {
		return r;
	}

	normal[strlen(normal) - 1] = '\0';
	*word = (struct word){
		.use = use,
		.written = written,
		.normal = arena_copy(reader->arena, normal + 1),
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

/* What carriers and gateways act on themselves, and the same in Spanish: no file can make a reply
 * of these mean anything else. */
static const struct {
	const char *language;
	enum word_use use;
	const char *word;
} carrier_words[] = {
	{ "en", WORD_STOP, "STOP" },        { "en", WORD_STOP, "STOPALL" },
	{ "en", WORD_STOP, "UNSUBSCRIBE" }, { "en", WORD_STOP, "CANCEL" },
	{ "en", WORD_STOP, "END" },         { "en", WORD_STOP, "QUIT" },
	{ "en", WORD_STOP, "REVOKE" },      { "en", WORD_STOP, "OPTOUT" },
	{ "en", WORD_STOP, "OPT OUT" },     { "en", WORD_START, "START" },
	{ "en", WORD_START, "UNSTOP" },     { "en", WORD_HELP, "HELP" },
	{ "en", WORD_HELP, "INFO" },        { "es", WORD_STOP, "PARAR" },
	{ "es", WORD_STOP, "ALTO" },        { "es", WORD_STOP, "BASTA" },
	{ "es", WORD_STOP, "CANCELAR" },    { "es", WORD_START, "REANUDAR" },
	{ "es", WORD_HELP, "AYUDA" },
};

static int add_all(struct conf_reader *reader, struct word_list *list, enum word_use use,
		   const struct conf_texts *texts)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < texts->count; i++) {
		r = add_word(reader, list, use, texts->list[i]);
	}
	return r;
}

static int add_carrier_words(struct conf_reader *reader, struct word_list *list)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(carrier_words); i++) {
		if (strcmp(carrier_words[i].language, list->language) == 0) {
			r = add_word(reader, list, carrier_words[i].use, carrier_words[i].word);
		}
	}
	return r;
}

static size_t room_for(const struct word_file *file)
{
	size_t room = file->stigma_count + file->allow_count + COUNT(carrier_words);

	for (size_t use = 0; use < WORD_USES; use++) {
		room += file->lists[use].count;
	}
	return room;
}

static int fill_list(struct conf_reader *reader, const struct word_file *file,
		     struct word_list *list)
{
	size_t room = room_for(file);
	int r;

	list->words = arena_alloc(reader->arena, room + 1, sizeof(*list->words));
	if (!list->words) {
		return -ENOMEM;
	}

	r = add_carrier_words(reader, list);
	for (unsigned use = 0; r == 0 && use < WORD_USES; use++) {
		r = add_all(reader, list, use, &file->lists[use]);
	}
	for (size_t i = 0; r == 0 && i < file->stigma_count; i++) {
		size_t at = list->count;

		r = add_word(reader, list, WORD_STIGMA, file->stigma[i].word);
		if (list->count > at) {
			list->words[at].say = file->stigma[i].say;
		}
	}
	for (size_t i = 0; r == 0 && i < file->allow_count; i++) {
		r = add_word(reader, list, WORD_ALLOWED, file->allow[i].text);
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

static void check_words(struct conf_reader *reader, const struct conf_node *node)
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
		for (size_t i = 0; words_keys[i].key; i++) {
			if (words_keys[i].kind == CONF_TEXTS) {
				check_words(reader, conf_get(root, words_keys[i].key));
			}
		}
	}
	return r < 0 ? r : fill_list(reader, &words, list);
}
