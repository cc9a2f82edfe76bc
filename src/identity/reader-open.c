#include "bac.h"
#include "core/file.h"
#include "ef.h"
#include "reader-parts.h"
#include "tlv.h"

#include <string.h>

#define MAX_CARD_ACCESS 4096u

/* Many cards answer 6D00 to SELECT MF, so the file is asked for directly; who does not find
 * it there is asked below the master file, and then within the application. */
static bool
select_card_access(SaoyLink *link, uint16_t *out_sw, GError **error)
{
    bool (*const roads[])(SaoyLink *, uint16_t *, GError **) = { NULL, saoy_master_select,
                                                                 saoy_application_select };

    for (size_t i = 0; i < G_N_ELEMENTS(roads); i++) {
        if (roads[i] != NULL && !roads[i](link, out_sw, error))
            return false;
        if (!saoy_ef_select(link, SAOY_EF_CARD_ACCESS, out_sw, error))
            return false;
        if (*out_sw == SAOY_SW_OK || *out_sw == SAOY_SW_SECURITY)
            break;
    }
    return true;
}

/* NULL without error: not there, or not to be read before the chip is opened. */
static GBytes *
fetch_card_access(SaoyReading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;
    GBytes *file = NULL;
    uint16_t sw = 0;

    if (!select_card_access(&reading->link, &sw, error))
        return NULL;
    if (sw == SAOY_SW_OK)
        file = saoy_ef_fetch(&reading->link, MAX_CARD_ACCESS, &why);
    if (why != NULL && !g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED))
        g_propagate_error(error, g_steal_pointer(&why));
    return file;
}

static void
take_card_access(SaoyReading *reading, GBytes *file)
{
    reading->pace_usable = saoy_card_access_parse(saoy_view_of(file), &reading->pace,
                                                  &reading->pace_announced, NULL);
}

bool
saoy_reading_look(SaoyReading *reading, GError **error)
{
    g_autoptr(GBytes) file = NULL;
    g_autoptr(GError) why = NULL;
    size_t least = 0;

    if (reading->link.length == SAOY_LENGTH_TRIAL &&
        !saoy_atr_info_read(&reading->link, error))
        return false;
    least = reading->link.least;
    file = fetch_card_access(reading, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.CardAccess: ");
        return false;
    }
    if (file != NULL) {
        take_card_access(reading, file);
        reading->link.least = least + saoy_ef_least(&reading->link, g_bytes_get_size(file));
    }
    saoy_reading_step(reading, "CardAccess");
    return true;
}

void
saoy_reading_look_again(SaoyReading *reading)
{
    g_autoptr(GBytes) file = NULL;

    if (!g_str_equal(reading->who.access, "BAC") || reading->pace_announced ||
        !reading->link.sm.active)
        return;
    file = fetch_card_access(reading, NULL);
    if (file != NULL && reading->link.sm.active)
        take_card_access(reading, file);
    reading->who.downgrade = reading->pace_announced;
    saoy_reading_step(reading, "CardAccess");
}

void
saoy_reading_compare_access(SaoyReading *reading)
{
    GBytes *dg14 = reading->files.groups[14];
    SaoyView file = dg14 == NULL ? (SaoyView){ 0 } : saoy_view_of(dg14), infos = { 0 };
    bool usable = false, announced = false;
    SaoyPaceInfo best = { 0 };

    if (!saoy_tlv_take(&file, 0x6e, &infos, NULL))
        return;
    usable = saoy_card_access_parse(infos, &best, &announced, NULL);
    if (g_str_equal(reading->who.access, "BAC"))
        reading->who.downgrade = reading->who.downgrade || announced;
    else
        reading->who.downgrade = usable && saoy_pace_is_better(&best, &reading->pace);
}

static bool
select_application(SaoyReading *reading, GError **error)
{
    uint16_t sw = 0;

    if (!saoy_application_select(&reading->link, &sw, error))
        return false;
    return sw == SAOY_SW_OK ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "no passport application (%04x)", sw);
}

/* Chip authentication mapping: EF.CardSecurity says whose key was proven. Nobody vouches
 * for that file but its own signature, so it counts only under a known issuer. */
static void
judge_cam(SaoyReading *reading, const SaoyCam *cam, GBytes *file)
{
    g_autoptr(GBytes) infos = NULL;

    reading->who.chip_auth =
        saoy_card_security_check(saoy_view_of(file), &reading->policy, &infos);
    if (infos != NULL &&
        !saoy_cam_check(reading->pace.parameter, cam, saoy_view_of(infos), NULL))
        reading->who.chip_auth = SAOY_PROOF_FAILED;
    if (reading->who.chip_auth != SAOY_PROOF_DONE)
        return;
    g_clear_pointer(&reading->proven, g_bytes_unref);
    reading->proven = g_bytes_ref(file);
}

static bool
read_card_security(SaoyReading *reading, const SaoyCam *cam, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) file =
        saoy_reading_file(reading, SAOY_EF_CARD_SECURITY, SAOY_MAX_FILE, &why);

    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.CardSecurity: ");
        return false;
    }
    if (file != NULL)
        judge_cam(reading, cam, file);
    else
        reading->who.chip_auth = SAOY_PROOF_UNDECIDED;
    saoy_reading_step(reading, "CAM");
    return true;
}

static bool
run_pace(SaoyReading *reading, GError **error)
{
    bool can = reading->key.can[0] != '\0';
    const char *name = can ? "PACE-CAN" : "PACE-MRZ";
    g_auto(SaoyCam) cam = { 0 };

    if (!saoy_pace_run(&reading->link, &reading->pace, &reading->key,
                       can ? SAOY_PASSWORD_CAN : SAOY_PASSWORD_MRZ, &cam, error))
        return false;
    g_strlcpy(reading->who.access, name, sizeof reading->who.access);
    saoy_reading_step(reading, name);
    /* a chip that has failed chip authentication is not asked twice when it is reopened */
    if (cam.data != NULL && reading->who.chip_auth != SAOY_PROOF_FAILED &&
        !read_card_security(reading, &cam, error))
        return false;
    if (!select_application(reading, error))
        return false;
    saoy_reading_step(reading, "select");
    return true;
}

static bool
may_use_bac(const SaoyReading *reading, GError **error)
{
    if (!reading->policy.allow_bac)
        return saoy_fail(error, SAOY_ERROR_REFUSED,
                         "the chip opens by BAC only, which the policy does not allow");
    return reading->key.mrz_key[0] != '\0' ||
           saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                     "the chip opens by BAC only, which needs the MRZ");
}

static bool
run_bac(SaoyReading *reading, GError **error)
{
    if (!may_use_bac(reading, error))
        return false;
    saoy_sm_wipe(&reading->link.sm);
    if (!select_application(reading, error))
        return false;
    saoy_reading_step(reading, "select");
    if (!saoy_bac_run(&reading->link, &reading->key, error))
        return false;
    g_strlcpy(reading->who.access, "BAC", sizeof reading->who.access);
    reading->who.downgrade = reading->pace_announced;
    saoy_reading_step(reading, "BAC");
    return true;
}

/* A chip that announces PACE and then does not do it is opened by BAC only by policy, and
 * the downgrade is recorded. A refused key is no reason to try something weaker. */
bool
saoy_reading_open(SaoyReading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;

    reading->selected = 0;
    if (!reading->pace_usable)
        return run_bac(reading, error);
    if (run_pace(reading, &why))
        return true;
    if (!reading->link.broken && g_error_matches(why, SAOY_ERROR, SAOY_ERROR_FAILED) &&
        may_use_bac(reading, NULL))
        return run_bac(reading, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
