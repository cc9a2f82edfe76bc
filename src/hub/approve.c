#include "approval.h"
#include "dossier.h"
#include "responder.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"
#include "core/ossl.h"
#include "core/text.h"

#include "document/compose.h"
#include "signature/chain.h"
#include "signature/cms.h"
#include "signature/seal.h"

#include <string.h>

/* What approving needs and reads before the transaction: files, keys, the person's name. */
typedef struct {
    SaoyPaper paper;
    SaoyJson *body;
    char *requester;
    unsigned file_pages;
    uint8_t digest[32];
} Case;

static void
case_clear(Case *c)
{
    saoy_paper_clear(&c->paper);
    g_clear_pointer(&c->body, saoy_json_unref);
    g_clear_pointer(&c->requester, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

static bool
load_case(SaoyNode *node, const char *dossier, unsigned n, Case *out, GError **error)
{
    g_autofree SaoyCopyPage *pages = NULL;
    const SaoyJson *holder = NULL;

    out->body = saoy_dossier_body(node, dossier, error);
    if (out->body == NULL || !saoy_paper_load(node, dossier, n, &out->paper, error))
        return false;
    holder = saoy_json_member(out->body, "holder");
    out->requester = saoy_text_clean(saoy_json_string_or(holder, "name", ""), 100);
    pages = g_new0(SaoyCopyPage, out->paper.n);
    for (size_t i = 0; i < out->paper.n; i++)
        pages[i] = (SaoyCopyPage){ .jpeg = out->paper.jpegs[i],
                                   .width = out->paper.widths[i],
                                   .height = out->paper.heights[i],
                                   .dpi = out->paper.dpi[i],
                                   .free_box = out->paper.boxes[i] };
    out->file_pages = saoy_copy_file_pages(pages, out->paper.n);
    saoy_content_digest(out->paper.jpegs, out->paper.n, out->digest);
    return true;
}

static bool
set_credential(SaoyNode *node, SaoyApproval *approval, int signer, const char *id,
               GError **error)
{
    g_autofree char *roots =
        saoy_hub_config_path(node->config, node->config->official_roots);
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, id, error);
    SaoyCredential *credential = &approval->credentials[signer];
    g_autofree char *digest = NULL;
    size_t room = chain != NULL ? saoy_cms_size(chain, error) : 0;

    if (room == 0)
        return false;
    digest = saoy_sha256_hex(saoy_view_of(chain->pdata[0]));
    credential->id = g_strdup(id);
    credential->contents_bytes = (int)(room + saoy_responder_stamp_room(node));
    g_strlcpy(credential->certificate_sha256, digest,
              sizeof credential->certificate_sha256);
    approval->appearance[signer] = g_strdup("text");
    approval->official = approval->official && node->config->official_roots[0] != '\0' &&
                         saoy_chain_check(chain, roots, approval->approved_at_us,
                                          SAOY_PURPOSE_DOCUMENT) == SAOY_TRUST_TRUSTED;
    return true;
}

static char *
book_of(const SaoyHubConfig *config, int64_t at_us)
{
    int year = 0, month = 0, day = 0;
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = g_strsplit(config->book, "{year}", -1);

    saoy_time_day(at_us, &year, &month, &day);
    text = g_strdup_printf("%d", year);
    return g_strjoinv(text, parts);
}

/* The number is taken here and nowhere else, in the transaction that records the approval:
 * it starts at 1 with each book (a book is of one year) and never skips. */
static bool
take_number(SaoyNode *node, SaoyApproval *approval, GError **error)
{
    g_autoptr(SaoyRows) rows = NULL;

    if (!saoy_records_run(node->records,
                          "INSERT INTO books (name, last) VALUES (?, 1) ON CONFLICT (name) "
                          "DO UPDATE SET last = books.last + 1",
                          error, "t", approval->book))
        return false;
    rows = saoy_records_ask(node->records, "SELECT last FROM books WHERE name = ?", "i",
                            error, "t", approval->book);
    if (rows == NULL)
        return false;
    approval->number = (unsigned)saoy_rows_int(rows, 0, 0);
    return true;
}

static bool
sign_seal(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    return saoy_keys_sign_raw(user, "seal", hash, out, error);
}

static bool
make_seal(SaoyNode *node, SaoyApproval *approval, const Case *c, GError **error)
{
    g_autoptr(GPtrArray) chain = saoy_keys_chain(node->keys, "seal", error);
    g_autoptr(GBytes) cose = NULL;
    uint8_t key_id[32];
    SaoySeal claims = { .issued_at_s = approval->approved_at_us / G_USEC_PER_SEC,
                        .copy_id = approval->copy_id,
                        .title = approval->title,
                        .holder = c->requester,
                        .office = node->config->office,
                        .officer = approval->officer_name,
                        .file_pages = c->file_pages,
                        .scanned_pages = (unsigned)c->paper.n };

    if (chain == NULL)
        return false;
    saoy_sha256(saoy_view_of(chain->pdata[0]), key_id);
    memcpy(claims.key_id, key_id, sizeof claims.key_id);
    memcpy(claims.content_digest, c->digest, sizeof claims.content_digest);
    cose = saoy_seal_make(&claims, strlen(approval->link) + 1, sign_seal,
                          (void *)(uintptr_t)node->keys, error);
    /* certificate and key are two files, and an operator may be changing them */
    if (cose == NULL || !saoy_seal_check_key(cose, saoy_view_of(chain->pdata[0]), error))
        return false;
    approval->seal = saoy_seal_text(approval->link, cose);
    return true;
}

static SaoyApproval *
make_approval(SaoyNode *node, const char *dossier, unsigned n, const char *title,
              const SaoyOfficer *officer, const Case *c, GError **error)
{
    g_autoptr(SaoyApproval) approval = g_new0(SaoyApproval, 1);
    g_autofree char *credential = saoy_keys_officer(node->keys, officer->login);
    const char *templates = saoy_templates_digest(error);
    int64_t now = saoy_clock_wall_us();

    if (templates == NULL)
        return NULL;
    approval->approved_at_us = now - now % G_USEC_PER_SEC;
    approval->book = book_of(node->config, now);
    approval->copy_id = saoy_copy_id_new(dossier, n);
    approval->token = saoy_token_new();
    approval->link = g_strdup_printf("%s/v/%s?t=%s", node->config->public_url,
                                     approval->copy_id, approval->token);
    approval->title = g_strdup(title);
    approval->officer_name = g_strdup(officer->name);
    approval->officer_title = g_strdup(officer->title);
    approval->agency = g_strdup(node->config->agency);
    approval->official = true;
    approval->composer = g_strdup(SAOY_COMPOSER);
    g_strlcpy(approval->templates, templates, sizeof approval->templates);
    if (!saoy_keys_check_name(node->keys, credential, officer->name, error) ||
        !saoy_keys_check_name(node->keys, "agency", node->config->office, error) ||
        !set_credential(node, approval, SAOY_SIGNER_OFFICER, credential, error) ||
        !set_credential(node, approval, SAOY_SIGNER_AGENCY, "agency", error) ||
        !take_number(node, approval, error) || !make_seal(node, approval, c, error))
        return NULL;
    return g_steal_pointer(&approval);
}

static bool
write_register(SaoyNode *node, const SaoyApproval *approval, const Case *c, int64_t copies,
               int64_t fee, const char *record, GError **error)
{
    int year = 0, month = 0, day = 0;
    g_autofree char *signer =
        g_strdup_printf("%s, %s", approval->officer_name, approval->officer_title);
    g_autofree char *token = saoy_sha256_hex(
        (SaoyView){ (const uint8_t *)approval->token, strlen(approval->token) });
    g_autofree char *date = NULL;

    saoy_time_day(approval->approved_at_us, &year, &month, &day);
    date = saoy_text_date(year, month, day);
    return saoy_records_run(
        node->records,
        "INSERT INTO register (book, number, day, requester, title, signer, copies, fee, "
        "copy_id, token_hash, approval, scanned_pages, file_pages) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        error, "tittttiitttii", approval->book, (int64_t)approval->number, date,
        c->requester, approval->title, signer, copies, fee, approval->copy_id, token,
        record, (int64_t)c->paper.n, (int64_t)c->file_pages);
}

static bool
write_document(SaoyNode *node, const char *dossier, unsigned n, const SaoyOfficer *officer,
               const SaoyApproval *approval, const char *record, GError **error)
{
    return saoy_document_move(node, dossier, n, SAOY_MOVE_APPROVE, error) &&
           saoy_records_run(
               node->records,
               "UPDATE documents SET decided_at = ?, decided_by = ?, copy_id = ?, "
               "approval = ? WHERE dossier = ? AND n = ?",
               error, "itttti", saoy_clock_wall_us(), officer->login, approval->copy_id,
               record, dossier, (int64_t)n);
}

static bool
approve(SaoyNode *node, const char *dossier, unsigned n, const SaoyOfficer *officer,
        const Case *c, GError **error)
{
    g_autofree char *subject = g_strdup_printf("%s.%02u", dossier, n);
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(SaoyRows) rows = NULL;
    g_autoptr(SaoyApproval) approval = NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autofree char *record = NULL;

    if (transaction == NULL)
        return false;
    rows = saoy_records_ask(
        node->records,
        "SELECT title, copies, fee FROM documents WHERE dossier = ? AND n = ?", "tii",
        error, "ti", dossier, (int64_t)n);
    if (rows == NULL)
        return false;
    approval =
        make_approval(node, dossier, n, saoy_rows_text(rows, 0, 0), officer, c, error);
    if (approval == NULL)
        return false;
    json = saoy_approval_to_json(approval);
    record = saoy_json_print(json);
    return write_document(node, dossier, n, officer, approval, record, error) &&
           write_register(node, approval, c, saoy_rows_int(rows, 0, 1),
                          saoy_rows_int(rows, 0, 2), record, error) &&
           saoy_document_settle(node, dossier, n, error) &&
           saoy_node_audit(node, officer->login, "approve", subject, "", error) &&
           saoy_dossier_moved(node, dossier, error) &&
           saoy_transaction_commit(&transaction, error);
}

bool
saoy_document_approve(SaoyNode *node, const char *dossier, unsigned n,
                      const SaoyOfficer *officer, GError **error)
{
    g_auto(Case) c = { 0 };

    if (!load_case(node, dossier, n, &c, error) ||
        !approve(node, dossier, n, officer, &c, error))
        return false;
    saoy_log(SAOY_LOG_APPROVED, SAOY_N("count", n));
    saoy_node_changed(node, dossier);
    return true;
}
