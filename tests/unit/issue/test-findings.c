/* Every finding has a file that provokes it: those that no attack and no harmless variant
 * brings, and where each answer about revocation came from. */
#include "world.h"

#include "signature/seal-list.h"

static World world;
static SaoyVerifyOptions options;

static SaoyVerdict
verify(GBytes *pdf)
{
    SaoyVerdict verdict = { 0 };
    g_autoptr(GError) error = NULL;

    saoy_copy_verify(pdf, &options, &verdict, &error);
    g_assert_no_error(error);
    g_autofree char *report = saoy_json_print(verdict.report);
    g_test_message("%s", report);
    return verdict;
}

/* ---- structure ---- */

/* A signature inside a stream: the stream's own bytes are not all signed. */
static GBytes *
object_outside(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    size_t at = 0;

    forge_erase(&f, 8);
    forge_note(&f, 12, f.out->len);
    g_string_append(f.out, "12 0 obj\n<< /Length 13 0 R >>\nstream\n");
    at = f.out->len;
    forge_put_signature(&f, 8, "ETSI.CAdES.detached", "");
    at = f.out->len - at;
    g_string_append(f.out, "\nendstream\nendobj\n");
    forge_put(&f, 13, "%zu", at);
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* The table says one place of an object, the stream beside it another. */
static GBytes *
hybrid_conflict(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    size_t other = f.out->len, table = 0;

    g_string_append(f.out,
                    "4 0 obj\n<< /Length 12 >>\nstream\nBT (9) Tj ET\nendstream\nendobj\n");
    table = f.out->len;
    g_string_append_printf(f.out,
                           "12 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ 4 1 12 1 ] "
                           "/Size 13 /Root 1 0 R /Filter /ASCIIHexDecode /Length 28 >>\n"
                           "stream\n01%08zx000001%08zx0000\nendstream\nendobj\n",
                           other, table);
    g_autofree char *more = g_strdup_printf("/XRefStm %zu", table);
    return forge_sign(forge_end_with(&f, more), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

/* Fields 7 and 20 … all claim value 8, and did so when it was signed. */
static GBytes *
many_fields(int n)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    g_autoptr(GString) fields = g_string_new("/Fields [ 7 0 R 9 0 R");

    for (int i = 0; i < n; i++)
        g_string_append_printf(fields, " %d 0 R", 20 + i);
    forge_erase(&f, 6);
    forge_put(&f, 6, "<< %s ] /SigFlags 3 >>", fields->str);
    for (int i = 0; i < n; i++)
        forge_put(&f, 20 + i, "<< /FT /Sig /T (Sig%d) /V 8 0 R >>", 20 + i);
    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing,
                      forge_cades);
}

static GBytes *
contents_repeated(void)
{
    return many_fields(1);
}

static GBytes *
too_complex(void)
{
    return many_fields(100);
}

static GBytes *
by_adobe(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    return forge_openssl(signer, bytes, CMS_DETACHED, EVP_sha256(), 0);
}

static GBytes *
cades_absent(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    return forge_sign(forge_end(&f), &world.copy.signer[0], &world.copy.issuing, by_adobe);
}

static GBytes *
ours(void)
{
    return g_bytes_ref(world.pdf);
}

static GBytes *
nobody_is_trusted(void)
{
    options.trust = NULL;
    return ours();
}

static GBytes *
years_later(void)
{
    options.now_us += 3 * 365 * INT64_C(86400) * G_USEC_PER_SEC;
    return ours();
}

/* ---- the seal ---- */

static char *seal_trust; /* the seal root and its lists, no seal certificate of its own */

static void
put_list(const SaoySealList *list, const char *name)
{
    g_autoptr(GBytes) cose = saoy_seal_list_make(list, saoy_view_of(world.copy.root.der),
                                                 copy_sign_seal, &world.copy.root, NULL);

    g_assert_nonnull(cose);
    pki_write(seal_trust, name, cose);
}

static GBytes *
with_denied(const char *copy_id, int64_t next_s)
{
    const char *const ids[] = { copy_id, NULL };
    g_auto(SaoySealList) list = { .kind = SAOY_SEAL_DENIED,
                                  .issued_at_s = next_s - 100,
                                  .next_update_s = next_s,
                                  .denied = saoy_seal_denied_new(ids) };

    seal_trust = pki_folder();
    pki_write(seal_trust, "root.der", world.copy.root.der);
    pki_write(seal_trust, "seal.der", world.copy.seal.der);
    put_list(&list, "denied.cose");
    options.trust = seal_trust;
    return ours();
}

static GBytes *
seal_denied(void)
{
    return with_denied(world.copy.approval->copy_id, world.now_us / G_USEC_PER_SEC + 86400);
}

static GBytes *
seal_list_old(void)
{
    return with_denied("H26.132-251110-0008.01-05", world.now_us / G_USEC_PER_SEC - 60);
}

static SaoySeal
right_claims(void)
{
    const SaoyApproval *a = world.copy.approval;
    SaoySeal claims = { .issued_at_s = a->approved_at_us / G_USEC_PER_SEC,
                        .copy_id = a->copy_id,
                        .office = a->agency,
                        .officer = a->officer_name,
                        .file_pages = 2,
                        .scanned_pages = 2 };
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(world.copy.seal.der), hash);
    memcpy(claims.key_id, hash, 8);
    saoy_content_digest(world.copy.jpegs, 2, claims.content_digest);
    return claims;
}

