#include "passive.h"

#include "algorithm.h"
#include "core/clock.h"
#include "core/file.h"
#include "csca-store.h"
#include "identity/mrz.h"
#include "sod.h"
#include "tlv.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const flaws[SAOY_FLAW_N] = {
    [SAOY_FLAW_UNREADABLE] = N_("the security object is not readable"),
    [SAOY_FLAW_CONTENT] = N_("what is signed is no security object"),
    [SAOY_FLAW_SIGNERS] = N_("the security object is signed by nobody, or by several"),
    [SAOY_FLAW_ALGORITHM] = N_("the security object is signed with an unknown algorithm"),
    [SAOY_FLAW_ATTRIBUTES] =
        N_("the security object's signature does not say what it covers"),
    [SAOY_FLAW_CHANGED] = N_("the security object was changed after it was signed"),
    [SAOY_FLAW_UNNAMED] = N_("the security object carries no document signer"),
    [SAOY_FLAW_KEY] = N_("the document signer's key is of an unknown kind"),
    [SAOY_FLAW_SIGNATURE] = N_("the signature of the security object is wrong"),
};

static const struct {
    SaoyProof proof;
    const char *reason;
} ends[SAOY_CHAIN_N] = {
    [SAOY_CHAIN_TRUSTED] = { SAOY_PROOF_DONE, "" },
    [SAOY_CHAIN_UNKNOWN] = { SAOY_PROOF_UNDECIDED,
                             N_("the issuer of the document signer is not known") },
    [SAOY_CHAIN_EXPIRED] = { SAOY_PROOF_FAILED,
                             N_("the document signer or its issuer has expired") },
    [SAOY_CHAIN_EARLY] = { SAOY_PROOF_FAILED,
                           N_("the document signer or its issuer is not valid yet") },
    [SAOY_CHAIN_REVOKED] = { SAOY_PROOF_FAILED,
                             N_("the document signer or its issuer has been revoked") },
    [SAOY_CHAIN_WEAK] = { SAOY_PROOF_FAILED,
                          N_("the document signer's certificate is weak") },
    [SAOY_CHAIN_PURPOSE] = { SAOY_PROOF_FAILED,
                             N_("the document signer may not sign documents") },
    [SAOY_CHAIN_BROKEN] = { SAOY_PROOF_FAILED,
                            N_("the document signer's certificate does not hold") },
};

static SaoyProof
failed(const char *reason, const char **out_reason)
{
    *out_reason = reason;
    return SAOY_PROOF_FAILED;
}

static bool
is_of_viet_nam(X509 *signer)
{
    SaoyView name = { 0 };
    char country[3] = "";

    if (X509_NAME_get0_der(X509_get_issuer_name(signer), &name.data, &name.size) == 1)
        saoy_csca_country(name, country);
    return g_str_equal(country, "VN");
}

/* Passports of other countries may be as old as that; what Viet Nam issues is not. */
static bool
may_use_sha1(const SaoyReadPolicy *policy, X509 *signer)
{
    return policy->allow_sha1 && !is_of_viet_nam(signer);
}

/* A master list makes a hundred countries issuers: none of the others makes our cards. */
static bool
speaks_for(const SaoyLdsFiles *files, X509 *signer)
{
    SaoyMrz mrz = { 0 };
    bool ours = files->groups[1] != NULL &&
                saoy_dg1_parse(saoy_view_of(files->groups[1]), &mrz, NULL) &&
                g_str_equal(mrz.issuer, "VNM");

    explicit_bzero(&mrz, sizeof mrz);
    return !ours || is_of_viet_nam(signer);
}

/* When trusted, the reason is a remark. */
static SaoyProof
check_trust(const SaoyCsca *csca, const SaoySigned *signed_, bool sha1,
            const SaoyReadPolicy *policy, const char **out_reason)
{
    const SaoyChainRules rules = { .at_s = saoy_clock_wall_us() / G_USEC_PER_SEC,
                                   .allow_sha1 = may_use_sha1(policy, signed_->signer) };
    SaoyChain chain = { 0 };

    if (saoy_csca_is_empty(csca)) {
        *out_reason = N_("no issuer certificates to check against");
        return SAOY_PROOF_UNDECIDED;
    }
    if (saoy_signs_lists(signed_->signer))
        chain.end = SAOY_CHAIN_PURPOSE;
    else
        chain = saoy_csca_chain(csca->files, signed_->signer, &rules);
    *out_reason = ends[chain.end].reason;
    if (chain.end == SAOY_CHAIN_TRUSTED && (sha1 || chain.sha1))
        *out_reason = N_("signed with SHA-1, which the policy allows");
    else if (chain.end == SAOY_CHAIN_TRUSTED && chain.stale)
        *out_reason = N_("the issuer's revocation list is out of date");
    return ends[chain.end].proof;
}

