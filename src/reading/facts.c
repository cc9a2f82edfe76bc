#include "hand.h"
#include "kinds.h"
#include "vision/mrz.h"
#include "vision/symbol.h"

#include <string.h>

bool
saoy_page_facts_of(const SaoyImage *page, const SaoyPageReport *report,
                   const SaoyWords *words, SaoyPageFacts *out, GError **error)
{
    const SaoyKindRule *rule = saoy_kind_rule(saoy_kind_of(words, page->height));
    g_auto(SaoyPageFacts)
        facts = { page->width, page->height, *report, { 0 }, NULL, NULL, { 0 }, { 0 } };

    if (!saoy_ink_see(page, &facts.ink, error))
        return false;
    facts.zones = saoy_mrz_see(page, error);
    if (facts.zones == NULL)
        return false;
    /* the back of a card has no title, but a zone */
    if ((rule != NULL && rule->code) || facts.zones[0] != NULL) {
        facts.codes = saoy_symbol_read(page, error);
        if (facts.codes == NULL)
            return false;
    }
    facts.hand = facts.ink.hand;
    if (rule != NULL && rule->seal && facts.hand.w == 0)
        facts.hand = saoy_hand_of(page, words);
    if (report->cards == 0 && report->size != SAOY_SHEET_ID1 &&
        (!saoy_page_tampers(page, &facts.tampers, error) ||
         !saoy_page_strokes(page, words, &facts.tampers, error)))
        return false;
    *out = facts;
    facts = (SaoyPageFacts){ 0 };
    return true;
}

void
saoy_page_facts_copy(SaoyPageFacts *to, const SaoyPageFacts *from)
{
    *to = *from;
    to->codes = g_strdupv(from->codes);
    to->zones = g_strdupv(from->zones);
}

static void
forget(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        explicit_bzero(texts[i], strlen(texts[i]));
    g_strfreev(texts);
}

void
saoy_page_facts_clear(SaoyPageFacts *facts)
{
    forget(facts->codes);
    forget(facts->zones);
    *facts = (SaoyPageFacts){ 0 };
}
