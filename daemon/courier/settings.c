/*
 * gateways/NAME.conf: whose account, which number, how fast.
 *
 * Its keys are made from a fixed table and the vars of its kind, so that each
 * preset gets the same checks and the same "did you mean".
 */
#include "courier/settings.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/url.h"
#include "lib/cleanup.h"
#include "lib/phone.h"

#define SENDERS_MAX 100

#define MEMBER(member) offsetof(struct settings, member)

static const struct conf_entry gateway_keys[] = {
	{ .key = "preset",
	  .kind = CONF_TEXT,
	  .required = true,
	  .offset = MEMBER(preset),
	  .doc = "the kind of gateway: presets/NAME.conf" },
	{ .key = "from",
	  .kind = CONF_TEXTS,
	  .most = SENDERS_MAX,
	  .offset = MEMBER(senders),
	  .doc = "the number or numbers that texts come from" },
	{ .key = "rate",
	  .kind = CONF_REAL,
	  .fallback = "1.0",
	  .offset = MEMBER(rate),
	  .doc = "segments a second, for each number" },
	{ .key = "max_inflight",
	  .kind = CONF_NUMBER,
	  .least = 1,
	  .most = 1000,
	  .offset = MEMBER(max_inflight),
	  .doc = "requests under way at once; the preset's unless given" },
	{ .key = "ca_file",
	  .kind = CONF_TEXT,
	  .offset = MEMBER(ca_file),
	  .doc = "certificates to trust instead of the system's, for a gateway of your own" },
};

/* The fixed keys, then those of the kind: base, secret, account, public_url and its own. */
static const struct conf_entry *keys_for(struct conf_reader *reader,
					 const struct gateway_kind *kind)
{
	struct conf_entry *keys =
		arena_alloc(reader->arena, COUNT(gateway_keys) + kind->count + 1, sizeof(*keys));
	size_t count = COUNT(gateway_keys);

	if (!keys) {
		return NULL;
	}

	memcpy(keys, gateway_keys, sizeof(gateway_keys));
	for (size_t i = VALUE_BASE; i < kind->count; i++) {
		const struct kind_setting *setting = &kind->settings[i];

		if (i == VALUE_FROM) {
			keys[1].required = setting->required;
			continue;
		}
		keys[count++] = (struct conf_entry){
			.key = kind->names[i],
			.kind = CONF_TEXT,
			.required = setting->required && !setting->fallback,
			.fallback = setting->fallback,
			.offset = MEMBER(values) + i * sizeof(char *),
			.doc = setting->doc ? setting->doc : "its preset asks for it",
		};
	}
	return keys;
}

struct check {
	struct faults *faults;
	const struct conf_node *root;
};

static void complain(const struct check *check, const char *key, const char *code,
		     const char *message)
{
	const struct conf_node *node = conf_get(check->root, key);

	node = node ? node : check->root;
	fault_add(check->faults, FAULT_ERROR, conf_file(node), conf_line(node), code, "%s",
		  message);
}

/* +E.164; a short code of 3 to 8 digits; or a word of up to 11 letters and digits, where the
 * gateway's country has such. */
static bool is_sender(const char *from)
{
	char phone[PHONE_MAX];
	size_t size = strlen(from);

	if (from[0] == '+') {
		return phone_parse(from, phone) == 0 && strcmp(phone, from) == 0;
	}
	if (strspn(from, "0123456789") == size) {
		return size >= 3 && size <= 8;
	}

	return size >= 1 && size <= 11 &&
	       strspn(from, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") ==
		       size;
}

static bool is_file_name(const char *name)
{
	return name[0] && name[0] != '.' && strlen(name) <= 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
		       strlen(name);
}

static void drop_slashes(char *url)
{
	size_t size = strlen(url);

	while (size > 0 && url[size - 1] == '/') {
		url[--size] = '\0';
	}
}

static void check_base(const struct check *check, char *base)
{

	if (!url_allowed(base) || strpbrk(base, "?#")) {
		complain(check, "base", "base",
			 "not an address that texts may go to; write https://HOST, or http:// on "
			 "this machine (127.0.0.1)");
		return;
	}

	drop_slashes(base);
}

static void check_unless(const struct check *check, const struct settings *file)
{
	const struct gateway_kind *kind = &file->kind;

	for (size_t i = VALUE_BASE; i < kind->count; i++) {
		const char *unless = kind->settings[i].unless;
		bool given = i == VALUE_FROM ? file->senders.count > 0 : file->values[i] != NULL;

		if (unless && !given && !conf_get(check->root, unless)) {
			fault_add(check->faults, FAULT_ERROR, conf_file(check->root),
				  conf_line(check->root), "missing-key",
				  "neither \"%s\" nor \"%s\" is given; write one of them",
				  kind->names[i], unless);
		}
	}
}

/* Texts go all the same, and some gateways are only asked. */
static void check_hooks(const struct check *check, const struct settings *file)
{
	const struct verify_rules *rules = file->kind.hooks.verify;

	if (rules && verify_uses_url(rules) && !file->values[VALUE_PUBLIC_URL]) {
		fault_add(check->faults, FAULT_WARNING, conf_file(check->root),
			  conf_line(check->root), "public-url",
			  "webhooks will be refused, for the gateway signs the address that it "
			  "calls; write public_url = \"https://HOST/hooks/NAME\";");
	}
}

static void check_file(const struct check *check, struct settings *file)
{
	const char *secret = file->values[VALUE_SECRET];
	char *public_url = file->values[VALUE_PUBLIC_URL];

	if (file->values[VALUE_BASE]) {
		check_base(check, file->values[VALUE_BASE]);
	}
	if (secret && !is_file_name(secret)) {
		complain(check, "secret", "secret",
			 "not the name of a credential; write its file name, never the secret "
			 "itself");
	}
	if (public_url && (!url_allowed(public_url) || strpbrk(public_url, "?#"))) {
		complain(check, "public_url", "public-url",
			 "not an address that a gateway may call; write https://HOST/hooks/NAME");
	}
	if (public_url) {
		drop_slashes(public_url);
	}
	for (size_t i = 0; i < file->senders.count; i++) {
		if (file->senders.list[i] && !is_sender(file->senders.list[i])) {
			complain(check, "from", "from",
				 "not a number that texts can come from; write it like "
				 "\"+13125550199\"");
		}
	}
	check_unless(check, file);
	check_hooks(check, file);
}

int settings_read(struct conf_reader *reader, const char *dir, const struct conf_node *root,
		  struct settings *ret_settings)
{
	const struct check check = { .faults = reader->faults, .root = root };
	const char *preset = conf_text(conf_get(root, "preset"));
	struct gateway_kind *kind = &ret_settings->kind;
	const struct conf_entry *keys;
	int r;

	if (!preset || !is_file_name(preset)) {
		complain(&check, "preset", "preset",
			 "a gateway needs its kind; write preset = \"twilio\"; or another of "
			 "presets/");
		return CONF_E_FAULT;
	}
	r = kind_load(reader, dir, preset, conf_get(root, "preset"), kind);
	if (r != 0) {
		return r;
	}

	keys = keys_for(reader, kind);
	if (!keys) {
		return -ENOMEM;
	}
	r = conf_read_group(reader, root, keys, ret_settings);
	if (r < 0) {
		return r;
	}
	check_file(&check, ret_settings);

	if (ret_settings->max_inflight == 0) {
		ret_settings->max_inflight = kind->max_inflight;
	}
	return 0;
}
