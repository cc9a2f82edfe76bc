/* The software chip's levers: one row a word. */
#include "chip-state.h"

#include "core/file.h"
#include "core/ossl.h"
#include "persona-access.h"
#include "persona-draft.h"
#include "persona-pki.h"
#include "tlv.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- levers that exchange a file --- */

static void
show(SaoyChip *chip, unsigned slot, GBytes *take)
{
    chip->selected = NULL;
    g_clear_pointer(&chip->changed[slot], g_bytes_unref);
    chip->changed[slot] = take;
}

/* The last byte of a file, to something that still parses (an MRZ ends in fillers). */
static bool
change_last_byte(SaoyChip *chip, unsigned slot)
{
    SaoyView file = { 0 };
    uint8_t *copy;

    if (slot >= SAOY_SLOT_N || chip->files[slot] == NULL)
        return false;
    file = saoy_view_of(chip->files[slot]);
    copy = g_memdup2(file.data, file.size);
    copy[file.size - 1] = copy[file.size - 1] == '<' ? 'X' : copy[file.size - 1] ^ 0x01;
    show(chip, slot, g_bytes_new_take(copy, file.size));
    return true;
}

static bool
is_group(const SaoyChip *chip, unsigned n)
{
    return n >= 1 && n <= SAOY_GROUP_MAX && chip->files[n] != NULL;
}

static bool
change_group(SaoyChip *chip, const char *text, unsigned n)
{
    return is_group(chip, n) && change_last_byte(chip, n);
}

static bool
change_sod(SaoyChip *chip, const char *text, unsigned n)
{
    return change_last_byte(chip, SAOY_SLOT_SOD);
}

/* 2 GiB are announced, and a little is there. */
static bool
swell(SaoyChip *chip, const char *text, unsigned n)
{
    uint8_t head[] = { 0x00, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x30, 0x00 };

    if (!is_group(chip, n))
        return false;
    head[0] = saoy_view_of(chip->files[n]).data[0];
    show(chip, n, g_bytes_new(head, sizeof head));
    return true;
}

/* Whole in its outer element, and nonsense inside. */
static bool
garble(SaoyChip *chip, const char *text, unsigned n)
{
    uint8_t bytes[64];

    if (!is_group(chip, n))
        return false;
    memset(bytes, 0xff, sizeof bytes);
    bytes[0] = saoy_view_of(chip->files[n]).data[0];
    bytes[1] = sizeof bytes - 2;
    show(chip, n, g_bytes_new(bytes, sizeof bytes));
    return true;
}

static void
view_groups(const SaoyChip *chip, SaoyView out[SAOY_GROUP_MAX + 1])
{
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (chip->files[n] != NULL)
            out[n] = saoy_view_of(chip->files[n]);
}

static bool
show_sod(SaoyChip *chip, GBytes *take)
{
    if (take != NULL)
        show(chip, SAOY_SLOT_SOD, take);
    return take != NULL;
}

static bool
sign_elsewhere(SaoyChip *chip, const char *text, unsigned n)
{
    g_auto(SaoyIssuer) foreign = { 0 };
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    view_groups(chip, groups);
    return saoy_issuer_new("CSCA of somebody else", &foreign, NULL) &&
           show_sod(chip, saoy_sod_sign(&foreign, groups, NULL));
}

/* By another document signer of the same issuer, whose key lies beside the persona. */
static bool
sign_again(SaoyChip *chip, const SaoySignerPlan *plan,
           const SaoyView groups[SAOY_GROUP_MAX + 1], bool revoke)
{
    g_autofree char *key = g_build_filename(chip->folder, "csca.key", NULL);
    g_auto(SaoyIssuer) issuer = { 0 };
    g_auto(SaoyIssuer) signer = { 0 };

    return g_file_test(key, G_FILE_TEST_EXISTS) &&
           saoy_issuer_of_folder(chip->folder, &issuer, NULL) &&
           saoy_document_signer_new(&issuer, plan, &signer, NULL) &&
           (!revoke || saoy_crl_write(chip->folder, &issuer, signer.certificate, NULL)) &&
           show_sod(chip, saoy_sod_sign_by(&signer, plan, groups, NULL));
}

