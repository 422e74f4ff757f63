/*
 * Lists of words, and looking for them.
 *
 * Promises: a text is read once, whatever the length of the list, for there may
 * be a hundred thousand clients with titles of their own.  Dangerous: capitals
 * are made small and accents dropped in Latin letters only; a list in another
 * script must spell out both.
 */
#include "config/words.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/embedded.h"
#include "lib/hash.h"
#include "lib/plain.h"

#define FOLDER "words/"

struct stigma {
	char *word, *say;
};

struct allow {
	char *text, *why;
	struct civil on;
};

struct danger_group {
	char *group;
	struct conf_texts words;
};

struct danger_pairs {
	char *topics;
	int points;
};

struct word_file {
	struct conf_texts lists[WORD_USES]; /* but of those below */
	struct conf_texts capitals;         /* WORD_GIVEAWAY as well */
	struct stigma *stigma;
	size_t stigma_count;
	struct allow *allow;
	size_t allow_count;
	struct danger_group *groups;
	size_t group_count;
	struct danger_sign *signs;
	size_t sign_count;
	struct danger_weight *weights;
	size_t weight_count;
	struct danger_weight *setback_weights;
	size_t setback_weight_count;
	struct danger_pairs *pairs;
	size_t pairs_count;
};

/* --- looking ------------------------------------------------------------------- */

size_t word_length(const struct word *word, const char *at)
{
	static const char *const endings[] = { " ", "s ", "es " };
	size_t length = 0;

	while (word->normal[length] && word->normal[length] == at[length]) {
		length++;
	}
	if (word->normal[length]) {
		return 0;
	}
	if (word->stem) {
		return length + strcspn(at + length, " ");
	}
	for (size_t i = 0; i < COUNT(endings); i++) {
		size_t size = strlen(endings[i]);

		if (strncmp(at + length, endings[i], size) == 0) {
			return length + size - 1;
		}
	}
	return 0;
}

static bool is_alone(const char *at)
{
	return !isalnum((unsigned char)*at) && (unsigned char)*at < 0x80;
}

bool words_in_capitals(const char *text, const char *letters)
{
	for (const char *from = text; *from; from++) {
		const char *at = from, *letter = letters;

		if (from > text && !is_alone(from - 1)) {
			continue;
		}
		while (*letter && *at == *letter) {
			at++;
			letter++;
			letter += strspn(letter, ".");
			at += *letter ? strspn(at, ". ") : 0;
		}
		/* Of several, a plural's s. */
		if (!*letter && (is_alone(at) || (*at == 's' && is_alone(at + 1)))) {
			return true;
		}
	}
	return false;
}

