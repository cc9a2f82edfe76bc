/* Gathering validation data from servers that lie, repeat old answers, or lead in circles.
 */
#include "signature/dss.h"

#include "pki.h"

#include "core/error.h"

enum { N = 6, MAX_FETCHES = 40 };

/* Entity i answers under /ocsp/i, /crl/i, /ca/i: about itself, by whoever issued it. */
typedef struct {
    PkiEntity entity[N];
    const PkiEntity *issuer[N];
    unsigned fetches;
    GBytes *(*answer)(unsigned i, const char *what, GBytes *body);
    bool unusual; /* an address that is none of the above was asked */
} World;

static World world;

/* What the certificate says about where to ask; "" none. */
static PkiEntity
make(unsigned i, const char *name, const PkiEntity *issuer, bool ca, const char *scheme)
{
    g_autofree char *access = g_strdup_printf("OCSP;URI:%s://x/ocsp/%u,caIssuers;URI:%s://x"
                                              "/ca/%u",
                                              scheme, i, scheme, i);
    g_autofree char *points = g_strdup_printf("URI:%s://x/crl/%u", scheme, i);
    const PkiExtra extra[] = { { NID_info_access, access },
                               { NID_crl_distribution_points, points },
                               { 0, NULL } };

    return pki_entity_full(EVP_EC_gen("P-256"), name, issuer, ca,
                           ca ? "critical,keyCertSign,cRLSign" : "critical,nonRepudiation",
                           -86400, 86400 * 365, extra);
}

static void
set(unsigned i, const char *name, int issuer, bool ca)
{
    world.issuer[i] = issuer < 0 ? NULL : &world.entity[issuer];
    world.entity[i] = make(i, name, world.issuer[i], ca, "http");
}

/* 0 leaf, 1 issuing, 2 root; 3 another leaf of 1; 4 a stranger's twin of 1. */
static void
open_world(void)
{
    set(2, "Root", -1, true);
    set(1, "Issuing", 2, true);
    set(0, "Leaf", 1, false);
    set(3, "Other leaf", 1, false);
    set(4, "Issuing", -1, true);
    set(5, "Unused", -1, true);
}

static void
close_world(void)
{
    for (size_t i = 0; i < N; i++)
        pki_entity_clear(&world.entity[i]);
}

static SaoyRevocationEntry
on_look(void *user, SaoyView serial)
{
    return (SaoyRevocationEntry){ SAOY_REVOCATION_GOOD, 0, -1 };
}

static GBytes *
ocsp_by(const PkiEntity *issuer, GBytes *request, int64_t now_us, int64_t valid_s)
{
    g_autoptr(GPtrArray) responder = pki_chain(issuer, NULL);
    const SaoyOcspResponder how = { .issuer = saoy_view_of(issuer->der),
                                    .responder = responder,
                                    .sign = pki_on_sign,
                                    .user = (void *)(uintptr_t)issuer,
                                    .look = on_look,
                                    .now_us = now_us,
                                    .valid_s = valid_s };

    return saoy_ocsp_answer(saoy_view_of(request), &how, NULL);
}

static GBytes *
crl_by(const PkiEntity *issuer, int64_t now_us, int64_t valid_s)
{
    return saoy_crl_make(saoy_view_of(issuer->der), NULL, 0, 1, now_us, valid_s,
                         pki_on_sign, (void *)(uintptr_t)issuer, NULL);
}

/* As it should be. */
static GBytes *
honest(unsigned i, const char *what, GBytes *body)
{
    const PkiEntity *issuer = world.issuer[i];

    if (g_str_equal(what, "ca"))
        return g_bytes_ref(issuer->der);
    return g_str_equal(what, "ocsp") ? ocsp_by(issuer, body, g_get_real_time(), 3600)
                                     : crl_by(issuer, g_get_real_time(), 3600);
}

static GBytes *
on_fetch(void *user, const char *url, const char *type, GBytes *body, GCancellable *cancel,
         GError **error)
{
    static const char *const words[] = { "ocsp", "crl", "ca" };

    world.fetches++;
    g_assert_cmpuint(world.fetches, <, MAX_FETCHES);
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++) {
        g_autofree char *begin = g_strdup_printf("http://x/%s/", words[k]);
        unsigned i = 0;

        if (!g_str_has_prefix(url, begin))
            continue;
        i = (unsigned)g_ascii_strtoull(url + strlen(begin), NULL, 10);
        g_assert_cmpuint(i, <, N);
        GBytes *answer = world.answer(i, words[k], body);
        return answer != NULL ? answer : saoy_null(error, SAOY_ERROR_OFFLINE, "away");
    }
    world.unusual = true;
    return saoy_null(error, SAOY_ERROR_OFFLINE, "nobody there");
}

