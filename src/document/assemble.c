#include "assemble.h"

#include "fonts.h"
#include "pdf-build.h"
#include "pdf-sign.h"
#include "xmp.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

typedef struct {
    SaoyPdfBuilder *builder;
    SaoyPdf *pdf; /* libharu's */
    const SaoyPdfValue *kids;
    const SaoyTemplates *templates;
    const SaoyApproval *approval;
    const SaoyLayout *layout;
    unsigned catalog, pages, outline;
    unsigned fields[SAOY_SIGNER_N], value; /* officer's signature dictionary */
    unsigned first_page, block_page;
} Job;

static const char *const field_names[SAOY_SIGNER_N] = { SAOY_FIELD_OFFICER,
                                                        SAOY_FIELD_AGENCY };

/* Three decimals are a third of a thousandth of a millimetre. */
static char *
box_text(double x, double y, double w, double h)
{
    char text[4][G_ASCII_DTOSTR_BUF_SIZE] = { "" };
    const double corner[] = { x, y, x + w, y + h };

    for (int i = 0; i < 4; i++)
        g_ascii_formatd(text[i], sizeof text[i], "%.3f", corner[i]);
    return g_strdup_printf("[%s %s %s %s]", text[0], text[1], text[2], text[3]);
}

static const SaoyPdfValue *
page_of(const Job *job, size_t i)
{
    return i < job->kids->n ? saoy_pdf_resolve(job->pdf, 0, &job->kids->items[i]) : NULL;
}

static char *
import_key(const Job *job, const SaoyPdfValue *dict, const char *key)
{
    const SaoyPdfValue *value = saoy_pdf_get_raw(dict, key);

    return value != NULL ? saoy_pdf_builder_import(job->builder, value) : g_strdup("null");
}

static void
add_pages(Job *job)
{
    g_autoptr(GString) kids = g_string_new(NULL);
    size_t n = job->layout->n_pages;

    for (size_t i = 0; i < n; i++) {
        const SaoyPdfValue *page = page_of(job, i);
        g_autofree char *box = import_key(job, page, "MediaBox");
        g_autofree char *contents = import_key(job, page, "Contents");
        g_autofree char *resources = import_key(job, page, "Resources");
        g_autofree char *annotations = NULL;
        unsigned number = saoy_pdf_builder_reserve(job->builder);

        if (i == 0)
            job->first_page = number;
        if (i == job->layout->block_page) {
            annotations =
                g_strdup_printf("/Annots[%u 0 R %u 0 R]", job->fields[0], job->fields[1]);
            job->block_page = number;
        }
        saoy_pdf_builder_set(
            job->builder, number,
            "<</Type/Page/Parent %u 0 R/MediaBox %s/Contents %s/Resources %s"
            "/Group<</S/Transparency/CS/DeviceRGB>>%s>>",
            job->pages, box, contents, resources, annotations != NULL ? annotations : "");
        g_string_append_printf(kids, "%s%u 0 R", i > 0 ? " " : "", number);
    }
    saoy_pdf_builder_set(job->builder, job->pages, "<</Type/Pages/Count %zu/Kids[%s]>>", n,
                         kids->str);
}

/* The drawn signature: libharu's extra page becomes a form XObject. */
static unsigned
add_appearance(Job *job, int signer)
{
    const SaoyPdfValue *page = page_of(job, job->layout->n_pages + (size_t)signer);
    const SaoyArea *area = &job->layout->widgets[signer];
    const SaoyPdfValue *contents = saoy_pdf_get(job->pdf, 0, page, "Contents");
    g_autofree char *resources = import_key(job, page, "Resources");
    g_autofree char *box = box_text(0, 0, area->w, area->h);
    g_autofree char *entries =
        g_strdup_printf("/Type/XObject/Subtype/Form/BBox%s/Resources %s", box, resources);

    return saoy_pdf_builder_import_stream(job->builder, contents, entries);
}

