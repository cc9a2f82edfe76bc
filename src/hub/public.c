#include "api.h"

#include "archive.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/ossl.h"
#include "web.h"

#include "document/record.h"
#include "issue/verify.h"

#include <string.h>

#define CHECK_US (3 * G_USEC_PER_SEC) /* of processor, for one stranger's file */

/* What the register says of a copy to somebody who shows its token: the claims of the seal
 * and no more. Without the right token a copy is as unknown as one that never was. */
typedef enum {
    SAOY_COPY_UNKNOWN,
    SAOY_COPY_PENDING,
    SAOY_COPY_NOT_ISSUED,
    SAOY_COPY_CANCELLED,
    SAOY_COPY_GENUINE,
    SAOY_COPY_N
} CopyStatus;

static const char *const status_names[SAOY_COPY_N] = {
    [SAOY_COPY_UNKNOWN] = "unknown",       [SAOY_COPY_PENDING] = "not_yet_signed",
    [SAOY_COPY_NOT_ISSUED] = "not_issued", [SAOY_COPY_CANCELLED] = "cancelled",
    [SAOY_COPY_GENUINE] = "genuine",
};

static CopyStatus
status_of(SaoyRows *rows)
{
    const char *state = saoy_rows_text(rows, 0, 6);

    if (saoy_rows_int(rows, 0, 5) != 0)
        return SAOY_COPY_CANCELLED;
    if (g_str_equal(state, "not_issued"))
        return SAOY_COPY_NOT_ISSUED;
    /* what the archive does not hold is not called genuine, whatever else is written */
    return saoy_rows_int(rows, 0, 7) > 0 ? SAOY_COPY_GENUINE : SAOY_COPY_PENDING;
}

/* json gains the claims when the token is right. */
static bool
look_up(SaoyNode *node, const char *copy_id, const char *token, SaoyJson *json,
        CopyStatus *out, GError **error)
{
    g_autofree char *hash = NULL;
    g_autofree char *at = NULL;
    g_autoptr(SaoyRows) rows = NULL;
    g_autoptr(SaoyJson) record = NULL;
    g_autoptr(SaoyApproval) approval = NULL;

    *out = SAOY_COPY_UNKNOWN;
    if (token == NULL || !saoy_copy_id_check(copy_id) || !saoy_token_check(token))
        return true;
    hash = saoy_sha256_hex((SaoyView){ (const uint8_t *)token, strlen(token) });
    rows = saoy_records_ask(
        node->records,
        "SELECT r.approval, r.requester, r.scanned_pages, r.file_pages, "
        "r.title, r.cancelled_at, p.state, (SELECT COUNT(*) FROM revisions "
        "v WHERE v.copy_id = r.copy_id) FROM register r LEFT JOIN "
        "documents p ON p.copy_id = r.copy_id WHERE r.copy_id = ? AND "
        "r.token_hash = ?",
        "ttiititi", error, "tt", copy_id, hash);
    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return true;
    const char *text = saoy_rows_text(rows, 0, 0);
    record =
        saoy_json_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, 64 << 10, error);
    approval = record != NULL ? saoy_approval_from_json(record, error) : NULL;
    if (approval == NULL)
        return false;
    at = saoy_time_people(approval->approved_at_us);
    *out = status_of(rows);
    saoy_json_set_string(json, "copy_id", copy_id);
    saoy_json_set_string(json, "title", saoy_rows_text(rows, 0, 4));
    saoy_json_set_string(json, "holder", saoy_rows_text(rows, 0, 1));
    saoy_json_set_string(json, "office", node->config->office);
    saoy_json_set_string(json, "officer", approval->officer_name);
    saoy_json_set_int(json, "scanned_pages", saoy_rows_int(rows, 0, 2));
    saoy_json_set_int(json, "file_pages", saoy_rows_int(rows, 0, 3));
    saoy_json_set_string(json, "date", at);
    saoy_json_set_bool(json, "official", approval->official);
    return true;
}

/* ---- GET /v/{copy}?t= */

static const struct {
    const char *tone, *heading, *text;
} sayings[SAOY_COPY_N] = {
    [SAOY_COPY_UNKNOWN] = { "unknown", "Không tìm thấy bản sao này",
                            "Sổ đăng ký không có bản sao với mã và khóa tra cứu này. Hãy "
                            "quét "
                            "lại mã QR trên bản sao; nếu vẫn không thấy, bản sao có thể là "
                            "giả." },
    [SAOY_COPY_PENDING] = { "pending", "Đã được duyệt, chưa ký xong",
                            "Bản sao này đã được người có thẩm quyền duyệt và đang được ký "
                            "số. "
                            "Xin tra cứu lại sau ít phút." },
    [SAOY_COPY_NOT_ISSUED] = { "cancelled", "Không phát hành",
                               "Bản sao này đã có số chứng thực nhưng không được phát "
                               "hành. "
                               "Không sử dụng." },
    [SAOY_COPY_CANCELLED] = { "cancelled", "Đã hủy giá trị",
                              "Bản sao này đã bị cơ quan chứng thực hủy bỏ. Không sử "
                              "dụng." },
    [SAOY_COPY_GENUINE] = { "genuine", "Bản sao có trong sổ đăng ký",
                            "Hãy so các thông tin dưới đây với bản sao trong tay Ông/Bà. "
                            "Nếu "
                            "khác, bản sao đó không phải do cơ quan này cấp." },
};

