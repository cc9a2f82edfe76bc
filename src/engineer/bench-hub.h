#pragma once
#include "net/http.h"

/* A hub on this machine for the time of a measurement: a process in a folder of its own,
 * which goes with it, and an officer who is logged in. */
typedef struct {
    char *folder, *program, *pki, *api_url, *public_url;
    GSubprocess *process;
    SaoyHttp *officer; /* a browser */
} SaoyBenchHub;

bool saoy_bench_hub_start(SaoyBenchHub *hub, GError **error);
/* Approves the dossier's one document, as the officer does on her page. */
bool saoy_bench_hub_approve(SaoyBenchHub *hub, const char *dossier, GError **error);
void saoy_bench_hub_stop(SaoyBenchHub *hub);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyBenchHub, saoy_bench_hub_stop)
