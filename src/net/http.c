#include "net/http.h"

#include "curl.h"

#include "core/clock.h"
#include "core/error.h"

#include <string.h>

#define ANSWER_MAX (4u << 20)
#define TIMEOUT_S 30u
#define FETCH_TIMEOUT_S 10
#define FETCH_MAX (16u << 20)
#define FIRST_ROOM (16u << 10)

struct SaoyHttp {
    CURL *curl;
    char *base_url, *bearer;
    char *ca, *cert, *key, *pin;
    bool cookies, outside;
    bool sent; /* of the last call, anything */
};

/* Where an answer grows, and what may stop it. */
typedef struct {
    GByteArray *body;
    size_t max;
    bool too_large, inside;
    GCancellable *cancel;
    unsigned grace_s;
    int64_t cancelled_us; /* when that was seen first; 0: not yet */
} Sink;

static size_t
on_data(char *data, size_t size, size_t n, void *user)
{
    Sink *sink = user;

    if (size * n > sink->max - sink->body->len) {
        sink->too_large = true;
        return 0;
    }
    g_byte_array_append(sink->body, (const guint8 *)data, (guint)(size * n));
    return size * n;
}

static int
on_progress(void *user, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal,
            curl_off_t ulnow)
{
    Sink *sink = user;
    bool complete = dltotal > 0 && dlnow >= dltotal; /* asked once more at the end */
    int64_t now_us = saoy_clock_mono_us();

    if (complete || !g_cancellable_is_cancelled(sink->cancel))
        return 0;
    if (sink->cancelled_us == 0)
        sink->cancelled_us = now_us;
    return now_us - sink->cancelled_us >= sink->grace_s * (int64_t)G_USEC_PER_SEC;
}

/* IPv4 in IPv6's clothes is IPv4 (RFC 4291, 2.5.5). */
static GInetAddress *
parse_address(const char *text)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    const uint8_t *bytes = address != NULL ? g_inet_address_to_bytes(address) : NULL;

    if (bytes != NULL && g_inet_address_get_native_size(address) == 16 &&
        memcmp(bytes, mapped, sizeof mapped) == 0)
        return g_inet_address_new_from_bytes(bytes + 12, G_SOCKET_FAMILY_IPV4);
    return g_steal_pointer(&address);
}

static bool
is_inside(const char *text)
{
    g_autoptr(GInetAddress) address = parse_address(text);

    return address == NULL || g_inet_address_get_is_loopback(address) ||
           g_inet_address_get_is_link_local(address) ||
           g_inet_address_get_is_any(address) || g_inet_address_get_is_multicast(address) ||
           (g_inet_address_get_family(address) == G_SOCKET_FAMILY_IPV4 &&
            g_inet_address_to_bytes(address)[0] == 0);
}

/* Asked once the name is resolved and the connection stands: no name can lie about it. */
static int
on_connected(void *user, char *peer, char *own, int peer_port, int own_port)
{
    Sink *sink = user;

    sink->inside = is_inside(peer);
    return sink->inside ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bool
is_here(const char *host)
{
    g_autoptr(GInetAddress) address = host != NULL ? parse_address(host) : NULL;

    return host != NULL && (g_str_equal(host, "localhost") ||
                            (address != NULL && g_inet_address_get_is_loopback(address)));
}

/* A last label of digits (or 0x…) is an address or nothing (URL Standard, 3.5): no name
 * server need be asked about "127.0.0.1." and its like. */
static bool
is_number_spelt_oddly(const char *host)
{
    g_autoptr(GInetAddress) address = host != NULL ? parse_address(host) : NULL;
    g_autofree char *name = host != NULL ? g_strdup(host) : NULL;
    size_t size = name != NULL ? strlen(name) : 0;

    if (address != NULL || size == 0)
        return false;
    if (name[size - 1] == '.')
        name[size - 1] = '\0';
    const char *dot = strrchr(name, '.'), *last = dot != NULL ? dot + 1 : name;
    bool hex = g_ascii_strncasecmp(last, "0x", 2) == 0;
    return hex || (*last != '\0' && strspn(last, "0123456789") == strlen(last));
}

/* Plain http is for this machine alone: no test or demo needs more, and no product. */
static bool
check_url(const char *url, const SaoyHttpTls *tls, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);

    if (uri == NULL || is_number_spelt_oddly(g_uri_get_host(uri)))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "not a web address");
    if (g_str_equal(g_uri_get_scheme(uri), "https"))
        return true;

    bool plain = is_here(g_uri_get_host(uri)) || (tls != NULL && tls->signed_answers);
    bool with_ca = tls != NULL && tls->ca != NULL;
    if (!g_str_equal(g_uri_get_scheme(uri), "http") || !plain || with_ca)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "only https leaves this machine");
    return true;
}