static bool
sign_wrong_hash(SaoyChip *chip, const char *text, unsigned n)
{
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    if (!is_group(chip, n))
        return false;
    view_groups(chip, groups);
    groups[n].size--;
    return sign_again(chip, NULL, groups, false);
}

static bool
sign_by(SaoyChip *chip, const SaoySignerPlan *plan, bool revoke)
{
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    view_groups(chip, groups);
    return sign_again(chip, plan, groups, revoke);
}

static bool
sign_late(SaoyChip *chip, const char *text, unsigned n)
{
    return sign_by(chip, &(SaoySignerPlan){ .from_day = -400, .days = 365 }, false);
}

static bool
sign_revoked(SaoyChip *chip, const char *text, unsigned n)
{
    return sign_by(chip, NULL, true);
}

static bool
sign_sha1(SaoyChip *chip, const char *text, unsigned n)
{
    return sign_by(chip, &(SaoySignerPlan){ .digest = NID_sha1 }, false);
}

static bool
sign_pss(SaoyChip *chip, const char *text, unsigned n)
{
    return sign_by(chip, &(SaoySignerPlan){ .kind = SAOY_SIGNS_PSS }, false);
}

static bool
announce(SaoyChip *chip, const char *text, unsigned n)
{
    SaoyPersonaAccess access = { 0 };

    if (!saoy_persona_access_parse(text, "none", &access, NULL) || access.n_pace == 0)
        return false;
    chip->selected = NULL;
    g_clear_pointer(&chip->announced, g_bytes_unref);
    chip->announced = saoy_persona_access_file(&access);
    return true;
}

static bool
extend(SaoyChip *chip, const char *text, unsigned n)
{
    if (n < 256)
        return false;
    chip->selected = NULL;
    g_clear_pointer(&chip->extended_info, g_bytes_unref);
    chip->extended_info = saoy_persona_atr_info(n);
    return true;
}

static bool
extend_falsely(SaoyChip *chip, const char *text, unsigned n)
{
    return extend(chip, text, 65000);
}

/* --- another card --- */

/* Her card has the same six digits and the same issuer: only what it says is different. */
static SaoyChip *
make_other(const SaoyChip *chip)
{
    g_autofree char *number = g_strdup_printf("001190%.6s", chip->key.can);
    g_autoptr(GBytes) portrait = NULL;
    g_autofree char *json = NULL;
    SaoyFaceImage face = { 0 };

    if (chip->key.can[0] == '\0' || chip->files[2] == NULL ||
        !saoy_dg2_parse(saoy_view_of(chip->files[2]), &face, NULL))
        return NULL;
    portrait = g_bytes_new(face.picture.data, face.picture.size);
    json = saoy_persona_write(&(SaoyPersona){ .name_vi = "Trần Thị Khác",
                                              .number = number,
                                              .sex = "F",
                                              .portrait = portrait },
                              chip->folder, NULL);
    return json == NULL ? NULL
                        : saoy_chip_parse((SaoyView){ (const uint8_t *)json, strlen(json) },
                                          chip->folder, NULL);
}

static bool
put_other(SaoyChip *chip, const char *text, unsigned n)
{
    g_autofree char *key = g_build_filename(chip->folder, "csca.key", NULL);

    g_clear_pointer(&chip->other, saoy_chip_close);
    if (g_file_test(key, G_FILE_TEST_EXISTS))
        chip->other = make_other(chip);
    return chip->other != NULL;
}

/* --- the table --- */

static bool
let_go(SaoyChip *chip, const char *text, unsigned n)
{
    saoy_chip_clear_levers(chip);
    return true;
}

typedef struct {
    SaoyChipLever shown;
    SaoyLever lever;
    bool (*run)(SaoyChip *chip, const char *text, unsigned n); /* may be NULL */
} Row;

