/* Replies and receipts, through the verbs that a courier's packets come to. */
#include "phones.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "storage.h"

#define OUR_NUMBER "+13125550100"
#define PARTS_MOST 9

__attribute__((format(printf, 2, 3))) static int wrong(char why[PHONES_WHY_MAX], const char *format,
						       ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(why, PHONES_WHY_MAX, format, arguments);
	va_end(arguments);
	return PHONES_E_FAILED;
}

/* --- what people write ------------------------------------------------------------ */

/* What a gateway that answers STOP answers, as Twilio does. */
static const char *const stops[] = { "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END",
				     "QUIT", "REVOKE",  "OPTOUT",      NULL };
static const char *const others[] = { "START", "YES", "UNSTOP", "HELP", "INFO", NULL };

static bool is_keyword(const char *const *words, const char *text)
{
	while (*words && strcasecmp(*words, text) != 0) {
		words++;
	}
	return *words != NULL;
}

static int bring(struct world *world, struct wire_inbound *inbound, char why[PHONES_WHY_MAX])
{
	struct wire_stored stored = { 0 };

	inbound->seq = (int64_t)++world->news;
	inbound->to = OUR_NUMBER;
	inbound->at = world->now;
	if (world->handles_stop && inbound->parts == 0) {
		inbound->opted_out = is_keyword(stops, inbound->text);
		inbound->answered = is_keyword(others, inbound->text);
	}
	engine_inbound(world->engine, WORLD_GATEWAY, inbound, 1, world->now, &stored);
	if (storage_is_dead()) { /* the gateway brings again what was not taken */
		int r = world_survive(world, 0);

		return r ? r : bring(world, inbound, why);
	}
	return stored.stored && stored.seq == inbound->seq
		       ? 0
		       : wrong(why, "holdfastd could not store what came");
}

/* Cut in pieces that end where a character does; the last one comes first. */
static int bring_parts(struct world *world, struct wire_inbound *inbound, int count,
		       char why[PHONES_WHY_MAX])
{
	size_t length = strlen(inbound->text), from[PARTS_MOST + 1] = { 0 };
	const char *whole = inbound->text;
	int r = 0;

	for (int i = 1; i < count; i++) {
		from[i] = length * (size_t)i / (size_t)count;
		while ((whole[from[i]] & 0xc0) == 0x80) {
			from[i]++;
		}
	}
	from[count] = length;

	inbound->parts = count;
	for (int i = count - 1; r == 0 && i >= 0; i--) {
		_cleanup_free_ char *piece = strndup(whole + from[i], from[i + 1] - from[i]);
		char id[48];

		if (!piece) {
			return -ENOMEM;
		}
		(void)snprintf(id, sizeof(id), "%s-%d", inbound->parts_of, i + 1);
		inbound->gateway_id = id;
		inbound->text = piece;
		inbound->part = i + 1;
		r = bring(world, inbound, why);
	}
	return r;
}

static int count_of(const char *word)
{
	int count = word && word[1] == '\0' ? *word - '0' : 0;

	return count >= 1 && count <= PARTS_MOST ? count : 0;
}

static bool is(const char *word, const char *wanted)
{
	return word && strcmp(word, wanted) == 0;
}

/* "..." [in N parts | as part N of M] */
static int bring_text(struct world *world, struct wire_inbound *inbound, char *const *rest,
		      char why[PHONES_WHY_MAX])
{
	if (!*rest) {
		return bring(world, inbound, why);
	}
	if (is(rest[0], "in") && count_of(rest[1]) && is(rest[2], "parts")) {
		inbound->parts_of = inbound->gateway_id;
		return bring_parts(world, inbound, count_of(rest[1]), why);
	}
	if (is(rest[0], "as") && is(rest[1], "part") && count_of(rest[2]) && is(rest[3], "of") &&
	    count_of(rest[4])) {
		inbound->parts_of = "long";
		inbound->part = count_of(rest[2]);
		inbound->parts = count_of(rest[4]);
		return bring(world, inbound, why);
	}
	return wrong(why, "\"%s\" after what was written makes no sense", *rest);
}