SaoyHttp *
saoy_http_new(const char *base_url, const SaoyHttpTls *tls, GError **error)
{
    if (!check_url(base_url, tls, error) || !saoy_curl_open(error))
        return NULL;

    SaoyHttp *http = g_new0(SaoyHttp, 1);
    http->curl = saoy_curl->easy_init();
    http->base_url = g_strdup(base_url);
    if (tls != NULL) {
        http->ca = g_strdup(tls->ca);
        http->cert = g_strdup(tls->cert);
        http->key = g_strdup(tls->key);
        http->pin = tls->pin != NULL ? g_strconcat("sha256//", tls->pin, NULL) : NULL;
        http->cookies = tls->cookies;
        http->outside = tls->outside;
    }
    if (g_str_has_suffix(http->base_url, "/"))
        http->base_url[strlen(http->base_url) - 1] = '\0';
    return http;
}

void
saoy_http_free(SaoyHttp *http)
{
    saoy_http_set_bearer(http, NULL);
    saoy_curl->easy_cleanup(http->curl);
    g_free(http->base_url);
    g_free(http->ca);
    g_free(http->cert);
    g_free(http->key);
    g_free(http->pin);
    g_free(http);
}

void
saoy_http_set_bearer(SaoyHttp *http, const char *token)
{
    if (http->bearer != NULL)
        explicit_bzero(http->bearer, strlen(http->bearer));
    g_free(http->bearer);
    http->bearer = g_strdup(token);
}

void
saoy_http_answer_clear(SaoyHttpAnswer *answer)
{
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_clear_pointer(&answer->type, g_free);
}

static struct curl_slist *
headers_of(const SaoyHttp *http, const SaoyHttpCall *call)
{
    struct curl_slist *list =
        saoy_curl->slist_append(NULL, "Expect:"); /* no 100-continue wait */

    if (call->type != NULL) {
        g_autofree char *line = g_strdup_printf("Content-Type: %s", call->type);
        list = saoy_curl->slist_append(list, line);
    }
    if (http->bearer != NULL) {
        g_autofree char *line = g_strdup_printf("Authorization: Bearer %s", http->bearer);
        list = saoy_curl->slist_append(list, line);
        explicit_bzero(line, strlen(line));
    }
    for (size_t i = 0; call->headers != NULL && call->headers[i] != NULL; i++)
        list = saoy_curl->slist_append(list, call->headers[i]);
    return list;
}

/* Among them who we are. */
static void
free_headers(struct curl_slist *list)
{
    for (struct curl_slist *one = list; one != NULL; one = one->next)
        explicit_bzero(one->data, strlen(one->data));
    saoy_curl->slist_free_all(list);
}

static void
set_up(SaoyHttp *http, const SaoyHttpCall *call, const char *url, Sink *sink)
{
    CURL *curl = http->curl;

    saoy_curl->easy_reset(curl); /* keeps the connection */
    saoy_curl->easy_setopt(curl, CURLOPT_URL, url);
    saoy_curl->easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    saoy_curl->easy_setopt(curl, CURLOPT_PROXY, "");
    saoy_curl->easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    saoy_curl->easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca != NULL) {
        saoy_curl->easy_setopt(curl, CURLOPT_CAINFO, http->ca);
        saoy_curl->easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (http->cert != NULL) {
        saoy_curl->easy_setopt(curl, CURLOPT_SSLCERT, http->cert);
        saoy_curl->easy_setopt(curl, CURLOPT_SSLKEY, http->key);
    }
    if (http->pin != NULL)
        saoy_curl->easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, http->pin);
    if (http->cookies)
        saoy_curl->easy_setopt(curl, CURLOPT_COOKIEFILE, ""); /* none; switches them on */
    saoy_curl->easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    saoy_curl->easy_setopt(curl, CURLOPT_TIMEOUT,
                           (long)(call->timeout_s != 0 ? call->timeout_s : TIMEOUT_S));
    saoy_curl->easy_setopt(curl, CURLOPT_FRESH_CONNECT, (long)call->once);
    saoy_curl->easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
    if (call->body.data != NULL || !g_str_equal(call->method, "GET")) {
        saoy_curl->easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                               (curl_off_t)call->body.size);
        saoy_curl->easy_setopt(curl, CURLOPT_POSTFIELDS,
                               call->body.data != NULL ? (const void *)call->body.data
                                                       : "");
    }
    if (http->outside) {
        saoy_curl->easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_connected);
        saoy_curl->easy_setopt(curl, CURLOPT_PREREQDATA, sink);
    }
    saoy_curl->easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
    saoy_curl->easy_setopt(curl, CURLOPT_WRITEDATA, sink);
    saoy_curl->easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    saoy_curl->easy_setopt(curl, CURLOPT_XFERINFODATA, sink);
    saoy_curl->easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static SaoyErrorCode
