#include "dossier.h"

#include "approval.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/ossl.h"
#include "core/text.h"
#include "page-jpeg.h"

#include "vision/image.h"

#include <string.h>

#define DAY_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)
#define PAGE_SIDE_MAX 20000
#define PAGE_PIXELS_MAX \
    (150 * 1000 * 1000LL) /* A4 at 1200 dpi; officers' browsers draw it */

static bool
is_sha256(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool
check_holder(const SaoyJson *body, GError **error)
{
    const SaoyJson *holder = saoy_json_object_of(body, "holder", error);
    const char *name = NULL, *number = NULL;

    if (holder == NULL ||
        (number = saoy_json_string(holder, "number", 20, error)) == NULL ||
        (name = saoy_json_string(holder, "name", 200, error)) == NULL ||
        saoy_json_string(holder, "birth_date", 10, error) == NULL ||
        saoy_json_string(holder, "sex", 10, error) == NULL ||
        saoy_json_string(holder, "expiry", 10, error) == NULL)
        return false;
    if (name[0] == '\0' || strspn(number, "0123456789") != strlen(number))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "holder: a name and a number of digits");
    return true;
}

/* [] or four numbers inside the page. */
static bool
is_box_on(const SaoyJson *box, int64_t width, int64_t height)
{
    int64_t at[4] = { 0 };

    for (size_t i = 0; i < saoy_json_length(box); i++) {
        at[i] = saoy_json_number(saoy_json_at(box, i));
        if (at[i] < 0 || at[i] > PAGE_SIDE_MAX)
            return false;
    }
    return at[0] + at[2] <= width && at[1] + at[3] <= height;
}

static bool
check_page(const SaoyJson *page, GError **error)
{
    const char *sha256 = saoy_json_string(page, "sha256", 64, error);
    const SaoyJson *box = NULL;
    int64_t width = 0, height = 0, dpi = 0;

    if (sha256 == NULL || !saoy_json_int(page, "width", 1, PAGE_SIDE_MAX, &width, error) ||
        !saoy_json_int(page, "height", 1, PAGE_SIDE_MAX, &height, error) ||
        !saoy_json_int(page, "dpi", 72, 1200, &dpi, error))
        return false;
    if (width * height > PAGE_PIXELS_MAX)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a page of too many pixels");
    box = saoy_json_array_of(page, "free_box", 4, error);
    if (box == NULL)
        return false;
    if (!is_sha256(sha256) || (saoy_json_length(box) != 4 && saoy_json_length(box) != 0))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "sha256 is 64 hex digits, free_box [x,y,w,h]");
    return is_box_on(box, width, height) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "free_box is not inside the page");
}

