#include "persona-access.h"

#include "tlv.h"

#include <openssl/obj_mac.h>
#include <openssl/rsa.h>

#include <string.h>

#define DEFAULT_ACCESS "ecdh-gm-aes128-13,bac"
#define DEFAULT_CHIP_AUTH "ecdh-aes128-13"
#define DEFAULT_ACTIVE_AUTH "ecdsa-sha256-12"

/* 0.4.0.127.0.7.2.2: the protocols of BSI TR-03110 */
#define EAC 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02

typedef struct {
    const char *word;
    unsigned value;
} Word;

static const Word mappings[] = {
    { "dh-gm", SAOY_MAPPING_DH_GM },       { "ecdh-gm", SAOY_MAPPING_ECDH_GM },
    { "dh-im", SAOY_MAPPING_DH_IM },       { "ecdh-im", SAOY_MAPPING_ECDH_IM },
    { "ecdh-cam", SAOY_MAPPING_ECDH_CAM }, { NULL, 0 }
};
static const Word ciphers[] = { { "3des", SAOY_CIPHER_3DES },
                                { "aes128", SAOY_CIPHER_AES128 },
                                { "aes192", SAOY_CIPHER_AES192 },
                                { "aes256", SAOY_CIPHER_AES256 },
                                { NULL, 0 } };
static const Word agreements[] = { { "dh", 1 }, { "ecdh", 2 }, { NULL, 0 } };
static const Word signatures[] = { { "rsa", 1 }, { "ecdsa", 2 }, { NULL, 0 } };
static const Word digests[] = { { "sha1", NID_sha1 },     { "sha224", NID_sha224 },
                                { "sha256", NID_sha256 }, { "sha384", NID_sha384 },
                                { "sha512", NID_sha512 }, { NULL, 0 } };

/* "FIRST-SECOND-NUMBER", of which FIRST may have a hyphen of its own. */
static bool
take_words(const char *text, const Word *first, const Word *second, unsigned out[3],
           GError **error)
{
    for (const Word *a = first; a->word != NULL; a++)
        for (const Word *b = second; b->word != NULL; b++) {
            g_autofree char *start = g_strdup_printf("%s-%s-", a->word, b->word);
            guint64 number = 0;

            if (!g_str_has_prefix(text, start) ||
                !g_ascii_string_to_unsigned(text + strlen(start), 10, 0, 8192, &number,
                                            NULL))
                continue;
            out[0] = a->value;
            out[1] = b->value;
            out[2] = (unsigned)number;
            return true;
        }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" is no protocol that a chip knows",
                     text);
}

/* Public keys of the larger MODP groups have 256 bytes. */
static bool
is_large(unsigned parameter)
{
    return parameter == 1 || parameter == 2;
}

static bool
take_pace(SaoyPersonaAccess *access, const char *word, GError **error)
{
    unsigned n[3] = { 0 };
    SaoyPaceInfo info = { 0 };

    if (!take_words(word, mappings, ciphers, n, error))
        return false;
    uint8_t oid[SAOY_PACE_OID_SIZE] = { EAC, 0x04, (uint8_t)n[0], (uint8_t)(n[1] + 1) };
    if (access->n_pace == SAOY_PERSONA_VARIANTS ||
        !saoy_pace_info((SaoyView){ oid, sizeof oid }, n[2], &info) ||
        !saoy_pace_supported(&info))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" does not go together", word);
    if (info.mapping == SAOY_MAPPING_ECDH_CAM) {
        if (access->mapping != 0 && access->mapping != n[2])
            return saoy_fail(error, SAOY_ERROR_MALFORMED,
                             "chip authentication mapping has one key, on one curve");
        access->mapping = n[2];
    }
    access->needs_extended = access->needs_extended || is_large(n[2]);
    access->pace[access->n_pace++] = info;
    return true;
}

