#include "identity/reader.h"

#include "activeauth.h"
#include "bac.h"
#include "cam.h"
#include "chipauth.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "csca.h"
#include "ef.h"
#include "facts.h"
#include "lds.h"

#include <glib/gi18n.h>
#include <string.h>

/* DG2 of a card holds 15-20 KiB; a passport's may hold a picture four times as large. */
#define MAX_DG2 (128u * 1024)
#define MAX_FILE (32u * 1024)
#define MAX_CARD_ACCESS 4096u

/* Only what is asked for is read; the picture last, as it takes longest. DG14 comes first:
 * all the rest then travels under the keys of a chip that has proven itself. */
static const struct {
    unsigned group;
    const char *name;
    unsigned max;
} order[] = {
    { 1, "DG1", MAX_FILE },
    { 13, "DG13", MAX_FILE },
    { 15, "DG15", MAX_FILE },
    { 2, "DG2", MAX_DG2 },
};
#define GROUPS_READ 5 /* with DG14 */

typedef struct {
    SaoyLink link;
    const SaoyAccessKey *key;
    const SaoyReadPolicy *policy;
    SaoyReadProgress *progress;
    void *user;

    bool pace_announced, pace_usable;
    bool cam_done; /* the chip has proven a key that its issuer has signed */
    SaoyPaceInfo pace;
    SaoyGroups groups;
    uint16_t selected; /* file that stands selected already, 0: none */
    SaoyLdsFiles files;
    unsigned done, total;

    unsigned step_apdus; /* where the running step began */
    size_t step_bytes;
    int64_t step_us;
    SaoyIdentity who;
} Reading;

static void
reading_clear(Reading *reading)
{
    saoy_link_clear(&reading->link);
    g_clear_pointer(&reading->files.sod, g_bytes_unref);
    for (unsigned i = 0; i <= SAOY_GROUP_MAX; i++)
        g_clear_pointer(&reading->files.groups[i], g_bytes_unref);
    saoy_identity_clear(&reading->who);
    explicit_bzero(reading, sizeof *reading);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static void
end_step(Reading *reading, const char *name)
{
    int64_t now = saoy_clock_mono_us();

    if (reading->who.n_steps < G_N_ELEMENTS(reading->who.steps))
        reading->who.steps[reading->who.n_steps++] = (SaoyReadStep){
            .name = name,
            .apdus = reading->link.apdus - reading->step_apdus,
            .bytes = reading->link.bytes - reading->step_bytes,
            .ms = (double)(now - reading->step_us) / 1000.0,
        };
    reading->step_apdus = reading->link.apdus;
    reading->step_bytes = reading->link.bytes;
    reading->step_us = now;
    if (reading->progress != NULL)
        reading->progress(name, reading->done, reading->total, reading->user);
}

/* EF.CardAccess can be read by anybody. Many cards answer 6D00 to SELECT MF, so the file is
 * asked for directly; who does not find it there is asked below the master file. */
static bool
read_card_access(Reading *reading, GError **error)
{
    g_autoptr(GBytes) file = NULL;
    g_autoptr(GError) ignored = NULL;
    uint16_t sw = 0;

    if (!saoy_ef_select(&reading->link, SAOY_EF_CARD_ACCESS, &sw, error))
        return false;
    if (sw != SAOY_SW_OK &&
        (!saoy_master_select(&reading->link, &sw, error) ||
         !saoy_ef_select(&reading->link, SAOY_EF_CARD_ACCESS, &sw, error)))
        return false;
    if (sw == SAOY_SW_OK) {
        file = saoy_ef_fetch(&reading->link, MAX_CARD_ACCESS, &ignored);
        if (file == NULL && !g_error_matches(ignored, SAOY_ERROR, SAOY_ERROR_REFUSED)) {
            g_propagate_error(error, g_steal_pointer(&ignored));
            return false;
        }
    }
    if (file != NULL)
        reading->pace_usable = saoy_card_access_parse(saoy_view_of(file), &reading->pace,
                                                      &reading->pace_announced, NULL);
    end_step(reading, "CardAccess");
    return true;
}

static bool
select_application(Reading *reading, GError **error)
{
    uint16_t sw = 0;

    if (!saoy_application_select(&reading->link, &sw, error))
        return false;
    return sw == SAOY_SW_OK ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "no passport application (%04x)", sw);
}

/* NULL without error: the chip has no such file or does not show it. */
static GBytes *
read_file(Reading *reading, uint16_t id, size_t max, GError **error)
{
    g_autoptr(GError) why = NULL;
    GBytes *file = NULL;
    uint16_t sw = SAOY_SW_OK;

    if (reading->selected != id && !saoy_ef_select(&reading->link, id, &sw, error))
        return NULL;
    reading->selected = 0;
    if (sw == SAOY_SW_OK)
        file = saoy_ef_fetch(&reading->link, max, &why);
    if (!reading->link.sm.active) {
        g_clear_pointer(&file, g_bytes_unref);
        if (why == NULL)
            return saoy_null(error, SAOY_ERROR_UNTRUSTED, "the chip has ended the session");
    }
    if (why != NULL && !g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED))
        g_propagate_error(error, g_steal_pointer(&why));
    return file;
}