static bool
check_document(const SaoyJson *document, size_t *pages, GError **error)
{
    const SaoyJson *list = NULL;
    const char *title = saoy_json_string(document, "title", 1000, error);
    int64_t copies = 0;

    if (title == NULL || saoy_json_string(document, "kind", 64, error) == NULL ||
        !saoy_json_int(document, "copies", 1, 100, &copies, error) ||
        saoy_json_array_of(document, "fields", 200, error) == NULL ||
        saoy_json_array_of(document, "flags", 200, error) == NULL)
        return false;
    list = saoy_json_array_of(document, "pages", SAOY_DOSSIER_PAGES_MAX, error);
    if (list == NULL)
        return false;
    if (saoy_json_length(list) == 0 || title[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a document has a title and pages");
    *pages += saoy_json_length(list);
    for (size_t i = 0; i < saoy_json_length(list); i++)
        if (!check_page(saoy_json_at(list, i), error))
            return false;
    return true;
}

static bool
check_body(const SaoyJson *body, GError **error)
{
    const SaoyJson *list = NULL;
    size_t pages = 0;

    if (saoy_json_string(body, "kiosk", 64, error) == NULL || !check_holder(body, error) ||
        saoy_json_object_of(body, "identity", error) == NULL ||
        saoy_json_object_of(body, "face", error) == NULL ||
        saoy_json_object_of(body, "delivery", error) == NULL)
        return false;
    list = saoy_json_array_of(body, "documents", SAOY_DOSSIER_DOCUMENTS_MAX, error);
    if (list == NULL)
        return false;
    if (saoy_json_length(list) == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a dossier holds 1 to 20 documents");
    for (size_t i = 0; i < saoy_json_length(list); i++)
        if (!check_document(saoy_json_at(list, i), &pages, error)) {
            g_prefix_error(error, "document %zu: ", i + 1);
            return false;
        }
    return pages <= SAOY_DOSSIER_PAGES_MAX ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "more than %d pages",
                     SAOY_DOSSIER_PAGES_MAX);
}

static bool
insert_page(SaoyNode *node, const char *id, size_t document, size_t n, const SaoyJson *page,
            GError **error)
{
    const SaoyJson *box = saoy_json_member(page, "free_box");
    int64_t at[4] = { 0 };

    for (size_t i = 0; i < saoy_json_length(box); i++)
        at[i] = saoy_json_number(saoy_json_at(box, i));
    return saoy_records_run(node->records,
                            "INSERT INTO pages (dossier, document, n, sha256, width, "
                            "height, dpi, box_x, box_y, "
                            "box_w, box_h) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            error, "tiitiiiiiii", id, (int64_t)document, (int64_t)n,
                            saoy_json_string_or(page, "sha256", ""),
                            saoy_json_int_or(page, "width", 0),
                            saoy_json_int_or(page, "height", 0),
                            saoy_json_int_or(page, "dpi", 0), at[0], at[1], at[2], at[3]);
}

static bool
insert_document(SaoyNode *node, const char *id, size_t n, const SaoyJson *document,
                GError **error)
{
    const SaoyJson *pages = saoy_json_member(document, "pages");
    size_t n_pages = saoy_json_length(pages);
    unsigned copies = (unsigned)saoy_json_int_or(document, "copies", 1);
    g_autofree char *title =
        saoy_text_clean(saoy_json_string_or(document, "title", ""), 200);

    if (!saoy_records_run(
            node->records,
            "INSERT INTO documents (dossier, n, kind, title, copies, fee, flags, pages) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            error, "tittiiii", id, (int64_t)n, saoy_json_string_or(document, "kind", ""),
            title, (int64_t)copies, saoy_fee_of((unsigned)n_pages, copies),
            (int64_t)saoy_json_length(saoy_json_member(document, "flags")),
            (int64_t)n_pages))
        return false;
    for (size_t i = 0; i < n_pages; i++)
        if (!insert_page(node, id, n, i + 1, saoy_json_at(pages, i), error))
            return false;
    return true;
}

/* The day's next number; the unit and the day are in its name. */
static char *
take_id(SaoyNode *node, int64_t now, GError **error)
{
    g_autofree char *zero = saoy_dossier_id_new(node->config->unit, now, 0);
    g_autoptr(SaoyRows) rows = NULL;

    if (!saoy_records_run(
            node->records,
            "INSERT INTO serials (name, last) VALUES (?, 1) ON CONFLICT (name) "
            "DO UPDATE SET last = serials.last + 1",
            error, "t", zero))
        return NULL;
    rows = saoy_records_ask(node->records, "SELECT last FROM serials WHERE name = ?", "i",
                            error, "t", zero);
    if (rows == NULL)
        return NULL;
    return saoy_dossier_id_new(node->config->unit, now,
                               (unsigned)saoy_rows_int(rows, 0, 0));
}

static bool
insert_dossier(SaoyNode *node, const char *id, const char *kiosk, const char *key,
               const char *hash, const char *text, int64_t now, GError **error)
{
    g_autoptr(GBytes) sealed = saoy_vault_seal(
        node->vault, id, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);

    return sealed != NULL &&
           saoy_records_run(
               node->records,
               "INSERT INTO dossiers (id, kiosk, visit_key, visit_hash, made_at, "
               "body_sealed) VALUES (?, ?, ?, ?, ?, ?)",
               error, "ttttib", id, kiosk, key, hash, now, saoy_view_of(sealed));
}

/* true with *out_id NULL: not yet there. */
static bool
find_visit(SaoyNode *node, const char *kiosk, const char *key, const char *hash,
           char **out_id, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records,
        "SELECT id, visit_hash FROM dossiers WHERE kiosk = ? AND visit_key = ?", "tt",
        error, "tt", kiosk, key);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return true;
    if (!g_str_equal(saoy_rows_text(rows, 0, 1), hash))
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         "this Idempotency-Key was used for another dossier");
    *out_id = g_strdup(saoy_rows_text(rows, 0, 0));
    return true;
}

