#include "reader-parts.h"

#include "activeauth.h"
#include "chipauth.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "ef.h"
#include "facts.h"

#include <glib/gi18n.h>
#include <string.h>

/* DG2 of a card holds 15-20 KiB; a passport's may hold a picture four times as large. */
#define MAX_DG2 (128u * 1024)
#define PROOF_TRIES 2
#define MAX_OPENED 3 /* times, in one run: first, and after each kind of falling back */

/* Only what is asked for is read; the picture last, as it takes longest. DG14 comes first:
 * all the rest then travels under the keys of a chip that has proven itself. */
static const struct {
    unsigned group;
    const char *name;
    unsigned max;
} order[] = {
    { 14, "DG14", SAOY_MAX_FILE }, { 1, "DG1", SAOY_MAX_FILE },
    { 11, "DG11", SAOY_MAX_FILE }, { 12, "DG12", SAOY_MAX_FILE },
    { 13, "DG13", SAOY_MAX_FILE }, { 15, "DG15", SAOY_MAX_FILE },
    { 2, "DG2", MAX_DG2 },
};

static SaoyGroups
wanted_groups(void)
{
    SaoyGroups wanted = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        wanted |= SAOY_GROUP(order[i].group);
    return wanted;
}

static unsigned
count(SaoyGroups groups)
{
    return (unsigned)__builtin_popcount(groups);
}

static void
drop_kept(SaoyReading *reading)
{
    g_clear_pointer(&reading->files.sod, g_bytes_unref);
    for (unsigned i = 0; i <= SAOY_GROUP_MAX; i++)
        g_clear_pointer(&reading->files.groups[i], g_bytes_unref);
    g_clear_pointer(&reading->kept, g_bytes_unref);
    reading->groups = reading->done = 0;
}

static void
end_run(SaoyReading *reading)
{
    saoy_link_clear(&reading->link);
    saoy_identity_clear(&reading->who);
    g_clear_pointer(&reading->proven, g_bytes_unref);
    reading->pace_announced = reading->pace_usable = false;
}

SaoyReading *
saoy_reading_new(const SaoyAccessKey *key, const SaoyReadPolicy *policy)
{
    SaoyReading *reading = g_new0(SaoyReading, 1);

    reading->key = *key;
    reading->policy = *policy;
    reading->policy.trust = reading->trust = g_strdup(policy->trust);
    return reading;
}

void
saoy_reading_free(SaoyReading *reading)
{
    if (reading == NULL)
        return;
    drop_kept(reading);
    end_run(reading);
    g_free(reading->trust);
    explicit_bzero(reading, sizeof *reading);
    g_free(reading);
}

void
saoy_reading_step(SaoyReading *reading, const char *name)
{
    const SaoyLink *link = &reading->link;
    int64_t now = saoy_clock_mono_us();

    if (reading->who.n_steps < G_N_ELEMENTS(reading->who.steps))
        reading->who.steps[reading->who.n_steps++] = (SaoyReadStep){
            .name = name,
            .apdus = link->apdus - reading->step_apdus,
            .bytes = link->bytes - reading->step_bytes,
            .least_bytes = link->least - reading->step_least,
            .ms = (double)(now - reading->step_us) / 1000.0,
        };
    reading->step_apdus = link->apdus;
    reading->step_bytes = link->bytes;
    reading->step_least = link->least;
    reading->step_us = now;
    if (reading->progress != NULL)
        reading->progress(name, count(reading->done & reading->groups),
                          count(reading->groups == 0 ? wanted_groups() : reading->groups),
                          reading->user);
}

