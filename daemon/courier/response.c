/*
 * What a gateway's answer means.
 *
 * The body is a stranger's: it is parsed with limits, and nothing of it gets
 * further but an id of plain characters and values that the preset itself
 * names.
 */
#include "courier/response.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/charset.h"
#include "lib/json.h"

/* Answers in plain words are short; a regular expression looks no further. */
#define TEXT_MAX  4096
#define VALUE_MAX 128
/* A code that no preset knows: so many characters, and no more digits in a row, or it could be
 * somebody's number. */
#define CODE_MAX   40
#define DIGITS_MAX 6

/* --- reading ---------------------------------------------------------------- */

static int read_value(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	char number[24] = "";
	long long whole;
	bool truth;

	if (conf_int(node, &whole)) {
		(void)snprintf(number, sizeof(number), "%lld", whole);
	} else if (conf_bool(node, &truth)) {
		(void)snprintf(number, sizeof(number), "%s", truth ? "true" : "false");
	}

	*(char **)target = arena_copy(reader->arena, conf_text(node) ? conf_text(node) : number);
	return *(char **)target ? 0 : -ENOMEM;
}

static const struct conf_entry rule_keys[] = {
	CONF_KEY("status", NUMBERS, OPTIONAL, response_rule, status, "one HTTP status or several",
		 .least = 100, .most = 599),
	CONF_KEY("json", TEXT, OPTIONAL, response_rule, pointer, "a JSON pointer"),
	CONF_LIST_KEY("is", OPTIONAL, response_rule, values, value_count, read_value,
		      "what may stand there: [ 21610 ]"),
	CONF_KEY("text", TEXT, OPTIONAL, response_rule, pattern,
		 "a POSIX extended regular expression"),
	CONF_KEY("class", WORD, REQUIRED, response_rule, class, "what it means",
		 .words = outcome_words),
	CONF_KEY("id", TEXT, OPTIONAL, response_rule, id, "a JSON pointer to the gateway's id"),
	CONF_KEY("fault", WORD, DEFAULT("none"), response_rule, fault, "whose fault a refusal is",
		 .words = wire_fault_words),
	CONF_KEY("reason", TEXT, OPTIONAL, response_rule, reason, "a short word for staff"),
	CONF_KEY("retry_after", NUMBER, OPTIONAL, response_rule, retry_after,
		 "seconds, where the answer does not say", .least = 1, .most = 3600),
	{ 0 },
};

static void blame(struct conf_reader *reader, const struct conf_node *node, const char *what)
{
	conf_fault(reader, node, "answer", "%s", what);
}

static void check_rule(struct conf_reader *reader, const struct conf_node *node,
		       const struct response_rule *rule)
{
	if (!rule->pointer && !rule->pattern && rule->status.count == 0) {
		blame(reader, node, "a rule without a condition; write status, json or text");
	}
	if (rule->class == OUTCOME_ACCEPTED && !rule->pointer && !rule->pattern) {
		blame(reader, node,
		      "a status alone does not show that the text was accepted; "
		      "write json or text, too");
	}
	if (rule->fault == WIRE_FAULT_OPTED_OUT) {
		blame(reader, node,
		      "an opt-out is a class of its own; write class = \"opted-out\"");
	} else if (rule->fault != WIRE_FAULT_NONE && rule->class != OUTCOME_REFUSED) {
		blame(reader, node, "only a refusal has a fault; write class = \"refused\"");
	}
	if (rule->value_count > 0 && !rule->pointer) {
		blame(reader, node, "\"is\" has nothing to look at; write json, too");
	}
	if ((rule->pointer && rule->pointer[0] != '/') || (rule->id && rule->id[0] != '/')) {
		blame(reader, node, "a JSON pointer begins with a slash: \"/messages/0/status\"");
	}
	if (rule->reason && strlen(rule->reason) > 100) {
		blame(reader, node, "the reason is too long; write at most 100 characters");
	}
}

