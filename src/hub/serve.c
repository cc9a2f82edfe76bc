#include "serve.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/worker.h"
#include "finisher.h"
#include "routes.h"
#include "server.h"

#include <glib-unix.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define LANES_MAX 64
#define WAIT_MAX_S 60
#define FAREWELL_MS 2000
#define COSTLY_MAX 16 /* that wait for their lane */
#define FILES_MAX 8   /* of them, whole files to be checked, each for seconds at most */
#define FILES_EACH 3  /* of one address */
#define LARGE (1u << 20)

typedef struct Office Office;

/* One worker with its own database connection. */
typedef struct {
    Office *office;
    SaoyNode node;
    SaoyWorker *worker;
    unsigned load; /* jobs given and not yet done */
} Lane;

/* Everything below is touched by the main thread alone. */
struct Office {
    const SaoyHubConfig *config;
    SaoyKeys *keys;
    SaoyBlobs *blobs;
    SaoyServer *api, *public;
    Lane lanes[LANES_MAX];
    unsigned n_lanes;
    Lane finisher;
    bool finishing, finish_again, stopping;
    GPtrArray *waiters; /* Call: long polls, running or parked */
    GPtrArray *files;   /* Call: whole files of strangers, waiting or running */
    unsigned open;      /* requests not yet answered */
    GMainLoop *loop;
};

typedef struct {
    Office *office;
    SaoyRequest *request;
    Lane *lane;
    bool running, poked;
    unsigned timer;
} Call;

static void dispatch(Call *call);

static bool
serve_job(void *data, GCancellable *cancel, GError **error)
{
    Call *call = data;

    saoy_request_serve(&call->lane->node, call->request);
    return true;
}

static void
finish_call(Call *call)
{
    Office *office = call->office;

    if (call->timer != 0)
        g_source_remove(call->timer);
    g_ptr_array_remove_fast(office->files, call);
    if (g_ptr_array_remove_fast(office->waiters, call))
        g_atomic_int_add(&saoy_counters.polls, -1);
    office->open--;
    saoy_server_answer(call->request);
    g_free(call);
}

static void
finish_empty(Call *call)
{
    saoy_answer_bytes(call->request, call->office->stopping ? 503 : 204, NULL, NULL);
    finish_call(call);
}

static void
on_served(GObject *source, GAsyncResult *result, void *user)
{
    Call *call = user;

    call->lane->load--;
    call->running = false;
    if (!call->request->parked)
        finish_call(call);
    else if (call->timer == 0 || call->office->stopping)
        finish_empty(call); /* its time is over */
    else if (call->poked)
        dispatch(call); /* changed while we were looking */
}

/* Anybody may ask for it and it takes its time: a whole PDF, a password. */
static bool
is_costly(const SaoyRequest *request)
{
    const SaoyRoute *route = request->route;

    return route->role == SAOY_ROLE_ANYBODY && g_str_equal(route->method, "POST");
}

static bool
is_file(const SaoyRequest *request)
{
    return is_costly(request) && request->route->body_max > LARGE;
}

/* Neither all strangers together nor one of them keeps the others out for long. */
static bool
may_wait(Office *office, const SaoyRequest *request)
{
    unsigned same = 0;

    if (!is_costly(request))
        return true;
    for (unsigned i = 0; request->address != NULL && i < office->files->len; i++) {
        const Call *other = office->files->pdata[i];

        same += g_strcmp0(other->request->address, request->address) == 0;
    }
    return office->lanes[0].load < COSTLY_MAX &&
           (!is_file(request) || (office->files->len < FILES_MAX && same < FILES_EACH));
}

static void
dispatch(Call *call)
{
    Office *office = call->office;
    /* strangers' long work has a lane of its own: kiosks and officers never wait for it */
    unsigned first = office->n_lanes > 1 && !is_costly(call->request) ? 1 : 0;
    Lane *best = &office->lanes[first];

    for (unsigned i = first + 1; i < office->n_lanes && !is_costly(call->request); i++)
        if (office->lanes[i].load < best->load)
            best = &office->lanes[i];
    call->lane = best;
    call->running = true;
    call->poked = false;
    best->load++;
    saoy_worker_run(best->worker, serve_job, call, NULL, NULL, on_served, call);
}

static gboolean
on_wait_over(void *user)
{
    Call *call = user;

    call->timer = 0;
    if (!call->running)
        finish_empty(call);
    return G_SOURCE_REMOVE;
}

/* A long poll says so by ?wait=seconds on a route that can park. It is listed before it is
 * first looked at, so no change falls between. */
