/*
 * What staff are texted.
 *
 * Promises: whatever messages/ lacks, somebody hears of a case.  Dangerous:
 * a field that is the client's own.  The fields of these texts are looked up here,
 * and there is no name among them.
 */
#include "engine/notice.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "engine/addressee.h"
#include "engine/response.h"

_Static_assert(NOTICE_HANDLE_MAX == ADDRESSEE_HANDLE_MAX, "they are the same handles");

/* They say how to answer, not what happened to her. */
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
};

/* For a configuration whose own words ask for what no alert may say. */
static const char alert_words[] = "Case {case}: client {client}, {reason}. Reply ACK {case}.";

const char *notice_reason(const char *language, enum case_reason reason)
{
	return reasons[reason][language && strcmp(language, "es") == 0];
}

void notice_handle(const struct staff_member *member, char buffer[NOTICE_HANDLE_MAX])
{
	(void)snprintf(buffer, NOTICE_HANDLE_MAX, "@%s", member->id);
}

struct filling {
	const struct site *site;
	const struct notice *notice;
	char buffer[24];
};

static const char *number_of(struct filling *filling, int64_t number)
{
	(void)snprintf(filling->buffer, sizeof(filling->buffer), "%" PRId64, number);
	return filling->buffer;
}

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	struct filling *filling = userdata;
	const struct notice *notice = filling->notice;
	const char *value = NULL;

	if (strcmp(name, "site") == 0) {
		value = filling->site->name;
	} else if (strcmp(name, "site_phone") == 0) {
		value = filling->site->phone;
	} else if (strcmp(name, "count") == 0) {
		value = number_of(filling, notice->count);
	} else if (strcmp(name, "case") == 0 && notice->number) {
		value = number_of(filling, notice->number);
	} else if (strcmp(name, "client") == 0) {
		value = notice->client;
	} else if (strcmp(name, "reason") == 0 && notice->client) {
		value = notice_reason(filling->site->language, notice->reason);
	}

	*ret_value = value ? value : "";
	return 0;
}

static const char *words_of_ours(const struct site *site, const char *name)
{
	const struct message *message = message_own(site->language, name);

	return message ? message->text : alert_words;
}

static int fill(const struct engine_context *ctx, const struct notice *notice, char **ret_text)
{
	struct filling filling = { .site = &ctx->model->site, .notice = notice };
	const struct message *message =
		model_message(ctx->model, filling.site->language, notice->message);
	int r = message ? text_fill(message->text, look_up, &filling, ret_text, NULL, NULL)
			: TEXT_E_FIELD;

	if (r > 0 || r == -E2BIG) {
		r = text_fill(words_of_ours(filling.site, notice->message), look_up, &filling,
			      ret_text, NULL, NULL);
	}
	return r > 0 ? -EINVAL : r;
}

int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		const struct notice *notice)
{
	_cleanup_free_ char *text = NULL;
	char handle[NOTICE_HANDLE_MAX];
	struct response response = {
		.handle = handle,
		.kind = KIND_ALERT,
		.message = notice->message,
		.about = notice->about,
		.expires = notice->expires,
	};
	int r = fill(ctx, notice, &text);

	if (r != 0) {
		return r;
	}

	notice_handle(member, handle);
	response.text = text;
	return respond(ctx->db, &response, ctx->now, NULL);
}
