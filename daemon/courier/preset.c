/*
 * A kind of gateway, read from its preset.
 */
#include "courier/preset.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/embedded.h"

static const char *const value_names[] = {
	[VALUE_TO] = "to",
	[VALUE_TEXT] = "text",
	[VALUE_KEY] = "key",
	[VALUE_AT] = "at",
	[VALUE_SEGMENTS] = "segments",
	[VALUE_VALID_SECONDS] = "valid_seconds",
	[VALUE_VALID_MINUTES] = "valid_minutes",
	[VALUE_VALID_MILLISECONDS] = "valid_milliseconds",
	[VALUE_SINCE] = "since",
	[VALUE_SINCE_DATE] = "since_date",
	[VALUE_OUR_NUMBER] = "our_number",
	[VALUE_BASE] = "base",
	[VALUE_FROM] = "from",
	[VALUE_SECRET] = "secret",
	[VALUE_ACCOUNT] = "account",
	[VALUE_PUBLIC_URL] = "public_url",
};

static const char *const var_docs[] = {
	[VALUE_BASE] = "where the gateway is: https://HOST",
	[VALUE_FROM] = "the number or numbers that texts come from",
	[VALUE_SECRET] = "the name of the credential that holds the secret",
	[VALUE_ACCOUNT] = "whose account it is",
	[VALUE_PUBLIC_URL] = "what the gateway calls: https://HOST/hooks/NAME",
};

/* Of gateways/NAME.conf itself. */
static const char *const taken_names[] = { "preset",  "rate",      "max_inflight",
					   "ca_file", "heartbeat", "heartbeat_every",
					   NULL };

/* --- vars -------------------------------------------------------------------- */

static const struct conf_entry var_keys[] = {
	CONF_KEY("required", TRUTH, OPTIONAL, preset_var, required,
		 "every gateway of this kind must say it"),
	CONF_KEY("default", TEXT, OPTIONAL, preset_var, fallback, "otherwise"),
	CONF_KEY("unless", TEXT, OPTIONAL, preset_var, unless,
		 "required, but where this other one is given"),
	CONF_KEY("doc", TEXT, OPTIONAL, preset_var, doc, "what it is"),
	{ 0 },
};

