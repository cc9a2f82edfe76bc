/* Pages are cleaned, read and encoded on the cpu worker while the next sheet is fed. These
 * jobs belong to the session, not to a turn: CHECK waits for them. */
#include "visit-private.h"

#include "policy.h"

#include <glib/gi18n.h>

enum { THUMBNAIL_SIDE = 480 };

typedef struct {
    SaoyDevices *devices;
    unsigned serial;
    GBytes *scan;
    int dpi;
    bool turn_only; /* a cleaned page, to be turned by this many quarters clockwise */
    unsigned turns;
    SaoyImage *thumbnail;
    GBytes *jpeg;
    int width, height;
    SaoyWords words;
    SaoyPageReport report;
    SaoyPageFacts facts;
} PageJob;

static void
page_job_free(void *p)
{
    PageJob *job = p;

    g_clear_pointer(&job->scan, g_bytes_unref);
    g_clear_pointer(&job->thumbnail, saoy_image_free);
    g_clear_pointer(&job->jpeg, g_bytes_unref);
    saoy_words_clear(&job->words);
    saoy_page_facts_clear(&job->facts);
    g_free(job);
}

/* The block stands elsewhere on a page that lies differently: its place is sought anew. */
static SaoyImage *
turn(PageJob *job, const SaoyImage *page, GError **error)
{
    g_autoptr(SaoyImage) turned = saoy_image_rotate(page, (int)job->turns, error);

    if (turned == NULL || !saoy_page_assess(turned, &job->report, error))
        return NULL;
    return g_steal_pointer(&turned);
}

/* A page turned back to where it was is what it was, byte for byte. */
static GBytes *
encode(const PageJob *job, const SaoyImage *page, GError **error)
{
    int quality = 0;

    if (job->turn_only && job->turns == 0)
        return g_bytes_ref(job->scan);
    return saoy_page_encode(page, &quality, error);
}

static SaoyImage *
clean(PageJob *job, GError **error)
{
    g_autoptr(SaoyImage) scan = saoy_image_decode(job->scan, error);

    if (scan == NULL)
        return NULL;
    if (scan->dpi == 0)
        scan->dpi = job->dpi;
    if (job->turn_only)
        return turn(job, scan, error);
    return saoy_page_clean(scan, &job->report, error);
}

/* on the cpu worker */
static bool
analyse_page(void *p, GCancellable *cancel, GError **error)
{
    PageJob *job = p;
    g_autoptr(SaoyImage) page = clean(job, error);

    if (page == NULL || g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    job->dpi = page->dpi;
    job->width = page->width;
    job->height = page->height;
    job->thumbnail = saoy_image_thumbnail(page, THUMBNAIL_SIDE, error);
    job->jpeg = encode(job, page, error);
    if (job->thumbnail == NULL || job->jpeg == NULL)
        return false;
    return saoy_reader_read(job->devices->reader, page, &job->words, cancel, error) &&
           saoy_page_facts_of(page, &job->report, &job->words, &job->facts, error);
}

static unsigned
pages_pending(const SaoySession *session)
{
    unsigned n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        n += session->pages[i].state == SAOY_PAGE_READING;
    return n;
}

static void start_analysis(SaoyVisit *visit, unsigned turn, GCancellable *cancel);

static void
fill_page(SaoyScannedPage *page, PageJob *job)
{
    g_clear_pointer(&page->thumbnail, saoy_image_free);
    g_clear_pointer(&page->jpeg, g_bytes_unref);
    saoy_words_clear(&page->words);
    page->thumbnail = g_steal_pointer(&job->thumbnail);
    page->jpeg = g_steal_pointer(&job->jpeg);
    page->words = job->words;
    job->words = (SaoyWords){ 0 };
    saoy_page_facts_clear(&page->facts);
    page->facts = job->facts;
    job->facts = (SaoyPageFacts){ 0 };
    page->width = job->width;
    page->height = job->height;
    page->dpi = job->dpi;
    page->report = job->report;
    if (!job->turn_only) {
        g_clear_pointer(&page->first_jpeg, g_bytes_unref);
        page->first_jpeg = g_bytes_ref(page->jpeg);
        page->turns = 0;
    }
    page->state = SAOY_PAGE_READ;
}

static void
on_page(SaoyVisit *visit, void *data, const GError *error)
{
    PageJob *job = data;
    SaoyScannedPage *page = saoy_session_page(visit, job->serial);

    if (page != NULL && error == NULL)
        fill_page(page, job);
    else if (page != NULL)
        page->state = SAOY_PAGE_UNREADABLE;
    saoy_visit_post_event(visit,
                          (SaoyEvent){ .type = SAOY_EV_PAGE, .number = job->serial });
    saoy_visit_refresh(visit);
    if (visit->analyse_turn != 0 && pages_pending(visit->session) == 0)
        start_analysis(visit, visit->analyse_turn, visit->flow.cancel);
}

static void
start_page(SaoyVisit *visit, PageJob *job, GBytes *picture, int dpi)
{
    job->devices = &visit->devices;
    job->scan = g_bytes_ref(picture);
    job->dpi = dpi;
    saoy_visit_run(visit, SAOY_ON_CPU, analyse_page, job, page_job_free,
                   visit->pages_cancel, on_page);
}

void
saoy_page_start(SaoyVisit *visit, GBytes *scan, int dpi, unsigned document)
{
    SaoyScannedPage *page = saoy_session_add_page(visit, document);
    PageJob *job = NULL;

    if (page == NULL) {
        visit->session->problem = N_("No more pages fit into one visit.");
        return;
    }
    job = g_new0(PageJob, 1);
    job->serial = page->serial;
    start_page(visit, job, scan, dpi);
}

/* Always from the first encoding, however often it is turned: one loss, not one a turn. */
void
saoy_page_rotate(SaoyVisit *visit, SaoyScannedPage *page)
{
    PageJob *job = g_new0(PageJob, 1);

    page->state = SAOY_PAGE_READING;
    page->turns = (page->turns + 1) % 4;
    job->serial = page->serial;
    job->turn_only = true;
    job->turns = page->turns;
    job->report = page->report;
    start_page(visit, job, page->first_jpeg, page->dpi);
}

/* ---- ANALYSE: kind, fields and flags of each paper whose pages changed */

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

void
saoy_do_analyse(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    saoy_session_drop_empty(visit);
    if (pages_pending(visit->session) == 0)
        start_analysis(visit, turn, cancel);
    else
        visit->analyse_turn = turn; /* the last page's answer starts it */
}