bool
saoy_dossier_open(SaoyNode *node, const char *kiosk, const char *key, const SaoyJson *body,
                  char **out_id, GError **error)
{
    g_autofree char *text = saoy_json_print(body);
    g_autofree char *hash =
        saoy_sha256_hex((SaoyView){ (const uint8_t *)text, strlen(text) });
    g_autofree char *id = NULL;
    g_autoptr(SaoyTransaction) transaction = NULL;
    const SaoyJson *documents = saoy_json_member(body, "documents");
    int64_t now = saoy_clock_wall_us();

    if (!check_body(body, error))
        return false;
    if (!g_str_equal(saoy_json_string_or(body, "kiosk", ""), kiosk))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "kiosk is not the name in this client certificate");
    transaction = saoy_records_begin(node->records, error);
    if (transaction == NULL || !find_visit(node, kiosk, key, hash, &id, error))
        return false;
    if (id != NULL) {
        *out_id = g_steal_pointer(&id);
        return true;
    }
    id = take_id(node, now, error);
    if (id == NULL || !insert_dossier(node, id, kiosk, key, hash, text, now, error))
        return false;
    for (size_t i = 0; i < saoy_json_length(documents); i++)
        if (!insert_document(node, id, i + 1, saoy_json_at(documents, i), error))
            return false;
    if (!saoy_transaction_commit(&transaction, error))
        return false;
    *out_id = g_steal_pointer(&id);
    return true;
}

bool
saoy_dossier_check(SaoyNode *node, const char *id, const char *kiosk, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT kiosk FROM dossiers WHERE id = ?", "t", error, "t", id);

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0 ||
        (kiosk != NULL && !g_str_equal(saoy_rows_text(rows, 0, 0), kiosk)))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such dossier");
    return true;
}

static SaoyJson *
document_state(SaoyRows *rows, size_t i)
{
    SaoyJson *json = saoy_json_object();
    const char *approval = saoy_rows_text(rows, i, 7);

    saoy_json_set_int(json, "n", saoy_rows_int(rows, i, 0));
    saoy_json_set_string(json, "state", saoy_rows_text(rows, i, 1));
    saoy_json_set_string(json, "kind", saoy_rows_text(rows, i, 2));
    saoy_json_set_string(json, "title", saoy_rows_text(rows, i, 3));
    saoy_json_set_int(json, "copies", saoy_rows_int(rows, i, 4));
    saoy_json_set_int(json, "fee", saoy_rows_int(rows, i, 5));
    saoy_json_set_string(json, "reason", saoy_rows_text(rows, i, 6));
    if (approval[0] != '\0') {
        SaoyJson *record = saoy_json_parse(
            (SaoyView){ (const uint8_t *)approval, strlen(approval) }, 64 << 10, NULL);

        if (record != NULL)
            saoy_json_set(json, "approval", record);
    }
    return json;
}

/* As a whole: what still has to happen decides. */
static const char *
whole_state(SaoyRows *rows)
{
    bool queued = false, opened = false, approved = false;

    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        SaoyStage stage = saoy_stage_of(saoy_rows_text(rows, i, 1));

        if (stage == SAOY_STAGE_OPEN)
            return "open";
        queued = queued || stage == SAOY_STAGE_QUEUED;
        opened = opened || stage == SAOY_STAGE_OPENED;
        approved = approved || stage == SAOY_STAGE_APPROVED;
    }
    return opened ? "opened" : queued ? "queued" : approved ? "decided" : "ended";
}

