#include "request.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"
#include "core/ossl.h"
#include "web.h"

#include <string.h>

SaoyCounters saoy_counters;

SaoyRequest *
saoy_request_new(void)
{
    SaoyRequest *request = g_new0(SaoyRequest, 1);

    request->body = g_byte_array_new();
    request->query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    request->headers = g_ptr_array_new_with_free_func(g_free);
    return request;
}

void
saoy_request_free(SaoyRequest *request)
{
    if (request == NULL)
        return;
    /* bodies hold pictures and names of people */
    OPENSSL_cleanse(request->body->data, request->body->len);
    g_byte_array_unref(request->body);
    g_hash_table_unref(request->query);
    g_clear_pointer(&request->form, g_hash_table_unref);
    g_ptr_array_unref(request->headers);
    g_clear_pointer(&request->answer, g_bytes_unref);
    saoy_officer_clear(&request->officer);
    for (unsigned i = 0; i < SAOY_ARGS_MAX; i++)
        g_free(request->args[i]);
    g_free(request->method);
    g_free(request->path);
    g_free(request->key);
    g_free(request->address);
    g_free(request->bearer);
    g_free(request->cookie);
    g_free(request->accept);
    g_free(request->kiosk);
    g_free(request->wait_for);
    g_free(request);
}

/* Each {…} is one segment, a last {*} all that is left. */
static bool
match_path(const char *pattern, char **parts, char **args)
{
    g_auto(GStrv) want = g_strsplit(pattern, "/", 16);
    unsigned n = 0, wanted = g_strv_length(want), found = g_strv_length(parts);
    bool rest = wanted > 0 && g_str_equal(want[wanted - 1], "{*}");

    if (rest ? found < wanted : found != wanted)
        return false;
    for (unsigned i = 0; want[i] != NULL; i++) {
        if (want[i][0] != '{' && !g_str_equal(want[i], parts[i]))
            return false;
        if (want[i][0] == '{' && (parts[i][0] == '\0' || n == SAOY_ARGS_MAX))
            return false;
        if (want[i][0] == '{')
            args[n++] = rest && want[i + 1] == NULL ? g_strjoinv("/", parts + i)
                                                    : g_strdup(parts[i]);
    }
    return true;
}

bool
saoy_request_match(SaoyRequest *request, const SaoyRoute *routes, size_t n, bool *out_found)
{
    g_auto(GStrv) parts = g_strsplit(request->path, "/", 16);

    *out_found = false;
    for (size_t i = 0; i < n; i++) {
        char *args[SAOY_ARGS_MAX] = { NULL };

        bool fits = (routes[i].listeners & request->listener) != 0 &&
                    match_path(routes[i].pattern, parts, args);
        *out_found = *out_found || fits;
        if (!fits || !g_str_equal(routes[i].method, request->method)) {
            for (unsigned j = 0; j < SAOY_ARGS_MAX; j++)
                g_free(args[j]);
            continue;
        }
        memcpy(request->args, args, sizeof args);
        request->route = &routes[i];
        return true;
    }
    return false;
}

bool
saoy_request_number(const SaoyRequest *request, unsigned i, unsigned max, unsigned *out,
                    GError **error)
{
    guint64 number = 0;

    if (!g_ascii_string_to_unsigned(request->args[i], 10, 1, max, &number, NULL))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such number");
    *out = (unsigned)number;
    return true;
}

const char *
saoy_request_query(const SaoyRequest *request, const char *name)
{
    return g_hash_table_lookup(request->query, name);
}

const char *
saoy_request_field(const SaoyRequest *request, const char *name)
{
    const char *value =
        request->form != NULL ? g_hash_table_lookup(request->form, name) : NULL;

    return value != NULL ? value : "";
}

SaoyJson *
saoy_request_json(const SaoyRequest *request, GError **error)
{
    return saoy_json_parse((SaoyView){ request->body->data, request->body->len },
                           request->route->body_max, error);
}

void
saoy_answer_header(SaoyRequest *request, const char *name, const char *value)
{
    g_ptr_array_add(request->headers, g_strdup(name));
    g_ptr_array_add(request->headers, g_strdup(value));
}

bool
saoy_answer_bytes(SaoyRequest *request, unsigned status, const char *type, GBytes *bytes)
{
    g_clear_pointer(&request->answer, g_bytes_unref);
    request->status = status;
    request->type = type;
    request->answer = bytes != NULL ? g_bytes_ref(bytes) : g_bytes_new_static("", 0);
    return true;
}

static bool
answer_text(SaoyRequest *request, unsigned status, const char *type, char *take)
{
    g_autoptr(GBytes) bytes = g_bytes_new_take(take, strlen(take));

    return saoy_answer_bytes(request, status, type, bytes);
}

bool
saoy_answer_json(SaoyRequest *request, unsigned status, const SaoyJson *json)
{
    return answer_text(request, status, "application/json", saoy_json_print(json));
}

