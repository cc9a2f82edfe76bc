#include "officer-view.h"

#include "approval.h"
#include "dossier.h"
#include "officer-words.h"

#include "core/clock.h"
#include "core/text.h"
#include "document/compose.h"

#include <stdio.h>
#include <string.h>

/* "1990-01-01" or "19900101" -> "01/01/1990"; anything else as it is. */
static void
set_date(SaoyJson *values, const char *key, const char *text)
{
    int year = 0, month = 0, day = 0;
    g_autofree char *nice = NULL;

    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3)
        nice = saoy_text_date(year, month, day);
    saoy_json_set_string(values, key, nice != NULL ? nice : text);
}

/* "number sex" -> a row each. */
static SaoyJson *
contradictions_of(const SaoyJson *identity)
{
    g_auto(GStrv) parts =
        g_strsplit(saoy_json_string_or(identity, "contradiction", ""), " ", 8);
    SaoyJson *rows = saoy_json_array();

    for (size_t i = 0; parts[i] != NULL; i++) {
        SaoyJson *row = NULL;

        if (parts[i][0] == '\0')
            continue;
        row = saoy_json_object();
        saoy_json_set_string(row, "what", saoy_words_of_contradiction(parts[i]));
        saoy_json_append(rows, row);
    }
    return rows;
}

static void
set_holder(SaoyJson *values, const SaoyJson *body)
{
    const SaoyJson *holder = saoy_json_member(body, "holder");
    const SaoyJson *identity = saoy_json_member(body, "identity");
    const SaoyJson *face = saoy_json_member(body, "face");

    saoy_json_set_string(values, "name", saoy_json_string_or(holder, "name", ""));
    saoy_json_set_string(values, "number", saoy_json_string_or(holder, "number", ""));
    set_date(values, "birth_date", saoy_json_string_or(holder, "birth_date", ""));
    set_date(values, "expiry", saoy_json_string_or(holder, "expiry", ""));
    saoy_words_set(values, "sex", saoy_json_string_or(holder, "sex", ""));
    saoy_words_set(values, "verdict", saoy_json_string_or(identity, "verdict", "unproven"));
    saoy_words_set(values, "passive",
                   saoy_json_string_or(identity, "passive", "undecided"));
    saoy_words_set(values, "chip_auth",
                   saoy_json_string_or(identity, "chip_auth", "undecided"));
    saoy_json_set_string(values, "access", saoy_json_string_or(identity, "access", ""));
    saoy_json_set_bool(values, "downgrade",
                       saoy_json_bool_or(identity, "downgrade", false));
    saoy_json_set(values, "contradictions", contradictions_of(identity));
    saoy_words_set(values, "face", saoy_json_string_or(face, "outcome", "officer"));
    saoy_json_set_string(values, "kiosk", saoy_json_string_or(body, "kiosk", ""));
}

/* [x,y,w,h] as it came with the dossier; all 0 when absent. */
static SaoyBox
numbers_of(const SaoyJson *box)
{
    return (SaoyBox){ .x = (int)saoy_json_number(saoy_json_at(box, 0)),
                      .y = (int)saoy_json_number(saoy_json_at(box, 1)),
                      .w = (int)saoy_json_number(saoy_json_at(box, 2)),
                      .h = (int)saoy_json_number(saoy_json_at(box, 3)) };
}

static SaoyJson *
box_row(SaoyBox box)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_int(json, "x", box.x);
    saoy_json_set_int(json, "y", box.y);
    saoy_json_set_int(json, "w", box.w);
    saoy_json_set_int(json, "h", box.h);
    return json;
}

/* Where on page n the machine read something, or warns. */
static SaoyJson *
boxes_on(const SaoyJson *list, int64_t page)
{
    SaoyJson *boxes = saoy_json_array();

    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const SaoyJson *item = saoy_json_at(list, i);
        SaoyBox box = numbers_of(saoy_json_member(item, "box"));

        if (saoy_json_int_or(item, "page", 0) == page && box.w > 0)
            saoy_json_append(boxes, box_row(box));
    }
    return boxes;
}

/* Several places of one kind are boxes on the page, and one sentence. */
static bool
is_said(const SaoyJson *rows, const SaoyJson *row)
{
    for (size_t i = 0; i < saoy_json_length(rows); i++) {
        const SaoyJson *known = saoy_json_at(rows, i);

        if (saoy_json_int_or(known, "page", 0) == saoy_json_int_or(row, "page", 0) &&
            g_str_equal(saoy_json_string_or(known, "text", ""),
                        saoy_json_string_or(row, "text", "")))
            return true;
    }
    return false;
}

