/* What to do about each warning of the reading, in the citizen's words. */
#include "warnings.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *rule, *todo;
} advice[] = {
    { "secret", N_("Secret papers may not be copied. Please take it out.") },
    { "no-copy",
      N_("A paper that forbids copying may not be copied. Please take it out.") },
    { "copy-not-original", N_("Only an original can be certified. If you have it with you, "
                              "scan the original.") },
    { "holder-differs",
      N_("If the paper is not yours you may go on; the officer may ask why you have it.") },
    { "birth-date-differs",
      N_("If a mistake was read, correct it below. Else the officer looks.") },
    { "number-differs",
      N_("If a mistake was read, correct it below. Else the officer looks.") },
    { "expired",
      N_("You may go on. Whoever receives the copy may not accept it any more.") },
    { "date-impossible",
      N_("If a mistake was read, correct it below. Else the officer looks.") },
    { "foreign-paper",
      N_("A foreign paper usually needs consular legalisation first. Ask the staff.") },
    { "blank-page", N_("Is it the right side? If the page is empty, remove it.") },
    { "hard-to-read",
      N_("Scan it once more, flat and clean. If it stays so, ask the staff.") },
    { "missing-page",
      N_("Scan the missing pages: a paper is certified whole or not at all.") },
    { "missing-side", N_("Turn the card over and scan its other side too.") },
    { "page-twice", N_("If it is the same page, remove it.") },
    { "several-originals", N_("Scan each original as a paper of its own.") },
    { "under-glare", N_("Take it out of its cover if you can, and scan it once more.") },
    { "page-order", N_("Choose “Scan again” and put the pages in order or remove one.") },
};

const char *
saoy_warning_todo(const char *rule)
{
    for (size_t i = 0; rule != NULL && i < G_N_ELEMENTS(advice); i++)
        if (g_str_equal(advice[i].rule, rule))
            return _(advice[i].todo);
    return _("You may go on: the officer looks at it and decides.");
}