/* 12.7.4.5; /F 132: print, locked. tail: the rest of the dictionary. */
static char *
field_text(const Job *job, int signer, unsigned appearance, unsigned value)
{
    const SaoyArea *area = &job->layout->widgets[signer];
    g_autofree char *box = box_text(area->x, area->y, area->w, area->h);
    g_autofree char *v = value != 0 ? g_strdup_printf("/V %u 0 R", value) : g_strdup("");

    return g_strdup_printf("<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/F 132/Rect%s/P %u 0 R"
                           "/AP<</N %u 0 R>>%s>>",
                           field_names[signer], box, job->block_page, appearance, v);
}

/* One entry of the outline (12.3.3); it leads to that height of that page (12.3.2.2). */
static void
set_bookmark(Job *job, unsigned number, const char *name, unsigned page, double top,
             const char *neighbour)
{
    g_autofree char *title = saoy_pdf_text_string(name);
    char y[G_ASCII_DTOSTR_BUF_SIZE] = "";

    g_ascii_formatd(y, sizeof y, "%.3f", top);
    saoy_pdf_builder_set(job->builder, number,
                         "<</Title%s/Parent %u 0 R/Dest[%u 0 R/XYZ 0 %s null]%s>>", title,
                         job->outline, page, y, neighbour);
}

/* The original by its title, then the attestation, wherever it stands. */
static void
add_outline(Job *job)
{
    const SaoyTemplates *set = job->templates;
    unsigned original = saoy_pdf_builder_reserve(job->builder);
    unsigned attestation = saoy_pdf_builder_reserve(job->builder);
    g_autofree char *next = g_strdup_printf("/Next %u 0 R", attestation);
    g_autofree char *previous = g_strdup_printf("/Prev %u 0 R", original);
    g_autofree char *title =
        saoy_template_fill(set->outline.original,
                           (const char *const[]){ "title", job->approval->title, NULL });

    set_bookmark(job, original, title, job->first_page, job->layout->first_top, next);
    set_bookmark(job, attestation, set->outline.attestation, job->block_page,
                 job->layout->block_top, previous);
    saoy_pdf_builder_set(job->builder, job->outline,
                         "<</Type/Outlines/First %u 0 R/Last %u 0 R/Count 2>>", original,
                         attestation);
}

static char *
title_of(const Job *job)
{
    return g_strdup_printf("%s – %s", job->templates->block.title, job->approval->title);
}

static void
add_catalog(Job *job)
{
    g_autofree char *title = title_of(job);
    g_autofree char *packet = saoy_xmp_packet(job->approval, title);
    SaoyView xmp = { (const uint8_t *)packet, strlen(packet) };
    unsigned metadata =
        saoy_pdf_builder_add_stream(job->builder, "/Type/Metadata/Subtype/XML", xmp, false);
    unsigned profile = saoy_pdf_builder_add_stream(
        job->builder, "/N 3", saoy_view_of(job->templates->profile), true);
    unsigned intent = saoy_pdf_builder_add(
        job->builder,
        "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)"
        "/Info(sRGB IEC 61966-2-1)/RegistryName(http://www.color.org)"
        "/DestOutputProfile %u 0 R>>",
        profile);

    saoy_pdf_builder_set(job->builder, job->catalog,
                         "<</Type/Catalog/Pages %u 0 R/Outlines %u 0 R/Lang(vi)"
                         "/Metadata %u 0 R"
                         "/OutputIntents[%u 0 R]/ViewerPreferences<</DisplayDocTitle true>>"
                         "/AcroForm<</Fields[%u 0 R %u 0 R]/SigFlags 3>>"
                         "/Perms<</DocMDP %u 0 R>>>>",
                         job->pages, job->outline, metadata, intent,
                         job->fields[SAOY_SIGNER_OFFICER], job->fields[SAOY_SIGNER_AGENCY],
                         job->value);
}

static unsigned
add_info(Job *job)
{
    g_autofree char *plain = title_of(job);
    g_autofree char *title = saoy_pdf_text_string(plain);
    g_autofree char *author = saoy_pdf_text_string(job->approval->agency);
    g_autofree char *creator = saoy_pdf_text_string(job->approval->composer);
    g_autofree char *date = saoy_pdf_date(job->approval->approved_at_us);

    return saoy_pdf_builder_add(job->builder,
                                "<</Title%s/Author%s/Creator%s/Producer(" SAOY_PRODUCER
                                ")/CreationDate%s/ModDate%s>>",
                                title, author, creator, date, date);
}

