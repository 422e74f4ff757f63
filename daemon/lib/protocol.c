/*
 * The packets of the wire, read and written by one table of fields for each
 * thing that they hold.
 *
 * Dangerous here: the courier reads bytes from the Internet and may be taken
 * over, so holdfastd believes no member before it was looked at.  And what a
 * gateway brings was written by strangers: what is too long or no text is mended
 * when it is written here, and never a reason to lose what somebody wrote.
 */
#include "lib/protocol.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "lib/text.h"

#define RATE_MAX   1000000
#define CREDIT_MAX (1 << 20)
/* Far more than anyone does; they keep arithmetic with them from overflowing. */
#define COUNT_MAX 1000000
#define MS_MAX    (INT64_MAX / 1000)

const char *const outcome_words[] = {
	[OUTCOME_ACCEPTED] = "accepted", [OUTCOME_UNSENT] = "unsent",
	[OUTCOME_UNKNOWN] = "unknown",   [OUTCOME_DEFERRED] = "deferred",
	[OUTCOME_REFUSED] = "refused",   [OUTCOME_OPTED_OUT] = "opted-out",
	[OUTCOME_CONFIG] = "config",     NULL,
};

const char *const receipt_words[] = {
	[RECEIPT_SENT] = "sent",
	[RECEIPT_DELIVERED] = "delivered",
	[RECEIPT_UNDELIVERED] = "undelivered",
	[RECEIPT_FAILED] = "failed",
	NULL,
};

const char *const wire_fault_words[] = {
	[WIRE_FAULT_NONE] = "none",
	[WIRE_FAULT_NUMBER] = "number",
	[WIRE_FAULT_TEXT] = "text",
	[WIRE_FAULT_ACCOUNT] = "account",
	[WIRE_FAULT_GATEWAY] = "gateway",
	[WIRE_FAULT_OPTED_OUT] = "opted-out",
	NULL,
};

/* --- the tables ------------------------------------------------------------ */

enum field_type {
	FIELD_INT64, /* from 0 */
	FIELD_MARK,  /* the same, and 0 where it is not there */
	FIELD_INT,   /* from 0 */
	FIELD_RATE,  /* a double, from 0 */
	FIELD_TRUTH, /* a bool */
	FIELD_FLAG,  /* a bool that is only written where it is true */
	FIELD_TEXT,  /* ours: what is not UTF-8 is not written; NULL is "" */
	FIELD_SAID,  /* a stranger's: cut at its limit, and what is not UTF-8 is "?" */
	FIELD_WORD,  /* an enum, by its words */
	FIELD_FAULT, /* enum wire_fault; a word that is not known blames nobody */
	FIELD_TIME,  /* µs; the wire has milliseconds */
	FIELD_WAIT,  /* the same, rounded up: a wait is rather longer than shorter */
};

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
	int64_t most;             /* bytes of a text, or the largest number on the wire */
	const char *const *words; /* of FIELD_WORD and FIELD_FAULT */
};

#define AT(thing, member) offsetof(struct wire_##thing, member)

static const struct field hello_fields[] = {
	{ "gateway", FIELD_TEXT, .offset = AT(hello, gateway), WIRE_PACKET_MAX },
	{ "idempotent", FIELD_TRUTH, .offset = AT(hello, idempotent) },
	{ "rate", FIELD_RATE, .offset = AT(hello, rate), RATE_MAX },
	{ "watches", FIELD_FLAG, .offset = AT(hello, watches) },
	{ "store", FIELD_MARK, .offset = AT(hello, store), INT64_MAX },
	{ "batch", FIELD_MARK, .offset = AT(hello, batch), INT64_MAX },
	{ 0 },
};

static const struct field text_fields[] = {
	{ "id", FIELD_INT64, .offset = AT(text, id), INT64_MAX },
	{ "attempt", FIELD_INT, .offset = AT(text, attempt), COUNT_MAX },
	{ "key", FIELD_TEXT, .offset = AT(text, key), WIRE_KEY_MAX },
	{ "to", FIELD_TEXT, .offset = AT(text, to), WIRE_PACKET_MAX },
	{ "body", FIELD_TEXT, .offset = AT(text, body), WIRE_PACKET_MAX },
	{ "ucs2", FIELD_TRUTH, .offset = AT(text, ucs2) },
	{ "segments", FIELD_INT, .offset = AT(text, segments), COUNT_MAX },
	{ "valid_ms", FIELD_TIME, .offset = AT(text, valid_for), MS_MAX },
	{ "at", FIELD_TEXT, .offset = AT(text, at), WIRE_PACKET_MAX },
	{ "store", FIELD_MARK, .offset = AT(text, store), INT64_MAX },
	{ "batch", FIELD_MARK, .offset = AT(text, batch), INT64_MAX },
	{ 0 },
};

