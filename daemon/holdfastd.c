/*
 * holdfastd: keeps who is texted what and when, and hands texts to couriers.
 *
 * main() is the table of contents: births in order, deaths in reverse.  What
 * is due is decided in engine/; its one timer is holdfastd/runtime.
 *
 * Promises: READY only when it serves; a start that fails says why, what to do
 * about it, and ends with the code that holdfastd(8) names.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "lib/log.h"
#include "lib/loop.h"
#include "lib/socket.h"
#include "lib/version.h"
#include "store/store.h"
#include "store/suppression.h"
#include "store/witness.h"
#include "engine/couriers.h"
#include "holdfastd/runtime.h"
#include "engine/configuration.h"
#include "staff/api.h"

#define PATH_ROOM 4096

struct options {
	const char *config, *state_dir, *runtime_dir, *rehearse;
	double speed;
	bool new_store;
};

struct daemon {
	struct options options;
	struct rehearsal rehearsal; /* where options.rehearse is given */
	struct clock clock;
	struct model *model; /* until the service takes it */
	char refused
		[CONFIGURATION_ERROR_MAX]; /* the first fault, where its last good copy is used */
	struct db *db;
	bool done; /* nothing is to be served */
	struct loop *loop;
	struct runtime *runtime;
	struct couriers *couriers;
	struct engine *engine;
	struct api *api;
	int api_fd, wire_fd; /* until they are handed over */
};

/* --- signals ---------------------------------------------------------------- */

static void on_hangup(void *userdata, int signal_number)
{
	struct daemon *daemon = userdata;
	struct faults faults = { 0 };

	(void)signal_number;
	loop_notify("RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_monotonic());
	(void)runtime_reload(daemon->runtime, &faults);
	faults_done(&faults);
	loop_notify("READY=1");
}

static void on_terminate(void *userdata, int signal_number)
{
	struct daemon *daemon = userdata;

	(void)signal_number;
	loop_notify("STOPPING=1");
	loop_exit(daemon->loop, EX_OK);
}

/* --- births: 0, or the exit code, after the reason was logged --------------- */

static int out_of(int error)
{
	log_error("cannot start: %s", strerror(-error));
	return error == -EIO || error == -EBADMSG || error == -EROFS ? EX_IOERR : EX_OSERR;
}

static int load_model(struct daemon *daemon)
{
	const struct options *options = &daemon->options;
	int r;

	r = configuration_start(options->config, options->rehearse ? NULL : options->state_dir,
				&daemon->model, daemon->refused);
	if (r < 0) {
		return out_of(r);
	}
	if (r > 0) {
		log_error("the configuration has faults: mend them and start again");
		return EX_CONFIG;
	}
	return 0;
}

static int start_clock(struct daemon *daemon)
{
	const struct options *options = &daemon->options;
	const char *why = NULL;
	int r;

	if (!options->rehearse) {
		clock_init_real(&daemon->clock);
		return 0;
	}

	r = rehearsal_refuse(daemon->model, &why);
	if (r < 0) {
		return out_of(r);
	}
	if (r == REHEARSAL_E_REMOTE) {
		log_error("no rehearsal: gateway %s is not on this machine, and would text people",
			  why);
		return EX_CONFIG;
	}
	r = rehearsal_parse(options->rehearse, options->speed, daemon->model->site.zone,
			    &daemon->rehearsal, &why);
	if (r < 0) {
		log_error("no rehearsal: %s", why);
		return EX_CONFIG;
	}

	clock_init_told(&daemon->clock, daemon->rehearsal.from, options->speed);
	return 0;
}

/* Names, numbers and words are in there: for nobody else to read, and to change least of all. */
static void close_to_others(const char *dir)
{
	static const char *const names[] = { "",
					     "/holdfast.db",
					     "/holdfast.db-wal",
					     "/holdfast.seen",
					     "/holdfast.stops",
					     "/holdfast.stops.key",
					     "/config.good" };
	char path[PATH_ROOM];
	struct stat status;

	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		if (lstat(path, &status) < 0 || S_ISLNK(status.st_mode) ||
		    (status.st_mode & 077) == 0) {
			continue;
		}
		if (chmod(path, status.st_mode & 0700) == 0) {
			log_error("%s was open to others (mode %03o) and is closed to them now; "
				  "see who"
				  " may have read or changed it",
				  path, status.st_mode & 0777);
		} else {
			log_error("%s is open to others (mode %03o): chmod go= %s", path,
				  status.st_mode & 0777, path);
		}
	}
}