/* The first of sorted words from which on that letter is at least `letter`. */
static const struct word *from_letter(const struct word *low, const struct word *high, size_t depth,
				      unsigned letter)
{
	while (low < high) {
		const struct word *middle = low + (high - low) / 2;

		if ((unsigned char)middle->normal[depth] < letter) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

/* From letter to letter fewer words are left, and those that end there stand first. */
const struct word *words_walk_on(struct word_walk *walk)
{
	while (walk->next < walk->end) {
		unsigned letter = (unsigned char)walk->at[walk->depth];

		if (!walk->next->normal[walk->depth]) {
			return walk->next++;
		}
		walk->next = from_letter(walk->next, walk->end, walk->depth, letter);
		walk->end = from_letter(walk->next, walk->end, walk->depth, letter + 1);
		walk->depth++;
	}
	return NULL;
}

static size_t longest_match(const struct word_list *list, const char *at, const char *written,
			    enum word_use use, const struct word **ret_word)
{
	struct word_walk walk = words_walk(list, use, at);
	const struct word *word;
	size_t most = 0;

	while ((word = words_walk_on(&walk))) {
		size_t size = word_length(word, at);

		if (size > most &&
		    !(word->capitals && !(written && words_in_capitals(written, word->written)))) {
			most = size;
			*ret_word = word;
		}
	}
	return most;
}

static enum word_use hiding_use(enum word_use use)
{
	return use == WORD_GIVEAWAY || use == WORD_STIGMA ? WORD_ALLOWED : WORD_HARMLESS;
}

const struct word *words_find(const struct word_list *list, const char *normal, const char *written,
			      enum word_use use)
{
	const char *at = normal + 1;

	while (*at) {
		const struct word *word = NULL;
		size_t allowed = longest_match(list, at, NULL, hiding_use(use), &word);

		if (allowed == 0 && longest_match(list, at, written, use, &word) > 0) {
			return word;
		}
		at = strchr(at + allowed, ' ') + 1;
	}
	return NULL;
}

size_t words_at(const struct word_list *list, const char *at, enum word_use use)
{
	const struct word *word = NULL;

	return longest_match(list, at, NULL, use, &word);
}

const struct word *words_whole(const struct word_list *list, const char *normal, enum word_use use)
{
	const struct word *word = words_begin(list, use, (unsigned char)normal[1]);
	const struct word *end = words_begin(list, use, (unsigned char)normal[1] + 1);

	for (; word < end; word++) {
		size_t length = strlen(word->normal);

		if (strncmp(normal + 1, word->normal, length) == 0 &&
		    strcmp(normal + 1 + length, " ") == 0) {
			return word;
		}
	}
	return NULL;
}

/* at: a space.  Are "t", "s", "m", "d", "ll", "re" or "ve" the word behind it? */
static bool is_ending(const char *at)
{
	if (at[1] && at[2] == ' ') {
		return strchr("tsmd", at[1]);
	}
	return at[1] && at[2] && at[3] == ' ' &&
	       (memcmp(at + 1, "ll", 2) == 0 || memcmp(at + 1, "re", 2) == 0 ||
		memcmp(at + 1, "ve", 2) == 0);
}

/* "don t" is "dont", as it is typed on a phone. */
void words_join(char *normal)
{
	char *to = normal;

	for (const char *at = normal; *at; at++) {
		if (*at != ' ' || to == normal || !is_ending(at)) {
			*to++ = *at;
		}
	}
	*to = '\0';
}

const char *words_digit(const char *word, size_t length)
{
	static const struct {
		const char *word, *digit;
	} numbers[] = {
		{ "one", "1" },    { "two", "2" },   { "three", "3" }, { "four", "4" },
		{ "five", "5" },   { "uno", "1" },   { "dos", "2" },   { "tres", "3" },
		{ "cuatro", "4" }, { "cinco", "5" }, { "zero", "0" },  { "cero", "0" },
	};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (strlen(numbers[i].word) == length &&
		    memcmp(numbers[i].word, word, length) == 0) {
			return numbers[i].digit;
		}
	}
	return NULL;
}

/* --- as it sounds ------------------------------------------------------------ */

/* What is typed for a word on a phone, sorted. */
static const struct {
	const char *typed, *word;
} spellings[] = {
	{ "2", "to" },           { "4", "for" },         { "aint", "not" },
	{ "b", "be" },           { "bc", "because" },    { "bout", "about" },
	{ "c", "see" },          { "cause", "because" }, { "cel", "celular" },
	{ "cnt", "cant" },       { "cuz", "because" },   { "d", "de" },
	{ "da", "the" },         { "dat", "that" },      { "dis", "this" },
	{ "dnt", "dont" },       { "em", "them" },       { "finna", "gonna" },
	{ "gon", "gonna" },      { "gona", "gonna" },    { "ima", "imma" },
	{ "ion", "dont" },       { "k", "que" },         { "kant", "cant" },
	{ "ke", "que" },         { "m", "me" },          { "n", "and" },
	{ "na", "nada" },        { "outta", "out" },     { "pa", "para" },
	{ "porq", "porque" },    { "ppl", "people" },    { "pq", "porque" },
	{ "q", "que" },          { "qe", "que" },        { "r", "are" },
	{ "rn", "now" },         { "ta", "esta" },       { "tamos", "estamos" },
	{ "tan", "estan" },      { "tb", "tambien" },    { "thru", "through" },
	{ "tmr", "tomorrow" },   { "tmrw", "tomorrow" }, { "tn", "tonight" },
	{ "tonite", "tonight" }, { "toy", "estoy" },     { "tryna", "trying" },
	{ "u", "you" },          { "ur", "your" },       { "w", "with" },
	{ "wana", "wanna" },     { "wit", "with" },      { "wnna", "wanna" },
	{ "x", "por" },          { "xq", "porque" },
};

#define TYPED_MAX 6 /* letters: "tonite" */

/* The word's own spelling, or what it is typed for. */
static const char *spelled_out(const char *word, size_t *length)
{
	size_t low = 0, high = *length <= TYPED_MAX ? COUNT(spellings) : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = spellings[middle].typed[0] - word[0];

		order = order ? order : strncmp(spellings[middle].typed, word, *length);
		order = order ? order : spellings[middle].typed[*length] != '\0';
		if (order == 0) {
			*length = strlen(spellings[middle].word);
			return spellings[middle].word;
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return word;
}

/* Letters that sound alike in Spanish are one, as is whatever is doubled or left off in haste:
 * "droppin" is "droping". */
static void put_sound(struct buffer *to, const char *word, size_t length)
{
	size_t last = 0, letters = 0, sounds = 0;
	char *put = buffer_extend(to, length + 1);

	if (!put) {
		return;
	}
	for (size_t i = 0; i < length; i++) {
		char letter = word[i], sound = letter, next;
		size_t after = i + 1;

		if (i > 0 && letter == word[i - 1]) {
			continue;
		}
		while (after < length && word[after] == letter) {
			after++;
		}
		next = (char)(after < length ? word[after] : '\0');
		letters++;
		last = i;
		if (letter == 'v') {
			sound = 'b';
		} else if (letter == 'z' || (letter == 'c' && (next == 'e' || next == 'i'))) {
			sound = 's';
		} else if (letter == 'c' && (next == 'a' || next == 'o' || next == 'u')) {
			sound = 'k';
		} else if (letter == 'c' && next == 'k') {
			continue;
		} else if (letter == 'q' && next == 'u' && i + 2 < length &&
			   (word[i + 2] == 'e' || word[i + 2] == 'i')) {
			sound = 'k';
			i++;
		} else if (letter == 'p' && next == 'h') {
			sound = 'f';
			i++;
		}
		put[sounds++] = sound;
	}
	if (letters > 4 && word[last] == 'n' && last > 0 && word[last - 1] == 'i') {
		put[sounds++] = 'g';
	}
	put[sounds] = '\0';
	to->size -= length + 1 - sounds;
}

void words_sound(const char *joined, struct buffer *ret_sound)
{
	buffer_clear(ret_sound);
	for (const char *at = joined; *at;) {
		size_t length = strcspn(at, " ");

		if (length > 0) {
			size_t spelled = length;
			const char *word = spelled_out(at, &spelled);

			put_sound(ret_sound, word, spelled);
			at += length;
		} else {
			buffer_put(ret_sound, " ", 1);
			at++;
		}
	}
}

/* --- files --------------------------------------------------------------------- */

static bool has_word(const char *text)
{
	_cleanup_free_ char *normal = NULL;

	/* Nearly all are of these, and there are thousands. */
	if (strpbrk(text, "abcdefghijklmnopqrstuvwxyz0123456789")) {
		return true;
	}
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

const struct conf_entry danger_group_keys[] = {
	CONF_KEY("group", TEXT, REQUIRED, danger_group, group, "its name, for `danger_signs`"),
	CONF_KEY("words", TEXTS, REQUIRED, danger_group, words,
		 "its words and phrases, without apostrophes; \"suicid*\" is all words that begin "
		 "so"),
	{ 0 },
};

const struct conf_entry danger_sign_keys[] = {
	CONF_KEY("groups", TEXT, REQUIRED, danger_sign, groups,
		 "one to four groups, the words of which follow each other"),
	CONF_KEY("points", NUMBER, REQUIRED, danger_sign, points,
		 "what it adds to the danger; less than 0 lowers it", .least = -100, .most = 100),
	CONF_KEY("within", NUMBER, DEFAULT("3"), danger_sign, within,
		 "so many other words may stand between", .least = 0, .most = 100),
	{ 0 },
};

const struct conf_entry danger_weight_keys[] = {
	CONF_KEY("topic", TEXT, OPTIONAL, danger_weight, topic,
		 "what its words are about: they count together, once; without one each counts for "
		 "itself"),
	CONF_KEY("points", NUMBER, REQUIRED, danger_weight, points,
		 "what that adds to the danger, or for a setback; less than 0 lowers it",
		 .least = -100, .most = 100),
	CONF_KEY("again", NUMBER, DEFAULT("0"), danger_weight, again,
		 "what a second word of the topic adds, elsewhere in the text", .least = -100,
		 .most = 100),
	CONF_KEY("words", TEXT, REQUIRED, danger_weight, words,
		 "its words and phrases, as usually spelled, with commas between; \"suicid*\" is "
		 "all words that begin so"),
	{ 0 },
};

const struct conf_entry danger_pair_keys[] = {
	CONF_KEY("topics", TEXT, REQUIRED, danger_pairs, topics,
		 "two topics of `danger_weights` with a + between, and more such pairs after "
		 "commas"),
	CONF_KEY("points", NUMBER, REQUIRED, danger_pairs, points,
		 "what a text adds that has both; less than 0 lowers it", .least = -100,
		 .most = 100),
	{ 0 },
};

static int read_danger_weight(struct conf_reader *reader, const struct conf_node *node,
			      void *target)
{
	struct danger_weight *weight = target;
	int r = conf_read_group(reader, node, danger_weight_keys, weight);

	if (r == 0) {
		weight->id = weight->topic ? hash_text(weight->topic) : 0;
		check_word(reader, node, weight->words);
	}
	return r;
}

static int read_danger_pairs(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, danger_pair_keys, target);
}

static int read_danger_group(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct danger_group *group = target;
	int r = conf_read_group(reader, node, danger_group_keys, group);

	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < group->words.count; i++) {
		check_word(reader, node, group->words.list[i]);
	}
	return 0;
}

static int read_danger_sign(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct danger_sign *sign = target;
	int r = conf_read_group(reader, node, danger_sign_keys, sign);
	const char *at = sign->groups;

	while (r == 0 && at && *(at += strspn(at, " "))) {
		_cleanup_free_ char *group = strndup(at, strcspn(at, " "));

		if (!group) {
			return -ENOMEM;
		}
		if (sign->count == DANGER_GROUPS) {
			conf_fault(reader, node, "value", "more than %d groups; make it shorter",
				   DANGER_GROUPS);
			return 0;
		}
		sign->group[sign->count++] = hash_text(group);
		at += strlen(group);
	}
	return r;
}

#define LIST(name, use, doc) CONF_KEY(name, TEXTS, OPTIONAL, word_file, lists[use], doc)

const struct conf_entry words_keys[] = {
	LIST("giveaway", WORD_GIVEAWAY,
	     "words and phrases that give the treatment away: no text may hold them"),
	CONF_KEY("giveaway_capitals", TEXTS, OPTIONAL, word_file, capitals,
		 "abbreviations that do, where they stand in capitals: HA, not ha; also as H.A."),
	CONF_LIST_KEY("stigma", OPTIONAL, word_file, stigma, stigma_count, read_stigma,
		      "words and phrases that are warned of"),
	CONF_LIST_KEY("allow", OPTIONAL, word_file, allow, allow_count, read_allow,
		      "exceptions, each with its reason and date"),
	LIST("stop", WORD_STOP, "replies that end all texts; STOP and its family always do"),
	LIST("start", WORD_START, "replies after which texts go on; START and UNSTOP always are"),
	LIST("help", WORD_HELP, "replies that ask who this is; HELP and INFO always do"),
	LIST("yes", WORD_YES, "replies that agree"),
	LIST("stop_phrases", WORD_STOP_PHRASE,
	     "end all texts wherever they stand in a reply; {name} is whoever we write to, "
	     "{someone} another name"),
	LIST("stop_first", WORD_STOP_FIRST, "end all texts where a reply begins with them"),
	LIST("stop_last", WORD_STOP_LAST, "end all texts where a reply ends with them"),
	LIST("courtesy", WORD_COURTESY, "what may stand beside a word of `stop` or a number"),
	LIST("filler", WORD_FILLER,
	     "what else may stand beside a word of `stop`: \"can you stop\""),
	LIST("ending", WORD_ENDING,
	     "end all texts before a word of `texting`: \"no more of your texts\""),
	LIST("texting", WORD_TEXTING, "what we do, and what `ending` is to end"),
	LIST("verbs", WORD_VERB,
	     "with which a stop may end, and after which `objects` say that it is none"),
	LIST("objects", WORD_OBJECT, "what is no text of ours: \"no more bills\""),
	LIST("wrong", WORD_WRONG,
	     "end all texts before a word of `phones`: \"no longer her cell\""),
	LIST("phones", WORD_PHONE, "what `wrong` says is somebody else's"),
	LIST("crisis", WORD_CRISIS,
	     "somebody may be in danger: the emergency text, and a human at once"),
	LIST("setback", WORD_SETBACK, "a setback: a kind answer, and a human"),
	LIST("person", WORD_PERSON, "asks for a human"),
	LIST("beside", WORD_BESIDE, "what may stand beside the number of an answer: \"1 today\""),
	LIST("not", WORD_NOT, "turns an answer around: \"not good\""),
	LIST("easy", WORD_EASY, "what else may stand beside an answer that all is well, in words"),
	LIST("doubt", WORD_DOUBT,
	     "beside an answer that all is well, it is none: \"good but lonely\""),
	LIST("heavy", WORD_HEAVY,
	     "whoever writes it, and no answer, is thanked and not asked for a number"),
	LIST("harmless", WORD_HARMLESS, "hides the words of replies that stand in it: \"stop by\""),
	CONF_LIST_KEY("danger_words", OPTIONAL, word_file, groups, group_count, read_danger_group,
		      "groups of words, of which `danger_signs` are made"),
	CONF_LIST_KEY("danger_signs", OPTIONAL, word_file, signs, sign_count, read_danger_sign,
		      "which groups together tell of danger, and how much"),
	CONF_LIST_KEY("danger_weights", OPTIONAL, word_file, weights, weight_count,
		      read_danger_weight, "words that tell of danger, or of none, and how much"),
	CONF_LIST_KEY("setback_weights", OPTIONAL, word_file, setback_weights, setback_weight_count,
		      read_danger_weight, "the same for setbacks"),
	CONF_LIST_KEY("danger_pairs", OPTIONAL, word_file, pairs, pairs_count, read_danger_pairs,
		      "which two topics in one text add to the danger, or lower it"),
	CONF_KEY("danger_idioms", TEXTS, OPTIONAL, word_file, lists[WORD_IDIOM],
		 "hides the words of `danger_words` and `crisis` that stand in it", .most = 4000),
	{ 0 },
};

/* Puts `to` for each `from`, which is no shorter. */
static void put_for(char *text, const char *from, const char *to)
{
	size_t more = strlen(from) - strlen(to);

	while ((text = strstr(text, from))) {
		for (const char *at = to; *at; at++) {
			*text++ = *at;
		}
		memmove(text, text + more, strlen(text + more) + 1);
	}
}

/* "who is {name}" is " who is * ". */
static int normal_word(const char *written, char **ret_normal)
{
	/* As long as the field, and no word. */
	static const char *const fields[][2] = { { "{name}", "zxnxzx" },
						 { "{someone}", "zxsxzxsxz" } };
	_cleanup_free_ char *copy = NULL;
	int r;

	if (!strchr(written, '{')) {
		return normal_text(written, false, ret_normal);
	}
	copy = strdup(written);
	if (!copy) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < COUNT(fields); i++) {
		put_for(copy, fields[i][0], fields[i][1]);
	}
	r = normal_text(copy, false, ret_normal);
	if (r == 0) {
		put_for(*ret_normal, "zxnxzx s", WORD_NAMES);
		put_for(*ret_normal, fields[0][1], WORD_NAME);
		put_for(*ret_normal, fields[1][1], WORD_SOMEONE);
	}
	return r;
}

