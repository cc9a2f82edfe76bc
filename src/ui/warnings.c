/* What to do about each warning of the reading, in the citizen's words. */
#include "warnings.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *rule, *todo;
} advice[] = {
    { "secret", N_("Secret papers may not be copied. Please take it out.") },
    { "no-copying", N_("A paper that forbids copying may not be copied. Please take it out.") },
    { "copy-not-original",
      N_("Only an original can be certified. If you have it with you, scan the original.") },
    { "holder-differs",
      N_("If the paper is not yours you may go on; the officer may ask why you have it.") },
    { "expired", N_("You may go on. Whoever receives the copy may not accept it any more.") },
    { "foreign", N_("A foreign paper usually needs consular legalisation first. Ask the staff.") },
    { "no-seal", N_("Without an office's seal the officer will probably refuse it.") },
    { "blank", N_("Is it the right side? If the page is empty, remove it.") },
    { "erased", N_("If something was corrected, the officer must see the original. Ask the staff.") },
    { "damaged", N_("Scan it once more, flat and clean. If it stays so, ask the staff.") },
};

const char *
saoy_warning_todo(const char *rule)
{
    for (size_t i = 0; rule != NULL && i < G_N_ELEMENTS(advice); i++)
        if (g_str_equal(advice[i].rule, rule))
            return _(advice[i].todo);
    return _("You may go on: the officer looks at it and decides.");
}

static const struct {
    const char *name, *label;
} fields[] = {
    { "title", N_("Title") },
    { "number", N_("Number") },
    { "holder", N_("Name on the paper") },
    { "birth_date", N_("Date of birth") },
    { "issue_date", N_("Date of issue") },
    { "expiry_date", N_("Valid until") },
    { "issuer", N_("Issued by") },
    { "place", N_("Place") },
    { "serial", N_("Serial number") },
    { "id_number", N_("Identity number") },
    { "school", N_("School") },
    { "major", N_("Field of study") },
    { "grade", N_("Grade") },
    { "sex", N_("Sex") },
    { "father", N_("Father") },
    { "mother", N_("Mother") },
    { "address", N_("Address") },
    { "plot", N_("Plot") },
    { "area", N_("Area") },
};

const char *
saoy_field_label(const char *name)
{
    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(fields); i++)
        if (g_str_equal(fields[i].name, name))
            return _(fields[i].label);
    return name != NULL ? name : "";
}
