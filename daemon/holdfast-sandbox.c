/*
 * holdfast-sandbox: a pretend SMS gateway for trying Holdfast out and for its
 * tests.  It has phones in the browser and sends nothing to anybody.
 *
 * It serves this machine and no other: texts that were meant for clients stand
 * readable on its page.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/socket.h"
#include "lib/url.h"
#include "lib/version.h"
#include "sandbox/sandbox.h"

#define EXIT_USAGE 2
#define SECRET_MAX 256

DEFINE_CLEANUP(struct loop *, loop_free);
DEFINE_CLEANUP(struct sandbox *, sandbox_free);

static const char help[] =
	"Usage: holdfast-sandbox [OPTION...]\n"
	"A pretend SMS gateway with a page of phones, on this machine only.\n"
	"\n"
	"  --listen ADDRESS:PORT  where it is reached (127.0.0.1:8025); a loopback address\n"
	"  --log FILE             a line of JSON for each request, appended before its answer\n"
	"  --secret-file FILE     the couriers' token (without one it is \"sandbox\")\n"
	"  --webhook URL          where to take what is written on a phone; a loopback URL\n"
	"  --help, --version\n"
	"\n"
	"  GET  /           the phones\n"
	"  POST /messages   a text, as a courier sends it\n"
	"  GET  /inbound    what clients wrote, for a courier that asks "
	"(?since=2026-11-23T10:00:00Z)\n"
	"  POST /control    what is to go wrong: {\"fault\": \"status\", \"status\": 429, "
	"\"count\": 3}\n"
	"  GET  /log        the requests so far (?after=N)\n";

struct arguments {
	const char *listen, *secret_file;
	struct sandbox_options options;
};

/* 0 go on, 1 all is said, EXIT_USAGE. */
static int parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "log", required_argument, NULL, 'o' },
		{ "secret-file", required_argument, NULL, 's' },
		{ "webhook", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'l':
			arguments->listen = optarg;
			break;
		case 'o':
			arguments->options.log = optarg;
			break;
		case 's':
			arguments->secret_file = optarg;
			break;
		case 'w':
			arguments->options.webhook = optarg;
			break;
		case 'h':
			(void)fputs(help, stdout);
			return 1;
		case 'v':
			(void)puts("holdfast-sandbox " HOLDFAST_VERSION);
			return 1;
		default:
			return EXIT_USAGE;
		}
	}

	if (optind < argc) {
		(void)fprintf(stderr, "holdfast-sandbox: %s: no such argument; see --help\n",
			      argv[optind]);
		return EXIT_USAGE;
	}

	return 0;
}

/* Nothing here may be reached from, or reach, another machine. */
static int check(const struct arguments *arguments)
{
	if (!socket_is_loopback(arguments->listen)) {
		log_error("--listen %s: not a loopback address with a port; take 127.0.0.1:8025",
			  arguments->listen);
		return EXIT_USAGE;
	}

	if (arguments->options.webhook && !url_on_loopback(arguments->options.webhook)) {
		log_error("--webhook: not a URL on this machine; take "
			  "http://127.0.0.1:PORT/hooks/NAME");
		return EXIT_USAGE;
	}

	return 0;
}

static int read_secret(const char *path, char ret_secret[SECRET_MAX])
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char secret[SECRET_MAX];
	ssize_t size;

	if (fd < 0) {
		return -errno;
	}

	size = read(fd, secret, sizeof(secret) - 1);
	if (size < 0) {
		return -errno;
	}

	secret[size] = '\0';
	secret[strcspn(secret, "\r\n")] = '\0';
	if (!*secret || size == sizeof(secret) - 1) {
		return -EINVAL;
	}

	strcpy(ret_secret, secret);
	return 0;
}

static void on_signal(void *userdata, int signal_number)
{
	(void)signal_number;
	loop_exit(userdata, 0);
}

static int run(const struct arguments *arguments)
{
	_cleanup_(loop_freep) struct loop *loop = NULL;
	_cleanup_(sandbox_freep) struct sandbox *sandbox = NULL;
	int r, fd, port;

	r = loop_new(&loop);
	if (r < 0) {
		return r;
	}

	r = loop_on(loop, SIGTERM, on_signal, loop);
	if (r == 0) {
		r = loop_on(loop, SIGINT, on_signal, loop);
	}
	if (r < 0) {
		return r;
	}

	r = socket_listen_tcp(arguments->listen, &fd, &port);
	if (r < 0) {
		return r;
	}

	r = sandbox_new(loop, fd, &arguments->options, &sandbox);
	if (r < 0) {
		return r;
	}

	(void)printf("The phones: http://%.*s:%d\n",
		     (int)(strrchr(arguments->listen, ':') - arguments->listen), arguments->listen,
		     port);
	(void)fflush(stdout);
	return loop_run(loop);
}

int main(int argc, char **argv)
{
	struct arguments arguments = {
		.listen = "127.0.0.1:8025",
		.options = { .secret = "sandbox" },
	};
	char secret[SECRET_MAX];
	int r;

	log_open("holdfast-sandbox", LOG_LEVEL_INFO);
	r = parse(argc, argv, &arguments);
	if (r == 0) {
		r = check(&arguments);
	}
	if (r > 0) {
		return r == EXIT_USAGE ? EXIT_USAGE : EXIT_SUCCESS;
	}

	if (arguments.secret_file) {
		r = read_secret(arguments.secret_file, secret);
		if (r < 0) {
			log_error("--secret-file %s: %s", arguments.secret_file, strerror(-r));
			return EXIT_FAILURE;
		}
		arguments.options.secret = secret;
	}

	r = run(&arguments);
	if (r < 0) {
		log_error("cannot go on: %s", strerror(-r));
		return EXIT_FAILURE;
	}

	return EXIT_SUCCESS;
}
