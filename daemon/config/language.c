/*
 * The texts of one language.
 *
 * Promises: a template that is loaded is UTF-8, its braces match, and it names
 * only fields that exist.  Whether a field has a value for a client is
 * engine/compose's to find out.
 */
#include "config/language.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "config/reference.h"

#define FIELD_NAME(name, of, longest) #name,
const char *const template_fields[] = { TEMPLATE_FIELDS(FIELD_NAME) NULL };

const char *const templates_always[] = {
	"welcome",    "nudge",        "stopped",  "resumed", "help",  "setback",
	"emergency",  "out_of_hours", "received", "unknown", "alert", "clarify",
	"who_writes", "closing_more", "told",     "change",  NULL,
};

#define OWN(name_, text_)                                                                          \
	{                                                                                          \
		.name = (char *)(name_), .text = (char *)(text_), .file = "", .line = 0            \
	}

/* English, and Spanish. */
static const struct template own[][2] = {
	{ OWN("clarify", "Thank you. Someone here will read this today. Cannot wait? "
			 "{site_phone}, 988 or 911. You can also answer with one of the numbers."),
	  OWN("clarify",
	      "Gracias. Alguien lo va a leer hoy. Si es urgente: {site_phone}, 988 o 911. "
	      "Si quiere, responda con una de las cifras.") },
	{ OWN("closing_more", "{site}: the texts of your plan end today, {name}. Your own "
			      "reminders go on. You can call us: {site_phone}."),
	  OWN("closing_more", "{site}: hoy terminan los mensajes de su plan, {name}. Sus propios "
			      "recordatorios siguen. Puede llamarnos: {site_phone}.") },
	{ OWN("told",
	      "Thank you for telling us. Someone here has been told. In danger call 911; call "
	      "or text 988 at any hour, for yourself too. You can also call {site_phone}."),
	  OWN("told",
	      "Gracias por decirlo. Ya avisamos a alguien del equipo. En peligro llame al 911; "
	      "al 988, a cualquier hora, también por usted. Puede llamarnos: {site_phone}.") },
	{ OWN("change",
	      "Thank you, {name}. Someone here will read this and find another time with you: "
	      "{site_phone}. To end all texts reply STOP."),
	  OWN("change", "Gracias, {name}. Alguien lo va a leer y le busca otra hora: {site_phone}. "
			"Para terminar todos los mensajes responda PARAR.") },
	{ OWN("who_writes", "Thanks. Please write your first name with your answer."),
	  OWN("who_writes", "Gracias. Escriba su nombre con su respuesta, por favor.") },
	{ OWN("avoid", "{site}: {say} today, {name}?"),
	  OWN("avoid", "{site}: {name}, ¿hoy {say}?") },
	{ OWN("digest", "{site}: {count} new to look at today. See holdfastctl cases."),
	  OWN("digest", "{site}: {count} por ver hoy. Vea holdfastctl cases.") },
	{ OWN("daily", "{site}: {count} to call; {reason}."),
	  OWN("daily", "{site}: {count} por llamar; {reason}.") },
	{ OWN("gateway_refuses", "{site}: at {time} the gateway {gateway} began to refuse texts. "
				 "See holdfastctl status."),
	  OWN("gateway_refuses", "{site}: la pasarela {gateway} rechaza mensajes desde las {time}. "
				 "Vea holdfastctl status.") },
	{ OWN("service_silent", "{site}: the text service is not well. Texts may not go out and "
				"answers may not be seen. Please tell whoever looks after it."),
	  OWN("service_silent",
	      "{site}: el servicio de mensajes no funciona bien. Puede que no "
	      "salgan mensajes ni se vean respuestas. Llame a quien lo atiende.") },
	{ OWN("ceiling", "{site}: as many texts have gone out as may ({count}). All but emergency "
			 "texts wait. See holdfastctl status."),
	  OWN("ceiling", "{site}: salieron tantos mensajes como se permiten ({count}). Esperan "
			 "todos menos los de emergencia. Vea holdfastctl status.") },
	{ OWN("meeting_tonight", "{site}: {title} tonight at {time}, {place|the usual place}."),
	  OWN("meeting_tonight",
	      "{site}: {title} esta noche {at_time}, {place|el lugar acostumbrado}.") },
	{ OWN("acknowledged", "Case {case} is yours. Once you have called, reply CALLED {case}."),
	  OWN("acknowledged", "El caso {case} es suyo. Cuando haya llamado, responda LLAME "
			      "{case}.") },
	{ OWN("attempted", "Case {case}: noted."), OWN("attempted", "Caso {case}: anotado.") },
	{ OWN("who", "Case {case}: {name}, {phone}."),
	  OWN("who", "Caso {case}: {name}, {phone}.") },
	{ OWN("who_no", "That is not available here."),
	  OWN("who_no", "Eso no se puede dar por este medio.") },
	{ OWN("acknowledge_which", "Which case? Reply ACK and its number."),
	  OWN("acknowledge_which", "¿Qué caso? Responda ACK y su número.") },
	{ OWN("acknowledge_no", "Case {case} is not open: closed, or somebody has it."),
	  OWN("acknowledge_no", "El caso {case} no se puede tomar: ya se ha cerrado, o alguien lo "
				"tiene.") },
};

