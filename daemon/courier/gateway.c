/*
 * A gateway: its own file, and the preset of its kind.
 *
 * The secret and the certificates of ca_file are read when the courier takes the
 * gateway, never by whoever only checks the configuration; the secret is wiped
 * when the gateway is freed.
 * Dangerous: ca_file that cannot be read is a fault and never the system's
 * certificates, which would believe more than was asked for.
 */
#include "courier/gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/buffer.h"
#include "lib/file.h"
#include "lib/hash.h"
#include "lib/url.h"
#include "lib/cleanup.h"
#include "lib/phone.h"
#include "courier/preset.h"

#define SENDERS_MAX 100
#define SECRET_MAX  4096
#define CA_MAX      (4L * 1024 * 1024) /* twenty times the system's */

/* --- gateways/NAME.conf: whose account, which number, how fast ------------------- */

/* The keys are made from a fixed table and the vars of the kind, so that each preset gets the same
 * checks and the same "did you mean". */

static const struct conf_entry gateway_keys[] = {
	CONF_KEY("preset", TEXT, REQUIRED, gateway, kind, "the kind of gateway: presets/NAME.conf"),
	CONF_KEY("from", TEXTS, OPTIONAL, gateway, from,
		 "the number or numbers that texts come from", .most = SENDERS_MAX),
	CONF_KEY("rate", REAL, DEFAULT("1.0"), gateway, rate, "segments a second, for each number"),
	CONF_KEY("max_inflight", NUMBER, OPTIONAL, gateway, max_inflight,
		 "requests under way at once; the preset's unless given", .least = 1, .most = 64),
	CONF_KEY("ca_file", TEXT, OPTIONAL, gateway, ca_file,
		 "certificates to trust instead of the system's, for a gateway of your own"),
	CONF_KEY("heartbeat", TEXT, OPTIONAL, gateway, heartbeat,
		 "an address that is called while holdfastd is well"),
	CONF_KEY("heartbeat_every", SPAN, DEFAULT("5m"), gateway, heartbeat_every,
		 "how often it is called"),
};
#define FROM_KEY 1

/* The fixed keys, then those of the kind: base, secret, account, public_url and its own. */
static const struct conf_entry *keys_for(struct conf_reader *reader, const struct preset *preset)
{
	struct conf_entry *keys =
		arena_alloc(reader->arena, COUNT(gateway_keys) + preset->count + 1, sizeof(*keys));
	size_t count = COUNT(gateway_keys);

	if (!keys) {
		return NULL;
	}

	memcpy(keys, gateway_keys, sizeof(gateway_keys));
	for (size_t i = VALUE_BASE; i < preset->count; i++) {
		const struct preset_var *var = &preset->vars[i];

		if (i == VALUE_FROM) {
			keys[FROM_KEY].required = var->required;
			continue;
		}
		keys[count++] = (struct conf_entry){
			.key = preset->names[i],
			.kind = CONF_TEXT,
			.required = var->required && !var->fallback,
			.fallback = var->fallback,
			.offset = offsetof(struct gateway, values) + i * sizeof(char *),
			.doc = var->doc ? var->doc : "its preset asks for it",
		};
	}
	return keys;
}

