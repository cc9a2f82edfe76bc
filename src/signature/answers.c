#include "crl.h"
#include "ocsp.h"

#include "cms-parts.h"

#include "core/file.h"

/* A heap of proofs, and what they say together. A hostile file brings thousands of them, or
 * a few of many megabytes: each is looked at as bytes first, read only if it speaks of the
 * certificate, and once. */
#define SLACK_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)
#define MAX_READ ((size_t)128 << 20)
#define OCSP_COST ((size_t)256 << 10) /* of two signatures, in bytes of a list */

struct SaoyAnswers {
    GHashTable *said; /* GBytes, certificate and issuer -> Said */
    size_t read;      /* bytes */
};

typedef struct {
    GArray *proofs;    /* SaoyRevocationProof */
    guint n_proofs[2]; /* of the heap by then: OCSP answers, CRLs */
} Said;

static void
said_free(void *p)
{
    Said *said = p;

    g_array_unref(said->proofs);
    g_free(said);
}

/* ---- the heap ---- */

void
saoy_proofs_init(SaoyProofs *proofs)
{
    GPtrArray **const lists[] = { &proofs->certificates, &proofs->ocsps, &proofs->crls };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    proofs->answers = g_new0(SaoyAnswers, 1);
    proofs->answers->said = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                                  (GDestroyNotify)g_bytes_unref, said_free);
}

void
saoy_proofs_clear(SaoyProofs *proofs)
{
    g_clear_pointer(&proofs->certificates, g_ptr_array_unref);
    g_clear_pointer(&proofs->ocsps, g_ptr_array_unref);
    g_clear_pointer(&proofs->crls, g_ptr_array_unref);
    if (proofs->answers != NULL)
        g_hash_table_unref(proofs->answers->said);
    g_clear_pointer(&proofs->answers, g_free);
}

void
saoy_proofs_add(GPtrArray *list, GBytes *der)
{
    if (!g_ptr_array_find_with_equal_func(list, der, g_bytes_equal, NULL))
        g_ptr_array_add(list, g_bytes_ref(der));
}

size_t
saoy_proofs_read(const SaoyProofs *proofs)
{
    return proofs->answers->read;
}

bool
saoy_proofs_exhausted(const SaoyProofs *proofs)
{
    return proofs->answers->read > MAX_READ;
}

/* ---- one certificate ---- */

typedef bool ScreenFunc(SaoyView proof, SaoyView certificate, SaoyView issuer);
typedef bool CheckFunc(SaoyView proof, SaoyView certificate, SaoyView issuer,
                       SaoyRevocationProof *out, GError **error);

static bool
is_list_by(SaoyView proof, SaoyView certificate, SaoyView issuer)
{
    return saoy_crl_is_by(proof, issuer);
}

static bool
is_answer_about(SaoyView proof, SaoyView certificate, SaoyView issuer)
{
    return saoy_ocsp_is_about(proof, certificate);
}

static const struct {
    ScreenFunc *screen;
    CheckFunc *check;
    size_t cost; /* beside its bytes */
} kinds[] = {
    { is_answer_about, saoy_ocsp_check, OCSP_COST },
    { is_list_by, saoy_crl_check, 0 },
};

static void
read_all(const SaoyProofs *proofs, SaoyView certificate, SaoyView issuer, GArray *out)
{
    const GPtrArray *const lists[] = { proofs->ocsps, proofs->crls };

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        for (guint i = 0; i < lists[k]->len; i++) {
            SaoyView der = saoy_view_of(lists[k]->pdata[i]);
            SaoyRevocationProof proof = { 0 };

            if (!kinds[k].screen(der, certificate, issuer))
                continue;
            proofs->answers->read += der.size + kinds[k].cost;
            if (saoy_proofs_exhausted(proofs))
                return;
            if (!kinds[k].check(der, certificate, issuer, &proof, NULL))
                continue;
            proof.proof = lists[k]->pdata[i];
            g_array_append_val(out, proof);
        }
}

static GBytes *
key_of(SaoyView certificate, SaoyView issuer)
{
    GByteArray *key = g_byte_array_new();

    g_byte_array_append(key, certificate.data, (guint)certificate.size);
    g_byte_array_append(key, issuer.data, (guint)issuer.size);
    return g_byte_array_free_to_bytes(key);
}

/* All that the heap says of it, OCSP answers first; read again only when it has grown. */
static const GArray *
all_said(const SaoyProofs *proofs, SaoyView certificate, SaoyView issuer)
{
    g_autoptr(GBytes) key = key_of(certificate, issuer);
    Said *said = g_hash_table_lookup(proofs->answers->said, key);

    if (said != NULL && said->n_proofs[0] == proofs->ocsps->len &&
        said->n_proofs[1] == proofs->crls->len)
        return said->proofs;
    said = g_new0(Said, 1);
    said->proofs = g_array_new(FALSE, FALSE, sizeof(SaoyRevocationProof));
    said->n_proofs[0] = proofs->ocsps->len;
    said->n_proofs[1] = proofs->crls->len;
    g_hash_table_replace(proofs->answers->said, g_steal_pointer(&key), said);
    read_all(proofs, certificate, issuer, said->proofs);
    return said->proofs;
}

/* ---- one time ---- */

/* Whether it speaks of that time. Without a next update there is always newer news. Who has
 * expired is taken from most lists, revoked or not (RFC 5280, 3.3). */
static bool
counts(const SaoyRevocationProof *proof, int64_t at_us, int64_t end_us)
{
    int64_t until = proof->next_update_us != 0 ? proof->next_update_us
                                               : proof->this_update_us + SLACK_US;
    bool retained = proof->retained_us != 0 && proof->retained_us <= end_us;

    return proof->verdict != SAOY_REVOCATION_UNKNOWN && until >= at_us &&
           (proof->this_update_us <= end_us || retained);
}

/* The worst word on that time. */
SaoyRevocation
saoy_revocation_at(SaoyView certificate, SaoyView issuer, const SaoyProofs *proofs,
                   int64_t at_us, SaoyRevocationProof *out)
{
    const GArray *said = all_said(proofs, certificate, issuer);
    int64_t end_us = saoy_certificate_end_us(certificate);
    SaoyRevocation verdict = SAOY_REVOCATION_UNKNOWN;
    SaoyRevocationProof decided = { .reason = -1 };

    for (guint i = 0; verdict != SAOY_REVOCATION_REVOKED && i < said->len; i++) {
        const SaoyRevocationProof *proof = &g_array_index(said, SaoyRevocationProof, i);
        bool revoked = proof->revoked_us != 0 && proof->revoked_us <= at_us;

        if (!revoked && (verdict == SAOY_REVOCATION_GOOD || !counts(proof, at_us, end_us)))
            continue;
        decided = *proof;
        verdict = revoked ? SAOY_REVOCATION_REVOKED : SAOY_REVOCATION_GOOD;
    }
    if (out != NULL)
        *out = decided;
    return verdict;
}
