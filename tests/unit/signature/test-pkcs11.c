/* Signing with a token: SoftHSM, as any PKCS #11 module would be used. */
#include "signature/signer.h"

#include "journal.h"
#include "pkcs11-parts.h"
#include "pki.h"

#include "core/error.h"

#include <string.h>

#define PIN "1234"
#define UTIL "/usr/bin/softhsm2-util"

typedef struct {
    char *folder, *provider;
    Journal journal;
    PkiEntity root, issuing, ec, rsa;
    uint8_t hash[32];
} World;

/* The first that is there: Debian's two places. */
static const char *
module(void)
{
    static const char *const places[] = {
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (g_file_test(places[i], G_FILE_TEST_EXISTS))
            return places[i];
    return NULL;
}

static void
run(const char *const *argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *out = NULL, *err = NULL;
    int status = 0;

    g_assert_true(g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_DEFAULT, NULL,
                               NULL, &out, &err, &status, &error));
    g_assert_no_error(error);
    if (!g_spawn_check_wait_status(status, NULL))
        g_error("%s: %s", argv[1], err);
}

static void
import(World *w, const char *label, const char *id, const PkiEntity *entity)
{
    g_autofree char *path = g_strdup_printf("%s/%s.key", w->folder, label);
    BIO *out = BIO_new_file(path, "w");

    g_assert_true(
        PEM_write_bio_PKCS8PrivateKey(out, entity->key, NULL, NULL, 0, NULL, NULL));
    BIO_free(out);
    run((const char *const[]){ UTIL, "--import", path, "--token", "saoy", "--label", label,
                               "--id", id, "--pin", PIN, NULL });
}

static void
write_chain(World *w, const char *name, const PkiEntity *entity)
{
    g_autofree char *path = g_build_filename(w->folder, name, NULL);
    BIO *out = BIO_new_file(path, "w");

    PEM_write_bio_X509(out, entity->certificate);
    PEM_write_bio_X509(out, w->issuing.certificate);
    BIO_free(out);
}

/* One token for all tests: a module reads its configuration once in a process. */
static World world;

static void
make_token(World *w)
{
    g_autofree char *tokens = NULL, *conf = NULL, *text = NULL;

    w->folder = pki_folder();
    tokens = g_build_filename(w->folder, "tokens", NULL);
    conf = g_build_filename(w->folder, "softhsm2.conf", NULL);
    text = g_strdup_printf("directories.tokendir = %s\nlog.level = ERROR\n", tokens);
    g_assert_cmpint(g_mkdir(tokens, 0700), ==, 0);
    g_assert_true(g_file_set_contents(conf, text, -1, NULL));
    g_setenv("SOFTHSM2_CONF", conf, TRUE);
    run((const char *const[]){ UTIL, "--init-token", "--free", "--label", "saoy",
                               "--so-pin", "4321", "--pin", PIN, NULL });
    w->root = pki_entity("TEST root", NULL, true);
    w->issuing = pki_entity("TEST issuing", &w->root, true);
    w->ec = pki_entity("TEST agency", &w->issuing, false);
    w->rsa = pki_entity_with(EVP_RSA_gen(2048), "TEST officer", &w->issuing, false,
                             "critical,nonRepudiation", -86400, 86400 * 365);
    import(w, "agency", "a1", &w->ec);
    import(w, "officer", "b2", &w->rsa);
    write_chain(w, "agency.crt", &w->ec);
    write_chain(w, "officer.crt", &w->rsa);
    memset(w->hash, 7, sizeof w->hash);
    journal_set(&w->journal, "");
    w->provider = g_build_filename(w->folder, "provider.conf", NULL);
}

static void
provide(World *w, const char *pin, const char *more)
{
    g_autofree char *secret = g_build_filename(w->folder, "pin", NULL);
    g_autofree char *text = g_strdup_printf(
        "[signer]\ndriver = pkcs11\n[pkcs11]\nmodule = %s\npin_file = pin\n%s\n", module(),
        more);

    g_assert_true(g_file_set_contents(secret, pin, -1, NULL));
    g_assert_true(g_file_set_contents(w->provider, text, -1, NULL));
    journal_set(&w->journal, "");
}

