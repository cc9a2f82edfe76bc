/* The HTTP client against a server that misbehaves as servers do. */
#include "core/error.h"
#include "core/file.h"
#include "net/http.h"
#include "net/mail.h"

#include <string.h>

typedef struct {
    GSocketService *service;
    GThread *thread;
    GMainContext *context;
    GMainLoop *loop;
    char *url;
    const char *answer; /* raw bytes; NULL: never answers */
    char *request;      /* what the last client sent */
    bool drips;         /* a byte now and then, for ever */
    int busy;           /* clients being served */
} Server;

static void
drip(GOutputStream *out)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    gsize n = 0;

    g_output_stream_write_all(out, head, strlen(head), &n, NULL, NULL);
    for (int i = 0; i < 600 && g_output_stream_write(out, "x", 1, NULL, NULL) == 1; i++)
        g_usleep(50000);
}

static void
serve_client(Server *server, GSocketConnection *connection)
{
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    char buffer[4096] = "";

    if (g_input_stream_read(in, buffer, sizeof buffer - 1, NULL, NULL) <= 0)
        return;
    g_free(server->request);
    server->request = g_strdup(buffer);
    if (server->drips)
        drip(out);
    else if (server->answer == NULL)
        g_input_stream_read(in, buffer, sizeof buffer, NULL, NULL); /* till it gives up */
    else
        g_output_stream_write_all(out, server->answer, strlen(server->answer), NULL, NULL,
                                  NULL);
    g_io_stream_close(G_IO_STREAM(connection), NULL, NULL);
}

static gboolean
on_client(GThreadedSocketService *service, GSocketConnection *connection, GObject *source,
          void *user)
{
    Server *server = user;

    g_atomic_int_inc(&server->busy);
    serve_client(server, connection);
    g_atomic_int_dec_and_test(&server->busy);
    return TRUE;
}

/* What is being written must not go away before. */
static void
wait_idle(Server *server)
{
    while (g_atomic_int_get(&server->busy) > 0)
        g_usleep(1000);
}

static void *
serve(void *user)
{
    Server *server = user;

    g_main_context_push_thread_default(server->context);
    g_main_loop_run(server->loop);
    g_main_context_pop_thread_default(server->context);
    return NULL;
}

static void
set_up(Server *server, const void *unused)
{
    server->context = g_main_context_new();
    server->loop = g_main_loop_new(server->context, FALSE);
    g_main_context_push_thread_default(server->context);
    /* without a limit: at it GLib goes on accepting in another context */
    server->service = g_threaded_socket_service_new(-1);
    guint16 port =
        g_socket_listener_add_any_inet_port(G_SOCKET_LISTENER(server->service), NULL, NULL);
    g_signal_connect(server->service, "run", G_CALLBACK(on_client), server);
    g_socket_service_start(server->service);
    g_main_context_pop_thread_default(server->context);
    server->url = g_strdup_printf("http://127.0.0.1:%u", port);
    server->thread = g_thread_new("server", serve, server);
}

/* From inside the loop, which owns the service: first nobody comes in any more, then those
 * under way, each of whom holds the service, are waited for. */
static gboolean
close_down(void *user)
{
    Server *server = user;

    if (g_socket_service_is_active(server->service)) {
        g_socket_service_stop(server->service);
        g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    }
    if (g_atomic_int_get(&G_OBJECT(server->service)->ref_count) > 1)
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(server->loop);
    return G_SOURCE_REMOVE;
}

static void
tear_down(Server *server, const void *unused)
{
    g_autoptr(GSource) source = g_timeout_source_new(1);

    g_source_set_callback(source, close_down, server, NULL);
    g_source_attach(source, server->context);
    g_thread_join(server->thread);
    g_object_unref(server->service);
    g_main_loop_unref(server->loop);
    g_main_context_unref(server->context);
    g_free(server->url);
    g_free(server->request);
}

static bool
call(Server *server, const SaoyHttpCall *what, SaoyHttpAnswer *out, GCancellable *cancel,
     GError **error)
{
    g_autoptr(SaoyHttp) http = saoy_http_new(server->url, NULL, error);

    g_assert_nonnull(http);
    saoy_http_set_bearer(http, "abc");
    return saoy_http_call(http, what, out, cancel, error);
}