int response_rule_read(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct response_rule *rule = target;
	int r;

	if (!conf_is_group(node)) {
		blame(reader, node, "a rule is a group: { status = 201; class = \"...\"; }");
		return 0;
	}
	r = conf_read_group(reader, node, rule_keys, rule);
	if (r < 0) {
		return r;
	}

	check_rule(reader, node, rule);
	if (rule->pattern) {
		rule->compiled = regcomp(&rule->regex, rule->pattern, REG_EXTENDED) == 0;
		if (!rule->compiled) {
			blame(reader, node, "\"text\" is not a regular expression; see regex(7)");
		}
	}
	return 0;
}

void response_rules_done(struct response_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->list[i].compiled) {
			regfree(&rules->list[i].regex);
		}
	}
	*rules = (struct response_rules){ 0 };
}

/* --- matching --------------------------------------------------------------- */

/* One answer, looked at by one rule after the other. */
struct look {
	const struct response *response;
	const json_t *json;    /* NULL: the body is none */
	char value[VALUE_MAX]; /* what the rule's pointer showed */
	regmatch_t groups[2];
};

static bool status_fits(const struct response_rule *rule, const struct look *look)
{
	for (size_t i = 0; i < rule->status.count; i++) {
		if (rule->status.list[i] == look->response->status) {
			return true;
		}
	}
	return rule->status.count == 0;
}

static bool json_fits(const struct response_rule *rule, struct look *look)
{
	look->value[0] = '\0';
	if (!rule->pointer) {
		return true;
	}
	if (!look->json ||
	    !json_point(look->json, rule->pointer, look->value, sizeof(look->value))) {
		return false;
	}

	for (size_t i = 0; i < rule->value_count; i++) {
		if (strcmp(rule->values[i], look->value) == 0) {
			return true;
		}
	}
	return rule->value_count == 0;
}

static bool text_fits(const struct response_rule *rule, struct look *look)
{
	size_t size = look->response->body_size;

	look->groups[1] = (regmatch_t){ -1, -1 };
	if (!rule->compiled) {
		return true;
	}

	look->groups[0] = (regmatch_t){ 0, (regoff_t)(size < TEXT_MAX ? size : TEXT_MAX) };
	return regexec(&rule->regex, look->response->body, 2, look->groups, REG_STARTEND) == 0;
}

/* Letters, digits and signs only: it is logged, stored and put into addresses. */
static void keep_id(struct response_words *words, const char *id, size_t size)
{
	bool plain = size <= RESPONSE_ID_MAX;

	for (size_t i = 0; plain && i < size; i++) {
		plain = id[i] > ' ' && id[i] < 0x7f;
	}
	if (plain) {
		memcpy(words->id, id, size);
		words->id[size] = '\0';
	}
}

static void find_id(const struct response_rule *rule, const struct look *look,
		    struct response_words *words)
{
	const regmatch_t *group = &look->groups[1];
	char id[RESPONSE_ID_MAX + 1];

	if (rule->id && look->json && json_point(look->json, rule->id, id, sizeof(id))) {
		keep_id(words, id, strlen(id));
	} else if (group->rm_so >= 0) {
		keep_id(words, look->response->body + group->rm_so,
			(size_t)(group->rm_eo - group->rm_so));
	}
}

static hf_time wait_of(const struct response *response, int otherwise)
{
	return (response->retry_after >= 0 ? response->retry_after : otherwise) * HF_SECOND;
}

static void apply_rule(const struct response_rule *rule, const struct look *look,
		       struct response_words *words, struct wire_outcome *outcome)
{
	outcome->class = (enum outcome_class)rule->class;
	outcome->fault = (enum wire_fault)rule->fault;
	if (outcome->class == OUTCOME_ACCEPTED) {
		find_id(rule, look, words);
		return;
	}

	if (outcome->class == OUTCOME_DEFERRED) {
		outcome->retry_after = wait_of(look->response, rule->retry_after);
	}
	if (!rule->reason) {
		(void)snprintf(words->reason, sizeof(words->reason), "HTTP %d",
			       look->response->status);
	} else if (rule->value_count > 0) {
		(void)snprintf(words->reason, sizeof(words->reason), "%s (%s)", rule->reason,
			       look->value);
	} else {
		(void)snprintf(words->reason, sizeof(words->reason), "%s", rule->reason);
	}
}

/* --- where no rule fits ----------------------------------------------------- */

