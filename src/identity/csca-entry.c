#include "csca-store.h"

#include "core/file.h"
#include "tlv.h"

enum { INTEGER = 0x02, OID = 0x06, SEQUENCE = 0x30, SET = 0x31, VERSION = 0xa0 };

/* 2.5.4.6 */
static bool
is_country(SaoyView oid)
{
    static const uint8_t country[] = { 0x55, 0x04, 0x06 };

    return saoy_view_same(oid, (SaoyView){ country, sizeof country });
}

void
saoy_csca_country(SaoyView name, char out[3])
{
    SaoyView rdns = { 0 }, set = { 0 }, pair = { 0 }, oid = { 0 }, value = { 0 };
    uint32_t tag = 0;

    out[0] = out[1] = out[2] = '\0';
    if (!saoy_tlv_take(&name, SEQUENCE, &rdns, NULL))
        return;
    while (saoy_tlv_take(&rdns, SET, &set, NULL)) {
        if (!saoy_tlv_take(&set, SEQUENCE, &pair, NULL) ||
            !saoy_tlv_take(&pair, OID, &oid, NULL) || !is_country(oid) ||
            !saoy_tlv_next(&pair, &tag, &value, NULL) || value.size != 2)
            continue;
        out[0] = g_ascii_toupper((char)value.data[0]);
        out[1] = g_ascii_toupper((char)value.data[1]);
        return;
    }
}

/* What stands in front of the name that is sought; 0 ends. */
static bool
skip(SaoyView *in, const uint32_t *tags)
{
    SaoyView value = { 0 };

    for (; *tags != 0; tags++)
        if (!saoy_tlv_take(in, *tags, &value, NULL))
            return false;
    return true;
}

static bool
open_body(SaoyView der, uint32_t first, SaoyView *out)
{
    SaoyView whole = { 0 }, optional = { 0 };

    if (!saoy_tlv_take(&der, SEQUENCE, &whole, NULL) || der.size > 0 ||
        !saoy_tlv_take(&whole, SEQUENCE, out, NULL))
        return false;
    return saoy_tlv_peek(*out) != first || saoy_tlv_take(out, first, &optional, NULL);
}

static SaoyCscaEntry *
new_entry(SaoyView der, SaoyView name)
{
    SaoyCscaEntry *entry = g_new0(SaoyCscaEntry, 1);

    entry->der = g_bytes_new(der.data, der.size);
    saoy_csca_country(name, entry->country);
    return entry;
}

SaoyCscaEntry *
saoy_csca_entry_new(SaoyView der)
{
    /* serial number, algorithm, issuer, validity */
    static const uint32_t before[] = { INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, 0 };
    SaoyView body = { 0 };

    if (!open_body(der, VERSION, &body) || !skip(&body, before) ||
        saoy_tlv_peek(body) != SEQUENCE)
        return NULL;
    return new_entry(der, body);
}

SaoyCscaEntry *
saoy_csca_entry_new_crl(SaoyView der)
{
    static const uint32_t before[] = { SEQUENCE, 0 };
    SaoyView body = { 0 };

    if (!open_body(der, INTEGER, &body) || !skip(&body, before) ||
        saoy_tlv_peek(body) != SEQUENCE)
        return NULL;
    return new_entry(der, body);
}

void
saoy_csca_entry_free(SaoyCscaEntry *entry)
{
    g_bytes_unref(entry->der);
    X509_free(entry->certificate);
    X509_CRL_free(entry->crl);
    g_free(entry);
}

X509 *
saoy_csca_entry_certificate(SaoyCscaEntry *entry)
{
    if (entry->certificate == NULL)
        entry->certificate = saoy_x509_parse(saoy_view_of(entry->der), NULL);
    return entry->certificate;
}

X509_CRL *
saoy_csca_entry_crl(SaoyCscaEntry *entry)
{
    SaoyView der = saoy_view_of(entry->der);
    const uint8_t *at = der.data;

    if (entry->crl == NULL)
        entry->crl = d2i_X509_CRL(NULL, &at, (long)der.size);
    ERR_clear_error();
    return entry->crl;
}
