#include "sod.h"

#include "algorithm.h"
#include "core/file.h"
#include "tlv.h"

#include <glib/gi18n.h>

static const char unreadable[] = N_("the security object is not readable");

/* A data group listed twice could be read in two ways. */
static const char *
parse_hashes(SaoyView list, SaoySecurityObject *out)
{
    while (list.size > 0) {
        SaoyView entry = { 0 }, number = { 0 }, hash = { 0 };
        int64_t group = 0;

        if (!saoy_tlv_take(&list, 0x30, &entry, NULL) ||
            !saoy_lds_number(entry, &group, NULL) ||
            !saoy_tlv_take(&entry, 0x02, &number, NULL) ||
            !saoy_tlv_take(&entry, 0x04, &hash, NULL) || entry.size > 0 || group < 1 ||
            group > SAOY_GROUP_MAX || hash.size == 0)
            return unreadable;
        if (out->hash[group].data != NULL)
            return N_("the security object lists a data group twice");
        out->hash[group] = hash;
    }
    return NULL;
}

static const EVP_MD *
parse_digest(SaoyView algorithm)
{
    g_autoptr(ASN1_OBJECT) oid = NULL;
    const uint8_t *at = algorithm.data;
    SaoyView body = { 0 }, rest = algorithm;

    if (saoy_tlv_take(&rest, 0x06, &body, NULL))
        oid = d2i_ASN1_OBJECT(NULL, &at, (long)(algorithm.size - rest.size));
    ERR_clear_error();
    return saoy_digest_of(oid);
}

/* Version 1 adds the versions of LDS and Unicode, which change nothing here. */
static bool
parse_tail(SaoyView body, int64_t version)
{
    SaoyView info = { 0 };

    if (version == 1 && !saoy_tlv_take(&body, 0x30, &info, NULL))
        return false;
    return (version == 0 || version == 1) && body.size == 0;
}

const char *
saoy_security_object_parse(SaoyView der, SaoySecurityObject *out)
{
    SaoyView body = { 0 }, number = { 0 }, algorithm = { 0 }, list = { 0 };
    int64_t version = -1;

    if (!saoy_tlv_take(&der, 0x30, &body, NULL) || der.size > 0 ||
        !saoy_lds_number(body, &version, NULL) ||
        !saoy_tlv_take(&body, 0x02, &number, NULL) ||
        !saoy_tlv_take(&body, 0x30, &algorithm, NULL) ||
        !saoy_tlv_take(&body, 0x30, &list, NULL) || !parse_tail(body, version))
        return unreadable;
    out->digest = parse_digest(algorithm);
    return out->digest == NULL ? N_("the security object uses an unknown algorithm")
                               : parse_hashes(list, out);
}

static bool
hash_matches(const SaoySecurityObject *object, unsigned group, GBytes *file)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    SaoyView bytes = saoy_view_of(file);

    return EVP_Digest(bytes.data, bytes.size, digest, &size, object->digest, NULL) == 1 &&
           saoy_view_same((SaoyView){ digest, size }, object->hash[group]);
}

/* What the chip may not hide once its issuer has signed it: who leaves out DG14 or DG15
 * leaves out the proof that the chip is no copy. */
const char *
saoy_security_object_compare(const SaoySecurityObject *object, const SaoyLdsFiles *files)
{
    static const unsigned expected[] = { 1, 2, 13, 14, 15 };

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (files->groups[n] != NULL && !hash_matches(object, n, files->groups[n]))
            return N_("a data group is not the one that was signed");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        if (object->hash[expected[i]].data != NULL && files->groups[expected[i]] == NULL)
            return N_("a signed data group was not readable");
    return NULL;
}
