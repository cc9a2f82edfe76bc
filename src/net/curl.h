#pragma once
#include "core/error.h"

#include <curl/curl.h>

/* What of libcurl we call. It is opened with the first connection and not with the program:
 * it brings LDAP, Kerberos and TLS along, which a check that asks nobody need not wait for
 * (docs/decisions/0009). */
typedef struct {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_easy_reset) *easy_reset;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
    __typeof__(curl_mime_init) *mime_init;
    __typeof__(curl_mime_free) *mime_free;
    __typeof__(curl_mime_addpart) *mime_addpart;
    __typeof__(curl_mime_data) *mime_data;
    __typeof__(curl_mime_type) *mime_type;
    __typeof__(curl_mime_encoder) *mime_encoder;
    __typeof__(curl_mime_filename) *mime_filename;
} SaoyCurl;

/* NULL until it is open. */
extern const SaoyCurl *saoy_curl;

/* Opens it once for all threads; FAILED when this machine has none. Before any call. */
bool saoy_curl_open(GError **error);
