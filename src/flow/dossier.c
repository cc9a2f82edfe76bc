#include "policy.h"
#include "visit-private.h"

#include "core/file.h"
#include "core/log.h"
#include "core/ossl.h"
#include "core/text.h"

#include <string.h>

enum { REASON_MAX = 2000, TITLE_MAX = 200 };

/* ---- what the kiosk says: the body of POST /api/v1/dossiers (product.md §6) */

static SaoyJson *
holder_json(const SaoyIdentity *who)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "number", who->number);
    saoy_json_set_string(json, "name", who->name_vi[0] != '\0' ? who->name_vi : who->name);
    saoy_json_set_string(json, "birth_date", who->birth_date);
    saoy_json_set_string(json, "sex", who->sex);
    saoy_json_set_string(json, "expiry", who->expiry_date);
    return json;
}

static SaoyJson *
identity_json(const SaoyIdentity *who)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "access", who->access);
    saoy_json_set_string(json, "verdict", saoy_verdict_name(saoy_identity_verdict(who)));
    saoy_json_set_string(json, "passive", saoy_proof_name(who->passive));
    saoy_json_set_string(json, "chip_auth", saoy_proof_name(who->chip_auth));
    saoy_json_set_bool(json, "downgrade", who->downgrade);
    saoy_json_set_string(json, "contradiction", who->contradiction);
    return json;
}

static SaoyJson *
pages_json(const SaoySession *session, unsigned document)
{
    SaoyJson *json = saoy_json_array();

    for (unsigned i = 0; i < session->n_pages; i++) {
        const SaoyScannedPage *page = &session->pages[i];
        g_autofree char *sha256 = NULL;
        SaoyJson *item = NULL;

        if (page->document != document || page->jpeg == NULL)
            continue;
        sha256 = saoy_sha256_hex(saoy_view_of(page->jpeg));
        item = saoy_json_object();
        saoy_json_set_string(item, "sha256", sha256);
        saoy_json_set_int(item, "width", page->width);
        saoy_json_set_int(item, "height", page->height);
        saoy_json_set_int(item, "dpi", page->dpi);
        saoy_json_set(item, "free_box", saoy_box_to_json(page->report.free_box));
        saoy_json_set_int(item, "jpeg_quality", page->quality);
        saoy_json_set_int(item, "turns", page->turns);
        saoy_json_set(item, "cleaning", saoy_page_report_to_json(&page->report));
        if (page->has_back)
            saoy_json_set(item, "cleaning_back",
                          saoy_page_report_to_json(&page->back_report));
        saoy_json_append(json, item);
    }
    return json;
}

static SaoyJson *
documents_json(const SaoySession *session)
{
    SaoyJson *json = saoy_json_array();

    for (unsigned d = 0; d < session->n_documents; d++) {
        const SaoyDocument *document = &session->documents[d];
        g_autofree char *title = saoy_text_clean(document->title, TITLE_MAX);
        SaoyJson *item = saoy_json_object();

        saoy_json_set_string(item, "kind", document->kind->id);
        saoy_json_set_string(item, "title", title[0] != '\0' ? title : "Giấy tờ");
        saoy_json_set_int(item, "copies", document->copies);
        saoy_json_set(item, "fields", saoy_fields_to_json(document->fields));
        saoy_json_set(item, "flags", saoy_flags_to_json(document->flags, false));
        saoy_json_set(item, "pages", pages_json(session, d));
        saoy_json_append(json, item);
    }
    return json;
}

SaoyJson *
saoy_dossier_json(const SaoyVisit *visit)
{
    const SaoySession *session = visit->session;
    SaoyJson *json = saoy_json_object();
    SaoyJson *face = saoy_json_object();
    SaoyJson *delivery = saoy_json_object();

    saoy_json_set_string(face, "outcome", saoy_face_decision_name(session->face));
    saoy_json_set_string(delivery, "email", session->email);
    saoy_json_set_string(json, "kiosk", visit->config->kiosk_id);
    saoy_json_set(json, "holder", holder_json(&session->identity));
    saoy_json_set(json, "identity", identity_json(&session->identity));
    saoy_json_set(json, "face", face);
    saoy_json_set(json, "delivery", delivery);
    saoy_json_set(json, "documents", documents_json(session));
    return json;
}

/* ---- what the hub answers */

