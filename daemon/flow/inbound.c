/*
 * What comes in.
 */
#include "flow/inbound.h"

#include "data/inbox.h"

int inbound_take(const struct desk *desk, const char *gateway, bool handles_stop,
		 const struct wire_inbound *inbound, hf_time now)
{
	int64_t id;
	int r = inbox_add(desk->db, gateway, inbound, now, &id);

	(void)handles_stop;
	return r < 0 ? r : 0;
}

int inbound_run(const struct desk *desk, hf_time now)
{
	int64_t id;
	int r = inbox_overdue(desk->db, now, &id);

	return r < 0 ? r : 0;
}

int inbound_next(const struct desk *desk, hf_time *ret_when)
{
	return inbox_next(desk->db, ret_when);
}
