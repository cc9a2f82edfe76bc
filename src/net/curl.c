#include "curl.h"

#include <dlfcn.h>

#define LIBRARY "libcurl.so.4" /* the interface <curl/curl.h> describes, since 2006 */

#define ROW(name)                               \
    {                                           \
        "curl_" #name, offsetof(SaoyCurl, name) \
    }

const SaoyCurl *saoy_curl = NULL;

static const struct {
    const char *name;
    size_t place;
} calls[] = {
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
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL); /* stays open */

    for (size_t i = 0; library != NULL && i < G_N_ELEMENTS(calls); i++) {
        void *call = dlsym(library, calls[i].name);

        if (call == NULL)
            return NULL;
        memcpy((char *)&table + calls[i].place, &call, sizeof call);
    }
    if (library == NULL || table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    return &table;
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
