/*
 * The packets of the wire, read and written.
 *
 * Dangerous here: the courier reads bytes from the Internet and may be taken
 * over, so holdfastd believes no member before it was looked at.
 */
#include "lib/protocol.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define RATE_MAX   1e6
#define CREDIT_MAX (1 << 20)
/* Far more than anyone does; they keep arithmetic with them from overflowing. */
#define COUNT_MAX 1000000
#define MS_MAX    (INT64_MAX / 1000)

static const char *const type_words[] = {
	[PACKET_HELLO] = "hello",       [PACKET_TEXTS] = "texts",
	[PACKET_OUTCOMES] = "outcomes", [PACKET_INBOUND] = "inbound",
	[PACKET_RECEIPTS] = "receipts", [PACKET_STORED] = "stored",
};

static const char *const class_words[] = {
	[OUTCOME_ACCEPTED] = "accepted", [OUTCOME_UNSENT] = "unsent",
	[OUTCOME_UNKNOWN] = "unknown",   [OUTCOME_DEFERRED] = "deferred",
	[OUTCOME_REFUSED] = "refused",   [OUTCOME_OPTED_OUT] = "opted-out",
	[OUTCOME_CONFIG] = "config",
};

const char *outcome_word(enum outcome_class class)
{
	return class_words[class];
}

/* --- reading --- */

static bool read_text(const json_t *object, const char *key, const char **ret_text)
{
	*ret_text = json_text(object, key);
	return *ret_text;
}

static bool read_key(const json_t *object, const char **ret_key)
{
	return read_text(object, "key", ret_key) && strlen(*ret_key) <= WIRE_KEY_MAX;
}

/* From 0 to `most`.  A member that is missing reads as -1. */
static bool read_int(const json_t *object, const char *key, int64_t most, int64_t *ret_number)
{
	*ret_number = json_int(object, key, -1);
	return *ret_number >= 0 && *ret_number <= most;
}

static bool read_count(const json_t *object, const char *key, int *ret_count)
{
	int64_t count;
	bool fine = read_int(object, key, COUNT_MAX, &count);

	*ret_count = (int)count;
	return fine;
}

static bool read_ms(const json_t *object, const char *key, hf_time *ret_time)
{
	int64_t ms;
	bool fine = read_int(object, key, MS_MAX, &ms);

	*ret_time = fine ? ms * 1000 : 0;
	return fine;
}

/* A member that is not a truth value reads as either fallback. */
static bool read_truth(const json_t *object, const char *key, bool *ret_truth)
{
	*ret_truth = json_truth(object, key, false);
	return *ret_truth == json_truth(object, key, true);
}

static bool read_word(const json_t *object, const char *key, const char *const *words, size_t count,
		      unsigned *ret_index)
{
	const char *word = json_text(object, key);

	for (size_t i = 0; word && i < count; i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_index = (unsigned)i;
			return true;
		}
	}
	return false;
}

static const char *read_hello(const json_t *json, struct packet *packet)
{
	struct wire_hello *hello = &packet->hello;

	if (json_int(json, "version", -1) != WIRE_VERSION) {
		return "another version of the wire";
	}

	hello->rate = json_double(json, "rate", -1);
	if (!read_text(json, "gateway", &hello->gateway) ||
	    !read_truth(json, "idempotent", &hello->idempotent) ||
	    !read_truth(json, "handles_stop", &hello->handles_stop) ||
	    !(hello->rate >= 0 && hello->rate <= RATE_MAX)) {
		return "a malformed hello";
	}

	return NULL;
}

static bool read_one_text(const json_t *json, struct wire_text *text)
{
	return read_int(json, "id", INT64_MAX, &text->id) &&
	       read_count(json, "attempt", &text->attempt) && read_key(json, &text->key) &&
	       read_text(json, "to", &text->to) && read_text(json, "body", &text->body) &&
	       read_truth(json, "ucs2", &text->ucs2) &&
	       read_count(json, "segments", &text->segments) &&
	       read_ms(json, "valid_ms", &text->valid_for) && read_text(json, "at", &text->at);
}

static bool read_one_outcome(const json_t *json, struct wire_outcome *outcome)
{
	unsigned class, fault = RECEIPT_FAULT_NONE;

	if (!read_int(json, "id", INT64_MAX, &outcome->id) ||
	    !read_count(json, "attempt", &outcome->attempt) || !read_key(json, &outcome->key) ||
	    !read_word(json, "class", class_words, COUNT(class_words), &class) ||
	    !read_text(json, "gateway_id", &outcome->gateway_id) ||
	    !read_text(json, "reason", &outcome->reason) ||
	    !read_ms(json, "retry_ms", &outcome->retry_after)) {
		return false;
	}
	/* A courier that was started before an upgrade does not say it. */
	if (json_get(json, "fault") &&
	    !read_word(json, "fault", receipt_fault_words, RECEIPT_FAULT_OPTED_OUT + 1, &fault)) {
		return false;
	}

	outcome->class = class;
	outcome->fault = fault;
	return true;
}

