#pragma once
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

/* A person touched the screen: patience starts anew. */
void saoy_visit_touch(SaoyVisit *visit);
/* Seconds until patience ends, UINT_MAX for ever; the window asks its question at 20. */
unsigned saoy_visit_patience_left_s(const SaoyVisit *visit);
