/*
 * A gateway: its own file, and the preset of its kind.
 *
 * The secret is read when the courier takes it, never by whoever only checks
 * the configuration, and is wiped when the gateway is freed.
 */
#include "courier/gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "lib/url.h"
#include "lib/cleanup.h"
#include "lib/phone.h"

struct settings {
	struct preset kind;
	char *preset;
	struct conf_texts senders; /* `from` */
	double rate;               /* segments a second, for each sender */
	int max_inflight;
	char *ca_file; /* NULL: the system's */
	char *values
		[TEMPLATE_VALUES_MAX]; /* by enum preset_value from VALUE_BASE; NULL: not given */
};

struct secret {
	char *now, *before; /* NULL: none */
};

#define CA_MAX (4L * 1024 * 1024) /* twenty times the system's */

struct gateway {
	struct arena *arena;
	char *name;
	struct settings settings;
	struct secret secret; /* of its own, to be wiped */
	struct answer_words words;
	char *ca; /* PEM */
	char why[320];
};

/* --- the secret, in a file that nobody else can read ---------------------------- */

#define SECRET_MAX 4096

static char *wipe(char *text)
{
	if (text) {
		explicit_bzero(text, strlen(text));
	}
	free(text);
	return NULL;
}

static void secret_done(struct secret *secret)
{
	secret->now = wipe(secret->now);
	secret->before = wipe(secret->before);
}

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

static int copy_secret(const char *now, const char *before, struct secret *ret_secret)
{
	struct secret secret = { strdup(now), before && *before ? strdup(before) : NULL };

	if (!secret.now || (before && *before && !secret.before)) {
		secret_done(&secret);
		return -ENOMEM;
	}

	*ret_secret = secret;
	return 0;
}

/* DIR/NAME, or DIR/secret_NAME as systemd names a file of a directory that it was given as "secret"
 * (LoadCredential=secret:DIR, systemd.exec(5)).  The first line is the secret, a second one that of
 * before.  0, -ENOMEM, or -EINVAL with *ret_what, "is missing" or the like. */
static int read_secret(const char *dir, const char *name, struct secret *ret_secret,
		       const char **ret_what)
{
	_cleanup_close_ int fd = open_secret(dir, name);
	char lines[SECRET_MAX + 1];
	const char *what, *before;
	int r;

	if (fd < 0) {
		*ret_what = fd == -ENOENT ? "is missing" : "cannot be opened";
		return -EINVAL;
	}

	what = read_lines(fd, lines);
	what = what ? what : split_lines(lines, &before);
	r = what ? -EINVAL : copy_secret(lines, before, ret_secret);
	explicit_bzero(lines, sizeof(lines));
	if (what) {
		*ret_what = what;
	}
	return r;
}

/* --- gateways/NAME.conf: whose account, which number, how fast ------------------- */