static const char *read_texts(const json_t *json, struct packet *packet)
{
	const json_t *list = json_get(json, "texts");

	packet->count = json_count(list);
	if (packet->count == 0 || packet->count > WIRE_BATCH_MAX) {
		return "no texts or too many";
	}

	for (size_t i = 0; i < packet->count; i++) {
		if (!read_one_text(json_at(list, i), &packet->texts[i])) {
			return "a malformed text";
		}
	}
	return NULL;
}

static const char *read_outcomes(const json_t *json, struct packet *packet)
{
	const json_t *list = json_get(json, "outcomes");
	int64_t credit = 0;

	packet->count = json_count(list);
	if (!json_is_array(list) || packet->count > WIRE_BATCH_MAX) {
		return "no outcomes or too many";
	}
	if (json_get(json, "credit") && !read_int(json, "credit", CREDIT_MAX, &credit)) {
		return "a malformed credit";
	}

	packet->credit = (unsigned)credit;
	for (size_t i = 0; i < packet->count; i++) {
		if (!read_one_outcome(json_at(list, i), &packet->outcomes[i])) {
			return "a malformed outcome";
		}
	}
	return NULL;
}

static const char *read_news(const json_t *json, struct packet *packet)
{
	const json_t *list = json_get(json, type_words[packet->type]);
	bool fine = true;

	packet->count = json_count(list);
	if (packet->count == 0 || packet->count > WIRE_BATCH_MAX) {
		return "no news or too much";
	}

	for (size_t i = 0; fine && i < packet->count; i++) {
		const json_t *one = json_at(list, i);

		fine = packet->type == PACKET_INBOUND ? news_read_inbound(one, &packet->inbound[i])
		       : packet->type == PACKET_RECEIPTS
			       ? news_read_receipt(one, &packet->receipts[i])
			       : news_read_stored(one, &packet->stored[i]);
	}
	return fine ? NULL : "malformed news";
}

