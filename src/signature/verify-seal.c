#include "verify-parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "document/compose.h"
#include "signature/seal.h"

#include <string.h>

#define MAX_XMP (1u << 20)
#define DIGESTED_BYTES 64 /* for one look */

static void
add_claims(SaoyJson *out, const SaoySeal *seal)
{
    g_autofree char *time = saoy_time_rfc3339(seal->issued_at_s * G_USEC_PER_SEC);

    saoy_json_set_string(out, "copy_id", seal->copy_id);
    saoy_set_clean(out, "title", seal->title);
    saoy_set_clean(out, "holder", seal->holder);
    saoy_set_clean(out, "issuer", seal->issuer);
    saoy_set_clean(out, "office", seal->office);
    saoy_set_clean(out, "officer", seal->officer);
    saoy_json_set_int(out, "file_pages", seal->file_pages);
    saoy_json_set_int(out, "scanned_pages", seal->scanned_pages);
    saoy_json_set_string(out, "issued_at", time);
}

/* As many as sealed, each a picture of its own in the file: pages that share one would have
 * it digested a thousand times. */
static bool
may_be_sealed(SaoyCheck *check, const SaoySeal *seal, const GPtrArray *jpegs)
{
    size_t bytes = 0;

    if (jpegs->len == 0 || (seal->scanned_pages != 0 && seal->scanned_pages != jpegs->len))
        return false;
    for (guint i = 0; i < jpegs->len && bytes <= check->all.size; i++)
        bytes += g_bytes_get_size(jpegs->pdata[i]);
    return bytes <= check->all.size && saoy_check_spend(check, bytes / DIGESTED_BYTES);
}

/* Exactly the sealed pictures, in their order. */
static bool
has_sealed_pages(SaoyCheck *check, const SaoySeal *seal)
{
    g_autoptr(GPtrArray) jpegs = saoy_pdf_jpegs(check->pdf, NULL);
    uint8_t digest[32];

    if (jpegs == NULL || !may_be_sealed(check, seal, jpegs))
        return false;
    saoy_content_digest((GBytes *const *)jpegs->pdata, jpegs->len, digest);
    return memcmp(digest, seal->content_digest, sizeof(digest)) == 0;
}

/* Under an official root a seal that nobody here can check is no small thing. */
static bool
must_be_known(const SaoyCheck *check)
{
    for (size_t i = 0; i < check->n_marks; i++)
        if (check->marks[i].official && !check->marks[i].is_stamp)
            return true;
    return saoy_seal_keys_are_held(check->options->trust);
}

static SaoyFinding
why_undecided(const SaoyCheck *check, GBytes *cose)
{
    if (saoy_seal_is_withdrawn(cose, check->options->trust))
        return SAOY_FOUND_SEAL_WITHDRAWN;
    return must_be_known(check) ? SAOY_FOUND_SEAL_UNKNOWN : SAOY_FOUND_SEAL_UNDECIDED;
}

static const char *
check_certificate(SaoyCheck *check, const SaoySeal *seal, GBytes *cose, SaoyJson *out)
{
    int64_t now_s = check->options->now_us / G_USEC_PER_SEC;
    g_autoptr(GError) error = NULL;
    g_autofree char *signer = NULL;

    if (saoy_seal_is_over(seal, now_s)) {
        saoy_found(check, SAOY_FOUND_SEAL_EXPIRED, 0, 0);
        return "invalid";
    }
    if (saoy_seal_lists_are_old(check->options->trust, now_s))
        saoy_found(check, SAOY_FOUND_SEAL_LIST_OLD, 0, 0);
    if (saoy_seal_check(cose, check->options->trust, &signer, &error)) {
        saoy_set_clean(out, "signer", signer);
        return "valid";
    }
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE)) {
        saoy_found(check, why_undecided(check, cose), 0, 0);
        return "undecided";
    }
    saoy_found(check,
               g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED)
                   ? SAOY_FOUND_SEAL_DENIED
                   : SAOY_FOUND_SEAL_WRONG,
               0, 0);
    return "invalid";
}

static bool
has_said_pages(SaoyCheck *check, const SaoySeal *seal)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(check->pdf, NULL);

    return pages != NULL && pages->len == seal->file_pages;
}

/* What the seal says, against the file that carries it; its certificate is another matter.
 */
