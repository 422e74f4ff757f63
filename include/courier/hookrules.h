/*
 * The group `hooks` of a preset as it was read; courier/hook.h has the words.
 */
#ifndef HF_COURIER_HOOKRULES_H
#define HF_COURIER_HOOKRULES_H

#include "lib/protocol.h"
#include "courier/request.h"
#include "courier/locator.h"
#include "courier/verify.h"

enum hook_spot {
	HOOK_WHEN,
	HOOK_ID,
	HOOK_AT,
	HOOK_FROM,
	HOOK_TO,
	HOOK_TEXT,
	HOOK_OPTED_OUT,
	HOOK_PARTS_OF,
	HOOK_PART,
	HOOK_PARTS,
	HOOK_KEY,
	HOOK_STATE,
	HOOK_ERROR,
	HOOK_SPOTS,
};

#define HOOK_IGNORED 4 /* behind the receipt_states: nothing that we want to know */

struct hook_error {
	struct conf_texts is;
	int fault; /* enum receipt_fault */
	char *reason;
};

/* How texts, or receipts, are told. */
struct hook_part {
	bool given;
	char *each;
	char *texts[HOOK_SPOTS]; /* as they are written */
	struct spot spots[HOOK_SPOTS];
	struct conf_texts is, opted_out_is;
	struct conf_texts states[HOOK_IGNORED + 1];
	struct hook_error *errors;
	size_t error_count;
};

struct hook_ack {
	int status;
	char *type, *body;
	bool never_body;
};

struct hook_poll {
	struct request_shape request;
	char *next; /* a pointer; NULL: one page is all */
	hf_time every, window;
};

struct hook_rules {
	struct verify_rules *verify; /* NULL: none is believed */
	struct hook_ack ack;
	struct hook_part inbound, receipt, polled;
	bool polls;
	struct hook_poll poll;
};

/* In the reader's arena; names are those of the preset's values.  Faults are faults; 0 or -ENOMEM.
 */
int hook_rules_read(struct conf_reader *reader, const struct conf_node *group,
		    const char *const *names, struct hook_rules *ret_rules);

#endif
