#include "flow/session.h"

#include "policy.h"
#include "visit-private.h"

#include "core/clock.h"
#include "core/ids.h"
#include "core/memory.h"
#include "net/mail.h"

#include <string.h>

const char *
saoy_session_keep(SaoyVisit *visit, const char *text)
{
    const char *kept = text != NULL ? saoy_arena_string(visit->arena, text) : NULL;

    return kept != NULL ? kept : "";
}

void
saoy_words_copy(SaoyWords *to, const SaoyWords *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const SaoyWord *word = &from->items[i];

        saoy_words_append(to, word->text, word->box, word->confidence, word->line);
    }
}

static void
start_document(SaoyDocument *document)
{
    *document =
        (SaoyDocument){ .kind = saoy_kind_find("unknown"), .copies = 1, .title = "" };
}

void
saoy_session_begin(SaoyVisit *visit)
{
    g_autofree char *id = saoy_random_hex(16);
    int64_t now = saoy_clock_wall_us();

    visit->session = saoy_arena_alloc(visit->arena, sizeof(SaoySession));
    g_assert(visit->session != NULL); /* the arena is empty: cannot happen */
    g_strlcpy(visit->visit_id, id, sizeof visit->visit_id);
    visit->pages_cancel = g_cancellable_new();
    start_document(&visit->session->documents[0]);
    visit->session->n_documents = 1;
    visit->session->email = "";
    visit->session->fee_waived = visit->config->fee_waived;
    visit->session->fee_reason = visit->config->fee_reason;
    visit->session->office_open = saoy_policy_office_open(visit->config->hours, now);
    visit->session->promised_us = saoy_policy_promised_us(visit->config->hours, now);
}

static void
forget_text(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
}

void
saoy_session_clear_page(SaoyScannedPage *page)
{
    g_clear_pointer(&page->thumbnail, saoy_image_free);
    g_clear_pointer(&page->jpeg, g_bytes_unref);
    g_clear_pointer(&page->first_jpeg, g_bytes_unref);
    g_clear_pointer(&page->card, saoy_image_free);
    saoy_words_clear(&page->words);
    saoy_page_facts_clear(&page->facts);
    memset(page, 0, sizeof *page);
}

static void
clear_fields(SaoyDocument *document)
{
    for (guint i = 0; document->fields != NULL && i < document->fields->len; i++)
        forget_text(g_array_index(document->fields, SaoyField, i).value);
    g_clear_pointer(&document->fields, g_array_unref);
    for (guint i = 0; document->flags != NULL && i < document->flags->len; i++)
        forget_text(g_array_index(document->flags, SaoyFlag, i).text);
    g_clear_pointer(&document->flags, g_array_unref);
}

static void
clear_document(SaoyDocument *document)
{
    clear_fields(document);
    g_clear_pointer(&document->pdf, g_bytes_unref);
    memset(document, 0, sizeof *document);
}

static void
clear_session(SaoySession *session)
{
    for (unsigned i = 0; i < session->n_pages; i++)
        saoy_session_clear_page(&session->pages[i]);
    for (unsigned i = 0; i < SAOY_DOCUMENTS_MAX; i++)
        clear_document(&session->documents[i]);
    g_clear_pointer(&session->mirror, saoy_image_free);
    saoy_identity_clear(&session->identity);
    saoy_access_key_wipe(&session->key);
}

bool
saoy_session_wipe(SaoyVisit *visit)
{
    if (visit->pages_cancel != NULL)
        g_cancellable_cancel(visit->pages_cancel);
    g_clear_object(&visit->pages_cancel);
    if (visit->session != NULL)
        saoy_key_look_end(visit);
    visit->key_seen = false;
    if (visit->session != NULL)
        clear_session(visit->session);
    visit->session = NULL;
    for (unsigned i = 0; i < SAOY_DOCUMENTS_MAX; i++)
        g_clear_pointer(&visit->approvals[i], saoy_approval_free);
    g_clear_pointer(&visit->live_frame, g_bytes_unref);
    memset(visit->dirty, 0, sizeof visit->dirty);
    memset(visit->journalled, 0, sizeof visit->journalled);
    memset(visit->visit_id, 0, sizeof visit->visit_id);
    memset(visit->opening_key, 0, sizeof visit->opening_key);
    visit->fee_asked = visit->fee_taken = visit->submitting = visit->submitted =
        visit->dirt_told = false;
    visit->rev = 0;
    visit->presence = (SaoyPresence){ 0 };
    visit->next_serial = visit->analyse_turn = 0;
    visit->generation++;
    saoy_arena_wipe(visit->arena);
    saoy_memory_forget();
    return saoy_arena_is_wiped(visit->arena);
}

