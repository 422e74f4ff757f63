/* Texts that are foreseen, gathered one by one or read from holdfastd's answer. */
#ifndef HF_CTL_FORESIGHT_H
#define HF_CTL_FORESIGHT_H

#include "lib/json.h"
#include "ctl/compare.h"

struct texts {
	struct foreseen *list;
	size_t count, room;
};

int texts_add(struct texts *texts, const struct foreseen *text);
void texts_done(struct texts *texts);

/* Adds what stands under `key` of a client's object, from which it borrows: "rows", or "gone".  0,
 * -ENOMEM, -EPROTO. */
int texts_read(const json_t *client, const char *key, struct texts *texts);
/* 0 where there is none; false for what is no time. */
bool texts_read_time(const json_t *row, const char *key, hf_time *ret_at);

#endif
