#pragma once
#include "core/bytes.h"

/* One block for everything known about the person: mlocked, left out of core dumps, wiped
 * on fork, and zeroed as a whole. Main thread only; what workers need they copy. */
typedef struct SaoyArena SaoyArena;

/* size in bytes, fixed. FAILED when the kernel gives no such memory; one that cannot be
 * locked is no error: ask saoy_arena_is_locked. */
SaoyArena *saoy_arena_new(size_t size, GError **error);
void saoy_arena_free(SaoyArena *arena); /* wipes first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyArena, saoy_arena_free)

/* Zeroed, aligned to 16; NULL when the arena is full. */
void *saoy_arena_alloc(SaoyArena *arena, size_t size);
char *saoy_arena_string(SaoyArena *arena, const char *text); /* NULL when full */

void saoy_arena_wipe(SaoyArena *arena);            /* zeroes all; what was given is gone */
bool saoy_arena_is_wiped(const SaoyArena *arena);  /* reads every byte */
bool saoy_arena_is_locked(const SaoyArena *arena); /* false: RLIMIT_MEMLOCK was too small */