/* Chip authentication mapping: EF.CardSecurity says whose key was proven. Nobody vouches
 * for that file but its own signature, so it counts only under a known issuer. */
static void
judge_cam(Reading *reading, const SaoyCam *cam, GBytes *file)
{
    g_autoptr(GBytes) infos = NULL;

    reading->who.chip_auth =
        saoy_card_security_check(saoy_view_of(file), reading->policy, &infos);
    if (infos != NULL &&
        !saoy_cam_check(reading->pace.parameter, cam, saoy_view_of(infos), NULL))
        reading->who.chip_auth = SAOY_PROOF_FAILED;
    reading->cam_done = reading->who.chip_auth == SAOY_PROOF_DONE;
}

static bool
read_card_security(Reading *reading, const SaoyCam *cam, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) file = read_file(reading, SAOY_EF_CARD_SECURITY, MAX_FILE, &why);

    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.CardSecurity: ");
        return false;
    }
    if (file != NULL)
        judge_cam(reading, cam, file);
    else
        reading->who.chip_auth = SAOY_PROOF_UNDECIDED;
    end_step(reading, "CAM");
    return true;
}

static bool
run_pace(Reading *reading, GError **error)
{
    bool can = reading->key->can[0] != '\0';
    g_auto(SaoyCam) cam = { 0 };

    if (!saoy_pace_run(&reading->link, &reading->pace, reading->key,
                       can ? SAOY_PASSWORD_CAN : SAOY_PASSWORD_MRZ, &cam, error))
        return false;
    g_strlcpy(reading->who.access, can ? "PACE-CAN" : "PACE-MRZ",
              sizeof reading->who.access);
    end_step(reading, can ? "PACE-CAN" : "PACE-MRZ");
    /* a chip that has failed chip authentication is not asked twice when it is reopened */
    if (cam.data != NULL && reading->who.chip_auth != SAOY_PROOF_FAILED &&
        !read_card_security(reading, &cam, error))
        return false;
    if (!select_application(reading, error))
        return false;
    end_step(reading, "select");
    return true;
}

static bool
run_bac(Reading *reading, GError **error)
{
    if (!reading->policy->allow_bac)
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         "the chip opens by BAC only, which the policy does not allow");
    if (reading->key->mrz_key[0] == '\0')
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         "the chip opens by BAC only, which needs the MRZ");
    saoy_sm_wipe(&reading->link.sm);
    if (!select_application(reading, error))
        return false;
    end_step(reading, "select");
    if (!saoy_bac_run(&reading->link, reading->key, error))
        return false;
    g_strlcpy(reading->who.access, "BAC", sizeof reading->who.access);
    reading->who.downgrade = reading->pace_announced;
    end_step(reading, "BAC");
    return true;
}

/* A chip that announces PACE and then does not do it is opened by BAC only by policy, and
 * the downgrade is recorded. A refused key is no reason to try something weaker. */
static bool
open_chip(Reading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!reading->pace_usable)
        return run_bac(reading, error);
    if (run_pace(reading, &why))
        return true;
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_FAILED) && reading->policy->allow_bac &&
        reading->key->mrz_key[0] != '\0')
        return run_bac(reading, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

static bool
read_group(Reading *reading, unsigned group, size_t max, const char *name, GError **error)
{
    g_autoptr(GError) why = NULL;

    if ((reading->groups & SAOY_GROUP(group)) == 0)
        return true;
    reading->files.groups[group] = read_file(reading, saoy_group_file(group), max, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", name);
        return false;
    }
    reading->done++;
    end_step(reading, name);
    return true;
}

static unsigned
count_groups(SaoyGroups groups)
{
    unsigned n = (groups & SAOY_GROUP(14)) != 0;

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        n += (groups & SAOY_GROUP(order[i].group)) != 0;
    return n;
}

/* EF.COM is not signed: it only saves asking for what is not there. */
static bool
read_com(Reading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) com = read_file(reading, SAOY_EF_COM, MAX_FILE, &why);

    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.COM: ");
        return false;
    }
    if (com == NULL || !saoy_com_parse(saoy_view_of(com), &reading->groups, NULL))
        reading->groups = SAOY_GROUP(1) | SAOY_GROUP(2) | SAOY_GROUP(13) | SAOY_GROUP(14) |
                          SAOY_GROUP(15);
    reading->total = count_groups(reading->groups);
    end_step(reading, "COM");
    return true;
}

/* The chip has its key only if it can speak under what was agreed with it: the next file is
 * selected for that. */
static bool
prove_new_keys(Reading *reading, GError **error)
{
    uint16_t sw = 0;

    if (!saoy_ef_select(&reading->link, saoy_group_file(1), &sw, error))
        return false;
    if (!reading->link.sm.active)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "chip authentication: the chip answers %04x", sw);
    reading->selected = sw == SAOY_SW_OK ? saoy_group_file(1) : 0;
    return true;
}