static bool is_taken(const char *name)
{
	for (size_t i = 0; taken_names[i]; i++) {
		if (strcmp(taken_names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static int find_value(const struct preset *preset, const char *name)
{
	for (size_t i = 0; i < preset->count; i++) {
		if (strcmp(preset->names[i], name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static int read_var(struct conf_reader *reader, const struct conf_node *node, struct preset *preset)
{
	const char *name = conf_key(node);
	int value = find_value(preset, name);

	if (!conf_is_group(node) || is_taken(name) || (value >= 0 && value < VALUE_BASE)) {
		conf_fault(reader, node, "var",
			   "no name for a var, or not a group; choose another");
		return 0;
	}
	if (value < 0 && preset->count == PRESET_VALUES_MAX) {
		conf_fault(reader, node, "too-many", "too many vars");
		return 0;
	}
	if (value < 0) {
		value = (int)preset->count;
		preset->names[preset->count++] = arena_copy(reader->arena, name);
		if (!preset->names[value]) {
			return -ENOMEM;
		}
	}
	if (value == VALUE_FROM) {
		preset->vars[value].required = false;
	}

	return conf_read_group(reader, node, var_keys, &preset->vars[value]);
}

static int read_vars(struct conf_reader *reader, const struct conf_node *vars, void *target)
{
	struct preset *preset = target;

	preset->count = COUNT(value_names);
	memcpy(preset->names, value_names, sizeof(value_names));
	for (size_t i = VALUE_BASE; i < VALUE_OWN; i++) {
		preset->vars[i].doc = var_docs[i];
	}
	preset->vars[VALUE_BASE].required = true;
	preset->vars[VALUE_FROM].required = true;

	for (size_t i = 0; vars && i < conf_count(vars); i++) {
		int r = read_var(reader, conf_at(vars, i), preset);

		if (r < 0) {
			return r;
		}
	}
	for (size_t i = 0; i < preset->count; i++) {
		const char *unless = preset->vars[i].unless;

		if (unless && find_value(preset, unless) < VALUE_BASE) {
			conf_fault(reader, vars, "var", "\"unless\" names no var");
		}
	}
	return 0;
}

/* --- the file ---------------------------------------------------------------- */

static const struct conf_entry caps_keys[] = {
	CONF_KEY("idempotent", TRUTH, DEFAULT("false"), preset, idempotent,
		 "the request carries {key}, and the same key twice is one text"),
	CONF_KEY("max_inflight", NUMBER, DEFAULT("4"), preset, max_inflight,
		 "requests under way at once", .least = 1, .most = 64),
	CONF_KEY("most_valid_seconds", NUMBER, DEFAULT("86400"), preset, most_valid_seconds,
		 "the longest the gateway may be told to try", .least = 60, .most = 604800),
	{ 0 },
};

static int read_caps(struct conf_reader *reader, const struct conf_node *node, void *preset)
{
	return conf_read_group(reader, node, caps_keys, preset);
}

static int read_send(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct preset *preset = target;
	int r = request_read(reader, node, &preset->send);

	if (r == 0 && preset->idempotent && !request_uses(&preset->send, VALUE_KEY)) {
		conf_fault(reader, node, "idempotent",
			   "caps says idempotent, but {key} stands nowhere in send; add it");
	}
	return r;
}

/* In this order: what stands in braces below must be a var by then. */
static const struct conf_entry preset_keys[] = {
	CONF_WHOLE_KEY("caps", GROUP, DEFAULT("{}"), read_caps, "what this kind of gateway can do"),
	CONF_WHOLE_KEY("vars", GROUP, DEFAULT("{}"), read_vars, "what its gateways say"),
	CONF_WHOLE_KEY("send", GROUP, REQUIRED, read_send, "how it wants a text"),
	CONF_LIST_KEY("answers", REQUIRED, preset, answers.list, answers.count, response_rule_read,
		      "what its answers mean", .most = RESPONSE_RULES_MAX),
	CONF_KEY("hooks", GROUP, DEFAULT("{}"), preset, hooks, "what it brings by itself",
		 .read = event_rules_read),
	{ 0 },
};

static const char *built_in(const char *file_name)
{
	for (const struct embedded *file = preset_files; file->name; file++) {
		if (strcmp(file->name, file_name) == 0) {
			return file->bytes;
		}
	}
	return NULL;
}

static int open_file(struct conf_reader *reader, const char *dir, const char *name,
		     const struct conf_node *blamed, struct conf **ret_conf)
{
	_cleanup_free_ char *path = NULL, *shown = NULL;
	const char *bytes;

	if (asprintf(&shown, "presets/%s.conf", name) < 0) {
		shown = NULL;
		return -ENOMEM;
	}
	if (asprintf(&path, "%s/%s", dir, shown) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, F_OK) == 0) {
		return conf_read(path, shown, reader->faults, ret_conf);
	}

	bytes = built_in(shown + strlen("presets/"));
	if (!bytes) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(blamed), conf_line(blamed),
			  "unknown-preset",
			  "there is no preset of this name; see presets/, or write presets/%s.conf",
			  name);
		return CONF_E_FAULT;
	}
	return conf_read_text(bytes, shown, reader->faults, ret_conf);
}

int preset_load(struct conf_reader *reader, const char *dir, const char *name,
		const struct conf_node *blamed, struct preset *ret_preset)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	struct conf_reader inside = *reader;
	size_t errors = reader->faults->errors;
	int r;

	r = open_file(reader, dir, name, blamed, &conf);
	if (r != 0) {
		return r;
	}
	inside.userdata = ret_preset->names;
	r = conf_read_group(&inside, conf_root(conf), preset_keys, ret_preset);
	if (r < 0) {
		return r;
	}

	return reader->faults->errors > errors ? CONF_E_FAULT : 0;
}

void preset_done(struct preset *preset)
{
	response_rules_done(&preset->answers);
}
