#include "approval.h"

#include "dossier.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/json.h"
#include "core/log.h"
#include "core/text.h"

#define REASON_CHARS_MIN 3
#define REASON_CHARS_MAX 500

void
saoy_node_changed(SaoyNode *node, const char *dossier)
{
    if (node->changed != NULL)
        node->changed(node->user, dossier);
}

/* Who has left hears of what is not coming by mail, too; who waits has seen it. The mail
 * carries no address: it is read from the dossier when the mail goes. */
static bool
queue_outcome(SaoyNode *node, const char *id, GError **error)
{
    const SaoyRecordsDriver *driver = saoy_records_driver(node->records);
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT 1 FROM dossiers d JOIN documents p ON p.dossier = d.id WHERE d.id = ? AND "
        "d.released = 1 AND d.ended_at > 0 AND length(d.body_sealed) > 0 AND p.state IN "
        "('refused', 'not_issued') LIMIT 1",
        "i", error, "t", id);
    g_autoptr(SaoyJson) body = NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *key = g_strdup_printf("outcome %s", id);
    g_autofree char *payload = NULL;

    if (rows == NULL || saoy_rows_count(rows) == 0)
        return rows != NULL;
    body = saoy_dossier_body(node, id, error);
    if (body == NULL)
        return false;
    if (saoy_json_string_or(saoy_json_member(body, "delivery"), "email", "")[0] == '\0')
        return true;
    json = saoy_json_object();
    saoy_json_set_string(json, "dossier", id);
    payload = saoy_json_print(json);
    return driver->outbox_put(saoy_records_self(node->records), key, "mail", payload,
                              saoy_clock_wall_us(), error);
}

bool
saoy_dossier_moved(SaoyNode *node, const char *id, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, "SELECT state FROM documents WHERE dossier = ?",
                         "t", error, "t", id);
    bool undecided = false, final = true;

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        SaoyStage stage = saoy_stage_of(saoy_rows_text(rows, i, 0));

        undecided = undecided || stage <= SAOY_STAGE_OPENED;
        final = final && saoy_stage_is_final(stage);
    }
    if (!undecided &&
        !saoy_records_run(node->records, "DELETE FROM faces WHERE dossier = ?", error, "t",
                          id))
        return false;
    if (final && (!saoy_records_run(node->records,
                                    "UPDATE dossiers SET ended_at = ? WHERE id = ? AND "
                                    "ended_at = 0",
                                    error, "it", saoy_clock_wall_us(), id) ||
                  !queue_outcome(node, id, error)))
        return false;
    return saoy_records_run(node->records, "UPDATE dossiers SET rev = rev + 1 WHERE id = ?",
                            error, "t", id);
}

bool
saoy_document_move(SaoyNode *node, const char *dossier, unsigned n, SaoyMove move,
                   GError **error)
{
    SaoyStage to = SAOY_STAGE_N;
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT state FROM documents WHERE dossier = ? AND n = ?", "t",
        error, "ti", dossier, (int64_t)n);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such document");
    if (!saoy_stage_match(saoy_stage_of(saoy_rows_text(rows, 0, 0)), move, &to))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the document is %s",
                         saoy_rows_text(rows, 0, 0));
    return saoy_records_run(node->records,
                            "UPDATE documents SET state = ? WHERE dossier = ? AND n = ?",
                            error, "tti", saoy_stage_name(to), dossier, (int64_t)n);
}

/* Every document that the move applies to; the others stay. */
static bool
move_all(SaoyNode *node, const char *id, SaoyMove move, GArray *moved, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT n, state FROM documents WHERE dossier = ? ORDER BY n", "it",
        error, "t", id);

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        unsigned n = (unsigned)saoy_rows_int(rows, i, 0);
        SaoyStage to = SAOY_STAGE_N;

        if (!saoy_stage_match(saoy_stage_of(saoy_rows_text(rows, i, 1)), move, &to))
            continue;
        if (!saoy_document_move(node, id, n, move, error))
            return false;
        g_array_append_val(moved, n);
    }
    return true;
}

