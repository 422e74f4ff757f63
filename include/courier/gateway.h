/*
 * A gateway as data: config/presets/KIND.conf says how a kind of gateway wants
 * its requests and what its answers mean; gateways/NAME.conf says which kind,
 * whose account, which number.  Adding a gateway needs no C.
 *
 * The shipped presets are compiled in from the same files; a file of that name
 * in the configuration's presets/ goes before.
 */
#ifndef HF_COURIER_GATEWAY_H
#define HF_COURIER_GATEWAY_H

#include "courier/preset.h"

/* gateways/NAME.conf together with its preset. */
struct gateway;

#define GATEWAY_NAME_MAX 32 /* small letters, digits, - and _ */

/* Reads and checks DIR/gateways/NAME.conf and its preset; faults carry names relative to DIR.
 * 0, CONF_E_FAULT, -errno. */
int gateway_load(const char *dir, const char *name, struct faults *faults,
		 struct gateway **ret_gateway);
struct gateway *gateway_free(struct gateway *gateway);
DEFINE_CLEANUP(struct gateway *, gateway_free);

/* The credential named by `secret`, from a directory of files (systemd's $CREDENTIALS_DIRECTORY):
 * one line, and perhaps a second with the secret of before, which webhooks may still be signed
 * with.  Empty, missing or world-readable is an error that names the credential and never its
 * content. */
int gateway_take_secret(struct gateway *gateway, const char *credentials_dir, const char **ret_why);

/* The certificates of `ca_file`, where there is one.  -EINVAL with *ret_why where it cannot be read
 * or holds none: the system's would believe more than was asked for. */
int gateway_read_ca(struct gateway *gateway, const char **ret_why);

const char *gateway_name(const struct gateway *gateway);
/* Its base is this machine: a rehearsal refuses any other. */
bool gateway_on_loopback(const struct gateway *gateway);
const char *gateway_secret_name(const struct gateway *gateway); /* NULL where none is used */
bool gateway_idempotent(const struct gateway *gateway);
bool gateway_handles_stop(const struct gateway *gateway);
const char *gateway_ca(const struct gateway *gateway); /* PEM; NULL: the system's */
double gateway_rate(const struct gateway *gateway); /* segments a second, for each sender number */
unsigned gateway_most_inflight(const struct gateway *gateway);
size_t gateway_senders(const struct gateway *gateway);
/* Which of the sender numbers a client gets: always the same for the same number. */
size_t gateway_sender_for(const struct gateway *gateway, const char *to);

/* The request for one text.  0 or -errno. */
int gateway_compose(const struct gateway *gateway, const struct wire_text *text,
		    struct preset_request *ret_request);

/* --- what the gateway brings by itself --- */

/* Never NULL; a kind that says nothing of webhooks believes none. */
const struct hook_rules *gateway_hooks(const struct gateway *gateway);
const char *gateway_public_url(
	const struct gateway *gateway); /* without a slash at its end; NULL */
/* Is this webhook really the gateway's?  0, VERIFY_E_REFUSED with *ret_why, -errno. */
int gateway_verify(const struct gateway *gateway, const struct webhook_request *request,
		   hf_time now, const char **ret_why);
/* The request for texts that came after `since` to the sender number of that index.  With `next`,
 * an address from the page before, for that; -EPERM where it is another's than the gateway's. */
int gateway_compose_poll(const struct gateway *gateway, hf_time since, size_t sender,
			 const char *next, struct preset_request *ret_request);

/* What an answer means, by the preset's ordered rules; `accepted` needs a positive match.
 * ret_outcome's strings point into buffers of the gateway that the next call overwrites. */
void gateway_classify(struct gateway *gateway, const struct preset_answer *answer,
		      struct wire_outcome *ret_outcome);

#endif
