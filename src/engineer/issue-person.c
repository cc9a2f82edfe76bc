#include "issue-person.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ---- what she does in each state; session is what the screen shows */

typedef void Deed(SaoyPerson *person, const SaoySession *session);

static void
next(SaoyPerson *person, const SaoySession *session)
{
    saoy_visit_post(person->visit, SAOY_EV_NEXT);
}

static void
next_when_idle(SaoyPerson *person, const SaoySession *session)
{
    if (!session->busy)
        next(person, session);
}

/* The lever --stop-at WELCOME+: after the visit the machine waits for the next person. */
static bool
is_left_standing(const SaoyPerson *person)
{
    return person->stop_at == SAOY_STATE_WELCOME && person->stop_later;
}

static void
at_welcome(SaoyPerson *person, const SaoySession *session)
{
    if (person->ended && is_left_standing(person)) {
        g_printerr("stopped %s\n", saoy_state_name(person->state));
        return;
    }
    if (person->ended) {
        g_main_loop_quit(person->loop);
        return;
    }
    person->started = true;
    switch (person->stop_at) { /* states off the way are entered only to be killed in */
    case SAOY_STATE_LOOKUP:
        saoy_visit_post(person->visit, SAOY_EV_LOOKUP);
        break;
    case SAOY_STATE_VERIFY:
        saoy_visit_post(person->visit, SAOY_EV_VERIFY);
        break;
    case SAOY_STATE_MAINT:
        saoy_visit_post(person->visit, SAOY_EV_MAINT);
        break;
    case SAOY_STATE_CLOSED:
        saoy_visit_post(person->visit, SAOY_EV_CLOSE);
        break;
    default:
        next(person, session);
    }
}

static void
at_closed(SaoyPerson *person, const SaoySession *session)
{
    if (person->error == NULL)
        saoy_set_error(&person->error, SAOY_ERROR_FAILED, "the machine is out of service");
    g_main_loop_quit(person->loop);
}

static void
at_consent(SaoyPerson *person, const SaoySession *session)
{
    saoy_session_set_consent(person->visit, true, person->match_face);
    next(person, session);
}

static void
at_card(SaoyPerson *person, const SaoySession *session)
{
    if (session->busy)
        return;
    if (saoy_session_set_key(person->visit, person->can))
        next(person, session);
    else
        saoy_visit_post(person->visit, SAOY_EV_EXIT);
}

