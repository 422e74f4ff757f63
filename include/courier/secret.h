/*
 * A gateway's secret, in a file of its own that nobody else can read.
 */
#ifndef HF_COURIER_SECRET_H
#define HF_COURIER_SECRET_H

struct secret {
	char *now, *before; /* NULL: none */
};

/* DIR/NAME, or DIR/secret_NAME as systemd names a file of a directory that it was given as "secret"
 * (LoadCredential=secret:DIR, systemd.exec(5)).  The first line is the secret, a second one that of
 * before.  0, -ENOMEM, or -EINVAL with *ret_what, "is missing" or the like. */
int secret_read(const char *dir, const char *name, struct secret *ret_secret,
		const char **ret_what);
/* Wiped. */
void secret_done(struct secret *secret);

#endif
