#include "api.h"

#include "approval.h"
#include "dossier.h"
#include "officer-view.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/text.h"

static bool
answer_login(SaoyRequest *request, unsigned status, const char *trouble)
{
    g_autoptr(SaoyJson) values = saoy_json_object();

    saoy_json_set_string(values, "page", "Đăng nhập cán bộ");
    saoy_json_set_string(values, "trouble", trouble);
    return saoy_answer_page(request, status, "login", values);
}

bool
saoy_officer_form(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return answer_login(request, 200, NULL);
}

bool
saoy_officer_enter(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *cookie =
        saoy_officer_login(node, saoy_request_field(request, "login"),
                           saoy_request_field(request, "password"), &why);
    g_autofree char *header = NULL;

    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED))
        return answer_login(request, 403, "Tên đăng nhập hoặc mật khẩu không đúng.");
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_TIMEOUT)) {
        saoy_answer_header(request, "Retry-After", "60");
        return answer_login(
            request, 429,
            "Nhập sai nhiều lần: tài khoản tạm khóa. Xin thử lại sau ít phút.");
    }
    if (cookie == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    header = g_strdup_printf("saoy=%s; Path=/officer; HttpOnly; SameSite=Strict; "
                             "Max-Age=28800%s",
                             cookie,
                             node->config->public_tls ||
                                     g_str_has_prefix(node->config->public_url, "https://")
                                 ? "; Secure"
                                 : "");
    saoy_answer_header(request, "Set-Cookie", header);
    return saoy_answer_go(request, "/officer/");
}

bool
saoy_officer_leave(SaoyNode *node, SaoyRequest *request, GError **error)
{
    if (!saoy_officer_logout(node, request->cookie, error))
        return false;
    saoy_answer_header(request, "Set-Cookie",
                       "saoy=; Path=/officer; HttpOnly; SameSite=Strict; Max-Age=0");
    return saoy_answer_go(request, "/officer/login");
}

static SaoyJson *
officer_values(const SaoyRequest *request, const char *page)
{
    SaoyJson *values = saoy_json_object();

    saoy_json_set_string(values, "page", page);
    saoy_json_set_string(values, "me", request->officer.name);
    saoy_json_set_string(values, "my_title", request->officer.title);
    saoy_json_set_string(values, "csrf", request->officer.csrf);
    return values;
}

static char *
waiting(int64_t since_us)
{
    int64_t minutes = (saoy_clock_wall_us() - since_us) / G_USEC_PER_SEC / 60;

    if (minutes < 1)
        return g_strdup("vừa gửi");
    if (minutes < 60)
        return g_strdup_printf("%d phút", (int)minutes);
    return g_strdup_printf("%d giờ %d phút", (int)(minutes / 60), (int)(minutes % 60));
}

static SaoyJson *
queue_row(SaoyRows *rows, size_t i)
{
    SaoyJson *row = saoy_json_object();
    g_autofree char *wait = waiting(saoy_rows_int(rows, i, 1));
    g_autofree char *at = saoy_time_people(saoy_rows_int(rows, i, 1));

    saoy_json_set_string(row, "id", saoy_rows_text(rows, i, 0));
    saoy_json_set_string(row, "waiting", wait);
    saoy_json_set_string(row, "at", at);
    saoy_json_set_string(row, "titles", saoy_rows_text(rows, i, 2));
    saoy_json_set_int(row, "more", saoy_rows_int(rows, i, 3) - 1);
    saoy_json_set_int(row, "pages", saoy_rows_int(rows, i, 4));
    saoy_json_set_int(row, "flags", saoy_rows_int(rows, i, 5));
    saoy_json_set_bool(row, "seen", saoy_rows_int(rows, i, 6) != 0);
    return row;
}

bool
saoy_officer_queue(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT d.id, d.submitted_at, MIN(p.title), COUNT(*), SUM(p.pages), SUM(p.flags), "
        "MAX(CASE WHEN p.state = 'opened' THEN 1 ELSE 0 END) FROM dossiers d JOIN "
        "documents p ON p.dossier = d.id WHERE "
        "p.state IN ('queued', 'opened') GROUP BY d.id, d.submitted_at ORDER BY "
        "d.submitted_at, d.id LIMIT 200",
        "titiiii", error, "");
    g_autoptr(SaoyJson) values = officer_values(request, "Hồ sơ chờ chứng thực");
    SaoyJson *list = saoy_json_array();

    saoy_json_set(values, "rows", list);
    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        saoy_json_append(list, queue_row(rows, i));
    saoy_json_set_int(values, "count", (int64_t)saoy_rows_count(rows));
    saoy_json_set_bool(values, "refresh", true);
    return saoy_answer_page(request, 200, "queue", values);
}

