#pragma once
#include "core/json.h"
#include "signature/revocation.h"

#include <gio/gio.h>

/* The validator: a PDF in, a report of findings out (product.md §7). */
typedef enum {
    SAOY_PASSED,        /* TOTAL-PASSED, exit 0 */
    SAOY_FAILED,        /* TOTAL-FAILED, exit 1 */
    SAOY_INDETERMINATE, /* exit 3 */
    SAOY_CONCLUSION_N
} SaoyConclusion;
const char *saoy_conclusion_name(SaoyConclusion conclusion);

/* What the register says of this very file, asked by the caller (verify knows no network).
 * "genuine" "cancelled" "unknown" "unavailable"; NULL: not asked. */
typedef const char *SaoyRegisterFunc(void *user, const char *copy_id, const char *token,
                                     SaoyView sha256);

/* The QR matrix of a text as the composer draws it: size x size bytes, 1 = dark; g_free.
 * NULL when there is none. Drawing symbols is not this module's: saoy_copy_verify
 * (issue/verify.h) brings it, and the next. */
typedef uint8_t *SaoyMatrixFunc(const char *text, int *out_size);

/* Texts of the symbols in a grey picture, 0 dark; g_strfreev, or NULL. */
typedef char **SaoySymbolsFunc(const uint8_t *picture, int width, int height);

typedef struct {
    const char *trust;    /* directory of trusted roots, DER or PEM; NULL: none */
    const char *official; /* directory of official roots; NULL: none → says so */
    int64_t now_us;
    SaoyRegisterFunc *ask; /* or NULL */
    void *user;
    SaoyMatrixFunc *matrix;   /* NULL: drawn seals are not compared */
    SaoySymbolsFunc *symbols; /* NULL: nor are they looked for where there is no seal */
    const SaoyProofs *given;  /* besides the file's and the trust directory's, or NULL */
    int64_t cpu_us; /* of this thread's processor, after which TOO_COMPLEX is said; 0: as
                     * much as the budget of looks takes, a few seconds */
} SaoyVerifyOptions;

typedef struct {
    SaoyConclusion conclusion;
    char *copy_id; /* of the seal, or NULL */
    unsigned signatures;
    size_t looks;     /* at what the file holds: what judging it cost */
    SaoyJson *report; /* the JSON of product.md §7, `verify` */
} SaoyVerdict;
void saoy_verdict_clear(SaoyVerdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyVerdict, saoy_verdict_clear)

/* MALFORMED when it is no readable PDF at all. Any thread. */
bool saoy_verify(GBytes *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out,
                 GError **error);
