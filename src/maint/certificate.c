#include "certificate.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#define PEM_MAX_BYTES (1u << 20)

static X509 *
parse_first(GBytes *file, GError **error)
{
    g_autoptr(GPtrArray) certificates = saoy_x509_list(saoy_view_of(file));

    if (certificates->len == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "no certificate in it");
    return g_ptr_array_steal_index(certificates, 0);
}

bool
saoy_certificate_days_left(const char *path, int *out_days, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, PEM_MAX_BYTES, error);
    g_autoptr(X509) certificate = file != NULL ? parse_first(file, error) : NULL;
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