static gboolean
on_taken(void *user)
{
    Call *call = user;
    Office *office = call->office;
    const char *wait = saoy_request_query(call->request, "wait");
    guint64 seconds = 0;

    office->open++;
    if (!may_wait(office, call->request)) {
        saoy_answer_header(call->request, "Retry-After", "5");
        saoy_answer_fail(call->request, 503, "temporarily_unavailable", "try again later");
        finish_call(call);
        return G_SOURCE_REMOVE;
    }
    if (is_file(call->request))
        g_ptr_array_add(office->files, call);
    if (wait != NULL &&
        g_str_has_prefix(call->request->route->pattern, "/api/v1/dossiers/") &&
        g_ascii_string_to_unsigned(wait, 10, 1, WAIT_MAX_S, &seconds, NULL)) {
        call->request->wait_for = g_strdup(call->request->args[0]);
        call->timer = g_timeout_add_seconds((unsigned)seconds, on_wait_over, call);
        g_ptr_array_add(office->waiters, call);
        g_atomic_int_inc(&saoy_counters.polls);
    }
    dispatch(call);
    return G_SOURCE_REMOVE;
}

static void
take(void *user, SaoyRequest *request)
{
    Call *call = g_new0(Call, 1);

    *call = (Call){ .office = user, .request = request };
    g_idle_add_full(G_PRIORITY_DEFAULT, on_taken, call, NULL);
}

static void
poke(Office *office, const char *dossier)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_copy(office->waiters, NULL, NULL);

    for (unsigned i = 0; i < calls->len; i++) {
        Call *call = calls->pdata[i];

        if (!g_str_equal(call->request->wait_for, dossier))
            continue;
        if (call->running)
            call->poked = true;
        else
            dispatch(call);
    }
}

static gboolean on_tick(void *user);

typedef struct {
    Office *office;
    char *dossier;
} Change;

static gboolean
on_change(void *user)
{
    Change *change = user;

    poke(change->office, change->dossier);
    on_tick(change->office); /* what was approved may have to be finished by us */
    g_free(change->dossier);
    g_free(change);
    return G_SOURCE_REMOVE;
}

static void
changed(void *user, const char *dossier)
{
    Change *change = g_new0(Change, 1);

    *change = (Change){ user, g_strdup(dossier) };
    g_idle_add_full(G_PRIORITY_DEFAULT, on_change, change, NULL);
}

static bool
finish_job(void *data, GCancellable *cancel, GError **error)
{
    Lane *lane = data;

    return saoy_finisher_work(&lane->node, error);
}

static void
on_finished(GObject *source, GAsyncResult *result, void *user)
{
    Office *office = user;
    g_autoptr(GError) error = NULL;

    office->finishing = false;
    if (!saoy_worker_finish(result, &error))
        g_warning("finisher: %s", error->message);
    if (office->finish_again)
        on_tick(office);
}

static gboolean
on_tick(void *user)
{
    Office *office = user;

    if (office->stopping)
        return G_SOURCE_CONTINUE;
    office->finish_again = office->finishing;
    if (!office->finishing) {
        office->finishing = true;
        saoy_worker_run(office->finisher.worker, finish_job, &office->finisher, NULL, NULL,
                        on_finished, office);
    }
    return G_SOURCE_CONTINUE;
}

static bool
open_lane(Office *office, Lane *lane, const char *name, GError **error)
{
    lane->office = office;
    if (!saoy_node_open(&lane->node, office->config, office->keys, office->blobs, error))
        return false;
    lane->node.changed = changed;
    lane->node.user = office;
    lane->worker = saoy_worker_new(name);
    return true;
}

static void
close_lane(Lane *lane)
{
    g_clear_pointer(&lane->worker, saoy_worker_free);
    saoy_node_close(&lane->node);
}

static bool
open_lanes(Office *office, GError **error)
{
    for (int i = 0; i < office->config->workers; i++, office->n_lanes++)
        if (!open_lane(office, &office->lanes[i], "hub-work", error))
            return false;
    return open_lane(office, &office->finisher, "hub-finish", error);
}

static SaoyServer *
listen_api(Office *office, GError **error)
{
    const SaoyHubConfig *config = office->config;
    g_autofree char *cert = saoy_hub_config_path(config, config->api_cert);
    g_autofree char *key = saoy_hub_config_path(config, config->api_key);
    g_autofree char *ca = saoy_hub_config_path(config, config->api_ca);
    SaoyServerOptions options = {
        SAOY_ON_API, config->api_listen, config->api_port, cert, key,
        ca,          .take = take,       .user = office
    };

    options.routes = saoy_routes(&options.n_routes);
    return saoy_server_start(&options, error);
}

static SaoyServer *
listen_public(Office *office, GError **error)
{
    const SaoyHubConfig *config = office->config;
    g_autofree char *cert = saoy_hub_config_path(config, config->api_cert);
    g_autofree char *key = saoy_hub_config_path(config, config->api_key);
    SaoyServerOptions options = { SAOY_ON_PUBLIC, config->public_listen,
                                  config->public_port, .take = take, .user = office };

    if (config->public_tls) {
        options.cert = cert;
        options.key = key;
    } else if (!g_str_has_prefix(config->public_listen, "127.") &&
               !g_str_equal(config->public_listen, "::1")) {
        return saoy_null(error, SAOY_ERROR_REFUSED,
                         "[public] without tls may listen on loopback only");
    }
    options.routes = saoy_routes(&options.n_routes);
    return saoy_server_start(&options, error);
}

