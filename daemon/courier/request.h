/*
 * How a kind of gateway wants a text: the group `send` of a preset.
 *
 *   send = {
 *     url     = "{base}/messages";          begins with {base}/
 *     auth    = { user = "..."; password = "..."; };      Basic
 *     headers = [ "Name: value" ];
 *     form | json | query = { name = "value"; ... };      in this order
 *     ucs2    = { ... };        added, or in place of one of the same name, where the text is
 *                               not GSM-7
 *   };
 *
 * form and json are the body of a POST, query goes into the address of a GET.
 * In json, groups and lists are objects and arrays, numbers and truths are themselves.
 */
#ifndef HF_COURIER_REQUEST_H
#define HF_COURIER_REQUEST_H

#include "lib/http_client.h"
#include "courier/expansion.h"

/* A request, ready to be sent.  Owned; strings hold secrets and are wiped when freed. */
struct request {
	const char *method; /* a literal */
	char *url, *body;   /* body NULL for none */
	size_t body_size;
	char **headers; /* NULL-terminated */
	char *user, *password;
	bool resend; /* carries an idempotency key */
};
void request_done(struct request *request);
/* As http_client_start(). */
int request_start(const struct request *request, struct http_client *http, http_on_answer on_answer,
		  void *userdata);

/* The fields of a request: name and expansion, in the order of the file.  In JSON they may be groups
 * and lists, which become objects and arrays, and numbers and truths, which are themselves.  In the
 * reader's arena. */
struct field;
struct fields {
	struct field *list;
	size_t count;
};

enum request_body {
	REQUEST_FORM,
	REQUEST_JSON,
	REQUEST_QUERY,
};

#define REQUEST_HEADERS_MAX 16

struct request_shape {
	struct expansion path; /* of the URL, after {base} */
	struct expansion user, password;
	struct conf_texts headers;
	struct expansion *header_expansions; /* as many */
	enum request_body body;
	struct fields fields, fields_ucs2;
};

/* The `read` of such a group.  In the reader's arena; its userdata are the names of what may stand in
 * braces, NULL-terminated.  Faults are faults; 0 or -ENOMEM. */
int request_read(struct conf_reader *reader, const struct conf_node *send, void *shape);

bool request_uses(const struct request_shape *shape, size_t value);

/* values stand at the indices of names; base has no slash at its end.  0, -ENOMEM, or -EINVAL where
 * a value with a control character would go into a header. */
int request_compose(const struct request_shape *shape, const char *base, const char *const *values,
		    bool ucs2, struct request *ret_request);

#endif
