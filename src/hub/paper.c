#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "dossier.h"

#define DAY_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)

void
saoy_paper_clear(SaoyPaper *paper)
{
    for (size_t i = 0; i < paper->n; i++) {
        g_clear_pointer(&paper->jpegs[i], g_bytes_unref);
        saoy_words_clear(&paper->words[i]);
    }
    g_free(paper->jpegs);
    g_free(paper->words);
    g_free(paper->boxes);
    g_free(paper->dpi);
    g_free(paper->widths);
    g_free(paper->heights);
    *paper = (SaoyPaper){ 0 };
}

static bool
load_page(SaoyNode *node, const char *dossier, SaoyRows *rows, size_t i, SaoyPaper *paper,
          GError **error)
{
    g_autoptr(GBytes) text = NULL;
    g_autoptr(SaoyJson) json = NULL;

    paper->widths[i] = (int)saoy_rows_int(rows, i, 1);
    paper->heights[i] = (int)saoy_rows_int(rows, i, 2);
    paper->dpi[i] = (int)saoy_rows_int(rows, i, 3);
    paper->boxes[i] =
        (SaoyBox){ (int)saoy_rows_int(rows, i, 4), (int)saoy_rows_int(rows, i, 5),
                   (int)saoy_rows_int(rows, i, 6), (int)saoy_rows_int(rows, i, 7) };
    paper->jpegs[i] = saoy_blobs_get(node->blobs, saoy_rows_text(rows, i, 0), error);
    if (paper->jpegs[i] == NULL)
        return false;
    if (saoy_rows_is_null(rows, i, 8))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "page %zu has no text", i + 1);
    text = saoy_vault_open_sealed(node->vault, dossier,
                                  saoy_view_of(saoy_rows_bytes(rows, i, 8)), error);
    json = text != NULL ? saoy_json_parse(saoy_view_of(text), 1 << 20, error) : NULL;
    return json != NULL && saoy_words_from_json(json, paper->widths[i], paper->heights[i],
                                                &paper->words[i], error);
}

bool
saoy_paper_load(SaoyNode *node, const char *dossier, unsigned document, SaoyPaper *out,
                GError **error)
{
    g_auto(SaoyPaper) paper = { 0 };
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT sha256, width, height, dpi, box_x, box_y, box_w, box_h, text_sealed "
        "FROM pages WHERE dossier = ? AND document = ? ORDER BY n",
        "tiiiiiiib", error, "ti", dossier, (int64_t)document);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "the document has no pages any more");
    paper.n = saoy_rows_count(rows);
    paper.jpegs = g_new0(GBytes *, paper.n);
    paper.words = g_new0(SaoyWords, paper.n);
    paper.boxes = g_new0(SaoyBox, paper.n);
    paper.dpi = g_new0(int, paper.n);
    paper.widths = g_new0(int, paper.n);
    paper.heights = g_new0(int, paper.n);
    for (size_t i = 0; i < paper.n; i++)
        if (!load_page(node, dossier, rows, i, &paper, error))
            return false;
    *out = paper;
    paper = (SaoyPaper){ 0 };
    return true;
}

/* A picture may stand in several dossiers: it goes with the last of them. */
static bool
drop_pictures(SaoyNode *node, const char *dossier, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT DISTINCT sha256 FROM pages p WHERE dossier = ? AND stored <> 0 AND NOT "
        "EXISTS "
        "(SELECT 1 FROM pages o WHERE o.sha256 = p.sha256 AND o.dossier <> p.dossier)",
        "t", error, "t", dossier);

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        if (!saoy_blobs_remove(node->blobs, saoy_rows_text(rows, i, 0), error))
            return false;
    return true;
}

/* The unfinished forms of what is archived by now. */
static bool
drop_drafts(SaoyNode *node, const char *dossier, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT base, filled FROM documents WHERE dossier = ?", "tt", error,
        "t", dossier);

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        if (!saoy_blobs_remove(node->blobs, saoy_rows_text(rows, i, 0), error) ||
            !saoy_blobs_remove(node->blobs, saoy_rows_text(rows, i, 1), error))
            return false;
    return true;
}

/* Each dossier that `which` selects loses its pictures, then is treated by `deed`. All of
 * it under one write lock: no kiosk submits it and no other dossier gains its picture
 * meanwhile. Files go first: after a crash the rows still name what is left. */
static bool
forget(SaoyNode *node, const char *which, const char *deed, int64_t before, GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);
    g_autoptr(SaoyRows) rows =
        transaction != NULL
            ? saoy_records_ask(node->records, which, "t", error, "i", before)
            : NULL;

    if (rows == NULL)
        return false;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        const char *id = saoy_rows_text(rows, i, 0);

        if (!drop_pictures(node, id, error) || !drop_drafts(node, id, error) ||
            !saoy_records_run(node->records, deed, error, "t", id))
            return false;
    }
    return saoy_transaction_commit(&transaction, error);
}

bool
saoy_dossier_sweep(SaoyNode *node, int64_t now_us, GError **error)
{
    int64_t unsubmitted = now_us - node->config->unsubmitted_s * (int64_t)G_USEC_PER_SEC;

    return forget(node,
                  "SELECT id FROM dossiers WHERE submitted_at = 0 AND made_at < ? LIMIT 20",
                  "DELETE FROM dossiers WHERE id = ?", unsubmitted, error) &&
           forget(node,
                  "SELECT id FROM dossiers WHERE ended_at > 0 AND ended_at < ? AND EXISTS "
                  "(SELECT 1 FROM pages WHERE dossier = dossiers.id) LIMIT 20",
                  "DELETE FROM pages WHERE dossier = ?", now_us - DAY_US, error) &&
           forget(node,
                  "SELECT id FROM dossiers WHERE ended_at > 0 AND ended_at < ? AND "
                  "length(body_sealed) > 0 LIMIT 20",
                  "UPDATE dossiers SET body_sealed = '' WHERE id = ?", now_us - 30 * DAY_US,
                  error) &&
           saoy_records_run(node->records, "DELETE FROM replies WHERE made_at < ?", error,
                            "i", now_us - 7 * DAY_US) &&
           saoy_records_run(node->records, "DELETE FROM tokens WHERE expires_at < ?", error,
                            "i", now_us) &&
           saoy_records_run(node->records, "DELETE FROM sads WHERE expires_at < ?", error,
                            "i", now_us);
}
