#include "server.h"

#include "household.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define THREADS 4
#define CONNECTIONS 1000
#define CONNECTIONS_EACH 64 /* of one address; behind a proxy all come from loopback */
#define IDLE_S 60
#define PEM_MAX (256u << 10)
#define BODIES_MAX (512 << 20) /* of all requests together: memory is not the caller's */

struct SaoyServer {
    SaoyServerOptions options;
    struct MHD_Daemon *daemon;
    char *certs, *key, *trust; /* PEM texts, as MHD wants them */
    int port;
    int buffered; /* bytes of bodies held; atomic */
    int open;     /* requests begun and not yet done with; atomic */
    int held;     /* of them, those handed out and not yet answered; atomic */
    int closing;  /* atomic */
};

/* A connection and the request it is bringing; the request is handed out when it is whole
 * and comes back answered. */
typedef struct {
    SaoyServer *server;
    struct MHD_Connection *connection;
    SaoyRequest *request;
    bool too_large, too_many, found, taken;
} Exchange;

static bool
is_loopback_address(const void *address)
{
    const struct sockaddr *any = address;

    if (any->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24) == 127;
    return any->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static bool
is_loopback(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    /* a proxy on this machine speaks for people elsewhere */
    if (info == NULL || info->client_addr == NULL ||
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Forwarded-For") !=
            NULL ||
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Forwarded") != NULL)
        return false;
    return is_loopback_address(info->client_addr);
}

static char *
take_address(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const char *named =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Forwarded-For");
    const struct sockaddr *peer = info != NULL ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN] = "";

    if (peer != NULL && peer->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)peer)->sin_addr,
                  text, sizeof text);
    else if (peer != NULL && peer->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
                  text, sizeof text);
    return saoy_household(text, named);
}

/* The peer's chain must end in our root. */
static bool
is_trusted(gnutls_session_t session)
{
    unsigned status = 1;

    return gnutls_certificate_type_get2(session, GNUTLS_CTYPE_CLIENT) == GNUTLS_CRT_X509 &&
           gnutls_certificate_verify_peers(session, NULL, 0, &status) == 0 && status == 0;
}

/* And its certificate must say that it is for TLS clients. GnuTLS takes one without
 * extended key usage for any purpose; here an officer's or the seal's certificate opens
 * nothing. */
static bool
is_client(gnutls_x509_crt_t certificate)
{
    char oid[64] = "";
    size_t size = sizeof oid;

    for (unsigned i = 0;
         gnutls_x509_crt_get_key_purpose_oid(certificate, i, oid, &size, NULL) == 0;
         i++, size = sizeof oid)
        if (g_str_equal(oid, GNUTLS_KP_TLS_WWW_CLIENT))
            return true;
    return false;
}

/* The name becomes a kiosk's id and the holder of its leases: "hub" is our own finisher's.
 */
static bool
is_kiosk_name(const char *name, size_t size)
{
    return size >= 1 && size <= 64 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "._-") == size &&
           g_ascii_strcasecmp(name, "hub") != 0;
}

static void
take_peer(SaoyRequest *request, gnutls_session_t session)
{
    unsigned n = 0;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &n);
    gnutls_x509_crt_t certificate = NULL;
    char name[128] = "";
    size_t size = sizeof name;

    if (chain == NULL || n == 0 || !is_trusted(session) ||
        gnutls_x509_crt_init(&certificate) != 0)
        return;
    if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == 0 &&
        is_client(certificate) &&
        gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, 0, name,
                                      &size) == 0 &&
        is_kiosk_name(name, size)) {
        g_autofree char *digest =
            saoy_sha256_hex((SaoyView){ chain[0].data, chain[0].size });

        request->kiosk = g_strndup(name, size);
        g_strlcpy(request->certificate, digest, sizeof request->certificate);
    }
    gnutls_x509_crt_deinit(certificate);
}

static char *
take_header(struct MHD_Connection *connection, enum MHD_ValueKind kind, const char *name,
            size_t max)
{
    const char *value = MHD_lookup_connection_value(connection, kind, name);

    if (value == NULL || strlen(value) > max || !g_utf8_validate(value, -1, NULL))
        return NULL;
    return g_strdup(value);
}

static int64_t
take_fence(struct MHD_Connection *connection)
{
    const char *text =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Saoy-Fence");
    gint64 fence = 0;

    if (text == NULL || !g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, &fence, NULL))
        return 0;
    return fence;
}

static enum MHD_Result
on_query(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    GHashTable *query = user;

    if (value != NULL && strlen(name) <= 64 && strlen(value) <= 4096 &&
        g_utf8_validate(name, -1, NULL) && g_utf8_validate(value, -1, NULL))
        g_hash_table_replace(query, g_strdup(name), g_strdup(value));
    return MHD_YES;
}