static bool
announce(Office *office, GError **error)
{
    int api = saoy_server_port(office->api), public = saoy_server_port(office->public);
    g_autofree char *path = g_build_filename(office->config->dir, "ports", NULL);
    g_autofree char *ports = g_strdup_printf("api %d\npublic %d\n", api, public);

    if (!saoy_file_write(path, (SaoyView){ (uint8_t *)ports, strlen(ports) }, error))
        return false;
    g_print("saoy-hub: api https://%s:%d public %s://%s:%d\n", office->config->api_listen,
            api, office->config->public_tls ? "https" : "http",
            office->config->public_listen, public);
    fflush(stdout);
    saoy_log(SAOY_LOG_STARTED, SAOY_N("count", office->n_lanes));
    return true;
}

static gboolean
on_signal(void *user)
{
    g_main_loop_quit(((Office *)user)->loop);
    return G_SOURCE_CONTINUE;
}

/* Every request gets its answer before the listeners go: waiting ones at once. */
static void
drain(Office *office)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_copy(office->waiters, NULL, NULL);

    office->stopping = true;
    for (unsigned i = 0; i < calls->len; i++)
        if (!((Call *)calls->pdata[i])->running)
            finish_empty(calls->pdata[i]);
    while (office->open > 0 || saoy_server_holds(office->api) ||
           saoy_server_holds(office->public) || office->finishing ||
           g_main_context_pending(NULL))
        g_main_context_iteration(NULL, TRUE);
    /* what was answered must also have left; a peer that does not read is not waited for */
    for (int ms = 0; ms < FAREWELL_MS && !(saoy_server_is_idle(office->api) &&
                                           saoy_server_is_idle(office->public));
         ms += 5)
        g_usleep(5000);
}

static bool
open_office(Office *office, GError **error)
{
    const SaoyHubConfig *config = office->config;
    g_autofree char *blobs = saoy_hub_config_path(config, config->blobs_address);

    office->keys = saoy_keys_open(config, error);
    if (office->keys == NULL ||
        !saoy_keys_check_name(office->keys, "agency", config->office, error))
        return false;
    office->blobs = saoy_blobs_open(config->blobs_driver, blobs, error);
    if (office->blobs == NULL || !open_lanes(office, error))
        return false;
    office->api = listen_api(office, error);
    if (office->api == NULL)
        return false;
    office->public = listen_public(office, error);
    return office->public != NULL;
}

static void
close_office(Office *office)
{
    g_clear_pointer(&office->api, saoy_server_stop);
    g_clear_pointer(&office->public, saoy_server_stop);
    for (unsigned i = 0; i < office->n_lanes; i++)
        close_lane(&office->lanes[i]);
    close_lane(&office->finisher);
    g_clear_pointer(&office->blobs, saoy_blobs_close);
    g_clear_pointer(&office->keys, saoy_keys_close);
    g_clear_pointer(&office->waiters, g_ptr_array_unref);
    g_clear_pointer(&office->files, g_ptr_array_unref);
    g_clear_pointer(&office->loop, g_main_loop_unref);
}

/* Links must lead somewhere: with port 0 the address is known only now. Nobody has asked
 * for anything yet. */
static void
name_port(SaoyHubConfig *config, int port)
{
    if (!g_str_has_suffix(config->public_url, ":0"))
        return;
    config->public_url[strlen(config->public_url) - 1] = '\0';
    g_autofree char *base = config->public_url;
    config->public_url = g_strdup_printf("%s%d", base, port);
}

bool
saoy_hub_serve(SaoyHubConfig *config, GError **error)
{
    Office office = { .config = config };

    signal(SIGPIPE, SIG_IGN);
    office.waiters = g_ptr_array_new();
    office.files = g_ptr_array_new();
    office.loop = g_main_loop_new(NULL, FALSE);
    bool ready = open_office(&office, error);
    if (ready)
        name_port(config, saoy_server_port(office.public));
    ready = ready && announce(&office, error);
    if (ready) {
        unsigned sources[] = { g_unix_signal_add(SIGTERM, on_signal, &office),
                               g_unix_signal_add(SIGINT, on_signal, &office),
                               g_timeout_add(500, on_tick, &office) };

        g_main_loop_run(office.loop);
        saoy_server_close_doors(office.api);
        saoy_server_close_doors(office.public);
        drain(&office);
        for (size_t i = 0; i < G_N_ELEMENTS(sources); i++)
            g_source_remove(sources[i]);
        saoy_log(SAOY_LOG_STOPPED, SAOY_N("count", 0));
    }
    close_office(&office);
    return ready;
}
