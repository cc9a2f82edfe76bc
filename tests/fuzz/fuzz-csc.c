/* A signing service that answers what it likes. The input is a script, one answer a line:
 * status, a space, the body; a status that is none is a broken network. Each answer is read
 * by itself as everything it might be, then all of them in turn by the client, which has
 * this instead of libcurl. */
#include "belief.h"
#include "csc-answer.h"
#include "document/record.h"
#include "signature/signer.h"

#define PROVIDER SAOY_SOURCE_DIR "/tests/fuzz/corpus/providers/csc1.ini"
#define TAG "H26.132-251110-0007.01-24/1"

struct SaoyHttp {
    SaoyView script;
    unsigned calls;
};

static SaoyHttp server;
static int64_t now_us;

/* ---- a clock that goes when somebody waits ---- */

static int64_t
mono_us(void)
{
    return now_us;
}

void
g_usleep(gulong us)
{
    now_us += (int64_t)us;
}

int
g_poll(GPollFD *fds, unsigned n, int ms)
{
    now_us += (int64_t)ms * 1000;
    return 0;
}

static void
start_clock(void)
{
    static const SaoyClock clock = { fuzz_now, mono_us };

    now_us = fuzz_now();
    saoy_clock_set(&clock);
}

/* ---- net/http.h ---- */

static SaoyView
take_line(SaoyView *script)
{
    const uint8_t *end = script->size > 0 ? memchr(script->data, '\n', script->size) : NULL;
    SaoyView line = { script->data,
                      end != NULL ? (size_t)(end - script->data) : script->size };
    size_t over = line.size + (end != NULL);

    *script = (SaoyView){ script->data + over, script->size - over };
    return line;
}

static int
take_status(SaoyView *line)
{
    int status = 0;

    for (; line->size > 0 && g_ascii_isdigit(line->data[0]) && status < 100; line->size--)
        status = status * 10 + (*line->data++ - '0');
    if (line->size > 0 && line->data[0] == ' ')
        *line = (SaoyView){ line->data + 1, line->size - 1 };
    return status;
}

bool
saoy_http_call(SaoyHttp *http, const SaoyHttpCall *call, SaoyHttpAnswer *out,
               GCancellable *cancel, GError **error)
{
    SaoyView line = take_line(&http->script);
    int status = take_status(&line);

    if (status < 100 || http->calls++ > 30) {
        now_us += 5 * G_USEC_PER_SEC;
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no connection");
    }
    *out = (SaoyHttpAnswer){ .status = status,
                             .body = g_bytes_new(line.data, line.size),
                             .type = g_strdup("application/json"),
                             .retry_after_s = status == 429 ? 2 : 0 };
    return true;
}

void
saoy_http_answer_clear(SaoyHttpAnswer *answer)
{
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_clear_pointer(&answer->type, g_free);
}

bool
saoy_http_was_sent(const SaoyHttp *http)
{
    return http->calls % 2 == 0;
}

SaoyHttp *
saoy_http_new(const char *base_url, const SaoyHttpTls *tls, GError **error)
{
    return &server;
}

void
saoy_http_free(SaoyHttp *http)
{
}

/* It becomes a header line. */
void
saoy_http_set_bearer(SaoyHttp *http, const char *token)
{
    g_assert_true(token == NULL || strpbrk(token, "\r\n ") == NULL);
}

/* ---- each answer by itself ---- */

/* Whoever refuses says why. */
static void
read_as(void *read, GError **error)
{
    g_assert_true((read == NULL) == (*error != NULL));
    g_clear_error(error);
}

static void
read_answer(const SaoyCscAnswer *answer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) signature = saoy_csc_answer_signature(answer, &error);
    read_as(signature, &error);
    g_autoptr(GBytes) stamp = saoy_csc_answer_stamp(answer, &error);
    read_as(stamp, &error);
    g_autoptr(GPtrArray) chain = saoy_csc_answer_chain(answer, &error);
    read_as(chain, &error);
    g_auto(GStrv) ids = saoy_csc_answer_credentials(answer, &error);
    read_as(ids, &error);

    read_as((void *)(uintptr_t)saoy_csc_answer_token(answer, &error), &error);
    read_as((void *)(uintptr_t)saoy_csc_answer_sad(answer, &error), &error);
    read_as((void *)(uintptr_t)saoy_csc_answer_handle(answer, &error), &error);
    (void)saoy_csc_answer_response(answer, NULL);
    (void)saoy_csc_answer_is_pending(answer);
    (void)saoy_csc_answer_refuse(answer, NULL);
}

static void
read_lines(SaoyView script, SaoyView leaf)
{
    static const uint8_t hash[32];

    for (int n = 0; script.size > 0 && n < 16; n++) {
        SaoyView line = take_line(&script);
        g_auto(SaoyCscAnswer) answer = { 0 };
        int status = take_status(&line);
        g_autofree char *text = g_strndup((const char *)line.data, line.size);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) kept = saoy_signing_result(text, TAG, hash, leaf, &error);

        g_assert_true(kept == NULL || error == NULL);
        if (!saoy_csc_answer_read(status, line, &answer, NULL))
            continue;
        read_answer(&answer);
        g_autoptr(SaoyApproval) approval = saoy_approval_from_json(answer.json, NULL);
        g_assert_true(approval == NULL || approval->copy_id != NULL);
    }
}

/* ---- all of them ---- */

static char *
recall(void *user, GError **error)
{
    return g_strdup(user);
}

/* Nothing that signs is asked before it is noted; `before` is what stood there last. */
static bool
journal(void *user, const char *before, const char *after, GError **error)
{
    return true;
}

static void
sign(SaoySigner *signer, SaoyView script, SaoyView leaf)
{
    static const uint8_t hash[32];
    const SaoySigning signing = { .credential_id = "officer-1",
                                  .tag = TAG,
                                  .hash = hash,
                                  .patience_s = 30,
                                  .recall = recall,
                                  .journal = journal,
                                  .user = (void *)(uintptr_t) "" };
    g_autofree char *sha256 = saoy_sha256_hex(leaf);
    g_autoptr(GError) error = NULL;

    start_clock();
    server = (SaoyHttp){ .script = script };
    g_autoptr(GPtrArray) chain =
        saoy_signer_chain(signer, "officer-1", sha256, NULL, &error);
    read_as(chain, &error);
    if (chain == NULL)
        return;
    g_autoptr(GBytes) signature = saoy_signer_sign(signer, &signing, NULL, &error);
    read_as(signature, &error);
}

static void
stamp(SaoyCsc *csc, SaoyView script)
{
    static const uint8_t hash[32];
    g_autoptr(GError) error = NULL;

    start_clock();
    server = (SaoyHttp){ .script = script };
    g_autoptr(GBytes) token =
        saoy_csc_timestamp(csc, hash, TAG, NULL, 30, FUZZ_ROOTS, NULL, &error);
    read_as(token, &error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static GBytes *leaf;
    const SaoyView script = { data, size };

    if (leaf == NULL)
        leaf = fuzz_file("pki/leaf.der");
    g_autoptr(SaoyCsc) csc = saoy_csc_new(&server);
    g_autoptr(SaoySigner) hub = saoy_signer_of_csc(csc);
    g_autoptr(SaoySigner) old = saoy_signer_open(PROVIDER, NULL);

    g_assert_nonnull(old);
    read_lines(script, saoy_view_of(leaf));
    sign(hub, script, saoy_view_of(leaf));
    sign(old, script, saoy_view_of(leaf));
    stamp(csc, script);
    return 0;
}