/* A database is not made anew in place of one that is gone, without somebody's word. */
static int check_there(const struct options *options)
{
	const char *dir = options->state_dir;
	bool there = store_is_there(dir);

	if (!there && !options->new_store && witness_of_work(dir)) {
		log_error("%s/holdfast.db is gone, and this directory was worked with: put it back "
			  "from a"
			  " backup; where there is none, say holdfastd --new-store once",
			  dir);
		return EX_DATAERR;
	}
	if (there && options->new_store) {
		log_error("%s/holdfast.db is there: --new-store is for one that is gone", dir);
		return EX_DATAERR;
	}
	return 0;
}

static int open_suppressions(struct daemon *daemon)
{
	const char *dir = daemon->options.state_dir;
	int r = suppression_open(dir, daemon->db);

	if (r == SUPPRESSION_E_KEY) {
		log_error("%s/holdfast.stops.key is gone or damaged, and without it nobody knows "
			  "who is in"
			  " holdfast.stops: put it back from a backup",
			  dir);
		return EX_DATAERR;
	}
	if (r < 0) {
		log_error("%s/holdfast.stops cannot be read or written: %s", dir, strerror(-r));
		return EX_IOERR;
	}
	return 0;
}

/* Nobody is asked again about what somebody has just said he wants. */
static int open_witness(struct daemon *daemon)
{
	bool held = !daemon->options.rehearse && !daemon->options.new_store;
	enum witness_finding finding;
	int r = witness_open(daemon->options.state_dir, daemon->db, held ? clock_guard_holds : NULL,
			     clock_now(&daemon->clock), &finding);

	if (r < 0) {
		log_error("%s/holdfast.seen cannot be read or written: %s",
			  daemon->options.state_dir, strerror(-r));
		return EX_IOERR;
	}

	r = open_suppressions(daemon);
	if (r != 0) {
		return r;
	}

	daemon->done = daemon->options.new_store;
	if (daemon->done) {
		log_notice("a new database is made; start the service");
	}
	return 0;
}

/* Never made anew in place of one that cannot be read: it holds who said STOP. */
static int open_store(struct daemon *daemon)
{
	const char *dir = daemon->options.state_dir;
	int r = check_there(&daemon->options);

	if (r != 0) {
		return r;
	}

	(void)mkdir(dir, 0700);
	close_to_others(dir);
	r = store_open(dir, &daemon->db);
	switch (r) {
	case 0:
		return open_witness(daemon);
	case DB_E_FOREIGN:
		log_error("%s/holdfast.db is no database of Holdfast; move it away, or give "
			  "another --state-dir",
			  dir);
		return EX_DATAERR;
	case DB_E_NEWER:
		log_error("%s/holdfast.db was made by a newer Holdfast; install that one", dir);
		return EX_PROTOCOL;
	case DB_E_LOCKED:
		log_error("another process holds %s/holdfast.db; stop it first", dir);
		return EX_UNAVAILABLE;
	case DB_E_ALTERED:
		log_error("%s/holdfast.db was altered: its tables or triggers are not those of "
			  "Holdfast;"
			  " keep it, find out who did it, and put a backup in its place",
			  dir);
		return EX_DATAERR;
	case -EBADMSG:
		log_error("%s/holdfast.db is damaged; keep it, and put a backup in its place", dir);
		return EX_DATAERR;
	default:
		log_error("%s/holdfast.db cannot be opened: %s", dir, strerror(-r));
		return EX_IOERR;
	}
}

