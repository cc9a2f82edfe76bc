#include "verify-parts.h"

#include "core/clock.h"
#include "core/ossl.h"

#include <glib/gi18n-lib.h>

#define MAX_LISTED 1000

typedef enum { NOTE, DOUBT, FAIL } Effect;

/* clang-format off */
static const struct {
    const char *code;
    Effect effect;
    const char *sentence;
} known[SAOY_FOUND_N] = {
#define SAOY_FINDING(code, effect, sentence) { #code, effect, sentence },
#include "verify-findings.def"
#undef SAOY_FINDING
};
/* clang-format on */

static const char *const severities[] = {
    [NOTE] = "info", [DOUBT] = "warning", [FAIL] = "error"
};
static const char *const integrities[] = { "intact", "broken", "undecided" };
static const char *const coverages[] = { "whole_file", "whole_revision", "partial" };
static const char *const laters[] = { "none", "allowed", "suspicious", "forbidden" };

void
saoy_found(SaoyCheck *check, SaoyFinding finding, int64_t object, size_t offset)
{
    check->failed = check->failed || known[finding].effect == FAIL;
    check->undecided = check->undecided || known[finding].effect == DOUBT;
    if (saoy_json_length(check->findings) >= MAX_LISTED)
        return;
    SaoyJson *row = saoy_json_object();
    saoy_json_set_string(row, "code", known[finding].code);
    saoy_json_set_string(row, "severity", severities[known[finding].effect]);
    if (object > 0)
        saoy_json_set_int(row, "object", object);
    else
        saoy_json_set_string(row, "object", NULL);
    if (offset > 0)
        saoy_json_set_int(row, "offset", (int64_t)offset);
    else
        saoy_json_set_string(row, "offset", NULL);
    saoy_json_set_string(row, "text", _(known[finding].sentence));
    saoy_json_append(check->findings, row);
}

void
saoy_changed(SaoyCheck *check, size_t revision, int64_t object, const char *what,
             SaoyLater verdict)
{
    check->revisions[revision] = MAX(check->revisions[revision], verdict);
    if (saoy_json_length(check->changes) >= MAX_LISTED)
        return;
    SaoyJson *row = saoy_json_object();
    saoy_json_set_int(row, "revision", (int64_t)revision + 1);
    saoy_json_set_int(row, "object", object);
    saoy_json_set_string(row, "what", what);
    saoy_json_set_string(row, "verdict", laters[verdict]);
    saoy_json_append(check->changes, row);
}

SaoyJson *
saoy_mark_json(const SaoyMark *mark)
{
    SaoyJson *row = saoy_json_object();
    g_autofree char *time = mark->time_us != 0 ? saoy_time_rfc3339(mark->time_us) : NULL;

    saoy_json_set_string(row, "field", mark->place.field);
    saoy_json_set_string(row, "signer", mark->signer);
    saoy_json_set_string(row, "time", time);
    saoy_json_set_string(row, "time_source",
                         time == NULL    ? NULL
                         : mark->stamped ? "time_stamp"
                                         : "claimed");
    saoy_json_set_string(row, "level", mark->level);
    saoy_json_set_string(row, "integrity", integrities[mark->integrity]);
    saoy_json_set_string(row, "coverage", coverages[mark->coverage]);
    saoy_json_set_string(row, "later_changes", laters[mark->later]);
    saoy_json_set_string(row, "trust", saoy_trust_name(mark->trust));
    saoy_json_set_bool(row, "certification", mark->permission != 0);
    return row;
}

SaoyJson *
saoy_file_json(const SaoyCheck *check)
{
    SaoyJson *file = saoy_json_object();
    g_autofree char *sha256 = saoy_sha256_hex(check->all);

    saoy_json_set_string(file, "sha256", sha256);
    saoy_json_set_int(file, "bytes", (int64_t)check->all.size);
    saoy_json_set_int(file, "revisions", (int64_t)saoy_pdf_revisions(check->pdf));
    return file;
}
