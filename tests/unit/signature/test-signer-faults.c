/* A signing service that fails in every way there is: each row says how the client ends,
 * how often the service was asked to sign, and what a restart does then. Nothing wrong is
 * ever given back, nothing is asked to be signed twice. */
#include "signature/signer.h"

#include "backoff.h"
#include "csc-server.h"
#include "journal.h"

#include "core/clock.h"
#include "core/error.h"

#include <signal.h>

enum { SIGNED = -1, LONG_S = 3600 };

typedef struct {
    CscServer server;
    char *provider; /* its file */
    Journal journal;
    uint8_t hash[32];
    const char *tag;
    unsigned patience_s;
} World;

/* ---- time that passes only when somebody sleeps, on top of the real one ---- */

static gint slept_ms; /* atomic: the service's threads look at no clock of ours */
static GArray *pauses;
static GCancellable *impatient;

static void
sleep_lightly(unsigned ms, GCancellable *cancel)
{
    g_array_append_val(pauses, ms);
    g_atomic_int_add(&slept_ms, (gint)ms);
}

static void
age(void)
{
    g_atomic_int_add(&slept_ms, LONG_S * 1000);
}

static int64_t
now_mono(void)
{
    return g_get_monotonic_time() + g_atomic_int_get(&slept_ms) * INT64_C(1000);
}

static int64_t
now_wall(void)
{
    return g_get_real_time() + g_atomic_int_get(&slept_ms) * INT64_C(1000);
}

static const SaoyClock light = { now_wall, now_mono };

/* ---- the client ---- */

static const char async_v2[] = "driver = csc2\n";

static void
write_provider(World *w, const char *signer, const char *csc)
{
    g_autofree char *text =
        g_strdup_printf("[signer]\n%s\n[csc]\nurl = https://127.0.0.1:%u\nca = "
                        "root.crt\ncert = client.crt\n"
                        "key = client.key\nlogin = /csc/v2/oauth2/token\n%s\n",
                        signer, w->server.port, csc);

    g_free(w->provider);
    w->provider = g_build_filename(w->server.folder, "provider.conf", NULL);
    g_assert_true(g_file_set_contents(w->provider, text, -1, NULL));
}