code_of(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return SAOY_ERROR_TIMEOUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return SAOY_ERROR_UNTRUSTED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
        return SAOY_ERROR_OFFLINE;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return SAOY_ERROR_MALFORMED;
    default:
        return SAOY_ERROR_FAILED;
    }
}

static void
free_wiped(void *p)
{
    GByteArray *bytes = p;

    explicit_bzero(bytes->data, bytes->len);
    g_byte_array_unref(bytes);
}

static void
take_answer(SaoyHttp *http, GByteArray *body, SaoyHttpAnswer *out)
{
    long status = 0;
    curl_off_t retry = 0;
    const char *type = NULL;

    saoy_curl->easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    saoy_curl->easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry);
    saoy_curl->easy_getinfo(http->curl, CURLINFO_CONTENT_TYPE, &type);
    *out = (SaoyHttpAnswer){
        .status = (int)status,
        .body = g_bytes_new_with_free_func(body->data, body->len, free_wiped,
                                           g_byte_array_ref(body)),
        .type = g_strdup(type != NULL ? type : ""),
        .retry_after_s = (int)CLAMP(retry, 0, 3600),
    };
}

bool
saoy_http_call(SaoyHttp *http, const SaoyHttpCall *call, SaoyHttpAnswer *out,
               GCancellable *cancel, GError **error)
{
    g_autofree char *url = g_strconcat(http->base_url, call->path, NULL);
    /* room for most: what grows leaves its old place as it is */
    g_autoptr(GByteArray) body = g_byte_array_sized_new(FIRST_ROOM);
    Sink sink = { .body = body,
                  .max = call->max_answer != 0 ? call->max_answer : ANSWER_MAX,
                  .grace_s = call->grace_s,
                  .cancel = cancel };

    http->sent = false;
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;

    struct curl_slist *headers = headers_of(http, call);
    set_up(http, call, url, &sink);
    saoy_curl->easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = saoy_curl->easy_perform(http->curl);
    free_headers(headers);
    long sent = 0;
    saoy_curl->easy_getinfo(http->curl, CURLINFO_REQUEST_SIZE, &sent);
    http->sent = sent > 0;

    if (code != CURLE_OK && g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    if (sink.inside)
        return saoy_fail(error, SAOY_ERROR_OFFLINE,
                         "an address of this machine alone is not asked");
    if (sink.too_large)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the answer is larger than %zu bytes",
                         sink.max);
    if (code != CURLE_OK)
        return saoy_fail(error, code_of(code), "%s", saoy_curl->easy_strerror(code));
    take_answer(http, body, out);
    return true;
}

bool
saoy_http_was_sent(const SaoyHttp *http)
{
    return http->sent;
}

const char *
saoy_url_own_path(const char *own, const char *below, const char *url)
{
    g_autoptr(GUri) ours = g_uri_parse(own, G_URI_FLAGS_NONE, NULL);
    g_autoptr(GUri) asked = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);

    return ours != NULL && asked != NULL &&
                   g_strcmp0(g_uri_get_host(ours), g_uri_get_host(asked)) == 0 &&
                   g_str_has_prefix(g_uri_get_path(asked), below)
               ? strstr(url, below)
               : NULL;
}

GBytes *
saoy_http_fetch(void *user, const char *url, const char *type, GBytes *body,
                GCancellable *cancel, GError **error)
{
    g_autoptr(GUri) own = user != NULL ? g_uri_parse(user, G_URI_FLAGS_NONE, NULL) : NULL;
    bool here = own != NULL && is_here(g_uri_get_host(own));
    const SaoyHttpTls tls = { .signed_answers = true, .outside = !here };
    g_autoptr(SaoyHttp) http = saoy_http_new(url, &tls, error);
    gsize size = 0;
    const uint8_t *data = body != NULL ? g_bytes_get_data(body, &size) : NULL;
    const SaoyHttpCall call = { .method = body != NULL ? "POST" : "GET",
                                .path = "",
                                .type = type,
                                .body = { data, size },
                                .timeout_s = FETCH_TIMEOUT_S,
                                .max_answer = FETCH_MAX };
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (http == NULL || !saoy_http_call(http, &call, &answer, cancel, error))
        return NULL;
    if (answer.status != 200)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "status %d", answer.status);
    return g_bytes_ref(answer.body);
}