/* At the key where it stands, else at the file's first line. */
static void blame(struct conf_reader *reader, const struct conf_node *root, const char *key,
		  const char *code, const char *message)
{
	const struct conf_node *node = conf_get(root, key);

	conf_fault(reader, node ? node : root, code, "%s", message);
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

static void check_addresses(struct conf_reader *reader, const struct conf_node *root,
			    struct gateway *gateway)
{
	char *base = gateway->values[VALUE_BASE], *public_url = gateway->values[VALUE_PUBLIC_URL];

	if (base && (!url_allowed(base) || strpbrk(base, "?#"))) {
		blame(reader, root, "base", "base",
		      "not an address that texts may go to; write https://HOST, or http:// on "
		      "this machine (127.0.0.1)");
	} else if (base) {
		drop_slashes(base);
	}
	if (public_url && (!url_allowed(public_url) || strpbrk(public_url, "?#"))) {
		blame(reader, root, "public_url", "public-url",
		      "not an address that a gateway may call; write https://HOST/hooks/NAME");
	} else if (public_url) {
		drop_slashes(public_url);
	}
	if (gateway->heartbeat && !url_allowed(gateway->heartbeat)) {
		blame(reader, root, "heartbeat", "heartbeat",
		      "not an address that can be called; write https://HOST/..., or http:// on "
		      "this machine (127.0.0.1)");
	}
	if (span_length(&gateway->heartbeat_every) < HF_MINUTE ||
	    span_length(&gateway->heartbeat_every) > HF_DAY) {
		blame(reader, root, "heartbeat_every", "heartbeat",
		      "from \"1m\" to \"1d\": how often the address is called");
	}
}

static void check_unless(struct conf_reader *reader, const struct conf_node *root,
			 const struct gateway *gateway)
{
	const struct preset *preset = gateway->preset;

	for (size_t i = VALUE_BASE; i < preset->count; i++) {
		const char *unless = preset->vars[i].unless;
		bool given = i == VALUE_FROM ? gateway->from.count > 0 : gateway->values[i] != NULL;

		if (unless && !given && !conf_get(root, unless)) {
			conf_fault(reader, root, "missing-key",
				   "neither \"%s\" nor \"%s\" is given; write one of them",
				   preset->names[i], unless);
		}
	}
}

static void check_file(struct conf_reader *reader, const struct conf_node *root,
		       struct gateway *gateway)
{
	const struct verify_rules *verify = gateway->preset->hooks.verify;
	const char *secret = gateway->values[VALUE_SECRET];

	check_addresses(reader, root, gateway);
	if (secret && !is_file_name(secret)) {
		blame(reader, root, "secret", "secret",
		      "not the name of a credential; write its file name, never the secret "
		      "itself");
	}
	for (size_t i = 0; i < gateway->from.count; i++) {
		if (gateway->from.list[i] && !is_sender(gateway->from.list[i])) {
			blame(reader, root, "from", "from",
			      "not a number that texts can come from; write it like "
			      "\"+13125550199\"");
		}
	}
	check_unless(reader, root, gateway);
	/* Texts go all the same, and some gateways are only asked. */
	if (verify && verify_uses_url(verify) && !gateway->values[VALUE_PUBLIC_URL]) {
		fault_add(reader->faults, FAULT_WARNING, conf_file(root), conf_line(root),
			  "public-url",
			  "webhooks will be refused, for the gateway signs the address that it "
			  "calls; write public_url = \"https://HOST/hooks/NAME\";");
	}
}

/* DIR is where presets/ may be.  CONF_E_FAULT where it makes no sense to go on, -ENOMEM. */
static int read_gateway_file(struct conf_reader *reader, const char *dir,
			     const struct conf_node *root, struct gateway *gateway)
{
	const char *kind = conf_text(conf_get(root, "preset"));
	const struct conf_entry *keys;
	int r;

	if (!kind || !is_file_name(kind)) {
		blame(reader, root, "preset", "preset",
		      "a gateway needs its kind; write preset = \"twilio\"; or another of "
		      "presets/");
		return CONF_E_FAULT;
	}
	gateway->preset = arena_alloc(reader->arena, 1, sizeof(*gateway->preset));
	if (!gateway->preset) {
		return -ENOMEM;
	}
	r = preset_load(reader, dir, kind, conf_get(root, "preset"), gateway->preset);
	if (r != 0) {
		return r;
	}

	keys = keys_for(reader, gateway->preset);
	if (!keys) {
		return -ENOMEM;
	}
	r = conf_read_group(reader, root, keys, gateway);
	if (r < 0) {
		return r;
	}

	check_file(reader, root, gateway);
	if (gateway->max_inflight == 0) {
		gateway->max_inflight = gateway->preset->max_inflight;
	}
	return 0;
}

/* --- birth and death --------------------------------------------------------------- */

static bool is_gateway_name(const char *name)
{
	size_t size = strlen(name);

	return size >= 1 && size <= GATEWAY_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == size;
}

static int load_files(struct gateway *gateway, const char *dir, const char *name,
		      struct faults *faults)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	_cleanup_free_ char *path = NULL;
	struct conf_reader reader = { .faults = faults };
	size_t errors = faults->errors;
	int r;

	if (!is_gateway_name(name)) {
		fault_add(faults, FAULT_ERROR, "gateways", 1, "gateway-name",
			  "a gateway's name has up to %d small letters, digits, - and _",
			  GATEWAY_NAME_MAX);
		return CONF_E_FAULT;
	}
	r = arena_new(&gateway->arena);
	if (r < 0) {
		return r;
	}
	reader.arena = gateway->arena;
	gateway->name = arena_copy(gateway->arena, name);
	if (!gateway->name || asprintf(&path, "%s/gateways/%s.conf", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}

	r = conf_read(path, path + strlen(dir) + 1, faults, &conf);
	if (r != 0) {
		return r;
	}
	r = read_gateway_file(&reader, dir, conf_root(conf), gateway);
	if (r != 0) {
		return r;
	}

	return faults->errors > errors ? CONF_E_FAULT : 0;
}

int gateway_load(const char *dir, const char *name, struct faults *faults,
		 struct gateway **ret_gateway)
{
	_cleanup_(gateway_freep) struct gateway *gateway =
		calloc(1, sizeof(*gateway) + PRESET_VALUES_MAX * sizeof(char *));
	int r;

	if (!gateway) {
		return -ENOMEM;
	}
	r = load_files(gateway, dir, name, faults);
	if (r != 0) {
		return r;
	}

	*ret_gateway = take_ptr(gateway);
	return 0;
}

struct gateway *gateway_free(struct gateway *gateway)
{
	if (!gateway) {
		return NULL;
	}

	buffer_wipe(gateway->secret);
	buffer_wipe(gateway->secret_before);
	free(gateway->ca);
	if (gateway->preset) {
		preset_done(gateway->preset);
	}
	if (gateway->arena) {
		arena_free(gateway->arena);
	}
	free(gateway);
	return NULL;
}

/* --- the secret, in a file that nobody else can read -------------------------------- */

static const char *read_lines(int fd, char *lines)
{
	struct stat status;
	ssize_t size;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		return "is no file";
	}
	if (status.st_mode & S_IROTH) {
		return "can be read by everybody; chmod 600";
	}
	size = read(fd, lines, SECRET_MAX);
	if (size < 0 || size == SECRET_MAX) {
		return "cannot be read, or is too long";
	}

	size -= size > 0 && lines[size - 1] == '\n';
	lines[size] = '\0';
	return strlen(lines) != (size_t)size ? "holds a control character" : NULL;
}