GBytes *
saoy_reading_file(SaoyReading *reading, uint16_t id, size_t max, GError **error)
{
    SaoyLink *link = &reading->link;
    g_autoptr(GError) why = NULL;
    bool selected = reading->selected == id;
    size_t least = link->least - (selected ? saoy_ef_least(link, 0) : 0);
    GBytes *file = NULL;
    uint16_t sw = SAOY_SW_OK;

    reading->selected = 0;
    if (!selected && !saoy_ef_select(link, id, &sw, error))
        return NULL;
    if (sw == SAOY_SW_OK)
        file = saoy_ef_fetch(link, max, &why);
    if (why != NULL && !g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED)) {
        g_propagate_error(error, g_steal_pointer(&why));
    } else if (!link->sm.active) {
        g_clear_pointer(&file, g_bytes_unref);
        /* nothing is believed of it; laid down again, it may do better */
        saoy_set_error(error, SAOY_ERROR_OFFLINE, "the chip has ended the session (%04x)",
                       link->sw);
    }
    if (file != NULL)
        link->least = least + saoy_ef_least(link, g_bytes_get_size(file));
    return file;
}

/* EF.COM is not signed: it only saves asking for what is not there. */
static bool
read_com(SaoyReading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) com = NULL;
    SaoyGroups listed = 0;

    if (reading->groups != 0)
        return true;
    com = saoy_reading_file(reading, SAOY_EF_COM, SAOY_MAX_FILE, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.COM: ");
        return false;
    }
    if (com == NULL || !saoy_com_parse(saoy_view_of(com), &listed, NULL) ||
        (listed & wanted_groups()) == 0)
        listed = wanted_groups();
    reading->groups = listed & wanted_groups();
    saoy_reading_step(reading, "COM");
    return true;
}

/* Replaces what is there of an earlier run only when it has been read again. */
static bool
read_group(SaoyReading *reading, size_t i, GError **error)
{
    GBytes **slot = &reading->files.groups[order[i].group];
    g_autoptr(GError) why = NULL;
    GBytes *file = NULL;

    if ((reading->groups & SAOY_GROUP(order[i].group)) == 0)
        return true;
    file = saoy_reading_file(reading, saoy_group_file(order[i].group), order[i].max, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", order[i].name);
        return false;
    }
    g_clear_pointer(slot, g_bytes_unref);
    *slot = file;
    reading->done |= SAOY_GROUP(order[i].group);
    saoy_reading_step(reading, order[i].name);
    return true;
}

/* The chip has its key only if it can speak under what was agreed with it: the next file is
 * selected for that. */
static bool
prove_new_keys(SaoyReading *reading, GError **error)
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

/* Nothing that a chip has said: no verdict over it either. */
static bool
is_fatal(const SaoyReading *reading, const GError *error)
{
    return error->domain != SAOY_ERROR || reading->link.broken || reading->link.fell_back ||
           error->code == SAOY_ERROR_OFFLINE || error->code == SAOY_ERROR_TIMEOUT;
}

static bool
needs_chip_auth(SaoyReading *reading, SaoyDg14 *out)
{
    GBytes *file = reading->files.groups[14];
    SaoyProof *proof = &reading->who.chip_auth;

    if (file == NULL || *proof == SAOY_PROOF_DONE || *proof == SAOY_PROOF_FAILED)
        return false;
    if (!saoy_dg14_parse(saoy_view_of(file), out, NULL))
        *proof = SAOY_PROOF_FAILED;
    else if (!out->supported && *proof == SAOY_PROOF_NOT_OFFERED)
        *proof = out->offered ? SAOY_PROOF_UNDECIDED : SAOY_PROOF_NOT_OFFERED;
    return *proof != SAOY_PROOF_FAILED && out->supported;
}

static bool
try_chip_auth(SaoyReading *reading, const SaoyDg14 *dg14, GError **error)
{
    if (!saoy_chip_auth_run(&reading->link, dg14, error) || !prove_new_keys(reading, error))
        return false;
    reading->who.chip_auth = SAOY_PROOF_DONE;
    g_clear_pointer(&reading->proven, g_bytes_unref);
    reading->proven = g_bytes_ref(reading->files.groups[14]);
    return true;
}

/* A chip that fails it is read on, in a fresh session: what it says is evidence too. Where
 * the session went with it, it is asked once more: one may also be lost just then. */