/* systemd's socket of that name, else one of our own in the runtime directory. */
static int listen_on(const struct daemon *daemon, const char *name,
		     int (*own)(const char *path, int *ret_fd), int *ret_fd)
{
	char path[PATH_ROOM];
	int r;

	r = loop_passed_socket(name);
	if (r >= 0) {
		*ret_fd = r;
		return 0;
	}

	(void)mkdir(daemon->options.runtime_dir, 0755);
	(void)snprintf(path, sizeof(path), "%s/%s.sock", daemon->options.runtime_dir, name);
	r = own(path, ret_fd);
	if (r < 0) {
		log_error("%s: %s", path, strerror(-r));
		return EX_CANTCREAT;
	}
	return 0;
}

static int listen_to_staff(const char *path, int *ret_fd)
{
	return socket_listen_unix(path, 0660, ret_fd);
}

/* The staff's first: another holdfastd that serves it is found before its wire is touched. */
static int open_sockets(struct daemon *daemon)
{
	int r;

	r = listen_on(daemon, "api", listen_to_staff, &daemon->api_fd);
	if (r != 0) {
		return r;
	}

	return listen_on(daemon, "wire", wire_listen, &daemon->wire_fd);
}

static int start_service(struct daemon *daemon)
{
	hf_time now = clock_now(&daemon->clock);
	struct clock_reading reading;
	struct clock_hold hold;
	int r;

	/* Before the service is born: with a clock that is not believed it does less. */
	clock_read(&daemon->clock, &reading);
	r = daemon->options.rehearse ? 0 : clock_guard_check(daemon->db, 0, &reading, &hold);
	if (r < 0) {
		return out_of(r);
	}

	r = couriers_new(daemon->loop, take_fd(daemon->wire_fd), &daemon->clock, runtime_run,
			 daemon->runtime, &daemon->couriers);
	r = r ? r
	      : engine_new(daemon->db, take_ptr(daemon->model), couriers_hand_over,
			   daemon->couriers, now, &daemon->engine);
	r = r ? r : couriers_serve(daemon->couriers, daemon->engine);
	if (r < 0) {
		return out_of(r);
	}

	if (daemon->options.rehearse) {
		engine_rehearse(daemon->engine);
	}
	runtime_serve(daemon->runtime, daemon->engine);
	if (!daemon->options.rehearse) {
		runtime_keep_copies(daemon->runtime, daemon->options.state_dir, daemon->refused);
	}
	return 0;
}

static int start_api(struct daemon *daemon)
{
	const struct api_host host = { .engine = daemon->engine,
				       .clock = &daemon->clock,
				       .version = HOLDFAST_VERSION,
				       .since = clock_now(&daemon->clock),
				       .reload = runtime_reload,
				       .changed = runtime_run_soon,
				       .last_reload = runtime_last_reload,
				       .userdata = daemon->runtime };
	int r;

	r = api_new(daemon->loop, take_fd(daemon->api_fd), &host, &daemon->api);
	return r == 0 ? 0 : out_of(r);
}

static int start_loop(struct daemon *daemon)
{
	const struct rehearsal *rehearsal = daemon->options.rehearse ? &daemon->rehearsal : NULL;
	int r;

	r = loop_new(&daemon->loop);
	r = r ? r
	      : runtime_new(daemon->loop, &daemon->clock, daemon->options.config, rehearsal,
			    &daemon->runtime);
	r = r ? r : loop_on(daemon->loop, SIGHUP, on_hangup, daemon);
	r = r ? r : loop_on(daemon->loop, SIGTERM, on_terminate, daemon);
	r = r ? r : loop_on(daemon->loop, SIGINT, on_terminate, daemon);
	return r == 0 ? 0 : out_of(r);
}

static int serve(struct daemon *daemon)
{
	int r;

	log_notice("serving %zu clients", engine_model(daemon->engine)->client_count);
	loop_notify("READY=1");
	r = loop_run(daemon->loop);
	return r < 0 ? out_of(r) : r;
}

static void close_all(struct daemon *daemon)
{
	daemon->api = api_free(daemon->api);
	daemon->couriers = couriers_free(daemon->couriers);
	daemon->engine = engine_free(daemon->engine);
	daemon->runtime = runtime_free(daemon->runtime);
	daemon->loop = loop_free(daemon->loop);
	suppression_close(daemon->db);
	witness_close(daemon->db);
	daemon->db = db_close(daemon->db);
	closep(&daemon->api_fd);
	closep(&daemon->wire_fd);
	daemon->model = model_free(daemon->model);
	zone_close();
}