static SaoySigning
signing_of(World *w, const char *credential)
{
    return (SaoySigning){ .credential_id = credential,
                          .tag = "H26.132-251110-0007.01-24/2",
                          .hash = w->hash,
                          .patience_s = 10,
                          .recall = journal_recall,
                          .journal = journal_write,
                          .user = &w->journal };
}

static GPtrArray *
chain_of(SaoySigner *signer, const char *credential, const PkiEntity *entity,
         GError **error)
{
    g_autofree char *pin = saoy_sha256_hex(saoy_view_of(entity->der));

    return saoy_signer_chain(signer, credential, pin, NULL, error);
}

static GBytes *
sign(World *w, const char *credential, const PkiEntity *entity, GError **error)
{
    g_autoptr(SaoySigner) signer = saoy_signer_open(w->provider, error);
    const SaoySigning signing = signing_of(w, credential);
    g_autoptr(GPtrArray) chain =
        signer != NULL ? chain_of(signer, credential, entity, error) : NULL;

    return chain != NULL ? saoy_signer_sign(signer, &signing, NULL, error) : NULL;
}

static void
assert_signs(World *w, const char *credential, const PkiEntity *entity)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = sign(w, credential, entity, &error);
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new(entity->key, NULL);

    g_assert_no_error(error);
    SaoyView view = saoy_view_of(signature);
    g_assert_cmpint(EVP_PKEY_verify_init(context), ==, 1);
    g_assert_cmpint(EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()), ==, 1);
    g_assert_cmpint(EVP_PKEY_verify(context, view.data, view.size, w->hash, 32), ==, 1);
    g_assert_nonnull(strstr(w->journal.text, "\"stage\":\"done\""));
}

static void
test_both_kinds_of_key(void)
{
    provide(&world, PIN "\n", "token = saoy\ncertificates = agency.crt\n");
    assert_signs(&world, "agency", &world.ec);
    provide(&world, PIN, "token = saoy\ncertificates = officer.crt\nlabel = officer\n");
    assert_signs(&world, "officer-an", &world.rsa);
    provide(&world, PIN, "certificates = officer.crt\nid = b2\n"); /* the only token */
    assert_signs(&world, "whoever", &world.rsa);
}

static void
test_a_journal_that_knows_the_answer_is_enough(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) first = NULL, again = NULL;

    provide(&world, PIN, "certificates = agency.crt\n");
    first = sign(&world, "agency", &world.ec, &error);
    again = sign(&world, "agency", &world.ec, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(first, again)); /* ECDSA anew would be another */
}