static bool
authenticate_chip(SaoyReading *reading, GError **error)
{
    SaoyDg14 dg14 = { 0 };

    if (!needs_chip_auth(reading, &dg14))
        return true;
    for (unsigned tries = 1; tries <= PROOF_TRIES; tries++) {
        g_autoptr(GError) why = NULL;

        if (try_chip_auth(reading, &dg14, &why))
            break;
        if (is_fatal(reading, why)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        if (reading->link.sm.active || tries == PROOF_TRIES)
            reading->who.chip_auth = SAOY_PROOF_FAILED;
        if (reading->link.sm.active)
            break;
        if (!saoy_reading_open(reading, error))
            return false;
    }
    saoy_reading_step(reading, "CA");
    return true;
}

/* A chip may excuse itself with a length only where its key's answer is so long. */
static bool
is_cut_off(const SaoyReading *reading, SaoyView key)
{
    return reading->link.sw == SAOY_SW_WRONG_LENGTH &&
           saoy_active_auth_is_too_long(&reading->link, key);
}

/* Once more where the session went with it, as above. */
static bool
run_active_auth(SaoyReading *reading, SaoyView key, int digest, GError **error)
{
    if (saoy_active_auth_run(&reading->link, key, digest, error))
        return true;
    if (reading->link.sm.active || is_fatal(reading, *error) || is_cut_off(reading, key))
        return false;
    g_clear_error(error);
    return saoy_reading_open(reading, error) &&
           saoy_active_auth_run(&reading->link, key, digest, error);
}

/* Last of all: nothing is left to lose when a chip ends the session over it. */
static bool
challenge_chip(SaoyReading *reading, GError **error)
{
    SaoyProof *proof = &reading->who.active_auth;
    g_autoptr(GError) why = NULL;
    SaoyDg14 dg14 = { 0 };
    SaoyView key = { 0 };

    if (reading->files.groups[15] == NULL)
        return true;
    *proof = SAOY_PROOF_FAILED;
    reading->challenge_refused = false;
    if (!saoy_dg15_parse(saoy_view_of(reading->files.groups[15]), &key, NULL))
        return true;
    if (reading->files.groups[14] != NULL)
        (void)saoy_dg14_parse(saoy_view_of(reading->files.groups[14]), &dg14, NULL);
    if (run_active_auth(reading, key, dg14.active_digest, &why)) {
        *proof = SAOY_PROOF_DONE;
    } else if (is_fatal(reading, why)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    } else if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA) ||
               is_cut_off(reading, key)) {
        *proof = SAOY_PROOF_UNDECIDED; /* or its answer does not fit through this reader */
    } else if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_FAILED)) {
        reading->challenge_refused = true;
    }
    saoy_reading_step(reading, "AA");
    return true;
}

/* What this run has read stays: the key of another chip, or of one that cannot prove it. */
static void
start_over(SaoyReading *reading)
{
    GBytes *fresh = g_steal_pointer(&reading->files.groups[14]);

    drop_kept(reading);
    reading->files.groups[14] = fresh;
    reading->done = fresh != NULL ? SAOY_GROUP(14) : 0;
}

/* DG14 first. What an earlier run has read is believed only when the same key as then has
 * been proven again: then it is the same chip. Else all is read anew. */
static bool
meet_chip(SaoyReading *reading, GError **error)
{
    if (reading->kept == NULL)
        drop_kept(reading);
    if (!read_com(reading, error) || !read_group(reading, 0, error) ||
        !authenticate_chip(reading, error))
        return false;
    if (reading->kept != NULL &&
        (reading->proven == NULL || !g_bytes_equal(reading->kept, reading->proven))) {
        start_over(reading);
        if (!read_com(reading, error))
            return false;
        if (reading->done == 0 &&
            (!read_group(reading, 0, error) || !authenticate_chip(reading, error)))
            return false;
    }
    g_clear_pointer(&reading->kept, g_bytes_unref);
    reading->kept = reading->proven == NULL ? NULL : g_bytes_ref(reading->proven);
    return true;
}

static bool
read_sod(SaoyReading *reading, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (reading->files.sod != NULL)
        return true;
    reading->files.sod = saoy_reading_file(reading, SAOY_EF_SOD, SAOY_MAX_FILE, &why);
    if (why != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why), "EF.SOD: ");
        return false;
    }
    saoy_reading_step(reading, "SOD");
    return true;
}