SaoyJson *
saoy_dossier_state(SaoyNode *node, const char *id, int64_t *out_rev, GError **error)
{
    g_autoptr(SaoyRows) top =
        saoy_records_ask(node->records, "SELECT rev, released FROM dossiers WHERE id = ?",
                         "ii", error, "t", id);
    g_autoptr(SaoyRows) rows =
        top == NULL
            ? NULL
            : saoy_records_ask(node->records,
                               "SELECT n, state, kind, title, copies, fee, reason, "
                               "approval FROM documents WHERE dossier = ? ORDER BY n",
                               "itttiitt", error, "t", id);
    g_autoptr(SaoyJson) json = NULL;
    SaoyJson *list = NULL;
    int64_t fee = 0;

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(top) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such dossier");
    list = saoy_json_array();
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        saoy_json_append(list, document_state(rows, i));
        fee += saoy_rows_int(rows, i, 5);
    }
    json = saoy_json_object();
    saoy_json_set_string(json, "id", id);
    saoy_json_set_int(json, "rev", saoy_rows_int(top, 0, 0));
    saoy_json_set_string(json, "state", whole_state(rows));
    saoy_json_set_bool(json, "released", saoy_rows_int(top, 0, 1) != 0);
    saoy_json_set_int(json, "fee", fee);
    saoy_json_set(json, "documents", list);
    if (out_rev != NULL)
        *out_rev = saoy_rows_int(top, 0, 0);
    return g_steal_pointer(&json);
}

SaoyJson *
saoy_dossier_body(SaoyNode *node, const char *id, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, "SELECT body_sealed FROM dossiers WHERE id = ?",
                         "b", error, "t", id);
    g_autoptr(GBytes) plain = NULL;

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) == 0 || g_bytes_get_size(saoy_rows_bytes(rows, 0, 0)) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such dossier");
    plain = saoy_vault_open_sealed(node->vault, id,
                                   saoy_view_of(saoy_rows_bytes(rows, 0, 0)), error);
    return plain != NULL ? saoy_json_parse(saoy_view_of(plain), 1 << 20, error) : NULL;
}

static bool
check_open(SaoyNode *node, const char *id, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT submitted_at, ended_at FROM dossiers WHERE id = ?", "ii",
        error, "t", id);

    if (rows == NULL)
        return false;
    return (saoy_rows_count(rows) == 1 && saoy_rows_int(rows, 0, 0) == 0 &&
            saoy_rows_int(rows, 0, 1) == 0) ||
           saoy_fail(error, SAOY_ERROR_REFUSED, "the dossier was submitted already");
}

static SaoyRows *
find_page(SaoyNode *node, const char *id, unsigned document, unsigned page, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records,
                         "SELECT sha256, width, height, stored FROM pages WHERE dossier = "
                         "? AND document = ? "
                         "AND n = ?",
                         "tiii", error, "tii", id, (int64_t)document, (int64_t)page);

    if (rows != NULL && saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such page");
    return g_steal_pointer(&rows);
}

/* The file is named before it is written: whatever happens, the sweep finds it. */
static bool
set_stored(SaoyNode *node, const char *id, unsigned document, unsigned page, int64_t stored,
           GError **error)
{
    g_autoptr(SaoyTransaction) transaction = saoy_records_begin(node->records, error);

    return transaction != NULL && check_open(node, id, error) &&
           saoy_records_run(node->records,
                            "UPDATE pages SET stored = ? WHERE dossier = ? AND document = "
                            "? AND n = ?",
                            error, "itii", stored, id, (int64_t)document, (int64_t)page) &&
           saoy_transaction_commit(&transaction, error);
}

static bool
check_picture(GBytes *jpeg, const SaoyRows *rows, GError **error)
{
    int width = 0, height = 0, channels = 0, dpi = 0;

    if (!saoy_page_jpeg_check(jpeg, error) ||
        !saoy_jpeg_info(jpeg, &width, &height, &channels, &dpi, error))
        return false;
    return (width == saoy_rows_int(rows, 0, 1) && height == saoy_rows_int(rows, 0, 2)) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED,
                     "the picture's size is not the announced");
}

