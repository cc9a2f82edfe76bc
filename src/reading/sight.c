/* Flags of what vision saw on the pages, and of how they read. */
#include "collate.h"

#include <glib/gi18n.h>

enum {
    LEAST_WORDS = 3,
    LEAST_CONFIDENCE = 60, /* mean of a page */
};
#define PLAIN 3         /* strength of a place that needs no writing to be believed */
#define COLOURLESS 2e-5 /* share of colour ink: less is dust */

static void
check_reading(const SaoyWords *words, unsigned page, GArray *flags)
{
    int sum = 0;

    if (words->n < LEAST_WORDS) {
        saoy_flag_add(flags, "blank-page", page, (SaoyBox){ 0 },
                      N_("Hardly anything can be read on this page."));
        return;
    }
    for (size_t i = 0; i < words->n; i++)
        sum += words->items[i].confidence;
    if (sum / (int)words->n < LEAST_CONFIDENCE)
        saoy_flag_add(flags, "hard-to-read", page, (SaoyBox){ 0 },
                      N_("The page is hard to read: is it damaged or worn?"));
}

static void
check_report(const SaoyPageFacts *facts, unsigned page, GArray *flags)
{
    const SaoyPageReport *report = &facts->report;

    if (report->cut_corner || report->cut_edge)
        saoy_flag_add(flags, "cut-page", page, (SaoyBox){ 0 },
                      N_("A corner or an edge of the page is missing: is it torn?"));
    if (report->glare)
        saoy_flag_add(flags, "under-glare", page, (SaoyBox){ 0 },
                      N_("Light is reflected from the page, as laminated paper does: is "
                         "anything hidden under it?"));
    if (report->blurred)
        saoy_flag_add(flags, "hard-to-read", page, (SaoyBox){ 0 },
                      N_("The page is hard to read: is it damaged or worn?"));
    if (report->double_feed)
        saoy_flag_add(flags, "double-feed", page, (SaoyBox){ 0 },
                      N_("Two sheets may have been drawn in together."));
}

static bool
has_a_word(SaoyBox place, const SaoyWords *words)
{
    for (size_t i = 0; i < words->n; i++) {
        SaoyBox word = words->items[i].box;
        int x = word.x + word.w / 2 - place.x, y = word.y + word.h / 2 - place.y;

        if (x >= 0 && x < place.w && y >= 0 && y < place.h)
            return true;
    }
    return false;
}

/* What is altered is altered to be read: a faint place without a word is a fold, or the
 * other side of the sheet. */
static bool
is_believed(const SaoyTamper *tamper, const SaoyWords *words)
{
    return tamper->kind == SAOY_TAMPER_STROKES || tamper->strength >= PLAIN ||
           has_a_word(tamper->box, words);
}

/* Ground 1: the paper itself. Each place is shown: there may be several of one kind. */
static void
check_tampers(const SaoyTampers *tampers, const SaoyWords *words, unsigned page,
              GArray *flags)
{
    static const struct {
        const char *rule, *text;
    } kinds[SAOY_TAMPER_N] = {
        [SAOY_TAMPER_ERASED] = { "erased",
                                 N_("The paper is rough under this writing: was something "
                                    "scraped or rubbed out?") },
        [SAOY_TAMPER_COVERED] = { "painted-over",
                                  N_("The paper is whiter under this writing: was "
                                     "something painted over or rubbed out?") },
        [SAOY_TAMPER_PASTED] = { "pasted-over",
                                 N_("The paper under this writing is not like the page: "
                                    "was a slip pasted on, or something replaced?") },
        [SAOY_TAMPER_EDITED] = { "ground-missing",
                                 N_("The grain or printed ground of the paper is missing "
                                    "under this writing: was something replaced?") },
        [SAOY_TAMPER_STROKES] = { "other-ink",
                                  N_("The ink of these letters is not that of the writing "
                                     "around them: was something added or changed?") },
    };

    for (unsigned i = 0; i < tampers->n; i++) {
        const SaoyTamper *tamper = &tampers->items[i];

        if (is_believed(tamper, words))
            saoy_flag_add_place(flags, kinds[tamper->kind].rule, page, tamper->box,
                                kinds[tamper->kind].text);
    }
}

/* Of all pages together: the seal stands on the last one, or the first. */
static void
check_ink(const SaoyCase *c, GArray *flags)
{
    bool colour = true, seal = false, hand = false;
    double ink = 0;
    unsigned last = (unsigned)c->n - 1;

    for (size_t p = 0; p < c->n; p++) {
        colour = colour && c->facts[p].ink.colour;
        seal = seal || c->facts[p].ink.seal.w > 0;
        hand = hand || c->facts[p].hand.w > 0 || c->facts[p].ink.hand.w > 0;
        ink += c->facts[p].ink.red + c->facts[p].ink.blue;
    }
    if (!colour || c->rule == NULL || !c->rule->seal)
        return;
    if (ink < COLOURLESS)
        saoy_flag_add(flags, "no-colour-ink", last, (SaoyBox){ 0 },
                      N_("There is no colour ink on the paper: is it a photocopy?"));
    if (!seal)
        saoy_flag_add(flags, "seal-missing", last, (SaoyBox){ 0 },
                      N_("No red seal was seen on a paper that should bear one."));
    if (!hand)
        saoy_flag_add(flags, "signature-missing", last, (SaoyBox){ 0 },
                      N_("No signature was seen on the paper."));
}

void
saoy_check_sight(const SaoyCase *c, GArray *flags)
{
    for (size_t p = 0; p < c->n; p++) {
        check_reading(&c->pages[p], (unsigned)p, flags);
        if (c->facts == NULL)
            continue;
        check_report(&c->facts[p], (unsigned)p, flags);
        check_tampers(&c->facts[p].tampers, &c->pages[p], (unsigned)p, flags);
    }
    if (c->facts != NULL && c->n > 0)
        check_ink(c, flags);
}
