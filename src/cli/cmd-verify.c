/* saoy verify FILE.pdf: the validator's report, for people or as JSON. */
#include "verify-register.h"

#include "cli/cli.h"
#include "cli/mapped.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/text.h"
#include "issue/verify.h"

#include <glib/gi18n.h>

#include <string.h>

#define MAX_PDF (512u << 20)
#define MAX_PROOF (16u << 20)
#define MAX_GIVEN 100
#define MAX_TEXT 300

static const int exits[SAOY_CONCLUSION_N] = {
    [SAOY_PASSED] = SAOY_EXIT_OK,
    [SAOY_FAILED] = SAOY_EXIT_NO,
    [SAOY_INDETERMINATE] = SAOY_EXIT_UNDECIDED,
};

static const char *const sentences[SAOY_CONCLUSION_N] = {
    [SAOY_PASSED] = N_("Genuine: every signature holds and its issuer is trusted."),
    [SAOY_FAILED] = N_("Not valid."),
    [SAOY_INDETERMINATE] = N_("Undecided: there is something a person must look at."),
};

/* The report's words, for people. */
static const struct {
    const char *word, *sentence;
} words[] = {
    { "intact", N_("the signed bytes are unchanged") },
    { "broken", N_("the signature does not hold") },
    { "undecided", N_("cannot be checked") },
    { "whole_file", N_("covers the whole file") },
    { "whole_revision", N_("covers the whole version that was signed") },
    { "partial", N_("covers only a part") },
    { "none", N_("nothing was added later") },
    { "allowed", N_("only permitted additions later") },
    { "suspicious", N_("additions later that a person must judge") },
    { "forbidden", N_("forbidden changes later") },
    { "trusted", N_("issuer trusted") },
    { "unknown", N_("issuer not known here") },
    { "expired", N_("certificate outside its time") },
    { "revoked", N_("certificate revoked") },
};

/* Where an answer about revocation came from. */
static const struct {
    const char *word, *sentence;
} sources[] = {
    { "file", N_("kept in the file") },
    { "trust", N_("from the trust folder") },
    { "given", N_("given here") },
};

static const char *
in_words(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(words[i].word, word))
            return _(words[i].sentence);
    return word;
}

/* What the file's maker wrote, on one line and without what moves a terminal's cursor or
 * turns the direction of writing: it may not look like a line of ours. */
static char *
clean(const SaoyJson *row, const char *key)
{
    return saoy_text_clean(saoy_json_string_or(row, key, "?"), MAX_TEXT);
}

/* Certificates of which nothing could be found out are left out. */
static void
print_revocation(const SaoyJson *answers)
{
    for (size_t i = 0; i < saoy_json_length(answers); i++) {
        const SaoyJson *row = saoy_json_at(answers, i);
        const char *source = saoy_json_string_or(row, "source", NULL);
        bool good = g_str_equal(saoy_json_string_or(row, "status", ""), "good");
        g_autofree char *name = clean(row, "certificate");
        g_autofree char *kind = g_ascii_strup(saoy_json_string_or(row, "kind", ""), -1);

        for (size_t k = 0; source != NULL && k < G_N_ELEMENTS(sources); k++)
            if (g_str_equal(sources[k].word, source))
                g_print("  - %s: %s (%s, %s)\n", name,
                        good ? _("not revoked") : _("certificate revoked"), kind,
                        _(sources[k].sentence));
    }
}

static char *
signing_time(const SaoyJson *signature)
{
    bool proven =
        g_str_equal(saoy_json_string_or(signature, "time_source", ""), "time_stamp");
    int64_t time_us = 0;

    if (!saoy_time_parse(saoy_json_string_or(signature, "time", ""), &time_us))
        return g_strdup("");
    g_autofree char *time = saoy_time_people(time_us);
    return proven ? g_steal_pointer(&time)
                  : g_strdup_printf(_("%s (as the signer says)"), time);
}