/* /ID: the first 16 bytes of SHA-256(copy id ‖ approved_at), the same twice. */
static char *
trailer_text(const Job *job, unsigned info)
{
    g_autofree char *at = saoy_time_rfc3339(job->approval->approved_at_us);
    g_autofree char *both = g_strconcat(job->approval->copy_id, at, NULL);
    g_autofree char *id =
        saoy_sha256_hex((SaoyView){ (const uint8_t *)both, strlen(both) });

    return g_strdup_printf("/Root %u 0 R/Info %u 0 R/ID[<%.32s><%.32s>]", job->catalog,
                           info, id, id);
}

static GBytes *
build(Job *job, SaoyCanvas *canvas, GError **error)
{
    g_autofree char *trailer = NULL, *officer = NULL, *agency = NULL;
    unsigned appearance[SAOY_SIGNER_N] = { 0 };

    job->catalog = saoy_pdf_builder_reserve(job->builder);
    job->pages = saoy_pdf_builder_reserve(job->builder);
    job->outline = saoy_pdf_builder_reserve(job->builder);
    for (int i = 0; i < SAOY_SIGNER_N; i++)
        job->fields[i] = saoy_pdf_builder_reserve(job->builder);
    job->value = saoy_pdf_builder_reserve(job->builder);
    saoy_fonts_replace(job->builder, job->pdf, canvas, "SAOYC");
    add_pages(job);
    add_outline(job);
    for (int i = 0; i < SAOY_SIGNER_N; i++)
        appearance[i] = add_appearance(job, i);
    add_catalog(job);
    trailer = trailer_text(job, add_info(job));
    officer =
        field_text(job, SAOY_SIGNER_OFFICER, appearance[SAOY_SIGNER_OFFICER], job->value);
    agency = field_text(job, SAOY_SIGNER_AGENCY, appearance[SAOY_SIGNER_AGENCY], 0);
    saoy_pdf_builder_set(job->builder, job->fields[SAOY_SIGNER_OFFICER], "%s", officer);
    saoy_pdf_builder_set(job->builder, job->fields[SAOY_SIGNER_AGENCY], "%s", agency);

    SaoyTwoRevisions two = {
        .builder = job->builder,
        .trailer = trailer,
        .value = job->value,
        .field = job->fields[SAOY_SIGNER_AGENCY],
        .approval = job->approval,
    };
    two.field_text = field_text(job, SAOY_SIGNER_AGENCY, appearance[SAOY_SIGNER_AGENCY],
                                saoy_two_revisions_value(&two));
    GBytes *out = saoy_write_two_revisions(&two, error);
    g_free(two.field_text);
    return out;
}

GBytes *
saoy_assemble(GBytes *drawn, SaoyCanvas *canvas, const SaoyTemplates *templates,
              const SaoyApproval *approval, const SaoyLayout *layout, GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(drawn, error);
    g_autoptr(SaoyPdfBuilder) builder = saoy_pdf_builder_new();
    const SaoyPdfValue *root = NULL, *tree = NULL;
    Job job = { .builder = builder,
                .pdf = pdf,
                .templates = templates,
                .approval = approval,
                .layout = layout };

    if (pdf == NULL)
        return NULL;
    root = saoy_pdf_get(pdf, 0, saoy_pdf_trailer(pdf, 0), "Root");
    tree = saoy_pdf_get(pdf, 0, root, "Pages");
    job.kids = saoy_pdf_get(pdf, 0, tree, "Kids");
    if (job.kids == NULL || job.kids->type != SAOY_PDF_ARRAY ||
        job.kids->n != layout->n_pages + SAOY_SIGNER_N)
        return saoy_null(error, SAOY_ERROR_FAILED,
                         "libharu's page tree is not as expected");
    saoy_pdf_builder_source(builder, pdf);
    return build(&job, canvas, error);
}