static bool
check_claims(SaoyCheck *check, const SaoySeal *seal, const char *text, SaoyJson *out)
{
    bool own = saoy_seal_link(text, seal, NULL, &check->token);
    bool same = has_sealed_pages(check, seal) || saoy_check_is_spent(check);
    bool drawn = check->options->matrix == NULL || saoy_seal_is_drawn(check, text) ||
                 saoy_check_is_spent(check);

    if (!own)
        saoy_found(check, SAOY_FOUND_SEAL_LINK, 0, 0);
    if (!same)
        saoy_found(check, SAOY_FOUND_SEAL_CONTENT, 0, 0);
    if (!drawn)
        saoy_found(check, SAOY_FOUND_SEAL_DRAWING, 0, 0);
    if (!has_said_pages(check, seal))
        saoy_found(check, SAOY_FOUND_SEAL_PAGES, 0, 0);
    saoy_json_set_string(out, "content", same ? "same" : "differs");
    return own && same && drawn;
}

/* ---- no seal ---- */

#define NAMESPACE "saoy"

static bool
is_ours(const char *field)
{
    return g_ascii_strncasecmp(field, NAMESPACE, strlen(NAMESPACE)) == 0;
}

/* In whatever case, and as UTF-16 too: without its zeros. */
static bool
names_us(SaoyView packet)
{
    g_autoptr(GString) text = g_string_sized_new(packet.size);

    for (size_t i = 0; i < packet.size; i++)
        if (packet.data[i] != 0)
            g_string_append_c(text, g_ascii_tolower((char)packet.data[i]));
    return strstr(text->str, NAMESPACE) != NULL;
}

static bool
metadata_names_us(SaoyCheck *check, size_t revision)
{
    const SaoyPdfValue *root =
        saoy_pdf_get(check->pdf, revision, saoy_pdf_trailer(check->pdf, revision), "Root");
    const SaoyPdfValue *metadata = saoy_pdf_get(check->pdf, revision, root, "Metadata");
    g_autoptr(GBytes) packet =
        metadata != NULL && metadata->type == SAOY_PDF_STREAM
            ? saoy_pdf_stream(check->pdf, revision, metadata, MAX_XMP, NULL)
            : NULL;

    return packet != NULL && names_us(saoy_view_of(packet));
}

/* Dressed as one of our copies: by a signature in a field of ours, its metadata, or a
 * drawn symbol that opens a copy. A renewal of anybody's file leaves a stamp of ours. */
static bool
looks_like_ours(SaoyCheck *check)
{
    for (size_t i = 0; i < check->n_marks; i++)
        if (!check->marks[i].is_stamp && is_ours(check->marks[i].place.field))
            return true;
    return metadata_names_us(check, 0) ||
           metadata_names_us(check, saoy_pdf_revisions(check->pdf) - 1) ||
           saoy_symbols_are_ours(check);
}

SaoyJson *
saoy_verify_seal(SaoyCheck *check)
{
    SaoyJson *out = saoy_json_object();
    g_autofree char *text = saoy_pdf_seal(check->pdf, NULL);
    g_auto(SaoySeal) seal = { 0 };
    g_autoptr(GBytes) cose = NULL;

    if (text == NULL) {
        saoy_signers_check(check, NULL, NULL);
        if (looks_like_ours(check))
            saoy_found(check, SAOY_FOUND_SEAL_ABSENT, 0, 0);
        saoy_json_set_string(out, "status", "absent");
        return out;
    }
    if (!saoy_seal_read(text, &seal, &cose, NULL)) {
        saoy_signers_check(check, NULL, NULL);
        saoy_found(check, SAOY_FOUND_SEAL_UNREADABLE, 0, 0);
        saoy_json_set_string(out, "status", "invalid");
        return out;
    }
    check->copy_id = g_strdup(seal.copy_id);
    const char *status = check_certificate(check, &seal, cose, out);
    saoy_signers_check(check, &seal, cose);
    bool fits = check_claims(check, &seal, text, out);
    saoy_json_set_string(out, "status", fits ? status : "invalid");
    add_claims(out, &seal);
    return out;
}

SaoyJson *
saoy_verify_register(SaoyCheck *check)
{
    static const struct {
        const char *answer;
        SaoyFinding finding;
    } bad[] = { { "cancelled", SAOY_FOUND_REGISTER_CANCELLED },
                { "unknown", SAOY_FOUND_REGISTER_UNKNOWN },
                { "unavailable", SAOY_FOUND_REGISTER_UNAVAILABLE } };
    SaoyJson *out = saoy_json_object();
    const char *answer = NULL;

    if (check->options->ask != NULL && check->copy_id != NULL && check->token != NULL)
        answer = check->options->ask(check->options->user, check->copy_id, check->token,
                                     (SaoyView){ check->sha256, sizeof check->sha256 });
    for (size_t i = 0; answer != NULL && i < G_N_ELEMENTS(bad); i++)
        if (g_str_equal(answer, bad[i].answer))
            saoy_found(check, bad[i].finding, 0, 0);
    saoy_json_set_string(out, "status", answer != NULL ? answer : "not_asked");
    return out;
}
