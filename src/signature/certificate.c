#include "signature/chain.h"

#include "core/ossl.h"

#include <string.h>

/* Whose certificate it is. */

enum { MAX_NAME = 1024 };

/* As people compare names: one form of each letter (NFC), no case, single blanks. */
static char *
folded(const char *text, int size)
{
    g_autofree char *valid = g_utf8_make_valid(text, size);
    g_autofree char *lower = g_utf8_casefold(valid, -1);
    g_autofree char *normal = g_utf8_normalize(lower, -1, G_NORMALIZE_NFC);
    GString *out = g_string_new(NULL);

    for (const char *at = normal; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);

        if (!g_unichar_isspace(letter))
            g_string_append_unichar(out, letter);
        else if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    if (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

/* The common name, folded; NULL: there is none, or more than one. */
static char *
common_name(X509_NAME *name)
{
    int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    unsigned char *utf8 = NULL;

    if (at < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, at) >= 0)
        return NULL;
    int size =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    char *out = size > 0 && size <= MAX_NAME ? folded((const char *)utf8, size) : NULL;
    OPENSSL_free(utf8);
    return out;
}

char *
saoy_certificate_name(SaoyView der)
{
    static const int nids[] = { NID_commonName, NID_organizationName };
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);

    for (size_t i = 0; certificate != NULL && i < G_N_ELEMENTS(nids); i++) {
        X509_NAME *subject = X509_get_subject_name(certificate);
        int at = X509_NAME_get_index_by_NID(subject, nids[i], -1);
        unsigned char *utf8 = NULL;

        if (at < 0)
            continue;
        int size = ASN1_STRING_to_UTF8(
            &utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
        char *name = size > 0 ? g_utf8_make_valid((const char *)utf8, size) : NULL;
        OPENSSL_free(utf8);
        if (name != NULL)
            return name;
    }
    return g_strdup("?");
}

/* A test authority puts it before every name it certifies; under another it is a name. */
#define TEST_MARK "test – "

static const char *
past_test_mark(const char *own, X509 *certificate)
{
    g_autofree char *issuer = common_name(X509_get_issuer_name(certificate));
    bool test = issuer != NULL && g_str_has_prefix(issuer, "test ");

    return test && g_str_has_prefix(own, TEST_MARK) ? own + strlen(TEST_MARK) : own;
}

bool
saoy_certificate_is_of(SaoyView der, const char *name)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    g_autofree char *own =
        certificate != NULL ? common_name(X509_get_subject_name(certificate)) : NULL;
    g_autofree char *wanted = folded(name, (int)strlen(name));

    ERR_clear_error();
    return own != NULL && *wanted != '\0' &&
           g_str_equal(past_test_mark(own, certificate), wanted);
}

bool
saoy_certificate_same_key(SaoyView a, SaoyView b)
{
    g_autoptr(X509) one = saoy_x509_parse(a, NULL);
    g_autoptr(X509) two = saoy_x509_parse(b, NULL);
    bool same = one != NULL && two != NULL &&
                EVP_PKEY_eq(X509_get0_pubkey(one), X509_get0_pubkey(two)) == 1;

    ERR_clear_error();
    return same;
}
