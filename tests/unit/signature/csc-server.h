#pragma once
/* A signing service over TLS with client certificates that does what the standard says, and
 * what it must not when it is told. For tests only. */
#include "pki.h"

#include "core/json.h"

#include <openssl/ssl.h>

#include <glib-unix.h>
#include <poll.h>
#include <stdlib.h>

#define HUGE_ANSWER (INT64_C(1) << 30)

typedef struct {
    uint8_t hash[32];
    char *id;
    GBytes *signature;
    unsigned pending; /* polls that find it not ready */
} CscSigned;

typedef struct {
    PkiEntity root, tls, client, signer, other;
    char *folder;
    SSL_CTX *context;
    GSocket *socket;
    guint16 port;
    GThread *thread;
    GPtrArray *workers;
    GMutex lock;
    /* "method act": the first that is of the method is used up; "*" at the end: never */
    GPtrArray *faults;
    GPtrArray *seen;   /* methods, in order */
    GPtrArray *made;   /* CscSigned: each signature once */
    GPtrArray *bodies; /* "method body" */
    unsigned confirm;  /* 202s of authorize */
    unsigned pending;  /* of each signing */
    bool synchronous;  /* signs in signHash */
    bool keep;         /* connections, for the next request */
    int64_t streamed;  /* bytes of a huge answer that were taken */
    void (*age)(void); /* "ages": time passes till nobody is patient any more */
} CscServer;

static inline void
csc_fault(CscServer *s, const char *fault)
{
    g_ptr_array_add(s->faults, g_strdup(fault));
}

/* What is to go wrong with this method, or NULL. */
static inline char *
csc_take_fault(CscServer *s, const char *method)
{
    for (unsigned i = 0; i < s->faults->len; i++) {
        const char *fault = s->faults->pdata[i];
        size_t size = strlen(method);

        if (strncmp(fault, method, size) != 0 || fault[size] != ' ')
            continue;
        char *act = g_strdup(fault + size + 1);
        if (g_str_has_suffix(act, "*"))
            act[strlen(act) - 1] = '\0';
        else
            g_ptr_array_remove_index(s->faults, i);
        return act;
    }
    return NULL;
}

static inline unsigned
csc_seen(CscServer *s, const char *method)
{
    unsigned n = 0;

    g_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->seen->len; i++)
        n += g_str_equal(s->seen->pdata[i], method);
    g_mutex_unlock(&s->lock);
    return n;
}

/* ---- what it answers */