static SaoyJson *
copy_page(const char *copy_id, const char *token, CopyStatus status, SaoyJson *claims)
{
    SaoyJson *values = saoy_json_object();

    saoy_json_set_string(values, "page", sayings[status].heading);
    /* a specimen is in the register like any other, but no green stands over it */
    saoy_json_set_string(values, "tone",
                         status == SAOY_COPY_GENUINE &&
                                 !saoy_json_bool_or(claims, "official", false)
                             ? "plain"
                             : sayings[status].tone);
    saoy_json_set_string(values, "heading", sayings[status].heading);
    saoy_json_set_string(values, "text", sayings[status].text);
    saoy_json_set_string(values, "asked", copy_id);
    if (status != SAOY_COPY_UNKNOWN) {
        saoy_json_set_bool(values, "sample", !saoy_json_bool_or(claims, "official", false));
        saoy_json_set(values, "claims", saoy_json_ref(claims));
    }
    if (status == SAOY_COPY_GENUINE) {
        g_autofree char *file =
            g_strdup_printf("/api/v1/copies/%s?t=%s&format=pdf", copy_id, token);

        saoy_json_set_string(values, "file", file);
    }
    return values;
}

bool
saoy_public_copy(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *token = saoy_request_query(request, "t");
    g_autofree char *asked = g_strndup(request->args[0], 64);
    g_autoptr(SaoyJson) claims = saoy_json_object();
    g_autoptr(SaoyJson) values = NULL;
    CopyStatus status = SAOY_COPY_UNKNOWN;

    if (!look_up(node, asked, token, claims, &status, error)) {
        g_error_free(g_steal_pointer(error)); /* the fifth answer: nothing is known now */
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the register does not answer");
    }
    values = copy_page(asked, token, status, claims);
    return saoy_answer_page(request, status == SAOY_COPY_UNKNOWN ? 404 : 200, "copy",
                            values);
}

/* ---- GET /api/v1/copies/{copy}?t= */

static bool
answer_file(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autofree char *name =
        g_strdup_printf("inline; filename=\"%s.pdf\"", request->args[0]);
    g_autoptr(GBytes) pdf = saoy_archive_get(node, request->args[0], error);

    if (pdf == NULL)
        return false;
    saoy_answer_header(request, "Content-Disposition", name);
    return saoy_answer_bytes(request, 200, "application/pdf", pdf);
}

static bool
add_files(SaoyNode *node, const char *copy_id, SaoyJson *json, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT sha256, length FROM revisions WHERE copy_id = ? ORDER BY "
                         "log_index LIMIT 100",
                         "ti", error, "t", copy_id);
    SaoyJson *list = NULL;

    if (rows == NULL)
        return false;
    list = saoy_json_array();
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        SaoyJson *file =
            saoy_archive_answer(node, saoy_rows_text(rows, i, 0), copy_id, error);

        if (file == NULL)
            break;
        saoy_json_set_int(file, "length", saoy_rows_int(rows, i, 1));
        saoy_json_append(list, file);
    }
    saoy_json_set(json, "files", list);
    return true;
}

bool
saoy_public_copy_api(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *token = saoy_request_query(request, "t");
    const char *format = saoy_request_query(request, "format");
    bool pdf = g_strcmp0(format, "pdf") == 0 ||
               (format == NULL && request->accept != NULL &&
                strstr(request->accept, "application/pdf") != NULL);
    g_autoptr(SaoyJson) json = saoy_json_object();
    CopyStatus status = SAOY_COPY_UNKNOWN;

    if (!look_up(node, request->args[0], token, json, &status, error))
        return false;
    saoy_json_set_string(json, "status", status_names[status]);
    if (status == SAOY_COPY_UNKNOWN)
        return saoy_answer_json(request, 404, json);
    if (pdf && status == SAOY_COPY_GENUINE)
        return answer_file(node, request, error);
    if (pdf)
        return saoy_answer_json(request, 409, json);
    return add_files(node, request->args[0], json, error) &&
           saoy_answer_json(request, 200, json);
}

/* ---- POST /api/v1/verify */

/* A file equal to any archived revision is genuine, whatever it says of itself. */
static const char *
ask_register(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    SaoyNode *node = user;
    g_autofree char *hex = saoy_hex(sha256);
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT r.cancelled_at FROM revisions v JOIN register r ON r.copy_id = v.copy_id "
        "WHERE v.sha256 = ?",
        "i", NULL, "t", hex);

    if (rows == NULL)
        return "unavailable";
    if (saoy_rows_count(rows) == 0)
        return "unknown";
    return saoy_rows_int(rows, 0, 0) != 0 ? "cancelled" : "genuine";
}