/* The signature, and how strong it is. weak: what was signed uses SHA-1, too. */
static SaoyProof
check_signature(SaoySigned *signed_, const SaoyCsca *csca, bool weak,
                const SaoyReadPolicy *policy, const char **out_reason)
{
    g_autoptr(SaoyCertificates) others =
        signed_->bare ? saoy_csca_certificates(csca->files) : NULL;
    SaoyFlaw flaw = saoy_signed_check(signed_, others);

    if (flaw != SAOY_FLAW_NONE) {
        *out_reason = flaws[flaw];
        return flaw == SAOY_FLAW_UNNAMED ? SAOY_PROOF_UNDECIDED : SAOY_PROOF_FAILED;
    }
    if (weak && !may_use_sha1(policy, signed_->signer))
        return failed(N_("the security object is signed with a weak digest"), out_reason);
    return SAOY_PROOF_DONE;
}

/* The second and third are older names that specimens and some passports carry. */
static const char *const sod_types[] = { "2.23.136.1.1.1", "1.3.27.1.1.1",
                                         "1.2.528.1.1006.1.20.1", NULL };

/* NULL, or why it cannot be read; object borrows from out. */
static const char *
parse_sod(SaoyView file, SaoySigned *out, SaoySecurityObject *object)
{
    SaoyView body = { 0 };
    SaoyFlaw flaw = SAOY_FLAW_UNREADABLE;

    if (saoy_tlv_take(&file, 0x77, &body, NULL))
        flaw = saoy_signed_parse(body, sod_types, out);
    return flaw != SAOY_FLAW_NONE ? flaws[flaw]
                                  : saoy_security_object_parse(out->content, object);
}

SaoyProof
saoy_passive_check(const SaoyLdsFiles *files, const SaoyReadPolicy *policy,
                   const char **out_reason, SaoyGroups *out_vouched)
{
    g_autoptr(SaoyCsca) csca = saoy_csca_open(policy->trust);
    g_auto(SaoySigned) sod = { 0 };
    SaoySecurityObject object = { 0 };
    const char *wrong = parse_sod(saoy_view_of(files->sod), &sod, &object);
    SaoyProof proof;
    bool weak;

    *out_reason = "";
    *out_vouched = 0;
    if (wrong != NULL)
        return failed(wrong, out_reason);
    weak = saoy_digest_is_weak(sod.digest) || saoy_digest_is_weak(object.digest);
    proof = check_signature(&sod, csca, weak, policy, out_reason);
    if (proof != SAOY_PROOF_DONE)
        return proof;
    wrong = saoy_security_object_compare(&object, files);
    if (wrong != NULL)
        return failed(wrong, out_reason);
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        *out_vouched |= files->groups[n] != NULL ? SAOY_GROUP(n) : 0;
    proof = check_trust(csca, &sod, weak, policy, out_reason);
    return proof == SAOY_PROOF_DONE && !speaks_for(files, sod.signer)
               ? failed(N_("the document signer is another country's"), out_reason)
               : proof;
}

/* id-SecurityObject (BSI TR-03110-3, A.1.2.5) */
static const char *const card_security_types[] = { "0.4.0.127.0.7.3.2.1", NULL };

SaoyProof
saoy_card_security_check(SaoyView file, const SaoyReadPolicy *policy, GBytes **out_infos)
{
    g_autoptr(SaoyCsca) csca = saoy_csca_open(policy->trust);
    g_auto(SaoySigned) security = { 0 };
    const char *reason = "";
    SaoyProof proof;
    bool weak;

    *out_infos = NULL;
    if (saoy_signed_parse(file, card_security_types, &security) != SAOY_FLAW_NONE)
        return SAOY_PROOF_FAILED;
    weak = saoy_digest_is_weak(security.digest);
    proof = check_signature(&security, csca, weak, policy, &reason);
    if (proof == SAOY_PROOF_DONE)
        proof = check_trust(csca, &security, weak, policy, &reason);
    else
        return SAOY_PROOF_FAILED; /* nothing in it is worth reading */
    if (proof != SAOY_PROOF_FAILED)
        *out_infos = g_bytes_new(security.content.data, security.content.size);
    return proof;
}
