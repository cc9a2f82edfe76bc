#include "core/library.h"

#include <dlfcn.h>
#include <string.h>

bool
saoy_library_open(const char *file, const SaoyLibraryCall *calls, size_t n, void *table,
                  GError **error)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s is not there", file);
    for (size_t i = 0; i < n; i++) {
        void *call = dlsym(library, calls[i].name);

        if (call == NULL)
            return saoy_fail(error, SAOY_ERROR_FAILED, "%s has no %s", file, calls[i].name);
        memcpy((char *)table + calls[i].place, &call, sizeof call);
    }
    return true;
}
