#include "persona-files.h"

#include "core/text.h"
#include "lds.h"
#include "tlv.h"

#include <stdio.h>
#include <string.h>

/* TA v1, CA-ECDH-AES-CBC-CMAC-128 v1, PACE-ECDH-GM-AES-CBC-CMAC-128 v2 on brainpoolP256r1
 */
static const uint8_t card_access[] = {
    0x31, 0x34, 0x30, 0x0d, 0x06, 0x08, 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x02,
    0x02, 0x01, 0x01, 0x30, 0x0f, 0x06, 0x0a, 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02,
    0x03, 0x02, 0x02, 0x02, 0x01, 0x01, 0x30, 0x12, 0x06, 0x0a, 0x04, 0x00, 0x7f, 0x00,
    0x07, 0x02, 0x02, 0x04, 0x02, 0x02, 0x02, 0x01, 0x02, 0x02, 0x01, 0x0d,
};

SaoyView
saoy_persona_card_access(void)
{
    return (SaoyView){ card_access, sizeof card_access };
}

static SaoyView
text_view(const char *text)
{
    return (SaoyView){ (const uint8_t *)text, strlen(text) };
}

static GBytes *
wrap(uint32_t tag, SaoyView content)
{
    SaoyArray *file = saoy_array_new(content.size + 6);

    saoy_tlv_put(file, tag, content);
    return g_byte_array_free_to_bytes(file);
}

/* LDS 1.7, Unicode 4.0.0, DG1 2 3 13 14 15 */
GBytes *
saoy_persona_com(void)
{
    static const uint8_t groups[] = { 0x61, 0x75, 0x63, 0x6d, 0x6e, 0x6f };
    g_autoptr(SaoyArray) body = saoy_array_new(32);

    saoy_tlv_put(body, 0x5f01, text_view("0107"));
    saoy_tlv_put(body, 0x5f36, text_view("040000"));
    saoy_tlv_put(body, 0x5c, (SaoyView){ groups, sizeof groups });
    return wrap(0x60, saoy_view_array(body));
}

GBytes *
saoy_persona_dg1(const char *mrz)
{
    g_autoptr(SaoyArray) body = saoy_array_new(100);

    saoy_tlv_put(body, 0x5f1f, text_view(mrz));
    return wrap(0x61, saoy_view_array(body));
}

/* Width and height out of the first start-of-frame marker of a JPEG. */
static bool
measure_jpeg(SaoyView picture, unsigned *width, unsigned *height)
{
    size_t at = 2;

    while (at + 9 < picture.size && picture.data[at] == 0xff) {
        const uint8_t *marker = picture.data + at;

        if (marker[1] >= 0xc0 && marker[1] <= 0xcf && marker[1] != 0xc4 &&
            marker[1] != 0xc8 && marker[1] != 0xcc) {
            *height = (unsigned)marker[5] << 8 | marker[6];
            *width = (unsigned)marker[7] << 8 | marker[8];
            return true;
        }
        at += 2 + ((size_t)marker[2] << 8 | marker[3]);
    }
    return false;
}

/* Image header box "ihdr" of a JPEG 2000 file. */
static bool
measure_jpeg2000(SaoyView picture, unsigned *width, unsigned *height)
{
    for (size_t at = 0; at + 12 < MIN(picture.size, 256); at++) {
        const uint8_t *box = picture.data + at;

        if (memcmp(box, "ihdr", 4) != 0)
            continue;
        *height = (unsigned)box[6] << 8 | box[7];
        *width = (unsigned)box[10] << 8 | box[11];
        return true;
    }
    return false;
}

static bool
measure(SaoyView picture, unsigned *width, unsigned *height, bool *jpeg2000)
{
    *jpeg2000 = false;
    if (picture.size > 4 && memcmp(picture.data, "\xff\xd8\xff", 3) == 0)
        return measure_jpeg(picture, width, height);
    *jpeg2000 = true;
    return picture.size > 12 && memcmp(picture.data + 4, "jP  ", 4) == 0 &&
           measure_jpeg2000(picture, width, height);
}