static const char *read_members(const json_t *json, struct packet *packet)
{
	unsigned type;

	if (!read_word(json, "type", type_words, COUNT(type_words), &type)) {
		return "a packet of an unknown type";
	}

	packet->type = type;
	switch (packet->type) {
	case PACKET_HELLO:
		return read_hello(json, packet);
	case PACKET_TEXTS:
		return read_texts(json, packet);
	case PACKET_OUTCOMES:
		return read_outcomes(json, packet);
	case PACKET_INBOUND:
	case PACKET_RECEIPTS:
	case PACKET_STORED:
		return read_news(json, packet);
	}

	return "a packet of an unknown type";
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

/* --- writing --- */

static json_t *new_packet(enum packet_type type)
{
	_cleanup_(json_freep) json_t *json = json_new_object();

	if (!json || json_put_text(json, "type", type_words[type]) < 0) {
		return NULL;
	}
	return take_ptr(json);
}

static int finish(const json_t *json, char **ret_bytes, size_t *ret_size)
{
	_cleanup_free_ char *bytes = NULL;
	size_t size = 0;

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

static int put_words(json_t *json, const char *key, const char *text)
{
	return json_put_text(json, key, text ? text : "");
}

/* A millisecond more rather than less, for a wait. */
static int64_t to_ms(hf_time time)
{
	return time <= 0 ? 0 : time / 1000 + (time % 1000 && time / 1000 < MS_MAX);
}

static int put_text(json_t *list, const struct wire_text *text)
{
	_cleanup_(json_freep) json_t *json = json_new_object();
	int r;

	if (!json) {
		return -ENOMEM;
	}

	r = json_put_int(json, "id", text->id);
	r = r ? r : json_put_int(json, "attempt", text->attempt);
	r = r ? r : put_words(json, "key", text->key);
	r = r ? r : put_words(json, "to", text->to);
	r = r ? r : put_words(json, "body", text->body);
	r = r ? r : json_put_bool(json, "ucs2", text->ucs2);
	r = r ? r : json_put_int(json, "segments", text->segments);
	r = r ? r
	      : json_put_int(json, "valid_ms", text->valid_for > 0 ? text->valid_for / 1000 : 0);
	r = r ? r : put_words(json, "at", text->at);
	return r ? r : json_add(list, take_ptr(json));
}

static int put_outcome(json_t *list, const struct wire_outcome *outcome)
{
	_cleanup_(json_freep) json_t *json = json_new_object();
	int r;

	if (!json) {
		return -ENOMEM;
	}

	r = json_put_int(json, "id", outcome->id);
	r = r ? r : json_put_int(json, "attempt", outcome->attempt);
	r = r ? r : put_words(json, "key", outcome->key);
	r = r ? r : json_put_text(json, "class", outcome_word(outcome->class));
	r = r ? r : news_put_said(json, "gateway_id", outcome->gateway_id, WIRE_WORD_MAX);
	r = r ? r : json_put_text(json, "fault", receipt_fault_words[outcome->fault]);
	r = r ? r : news_put_said(json, "reason", outcome->reason, WIRE_WORD_MAX);
	r = r ? r : json_put_int(json, "retry_ms", to_ms(outcome->retry_after));
	return r ? r : json_add(list, take_ptr(json));
}

int packet_write_hello(const struct wire_hello *hello, char **ret_bytes, size_t *ret_size)
{
	_cleanup_(json_freep) json_t *json = new_packet(PACKET_HELLO);
	int r;

	if (!json) {
		return -ENOMEM;
	}

	r = json_put_int(json, "version", WIRE_VERSION);
	r = r ? r : put_words(json, "gateway", hello->gateway);
	r = r ? r : json_put_bool(json, "idempotent", hello->idempotent);
	r = r ? r : json_put_bool(json, "handles_stop", hello->handles_stop);
	r = r ? r : json_put(json, "rate", json_real(hello->rate));
	return r ? r : finish(json, ret_bytes, ret_size);
}

int packet_write_texts(const struct wire_text *texts, size_t count, char **ret_bytes,
		       size_t *ret_size)
{
	_cleanup_(json_freep) json_t *json = new_packet(PACKET_TEXTS);
	_cleanup_(json_freep) json_t *list = json_new_array();
	int r = json && list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = put_text(list, &texts[i]);
	}
	r = r ? r : json_put(json, "texts", take_ptr(list));
	return r ? r : finish(json, ret_bytes, ret_size);
}

int packet_write_outcomes(const struct wire_outcome *outcomes, size_t count, unsigned credit,
			  char **ret_bytes, size_t *ret_size)
{
	_cleanup_(json_freep) json_t *json = new_packet(PACKET_OUTCOMES);
	_cleanup_(json_freep) json_t *list = json_new_array();
	int r = json && list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = put_outcome(list, &outcomes[i]);
	}
	r = r ? r : json_put(json, "outcomes", take_ptr(list));
	r = r ? r : json_put_int(json, "credit", credit);
	return r ? r : finish(json, ret_bytes, ret_size);
}

/* `one` puts the next of the news into the list. */
static int write_news(enum packet_type type, int (*one)(json_t *list, const void *news),
		      const void *news, size_t size, size_t count, char **ret_bytes,
		      size_t *ret_size)
{
	_cleanup_(json_freep) json_t *json = new_packet(type);
	_cleanup_(json_freep) json_t *list = json_new_array();
	int r = json && list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = one(list, (const char *)news + i * size);
	}
	r = r ? r : json_put(json, type_words[type], take_ptr(list));
	return r ? r : finish(json, ret_bytes, ret_size);
}

static int put_inbound(json_t *list, const void *inbound)
{
	return news_put_inbound(list, inbound);
}

static int put_receipt(json_t *list, const void *receipt)
{
	return news_put_receipt(list, receipt);
}

static int put_stored(json_t *list, const void *stored)
{
	return news_put_stored(list, stored);
}

int packet_write_inbound(const struct wire_inbound *inbound, size_t count, char **ret_bytes,
			 size_t *ret_size)
{
	return write_news(PACKET_INBOUND, put_inbound, inbound, sizeof(*inbound), count, ret_bytes,
			  ret_size);
}

int packet_write_receipts(const struct wire_receipt *receipts, size_t count, char **ret_bytes,
			  size_t *ret_size)
{
	return write_news(PACKET_RECEIPTS, put_receipt, receipts, sizeof(*receipts), count,
			  ret_bytes, ret_size);
}

int packet_write_stored(const struct wire_stored *stored, size_t count, char **ret_bytes,
			size_t *ret_size)
{
	return write_news(PACKET_STORED, put_stored, stored, sizeof(*stored), count, ret_bytes,
			  ret_size);
}
