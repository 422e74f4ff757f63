/*
 * Receipts.
 */
#include "flow/receipt.h"

int receipt_take(const struct desk *desk, const char *gateway, const struct wire_receipt *receipt,
		 hf_time now)
{
	(void)desk;
	(void)gateway;
	(void)receipt;
	(void)now;
	return 0;
}