static void
put_u32(uint8_t *at, size_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* ISO 19794-5: facial header, one record without feature points, image information. */
static void
put_face(GByteArray *out, SaoyView picture, unsigned width, unsigned height, bool jpeg2000)
{
    uint8_t head[46] = { 'F', 'A', 'C', 0, '0', '1', '0', 0 };
    uint8_t *image = head + 34;

    put_u32(head + 8, sizeof head + picture.size);
    head[13] = 1;
    put_u32(head + 14, sizeof head - 14 + picture.size);
    image[0] = 1; /* full frontal */
    image[1] = jpeg2000;
    image[2] = (uint8_t)(width >> 8);
    image[3] = (uint8_t)width;
    image[4] = (uint8_t)(height >> 8);
    image[5] = (uint8_t)height;
    image[6] = 1; /* sRGB */
    image[7] = 2; /* static, digital camera */
    g_byte_array_append(out, head, sizeof head);
    g_byte_array_append(out, picture.data, (unsigned)picture.size);
}

GBytes *
saoy_persona_dg2(SaoyView portrait, GError **error)
{
    /* biometric type: face; format: ISO/IEC JTC1 SC37, 19794-5 */
    static const uint8_t header[] = { 0xa1, 0x0e, 0x81, 0x01, 0x02, 0x82, 0x01, 0x00,
                                      0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08 };
    static const uint8_t one[] = { 0x02, 0x01, 0x01 };
    g_autoptr(SaoyArray) face = saoy_array_new(portrait.size + 64);
    g_autoptr(SaoyArray) block = saoy_array_new(portrait.size + 128);
    g_autoptr(SaoyArray) group = saoy_array_new(portrait.size + 128);
    g_autoptr(SaoyArray) body = saoy_array_new(portrait.size + 128);
    unsigned width = 0, height = 0;
    bool jpeg2000 = false;

    if (portrait.size > 100000 || !measure(portrait, &width, &height, &jpeg2000))
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "the portrait is no JPEG or JPEG 2000 file of at most 100 kB");
    put_face(face, portrait, width, height, jpeg2000);
    g_byte_array_append(block, header, sizeof header);
    saoy_tlv_put(block, 0x5f2e, saoy_view_array(face));
    g_byte_array_append(group, one, sizeof one);
    saoy_tlv_put(group, 0x7f60, saoy_view_array(block));
    saoy_tlv_put(body, 0x7f61, saoy_view_array(group));
    return wrap(0x75, saoy_view_array(body));
}

static void
put_record(GByteArray *set, unsigned index, uint32_t tag, const char *text)
{
    const uint8_t number = (uint8_t)index;
    g_autoptr(SaoyArray) record = saoy_array_new(256);

    saoy_tlv_put(record, 0x02, (SaoyView){ &number, 1 });
    if (text != NULL)
        saoy_tlv_put(record, tag, text_view(text));
    saoy_tlv_put(set, 0x30, saoy_view_array(record));
}

/* The parents stand in a sequence each. */
static void
put_parents(GByteArray *set, const char *father, const char *mother)
{
    static const uint8_t number[] = { 0x02, 0x01, SAOY_DG13_PARENTS };
    const char *const names[] = { father, mother };
    g_autoptr(SaoyArray) record = saoy_array_new(256);

    g_byte_array_append(record, number, sizeof number);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SaoyArray) one = saoy_array_new(128);

        saoy_tlv_put(one, 0x0c, text_view(names[i]));
        saoy_tlv_put(record, 0x30, saoy_view_array(one));
    }
    saoy_tlv_put(set, 0x30, saoy_view_array(record));
}