/* --- one list of all that ------------------------------------------------------- */

static int add_word(struct conf_reader *reader, struct word_list *list, enum word_use use,
		    const char *written)
{
	_cleanup_free_ char *normal = NULL;
	struct word *word = &list->words[list->count];
	int r = written ? normal_word(written, &normal) : 0;

	/* What is at fault has been named. */
	if (r < 0 || !normal || normal[1] == '\0') {
		return r;
	}

	if (use == WORD_DANGER || use == WORD_IDIOM) {
		words_join(normal);
	}
	normal[strlen(normal) - 1] = '\0';
	*word = (struct word){
		.use = use,
		.written = written,
		.normal = arena_copy(reader->arena, normal + 1),
		.stem = use == WORD_DANGER && written[strlen(written) - 1] == '*',
	};
	list->count++;
	return word->normal ? 0 : -ENOMEM;
}

static int compare(const void *left, const void *right)
{
	const struct word *a = left, *b = right;

	return strcmp(a->normal, b->normal);
}

static size_t place_of(const struct word *word)
{
	return word->use * 256 + (unsigned char)word->normal[0];
}

/* There are ten thousand, so first each to its place. */
static int sort(struct word_list *list)
{
	_cleanup_free_ struct word *mixed = calloc(list->count + 1, sizeof(*mixed));
	_cleanup_free_ uint32_t *next = calloc(COUNT(list->begin), sizeof(*next));

	if (!mixed || !next) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < list->count; i++) {
		mixed[i] = list->words[i];
		list->begin[place_of(&mixed[i]) + 1]++;
	}
	for (size_t place = 1; place < COUNT(list->begin); place++) {
		list->begin[place] += list->begin[place - 1];
	}
	memcpy(next, list->begin, sizeof(list->begin));
	for (size_t i = 0; i < list->count; i++) {
		list->words[next[place_of(&mixed[i])]++] = mixed[i];
	}
	for (size_t place = 0; place + 1 < COUNT(list->begin); place++) {
		size_t first = list->begin[place], count = list->begin[place + 1] - first;

		if (count > 1) {
			qsort(&list->words[first], count, sizeof(*list->words), compare);
		}
	}
	return 0;
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