static bool
collect(const PkiEntity *leaf, SaoyProofs *proofs, GError **error)
{
    const SaoyProofSource source = { on_fetch, NULL, NULL, g_get_real_time() };
    g_autoptr(GPtrArray) chain = pki_chain(leaf, NULL);
    g_auto(SaoyProofs) pool = { 0 };

    saoy_proofs_init(&pool);
    saoy_proofs_init(proofs);
    world.fetches = 0;
    world.unusual = false;
    return saoy_proofs_collect(chain, g_get_real_time(), &source, &pool, proofs, NULL,
                               error);
}

static void
test_all_that_is_needed_is_gathered(void)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GError) error = NULL;

    world.answer = honest;
    g_assert_true(collect(&world.entity[0], &proofs, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(proofs.certificates->len, ==, 3);
    g_assert_cmpuint(proofs.ocsps->len, ==, 2);
    g_assert_cmpuint(proofs.crls->len, ==, 0);
}

/* ---- lies ---- */

static GBytes *
nothing(unsigned i, const char *what, GBytes *body)
{
    return NULL;
}

static GBytes *
rubbish(unsigned i, const char *what, GBytes *body)
{
    return g_bytes_new_static("<html>404</html>", 16);
}

static GBytes *
empty(unsigned i, const char *what, GBytes *body)
{
    return g_bytes_new_static("", 0);
}

/* A megabyte of zeros, and of beginnings of certificates. */
static GBytes *
heavy(unsigned i, const char *what, GBytes *body)
{
    uint8_t *bytes = g_malloc(4 << 20);

    memset(bytes, g_str_equal(what, "ca") ? 0x30 : 0, 4 << 20);
    return g_bytes_new_take(bytes, 4 << 20);
}

static GBytes *
many_certificates(unsigned i, const char *what, GBytes *body)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    SaoyView der = saoy_view_of(world.entity[5].der);

    for (int n = 0; n < 2000; n++)
        g_byte_array_append(out, der.data, (guint)der.size);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

/* About another certificate of the same issuer. */
static GBytes *
about_another(unsigned i, const char *what, GBytes *body)
{
    g_autoptr(GBytes) request = NULL;

    if (!g_str_equal(what, "ocsp"))
        return g_str_equal(what, "ca") ? honest(i, what, body) : NULL;
    request = saoy_ocsp_request(saoy_view_of(world.entity[3].der),
                                saoy_view_of(world.entity[1].der), (SaoyView){ 0 }, NULL);
    return ocsp_by(&world.entity[1], request, g_get_real_time(), 3600);
}

/* What was true last year, to the very question. */
static GBytes *
of_last_year(unsigned i, const char *what, GBytes *body)
{
    int64_t then = g_get_real_time() - INT64_C(360) * 86400 * G_USEC_PER_SEC;

    if (g_str_equal(what, "ca"))
        return honest(i, what, body);
    return g_str_equal(what, "ocsp") ? ocsp_by(world.issuer[i], body, then, 3600)
                                     : crl_by(world.issuer[i], then, 3600);
}

static GBytes *
of_tomorrow(unsigned i, const char *what, GBytes *body)
{
    int64_t then = g_get_real_time() + INT64_C(86400) * G_USEC_PER_SEC;

    if (!g_str_equal(what, "ocsp"))
        return g_str_equal(what, "ca") ? honest(i, what, body) : NULL;
    return ocsp_by(world.issuer[i], body, then, 3600);
}

/* Still current, but given to somebody else's question. */
static GBytes *
repeated(unsigned i, const char *what, GBytes *body)
{
    static const uint8_t other[16] = { 1, 2, 3 };
    const SaoyView nonce = { other, sizeof other };
    g_autoptr(GBytes) request = NULL;

    if (!g_str_equal(what, "ocsp"))
        return g_str_equal(what, "ca") ? honest(i, what, body) : NULL;
    request = saoy_ocsp_request(saoy_view_of(world.entity[i].der),
                                saoy_view_of(world.issuer[i]->der), nonce, NULL);
    return ocsp_by(world.issuer[i], request, g_get_real_time(), 3600);
}

/* The right name, another's key. */
static GBytes *
by_a_twin(unsigned i, const char *what, GBytes *body)
{
    if (g_str_equal(what, "ca"))
        return honest(i, what, body);
    return g_str_equal(what, "ocsp")
               ? ocsp_by(&world.entity[4], body, g_get_real_time(), 3600)
               : crl_by(&world.entity[4], g_get_real_time(), 3600);
}

static GBytes *
twin_as_issuer(unsigned i, const char *what, GBytes *body)
{
    return g_str_equal(what, "ca") ? g_bytes_ref(world.entity[4].der)
                                   : honest(i, what, body);
}

/* The certificate for its own issuer. */
static GBytes *
itself_as_issuer(unsigned i, const char *what, GBytes *body)
{
    return g_str_equal(what, "ca") ? g_bytes_ref(world.entity[i].der)
                                   : honest(i, what, body);
}

static GBytes *
try_later(unsigned i, const char *what, GBytes *body)
{
    return g_str_equal(what, "ca") ? honest(i, what, body)
                                   : g_bytes_new_static("\x30\x03\x0a\x01\x03", 5);
}

/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*answer)(unsigned i, const char *what, GBytes *body);
    int code;
    const char *word;
} lies[] = {
    { "nothing",           nothing,           SAOY_ERROR_OFFLINE,   "away" },
    { "rubbish",           rubbish,           SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "empty",             empty,             SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "heavy",             heavy,             SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "many-certificates", many_certificates, SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "twin-as-issuer",    twin_as_issuer,    SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "itself-as-issuer",  itself_as_issuer,  SAOY_ERROR_UNTRUSTED, "another certificate at its issuer's place" },
    { "about-another",     about_another,     SAOY_ERROR_OFFLINE,   "away" },
    { "of-last-year",      of_last_year,      SAOY_ERROR_UNTRUSTED, "out of date" },
    { "of-tomorrow",       of_tomorrow,       SAOY_ERROR_OFFLINE,   "away" },
    { "repeated",          repeated,          SAOY_ERROR_OFFLINE,   "away" },
    { "by-a-twin",         by_a_twin,         SAOY_ERROR_UNTRUSTED, "CRL" },
    { "try-later",         try_later,         SAOY_ERROR_MALFORMED, "CRL" },
};
/* clang-format on */

