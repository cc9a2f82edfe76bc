#include "visit-private.h"

#include "core/text.h"
#include "net/mail.h"

#include <string.h>

enum { EMAIL_MAX = 120, FIELD_MAX = 300 };

void
saoy_session_set_language(SaoyVisit *visit, SaoyLanguage language)
{
    visit->session->language = language;
    saoy_visit_refresh(visit);
}

void
saoy_session_set_accessible(SaoyVisit *visit, bool on)
{
    visit->session->accessible = on;
    saoy_visit_refresh(visit);
}

void
saoy_session_set_consent(SaoyVisit *visit, bool process, bool match_face)
{
    visit->session->consent = process;
    visit->session->wants_face = process && match_face;
    saoy_visit_refresh(visit);
}

bool
saoy_session_set_key(SaoyVisit *visit, const char *typed)
{
    g_auto(SaoyAccessKey) key = { 0 };

    if (!saoy_access_key_parse(typed, &key, NULL))
        return false;
    visit->session->key = key;
    visit->session->problem = NULL;
    saoy_visit_refresh(visit);
    return true;
}

void
saoy_session_set_kind(SaoyVisit *visit, const char *kind_id)
{
    SaoySession *session = visit->session;

    session->documents[session->current].kind = saoy_kind_find(kind_id);
    visit->dirty[session->current] = true;
    saoy_visit_refresh(visit);
}

const SaoyKind *
saoy_session_kinds(const SaoySession *session, size_t *n)
{
    return saoy_kind_list(n);
}

void
saoy_session_set_copies(SaoyVisit *visit, unsigned copies)
{
    SaoySession *session = visit->session;
    unsigned most = (unsigned)visit->config->copies_max;

    session->documents[session->current].copies = CLAMP(copies, 1, most);
    saoy_visit_refresh(visit);
}

bool
saoy_session_add_document(SaoyVisit *visit)
{
    SaoySession *session = visit->session;

    saoy_session_drop_empty(visit);
    if (session->n_documents >= SAOY_DOCUMENTS_MAX || session->n_pages == 0)
        return false;
    session->current = session->n_documents++;
    session->documents[session->current] =
        (SaoyDocument){ .kind = saoy_kind_find("unknown"), .copies = 1, .title = "" };
    saoy_visit_refresh(visit);
    return true;
}

bool
saoy_session_set_email(SaoyVisit *visit, const char *address)
{
    char *kept = NULL;

    if (visit->opening_key[0] != '\0')
        return false; /* the hub has the other one */
    if (address[0] == '\0') {
        visit->session->email = "";
        saoy_visit_refresh(visit);
        return true;
    }
    if (strlen(address) > EMAIL_MAX || !saoy_mail_address_check(address))
        return false;
    kept = saoy_arena_string(visit->arena, address);
    if (kept == NULL)
        return false;
    visit->session->email = kept;
    saoy_visit_refresh(visit);
    return true;
}

bool
saoy_session_set_field(SaoyVisit *visit, unsigned document, unsigned field,
                       const char *value)
{
    SaoySession *session = visit->session;
    GArray *fields =
        document < session->n_documents ? session->documents[document].fields : NULL;
    SaoyField *at = NULL;

    if (fields == NULL || field >= fields->len || !g_utf8_validate(value, -1, NULL))
        return false;
    at = &g_array_index(fields, SaoyField, field);
    if (at->value != NULL)
        explicit_bzero(at->value, strlen(at->value));
    g_free(at->value);
    at->value = saoy_text_clean(value, FIELD_MAX);
    if (g_str_equal(at->name, "title"))
        session->documents[document].title = saoy_session_keep(visit, at->value);
    saoy_visit_refresh(visit);
    return true;
}

void
saoy_session_delete_page(SaoyVisit *visit, unsigned serial)
{
    SaoySession *session = visit->session;
    SaoyScannedPage *page = saoy_session_page(visit, serial);
    size_t at = 0;

    if (page == NULL || visit->opening_key[0] != '\0')
        return;
    visit->dirty[page->document] = true;
    saoy_session_clear_page(page);
    at = (size_t)(page - session->pages);
    session->n_pages--;
    memmove(page, page + 1, (session->n_pages - at) * sizeof *page);
    memset(&session->pages[session->n_pages], 0, sizeof *page);
    saoy_visit_refresh(visit);
}

void
saoy_session_rotate_page(SaoyVisit *visit, unsigned serial)
{
    SaoyScannedPage *page = saoy_session_page(visit, serial);

    if (page == NULL || page->state != SAOY_PAGE_READ || visit->opening_key[0] != '\0')
        return;
    visit->dirty[page->document] = true;
    saoy_page_rotate(visit, page);
    saoy_visit_refresh(visit);
}

void
saoy_session_move_page(SaoyVisit *visit, unsigned serial, int by)
{
    SaoySession *session = visit->session;
    SaoyScannedPage *page = saoy_session_page(visit, serial);
    int step = by < 0 ? -1 : 1;

    if (page == NULL || visit->opening_key[0] != '\0')
        return;
    for (int at = (int)(page - session->pages); by != 0; by -= step, at += step) {
        int to = at + step;
        SaoyScannedPage kept = session->pages[at];

        if (to < 0 || to >= (int)session->n_pages ||
            session->pages[to].document != kept.document)
            break;
        session->pages[at] = session->pages[to];
        session->pages[to] = kept;
        visit->dirty[kept.document] = true;
    }
    saoy_visit_refresh(visit);
}

void
saoy_session_set_satisfaction(SaoyVisit *visit, unsigned face)
{
    visit->session->satisfaction = MIN(face, 3u);
    saoy_visit_refresh(visit);
}