/* "YYYY-MM-DD" to "dd/MM/yyyy" */
static char *
people_date(const char *iso)
{
    return g_strdup_printf("%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
}

static void
put_records(GByteArray *set, const SaoyPersona *persona)
{
    enum { PRINTABLE = 0x13, UTF8 = 0x0c };
    g_autofree char *birth = people_date(persona->birth_date);
    g_autofree char *expiry = persona->expiry_date[0] == '\0'
                                  ? g_strdup("Không thời hạn")
                                  : people_date(persona->expiry_date);

    put_record(set, 1, PRINTABLE, persona->number);
    put_record(set, 2, UTF8, persona->name_vi);
    put_record(set, 3, PRINTABLE, birth);
    put_record(set, 4, UTF8, persona->sex[0] == 'F' ? "Nữ" : "Nam");
    put_record(set, 5, UTF8, "Việt Nam");
    put_record(set, 6, UTF8, "Kinh");
    put_record(set, 7, UTF8, "Không");
    put_record(set, 8, UTF8, "Phường Mẫu, Thành phố Hà Nội");
    put_record(set, 9, UTF8, "Số 1 Phố Mẫu, Phường Mẫu, Thành phố Hà Nội");
    put_record(set, 10, UTF8, "Nốt ruồi C:1cm dưới mép phải");
    put_record(set, 11, PRINTABLE, "10/05/2021");
    put_record(set, 12, UTF8, expiry);
    put_parents(set, "Nguyễn Văn Mẫu", "Trần Thị Mẫu");
    put_record(set, 14, UTF8, NULL);
    put_record(set, 16, PRINTABLE, "0011223344556677");
}

GBytes *
saoy_persona_dg13(const SaoyPersona *persona)
{
    /* version 1; OID 1.0.10646.1.0.8: UTF-8 */
    static const uint8_t head[] = { 0x02, 0x01, 0x01, 0x06, 0x06, 0x28,
                                    0xd3, 0x16, 0x01, 0x00, 0x08 };
    g_autoptr(SaoyArray) set = saoy_array_new(1024);
    g_autoptr(SaoyArray) sequence = saoy_array_new(1024);
    g_autoptr(SaoyArray) body = saoy_array_new(1024);

    put_records(set, persona);
    g_byte_array_append(sequence, head, sizeof head);
    saoy_tlv_put(sequence, 0x31, saoy_view_array(set));
    saoy_tlv_put(body, 0x30, saoy_view_array(sequence));
    return wrap(0x6d, saoy_view_array(body));
}

static bool
put_public_key(GByteArray *out, EVP_PKEY *key, GError **error)
{
    uint8_t *der = NULL;
    int size = i2d_PUBKEY(key, &der);

    if (size < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "public key");
    g_byte_array_append(out, der, (unsigned)size);
    OPENSSL_free(der);
    return true;
}

/* The infos of EF.CardAccess again, the chip authentication key, and how active
 * authentication signs (ecdsa-plain-SHA256, BSI TR-03111). */
GBytes *
saoy_persona_dg14(EVP_PKEY *chip_auth, GError **error)
{
    static const uint8_t key_oid[] = { 0x06, 0x09, 0x04, 0x00, 0x7f, 0x00,
                                       0x07, 0x02, 0x02, 0x01, 0x02 };
    static const uint8_t active[] = { 0x30, 0x17, 0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01,
                                      0x05, 0x02, 0x01, 0x01, 0x06, 0x0a, 0x04, 0x00, 0x7f,
                                      0x00, 0x07, 0x01, 0x01, 0x04, 0x01, 0x03 };
    g_autoptr(SaoyArray) key = saoy_array_new(256);
    g_autoptr(SaoyArray) set = saoy_array_new(512);
    g_autoptr(SaoyArray) body = saoy_array_new(512);

    g_byte_array_append(key, key_oid, sizeof key_oid);
    if (!put_public_key(key, chip_auth, error))
        return NULL;
    g_byte_array_append(set, card_access + 2, sizeof card_access - 2);
    saoy_tlv_put(set, 0x30, saoy_view_array(key));
    g_byte_array_append(set, active, sizeof active);
    saoy_tlv_put(body, 0x31, saoy_view_array(set));
    return wrap(0x6e, saoy_view_array(body));
}

GBytes *
saoy_persona_dg15(EVP_PKEY *active_auth, GError **error)
{
    g_autoptr(SaoyArray) key = saoy_array_new(256);

    if (!put_public_key(key, active_auth, error))
        return NULL;
    return wrap(0x6f, saoy_view_array(key));
}
