/* saoy renew FILE.pdf: validation data of today and a later time stamp. */
#include "cli/cli.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "core/text.h"
#include "issue/verify.h"
#include "signature/renew.h"

#include <glib/gi18n.h>

#include <stdlib.h>
#include <sys/stat.h>

#define MAX_PDF (512u << 20)
#define MAX_NAME 300
#define DAY_US (86400 * (int64_t)G_USEC_PER_SEC)

typedef struct {
    char *tsa, *hub, *ca, *trust, *out;
    int days;
    gboolean force, json;
    SaoyHttp *stamps; /* of tsa or hub */
} Job;

static void
job_clear(Job *job)
{
    g_clear_pointer(&job->stamps, saoy_http_free);
    g_free(job->tsa);
    g_free(job->hub);
    g_free(job->ca);
    g_free(job->trust);
    g_free(job->out);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    const Job *job = user;
    SaoyStampAsk ask = { 0 };

    if (!saoy_stamp_ask(imprint, &ask, error))
        return NULL;
    ask.trust = job->trust;
    return saoy_stamp_fetch(job->stamps, job->hub != NULL ? "/pki/tsa" : "", &ask, 0,
                            cancel, error);
}

/* The hub's own answers come from where we were told it is. */
static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    const Job *job = user;
    const char *path = job->hub != NULL ? saoy_url_own_path(job->hub, "/pki/", url) : NULL;
    const SaoyHttpCall call = { .method = body != NULL ? "POST" : "GET",
                                .path = path,
                                .type = type,
                                .body =
                                    body != NULL ? saoy_view_of(body) : (SaoyView){ 0 } };
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (path == NULL)
        return saoy_http_fetch(job->hub != NULL ? job->hub : job->tsa, url, type, body,
                               cancel, error);
    if (!saoy_http_call(job->stamps, &call, &answer, cancel, error))
        return NULL;
    if (answer.status != 200)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "status %d", answer.status);
    return g_bytes_ref(answer.body);
}

static void
say(const Job *job, const char *file, bool renewed, int64_t due_us, GBytes *pdf)
{
    g_autofree char *due = saoy_time_people(due_us);
    g_autofree char *machine = saoy_time_rfc3339(due_us);
    g_autoptr(SaoyJson) json = saoy_json_object();
    g_autofree char *name = saoy_text_clean(file, MAX_NAME);
    g_autofree char *sha256 = saoy_sha256_hex(saoy_view_of(pdf));

    if (job->json) {
        saoy_json_set_bool(json, "renewed", renewed);
        saoy_json_set_string(json, "next", machine);
        saoy_json_set_string(json, "sha256", sha256);
        saoy_cli_json(json);
    } else {
        g_print("%s: %s %s\n", name,
                renewed ? _("renewed; the next time stamp is due")
                        : _("nothing is needed yet; the next time stamp is due"),
                due);
    }
}

/* A time stamp on what does not hold would only lend it one more. */
static bool
is_worth_it(const Job *job, GBytes *pdf, GError **error)
{
    const SaoyVerifyOptions options = { .trust = job->trust,
                                        .now_us = saoy_clock_wall_us() };
    g_auto(SaoyVerdict) verdict = { 0 };

    if (job->force)
        return true;
    return saoy_copy_verify(pdf, &options, &verdict, error) &&
           (verdict.conclusion != SAOY_FAILED ||
            saoy_fail(error, SAOY_ERROR_REFUSED, "%s",
                      _("the file is not valid; see saoy verify")));
}

/* Through links, to the file itself, which keeps its rights. */
static bool
write_renewed(const char *path, GBytes *pdf, GError **error)
{
    g_autofree char *real = realpath(path, NULL);
    struct stat old = { 0 };
    bool was = real != NULL && stat(real, &old) == 0;

    return saoy_file_write_as(real != NULL ? real : path, saoy_view_of(pdf),
                              was ? old.st_mode & 07777 : 0600, error);
}

static bool
renew(Job *job, const char *file, GError **error)
{
    const char *out = job->out != NULL ? job->out : file;
    int64_t now = saoy_clock_wall_us(), margin = job->days * DAY_US, due = 0;
    const SaoyRenewal renewal = { { on_fetch, job, NULL, now }, on_token, job, job->trust };
    g_autoptr(GBytes) pdf = saoy_file_read(file, MAX_PDF, error);
    g_autoptr(GBytes) renewed = NULL;

    if (pdf == NULL || !saoy_renewal_due(pdf, margin, &due, error) ||
        !is_worth_it(job, pdf, error))
        return false;
    if (due > now && !job->force) {
        say(job, file, false, due, pdf);
        return true;
    }
    renewed = saoy_renew(pdf, &renewal, NULL, error);
    if (renewed == NULL || !write_renewed(out, renewed, error) ||
        !saoy_renewal_due(renewed, margin, &due, error))
        return false;
    say(job, out, true, due, renewed);
    return true;
}

static bool
open_server(Job *job, GError **error)
{
    const SaoyHttpTls tls = { .ca = job->ca, .signed_answers = job->ca == NULL };

    job->stamps = saoy_http_new(job->hub != NULL ? job->hub : job->tsa, &tls, error);
    return job->stamps != NULL;
}

int
saoy_cmd_renew(int argc, char **argv)
{
    g_auto(Job) job = { .days = 180 };
    const GOptionEntry entries[] = {
        { "tsa", 0, 0, G_OPTION_ARG_STRING, &job.tsa,
          N_("time stamp authority (RFC 3161 over HTTP)"), "URL" },
        { "hub", 0, 0, G_OPTION_ARG_STRING, &job.hub, N_("a hub's own authority"), "URL" },
        { "ca", 0, 0, G_OPTION_ARG_FILENAME, &job.ca,
          N_("PEM file that vouches for that server"), "FILE" },
        { "trust", 0, 0, G_OPTION_ARG_FILENAME, &job.trust,
          N_("folder of trusted root certificates"), "DIR" },
        { "out", 0, 0, G_OPTION_ARG_FILENAME, &job.out,
          N_("write here instead of over the file"), "FILE" },
        { "days", 0, 0, G_OPTION_ARG_INT, &job.days,
          N_("how long before the last time stamp's certificate ends"), "N" },
        { "force", 0, 0, G_OPTION_ARG_NONE, &job.force,
          N_("even if it is not due, or not valid"), NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &job.json, N_("one JSON object on stdout"),
          NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;
    int code = SAOY_EXIT_OK;

    if (!saoy_cli_options(
            &argc, &argv, entries, "FILE.pdf",
            N_("Adds validation data of today and a later time stamp to a signed PDF."), 1,
            1, &code))
        return code;
    if ((job.tsa == NULL) == (job.hub == NULL))
        return saoy_cli_usage(_("one of --tsa and --hub is needed"));
    if (job.days < 0 || job.days > 36500)
        return saoy_cli_usage(_("--days wants a number of days"));
    if (job.trust != NULL && !g_file_test(job.trust, G_FILE_TEST_IS_DIR))
        return saoy_cli_usage(_("%s: no such folder"), job.trust);
    if (!open_server(&job, &error))
        return saoy_cli_fail(job.hub != NULL ? job.hub : job.tsa, error);
    return renew(&job, argv[1], &error) ? SAOY_EXIT_OK : saoy_cli_fail(argv[1], error);
}