static bool is_printable(const char *line)
{
	for (; *line; line++) {
		if ((unsigned char)*line < ' ' || *line == 0x7f) {
			return false;
		}
	}
	return true;
}

/* Cuts the lines in place. */
static const char *split_lines(char *lines, const char **ret_before)
{
	char *end = strchr(lines, '\n');

	*ret_before = NULL;
	if (end) {
		*end = '\0';
		*ret_before = end + 1;
	}
	if (!*lines) {
		return "is empty";
	}
	return is_printable(lines) && (!end || is_printable(end + 1)) ? NULL
								      : "holds a control character";
}

static int open_secret(const char *dir, const char *name)
{
	static const char *const forms[] = { "", "secret_" };
	int fd = -ENOENT;

	for (size_t i = 0; i < COUNT(forms) && fd == -ENOENT; i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s%s", dir, forms[i], name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		fd = fd < 0 ? -errno : fd;
	}
	return fd;
}

static int keep_secret(struct gateway *gateway, const char *now, const char *before)
{
	char *secret = strdup(now), *secret_before = before && *before ? strdup(before) : NULL;

	if (!secret || (before && *before && !secret_before)) {
		buffer_wipe(secret);
		buffer_wipe(secret_before);
		return -ENOMEM;
	}

	buffer_wipe(gateway->secret);
	buffer_wipe(gateway->secret_before);
	gateway->secret = secret;
	gateway->secret_before = secret_before;
	return 0;
}