/* kind: "settle" or "give_back". A fee that was waived has no payment reference. */
static bool
put_money(SaoyNode *node, const char *kind, const char *id, unsigned n, GError **error)
{
    const SaoyRecordsDriver *driver = saoy_records_driver(node->records);
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT d.payment_reference, p.fee FROM dossiers d JOIN documents p "
        "ON p.dossier = d.id WHERE d.id = ? AND p.n = ?",
        "ti", error, "ti", id, (int64_t)n);
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *key = g_strdup_printf("%s %s.%02u", kind, id, n);
    g_autofree char *payload = NULL;

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0 || saoy_rows_text(rows, 0, 0)[0] == '\0' ||
        saoy_rows_int(rows, 0, 1) == 0)
        return true;
    json = saoy_json_object();
    saoy_json_set_string(json, "dossier", id);
    saoy_json_set_int(json, "document", n);
    saoy_json_set_int(json, "amount", saoy_rows_int(rows, 0, 1));
    saoy_json_set_string(json, "reference", saoy_rows_text(rows, 0, 0));
    payload = saoy_json_print(json);
    return driver->outbox_put(saoy_records_self(node->records), key, kind, payload,
                              saoy_clock_wall_us(), error);
}

bool
saoy_document_settle(SaoyNode *node, const char *id, unsigned n, GError **error)
{
    return put_money(node, "settle", id, n, error);
}

static bool
check_complete(SaoyNode *node, const char *id, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT document, n FROM pages WHERE dossier = ? AND (stored <> 1 "
                         "OR text_sealed IS "
                         "NULL) ORDER BY document, n LIMIT 1",
                         "ii", error, "t", id);

    if (rows == NULL)
        return false;
    return saoy_rows_count(rows) == 0 ||
           saoy_fail(error, SAOY_ERROR_REFUSED,
                     "picture or text of document %d page %d is missing",
                     (int)saoy_rows_int(rows, 0, 0), (int)saoy_rows_int(rows, 0, 1));
}

bool
saoy_dossier_submit(SaoyNode *node, const char *id, const char *kiosk,
                    const char *payment_reference, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(unsigned));

    if (transaction == NULL)
        return false;
    if (!saoy_records_run(node->records,
                          "UPDATE dossiers SET submitted_at = ?, payment_reference = ? "
                          "WHERE id = ? AND submitted_at = 0 AND ended_at = 0",
                          error, "itt", saoy_clock_wall_us(), payment_reference, id))
        return false;
    if (saoy_records_changes(node->records) == 0)
        return true; /* was submitted before */
    if (!check_complete(node, id, error) ||
        !move_all(node, id, SAOY_MOVE_SUBMIT, moved, error) ||
        !saoy_dossier_moved(node, id, error) ||
        !saoy_node_audit(node, kiosk, "submit", id, "", error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    saoy_node_changed(node, id);
    return true;
}

static bool
give_back_moved(SaoyNode *node, const char *id, const GArray *moved, GError **error)
{
    for (unsigned i = 0; i < moved->len; i++)
        if (!put_money(node, "give_back", id, g_array_index(moved, unsigned, i), error))
            return false;
    return true;
}

/* Who has left finishes nothing any more: its fences are stale from now on. */
static bool
drop_leases(SaoyNode *node, const char *id, const char *kiosk, GError **error)
{
    return saoy_records_run(node->records,
                            "UPDATE documents SET fence = fence + 1, holder = '', "
                            "lease_until = 0 WHERE dossier = ? AND holder = ?",
                            error, "tt", id, kiosk);
}

bool
saoy_dossier_withdraw(SaoyNode *node, const char *id, const char *kiosk, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(unsigned));

    if (transaction == NULL || !move_all(node, id, SAOY_MOVE_WITHDRAW, moved, error))
        return false;
    /* an approved document is past withdrawing: who left counts as having released it */
    if (!saoy_records_run(
            node->records,
            "UPDATE dossiers SET released = 1 WHERE id = ? AND EXISTS (SELECT 1 "
            "FROM documents WHERE dossier = dossiers.id AND state = 'approved')",
            error, "t", id) ||
        !drop_leases(node, id, kiosk, error) || !give_back_moved(node, id, moved, error))
        return false;
    if (moved->len > 0 && (!saoy_dossier_moved(node, id, error) ||
                           !saoy_node_audit(node, kiosk, "withdraw", id, "", error)))
        return false;
    if (!saoy_transaction_commit(&transaction, error))
        return false;
    saoy_node_changed(node, id);
    return true;
}