static void
test_asked_without_an_answer_is_for_an_operator(void)
{
    g_autofree char *hash = saoy_hex((SaoyView){ world.hash, 32 });
    g_autoptr(GError) error = NULL;

    provide(&world, PIN, "certificates = agency.crt\n");
    g_autofree char *asked =
        g_strdup_printf("{\"tag\":\"H26.132-251110-0007.01-24/2\",\"credential\":"
                        "\"agency\",\"hash\":\"%s\",\"stage\":\"asked\"}",
                        hash);
    journal_set(&world.journal, asked);
    g_assert_null(sign(&world, "agency", &world.ec, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
}

/* clang-format off */
static const struct {
    const char *pin, *more, *credential;
    SaoyErrorCode code;
} wrongs[] = {
    { "9999",   "token = saoy\ncertificates = agency.crt\n",  "agency", SAOY_ERROR_REFUSED },
    { PIN,      "token = other\ncertificates = agency.crt\n", "agency", SAOY_ERROR_OFFLINE },
    { PIN,      "certificates = agency.crt\n",                "nobody", SAOY_ERROR_NO_MEDIA },
    { PIN,      "certificates = agency.crt\nid = b2\nlabel = agency\n", "agency", SAOY_ERROR_NO_MEDIA },
    { PIN,      "certificates = agency.crt\nid = xyz\n",      "agency", SAOY_ERROR_MALFORMED },
    { PIN,      "certificates = officer.crt\n",               "agency", SAOY_ERROR_UNTRUSTED },
    { PIN,      "certificates = pin\n",                       "agency", SAOY_ERROR_MALFORMED },
    { PIN,      "certificates = gone\n",                      "agency", SAOY_ERROR_NO_MEDIA },
    { "",       "certificates = agency.crt\n",                "agency", SAOY_ERROR_MALFORMED },
};
/* clang-format on */

static void
test_what_is_wrong_is_named(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(wrongs); i++) {
        g_autoptr(GError) error = NULL;

        provide(&world, wrongs[i].pin, wrongs[i].more);
        g_assert_null(sign(&world, wrongs[i].credential, &world.ec, &error));
        g_test_message("%zu: %s", i, error->message);
        g_assert_error(error, SAOY_ERROR, (int)wrongs[i].code);
        g_assert_null(strstr(error->message, "9999"));
        g_assert_cmpstr(world.journal.text, ==, "");
    }
}

/* The key that the label finds is not the one of the certificate: never given out. */
static void
test_a_signature_of_another_key_is_untrusted(void)
{
    g_autoptr(GError) error = NULL;
    PkiEntity other = pki_entity("TEST agency", &world.issuing, false);

    write_chain(&world, "other.crt", &other);
    provide(&world, PIN, "certificates = other.crt\n");
    g_assert_null(sign(&world, "agency", &other, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    pki_entity_clear(&other);
}

static void
test_a_lost_session_is_opened_again(void)
{
    g_autoptr(GError) error = NULL;
    SaoyTokenAddress address = {
        .module = module(), .token = "saoy", .key = "", .key_id = ""
    };
    g_autoptr(GBytes) pin = g_bytes_new_static(PIN, strlen(PIN));
    CK_OBJECT_HANDLE key = 0;
    CK_RV rv = CKR_OK;

    provide(&world, PIN, "certificates = agency.crt\n");
    address.pin = pin;
    SaoyToken *token = saoy_token_open(&address, &error);
    g_assert_no_error(error);
    g_autoptr(SaoySigner) signer = saoy_signer_open(world.provider, &error);
    g_autoptr(GPtrArray) chain = chain_of(signer, "agency", &world.ec, &error);
    g_assert_nonnull(chain);
    const SaoySigning signing = signing_of(&world, "agency");
    CK_SESSION_INFO info = { 0 };
    token->call->C_GetSessionInfo(token->session, &info);
    token->call->C_CloseAllSessions(info.slotID); /* as a token that was pulled */
    g_assert_false(saoy_token_find_key(token, "agency", &key, &rv, NULL));
    g_assert_true(saoy_token_lost(rv));
    g_autoptr(GBytes) signature = saoy_signer_sign(signer, &signing, NULL, &error);
    g_assert_no_error(error);
    g_assert_nonnull(signature);
    saoy_token_close(token);
}

static CK_RV stub_answer;

static CK_RV
stub_sign(CK_SESSION_HANDLE session, unsigned char *data, unsigned long size,
          unsigned char *signature, unsigned long *signature_size)
{
    return stub_answer;
}

/* clang-format off */
static const struct {
    CK_RV answer;
    bool may_have_signed;
} answers[] = {
    { CKR_PIN_EXPIRED, false },            { CKR_USER_NOT_LOGGED_IN, false },
    { CKR_KEY_HANDLE_INVALID, false },     { CKR_KEY_FUNCTION_NOT_PERMITTED, false },
    { CKR_MECHANISM_INVALID, false },      { CKR_DATA_LEN_RANGE, false },
    { CKR_FUNCTION_REJECTED, false },      { CKR_GENERAL_ERROR, true },
    { CKR_FUNCTION_FAILED, true },         { CKR_HOST_MEMORY, true },
    { CKR_DEVICE_ERROR, true },            { CKR_DEVICE_MEMORY, true },
    { CKR_DEVICE_REMOVED, true },          { CKR_SESSION_CLOSED, true },
    { CKR_SESSION_HANDLE_INVALID, true },  { CKR_FUNCTION_CANCELED, true },
    { CKR_VENDOR_DEFINED | 7, true },
};
/* clang-format on */

/* An HSM at the end of a line: the line may break behind the signature. */
static void
test_an_error_behind_which_it_may_have_signed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(GError) error = NULL;
        const SaoySigning signing = signing_of(&world, "agency");
        CK_FUNCTION_LIST stub = { 0 };

        provide(&world, PIN, "certificates = agency.crt\n");
        g_autoptr(SaoySigner) signer = saoy_signer_open(world.provider, &error);
        g_assert_no_error(error);
        g_autoptr(GPtrArray) chain = chain_of(signer, "agency", &world.ec, &error);
        g_assert_nonnull(chain);
        SaoyToken *token = signer->self;
        CK_FUNCTION_LIST *real = token->call;
        stub = *real;
        stub.C_Sign = stub_sign;
        stub_answer = answers[i].answer;
        token->call = &stub;
        g_assert_null(saoy_signer_sign(signer, &signing, NULL, &error));
        token->call = real;
        g_test_message("0x%lx: %s", stub_answer, error->message);
        g_assert_cmpint(error->domain, ==, SAOY_ERROR);
        g_assert_true((strstr(world.journal.text, "\"stage\":\"asked\"") != NULL) ==
                      answers[i].may_have_signed);
        g_assert_true((world.journal.text[0] == '\0') != answers[i].may_have_signed);
    }
}

static void
put_certificate(SaoyToken *token, const PkiEntity *entity)
{
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    SaoyView der = saoy_view_of(entity->der);
    unsigned char *subject = NULL;
    int size = i2d_X509_NAME(X509_get_subject_name(entity->certificate), &subject);
    CK_ATTRIBUTE object[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_CERTIFICATE_TYPE, &type, sizeof type },
                              { CKA_SUBJECT, subject, (CK_ULONG)size },
                              { CKA_VALUE, (void *)(uintptr_t)der.data, der.size } };
    CK_OBJECT_HANDLE made = 0;

    g_assert_cmpuint(
        token->call->C_CreateObject(token->session, object, G_N_ELEMENTS(object), &made),
        ==, CKR_OK); /* of the session: gone with it */
    OPENSSL_free(subject);
}

