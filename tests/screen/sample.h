#pragma once
#include "flow/session.h"

#include <gio/gio.h>

/* A visit with everything in it, for showing every page. Static; one at a time. */
SaoySession *sample_session(void);
void sample_clear(SaoySession *session);

typedef struct {
    const char *name;
    SaoyState state;
    void (*change)(SaoySession *session); /* NULL: as it is */
    const char *press; /* a widget's name to click, "patience", or NULL */
} SampleScreen;
extern const SampleScreen sample_screens[];
extern const size_t sample_n_screens;
