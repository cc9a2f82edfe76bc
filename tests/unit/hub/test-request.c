#include "core/error.h"
#include "request.h"
#include "routes.h"

#include <string.h>

static bool
match(const char *method, const char *path, SaoyListener listener, SaoyRequest **out)
{
    size_t n = 0;
    const SaoyRoute *routes = saoy_routes(&n);
    bool found = false;

    *out = saoy_request_new();
    (*out)->method = g_strdup(method);
    (*out)->path = g_strdup(path);
    (*out)->listener = listener;
    return saoy_request_match(*out, routes, n, &found);
}

static void
test_arguments_are_taken_from_the_path(void)
{
    g_autoptr(SaoyRequest) request = NULL;
    unsigned page = 0;

    g_assert_true(match("PUT",
                        "/api/v1/dossiers/H26.132-251110-0007/documents/2/pages/31/text",
                        SAOY_ON_API, &request));
    g_assert_cmpstr(request->args[0], ==, "H26.132-251110-0007");
    g_assert_cmpstr(request->args[1], ==, "2");
    g_assert_true(saoy_request_number(request, 2, 60, &page, NULL));
    g_assert_cmpuint(page, ==, 31);
    g_assert_false(saoy_request_number(request, 2, 30, &page, NULL));
}

static void
test_strange_paths_lead_nowhere(void)
{
    static const char *const paths[] = {
        "",
        "//",
        "/api/v1/dossiers/",
        "/api/v1/dossiers//documents/1/lease",
        "/api/v1/dossiers/x/y/z/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
        "/v/",
        "/v/a/b",
        "/officer/dossiers/../x/y",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(SaoyRequest) request = NULL;

        g_assert_false(match("GET", paths[i], SAOY_ON_PUBLIC, &request));
    }
}

/* No row may let a browser do what a kiosk does, or a kiosk what an officer does. */
static void
test_every_row_names_who_may(void)
{
    size_t n = 0;
    const SaoyRoute *routes = saoy_routes(&n);

    for (size_t i = 0; i < n; i++) {
        const SaoyRoute *row = &routes[i];

        if (g_str_has_prefix(row->pattern, "/csc/") ||
            g_str_has_prefix(row->pattern, "/api/v1/dossiers")) {
            g_assert_cmpuint(row->listeners, ==, SAOY_ON_API);
            g_assert_true(row->role == SAOY_ROLE_KIOSK ||
                          row->role == SAOY_ROLE_CERTIFICATE);
        }
        if (g_str_has_prefix(row->pattern, "/officer")) {
            g_assert_cmpuint(row->listeners, ==, SAOY_ON_PUBLIC);
            g_assert_true(row->role == SAOY_ROLE_OFFICER ||
                          g_str_equal(row->pattern, "/officer/login"));
        }
        if (g_str_equal(row->method, "GET"))
            g_assert_cmpuint(row->body_max, ==, 0);
        g_assert_nonnull(row->handle);
    }
}

static bool
fail_with(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return saoy_fail(error, (SaoyErrorCode)request->fence, "fence: %s", request->path);
}

static void
test_errors_have_their_status(void)
{
    static const struct {
        SaoyErrorCode code;
        unsigned status;
        const char *text;
    } expected[] = {
        { SAOY_ERROR_MALFORMED, 400, "\"error\":\"invalid_request\"" },
        { SAOY_ERROR_UNTRUSTED, 403, "\"error\":\"access_denied\"" },
        { SAOY_ERROR_NO_MEDIA, 404, "\"error\":\"not_found\"" },
        { SAOY_ERROR_REFUSED, 409, "\"error\":\"fence\"" },
        { SAOY_ERROR_TIMEOUT, 429, "\"error\":\"slow_down\"" },
        { SAOY_ERROR_OFFLINE, 503, "try again later" },
        { SAOY_ERROR_FAILED, 500, "try again later" }, /* the reason stays inside */
    };
    static const SaoyRoute route = { .pattern = "/x", .handle = fail_with };

    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(SaoyRequest) request = saoy_request_new();

        request->listener = SAOY_ON_API;
        request->method = g_strdup("GET");
        request->path = g_strdup("/x");
        request->route = &route;
        request->fence = expected[i].code;
        if (expected[i].status >= 500)
            g_test_expect_message("saoy-hub", G_LOG_LEVEL_WARNING, "*fence*");
        saoy_request_serve(NULL, request);
        g_test_assert_expected_messages();
        g_assert_cmpuint(request->status, ==, expected[i].status);
        g_autofree char *body = g_strndup(g_bytes_get_data(request->answer, NULL),
                                          g_bytes_get_size(request->answer));
        g_assert_nonnull(strstr(body, expected[i].text));
    }
}

static void
test_the_public_page_says_that_it_knows_nothing_now(void)
{
    static const SaoyRoute route = { .pattern = "/v/{copy}", .handle = fail_with };
    g_autoptr(SaoyRequest) request = saoy_request_new();

    request->listener = SAOY_ON_PUBLIC;
    request->method = g_strdup("GET");
    request->path = g_strdup("/v/H26.132-251110-0007.01-24");
    request->route = &route;
    request->fence = SAOY_ERROR_OFFLINE;
    g_test_expect_message("saoy-hub", G_LOG_LEVEL_WARNING, "*fence*");
    saoy_request_serve(NULL, request);
    g_test_assert_expected_messages();
    g_autofree char *body = g_strndup(g_bytes_get_data(request->answer, NULL),
                                      g_bytes_get_size(request->answer));
    g_assert_cmpuint(request->status, ==, 503);
    g_assert_nonnull(strstr(body, "không nói lên rằng bản sao là thật hay giả"));
    g_assert_null(strstr(body, "fence"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/request/arguments", test_arguments_are_taken_from_the_path);
    g_test_add_func("/request/nowhere", test_strange_paths_lead_nowhere);
    g_test_add_func("/request/rows", test_every_row_names_who_may);
    g_test_add_func("/request/errors", test_errors_have_their_status);
    g_test_add_func("/request/down", test_the_public_page_says_that_it_knows_nothing_now);
    return g_test_run();
}