static const struct fallback {
	int from, until; /* statuses */
	enum outcome_class class;
	const char *what;
} fallbacks[] = {
	{ 401, 401, OUTCOME_CONFIG, "the credential is refused" },
	{ 402, 402, OUTCOME_CONFIG, "the account has no credit" },
	{ 403, 403, OUTCOME_REFUSED, "the request is forbidden" },
	{ 404, 404, OUTCOME_REFUSED, "nothing at this address; check base and account" },
	{ 408, 408, OUTCOME_DEFERRED, "too slow" },
	{ 425, 425, OUTCOME_DEFERRED, "too early" },
	{ 429, 429, OUTCOME_DEFERRED, "too many at once" },
	{ 400, 499, OUTCOME_REFUSED, "the request is refused" },
	{ 300, 399, OUTCOME_CONFIG, "another address; check base" },
	{ 200, 299, OUTCOME_UNKNOWN, "an answer that the preset does not understand" },
	{ 0, 999, OUTCOME_UNKNOWN, "the gateway failed" },
};

static bool is_code(const char *value)
{
	size_t digits = 0, length = strlen(value);

	for (size_t i = 0; i < length && digits <= DIGITS_MAX; i++) {
		if (!strchr("_.-", value[i]) && !isalnum((unsigned char)value[i])) {
			return false;
		}
		digits = isdigit((unsigned char)value[i]) ? digits + 1 : 0;
	}
	return length > 0 && length <= CODE_MAX && digits <= DIGITS_MAX;
}

/* The gateway's own code, where the preset's rules look for theirs; "" for none. */
static const char *find_code(const struct response_rules *rules, struct look *look)
{
	for (size_t i = 0; look->json && i < rules->count; i++) {
		const struct response_rule *rule = &rules->list[i];

		if (rule->value_count > 0 &&
		    json_point(look->json, rule->pointer, look->value, sizeof(look->value)) &&
		    is_code(look->value)) {
			return look->value;
		}
	}
	return "";
}

static void apply_fallback(const struct response_rules *rules, struct look *look,
			   struct response_words *words, struct wire_outcome *outcome)
{
	const struct response *response = look->response;
	const struct fallback *fallback = fallbacks;
	const char *code = find_code(rules, look);

	while (fallback->until != 999 &&
	       (response->status < fallback->from || response->status > fallback->until)) {
		fallback++;
	}

	outcome->class = fallback->class;
	if (response->status == 503 && response->retry_after >= 0) {
		outcome->class = OUTCOME_DEFERRED;
	}
	if (outcome->class == OUTCOME_DEFERRED) {
		outcome->retry_after = wait_of(response, 0);
	}
	(void)snprintf(words->reason, sizeof(words->reason), "%s (HTTP %d%s%s)", fallback->what,
		       response->status, *code ? ", code " : "", code);
}

void response_classify(const struct response_rules *rules, const struct response *said,
		       struct response_words *words, struct wire_outcome *ret_outcome)
{
	_cleanup_free_ char *body = NULL;
	struct response decoded = *said;
	const struct response *response = &decoded;
	bool whole;
	_cleanup_(json_freep) json_t *json = NULL;
	struct look look = { .response = response };

	/* Around the same words there may be a byte order mark, or another charset. */
	if (charset_read(NULL, said->body, said->body_size, "\\", &body, &whole) == 0) {
		decoded.body = body;
		decoded.body_size = strlen(body);
	}

	words->id[0] = words->reason[0] = '\0';
	ret_outcome->gateway_id = words->id;
	ret_outcome->reason = words->reason;
	ret_outcome->fault = WIRE_FAULT_NONE;
	ret_outcome->retry_after = 0;
	if (json_read(response->body, response->body_size, &json) == 0) {
		look.json = json;
	}

	for (size_t i = 0; i < rules->count; i++) {
		const struct response_rule *rule = &rules->list[i];

		if (status_fits(rule, &look) && json_fits(rule, &look) && text_fits(rule, &look)) {
			apply_rule(rule, &look, words, ret_outcome);
			return;
		}
	}
	apply_fallback(rules, &look, words, ret_outcome);
}
