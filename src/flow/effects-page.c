/* Pages are cleaned, read and encoded on the cpu worker while the next sheet is fed. These
 * jobs belong to the session, not to a turn: CHECK waits for them. */
#include "visit-private.h"

#include "device/bench.h"

#include <glib/gi18n.h>

enum { THUMBNAIL_SIDE = 480 };

/* One side of a card, as it was cleaned and turned by hand since. */
typedef struct {
    SaoyImage *picture;
    unsigned turns;
} Side;

typedef struct {
    SaoyDevices *devices;
    unsigned serial;
    GBytes *scan;
    int dpi;
    bool turn_only; /* a cleaned page, to be turned by this many quarters clockwise */
    unsigned turns;
    unsigned back; /* serial of the page with the card's other side; 0: no card */
    Side sides[2];
    SaoyImage *thumbnail, *card;
    GBytes *jpeg;
    int quality, width, height;
    SaoyWords words;
    SaoyPageReport report;
    SaoyPageFacts facts;
    SaoyTampers tampers; /* seen before the first encoding, turned along */
} PageJob;

static void
page_job_free(void *p)
{
    PageJob *job = p;

    g_clear_pointer(&job->scan, g_bytes_unref);
    g_clear_pointer(&job->sides[0].picture, saoy_image_free);
    g_clear_pointer(&job->sides[1].picture, saoy_image_free);
    g_clear_pointer(&job->thumbnail, saoy_image_free);
    g_clear_pointer(&job->card, saoy_image_free);
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

static SaoyImage *
join(PageJob *job, GError **error)
{
    g_autoptr(SaoyImage) front =
        saoy_image_rotate(job->sides[0].picture, (int)job->sides[0].turns, error);
    g_autoptr(SaoyImage) back =
        front != NULL
            ? saoy_image_rotate(job->sides[1].picture, (int)job->sides[1].turns, error)
            : NULL;
    g_autoptr(SaoyImage) sheet =
        back != NULL ? saoy_page_join_cards(front, back, error) : NULL;

    if (sheet == NULL || !saoy_page_assess(sheet, &job->report, error))
        return NULL;
    job->report.cards = 2;
    return g_steal_pointer(&sheet);
}

static SaoyImage *
decode(const PageJob *job, GError **error)
{
    SaoyImage *scan = saoy_image_decode(job->scan, error);

    if (scan != NULL && scan->dpi == 0)
        scan->dpi = job->dpi;
    return scan;
}

/* What the scanner gave is let go as soon as it is clean: the next sheet waits for that. */
static SaoyImage *
clean(PageJob *job, GError **error)
{
    g_autoptr(SaoyImage) scan = decode(job, error);
    SaoyImage *page = scan != NULL ? saoy_page_clean(scan, &job->report, error) : NULL;

    g_clear_pointer(&job->scan, g_bytes_unref);
    return page;
}

static SaoyImage *
page_of(PageJob *job, GError **error)
{
    g_autoptr(SaoyImage) first = NULL;

    if (job->back != 0)
        return join(job, error);
    if (!job->turn_only)
        return clean(job, error);
    first = decode(job, error);
    return first != NULL ? turn(job, first, error) : NULL;
}

/* A page turned back to where it was is what it was, byte for byte. */
static GBytes *
encode(PageJob *job, const SaoyImage *page, GError **error)
{
    if (job->turn_only && job->turns == 0)
        return g_bytes_ref(job->scan);
    return saoy_page_encode(page, &job->quality, error);
}

/* A page just scanned may be turned by what it reads; one that a person turned, or made of
 * sides that were read, stays as it is. */
static bool
read_page(PageJob *job, SaoyImage **page, GCancellable *cancel, GError **error)
{
    SaoyReader *reader = job->devices->reader;

    if (job->turn_only || job->back != 0)
        return saoy_reader_read(reader, *page, &job->words, cancel, error);
    if (!saoy_reader_read_upright(reader, page, &job->report, &job->words, cancel, error))
        return false;
    if (job->report.cards == 1)
        job->card = saoy_image_copy(*page);
    return true;
}

/* on the cpu worker */
static bool
analyse_page(void *p, GCancellable *cancel, GError **error)
{
    PageJob *job = p;
    g_autoptr(SaoyImage) page = page_of(job, error);

    if (page == NULL || g_cancellable_set_error_if_cancelled(cancel, error) ||
        !read_page(job, &page, cancel, error))
        return false;
    job->dpi = page->dpi;
    job->width = page->width;
    job->height = page->height;
    job->thumbnail = saoy_image_thumbnail(page, THUMBNAIL_SIDE, error);
    job->jpeg = encode(job, page, error);
    if (job->thumbnail == NULL || job->jpeg == NULL)
        return false;
    if (!saoy_page_facts_of(page, &job->report, &job->words, &job->facts, error))
        return false;
    if (job->turn_only) /* an encoded page has lost the grain that tells */
        job->facts.tampers = job->tampers;
    return true;
}

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
    page->quality = job->quality;
    page->report = job->report;
    if (!job->turn_only) {
        g_clear_pointer(&page->first_jpeg, g_bytes_unref);
        page->first_jpeg = g_bytes_ref(page->jpeg);
        page->turns = 0;
        g_clear_pointer(&page->card, saoy_image_free);
        page->card = g_steal_pointer(&job->card);
    }
    page->state = SAOY_PAGE_READ;
}