const struct template *template_built_in(const char *language, const char *name)
{
	bool spanish = language && strncmp(language, "es", 2) == 0;

	for (size_t i = 0; i < COUNT(own); i++) {
		if (strcmp(own[i][0].name, name) == 0) {
			return &own[i][spanish];
		}
	}
	return NULL;
}

/* While the fields of one template are looked at. */
static int know_field(void *userdata, const char *name, const char **ret_value)
{
	(void)userdata;
	for (size_t i = 0; template_fields[i]; i++) {
		if (strcmp(template_fields[i], name) == 0) {
			*ret_value = "x";
			return 0;
		}
	}
	return TEXT_E_FIELD;
}

#define LIST_MAX 320

/* Which field was meant, by its letters or as a part of the word ("first_name"), or which there are. */
static void list_fields(const char *word, char hint[CONF_HINT_MAX], char list[LIST_MAX])
{
	size_t used = 0;

	(void)conf_hint(word, template_fields, hint);
	used = (size_t)snprintf(list, LIST_MAX, "; there are");
	for (size_t i = 0; template_fields[i]; i++) {
		if (!*hint && strstr(word, template_fields[i])) {
			(void)snprintf(hint, CONF_HINT_MAX, "; did you mean \"%s\"?",
				       template_fields[i]);
		}
		if (used < LIST_MAX) {
			used += (size_t)snprintf(list + used, LIST_MAX - used, " {%s}",
						 template_fields[i]);
		}
	}
	if (used < LIST_MAX) {
		(void)snprintf(list + used, LIST_MAX - used, ", and a literal brace is {{ or }}");
	}
}

static void blame_template(struct conf_reader *reader, const struct conf_node *node, int answer,
			   const char *field)
{
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX], list[LIST_MAX];

	if (answer == TEXT_E_FIELD) {
		list_fields(field, hint, list);
		conf_fault(reader, node, "unknown-field", "unknown field {%s}%s%s",
			   fault_word(field, shown), hint, *hint ? "" : list);
	} else if (answer == TEXT_E_BRACE) {
		conf_fault(
			reader, node, "brace",
			"a brace that opens or closes nothing; a field is {name}, a literal brace "
			"is {{ or }}");
	} else {
		conf_fault(reader, node, "utf-8",
			   "a character that is not UTF-8; save the file with encoding UTF-8");
	}
}