int gateway_read_secret(struct gateway *gateway, const char *dir, const char **ret_why)
{
	const char *name = gateway->values[VALUE_SECRET], *what, *before = NULL;
	_cleanup_close_ int fd = -ENOENT;
	char lines[SECRET_MAX + 1];
	int r = 0;

	if (!name) {
		return 0;
	}
	if (dir) {
		fd = open_secret(dir, name);
	}

	what = !dir            ? "is nowhere: no directory of credentials is given"
	       : fd == -ENOENT ? "is missing"
	       : fd < 0        ? "cannot be opened"
			       : read_lines(fd, lines);
	what = what ? what : split_lines(lines, &before);
	if (what) {
		(void)snprintf(gateway->why, sizeof(gateway->why), "the credential \"%s\" %s", name,
			       what);
		*ret_why = gateway->why;
		r = -EINVAL;
	} else {
		r = keep_secret(gateway, lines, before);
	}
	explicit_bzero(lines, sizeof(lines));
	return r;
}

/* --- whom to trust ------------------------------------------------------------- */

int gateway_read_ca(struct gateway *gateway, const char **ret_why)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const char *path = gateway->ca_file;
	_cleanup_free_ char *ca = NULL;
	int r;

	if (!path) {
		return 0;
	}

	r = file_read(path, CA_MAX, &ca, NULL, NULL);
	if (r == -ENOMEM) {
		return r;
	}
	if (r == 0 && strstr(ca, begin)) {
		free(gateway->ca);
		gateway->ca = take_ptr(ca);
		return 0;
	}
	(void)snprintf(gateway->why, sizeof(gateway->why), "ca_file \"%s\" %s%s", path,
		       r < 0   ? "cannot be read: "
		       : r > 0 ? "is being written to"
			       : "holds no certificate",
		       r < 0 ? strerror(-r) : "");
	*ret_why = gateway->why;
	return -EINVAL;
}

/* --- its own numbers and address -------------------------------------------------------- */

bool gateway_on_loopback(const struct gateway *gateway)
{
	return url_on_loopback(gateway->values[VALUE_BASE]);
}

size_t gateway_senders(const struct gateway *gateway)
{
	return gateway->from.count > 0 ? gateway->from.count : 1;
}

/* Mixed (MurmurHash3's end): the numbers differ in their last digits only, and the weights must
 * not. */