static Exchange *
begin(SaoyServer *server, struct MHD_Connection *connection, const char *method,
      const char *path)
{
    Exchange *exchange = g_new0(Exchange, 1);
    SaoyRequest *request = saoy_request_new();
    g_autofree char *authorization =
        take_header(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION, 512);
    const union MHD_ConnectionInfo *tls =
        server->trust != NULL
            ? MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
            : NULL;

    g_atomic_int_inc(&server->open);
    *exchange =
        (Exchange){ .server = server, .connection = connection, .request = request };
    request->link = exchange;
    request->listener = server->options.listener;
    request->loopback = is_loopback(connection);
    request->address = take_address(connection);
    request->method = g_strdup(g_str_equal(method, "HEAD") ? "GET" : method);
    request->path = g_utf8_make_valid(path, -1);
    request->key = take_header(connection, MHD_HEADER_KIND, "Idempotency-Key", 200);
    request->fence = take_fence(connection);
    request->cross_site = g_strcmp0(MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                                "Sec-Fetch-Site"),
                                    "cross-site") == 0;
    request->accept = take_header(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT, 500);
    request->cookie = take_header(connection, MHD_COOKIE_KIND, "saoy", 128);
    if (authorization != NULL && g_ascii_strncasecmp(authorization, "Bearer ", 7) == 0)
        request->bearer = g_strdup(authorization + 7);
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, on_query, request->query);
    if (tls != NULL && tls->tls_session != NULL)
        take_peer(request, tls->tls_session);
    saoy_request_match(request, server->options.routes, server->options.n_routes,
                       &exchange->found);
    return exchange;
}

static void
free_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static enum MHD_Result
send_answer(Exchange *exchange)
{
    SaoyRequest *request = exchange->request;
    size_t size = 0;
    const void *data = g_bytes_get_data(request->answer, &size);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        size, (void *)(uintptr_t)(data != NULL ? data : ""), free_bytes,
        g_bytes_ref(request->answer));
    bool cached = false;

    for (unsigned i = 0; i + 1 < request->headers->len; i += 2) {
        const char *name = request->headers->pdata[i];

        cached = cached || g_str_equal(name, MHD_HTTP_HEADER_CACHE_CONTROL);
        MHD_add_response_header(response, name, request->headers->pdata[i + 1]);
    }
    if (!cached)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (request->type != NULL)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, request->type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer"); /* ?t= is secret */
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, request->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
refuse(Exchange *exchange, unsigned status, const char *word)
{
    saoy_answer_fail(exchange->request, status, word, word);
    return send_answer(exchange);
}

static void
take_form(Exchange *exchange)
{
    SaoyRequest *request = exchange->request;
    const char *type = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND,
                                                   MHD_HTTP_HEADER_CONTENT_TYPE);

    if (type == NULL || !g_str_has_prefix(type, "application/x-www-form-urlencoded"))
        return;
    request->form =
        g_uri_parse_params((const char *)request->body->data, request->body->len, "&",
                           G_URI_PARAMS_WWW_FORM, NULL);
}

static bool
is_stranger(const SaoyRequest *request)
{
    return request->kiosk == NULL && request->route != NULL &&
           (request->route->role == SAOY_ROLE_CERTIFICATE ||
            request->route->role == SAOY_ROLE_KIOSK);
}

static void
take_body(Exchange *exchange, const char *data, size_t *size)
{
    GByteArray *body = exchange->request->body;
    size_t max = exchange->request->route != NULL ? exchange->request->route->body_max : 0;

    /* what is too much is read and thrown away, and all of a stranger's: it will be refused
     * and may not hold memory that kiosks need */
    if (is_stranger(exchange->request)) {
        *size = 0;
        return;
    }
    if (body->len + *size > max)
        exchange->too_large = true;
    else if (g_atomic_int_get(&exchange->server->buffered) > BODIES_MAX)
        exchange->too_many = true;
    if (!exchange->too_large && !exchange->too_many) {
        g_byte_array_append(body, (const uint8_t *)data, (unsigned)*size);
        g_atomic_int_add(&exchange->server->buffered, (int)*size);
    }
    *size = 0;
}