static int add_group(struct conf_reader *reader, struct word_list *list,
		     const struct danger_group *group)
{
	size_t first = list->count;
	int r = add_all(reader, list, WORD_DANGER, &group->words);

	for (size_t i = first; i < list->count; i++) {
		list->words[i].group = hash_text(group->group ? group->group : "");
	}
	return r;
}

/* "HA", and "H A", which "H.A." is compared as. */
static int add_capitals(struct conf_reader *reader, struct word_list *list,
			const struct conf_texts *capitals)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < capitals->count; i++) {
		const char *letters = capitals->list[i];
		size_t first = list->count, length = letters ? strlen(letters) : 0;
		_cleanup_free_ char *spelt = calloc(2 * length + 1, 1);

		if (!spelt) {
			return -ENOMEM;
		}
		for (size_t j = 0; j < length; j++) {
			spelt[2 * j] = letters[j];
			spelt[2 * j + 1] = ' ';
		}
		r = add_word(reader, list, WORD_GIVEAWAY, letters);
		r = r == 0 && length > 1 ? add_word(reader, list, WORD_GIVEAWAY, spelt) : r;
		for (; first < list->count; first++) {
			list->words[first].written = letters;
			list->words[first].capitals = true;
		}
	}
	return r;
}

static size_t commas(const char *text)
{
	size_t count = 0;

	for (; text && *text; text++) {
		count += *text == ',';
	}
	return count;
}