static uint64_t weigh(const char *from, const char *to)
{
	uint64_t hash = hash_add(hash_add(HASH_EMPTY, from), to);

	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

/* The heaviest pair wins, so that a number more or less moves only the clients it must. */
size_t gateway_sender_for(const struct gateway *gateway, const char *to)
{
	size_t best = 0;
	uint64_t most = 0;

	for (size_t i = 0; gateway->from.count > 1 && i < gateway->from.count; i++) {
		uint64_t weight = weigh(gateway->from.list[i], to);

		if (weight > most) {
			most = weight;
			best = i;
		}
	}
	return best;
}

/* --- one text ---------------------------------------------------------------- */

struct numbers {
	char segments[24], seconds[24], minutes[24], milliseconds[32];
};

/* A gateway is never told to try longer than the text is good for, nor for no time at all. */
static void write_numbers(const struct gateway *gateway, const struct wire_text *text,
			  struct numbers *numbers)
{
	long long most = gateway->preset->most_valid_seconds;
	long long seconds = text->valid_for / HF_SECOND;

	seconds = seconds < 1 ? 1 : seconds > most ? most : seconds;
	(void)snprintf(numbers->segments, sizeof(numbers->segments), "%d", text->segments);
	(void)snprintf(numbers->seconds, sizeof(numbers->seconds), "%lld", seconds);
	(void)snprintf(numbers->minutes, sizeof(numbers->minutes), "%lld",
		       seconds < 60 ? 1 : seconds / 60);
	(void)snprintf(numbers->milliseconds, sizeof(numbers->milliseconds), "%lld000", seconds);
}

static void write_values(const struct gateway *gateway, const char **values)
{
	for (size_t i = 0; i < gateway->preset->count; i++) {
		values[i] = gateway->values[i] ? gateway->values[i] : "";
	}
	values[VALUE_SECRET] = gateway->secret ? gateway->secret : "";
}

int gateway_compose(const struct gateway *gateway, const struct wire_text *text,
		    struct request *ret_request)
{
	const char *values[PRESET_VALUES_MAX];
	struct numbers numbers = { 0 };
	int r;

	write_numbers(gateway, text, &numbers);
	write_values(gateway, values);
	values[VALUE_TO] = text->to;
	values[VALUE_TEXT] = text->body;
	values[VALUE_KEY] = text->key;
	values[VALUE_AT] = text->at ? text->at : "";
	values[VALUE_SEGMENTS] = numbers.segments;
	values[VALUE_VALID_SECONDS] = numbers.seconds;
	values[VALUE_VALID_MINUTES] = numbers.minutes;
	values[VALUE_VALID_MILLISECONDS] = numbers.milliseconds;
	if (gateway->from.count > 0) {
		values[VALUE_FROM] = gateway->from.list[gateway_sender_for(gateway, text->to)];
	}

	r = request_compose(&gateway->preset->send, gateway->values[VALUE_BASE], values, text->ucs2,
			    ret_request);
	if (r < 0) {
		return r;
	}

	ret_request->resend = gateway->preset->idempotent;
	return 0;
}

/* --- what the gateway brings by itself ----------------------------------------- */

int gateway_verify(const struct gateway *gateway, const struct webhook_request *request,
		   hf_time now, const char **ret_why)
{
	const struct verify_rules *rules = gateway->preset->hooks.verify;
	const char *keys[VERIFY_KEYS_MAX] = { NULL };
	size_t count = 0;

	if (!rules) {
		*ret_why = "its preset does not say how to tell that it is the gateway's";
		return VERIFY_E_REFUSED;
	}

	if (strcmp(verify_key(rules), "secret") == 0) {
		keys[0] = gateway->secret;
		keys[1] = gateway->secret_before;
	}
	for (size_t i = VALUE_SECRET + 1; i < gateway->preset->count; i++) {
		if (strcmp(gateway->preset->names[i], verify_key(rules)) == 0) {
			keys[0] = gateway->values[i];
		}
	}
	while (count < VERIFY_KEYS_MAX && keys[count]) {
		count++;
	}
	return verify(rules, keys, count, request, now, ret_why);
}

/* An address of the gateway itself, or one that begins where its own does. */
static char *next_page(const char *base, const char *next)
{
	size_t size = strlen(base);
	char *url;

	if (strncmp(next, base, size) == 0 && next[size] == '/') {
		return strdup(next);
	}
	if (next[0] != '/' || next[1] == '/' || asprintf(&url, "%s%s", base, next) < 0) {
		return NULL;
	}
	return url;
}

int gateway_compose_poll(const struct gateway *gateway, hf_time since, size_t sender,
			 const char *next, struct request *ret_request)
{
	_cleanup_(request_done) struct request request = { 0 };
	const char *values[PRESET_VALUES_MAX];
	char text[CIVIL_RFC3339_MAX], date[11];
	int r;

	write_values(gateway, values);
	civil_format_rfc3339(since, 0, text);
	(void)snprintf(date, sizeof(date), "%.10s", text);
	values[VALUE_SINCE] = text;
	values[VALUE_SINCE_DATE] = date;
	if (sender < gateway->from.count) {
		values[VALUE_OUR_NUMBER] = gateway->from.list[sender];
	}

	r = request_compose(&gateway->preset->hooks.poll.request, gateway->values[VALUE_BASE],
			    values, false, &request);
	if (r < 0) {
		return r;
	}
	if (next) {
		free(request.url);
		request.url = next_page(gateway->values[VALUE_BASE], next);
	}
	if (!request.url) {
		return -EPERM;
	}

	request.resend = true;
	*ret_request = request;
	kept(request.url);
	request = (struct request){ 0 };
	return 0;
}