static void
test_the_chain_is_found_on_the_token(void)
{
    g_autoptr(GError) error = NULL;

    provide(&world, PIN, "token = saoy\n");
    g_autoptr(SaoySigner) signer = saoy_signer_open(world.provider, &error);
    g_assert_no_error(error);
    g_assert_null(chain_of(signer, "agency", &world.ec, &error)); /* none there yet */
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_clear_error(&error);
    put_certificate(signer->self, &world.root);
    put_certificate(signer->self, &world.rsa);
    put_certificate(signer->self, &world.ec);
    put_certificate(signer->self, &world.issuing);
    g_autoptr(GPtrArray) chain = chain_of(signer, "agency", &world.ec, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(chain->len, ==, 2); /* without the root */
    g_assert_true(g_bytes_equal(chain->pdata[0], world.ec.der));
    g_assert_true(g_bytes_equal(chain->pdata[1], world.issuing.der));
}

int
main(int argc, char **argv)
{
    int result = 0;

    g_test_init(&argc, &argv, NULL);
    if (module() == NULL || !g_file_test(UTIL, G_FILE_TEST_EXISTS)) {
        g_print("1..0 # SKIP no SoftHSM here (softhsm2)\n");
        return 0;
    }
    make_token(&world);
    g_test_add_func("/pkcs11/kinds", test_both_kinds_of_key);
    g_test_add_func("/pkcs11/journal", test_a_journal_that_knows_the_answer_is_enough);
    g_test_add_func("/pkcs11/asked", test_asked_without_an_answer_is_for_an_operator);
    g_test_add_func("/pkcs11/wrong", test_what_is_wrong_is_named);
    g_test_add_func("/pkcs11/other-key", test_a_signature_of_another_key_is_untrusted);
    g_test_add_func("/pkcs11/errors", test_an_error_behind_which_it_may_have_signed);
    g_test_add_func("/pkcs11/lost", test_a_lost_session_is_opened_again);
    g_test_add_func("/pkcs11/chain", test_the_chain_is_found_on_the_token);
    result = g_test_run();
    g_assert_true(saoy_dir_remove(world.folder, NULL));
    g_free(world.folder);
    g_free(world.provider);
    g_free(world.journal.text);
    pki_entity_clear(&world.root);
    pki_entity_clear(&world.issuing);
    pki_entity_clear(&world.ec);
    pki_entity_clear(&world.rsa);
    return result;
}
