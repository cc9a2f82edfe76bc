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

static bool
take_mrz(const SaoyLdsFiles *files, SaoyIdentity *who, GError **error)
{
    SaoyMrz mrz = { 0 };
    int year, month, day;
    bool ok;

    if (files->groups[1] == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the chip does not show DG1");
    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    ok = saoy_dg1_parse(saoy_view_of(files->groups[1]), &mrz, error) &&
         saoy_mrz_birth(mrz.birth, year, who->birth_date, error) &&
         saoy_mrz_expiry(mrz.expiry, year, who->expiry_date, error);
    if (ok) {
        take_number(&mrz, who);
        g_snprintf(who->name, sizeof who->name, "%s%s%s", mrz.surname,
                   mrz.given[0] == '\0' ? "" : " ", mrz.given);
        who->sex[0] = mrz.sex == '<' ? '\0' : mrz.sex;
    }
    explicit_bzero(&mrz, sizeof mrz);
    return ok;
}

/* DG13 is no ICAO file: a chip without it, or with another one, is no worse for it. */
static void
take_vietnamese_name(const SaoyLdsFiles *files, SaoyIdentity *who)
{
    SaoyDg13 dg13 = { 0 };
    SaoyView name = { 0 };
    g_autofree char *text = NULL;
    g_autofree char *clean = NULL;

    if (files->groups[13] == NULL ||
        !saoy_dg13_parse(saoy_view_of(files->groups[13]), &dg13, NULL))
        return;
    name = dg13.text[SAOY_DG13_NAME][0];
    if (name.size == 0 ||
        !g_utf8_validate((const char *)name.data, (gssize)name.size, NULL))
        return;
    text = g_strndup((const char *)name.data, name.size);
    clean = saoy_text_clean(text, 100);
    if (strlen(clean) < sizeof who->name_vi)
        g_strlcpy(who->name_vi, clean, sizeof who->name_vi);
    explicit_bzero(text, strlen(text));
    explicit_bzero(clean, strlen(clean));
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
    if (!take_mrz(files, who, error) || !take_portrait(files, who, error))
        return false;
    take_vietnamese_name(files, who);
    return true;
}