static void
print_signature(const SaoyJson *signature)
{
    static const char *const parts[] = { "integrity", "coverage", "later_changes",
                                         "trust" };
    g_autofree char *field = clean(signature, "field"), *name = clean(signature, "signer");
    g_autofree char *time = signing_time(signature);

    g_print("\n%s: %s\n", field, name);
    g_print("  %s  %s\n", time, saoy_json_string_or(signature, "level", ""));
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        g_print("  - %s\n", in_words(saoy_json_string_or(signature, parts[i], "")));
    print_revocation(saoy_json_member(signature, "revocation"));
}

static char *
seal_line(const SaoyJson *seal, const char *key)
{
    int64_t time_us = 0;

    if (g_str_equal(key, "issued_at") &&
        saoy_time_parse(saoy_json_string_or(seal, key, ""), &time_us))
        return saoy_time_people(time_us);
    return clean(seal, key);
}

static const char *
seal_word(const char *status)
{
    return g_str_equal(status, "valid")     ? _("it holds")
           : g_str_equal(status, "invalid") ? _("it does not hold")
                                            : _("cannot be checked");
}

static void
print_seal(const SaoyJson *seal)
{
    const char *status = saoy_json_string_or(seal, "status", "absent");
    static const struct {
        const char *key, *label;
    } lines[] = { { "copy_id", N_("Copy") },         { "title", N_("Original") },
                  { "holder", N_("Holder") },        { "office", N_("Office") },
                  { "officer", N_("Officer") },      { "issued_at", N_("Issued") },
                  { "signer", N_("Seal signed by") } };

    if (g_str_equal(status, "absent")) {
        g_print("\n%s\n", _("No seal: this is no certified copy of Sao Y."));
        return;
    }
    g_print("\n%s: %s\n", _("Seal"), seal_word(status));
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *text = seal_line(seal, lines[i].key);

        if (saoy_json_string_or(seal, lines[i].key, NULL) != NULL)
            g_print("  %s: %s\n", _(lines[i].label), text);
    }
}

/* ", object 12, byte 3456" */
static char *
place_of(const SaoyJson *row)
{
    int64_t object = saoy_json_int_or(row, "object", 0);
    int64_t offset = saoy_json_int_or(row, "offset", 0);
    GString *out = g_string_new(NULL);

    if (object > 0)
        g_string_append_printf(out, ", %s %" G_GINT64_FORMAT, _("object"), object);
    if (offset > 0)
        g_string_append_printf(out, ", %s %" G_GINT64_FORMAT, _("byte"), offset);
    return g_string_free(out, FALSE);
}

static void
print_findings(const SaoyJson *findings)
{
    size_t n = saoy_json_length(findings);

    if (n > 0)
        g_print("\n%s\n", _("Findings:"));
    for (size_t i = 0; i < n; i++) {
        const SaoyJson *row = saoy_json_at(findings, i);
        g_autofree char *place = place_of(row);

        g_print("  - %s (%s%s)\n", saoy_json_string_or(row, "text", ""),
                saoy_json_string_or(row, "code", ""), place);
    }
}

static void
print_report(const char *file, const SaoyVerdict *verdict)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "signatures");
    const SaoyJson *known = saoy_json_member(verdict->report, "register");
    g_autofree char *name = saoy_text_clean(file, MAX_TEXT);

    g_print("%s: %s\n%s\n", name, saoy_conclusion_name(verdict->conclusion),
            _(sentences[verdict->conclusion]));
    for (size_t i = 0; i < saoy_json_length(list); i++)
        print_signature(saoy_json_at(list, i));
    print_seal(saoy_json_member(verdict->report, "seal"));
    if (g_str_equal(saoy_json_string_or(known, "status", ""), "genuine"))
        g_print("\n%s\n", _("The register knows this very file."));
    print_findings(saoy_json_member(verdict->report, "findings"));
}

/* In words for whoever holds the file; the reader's own follow where they say more. */
static void
explain(GError **error)
{
    g_autofree char *detail = g_strdup((*error)->message);

    if (!g_error_matches(*error, SAOY_ERROR, SAOY_ERROR_MALFORMED))
        return;
    g_clear_error(error);
    if (strstr(detail, "no PDF header") != NULL)
        saoy_set_error(error, SAOY_ERROR_MALFORMED, "%s", _("this is no PDF file"));
    else
        saoy_set_error(error, SAOY_ERROR_MALFORMED, "%s; %s",
                       _("the PDF is too damaged or too large to be checked"), detail);
}