bool
saoy_dossier_put_page(SaoyNode *node, const char *id, unsigned document, unsigned page,
                      GBytes *jpeg, GError **error)
{
    g_autoptr(SaoyRows) rows = find_page(node, id, document, page, error);
    g_autofree char *sha256 = saoy_sha256_hex(saoy_view_of(jpeg));
    g_autofree char *kept = NULL;

    if (rows == NULL)
        return false;
    if (!g_str_equal(sha256, saoy_rows_text(rows, 0, 0)))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "not the page that was announced");
    if (saoy_rows_int(rows, 0, 3) == SAOY_PAGE_STORED)
        return true;
    if (!check_open(node, id, error) || !check_picture(jpeg, rows, error) ||
        !set_stored(node, id, document, page, SAOY_PAGE_COMING, error))
        return false;
    kept = saoy_blobs_put(node->blobs, jpeg, error);
    return kept != NULL && set_stored(node, id, document, page, SAOY_PAGE_STORED, error);
}

bool
saoy_dossier_put_text(SaoyNode *node, const char *id, unsigned document, unsigned page,
                      SaoyView text, GError **error)
{
    g_autoptr(SaoyRows) rows = find_page(node, id, document, page, error);
    g_autoptr(SaoyTransaction) transaction = NULL;
    g_autoptr(SaoyJson) json = NULL;
    g_autoptr(GBytes) sealed = NULL;
    g_auto(SaoyWords) words = { 0 };

    if (rows == NULL)
        return false;
    json = saoy_json_parse(text, 1 << 20, error);
    if (json == NULL ||
        !saoy_words_from_json(json, (int)saoy_rows_int(rows, 0, 1),
                              (int)saoy_rows_int(rows, 0, 2), &words, error))
        return false;
    sealed = saoy_vault_seal(node->vault, id, text, error);
    transaction = sealed != NULL ? saoy_records_begin(node->records, error) : NULL;
    return transaction != NULL && check_open(node, id, error) &&
           saoy_records_run(node->records,
                            "UPDATE pages SET text_sealed = ? WHERE dossier = ? AND "
                            "document = ? AND n = ?",
                            error, "btii", saoy_view_of(sealed), id, (int64_t)document,
                            (int64_t)page) &&
           saoy_transaction_commit(&transaction, error);
}

/* Under the lock: a picture that comes while the officer decides would outlive the
 * decision. */
bool
saoy_dossier_put_face(SaoyNode *node, const char *id, const char *which, GBytes *jpeg,
                      GError **error)
{
    int width = 0, height = 0, channels = 0, dpi = 0;
    g_autoptr(GBytes) sealed = NULL;
    g_autoptr(SaoyTransaction) transaction = NULL;

    if (!g_str_equal(which, "chip") && !g_str_equal(which, "live"))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such picture");
    if (!saoy_jpeg_info(jpeg, &width, &height, &channels, &dpi, error))
        return false;
    sealed = saoy_vault_seal(node->vault, id, saoy_view_of(jpeg), error);
    transaction = sealed != NULL ? saoy_records_begin(node->records, error) : NULL;
    return transaction != NULL && check_open(node, id, error) &&
           saoy_records_run(node->records,
                            "INSERT INTO faces (dossier, which, picture_sealed) VALUES "
                            "(?, ?, ?) ON CONFLICT (dossier, which) DO UPDATE SET "
                            "picture_sealed = excluded.picture_sealed",
                            error, "ttb", id, which, saoy_view_of(sealed)) &&
           saoy_transaction_commit(&transaction, error);
}

GBytes *
saoy_dossier_page(SaoyNode *node, const char *id, unsigned document, unsigned page,
                  GError **error)
{
    g_autoptr(SaoyRows) rows = find_page(node, id, document, page, error);

    return rows != NULL ? saoy_blobs_get(node->blobs, saoy_rows_text(rows, 0, 0), error)
                        : NULL;
}

GBytes *
saoy_dossier_face(SaoyNode *node, const char *id, const char *which, GError **error)
{
    g_autoptr(SaoyRows) rows = saoy_records_ask(
        node->records, "SELECT picture_sealed FROM faces WHERE dossier = ? AND which = ?",
        "b", error, "tt", id, which);

    if (rows == NULL)
        return NULL;
    if (saoy_rows_count(rows) == 0)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such picture");
    return saoy_vault_open_sealed(node->vault, id,
                                  saoy_view_of(saoy_rows_bytes(rows, 0, 0)), error);
}