bool
saoy_public_verify(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autofree char *pki = saoy_hub_config_path(node->config, node->config->pki);
    g_autofree char *trust = g_build_filename(pki, "trust", NULL);
    g_autofree char *roots =
        node->config->official_roots[0] != '\0'
            ? saoy_hub_config_path(node->config, node->config->official_roots)
            : NULL;
    const SaoyVerifyOptions options = { .trust = trust,
                                        .official = roots,
                                        .now_us = saoy_clock_wall_us(),
                                        .ask = ask_register,
                                        .user = node,
                                        .cpu_us = CHECK_US };
    g_autoptr(GBytes) pdf = g_bytes_new(request->body->data, request->body->len);
    g_auto(SaoyVerdict) verdict = { 0 };

    return saoy_copy_verify(pdf, &options, &verdict, error) &&
           saoy_answer_json(request, 200, verdict.report);
}

/* ---- the small ones */

bool
saoy_public_style(SaoyNode *node, SaoyRequest *request, GError **error)
{
    char *text = saoy_web_file("web/style.css");
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

    saoy_answer_header(request, "Cache-Control", "public, max-age=300");
    return saoy_answer_bytes(request, 200, "text/css; charset=utf-8", bytes);
}

static char *
escape(const char *typed)
{
    g_autofree char *copy = g_strdup(typed);

    return g_uri_escape_string(g_strstrip(copy), NULL, FALSE);
}

/* Without a phone's camera: id and token typed in lead to the same page. */
bool
saoy_public_home(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *copy = saoy_request_query(request, "copy");
    const char *token = saoy_request_query(request, "t");
    g_autoptr(SaoyJson) values = saoy_json_object();

    if (copy != NULL && token != NULL) {
        g_autofree char *id = escape(copy);
        g_autofree char *key = escape(token);
        g_autofree char *where = g_strdup_printf("/v/%s?t=%s", id, key);

        return saoy_answer_go(request, where);
    }
    saoy_json_set_string(values, "page", "Tra cứu bản sao số");
    saoy_json_set_string(values, "tone", "plain");
    saoy_json_set_string(values, "heading", "Tra cứu bản sao số");
    saoy_json_set_string(values, "text",
                         "Dùng điện thoại quét mã QR trên bản sao, hoặc nhập mã bản sao và "
                         "khóa tra cứu (16 ký tự sau «?t=» trong địa chỉ tra cứu).");
    saoy_json_set_bool(values, "ask", true);
    return saoy_answer_page(request, 200, "message", values);
}

bool
saoy_public_health(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, "SELECT COUNT(*) FROM books", "i", error, "");
    g_autoptr(GBytes) bytes = g_bytes_new_static("ok\n", 3);

    if (rows == NULL)
        return false;
    return saoy_answer_bytes(request, 200, "text/plain", bytes);
}

static const struct {
    const char *name, *help, *sql;
} gauges[] = {
    { "saoy_documents_waiting", "documents before the officers",
      "SELECT COUNT(*) FROM documents WHERE state IN ('queued', 'opened')" },
    { "saoy_documents_unfinished", "approved and not yet archived",
      "SELECT COUNT(*) FROM documents WHERE state = 'approved'" },
    { "saoy_copies_archived", "files in the archive", "SELECT COUNT(*) FROM revisions" },
    { "saoy_copies_not_issued", "approved that could not be signed",
      "SELECT COUNT(*) FROM documents WHERE state = 'not_issued'" },
    { "saoy_outbox_waiting", "mails and payments not yet delivered",
      "SELECT COUNT(*) FROM outbox WHERE done_at IS NULL" },
};

bool
saoy_public_metrics(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GString) text =
        g_string_new("# HELP saoy_requests_total answered requests\n# TYPE "
                     "saoy_requests_total counter\n");
    g_autoptr(GBytes) bytes = NULL;

    for (int i = 2; i < 6; i++)
        g_string_append_printf(text, "saoy_requests_total{status=\"%dxx\"} %d\n", i,
                               g_atomic_int_get(&saoy_counters.requests[i]));
    g_string_append_printf(text,
                           "# HELP saoy_polls_waiting kiosks that wait for an officer\n"
                           "# TYPE saoy_polls_waiting gauge\nsaoy_polls_waiting %d\n",
                           g_atomic_int_get(&saoy_counters.polls));
    for (size_t i = 0; i < G_N_ELEMENTS(gauges); i++) {
        g_autoptr(SaoyRows) rows =
            saoy_records_ask(node->records, gauges[i].sql, "i", error, "");

        if (rows == NULL)
            return false;
        g_string_append_printf(text, "# HELP %s %s\n# TYPE %s gauge\n%s %d\n",
                               gauges[i].name, gauges[i].help, gauges[i].name,
                               gauges[i].name, (int)saoy_rows_int(rows, 0, 0));
    }
    bytes = g_bytes_new(text->str, text->len);
    return saoy_answer_bytes(request, 200, "text/plain; version=0.0.4", bytes);
}