static bool
take_chip_auth(SaoyPersonaAccess *access, const char *word, GError **error)
{
    unsigned n[3] = { 0 };

    if (g_str_equal(word, "none"))
        return true;
    if (!take_words(word, agreements, ciphers, n, error))
        return false;
    if (n[0] == 1 ? n[2] > 2 : n[2] < 8 || n[2] > 18)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" does not go together", word);
    access->chip_auth = true;
    access->chip_auth_cipher = (SaoyCipher)n[1];
    access->chip_auth_parameter = n[2];
    access->needs_extended = access->needs_extended || is_large(n[2]);
    return true;
}

bool
saoy_persona_access_parse(const char *access, const char *chip_auth, SaoyPersonaAccess *out,
                          GError **error)
{
    g_auto(GStrv) words = g_strsplit(access == NULL ? DEFAULT_ACCESS : access, ",", -1);
    SaoyPersonaAccess found = { 0 };

    for (size_t i = 0; words[i] != NULL; i++)
        if (g_str_equal(words[i], "bac"))
            found.bac = true;
        else if (!take_pace(&found, words[i], error))
            return false;
    if (!found.bac && found.n_pace == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "nothing opens this chip");
    if (!take_chip_auth(&found, chip_auth == NULL ? DEFAULT_CHIP_AUTH : chip_auth, error))
        return false;
    *out = found;
    return true;
}

bool
saoy_persona_proof_parse(const char *active_auth, SaoyPersonaProof *out, GError **error)
{
    const char *word = active_auth == NULL ? DEFAULT_ACTIVE_AUTH : active_auth;
    unsigned n[3] = { 0 };

    *out = (SaoyPersonaProof){ 0 };
    if (g_str_equal(word, "none"))
        return true;
    if (!take_words(word, signatures, digests, n, error))
        return false;
    if (n[0] == 1 ? n[2] < 1024 || n[2] > 4096 || n[2] % 8 != 0 : n[2] < 8 || n[2] > 18)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" does not go together", word);
    *out = (SaoyPersonaProof){
        .offered = true, .rsa = n[0] == 1, .digest = (int)n[1], .size = n[2]
    };
    return true;
}

/* --- keys --- */

static EVP_PKEY *
make_field_key(unsigned parameter)
{
    static const char *const names[] = { "dh_1024_160", "dh_2048_224", "dh_2048_256" };
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
    EVP_PKEY *key = NULL;
    char name[16];
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string("group", name, 0), OSSL_PARAM_END };

    g_strlcpy(name, names[parameter], sizeof name);
    params[0].data_size = strlen(name);
    if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
        EVP_PKEY_CTX_set_params(ctx, params) != 1 || EVP_PKEY_generate(ctx, &key) != 1)
        return NULL;
    return key;
}

