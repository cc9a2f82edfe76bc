#include "identity/chip.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/json.h"
#include "core/text.h"
#include "mrz.h"
#include "persona-files.h"
#include "persona-pki.h"
#include "tlv.h"

#include <string.h>

/* Everything about the person that the files are made of. */
typedef struct {
    char number[13], birth[11], expiry[11], mrz[91], key[40];
    char *name_vi, *name;
    GBytes *groups[SAOY_GROUP_MAX + 1];
    GBytes *sod;
    EVP_PKEY *chip_auth, *active_auth;
    SaoyPersona persona; /* borrows the above */
} Draft;

static void
draft_clear(Draft *draft)
{
    g_free(draft->name_vi);
    g_free(draft->name);
    for (unsigned i = 0; i <= SAOY_GROUP_MAX; i++)
        g_clear_pointer(&draft->groups[i], g_bytes_unref);
    g_clear_pointer(&draft->sod, g_bytes_unref);
    EVP_PKEY_free(draft->chip_auth);
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
    saoy_mrz_td1(draft->number, draft->name, birth, sex[0], expiry, draft->mrz);
    g_snprintf(draft->key, sizeof draft->key, "%.10s%.7s%.7s", draft->mrz + 5,
               draft->mrz + 30, draft->mrz + 38);
    draft->persona = (SaoyPersona){ .name_vi = draft->name_vi,
                                    .number = draft->number,
                                    .birth_date = draft->birth,
                                    .sex = sex,
                                    .expiry_date = draft->expiry,
                                    .portrait = persona->portrait };
    return true;
}

static bool
make_groups(Draft *draft, GError **error)
{
    draft->groups[2] = saoy_persona_dg2(saoy_view_of(draft->persona.portrait), error);
    if (draft->groups[2] == NULL)
        return false;
    draft->chip_auth = EVP_EC_gen("brainpoolP256r1");
    draft->active_auth = EVP_EC_gen("prime256v1");
    if (draft->chip_auth == NULL || draft->active_auth == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    draft->groups[1] = saoy_persona_dg1(draft->mrz);
    draft->groups[13] = saoy_persona_dg13(&draft->persona);
    draft->groups[14] = saoy_persona_dg14(draft->chip_auth, error);
    draft->groups[15] =
        draft->groups[14] == NULL ? NULL : saoy_persona_dg15(draft->active_auth, error);
    return draft->groups[15] != NULL;
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

static void
set_base64(SaoyJson *object, const char *key, SaoyView bytes)
{
    g_autofree char *text = g_base64_encode(bytes.data, bytes.size);

    saoy_json_set_string(object, key, text);
}

static bool
set_key(SaoyJson *object, const char *name, EVP_PKEY *key, GError **error)
{
    uint8_t *der = NULL;
    int size = i2d_PrivateKey(key, &der);

    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key");
    set_base64(object, name, (SaoyView){ der, (size_t)size });
    OPENSSL_clear_free(der, (size_t)size);
    return true;
}

static bool
write_draft(const Draft *draft, const char *path, GError **error)
{
    static const unsigned shown[] = { 1, 2, 13, 14, 15 };
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *files = saoy_json_object();
    SaoyJson *keys = saoy_json_object();
    g_autofree char *text = NULL;

    saoy_json_set_string(json, "format", "saoy-persona-1");
    saoy_json_set_string(json, "number", draft->number);
    saoy_json_set_string(json, "name", draft->name);
    saoy_json_set_string(json, "name_vi", draft->name_vi);
    saoy_json_set_string(json, "birth_date", draft->birth);
    saoy_json_set_string(json, "sex", draft->persona.sex);
    saoy_json_set_string(json, "expiry_date", draft->expiry);
    saoy_json_set_string(json, "can", draft->number + 6);
    saoy_json_set_string(json, "mrz", draft->mrz);
    saoy_json_set_string(json, "mrz_key", draft->key);
    saoy_json_set(json, "files", files);
    saoy_json_set(json, "keys", keys);
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        char name[8];

        g_snprintf(name, sizeof name, "dg%u", shown[i]);
        set_base64(files, name, saoy_view_of(draft->groups[shown[i]]));
    }
    set_base64(files, "sod", saoy_view_of(draft->sod));
    if (!set_key(keys, "chip_auth", draft->chip_auth, error) ||
        !set_key(keys, "active_auth", draft->active_auth, error))
        return false;
    text = saoy_json_print_pretty(json);
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)text, strlen(text) }, error);
}

bool
saoy_persona_check(const SaoyPersona *persona, GError **error)
{
    g_auto(Draft) draft = { 0 };

    return take_person(&draft, persona, error);
}

bool
saoy_persona_make(const SaoyPersona *persona, const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_auto(SaoyIssuer) issuer = { 0 };
    g_auto(Draft) draft = { 0 };

    if (persona->portrait == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a person has a portrait");
    /* the issuer is made last: nothing is left in the folder when the person is refused */
    return take_person(&draft, persona, error) && make_groups(&draft, error) &&
           saoy_issuer_of_folder(folder, &issuer, error) &&
           sign_groups(&draft, &issuer, error) && write_draft(&draft, path, error);
}
