/*
 * One question to holdfastd and its answer, without HTTP: what the routes of
 * the staff's door take and give; who asks, why, and the line in the audit that
 * says so.
 */
#ifndef HF_STAFF_ROUTE_H
#define HF_STAFF_ROUTE_H

#include <sys/types.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "engine/engine.h"

/* What the door needs of the program around it. */
struct api_host {
	struct engine *engine;
	const struct clock *clock;
	const char *version;
	hf_time since;
	/* Reads the configuration anew.  0, or CONF_E_FAULT with faults filled, or -errno. */
	int (*reload)(void *userdata, struct faults *faults);
	/* Something was written that may be sent: look at the outbox. */
	void (*changed)(void *userdata);
	/* The last reload: its time (0: none since the start) and its first fault, "" when it was
	 * good. */
	void (*last_reload)(void *userdata, hf_time *ret_at, const char **ret_error);
	void *userdata;
};

#define REQUEST_METHOD_MAX 8
#define REQUEST_ID_MAX     128

/* Borrowed from whoever asks. */
struct request {
	const char *method, *path;
	const char *(*find)(const void *userdata, const char *name); /* of the query; NULL: none */
	const void *userdata;
	const char *body;
	size_t body_size;
	uid_t uid;               /* who asks; (uid_t)-1 where the socket cannot say */
	char id[REQUEST_ID_MAX]; /* what stands where the route's path has a star */
};

/* Owned: json is freed by reply_done(). */
struct reply {
	int status;
	const char *allow; /* 405: the method that would have been right */
	json_t *json;
};

enum {
	REPLY_REFUSED = 1, /* the reply is filled, and says why not */
};

/* A route.  0 or REPLY_REFUSED with the reply filled, or -errno. */
typedef int route_answer(const struct api_host *host, const struct request *request,
			 struct reply *reply);

void reply_done(struct reply *reply);
/* Takes the value, also on failure; NULL is -ENOMEM. */
int reply_with(struct reply *reply, int status, json_t *json);
/* {"error": "what is wrong; what to do"}.  REPLY_REFUSED, or -ENOMEM. */
__attribute__((format(printf, 3, 4))) int reply_error(struct reply *reply, int status,
						      const char *format, ...);

const char *request_find(const struct request *request, const char *name);
bool request_flag(const struct request *request, const char *name); /* given as "1" */
/* A number from 1 to most; `fallback` where it is not given; -EINVAL. */
int request_number(const struct request *request, const char *name, int64_t fallback, int64_t most,
		   int64_t *ret_number);
/* The number that stands for the star of the route's path; 0, which no row has, where it is none. */
int64_t request_row(const struct request *request);
/* Untouched where it is not given; REPLY_REFUSED where it is neither a date nor a time. */
int request_since(const struct api_host *host, const struct request *request, struct reply *reply,
		  hf_time *ret_since);

/* These two give REPLY_REFUSED where there is none. */
int request_json(const struct request *request, struct reply *reply, json_t **ret_body);
int request_client(const struct api_host *host, const struct request *request, struct reply *reply,
		   const struct client **ret_client);

/* RFC 3339 in the zone; null for 0 and HF_NEVER. */
json_t *json_time(hf_time at, const struct zone *zone);
/* What new_element makes of each row that is left; times are said in the zone.  0 or -errno. */
typedef json_t *json_row(const struct db_rows *rows, const struct zone *zone);
int json_rows(struct db_rows *rows, json_row *new_element, const struct zone *zone,
	      json_t **ret_array);
/* [{"file", "line", "severity", "code", "message"}]; NULL when memory is out. */
json_t *json_new_faults(const struct faults *faults);

#define CALLER_NAME_MAX 64
#define CALLER_WHY_MAX  1000 /* characters: some paragraphs; more belongs in the case notes */

/* The Unix name of a uid; "uid 1000" where it has none, or one that is too long. */
void caller_name(uid_t uid, char buffer[CALLER_NAME_MAX]);

/* The "why" of a body: one line of staff's words, "" where it is not given and need not be.
 * REPLY_REFUSED where it is wrong. */
int caller_why(const json_t *body, bool required, struct reply *reply, const char **ret_why);

/* Is what stands there, if anything does, one such line? */
int caller_line(const json_t *body, const char *key, struct reply *reply);

/* To be called in the transaction of what it records. */
struct caller_act {
	const char *verb, *client, *detail, *why; /* NULL: none */
};
int caller_audit(const struct api_host *host, const struct request *request,
		 const struct caller_act *act);

#endif
