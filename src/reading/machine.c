#include "machine.h"

#include "core/clock.h"
#include "core/text.h"
#include "identity/mrz.h"

#include <string.h>

#define MOST_CODE 1024 /* bytes; a CCCD's has 200 */
#define MOST_PARTS 24u

static void
add(GArray *fields, const char *name, const char *value, unsigned page)
{
    if (value == NULL || value[0] == '\0')
        return;
    SaoyField field = { g_strdup(name), saoy_text_clean(value, 200), page, { 0 }, 1.0 };

    g_array_append_val(fields, field);
}

/* ---- bar codes */

static bool
is_digits(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, "0123456789") == n;
}

/* "10051990" or "10/05/1990" to "1990-05-10"; NULL for anything else. */
static char *
date_of(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 4);
    g_autofree char *joined = g_strjoinv("", parts);

    if (!is_digits(joined, 8))
        return NULL;
    g_autofree char *day = g_strndup(joined, 2);
    g_autofree char *month = g_strndup(joined + 2, 2);
    if (!g_date_valid_dmy((GDateDay)g_ascii_strtoull(day, NULL, 10),
                          (GDateMonth)g_ascii_strtoull(month, NULL, 10),
                          (GDateYear)g_ascii_strtoull(joined + 4, NULL, 10)))
        return NULL;
    return g_strdup_printf("%s-%s-%s", joined + 4, month, day);
}

/* Two words of letters or more. */
static bool
is_name(const char *text)
{
    return strpbrk(text, "0123456789:/,") == NULL && strchr(text, ' ') != NULL &&
           g_utf8_strlen(text, -1) <= 80;
}

/* A BHYT card writes its name as hex; NULL when this is no hex of UTF-8. */
static char *
from_hex(const char *text)
{
    size_t n = strlen(text);
    g_autoptr(GString) out = g_string_new(NULL);

    if (n < 6 || n % 2 != 0 || n > MOST_CODE)
        return NULL;
    for (size_t i = 0; i < n; i += 2) {
        int high = g_ascii_xdigit_value(text[i]), low = g_ascii_xdigit_value(text[i + 1]);

        if (high < 0 || low < 0 || (high == 0 && low == 0))
            return NULL;
        g_string_append_c(out, (char)(high * 16 + low));
    }
    return g_utf8_validate(out->str, (gssize)out->len, NULL)
               ? g_string_free(g_steal_pointer(&out), FALSE)
               : NULL;
}

static bool
is_sex(const char *text)
{
    return g_str_equal(text, "Nam") || g_str_equal(text, "Nữ");
}

/* By shape, not by place: the order of the card of 2024 is nowhere said. */
static void
take_identity(char **parts, unsigned page, GArray *fields)
{
    bool named = false;
    unsigned dates = 0;

    add(fields, "personal_number", parts[0], page);
    for (size_t i = 1; parts[i] != NULL; i++) {
        g_autofree char *date = date_of(parts[i]);

        if (date != NULL) {
            if (dates < 2)
                add(fields, dates == 0 ? "birth_date" : "issue_date", date, page);
            dates++;
        } else if (is_sex(parts[i])) {
            add(fields, "sex", parts[i], page);
        } else if (!named && is_name(parts[i])) {
            add(fields, "holder", parts[i], page);
            named = true;
        }
    }
}

/* "number|hex name|birth|1 or 2|hex address|…"; the number of the law of 2020 has ten
 * digits, the cards before it two letters and thirteen. */
static void
take_insurance(char **parts, unsigned page, GArray *fields)
{
    g_autofree char *name = from_hex(parts[1]);
    g_autofree char *birth = date_of(parts[2]);

    add(fields, "number", parts[0], page);
    add(fields, "holder", name, page);
    add(fields, "birth_date", birth, page);
    if (g_str_equal(parts[3], "1") || g_str_equal(parts[3], "2"))
        add(fields, "sex", parts[3][0] == '1' ? "Nam" : "Nữ", page);
}

/* Its parts are told by shape: number, name, birth, class … */
static void
take_licence(char **parts, unsigned page, GArray *fields)
{
    g_autofree char *birth = NULL;

    for (size_t i = 1; parts[i] != NULL && birth == NULL; i++)
        birth = date_of(parts[i]);
    add(fields, "number", parts[0], page);
    add(fields, "birth_date", birth, page);
    for (size_t i = 1; parts[i] != NULL; i++)
        if (is_name(parts[i])) {
            add(fields, "holder", parts[i], page);
            break;
        }
}

