#include "facts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "ef.h"
#include "tlv.h"

#include <string.h>

void
saoy_identity_clear(SaoyIdentity *identity)
{
    g_clear_pointer(&identity->portrait, g_bytes_unref);
    explicit_bzero(identity, sizeof *identity);
}

const char *
saoy_proof_name(SaoyProof proof)
{
    static const char *const names[SAOY_PROOF_N] = {
        [SAOY_PROOF_NOT_OFFERED] = "not_offered",
        [SAOY_PROOF_DONE] = "done",
        [SAOY_PROOF_FAILED] = "failed",
        [SAOY_PROOF_UNDECIDED] = "undecided",
    };

    return proof < SAOY_PROOF_N ? names[proof] : "undecided";
}

/* What DG13 or DG11 says about the same person; "" where it says nothing. */
typedef struct {
    char number[32], name[128], birth[11], sex[2], expiry[11];
} Told;

/* The twelve digits stand in the optional data, not in the document number (domain.md
 * §4.3). */
static void
take_number(const SaoyMrz *mrz, SaoyIdentity *out)
{
    size_t digits = strspn(mrz->optional, "0123456789");

    if (digits == 12)
        g_snprintf(out->number, sizeof out->number, "%.12s", mrz->optional);
    else
        g_snprintf(out->number, sizeof out->number, "%.12s", mrz->document);
}

static int
today(void)
{
    int year, month, day;

    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    return year * 10000 + month * 100 + day;
}