static SaoyJson *
flag_rows(const SaoyJson *list)
{
    SaoyJson *rows = saoy_json_array();

    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const SaoyJson *flag = saoy_json_at(list, i);
        const char *clause = saoy_json_string_or(flag, "clause", NULL);
        g_autoptr(SaoyJson) row = saoy_json_object();

        if (clause != NULL)
            saoy_json_set_string(row, "clause", clause);
        saoy_json_set_int(row, "page", saoy_json_int_or(flag, "page", 0));
        saoy_json_set_string(row, "text",
                             saoy_words_of_rule(saoy_json_string_or(flag, "rule", ""),
                                                saoy_json_string_or(flag, "text", "")));
        if (!is_said(rows, row))
            saoy_json_append(rows, g_steal_pointer(&row));
    }
    return rows;
}

static SaoyJson *
field_rows(const SaoyJson *list)
{
    SaoyJson *rows = saoy_json_array();

    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const SaoyJson *field = saoy_json_at(list, i);
        double confidence = 1;
        SaoyJson *row = saoy_json_object();

        saoy_json_real(field, "confidence", &confidence, NULL);
        saoy_json_set_string(row, "name",
                             saoy_words_of_field(saoy_json_string_or(field, "name", "")));
        set_date(row, "value", saoy_json_string_or(field, "value", ""));
        saoy_json_set_bool(row, "unsure", confidence < 0.8);
        saoy_json_append(rows, row);
    }
    return rows;
}

/* Where the attestation block will cover the page, if it does: the officer answers for it.
 */
static void
set_attestation(SaoyJson *row, const SaoyJson *page)
{
    const SaoyCopyPage last = {
        .dpi = (int)saoy_json_int_or(page, "dpi", 300),
        .free_box = numbers_of(saoy_json_member(page, "free_box")),
    };
    SaoyBox block = saoy_copy_block_box(&last);

    if (block.w > 0)
        saoy_json_set(row, "attestation", box_row(block));
}

/* "300 dpi, nghiêng 1.23°, …": what the machine did to the scan, for who asks. */
static char *
cleaning_text(const SaoyJson *cleaning)
{
    double skew = 0, light = 1, width = 0, height = 0;

    saoy_json_real(cleaning, "skew_deg", &skew, NULL);
    saoy_json_real(cleaning, "light", &light, NULL);
    saoy_json_real(cleaning, "width_mm", &width, NULL);
    saoy_json_real(cleaning, "height_mm", &height, NULL);
    return g_strdup_printf("%d dpi · %s %.0f × %.0f mm · xoay thẳng %.2f° · quay %d° · "
                           "nắn phối cảnh: %s · làm đều sáng tối đa × %.2f",
                           (int)saoy_json_int_or(cleaning, "scan_dpi", 0),
                           saoy_json_string_or(cleaning, "size", ""), width, height, skew,
                           (int)saoy_json_int_or(cleaning, "rotation", 0) * 90,
                           saoy_json_bool_or(cleaning, "rectified", false) ? "có" : "không",
                           light);
}

/* How the picture came about: a row for its scan, another when a card's back joined it. */
static SaoyJson *
cleaning_rows(const SaoyJson *page)
{
    static const char *const keys[] = { "cleaning", "cleaning_back" };
    SaoyJson *rows = saoy_json_array();

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const SaoyJson *cleaning = saoy_json_member(page, keys[i]);
        g_autofree char *text = cleaning != NULL ? cleaning_text(cleaning) : NULL;
        SaoyJson *row = NULL;

        if (cleaning == NULL)
            continue;
        row = saoy_json_object();
        saoy_json_set_string(row, "what", text);
        saoy_json_set_string(row, "sha256",
                             saoy_json_string_or(cleaning, "samples_sha256", ""));
        saoy_json_append(rows, row);
    }
    return rows;
}