static inline char *
csc_base64(GBytes *bytes)
{
    return g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static inline char *
csc_info(CscServer *s, const char *act)
{
    bool wrong = g_strcmp0(act, "wrong-certificate") == 0;
    g_autofree char *leaf = csc_base64(wrong ? s->other.der : s->signer.der);
    g_autofree char *issuer = csc_base64(s->root.der);

    return g_strdup_printf("200 {\"cert\":{\"certificates\":[\"%s\",\"%s\"]}}", leaf,
                           issuer);
}

/* The one signature of that hash: asked again for it, the service would make a second. */
static inline CscSigned *
csc_sign(CscServer *s, SaoyJson *body)
{
    SaoyJson *list = saoy_json_member(body, "hashes");
    CscSigned *one = g_new0(CscSigned, 1);

    if (list == NULL)
        list = saoy_json_member(body, "hash");
    g_autoptr(GBytes) hash =
        saoy_base64_decode(saoy_json_text(saoy_json_at(list, 0)), NULL);
    g_assert_cmpuint(g_bytes_get_size(hash), ==, 32);
    memcpy(one->hash, saoy_view_of(hash).data, 32);
    one->signature = pki_sign(&s->signer, one->hash);
    one->id = g_strdup_printf("r-%u", s->made->len + 1);
    one->pending = s->pending;
    g_ptr_array_add(s->made, one);
    return one;
}

static inline char *
csc_give(CscServer *s, const CscSigned *one, const char *act)
{
    uint8_t other_hash[32] = { 9 };
    g_autoptr(GBytes) wrong =
        g_strcmp0(act, "wrong-hash") == 0  ? pki_sign(&s->signer, other_hash)
        : g_strcmp0(act, "wrong-key") == 0 ? pki_sign(&s->other, one->hash)
                                           : g_bytes_ref(one->signature);
    g_autofree char *text = csc_base64(wrong);

    return g_strcmp0(act, "pair") == 0
               ? g_strdup_printf("200 {\"signatures\":[\"%s\",\"%s\"]}", text, text)
               : g_strdup_printf("200 {\"signatures\":[\"%s\"]}", text);
}

static inline char *
csc_poll(CscServer *s, SaoyJson *body, const char *act)
{
    const char *id = saoy_json_string_or(body, "requestID", "");
    bool swapped = g_strcmp0(act, "swapped") == 0;

    for (unsigned i = 0; i < s->made->len; i++) {
        CscSigned *one = s->made->pdata[i];

        if (!g_str_equal(one->id, id))
            continue;
        if (one->pending > 0) {
            one->pending--;
            return g_strdup(g_strcmp0(act, "in-400") == 0
                                ? "400 {\"error\":\"accepted_request\"}"
                                : "202 {\"error\":\"accepted_request\"}");
        }
        return csc_give(s, swapped ? s->made->pdata[s->made->len - 1 - i] : one, act);
    }
    return g_strdup("400 {\"error\":\"invalid_request\"}");
}

static inline char *
csc_answer(CscServer *s, const char *method, SaoyJson *body, const char *act)
{
    if (g_str_equal(method, "token") || g_str_equal(method, "login"))
        return g_strdup("200 {\"access_token\":\"t-1\",\"token_type\":\"Bearer\"}");
    if (g_str_equal(method, "list"))
        return g_strdup("200 {\"credentialIDs\":[\"k-1\"]}");
    if (g_str_equal(method, "info"))
        return csc_info(s, act);
    if (g_str_has_prefix(method, "authorize") && s->confirm > 0) {
        s->confirm--;
        return g_strdup("202 {\"handle\":\"h-1\"}");
    }
    if (g_str_has_prefix(method, "authorize"))
        return g_strdup("200 {\"SAD\":\"sad-1\",\"expiresIn\":300}");
    if (g_str_equal(method, "signHash")) {
        const CscSigned *one = csc_sign(s, body);
        const CscSigned *first = s->made->pdata[0];

        return s->synchronous
                   ? csc_give(s, one, act)
                   : g_strdup_printf("200 {\"responseID\":\"%s\"}",
                                     g_strcmp0(act, "same-id") == 0 ? first->id : one->id);
    }
    if (g_str_equal(method, "signPolling"))
        return csc_poll(s, body, act);
    return g_strdup("404 {}");
}

/* ---- how it sends it */

static inline bool
csc_write(SSL *ssl, const char *text, size_t size)
{
    return SSL_write(ssl, text, (int)size) == (int)size;
}

static inline void
csc_stream(CscServer *s, SSL *ssl, bool announced)
{
    g_autofree char *head = g_strdup_printf(
        "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nConnection: close\r\n");
    g_autofree char *length =
        g_strdup_printf("Content-Length: %" G_GINT64_FORMAT "\r\n\r\n", HUGE_ANSWER);
    static char block[16384];

    memset(block, ' ', sizeof block);
    csc_write(ssl, head, strlen(head));
    csc_write(ssl, announced ? length : "\r\n", announced ? strlen(length) : 2);
    while (s->streamed < HUGE_ANSWER && csc_write(ssl, block, sizeof block))
        s->streamed += sizeof block;
}

/* answer: "status body". act "retry N": with that Retry-After; "cut": less than announced.
 */
static inline void
csc_send(const CscServer *s, SSL *ssl, const char *answer, const char *act)
{
    const char *body = strchr(answer, ' ') + 1;
    bool cut = g_strcmp0(act, "cut") == 0;
    g_autofree char *after = act != NULL && g_str_has_prefix(act, "retry ")
                                 ? g_strdup_printf("Retry-After: %s\r\n", act + 6)
                                 : g_strdup("");
    g_autofree char *text = g_strdup_printf(
        "HTTP/1.1 %.3s X\r\nContent-Type: application/json\r\nConnection: %s\r\n%s"
        "Content-Length: %zu\r\n\r\n%.*s",
        answer, s->keep ? "keep-alive" : "close", after, strlen(body),
        (int)(cut ? strlen(body) / 2 : strlen(body)), body);

    csc_write(ssl, text, strlen(text));
}

static const char csc_deep[] =
    "200 {\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";

/* Acts that take the place of the answer; NULL: the answer itself. */
static inline const char *
csc_instead(const char *act)
{
    if (act == NULL)
        return NULL;
    if (g_str_has_prefix(act, "retry "))
        return "429 {\"error\":\"slow_down\"}";
    if (g_str_equal(act, "ages-and-busy"))
        return "503 {}";
    if (g_str_equal(act, "garbage"))
        return "200 {\"responseID\": \xff";
    if (g_str_equal(act, "deep"))
        return csc_deep;
    return g_ascii_isdigit(act[0]) ? act : NULL;
}

/* Time passes, and no answer comes, until the client is gone. */
static inline bool
csc_outwait(CscServer *s, SSL *ssl)
{
    struct pollfd gone = { .fd = SSL_get_fd(ssl), .events = POLLIN };

    do
        s->age();
    while (poll(&gone, 1, 100) == 0);
    return false;
}

/* Whether the connection may go on. */
static inline bool
csc_handle(CscServer *s, SSL *ssl, const char *method, SaoyJson *body)
{
    g_mutex_lock(&s->lock);
    g_autofree char *act = csc_take_fault(s, method);
    const char *instead = csc_instead(act);
    g_autofree char *answer =
        instead != NULL ? g_strdup(instead) : csc_answer(s, method, body, act);

    g_ptr_array_add(s->seen, g_strdup(method));
    g_mutex_unlock(&s->lock);
    if (g_strcmp0(act, "drop") == 0)
        return false;
    if (g_strcmp0(act, "ages-and-drops") == 0) {
        s->age();
        return false;
    }
    if (g_strcmp0(act, "ages-and-waits") == 0)
        return csc_outwait(s, ssl);
    if (g_strcmp0(act, "ages") == 0 || g_strcmp0(act, "ages-and-busy") == 0)
        s->age();
    if (act != NULL && g_str_has_prefix(act, "late "))
        g_usleep(strtoul(act + 5, NULL, 10) * 1000);
    if (g_strcmp0(act, "huge") == 0 || g_strcmp0(act, "stream") == 0)
        csc_stream(s, ssl, act[0] == 'h');
    else
        csc_send(s, ssl, answer, act);
    return s->keep && g_strcmp0(act, "cut") != 0;
}

/* ---- connections */

/* One request: its method (the last piece of the path) and body. */
static inline char *
csc_read(SSL *ssl, char **out_body)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[4096];

    for (;;) {
        int n = SSL_read(ssl, buffer, sizeof buffer);

        if (n <= 0)
            return NULL;
        g_string_append_len(text, buffer, n);
        const char *end = strstr(text->str, "\r\n\r\n");
        const char *length = strstr(text->str, "Content-Length: ");
        size_t body = length != NULL ? strtoul(length + 16, NULL, 10) : 0;
        if (end == NULL || text->len < (size_t)(end + 4 - text->str) + body)
            continue;
        *out_body = g_strdup(end + 4);
        g_auto(GStrv) words = g_strsplit(text->str, " ", 3);
        return g_strdup(strrchr(words[1], '/') + 1);
    }
}

