#include "signature/chain.h"

#include "core/ossl.h"

#include <string.h>

/* Whose certificate it is. */

/* " lower case words ", so that one name can be sought in another. */
static char *
words_of(const char *text, int size)
{
    g_autofree char *valid = g_utf8_make_valid(text, size);
    g_autofree char *normal = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(normal, -1);
    GString *out = g_string_new(" ");

    for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar letter = g_utf8_get_char(at);

        if (g_unichar_isalnum(letter))
            g_string_append_unichar(out, letter);
        else if (out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    }
    if (out->str[out->len - 1] != ' ')
        g_string_append_c(out, ' ');
    return g_string_free(out, FALSE);
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

static unsigned
count_words(const char *words)
{
    unsigned n = 0;

    for (const char *at = words + 1; *at != '\0'; at++)
        n += *at == ' ';
    return n;
}

/* An office may be named with more around it; a person's whole name must be there. */
static bool
is_that_name(const X509_NAME_ENTRY *entry, const char *wanted)
{
    enum { FEWEST = 4, MAX_SIZE = 1024 };
    unsigned char *utf8 = NULL;
    int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    g_autofree char *own =
        size > 0 && size <= MAX_SIZE ? words_of((const char *)utf8, size) : NULL;

    OPENSSL_free(utf8);
    return own != NULL && (strstr(own, wanted) != NULL ||
                           (count_words(own) >= FEWEST && strstr(wanted, own) != NULL));
}

bool
saoy_certificate_bears(SaoyView der, const char *name)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    X509_NAME *subject = certificate != NULL ? X509_get_subject_name(certificate) : NULL;
    g_autofree char *wanted = words_of(name, (int)strlen(name));
    bool found = false;

    for (int i = 0; subject != NULL && !found && i < X509_NAME_entry_count(subject); i++) {
        X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
        int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));

        found = (kind == NID_commonName || kind == NID_organizationName ||
                 kind == NID_organizationalUnitName) &&
                is_that_name(entry, wanted);
    }
    ERR_clear_error();
    return found;
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
