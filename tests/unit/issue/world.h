#pragma once
/* One issued file of ours with its PKI, made once for a table of variants of it. */
#include "forge.h"

#include "issue/verify.h"

typedef struct {
    Copy copy;            /* first: the fixture's hooks see it as one */
    GBytes *pdf;          /* issued: certified by the officer, signed by the agency, B-T */
    PkiEntity tsa, young; /* young: valid from an hour ago only */
    int64_t object;       /* what a variant's finding must name; 0: nothing */
    int64_t now_us;
} World;

static inline void
world_close(World *world)
{
    pki_entity_clear(&world->tsa);
    pki_entity_clear(&world->young);
    g_bytes_unref(world->pdf);
    copy_tear_down(&world->copy, NULL);
}

static inline SaoyVerdict
world_verify(World *world, GBytes *pdf, bool trusting)
{
    const SaoyVerifyOptions options = { .trust = trusting ? world->copy.trust : NULL,
                                        .now_us = world->now_us };
    SaoyVerdict verdict = { 0 };
    g_autoptr(GError) error = NULL;

    saoy_copy_verify(pdf, &options, &verdict, &error);
    g_assert_no_error(error);
    return verdict;
}

/* Is there a finding of that code, and of that object if one is given? */
static inline bool
world_found(const SaoyVerdict *verdict, const char *code, int64_t object)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "findings");

    for (size_t i = 0; i < saoy_json_length(list); i++) {
        const SaoyJson *row = saoy_json_at(list, i);

        if (g_str_equal(saoy_json_string_or(row, "code", ""), code) &&
            (object == 0 || saoy_json_int_or(row, "object", 0) == object))
            return true;
    }
    return false;
}

static inline const char *
world_says(const SaoyVerdict *verdict, size_t signature, const char *key)
{
    const SaoyJson *list = saoy_json_member(verdict->report, "signatures");

    return saoy_json_string_or(saoy_json_at(list, signature), key, "");
}

/* ---- time stamps ---- */

static inline GBytes *
world_token(const PkiEntity *tsa, const uint8_t imprint[32], int64_t at_us)
{
    static int64_t serial = 1;
    g_autoptr(GPtrArray) chain = pki_chain(tsa, NULL);
    const SaoyStampAuthority authority = { .chain = chain,
                                           .sign = pki_on_sign,
                                           .user = (void *)(uintptr_t)tsa,
                                           .policy = "1.3.6.1.4.1.99999.1",
                                           .now_us = at_us,
                                           .serial = serial++ };
    g_autoptr(GError) error = NULL;
    GBytes *token = saoy_stamp_token(imprint, (SaoyView){ 0 }, &authority, &error);

    g_assert_no_error(error);
    return token;
}

static inline GBytes *
world_on_stamp(void *user, unsigned n, const uint8_t imprint[32], GCancellable *cancel,
               GError **error)
{
    const World *world = user; /* its copy comes first */

    return world_token(&world->tsa, imprint, g_get_real_time());
}

static inline void
world_open(World *world)
{
    g_autoptr(GError) error = NULL;
    SaoyIssueHooks hooks = copy_hooks;

    hooks.stamp = world_on_stamp;
    copy_set_up(&world->copy, NULL);
    world->tsa = pki_service("TEST TSA", &world->copy.root, "critical,timeStamping");
    world->young = pki_entity_with(EVP_EC_gen("P-256"), "Young", &world->copy.root, false,
                                   "critical,nonRepudiation", -3600, 86400);
    world->pdf = saoy_copy_issue(world->copy.base, world->copy.approval, &hooks, world,
                                 NULL, &error);
    g_assert_no_error(error);
    world->now_us = g_get_real_time();
}

/* Time of the tokens that world_stamp makes; 0: now. */
static int64_t world_stamp_us;

/* A ForgeValue: a time stamp token over the bytes. */
static inline GBytes *
world_stamp(const PkiEntity *tsa, const PkiEntity *issuer, GBytes *bytes)
{
    uint8_t imprint[32];

    saoy_sha256(saoy_view_of(bytes), imprint);
    return world_token(tsa, imprint,
                       world_stamp_us != 0 ? world_stamp_us : g_get_real_time());
}

/* A ForgeValue: CAdES with a time stamp of the world's authority, or of that one. */
static const PkiEntity *world_authority;

static inline GBytes *
world_stamped(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) plain = forge_cades(signer, issuer, bytes);
    g_auto(SaoyCms) cms = { 0 };
    g_autoptr(GError) error = NULL;
    uint8_t digest[32];

    saoy_sha256(saoy_view_of(bytes), digest);
    saoy_cms_check(saoy_view_of(plain), digest, &cms, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) token = world_stamp(world_authority, NULL, cms.signature);
    GBytes *out = saoy_cms_add_stamp(saoy_view_of(plain), saoy_view_of(token), &error);
    g_assert_no_error(error);
    return out;
}

/* ---- small files of others ---- */

/* One page with a text, a form, a signature field (7) whose value is 8; ready to be closed.
 * more: entries of the catalog; entries: of the signature dictionary. */