void
saoy_code_fields(const char *text, unsigned page, GArray *fields)
{
    if (strlen(text) > MOST_CODE)
        return;
    g_auto(GStrv) bars = g_strsplit(text, "|", (gint)MOST_PARTS);
    g_auto(GStrv) semicolons = g_strsplit(text, ";", (gint)MOST_PARTS);
    guint n = g_strv_length(bars);
    g_autofree char *name = n >= 5 ? from_hex(bars[1]) : NULL;

    if (name != NULL)
        take_insurance(bars, page, fields);
    else if (n >= 7 && is_digits(bars[0], 12))
        take_identity(bars, page, fields);
    else if (g_strv_length(semicolons) >= 3 && is_digits(semicolons[0], 12))
        take_licence(semicolons, page, fields);
}

/* ---- machine readable zones */

/* Letters and fillers alone: the third line of a TD1. */
static char *
name_line(const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "<<", 3);

    if (strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ<") != strlen(line) || line[0] == '<' ||
        parts[0] == NULL || parts[1] == NULL || parts[1][0] == '\0')
        return NULL;
    g_autofree char *name = g_strconcat(parts[0], " ", parts[1], NULL);
    return g_strdup(g_strchomp(g_strdelimit(name, "<", ' ')));
}

static void
take_zone(const SaoyMrz *mrz, unsigned page, GArray *fields)
{
    int year = 0, month = 0, day = 0;
    char birth[11] = "", expiry[11] = "";
    bool card = g_str_equal(mrz->code, "ID");
    g_autofree char *name =
        mrz->surname[0] != '\0' && !mrz->name_cut
            ? g_strstrip(g_strconcat(mrz->surname, " ", mrz->given, NULL))
            : NULL;

    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    int today = year * 10000 + month * 100 + day;
    /* a card's is followed by fillers and a digit of its own */
    if (g_str_equal(mrz->issuer, "VNM") && strspn(mrz->optional, "0123456789") == 12) {
        g_autofree char *number = g_strndup(mrz->optional, 12);

        add(fields, "personal_number", number, page);
    }
    if (!card)
        add(fields, "number", mrz->document, page);
    add(fields, "holder", name, page);
    if (saoy_mrz_birth(mrz->birth, today, birth, NULL))
        add(fields, "birth_date", birth, page);
    if (saoy_mrz_expiry(mrz->expiry, today, expiry, NULL))
        add(fields, "expiry_date", expiry, page);
    if (mrz->sex == 'M' || mrz->sex == 'F')
        add(fields, "sex", mrz->sex == 'M' ? "Nam" : "Nữ", page);
    explicit_bzero(birth, sizeof birth);
}

/* Of a TD1 the first two lines are one text and the last two another. */
static void
zone_fields(char **zones, unsigned page, GArray *fields)
{
    guint before = fields->len;
    SaoyMrz mrz = { 0 };

    for (size_t i = 0; zones[i] != NULL && fields->len == before; i++)
        if (saoy_mrz_mend(zones[i], &mrz, NULL))
            take_zone(&mrz, page, fields);
    for (size_t i = 0; zones[i] != NULL && fields->len > before; i++) {
        const char *second = strchr(zones[i], '\n');
        g_autofree char *name =
            mrz.surname[0] == '\0' && second != NULL ? name_line(second + 1) : NULL;

        if (name == NULL)
            continue;
        add(fields, "holder", name, page);
        break;
    }
    explicit_bzero(&mrz, sizeof mrz);
}

GArray *
saoy_machine_fields(const SaoyPageFacts *facts, size_t n_pages)
{
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(SaoyField));

    g_array_set_clear_func(fields, (GDestroyNotify)saoy_field_clear);
    for (size_t p = 0; facts != NULL && p < n_pages; p++)
        if (facts[p].zones != NULL)
            zone_fields(facts[p].zones, (unsigned)p, fields);
    for (size_t p = 0; facts != NULL && p < n_pages; p++)
        for (size_t i = 0; facts[p].codes != NULL && facts[p].codes[i] != NULL; i++)
            saoy_code_fields(facts[p].codes[i], (unsigned)p, fields);
    return fields;
}
