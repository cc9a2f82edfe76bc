/* What a signing service may answer, byte by byte: taken, or one line of error. */
#include "csc-answer.h"

#include "core/error.h"

#include <string.h>

typedef enum { TOKEN, LIST, CHAIN, SAD, HANDLE, RESPONSE, SIGNATURE, STAMP } What;

#define TAKEN -1
#define LONG \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* clang-format off */
static const struct {
    What what;
    int status;
    const char *body;
    int code; /* TAKEN or a SaoyErrorCode */
} rows[] = {
    { TOKEN, 200, "{\"access_token\":\"t-1\",\"token_type\":\"Bearer\"}", TAKEN },
    { TOKEN, 200, "{\"access_token\":\"two words\"}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"access_token\":\"a\\r\\nX-Evil: 1\"}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"access_token\":\"\"}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"access_token\":7}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{}", SAOY_ERROR_MALFORMED },
    { LIST, 200, "{\"credentialIDs\":[\"a\",\"b\"],\"new\":{}}", TAKEN },
    { LIST, 200, "{\"credentialIDs\":[]}", TAKEN },
    { LIST, 200, "{\"credentialIDs\":[\"\"]}", SAOY_ERROR_MALFORMED },
    { LIST, 200, "{\"credentialIDs\":[1]}", SAOY_ERROR_MALFORMED },
    { LIST, 200, "{\"credentialIDs\":\"a\"}", SAOY_ERROR_MALFORMED },
    { LIST, 200, "{\"credentialIDs\":[1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7]}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "{\"cert\":{\"certificates\":[\"MAA=\",\"MAA=\"]}}", TAKEN },
    { CHAIN, 200, "{\"cert\":{\"certificates\":[]}}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "{\"cert\":{\"certificates\":[\"\"]}}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "{\"cert\":{\"certificates\":[\"%%\"]}}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "{\"cert\":{\"certificates\":[null]}}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "{\"cert\":[]}", SAOY_ERROR_MALFORMED },
    { CHAIN, 200, "[]", SAOY_ERROR_MALFORMED },
    { SAD, 200, "{\"SAD\":\"s\",\"expiresIn\":300}", TAKEN },
    { SAD, 200, "{\"sad\":\"s\"}", SAOY_ERROR_MALFORMED },
    { HANDLE, 202, "{\"handle\":\"h\"}", TAKEN },
    { HANDLE, 202, "{\"handle\":{}}", SAOY_ERROR_MALFORMED },
    { RESPONSE, 200, "{\"responseID\":\"r\"}", TAKEN },
    { RESPONSE, 200, "{}", SAOY_ERROR_MALFORMED },
    { SIGNATURE, 200, "{\"signatures\":[\"AAAA\"]}", TAKEN },
    { SIGNATURE, 200, "{\"signatures\":[\"AAAA\",\"AAAA\"]}", SAOY_ERROR_MALFORMED },
    { SIGNATURE, 200, "{\"signatures\":[]}", SAOY_ERROR_MALFORMED },
    { SIGNATURE, 200, "{\"signatures\":[{}]}", SAOY_ERROR_MALFORMED },
    { SIGNATURE, 200, "{\"signatures\":[\"AAA\"]}", SAOY_ERROR_MALFORMED },
    { STAMP, 200, "{\"timestamp\":\"MAA=\"}", TAKEN },
    { STAMP, 200, "{\"timestamp\":\"\"}", SAOY_ERROR_MALFORMED },
    /* the answer itself */
    { TOKEN, 500, "{\"access_token\":\"t-1\"}", SAOY_ERROR_FAILED },
    { TOKEN, 302, "{\"access_token\":\"t-1\"}", SAOY_ERROR_FAILED },
    { TOKEN, 100, "", SAOY_ERROR_FAILED },
    { TOKEN, 200, "", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "<html>", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"access_token\":\"t\",\"access_token\":\"u\"}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"access_token\":\"\xff\"}", SAOY_ERROR_MALFORMED },
    { TOKEN, 200, "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", SAOY_ERROR_MALFORMED },
};
/* clang-format on */

static bool
take(What what, const SaoyCscAnswer *answer, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GPtrArray) chain = NULL;
    g_auto(GStrv) ids = NULL;

    switch (what) {
    case TOKEN:
        return saoy_csc_answer_token(answer, error) != NULL;
    case LIST:
        return (ids = saoy_csc_answer_credentials(answer, error)) != NULL;
    case CHAIN:
        return (chain = saoy_csc_answer_chain(answer, error)) != NULL;
    case SAD:
        return saoy_csc_answer_sad(answer, error) != NULL;
    case HANDLE:
        return saoy_csc_answer_handle(answer, error) != NULL;
    case RESPONSE:
        return saoy_csc_answer_response(answer, error) != NULL;
    case SIGNATURE:
        return (bytes = saoy_csc_answer_signature(answer, error)) != NULL;
    case STAMP:
        return (bytes = saoy_csc_answer_stamp(answer, error)) != NULL;
    }
    return false;
}

static void
test_each_answer_is_taken_or_named(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SaoyView body = { (const uint8_t *)rows[i].body, strlen(rows[i].body) };
        g_auto(SaoyCscAnswer) answer = { 0 };
        g_autoptr(GError) error = NULL;
        bool taken = saoy_csc_answer_read(rows[i].status, body, &answer, &error) &&
                     take(rows[i].what, &answer, &error);

        g_test_message("%zu: %s", i, error != NULL ? error->message : "taken");
        if (rows[i].code == TAKEN) {
            g_assert_no_error(error);
            g_assert_true(taken);
        } else {
            g_assert_false(taken);
            g_assert_error(error, SAOY_ERROR, rows[i].code);
        }
    }
}

static SaoyCscAnswer
read_of(int status, const char *body)
{
    SaoyCscAnswer answer = { 0 };

    g_assert_true(saoy_csc_answer_read(
        status, (SaoyView){ (const uint8_t *)body, strlen(body) }, &answer, NULL));
    return answer;
}

static void
test_pending_in_every_style(void)
{
    static const struct {
        int status;
        const char *body;
        bool pending;
    } styles[] = {
        { 202, "{\"error\":\"accepted_request\"}", true },
        { 202, "{}", true },
        { 400, "{\"error\":\"accepted_request\"}", true },
        { 400,
          "{\"error_description\":\"The previous asynchronous signature request has been "
          "accepted\"}",
          true },
        { 400, "{\"error\":\"invalid_request\"}", false },
        { 403, "{\"error\":\"accepted_request\"}", false },
        { 200, "{}", false },
        { 400, "no json", false },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(styles); i++) {
        g_auto(SaoyCscAnswer) answer = read_of(styles[i].status, styles[i].body);

        g_assert_cmpint(saoy_csc_answer_is_pending(&answer), ==, styles[i].pending);
    }
}

static void
test_only_words_of_the_protocol_are_repeated(void)
{
    static const char *const rude[] = { "{\"error\":\"Thảo 001090000001\"}",
                                        "{\"error\":\"a b\"}",
                                        "{\"error\":\"" LONG "\"}",
                                        "{\"error\":\"\"}",
                                        "{\"error\":[]}",
                                        "no json" };

    for (size_t i = 0; i < G_N_ELEMENTS(rude); i++) {
        g_auto(SaoyCscAnswer) answer = read_of(400, rude[i]);
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_csc_answer_refuse(&answer, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
        g_assert_cmpstr(error->message, ==, "unnamed (400)");
    }
    g_auto(SaoyCscAnswer) said = read_of(403, "{\"error\":\"access_denied\"}");
    g_autoptr(GError) error = NULL;
    g_assert_false(saoy_csc_answer_refuse(&said, &error));
    g_assert_cmpstr(error->message, ==, "access_denied (403)");
}

static void
test_a_large_answer_is_not_parsed(void)
{
    g_autofree char *body = g_strnfill(SAOY_CSC_ANSWER_MAX + 1, ' ');
    g_auto(SaoyCscAnswer) answer = { 0 };
    g_autoptr(GError) error = NULL;

    body[0] = '{';
    body[SAOY_CSC_ANSWER_MAX] = '}';
    g_assert_false(saoy_csc_answer_read(
        200, (SaoyView){ (const uint8_t *)body, strlen(body) }, &answer, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/csc-answer/rows", test_each_answer_is_taken_or_named);
    g_test_add_func("/csc-answer/pending", test_pending_in_every_style);
    g_test_add_func("/csc-answer/words", test_only_words_of_the_protocol_are_repeated);
    g_test_add_func("/csc-answer/large", test_a_large_answer_is_not_parsed);
    return g_test_run();
}
