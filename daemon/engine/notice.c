/*
 * The words of what staff are texted.
 *
 * Promises: whatever message the configuration lacks, somebody is told of a case.
 * Dangerous: everybody can read a phone that lies on a desk.  These texts hold no name
 * of a client, nothing that she wrote, and no word about what is wrong with her.  So they
 * have fields of their own, and a client's name is in one only that its reader has just
 * asked for.
 */
#include "engine/notice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "engine/auto_text.h"
#include "engine/recipient.h"

#define REASON_MAX 40

/* How to answer, not what happened to her; in English and Spanish. */
static const char *const reasons[][2] = {
	[CASE_CRISIS] = { "please call now", "llame ahora" },
	[CASE_NEED] = { "wants a call", "pide una llamada" },
	[CASE_SETBACK] = { "please call soon", "llame pronto" },
	[CASE_HELP] = { "wrote HELP", "pidió ayuda" },
	[CASE_STOP] = { "ended the texts", "terminó los mensajes" },
	[CASE_SILENT] = { "no answer", "sin respuesta" },
	[CASE_UNCLEAR] = { "an unclear answer", "respuesta poco clara" },
	[CASE_WRITTEN] = { "wrote a text", "escribió" },
	[CASE_UNDELIVERABLE] = { "texts do not arrive", "no llegan los mensajes" },
	[CASE_STRANGER] = { "an unknown number", "un número desconocido" },
	[CASE_UNSENT] = { "see what became of our text", "vea si llegó el mensaje" },
	[CASE_UNKNOWN] = { "see what became of our text", "vea si llegó el mensaje" },
	[CASE_OUTAGE] = { "did not take our texts", "no tomó los mensajes" },
	[CASE_CEILING] = { "as many texts as may go out", "llegó al tope de mensajes" },
	[CASE_CHANGE] = { "wants another time", "pide otra hora" },
	[CASE_LOVED_ONE] = { "somebody close wrote", "escribió alguien cercano" },
};

/* Where the message of the configuration has a field that no alert may have. */
static const char alert_words[] = "Case {case}: client {client}, {reason}. Reply ACK {case}.";

/* Where the fields of one notice are looked up. */
struct notice_fields {
	const struct site *site;
	const struct notice *notice;
	hf_time now;
	char number[24], reason[REASON_MAX];
};

static const char *put_reason(struct notice_fields *fields)
{
	const struct notice *notice = fields->notice;
	bool spanish = fields->site->language && strcmp(fields->site->language, "es") == 0;

	if (strcmp(notice->client, CASES_ALL) == 0) {
		return spanish ? "no salieron mensajes" : "texts were not sent";
	}
	if (notice->reason != CASE_SILENT || notice->times < 2) {
		return reasons[notice->reason][spanish];
	}
	(void)snprintf(fields->reason, REASON_MAX,
		       spanish ? "%d preguntas sin respuesta" : "%d silent check-ins",
		       notice->times);
	return fields->reason;
}

static const char *put_number(struct notice_fields *fields, int64_t number)
{
	(void)snprintf(fields->number, sizeof(fields->number), "%" PRId64, number);
	return fields->number;
}

/* Now, by the site's clock. */
static const char *put_time(struct notice_fields *fields)
{
	struct civil local = zone_civil(fields->site->zone, fields->now);

	(void)snprintf(fields->number, sizeof(fields->number), "%d:%02d", local.hour, local.minute);
	return fields->number;
}

static int notice_field(void *userdata, const char *name, const char **ret_value)
{
	struct notice_fields *fields = userdata;
	const struct notice *notice = fields->notice;
	const char *value = NULL;

	if (strcmp(name, "site") == 0) {
		value = fields->site->name;
	} else if (strcmp(name, "site_phone") == 0) {
		value = fields->site->phone;
	} else if (strcmp(name, "count") == 0) {
		value = put_number(fields, notice->count);
	} else if (strcmp(name, "case") == 0 && notice->number) {
		value = put_number(fields, notice->number);
	} else if (strcmp(name, "gateway") == 0) {
		value = notice->gateway;
	} else if (strcmp(name, "time") == 0 && notice->gateway) {
		value = put_time(fields);
	} else if (strcmp(name, "client") == 0) {
		value = notice->client;
	} else if (strcmp(name, "reason") == 0 && notice->words) {
		value = notice->words;
	} else if (strcmp(name, "reason") == 0 && notice->client) {
		value = put_reason(fields);
	} else if (strcmp(name, "name") == 0) {
		value = notice->name;
	} else if (strcmp(name, "phone") == 0) {
		value = notice->phone;
	}

	*ret_value = value ? value : "";
	return 0;
}

int notice_fill(const struct engine_context *ctx, const struct notice *notice, char **ret_text)
{
	const struct site *site = &ctx->model->site;
	struct notice_fields fields = { .site = site, .notice = notice, .now = ctx->now };
	const struct template *message =
		model_template(ctx->model, site->language, notice->message);
	int r = TEXT_E_FIELD;

	if (message) {
		r = text_fill(message->text, notice_field, &fields, ret_text, NULL, NULL);
	}
	if (r > 0 || r == -E2BIG) {
		message = template_built_in(site->language, notice->message);
		r = text_fill(message ? message->text : alert_words, notice_field, &fields,
			      ret_text, NULL, NULL);
	}
	return r > 0 ? -EINVAL : r;
}

int notice_queue(const struct engine_context *ctx, const struct staff_member *member,
		 const struct notice *notice, const char *text)
{
	char handle[RECIPIENT_HANDLE_MAX];
	const struct auto_text automatic = {
		.handle = handle,
		.kind = KIND_ALERT,
		.message = notice->message,
		.text = text,
		.about = notice->about,
		.expires = notice->expires,
	};

	recipient_handle(member, handle);
	return auto_text_queue(ctx, &automatic);
}

int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		const struct notice *notice)
{
	_cleanup_free_ char *text = NULL;
	int r = notice_fill(ctx, notice, &text);

	return r ? r : notice_queue(ctx, member, notice, text);
}
