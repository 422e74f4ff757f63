/*
 * The gateways that holdfast.conf names.
 *
 * Promises: what a courier would stumble over when it starts is a fault here,
 * before anything is sent.
 */
#include "config/gateways.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "courier/preset.h"

static int check_gateway(struct conf_reader *reader, const char *dir, const struct conf_node *node,
			 const char *name)
{
	_cleanup_(gateway_freep) struct gateway *gateway = NULL;
	_cleanup_free_ char *path = NULL;
	char shown[FAULT_WORD_MAX];
	int r;

	if (*name == '\0' || *name == '.' || strchr(name, '/') || strlen(name) > GATEWAY_NAME_MAX) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "id",
			  "\"%s\" cannot name a gateway; write NAME for gateways/NAME.conf",
			  fault_word(name, shown));
		return 0;
	}

	if (asprintf(&path, "%s/gateways/%s.conf", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node),
			  "unknown-gateway",
			  "there is no gateways/%s.conf; write it, or correct "
			  "the name",
			  name);
		return 0;
	}

	r = gateway_load(dir, name, reader->faults, &gateway);
	return r < 0 ? r : 0;
}

int gateways_check(struct conf_reader *reader, const char *dir, const struct conf_node *node,
		   const struct conf_texts *gateways)
{
	if (node && gateways->count == 0 && conf_is_list(node)) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node),
			  "missing-gateway", "no gateway, so nothing could be sent; name one");
	}

	for (size_t i = 0; i < gateways->count; i++) {
		const struct conf_node *at = conf_is_list(node) ? conf_at(node, i) : node;
		int r = gateways->list[i] ? check_gateway(reader, dir, at, gateways->list[i]) : 0;

		if (r < 0) {
			return r;
		}
	}
	return 0;
}