static enum MHD_Result
on_request(void *user, struct MHD_Connection *connection, const char *path,
           const char *method, const char *version, const char *data, size_t *size,
           void **slot)
{
    SaoyServer *server = user;
    Exchange *exchange = *slot;

    if (exchange == NULL) {
        *slot = begin(server, connection, method, path);
        return MHD_YES;
    }
    if (*size > 0) {
        take_body(exchange, data, size);
        return MHD_YES;
    }
    if (exchange->taken)
        return send_answer(exchange);
    if (exchange->request->route == NULL)
        return exchange->found ? refuse(exchange, 405, "method_not_allowed")
                               : refuse(exchange, 404, "not_found");
    if (exchange->too_large)
        return refuse(exchange, 413, "too_large");
    if (exchange->too_many)
        return refuse(exchange, 503, "temporarily_unavailable");

    g_atomic_int_inc(
        &server->held); /* before asking: who closes looks the other way round */
    if (g_atomic_int_get(&server->closing)) {
        g_atomic_int_add(&server->held, -1);
        return refuse(exchange, 503, "temporarily_unavailable");
    }
    take_form(exchange);
    exchange->taken = true;
    MHD_suspend_connection(connection);
    server->options.take(server->options.user, exchange->request);
    return MHD_YES;
}

static void
on_completed(void *user, struct MHD_Connection *connection, void **slot,
             enum MHD_RequestTerminationCode why)
{
    Exchange *exchange = *slot;

    if (exchange == NULL)
        return;
    g_atomic_int_add(&exchange->server->open, -1);
    g_atomic_int_add(&exchange->server->buffered, -(int)exchange->request->body->len);
    saoy_request_free(exchange->request);
    g_free(exchange);
    *slot = NULL;
}

void
saoy_server_answer(SaoyRequest *request)
{
    Exchange *exchange = request->link;
    SaoyServer *server = exchange->server;

    MHD_resume_connection(exchange->connection); /* both may be gone from here on */
    g_atomic_int_add(&server->held, -1);
}

static bool
read_pem(const char *path, char **out, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;

    if (path == NULL)
        return true;
    bytes = saoy_file_read(path, PEM_MAX, error);
    if (bytes == NULL)
        return false;
    *out = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    return true;
}

static bool
parse_address(const SaoyServerOptions *options, struct sockaddr_storage *out,
              GError **error)
{
    struct sockaddr_in *in = (void *)out;
    struct sockaddr_in6 *in6 = (void *)out;

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, options->address, &in->sin_addr) == 1) {
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)options->port);
        return true;
    }
    if (inet_pton(AF_INET6, options->address, &in6->sin6_addr) == 1) {
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons((uint16_t)options->port);
        return true;
    }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "listen = %s is no numeric address",
                     options->address);
}

static bool
start(SaoyServer *server, GError **error)
{
    struct sockaddr_storage address;
    struct MHD_OptionItem tls[8] = { { MHD_OPTION_END } };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    size_t n = 0;

    if (!parse_address(&server->options, &address, error))
        return false;
    if (address.ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (server->key != NULL) {
        flags |= MHD_USE_TLS;
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, server->certs };
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0, server->key };
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES, 0,
                                            "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1" };
    }
    if (server->trust != NULL)
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST, 0, server->trust };
    if (server->trust == NULL && !is_loopback_address(&address))
        tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                                            CONNECTIONS_EACH, NULL };
    tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, &address,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)THREADS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)(128u << 10), MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    if (server->daemon == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "cannot listen on %s port %d",
                         server->options.address, server->options.port);
    return true;
}

SaoyServer *
saoy_server_start(const SaoyServerOptions *options, GError **error)
{
    g_autoptr(SaoyServer) server = g_new0(SaoyServer, 1);
    const union MHD_DaemonInfo *info = NULL;

    server->options = *options;
    if (!read_pem(options->cert, &server->certs, error) ||
        !read_pem(options->key, &server->key, error) ||
        !read_pem(options->ca, &server->trust, error) || !start(server, error))
        return NULL;
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info != NULL ? info->port : options->port;
    return g_steal_pointer(&server);
}

int
saoy_server_port(const SaoyServer *server)
{
    return server->port;
}

bool
saoy_server_is_idle(const SaoyServer *server)
{
    return g_atomic_int_get(&server->open) == 0;
}

bool
saoy_server_holds(const SaoyServer *server)
{
    return g_atomic_int_get(&server->held) > 0;
}

/* Not by MHD_quiesce_daemon: up to 1.0 a busy worker may take the listening socket out of
 * its epoll set at the same moment, and whoever comes second aborts the process. */
void
saoy_server_close_doors(SaoyServer *server)
{
    g_atomic_int_set(&server->closing, 1);
}

void
saoy_server_stop(SaoyServer *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    g_free(server->certs);
    if (server->key != NULL)
        memset(server->key, 0, strlen(server->key));
    g_free(server->key);
    g_free(server->trust);
    g_free(server);
}
