/*
 * holdfast-courier: carries texts from holdfastd to one gateway.
 *
 * It has the network, the account's secret and the texts that are under way;
 * it has no database and no list of clients.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "lib/clock.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/socket.h"
#include "lib/cleanup.h"
#include "lib/version.h"
#include "courier/poller.h"
#include "courier/sender.h"
#include "courier/watch.h"
#include "courier/webhook.h"

#define CONNECT_TIMEOUT (10 * HF_SECOND)
#define ANSWER_TIMEOUT  (30 * HF_SECOND)
/* A little over the longest request: systemd's TimeoutStopSec= must be more. */
#define DRAIN_TIMEOUT (35 * HF_SECOND)

struct courier {
	const char *name, *config, *runtime_dir, *credentials, *listen;
	char *dir; /* of the configuration */
	char *wire_path;
	struct gateway *gateway;
	struct loop *loop;
	struct clock clock;
	struct link *link;
	struct sender *sender;
	struct forward *forward;
	struct webhook *webhook; /* NULL: nobody can call */
	struct poller *poller;
	struct watch *watch;
	struct loop_timer *deadline;
};

static const char usage[] =
	"Usage: holdfast-courier [OPTION...] NAME\n"
	"Carry texts from holdfastd to the gateway of gateways/NAME.conf.\n"
	"\n"
	"  --config FILE        holdfast.conf, or its directory  (/etc/holdfast/holdfast.conf)\n"
	"  --runtime-dir DIR    where holdfastd's wire.sock is  (/run/holdfast)\n"
	"  --credentials DIR    where the secret is  ($CREDENTIALS_DIRECTORY)\n"
	"  --listen ADDR:PORT   hear what the gateway brings, at /hooks/NAME  (systemd's socket)\n"
	"  --help, --version\n"
	"\n"
	"SIGHUP reads the gateway's file, secret and ca_file again.  SIGTERM finishes what is "
	"under way.\n"
	"Exit status: 0 stopped, 2 usage, 78 the configuration is wrong, 1 anything else.\n";

/* --- command line ------------------------------------------------------------ */

#define EXIT_USAGE 2

/* > 0: go on; else what to exit with, negated. */
static int read_arguments(int argc, char **argv, struct courier *courier)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "runtime-dir", required_argument, NULL, 'r' },
		{ "credentials", required_argument, NULL, 's' },
		{ "listen", required_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			courier->config = optarg;
			break;
		case 'r':
			courier->runtime_dir = optarg;
			break;
		case 's':
			courier->credentials = optarg;
			break;
		case 'l':
			courier->listen = optarg;
			break;
		case 'h':
			(void)fputs(usage, stdout);
			return 0;
		case 'V':
			(void)puts("holdfast-courier " HOLDFAST_VERSION);
			return 0;
		default:
			(void)fputs("Try 'holdfast-courier --help'.\n", stderr);
			return -EXIT_USAGE;
		}
	}
	if (optind + 1 != argc) {
		(void)fputs("Name one gateway.  Try 'holdfast-courier --help'.\n", stderr);
		return -EXIT_USAGE;
	}

	courier->name = argv[optind];
	return 1;
}

static int find_paths(struct courier *courier)
{
	courier->dir = file_folder(courier->config);
	if (asprintf(&courier->wire_path, "%s/wire.sock", courier->runtime_dir) < 0) {
		courier->wire_path = NULL;
	}
	return courier->dir && courier->wire_path ? 0 : -ENOMEM;
}

/* --- configuration ------------------------------------------------------------ */

static void print_faults(const struct courier *courier, struct faults *faults)
{
	faults_sort(faults);
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->list[i];

		if (fault->severity == FAULT_WARNING) {
			log_warning("%s/%s:%u: %s", courier->dir, fault->file, fault->line,
				    fault->message);
		} else {
			log_error("%s/%s:%u: %s", courier->dir, fault->file, fault->line,
				  fault->message);
		}
	}
}

/* 0, or an exit status after saying why. */
static int load(const struct courier *courier, struct gateway **ret_gateway)
{
	_cleanup_(gateway_freep) struct gateway *gateway = NULL;
	_cleanup_(faults_done) struct faults faults = { 0 };
	const char *why = "memory is out";
	int r;

	r = gateway_load(courier->dir, courier->name, &faults, &gateway);
	print_faults(courier, &faults);
	if (r < 0) {
		log_error("cannot read the configuration: %s", strerror(-r));
		return EXIT_FAILURE;
	}
	if (r > 0) {
		return EX_CONFIG;
	}
	r = gateway_read_secret(gateway, courier->credentials, &why);
	r = r ? r : gateway_read_ca(gateway, &why);
	if (r < 0) {
		log_error("gateways/%s.conf: %s", courier->name, why);
		return EX_CONFIG;
	}

	*ret_gateway = take_ptr(gateway);
	return 0;
}

/* --- signals ------------------------------------------------------------------ */

static void on_reload(void *userdata, int signal_number)
{
	struct courier *courier = userdata;
	struct gateway *fresh;

	(void)signal_number;
	if (load(courier, &fresh) != 0) {
		log_error("gateways/%s.conf is not used; the courier goes on as before",
			  courier->name);
		return;
	}

	sender_set_gateway(courier->sender, fresh);
	poller_set_gateway(courier->poller, fresh);
	watch_set_gateway(courier->watch, fresh);
	if (courier->webhook) {
		webhook_set_gateway(courier->webhook, fresh);
	}
	(void)gateway_free(courier->gateway);
	courier->gateway = fresh;
	log_notice("gateways/%s.conf is read again", courier->name);
}

