#include "signature/dss.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

/* Gathering what a chain needs to be believed later: issuers, OCSP answers, CRLs. */
enum { MAX_PATH = 8 };

typedef struct {
    const SaoyProofSource *source;
    SaoyProofs *pool, *proofs;
    GPtrArray *chain;
    int64_t at_us;
    GCancellable *cancel;
} Walk;

/* ---- issuers ---- */

static GBytes *
issuer_among(GPtrArray *certificates, SaoyView certificate)
{
    for (size_t i = 0; certificates != NULL && i < certificates->len; i++)
        if (saoy_certificate_is_issued_by(certificate,
                                          saoy_view_of(certificates->pdata[i])))
            return g_bytes_ref(certificates->pdata[i]);
    return NULL;
}

static GBytes *
fetch(const Walk *walk, const char *url, const char *type, GBytes *body, GError **error)
{
    return walk->source->fetch(walk->source->user, url, type, body, walk->cancel, error);
}

static GBytes *
fetch_issuer(const Walk *walk, SaoyView certificate, GError **error)
{
    g_autofree char *url = saoy_certificate_issuer_url(certificate);
    g_autoptr(GBytes) file = url != NULL ? fetch(walk, url, NULL, NULL, error) : NULL;

    if (url == NULL)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "nobody says who issued it");
    if (file == NULL)
        return NULL;
    g_autoptr(GPtrArray) held = saoy_x509_list(saoy_view_of(file));
    for (size_t i = 0; i < held->len; i++) {
        g_autoptr(GBytes) der = saoy_x509_der(held->pdata[i]);

        if (saoy_certificate_is_issued_by(certificate, saoy_view_of(der)))
            return g_steal_pointer(&der);
    }
    return saoy_null(error, SAOY_ERROR_UNTRUSTED,
                     "another certificate at its issuer's place");
}

static GBytes *
find_issuer(const Walk *walk, SaoyView certificate, GError **error)
{
    GPtrArray *const places[] = { walk->chain, walk->pool->certificates,
                                  walk->source->known };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        GBytes *issuer = issuer_among(places[i], certificate);

        if (issuer != NULL)
            return issuer;
    }
    return fetch_issuer(walk, certificate, error);
}

/* ---- proofs ---- */

/* Those of the list that alone show it good at that time; the first is enough. */
static bool
take_known(const Walk *walk, bool ocsp, SaoyView certificate, SaoyView issuer)
{
    GPtrArray *list = ocsp ? walk->pool->ocsps : walk->pool->crls;

    for (size_t i = 0; i < list->len; i++) {
        g_auto(SaoyProofs) one = { 0 };

        saoy_proofs_init(&one);
        saoy_proofs_add(ocsp ? one.ocsps : one.crls, list->pdata[i]);
        if (saoy_revocation_at(certificate, issuer, &one, walk->at_us, NULL) !=
            SAOY_REVOCATION_GOOD)
            continue;
        saoy_proofs_add(ocsp ? walk->proofs->ocsps : walk->proofs->crls, list->pdata[i]);
        return true;
    }
    return false;
}

static void
keep(const Walk *walk, bool ocsp, GBytes *proof)
{
    saoy_proofs_add(ocsp ? walk->pool->ocsps : walk->pool->crls, proof);
    saoy_proofs_add(ocsp ? walk->proofs->ocsps : walk->proofs->crls, proof);
}

static bool
ask_responder(const Walk *walk, const char *url, SaoyView certificate, SaoyView issuer,
              GError **error)
{
    uint8_t bytes[16] = { 0 };
    const SaoyView nonce = { bytes, sizeof bytes };
    g_autoptr(GBytes) request = NULL;
    g_autoptr(GBytes) response = NULL;

    if (!saoy_random(bytes, sizeof bytes, error))
        return false;
    request = saoy_ocsp_request(certificate, issuer, nonce, error);
    response = request != NULL
                   ? fetch(walk, url, "application/ocsp-request", request, error)
                   : NULL;
    if (response == NULL || !saoy_ocsp_accept(saoy_view_of(response), certificate, issuer,
                                              nonce, walk->source->now_us, error))
        return false;
    keep(walk, true, response);
    return true;
}

static bool
ask_list(const Walk *walk, const char *url, SaoyView certificate, SaoyView issuer,
         GError **error)
{
    g_autoptr(GBytes) list = fetch(walk, url, NULL, NULL, error);
    SaoyRevocationProof proof = { 0 };

    if (list == NULL ||
        !saoy_crl_check(saoy_view_of(list), certificate, issuer, &proof, error))
        return false;
    if (proof.next_update_us != 0 && proof.next_update_us < walk->source->now_us)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "CRL is out of date");
    if (proof.verdict == SAOY_REVOCATION_REVOKED)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "certificate is revoked");
    keep(walk, false, list);
    return true;
}

/* OCSP first, for it knows of today; a list if no responder answers. A revoked certificate
 * is not asked about elsewhere. */
static bool
prove(const Walk *walk, SaoyView certificate, SaoyView issuer, GError **error)
{
    g_autofree char *responder = saoy_certificate_ocsp_url(certificate);
    g_autofree char *list = saoy_certificate_crl_url(certificate);
    g_autoptr(GError) why = NULL;

    if (take_known(walk, true, certificate, issuer) ||
        take_known(walk, false, certificate, issuer))
        return true;
    if (responder == NULL && list == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "nobody answers for its revocation");
    if (responder != NULL && ask_responder(walk, responder, certificate, issuer, &why))
        return true;
    if (list == NULL || g_error_matches(why, SAOY_ERROR, SAOY_ERROR_REFUSED)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return ask_list(walk, list, certificate, issuer, error);
}

static bool
collect(const Walk *walk, GError **error)
{
    g_autoptr(GBytes) now = g_bytes_ref(walk->chain->pdata[0]);

    for (int i = 0; i < MAX_PATH; i++) {
        SaoyView der = saoy_view_of(now);
        g_autoptr(GBytes) issuer = NULL;

        saoy_proofs_add(walk->proofs->certificates, now);
        saoy_proofs_add(walk->pool->certificates, now);
        if (saoy_certificate_is_root(der))
            return true;
        issuer = find_issuer(walk, der, error);
        if (issuer == NULL || !prove(walk, der, saoy_view_of(issuer), error))
            return false;
        g_bytes_unref(now);
        now = g_steal_pointer(&issuer);
    }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "a chain without end");
}

/* By its digest: errors are logged, and a certificate's name may be a person's. */
static void
name_fault(GError **error, SaoyView certificate)
{
    g_autofree char *digest = saoy_sha256_hex(certificate);

    g_prefix_error(error, "validation data for %.16s…: ", digest);
}

bool
saoy_proofs_collect(GPtrArray *chain, int64_t at_us, const SaoyProofSource *source,
                    SaoyProofs *pool, SaoyProofs *proofs, GCancellable *cancel,
                    GError **error)
{
    const Walk walk = { source, pool, proofs, chain, at_us, cancel };

    if (chain->len == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no certificate");
    if (collect(&walk, error))
        return true;
    name_fault(error, saoy_view_of(chain->pdata[0]));
    return false;
}
