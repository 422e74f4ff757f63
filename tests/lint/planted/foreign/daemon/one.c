/* Part of nothing: with two.c, what `lint foreign` must find. */
#include <curl/curl.h>
