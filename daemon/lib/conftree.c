/*
 * libconfig, behind this one file.
 *
 * Promises: a file that is too large, too deep, no text or not a plain file
 * never reaches the parser, and @include reads nothing.  Dangerous: libconfig
 * cuts numbers that do not fit and joins texts that stand side by side;
 * lib/syntax refuses both before.
 */
#include "lib/conftree.h"

#include <assert.h>
#include <errno.h>
#include <libconfig.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/syntax.h"

struct conf {
	config_t config;
	char *shown;
};

/* A node is libconfig's setting; it takes no const. */
static config_setting_t *setting_of(const struct conf_node *node)
{
	return (config_setting_t *)(uintptr_t)node;
}

/* --- reading ------------------------------------------------------------- */

static int parse(struct conf *conf, const char *text, struct faults *faults)
{
	_cleanup_free_ char *ended = NULL;
	const char *why;
	unsigned line;

	/* libconfig takes a comment that ends with the file, and not with a line, for an error. */
	if (asprintf(&ended, "%s\n", text) < 0) {
		ended = NULL;
		return -ENOMEM;
	}
	if (config_read_string(&conf->config, ended) == CONFIG_TRUE) {
		return 0;
	}

	why = config_error_text(&conf->config);
	line = (unsigned)config_error_line(&conf->config);
	if (why && strstr(why, "duplicate")) {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "duplicate-key",
			  "this key is already set in the same group; keep one of the two");
	} else if (why && strstr(why, "mismatched")) {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "mixed-list",
			  "values of different kinds in [ ]; write all as text or all as numbers");
	} else {
		fault_add(faults, FAULT_ERROR, conf->shown, line, "syntax",
			  "cannot be understood from here on; write key = value; and look at the "
			  "line before, too");
	}
	return CONF_E_FAULT;
}

int conf_read_text(const char *text, const char *shown, struct faults *faults,
		   struct conf **ret_conf)
{
	_cleanup_(conf_freep) struct conf *conf = NULL;
	int r;

	/* What some editors put before the first character. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
	}
	r = syntax_check(text, shown, faults);
	if (r != 0) {
		return r < 0 ? r : CONF_E_FAULT;
	}

	conf = calloc(1, sizeof(*conf));
	if (!conf) {
		return -ENOMEM;
	}
	config_init(&conf->config);
	conf->shown = strdup(shown);
	if (!conf->shown) {
		return -ENOMEM;
	}

	r = parse(conf, text, faults);
	if (r != 0) {
		return r;
	}

	*ret_conf = take_ptr(conf);
	return 0;
}

struct conf *conf_free(struct conf *conf)
{
	if (conf) {
		config_destroy(&conf->config);
		free(conf->shown);
		free(conf);
	}
	return NULL;
}

/* A NUL would hide what stands behind it. */
static int slurp(const char *path, char **ret_text, struct file_stamp *ret_stamp)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int r = file_read(path, CONF_FILE_MAX, &text, &size, ret_stamp);

	if (r != 0) {
		return r;
	}
	if (memchr(text, '\0', size)) {
		return -EILSEQ;
	}

	*ret_text = take_ptr(text);
	return 0;
}

