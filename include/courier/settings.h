/*
 * One gateway's file, gateways/NAME.conf, read by the keys of its kind.
 */
#ifndef HF_COURIER_SETTINGS_H
#define HF_COURIER_SETTINGS_H

#include "courier/kind.h"

struct settings {
	struct gateway_kind kind;
	char *preset;
	struct conf_texts senders; /* `from` */
	double rate;               /* segments a second, for each sender */
	int max_inflight;
	char *ca_file;                     /* NULL: the system's */
	char *values[TEMPLATE_VALUES_MAX]; /* by enum kind_value from VALUE_BASE; NULL: not given */
};

/* root is the file, DIR where presets/ may be.  What is read lives in the reader's arena, the rest
 * is freed by kind_done.  0, CONF_E_FAULT where it makes no sense to go on, -ENOMEM. */
int settings_read(struct conf_reader *reader, const char *dir, const struct conf_node *root,
		  struct settings *ret_settings);

#endif
