#pragma once
#include <glib.h>
#include <stdbool.h>

/* Identifiers of product.md §4 and domain.md §3.4. */

/* "H26.132-251110-0007.01-24": dossier, two-digit document number (1..20), ISO 7064 MOD
 * 97-10 over the letters and digits (A=10 … Z=35). Free with g_free. */
char *saoy_copy_id_new(const char *dossier_id, unsigned document);
bool saoy_copy_id_check(const char *copy_id);

/* "H26.132-251110-0007" from unit "H26.132", wall time and running number of that day. */
char *saoy_dossier_id_new(const char *unit, int64_t wall_us, unsigned serial);
bool saoy_dossier_id_check(const char *dossier_id);

/* Look-up token: 80 random bits as 16 Crockford base32 characters. Never logged. */
char *saoy_token_new(void);
bool saoy_token_check(const char *token);

/* Random lower-case hex of n bytes: idempotency keys, session ids. */
char *saoy_random_hex(unsigned n_bytes);
