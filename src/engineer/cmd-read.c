/* saoy read: what the pages of one document say, and what an officer should look at. */
#include "engineer.h"
#include "picture.h"

#include "core/clock.h"
#include "reading/reading.h"
#include "vision/page.h"

#include <glib/gi18n.h>

typedef struct {
    size_t n;
    SaoyWords *words;
    SaoyPageFacts *facts;
    const SaoyKind *kind; /* of the document: the first page that tells */
    SaoyJson *list;
    GString *text;
} Reading;

static void
reading_clear(Reading *reading)
{
    for (size_t i = 0; i < reading->n; i++) {
        saoy_words_clear(&reading->words[i]);
        saoy_page_facts_clear(&reading->facts[i]);
    }
    g_free(reading->words);
    g_free(reading->facts);
    saoy_json_unref(reading->list);
    g_string_free(reading->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static void
add_page(Reading *reading, const char *file, const SaoyKind *kind, const GArray *cells,
         double skew_deg, size_t bytes, double ms)
{
    const SaoyWords *words = &reading->words[reading->n - 1];
    g_autoptr(SaoyJson) boxed = saoy_words_to_json(words);
    SaoyJson *page = saoy_json_object();
    g_autofree char *text = saoy_words_text(words);

    saoy_json_set_string(page, "file", file);
    saoy_json_set_string(page, "kind", kind->id);
    saoy_json_set_string(page, "text", text);
    saoy_json_set(page, "words", saoy_json_ref(saoy_json_member(boxed, "words")));
    saoy_json_set(page, "cells", saoy_cells_to_json(cells, words));
    saoy_json_set_real(page, "skew_deg", skew_deg);
    saoy_json_set_int(page, "bytes", (int64_t)bytes);
    saoy_json_set_real(page, "ms", ms);
    saoy_json_append(reading->list, page);
    g_string_append_printf(reading->text, "%s\n", text);
}

/* Cleaned as in the visit, so that boxes are of the cleaned page. */
static bool
read_page(SaoyReader *reader, const char *file, Reading *reading, GError **error)
{
    int64_t start = saoy_clock_mono_us();
    SaoyPageReport report = { 0 };
    int quality = 0;
    g_autoptr(SaoyImage) scan = saoy_engineer_picture(file, NULL, error);
    g_autoptr(SaoyImage) page = scan != NULL ? saoy_page_clean(scan, &report, error) : NULL;

    if (page == NULL || !saoy_reader_read_upright(reader, &page, &report,
                                                  &reading->words[reading->n], NULL, error))
        return false;
    g_autoptr(GBytes) jpeg = saoy_page_encode(page, &quality, error);
    if (jpeg == NULL || !saoy_page_facts_of(page, &report, &reading->words[reading->n],
                                            &reading->facts[reading->n], error))
        return false;
    const SaoyKind *kind = saoy_kind_of(&reading->words[reading->n], page->height);
    if (g_str_equal(reading->kind->id, "unknown"))
        reading->kind = kind;
    reading->n++;
    g_autoptr(GArray) cells = saoy_page_cells(page);
    add_page(reading, file, kind, cells, report.skew_deg, g_bytes_get_size(jpeg),
             (double)(saoy_clock_mono_us() - start) / 1e3);
    return true;
}

static void
print_text(const Reading *reading, const GArray *fields, const GArray *flags)
{
    g_print("%s\n%s\n", reading->text->str, reading->kind->title);
    for (guint i = 0; i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);

        g_print("  %s: %s\n", field->name, field->value);
    }
    for (guint i = 0; i < flags->len; i++) {
        const SaoyFlag *flag = &g_array_index(flags, SaoyFlag, i);

        g_print("! %s %u: %s\n", _("page"), flag->page + 1, _(flag->text));
    }
}

int
saoy_cmd_read(int argc, char **argv)
{
    g_autofree char *name = NULL;
    g_autofree char *number = NULL;
    g_autofree char *birth_date = NULL;
    gboolean json = FALSE;
    int ended = 0;
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_STRING, &name, N_("the holder's name on the chip"),
          N_("NAME") },
        { "number", 0, 0, G_OPTION_ARG_STRING, &number, N_("the holder's personal number"),
          N_("NUMBER") },
        { "birth-date", 0, 0, G_OPTION_ARG_STRING, &birth_date,
          N_("the holder's date of birth, YYYY-MM-DD"), N_("DATE") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;

    if (!saoy_cli_options(&argc, &argv, entries, "PAGE…",
                          N_("Reads the pages of one document."), 1, -1, &ended))
        return ended;
    g_autoptr(SaoyReader) reader = saoy_reader_open(&error);
    if (reader == NULL)
        return saoy_cli_fault("Tesseract", error);

    g_auto(Reading) reading = { 0,
                                g_new0(SaoyWords, (size_t)argc),
                                g_new0(SaoyPageFacts, (size_t)argc),
                                saoy_kind_find("unknown"),
                                saoy_json_array(),
                                g_string_new(NULL) };
    for (int i = 1; i < argc; i++)
        if (!read_page(reader, argv[i], &reading, &error))
            return saoy_cli_fail(argv[i], error);
    g_autoptr(GArray) fields =
        saoy_fields_of(reading.kind, reading.words, reading.facts, reading.n);
    g_autoptr(GArray) flags = saoy_collate(reading.kind, reading.words, reading.facts,
                                           reading.n, fields, name, number, birth_date);
    if (!json) {
        print_text(&reading, fields, flags);
        return SAOY_EXIT_OK;
    }
    g_autoptr(SaoyJson) out = saoy_json_object();
    saoy_json_set_string(out, "kind", reading.kind->id);
    saoy_json_set(out, "pages", saoy_json_ref(reading.list));
    saoy_json_set(out, "fields", saoy_fields_to_json(fields));
    saoy_json_set(out, "flags", saoy_flags_to_json(flags, true));
    saoy_cli_json(out);
    return SAOY_EXIT_OK;
}
