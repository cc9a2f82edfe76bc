#include "identity/chip.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/text.h"
#include "identity/mrz.h"
#include "persona-draft.h"
#include "persona-files.h"
#include "persona-pki.h"
#include "tlv.h"

#include <string.h>

typedef SaoyPersonaDraft Draft;

static void
draft_clear(Draft *draft)
{
    GBytes **const files[] = { &draft->sod, &draft->card_access, &draft->card_security,
                               &draft->atr_info };

    g_free(draft->name_vi);
    g_free(draft->name);
    for (unsigned i = 0; i <= SAOY_GROUP_MAX; i++)
        g_clear_pointer(&draft->groups[i], g_bytes_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        g_clear_pointer(files[i], g_bytes_unref);
    EVP_PKEY_free(draft->chip_auth);
    EVP_PKEY_free(draft->mapping_auth);
    EVP_PKEY_free(draft->active_auth);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static bool
is_date(const char *text)
{
    GDate date;
    int n[3] = { 0 };

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    for (size_t i = 0, field = 0; i < 10; i++) {
        if (i == 4 || i == 7)
            field++;
        else if (!g_ascii_isdigit(text[i]))
            return false;
        else
            n[field] = n[field] * 10 + text[i] - '0';
    }
    g_date_clear(&date, 1);
    return n[0] >= 1900 &&
           g_date_valid_dmy((GDateDay)n[2], (GDateMonth)n[1], (GDateYear)n[0]);
}

/* "1990-01-31" to "900131" */
static void
short_date(const char *iso, char out[7])
{
    memcpy(out, iso + 2, 2);
    memcpy(out + 2, iso + 5, 2);
    memcpy(out + 4, iso + 8, 2);
    out[6] = '\0';
}

/* 001 (Hà Nội), century and sex, year of birth, six invented digits (domain.md §4.4) */
static bool
invent_number(Draft *draft, char sex, GError **error)
{
    int century = (draft->birth[0] - '0') * 10 + draft->birth[1] - '0';
    uint32_t random = 0;

    if (!saoy_random((uint8_t *)&random, sizeof random, error))
        return false;
    g_snprintf(draft->number, sizeof draft->number, "001%d%.2s%06u",
               (century - 19) * 2 + (sex == 'F'), draft->birth + 2, random % 1000000u);
    return true;
}

static bool
take_number(Draft *draft, const SaoyPersona *persona, char sex, GError **error)
{
    if (persona->number == NULL)
        return invent_number(draft, sex, error);
    if (strlen(persona->number) != 12 || strspn(persona->number, "0123456789") != 12)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the number has twelve digits");
    g_strlcpy(draft->number, persona->number, sizeof draft->number);
    return true;
}

static bool
take_dates(Draft *draft, const SaoyPersona *persona, GError **error)
{
    const char *birth = persona->birth_date == NULL ? "1990-01-01" : persona->birth_date;
    int year, month, day;

    saoy_time_day(saoy_clock_wall_us(), &year, &month, &day);
    if (persona->expiry_date != NULL)
        g_strlcpy(draft->expiry, persona->expiry_date, sizeof draft->expiry);
    else
        g_snprintf(draft->expiry, sizeof draft->expiry, "%04d-01-01", year + 10);
    g_strlcpy(draft->birth, birth, sizeof draft->birth);
    if (!is_date(birth) || (draft->expiry[0] != '\0' && !is_date(draft->expiry)) ||
        (persona->expiry_date != NULL && strlen(persona->expiry_date) > 10))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "dates are written YYYY-MM-DD");
    return true;
}

static bool
take_name(Draft *draft, const SaoyPersona *persona, GError **error)
{
    if (persona->name_vi == NULL || !g_utf8_validate(persona->name_vi, -1, NULL) ||
        g_utf8_strlen(persona->name_vi, -1) > 60)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the name is no text of 60 letters");
    draft->name_vi = saoy_text_clean(persona->name_vi, 60);
    draft->name = saoy_text_fold(draft->name_vi);
    if (draft->name[0] == '\0' ||
        strspn(draft->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ ") != strlen(draft->name))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "the name holds other characters than letters");
    return true;
}

/* What BAC and PACE make of the zone. */
static bool
take_key(Draft *draft, GError **error)
{
    SaoyMrz mrz = { 0 };

    if (!saoy_mrz_parse((SaoyView){ (const uint8_t *)draft->mrz, strlen(draft->mrz) }, &mrz,
                        error))
        return false;
    g_strlcpy(draft->key, mrz.key, sizeof draft->key);
    explicit_bzero(&mrz, sizeof mrz);
    return true;
}

static bool
take_person(Draft *draft, const SaoyPersona *persona, GError **error)
{
    const char *sex = persona->sex == NULL ? "M" : persona->sex;
    char birth[7], expiry[7] = "991231";

    if (strcmp(sex, "M") != 0 && strcmp(sex, "F") != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "the sex is M or F");
    if (!take_dates(draft, persona, error) || !take_name(draft, persona, error) ||
        !take_number(draft, persona, sex[0], error))
        return false;
    short_date(draft->birth, birth);
    if (draft->expiry[0] != '\0')
        short_date(draft->expiry, expiry);
    if (!saoy_persona_mrz(persona->document, draft->number, draft->name, birth, sex[0],
                          expiry, draft->mrz))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "documents are TD1, TD2 and TD3");
    draft->persona = *persona;
    draft->persona.name_vi = draft->name_vi;
    draft->persona.number = draft->number;
    draft->persona.birth_date = draft->birth;
    draft->persona.sex = sex;
    draft->persona.expiry_date = draft->expiry;
    return take_key(draft, error);
}

static bool
take_protocols(Draft *draft, GError **error)
{
    const SaoyPersona *persona = &draft->persona;

    if (!saoy_persona_access_parse(persona->access, persona->chip_auth, &draft->access,
                                   error) ||
        !saoy_persona_proof_parse(persona->active_auth, &draft->proof, error))
        return false;
    if (persona->extended != 0 && persona->extended != -1 &&
        (persona->extended < 256 || persona->extended > 65000))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "extended length is announced for 256 to 65000 bytes");
    return persona->extended != -1 || !draft->access.needs_extended ||
           saoy_fail(error, SAOY_ERROR_MALFORMED,
                     "these protocols do not go without extended length");
}

/* One key serves both kinds of chip authentication where they are on the same curve. */
static bool
make_keys(Draft *draft, GError **error)
{
    const SaoyPersonaAccess *access = &draft->access;

    if (access->chip_auth) {
        draft->chip_auth = saoy_persona_key(access->chip_auth_parameter, error);
        if (draft->chip_auth == NULL)
            return false;
    }
    if (access->mapping != 0 &&
        (!access->chip_auth || access->mapping != access->chip_auth_parameter)) {
        draft->mapping_auth = saoy_persona_key(access->mapping, error);
        if (draft->mapping_auth == NULL)
            return false;
    }
    if (draft->proof.offered)
        draft->active_auth = saoy_persona_proof_key(&draft->proof, error);
    return !draft->proof.offered || draft->active_auth != NULL;
}

static bool
make_groups(Draft *draft, GError **error)
{
    const SaoyPersona *persona = &draft->persona;

    draft->groups[2] =
        saoy_persona_dg2(saoy_view_of(persona->portrait), persona->iso39794, error);
    if (draft->groups[2] == NULL || !make_keys(draft, error))
        return false;
    draft->groups[1] = saoy_persona_dg1(draft->mrz);
    if (persona->details) {
        draft->groups[11] = saoy_persona_dg11(persona);
        draft->groups[12] = saoy_persona_dg12();
    }
    draft->groups[13] = saoy_persona_dg13(persona);
    if (draft->chip_auth != NULL || (draft->proof.offered && !draft->proof.rsa)) {
        draft->groups[14] =
            saoy_persona_dg14(&draft->access, draft->chip_auth, &draft->proof, error);
        if (draft->groups[14] == NULL)
            return false;
    }
    if (draft->active_auth != NULL)
        draft->groups[15] = saoy_persona_dg15(draft->active_auth, error);
    return draft->active_auth == NULL || draft->groups[15] != NULL;
}

static bool
make_master(Draft *draft, const SaoyIssuer *issuer, GError **error)
{
    EVP_PKEY *key = draft->mapping_auth != NULL ? draft->mapping_auth : draft->chip_auth;
    g_autoptr(SaoyArray) infos = NULL;

    draft->card_access = saoy_persona_access_file(&draft->access);
    if (draft->persona.extended > 0)
        draft->atr_info = saoy_persona_atr_info((unsigned)draft->persona.extended);
    if (draft->access.mapping == 0)
        return true;
    infos = saoy_persona_infos(&draft->access, key, NULL, error);
    draft->card_security =
        infos == NULL ? NULL
                      : saoy_card_security_sign(issuer, saoy_view_array(infos), error);
    return draft->card_security != NULL;
}

static bool
sign_groups(Draft *draft, const SaoyIssuer *issuer, GError **error)
{
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (draft->groups[n] != NULL)
            groups[n] = saoy_view_of(draft->groups[n]);
    draft->sod = saoy_sod_sign(issuer, groups, error);
    return draft->sod != NULL;
}

bool
saoy_persona_check(const SaoyPersona *persona, GError **error)
{
    g_auto(Draft) draft = { 0 };

    return take_person(&draft, persona, error) && take_protocols(&draft, error);
}

char *
saoy_persona_write(const SaoyPersona *persona, const char *folder, GError **error)
{
    g_auto(SaoyIssuer) issuer = { 0 };
    g_auto(Draft) draft = { 0 };

    if (persona->portrait == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "a person has a portrait");
    /* the issuer is made last: nothing is left in the folder when the person is refused */
    return take_person(&draft, persona, error) && take_protocols(&draft, error) &&
                   make_groups(&draft, error) &&
                   saoy_issuer_of_folder(folder, &issuer, error) &&
                   make_master(&draft, &issuer, error) &&
                   sign_groups(&draft, &issuer, error)
               ? saoy_persona_print(&draft, error)
               : NULL;
}

bool
saoy_persona_make(const SaoyPersona *persona, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = saoy_persona_write(persona, folder, error);

    return text != NULL &&
           saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}
