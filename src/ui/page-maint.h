#pragma once
#include "flow/visit.h"
#include "maint/maint.h"

#include <gtk/gtk.h>

/* The self-test on a thread of its own. At most one at a time; answer is called on the main
 * thread and borrows checks during the call, never after free, which waits for the test. */
typedef struct SaoyMaintLook SaoyMaintLook;
typedef void SaoyMaintAnswer(void *user, const GPtrArray *checks);

SaoyMaintLook *saoy_maint_look_new(void);
void saoy_maint_look(SaoyMaintLook *look, SaoyVisit *visit, const SaoyKioskConfig *config,
                     SaoyMaintAnswer *answer, void *user);
void saoy_maint_look_free(SaoyMaintLook *look);

/* One line of the list. */
GtkWidget *saoy_maint_row(const SaoyCheck *check);