/* the next paper goes into the feeder, and nothing else lies there */
static bool
feed_paper(SaoyPerson *person, GError **error)
{
    char **files = person->documents->pdata[person->fed];

    if (person->feed == NULL)
        return true;
    if (!saoy_dir_remove(person->feed, error))
        return false;
    if (g_mkdir_with_parents(person->feed, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: cannot be made", person->feed);
    for (unsigned i = 0; files[i] != NULL; i++) {
        g_autofree char *base = g_path_get_basename(files[i]);
        g_autofree char *to = NULL;
        g_autoptr(GBytes) bytes = saoy_file_read(files[i], 512u << 20, error);

        if (bytes == NULL)
            return false;
        to =
            strchr(base, '.') != NULL
                ? g_strdup_printf("%s/%03u-%s", person->feed, i, base)
                : g_strdup_printf("%s/%s", person->feed, base); /* a lever keeps its name */
        if (!saoy_file_write(to, saoy_view_of(bytes), error))
            return false;
    }
    return true;
}

static void
at_choose(SaoyPerson *person, const SaoySession *session)
{
    if (person->fed >= person->documents->len || !feed_paper(person, &person->error)) {
        saoy_visit_post(person->visit, SAOY_EV_EXIT);
        return;
    }
    person->fed++;
    if (person->kind != NULL)
        saoy_session_set_kind(person->visit, person->kind);
    saoy_session_set_copies(person->visit, person->copies);
    next(person, session);
}

static void
at_scan(SaoyPerson *person, const SaoySession *session)
{
    if (session->busy)
        return;
    if (session->facts.unreadable > 0 || session->n_pages == 0) {
        person->unreadable = true;
        saoy_visit_post(person->visit, SAOY_EV_EXIT);
    } else {
        next(person, session);
    }
}

static void
at_review(SaoyPerson *person, const SaoySession *session)
{
    if (person->fed < person->documents->len && saoy_session_add_document(person->visit))
        saoy_visit_post(person->visit, SAOY_EV_AGAIN);
    else
        next(person, session);
}

static void
at_delivery(SaoyPerson *person, const SaoySession *session)
{
    if (session->busy || person->asked)
        return;
    person->asked = true;
    if (person->email != NULL)
        saoy_session_set_email(person->visit, person->email);
    next(person, session);
}

static void
at_pay(SaoyPerson *person, const SaoySession *session)
{
    if (!session->facts.fee_due)
        next_when_idle(person, session);
}

static void
at_officer(SaoyPerson *person, const SaoySession *session)
{
    if (person->dossier == NULL && session->dossier != NULL) {
        person->dossier = g_strdup(session->dossier);
        g_printerr("dossier %s\n", person->dossier);
    }
    if (person->cannot_wait && session->facts.submitted)
        saoy_visit_post(person->visit, SAOY_EV_CANNOT_WAIT);
}

static bool
save_copy(SaoyPerson *person, const SaoyDocument *document, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%s.pdf", person->out, document->copy_id);
    g_autofree char *sha256 = saoy_sha256_hex(saoy_view_of(document->pdf));
    SaoyJson *row = NULL;

    if (!saoy_file_write(path, saoy_view_of(document->pdf), error))
        return false;
    row = saoy_json_object();
    saoy_json_set_string(row, "copy_id", document->copy_id);
    saoy_json_set_string(row, "pdf", path);
    saoy_json_set_string(row, "sha256", sha256);
    saoy_json_set_string(row, "verify_url", document->link);
    saoy_json_append(person->issued, row);
    return true;
}

static void
at_deliver(SaoyPerson *person, const SaoySession *session)
{
    if (session->busy)
        return;
    for (unsigned d = 0; d < session->n_documents && !person->delivered; d++) {
        const SaoyDocument *document = &session->documents[d];

        person->released |= document->state == SAOY_DOC_RELEASED;
        if (document->pdf != NULL && person->error == NULL)
            save_copy(person, document, &person->error);
    }
    person->delivered = true;
    next(person, session);
}

static void
at_sorry(SaoyPerson *person, const SaoySession *session)
{
    person->is_sorry = person->started; /* before: what another visit left behind */
    person->sorry = session->sorry;
    next_when_idle(person, session);
}

static Deed *const deeds[SAOY_STATE_N] = {
    [SAOY_STATE_WELCOME] = at_welcome, [SAOY_STATE_ADVICE] = next,
    [SAOY_STATE_CONSENT] = at_consent, [SAOY_STATE_CARD] = at_card,
    [SAOY_STATE_CHOOSE] = at_choose,   [SAOY_STATE_SCAN] = at_scan,
    [SAOY_STATE_REVIEW] = at_review,   [SAOY_STATE_DELIVERY] = at_delivery,
    [SAOY_STATE_PAY] = at_pay,         [SAOY_STATE_OFFICER] = at_officer,
    [SAOY_STATE_DELIVER] = at_deliver, [SAOY_STATE_DONE] = next_when_idle,
    [SAOY_STATE_SORRY] = at_sorry,     [SAOY_STATE_CLOSED] = at_closed,
};

/* The lever --stand-at: the machine goes on, she does not touch it any more. */
static void
stand(SaoyPerson *person)
{
    if (!person->stood)
        g_printerr("stopped %s\n", saoy_state_name(person->state));
    person->stood = true;
}

static gboolean
on_idle(void *user)
{
    SaoyPerson *person = user;
    SaoyState state = saoy_visit_state(person->visit);

    person->idle = 0;
    if (!person->left && person->leave_at == (int)state) {
        person->left = true;
        saoy_visit_post(person->visit, SAOY_EV_EXIT);
    } else if (person->stand_at == (int)state) {
        stand(person);
    } else if (deeds[state] != NULL) {
        deeds[state](person, saoy_visit_session(person->visit));
    }
    return G_SOURCE_REMOVE;
}

/* ---- what is shown */

static void
forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
}

static void
enter(SaoyPerson *person, SaoyState state)
{
    int64_t now = saoy_clock_mono_us();
    double ms = (double)(now - person->since_us) / 1e3;

    if (person->since_us != 0) {
        SaoyJson *row = saoy_json_object();

        g_printerr("state %s %.0f\n", saoy_state_name(person->state), ms);
        saoy_json_set_string(row, "name", saoy_state_name(person->state));
        saoy_json_set_real(row, "ms", ms);
        saoy_json_append(person->steps, row);
    }
    person->state = state;
    person->since_us = now;
    person->shown = 0;
    person->ended |= state == SAOY_STATE_WIPE && person->started;
    if (person->ended) {
        forget(person->can);
        forget(person->email);
    }
}

/* A lever of tests: the machine as it was when the power went. */
static void
wait_to_be_killed(const SaoyPerson *person)
{
    g_printerr("stopped %s\n", saoy_state_name(person->state));
    for (;;)
        pause();
}

static bool
is_stop(const SaoyPerson *person, const SaoySession *session)
{
    if (person->stop_at != (int)person->state)
        return false;
    if (!person->stop_later)
        return true;
    if (is_left_standing(person))
        return false; /* at_welcome stops there, its main loop running */
    if (person->state == SAOY_STATE_OFFICER)
        return session->facts.submitted;
    return person->shown > 1;
}

void
saoy_person_show(void *user, SaoyState state, const SaoySession *session)
{
    SaoyPerson *person = user;

    if (state != person->state || person->since_us == 0)
        enter(person, state);
    person->shown++;
    if (is_stop(person, session))
        wait_to_be_killed(person);
    if (person->idle == 0)
        person->idle = g_idle_add(on_idle, person);
}