static const struct field outcome_fields[] = {
	{ "id", FIELD_INT64, .offset = AT(outcome, id), INT64_MAX },
	{ "attempt", FIELD_INT, .offset = AT(outcome, attempt), COUNT_MAX },
	{ "key", FIELD_TEXT, .offset = AT(outcome, key), WIRE_KEY_MAX },
	{ "class", FIELD_WORD, .offset = AT(outcome, class), .words = outcome_words },
	{ "gateway_id", FIELD_SAID, .offset = AT(outcome, gateway_id), WIRE_WORD_MAX },
	{ "fault", FIELD_FAULT, .offset = AT(outcome, fault), .words = wire_fault_words },
	{ "reason", FIELD_SAID, .offset = AT(outcome, reason), WIRE_WORD_MAX },
	{ "retry_ms", FIELD_WAIT, .offset = AT(outcome, retry_after), MS_MAX },
	{ 0 },
};

static const struct field inbound_fields[] = {
	{ "seq", FIELD_INT64, .offset = AT(inbound, seq), INT64_MAX },
	{ "gateway_id", FIELD_SAID, .offset = AT(inbound, gateway_id), NEWS_ID_MAX },
	{ "from", FIELD_SAID, .offset = AT(inbound, from), NEWS_FROM_MAX },
	{ "to", FIELD_SAID, .offset = AT(inbound, to), NEWS_FROM_MAX },
	{ "text", FIELD_SAID, .offset = AT(inbound, text), NEWS_TEXT_MAX },
	{ "at", FIELD_TIME, .offset = AT(inbound, at), MS_MAX },
	{ "parts_of", FIELD_SAID, .offset = AT(inbound, parts_of), NEWS_ID_MAX },
	{ "part", FIELD_INT, .offset = AT(inbound, part), NEWS_PARTS },
	{ "parts", FIELD_INT, .offset = AT(inbound, parts), NEWS_PARTS },
	{ "opted_out", FIELD_FLAG, .offset = AT(inbound, opted_out) },
	{ "undecoded", FIELD_FLAG, .offset = AT(inbound, undecoded) },
	{ "answered", FIELD_FLAG, .offset = AT(inbound, answered) },
	{ 0 },
};

static const struct field receipt_fields[] = {
	{ "seq", FIELD_INT64, .offset = AT(receipt, seq), INT64_MAX },
	{ "gateway_id", FIELD_SAID, .offset = AT(receipt, gateway_id), NEWS_ID_MAX },
	{ "key", FIELD_SAID, .offset = AT(receipt, key), NEWS_ID_MAX },
	{ "state", FIELD_WORD, .offset = AT(receipt, state), .words = receipt_words },
	{ "fault", FIELD_FAULT, .offset = AT(receipt, fault), .words = wire_fault_words },
	{ "reason", FIELD_SAID, .offset = AT(receipt, reason), WIRE_WORD_MAX },
	{ "at", FIELD_TIME, .offset = AT(receipt, at), MS_MAX },
	{ 0 },
};

static const struct field webhook_fields[] = {
	{ "seq", FIELD_INT64, .offset = AT(webhook, seq), INT64_MAX },
	{ "why", FIELD_SAID, .offset = AT(webhook, why), WIRE_WORD_MAX },
	{ "content", FIELD_SAID, .offset = AT(webhook, content), NEWS_TEXT_MAX },
	{ 0 },
};

static const struct field stored_fields[] = {
	{ "seq", FIELD_INT64, .offset = AT(stored, seq), INT64_MAX },
	{ "stored", FIELD_TRUTH, .offset = AT(stored, stored) },
	{ 0 },
};

static const struct field beat_fields[] = {
	{ "well", FIELD_TRUTH, .offset = AT(beat, well) },
	{ 0 },
};

static const struct field alarm_fields[] = {
	{ "from", FIELD_TIME, .offset = AT(alarm, from), MS_MAX },
	{ "until", FIELD_TIME, .offset = AT(alarm, until), MS_MAX },
	{ "to", FIELD_TEXT, .offset = AT(alarm, to), NEWS_FROM_MAX },
	{ "body", FIELD_TEXT, .offset = AT(alarm, body), NEWS_TEXT_MAX },
	{ 0 },
};

/* Each type of packet: its word, which is also the member that holds the list; what one thing of
 * the list is; and what is said of a list that breaks the protocol. */
