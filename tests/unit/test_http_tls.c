/*
 * TLS: a certificate that nobody vouches for, or for another name, means that
 * nothing was sent.  The server is openssl(1)'s.
 */
#include "test.h"
#include "http_rig.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>

#include "lib/cleanup.h"
#include "lib/file.h"

static char dir[] = "/tmp/holdfast-XXXXXX";
static char certificate[PATH_MAX], key[PATH_MAX], *pem;

/* Runs openssl with what it says thrown away; its process, for waiting or killing. */
static pid_t openssl(const char *const *arguments)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 0);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
		(void)execvp("openssl", (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	return pid;
}

static int make_certificate(void **state)
{
	const char *const arguments[] = {
		"openssl",
		"req",
		"-x509",
		"-newkey",
		"ec",
		"-pkeyopt",
		"ec_paramgen_curve:P-256",
		"-nodes",
		"-days",
		"2",
		"-subj",
		"/CN=localhost",
		"-addext",
		"subjectAltName=DNS:localhost",
		"-keyout",
		key,
		"-out",
		certificate,
		NULL,
	};
	int status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(certificate, sizeof(certificate), "%s/cert.pem", dir);
	(void)snprintf(key, sizeof(key), "%s/key.pem", dir);
	assert_true(waitpid(openssl(arguments), &status, 0) > 0);
	assert_int_equal(status, 0);
	return file_read(certificate, 65536, &pem, NULL, NULL);
}

static int remove_certificate(void **state)
{
	(void)state;
	free(pem);
	(void)unlink(certificate);
	(void)unlink(key);
	return rmdir(dir);
}

static bool listens(int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool up;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	up = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
	(void)close(fd);
	return up;
}

static pid_t serve(int port, const char *option)
{
	char accept_at[32];
	const char *const arguments[] = {
		"openssl", "s_server", "-accept", accept_at, "-cert", certificate,
		"-key",    key,        "-www",    option,    NULL,
	};
	hf_time end = clock_monotonic() + 10 * HF_SECOND;
	pid_t pid;

	(void)snprintf(accept_at, sizeof(accept_at), "127.0.0.1:%d", port);
	pid = openssl(arguments);
	while (!listens(port)) {
		assert_true(clock_monotonic() < end);
		(void)poll(NULL, 0, 10);
	}
	return pid;
}

static struct seen fetch(int port, const char *host, const char *ca)
{
	const struct http_client_options options = {
		.most_connections = 1,
		.connect_timeout = 5 * HF_SECOND,
		.timeout = 5 * HF_SECOND,
		.ca = ca,
	};
	struct rig rig = { 0 };
	char url[64];
	const struct http_request request = { .method = "GET", .url = url };

	(void)snprintf(url, sizeof(url), "https://%s:%d/", host, port);
	assert_int_equal(loop_new(&rig.loop), 0);
	assert_int_equal(http_client_new(rig.loop, &options, &rig.http), 0);
	assert_int_equal(http_client_start(rig.http, &request, on_answer, &rig.seen), 0);
	wait_for(&rig, 1);
	http_client_free(rig.http);
	loop_free(rig.loop);
	return rig.seen;
}

GROUP_FIXTURE(make_certificate, remove_certificate);

TEST(test_only_who_is_vouched_for)
{
	int port = stub_free_port();
	pid_t server = serve(port, "-tls1_2");
	struct seen seen;

	seen = fetch(port, "localhost", NULL);
	assert_int_equal(seen.fate, HTTP_UNSENT);
	assert_non_null(strcasestr(seen.detail, "certificate"));
	/* The certificate is for another name. */
	assert_int_equal(fetch(port, "127.0.0.1", pem).fate, HTTP_UNSENT);
	seen = fetch(port, "localhost", pem);
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(seen.status, 200);

	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

/* Those of the system count only where none are given, those of before not at all. */
TEST(test_other_certificates)
{
	const struct http_client_options options = { .most_connections = 1,
						     .connect_timeout = 5 * HF_SECOND,
						     .timeout = 5 * HF_SECOND };
	const char *const given[] = { NULL, pem, "-----BEGIN CERTIFICATE-----\n", pem, NULL };
	int port = stub_free_port();
	pid_t server = serve(port, "-tls1_2");
	struct rig rig = { 0 };
	char url[64];
	const struct http_request request = { .method = "GET", .url = url };

	(void)snprintf(url, sizeof(url), "https://localhost:%d/", port);
	assert_int_equal(loop_new(&rig.loop), 0);
	assert_int_equal(http_client_new(rig.loop, &options, &rig.http), 0);
	for (unsigned i = 0; i < COUNT(given); i++) {
		http_client_set_ca(rig.http, given[i]);
		assert_int_equal(http_client_start(rig.http, &request, on_answer, &rig.seen), 0);
		wait_for(&rig, i + 1);
		assert_int_equal(rig.seen.fate, given[i] == pem ? HTTP_ANSWERED : HTTP_UNSENT);
	}

	http_client_free(rig.http);
	loop_free(rig.loop);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

TEST(test_old_tls_is_refused)
{
	int port = stub_free_port();
	pid_t server = serve(port, "-tls1_1");

	assert_int_equal(fetch(port, "localhost", pem).fate, HTTP_UNSENT);
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

static void answer_nothing(struct stub *stub, int fd, unsigned connection)
{
	(void)stub, (void)connection;
	stub_write(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
}

TEST(test_no_tls_at_all)
{
	struct rig rig;

	rig_open(&rig, answer_nothing, 5 * HF_SECOND);
	assert_int_equal(fetch(rig.stub->port, "localhost", pem).fate, HTTP_UNSENT);
	assert_int_equal(rig.stub->requests, 0);
	rig_close(&rig);
}