static void
write_file(World *w, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(w->server.folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
use_v1(World *w)
{
    write_file(w, "login.json", "{\"user\":\"u\",\"secret\":\"s3\"}\n");
    write_file(w, "members.json", "{\"profile\":\"p:1\"}");
    write_file(w, "pin", "123456\n");
    write_file(w, "otp", "654321\n");
    write_provider(w, "driver = csc1\npatience_s = 90\n",
                   "root = /ras/csc/v1\nlogin = /ras/v1/login\nlogin_file = login.json\n"
                   "members_file = members.json\npin_file = pin\notp_file = otp\n");
    w->server.synchronous = true;
}

static void
set_up(World *w, const void *data)
{
    csc_server_start(&w->server, "IP:127.0.0.1", 0);
    write_provider(w, async_v2, "");
    w->server.age = age;
    journal_set(&w->journal, "");
    memset(w->hash, 7, sizeof w->hash);
    w->tag = "H26.132-251110-0007.01-24/1";
    w->patience_s = LONG_S;
    g_atomic_int_set(&slept_ms, 0);
    g_array_set_size(pauses, 0);
}

static void
tear_down(World *w, const void *data)
{
    csc_server_stop(&w->server);
    g_clear_object(&impatient); /* behind the service's threads, which cancel it */
    g_free(w->provider);
    g_free(w->journal.text);
}

/* A program that starts: opens its provider, reads its journal, signs. */
static GBytes *
start_and_sign_until(World *w, GCancellable *cancel, GError **error)
{
    g_autoptr(SaoySigner) signer = saoy_signer_open(w->provider, error);
    g_autofree char *pin = saoy_sha256_hex(saoy_view_of(w->server.signer.der));
    g_autoptr(GPtrArray) chain =
        signer != NULL ? saoy_signer_chain(signer, "officer", pin, NULL, error) : NULL;
    const SaoySigning signing = { .credential_id = "officer",
                                  .tag = w->tag,
                                  .hash = w->hash,
                                  .patience_s = w->patience_s,
                                  .recall = journal_recall,
                                  .journal = journal_write,
                                  .user = &w->journal };

    return chain != NULL ? saoy_signer_sign(signer, &signing, cancel, error) : NULL;
}

static GBytes *
start_and_sign(World *w, GError **error)
{
    return start_and_sign_until(w, NULL, error);
}

static void
assert_verifies(World *w, GBytes *signature)
{
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new(w->server.signer.key, NULL);
    SaoyView view = saoy_view_of(signature);

    g_assert_cmpint(EVP_PKEY_verify_init(context), ==, 1);
    g_assert_cmpint(EVP_PKEY_verify(context, view.data, view.size, w->hash, sizeof w->hash),
                    ==, 1);
}

static void
assert_ends(World *w, int code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = start_and_sign(w, &error);

    if (code == SIGNED) {
        g_assert_no_error(error);
        assert_verifies(w, signature);
        return;
    }
    g_assert_null(signature);
    g_test_message("ends: %s", error->message);
    g_assert_error(error, SAOY_ERROR, code);
    g_assert_null(strchr(error->message, '\n'));
}

static const char *
stage_of(const World *w)
{
    static const char *const names[] = { "confirm", "asked", "pending", "done" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *member = g_strdup_printf("\"stage\":\"%s\"", names[i]);

        if (strstr(w->journal.text, member) != NULL)
            return names[i];
    }
    return "new";
}

/* ---- the table ---- */

typedef struct {
    const char *name;
    const char *faults; /* apart by ";" */
    int code;           /* SIGNED, or the error's */
    const char *stage;  /* in the journal afterwards */
    unsigned asked;     /* signHash as the service saw it */
    unsigned made;      /* signatures it made */
    int again;          /* how a restart ends when nothing is wrong any more */
} Row;

/* clang-format off */
static const Row rows[] = {
    { "nothing",              "",                                       SIGNED,               "done",    1, 1, SIGNED },
    { "late-within",          "authorize late 300;signPolling late 300", SIGNED,              "done",    1, 1, SIGNED },
    { "cut-signing",          "signHash cut",                           SAOY_ERROR_OFFLINE,   "asked",   1, 1, SAOY_ERROR_FAILED },
    { "dropped-signing",      "signHash drop",                          SAOY_ERROR_OFFLINE,   "asked",   1, 1, SAOY_ERROR_FAILED },
    { "cut-polling",          "signPolling cut",                        SIGNED,               "done",    1, 1, SIGNED },
    { "cut-authorizing",      "authorize cut",                          SIGNED,               "done",    1, 1, SIGNED },
    { "slow-down",            "signHash retry 2",                       SIGNED,               "done",    2, 1, SIGNED },
    { "slow-down-forever",    "signHash retry 900*",                     SAOY_ERROR_TIMEOUT,   "new",     4, 0, SIGNED },
    { "error-authorizing",    "authorize 500 {}",                       SAOY_ERROR_FAILED,    "new",     0, 0, SIGNED },
    { "error-signing",        "signHash 500 {}",                        SAOY_ERROR_FAILED,    "asked",   1, 0, SAOY_ERROR_FAILED },
    { "error-polling",        "signPolling 500 {}",                     SAOY_ERROR_FAILED,    "pending", 1, 1, SIGNED },
    { "busy-once",            "signHash 503 ",                          SIGNED,               "done",    2, 1, SIGNED },
    { "busy-everywhere-once", "authorize 503 ;signPolling 503 ",       SIGNED,               "done",    1, 1, SIGNED },
    { "garbage-authorizing",  "authorize garbage",                      SAOY_ERROR_MALFORMED, "new",     0, 0, SIGNED },
    { "garbage-signing",      "signHash garbage",                       SAOY_ERROR_MALFORMED, "asked",   1, 0, SAOY_ERROR_FAILED },
    { "garbage-polling",      "signPolling garbage",                    SAOY_ERROR_MALFORMED, "pending", 1, 1, SIGNED },
    { "deep",                 "signPolling deep",                       SAOY_ERROR_MALFORMED, "pending", 1, 1, SIGNED },
    { "gigabyte-announced",   "signPolling huge",                       SAOY_ERROR_MALFORMED, "pending", 1, 1, SIGNED },
    { "gigabyte-streamed",    "signPolling stream",                     SAOY_ERROR_MALFORMED, "pending", 1, 1, SIGNED },
    { "gigabyte-signing",     "signHash huge",                          SAOY_ERROR_MALFORMED, "asked",   1, 1, SAOY_ERROR_FAILED },
    { "pair",                 "signPolling pair",                       SAOY_ERROR_MALFORMED, "pending", 1, 1, SIGNED },
    { "wrong-hash",           "signPolling wrong-hash",                 SAOY_ERROR_UNTRUSTED, "pending", 1, 1, SIGNED },
    { "wrong-key",            "signPolling wrong-key",                  SAOY_ERROR_UNTRUSTED, "pending", 1, 1, SIGNED },
    { "wrong-certificate",    "info wrong-certificate",                 SAOY_ERROR_UNTRUSTED, "new",     0, 0, SIGNED },
    { "refused-authorizing",  "authorize 403 {\"error\":\"access_denied\"}", SAOY_ERROR_REFUSED, "new",  0, 0, SIGNED },
    { "refused-signing",      "signHash 400 {\"error\":\"invalid_request\"}", SAOY_ERROR_REFUSED, "new", 1, 0, SIGNED },
    { "refused-polling",      "signPolling 400 {\"error\":\"invalid_request\"}", SAOY_ERROR_REFUSED, "pending", 1, 1, SIGNED },
    { "token-expired",        "signHash 401 {\"error\":\"invalid_token\"}", SIGNED,           "done",    2, 1, SIGNED },
    { "token-never-good",     "authorize 401 {\"error\":\"invalid_token\"}*", SAOY_ERROR_REFUSED, "new", 0, 0, SIGNED },
    { "no-login",             "info 401 {};token 401 {}",               SAOY_ERROR_REFUSED,   "new",     0, 0, SIGNED },
};
/* clang-format on */

static void
test_row(World *w, const void *data)
{
    const Row *row = data;
    g_auto(GStrv) faults = g_strsplit(row->faults, ";", -1);

    for (char **fault = faults; *fault != NULL; fault++)
        if (**fault != '\0')
            csc_fault(&w->server, *fault);
    assert_ends(w, row->code);
    g_assert_cmpstr(stage_of(w), ==, row->stage);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, row->asked);
    g_assert_cmpuint(w->server.made->len, ==, row->made);
    g_assert_cmpint(w->server.streamed, <, 16 << 20); /* what sockets hold, no more */
    g_ptr_array_set_size(w->server.faults, 0);
    if (g_str_equal(row->stage, "asked"))
        assert_ends(w, SAOY_ERROR_TIMEOUT); /* whoever asked may still be there */
    age();
    age();
    assert_ends(w, row->again);
    g_assert_cmpuint(w->server.made->len, <=, 1);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==,
                     row->asked + (row->again == SIGNED && row->made == 0));
}

