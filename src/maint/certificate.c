#include "certificate.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define PEM_MAX_BYTES (1u << 20)

static const char begin[] = "-----BEGIN CERTIFICATE-----";
static const char end[] = "-----END CERTIFICATE-----";

static X509 *
parse_pem(GBytes *file, GError **error)
{
    SaoyView view = saoy_view_of(file);
    g_autofree char *text = g_strndup((const char *)view.data, view.size);
    char *from = strstr(text, begin);
    char *to = from != NULL ? strstr(from, end) : NULL;
    g_autofree guchar *der = NULL;
    gsize size = 0;

    if (to == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "no certificate in it");
    *to = '\0';
    der = g_base64_decode(from + strlen(begin), &size);
    return saoy_x509_parse((SaoyView){ der, size }, error);
}

bool
saoy_certificate_days_left(const char *path, int *out_days, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, PEM_MAX_BYTES, error);
    g_autoptr(X509) certificate = file != NULL ? parse_pem(file, error) : NULL;
    int days = 0, seconds = 0;
    time_t now = (time_t)(saoy_clock_wall_us() / 1000000);

    if (certificate == NULL)
        return false;

    ASN1_TIME *today = ASN1_TIME_set(NULL, now);
    bool done = today != NULL && ASN1_TIME_diff(&days, &seconds, today,
                                                X509_get0_notAfter(certificate)) == 1;
    ASN1_TIME_free(today);
    if (!done)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "validity");
    *out_days = seconds < 0 && days == 0 ? -1 : days;
    return true;
}