SaoyScannedPage *
saoy_session_page(SaoyVisit *visit, unsigned serial)
{
    for (unsigned i = 0; i < visit->session->n_pages; i++)
        if (visit->session->pages[i].serial == serial)
            return &visit->session->pages[i];
    return NULL;
}

/* pages stand in the order of their documents; a new one goes behind its document's last */
SaoyScannedPage *
saoy_session_add_page(SaoyVisit *visit, unsigned document)
{
    SaoySession *session = visit->session;
    unsigned at = session->n_pages;

    if (session->n_pages >= (unsigned)MIN(visit->config->pages_max, SAOY_PAGES_MAX) ||
        document >= session->n_documents)
        return NULL;
    while (at > 0 && session->pages[at - 1].document > document)
        at--;
    memmove(&session->pages[at + 1], &session->pages[at],
            (session->n_pages - at) * sizeof session->pages[0]);
    session->n_pages++;
    session->pages[at] =
        (SaoyScannedPage){ .serial = ++visit->next_serial, .document = document };
    visit->dirty[document] = true;
    return &session->pages[at];
}

static void
remove_document(SaoyVisit *visit, unsigned document)
{
    SaoySession *session = visit->session;
    unsigned behind = session->n_documents - document - 1;

    clear_document(&session->documents[document]);
    memmove(&session->documents[document], &session->documents[document + 1],
            behind * sizeof session->documents[0]);
    memmove(&visit->dirty[document], &visit->dirty[document + 1], behind);
    session->n_documents--;
    memset(&session->documents[session->n_documents], 0, sizeof session->documents[0]);
    for (unsigned i = 0; i < session->n_pages; i++)
        if (session->pages[i].document > document)
            session->pages[i].document--;
    if (session->current >= document && session->current > 0)
        session->current--;
}

void
saoy_session_drop_empty(SaoyVisit *visit)
{
    for (unsigned d = visit->session->n_documents; d-- > 0;)
        if (visit->session->n_documents > 1 && saoy_policy_pages_of(visit->session, d) == 0)
            remove_document(visit, d);
}

static void
count_pages(const SaoySession *session, SaoyFacts *facts)
{
    facts->pages = session->n_pages;
    facts->pending = facts->unreadable = 0;
    for (unsigned i = 0; i < session->n_pages; i++) {
        facts->pending += session->pages[i].state == SAOY_PAGE_READING;
        facts->unreadable += session->pages[i].state == SAOY_PAGE_UNREADABLE;
    }
}

static void
count_documents(const SaoySession *session, SaoyFacts *facts)
{
    facts->documents = session->n_documents;
    facts->approved = facts->refused = 0;
    for (unsigned i = 0; i < session->n_documents; i++) {
        SaoyDocumentState state = session->documents[i].state;

        facts->approved += state == SAOY_DOC_APPROVED || state == SAOY_DOC_ISSUED ||
                           state == SAOY_DOC_RELEASED;
        facts->refused += state == SAOY_DOC_REFUSED;
    }
}

void
saoy_session_refresh_facts(SaoyVisit *visit, SaoyFacts *facts)
{
    SaoySession *session = visit->session;
    unsigned tries = facts->tries;

    if (session == NULL)
        return;
    session->fee = saoy_policy_fee(session);
    *facts = (SaoyFacts){
        .tries = tries,
        .wants_face = session->wants_face,
        .chip_proven = session->identified && session->identity.passive == SAOY_PROOF_DONE,
        .has_email = session->email[0] != '\0',
        .opened = visit->opening_key[0] != '\0',
        .submitted = visit->submitted,
        .fee_open = visit->fee_asked && !visit->submitted,
        .fee_due = saoy_policy_fee_due(visit->config, session) && !visit->fee_taken,
        .consented = session->consent,
        .has_key = session->key.can[0] != '\0' || session->key.mrz_key[0] != '\0',
        .busy = visit->busy_turn != 0 && visit->busy_turn == visit->flow.turn,
        .room = session->n_pages < (unsigned)MIN(visit->config->pages_max, SAOY_PAGES_MAX),
    };
    count_pages(session, facts);
    count_documents(session, facts);
    session->busy = facts->busy;
    session->facts = *facts;
}