/* Nothing of it is kept. */
static void
test_is_not_believed(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GError) error = NULL;

    world.answer = lies[i].answer;
    g_assert_false(collect(&world.entity[0], &proofs, &error));
    g_test_message("%s", error->message);
    g_assert_error(error, SAOY_ERROR, lies[i].code);
    g_assert_nonnull(strstr(error->message, lies[i].word));
    g_assert_cmpuint(proofs.ocsps->len + proofs.crls->len, ==, 0);
}

/* ---- paths ---- */

/* Each of two authorities was issued by the other. */
static void
test_a_circle_ends(void)
{
    PkiEntity kept[2] = { world.entity[1], world.entity[2] };
    PkiEntity a = make(1, "A", NULL, true, "http"), b = make(2, "B", &a, true, "http");
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GError) error = NULL;

    /* A again, now by B */
    X509_set_issuer_name(a.certificate, X509_get_subject_name(b.certificate));
    X509_sign(a.certificate, b.key, EVP_sha256());
    g_bytes_unref(a.der);
    a.der = saoy_x509_der(a.certificate);
    world.entity[1] = a;
    world.entity[2] = b;
    world.issuer[1] = &world.entity[2];
    world.issuer[2] = &world.entity[1];
    world.answer = honest;
    g_assert_false(collect(&a, &proofs, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_nonnull(strstr(error->message, "without end"));
    g_assert_cmpuint(world.fetches, <, 30);
    pki_entity_clear(&a);
    pki_entity_clear(&b);
    world.entity[1] = kept[0];
    world.entity[2] = kept[1];
    world.issuer[1] = &world.entity[2];
    world.issuer[2] = NULL;
}

static PkiEntity endless;

/* A new authority above every one that is asked for. */
static GBytes *
always_one_more(unsigned i, const char *what, GBytes *body)
{
    return g_str_equal(what, "ca") ? g_bytes_ref(endless.der) : NULL;
}

static void
test_an_endless_chain_is_not_climbed(void)
{
    g_auto(SaoyProofs) proofs = { 0 };
    g_autoptr(GError) error = NULL;

    endless = make(5, "Endless", NULL, true, "http");
    world.answer = always_one_more;
    g_assert_false(collect(&world.entity[0], &proofs, &error));
    g_assert_nonnull(error);
    g_assert_cmpuint(world.fetches, <, 10);
    pki_entity_clear(&endless);
}

static void
test_only_web_addresses_are_asked(void)
{
    static const char *const schemes[] = {
        "file", "ftp", "ldap", "gopher", "dict", "HTTP"
    };

    world.answer = honest;
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        PkiEntity leaf = make(0, "Leaf", &world.entity[1], false, schemes[i]);
        g_auto(SaoyProofs) proofs = { 0 };
        g_autoptr(GError) error = NULL;

        g_assert_false(collect(&leaf, &proofs, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
        g_assert_cmpuint(world.fetches, ==, 0);
        pki_entity_clear(&leaf);
    }
    g_assert_false(world.unusual);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    open_world();
    g_test_add_func("/proofs/gathered", test_all_that_is_needed_is_gathered);
    for (size_t i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autofree char *path = g_strconcat("/proofs/lies/", lies[i].name, NULL);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_is_not_believed);
    }
    g_test_add_func("/proofs/circle", test_a_circle_ends);
    g_test_add_func("/proofs/endless", test_an_endless_chain_is_not_climbed);
    g_test_add_func("/proofs/web", test_only_web_addresses_are_asked);
    int status = g_test_run();
    close_world();
    return status;
}
