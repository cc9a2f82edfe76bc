#pragma once
#include "device/bench.h"
#include "flow/config.h"
#include "flow/engine.h"
#include "flow/session.h"

/* A kiosk without a screen: table, engine, session, effects, journal, devices, hub client
 * put together. The window and `saoy issue` are two users of it. Main thread only. */
typedef void SaoyShowFunc(void *user, SaoyState state, const SaoySession *session);

/* Opens journal and devices, starts the workers, settles what an earlier run left
 * unfinished
 * ("After a crash"), then shows WELCOME (CLOSED when a needed device is missing). config is
 * borrowed. show is called on every transition and whenever facts on the screen changed. */
SaoyVisit *saoy_visit_new(const SaoyKioskConfig *config, SaoyShowFunc *show, void *user,
                          GError **error);
void saoy_visit_free(SaoyVisit *visit); /* wipes first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyVisit, saoy_visit_free)

void saoy_visit_post(SaoyVisit *visit, SaoyEventType type);
const SaoySession *saoy_visit_session(const SaoyVisit *visit);
SaoyState saoy_visit_state(const SaoyVisit *visit);

/* Before a technician's action is done: writes it into the journal and the log, with the
 * technician's number. action: a static word of ours. */
bool saoy_visit_note_action(SaoyVisit *visit, const char *action, unsigned technician,
                            GError **error);

/* Asks every device anew, each on its own worker, without moving paper; asked() is called
 * once, on the main thread, and owns the bench: it borrows the visit's handles, so that
 * only health, reason and configured are for reading. Never after saoy_visit_free. */
typedef void SaoyAskedFunc(void *user, SaoyBench *bench);
void saoy_visit_ask_devices(SaoyVisit *visit, SaoyAskedFunc *asked, void *user);

/* A person touched the screen: patience starts anew. */
void saoy_visit_touch(SaoyVisit *visit);
/* Seconds until patience ends, UINT_MAX for ever; the window asks its question at 20. */
unsigned saoy_visit_patience_left_s(const SaoyVisit *visit);
/* Whether the question can still be answered with more time: three times a visit, six in
 * accessibility mode. */
bool saoy_visit_may_extend(const SaoyVisit *visit);
