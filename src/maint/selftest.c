#include "certificate.h"
#include "chip-issuers.h"
#include "core/clock.h"
#include "core/error.h"
#include "maint/maint.h"
#include "net/http.h"
#include "signature/chain.h"
#include "store/journal.h"
#include "vision/face.h"
#include "vision/model.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ROOM_FAULT (200ull << 20)
#define ROOM_NOTE (1ull << 30)
#define DAYS_NOTE 30
#define HUB_PATIENCE_S 5

static bool
is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

static void
check_device(const SaoyBench *bench, SaoyDeviceKind kind, GPtrArray *checks)
{
    static const struct {
        SaoyCheckState state;
        const char *sentence;
    } words[SAOY_HEALTH_N] = {
        [SAOY_HEALTH_ABSENT] = { SAOY_CHECK_FAULT, N_("the device does not answer") },
        [SAOY_HEALTH_READY] = { SAOY_CHECK_OK, N_("ready") },
        [SAOY_HEALTH_BUSY] = { SAOY_CHECK_NOTE, N_("busy") },
        [SAOY_HEALTH_ATTENTION] = { SAOY_CHECK_NOTE, N_("somebody has to look at it") },
        [SAOY_HEALTH_FAILED] = { SAOY_CHECK_FAULT, N_("the device is out of order") },
    };
    SaoyHealth health = bench->health[kind];

    if (!bench->configured[kind])
        saoy_checks_add(checks, saoy_device_name(kind), SAOY_CHECK_NOTE,
                        N_("none is configured"), NULL);
    else
        saoy_checks_add(checks, saoy_device_name(kind), words[health].state,
                        words[health].sentence, bench->reason[kind]);
}

static void
check_devices(const SaoySelftest *what, SaoyBench *bench, GPtrArray *checks)
{
    g_autoptr(SaoyBench) own = NULL;

    if (what->asked == NULL && bench == NULL)
        bench = own = saoy_bench_open(what->devices);
    for (int kind = 0; kind < SAOY_DEVICE_N; kind++) {
        if (what->asked == NULL)
            saoy_bench_poll(bench, (SaoyDeviceKind)kind);
        check_device(what->asked != NULL ? what->asked : bench, (SaoyDeviceKind)kind,
                     checks);
    }
}

static void
on_model(const char *file, const char *state, void *user)
{
    g_autofree char *name = g_strdup_printf("model %s", file);

    if (g_str_equal(state, "ok"))
        saoy_checks_add(user, name, SAOY_CHECK_OK, N_("there, and it is the right one"),
                        NULL);
    else if (g_str_equal(state, "missing"))
        saoy_checks_add(user, name, SAOY_CHECK_NOTE, N_("not there"), NULL);
    else
        saoy_checks_add(user, name, SAOY_CHECK_FAULT, N_("it is another file"), state);
}

static void
check_models(GPtrArray *checks)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyFaceMatcher) matcher = NULL;

    if (!saoy_model_each(on_model, checks, &error))
        saoy_checks_add(checks, "models", SAOY_CHECK_FAULT,
                        N_("the list of models cannot be read"), error->message);
    g_clear_error(&error);
    matcher = saoy_face_open(&error);
    if (matcher != NULL)
        saoy_checks_add(checks, "faces", SAOY_CHECK_OK, N_("faces are matched by machine"),
                        saoy_face_model_name(matcher));
    else
        saoy_checks_add(checks, "faces", SAOY_CHECK_NOTE,
                        N_("without weights the officer compares the faces"),
                        error->message);
}

static void
check_clock(GPtrArray *checks)
{
    int64_t now = saoy_clock_wall_us();
    g_autofree char *text = saoy_time_people(now);
    int year = 0, month = 0, day = 0;

    saoy_time_day(now, &year, &month, &day);
    if (year >= 2025 && year < 2100)
        saoy_checks_add(checks, "clock", SAOY_CHECK_OK, N_("plausible"), text);
    else
        saoy_checks_add(checks, "clock", SAOY_CHECK_FAULT, N_("the clock is wrong"), text);
}

static void
check_storage(const char *dir, GPtrArray *checks)
{
    struct statvfs fs = { 0 };
    g_autofree char *detail = NULL;

    if (statvfs(dir, &fs) != 0 || access(dir, W_OK) != 0) {
        detail = g_strdup_printf("%s: %s", dir, g_strerror(errno));
        saoy_checks_add(checks, "storage", SAOY_CHECK_FAULT,
                        N_("the data folder cannot be written"), detail);
        return;
    }

    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize;
    detail = g_strdup_printf("%s: %" G_GUINT64_FORMAT " MB", dir, room >> 20);
    saoy_checks_add(checks, "storage",
                    room < ROOM_FAULT  ? SAOY_CHECK_FAULT
                    : room < ROOM_NOTE ? SAOY_CHECK_NOTE
                                       : SAOY_CHECK_OK,
                    room < ROOM_NOTE ? N_("little room is left") : N_("room enough"),
                    detail);
}