bool
saoy_answer_fail(SaoyRequest *request, unsigned status, const char *error,
                 const char *description)
{
    g_autoptr(SaoyJson) json = saoy_json_object();

    saoy_json_set_string(json, "error", error);
    saoy_json_set_string(json, "error_description", description);
    return saoy_answer_json(request, status, json);
}

bool
saoy_answer_page(SaoyRequest *request, unsigned status, const char *page,
                 const SaoyJson *values)
{
    /* no script, nothing from elsewhere, in nobody's frame */
    saoy_answer_header(request, "Content-Security-Policy",
                       "default-src 'none'; style-src 'self'; img-src 'self'; "
                       "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    return answer_text(request, status, "text/html; charset=utf-8",
                       saoy_web_render(page, values));
}

bool
saoy_answer_go(SaoyRequest *request, const char *where)
{
    saoy_answer_header(request, "Location", where);
    return saoy_answer_bytes(request, 303, "text/plain", NULL);
}

static bool
wants_page(const SaoyRequest *request)
{
    return request->listener == SAOY_ON_PUBLIC &&
           (g_str_has_prefix(request->path, "/officer") ||
            g_str_has_prefix(request->path, "/v/"));
}

static bool
answer_trouble(SaoyRequest *request, unsigned status, const char *word, const char *text)
{
    g_autoptr(SaoyJson) values = NULL;

    g_ptr_array_set_size(request->headers, 0);
    if (!wants_page(request))
        return saoy_answer_fail(request, status, word, text);
    values = saoy_json_object();
    saoy_json_set_string(values, "page", "Thông báo");
    saoy_json_set_string(values, "tone", status >= 500 ? "down" : "unknown");
    saoy_json_set_string(values, "heading",
                         status == 404   ? "Không tìm thấy"
                         : status == 403 ? "Không được phép"
                         : status >= 500 ? "Dịch vụ tạm thời gián đoạn"
                                         : "Không thực hiện được");
    saoy_json_set_string(
        values, "text",
        status == 404 ? "Địa chỉ này không có hoặc không còn nữa."
        : status == 403 ? "Phiên làm việc đã hết hoặc yêu cầu không hợp lệ. "
                          "Hãy đăng nhập lại."
        : status >= 500 ? "Xin thử lại sau ít phút. Điều này không nói lên "
                          "rằng bản sao là thật hay giả."
                        : "Yêu cầu không phù hợp với trạng thái hiện tại của "
                          "hồ sơ. Hãy mở lại trang và kiểm tra.");

    return saoy_answer_page(request, status, "message", values);
}

static const struct {
    unsigned status;
    const char *word;
} replies[SAOY_ERROR_N] = {
    [SAOY_ERROR_FAILED] = { 500, "server_error" },
    [SAOY_ERROR_TIMEOUT] = { 429, "slow_down" },
    [SAOY_ERROR_NO_MEDIA] = { 404, "not_found" },
    [SAOY_ERROR_JAM] = { 500, "server_error" },
    [SAOY_ERROR_OFFLINE] = { 503, "temporarily_unavailable" },
    [SAOY_ERROR_MALFORMED] = { 400, "invalid_request" },
    [SAOY_ERROR_UNTRUSTED] = { 403, "access_denied" },
    [SAOY_ERROR_REFUSED] = { 409, "conflict" },
};

/* "fence: another finisher…" answers {"error":"fence"}: the message's own first word. */
static char *
word_of(const GError *error, int code)
{
    size_t n = strspn(error->message, "abcdefghijklmnopqrstuvwxyz_");

    if (code == SAOY_ERROR_REFUSED && n > 0 && error->message[n] == ':')
        return g_strndup(error->message, n);
    return g_strdup(replies[code].word);
}

static void
answer_error(SaoyRequest *request, const GError *error)
{
    int code = error->domain == SAOY_ERROR ? error->code : SAOY_ERROR_FAILED;
    g_autofree char *word = word_of(error, code);

    if (replies[code].status >= 500)
        g_warning("%s %s: %s", request->method, request->route->pattern, error->message);
    answer_trouble(request, replies[code].status, word,
                   replies[code].status < 500 ? error->message : "try again later");
    if (replies[code].status == 429 || replies[code].status == 503)
        saoy_answer_header(request, "Retry-After", "5");
}

static bool
check_token(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autofree char *id = NULL;
    g_autoptr(SaoyRows) rows = NULL;

    if (request->bearer == NULL)
        return !saoy_answer_fail(request, 401, "invalid_token", "no bearer token");
    id = saoy_sha256_hex(
        (SaoyView){ (const uint8_t *)request->bearer, strlen(request->bearer) });
    rows = saoy_records_ask(node->records,
                            "SELECT kiosk FROM tokens WHERE id = ? AND kiosk = ? AND "
                            "certificate = ? AND expires_at > ?",
                            "t", error, "ttti", id, request->kiosk, request->certificate,
                            saoy_clock_wall_us());
    if (rows == NULL)
        return false;
    return saoy_rows_count(rows) == 1 ||
           !saoy_answer_fail(request, 401, "invalid_token", "token is not valid any more");
}

