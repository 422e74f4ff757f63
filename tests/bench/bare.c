/*
 * The bare loop that the bench compares with: libcurl's multi interface on
 * sd-event, posting one body N times at a given concurrency over kept-alive
 * connections, and nothing else.
 *
 *   bare URL REQUESTS CONCURRENCY BODY
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <systemd/sd-event.h>
#include <time.h>

struct bare {
	sd_event *event;
	sd_event_source *timer;
	CURLM *multi;
	struct curl_slist *headers;
	const char *url, *body;
	long left, done, failed;
};

static void post(struct bare *bare, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_URL, bare->url);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, bare->body);
	curl_multi_add_handle(bare->multi, easy);
	bare->left--;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *userdata)
{
	(void)bytes;
	(void)userdata;
	return size * count;
}

static void collect(struct bare *bare)
{
	struct CURLMsg *message;
	int queued;

	while ((message = curl_multi_info_read(bare->multi, &queued))) {
		CURL *easy = message->easy_handle;
		long status = 0;

		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		bare->failed += message->data.result != CURLE_OK || status != 201;
		bare->done++;
		curl_multi_remove_handle(bare->multi, easy);
		if (bare->left > 0) {
			post(bare, easy);
		} else {
			curl_easy_cleanup(easy);
		}
	}
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct bare *bare = userdata;
	int action = (revents & EPOLLIN ? CURL_CSELECT_IN : 0) |
		     (revents & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
		     (revents & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
	int running;

	(void)source;
	curl_multi_socket_action(bare->multi, fd, action, &running);
	collect(bare);
	return bare->left <= 0 && running == 0 ? sd_event_exit(bare->event, 0) : 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct bare *bare = userdata;
	int running;

	(void)source;
	(void)usec;
	curl_multi_socket_action(bare->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(bare);
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *socketp)
{
	struct bare *bare = userdata;
	sd_event_source *source = socketp;
	uint32_t events =
		(what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_disable_unref(source);
	} else if (source) {
		sd_event_source_set_io_events(source, events);
	} else if (sd_event_add_io(bare->event, &source, fd, events, on_io, bare) >= 0) {
		curl_multi_assign(bare->multi, fd, source);
	}
	return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *userdata)
{
	struct bare *bare = userdata;

	(void)multi;
	if (timeout_ms < 0) {
		return sd_event_source_set_enabled(bare->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
	}

	sd_event_source_set_time_relative(bare->timer, (uint64_t)timeout_ms * 1000);
	return sd_event_source_set_enabled(bare->timer, SD_EVENT_ONESHOT) < 0 ? -1 : 0;
}

static void start(struct bare *bare, int concurrency)
{
	bare->multi = curl_multi_init();
	curl_multi_setopt(bare->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(bare->multi, CURLMOPT_SOCKETDATA, bare);
	curl_multi_setopt(bare->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(bare->multi, CURLMOPT_TIMERDATA, bare);
	curl_multi_setopt(bare->multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
	bare->headers = curl_slist_append(NULL, "Content-Type: application/json");
	bare->headers = curl_slist_append(bare->headers, "Expect:");
	for (int i = 0; i < concurrency && bare->left > 0; i++) {
		CURL *easy = curl_easy_init();

		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
		curl_easy_setopt(easy, CURLOPT_HTTPHEADER, bare->headers);
		curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
		post(bare, easy);
	}
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct bare bare = { 0 };
	double began, took;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: bare URL REQUESTS CONCURRENCY BODY\n");
		return 2;
	}

	bare.url = argv[1];
	bare.left = strtol(argv[2], NULL, 10);
	bare.body = argv[4];
	sd_event_new(&bare.event);
	sd_event_add_time_relative(bare.event, &bare.timer, CLOCK_MONOTONIC, 0, 1, on_timer, &bare);
	began = seconds(CLOCK_MONOTONIC);
	start(&bare, (int)strtol(argv[3], NULL, 10));
	sd_event_loop(bare.event);
	took = seconds(CLOCK_MONOTONIC) - began;
	printf("{\"done\": %ld, \"failed\": %ld, \"seconds\": %.3f, \"cpu\": %.3f}\n", bare.done,
	       bare.failed, took, seconds(CLOCK_PROCESS_CPUTIME_ID));
	return bare.failed ? 1 : 0;
}
