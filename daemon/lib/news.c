/*
 * News from gateways, as JSON.
 *
 * Dangerous: all of it was written by strangers.  So nothing is believed
 * before it was looked at, and what is too long or no text is mended here and
 * never a reason to lose what somebody wrote.
 */
#include "lib/news.h"

#include <errno.h>
#include <string.h>

#define REASON_MAX 512
#define MS_MAX     (INT64_MAX / 1000)

const char *const receipt_words[] = {
	[RECEIPT_SENT] = "sent",
	[RECEIPT_DELIVERED] = "delivered",
	[RECEIPT_UNDELIVERED] = "undelivered",
	[RECEIPT_FAILED] = "failed",
	NULL,
};

const char *const receipt_fault_words[] = {
	[RECEIPT_FAULT_NONE] = "",
	[RECEIPT_FAULT_NUMBER] = "number",
	[RECEIPT_FAULT_OPTED_OUT] = "opted-out",
	NULL,
};

/* --- reading ------------------------------------------------------------------ */

static bool read_text(const json_t *object, const char *key, size_t most, const char **ret_text)
{
	*ret_text = json_text(object, key);
	return *ret_text && strlen(*ret_text) <= most;
}

static bool read_int(const json_t *object, const char *key, int64_t most, int64_t *ret_number)
{
	*ret_number = json_int(object, key, -1);
	return *ret_number >= 0 && *ret_number <= most;
}

/* The wire has milliseconds. */
static bool read_time(const json_t *object, const char *key, hf_time *ret_time)
{
	int64_t ms;
	bool fine = read_int(object, key, MS_MAX, &ms);

	*ret_time = fine ? ms * 1000 : 0;
	return fine;
}

static bool read_part(const json_t *object, const char *key, int *ret_part)
{
	int64_t part;
	bool fine = read_int(object, key, NEWS_PARTS, &part);

	*ret_part = (int)part;
	return fine;
}

static bool read_word(const json_t *object, const char *key, const char *const *words,
		      unsigned *ret_index)
{
	const char *word = json_text(object, key);

	for (unsigned i = 0; word && words[i]; i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool news_read_inbound(const json_t *json, struct wire_inbound *ret_inbound)
{
	struct wire_inbound inbound;

	if (!read_int(json, "seq", INT64_MAX, &inbound.seq) ||
	    !read_text(json, "gateway_id", NEWS_ID_MAX, &inbound.gateway_id) ||
	    !read_text(json, "from", NEWS_FROM_MAX, &inbound.from) ||
	    !read_text(json, "to", NEWS_FROM_MAX, &inbound.to) ||
	    !read_text(json, "text", NEWS_TEXT_MAX, &inbound.text) ||
	    !read_time(json, "at", &inbound.at) ||
	    !read_text(json, "parts_of", NEWS_ID_MAX, &inbound.parts_of) ||
	    !read_part(json, "part", &inbound.part) || !read_part(json, "parts", &inbound.parts) ||
	    inbound.part > inbound.parts || (inbound.parts > 0) != (inbound.part > 0)) {
		return false;
	}

	inbound.opted_out = json_truth(json, "opted_out", false);
	*ret_inbound = inbound;
	return true;
}

bool news_read_receipt(const json_t *json, struct wire_receipt *ret_receipt)
{
	struct wire_receipt receipt;
	unsigned state, fault;

	if (!read_int(json, "seq", INT64_MAX, &receipt.seq) ||
	    !read_text(json, "gateway_id", NEWS_ID_MAX, &receipt.gateway_id) ||
	    !read_text(json, "key", NEWS_ID_MAX, &receipt.key) ||
	    !read_word(json, "state", receipt_words, &state) ||
	    !read_word(json, "fault", receipt_fault_words, &fault) ||
	    !read_text(json, "reason", REASON_MAX, &receipt.reason) ||
	    !read_time(json, "at", &receipt.at)) {
		return false;
	}

	receipt.state = state;
	receipt.fault = fault;
	*ret_receipt = receipt;
	return true;
}

bool news_read_stored(const json_t *json, struct wire_stored *ret_stored)
{
	struct wire_stored stored;

	stored.stored = json_truth(json, "stored", false);
	if (!read_int(json, "seq", INT64_MAX, &stored.seq) ||
	    stored.stored != json_truth(json, "stored", true)) {
		return false;
	}

	*ret_stored = stored;
	return true;
}

/* --- writing ------------------------------------------------------------------- */

int news_put_said(json_t *json, const char *key, const char *text, size_t most)
{
	char cut[NEWS_TEXT_MAX + 1];
	size_t length = text ? strnlen(text, most + 1) : 0;
	int r;

	if (length > most) {
		for (length--; length > 0 && (text[length] & 0xc0) == 0x80; length--) {
			/* Back to where a character begins. */
		}
		memcpy(cut, text, length);
		cut[length] = '\0';
		text = cut;
	}

	r = json_put_text(json, key, text ? text : "");
	return r == -EINVAL ? json_put_text(json, key, "?") : r;
}

static int put_time(json_t *json, const char *key, hf_time at)
{
	return json_put_int(json, key, at > 0 ? at / 1000 : 0);
}

int news_put_inbound(json_t *list, const struct wire_inbound *inbound)
{
	_cleanup_(json_freep) json_t *json = json_new_object();
	int r = json ? 0 : -ENOMEM;

	r = r ? r : json_put_int(json, "seq", inbound->seq);
	r = r ? r : news_put_said(json, "gateway_id", inbound->gateway_id, NEWS_ID_MAX);
	r = r ? r : news_put_said(json, "from", inbound->from, NEWS_FROM_MAX);
	r = r ? r : news_put_said(json, "to", inbound->to, NEWS_FROM_MAX);
	r = r ? r : news_put_said(json, "text", inbound->text, NEWS_TEXT_MAX);
	r = r ? r : put_time(json, "at", inbound->at);
	r = r ? r : news_put_said(json, "parts_of", inbound->parts_of, NEWS_ID_MAX);
	r = r ? r : json_put_int(json, "part", inbound->part);
	r = r ? r : json_put_int(json, "parts", inbound->parts);
	r = r || !inbound->opted_out ? r : json_put_bool(json, "opted_out", true);
	return r ? r : json_add(list, take_ptr(json));
}

int news_put_receipt(json_t *list, const struct wire_receipt *receipt)
{
	_cleanup_(json_freep) json_t *json = json_new_object();
	int r = json ? 0 : -ENOMEM;

	r = r ? r : json_put_int(json, "seq", receipt->seq);
	r = r ? r : news_put_said(json, "gateway_id", receipt->gateway_id, NEWS_ID_MAX);
	r = r ? r : news_put_said(json, "key", receipt->key, NEWS_ID_MAX);
	r = r ? r : json_put_text(json, "state", receipt_words[receipt->state]);
	r = r ? r : json_put_text(json, "fault", receipt_fault_words[receipt->fault]);
	r = r ? r : news_put_said(json, "reason", receipt->reason, REASON_MAX);
	r = r ? r : put_time(json, "at", receipt->at);
	return r ? r : json_add(list, take_ptr(json));
}

int news_put_stored(json_t *list, const struct wire_stored *stored)
{
	_cleanup_(json_freep) json_t *json = json_new_object();
	int r = json ? 0 : -ENOMEM;

	r = r ? r : json_put_int(json, "seq", stored->seq);
	r = r ? r : json_put_bool(json, "stored", stored->stored);
	return r ? r : json_add(list, take_ptr(json));
}