/* Of thousands, nearly all are normal already. */
static bool is_normal(const char *written)
{
	return !written[strspn(written, "abcdefghijklmnopqrstuvwxyz0123456789 ")];
}

/* written: one of a weight's words, without its "*".  sound: room for it. */
static int add_sound(struct conf_reader *reader, struct word_list *list, enum word_use use,
		     char *written, bool stem, uint32_t number, struct buffer *sound)
{
	_cleanup_free_ char *normal = NULL;
	struct word *word = &list->words[list->count];
	char *copy = NULL;

	if (!is_normal(written) || strchr(written, ' ')) {
		int r = normal_text(written, false, &normal);

		if (r < 0) {
			return r;
		}
		words_join(normal);
	}
	words_sound(normal ? normal + 1 : written, sound);
	if (sound->failed || !(copy = arena_copy(reader->arena, sound->size ? sound->bytes : ""))) {
		return -ENOMEM;
	}
	copy[strlen(copy) - (normal && *copy)] = '\0';
	/* How a c sounds is not known before the next letter is. */
	if (stem && *copy && copy[strlen(copy) - 1] == 'c') {
		copy[strlen(copy) - 1] = '\0';
	}
	*word = (struct word){
		.use = use,
		.written = written,
		.normal = copy,
		.group = number,
		.stem = stem,
	};
	list->count += *copy != '\0';
	return 0;
}

