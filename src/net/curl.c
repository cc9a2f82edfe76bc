#include "curl.h"

#include "core/library.h"

#define LIBRARY "libcurl.so.4" /* the interface <curl/curl.h> describes, since 2006 */

#define ROW(name)                               \
    {                                           \
        "curl_" #name, offsetof(SaoyCurl, name) \
    }

const SaoyCurl *saoy_curl = NULL;

static const SaoyLibraryCall calls[] = {
    ROW(global_init),   ROW(easy_init),      ROW(easy_cleanup), ROW(easy_reset),
    ROW(easy_setopt),   ROW(easy_perform),   ROW(easy_getinfo), ROW(easy_strerror),
    ROW(slist_append),  ROW(slist_free_all), ROW(mime_init),    ROW(mime_free),
    ROW(mime_addpart),  ROW(mime_data),      ROW(mime_type),    ROW(mime_encoder),
    ROW(mime_filename),
};
G_STATIC_ASSERT(sizeof(SaoyCurl) == G_N_ELEMENTS(calls) * sizeof(void *));

static const SaoyCurl *
load(void)
{
    static SaoyCurl table;

    return saoy_library_open(LIBRARY, calls, G_N_ELEMENTS(calls), &table, NULL) &&
                   table.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
               ? &table
               : NULL;
}

bool
saoy_curl_open(GError **error)
{
    static gsize once = 0;

    if (g_once_init_enter(&once)) {
        saoy_curl = load();
        g_once_init_leave(&once, 1);
    }
    return saoy_curl != NULL ||
           saoy_fail(error, SAOY_ERROR_FAILED, "no usable %s", LIBRARY);
}