/* ---- what a row cannot say ---- */

static void
test_pending_in_both_styles(World *w, const void *data)
{
    w->server.confirm = 2;
    w->server.pending = 2;
    csc_fault(&w->server, data);
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "authorizeCheck"), ==, 2);
    g_assert_cmpuint(csc_seen(&w->server, "signPolling"), ==, 3);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

static void
test_a_restart_polls_and_asks_nothing_anew(World *w, const void *data)
{
    w->server.pending = 3;
    csc_fault(&w->server, "signPolling none");
    csc_fault(&w->server, "signPolling ages");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    g_assert_cmpstr(stage_of(w), ==, "pending");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "authorize"), ==, 1);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
    unsigned polled = csc_seen(&w->server, "signPolling");
    assert_ends(w, SIGNED); /* out of the journal */
    g_assert_cmpuint(csc_seen(&w->server, "signPolling"), ==, polled);
}

static void
test_a_restart_goes_on_waiting_for_the_person(World *w, const void *data)
{
    w->server.confirm = 3;
    csc_fault(&w->server, "authorizeCheck ages");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    g_assert_cmpstr(stage_of(w), ==, "confirm");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "authorize"), ==, 1);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
}

static void
lose_patience(void)
{
    g_cancellable_cancel(impatient);
}

/* Signs with the fault; whoever asks gives up while the request is under way. */
static GBytes *
sign_without_patience(World *w, const char *fault, GError **error)
{
    GBytes *signature = NULL;

    impatient = g_cancellable_new();
    w->server.age = lose_patience;
    csc_fault(&w->server, fault);
    signature = start_and_sign_until(w, impatient, error);
    g_assert_true(g_cancellable_is_cancelled(impatient));
    w->server.age = age;
    return signature;
}

