/* ANALYSE: kind, fields and flags of each paper whose pages changed. */
#include "visit-private.h"

#include "policy.h"

#include <string.h>

typedef struct {
    unsigned document;
    const SaoyKind *kind;
    SaoyWords *words;
    SaoyPageFacts *facts;
    size_t n_pages;
    int page_height;
    GArray *fields, *flags;
} Paper;

typedef struct {
    unsigned turn;
    Paper papers[SAOY_DOCUMENTS_MAX];
    size_t n;
    char name[128], number[13], birth_date[11];
} AnalyseJob;

static void
analyse_job_free(void *p)
{
    AnalyseJob *job = p;

    for (size_t i = 0; i < job->n; i++) {
        for (size_t k = 0; k < job->papers[i].n_pages; k++) {
            saoy_words_clear(&job->papers[i].words[k]);
            saoy_page_facts_clear(&job->papers[i].facts[k]);
        }
        g_free(job->papers[i].words);
        g_free(job->papers[i].facts);
        g_clear_pointer(&job->papers[i].fields, g_array_unref);
        g_clear_pointer(&job->papers[i].flags, g_array_unref);
    }
    explicit_bzero(job, sizeof *job);
    g_free(job);
}

static bool
analyse(void *p, GCancellable *cancel, GError **error)
{
    AnalyseJob *job = p;

    for (size_t i = 0; i < job->n; i++) {
        Paper *paper = &job->papers[i];

        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
        if (g_str_equal(paper->kind->id, "unknown") && paper->n_pages > 0)
            paper->kind = saoy_kind_of(&paper->words[0], paper->page_height);
        paper->fields =
            saoy_fields_of(paper->kind, paper->words, paper->facts, paper->n_pages);
        paper->flags = saoy_collate(paper->kind, paper->words, paper->facts, paper->n_pages,
                                    paper->fields, job->name[0] != '\0' ? job->name : NULL,
                                    job->number[0] != '\0' ? job->number : NULL,
                                    job->birth_date[0] != '\0' ? job->birth_date : NULL);
    }
    return true;
}

/* the title read on the paper, else its kind's */
static const char *
title_of(SaoyVisit *visit, const SaoyDocument *document)
{
    for (guint i = 0; document->fields != NULL && i < document->fields->len; i++) {
        const SaoyField *field = &g_array_index(document->fields, SaoyField, i);

        if (g_str_equal(field->name, "title") && field->value != NULL &&
            field->value[0] != '\0')
            return saoy_session_keep(visit, field->value);
    }
    return document->kind->title;
}

static void
on_analysed(SaoyVisit *visit, void *data, const GError *error)
{
    AnalyseJob *job = data;

    if (!saoy_visit_current(visit, job->turn))
        return;
    for (size_t i = 0; i < job->n && error == NULL; i++) {
        Paper *paper = &job->papers[i];
        SaoyDocument *document = &visit->session->documents[paper->document];

        document->kind = paper->kind;
        g_clear_pointer(&document->fields, g_array_unref);
        g_clear_pointer(&document->flags, g_array_unref);
        document->fields = g_steal_pointer(&paper->fields);
        document->flags = g_steal_pointer(&paper->flags);
        document->title = title_of(visit, document);
        visit->dirty[paper->document] = false;
    }
    saoy_visit_done(visit, job->turn, error);
}

static void
take_paper(const SaoyVisit *visit, unsigned document, Paper *paper)
{
    const SaoySession *session = visit->session;

    *paper = (Paper){ .document = document, .kind = session->documents[document].kind };
    paper->words = g_new0(SaoyWords, saoy_policy_pages_of(session, document) + 1);
    paper->facts = g_new0(SaoyPageFacts, saoy_policy_pages_of(session, document) + 1);
    for (unsigned i = 0; i < session->n_pages; i++) {
        const SaoyScannedPage *page = &session->pages[i];

        if (page->document != document)
            continue;
        if (paper->n_pages == 0)
            paper->page_height = page->height;
        saoy_page_facts_copy(&paper->facts[paper->n_pages], &page->facts);
        saoy_words_copy(&paper->words[paper->n_pages++], &page->words);
    }
}

static void
start_analysis(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    const SaoyIdentity *who = &visit->session->identity;
    AnalyseJob *job = g_new0(AnalyseJob, 1);

    visit->analyse_turn = 0;
    job->turn = turn;
    g_strlcpy(job->name, who->name_vi[0] != '\0' ? who->name_vi : who->name,
              sizeof job->name);
    g_strlcpy(job->number, who->number, sizeof job->number);
    g_strlcpy(job->birth_date, who->birth_date, sizeof job->birth_date);
    for (unsigned d = 0; d < visit->session->n_documents; d++)
        if (visit->dirty[d])
            take_paper(visit, d, &job->papers[job->n++]);
    saoy_visit_run(visit, SAOY_ON_CPU, analyse, job, analyse_job_free, cancel, on_analysed);
}

static unsigned
pages_pending(const SaoySession *session)
{
    unsigned n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        n += session->pages[i].state == SAOY_PAGE_READING;
    return n;
}

void
saoy_analysis_resume(SaoyVisit *visit)
{
    if (visit->analyse_turn != 0 && pages_pending(visit->session) == 0)
        start_analysis(visit, visit->analyse_turn, visit->flow.cancel);
}

void
saoy_do_analyse(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    saoy_session_drop_empty(visit);
    /* with pages still being read, the last one's answer goes on */
    visit->analyse_turn = turn;
    saoy_analysis_resume(visit);
}
