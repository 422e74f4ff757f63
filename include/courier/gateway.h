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

#include "lib/conf.h"

struct request;
struct webhook_request;
struct wire_text;

/* Small letters, digits, - and _; "hf-" before it is a name of a user, which has up to 31. */
#define GATEWAY_NAME_MAX 28

/* gateways/NAME.conf together with its preset.  To be read by whoever has one. */
struct gateway {
	struct arena *arena; /* what was read of both files lives here */
	char *name;
	struct preset *preset; /* courier/preset.h */
	char *kind;            /* its name */
	struct conf_texts
		from; /* the numbers that texts come from; none where the gateway chooses */
	double rate;  /* segments a second, for each of them */
	int max_inflight;
	char *heartbeat; /* an address that is called while holdfastd is well; NULL: none */
	struct span heartbeat_every;
	char *ca_file;                /* NULL: the system's certificates */
	char *ca;                     /* what stands in it, PEM; after gateway_read_ca() */
	char *secret, *secret_before; /* after gateway_read_secret(); wiped at the end */
	char why[320];
	char *values[]; /* by enum preset_value, from VALUE_BASE; NULL: not given */
};

/* Reads and checks DIR/gateways/NAME.conf and its preset; faults carry names relative to DIR.
 * 0, CONF_E_FAULT, -errno. */
int gateway_load(const char *dir, const char *name, struct faults *faults,
		 struct gateway **ret_gateway);
struct gateway *gateway_free(struct gateway *gateway);
DEFINE_CLEANUP(struct gateway *, gateway_free);

/* Its base is this machine: a rehearsal refuses any other. */
bool gateway_on_loopback(const struct gateway *gateway);

/* --- what only the courier needs ----------------------------------------------------- */

/* The credential named by `secret`, where one is: DIR/NAME, or DIR/secret_NAME as systemd names a
 * file of a directory that it was given as "secret" (LoadCredential=secret:DIR, systemd.exec(5)).
 * DIR is $CREDENTIALS_DIRECTORY, NULL: none.  One line, and perhaps a second with the secret of
 * before, which webhooks may still be signed with.  -EINVAL where it is empty, missing or
 * world-readable, with *ret_why, which names the credential and never its content. */
int gateway_read_secret(struct gateway *gateway, const char *dir, const char **ret_why);

/* The certificates of `ca_file`, where there is one.  -EINVAL with *ret_why where it cannot be read
 * or holds none: the system's would believe more than was asked for. */
int gateway_read_ca(struct gateway *gateway, const char **ret_why);

/* How many numbers texts come from, one where the gateway chooses it; and which of them a client
 * gets: always the same for the same number. */
size_t gateway_senders(const struct gateway *gateway);
size_t gateway_sender_for(const struct gateway *gateway, const char *to);

/* The request for one text.  0 or -errno. */
int gateway_compose(const struct gateway *gateway, const struct wire_text *text,
		    struct request *ret_request);

/* The request for texts that came after `since` to the sender number of that index.  With `next`,
 * an address from the page before, for that; -EPERM where it is another's than the gateway's. */
int gateway_compose_poll(const struct gateway *gateway, hf_time since, size_t sender,
			 const char *next, struct request *ret_request);

/* Is this webhook really the gateway's?  0, VERIFY_E_REFUSED with *ret_why, -errno.  A preset that
 * says nothing of it believes none. */
int gateway_verify(const struct gateway *gateway, const struct webhook_request *request,
		   hf_time now, const char **ret_why);

#endif