static const struct kind {
	const char *word;
	const struct field *fields;
	size_t size;
	const char *wrong_count, *malformed;
} kinds[] = {
	[PACKET_HELLO] = { "hello", hello_fields, sizeof(struct wire_hello), "",
			   "a malformed hello" },
	[PACKET_TEXTS] = { "texts", text_fields, sizeof(struct wire_text), "no texts or too many",
			   "a malformed text" },
	[PACKET_OUTCOMES] = { "outcomes", outcome_fields, sizeof(struct wire_outcome),
			      "no outcomes or too many", "a malformed outcome" },
	[PACKET_INBOUND] = { "inbound", inbound_fields, sizeof(struct wire_inbound),
			     "no news or too much", "malformed news" },
	[PACKET_RECEIPTS] = { "receipts", receipt_fields, sizeof(struct wire_receipt),
			      "no news or too much", "malformed news" },
	[PACKET_WEBHOOKS] = { "webhooks", webhook_fields, sizeof(struct wire_webhook),
			      "no news or too much", "malformed news" },
	[PACKET_STORED] = { "stored", stored_fields, sizeof(struct wire_stored),
			    "no news or too much", "malformed news" },
	[PACKET_BEAT] = { "beat", beat_fields, sizeof(struct wire_beat), "no beat or too many",
			  "a malformed beat" },
	[PACKET_ALARMS] = { "alarms", alarm_fields, sizeof(struct wire_alarm),
			    "no alarms or too many", "a malformed alarm" },
};

/* --- reading --------------------------------------------------------------- */

