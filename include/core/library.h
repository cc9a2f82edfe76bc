#pragma once
#include "core/error.h"

G_BEGIN_DECLS

/* A shared library that is opened when it is first needed and not with the program: what it
 * brings along would make every start slower (docs/decisions/0009). */
typedef struct {
    const char *name; /* of the function */
    size_t place;     /* of its pointer in the table */
} SaoyLibraryCall;

/* Fills table, a struct of nothing but pointers to the n functions. FAILED when the library
 * or one of them is not there. It stays open. Any thread; call once a library. */
bool saoy_library_open(const char *file, const SaoyLibraryCall *calls, size_t n,
                       void *table, GError **error);

G_END_DECLS