/* clang-format off */
static const Row rows[] = {
    { { "clear", NULL, N_("as it should be") }, SAOY_LEVER_NONE, let_go },

    { { "access", "LIST", N_("opened by these protocols instead, such as ecdh-cam-aes128-13") },
      SAOY_LEVER_NONE, announce },
    { { "no-bac", NULL, N_("does not know BAC") }, SAOY_LEVER_NO_BAC, NULL },
    { { "selects-mf", NULL, N_("knows how to select the master file") },
      SAOY_LEVER_SELECTS_MF, NULL },
    { { "access-in-mf", NULL, N_("shows EF.CardAccess only in the selected master file") },
      SAOY_LEVER_ACCESS_IN_MF, NULL },
    { { "access-in-application", NULL, N_("shows EF.CardAccess only in the application") },
      SAOY_LEVER_ACCESS_IN_APPLICATION, NULL },
    { { "access-shut", NULL, N_("shows EF.CardAccess only once it is open") },
      SAOY_LEVER_ACCESS_SHUT, NULL },
    { { "no-p2-0c", NULL, N_("selects only with an answer (P2 00)") },
      SAOY_LEVER_NO_P2_0C, NULL },
    { { "select-wants-le", NULL, N_("selects only with Le") },
      SAOY_LEVER_SELECT_WANTS_LE, NULL },
    { { "select-refuses-le", NULL, N_("selects only without Le") },
      SAOY_LEVER_SELECT_REFUSES_LE, NULL },
    { { "mse-wants-le", NULL, N_("takes MSE only with Le") },
      SAOY_LEVER_MSE_WANTS_LE, NULL },
    { { "mse-refuses-le", NULL, N_("takes MSE only without Le") },
      SAOY_LEVER_MSE_REFUSES_LE, NULL },
    { { "auth-wants-le", NULL, N_("begins PACE only with Le") },
      SAOY_LEVER_AUTH_WANTS_LE, NULL },
    { { "auth-refuses-le", NULL, N_("begins PACE only without Le") },
      SAOY_LEVER_AUTH_REFUSES_LE, NULL },
    { { "mse-strict", NULL, N_("takes no parameter id for PACE") },
      SAOY_LEVER_MSE_STRICT, NULL },
    { { "short-answers", "N", N_("reads at most N bytes at once") },
      SAOY_LEVER_SHORT_ANSWERS, NULL },
    { { "strict-end", NULL, N_("reads nothing when the end comes first (6700)") },
      SAOY_LEVER_STRICT_END, NULL },
    { { "exact-le", NULL, N_("says how much is left instead of reading it (6Cxx)") },
      SAOY_LEVER_EXACT_LE, NULL },
    { { "get-response", NULL, N_("has its answers fetched (61xx)") },
      SAOY_LEVER_GET_RESPONSE, NULL },
    { { "sfi-only", NULL, N_("knows files by short identifiers only") },
      SAOY_LEVER_SFI_ONLY, NULL },
    { { "no-sfi", NULL, N_("knows no short file identifiers") }, SAOY_LEVER_NO_SFI, NULL },
    { { "extended", "N", N_("announces commands and answers of up to N bytes") },
      SAOY_LEVER_EXTENDED, extend },
    { { "extended-lies", NULL, N_("announces extended length, but refuses it") },
      SAOY_LEVER_EXTENDED_LIES, extend_falsely },
    { { "no-extended", NULL, N_("does not know extended length") },
      SAOY_LEVER_NO_EXTENDED, NULL },
    { { "pss-signer", NULL, N_("signed with RSASSA-PSS") }, SAOY_LEVER_NONE, sign_pss },
    { { "slow", "N", N_("takes N milliseconds for each answer") }, SAOY_LEVER_SLOW, NULL },

    { { "pulled-after", "N", N_("taken away after N commands") },
      SAOY_LEVER_PULLED_AFTER, NULL },
    { { "pulled-once", "N", N_("taken away after N commands, and laid back") },
      SAOY_LEVER_PULLED_ONCE, NULL },
    { { "other-card", "N", N_("after N commands another card with the same digits lies there") },
      SAOY_LEVER_OTHER_CARD, put_other },
    { { "ends-session", "N", N_("ends the session once, after N commands") },
      SAOY_LEVER_ENDS_SESSION, NULL },
    { { "no-pace", NULL, N_("announced, but refused") }, SAOY_LEVER_NO_PACE, NULL },
    { { "wrong-token", NULL, N_("does not know its own digits") },
      SAOY_LEVER_WRONG_TOKEN, NULL },
    { { "pace-then-6300", NULL, N_("opened, then refuses everything") },
      SAOY_LEVER_PACE_6300, NULL },
    { { "wrong-mac", NULL, N_("answers are tampered with") }, SAOY_LEVER_WRONG_MAC, NULL },
    { { "wrong-mac-after", "N", N_("answers are tampered with, after N commands") },
      SAOY_LEVER_WRONG_MAC, NULL },
    { { "huge-dg", "N", N_("data group N announces 2 GB") }, SAOY_LEVER_NONE, swell },
    { { "garbage-dg", "N", N_("data group N is nonsense") }, SAOY_LEVER_NONE, garble },
    { { "endless-61", NULL, N_("answers never end (61xx)") },
      SAOY_LEVER_ENDLESS_61, NULL },
    { { "endless-6c", NULL, N_("always wants another Le (6Cxx)") },
      SAOY_LEVER_ENDLESS_6C, NULL },
    { { "wrong-sod", NULL, N_("the chip's signature is false") },
      SAOY_LEVER_NONE, change_sod },
    { { "wrong-hash", "N", N_("signed with another hash of data group N") },
      SAOY_LEVER_NONE, sign_wrong_hash },
    { { "changed-dg", "N", N_("data group N was changed") },
      SAOY_LEVER_NONE, change_group },
    { { "foreign-csca", NULL, N_("signed by another issuer") },
      SAOY_LEVER_NONE, sign_elsewhere },
    { { "expired-signer", NULL, N_("signed with a certificate that has expired") },
      SAOY_LEVER_NONE, sign_late },
    { { "revoked-signer", NULL, N_("signed with a certificate that its issuer has revoked") },
      SAOY_LEVER_NONE, sign_revoked },
    { { "sha1-signer", NULL, N_("signed with the old and weak digest SHA-1") },
      SAOY_LEVER_NONE, sign_sha1 },
    { { "clone", NULL, N_("without the chip's own key") }, SAOY_LEVER_CLONE, NULL },
    { { "no-aa", NULL, N_("refuses active authentication") }, SAOY_LEVER_NO_AA, NULL },
    { { "wrong-aa", NULL, N_("active authentication with another key") },
      SAOY_LEVER_WRONG_AA, NULL },
};
/* clang-format on */