static inline Forge
world_draft(const char *kind, const char *more, const char *entries)
{
    Forge f = forge_begin(NULL);

    forge_put(&f, 1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R %s >>", more);
    forge_put(&f, 2, "<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>");
    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] /Contents 4 0 R "
              "/Resources << /Font << /F 5 0 R >> >> /Annots [ 7 0 R 9 0 R ] >>");
    forge_put_stream(&f, 4, "", "BT /F 20 Tf 20 200 Td (100 dong) Tj ET");
    forge_put(&f, 5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    forge_put(&f, 6,
              "<< /Fields [ 7 0 R 9 0 R ] /SigFlags 3 /DR << /Font << /F 5 0 R >> >> >>");
    forge_put(&f, 7,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig1) /Rect [ 10 10 90 40 ] "
              "/P 3 0 R /V 8 0 R >>");
    forge_put_signature(&f, 8, kind, entries);
    forge_put(&f, 9,
              "<< /Type /Annot /Subtype /Widget /FT /Tx /T (Name) /Rect [ 10 60 90 80 ] "
              "/P 3 0 R /AP << /N 10 0 R >> >>");
    forge_put_stream(&f, 10, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 20 ]", " ");
    return f;
}

/* As Word writes: a second, empty table whose stream lists the object streams' objects. To
 * be signed. */
static inline GBytes *
world_hybrid(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");
    size_t table = f.out->len;

    g_string_append_printf(f.out,
                           "12 0 obj\n<< /Type /XRef /W [ 1 4 2 ] /Index [ 12 1 ] /Size 13 "
                           "/Root 1 0 R /Filter /ASCIIHexDecode /Length 14 >>\nstream\n"
                           "01%08zx0000\nendstream\nendobj\n",
                           table);
    g_autoptr(GBytes) first = forge_end(&f);
    g_autofree char *more = g_strdup_printf(
        "xref\n0 0\ntrailer\n<< /Size 13 /Root 1 0 R /Prev %zu /XRefStm %zu >>\nstartxref\n"
        "%zu\n%%%%EOF\n",
        forge_start(first), table, g_bytes_get_size(first));
    return forge_joined(first, more, strlen(more));
}

/* To be signed. */
static inline GBytes *
world_encrypted(void)
{
    Forge f = world_draft("ETSI.CAdES.detached", "", "");

    forge_put(&f, 12, "<< /Filter /Standard /V 1 /R 2 /P -4 /O <00> /U <00> >>");
    return forge_end_with(&f, "/Encrypt 12 0 R");
}

static inline GBytes *
world_foreign_with(World *world, const char *more, const char *entries)
{
    Forge f = world_draft("ETSI.CAdES.detached", more, entries);

    return forge_sign(forge_end(&f), &world->copy.signer[0], &world->copy.issuing,
                      forge_cades);
}

static inline GBytes *
world_foreign(World *world)
{
    return world_foreign_with(world, "", "");
}

#define WORLD_DOCMDP(p)                                                        \
    "/Reference [ << /Type /SigRef /TransformMethod /DocMDP /TransformParams " \
    "<< /Type /TransformParams /V /1.2 /P " p " >> >> ]"

/* Another's file certified with that permission ("1" … "3"). */
static inline GBytes *
world_certified(World *world, const char *permission)
{
    g_autofree char *entries = forge_replaced(WORLD_DOCMDP("X"), "X", permission);

    return world_foreign_with(world, "/Perms << /DocMDP 8 0 R >>", entries);
}

/* Another signature in a new field, appended to form and page; rect and kind as given. */
static inline GBytes *
world_sign_again(World *world, GBytes *pdf, const char *rect, const char *kind,
                 const PkiEntity *signer, ForgeValue *value)
{
    Forge f = forge_begin(pdf);
    int64_t field = f.size, dict = f.size + 1;
    int64_t form = forge_target(pdf, f.root, "AcroForm");
    int64_t page = forge_which(pdf, "Type", "Page");
    g_autofree char *old_form = forge_object(pdf, form);
    g_autofree char *old_page = forge_object(pdf, page);
    g_autofree char *more = g_strdup_printf("%ld 0 R ]", (long)field);
    g_autofree char *annots = g_strdup_printf("/Annots [ 7 0 R 9 0 R %s", more);
    g_autofree char *fields = g_strdup_printf("/Fields [ 7 0 R 9 0 R %s", more);
    g_autofree char *new_form = forge_replaced(old_form, "/Fields [ 7 0 R 9 0 R ]", fields);
    g_autofree char *new_page = forge_replaced(old_page, "/Annots [ 7 0 R 9 0 R ]", annots);

    forge_put(&f, form, "%s", new_form);
    forge_put(&f, page, "%s", new_page);
    forge_put(&f, field,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig2) /Rect %s /P %ld 0 R "
              "/V %ld 0 R >>",
              rect, (long)page, (long)dict);
    forge_put_signature(&f, dict, kind, "");
    return forge_sign(forge_end(&f), signer, &world->copy.issuing, value);
}