bool
saoy_dossier_release(SaoyNode *node, const char *id, const char *kiosk, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    if (transaction == NULL || !drop_leases(node, id, kiosk, error) ||
        !saoy_records_run(
            node->records,
            "UPDATE dossiers SET released = 1, rev = rev + 1 WHERE id = ? AND "
            "released = 0",
            error, "t", id) ||
        !queue_outcome(node, id, error) ||
        !saoy_node_audit(node, kiosk, "release", id, "", error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    saoy_node_changed(node, id);
    return true;
}

bool
saoy_dossier_look(SaoyNode *node, const char *id, const SaoyOfficer *officer,
                  GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(GArray) moved = g_array_new(FALSE, FALSE, sizeof(unsigned));

    if (transaction == NULL || !move_all(node, id, SAOY_MOVE_LOOK, moved, error))
        return false;
    if (moved->len == 0)
        return true;
    if (!saoy_dossier_moved(node, id, error) ||
        !saoy_node_audit(node, officer->login, "look", id, "", error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    saoy_node_changed(node, id);
    return true;
}

bool
saoy_document_refuse(SaoyNode *node, const char *dossier, unsigned n,
                     const SaoyOfficer *officer, const char *reason, GError **error)
{
    g_autofree char *clean = saoy_text_clean(reason, REASON_CHARS_MAX);
    g_autofree char *subject = g_strdup_printf("%s.%02u", dossier, n);
    g_autoptr(SaoyTransaction) transaction = NULL;

    if (g_utf8_strlen(clean, -1) < REASON_CHARS_MIN)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a refusal needs its reason");
    transaction = saoy_records_begin(node->records, error);
    if (transaction == NULL ||
        !saoy_document_move(node, dossier, n, SAOY_MOVE_REFUSE, error) ||
        !saoy_records_run(node->records,
                          "UPDATE documents SET reason = ?, decided_at = ?, decided_by = ? "
                          "WHERE dossier = ? AND n = ?",
                          error, "titti", clean, saoy_clock_wall_us(), officer->login,
                          dossier, (int64_t)n) ||
        !put_money(node, "give_back", dossier, n, error) ||
        !saoy_node_audit(node, officer->login, "refuse", subject, "", error) ||
        !saoy_dossier_moved(node, dossier, error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    saoy_log(SAOY_LOG_REFUSED, SAOY_N("count", n));
    saoy_node_changed(node, dossier);
    return true;
}

bool
saoy_document_give_up(SaoyNode *node, const char *dossier, unsigned n, const char *reason,
                      GError **error)
{
    g_autofree char *note = g_strdup_printf("không phát hành: %s", reason);
    g_autofree char *subject = g_strdup_printf("%s.%02u", dossier, n);
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    if (transaction == NULL ||
        !saoy_document_move(node, dossier, n, SAOY_MOVE_GIVE_UP, error) ||
        !saoy_records_run(node->records,
                          "UPDATE documents SET reason = ?, fence = fence + 1, holder = '' "
                          "WHERE dossier = ? AND n = ?",
                          error, "tti", note, dossier, (int64_t)n) ||
        !saoy_records_run(
            node->records,
            "UPDATE register SET note = ? WHERE copy_id = (SELECT copy_id FROM "
            "documents WHERE dossier = ? AND n = ?)",
            error, "tti", note, dossier, (int64_t)n) ||
        !put_money(node, "give_back", dossier, n, error) ||
        !saoy_node_audit(node, "hub", "give up", subject, "", error) ||
        !saoy_dossier_moved(node, dossier, error) ||
        !saoy_transaction_commit(&transaction, error))
        return false;
    saoy_node_changed(node, dossier);
    return true;
}