const SaoyChipLever *
saoy_chip_lever(size_t i)
{
    return i < G_N_ELEMENTS(rows) ? &rows[i].shown : NULL;
}

/* The row whose word is the first of the text, with its argument. */
static const Row *
find_row(const char *text, const char **out_argument, unsigned *out_n)
{
    const char *space = strchr(text, ' ');
    size_t size = space == NULL ? strlen(text) : (size_t)(space - text);
    guint64 n = 0;

    *out_argument = space == NULL ? NULL : space + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SaoyChipLever *shown = &rows[i].shown;

        if (strlen(shown->word) != size || strncmp(shown->word, text, size) != 0)
            continue;
        if ((shown->argument == NULL) != (space == NULL) ||
            (g_strcmp0(shown->argument, "N") == 0 &&
             !g_ascii_string_to_unsigned(space + 1, 10, 0, 65535, &n, NULL)))
            return NULL;
        *out_n = (unsigned)n;
        return &rows[i];
    }
    return NULL;
}

bool
saoy_chip_fault(SaoyChip *chip, const char *lever)
{
    const char *argument = NULL;
    unsigned n = 0;
    const Row *row = find_row(lever, &argument, &n);

    if (row == NULL || (row->run != NULL && !row->run(chip, argument, n)))
        return false;
    if (row->lever != SAOY_LEVER_NONE) {
        chip->levers[row->lever].on = true;
        chip->levers[row->lever].n = n;
    }
    if (row->lever != SAOY_LEVER_SLOW)
        chip->seen = 0;
    return true;
}

void
saoy_chip_clear_levers(SaoyChip *chip)
{
    for (unsigned i = 0; i < SAOY_SLOT_N; i++)
        g_clear_pointer(&chip->changed[i], g_bytes_unref);
    g_clear_pointer(&chip->announced, g_bytes_unref);
    g_clear_pointer(&chip->extended_info, g_bytes_unref);
    g_clear_pointer(&chip->other, saoy_chip_close);
    memset(chip->levers, 0, sizeof chip->levers);
    chip->selected = NULL;
    chip->pulled = chip->swapped = false;
}