static void on_drained(void *userdata)
{
	struct courier *courier = userdata;

	loop_exit(courier->loop, EXIT_SUCCESS);
}

static void on_deadline(void *userdata)
{
	struct courier *courier = userdata;

	log_warning("stopping with texts under way; they will be called unknown");
	loop_exit(courier->loop, EXIT_SUCCESS);
}

static void on_stop(void *userdata, int signal_number)
{
	struct courier *courier = userdata;

	(void)signal_number;
	loop_notify("STOPPING=1\nSTATUS=finishing what is under way");
	(void)loop_timer_set(courier->deadline, DRAIN_TIMEOUT);
	sender_drain(courier->sender, on_drained, courier);
}

/* --- holdfastd ------------------------------------------------------------------ */

static void on_up(void *userdata)
{
	struct courier *courier = userdata;

	sender_up(courier->sender);
	if (link_wire(courier->link)) {
		forward_up(courier->forward, link_wire(courier->link));
		poller_up(courier->poller);
	}
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	struct courier *courier = userdata;

	sender_texts(courier->sender, texts, count);
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	struct courier *courier = userdata;

	forward_stored(courier->forward, stored, count);
}

static void on_beat(void *userdata, const struct wire_beat *beat)
{
	struct courier *courier = userdata;

	watch_beat(courier->watch, beat);
}

static void on_alarms(void *userdata, const struct wire_alarm *alarms, size_t count)
{
	struct courier *courier = userdata;

	watch_alarms(courier->watch, alarms, count);
}

static void on_down(void *userdata)
{
	struct courier *courier = userdata;

	forward_down(courier->forward);
	sender_down(courier->sender);
}

static void on_closed(void *userdata, const char *why)
{
	struct courier *courier = userdata;

	link_drop(courier->link, why);
}

/* --- what the gateway brings ---------------------------------------------------- */

/* The descriptor, -ENOENT where nobody is to call, -errno. */
static int find_socket(const struct courier *courier)
{
	int fd, r;

	if (!courier->listen) {
		return loop_passed_socket("webhook");
	}

	r = socket_listen_tcp(courier->listen, &fd, NULL);
	if (r < 0) {
		log_error("cannot listen on %s: %s", courier->listen, strerror(-r));
		return r;
	}
	return fd;
}

/* --- birth, life and death ---------------------------------------------------- */

static int courier_open(struct courier *courier)
{
	static const struct link_handlers handlers = {
		.wire = { .on_texts = on_texts,
			  .on_stored = on_stored,
			  .on_beat = on_beat,
			  .on_alarms = on_alarms,
			  .on_closed = on_closed },
		.on_up = on_up,
		.on_down = on_down,
	};
	const struct gateway *gateway = courier->gateway;
	const struct http_client_options options = {
		.most_connections = gateway->max_inflight,
		.connect_timeout = CONNECT_TIMEOUT,
		.timeout = ANSWER_TIMEOUT,
	};
	struct loop *loop;
	int r, fd;

	r = loop_new(&courier->loop);
	if (r < 0) {
		return r;
	}
	loop = courier->loop;
	r = loop_add_timer(loop, on_deadline, courier, &courier->deadline);
	r = r ? r : link_new(loop, courier->wire_path, &handlers, courier, &courier->link);
	r = r ? r : sender_new(loop, courier->gateway, courier->link, &options, &courier->sender);
	r = r ? r : forward_new(loop, &courier->forward);
	r = r ? r
	      : poller_new(loop, gateway, &options, &courier->clock, courier->forward,
			   &courier->poller);
	r = r ? r : watch_new(loop, gateway, &options, &courier->clock, &courier->watch);
	r = r ? r : loop_on(loop, SIGHUP, on_reload, courier);
	r = r ? r : loop_on(loop, SIGINT, on_stop, courier);
	r = r ? r : loop_on(loop, SIGTERM, on_stop, courier);
	if (r < 0) {
		return r;
	}

	fd = find_socket(courier);
	if (fd == -ENOENT && !courier->listen) {
		return 0;
	}
	return fd < 0 ? fd
		      : webhook_new(loop, fd, gateway, &courier->clock, courier->forward,
				    &courier->webhook);
}

static void courier_done(struct courier *courier)
{
	(void)webhook_free(courier->webhook);
	(void)watch_free(courier->watch);
	(void)poller_free(courier->poller);
	sender_free(courier->sender);
	(void)forward_free(courier->forward);
	link_free(courier->link);
	loop_timer_free(courier->deadline);
	loop_free(courier->loop);
	(void)gateway_free(courier->gateway);
	free(courier->wire_path);
	free(courier->dir);
}

static int run(struct courier *courier)
{
	int r;

	r = find_paths(courier);
	if (r < 0) {
		return EXIT_FAILURE;
	}
	r = load(courier, &courier->gateway);
	if (r != 0) {
		return r;
	}
	r = courier_open(courier);
	if (r == 0) {
		r = loop_run(courier->loop);
	}
	if (r < 0) {
		log_error("cannot go on: %s", strerror(-r));
	}

	return r < 0 ? EXIT_FAILURE : r;
}

int main(int argc, char **argv)
{
	struct courier courier = {
		.config = "/etc/holdfast/holdfast.conf",
		.runtime_dir = "/run/holdfast",
		.credentials = getenv("CREDENTIALS_DIRECTORY"),
	};
	int r;

	clock_init_real(&courier.clock);
	log_open("holdfast-courier", LOG_LEVEL_INFO);
	r = read_arguments(argc, argv, &courier);
	if (r <= 0) {
		return -r;
	}

	r = run(&courier);
	courier_done(&courier);
	return r;
}
