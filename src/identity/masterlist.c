/* Master lists (ICAO 9303-12, 8): nothing in one is used before its signature holds, and
 * nothing is trusted before somebody vouches for its signer. */
#include "csca-store.h"

#include "algorithm.h"
#include "core/clock.h"
#include "tlv.h"

#include <glib/gi18n.h>
#include <time.h>

#define MAX_LISTED 2048
#define DAY_S 86400

static const char *const flaws[SAOY_FLAW_N] = {
    [SAOY_FLAW_UNREADABLE] = N_("the list is not readable"),
    [SAOY_FLAW_CONTENT] = N_("what is signed is no master list"),
    [SAOY_FLAW_SIGNERS] = N_("the list is signed by nobody, or by several"),
    [SAOY_FLAW_ALGORITHM] = N_("the list is signed with an unknown algorithm"),
    [SAOY_FLAW_ATTRIBUTES] = N_("the list's signature does not say what it covers"),
    [SAOY_FLAW_CHANGED] = N_("the list was changed after it was signed"),
    [SAOY_FLAW_UNNAMED] = N_("the list carries no certificate of its signer"),
    [SAOY_FLAW_KEY] = N_("the key of the list's signer is of an unknown kind"),
    [SAOY_FLAW_SIGNATURE] = N_("the signature of the list is wrong"),
};

static const char *const ends[SAOY_CHAIN_N] = {
    [SAOY_CHAIN_UNKNOWN] = N_("the issuer of the list's signer is not known"),
    [SAOY_CHAIN_EXPIRED] = N_("the list's signer had expired when it signed"),
    [SAOY_CHAIN_EARLY] = N_("the list's signer was not valid yet when it signed"),
    [SAOY_CHAIN_REVOKED] = N_("the list's signer has been revoked"),
    [SAOY_CHAIN_WEAK] = N_("the certificate of the list's signer is weak"),
    [SAOY_CHAIN_PURPOSE] = N_("the list's signer may not sign lists"),
    [SAOY_CHAIN_BROKEN] = N_("the certificate of the list's signer does not hold"),
};

/* id-icao-mrtd-security-cscaMasterListSigningKey */
bool
saoy_signs_lists(X509 *signer)
{
    g_autoptr(ASN1_OBJECT) wanted = OBJ_txt2obj("2.23.136.1.1.3", 1);
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(signer, NID_ext_key_usage, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++)
        found |= OBJ_cmp(sk_ASN1_OBJECT_value(usages, i), wanted) == 0;
    sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
    ERR_clear_error();
    return found;
}

/* CscaMasterList ::= SEQUENCE { version, SET OF Certificate } */
static const char *
take_entries(SaoyView content, GPtrArray *out)
{
    SaoyView body = { 0 }, version = { 0 }, list = { 0 }, value = { 0 };

    if (!saoy_tlv_take(&content, 0x30, &body, NULL) || content.size > 0 ||
        !saoy_tlv_take(&body, 0x02, &version, NULL) || version.size != 1 ||
        version.data[0] != 0 || !saoy_tlv_take(&body, 0x31, &list, NULL) || body.size > 0)
        return flaws[SAOY_FLAW_UNREADABLE];
    while (list.size > 0) {
        SaoyView whole = list;
        SaoyCscaEntry *entry = NULL;

        if (out->len == MAX_LISTED)
            return N_("there are too many certificates in it");
        if (saoy_tlv_take(&list, 0x30, &value, NULL))
            entry = saoy_csca_entry_new(
                (SaoyView){ whole.data, (size_t)(list.data - whole.data) });
        if (entry == NULL)
            return N_("something in it is no certificate");
        g_ptr_array_add(out, entry);
    }
    return NULL;
}

static bool
is_after(const ASN1_TIME *bound, time_t when)
{
    return X509_cmp_time(bound, &when) > 0;
}

/* The time in which a key may sign is shorter than the life of its certificate. */
static SaoyChainEnd
check_usage_period(X509 *signer, int64_t at_s)
{
    PKEY_USAGE_PERIOD *period =
        X509_get_ext_d2i(signer, NID_private_key_usage_period, NULL, NULL);
    SaoyChainEnd end = SAOY_CHAIN_TRUSTED;

    if (period != NULL && period->notBefore != NULL &&
        is_after(period->notBefore, (time_t)at_s))
        end = SAOY_CHAIN_EARLY;
    if (period != NULL && period->notAfter != NULL &&
        !is_after(period->notAfter, (time_t)at_s))
        end = SAOY_CHAIN_EXPIRED;
    PKEY_USAGE_PERIOD_free(period);
    ERR_clear_error();
    return end;
}

