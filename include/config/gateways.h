/*
 * Is there a file for each gateway that holdfast.conf names, and can it be
 * used?
 */
#ifndef HF_CONFIG_GATEWAYS_H
#define HF_CONFIG_GATEWAYS_H

#include "lib/conf.h"

/* `node` is where the names stand; NULL where none do.  0 or -errno. */
int gateways_check(struct conf_reader *reader, const char *dir, const struct conf_node *node,
		   const struct conf_texts *gateways);

#endif