static const struct {
    const char *word;
    SaoyDocumentState state;
    bool decided;
} words[] = {
    { "open", SAOY_DOC_OPEN, false },        { "queued", SAOY_DOC_QUEUED, false },
    { "opened", SAOY_DOC_SEEN, false },      { "approved", SAOY_DOC_APPROVED, true },
    { "refused", SAOY_DOC_REFUSED, true },   { "issued", SAOY_DOC_ISSUED, true },
    { "withdrawn", SAOY_DOC_REFUSED, true }, { "not_issued", SAOY_DOC_REFUSED, true },
};

static void
note_decision(SaoyVisit *visit, unsigned d, const char *word)
{
    const SaoyApproval *approval = visit->approvals[d];
    SaoyJson *entry = NULL;

    if (visit->journalled[d])
        return;
    visit->journalled[d] = true;
    entry = saoy_json_object();
    saoy_json_set_string(entry, "dossier", visit->session->dossier);
    saoy_json_set_int(entry, "document", d + 1);
    saoy_json_set_string(entry, "decision", word);
    if (approval != NULL)
        saoy_json_set_string(entry, "copy", approval->copy_id);
    saoy_visit_note(visit, "decided", entry, NULL);
    saoy_log(approval != NULL ? SAOY_LOG_APPROVED : SAOY_LOG_REFUSED,
             SAOY_N("document", d + 1));
}

static void
take_approval(SaoyVisit *visit, unsigned d, const SaoyJson *item)
{
    SaoyJson *json = saoy_json_member(item, "approval");
    SaoyDocument *document = &visit->session->documents[d];

    if (visit->approvals[d] != NULL || json == NULL)
        return;
    visit->approvals[d] = saoy_approval_from_json(json, NULL);
    if (visit->approvals[d] == NULL)
        return;
    document->copy_id = saoy_session_keep(visit, visit->approvals[d]->copy_id);
    document->link = saoy_session_keep(visit, visit->approvals[d]->link);
}

/* true: this document is decided */
static bool
take_document(SaoyVisit *visit, unsigned d, const SaoyJson *item)
{
    SaoyDocument *document = &visit->session->documents[d];
    const char *word = saoy_json_string_or(item, "state", "");
    const char *reason = saoy_json_string_or(item, "reason", "");

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!g_str_equal(words[i].word, word))
            continue;
        take_approval(visit, d, item);
        /* issued by us or handed over: the hub's word comes late */
        if (document->state != SAOY_DOC_RELEASED &&
            !(document->state == SAOY_DOC_ISSUED && words[i].state == SAOY_DOC_APPROVED))
            document->state = words[i].state;
        if (reason[0] != '\0' && strlen(reason) <= REASON_MAX)
            document->refusal = saoy_session_keep(visit, reason);
        if (words[i].decided)
            note_decision(visit, d, word);
        return words[i].decided;
    }
    return false;
}

bool
saoy_dossier_take(SaoyVisit *visit, const SaoyJson *answer)
{
    SaoyJson *list = saoy_json_array_of(answer, "documents", SAOY_DOCUMENTS_MAX, NULL);
    unsigned decided = 0;

    visit->rev = saoy_json_int_or(answer, "rev", visit->rev);
    for (size_t i = 0; list != NULL && i < saoy_json_length(list); i++) {
        const SaoyJson *item = saoy_json_at(list, i);
        int64_t n = saoy_json_int_or(item, "n", 0);

        if (n >= 1 && n <= visit->session->n_documents)
            decided += take_document(visit, (unsigned)n - 1, item);
    }
    return decided == visit->session->n_documents;
}

static unsigned
count_documents(const SaoyJson *answer, bool only_approved, size_t *out_all)
{
    SaoyJson *list = saoy_json_array_of(answer, "documents", SAOY_DOCUMENTS_MAX, NULL);
    unsigned found = 0;

    *out_all = list != NULL ? saoy_json_length(list) : 0;
    for (size_t i = 0; i < *out_all; i++) {
        const char *word = saoy_json_string_or(saoy_json_at(list, i), "state", "");

        for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
            if (g_str_equal(words[k].word, word))
                found += only_approved ? words[k].state == SAOY_DOC_APPROVED ||
                                             words[k].state == SAOY_DOC_ISSUED
                                       : words[k].decided;
    }
    return found;
}

bool
saoy_dossier_is_decided(const SaoyJson *answer)
{
    size_t all = 0;
    unsigned decided = count_documents(answer, false, &all);

    return all > 0 && decided == all;
}

bool
saoy_dossier_has_approved(const SaoyJson *answer)
{
    size_t all = 0;

    return count_documents(answer, true, &all) > 0;
}