static bool
check(const SaoyMapped *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out,
      GError **error)
{
    if (saoy_copy_verify(pdf->bytes, options, out, error))
        return saoy_mapped_is_unchanged(pdf, error);
    explain(error);
    return false;
}

static int
verify(const char *file, const SaoyVerifyOptions *options, bool json)
{
    g_autoptr(GError) error = NULL;
    g_auto(SaoyMapped) pdf = { 0 };
    g_auto(SaoyVerdict) verdict = { 0 };

    if (!saoy_mapped_open(&pdf, file, MAX_PDF, &error) ||
        !check(&pdf, options, &verdict, &error))
        return saoy_cli_fail(file, error);
    if (json)
        saoy_cli_json(verdict.report);
    else
        print_report(file, &verdict);
    return exits[verdict.conclusion];
}

typedef bool TakeFunc(SaoyProofs *proofs, GBytes *file, GError **error);

/* False: *out_exit says why, and a line was printed. */
static bool
take_given(char **files, TakeFunc *take, SaoyProofs *out, int *out_exit)
{
    for (size_t i = 0; files != NULL && files[i] != NULL; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) file = NULL;

        if (i >= MAX_GIVEN) {
            *out_exit = saoy_cli_usage(_("%s: too many files"), files[i]);
            return false;
        }
        file = saoy_file_read(files[i], MAX_PROOF, &error);
        if (file == NULL || !take(out, file, &error)) {
            *out_exit = saoy_cli_fail(files[i], error);
            return false;
        }
    }
    return true;
}

int
saoy_cmd_verify(int argc, char **argv)
{
    g_autofree char *trust = NULL, *official = NULL, *hub = NULL, *ca = NULL;
    g_auto(GStrv) crls = NULL, ocsps = NULL;
    g_auto(SaoyProofs) given = { 0 };
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "trust", 0, 0, G_OPTION_ARG_FILENAME, &trust,
          N_("folder of trusted root certificates"), "DIR" },
        { "official", 0, 0, G_OPTION_ARG_FILENAME, &official,
          N_("folder of official root certificates"), "DIR" },
        { "hub", 0, 0, G_OPTION_ARG_STRING, &hub, N_("ask this hub's register too"),
          "URL" },
        { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, N_("PEM file that vouches for the hub"),
          "FILE" },
        { "crl", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &crls,
          N_("a revocation list to look into (repeatable)"), "FILE" },
        { "ocsp", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &ocsps,
          N_("an OCSP answer to look into (repeatable)"), "FILE" },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL }
    };
    g_autoptr(SaoyHttp) http = NULL;
    g_autoptr(GError) error = NULL;
    int code = SAOY_EXIT_OK;

    if (!saoy_cli_options(
            &argc, &argv, entries, "FILE.pdf",
            N_("Checks a PDF's signatures, later changes, seal and register."), 1, 1,
            &code))
        return code;
    if (hub != NULL) {
        http = saoy_http_new(hub, &(SaoyHttpTls){ .ca = ca }, &error);
        if (http == NULL)
            return saoy_cli_fail(hub, error);
    }
    const char *const folders[] = { trust, official };
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        if (folders[i] != NULL && !g_file_test(folders[i], G_FILE_TEST_IS_DIR))
            return saoy_cli_usage(_("%s: no such folder"), folders[i]);
    saoy_proofs_init(&given);
    if (!take_given(crls, saoy_proofs_take_crl, &given, &code) ||
        !take_given(ocsps, saoy_proofs_take_ocsp, &given, &code))
        return code;
    const SaoyVerifyOptions options = { .trust = trust,
                                        .given = &given,
                                        .official = official,
                                        .now_us = saoy_clock_wall_us(),
                                        .ask = http != NULL ? saoy_register_ask : NULL,
                                        .user = http };
    return verify(argv[1], &options, json);
}
