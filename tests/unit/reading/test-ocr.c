/* The engine on specimens with known text and fields, clean and scanned. */
#include "../vision/specimen.h"
#include "core/error.h"
#include "reading/reading.h"
#include "vision/page.h"

/* Stated bounds; what was seen is in the test's messages. A kiosk that reads worse is
 * broken. */
#define MOST_CER_CLEAN 0.03
#define MOST_CER_DEGRADED 0.06

static SaoyReader *reader;
static GHashTable *known;

static gunichar *
letters_of(const char *text, size_t *n)
{
    glong length = 0;
    gunichar *letters = g_utf8_to_ucs4(text, -1, NULL, &length, NULL);

    g_assert_nonnull(letters);
    *n = (size_t)length;
    return letters;
}

/* Edits that make one the other, over the length of what is true. */
static double
character_error_rate(const char *truth, const char *read)
{
    size_t n = 0, m = 0;
    g_autofree gunichar *a = letters_of(truth, &n);
    g_autofree gunichar *b = letters_of(read, &m);
    g_autofree unsigned *row = g_new(unsigned, m + 1);

    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned changed = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return (double)row[m] / (double)n;
}

static char *
true_text(const Specimen *specimen)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SaoyJson *lines = saoy_json_member(specimen->truth, "text");

    for (size_t i = 0; i < saoy_json_length(lines); i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               saoy_json_text(saoy_json_at(lines, i)));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Each page is read once, however many tests ask. */
static const SaoyWords *
words_of(const char *kind, const char *how, const Specimen *specimen)
{
    g_autofree char *key = g_strdup_printf("%s-%s", kind, how);
    g_autoptr(GError) error = NULL;
    SaoyPageReport report = { 0 };
    SaoyWords *words = g_hash_table_lookup(known, key);

    if (words != NULL)
        return words;
    g_autoptr(SaoyImage) page = saoy_page_clean(specimen->image, &report, &error);
    g_assert_no_error(error);
    words = g_new0(SaoyWords, 1);
    g_assert_true(saoy_reader_read(reader, page, words, NULL, &error));
    g_assert_no_error(error);
    g_hash_table_insert(known, g_steal_pointer(&key), words);
    return words;
}

static double
rate_of(const char *kind, const char *how)
{
    g_auto(Specimen) specimen = specimen_of(kind, how, 1);
    g_autofree char *truth = true_text(&specimen);
    g_autofree char *read = saoy_words_text(words_of(kind, how, &specimen));

    g_strdelimit(read, "\n", ' ');
    double rate = character_error_rate(truth, read);
    g_test_message("%s %s: CER %.4f", kind, how, rate);
    return rate;
}

static void
test_clean_pages_are_read(void)
{
    g_assert_cmpfloat(rate_of("decision", "clean"), <, MOST_CER_CLEAN);
}

static void
test_scanned_pages_are_read(void)
{
    g_assert_cmpfloat(rate_of("decision", "degraded"), <, MOST_CER_DEGRADED);
    g_assert_cmpfloat(rate_of("birth-certificate", "degraded"), <, MOST_CER_DEGRADED);
}

static void
test_words_lie_where_they_are_printed(void)
{
    g_auto(Specimen) specimen = specimen_of("decision", "clean", 1);
    const SaoyWords *words = words_of("decision", "clean", &specimen);
    int line = 0;

    for (size_t i = 0; i < words->n; i++) {
        const SaoyWord *word = &words->items[i];

        g_assert_true(g_utf8_validate(word->text, -1, NULL));
        g_autofree char *normal = g_utf8_normalize(word->text, -1, G_NORMALIZE_NFC);
        g_assert_cmpstr(word->text, ==, normal);
        g_assert_null(strpbrk(word->text, " \t\n"));
        g_assert_cmpint(word->box.x, >=, 0);
        g_assert_cmpint(word->box.x + word->box.w, <=, 2480);
        g_assert_cmpint(word->box.y + word->box.h, <=, 3508);
        g_assert_cmpint(word->line, >=, line);
        line = word->line;
        /* printed centred at 58 mm of 297 */
        if (g_str_equal(word->text, "ĐỊNH") && word->box.y < 1000)
            g_assert_cmpint(abs(word->box.y + word->box.h / 2 - 660), <, 60);
    }
}