static bool
answer_dossier(SaoyNode *node, SaoyRequest *request, unsigned status, const char *trouble,
               GError **error)
{
    g_autoptr(SaoyJson) values = officer_values(request, request->args[0]);

    saoy_json_set_string(values, "trouble", trouble);
    return saoy_officer_view(node, request->args[0], values, error) &&
           saoy_answer_page(request, status, "dossier", values);
}

/* What a kiosk is still bringing is not yet an officer's business. */
static bool
check_submitted(SaoyNode *node, const SaoyRequest *request, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT 1 FROM dossiers WHERE id = ? AND submitted_at > 0", "i",
        error, "t", request->args[0]);

    if (rows == NULL)
        return false;
    return saoy_rows_count(rows) == 1 ||
           saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such dossier");
}

bool
saoy_officer_dossier(SaoyNode *node, SaoyRequest *request, GError **error)
{
    return check_submitted(node, request, error) &&
           saoy_dossier_look(node, request->args[0], &request->officer, error) &&
           answer_dossier(node, request, 200, NULL, error);
}

bool
saoy_officer_page(SaoyNode *node, SaoyRequest *request, GError **error)
{
    unsigned document = 0, page = 0;
    g_autoptr(GBytes) jpeg = NULL;

    if (!check_submitted(node, request, error) ||
        !saoy_request_number(request, 1, SAOY_DOSSIER_DOCUMENTS_MAX, &document, error) ||
        !saoy_request_number(request, 2, SAOY_DOSSIER_PAGES_MAX, &page, error))
        return false;
    jpeg = saoy_dossier_page(node, request->args[0], document, page, error);
    return jpeg != NULL && saoy_answer_bytes(request, 200, "image/jpeg", jpeg);
}

bool
saoy_officer_face(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autoptr(GBytes) jpeg = NULL;

    if (!check_submitted(node, request, error))
        return false;
    jpeg = saoy_dossier_face(node, request->args[0], request->args[1], error);
    return jpeg != NULL && saoy_answer_bytes(request, 200, "image/jpeg", jpeg);
}

/* Back to the dossier while something is undecided, else to the queue. */
static bool
go_on(SaoyNode *node, SaoyRequest *request, GError **error)
{
    g_autofree char *where = g_strdup_printf("/officer/dossiers/%s", request->args[0]);
    g_autoptr(SaoyRows) rows = saoy_records_ask(node->records,
                                                "SELECT 1 FROM documents WHERE dossier = ? "
                                                "AND state IN ('queued', 'opened') LIMIT 1",
                                                "i", error, "t", request->args[0]);

    if (rows == NULL)
        return false;
    return saoy_answer_go(request, saoy_rows_count(rows) > 0 ? where : "/officer/");
}

bool
saoy_officer_approve(SaoyNode *node, SaoyRequest *request, GError **error)
{
    unsigned n = 0;

    return saoy_request_number(request, 1, SAOY_DOSSIER_DOCUMENTS_MAX, &n, error) &&
           saoy_document_approve(node, request->args[0], n, &request->officer, error) &&
           go_on(node, request, error);
}

bool
saoy_officer_refuse(SaoyNode *node, SaoyRequest *request, GError **error)
{
    const char *reason = saoy_request_field(request, "reason");
    g_autoptr(GError) why = NULL;
    unsigned n = 0;

    if (!saoy_request_number(request, 1, SAOY_DOSSIER_DOCUMENTS_MAX, &n, error))
        return false;
    if (saoy_document_refuse(node, request->args[0], n, &request->officer, reason, &why))
        return go_on(node, request, error);
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_MALFORMED))
        return answer_dossier(node, request, 400,
                              "Hãy ghi lý do từ chối (ít nhất 3 ký tự).", error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