static bool read_word(const char *word, const char *const *words, unsigned *ret_index)
{
	for (unsigned i = 0; word && words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

/* A member that is missing reads as no text, as -1 and as either truth. */
static bool read_field(const json_t *json, const struct field *field, void *at)
{
	const char *text = json_text(json, field->key);
	int64_t number = json_int(json, field->key, -1);
	bool in_range = number >= 0 && number <= field->most;
	double rate;

	switch (field->type) {
	case FIELD_INT64:
		*(int64_t *)at = number;
		return in_range;
	case FIELD_MARK:
		*(int64_t *)at = in_range ? number : 0;
		return in_range || !json_object_get(json, field->key);
	case FIELD_INT:
		*(int *)at = (int)number;
		return in_range;
	case FIELD_RATE:
		rate = json_double(json, field->key, -1);
		*(double *)at = rate;
		return rate >= 0 && rate <= (double)field->most;
	case FIELD_TRUTH:
		*(bool *)at = json_truth(json, field->key, false);
		return *(bool *)at == json_truth(json, field->key, true);
	case FIELD_FLAG:
		*(bool *)at = json_truth(json, field->key, false);
		return true;
	case FIELD_TEXT:
	case FIELD_SAID:
		*(const char **)at = text;
		return text && strlen(text) <= (size_t)field->most;
	case FIELD_WORD:
		return read_word(text, field->words, at);
	case FIELD_FAULT:
		/* Who was started before an upgrade, or after one, may have other words. */
		(void)read_word(text, field->words, at);
		return text || !json_object_get(json, field->key);
	case FIELD_TIME:
	case FIELD_WAIT:
		*(hf_time *)at = in_range ? number * 1000 : 0;
		return in_range;
	}

	return false;
}

static bool read_fields(const json_t *json, const struct kind *kind, void *thing)
{
	memset(thing, 0, kind->size);
	for (const struct field *field = kind->fields; field->key; field++) {
		if (!read_field(json, field, (char *)thing + field->offset)) {
			return false;
		}
	}
	return true;
}

static bool is_sound_part(const struct wire_inbound *inbound)
{
	return inbound->part <= inbound->parts && (inbound->parts > 0) == (inbound->part > 0);
}

static const char *read_list(const json_t *json, const struct kind *kind, struct packet *packet)
{
	const json_t *list = json_object_get(json, kind->word);
	char *things = (char *)&packet->hello; /* all lists of the union begin here */

	packet->count = json_array_size(list);
	if (packet->count > WIRE_BATCH_MAX ||
	    (packet->type == PACKET_OUTCOMES ? !json_is_array(list) : packet->count == 0)) {
		return kind->wrong_count;
	}

	for (size_t i = 0; i < packet->count; i++) {
		if (!read_fields(json_array_get(list, i), kind, things + i * kind->size) ||
		    (packet->type == PACKET_INBOUND && !is_sound_part(&packet->inbound[i]))) {
			return kind->malformed;
		}
	}
	return NULL;
}

/* NULL, or what is wrong with it. */
static const char *read_members(const json_t *json, struct packet *packet)
{
	const char *word = json_text(json, "type");
	const struct kind *kind = kinds;

	while (kind < kinds + COUNT(kinds) && (!word || strcmp(word, kind->word) != 0)) {
		kind++;
	}
	if (kind == kinds + COUNT(kinds)) {
		return "a packet of an unknown type";
	}

	packet->type = (enum packet_type)(kind - kinds);
	if (packet->type == PACKET_HELLO) {
		return json_int(json, "version", -1) != WIRE_VERSION ? "another version of the wire"
		       : !read_fields(json, kind, &packet->hello)    ? kind->malformed
								     : NULL;
	}
	if (packet->type == PACKET_OUTCOMES) {
		int64_t credit = json_object_get(json, "credit") ? json_int(json, "credit", -1) : 0;

		if (credit < 0 || credit > CREDIT_MAX) {
			return "a malformed credit";
		}
		packet->credit = (unsigned)credit;
	}

	return read_list(json, kind, packet);
}

int packet_read(const char *bytes, size_t size, struct packet *ret_packet, const char **ret_why)
{
	json_t *json = NULL;
	const char *why;
	int r;

	if (size > WIRE_PACKET_MAX) {
		*ret_why = "a packet that is too long";
		return -EBADMSG;
	}

	r = json_read(bytes, size, &json);
	if (r < 0) {
		return r;
	}

	why = r == 0 ? read_members(json, ret_packet) : "a packet that is not JSON";
	if (why) {
		(void)json_free(json);
		*ret_why = why;
		return -EBADMSG;
	}

	ret_packet->json = json;
	return 0;
}

void packet_done(struct packet *packet)
{
	packet->json = json_free(packet->json);
}

/* --- writing --------------------------------------------------------------- */

/* Cut between two characters.  NULL when memory is out, and only then: no word is lost by that. */
static json_t *new_said(const char *text, size_t most)
{
	size_t length = text ? utf8_cut(text, most) : 0;
	json_t *value;

	errno = 0;
	value = json_stringn(text ? text : "", length);
	return value || errno == ENOMEM ? value : json_string("?");
}

/* NULL when memory is out, or for a text of ours that is not UTF-8. */
static json_t *new_value(const struct field *field, const void *at)
{
	const char *text;
	hf_time time;

	switch (field->type) {
	case FIELD_MARK:
	case FIELD_INT64:
		return json_integer(*(const int64_t *)at);
	case FIELD_INT:
		return json_integer(*(const int *)at);
	case FIELD_RATE:
		return json_real(*(const double *)at);
	case FIELD_TRUTH:
	case FIELD_FLAG:
		return json_boolean(*(const bool *)at);
	case FIELD_TEXT:
		text = *(const char *const *)at;
		return json_string(text ? text : "");
	case FIELD_SAID:
		return new_said(*(const char *const *)at, (size_t)field->most);
	case FIELD_WORD:
	case FIELD_FAULT:
		return json_string(field->words[*(const unsigned *)at]);
	case FIELD_TIME:
		time = *(const hf_time *)at;
		return json_integer(time > 0 ? time / 1000 : 0);
	case FIELD_WAIT:
		time = *(const hf_time *)at;
		return json_integer(
			time <= 0 ? 0 : time / 1000 + (time % 1000 && time / 1000 < MS_MAX));
	}

	return NULL;
}

static int put_fields(json_t *json, const struct kind *kind, const void *thing)
{
	int r = 0;

	for (const struct field *field = kind->fields; field->key && r == 0; field++) {
		const void *at = (const char *)thing + field->offset;
		json_t *value;

		if ((field->type == FIELD_FLAG && !*(const bool *)at) ||
		    (field->type == FIELD_MARK && *(const int64_t *)at == 0)) {
			continue;
		}

		errno = 0;
		value = new_value(field, at);
		r = value || errno == ENOMEM ? json_put(json, field->key, value) : -EINVAL;
	}
	return r;
}

static int put_list(json_t *json, const struct kind *kind, const void *things, size_t count)
{
	json_t *list = json_array();
	int r = json_put(json, kind->word, list);

	for (size_t i = 0; i < count && r == 0; i++) {
		json_t *one = json_object();

		r = json_add(list, one);
		r = r ? r : put_fields(one, kind, (const char *)things + i * kind->size);
	}
	return r;
}

int packet_write(enum packet_type type, const void *things, size_t count, unsigned credit,
		 char **ret_bytes, size_t *ret_size)
{
	_cleanup_(json_freep) json_t *json = json_object();
	_cleanup_free_ char *bytes = NULL;
	const struct kind *kind = &kinds[type];
	size_t size;
	int r;

	r = json ? json_put(json, "type", json_string(kind->word)) : -ENOMEM;
	if (type == PACKET_HELLO) {
		r = r ? r : json_put(json, "version", json_integer(WIRE_VERSION));
		r = r ? r : put_fields(json, kind, things);
	} else {
		r = r ? r : put_list(json, kind, things, count);
	}
	if (type == PACKET_OUTCOMES) {
		r = r ? r : json_put(json, "credit", json_integer(credit));
	}
	if (r < 0) {
		return r;
	}

	bytes = json_write(json, &size);
	if (!bytes) {
		return -ENOMEM;
	}
	if (size > WIRE_PACKET_MAX) {
		return -EMSGSIZE;
	}

	*ret_bytes = take_ptr(bytes);
	*ret_size = size;
	return 0;
}
