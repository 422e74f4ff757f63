/* What `lint foreign` must find: curl belongs to another file. */
#include <curl/curl.h>