/* The file composed and signed anew around another seal. */
static GBytes *
issued_with_seal(SaoySeal claims, const PkiEntity *key)
{
    Copy *copy = &world.copy;
    SaoyApproval *a = copy->approval;
    char *seal = a->seal;
    GBytes *base = copy->base;
    g_autoptr(GBytes) cose = saoy_seal_make(&claims, strlen(a->link) + 1, copy_sign_seal,
                                            (void *)(uintptr_t)key, NULL);

    a->seal = saoy_seal_text(a->link, cose);
    copy->base = copy_compose(copy, NULL);
    g_ptr_array_set_size(copy->prepared, 0);
    g_clear_pointer(&copy->archived, g_bytes_unref);
    g_autoptr(GBytes) whole = copy_issue(copy, NULL);
    GBytes *out = whole != NULL
                      ? g_bytes_ref(whole)
                      : g_bytes_ref(copy->prepared->pdata[copy->prepared->len - 1]);
    g_bytes_unref(copy->base);
    g_free(a->seal);
    a->seal = seal;
    copy->base = base;
    return out;
}

static GBytes *
seal_wrong(void)
{
    return issued_with_seal(right_claims(), &world.copy.stranger);
}

static GBytes *
seal_expired(void)
{
    SaoySeal claims = right_claims();

    claims.expires_at_s = claims.issued_at_s + 60;
    GBytes *out = issued_with_seal(claims, &world.copy.seal);
    options.now_us += INT64_C(3600) * G_USEC_PER_SEC;
    return out;
}

static GBytes *
seal_of_more_pages(void)
{
    SaoySeal claims = right_claims();

    claims.file_pages = 3;
    return issued_with_seal(claims, &world.copy.seal);
}

static GBytes *
seal_without_office(void)
{
    SaoySeal claims = right_claims();

    claims.office = NULL;
    return issued_with_seal(claims, &world.copy.seal);
}

/* The QR opens the page of another copy. */
static GBytes *
seal_of_another_link(void)
{
    char *right = world.copy.approval->link;
    g_autofree char *other =
        g_strconcat("https://kiemtra.example.vn/v/H26.132-251110-0008.01-05?t=",
                    world.copy.approval->token, NULL);

    world.copy.approval->link = other;
    GBytes *out = issued_with_seal(right_claims(), &world.copy.seal);
    world.copy.approval->link = right;
    return out;
}

