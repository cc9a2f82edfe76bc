#include "fields.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *label;
} fields[] = {
    { "title", N_("Title") },
    { "number", N_("Number") },
    { "holder", N_("Name on the paper") },
    { "name", N_("Name") },
    { "birth_date", N_("Date of birth") },
    { "birth_place", N_("Place of birth") },
    { "issue_date", N_("Date of issue") },
    { "expiry_date", N_("Valid until") },
    { "personal_number", N_("Identity number") },
    { "register_number", N_("Register number") },
    { "student_number", N_("Student number") },
    { "class", N_("Class") },
    { "grade", N_("Grade") },
    { "sex", N_("Sex") },
    { "husband", N_("Husband") },
    { "wife", N_("Wife") },
    { "address", N_("Address") },
    { "parcel", N_("Parcel of land") },
    { "map_sheet", N_("Map sheet") },
    { "area", N_("Area") },
    { "birth_words", N_("Date of birth in words") },
    { "origin", N_("Home place") },
    { "mother", N_("Mother") },
    { "father", N_("Father") },
    { "death_date", N_("Date of death") },
    { "purpose", N_("Given for") },
    { "brand", N_("Make") },
    { "plate", N_("Number plate") },
    { "chassis", N_("Chassis number") },
    { "engine", N_("Engine number") },
    { "school", N_("School") },
    { "major", N_("Field of study") },
    { "capital", N_("Capital") },
    { "record", N_("Criminal record") },
};

const char *
saoy_field_label(const char *name)
{
    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(fields); i++)
        if (g_str_equal(fields[i].name, name))
            return _(fields[i].label);
    return name != NULL ? name : "";
}

static bool
is_date(const char *name, int year, int month, int day)
{
    return g_str_has_suffix(name, "_date") && year >= 1000 && year <= 9999 && month >= 1 &&
           month <= 12 && day >= 1 && day <= 31;
}

char *
saoy_field_shown(const char *name, const char *value)
{
    int year = 0, month = 0, day = 0, used = 0;

    if (value != NULL && sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 &&
        value[used] == '\0' && is_date(name, year, month, day))
        return saoy_text_date(year, month, day);
    return g_strdup(value != NULL ? value : "");
}

char *
saoy_field_taken(const char *name, const char *typed)
{
    int year = 0, month = 0, day = 0, used = 0;

    if (sscanf(typed, "%2d/%2d/%4d%n", &day, &month, &year, &used) == 3 &&
        typed[used] == '\0' && is_date(name, year, month, day))
        return g_strdup_printf("%04d-%02d-%02d", year, month, day);
    return g_strdup(typed);
}
