#pragma once
#include "document/pdf.h"
#include "signature/revocation.h"

/* Long-term validation data in a PDF: document security store and document time stamp
 * (ISO 32000-2, 12.8.4.3 and 12.8.5; ETSI EN 319 142-1, 5.4 and 6). */

/* The DSS as that revision sees it. contents: /Contents of one signature as it stands,
 * padding included: only what its VRI lists; data NULL: everything. false with *error NULL:
 * there is none; MALFORMED when it is broken; streams are bounded to 16 MiB each, 64 MiB in
 * all. */
bool saoy_dss_read(SaoyPdf *pdf, size_t revision, SaoyView contents, SaoyProofs *out,
                   GError **error);

/* Key of a signature's VRI: SHA-1 of its /Contents, upper-case hex. g_free. */
char *saoy_dss_key(SaoyView contents);

/* What one signature, or the time stamp upon it, needs. */
typedef struct {
    GBytes *contents;
    SaoyProofs proofs;
} SaoyDssEntry;

/* Asks the outside for proofs: GET (body NULL) or POST. Each answer is checked by whoever
 * asked. */
typedef GBytes *SaoyFetchFunc(void *user, const char *url, const char *type, GBytes *body,
                              GCancellable *cancel, GError **error);

typedef struct {
    SaoyFetchFunc *fetch;
    void *user;
    GPtrArray *known; /* more certificates that may issue others, or NULL */
    int64_t now_us;
} SaoyProofSource;

/* Adds to proofs all that the first certificate of chain needs up to a self-signed root, to
 * show that it was good at that time: issuers (from chain, pool, source->known, else by
 * caIssuers), and for each but the root an OCSP answer, else a CRL. What the pool holds and
 * speaks of that time is not asked again; what is asked is added to the pool. REFUSED when
 * one is revoked; OFFLINE when a proof could not be had. */
bool saoy_proofs_collect(GPtrArray *chain, int64_t at_us, const SaoyProofSource *source,
                         SaoyProofs *pool, SaoyProofs *proofs, GCancellable *cancel,
                         GError **error);

/* Proofs for every signature and time stamp of the file, each at its time, those of the
 * file's own DSS first: array of SaoyDssEntry (g_array_unref). MALFORMED when one has no
 * readable value; errors as above. */
GArray *saoy_dss_collect(GBytes *pdf, const SaoyProofSource *source, GCancellable *cancel,
                         GError **error);

/* The same file with one more revision: /DSS with everything the file had and entries'
 * (SaoyDssEntry) besides, /VRI for each, /Extensions. The same input gives the same
 * bytes. */
GBytes *saoy_dss_append(GBytes *pdf, const GArray *entries, GError **error);

/* Gets a token for a SHA-256. */
typedef GBytes *SaoyTokenFunc(void *user, const uint8_t imprint[32], GCancellable *cancel,
                              GError **error);

/* The same file with one more revision: a document time stamp in an invisible field on the
 * first page. room: bytes for the token, 0: from the file's other tokens; a token that does
 * not fit is asked for again with more room. The token is verified before it is
 * embedded. */
GBytes *saoy_dss_stamp(GBytes *pdf, size_t room, SaoyTokenFunc *token, void *user,
                       GCancellable *cancel, GError **error);