/* While the authority was away. */
static GBytes *
never_stamped(void)
{
    return issued_with_seal(right_claims(), &world.copy.seal);
}

/* ---- the register ---- */

static const char *
on_ask(void *user, const char *copy_id, const char *token, SaoyView sha256)
{
    return user;
}

static GBytes *
register_says(const char *word)
{
    options.ask = on_ask;
    options.user = (void *)(uintptr_t)word;
    return ours();
}

static GBytes *
register_cancelled(void)
{
    return register_says("cancelled");
}

static GBytes *
register_unknown(void)
{
    return register_says("unknown");
}

static GBytes *
register_unavailable(void)
{
    return register_says("unavailable");
}

/* ---- revocation ---- */

static SaoyProofs given;

/* Serial number of the officer, as a list or an answer has it. */
static SaoyView
officer_serial(void)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(world.copy.signer[0].certificate);

    return (SaoyView){ ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial) };
}

static GBytes *
make_list(bool revoked)
{
    const SaoyCrlEntry entry = { .serial = officer_serial(),
                                 .revoked_us =
                                     world.now_us - INT64_C(3600) * G_USEC_PER_SEC,
                                 .reason = 1 };
    GBytes *list = saoy_crl_make(saoy_view_of(world.copy.issuing.der), &entry, revoked, 1,
                                 world.now_us - G_USEC_PER_SEC, 86400, pki_on_sign,
                                 &world.copy.issuing, NULL);

    g_assert_nonnull(list);
    return list;
}