static inline bool
csc_serve_one(CscServer *s, SSL *ssl)
{
    g_autofree char *body = NULL;
    g_autofree char *method = csc_read(ssl, &body);
    g_autoptr(SaoyJson) json = NULL;

    if (method == NULL)
        return false;
    json =
        saoy_json_parse((SaoyView){ (const uint8_t *)body, strlen(body) }, 1 << 16, NULL);
    g_mutex_lock(&s->lock);
    g_ptr_array_add(s->bodies, g_strconcat(method, " ", body, NULL));
    g_mutex_unlock(&s->lock);
    return csc_handle(s, ssl, method, json);
}

typedef struct {
    CscServer *server;
    GSocket *socket;
} CscConnection;

static inline void *
csc_talk(void *user)
{
    g_autofree CscConnection *c = user;
    SSL *ssl = SSL_new(c->server->context);

    SSL_set_fd(ssl, g_socket_get_fd(c->socket));
    if (SSL_accept(ssl) == 1) {
        while (csc_serve_one(c->server, ssl))
            ;
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    ERR_clear_error();
    g_socket_close(c->socket, NULL);
    g_object_unref(c->socket);
    return NULL;
}

static inline void *
csc_accept(void *user)
{
    CscServer *s = user;

    for (;;) {
        GSocket *socket = g_socket_accept(s->socket, NULL, NULL);
        CscConnection *c = NULL;

        if (socket == NULL)
            return NULL;
        c = g_new(CscConnection, 1);
        *c = (CscConnection){ s, socket };
        g_assert_true(g_unix_set_fd_nonblocking(g_socket_get_fd(socket), FALSE, NULL));
        g_ptr_array_add(s->workers, g_thread_new("connection", csc_talk, c));
    }
}

static inline void
csc_signed_free(void *p)
{
    CscSigned *one = p;

    g_bytes_unref(one->signature);
    g_free(one->id);
    g_free(one);
}

static inline void
csc_write_pem(CscServer *s, const char *name, const PkiEntity *entity)
{
    g_autofree char *crt = g_strdup_printf("%s/%s.crt", s->folder, name);
    g_autofree char *key = g_strdup_printf("%s/%s.key", s->folder, name);
    BIO *c = BIO_new_file(crt, "w"), *k = BIO_new_file(key, "w");

    g_assert_true(PEM_write_bio_X509(c, entity->certificate));
    g_assert_true(PEM_write_bio_PrivateKey(k, entity->key, NULL, NULL, 0, NULL, NULL));
    BIO_free(c);
    BIO_free(k);
}

static inline PkiEntity
csc_tls_entity(const char *name, const PkiEntity *issuer, const char *alt)
{
    const PkiExtra extra[] = { { NID_subject_alt_name, alt }, { 0, NULL } };

    return pki_entity_full(EVP_EC_gen("P-256"), name, issuer, false,
                           "critical,digitalSignature", -86400, 86400 * 365, extra);
}

/* alt: the name in the server's certificate. max_version: of TLS, 0 any. */
static inline void
csc_server_start(CscServer *s, const char *alt, int max_version)
{
    g_autoptr(GInetAddress) here = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(here, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    s->root = pki_entity("TEST root", NULL, true);
    s->tls = csc_tls_entity("TEST server", &s->root, alt);
    s->client = csc_tls_entity("TEST client", &s->root, "DNS:kiosk");
    s->signer = pki_entity("TEST officer", &s->root, false);
    s->other = pki_entity("TEST other", &s->root, false);
    s->folder = pki_folder();
    csc_write_pem(s, "root", &s->root);
    csc_write_pem(s, "client", &s->client);
    s->faults = g_ptr_array_new_with_free_func(g_free);
    s->seen = g_ptr_array_new_with_free_func(g_free);
    s->bodies = g_ptr_array_new_with_free_func(g_free);
    s->made = g_ptr_array_new_with_free_func(csc_signed_free);
    s->workers = g_ptr_array_new();
    g_mutex_init(&s->lock);
    s->context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(s->context, s->tls.certificate);
    SSL_CTX_use_PrivateKey(s->context, s->tls.key);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(s->context), s->root.certificate);
    SSL_CTX_set_verify(s->context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_session_cache_mode(s->context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(s->context, SSL_OP_NO_TICKET);
    if (max_version != 0) {
        SSL_CTX_set_security_level(s->context, 0);
        SSL_CTX_set_max_proto_version(s->context, max_version);
    }
    s->socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                             G_SOCKET_PROTOCOL_TCP, NULL);
    g_assert_true(g_socket_bind(s->socket, any, TRUE, NULL));
    g_assert_true(g_socket_listen(s->socket, NULL));
    bound = g_socket_get_local_address(s->socket, NULL);
    s->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    s->thread = g_thread_new("service", csc_accept, s);
}

/* Behind the last client. */
static inline void
csc_server_stop(CscServer *s)
{
    g_socket_shutdown(s->socket, TRUE, TRUE, NULL); /* wakes accept */
    g_thread_join(s->thread);
    for (unsigned i = 0; i < s->workers->len; i++)
        g_thread_join(s->workers->pdata[i]);
    g_socket_close(s->socket, NULL);
    g_object_unref(s->socket);
    SSL_CTX_free(s->context);
    g_ptr_array_unref(s->workers);
    g_ptr_array_unref(s->faults);
    g_ptr_array_unref(s->seen);
    g_ptr_array_unref(s->bodies);
    g_ptr_array_unref(s->made);
    g_mutex_clear(&s->lock);
    g_assert_true(saoy_dir_remove(s->folder, NULL));
    g_free(s->folder);
    pki_entity_clear(&s->root);
    pki_entity_clear(&s->tls);
    pki_entity_clear(&s->client);
    pki_entity_clear(&s->signer);
    pki_entity_clear(&s->other);
}
