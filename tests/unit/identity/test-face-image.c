/* DG2: both encodings of faces, several of them, and lengths that lie. */
#include "fixture.h"
#include "lds-files.h"
#include "lds.h"
#include "persona-files.h"

/* what stands for a picture: its first bytes are what is looked at */
#define JPEG "ffd8ffe000104a46494600"
#define JP2 "ff4fff5100290000000000000000"

static void
put_u32(GByteArray *out, size_t value)
{
    uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 8), (uint8_t)value };

    g_byte_array_append(out, bytes, sizeof bytes);
}

/* An ISO 19794-5 facial record: type 1 full frontal, that many feature points. */
static GByteArray *
record(uint8_t type, uint8_t width, uint8_t points, const char *picture)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *out = g_byte_array_new();
    uint8_t info[16] = { 0, points }, image[12] = { type, 0, 0, width, 0, width };

    g_byte_array_append(body, info, sizeof info);
    for (int i = 0; i < points; i++)
        body = joined(g_steal_pointer(&body), hex("0101010000100010"));
    g_byte_array_append(body, image, sizeof image);
    body = joined(g_steal_pointer(&body), hex(picture));
    put_u32(out, body->len + 4);
    return joined(out, g_steal_pointer(&body));
}

static GByteArray *
block(uint8_t count, GByteArray *records)
{
    GByteArray *out = hex("46414300"
                          "30313000");
    uint8_t n[] = { 0, count };

    put_u32(out, records->len + 14);
    g_byte_array_append(out, n, 2);
    return joined(out, records);
}

static GByteArray *template(uint32_t tag, GByteArray *content)
{
    return wrap(0x7f60, joined(hex("a1028701"), wrap(tag, content)));
}

/* 02 01 n in front of the templates */
static GByteArray *
group(uint8_t count, GByteArray *templates)
{
    g_autofree char *number = g_strdup_printf("0201%02x", count);

    return wrap(0x75, wrap(0x7f61, joined(hex(number), templates)));
}

static GByteArray *
old_group(uint8_t count, GByteArray *records)
{
    return group(1, wrap(0x7f60, wrap(0x5f2e, block(count, records))));
}

/* An ISO 39794-5 representation; kind 0 is that of travel documents. */
static GByteArray *
representation(const char *kind, const char *size, const char *picture)
{
    GByteArray *information = joined(hex("a003800102"), joined(hex(kind), hex(size)));
    GByteArray *flat =
        wrap(0xa0, joined(wrap(0x80, hex(picture)), wrap(0xa1, information)));

    return wrap(0x30, joined(hex("800101"), wrap(0xa1, wrap(0xa0, flat))));
}

static GByteArray *
new_block(GByteArray *list)
{
    return wrap(0x65, joined(hex("a007800103810207e3"), wrap(0xa1, list)));
}

static bool
parse(GByteArray *file, SaoyFaceImage *out, GError **error)
{
    return saoy_dg2_parse(saoy_view_array(file), out, error);
}

static void
test_the_best_of_several(void)
{
    /* basic and large, full frontal and small, token and larger */
    g_autoptr(GByteArray) file =
        old_group(3, joined(record(0, 200, 0, JPEG),
                            joined(record(1, 100, 3, JPEG), record(2, 120, 0, JP2))));
    SaoyFaceImage face = { 0 };

    g_assert_true(parse(file, &face, NULL));
    g_assert_cmpuint(face.width, ==, 120);
    g_assert_true(face.jpeg2000);
}

