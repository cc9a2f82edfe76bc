#pragma once
#include "signature/chain.h"

/* A trust directory read once, for the many questions of one validation. One thread at a
 * time. */
typedef struct SaoyRoots SaoyRoots;
/* lists: its revocation lists are obeyed. directory NULL or absent: nobody is trusted. */
SaoyRoots *saoy_roots_open(const char *directory, bool lists);
void saoy_roots_close(SaoyRoots *roots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyRoots, saoy_roots_close)

/* As saoy_chain_path and saoy_chain_check. Of chain and of helpers the first 16 count. */
GPtrArray *saoy_roots_path(const SaoyRoots *roots, GPtrArray *chain, GPtrArray *helpers,
                           int64_t at_us, SaoyPurpose purpose);
SaoyTrust saoy_roots_check(const SaoyRoots *roots, GPtrArray *chain, GPtrArray *helpers,
                           int64_t at_us, SaoyPurpose purpose);
