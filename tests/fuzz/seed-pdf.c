/* Makes the first inputs of fuzz-pdf out of the PKI that fuzz-seed-signature made:
 *
 *   fuzz-seed-pdf FOLDER
 *
 * Nobody has its keys any more, so the signatures are those of whoever believes. */
#include "belief.h"
#include "cms-parts.h"

#include "../unit/issue/world.h"

#include "document/compose.h"

typedef struct {
    const char *folder;
    World world;
} Seed;

static void
write_seed(const Seed *seed, const char *name, GBytes *take)
{
    g_autoptr(GBytes) bytes = take;
    g_autofree char *folder = g_build_filename(seed->folder, "pdf", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_nonnull(bytes);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
    g_assert_true(saoy_file_write(path, saoy_view_of(bytes), NULL));
}

static PkiEntity
known(const char *name)
{
    GBytes *der = fuzz_file(name);

    return (PkiEntity){ EVP_EC_gen("P-256"), saoy_x509_parse(saoy_view_of(der), NULL),
                        der };
}

static GBytes *
sign(Seed *seed, GBytes *take)
{
    return forge_sign(take, &seed->world.copy.signer[0], NULL, forge_cades);
}

static Forge
draft(void)
{
    return world_draft("ETSI.CAdES.detached", "", "");
}

static GBytes *
foreign(Seed *seed)
{
    Forge f = draft();

    return sign(seed, forge_end(&f));
}

static GBytes *
certified(Seed *seed)
{
    Forge f =
        world_draft("ETSI.CAdES.detached", "/Perms << /DocMDP 8 0 R >>", WORLD_DOCMDP("2"));

    return sign(seed, forge_end(&f));
}

/* ---- time stamps and what belongs to them ---- */

static const PkiEntity *stamper; /* a ForgeValue knows nobody else */

static GBytes *
token_over(SaoyView bytes)
{
    uint8_t imprint[32];

    saoy_sha256(bytes, imprint);
    return world_token(stamper, imprint, fuzz_now());
}

static GBytes *
stamped_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    g_autoptr(GBytes) cms = forge_cades(signer, NULL, bytes);
    uint8_t digest[32];
    g_auto(SaoyCms) parts = { 0 };

    saoy_sha256(saoy_view_of(bytes), digest);
    g_assert_true(saoy_cms_check(saoy_view_of(cms), digest, &parts, NULL));
    g_autoptr(GBytes) token = token_over(saoy_view_of(parts.signature));
    return saoy_cms_add_stamp(saoy_view_of(cms), saoy_view_of(token), NULL);
}

static GBytes *
stamped(Seed *seed)
{
    Forge f = draft();

    return forge_sign(forge_end(&f), &seed->world.copy.signer[0], NULL, stamped_value);
}

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return world_token(stamper, imprint, fuzz_now());
}

static GBytes *
contents_of(GBytes *pdf)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, NULL);
    g_autoptr(GArray) all = saoy_pdf_signatures(open, NULL);
    const SaoyPdfValue *contents =
        saoy_pdf_get_raw(g_array_index(all, SaoyPdfSignature, 0).dict, "Contents");

    return g_bytes_new(contents->text.data, contents->text.size);
}

/* Everything that a file for the long term has. */
static GBytes *
for_the_long_term(Seed *seed)
{
    g_autoptr(GBytes) pdf = stamped(seed);
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(SaoyDssEntry));
    g_autoptr(GBytes) good = fuzz_file("revocation/good");
    g_autoptr(GBytes) list = fuzz_file("revocation/list-good");
    SaoyDssEntry entry = { .contents = contents_of(pdf) };

    saoy_proofs_init(&entry.proofs);
    saoy_proofs_add(entry.proofs.certificates, seed->world.copy.root.der);
    saoy_proofs_add(entry.proofs.ocsps, good);
    saoy_proofs_add(entry.proofs.crls, list);
    g_array_append_val(entries, entry);
    g_autoptr(GBytes) with_dss = saoy_dss_append(pdf, entries, NULL);
    g_assert_nonnull(with_dss);
    saoy_proofs_clear(&entry.proofs);
    g_bytes_unref(entry.contents);
    return saoy_dss_stamp(with_dss, 1200, on_token, NULL, NULL, NULL);
}

/* ---- structures ---- */

static GBytes *
table_as_stream(Seed *seed)
{
    Forge f = draft();

    return sign(seed, forge_end_stream(&f, 0, NULL));
}