static bool
check_officer(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GError) none = NULL;
    const char *csrf = NULL;

    if (request->cookie == NULL ||
        !saoy_officer_session(node, request->cookie, &request->officer, &none)) {
        if (none != NULL && none->code != SAOY_ERROR_REFUSED) {
            g_propagate_error(error, g_steal_pointer(&none));
            return false;
        }
        return !saoy_answer_go(request, "/officer/login");
    }
    if (!g_str_equal(request->method, "POST"))
        return true;
    csrf = saoy_request_field(request, "csrf");
    if (strlen(csrf) == strlen(request->officer.csrf) &&
        CRYPTO_memcmp(csrf, request->officer.csrf, strlen(csrf)) == 0)
        return true;
    return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the form is not from this session");
}

/* A stolen kiosk is shut out by its certificate, with every token it has. */
static bool
is_denied(const char *denied, const SaoyRequest *request)
{
    g_autofree char *list = g_ascii_strdown(denied, -1);

    return request->certificate[0] != '\0' && strstr(list, request->certificate) != NULL;
}

/* true: go on. false: answered, or error set. */
static bool
check_role(SaoyNode *node, SaoyRequest *request, GError **error)
{
    SaoyRole role = request->route->role;

    /* nobody is logged in, or out, by another site's form */
    if (request->cross_site && g_str_equal(request->method, "POST") && wants_page(request))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the form is from another site");
    if (role == SAOY_ROLE_ANYBODY)
        return true;
    if (role == SAOY_ROLE_OFFICER)
        return check_officer(node, request, error);
    if (role == SAOY_ROLE_OPERATOR && request->loopback)
        return true;
    if (request->kiosk == NULL || is_denied(node->config->api_denied, request))
        return !saoy_answer_fail(request, 403, "access_denied",
                                 "a client certificate of this hub's PKI is required");
    return role != SAOY_ROLE_KIOSK || check_token(node, request, error);
}

static char *
request_digest(const SaoyRequest *request)
{
    g_autofree char *body =
        saoy_sha256_hex((SaoyView){ request->body->data, request->body->len });
    g_autofree char *text = g_strjoin("\n", request->method, request->path, body, NULL);

    return saoy_sha256_hex((SaoyView){ (const uint8_t *)text, strlen(text) });
}

/* true: no stored answer, go on. */
static bool
check_replay(SaoyNode *node, SaoyRequest *request, const char *digest, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT request, status, type, body FROM replies WHERE kiosk = ? AND key = ?",
        "titb", error, "tt", request->kiosk, request->key);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return true;
    if (!g_str_equal(saoy_rows_text(rows, 0, 0), digest))
        return !saoy_answer_fail(request, 409, "idempotency_key",
                                 "this Idempotency-Key was used for another request");
    saoy_answer_header(request, "Idempotency-Replayed", "true");
    return !saoy_answer_bytes(request, (unsigned)saoy_rows_int(rows, 0, 1),
                              g_str_equal(saoy_rows_text(rows, 0, 2), "application/json")
                                  ? "application/json"
                                  : "application/octet-stream",
                              saoy_rows_bytes(rows, 0, 3));
}

/* Only what was done is kept: a refusal may be otherwise next time. Handlers are idempotent
 * by themselves, so a crash before this line is harmless. */
static bool
store_reply(SaoyNode *node, const SaoyRequest *request, const char *digest, GError **error)
{
    SaoyView body = { g_bytes_get_data(request->answer, NULL),
                      g_bytes_get_size(request->answer) };

    if (request->status < 200 || request->status > 299)
        return true;
    return saoy_records_run(node->records,
                            "INSERT INTO replies (kiosk, key, request, status, type, body, "
                            "made_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                            error, "tttitbi", request->kiosk, request->key, digest,
                            (int64_t)request->status, request->type, body,
                            saoy_clock_wall_us());
}

static bool
serve(SaoyNode *node, SaoyRequest *request, GError **error)
{
    bool replay = request->route->replay && request->key != NULL && request->kiosk != NULL;
    g_autofree char *digest = replay ? request_digest(request) : NULL;

    if (!check_role(node, request, error))
        return error == NULL || *error == NULL;
    if (replay && !check_replay(node, request, digest, error))
        return error == NULL || *error == NULL;
    return request->route->handle(node, request, error) &&
           (!replay || store_reply(node, request, digest, error));
}

void
saoy_request_serve(SaoyNode *node, SaoyRequest *request)
{
    g_autoptr(GError) error = NULL;
    int64_t from = saoy_clock_mono_us();

    request->parked = false;
    if (!serve(node, request, &error) || (request->status == 0 && !request->parked)) {
        if (error == NULL)
            saoy_set_error(&error, SAOY_ERROR_FAILED, "not answered");
        answer_error(request, error);
    }
    if (request->parked)
        return;
    g_atomic_int_inc(&saoy_counters.requests[MIN(request->status / 100, 5)]);
    saoy_log(SAOY_LOG_REQUEST, SAOY_N("code", request->status),
             SAOY_N("ms", (saoy_clock_mono_us() - from) / 1000));
}
