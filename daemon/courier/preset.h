/*
 * A kind of gateway: config/presets/KIND.conf.
 *
 *   caps    = { idempotent = false; max_inflight = 4; most_valid_seconds = 86400; };
 *   vars    = { NAME = { required = false; default = "..."; unless = "OTHER"; doc = "..."; }; };
 *   send    = { ... };         courier/request.h
 *   answers = ( { ... } );     courier/response.h
 *   hooks   = { ... };         courier/events.h
 *
 * vars are what gateways/NAME.conf may say beside preset, rate and max_inflight:
 * base, from, secret, account and public_url always, and what the preset adds.
 */
#ifndef HF_COURIER_PRESET_H
#define HF_COURIER_PRESET_H

#include "courier/response.h"
#include "courier/events.h"
#include "courier/request.h"

/* What may stand in braces: first what is known of a text, then what the gateway's file says. */
enum preset_value {
	VALUE_TO,
	VALUE_TEXT,
	VALUE_KEY,
	VALUE_AT,
	VALUE_SEGMENTS,
	VALUE_VALID_SECONDS,
	VALUE_VALID_MINUTES,
	VALUE_VALID_MILLISECONDS,
	VALUE_SINCE, /* of a poll */
	VALUE_SINCE_DATE,
	VALUE_OUR_NUMBER,
	VALUE_BASE, /* settings from here on */
	VALUE_FROM,
	VALUE_SECRET,
	VALUE_ACCOUNT,
	VALUE_PUBLIC_URL,
	VALUE_OWN, /* the preset's own from here on */
};

struct preset_var {
	bool required;
	char *fallback;
	char *unless; /* required, but where this one is given; NULL for none */
	const char *doc;
};

#define PRESET_VALUES_MAX 48

struct preset {
	const char *names[PRESET_VALUES_MAX + 1]; /* by enum preset_value; NULL-terminated */
	struct preset_var vars[PRESET_VALUES_MAX];
	size_t count;
	bool idempotent;
	int max_inflight, most_valid_seconds;
	struct request_shape send;
	struct response_rules answers;
	struct event_rules hooks;
};

/* DIR/presets/NAME.conf, else the one that is built in.  `blamed` is where NAME was written: an
 * unknown one is a fault there.  CONF_E_FAULT, -errno.  Lives in the reader's arena; preset_done
 * frees the rest. */
int preset_load(struct conf_reader *reader, const char *dir, const char *name,
		const struct conf_node *blamed, struct preset *ret_preset);
void preset_done(struct preset *preset);

#endif