static bool
take_mrz(const SaoyLdsFiles *files, SaoyMrz *mrz, SaoyIdentity *who, GError **error)
{
    if (files->groups[1] == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the chip does not show DG1");
    if (!saoy_dg1_parse(saoy_view_of(files->groups[1]), mrz, error) ||
        !saoy_mrz_birth(mrz->birth, today(), who->birth_date, error) ||
        !saoy_mrz_expiry(mrz->expiry, today(), who->expiry_date, error))
        return false;
    take_number(mrz, who);
    g_snprintf(who->name, sizeof who->name, "%s%s%s", mrz->surname,
               mrz->given[0] == '\0' ? "" : " ", mrz->given);
    who->sex[0] = mrz->sex == '<' ? '\0' : mrz->sex;
    return true;
}

static void
take_text(const SaoyDg13 *dg13, unsigned index, char *out, size_t size)
{
    (void)saoy_lds_text(dg13->text[index][0], dg13->string[index][0], out, size);
}

/* DG13 is no ICAO file: a chip without it, or with another one, is no worse for it. Nothing
 * else of it is ever copied. */
static void
tell_dg13(const SaoyLdsFiles *files, Told *out)
{
    SaoyDg13 dg13 = { 0 };
    char sex[16] = "";

    if (files->groups[13] == NULL ||
        !saoy_dg13_parse(saoy_view_of(files->groups[13]), &dg13, NULL))
        return;
    take_text(&dg13, SAOY_DG13_NUMBER, out->number, sizeof out->number);
    take_text(&dg13, SAOY_DG13_NAME, out->name, sizeof out->name);
    take_text(&dg13, SAOY_DG13_SEX, sex, sizeof sex);
    (void)saoy_lds_date(dg13.text[SAOY_DG13_BIRTH][0], out->birth);
    (void)saoy_lds_date(dg13.text[SAOY_DG13_EXPIRY][0], out->expiry);
    if (g_str_equal(sex, "Nam"))
        out->sex[0] = 'M';
    else if (g_str_equal(sex, "Nữ"))
        out->sex[0] = 'F';
}

static void
tell_dg11(const SaoyLdsFiles *files, Told *out)
{
    SaoyDg11 dg11 = { 0 };

    if (files->groups[11] == NULL ||
        !saoy_dg11_parse(saoy_view_of(files->groups[11]), &dg11, NULL))
        return;
    (void)saoy_lds_text(dg11.number, 0, out->number, sizeof out->number);
    (void)saoy_lds_text(dg11.name, 0, out->name, sizeof out->name);
    g_strlcpy(out->birth, dg11.birth, sizeof out->birth);
    explicit_bzero(&dg11, sizeof dg11);
}

/* ---- contradictions: said, never mended; the officer decides what they mean */

static void
note(SaoyIdentity *who, const char *what, bool differs)
{
    if (!differs || strstr(who->contradiction, what) != NULL)
        return;
    if (who->contradiction[0] != '\0')
        g_strlcat(who->contradiction, " ", sizeof who->contradiction);
    g_strlcat(who->contradiction, what, sizeof who->contradiction);
}

static bool
is_number(const char *text)
{
    return strspn(text, "0123456789") == 12 && text[12] == '\0';
}

/* As far as both are known. */
static bool
dates_differ(const char *a, const char *b)
{
    return strncmp(a, b, MIN(strlen(a), strlen(b))) != 0;
}

/* An MRZ writes a year with two digits: another file may know that it is a century earlier.
 */
static void
mend_century(SaoyIdentity *who, const char *birth)
{
    size_t size = strlen(birth);

    if (size >= 4 && size == strlen(who->birth_date) &&
        strcmp(birth + 2, who->birth_date + 2) == 0 && strcmp(birth, who->birth_date) < 0)
        g_strlcpy(who->birth_date, birth, sizeof who->birth_date);
}

/* What is left of a name in all its writings: capitals without marks and gaps. */
static char *
letters_of(const char *name)
{
    char *folded = saoy_text_fold(name);
    size_t n = 0;

    for (const char *c = folded; *c != '\0'; c++)
        if (g_ascii_isalpha(*c))
            folded[n++] = *c;
    folded[n] = '\0';
    return folded;
}

static void
drop(char *text)
{
    explicit_bzero(text, strlen(text));
    g_free(text);
}

/* A name too long for its field is cut off or shortened (ICAO 9303-3, 4.6): then only the
 * first of it must agree, and where the rest was merely cut off it is completed. */
static bool
names_differ(const SaoyMrz *mrz, const char *name, SaoyIdentity *who)
{
    char *told = letters_of(name), *seen = letters_of(who->name);
    char *first = letters_of(mrz->surname);
    bool cut_off = mrz->name_cut && g_str_has_prefix(told, seen);
    bool same = mrz->name_cut ? g_str_has_prefix(told, first) : g_str_equal(told, seen);

    if (cut_off && strlen(told) > strlen(seen)) {
        g_autofree char *whole = saoy_text_fold(name);

        g_strlcpy(who->name, whole, sizeof who->name);
        explicit_bzero(whole, strlen(whole));
    }
    drop(told);
    drop(seen);
    drop(first);
    return !same;
}

static void
compare(const Told *told, SaoyIdentity *who)
{
    mend_century(who, told->birth);
    note(who, "number",
         is_number(told->number) && is_number(who->number) &&
             strcmp(told->number, who->number) != 0);
    note(who, "birth_date", dates_differ(told->birth, who->birth_date));
    note(who, "sex",
         told->sex[0] != '\0' && who->sex[0] != '\0' && told->sex[0] != who->sex[0]);
    /* 31/12/2099 and later is how cards say «không thời hạn» */
    note(who, "expiry_date",
         who->expiry_date[0] == '\0'
             ? told->expiry[0] != '\0' && strcmp(told->expiry, "2099") < 0
             : dates_differ(told->expiry, who->expiry_date));
}

/* Only Vietnamese names lose nothing but their marks on the way into the MRZ. */
static void
take_more(const SaoyLdsFiles *files, const SaoyMrz *mrz, SaoyIdentity *who)
{
    Told dg13 = { 0 }, dg11 = { 0 };
    const char *name;

    tell_dg13(files, &dg13);
    tell_dg11(files, &dg11);
    compare(&dg13, who);
    compare(&dg11, who);
    name = dg13.name[0] != '\0' ? dg13.name : dg11.name;
    g_strlcpy(who->name_vi, name, sizeof who->name_vi);
    if (name[0] != '\0')
        note(who, "name", names_differ(mrz, name, who) && name == dg13.name);
    explicit_bzero(&dg13, sizeof dg13);
    explicit_bzero(&dg11, sizeof dg11);
}

static bool
take_portrait(const SaoyLdsFiles *files, SaoyIdentity *who, GError **error)
{
    g_autoptr(SaoyArray) copy = NULL;
    SaoyFaceImage face = { 0 };

    if (files->groups[2] == NULL)
        return true;
    if (!saoy_dg2_parse(saoy_view_of(files->groups[2]), &face, error))
        return false;
    copy = saoy_array_new(face.picture.size);
    g_byte_array_append(copy, face.picture.data, (unsigned)face.picture.size);
    who->portrait = saoy_bytes_take(g_steal_pointer(&copy));
    return true;
}

bool
saoy_facts_take(const SaoyLdsFiles *files, SaoyIdentity *who, GError **error)
{
    SaoyMrz mrz = { 0 };
    bool ok = take_mrz(files, &mrz, who, error) && take_portrait(files, who, error);

    if (ok)
        take_more(files, &mrz, who);
    explicit_bzero(&mrz, sizeof mrz);
    return ok;
}