EVP_PKEY *
saoy_persona_key(unsigned parameter, GError **error)
{
    g_autoptr(SaoyDomain) domain = saoy_domain_new(parameter);
    EVP_PKEY *key = NULL;

    if (domain != NULL && domain->curve != NULL)
        key = EVP_EC_gen(OBJ_nid2sn(EC_GROUP_get_curve_name(domain->curve)));
    else if (domain != NULL)
        key = make_field_key(parameter);
    if (key == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    return key;
}

EVP_PKEY *
saoy_persona_proof_key(const SaoyPersonaProof *proof, GError **error)
{
    EVP_PKEY *key;

    if (!proof->rsa)
        return saoy_persona_key(proof->size, error);
    key = EVP_RSA_gen(proof->size);
    if (key == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "key generation");
    return key;
}

/* --- files --- */

static void
put_number(GByteArray *out, unsigned number)
{
    const uint8_t octet = (uint8_t)number;

    saoy_tlv_put(out, 0x02, (SaoyView){ &octet, 1 });
}

/* SEQUENCE { protocol, version, parameter id if there is one } */
static void
put_info(GByteArray *set, SaoyView oid, unsigned version, int parameter)
{
    g_autoptr(SaoyArray) info = saoy_array_new(32);

    saoy_tlv_put(info, 0x06, oid);
    put_number(info, version);
    if (parameter >= 0)
        put_number(info, (unsigned)parameter);
    saoy_tlv_put(set, 0x30, saoy_view_array(info));
}

/* As on every CCCD, terminal authentication is announced too (domain.md §4.5). */
static void
put_announcement(const SaoyPersonaAccess *access, GByteArray *set)
{
    static const uint8_t terminal[] = { EAC, 0x02 };
    const uint8_t chip[] = { EAC, 0x03, access->chip_auth_parameter < 8 ? 1 : 2,
                             (uint8_t)(access->chip_auth_cipher + 1) };

    put_info(set, (SaoyView){ terminal, sizeof terminal }, 1, -1);
    if (access->chip_auth)
        put_info(set, (SaoyView){ chip, sizeof chip }, 1, -1);
    for (unsigned i = 0; i < access->n_pace; i++)
        put_info(set, (SaoyView){ access->pace[i].oid, SAOY_PACE_OID_SIZE }, 2,
                 (int)access->pace[i].parameter);
}

GBytes *
saoy_persona_access_file(const SaoyPersonaAccess *access)
{
    g_autoptr(SaoyArray) set = saoy_array_new(256);
    SaoyArray *file;

    if (access->n_pace == 0)
        return NULL;
    put_announcement(access, set);
    file = saoy_array_new(set->len + 6);
    saoy_tlv_put(file, 0x31, saoy_view_array(set));
    return g_byte_array_free_to_bytes(file);
}

static bool
put_key(GByteArray *set, EVP_PKEY *key, GError **error)
{
    const uint8_t oid[] = { EAC, 0x01, EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? 2 : 1 };
    g_autoptr(SaoyArray) info = saoy_array_new(1024);
    uint8_t *der = NULL;
    int size = i2d_PUBKEY(key, &der);

    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "public key");
    saoy_tlv_put(info, 0x06, (SaoyView){ oid, sizeof oid });
    g_byte_array_append(info, der, (unsigned)size);
    OPENSSL_free(der);
    saoy_tlv_put(set, 0x30, saoy_view_array(info));
    return true;
}

/* 2.23.136.1.1.5; ecdsa-plain-SHA… of BSI TR-03111. RSA has the digest in its trailer. */
static void
put_proof(GByteArray *set, const SaoyPersonaProof *proof)
{
    static const uint8_t oid[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x05 };
    uint8_t plain[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x00 };
    g_autoptr(SaoyArray) info = saoy_array_new(32);

    for (size_t i = 0; digests[i].word != NULL; i++)
        if ((int)digests[i].value == proof->digest)
            plain[sizeof plain - 1] = (uint8_t)(i + 1);
    saoy_tlv_put(info, 0x06, (SaoyView){ oid, sizeof oid });
    put_number(info, 1);
    saoy_tlv_put(info, 0x06, (SaoyView){ plain, sizeof plain });
    saoy_tlv_put(set, 0x30, saoy_view_array(info));
}

SaoyArray *
saoy_persona_infos(const SaoyPersonaAccess *access, EVP_PKEY *key,
                   const SaoyPersonaProof *proof, GError **error)
{
    g_autoptr(SaoyArray) set = saoy_array_new(2048);
    SaoyArray *infos;

    put_announcement(access, set);
    if (key != NULL && !put_key(set, key, error))
        return NULL;
    if (proof != NULL && proof->offered && !proof->rsa)
        put_proof(set, proof);
    infos = saoy_array_new(set->len + 6);
    saoy_tlv_put(infos, 0x31, saoy_view_array(set));
    return infos;
}

GBytes *
saoy_persona_atr_info(unsigned n)
{
    /* 47: command chaining, extended length, and its limits in 7F66 */
    static const uint8_t capabilities[] = { 0x47, 0x03, 0x00, 0x01, 0xe0 };
    const uint8_t limit[] = { (uint8_t)(n >> 8), (uint8_t)n };
    g_autoptr(SaoyArray) limits = saoy_array_new(16);
    SaoyArray *file = saoy_array_new(32);

    saoy_tlv_put(limits, 0x02, (SaoyView){ limit, sizeof limit });
    saoy_tlv_put(limits, 0x02, (SaoyView){ limit, sizeof limit });
    g_byte_array_append(file, capabilities, sizeof capabilities);
    saoy_tlv_put(file, 0x7f66, saoy_view_array(limits));
    return g_byte_array_free_to_bytes(file);
}
