/* The self-test behind the technician's page: the visit asks its devices, a thread of our
 * own looks at the rest. */
#include "core/worker.h"
#include "page-maint.h"
#include "widgets.h"

typedef struct {
    SaoyMaintLook *look; /* NULL: nobody waits any more; main thread only */
    const SaoyKioskConfig *config;
    SaoyBench *asked;
    GPtrArray *checks;
    SaoyMaintAnswer *answer;
    void *user;
} Job;

struct SaoyMaintLook {
    SaoyWorker *worker;
    GCancellable *cancel;
    Job *job; /* going on, or NULL */
};

static SaoySelftest
plan_of(const SaoyKioskConfig *config, const SaoyBench *asked, const char *journal)
{
    return (SaoySelftest){
        .asked = asked,
        .data_dir = config->data_dir,
        .journal = journal,
        .hub_url = config->hub_url,
        .hub_ca = config->hub_ca,
        .hub_cert = config->hub_cert,
        .hub_key = config->hub_key,
        .csca_trust = config->csca_trust,
        .seal_trust = config->seal_trust,
    };
}

static bool
run(void *data, GCancellable *cancel, GError **error)
{
    Job *job = data;
    g_autofree char *journal =
        g_build_filename(job->config->data_dir, "journal.jsonl", NULL);
    const SaoySelftest plan = plan_of(job->config, job->asked, journal);

    saoy_selftest(&plan, NULL, job->checks, cancel);
    saoy_counters_report(job->checks);
    return true;
}

static void
job_free(Job *job)
{
    g_clear_pointer(&job->asked, saoy_bench_close);
    g_ptr_array_unref(job->checks);
    g_free(job);
}

static void
on_done(GObject *source, GAsyncResult *result, void *user)
{
    Job *job = user;

    if (job->look != NULL) {
        job->look->job = NULL;
        job->answer(job->user, job->checks);
    }
    job_free(job);
}

static void
on_asked(void *user, SaoyBench *bench)
{
    Job *job = user;

    job->asked = bench;
    if (job->look == NULL)
        job_free(job);
    else
        saoy_worker_run(job->look->worker, run, job, NULL, job->look->cancel, on_done, job);
}

SaoyMaintLook *
saoy_maint_look_new(void)
{
    SaoyMaintLook *look = g_new0(SaoyMaintLook, 1);

    look->worker = saoy_worker_new("selftest");
    look->cancel = g_cancellable_new();
    return look;
}

void
saoy_maint_look(SaoyMaintLook *look, SaoyVisit *visit, const SaoyKioskConfig *config,
                SaoyMaintAnswer *answer, void *user)
{
    if (look->job != NULL)
        return;
    look->job = g_new0(Job, 1);
    *look->job = (Job){ look, config, NULL, saoy_checks_new(), answer, user };
    saoy_visit_ask_devices(visit, on_asked, look->job);
}

void
saoy_maint_look_free(SaoyMaintLook *look)
{
    if (look->job != NULL)
        look->job->look = NULL; /* its answer goes nowhere */
    g_cancellable_cancel(look->cancel);
    saoy_worker_free(look->worker);
    g_object_unref(look->cancel);
    g_free(look);
}

GtkWidget *
saoy_maint_row(const SaoyCheck *check)
{
    static const struct {
        const char *icon, *css;
    } looks[SAOY_CHECK_N] = {
        [SAOY_CHECK_OK] = { "tick", "good-text" },
        [SAOY_CHECK_NOTE] = { "warn", "warn-text" },
        [SAOY_CHECK_FAULT] = { "cross", "danger-text" },
    };
    GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *icon = saoy_ui_icon(looks[check->state].icon, 48);
    GtkWidget *row = saoy_ui_row(icon, text);
    g_autofree char *line =
        g_strdup_printf("%s: %s", check->name, saoy_ui_say(check->sentence));

    gtk_widget_add_css_class(icon, looks[check->state].css);
    gtk_widget_add_css_class(row, "row");
    gtk_box_append(GTK_BOX(text), saoy_ui_label(line, "title"));
    if (*check->detail != '\0')
        gtk_box_append(GTK_BOX(text), saoy_ui_label(check->detail, "small"));
    return row;
}
