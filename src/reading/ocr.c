#include "ocr.h"

#include "core/error.h"
#include "mend.h"
#include "order.h"
#include "table.h"

#include <dlfcn.h>
#include <string.h>

#define LEAST_CONFIDENCE 15 /* below it a "word" is a seal's rim or a fold */

SaoyReader *
saoy_reader_open(GError **error)
{
    /* white writing on black is not looked for: a line read badly would be read twice */
    static char *names[] = { (char *)"debug_file", (char *)"tessedit_do_invert",
                             (char *)"textord_all_prop" };
    static char *values[] = { (char *)"/dev/null", (char *)"0", (char *)"1" };
    TessBaseAPI *engine = TessBaseAPICreate();

    if (TessBaseAPIInit4(engine, NULL, "vie", OEM_LSTM_ONLY, NULL, 0, names, values,
                         G_N_ELEMENTS(names), 0) != 0) {
        TessBaseAPIDelete(engine);
        return saoy_null(error, SAOY_ERROR_OFFLINE,
                         "Tesseract has no Vietnamese (package tesseract-ocr-vie)");
    }
    TessBaseAPISetPageSegMode(engine, PSM_AUTO);
    SaoyReader *reader = g_new0(SaoyReader, 1);
    reader->engine = engine;
    return reader;
}

void
saoy_reader_close(SaoyReader *reader)
{
    if (reader == NULL)
        return;
    TessBaseAPIEnd(reader->engine);
    TessBaseAPIDelete(reader->engine);
    g_free(reader);
}

void
saoy_reader_forget(SaoyReader *reader)
{
    TessBaseAPIClear(reader->engine);
    TessBaseAPIClearAdaptiveClassifier(reader->engine);
}

/* Tesseract asks OpenMP for four threads a line. On the two cores of a kiosk they spin
 * against each other and against the scan of the next page: two to three times slower,
 * measured. The setting belongs to the calling thread and the library to Tesseract, hence
 * by name. */
static void
use_one_thread(void)
{
    void (*set_levels)(int) = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, "omp_set_max_active_levels");

    memcpy(&set_levels, &symbol, sizeof symbol);
    if (set_levels != NULL)
        set_levels(0);
}

static bool
is_cancelled(void *cancel, int words)
{
    return g_cancellable_is_cancelled(cancel);
}

static bool
recognise(SaoyReader *reader, GCancellable *cancel, GError **error)
{
    ETEXT_DESC *monitor = TessMonitorCreate();

    use_one_thread();
    TessMonitorSetCancelFunc(monitor, is_cancelled);
    TessMonitorSetCancelThis(monitor, cancel);
    int result = TessBaseAPIRecognize(reader->engine, monitor);
    TessMonitorDelete(monitor);
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    if (result != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the reading engine failed");
    return true;
}

char *
saoy_word_text(const char *raw)
{
    g_autofree char *normal = g_utf8_normalize(raw, -1, G_NORMALIZE_NFC);
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        /* the Icelandic letter that looks like ours */
        c = c == 0xd0 ? 0x110 : c == 0xf0 ? 0x111 : c;
        if (g_unichar_isprint(c) && !g_unichar_isspace(c))
            g_string_append_unichar(text, c);
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

void
saoy_word_clear(SaoyWord *word)
{
    explicit_bzero(word->text, strlen(word->text));
    g_clear_pointer(&word->text, g_free);
}

void
saoy_word_replace(SaoyWord *word, const char *text, int confidence)
{
    saoy_word_clear(word);
    word->text = g_strdup(text);
    word->confidence = confidence;
}

static void
take_word(const TessResultIterator *at, int line, SaoyWords *out)
{
    const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(at);
    int confidence = (int)TessResultIteratorConfidence(at, RIL_WORD);
    int l = 0, t = 0, r = 0, b = 0;
    char *raw = TessResultIteratorGetUTF8Text(at, RIL_WORD);
    g_autofree char *text = raw != NULL ? saoy_word_text(raw) : NULL;

    TessDeleteText(raw);
    if (text == NULL || confidence < LEAST_CONFIDENCE ||
        !TessPageIteratorBoundingBox(place, RIL_WORD, &l, &t, &r, &b) || r <= l || b <= t)
        return;
    saoy_words_append(out, text, (SaoyBox){ l, t, r - l, b - t }, MIN(confidence, 100),
                      line);
}

static void
take_words(TessBaseAPI *engine, SaoyWords *out)
{
    TessResultIterator *at = TessBaseAPIGetIterator(engine);
    int line = -1;

    if (at == NULL)
        return; /* an empty page */
    do {
        const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(at);

        if (TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE))
            line++;
        take_word(at, MAX(line, 0), out);
    } while (TessResultIteratorNext(at, RIL_WORD));
    TessResultIteratorDelete(at);
}

static void
unscale(SaoyWords *words, const SaoyGrey *grey)
{
    for (size_t i = 0; i < words->n; i++)
        words->items[i].box = saoy_grey_unscale(grey, words->items[i].box);
}

bool
saoy_reader_read(SaoyReader *reader, const SaoyImage *page, SaoyWords *out,
                 GCancellable *cancel, GError **error)
{
    g_auto(SaoyGrey) grey = { 0 };
    g_autoptr(GArray) across = NULL;
    g_autoptr(GArray) down = NULL;

    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    grey = saoy_grey_of(page);
    saoy_rules_take(&grey, &across, &down);
    g_autoptr(GArray) cells =
        saoy_cells_of(across, down, grey.width, grey.height, grey.dpi);
    TessBaseAPISetImage(reader->engine, grey.pixels, grey.width, grey.height, 1,
                        grey.width);
    TessBaseAPISetSourceResolution(reader->engine, grey.dpi);
    bool good = recognise(reader, cancel, error);
    if (good) {
        g_auto(SaoyWords) words = { 0 };

        take_words(reader->engine, &words);
        TessBaseAPIClear(reader->engine);
        saoy_words_drop_rubbish(&words);
        saoy_reader_read_cells(reader, &grey, cells, &words, cancel);
        saoy_words_arrange(&words, cells);
        saoy_reader_read_zones(reader, page, &grey, &words);
        saoy_reader_read_again(reader, &grey, &words, cancel);
        saoy_reader_read_lost(reader, &grey, &words, cancel);
        unscale(&words, &grey);
        saoy_words_order(&words);
        saoy_words_mend(&words);
        *out = words;
        words = (SaoyWords){ 0 };
    }
    TessBaseAPIClear(reader->engine);
    return good;
}
