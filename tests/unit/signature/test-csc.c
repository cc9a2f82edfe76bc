/* The CSC client against a small signing service that behaves, and misbehaves when told. */
#include "signature/signer.h"

#include "pki.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"

#include <stdlib.h>

typedef struct {
    GSocketService *service;
    GThread *thread;
    GMainContext *context;
    GMainLoop *loop;
    PkiEntity issuing, signer_entity, other;
    /* what is to go wrong, and how often: "path answer" words, first match is used up */
    GPtrArray *faults;
    GPtrArray *log; /* paths, in order */
    char *last_body;
    unsigned confirmations, pending; /* 202s before authorize and polling are done */
    bool sad_400;                    /* pending in the style of 400 */
    bool text_400;                   /* and with nothing but a sentence */
    bool synchronous, pair, wrong_signature, wrong_certificate, no_token;
    unsigned signatures, n_pending, fenced;
    GBytes *signature;
    SaoyHttp *http;
    SaoyCsc *csc;
    SaoySigner *signer;
    bool pinned;   /* the chain has been asked for */
    char *journal; /* where the signing stands, as the client wrote it */
    GPtrArray *stages;
    bool full; /* the journal takes no more */
    uint8_t hash[32];
} Service;

/* ---- the service ---- */

static char *
take_request(Service *s, GInputStream *in, char **out_body)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[4096];

    for (;;) {
        gssize n = g_input_stream_read(in, buffer, sizeof(buffer), NULL, NULL);
        const char *end = NULL;

        if (n <= 0)
            return NULL;
        g_string_append_len(text, buffer, n);
        end = strstr(text->str, "\r\n\r\n");
        const char *length = strstr(text->str, "Content-Length: ");
        size_t body = length != NULL ? strtoul(length + 16, NULL, 10) : 0;
        if (end == NULL || text->len < (size_t)(end + 4 - text->str) + body)
            continue;
        *out_body = g_strdup(end + 4);
        s->fenced += strstr(text->str, "\r\nX-Saoy-Fence: 7\r\n") != NULL;
        g_auto(GStrv) words = g_strsplit(text->str, " ", 3);
        return g_strdup(words[1]);
    }
}

static char *
take_fault(Service *s, const char *path)
{
    for (size_t i = 0; i < s->faults->len; i++) {
        const char *fault = s->faults->pdata[i];
        const char *space = strchr(fault, ' ');

        if (strncmp(fault, path, (size_t)(space - fault)) != 0)
            continue;
        char *answer = g_strdup(space + 1);
        g_ptr_array_remove_index(s->faults, i);
        return answer;
    }
    return NULL;
}