static void
test_any_status_is_an_answer(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;
    static const uint8_t body[] = "{}";
    const char *const headers[] = { "X-Saoy-Fence: 7", NULL };

    server->answer = "HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\n"
                     "Retry-After: 3\r\nContent-Length: 2\r\n\r\n[]";
    g_assert_true(call(server,
                       &(SaoyHttpCall){ .method = "PUT",
                                        .path = "/x?y=1",
                                        .type = "application/json",
                                        .body = { body, 2 },
                                        .headers = headers },
                       &answer, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(answer.status, ==, 409);
    g_assert_cmpint(answer.retry_after_s, ==, 3);
    g_assert_cmpstr(answer.type, ==, "application/json");
    g_assert_cmpuint(g_bytes_get_size(answer.body), ==, 2);
    g_assert_true(g_str_has_prefix(server->request, "PUT /x?y=1 HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(server->request, "Authorization: Bearer abc\r\n"));
    g_assert_nonnull(strstr(server->request, "X-Saoy-Fence: 7\r\n"));
    g_assert_nonnull(strstr(server->request, "\r\n\r\n{}"));
}

static void
test_too_much_is_malformed(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    server->answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    g_assert_false(call(server,
                        &(SaoyHttpCall){ .method = "GET", .path = "/", .max_answer = 9 },
                        &answer, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_null(answer.body);
}

static void
test_cut_in_mid_body_is_offline(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    server->answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789";
    g_assert_false(call(server, &(SaoyHttpCall){ .method = "GET", .path = "/" }, &answer,
                        NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_silence_is_timeout(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    server->answer = NULL;
    g_assert_false(call(server,
                        &(SaoyHttpCall){ .method = "GET", .path = "/", .timeout_s = 1 },
                        &answer, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

static void *
cancel_soon(void *user)
{
    g_usleep(100000);
    g_cancellable_cancel(user);
    return NULL;
}

static void
test_cancel_wins(Server *server, const void *unused)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    server->answer = NULL;
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);
    g_assert_false(call(server, &(SaoyHttpCall){ .method = "GET", .path = "/" }, &answer,
                        cancel, &error));
    g_thread_join(thread);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static int64_t
cancelled_after_us(Server *server, unsigned grace_s)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);
    int64_t from_us = g_get_monotonic_time();

    g_assert_false(call(server,
                        &(SaoyHttpCall){ .method = "GET", .path = "/", .grace_s = grace_s },
                        &answer, cancel, &error));
    g_thread_join(thread);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    return g_get_monotonic_time() - from_us;
}

/* What signs is waited for a while, and no longer. */
static void
test_a_cancel_may_wait(Server *server, const void *unused)
{
    server->answer = NULL;
    g_assert_cmpint(cancelled_after_us(server, 1), >=, G_USEC_PER_SEC);
}

static void
test_nobody_there_is_offline(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyHttp) http = saoy_http_new("http://127.0.0.1:1", NULL, NULL);

    g_assert_false(saoy_http_call(http, &(SaoyHttpCall){ .method = "GET", .path = "/" },
                                  &answer, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_plain_http_stays_on_this_machine(Server *server, const void *unused)
{
    static const char *const bad[] = { "http://example.org",  "ftp://localhost",
                                       "localhost",           "",
                                       "http://127.0.0.1./",  "https://2130706433/",
                                       "https://0x7f.1/",     "https://a.b.0X10./",
                                       "http://192.168.1.1/", "file:///etc/passwd" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(saoy_http_new(bad[i], NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

static void
test_addresses_we_write_to(Server *server, const void *unused)
{
    g_assert_true(saoy_mail_address_check("an.nguyen+saoy@vi-du.vn"));
    static const char *const bad[] = {
        "",        "a@b",      "a b@c.vn",      "a@c.vn\r\nBcc: x", "@c.vn", "a@-c.vn",
        "a@c..vn", "<a@c.vn>", "a@c.vn,b@c.vn", "a@[127.0.0.1]",    "ă@c.vn"
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(saoy_mail_address_check(bad[i]));
}

/* ---- addresses that stand in certificates ---- */

static GBytes *
fetch(Server *server, const char *own, const char *url, GError **error)
{
    return saoy_http_fetch((void *)(uintptr_t)own, url, NULL, NULL, NULL, error);
}

static void
test_a_certificate_does_not_lead_into_this_machine(Server *server, const void *unused)
{
    static const char *const hosts[] = {
        "127.0.0.1", "localhost", "127.1.2.3",          "2130706433", "0x7f.0.0.1",
        "0.0.0.0",   "[::1]",     "[::ffff:127.0.0.1]", "127.0.0.1.", "[::]",
    };
    const char *port = strrchr(server->url, ':');

    server->answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
    for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *url = g_strdup_printf("http://%s%s/secret", hosts[i], port);
        g_autoptr(GError) error = NULL;

        g_assert_null(fetch(server, NULL, url, &error));
        g_assert_nonnull(error);
        g_test_message("%s: %s", url, error->message);
        g_clear_error(&error);
        g_assert_null(fetch(server, "https://hub.example.vn", url, &error));
        g_assert_nonnull(error);
    }
    g_assert_null(server->request);
}

static void
test_a_hub_on_this_machine_is_asked(Server *server, const void *unused)
{
    g_autoptr(GError) error = NULL;

    server->answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
    g_autoptr(GBytes) body = fetch(server, server->url, server->url, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(g_bytes_get_size(body), ==, 2);
}

static void
test_only_the_web_is_fetched(Server *server, const void *unused)
{
    static const char *const urls[] = { "file:///etc/passwd",  "ftp://example.vn/a",
                                        "gopher://a/b",        "ldap://a/b",
                                        "dict://127.0.0.1/a",  "http:/a",
                                        "//example.vn/a",      "",
                                        "javascript:alert(1)", "http://" };

    for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(fetch(server, server->url, urls[i], &error));
        g_assert_nonnull(error);
    }
}

static void
test_nobody_sends_us_elsewhere(Server *server, const void *unused)
{
    static const char *const places[] = { "file:///etc/passwd", "http://127.0.0.1:1/",
                                          "https://example.vn/", "/again" };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *answer = g_strdup_printf(
            "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", places[i]);
        g_autoptr(GError) error = NULL;

        server->answer = answer;
        g_assert_null(fetch(server, server->url, server->url, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    }
}

static void
test_slow_bytes_do_not_stretch_the_time(Server *server, const void *unused)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    server->drips = true;
    g_assert_false(call(server,
                        &(SaoyHttpCall){ .method = "GET", .path = "/", .timeout_s = 1 },
                        &answer, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

/* A gigabyte is announced, and begun. */
static void
test_an_endless_proof_is_cut(Server *server, const void *unused)
{
    g_autofree char *body = g_strnfill(17 << 20, 'x');
    g_autofree char *announced =
        g_strconcat("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", body, NULL);
    g_autofree char *unannounced = g_strconcat("HTTP/1.1 200 OK\r\n\r\n", body, NULL);
    const char *const answers[] = { announced, unannounced };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(GError) error = NULL;

        server->answer = answers[i];
        g_assert_null(fetch(server, server->url, server->url, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        wait_idle(server);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, fn) g_test_add("/net/" name, Server, NULL, set_up, fn, tear_down)
    CASE("status", test_any_status_is_an_answer);
    CASE("too-much", test_too_much_is_malformed);
    CASE("cut", test_cut_in_mid_body_is_offline);
    CASE("silence", test_silence_is_timeout);
    CASE("cancel", test_cancel_wins);
    CASE("cancel-waits", test_a_cancel_may_wait);
    CASE("nobody", test_nobody_there_is_offline);
    CASE("plain", test_plain_http_stays_on_this_machine);
    CASE("addresses", test_addresses_we_write_to);
    CASE("fetch/inside", test_a_certificate_does_not_lead_into_this_machine);
    CASE("fetch/own", test_a_hub_on_this_machine_is_asked);
    CASE("fetch/web", test_only_the_web_is_fetched);
    CASE("fetch/redirect", test_nobody_sends_us_elsewhere);
    CASE("fetch/drip", test_slow_bytes_do_not_stretch_the_time);
    CASE("fetch/endless", test_an_endless_proof_is_cut);
    return g_test_run();
}