static bool
read_once(SaoyReading *reading, GError **error)
{
    saoy_sm_wipe(&reading->link.sm);
    reading->link.fell_back = reading->link.broken = false;
    reading->who.chip_auth = reading->who.active_auth = SAOY_PROOF_NOT_OFFERED;
    g_clear_pointer(&reading->proven, g_bytes_unref);
    if (!saoy_reading_look(reading, error) || !saoy_reading_open(reading, error) ||
        !meet_chip(reading, error))
        return false;
    for (size_t i = 1; i < G_N_ELEMENTS(order); i++)
        if ((reading->done & SAOY_GROUP(order[i].group)) == 0 &&
            !read_group(reading, i, error))
            return false;
    if (!read_sod(reading, error) || !challenge_chip(reading, error))
        return false;
    saoy_reading_look_again(reading);
    saoy_reading_compare_access(reading);
    return true;
}

static void
check_passive(SaoyReading *reading)
{
    const char *reason = N_("the chip has no security object");
    SaoyIdentity *who = &reading->who;
    SaoyGroups vouched = 0;
    bool by_cam = reading->proven != NULL && reading->proven != reading->files.groups[14];

    who->passive = SAOY_PROOF_FAILED;
    if (reading->files.sod != NULL)
        who->passive =
            saoy_passive_check(&reading->files, &reading->policy, &reason, &vouched);
    g_strlcpy(who->passive_reason, reason, sizeof who->passive_reason);
    /* a key that no trusted issuer vouches for proves nothing about the chip */
    if (who->passive != SAOY_PROOF_DONE)
        vouched = 0;
    if (who->chip_auth == SAOY_PROOF_DONE && !by_cam && (vouched & SAOY_GROUP(14)) == 0)
        who->chip_auth = SAOY_PROOF_UNDECIDED;
    if (who->active_auth == SAOY_PROOF_DONE && (vouched & SAOY_GROUP(15)) == 0)
        who->active_auth = SAOY_PROOF_UNDECIDED;
    /* nor does its silence, where nobody known says that it ought to have that key */
    if (reading->challenge_refused && who->passive == SAOY_PROOF_UNDECIDED)
        who->active_auth = SAOY_PROOF_UNDECIDED;
    saoy_reading_step(reading, "passive");
}

/* Opens the chip again in the same run only where it, or its reader, has choked on a length
 * and will not be asked so again. */
static bool
read_all(SaoyReading *reading, GError **error)
{
    for (unsigned opened = 1;; opened++) {
        g_autoptr(GError) why = NULL;

        if (read_once(reading, &why))
            return true;
        if (!reading->link.fell_back || opened == MAX_OPENED) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
}

bool
saoy_reading_run(SaoyReading *reading, SaoyChannel channel, SaoyReadProgress *progress,
                 void *user, SaoyIdentity *out, GCancellable *cancel, GError **error)
{
    bool done;

    saoy_link_init(&reading->link, channel, cancel);
    reading->progress = progress;
    reading->user = user;
    reading->step_apdus = 0;
    reading->step_bytes = reading->step_least = 0;
    reading->step_us = saoy_clock_mono_us();
    if (reading->short_only)
        reading->link.length = SAOY_LENGTH_SHORT;
    done = read_all(reading, error);
    reading->short_only = reading->link.length == SAOY_LENGTH_SHORT;
    if (done)
        check_passive(reading);
    done = done && saoy_facts_take(&reading->files, &reading->who, error);
    if (done) {
        *out = reading->who;
        reading->who = (SaoyIdentity){ 0 };
    }
    end_run(reading);
    return done;
}

bool
saoy_identity_read(SaoyChannel channel, const SaoyAccessKey *key,
                   const SaoyReadPolicy *policy, SaoyReadProgress *progress, void *user,
                   SaoyIdentity *out, GCancellable *cancel, GError **error)
{
    g_autoptr(SaoyReading) reading = saoy_reading_new(key, policy);

    return saoy_reading_run(reading, channel, progress, user, out, cancel, error);
}