static void
check_journal(const char *path, GPtrArray *checks)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *detail = NULL;
    uint64_t entries = 0;

    if (saoy_journal_check(path, &entries, &error)) {
        detail = g_strdup_printf("%" G_GUINT64_FORMAT, entries);
        saoy_checks_add(checks, "journal", SAOY_CHECK_OK, N_("the chain holds"), detail);
    } else if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA)) {
        saoy_checks_add(checks, "journal", SAOY_CHECK_NOTE, N_("nothing is written yet"),
                        path);
    } else {
        saoy_checks_add(checks, "journal", SAOY_CHECK_FAULT, N_("the chain is broken"),
                        error->message);
    }
}

static void
check_certificate(const char *path, GPtrArray *checks)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *detail = NULL;
    int days = 0;

    if (!saoy_certificate_days_left(path, &days, &error)) {
        saoy_checks_add(checks, "hub certificate", SAOY_CHECK_FAULT,
                        N_("the certificate cannot be read"), error->message);
        return;
    }
    detail = g_strdup_printf("%d", days);
    saoy_checks_add(checks, "hub certificate",
                    days < 0           ? SAOY_CHECK_FAULT
                    : days < DAYS_NOTE ? SAOY_CHECK_NOTE
                                       : SAOY_CHECK_OK,
                    days < 0 ? N_("the certificate has run out") : N_("days left"), detail);
}

static void
check_key(const char *path, GPtrArray *checks)
{
    struct stat st = { 0 };

    if (stat(path, &st) != 0 || access(path, R_OK) != 0)
        saoy_checks_add(checks, "hub key", SAOY_CHECK_FAULT, N_("the key cannot be read"),
                        g_strerror(errno));
    else if ((st.st_mode & 077) != 0)
        saoy_checks_add(checks, "hub key", SAOY_CHECK_NOTE,
                        N_("others on this machine can read the key"), path);
    else
        saoy_checks_add(checks, "hub key", SAOY_CHECK_OK, N_("there, for us alone"), NULL);
}

static bool
call_hub(const SaoySelftest *what, GCancellable *cancel, int *out_status, GError **error)
{
    const SaoyHttpTls tls = {
        .ca = is_set(what->hub_ca) ? what->hub_ca : NULL,
        .cert = is_set(what->hub_cert) ? what->hub_cert : NULL,
        .key = is_set(what->hub_key) ? what->hub_key : NULL,
    };
    const SaoyHttpCall call = { .method = "GET",
                                .path = "/healthz",
                                .timeout_s = HUB_PATIENCE_S };
    g_autoptr(SaoyHttp) http = saoy_http_new(what->hub_url, &tls, error);
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (http == NULL || !saoy_http_call(http, &call, &answer, cancel, error))
        return false;
    *out_status = answer.status;
    return true;
}

static void
check_hub(const SaoySelftest *what, GPtrArray *checks, GCancellable *cancel)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *detail = NULL;
    int64_t start = saoy_clock_mono_us();
    int status = 0;

    if (!call_hub(what, cancel, &status, &error)) {
        saoy_checks_add(checks, "hub", SAOY_CHECK_FAULT, N_("the hub does not answer"),
                        error->message);
        return;
    }
    detail = g_strdup_printf("%s: %d, %d ms", what->hub_url, status,
                             (int)((saoy_clock_mono_us() - start) / 1000));
    saoy_checks_add(checks, "hub", status == 200 ? SAOY_CHECK_OK : SAOY_CHECK_FAULT,
                    status == 200 ? N_("the hub answers") : N_("the hub is not well"),
                    detail);
}

static void
check_copy_issuers(const char *dir, GPtrArray *checks)
{
    g_autoptr(GPtrArray) certificates = saoy_trust_certificates(is_set(dir) ? dir : NULL);
    g_autofree char *detail = g_strdup_printf("%u: %s", certificates->len, dir);
    bool some = certificates->len > 0;

    saoy_checks_add(checks, "copy issuers", some ? SAOY_CHECK_OK : SAOY_CHECK_NOTE,
                    some ? N_("trusted issuers")
                         : N_("no copy issuer is trusted: every copy stays undecided"),
                    some ? detail : dir);
}

void
saoy_selftest(const SaoySelftest *what, SaoyBench *bench, GPtrArray *checks,
              GCancellable *cancel)
{
    check_devices(what, bench, checks);
    check_models(checks);
    check_clock(checks);
    if (is_set(what->data_dir))
        check_storage(what->data_dir, checks);
    if (is_set(what->journal))
        check_journal(what->journal, checks);
    saoy_check_chip_issuers(what->csca_trust, checks);
    check_copy_issuers(what->seal_trust, checks);
    if (is_set(what->hub_cert))
        check_certificate(what->hub_cert, checks);
    if (is_set(what->hub_key))
        check_key(what->hub_key, checks);
    if (is_set(what->hub_url))
        check_hub(what, checks, cancel);
}