static SaoyRevocationEntry
on_look(void *user, SaoyView serial)
{
    return (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
}

static GBytes *
make_answer(void)
{
    g_autoptr(GPtrArray) responder = pki_chain(&world.copy.issuing, NULL);
    const SaoyOcspResponder how = { .issuer = saoy_view_of(world.copy.issuing.der),
                                    .responder = responder,
                                    .sign = pki_on_sign,
                                    .user = &world.copy.issuing,
                                    .look = on_look,
                                    .now_us = world.now_us - G_USEC_PER_SEC,
                                    .valid_s = 86400 };
    g_autoptr(GBytes) request =
        saoy_ocsp_request(saoy_view_of(world.copy.signer[0].der),
                          saoy_view_of(world.copy.issuing.der), (SaoyView){ 0 }, NULL);
    GBytes *answer = saoy_ocsp_answer(saoy_view_of(request), &how, NULL);

    g_assert_nonnull(answer);
    return answer;
}

static GBytes *
trust_revoked(void)
{
    g_autoptr(GBytes) list = make_list(true);

    g_assert_true(saoy_proofs_take_crl(&given, list, NULL));
    return ours();
}

/* What is said of the officer. */
static void
assert_answer(GBytes *pdf, const char *status, const char *kind, const char *source)
{
    g_auto(SaoyVerdict) verdict = verify(pdf);
    const SaoyJson *list = saoy_json_member(verdict.report, "signatures");
    const SaoyJson *answers = saoy_json_member(saoy_json_at(list, 0), "revocation");
    const SaoyJson *row = saoy_json_at(answers, 1); /* behind its time stamp's authority */

    g_assert_cmpstr(saoy_json_string_or(row, "certificate", ""), ==, "Trần Văn Dũng");
    g_assert_cmpstr(saoy_json_string_or(row, "status", ""), ==, status);
    g_assert_cmpstr(saoy_json_string_or(row, "kind", NULL), ==, kind);
    g_assert_cmpstr(saoy_json_string_or(row, "source", NULL), ==, source);
}

static void
open_options(void)
{
    options = (SaoyVerifyOptions){ .trust = world.copy.trust,
                                   .now_us = world.now_us,
                                   .given = &given };
    saoy_proofs_init(&given);
}

static void
close_options(void)
{
    saoy_proofs_clear(&given);
    if (seal_trust != NULL)
        saoy_dir_remove(seal_trust, NULL);
    g_clear_pointer(&seal_trust, g_free);
}

static void
test_each_answer_names_its_source(void)
{
    g_autoptr(GBytes) list = make_list(false), answer = make_answer();
    g_autofree char *path = g_build_filename(world.copy.trust, "issuing.crl", NULL);

    open_options();
    assert_answer(world.pdf, "unknown", NULL, NULL);
    g_assert_true(saoy_proofs_take_ocsp(&given, answer, NULL));
    assert_answer(world.pdf, "good", "ocsp", "given");
    saoy_proofs_clear(&given);
    saoy_proofs_init(&given);
    g_assert_true(saoy_proofs_take_crl(&given, list, NULL));
    assert_answer(world.pdf, "good", "crl", "given");
    pki_write(world.copy.trust, "issuing.crl", list);
    assert_answer(world.pdf, "good", "crl", "trust");
    g_remove(path);
    close_options();
}

/* Revoked wins over good, wherever either came from. */
static void
test_a_revocation_is_not_outvoted(void)
{
    g_autoptr(GBytes) bad = make_list(true), good = make_list(false);
    g_autoptr(GBytes) answer = make_answer();

    open_options();
    g_assert_true(saoy_proofs_take_crl(&given, good, NULL));
    g_assert_true(saoy_proofs_take_ocsp(&given, answer, NULL));
    g_assert_true(saoy_proofs_take_crl(&given, bad, NULL));
    assert_answer(world.pdf, "revoked", "crl", "given");
    close_options();
}

static void
test_lists_as_text_are_taken(void)
{
    g_autoptr(GBytes) list = make_list(false);
    g_autofree char *base64 =
        g_base64_encode(saoy_view_of(list).data, g_bytes_get_size(list));
    g_autofree char *text =
        g_strdup_printf("-----BEGIN X509 CRL-----\n%s\n-----END X509 CRL-----\n", base64);
    g_autoptr(GBytes) pem = g_bytes_new(text, strlen(text));

    open_options();
    g_assert_true(saoy_proofs_take_crl(&given, pem, NULL));
    g_assert_true(g_bytes_equal(given.crls->pdata[0], list));
    close_options();
}

static void
test_what_is_no_proof_is_not_taken(void)
{
    g_autoptr(GBytes) list = make_list(false), answer = make_answer();
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    g_autoptr(GBytes) rubbish = g_bytes_new_static("0\x82\xff\xff rubbish", 12);
    g_autoptr(GBytes) refusal = g_bytes_new_static("\x30\x03\x0a\x01\x06", 5);
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(list, 0, g_bytes_get_size(list) - 1);
    g_autoptr(GBytes) longer = forge_joined(list, "x", 1);
    GBytes *const no_lists[] = { nothing, rubbish, cut, longer, answer, world.pdf };
    GBytes *const no_answers[] = { nothing, rubbish, refusal, list, world.pdf };

    open_options();
    for (size_t i = 0; i < G_N_ELEMENTS(no_lists); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_proofs_take_crl(&given, no_lists[i], &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(no_answers); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_proofs_take_ocsp(&given, no_answers[i], &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    g_assert_cmpuint(given.crls->len + given.ocsps->len, ==, 0);
    close_options();
}

/* A stranger's list of the same name says nothing. */
static void
test_a_forged_list_decides_nothing(void)
{
    const SaoyCrlEntry entry = { .serial = officer_serial(), .revoked_us = 1, .reason = 1 };
    PkiEntity twin = pki_entity("TEST issuing", NULL, true);
    g_autoptr(GBytes) list = saoy_crl_make(saoy_view_of(twin.der), &entry, 1, 1,
                                           world.now_us, 86400, pki_on_sign, &twin, NULL);

    open_options();
    g_assert_true(saoy_proofs_take_crl(&given, list, NULL));
    assert_answer(world.pdf, "unknown", NULL, NULL);
    close_options();
    pki_entity_clear(&twin);
}

/* ---- one row a finding ---- */

/* clang-format off */
static const struct {
    const char *code;
    GBytes *(*make)(void);
    SaoyConclusion conclusion;
} rows[] = {
    { "OBJECT_OUTSIDE",       object_outside,       SAOY_FAILED },
    { "HYBRID_CONFLICT",      hybrid_conflict,      SAOY_FAILED },
    { "CONTENTS_REPEATED",    contents_repeated,    SAOY_INDETERMINATE },
    { "TOO_COMPLEX",          too_complex,          SAOY_INDETERMINATE },
    { "CADES_ABSENT",         cades_absent,         SAOY_INDETERMINATE },
    { "TRUST_UNKNOWN",        nobody_is_trusted,    SAOY_INDETERMINATE },
    { "SEAL_UNDECIDED",       nobody_is_trusted,    SAOY_INDETERMINATE },
    { "TRUST_EXPIRED",        years_later,          SAOY_INDETERMINATE },
    { "TRUST_REVOKED",        trust_revoked,        SAOY_INDETERMINATE },
    { "NOT_OFFICIAL",         ours,                 SAOY_PASSED },
    { "SEAL_DENIED",          seal_denied,          SAOY_FAILED },
    { "SEAL_LIST_OLD",        seal_list_old,        SAOY_PASSED },
    { "SEAL_WRONG",           seal_wrong,           SAOY_FAILED },
    { "SEAL_EXPIRED",         seal_expired,         SAOY_FAILED },
    { "SEAL_LINK",            seal_of_another_link, SAOY_FAILED },
    { "SEAL_PAGES",           seal_of_more_pages,   SAOY_INDETERMINATE },
    { "SEAL_NAMELESS",        seal_without_office,  SAOY_INDETERMINATE },
    { "TIME_UNPROVEN",        never_stamped,        SAOY_INDETERMINATE },
    { "REGISTER_CANCELLED",   register_cancelled,   SAOY_FAILED },
    { "REGISTER_UNKNOWN",     register_unknown,     SAOY_INDETERMINATE },
    { "REGISTER_UNAVAILABLE", register_unavailable, SAOY_INDETERMINATE },
};
/* clang-format on */

static void
test_is_found(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    open_options();
    g_autoptr(GBytes) pdf = rows[i].make();
    g_auto(SaoyVerdict) verdict = verify(pdf);
    g_assert_true(world_found(&verdict, rows[i].code, 0));
    g_assert_cmpint(verdict.conclusion, ==, rows[i].conclusion);
    close_options();
}

/* Twenty fields of one signature: each says so once. */
static void
test_a_repetition_is_said_once(void)
{
    size_t n = 0;

    open_options();
    g_autoptr(GBytes) pdf = many_fields(20);
    g_auto(SaoyVerdict) verdict = verify(pdf);
    const SaoyJson *list = saoy_json_member(verdict.report, "findings");
    for (size_t i = 0; i < saoy_json_length(list); i++)
        n += g_str_equal(saoy_json_string_or(saoy_json_at(list, i), "code", ""),
                         "CONTENTS_REPEATED");
    g_assert_cmpuint(n, ==, 20);
    close_options();
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    world_open(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/findings/", rows[i].code, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_found);
    }
    g_test_add_func("/findings/source", test_each_answer_names_its_source);
    g_test_add_func("/findings/outvoted", test_a_revocation_is_not_outvoted);
    g_test_add_func("/findings/text", test_lists_as_text_are_taken);
    g_test_add_func("/findings/no-proof", test_what_is_no_proof_is_not_taken);
    g_test_add_func("/findings/forged", test_a_forged_list_decides_nothing);
    g_test_add_func("/findings/said-once", test_a_repetition_is_said_once);
    int status = g_test_run();
    world_close(&world);
    return status;
}