static bool
is_fatal(const GError *error)
{
    return error->domain != SAOY_ERROR || error->code == SAOY_ERROR_OFFLINE ||
           error->code == SAOY_ERROR_TIMEOUT;
}

/* A chip that fails it is read on, in a fresh session: what it says is evidence too. */
static bool
authenticate_chip(Reading *reading, GError **error)
{
    GBytes *file = reading->files.groups[14];
    g_autoptr(GError) why = NULL;
    SaoyDg14 dg14 = { 0 };

    if (file == NULL || reading->cam_done || reading->who.chip_auth == SAOY_PROOF_FAILED)
        return true;
    if (!saoy_dg14_parse(saoy_view_of(file), &dg14, NULL)) {
        reading->who.chip_auth = SAOY_PROOF_FAILED;
        return true;
    }
    if (!dg14.supported) {
        reading->who.chip_auth =
            dg14.offered ? SAOY_PROOF_UNDECIDED : SAOY_PROOF_NOT_OFFERED;
        return true;
    }
    if (saoy_chip_auth_run(&reading->link, &dg14, &why) && prove_new_keys(reading, &why)) {
        reading->who.chip_auth = SAOY_PROOF_DONE;
        end_step(reading, "CA");
        return true;
    }
    if (is_fatal(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    reading->who.chip_auth = SAOY_PROOF_FAILED;
    end_step(reading, "CA");
    return reading->link.sm.active || open_chip(reading, error);
}

/* Last of all: nothing is left to lose when a chip ends the session over it. */
static bool
challenge_chip(Reading *reading, GError **error)
{
    SaoyProof *proof = &reading->who.active_auth;
    g_autoptr(GError) why = NULL;
    SaoyDg14 dg14 = { 0 };
    SaoyView key = { 0 };

    if (reading->files.groups[15] == NULL)
        return true;
    *proof = SAOY_PROOF_FAILED;
    if (!saoy_dg15_parse(saoy_view_of(reading->files.groups[15]), &key, NULL))
        return true;
    if (reading->files.groups[14] != NULL)
        (void)saoy_dg14_parse(saoy_view_of(reading->files.groups[14]), &dg14, NULL);
    if (saoy_active_auth_run(&reading->link, key, dg14.active_digest, &why)) {
        *proof = SAOY_PROOF_DONE;
    } else if (is_fatal(why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    } else if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA)) {
        *proof = SAOY_PROOF_UNDECIDED;
    }
    end_step(reading, "AA");
    return true;
}

static bool
read_groups(Reading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!read_com(reading, error) || !read_group(reading, 14, MAX_FILE, "DG14", error) ||
        !authenticate_chip(reading, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        if (!read_group(reading, order[i].group, order[i].max, order[i].name, error))
            return false;
    reading->files.sod = read_file(reading, SAOY_EF_SOD, MAX_FILE, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.SOD: ");
        return false;
    }
    end_step(reading, "SOD");
    return challenge_chip(reading, error);
}

static void
check_passive(Reading *reading)
{
    const char *reason = N_("the chip has no security object");
    SaoyGroups vouched = 0;

    reading->who.passive = SAOY_PROOF_FAILED;
    if (reading->files.sod != NULL)
        reading->who.passive =
            saoy_passive_check(&reading->files, reading->policy, &reason, &vouched);
    g_strlcpy(reading->who.passive_reason, reason, sizeof reading->who.passive_reason);
    /* a key that no issuer vouches for proves nothing about the chip */
    if (reading->who.chip_auth == SAOY_PROOF_DONE && !reading->cam_done &&
        (vouched & SAOY_GROUP(14)) == 0)
        reading->who.chip_auth = SAOY_PROOF_UNDECIDED;
    if (reading->who.active_auth == SAOY_PROOF_DONE && (vouched & SAOY_GROUP(15)) == 0)
        reading->who.active_auth = SAOY_PROOF_UNDECIDED;
    end_step(reading, "passive");
}

bool
saoy_identity_read(SaoyChannel channel, const SaoyAccessKey *key,
                   const SaoyReadPolicy *policy, SaoyReadProgress *progress, void *user,
                   SaoyIdentity *out, GCancellable *cancel, GError **error)
{
    g_auto(Reading) reading = {
        .key = key,
        .policy = policy,
        .progress = progress,
        .user = user,
        .total = GROUPS_READ,
        .step_us = saoy_clock_mono_us(),
    };

    saoy_link_init(&reading.link, channel, cancel);
    if (!read_card_access(&reading, error) || !open_chip(&reading, error) ||
        !read_groups(&reading, error))
        return false;
    check_passive(&reading);
    if (!saoy_facts_take(&reading.files, &reading.who, error))
        return false;
    *out = reading.who;
    reading.who = (SaoyIdentity){ 0 };
    return true;
}
