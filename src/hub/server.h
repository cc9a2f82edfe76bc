#pragma once
#include "request.h"

/* One HTTP listener (libmicrohttpd, its TLS is GnuTLS). Requests arrive whole; their
 * connections are suspended until they are answered. */
typedef struct SaoyServer SaoyServer;

typedef struct {
    SaoyListener listener;
    const char *address;    /* IPv4 or IPv6, numeric */
    int port;               /* 0: any free one */
    const char *cert, *key; /* PEM files, or NULL: plain HTTP */
    const char *ca;         /* PEM file: peers' certificates are asked for and checked */
    const SaoyRoute *routes;
    size_t n_routes;
    /* Takes the request (a thread of the listener): answer with saoy_server_answer later.
     */
    void (*take)(void *user, SaoyRequest *request);
    void *user;
} SaoyServerOptions;

SaoyServer *saoy_server_start(const SaoyServerOptions *options, GError **error);
int saoy_server_port(const SaoyServer *server);
bool saoy_server_is_idle(const SaoyServer *server); /* no request is under way */
bool saoy_server_holds(const SaoyServer *server);   /* taken and not yet answered */
void saoy_server_close_doors(SaoyServer *server);   /* from now on all is answered 503 */
void saoy_server_stop(SaoyServer *server); /* every taken request must be answered */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyServer, saoy_server_stop)

/* Sends the answer and ends the request's life with us. Any thread, once. */
void saoy_server_answer(SaoyRequest *request);