/* Whitespace alone is no text, and a control character but a new line is no text of ours. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < 0x20 && *text != '\n') || *text == 0x7f) {
			return false;
		}
	}
	return true;
}

static int check_text(struct conf_reader *reader, const struct conf_node *node, const char *text)
{
	_cleanup_free_ char *filled = NULL;
	char field[TEXT_NAME_MAX] = "";
	int answer;

	if (text[strspn(text, " \t\r\n")] == '\0') {
		conf_fault(reader, node, "empty-message",
			   "an empty text; write one, or remove the line");
		return 0;
	}
	if (strlen(text) > TEMPLATE_MAX || !is_plain(text)) {
		conf_fault(reader, node, "message",
			   "more than %d bytes, or a control character; shorten it", TEMPLATE_MAX);
		return 0;
	}

	answer = text_fill(text, know_field, NULL, &filled, NULL, field);
	if (answer > 0) {
		blame_template(reader, node, answer, field);
	}
	return answer == -ENOMEM ? -ENOMEM : 0;
}

static int read_message(struct conf_reader *reader, const struct conf_node *node,
			struct template *template)
{
	const char *text = conf_text(node);

	*template = (struct template){
		.name = arena_copy(reader->arena, conf_key(node)),
		.text = arena_copy(reader->arena, text ? text : ""),
		.file = ((struct references *)reader->userdata)->file,
		.line = conf_line(node),
	};
	if (!template->name || !template->text) {
		return -ENOMEM;
	}

	if (!text) {
		conf_fault(reader, node, "type", "a message is text; write name = \"...\"");
		return 0;
	}
	return check_text(reader, node, text);
}

static int compare(const void *left, const void *right)
{
	return strcmp(((const struct template *)left)->name,
		      ((const struct template *)right)->name);
}

static int read_messages(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct language *language = target;
	struct template *messages =
		arena_alloc(reader->arena, conf_count(node) + 1, sizeof(*messages));

	if (!messages) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < conf_count(node); i++) {
		int r = read_message(reader, conf_at(node, i), &messages[i]);

		if (r < 0) {
			return r;
		}
	}
	qsort(messages, conf_count(node), sizeof(*messages), compare);
	language->messages = messages;
	language->count = conf_count(node);
	language->line = conf_line(node);
	return 0;
}

const char *const address_words[] = { "neutral", "feminine", "masculine", NULL };
static const char *const accents_words[] = { "keep", "plain", NULL };
static const char *const clock_words[] = { "12h", "24h", NULL };

const struct conf_entry language_keys[] = {
	CONF_KEY("language", TEXT, REQUIRED, language, code,
		 "the language of these texts, like \"en\""),
	CONF_KEY("accents", WORD, DEFAULT("keep"), language, accents,
		 "\"plain\": a text in which a letter is one that phones charge for, like the i in "
		 "dia, goes without any accent",
		 .words = accents_words),
	CONF_KEY("clock", WORD, DEFAULT("12h"), language, clock, "\"12h\": 7:00 pm; \"24h\": 19:00",
		 .words = clock_words),
	CONF_WHOLE_KEY("messages", GROUP, REQUIRED, read_messages,
		       "every text: name = \"text with {fields}\""),
	{ 0 },
};

int language_read(struct conf_reader *reader, const struct conf_node *root,
		  struct language *language)
{
	int r;

	language->file = ((struct references *)reader->userdata)->file;
	language->line = 1;
	r = conf_read_group(reader, root, language_keys, language);
	if (r < 0 || !language->code) {
		return r;
	}

	reference_check_id(reader, root, "language");
	return unique_add(reader, conf_get(root, "language"), UNIQUE_LANGUAGE, language->code,
			  false);
}

size_t template_variant(const char *name, size_t *ret_address)
{
	const char *end = strrchr(name, '_');

	for (size_t i = 0; end && address_words[i]; i++) {
		if (i != ADDRESS_NEUTRAL && strcmp(end + 1, address_words[i]) == 0) {
			*ret_address = i;
			return (size_t)(end - name);
		}
	}
	return 0;
}

struct template_choice template_choice(const char *names)
{
	const char *bar = strchr(names, '|');
	struct template_choice choice = { .other = bar ? bar + 1 : NULL };

	(void)snprintf(choice.first, sizeof(choice.first), "%.*s",
		       bar ? (int)(bar - names) : (int)sizeof(choice.first), names);
	return choice;
}

const struct template *language_template(const struct language *language, const char *name)
{
	struct template key = { .name = (char *)(uintptr_t)name };

	return language->count > 0
		       ? bsearch(&key, language->messages, language->count, sizeof(key), compare)
		       : NULL;
}

size_t template_open_base(const char *name)
{
	size_t length = strlen(name), suffix = strlen(OPEN_SUFFIX);

	return length > suffix && strcmp(name + length - suffix, OPEN_SUFFIX) == 0 ? length - suffix
										   : 0;
}

const char *template_sent_as(const struct language *language, const char *name)
{
	const struct template *base;

	do {
		char shorter[TEMPLATE_NAME_MAX + 1];
		size_t address, length = template_open_base(name);

		base = NULL;
		length = length > 0 ? length : template_variant(name, &address);
		if (length > 0 && length < sizeof(shorter)) {
			(void)snprintf(shorter, sizeof(shorter), "%.*s", (int)length, name);
			base = language_template(language, shorter);
		}
		name = base ? base->name : name;
	} while (base);
	return name;
}

bool language_is_open(const struct language *language, const char *name)
{
	char base[TEMPLATE_NAME_MAX + 1];
	size_t length = template_open_base(name);

	if (length == 0 || length > TEMPLATE_NAME_MAX) {
		return false;
	}
	(void)snprintf(base, sizeof(base), "%.*s", (int)length, name);
	return language_template(language, base);
}
