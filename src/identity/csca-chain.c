/* From a signer to a trusted issuer, one step at a time: a path length of 0 would forbid
 * the link certificates that roll an issuer's key over, so no step sees the whole path. */
#include "csca-store.h"

#include "algorithm.h"

#include <time.h>

#define MAX_PATH 8   /* certificates that may be climbed from */
#define MAX_TRIES 64 /* signatures that may be verified on the way */

typedef struct {
    const GPtrArray *files;
    const SaoyChainRules *rules;
    X509 *path[MAX_PATH]; /* the signer, and link certificates found */
    unsigned n, tries;
    SaoyChain chain;
} Climb;

static int64_t
seconds_of(const ASN1_TIME *when)
{
    struct tm tm = { 0 };

    return ASN1_TIME_to_tm(when, &tm) == 1 ? timegm(&tm) : 0;
}

/* Issuers share names: a signature by another key of that name says only that this is not
 * the issuer, unless the key was named. */
static SaoyChainEnd
end_of(int code, X509 *child, X509 *issuer)
{
    bool named = X509_get0_authority_key_id(child) != NULL &&
                 X509_get0_subject_key_id(issuer) != NULL;

    switch (code) {
    case X509_V_OK:
        return SAOY_CHAIN_TRUSTED;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return named ? SAOY_CHAIN_BROKEN : SAOY_CHAIN_UNKNOWN;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return SAOY_CHAIN_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return SAOY_CHAIN_EARLY;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return SAOY_CHAIN_WEAK;
    default:
        return SAOY_CHAIN_BROKEN;
    }
}

/* Spelt-out curves are let through here; saoy_key_is_usable knows which are named ones. */
static int
tolerate_spelt_out(int ok, X509_STORE_CTX *ctx)
{
    return ok == 1 || X509_STORE_CTX_get_error(ctx) == X509_V_ERR_EC_KEY_EXPLICIT_PARAMS;
}

/* child under issuer, and nobody else, at a moment */
static SaoyChainEnd
verify_pair(X509 *child, X509 *issuer, int64_t at_s, bool allow_sha1)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    g_autoptr(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;
    int code = X509_V_ERR_UNSPECIFIED;

    X509_STORE_add_cert(store, issuer);
    if (X509_STORE_CTX_init(ctx, store, child, NULL) == 1) {
        param = X509_STORE_CTX_get0_param(ctx);
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_time(param, (time_t)at_s);
        X509_STORE_CTX_set_verify_cb(ctx, tolerate_spelt_out);
        /* 112 bits, which SHA-1 has not; keys are measured by saoy_key_is_usable */
        X509_VERIFY_PARAM_set_auth_level(param, allow_sha1 ? 0 : 2);
        code = X509_verify_cert(ctx) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(ctx);
    }
    ERR_clear_error();
    return end_of(code, child, issuer);
}

static const EVP_MD *
digest_of(X509 *certificate)
{
    const X509_ALGOR *algorithm = NULL;

    X509_get0_signature(NULL, &algorithm, certificate);
    return saoy_signature_digest(algorithm, NULL);
}

static SaoyChainEnd
judge_revocation(Climb *climb, X509 *certificate, X509 *issuer)
{
    SaoyRevocation found =
        saoy_revocation_of(climb->files, certificate, issuer, climb->rules->at_s);

    climb->chain.stale |= found == SAOY_REVOCATION_STALE;
    return found == SAOY_REVOCATION_REVOKED ? SAOY_CHAIN_REVOKED : SAOY_CHAIN_TRUSTED;
}

static SaoyChainEnd
judge_step(Climb *climb, X509 *child, X509 *issuer)
{
    /* a link certificate introduces a key when it is made, and lives longer than the key
     * that made it: that key must have been valid then */
    int64_t at_s = child == climb->path[0] ? climb->rules->at_s
                                           : seconds_of(X509_get0_notBefore(child));
    const EVP_MD *digest = digest_of(child);
    SaoyChainEnd end;

    if (digest == NULL || !saoy_key_is_usable(issuer))
        return SAOY_CHAIN_WEAK;
    if (saoy_digest_is_weak(digest) && !climb->rules->allow_sha1)
        return SAOY_CHAIN_WEAK;
    end = verify_pair(child, issuer, at_s, climb->rules->allow_sha1);
    if (end != SAOY_CHAIN_TRUSTED)
        return end;
    climb->chain.sha1 |= saoy_digest_is_weak(digest);
    return judge_revocation(climb, child, issuer);
}

static bool
is_on_path(const Climb *climb, X509 *certificate)
{
    for (unsigned i = 0; i < climb->n; i++)
        if (X509_cmp(climb->path[i], certificate) == 0)
            return true;
    return false;
}

/* True when there is nothing more to seek: an anchor, or a revocation. */
static bool
try_issuer(Climb *climb, X509 *child, X509 *issuer)
{
    SaoyChainEnd end;

    if (issuer == NULL || X509_check_issued(issuer, child) != X509_V_OK ||
        climb->tries++ >= MAX_TRIES)
        return false;
    end = judge_step(climb, child, issuer);
    if (end == SAOY_CHAIN_TRUSTED && X509_self_signed(issuer, 1) != 1) {
        if (climb->n < MAX_PATH && !is_on_path(climb, issuer))
            climb->path[climb->n++] = issuer;
        return false;
    }
    if (end == SAOY_CHAIN_TRUSTED)
        end = judge_revocation(climb, issuer, issuer);
    /* a way that ends badly does not close another */
    if (end != SAOY_CHAIN_UNKNOWN)
        climb->chain.end = end;
    return end == SAOY_CHAIN_TRUSTED || end == SAOY_CHAIN_REVOKED;
}

static bool
climb_from(Climb *climb, X509 *child)
{
    X509_NAME *name = X509_get_issuer_name(child);
    SaoyView der = { 0 };
    char country[3] = "";

    if (X509_NAME_get0_der(name, &der.data, &der.size) != 1)
        return false;
    saoy_csca_country(der, country);
    for (unsigned i = 0; i < climb->files->len; i++) {
        const SaoyCscaFile *file = climb->files->pdata[i];

        if (!file->trusted || file->kind == SAOY_CSCA_CRL)
            continue;
        for (unsigned j = 0; j < file->entries->len; j++) {
            SaoyCscaEntry *entry = file->entries->pdata[j];

            if (g_str_equal(entry->country, country) &&
                try_issuer(climb, child, saoy_csca_entry_certificate(entry)))
                return true;
        }
    }
    return false;
}

/* An issuer signs certificates and nothing else. */
static bool
may_sign(X509 *signer)
{
    uint32_t usage = X509_get_key_usage(signer); /* all ones: not restricted */

    return (usage & KU_DIGITAL_SIGNATURE) != 0 && X509_check_ca(signer) == 0;
}

SaoyChain
saoy_csca_chain(const GPtrArray *files, X509 *signer, const SaoyChainRules *rules)
{
    Climb climb = { .files = files,
                    .rules = rules,
                    .path = { signer },
                    .n = 1,
                    .chain = { .end = SAOY_CHAIN_UNKNOWN } };

    if (!may_sign(signer))
        climb.chain.end = SAOY_CHAIN_PURPOSE;
    else
        for (unsigned i = 0; i < climb.n; i++)
            if (climb_from(&climb, climb.path[i]))
                break;
    ERR_clear_error();
    return climb.chain;
}