/* The keys are made from a fixed table and the vars of the kind, so that each preset gets the same
 * checks and the same "did you mean". */

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
		const struct preset_var *setting = &preset->settings[i];

		if (i == VALUE_FROM) {
			keys[1].required = setting->required;
			continue;
		}
		keys[count++] = (struct conf_entry){
			.key = preset->names[i],
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
	const struct preset *preset = &file->kind;

	for (size_t i = VALUE_BASE; i < preset->count; i++) {
		const char *unless = preset->settings[i].unless;
		bool given = i == VALUE_FROM ? file->senders.count > 0 : file->values[i] != NULL;

		if (unless && !given && !conf_get(check->root, unless)) {
			fault_add(check->faults, FAULT_ERROR, conf_file(check->root),
				  conf_line(check->root), "missing-key",
				  "neither \"%s\" nor \"%s\" is given; write one of them",
				  preset->names[i], unless);
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

/* root is the file, DIR where presets/ may be.  What is read lives in the reader's arena, the rest
 * is freed by preset_done.  0, CONF_E_FAULT where it makes no sense to go on, -ENOMEM. */
static int read_settings(struct conf_reader *reader, const char *dir, const struct conf_node *root,
			 struct settings *ret_settings)
{
	const struct check check = { .faults = reader->faults, .root = root };
	const char *preset = conf_text(conf_get(root, "preset"));
	struct preset *kind = &ret_settings->kind;
	const struct conf_entry *keys;
	int r;

	if (!preset || !is_file_name(preset)) {
		complain(&check, "preset", "preset",
			 "a gateway needs its kind; write preset = \"twilio\"; or another of "
			 "presets/");
		return CONF_E_FAULT;
	}
	r = preset_load(reader, dir, preset, conf_get(root, "preset"), kind);
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

/* --- birth and death --------------------------------------------------------------- */

static bool is_gateway_name(const char *name)
{
	size_t size = strlen(name);

	return size >= 1 && size <= GATEWAY_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == size;
}

static int load(struct gateway *gateway, const char *dir, const char *name, struct faults *faults)
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
	r = read_settings(&reader, dir, conf_root(conf), &gateway->settings);
	if (r != 0) {
		return r;
	}

	return faults->errors > errors ? CONF_E_FAULT : 0;
}

int gateway_load(const char *dir, const char *name, struct faults *faults,
		 struct gateway **ret_gateway)
{
	_cleanup_(gateway_freep) struct gateway *gateway = calloc(1, sizeof(*gateway));
	int r;

	if (!gateway) {
		return -ENOMEM;
	}
	r = load(gateway, dir, name, faults);
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

	secret_done(&gateway->secret);
	free(gateway->ca);
	preset_done(&gateway->settings.kind);
	if (gateway->arena) {
		arena_free(gateway->arena);
	}
	free(gateway);
	return NULL;
}

/* --- the credential ---------------------------------------------------------------- */

static int refuse(struct gateway *gateway, const char *what, const char **ret_why)
{
	(void)snprintf(gateway->why, sizeof(gateway->why), "the credential \"%s\" %s",
		       gateway->settings.values[VALUE_SECRET], what);
	*ret_why = gateway->why;
	return -EINVAL;
}

int gateway_take_secret(struct gateway *gateway, const char *credentials_dir, const char **ret_why)
{
	struct secret fresh = { 0 };
	const char *what = NULL;
	int r;

	if (!gateway_secret_name(gateway)) {
		return 0;
	}
	if (!credentials_dir) {
		return refuse(gateway, "is nowhere: no directory of credentials is given", ret_why);
	}

	r = read_secret(credentials_dir, gateway_secret_name(gateway), &fresh, &what);
	if (r < 0) {
		return what ? refuse(gateway, what, ret_why) : r;
	}
	secret_done(&gateway->secret);
	gateway->secret = fresh;
	return 0;
}

/* --- whom to trust ------------------------------------------------------------- */

int gateway_read_ca(struct gateway *gateway, const char **ret_why)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----";
	const char *path = gateway->settings.ca_file;
	_cleanup_free_ char *ca = NULL;
	int r;

	if (!path) {
		return 0;
	}

	r = file_read(path, CA_MAX, &ca, NULL, NULL);
	if (r == 0 && strstr(ca, begin)) {
		free(gateway->ca);
		gateway->ca = take_ptr(ca);
		return 0;
	}
	if (r == -ENOMEM) {
		return r;
	}
	(void)snprintf(gateway->why, sizeof(gateway->why), "ca_file \"%s\" %s%s", path,
		       r < 0 ? "cannot be read: " : "holds no certificate",
		       r < 0 ? strerror(-r) : "");
	*ret_why = gateway->why;
	return -EINVAL;
}

/* --- what others ask --------------------------------------------------------- */

const char *gateway_name(const struct gateway *gateway)
{
	return gateway->name;
}

bool gateway_on_loopback(const struct gateway *gateway)
{
	return url_on_loopback(gateway->settings.values[VALUE_BASE]);
}

const char *gateway_secret_name(const struct gateway *gateway)
{
	return gateway->settings.values[VALUE_SECRET];
}

bool gateway_idempotent(const struct gateway *gateway)
{
	return gateway->settings.kind.idempotent;
}

bool gateway_handles_stop(const struct gateway *gateway)
{
	return gateway->settings.kind.handles_stop;
}

const char *gateway_ca(const struct gateway *gateway)
{
	return gateway->ca;
}

double gateway_rate(const struct gateway *gateway)
{
	return gateway->settings.rate;
}

unsigned gateway_most_inflight(const struct gateway *gateway)
{
	return (unsigned)gateway->settings.max_inflight;
}

size_t gateway_senders(const struct gateway *gateway)
{
	return gateway->settings.senders.count > 0 ? gateway->settings.senders.count : 1;
}

/* FNV-1a over both numbers, then mixed (MurmurHash3's end): they differ in their last digits only,
 * and the weights must not. */
static uint64_t weigh(const char *from, const char *to)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (const char *text = from; *text; text++) {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	}
	for (const char *text = to; *text; text++) {
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	}
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

/* The heaviest pair wins, so that a number more or less moves only the clients it must. */
size_t gateway_sender_for(const struct gateway *gateway, const char *to)
{
	size_t best = 0;
	uint64_t most = 0;

	for (size_t i = 0;
	     gateway->settings.senders.count > 1 && i < gateway->settings.senders.count; i++) {
		uint64_t weight = weigh(gateway->settings.senders.list[i], to);

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
	long long most = gateway->settings.kind.most_valid_seconds;
	long long seconds = text->valid_for / HF_SECOND;

	seconds = seconds < 1 ? 1 : seconds > most ? most : seconds;
	(void)snprintf(numbers->segments, sizeof(numbers->segments), "%d", text->segments);
	(void)snprintf(numbers->seconds, sizeof(numbers->seconds), "%lld", seconds);
	(void)snprintf(numbers->minutes, sizeof(numbers->minutes), "%lld",
		       seconds < 60 ? 1 : seconds / 60);
	(void)snprintf(numbers->milliseconds, sizeof(numbers->milliseconds), "%lld000", seconds);
}

static void write_settings(const struct gateway *gateway, const char **values)
{
	const struct settings *settings = &gateway->settings;

	for (size_t i = 0; i < settings->kind.count; i++) {
		values[i] = settings->values[i] ? settings->values[i] : "";
	}
	values[VALUE_SECRET] = gateway->secret.now ? gateway->secret.now : "";
}

int gateway_compose(const struct gateway *gateway, const struct wire_text *text,
		    struct preset_request *ret_request)
{
	const char *values[TEMPLATE_VALUES_MAX];
	struct numbers numbers = { 0 };
	int r;

	write_numbers(gateway, text, &numbers);
	write_settings(gateway, values);
	values[VALUE_TO] = text->to;
	values[VALUE_TEXT] = text->body;
	values[VALUE_KEY] = text->key;
	values[VALUE_AT] = text->at ? text->at : "";
	values[VALUE_SEGMENTS] = numbers.segments;
	values[VALUE_VALID_SECONDS] = numbers.seconds;
	values[VALUE_VALID_MINUTES] = numbers.minutes;
	values[VALUE_VALID_MILLISECONDS] = numbers.milliseconds;
	if (gateway->settings.senders.count > 0) {
		values[VALUE_FROM] =
			gateway->settings.senders.list[gateway_sender_for(gateway, text->to)];
	}

	r = request_compose(&gateway->settings.kind.send, gateway->settings.values[VALUE_BASE],
			    values, text->ucs2, ret_request);
	if (r < 0) {
		return r;
	}

	ret_request->resend = gateway->settings.kind.idempotent;
	return 0;
}

void gateway_classify(struct gateway *gateway, const struct preset_answer *answer,
		      struct wire_outcome *ret_outcome)
{
	answer_classify(&gateway->settings.kind.answers, answer, &gateway->words, ret_outcome);
}

/* --- what the gateway brings by itself ----------------------------------------- */

const struct hook_rules *gateway_hooks(const struct gateway *gateway)
{
	return &gateway->settings.kind.hooks;
}

const char *gateway_public_url(const struct gateway *gateway)
{
	return gateway->settings.values[VALUE_PUBLIC_URL];
}

int gateway_verify(const struct gateway *gateway, const struct webhook_request *request,
		   hf_time now, const char **ret_why)
{
	const struct settings *settings = &gateway->settings;
	const struct verify_rules *rules = settings->kind.hooks.verify;
	const char *keys[VERIFY_KEYS_MAX] = { NULL };
	size_t count = 0;

	if (!rules) {
		*ret_why = "its preset does not say how to tell that it is the gateway's";
		return VERIFY_E_REFUSED;
	}

	if (strcmp(verify_key(rules), "secret") == 0) {
		keys[0] = gateway->secret.now;
		keys[1] = gateway->secret.before;
	}
	for (size_t i = VALUE_SECRET + 1; i < settings->kind.count; i++) {
		if (strcmp(settings->kind.names[i], verify_key(rules)) == 0) {
			keys[0] = settings->values[i];
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
			 const char *next, struct preset_request *ret_request)
{
	_cleanup_(preset_request_done) struct preset_request request = { 0 };
	const struct settings *settings = &gateway->settings;
	const char *values[TEMPLATE_VALUES_MAX];
	char text[CIVIL_RFC3339_MAX], date[11];
	int r;

	write_settings(gateway, values);
	civil_format_rfc3339(since, 0, text);
	(void)snprintf(date, sizeof(date), "%.10s", text);
	values[VALUE_SINCE] = text;
	values[VALUE_SINCE_DATE] = date;
	if (sender < settings->senders.count) {
		values[VALUE_OUR_NUMBER] = settings->senders.list[sender];
	}

	r = request_compose(&settings->kind.hooks.poll.request, settings->values[VALUE_BASE],
			    values, false, &request);
	if (r < 0) {
		return r;
	}
	if (next) {
		free(request.url);
		request.url = next_page(settings->values[VALUE_BASE], next);
	}
	if (!request.url) {
		return -EPERM;
	}

	*ret_request = request;
	kept(request.url);
	request = (struct preset_request){ 0 };
	return 0;
}