/* --- the command line --------------------------------------------------------- */

static const char usage[] =
	"Usage: holdfastd [OPTION]...\n"
	"Works out which texts are due, records them, and hands them to couriers.\n"
	"\n"
	"  --config FILE            default /etc/holdfast/holdfast.conf\n"
	"  --state-dir DIR          where holdfast.db is; default /var/lib/holdfast\n"
	"  --runtime-dir DIR        where the sockets are; default /run/holdfast\n"
	"  --rehearse FROM[/UNTIL]  play that stretch of the schedule; refuses any gateway\n"
	"                           that is not on this machine\n"
	"  --speed N                a rehearsal's seconds a second; 0: from event to event\n"
	"  --new-store              make a database in place of one that is gone for good, and\n"
	"                           end\n"
	"  --help, --version\n";

enum {
	OPTION_CONFIG = 1,
	OPTION_STATE_DIR,
	OPTION_RUNTIME_DIR,
	OPTION_REHEARSE,
	OPTION_SPEED,
	OPTION_NEW_STORE,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "state-dir", required_argument, NULL, OPTION_STATE_DIR },
	{ "runtime-dir", required_argument, NULL, OPTION_RUNTIME_DIR },
	{ "rehearse", required_argument, NULL, OPTION_REHEARSE },
	{ "speed", required_argument, NULL, OPTION_SPEED },
	{ "new-store", no_argument, NULL, OPTION_NEW_STORE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ NULL, 0, NULL, 0 },
};

static bool read_speed(const char *text, double *ret_speed)
{
	char *end = NULL;
	double speed = strtod(text, &end);

	if (end == text || *end || !(speed >= 0 && speed <= 1e9)) {
		return false;
	}

	*ret_speed = speed;
	return true;
}

/* False where it makes no sense. */
static bool take_option(struct options *options, int option)
{
	switch (option) {
	case OPTION_CONFIG:
		options->config = optarg;
		return true;
	case OPTION_STATE_DIR:
		options->state_dir = optarg;
		return true;
	case OPTION_RUNTIME_DIR:
		options->runtime_dir = optarg;
		return true;
	case OPTION_REHEARSE:
		options->rehearse = optarg;
		return true;
	case OPTION_SPEED:
		return read_speed(optarg, &options->speed);
	case OPTION_NEW_STORE:
		options->new_store = true;
		return true;
	default:
		return false;
	}
}

/* True where the program goes on; else *ret_code is what it ends with. */
static bool read_options(int argc, char **argv, struct options *ret_options, int *ret_code)
{
	struct options options = { .config = "/etc/holdfast/holdfast.conf",
				   .state_dir = "/var/lib/holdfast",
				   .runtime_dir = "/run/holdfast",
				   .speed = 1 };
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option == OPTION_HELP || option == OPTION_VERSION) {
			(void)fputs(option == OPTION_HELP ? usage
							  : "holdfastd " HOLDFAST_VERSION "\n",
				    stdout);
			*ret_code = EX_OK;
			return false;
		}
		if (!take_option(&options, option)) {
			(void)fputs(usage, stderr);
			*ret_code = EX_USAGE;
			return false;
		}
	}
	if (optind < argc) {
		(void)fputs(usage, stderr);
		*ret_code = EX_USAGE;
		return false;
	}

	*ret_options = options;
	return true;
}

int main(int argc, char **argv)
{
	static int (*const births[])(struct daemon * daemon) = {
		load_model, start_clock,   open_store, open_sockets,
		start_loop, start_service, start_api,  serve,
	};
	struct daemon daemon = { .api_fd = -1, .wire_fd = -1 };
	int code = EX_OK;

	if (!read_options(argc, argv, &daemon.options, &code)) {
		return code;
	}
	log_open("holdfastd", LOG_LEVEL_INFO);
	for (size_t i = 0; i < COUNT(births) && code == EX_OK && !daemon.done; i++) {
		code = births[i](&daemon);
	}

	close_all(&daemon);
	return code;
}
