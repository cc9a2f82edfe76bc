#include "flow/visit.h"

#include "policy.h"
#include "visit-private.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"

enum { ARENA_SIZE = 4 << 20, QUESTION_S = 20, EXTENSIONS = 3, EXTENSIONS_ACCESSIBLE = 6 };
enum { RECOVER_EVERY_S = 60 };

typedef struct {
    SaoyEvent event;
    unsigned turn; /* 0: whatever the turn */
} Posted;

bool
saoy_visit_note(SaoyVisit *visit, const char *event, SaoyJson *entry, GError **error)
{
    if (entry == NULL)
        entry = saoy_json_object();
    saoy_json_set_string(entry, "visit", visit->visit_id);
    return saoy_journal_append(visit->journal, event, entry, error);
}

static void
explain(SaoyVisit *visit, const SaoyTransition *row)
{
    visit->session->sorry = (SaoySorry){
        .at = visit->flow.state,
        .why = visit->last.type == SAOY_EV_FAILED ? visit->last.why : SAOY_CLASS_USER,
        .refused_all = visit->last.type == SAOY_EV_DECIDED,
    };
}

/* the person's choices, written down before the card is asked for anything */
static bool
note_consent(SaoyVisit *visit, GError **error)
{
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "version", "1");
    saoy_json_set_bool(entry, "process", visit->session->consent);
    saoy_json_set_bool(entry, "match_face", visit->session->wants_face);
    return saoy_visit_note(visit, "consent", entry, error);
}

static bool
on_journal(void *user, const SaoyTransition *row, GError **error)
{
    SaoyVisit *visit = user;
    SaoyJson *entry = saoy_json_object();

    if (row->to == SAOY_STATE_SORRY)
        explain(visit, row);
    saoy_json_set_string(entry, "from", saoy_state_name(visit->flow.state));
    saoy_json_set_string(entry, "on", saoy_event_name(row->on));
    saoy_json_set_string(entry, "to", saoy_state_name(row->to));
    saoy_json_set_string(entry, "effect", saoy_effect_name(row->effect));
    if (!saoy_visit_note(visit, "state", entry, error))
        return false;
    return visit->flow.state != SAOY_STATE_CONSENT || row->to != SAOY_STATE_CARD ||
           note_consent(visit, error);
}

static void
on_show(void *user, SaoyState state, const SaoyFacts *facts)
{
    SaoyVisit *visit = user;

    visit->patience_from_us = saoy_clock_mono_us();
    visit->busy_turn = 0;
    saoy_log(SAOY_LOG_STATE, SAOY_W("state", saoy_state_name(state)));
    saoy_session_refresh_facts(visit, &visit->flow.facts);
    saoy_key_look(visit);
    visit->show(visit->user, state, visit->session);
}

static void
on_act(void *user, SaoyEffect effect, unsigned turn, GCancellable *cancel)
{
    SaoyVisit *visit = user;

    visit->busy_turn = turn;
    saoy_visit_act(visit, effect, turn, cancel);
}

static void
on_refresh(void *user, SaoyFacts *facts)
{
    saoy_session_refresh_facts(user, facts);
}

static const SaoyFlowHooks hooks = { on_journal, on_act, on_show, on_refresh };

void
saoy_visit_refresh(SaoyVisit *visit)
{
    if (visit->moving)
        return; /* the transition shows the page itself */
    saoy_session_refresh_facts(visit, &visit->flow.facts);
    saoy_key_look(visit);
    visit->show(visit->user, visit->flow.state, visit->session);
}

static void
move(SaoyVisit *visit, const Posted *posted)
{
    SaoyState before = visit->flow.state;

    if (posted->turn != 0 && posted->turn != visit->flow.turn)
        return;
    if (posted->turn != 0)
        visit->busy_turn = 0;
    visit->last = posted->event;
    visit->moving = true;
    saoy_flow_post(&visit->flow, posted->event);
    visit->moving = false;
    if (visit->flow.state != before)
        visit->extensions = 0;
    if (visit->busy_turn != 0 || (visit->flow.state == before && posted->turn != 0))
        saoy_visit_refresh(visit); /* an effect began, or ended and the state stays */
}

static void
enqueue(SaoyVisit *visit, SaoyEvent event, unsigned turn)
{
    Posted *first = g_new0(Posted, 1);

    *first = (Posted){ event, turn };
    g_queue_push_tail(&visit->events, first);
    while (!visit->moving && !g_queue_is_empty(&visit->events)) {
        g_autofree Posted *posted = g_queue_pop_head(&visit->events);

        move(visit, posted);
    }
}

void
saoy_visit_post_event(SaoyVisit *visit, SaoyEvent event)
{
    enqueue(visit, event, 0);
}

void
saoy_visit_post(SaoyVisit *visit, SaoyEventType type)
{
    enqueue(visit, (SaoyEvent){ .type = type }, 0);
}

void
saoy_visit_done(SaoyVisit *visit, unsigned turn, const GError *error)
{
    SaoyEvent event = { .type = error == NULL ? SAOY_EV_DONE : SAOY_EV_FAILED };

    if (error != NULL)
        event.why = saoy_error_class(error);
    enqueue(visit, event, turn);
}

bool
saoy_visit_current(const SaoyVisit *visit, unsigned turn)
{
    return visit->flow.turn == turn;
}

/* ---- patience */

static unsigned
patience_of(const SaoyVisit *visit)
{
    unsigned times = (unsigned)visit->config->patience;

    if (visit->flow.state == SAOY_STATE_SIGN)
        return times * (unsigned)visit->config->csc_patience_s;
    return times * saoy_flow_patience_s(visit->flow.state);
}