static void
tell(SaoyVisit *visit, const PageJob *job)
{
    saoy_visit_post_event(visit,
                          (SaoyEvent){ .type = SAOY_EV_PAGE, .number = job->serial });
    saoy_visit_refresh(visit);
    saoy_analysis_resume(visit);
}

/* ---- both sides of a card */

static void
on_joined(SaoyVisit *visit, void *data, const GError *error)
{
    PageJob *job = data;
    SaoyScannedPage *front = saoy_session_page(visit, job->serial);
    SaoyScannedPage *back = saoy_session_page(visit, job->back);

    if (front != NULL)
        front->state = SAOY_PAGE_READ;
    if (back != NULL)
        back->state = SAOY_PAGE_READ;
    if (front != NULL && back != NULL && error == NULL) {
        front->back_report = back->report;
        front->has_back = true;
        fill_page(front, job);
        saoy_session_delete_page(visit, job->back);
        visit->session->note = N_(
            "Both sides of your card now stand together on one sheet, in their true size.");
    }
    tell(visit, job);
}

static bool
is_side(const SaoyScannedPage *page)
{
    return page->state == SAOY_PAGE_READ && page->card != NULL && !page->report.blank;
}

/* A side of a card that follows another one of the same paper: both go on one sheet. */
static void
join_with_the_page_before(SaoyVisit *visit, unsigned serial)
{
    SaoyScannedPage *back = saoy_session_page(visit, serial);
    SaoyScannedPage *front = back > visit->session->pages ? back - 1 : NULL;
    PageJob *job = NULL;

    if (front == NULL || front->document != back->document || !is_side(front) ||
        !is_side(back))
        return;
    front->state = back->state = SAOY_PAGE_READING;
    job = g_new0(PageJob, 1);
    *job = (PageJob){ .devices = &visit->devices,
                      .serial = front->serial,
                      .back = serial,
                      .sides = { { saoy_image_copy(front->card), front->turns },
                                 { saoy_image_copy(back->card), back->turns } },
                      .report = front->report };
    saoy_visit_run(visit, SAOY_ON_CPU, analyse_page, job, page_job_free,
                   visit->pages_cancel, on_joined);
}

/* ---- dirt on the glass */

static void
look_for_dirt(SaoyVisit *visit)
{
    SaoySession *session = visit->session;
    g_autofree SaoyPageReport *reports = g_new(SaoyPageReport, session->n_pages + 1);
    const char *before = session->glass_hint;
    size_t n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        if (session->pages[i].state == SAOY_PAGE_READ)
            reports[n++] = session->pages[i].report;
    session->glass_hint = saoy_page_glass_hint(reports, n);
    if (session->problem == NULL || session->problem == before)
        session->problem = session->glass_hint;
    if (session->glass_hint != NULL && !visit->dirt_told)
        saoy_device_needs_care(SAOY_DEVICE_SCANNER, "glass");
    visit->dirt_told |= session->glass_hint != NULL;
}

/* ---- a page */

static void
on_page(SaoyVisit *visit, void *data, const GError *error)
{
    PageJob *job = data;
    SaoyScannedPage *page = saoy_session_page(visit, job->serial);

    if (page != NULL && error == NULL) {
        fill_page(page, job);
        look_for_dirt(visit);
        join_with_the_page_before(visit, job->serial);
    } else if (page != NULL) {
        page->state = SAOY_PAGE_UNREADABLE;
    }
    tell(visit, job);
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
    job->quality = page->quality;
    job->report = page->report;
    job->tampers = page->facts.tampers;
    saoy_tampers_turn(&job->tampers, page->height);
    start_page(visit, job, page->first_jpeg, page->dpi);
}
