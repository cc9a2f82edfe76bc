#include "mailer.h"

#include "archive.h"
#include "dossier.h"
#include "issuing.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"
#include "core/log.h"

#include "net/mail.h"

#include <string.h>

#define ROUND 10

static char *
mail_text(const SaoyHubConfig *config, const SaoyApproval *approval)
{
    return g_strdup_printf(
        "Kính gửi Ông/Bà,\n\n"
        "Bản sao số của giấy tờ «%s» đã được ký số và gửi kèm thư này.\n\n"
        "Mã bản sao số: %s\n"
        "Tra cứu: %s\n\n"
        "%s"
        "%s\n"
        "Thư này được gửi tự động, xin không trả lời.\n",
        approval->title, approval->copy_id, approval->link,
        approval->official ? "" : "MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ\n\n", config->office);
}

/* What is not coming, and why. */
static char *
outcome_text(SaoyNode *node, const char *dossier, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT title, reason FROM documents WHERE dossier = ? AND state IN ('refused', "
        "'not_issued') ORDER BY n",
        "tt", error, "t", dossier);
    GString *text = NULL;

    if (rows == NULL)
        return NULL;
    text = g_string_new("Kính gửi Ông/Bà,\n\n");
    g_string_append_printf(
        text, "Các giấy tờ sau đây của hồ sơ %s không được cấp bản sao số:\n\n", dossier);
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        g_string_append_printf(text, "– «%s»: %s\n", saoy_rows_text(rows, i, 0),
                               saoy_rows_text(rows, i, 1));
    g_string_append_printf(text,
                           "\nPhí chứng thực đã nộp cho các giấy tờ này (nếu có) được hoàn "
                           "lại.\n\n%s\nThư này được gửi tự động, xin không trả lời.\n",
                           node->config->office);
    return g_string_free(text, FALSE);
}

static bool
send_text(SaoyNode *node, const SaoyMail *mail, GError **error)
{
    const SaoyHubConfig *config = node->config;
    const SaoyMailServer server = {
        .url = config->mail_url,
        .user = config->mail_user[0] != '\0' ? config->mail_user : NULL,
        .password = config->mail_password[0] != '\0' ? config->mail_password : NULL,
        .ca = config->mail_ca[0] != '\0' ? config->mail_ca : NULL,
        .require_tls = config->mail_tls,
    };

    return saoy_mail_send(&server, mail, NULL, error);
}

static bool
send_copy(SaoyNode *node, const char *address, const SaoyApproval *approval, GBytes *pdf,
          GError **error)
{
    const SaoyHubConfig *config = node->config;
    g_autofree char *text = mail_text(config, approval);
    g_autofree char *subject = g_strdup_printf("Bản sao số %s", approval->copy_id);
    g_autofree char *name = g_strdup_printf("%s.pdf", approval->copy_id);
    g_autofree char *id = g_strdup_printf("%s@saoy-hub", approval->copy_id);
    const SaoyMail mail = { config->mail_from, address, subject, text, id, name, pdf };

    return send_text(node, &mail, error);
}

static bool
send_outcome(SaoyNode *node, const char *address, const char *dossier, GError **error)
{
    g_autofree char *text = outcome_text(node, dossier, error);
    g_autofree char *subject = g_strdup_printf("Hồ sơ %s", dossier);
    g_autofree char *id = g_strdup_printf("%s@saoy-hub", dossier);
    const SaoyMail mail = {
        node->config->mail_from, address, subject, text, id, NULL, NULL
    };

    return text != NULL && send_text(node, &mail, error);
}

static bool
deliver_copy(SaoyNode *node, const char *address, const char *copy_id, GError **error)
{
    g_autoptr(SaoyApproval) approval = NULL;
    g_autoptr(GBytes) pdf = NULL;
    g_autofree char *dossier = NULL;
    unsigned n = 0;

    if (!saoy_copy_find(node, copy_id, &dossier, &n, error))
        return false;
    approval = saoy_issuing_approval(node, dossier, n, error);
    pdf = approval != NULL ? saoy_archive_get(node, copy_id, error) : NULL;
    return pdf != NULL && send_copy(node, address, approval, pdf, error);
}

/* With a copy_id that copy, else what the dossier did not come to. */
static bool
deliver_mail(SaoyNode *node, const SaoyJson *payload, GError **error)
{
    const char *dossier = saoy_json_string(payload, "dossier", 64, error);
    const char *copy_id = saoy_json_string_or(payload, "copy_id", "");
    g_autoptr(SaoyJson) body =
        dossier != NULL ? saoy_dossier_body(node, dossier, error) : NULL;
    const char *address = NULL;

    if (body == NULL)
        return false;
    address = saoy_json_string_or(saoy_json_member(body, "delivery"), "email", "");
    if (!saoy_mail_address_check(address))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "address not acceptable");
    return copy_id[0] != '\0' ? deliver_copy(node, address, copy_id, error)
                              : send_outcome(node, address, dossier, error);
}

/* Short words only: an SMTP server's answer may repeat the address. */
static const char *
reason_of(const GError *error)
{
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE)   ? "server away"
           : g_error_matches(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT) ? "no answer in time"
           : g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED) ? "refused"
                                                                    : "failed";
}

static bool
deliver(SaoyNode *node, const char *kind, const char *payload, GError **error)
{
    g_autoptr(SaoyJson) json = NULL;

    if (!g_str_equal(kind, "mail"))
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no payment connector");
    if (node->config->mail_url[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no mail server configured");
    json = saoy_json_parse((SaoyView){ (const uint8_t *)payload, strlen(payload) }, 4096,
                           error);
    return json != NULL && deliver_mail(node, json, error);
}

static bool
settle_entry(SaoyNode *node, int64_t id, const char *kind, const char *payload,
             bool *out_away, GError **error)
{
    const SaoyRecordsDriver *driver = saoy_records_driver(node->records);
    void *self = saoy_records_self(node->records);
    g_autoptr(GError) why = NULL;

    if (deliver(node, kind, payload, &why)) {
        saoy_log(SAOY_LOG_MAIL_SENT, SAOY_N("count", 1));
        return driver->outbox_done(self, id, saoy_clock_wall_us(), error);
    }
    *out_away = g_str_equal(kind, "mail") && node->config->mail_url[0] != '\0' &&
                (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_OFFLINE) ||
                 g_error_matches(why, SAOY_ERROR, SAOY_ERROR_TIMEOUT));
    if (g_str_equal(kind, "mail") && node->config->mail_url[0] != '\0')
        saoy_log(SAOY_LOG_MAIL_FAILED, SAOY_W("code", reason_of(why)));
    return driver->outbox_failed(self, id, reason_of(why), saoy_clock_wall_us(), error);
}

bool
saoy_mailer_work(SaoyNode *node, GError **error)
{
    const SaoyRecordsDriver *driver = saoy_records_driver(node->records);

    bool away = false;

    /* a server that is away keeps documents waiting behind it only once a round */
    for (int i = 0; i < ROUND && !away; i++) {
        g_autofree char *kind = NULL;
        g_autofree char *payload = NULL;
        g_autoptr(GError) failed = NULL;
        int64_t id = 0;

        if (!driver->outbox_next(saoy_records_self(node->records), saoy_clock_wall_us(),
                                 &id, &kind, &payload, &failed)) {
            if (failed == NULL)
                return true;
            g_propagate_error(error, g_steal_pointer(&failed));
            return false;
        }
        if (!settle_entry(node, id, kind, payload, &away, error))
            return false;
    }
    return true;
}