static bool is_link(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

static void complain(const char *path, const char *shown, int answer, struct faults *faults)
{
	if (answer == FILE_E_CHANGED) {
		fault_add(faults, FAULT_ERROR, shown, 1, "changing",
			  "changed while it was being read; reload again");
	} else if (answer == -EFBIG) {
		fault_add(faults, FAULT_ERROR, shown, 1, "too-large",
			  "more than %ld KiB; split it into several files", CONF_FILE_MAX / 1024);
	} else if (answer == -EILSEQ) {
		fault_add(faults, FAULT_ERROR, shown, 1, "utf-8",
			  "not a text file (it holds a zero byte); save it as plain text, UTF-8");
	} else if (answer == -ENOENT && is_link(path)) {
		fault_add(faults, FAULT_ERROR, shown, 1, "unreadable",
			  "a link to a file that is not there; put it there, or remove the link");
	} else {
		fault_add(faults, FAULT_ERROR, shown, 1, "unreadable",
			  "cannot be read: %s; the user that runs this must be able to read it",
			  answer == -EINVAL ? "not a plain file" : strerror(-answer));
	}
}

int conf_read_stamped(const char *path, const char *shown, struct faults *faults,
		      struct file_stamp *ret_stamp, struct conf **ret_conf)
{
	_cleanup_free_ char *text = NULL;
	struct file_stamp stamp;
	int r = slurp(path, &text, &stamp);

	if (r == -ENOMEM) {
		return r;
	}
	if (r != 0) {
		complain(path, shown, r, faults);
		return CONF_E_FAULT;
	}
	if (stamp.mode & S_IWOTH) {
		fault_add(faults, FAULT_ERROR, shown, 1, "writable",
			  "everybody on this machine may change what is sent; chmod o-w");
		return CONF_E_FAULT;
	}

	assert(text);
	if (ret_stamp) {
		*ret_stamp = stamp;
	}
	return conf_read_text(text, shown, faults, ret_conf);
}

int conf_read(const char *path, const char *shown, struct faults *faults, struct conf **ret_conf)
{
	return conf_read_stamped(path, shown, faults, NULL, ret_conf);
}

/* --- looking at it -------------------------------------------------------- */

const struct conf_node *conf_root(const struct conf *conf)
{
	return (const struct conf_node *)config_root_setting(&conf->config);
}

/* The config is the first member of a conf. */
const char *conf_file(const struct conf_node *node)
{
	return ((const struct conf *)setting_of(node)->config)->shown;
}

unsigned conf_line(const struct conf_node *node)
{
	unsigned line = config_setting_source_line(setting_of(node));

	return line > 0 ? line : 1;
}

const char *conf_key(const struct conf_node *node)
{
	return config_setting_name(setting_of(node));
}

size_t conf_count(const struct conf_node *node)
{
	return conf_is_group(node) || conf_is_list(node)
		       ? (size_t)config_setting_length(setting_of(node))
		       : 0;
}

const struct conf_node *conf_at(const struct conf_node *node, size_t index)
{
	return (const struct conf_node *)config_setting_get_elem(setting_of(node), (unsigned)index);
}

const struct conf_node *conf_get(const struct conf_node *group, const char *key)
{
	if (!group || !conf_is_group(group)) {
		return NULL;
	}
	return (const struct conf_node *)config_setting_get_member(setting_of(group), key);
}

bool conf_is_group(const struct conf_node *node)
{
	return config_setting_type(setting_of(node)) == CONFIG_TYPE_GROUP;
}

bool conf_is_list(const struct conf_node *node)
{
	return config_setting_type(setting_of(node)) == CONFIG_TYPE_LIST ||
	       config_setting_type(setting_of(node)) == CONFIG_TYPE_ARRAY;
}

const char *conf_text(const struct conf_node *node)
{
	if (!node || config_setting_type(setting_of(node)) != CONFIG_TYPE_STRING) {
		return NULL;
	}
	return config_setting_get_string(setting_of(node));
}

bool conf_int(const struct conf_node *node, long long *ret_number)
{
	int type = config_setting_type(setting_of(node));

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		return false;
	}
	*ret_number = config_setting_get_int64(setting_of(node));
	return true;
}

bool conf_real(const struct conf_node *node, double *ret_number)
{
	long long whole;

	if (conf_int(node, &whole)) {
		*ret_number = (double)whole;
		return true;
	}
	if (config_setting_type(setting_of(node)) != CONFIG_TYPE_FLOAT) {
		return false;
	}
	*ret_number = config_setting_get_float(setting_of(node));
	return true;
}

bool conf_bool(const struct conf_node *node, bool *ret_truth)
{
	if (config_setting_type(setting_of(node)) != CONFIG_TYPE_BOOL) {
		return false;
	}
	*ret_truth = config_setting_get_bool(setting_of(node)) == CONFIG_TRUE;
	return true;
}