static void
test_one_that_cannot_be_used_hides_no_other(void)
{
    g_autoptr(GByteArray) mixed =
        old_group(2, joined(record(1, 200, 0, "424d00000000"), record(0, 90, 2, JPEG)));
    g_autoptr(GByteArray) templates =
        group(2, joined(wrap(0x7f60, hex("5f2e03000000")),
                        wrap(0x7f60, wrap(0x5f2e, block(1, record(1, 80, 0, JPEG))))));
    g_autoptr(GByteArray) none = old_group(1, record(1, 200, 0, "424d00000000"));
    g_autoptr(GError) error = NULL;
    SaoyFaceImage face = { 0 };

    g_assert_true(parse(mixed, &face, NULL));
    g_assert_cmpuint(face.width, ==, 90);
    g_assert_true(parse(templates, &face, NULL));
    g_assert_cmpuint(face.width, ==, 80);
    g_assert_false(parse(none, &face, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_both_encodings(void)
{
    g_autoptr(GByteArray) der = group(
        1, wrap(0x7f60,
                joined(hex("a1048702ffff"),
                       wrap(0x7f2e,
                            wrap(0xa1, new_block(joined(
                                           representation("a103800101",
                                                          "a7088002012c8102012c", JPEG),
                                           representation("a103800100", "a70680013c810150",
                                                          JPEG))))))));
    g_autoptr(GByteArray) bare =
        group(1, wrap(0x7f60, wrap(0x7f2e, new_block(representation("", "", JP2)))));
    SaoyFaceImage face = { 0 };

    g_assert_true(parse(der, &face, NULL)); /* of travel documents before the larger */
    g_assert_cmpuint(face.width, ==, 0x3c);
    g_assert_cmpuint(face.height, ==, 0x50);
    g_assert_true(parse(bare, &face, NULL));
    g_assert_cmpuint(face.width, ==, 0);
    g_assert_true(face.jpeg2000);
}

static void
test_what_is_no_face(void)
{
    GByteArray *files[] = {
        group(0, hex("")),
        group(1, hex("")),
        group(1, wrap(0x7f60, hex(""))),
        group(1, template(0x5f2e, hex("464952003031300000000020"
                                      "0001"))), /* fingers */
        group(1, wrap(0x7f60, wrap(0x5f2e, hex("46414300303330000000000e0001")))),
        group(1, wrap(0x7f60, wrap(0x7f2e, hex("a100")))),
        group(1, wrap(0x7f60, wrap(0x7f2e, hex("6500")))),
        group(1, wrap(0x7f60, wrap(0x7f2e, new_block(hex("0500"))))),
        group(1, wrap(0x7f60, wrap(0x7f2e, new_block(representation("", "", ""))))),
        old_group(2, record(1, 80, 0, "")),
    };
    SaoyFaceImage face = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(parse(files[i], &face, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_byte_array_unref(files[i]);
    }
}

static void
test_the_recorded_jpeg_2000_face(void)
{
    g_autoptr(GBytes) dg2 = shared_file("dg2_silver_mandatory_fields.bin");
    g_autoptr(GError) error = NULL;
    SaoyFaceImage face = { 0 };

    if (dg2 == NULL)
        return;
    saoy_dg2_parse(saoy_view_of(dg2), &face, &error);
    g_assert_no_error(error);
    g_assert_true(face.jpeg2000);
    g_assert_cmpuint(face.picture.size, ==, 15000);
}

static void
test_the_sample_of_the_standard(void)
{
    g_autoptr(GBytes) sample = shared_file("sample-39794-5-ed-1-v1.der");
    g_autoptr(GByteArray) file = NULL;
    g_autoptr(GError) error = NULL;
    SaoyFaceImage face = { 0 };

    if (sample == NULL)
        return;
    file = group(1, wrap(0x7f60, wrap(0x7f2e, wrap(0xa1, g_bytes_unref_to_array(
                                                             g_steal_pointer(&sample))))));
    saoy_dg2_parse(saoy_view_array(file), &face, &error);
    g_assert_no_error(error);
    g_assert_false(face.jpeg2000);
    g_assert_cmpuint(face.picture.size, ==, 893557);
}

static bool
try_dg2(SaoyView file)
{
    SaoyFaceImage face = { 0 };
    return saoy_dg2_parse(file, &face, NULL);
}

static void
test_dg2_lengths_that_lie(void)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GBytes) dg2 = saoy_persona_dg2(saoy_view_of(picture), false, NULL);
    SaoyView file = saoy_view_of(dg2);
    g_autofree uint8_t *copy = g_memdup2(file.data, file.size);
    uint8_t *face = memmem(copy, file.size, "FAC", 3);

    g_assert_nonnull(face);
    face[18] = 0xff; /* feature points: more than there are bytes */
    face[19] = 0xff;
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
    face[18] = face[19] = 0;
    face[14] = 0xff; /* record length */
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
    face[14] = 0;
    g_assert_true(try_dg2((SaoyView){ copy, file.size }));
    face[13] = 0; /* no face at all */
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
}

static void
test_mistreated(void)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GBytes) dg2 = saoy_persona_dg2(saoy_view_of(picture), false, NULL);
    g_autoptr(GBytes) der = g_byte_array_free_to_bytes(group(
        1, wrap(0x7f60, wrap(0x7f2e, new_block(representation("a103800100", "", JP2))))));

    mistreat(dg2, try_dg2);
    mistreat(der, try_dg2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/face-image/best", test_the_best_of_several);
    g_test_add_func("/face-image/useless", test_one_that_cannot_be_used_hides_no_other);
    g_test_add_func("/face-image/encodings", test_both_encodings);
    g_test_add_func("/face-image/none", test_what_is_no_face);
    g_test_add_func("/face-image/silver", test_the_recorded_jpeg_2000_face);
    g_test_add_func("/face-image/standard", test_the_sample_of_the_standard);
    g_test_add_func("/face-image/lies", test_dg2_lengths_that_lie);
    g_test_add_func("/face-image/mistreated", test_mistreated);
    return g_test_run();
}
