#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* Memory of a process through which persons pass (docs/decisions/0003). */

/* First thing in main, before any thread: no core dump, no ptrace by other users' programs,
 * and what is freed is overwritten at once. For the last the C library must know before it
 * starts: the program runs itself again once, same arguments, environment set. Without
 * effect under AddressSanitizer, which has an allocator of its own. */
bool saoy_memory_harden(GError **error);

/* Any thread, between two persons: overwrites the calling thread's stack below this call
 * and gives free pages of the heap back to the system. */
void saoy_memory_forget(void);