static int add_weight(struct conf_reader *reader, struct word_list *list, enum word_use use,
		      uint32_t number, const struct danger_weight *weight)
{
	_cleanup_(buffer_done) struct buffer sound = { 0 };
	char *words = arena_copy(reader->arena, weight->words ? weight->words : ""), *word;
	int r = words ? 0 : -ENOMEM;

	while (r == 0 && (word = strsep(&words, ","))) {
		size_t length;
		bool stem;

		word += strspn(word, " \n\t");
		length = strlen(word);
		stem = length > 0 && word[length - 1] == '*';
		word[length - stem] = '\0';
		r = add_sound(reader, list, use, word, stem, number, &sound);
		word[length - stem] = stem ? '*' : '\0';
	}
	return r;
}

/* "dying + laughter, farewell + work" */
static int add_pairs(struct conf_reader *reader, const struct word_file *file,
		     struct word_list *list)
{
	size_t room = 0;

	for (size_t i = 0; i < file->pairs_count; i++) {
		room += commas(file->pairs[i].topics) + 1;
	}
	list->pairs = arena_alloc(reader->arena, room + 1, sizeof(*list->pairs));
	for (size_t i = 0; list->pairs && i < file->pairs_count; i++) {
		char *topics = arena_copy(reader->arena,
					  file->pairs[i].topics ? file->pairs[i].topics : ""),
		     *pair;

		if (!topics) {
			return -ENOMEM;
		}
		while ((pair = strsep(&topics, ","))) {
			char *other;

			pair += strspn(pair, " \n\t");
			other = strstr(pair, " + ");
			if (!other) {
				continue;
			}
			*other = '\0';
			list->pairs[list->pair_count] = (struct danger_pair){
				.one = hash_text(pair),
				.other = hash_text(other + strlen(" + ")),
				.written = pair,
				.points = file->pairs[i].points,
			};
			*other = ' ';
			list->pair_count++;
		}
	}
	return list->pairs ? 0 : -ENOMEM;
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
	size_t room = file->stigma_count + file->allow_count + 2 * file->capitals.count +
		      COUNT(carrier_words);