static GBytes *
packed(Seed *seed)
{
    Forge f = draft();

    forge_erase(&f, 2);
    forge_erase(&f, 5);
    forge_put_stream(&f, 11, "/Type /ObjStm /N 2 /First 9",
                     "2 0 5 45 << /Type /Pages /Count 1 /Kids [ 3 0 R ] >>  "
                     "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    return sign(seed, forge_end_stream(&f, 11, (const int64_t[]){ 2, 5, 0 }));
}

static GBytes *
hybrid(Seed *seed)
{
    return sign(seed, world_hybrid());
}

static GBytes *
encrypted(Seed *seed)
{
    return sign(seed, world_encrypted());
}

/* Its tail is lost. */
static GBytes *
cut(Seed *seed)
{
    g_autoptr(GBytes) whole = foreign(seed);

    return g_bytes_new_from_bytes(whole, 0, forge_find_last(whole, "xref\n0 1"));
}

/* Filled in afterwards: text field, its look, an annotation. */
static GBytes *
filled(Seed *seed)
{
    g_autoptr(GBytes) pdf = certified(seed);
    Forge f = forge_begin(pdf);
    g_autofree char *field = forge_object(pdf, 9);
    g_autofree char *with_value = forge_with(field, "/V (Nguyen)");

    forge_put(&f, 9, "%s", with_value);
    forge_put_stream(&f, 10, "/Type /XObject /Subtype /Form /BBox [ 0 0 80 20 ]",
                     "/Tx BMC BT /F 9 Tf (Nguyen) Tj ET EMC");
    forge_put(&f, 11, "<< /Type /Annot /Subtype /Square /Rect [ 1 1 9 9 ] >>");
    return forge_end(&f);
}

static GBytes *
signed_twice(Seed *seed)
{
    g_autoptr(GBytes) pdf = foreign(seed);

    return world_sign_again(&seed->world, pdf, "[ 200 10 280 40 ]", "ETSI.CAdES.detached",
                            &seed->world.copy.signer[0], forge_cades);
}

/* A field prepared under a certification, signed later with a lock of its own; the document
 * information goes along. */
static GBytes *
prepared(Seed *seed)
{
    static const char info[] = "<< /Producer (A) /ModDate (D:20260101000000+07'00') >>";
    static const char lock[] = "/Action /Include /Fields [ (Name) ]";
    Forge f = world_draft("ETSI.CAdES.detached", "/Perms << /DocMDP 8 0 R >>",
                          "/M (D:20260101000000+07'00') " WORLD_DOCMDP("2"));
    g_autofree char *entries = g_strdup_printf(
        "/Reference [ << /Type /SigRef /TransformMethod /FieldMDP /TransformParams "
        "<< /Type /TransformParams /V /1.2 %s >> >> ]",
        lock);

    forge_erase(&f, 6);
    forge_put(&f, 6, "<< /Fields [ 7 0 R 9 0 R 11 0 R ] /SigFlags 3 >>");
    forge_put(&f, 11,
              "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Sig2) /Rect [ 0 0 0 0 ] "
              "/P 3 0 R /Lock << /Type /SigFieldLock %s >> >>",
              lock);
    forge_put(&f, 12, "%s", info);
    f.info = 12;
    g_autoptr(GBytes) first = sign(seed, forge_end(&f));
    f = forge_begin(first);
    g_autofree char *field = forge_object(first, 11);
    g_autofree char *with_value = forge_with(field, "/V 13 0 R");
    forge_put(&f, 11, "%s", with_value);
    forge_put(&f, 12, "%s", info);
    forge_put_signature(&f, 13, "ETSI.CAdES.detached", entries);
    return sign(seed, forge_end(&f));
}

/* adbe.pkcs7.sha1: the content is the SHA-1 of the bytes. */
static GBytes *
legacy_value(const PkiEntity *signer, const PkiEntity *issuer, GBytes *bytes)
{
    const SaoyView pieces[2] = { saoy_view_of(bytes), { (const uint8_t *)"", 0 } };
    g_autoptr(GPtrArray) chain = pki_chain(signer, NULL);
    g_autoptr(GBytes) signature = fuzz_on_sign(NULL, NULL, NULL);
    uint8_t sha1[64], digest[32];
    size_t size = saoy_cms_digest(NID_sha1, pieces, sha1);
    const SaoyView content = { sha1, size };

    saoy_sha256(content, digest);
    return saoy_cms_write(NID_pkcs7_data, content, digest, signer->certificate, chain,
                          saoy_view_of(signature));
}

static GBytes *
legacy(Seed *seed)
{
    Forge f = world_draft("adbe.pkcs7.sha1", "", "");

    return forge_sign(forge_end(&f), &seed->world.copy.signer[0], NULL, legacy_value);
}

/* ---- what pages hold ---- */

static GBytes *
filters(Seed *seed)
{
    static const char deflated[] = /* five rows of ten, each of differences upwards */
        "789c636284032624c00c07c8a208b5000b2c0065>";
    Forge f = forge_begin(NULL);

    forge_put(&f, 1, "<< /Type /Catalog /Pages 2 0 R >>");
    forge_put(&f, 2,
              "<< /Type /Pages /Count 2 /Kids [ 3 0 R 8 0 R ] /MediaBox [ 0 0 9 9 ] >>");
    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /Contents [ 4 0 R 5 0 R ] "
              "/Resources << /XObject << /I 6 0 R >> >> >>");
    forge_put_stream(
        &f, 4, "/Filter [ /ASCIIHexDecode ]",
        "7120312030203020312030203020636d20302067203120312035203520726520662051>");
    forge_put_stream(&f, 5, "/Filter /ASCII85Decode", "87cURD_*#4DfTZ)+T~>");
    forge_put_stream(
        &f, 6,
        "/Type /XObject /Subtype /Image /Width 10 /Height 5 /BitsPerComponent 8 "
        "/ColorSpace /DeviceGray /Filter [ /ASCIIHexDecode /FlateDecode ] "
        "/DecodeParms [ null << /Predictor 12 /Columns 10 >> ]",
        deflated);
    forge_put(&f, 8, "<< /Type /Page /Parent 2 0 R /Contents 9 0 R /Rotate 90 >>");
    forge_put_stream(
        &f, 9, "",
        "q .5 0 0 -2 1 1 cm 0 g 1 1 5 5 re 2 2 3 3 re f* 0 0 m 1 0 l 1 1 l h f "
        "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q 1 g 0 0 1 1 re f 0 0 0 rg 3 3 1 1 re n "
        "0 0 0 1 k 0 8 m 1 8 l 1 9 l h f 0 0 1 1 re 2 0 1 1 re 0 2 1 1 re "
        "2 2 1 1 re f");
    return forge_end(&f);
}

