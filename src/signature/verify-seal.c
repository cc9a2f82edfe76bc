#include "verify-parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/ossl.h"
#include "document/compose.h"
#include "signature/seal.h"

#include <string.h>

static void
add_claims(SaoyJson *out, const SaoySeal *seal)
{
    g_autofree char *time = saoy_time_rfc3339(seal->issued_at_s * G_USEC_PER_SEC);

    saoy_json_set_string(out, "copy_id", seal->copy_id);
    saoy_json_set_string(out, "title", seal->title);
    saoy_json_set_string(out, "holder", seal->holder);
    saoy_json_set_string(out, "issuer", seal->issuer);
    saoy_json_set_string(out, "office", seal->office);
    saoy_json_set_string(out, "officer", seal->officer);
    saoy_json_set_int(out, "file_pages", seal->file_pages);
    saoy_json_set_int(out, "scanned_pages", seal->scanned_pages);
    saoy_json_set_string(out, "issued_at", time);
}

/* Exactly the sealed pictures, in their order. */
static bool
has_sealed_pages(SaoyCheck *check, const SaoySeal *seal)
{
    g_autoptr(GPtrArray) jpegs = saoy_pdf_jpegs(check->pdf, NULL);
    uint8_t digest[32];

    if (jpegs == NULL || jpegs->len == 0)
        return false;
    saoy_content_digest((GBytes *const *)jpegs->pdata, jpegs->len, digest);
    return memcmp(digest, seal->content_digest, sizeof(digest)) == 0 &&
           (seal->scanned_pages == 0 || seal->scanned_pages == jpegs->len);
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
        saoy_json_set_string(out, "signer", signer);
        return "valid";
    }
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE)) {
        saoy_found(check,
                   must_be_known(check) ? SAOY_FOUND_SEAL_UNKNOWN
                                        : SAOY_FOUND_SEAL_UNDECIDED,
                   0, 0);
        return "undecided";
    }
    saoy_found(check,
               g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED)
                   ? SAOY_FOUND_SEAL_DENIED
                   : SAOY_FOUND_SEAL_WRONG,
               0, 0);
    return "invalid";
}

/* The link in front of '#': where the register is, and the token that opens it. */
static char *
token_of(const char *text)
{
    const char *at = strstr(text, "?t=");
    g_autofree char *token = at != NULL ? g_strndup(at + 3, strcspn(at + 3, "#&")) : NULL;

    return token != NULL && saoy_token_check(token) ? g_steal_pointer(&token) : NULL;
}

SaoyJson *
saoy_verify_seal(SaoyCheck *check)
{
    SaoyJson *out = saoy_json_object();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = saoy_pdf_seal(check->pdf, &error);
    g_auto(SaoySeal) seal = { 0 };
    g_autoptr(GBytes) cose = NULL;

    if (text == NULL) {
        saoy_signers_check(check, NULL, NULL, false);
        saoy_json_set_string(out, "status", "absent");
        return out;
    }
    if (!saoy_seal_read(text, &seal, &cose, NULL)) {
        saoy_signers_check(check, NULL, NULL, false);
        saoy_found(check, SAOY_FOUND_SEAL_UNREADABLE, 0, 0);
        saoy_json_set_string(out, "status", "invalid");
        return out;
    }
    check->copy_id = g_strdup(seal.copy_id);
    check->token = token_of(text);
    const char *status = check_certificate(check, &seal, cose, out);
    saoy_signers_check(check, &seal, cose, g_str_equal(status, "valid"));
    bool same = has_sealed_pages(check, &seal);
    if (!same)
        saoy_found(check, SAOY_FOUND_SEAL_CONTENT, 0, 0);
    bool drawn = check->options->matrix == NULL || saoy_seal_is_drawn(check, text);
    if (!drawn)
        saoy_found(check, SAOY_FOUND_SEAL_DRAWING, 0, 0);
    saoy_json_set_string(out, "status", same && drawn ? status : "invalid");
    saoy_json_set_string(out, "content", same ? "same" : "differs");
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