	for (size_t i = 0; i < file->group_count; i++) {
		room += file->groups[i].words.count;
	}
	for (size_t i = 0; i < file->weight_count; i++) {
		room += commas(file->weights[i].words) + 1;
	}
	for (size_t i = 0; i < file->setback_weight_count; i++) {
		room += commas(file->setback_weights[i].words) + 1;
	}
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
	r = r == 0 ? add_capitals(reader, list, &file->capitals) : r;
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
	for (size_t i = 0; r == 0 && i < file->group_count; i++) {
		r = add_group(reader, list, &file->groups[i]);
	}
	for (size_t i = 0; r == 0 && i < file->weight_count; i++) {
		r = add_weight(reader, list, WORD_WEIGHT, (uint32_t)i, &file->weights[i]);
	}
	for (size_t i = 0; r == 0 && i < file->setback_weight_count; i++) {
		r = add_weight(reader, list, WORD_SETBACK_WEIGHT, (uint32_t)i,
			       &file->setback_weights[i]);
	}
	r = r ? r : sort(list);
	list->signs = file->signs;
	list->sign_count = file->sign_count;
	list->weights = file->weights;
	list->weight_count = file->weight_count;
	list->setback_weights = file->setback_weights;
	list->setback_weight_count = file->setback_weight_count;
	r = r ? r : add_pairs(reader, file, list);
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

static bool has_group(const struct word_file *words, const char *name, size_t length)
{
	for (size_t i = 0; i < words->group_count; i++) {
		const char *group = words->groups[i].group;

		if (group && strlen(group) == length && memcmp(group, name, length) == 0) {
			return true;
		}
	}
	return false;
}

/* A sign of a group that is not there would be shown by no text, and nobody would know. */
static void check_signs(struct conf_reader *reader, const struct conf_node *node,
			const struct word_file *words)
{
	for (size_t i = 0; node && conf_is_list(node) && i < words->sign_count; i++) {
		const char *at = words->signs[i].groups;
		char shown[FAULT_WORD_MAX];
		size_t length;

		for (; at && *(at += strspn(at, " ")); at += length) {
			length = strcspn(at, " ");
			if (!has_group(words, at, length)) {
				conf_fault(reader, conf_at(node, i), "value",
					   "no group of `danger_words` is called as one of \"%s\"; "
					   "correct the name, or write the group",
					   fault_word(words->signs[i].groups, shown));
			}
		}
	}
}

/* Does the file say all that the list says that comes with Holdfast? */
static bool is_whole(const struct conf_node *root)
{
	for (size_t i = 0; words_keys[i].key; i++) {
		if (!conf_get(root, words_keys[i].key)) {
			return false;
		}
	}
	return true;
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

	r = root && is_whole(root) ? 0 : read_built_in(reader, name, &words);
	if (r == 0 && root) {
		r = conf_read_group(reader, root, words_keys, &words);
		for (size_t i = 0; words_keys[i].key; i++) {
			if (words_keys[i].kind == CONF_TEXTS) {
				check_words(reader, conf_get(root, words_keys[i].key));
			}
		}
		check_signs(reader, conf_get(root, "danger_signs"), &words);
	}
	return r < 0 ? r : fill_list(reader, &words, list);
}