static int take_writes(struct world *world, char *const *words, char why[PHONES_WHY_MAX])
{
	const char *from = world_number(world, words[0]);
	bool again = is(words[2], "again"), twice = is(words[2], "twice");
	char *const *text = words + (again || twice ? 3 : 2);
	struct wire_inbound inbound = { .parts_of = "", .from = from, .text = *text };
	char id[32];
	int r;

	if (!from) {
		return wrong(why, "whose phone is \"%s\"?", words[0]);
	}
	if (!*text) {
		return wrong(why, "write: %s writes \"TEXT\"", words[0]);
	}

	world->written += !again;
	(void)snprintf(id, sizeof(id), "IN%d", world->written);
	inbound.gateway_id = id;
	r = bring_text(world, &inbound, text + 1, why);
	if (r == 0 && twice) {
		(void)snprintf(id, sizeof(id), "IN%d-too", world->written);
		r = bring(world, &inbound, why);
	}
	return r == 0 ? world_run(world, world->now) : r;
}

/* --- receipts ------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum receipt_state state;
	enum wire_fault fault;
	const char *reason;
} receipts[] = {
	{ "sent", RECEIPT_SENT, WIRE_FAULT_NONE, "" },
	{ "delivered", RECEIPT_DELIVERED, WIRE_FAULT_NONE, "" },
	{ "undelivered", RECEIPT_UNDELIVERED, WIRE_FAULT_NONE, "phone switched off" },
	{ "failed", RECEIPT_FAILED, WIRE_FAULT_NONE, "carrier error" },
	{ "unreachable", RECEIPT_UNDELIVERED, WIRE_FAULT_NUMBER, "unknown subscriber" },
	{ "unregistered", RECEIPT_FAILED, WIRE_FAULT_ACCOUNT, "our number may not send (30034)" },
	{ "opted-out", RECEIPT_FAILED, WIRE_FAULT_OPTED_OUT, "opted out" },
};

/* `before`: so many texts before her last one. */
static const struct arrival *last_to(const struct world *world, const char *who, long before)
{
	for (size_t i = world->arrival_count; i > 0; i--) {
		if (world_is_for(world, &world->arrivals[i - 1], who) && before-- == 0) {
			return &world->arrivals[i - 1];
		}
	}
	return NULL;
}

static int take_receipt(struct world *world, char *const *words, char why[PHONES_WHY_MAX])
{
	bool by_key = is(words[1], "by") && is(words[2], "key");
	const struct arrival *arrival = NULL;
	struct wire_stored stored = { 0 };

	words += by_key ? 2 : 0;
	if (is(words[2], "for") && words[3]) {
		arrival = last_to(world, words[3], words[4] ? strtol(words[4], NULL, 10) : 0);
	}
	if (!arrival) {
		return wrong(why, "write: receipt WORD for CLIENT [N before], who has got a text");
	}

	for (size_t i = 0; i < COUNT(receipts); i++) {
		struct wire_receipt receipt = { .seq = (int64_t)++world->news,
						.gateway_id = by_key ? "" : arrival->key,
						.key = by_key ? arrival->key : "",
						.state = receipts[i].state,
						.fault = receipts[i].fault,
						.reason = receipts[i].reason,
						.at = world->now };

		if (!is(words[1], receipts[i].word)) {
			continue;
		}
		engine_receipts(world->engine, WORLD_GATEWAY, &receipt, 1, world->now, &stored);
		if (storage_is_dead()) {
			int r = world_survive(world, 0);

			return r ? r : take_receipt(world, words - (by_key ? 2 : 0), why);
		}
		return stored.stored ? world_run(world, world->now)
				     : wrong(why, "holdfastd could not store the receipt");
	}
	return wrong(why, "no gateway says \"%s\"", words[1]);
}

int phones_act(struct world *world, char *const *words, char why[PHONES_WHY_MAX])
{
	bool writes = is(words[1], "writes");

	if (!writes && !is(words[0], "receipt")) {
		return PHONES_E_UNKNOWN;
	}
	if (world->down) {
		return wrong(why, "holdfastd does not run");
	}
	return writes ? take_writes(world, words, why) : take_receipt(world, words, why);
}