/* The signer's certificate itself lies there as the operator's word. */
static bool
is_given(const GPtrArray *anchors, X509 *signer, int64_t at_s)
{
    g_autoptr(GBytes) der = saoy_x509_der(signer);

    for (unsigned i = 0; i < anchors->len; i++) {
        const SaoyCscaFile *file = anchors->pdata[i];

        for (unsigned j = 0; file->kind == SAOY_CSCA_CERTIFICATES && j < file->entries->len;
             j++) {
            const SaoyCscaEntry *entry = file->entries->pdata[j];

            if (g_bytes_equal(entry->der, der))
                return !is_after(X509_get0_notBefore(signer), (time_t)at_s) &&
                       is_after(X509_get0_notAfter(signer), (time_t)at_s);
        }
    }
    return false;
}

/* Whom the list itself names does not count as an anchor: anybody can make such a list. It
 * is said, though, for whoever wonders what is missing. */
static const char *
explain_unknown(SaoyCscaFile *file, X509 *signer, const SaoyChainRules *rules)
{
    g_autoptr(GPtrArray) itself = g_ptr_array_new();
    SaoyChain chain;

    g_ptr_array_add(itself, file);
    file->trusted = true;
    chain = saoy_csca_chain(itself, signer, rules);
    file->trusted = false;
    return chain.end == SAOY_CHAIN_TRUSTED
               ? N_("only the list itself vouches for its signer: pin it, or put the "
                    "signer's issuer beside it")
               : ends[SAOY_CHAIN_UNKNOWN];
}

static const char *
judge_signer(SaoyCscaFile *file, X509 *signer, int64_t signed_at_s,
             const GPtrArray *anchors, GHashTable *pinned)
{
    const int64_t now_s = saoy_clock_wall_us() / G_USEC_PER_SEC;
    const SaoyChainRules rules = { .at_s = signed_at_s != 0 ? signed_at_s : now_s };
    SaoyChain chain = { .end = check_usage_period(signer, rules.at_s) };

    if (rules.at_s > now_s + DAY_S)
        return N_("the list is dated in the future");
    if (chain.end == SAOY_CHAIN_TRUSTED)
        chain = saoy_csca_chain(anchors, signer, &rules);
    if (chain.end != SAOY_CHAIN_TRUSTED && chain.end != SAOY_CHAIN_UNKNOWN)
        return ends[chain.end];
    file->trusted = chain.end == SAOY_CHAIN_TRUSTED ||
                    is_given(anchors, signer, rules.at_s) ||
                    (pinned != NULL && g_hash_table_contains(pinned, file->sha256));
    return file->trusted ? NULL : explain_unknown(file, signer, &rules);
}

static const char *
read_list(SaoyCscaFile *file, const SaoySigned *list, SaoyErrorCode *out_code)
{
    const char *wrong;

    *out_code = SAOY_ERROR_UNTRUSTED;
    if (saoy_digest_is_weak(list->digest))
        return N_("the list is signed with a weak digest");
    if (!saoy_signs_lists(list->signer))
        return ends[SAOY_CHAIN_PURPOSE];
    *out_code = SAOY_ERROR_MALFORMED;
    wrong = take_entries(list->content, file->entries);
    if (wrong != NULL)
        g_ptr_array_set_size(file->entries, 0);
    return wrong;
}

static SaoyFlaw
open_list(SaoyView bytes, const GPtrArray *anchors, SaoySigned *out,
          SaoyCertificates **out_others)
{
    static const char *const types[] = { "2.23.136.1.1.2", NULL };
    SaoyFlaw flaw = saoy_signed_parse(bytes, types, out);

    if (flaw != SAOY_FLAW_NONE)
        return flaw;
    if (out->bare)
        *out_others = saoy_csca_certificates(anchors);
    return saoy_signed_check(out, *out_others);
}

bool
saoy_master_list_read(SaoyCscaFile *file, SaoyView bytes, const GPtrArray *anchors,
                      GHashTable *pinned, GError **error)
{
    g_autoptr(SaoyCertificates) others = NULL;
    g_auto(SaoySigned) list = { 0 };
    SaoyFlaw flaw = open_list(bytes, anchors, &list, &others);
    SaoyErrorCode code = flaw == SAOY_FLAW_UNREADABLE || flaw == SAOY_FLAW_CONTENT
                             ? SAOY_ERROR_MALFORMED
                             : SAOY_ERROR_UNTRUSTED;

    file->sha256 = saoy_sha256_hex(bytes);
    file->reason = flaw != SAOY_FLAW_NONE ? flaws[flaw] : read_list(file, &list, &code);
    if (file->reason != NULL)
        return saoy_fail(error, code, "%s", file->reason);
    file->reason = judge_signer(file, list.signer, list.signed_at_s, anchors, pinned);
    return true;
}