static char *
base64(GBytes *bytes)
{
    return g_base64_encode(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static char *
info_answer(Service *s)
{
    g_autofree char *leaf =
        base64(s->wrong_certificate ? s->other.der : s->signer_entity.der);
    g_autofree char *issuer = base64(s->issuing.der);

    return g_strdup_printf(
        "200 {\"key\":{\"status\":\"enabled\"},\"cert\":{\"certificates\":"
        "[\"%s\",\"%s\"]},\"new_in_3\":{}}",
        leaf, issuer);
}

static char *
signature_answer(Service *s)
{
    g_autofree char *text = NULL;
    uint8_t pair[64];

    if (s->signature == NULL) {
        s->signature =
            pki_sign(s->wrong_signature ? &s->other : &s->signer_entity, s->hash);
        s->signatures++;
    }
    pki_pair(s->signature, pair);
    text = s->pair ? g_base64_encode(pair, sizeof(pair)) : base64(s->signature);
    return g_strdup_printf("200 {\"signatures\":[\"%s\"]}", text);
}

static char *
polling_answer(Service *s)
{
    if (s->n_pending >= s->pending)
        return signature_answer(s);
    s->n_pending++;
    if (s->text_400)
        return g_strdup(
            "400 {\"error\":\"invalid_request\",\"error_description\":\"The previous "
            "asynchronous signature request has been accepted\"}");
    return g_strdup(s->sad_400 ? "400 {\"error\":\"accepted_request\"}"
                               : "202 {\"error\":\"accepted_request\"}");
}

static char *
authorization_answer(Service *s)
{
    if (s->confirmations == 0)
        return g_strdup("200 {\"SAD\":\"sad-1\",\"expiresIn\":300}");
    s->confirmations--;
    return g_strdup("202 {\"handle\":\"h-1\"}");
}

static char *
answer_to(Service *s, const char *path)
{
    char *fault = take_fault(s, path);

    if (fault != NULL)
        return fault;
    if (g_str_has_suffix(path, "/oauth2/token"))
        return g_strdup(s->no_token ? "200 {}"
                                    : "200 {\"access_token\":\"t-1\",\"token_type\":"
                                      "\"Bearer\",\"expires_in\":3600}");
    if (g_str_has_suffix(path, "/credentials/info"))
        return info_answer(s);
    if (strstr(path, "/credentials/authorize") != NULL)
        return authorization_answer(s);
    if (g_str_has_suffix(path, "/signatures/signHash"))
        return s->synchronous ? signature_answer(s)
                              : g_strdup("200 {\"responseID\":\"r-1\"}");
    if (g_str_has_suffix(path, "/signatures/signPolling"))
        return polling_answer(s);
    return g_strdup("404 {}");
}

/* "429 text" and "cut text" apart, an answer is "status body". */
static void
send_answer(GOutputStream *out, const char *answer)
{
    const char *body = strchr(answer, ' ') + 1;
    int status = atoi(answer);
    bool cut = g_str_has_prefix(answer, "cut");
    g_autofree char *text = g_strdup_printf(
        "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nConnection: close\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        cut ? 200 : status, strlen(body) + (cut ? 50 : 0), body);

    g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL);
}

static gboolean
on_client(GThreadedSocketService *service, GSocketConnection *connection, GObject *source,
          void *user)
{
    Service *s = user;
    g_autofree char *body = NULL;
    g_autofree char *path =
        take_request(s, g_io_stream_get_input_stream(G_IO_STREAM(connection)), &body);

    if (path != NULL) {
        g_autofree char *answer = answer_to(s, path);

        g_ptr_array_add(s->log, g_strdup(strrchr(path, '/') + 1));
        g_free(s->last_body);
        s->last_body = g_steal_pointer(&body);
        send_answer(g_io_stream_get_output_stream(G_IO_STREAM(connection)), answer);
    }
    g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
    return TRUE;
}

static void *
serve(void *user)
{
    Service *s = user;

    g_main_context_push_thread_default(s->context);
    g_main_loop_run(s->loop);
    g_main_context_pop_thread_default(s->context);
    return NULL;
}

static void
set_up(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;

    s->issuing = pki_entity("TEST issuing", NULL, true);
    s->signer_entity = pki_entity("TEST officer", &s->issuing, false);
    s->other = pki_entity("TEST other", &s->issuing, false);
    s->faults = g_ptr_array_new_with_free_func(g_free);
    s->log = g_ptr_array_new_with_free_func(g_free);
    memset(s->hash, 7, sizeof(s->hash));
    s->context = g_main_context_new();
    s->loop = g_main_loop_new(s->context, FALSE);
    g_main_context_push_thread_default(s->context);
    s->service = g_threaded_socket_service_new(8);
    guint16 port =
        g_socket_listener_add_any_inet_port(G_SOCKET_LISTENER(s->service), NULL, NULL);
    g_signal_connect(s->service, "run", G_CALLBACK(on_client), s);
    g_socket_service_start(s->service);
    g_main_context_pop_thread_default(s->context);
    s->thread = g_thread_new("service", serve, s);
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u", port);
    s->http = saoy_http_new(url, NULL, &error);
    g_assert_no_error(error);
    s->csc = saoy_csc_new(s->http);
    s->signer = saoy_signer_of_csc(s->csc);
    s->stages = g_ptr_array_new_with_free_func(g_free);
}

/* On the service's own thread: closing from another races with an accept under way. */
static gboolean
close_and_quit(void *user)
{
    Service *s = user;

    g_socket_service_stop(s->service);
    g_socket_listener_close(G_SOCKET_LISTENER(s->service));
    g_main_loop_quit(s->loop);
    return G_SOURCE_REMOVE;
}

static void
stop_service(Service *s)
{
    g_autoptr(GSource) source = g_idle_source_new();
    gpointer answering = s->service;

    if (s->thread == NULL)
        return;
    g_source_set_callback(source, close_and_quit, s, NULL);
    g_source_attach(source, s->context);
    g_thread_join(g_steal_pointer(&s->thread));
    while (g_main_context_iteration(s->context, FALSE))
        continue; /* the cancelled accept says good-bye */
    g_object_add_weak_pointer(G_OBJECT(s->service), &answering);
    g_clear_object(&s->service);
    while (g_atomic_pointer_get(&answering) != NULL)
        g_usleep(1000); /* whom a cancelled client has left behind uses the fixture */
}

static void
tear_down(Service *s, const void *data)
{
    saoy_signer_close(s->signer);
    saoy_csc_free(s->csc);
    g_free(s->journal);
    g_ptr_array_unref(s->stages);
    saoy_http_free(s->http);
    stop_service(s);
    g_main_loop_unref(s->loop);
    g_main_context_unref(s->context);
    pki_entity_clear(&s->issuing);
    pki_entity_clear(&s->signer_entity);
    pki_entity_clear(&s->other);
    g_ptr_array_unref(s->faults);
    g_ptr_array_unref(s->log);
    g_clear_pointer(&s->signature, g_bytes_unref);
    g_free(s->last_body);
}

/* ---- the client ---- */

static void
fault(Service *s, const char *path, const char *answer)
{
    g_ptr_array_add(s->faults, g_strdup_printf("/csc/v2/%s %s", path, answer));
}

static GPtrArray *
get_chain(Service *s, GError **error)
{
    g_autofree char *pin = saoy_sha256_hex(saoy_view_of(s->signer_entity.der));

    s->pinned = true;
    return saoy_signer_chain(s->signer, "officer-1", pin, NULL, error);
}

static GBytes *
sign_as(Service *s, const SaoySigning *signing, GCancellable *cancel, GError **error)
{
    g_autoptr(GPtrArray) chain = s->pinned ? NULL : get_chain(s, error);

    return chain != NULL || s->pinned ? saoy_signer_sign(s->signer, signing, cancel, error)
                                      : NULL;
}

static SaoySigning
signing_of(Service *s, unsigned patience_s)
{
    return (SaoySigning){ .credential_id = "officer-1",
                          .tag = "H26.132-251110-0007.01-24/1",
                          .hash = s->hash,
                          .patience_s = patience_s };
}

static GBytes *
sign_for(Service *s, unsigned patience_s, GError **error)
{
    const SaoySigning signing = signing_of(s, patience_s);

    return sign_as(s, &signing, NULL, error);
}

static char *
recall(void *user, GError **error)
{
    const Service *s = user;

    return g_strdup(s->journal != NULL ? s->journal : "");
}

static bool
journal(void *user, const char *before, const char *after, GError **error)
{
    Service *s = user;

    g_assert_cmpstr(before, ==, s->journal != NULL ? s->journal : "");
    if (s->full)
        return saoy_fail(error, SAOY_ERROR_FAILED, "journal is full");
    g_free(s->journal);
    s->journal = g_strdup(after);
    g_ptr_array_add(s->stages, g_strdup(after));
    return true;
}

static SaoySigning
journalled(Service *s)
{
    SaoySigning signing = signing_of(s, 10);

    signing.recall = recall;
    signing.journal = journal;
    signing.user = s;
    return signing;
}

static void
assert_signs(Service *s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = sign_for(s, 20, &error);

    g_assert_no_error(error);
    g_assert_nonnull(signature);
    g_assert_true(g_bytes_equal(signature, s->signature));
    g_assert_cmpuint(s->signatures, ==, 1);
}

static unsigned
times(Service *s, const char *method)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->log->len; i++)
        n += g_str_equal(s->log->pdata[i], method);
    return n;
}