/* A picture, and the seal that knows it. */

static bool
on_sign_seal(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    memset(out, 1, 64);
    return true;
}

static char *
seal_of(GBytes *picture)
{
    g_autoptr(GBytes) own = fuzz_file("seals/seal.der");
    SaoySeal claims = { .issued_at_s = fuzz_now() / G_USEC_PER_SEC,
                        .copy_id = (char *)"H26.132-251110-0007.01-24",
                        .title = (char *)"Bằng tốt nghiệp",
                        .office = (char *)"UBND phường Ba Đình",
                        .file_pages = 1,
                        .scanned_pages = 1 };
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(own), hash);
    memcpy(claims.key_id, hash, sizeof claims.key_id);
    saoy_content_digest(&picture, 1, claims.content_digest);
    g_autoptr(GBytes) cose = saoy_seal_make(&claims, 40, on_sign_seal, NULL, NULL);
    return saoy_seal_text("https://kiemtra.example.vn/v/H26?t=0123456789abcdefghjkmnpqrs",
                          cose);
}

static GBytes *
sealed(Seed *seed)
{
    static const char picture[] = "\xff\xd8\xff\xd9";
    Forge f = world_draft("ETSI.CAdES.detached", "/Metadata 12 0 R", "");
    g_autoptr(GBytes) jpeg = g_bytes_new_static(picture, strlen(picture));
    g_autofree char *seal = seal_of(jpeg);
    g_autofree char *packet = g_strdup_printf("<saoy:seal>%s</saoy:seal>", seal);

    forge_erase(&f, 3);
    forge_erase(&f, 4);
    forge_put_stream(&f, 4, "",
                     "0 g 9 9 3 3 re 15 9 3 3 re 9 15 3 3 re 15 15 3 3 re f "
                     "39 39 3 3 re 45 39 3 3 re 39 45 3 3 re 45 45 3 3 re f");
    forge_put(&f, 3,
              "<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 300 300 ] /Contents 4 0 R "
              "/Resources << /XObject << /P 11 0 R >> >> /Annots [ 7 0 R ] >>");
    forge_put_stream(
        &f, 11,
        "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
        "/ColorSpace /DeviceGray /Filter /DCTDecode",
        picture);
    forge_put_stream(&f, 12, "/Type /Metadata /Subtype /XML", packet);
    return sign(seed, forge_end(&f));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GBytes *(*make)(Seed *seed);
    } seeds[] = { { "foreign", foreign },
                  { "certified", certified },
                  { "stamped", stamped },
                  { "long-term", for_the_long_term },
                  { "table-as-stream", table_as_stream },
                  { "packed", packed },
                  { "hybrid", hybrid },
                  { "encrypted", encrypted },
                  { "cut", cut },
                  { "filled", filled },
                  { "signed-twice", signed_twice },
                  { "prepared", prepared },
                  { "legacy", legacy },
                  { "filters", filters },
                  { "sealed", sealed } };
    static Seed seed; /* stamper points into it */

    if (argc != 2) {
        g_printerr("fuzz-seed-pdf FOLDER\n");
        return 2;
    }
    fuzz_stop_clock();
    seed.folder = argv[1];
    seed.world.copy.root = seed.world.copy.issuing = known("roots/root.der");
    seed.world.copy.signer[0] = known("pki/leaf.der");
    seed.world.tsa = known("pki/tsa.der");
    stamper = &seed.world.tsa;
    forge_room = 4200;
    for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++)
        write_seed(&seed, seeds[i].name, seeds[i].make(&seed));
    return 0;
}
