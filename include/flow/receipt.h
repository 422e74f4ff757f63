/*
 * What a gateway says later about a text of ours.  Found by its id or by our
 * key; one that comes before the gateway's answer, or for nothing we know, is
 * kept; a lower rank never takes back a higher.
 */
#ifndef HF_FLOW_RECEIPT_H
#define HF_FLOW_RECEIPT_H

#include "base/news.h"
#include "flow/desk.h"

/* Inside a transaction of its own.  0 or -errno. */
int receipt_take(const struct desk *desk, const char *gateway, const struct wire_receipt *receipt,
		 hf_time now);

#endif