static void
test_the_straight_way(Service *s, const void *data)
{
    static const char *const order[] = { "token", "info", "authorize", "signHash",
                                         "signPolling" };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_csc_login(s->csc, NULL, &error));
    g_autoptr(GPtrArray) chain = get_chain(s, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(chain->len, ==, 2);
    g_assert_true(g_bytes_equal(chain->pdata[0], s->signer_entity.der));
    assert_signs(s);
    g_assert_cmpuint(s->log->len, ==, G_N_ELEMENTS(order));
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        g_assert_cmpstr(s->log->pdata[i], ==, order[i]);
    g_assert_nonnull(
        strstr(s->last_body, "\"clientData\":\"H26.132-251110-0007.01-24/1\""));
    g_assert_nonnull(strstr(s->last_body, "\"requestID\":\"r-1\""));
}

static void
test_the_fence_goes_with_each_call(Service *s, const void *data)
{
    static const char *const headers[] = { "X-Saoy-Fence: 7", NULL };
    SaoySigning signing = signing_of(s, 20);
    g_autoptr(GError) error = NULL;

    signing.headers = headers;
    s->confirmations = 1;
    g_autoptr(GBytes) signature = sign_as(s, &signing, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(signature);
    g_assert_cmpuint(s->fenced, ==, 4); /* authorize, authorizeCheck, signHash, polling */
    g_assert_true(saoy_csc_login(s->csc, NULL, &error));
    g_assert_cmpuint(s->fenced, ==, 4);
}

static void
test_a_person_confirms_late(Service *s, const void *data)
{
    s->confirmations = 3;
    assert_signs(s);
    g_assert_cmpuint(times(s, "authorizeCheck"), ==, 3);
}

static void
test_pending_in_every_style(Service *s, const void *data)
{
    for (int style = 0; style < 3; style++) {
        s->pending = 2;
        s->n_pending = s->signatures = 0;
        g_clear_pointer(&s->signature, g_bytes_unref);
        s->sad_400 = style == 1;
        s->text_400 = style == 2;
        assert_signs(s);
    }
    g_assert_cmpuint(times(s, "signPolling"), ==, 9);
}

static void
test_a_service_that_signs_at_once(Service *s, const void *data)
{
    s->synchronous = true;
    assert_signs(s);
    g_assert_cmpuint(times(s, "signPolling"), ==, 0);
}

static const char *
stage(const Service *s, size_t i)
{
    static const char *const names[] = { "asked", "pending", "confirm", "done" };

    for (size_t k = 0; i < s->stages->len && k < G_N_ELEMENTS(names); k++) {
        g_autofree char *member = g_strdup_printf("\"stage\":\"%s\"", names[k]);

        if (strstr(s->stages->pdata[i], member) != NULL)
            return names[k];
    }
    return "none";
}

static void
test_each_step_stands_in_the_journal_first(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;
    const SaoySigning signing = journalled(s);

    s->confirmations = 2;
    g_autoptr(GBytes) signature = sign_as(s, &signing, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(signature);
    g_assert_cmpuint(s->stages->len, ==, 4); /* the same handle is not written again */
    g_assert_cmpstr(stage(s, 0), ==, "confirm");
    g_assert_cmpstr(stage(s, 1), ==, "asked");
    g_assert_cmpstr(stage(s, 2), ==, "pending");
    g_assert_cmpstr(stage(s, 3), ==, "done");
    g_assert_nonnull(strstr(s->stages->pdata[0], "\"handle\":\"h-1\""));
    g_assert_nonnull(strstr(s->stages->pdata[2], "\"handle\":\"r-1\""));
    guint asked = s->log->len;
    g_autoptr(GBytes) again = sign_as(s, &signing, NULL, &error);
    g_assert_true(g_bytes_equal(again, signature)); /* out of the journal alone */
    g_assert_cmpuint(s->log->len, ==, asked);
}

static void
test_a_full_journal_keeps_the_request_back(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;
    const SaoySigning signing = journalled(s);

    s->full = true;
    g_assert_null(sign_as(s, &signing, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_cmpuint(times(s, "signHash"), ==, 0);
}

static void
test_an_earlier_request_is_only_polled(Service *s, const void *data)
{
    const SaoySigning signing = journalled(s);
    g_autofree char *hash = saoy_hex((SaoyView){ s->hash, 32 });

    s->journal = g_strdup_printf("{\"tag\":\"%s\",\"credential\":\"officer-1\",\"hash\":"
                                 "\"%s\",\"stage\":\"pending\",\"handle\":\"r-1\"}",
                                 signing.tag, hash);
    g_autoptr(GBytes) signature = sign_as(s, &signing, NULL, NULL);

    g_assert_nonnull(signature);
    g_assert_cmpuint(times(s, "authorize"), ==, 0);
    g_assert_cmpuint(times(s, "signHash"), ==, 0);
}

static void
test_another_hash_under_the_tag_is_a_conflict(Service *s, const void *data)
{
    const SaoySigning signing = journalled(s);
    g_autoptr(GBytes) signature = sign_as(s, &signing, NULL, NULL);
    g_autoptr(GError) error = NULL;
    uint8_t other[32] = { 1 };
    SaoySigning second = signing;

    g_assert_nonnull(signature);
    second.hash = other;
    g_assert_null(sign_as(s, &second, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_cmpuint(times(s, "signHash"), ==, 1);
}

static void
test_what_passes_is_waited_out(Service *s, const void *data)
{
    fault(s, "credentials/authorize", "429 {\"error\":\"slow_down\"}");
    fault(s, "signatures/signHash", "503 busy");
    fault(s, "signatures/signHash", "cut {\"respo");
    fault(s, "signatures/signPolling", "503 ");
    assert_signs(s);
    g_assert_cmpuint(times(s, "signHash"), ==, 3);
}

static void
test_an_expired_token_is_renewed_once(Service *s, const void *data)
{
    fault(s, "signatures/signHash", "401 {\"error\":\"invalid_token\"}");
    assert_signs(s);
    g_assert_cmpuint(times(s, "token"), ==, 1);
    g_autoptr(GError) error = NULL;
    fault(s, "credentials/authorize", "401 {\"error\":\"invalid_token\"}");
    fault(s, "credentials/authorize", "401 {\"error\":\"invalid_token\"}");
    g_assert_null(sign_for(s, 10, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

/* clang-format off */
static const struct {
    const char *path, *answer;
    SaoyErrorCode code;
} endings[] = {
    { "credentials/authorize",  "400 {\"error\":\"invalid_request\"}",         SAOY_ERROR_REFUSED },
    { "credentials/authorize",  "403 {\"error\":\"access_denied\"}",           SAOY_ERROR_REFUSED },
    { "credentials/authorize",  "409 {\"error\":\"invalid_request\"}",         SAOY_ERROR_REFUSED },
    { "credentials/authorize",  "400 not even json",                           SAOY_ERROR_REFUSED },
    { "credentials/authorize",  "500 {\"error\":\"server_error\"}",            SAOY_ERROR_FAILED },
    { "credentials/authorize",  "302 {}",                                      SAOY_ERROR_FAILED },
    { "credentials/authorize",  "200 <html>",                                  SAOY_ERROR_MALFORMED },
    { "credentials/authorize",  "200 {\"SAD\":7}",                             SAOY_ERROR_MALFORMED },
    { "credentials/authorize",  "200 []",                                      SAOY_ERROR_MALFORMED },
    { "credentials/authorize",  "202 {}",                                      SAOY_ERROR_MALFORMED },
    { "signatures/signHash",    "200 {}",                                      SAOY_ERROR_MALFORMED },
    { "signatures/signHash",    "400 {\"error\":\"invalid_request\"}",         SAOY_ERROR_REFUSED },
    { "signatures/signPolling", "400 {\"error\":\"invalid_request\"}",         SAOY_ERROR_REFUSED },
    { "signatures/signPolling", "200 {\"signatures\":[]}",                     SAOY_ERROR_MALFORMED },
    { "signatures/signPolling", "200 {\"signatures\":[\"AA==\",\"AA==\"]}",    SAOY_ERROR_MALFORMED },
    { "signatures/signPolling", "200 {\"signatures\":[\"not base64!\"]}",      SAOY_ERROR_MALFORMED },
    { "signatures/signPolling", "200 {\"signatures\":[{}]}",                   SAOY_ERROR_MALFORMED },
    { "signatures/signPolling", "500 ",                                        SAOY_ERROR_FAILED },
};
/* clang-format on */

static void
test_what_does_not_pass_ends_in_one_line(Service *s, const void *data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autoptr(GError) error = NULL;

        fault(s, endings[i].path, endings[i].answer);
        g_assert_null(sign_for(s, 10, &error));
        g_test_message("%s %s: %s", endings[i].path, endings[i].answer, error->message);
        g_assert_error(error, SAOY_ERROR, (int)endings[i].code);
        g_assert_null(strchr(error->message, '\n'));
        g_assert_cmpuint(s->faults->len, ==, 0);
    }
    g_assert_cmpuint(s->signatures, ==, 0);
}

static void
test_a_peers_words_are_not_repeated(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;

    fault(s, "credentials/authorize",
          "400 {\"error\":\"Nguyễn Thị Thảo "
          "001090000001\",\"error_description\":\"secret\"}");
    g_assert_null(sign_for(s, 10, &error));
    g_assert_null(strstr(error->message, "001090000001"));
    g_assert_null(strstr(error->message, "secret"));
}

static void
test_a_wrong_signature_is_untrusted(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) chain = get_chain(s, NULL);

    g_assert_nonnull(chain);
    s->wrong_signature = true;
    g_assert_null(sign_for(s, 10, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_pair_becomes_der(Service *s, const void *data)
{
    g_autoptr(GPtrArray) chain = get_chain(s, NULL);

    g_assert_nonnull(chain);
    s->pair = true;
    assert_signs(s);
}

static void
test_another_certificate_is_untrusted(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;

    s->wrong_certificate = true;
    g_assert_null(get_chain(s, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_login_without_token(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL, second = NULL;

    s->no_token = true;
    g_assert_false(saoy_csc_login(s->csc, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    s->no_token = false;
    fault(s, "oauth2/token", "401 {\"error\":\"invalid_client\"}");
    g_assert_false(saoy_csc_login(s->csc, NULL, &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_patience_ends(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;

    s->pending = 1000;
    g_assert_null(sign_for(s, 1, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

static void
test_nobody_there_is_offline(Service *s, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_autoptr(GPtrArray) chain = get_chain(s, NULL);
    g_assert_nonnull(chain);
    stop_service(s);
    g_assert_null(sign_for(s, 1, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static gboolean
cancel_it(void *user)
{
    g_cancellable_cancel(user);
    return G_SOURCE_REMOVE;
}

static void
test_cancel_ends_a_long_wait(Service *s, const void *data)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GSource) source = g_timeout_source_new(300);
    const SaoySigning signing = signing_of(s, 600);

    s->pending = 1000000;
    g_source_set_callback(source, cancel_it, g_object_ref(cancel), g_object_unref);
    g_source_attach(source, s->context);
    g_assert_null(sign_as(s, &signing, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define WITH(path, f) g_test_add("/csc/" path, Service, NULL, set_up, f, tear_down)
    WITH("straight", test_the_straight_way);
    WITH("fence", test_the_fence_goes_with_each_call);
    WITH("confirms-late", test_a_person_confirms_late);
    WITH("pending", test_pending_in_every_style);
    WITH("synchronous", test_a_service_that_signs_at_once);
    WITH("journal", test_each_step_stands_in_the_journal_first);
    WITH("full-journal", test_a_full_journal_keeps_the_request_back);
    WITH("conflict", test_another_hash_under_the_tag_is_a_conflict);
    WITH("resumed", test_an_earlier_request_is_only_polled);
    WITH("passing-faults", test_what_passes_is_waited_out);
    WITH("token", test_an_expired_token_is_renewed_once);
    WITH("endings", test_what_does_not_pass_ends_in_one_line);
    WITH("words", test_a_peers_words_are_not_repeated);
    WITH("wrong-signature", test_a_wrong_signature_is_untrusted);
    WITH("pair", test_a_pair_becomes_der);
    WITH("wrong-certificate", test_another_certificate_is_untrusted);
    WITH("login", test_a_login_without_token);
    WITH("patience", test_patience_ends);
    WITH("offline", test_nobody_there_is_offline);
    WITH("cancel", test_cancel_ends_a_long_wait);
    return g_test_run();
}