unsigned
saoy_visit_patience_left_s(const SaoyVisit *visit)
{
    unsigned patience = patience_of(visit);
    int64_t gone_s = (saoy_clock_mono_us() - visit->patience_from_us) / G_USEC_PER_SEC;

    if (patience == 0)
        return UINT_MAX;
    return gone_s >= patience ? 0 : patience - (unsigned)MAX(gone_s, 0);
}

bool
saoy_visit_may_extend(const SaoyVisit *visit)
{
    return visit->extensions <
           (visit->session->accessible ? EXTENSIONS_ACCESSIBLE : EXTENSIONS);
}

/* Before the question is asked a touch is just activity; the question itself can be
 * answered three times, six in accessibility mode. */
void
saoy_visit_touch(SaoyVisit *visit)
{
    saoy_presence_sign(&visit->presence, saoy_clock_mono_us());
    if (saoy_visit_patience_left_s(visit) <= QUESTION_S) {
        if (!saoy_visit_may_extend(visit))
            return;
        visit->extensions++;
    }
    visit->patience_from_us = saoy_clock_mono_us();
}

static gboolean
on_patience(void *user)
{
    SaoyVisit *visit = user;

    if (saoy_visit_patience_left_s(visit) == 0)
        saoy_visit_post(visit, SAOY_EV_PATIENCE);
    saoy_presence_tick(visit);
    return G_SOURCE_CONTINUE;
}

/* ---- life */

const SaoySession *
saoy_visit_session(const SaoyVisit *visit)
{
    return visit->session;
}

SaoyState
saoy_visit_state(const SaoyVisit *visit)
{
    return visit->flow.state;
}

static gboolean
on_recover(void *user)
{
    SaoyVisit *visit = user;

    if (visit->unsettled && visit->flow.state == SAOY_STATE_WELCOME)
        saoy_recover(visit);
    return G_SOURCE_CONTINUE;
}

static bool
open_data(SaoyVisit *visit, GError **error)
{
    g_autofree char *journal =
        g_build_filename(visit->config->data_dir, "journal.jsonl", NULL);
    g_autofree char *temp = g_build_filename(visit->config->data_dir, "tmp", NULL);

    if (!saoy_dir_remove(temp, error))
        return false;
    if (g_mkdir_with_parents(temp, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", temp, g_strerror(errno));
    visit->journal = saoy_journal_open(journal, error);
    return visit->journal != NULL;
}

static void
start_workers(SaoyVisit *visit)
{
    static const char *const names[SAOY_ON_N] = {
        "card", "camera", "scanner", "printer", "payment", "net", "lease", "cpu",
    };

    for (int i = 0; i < SAOY_ON_N; i++)
        visit->workers[i] = saoy_worker_new(names[i]);
}

static SaoyState
first_state(SaoyVisit *visit)
{
    if (!saoy_devices_open(visit))
        return SAOY_STATE_CLOSED;
    return saoy_leftovers_look(visit) ? SAOY_STATE_SORRY : SAOY_STATE_WELCOME;
}

SaoyVisit *
saoy_visit_new(const SaoyKioskConfig *config, SaoyShowFunc *show, void *user,
               GError **error)
{
    g_autoptr(SaoyVisit) visit = g_new0(SaoyVisit, 1);

    visit->config = config;
    visit->show = show;
    visit->user = user;
    visit->alive = g_atomic_rc_box_new0(SaoyVisit *);
    *visit->alive = visit;
    g_queue_init(&visit->events);
    visit->arena = saoy_arena_new(ARENA_SIZE, error);
    if (visit->arena == NULL || !open_data(visit, error))
        return NULL;
    if (!saoy_arena_is_locked(visit->arena))
        saoy_log(SAOY_LOG_UNLOCKED, SAOY_N("bytes", ARENA_SIZE));
    start_workers(visit);
    saoy_session_begin(visit);
    visit->flow = (SaoyFlow){ .hooks = &hooks, .user = visit, .turn = 1 };
    visit->flow.state = first_state(visit);
    saoy_recover(visit);
    visit->patience_from_us = saoy_clock_mono_us();
    visit->patience_tick = g_timeout_add(500, on_patience, visit);
    visit->recover_tick = g_timeout_add_seconds(RECOVER_EVERY_S, on_recover, visit);
    saoy_log(SAOY_LOG_STARTED, SAOY_W("state", saoy_state_name(visit->flow.state)));
    saoy_visit_refresh(visit);
    return g_steal_pointer(&visit);
}

static void
stop_timers(SaoyVisit *visit)
{
    g_clear_handle_id(&visit->patience_tick, g_source_remove);
    g_clear_handle_id(&visit->recover_tick, g_source_remove);
    g_clear_handle_id(&visit->wipe_timer, g_source_remove);
}

void
saoy_visit_free(SaoyVisit *visit)
{
    if (visit == NULL)
        return;
    *visit->alive = NULL;
    stop_timers(visit);
    if (visit->flow.cancel != NULL)
        g_cancellable_cancel(visit->flow.cancel);
    if (visit->arena != NULL)
        saoy_session_wipe(visit);
    saoy_devices_close(visit);
    for (int i = 0; i < SAOY_ON_N; i++)
        g_clear_pointer(&visit->workers[i], saoy_worker_free);
    g_clear_object(&visit->flow.cancel);
    g_queue_clear_full(&visit->events, g_free);
    g_clear_pointer(&visit->scan_gate, g_async_queue_unref);
    g_clear_pointer(&visit->journal, saoy_journal_close);
    g_clear_pointer(&visit->arena, saoy_arena_free);
    g_atomic_rc_box_release(visit->alive);
    g_free(visit);
}