/* How many of the true fields were found as they are. */
static void
count_fields(const char *kind, const char *how, unsigned *right, unsigned *all)
{
    g_auto(Specimen) specimen = specimen_of(kind, how, 1);
    const SaoyWords *words = words_of(kind, how, &specimen);
    const SaoyKind *found = saoy_kind_of(words, specimen.image->height);

    g_assert_cmpstr(found->id, ==, kind);
    g_autoptr(GArray) fields = saoy_fields_of(found, words, NULL, 1);
    SaoyJson *truth = saoy_json_member(specimen.truth, "fields");
    for (guint i = 0; i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);
        const char *wanted = saoy_json_string_or(truth, field->name, NULL);

        if (wanted == NULL)
            continue;
        ++*all;
        *right += g_str_equal(wanted, field->value);
        if (!g_str_equal(wanted, field->value))
            g_test_message("%s %s: %s is %s, read %s", kind, how, field->name, wanted,
                           field->value);
        g_assert_cmpint(field->box.w, >, 0);
    }
}

static void
test_kinds_and_fields_of_specimens(void)
{
    static const char *const kinds[] = {
        "diploma",     "birth-certificate", "marriage-certificate",
        "certificate", "land-use",          "transcript",
        "decision"
    };
    unsigned right = 0, all = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        count_fields(kinds[i], "degraded", &right, &all);
    g_test_message("%u of %u fields", right, all);
    g_assert_cmpuint(all, >=, 40);
    g_assert_cmpuint(right * 100, >=, all * 85);
}

static void
test_an_empty_page_has_no_words(void)
{
    g_autoptr(SaoyImage) page = saoy_image_new(1240, 1754, 1, 150, NULL);
    g_auto(SaoyWords) words = { 0 };

    memset(page->pixels, 250, (size_t)page->stride * 1754);
    g_assert_true(saoy_reader_read(reader, page, &words, NULL, NULL));
    g_assert_cmpuint(words.n, ==, 0);
}

static void
test_cancel_wins(void)
{
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(SaoyImage) page = saoy_image_new(100, 100, 1, 300, NULL);
    g_autoptr(GError) error = NULL;
    g_auto(SaoyWords) words = { 0 };

    g_cancellable_cancel(cancel);
    g_assert_false(saoy_reader_read(reader, page, &words, cancel, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(words.n, ==, 0);
}

static void *
cancel_soon(void *cancel)
{
    g_usleep(150000);
    g_cancellable_cancel(cancel);
    return NULL;
}

static void
test_cancel_stops_the_engine(void)
{
    g_auto(Specimen) specimen = specimen_of("decision", "clean", 1);
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    g_auto(SaoyWords) words = { 0 };
    GThread *thread = g_thread_new("cancel", cancel_soon, cancel);

    g_assert_false(saoy_reader_read(reader, specimen.image, &words, cancel, &error));
    g_thread_join(thread);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    /* and the engine still works */
    g_clear_error(&error);
    saoy_reader_forget(reader);
    test_an_empty_page_has_no_words();
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    g_test_init(&argc, &argv, NULL);
    reader = saoy_reader_open(&error);
    g_assert_no_error(error);
    known = g_hash_table_new(g_str_hash, g_str_equal);
    g_test_add_func("/ocr/clean", test_clean_pages_are_read);
    g_test_add_func("/ocr/scanned", test_scanned_pages_are_read);
    g_test_add_func("/ocr/boxes", test_words_lie_where_they_are_printed);
    g_test_add_func("/ocr/kinds-and-fields", test_kinds_and_fields_of_specimens);
    g_test_add_func("/ocr/empty", test_an_empty_page_has_no_words);
    g_test_add_func("/ocr/cancel-wins", test_cancel_wins);
    g_test_add_func("/ocr/cancel-stops", test_cancel_stops_the_engine);
    int result = g_test_run();
    saoy_reader_close(reader);
    return result;
}