static SaoyJson *
page_rows(const SaoyJson *document, const char *dossier, int64_t n)
{
    const SaoyJson *pages = saoy_json_member(document, "pages");
    SaoyJson *rows = saoy_json_array();

    for (size_t i = 0; i < saoy_json_length(pages); i++) {
        const SaoyJson *page = saoy_json_at(pages, i);
        SaoyJson *row = saoy_json_object();
        g_autofree char *link = g_strdup_printf(
            "/officer/dossiers/%s/documents/%d/pages/%zu", dossier, (int)n, i + 1);

        saoy_json_set_string(row, "picture", link);
        saoy_json_set_int(row, "place", (int64_t)i + 1);
        saoy_json_set_int(row, "width", saoy_json_int_or(page, "width", 1));
        saoy_json_set_int(row, "height", saoy_json_int_or(page, "height", 1));
        if (i + 1 == saoy_json_length(pages))
            set_attestation(row, page);
        saoy_json_set_int(row, "jpeg", saoy_json_int_or(page, "jpeg_quality", 0));
        saoy_json_set_int(row, "turned", saoy_json_int_or(page, "turns", 0) * 90);
        saoy_json_set(row, "cleaning", cleaning_rows(page));
        saoy_json_set(row, "flag_boxes",
                      boxes_on(saoy_json_member(document, "flags"), (int64_t)i + 1));
        saoy_json_set(row, "field_boxes",
                      boxes_on(saoy_json_member(document, "fields"), (int64_t)i + 1));
        saoy_json_append(rows, row);
    }
    return rows;
}

static SaoyJson *
document_view(SaoyRows *rows, size_t i, const char *dossier, const SaoyJson *body)
{
    SaoyJson *view = saoy_json_object();
    int64_t n = saoy_rows_int(rows, i, 0);
    const SaoyJson *document =
        saoy_json_at(saoy_json_member(body, "documents"), (size_t)n - 1);
    g_autofree char *fee = saoy_text_dong(saoy_rows_int(rows, i, 4));
    g_autofree char *action =
        g_strdup_printf("/officer/dossiers/%s/documents/%d", dossier, (int)n);

    saoy_json_set_int(view, "n", n);
    saoy_json_set_string(view, "title", saoy_rows_text(rows, i, 2));
    saoy_words_set(view, "state", saoy_rows_text(rows, i, 1));
    saoy_json_set_int(view, "copies", saoy_rows_int(rows, i, 3));
    saoy_json_set_string(view, "fee", fee);
    saoy_json_set_string(view, "reason", saoy_rows_text(rows, i, 5));
    saoy_json_set_string(view, "copy_id", saoy_rows_text(rows, i, 6));
    saoy_json_set_bool(view, "undecided",
                       g_str_equal(saoy_rows_text(rows, i, 1), "opened"));
    saoy_json_set_string(view, "action", action);
    saoy_json_set(view, "flags", flag_rows(saoy_json_member(document, "flags")));
    saoy_json_set(view, "fields", field_rows(saoy_json_member(document, "fields")));
    saoy_json_set(view, "pages", page_rows(document, dossier, n));
    return view;
}

static bool
set_faces(SaoyNode *node, const char *dossier, SaoyJson *values, GError **error)
{
    g_autoptr(SaoyRows) rows =
        saoy_records_ask(node->records, "SELECT which FROM faces WHERE dossier = ?", "t",
                         error, "t", dossier);
    g_autoptr(SaoyJson) faces = saoy_json_object();

    if (rows == NULL)
        return false;
    if (saoy_rows_count(rows) == 0)
        return true;
    for (size_t i = 0; i < saoy_rows_count(rows); i++) {
        g_autofree char *link = g_strdup_printf("/officer/dossiers/%s/faces/%s", dossier,
                                                saoy_rows_text(rows, i, 0));

        saoy_json_set_string(faces, saoy_rows_text(rows, i, 0), link);
    }
    saoy_json_set(values, "faces", saoy_json_ref(faces));
    return true;
}

bool
saoy_officer_view(SaoyNode *node, const char *dossier, SaoyJson *values, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_dossier_body(node, dossier, error);
    g_autoptr(SaoyRows) rows =
        body == NULL
            ? NULL
            : saoy_records_ask(node->records,
                               "SELECT n, state, title, copies, fee, reason, copy_id "
                               "FROM documents WHERE dossier = ? ORDER BY n",
                               "ittiitt", error, "t", dossier);
    SaoyJson *list = NULL;

    if (rows == NULL || !set_faces(node, dossier, values, error))
        return false;
    set_holder(values, body);
    saoy_json_set_string(values, "id", dossier);
    list = saoy_json_array();
    for (size_t i = 0; i < saoy_rows_count(rows); i++)
        saoy_json_append(list, document_view(rows, i, dossier, body));
    saoy_json_set(values, "list", list);
    return true;
}