/* Given up between the request that signs and its answer, which is taken all the same. */
static void
test_an_answer_outlives_who_asked(World *w, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sign_without_patience(w, "signHash ages", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(stage_of(w), ==, "pending");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

static void
test_a_signature_outlives_who_asked(World *w, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = NULL;

    w->server.synchronous = true;
    signature = sign_without_patience(w, "signHash ages", &error);
    g_assert_no_error(error);
    assert_verifies(w, signature);
    g_assert_cmpstr(stage_of(w), ==, "done");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
}

static void
test_who_gives_up_before_has_asked_nothing(World *w, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sign_without_patience(w, data, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(stage_of(w), ==, "new");
    g_assert_cmpuint(w->server.made->len, ==, 0);
    assert_ends(w, SIGNED);
}

/* A service that never answers, and somebody who stops waiting. */
static void
test_a_request_without_an_answer_is_not_repeated(World *w, const void *data)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sign_without_patience(w, "signHash ages-and-drops", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(stage_of(w), ==, "asked");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    age();
    age();
    assert_ends(w, SAOY_ERROR_FAILED);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
}

static void
lose_patience_and_age(void)
{
    lose_patience();
    age();
}

/* The older shape answers when the person has confirmed: a visit that is over does not
 * wait an hour for her. */
static void
test_a_cancel_does_not_wait_for_the_person(World *w, const void *data)
{
    g_autoptr(GError) error = NULL;

    use_v1(w);
    w->patience_s = LONG_S;
    impatient = g_cancellable_new();
    w->server.age = lose_patience_and_age;
    csc_fault(&w->server, "signHash ages-and-waits");
    g_assert_null(start_and_sign_until(w, impatient, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(stage_of(w), ==, "asked");
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
}

/* The lease is lost between the signature and its being written down: who holds it no more
 * gives nothing back, and whoever goes on asks for nothing anew. */
static void
test_a_signature_nobody_may_write_down(World *w, const void *data)
{
    w->journal.lost = true;
    assert_ends(w, SAOY_ERROR_REFUSED);
    g_assert_cmpstr(stage_of(w), ==, "pending");
    w->journal.lost = false;
    assert_ends(w, SIGNED); /* fetched once more */
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

static void
test_nor_where_it_cannot_be_fetched_again(World *w, const void *data)
{
    use_v1(w);
    w->journal.lost = true;
    assert_ends(w, SAOY_ERROR_REFUSED);
    g_assert_cmpstr(stage_of(w), ==, "asked");
    w->journal.lost = false;
    assert_ends(w, SAOY_ERROR_TIMEOUT); /* the first one may still be there */
    age();
    age();
    assert_ends(w, SAOY_ERROR_FAILED); /* for an operator */
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

/* Two signatures under way, and the service mixes them up. */
static void
test_two_in_the_wrong_order(World *w, const void *data)
{
    g_autofree char *first = NULL;

    w->server.pending = 1;
    csc_fault(&w->server, "signPolling ages");
    csc_fault(&w->server, "signPolling ages");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    first = g_strdup(w->journal.text);
    journal_set(&w->journal, "");
    w->hash[0] = 8;
    w->tag = "H26.132-251110-0007.01-24/2";
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    csc_fault(&w->server, "signPolling swapped");
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    assert_ends(w, SIGNED);
    journal_set(&w->journal, first);
    w->hash[0] = 7;
    w->tag = "H26.132-251110-0007.01-24/1";
    csc_fault(&w->server, "signPolling swapped");
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    assert_ends(w, SIGNED);
    g_assert_cmpuint(w->server.made->len, ==, 2);
}

/* The second request gets the first one's responseID. */
static void
test_a_request_id_given_twice(World *w, const void *data)
{
    assert_ends(w, SIGNED);
    journal_set(&w->journal, "");
    w->hash[0] = 8;
    w->tag = "H26.132-251110-0007.01-24/2";
    csc_fault(&w->server, "signHash same-id");
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    assert_ends(w, SAOY_ERROR_UNTRUSTED); /* it stays wrong, and is not asked for again */
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 2);
}

/* libcurl by itself sends a request again that a warm connection has lost. */
static void
test_a_warm_connection_that_dies_signs_once(World *w, const void *data)
{
    w->server.keep = true;
    csc_fault(&w->server, "signHash drop");
    assert_ends(w, SAOY_ERROR_OFFLINE);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

static void
test_a_service_that_repeats_is_asked_again(World *w, const void *data)
{
    write_provider(w, "driver = csc2\nrepeats = true\n", "");
    csc_fault(&w->server, "signHash 503 ");
    csc_fault(&w->server, "signHash cut");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 3);
}

static void
test_pauses_grow_and_differ(World *w, const void *data)
{
    const unsigned longest[] = { 100, 200, 400, 800, 1600, 3200, 5000, 5000 };
    bool jitter = false;

    for (size_t i = 0; i < G_N_ELEMENTS(longest); i++)
        csc_fault(&w->server, "authorize 503 ");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(pauses->len, ==, G_N_ELEMENTS(longest)); /* the first poll has none */
    for (size_t i = 0; i < G_N_ELEMENTS(longest); i++) {
        unsigned ms = g_array_index(pauses, unsigned, i);

        g_assert_cmpuint(ms, <=, longest[i]);
        g_assert_cmpuint(ms, >=, longest[i] / 2);
        jitter = jitter || ms != longest[i];
    }
    g_assert_true(jitter); /* all eight at their longest: once in 10^20 */
}

static void
test_no_pause_is_shorter_than_asked_for(World *w, const void *data)
{
    csc_fault(&w->server, "authorize retry 7");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(g_array_index(pauses, unsigned, 0), ==, 7000);
}

static void
test_nothing_else_is_waited_out(World *w, const void *data)
{
    csc_fault(&w->server, "authorize 500 {}");
    assert_ends(w, SAOY_ERROR_FAILED);
    csc_fault(&w->server, "authorize 403 {}");
    assert_ends(w, SAOY_ERROR_REFUSED);
    csc_fault(&w->server, "authorize garbage");
    assert_ends(w, SAOY_ERROR_MALFORMED);
    g_assert_cmpuint(pauses->len, ==, 0);
}

static void
test_what_waits_for_a_person_can_be_cancelled(World *w, const void *data)
{
    g_autoptr(SaoySigner) signer = NULL;
    g_autoptr(GPtrArray) chain = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *pin = saoy_sha256_hex(saoy_view_of(w->server.signer.der));
    const SaoySigning signing = { "officer", w->tag,         NULL,          w->hash,
                                  5,         journal_recall, journal_write, &w->journal };

    w->server.confirm = 1;
    csc_fault(&w->server, "authorize ages");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    signer = saoy_signer_open(w->provider, NULL);
    chain = saoy_signer_chain(signer, "officer", pin, NULL, NULL);
    g_assert_true(saoy_signer_cancel(signer, &signing, &error));
    g_assert_cmpstr(w->journal.text, ==, "");
    w->server.pending = 1;
    csc_fault(&w->server, "signPolling ages");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    g_assert_false(saoy_signer_cancel(signer, &signing, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

/* ---- the older shape ---- */

static const char *
body_of(World *w, const char *method)
{
    for (unsigned i = w->server.bodies->len; i-- > 0;)
        if (g_str_has_prefix(w->server.bodies->pdata[i], method))
            return w->server.bodies->pdata[i];
    return "";
}

static void
test_the_older_shape(World *w, const void *data)
{
    use_v1(w);
    csc_fault(&w->server, "list 401 {}");
    csc_fault(&w->server, "signHash late 300");
    assert_ends(w, SIGNED);
    g_assert_cmpstr(body_of(w, "login"), ==, "login {\"user\":\"u\",\"secret\":\"s3\"}");
    const char *authorize = body_of(w, "authorize"), *sign = body_of(w, "signHash");
    g_assert_nonnull(strstr(authorize, "\"profile\":\"p:1\""));
    g_assert_nonnull(strstr(authorize, "\"credentialID\":\"k-1\""));
    g_assert_nonnull(strstr(authorize, "\"PIN\":\"123456\""));
    g_assert_nonnull(strstr(authorize, "\"OTP\":\"654321\""));
    g_assert_nonnull(strstr(authorize, "\"hash\":["));
    g_assert_nonnull(strstr(sign, "\"hashAlgo\":\"2.16.840.1.101.3.4.2.1\""));
    g_assert_nonnull(strstr(sign, "\"SAD\":\"sad-1\""));
    g_assert_null(strstr(sign, "operationMode"));
    g_assert_null(strstr(sign, "123456"));
    g_assert_cmpuint(csc_seen(&w->server, "signHash"), ==, 1);
}

static void
test_the_older_shape_cut_off_is_for_an_operator(World *w, const void *data)
{
    use_v1(w);
    csc_fault(&w->server, "signHash cut");
    assert_ends(w, SAOY_ERROR_OFFLINE);
    g_assert_cmpstr(stage_of(w), ==, "asked");
    assert_ends(w, SAOY_ERROR_TIMEOUT);
    age();
    age();
    assert_ends(w, SAOY_ERROR_FAILED);
    g_assert_cmpuint(w->server.made->len, ==, 1);
}

static void
test_other_names_of_members(World *w, const void *data)
{
    use_v1(w);
    write_provider(
        w, "driver = csc1\ncredential = k-1\n",
        "root = /x\ncredential_name = credential_id\nhash_algorithm_name = algo\n"
        "count_name = n\nauthorize = false\n");
    assert_ends(w, SIGNED);
    g_assert_cmpuint(csc_seen(&w->server, "authorize"), ==, 0);
    g_assert_cmpuint(csc_seen(&w->server, "list"), ==, 0);
    g_assert_nonnull(strstr(body_of(w, "signHash"), "\"credential_id\":\"k-1\""));
    g_assert_nonnull(strstr(body_of(w, "signHash"), "\"algo\":\"2.16"));
}

/* ---- the line ---- */

static char *
pin_of(const PkiEntity *entity)
{
    unsigned char *der = NULL;
    int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(entity->certificate), &der);
    uint8_t hash[32];

    saoy_sha256((SaoyView){ der, (size_t)size }, hash);
    OPENSSL_free(der);
    return g_base64_encode(hash, sizeof hash);
}

static void
test_the_servers_key_is_pinned(World *w, const void *data)
{
    g_autofree char *right = pin_of(&w->server.tls), *wrong = pin_of(&w->server.other);
    g_autofree char *good = g_strdup_printf("server_key = %s\n", right);
    g_autofree char *bad = g_strdup_printf("server_key = %s\n", wrong);

    write_provider(w, async_v2, bad);
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    g_assert_cmpuint(w->server.seen->len, ==, 0);
    write_provider(w, async_v2, good);
    assert_ends(w, SIGNED);
}

static void
test_another_name_is_untrusted(World *w, const void *data)
{
    csc_server_stop(&w->server);
    w->server = (CscServer){ 0 };
    csc_server_start(&w->server, "DNS:elsewhere.example", 0);
    write_provider(w, async_v2, "");
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    g_assert_cmpuint(w->server.seen->len, ==, 0);
}

static void
test_another_authority_is_untrusted(World *w, const void *data)
{
    PkiEntity foreign = pki_entity("TEST foreign", NULL, true);

    csc_write_pem(&w->server, "root", &foreign);
    assert_ends(w, SAOY_ERROR_UNTRUSTED);
    g_assert_cmpuint(w->server.seen->len, ==, 0);
    pki_entity_clear(&foreign);
}

static void
test_tls_1_1_is_refused(World *w, const void *data)
{
    csc_server_stop(&w->server);
    w->server = (CscServer){ 0 };
    csc_server_start(&w->server, "IP:127.0.0.1", TLS1_1_VERSION);
    write_provider(w, async_v2, "");
    assert_ends(w, SAOY_ERROR_OFFLINE);
    g_assert_cmpuint(w->server.seen->len, ==, 0);
}

/* Our certificate is who we are: without it there is not even a question. */
static void
test_no_client_certificate_no_service(World *w, const void *data)
{
    g_autofree char *text = g_strdup_printf(
        "[signer]\ndriver = csc2\n[csc]\nurl = https://127.0.0.1:%u\nca = root.crt\n",
        w->server.port);

    g_assert_true(g_file_set_contents(w->provider, text, -1, NULL));
    assert_ends(w, SAOY_ERROR_OFFLINE);
    g_assert_cmpuint(w->server.seen->len, ==, 0);
}

static void
test_nobody_there(World *w, const void *data)
{
    assert_ends(w, SIGNED);
    journal_set(&w->journal, "");
    g_file_set_contents(w->provider,
                        "[signer]\ndriver = csc2\n[csc]\nurl = http://127.0.0.1:9\n", -1,
                        NULL);
    assert_ends(w, SAOY_ERROR_OFFLINE);
    g_assert_cmpstr(w->journal.text, ==, "");
}

static void
test_a_provider_file_is_read_strictly(World *w, const void *data)
{
    static const char *const wrong[] = {
        "",
        "[signer]\ndriver = other\n",
        "[signer]\ndriver = csc2\nunknown = 1\n",
        "[signer]\ndriver = csc2\n",                                   /* no url */
        "[signer]\ndriver = csc2\n[csc]\nurl = http://sign.example\n", /* not TLS */
        "[signer]\ndriver = csc1\n[csc]\nurl = https://sign.example\npin_file = gone\n",
        "[signer]\ndriver = pkcs11\n",
        "[signer]\ndriver = pkcs11\n[pkcs11]\nmodule = relative.so\n",
        "[signer]\ndriver = pkcs11\n[pkcs11]\nmodule = /nowhere/module.so\n",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_true(g_file_set_contents(w->provider, wrong[i], -1, NULL));
        g_assert_null(saoy_signer_open(w->provider, &error));
        g_test_message("%zu: %s", i, error->message);
        g_assert_cmpint(error->domain, ==, SAOY_ERROR);
        g_assert_true(error->code == SAOY_ERROR_MALFORMED ||
                      error->code == SAOY_ERROR_NO_MEDIA);
    }
}

int
main(int argc, char **argv)
{
    int result = 0;

    g_test_init(&argc, &argv, NULL);
    signal(SIGPIPE, SIG_IGN); /* a client that has heard enough */
    saoy_clock_set(&light);
    saoy_backoff_set_sleep(sleep_lightly);
    pauses = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strconcat("/signer/faults/", rows[i].name, NULL);

        g_test_add(path, World, &rows[i], set_up, test_row, tear_down);
    }
#define WITH(path, data, f) g_test_add("/signer/" path, World, data, set_up, f, tear_down)
    WITH("pending/202", "none none", test_pending_in_both_styles);
    WITH("pending/400", "signPolling in-400*", test_pending_in_both_styles);
    WITH("restart/polling", NULL, test_a_restart_polls_and_asks_nothing_anew);
    WITH("restart/confirming", NULL, test_a_restart_goes_on_waiting_for_the_person);
    WITH("given-up/answer", NULL, test_an_answer_outlives_who_asked);
    WITH("given-up/signature", NULL, test_a_signature_outlives_who_asked);
    WITH("given-up/before", "authorize ages", test_who_gives_up_before_has_asked_nothing);
    WITH("given-up/busy", "signHash ages-and-busy",
         test_who_gives_up_before_has_asked_nothing);
    WITH("given-up/no-answer", NULL, test_a_request_without_an_answer_is_not_repeated);
    WITH("wrong-order", NULL, test_two_in_the_wrong_order);
    WITH("same-id", NULL, test_a_request_id_given_twice);
    WITH("warm", NULL, test_a_warm_connection_that_dies_signs_once);
    WITH("repeats", NULL, test_a_service_that_repeats_is_asked_again);
    WITH("pauses/grow", NULL, test_pauses_grow_and_differ);
    WITH("pauses/told", NULL, test_no_pause_is_shorter_than_asked_for);
    WITH("pauses/else", NULL, test_nothing_else_is_waited_out);
    WITH("cancel", NULL, test_what_waits_for_a_person_can_be_cancelled);
    WITH("v1/cancel", NULL, test_a_cancel_does_not_wait_for_the_person);
    WITH("lease/lost", NULL, test_a_signature_nobody_may_write_down);
    WITH("v1/lease-lost", NULL, test_nor_where_it_cannot_be_fetched_again);
    WITH("v1/straight", NULL, test_the_older_shape);
    WITH("v1/cut", NULL, test_the_older_shape_cut_off_is_for_an_operator);
    WITH("v1/names", NULL, test_other_names_of_members);
    WITH("tls/pin", NULL, test_the_servers_key_is_pinned);
    WITH("tls/name", NULL, test_another_name_is_untrusted);
    WITH("tls/authority", NULL, test_another_authority_is_untrusted);
    WITH("tls/old", NULL, test_tls_1_1_is_refused);
    WITH("tls/client", NULL, test_no_client_certificate_no_service);
    WITH("nobody", NULL, test_nobody_there);
    WITH("provider", NULL, test_a_provider_file_is_read_strictly);
    result = g_test_run();
    g_array_unref(pauses);
    return result;
}
