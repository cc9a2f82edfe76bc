#include "persona-files.h"

#include "tlv.h"

#include <stdio.h>
#include <string.h>

/* Of every CCCD (domain.md §4.5): TA v1, CA-ECDH-AES-CBC-CMAC-128 v1,
 * PACE-ECDH-GM-AES-CBC-CMAC-128 v2 on brainpoolP256r1
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

/* LDS 1.7, Unicode 4.0.0; DG3 is announced, as on every CCCD. */
GBytes *
saoy_persona_com(SaoyGroups groups)
{
    static const uint8_t tags[SAOY_GROUP_MAX + 1] = { 0x00, 0x61, 0x75, 0x63, 0x76, 0x65,
                                                      0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b,
                                                      0x6c, 0x6d, 0x6e, 0x6f, 0x70 };
    g_autoptr(SaoyArray) list = saoy_array_new(SAOY_GROUP_MAX);
    g_autoptr(SaoyArray) body = saoy_array_new(64);

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if ((groups & SAOY_GROUP(n)) != 0)
            g_byte_array_append(list, tags + n, 1);
    saoy_tlv_put(body, 0x5f01, text_view("0107"));
    saoy_tlv_put(body, 0x5f36, text_view("040000"));
    saoy_tlv_put(body, 0x5c, saoy_view_array(list));
    return wrap(0x60, saoy_view_array(body));
}

GBytes *
saoy_persona_dg1(const char *mrz)
{
    g_autoptr(SaoyArray) body = saoy_array_new(100);

    saoy_tlv_put(body, 0x5f1f, text_view(mrz));
    return wrap(0x61, saoy_view_array(body));
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

/* Elements behind the list of their tags (ICAO 9303-10, 4.7.11). */
static GBytes *
list_elements(uint32_t tag, const uint16_t *tags, const char *const *texts, size_t n)
{
    g_autoptr(SaoyArray) list = saoy_array_new(32);
    g_autoptr(SaoyArray) elements = saoy_array_new(512);
    g_autoptr(SaoyArray) body = saoy_array_new(512);

    for (size_t i = 0; i < n; i++) {
        const uint8_t bytes[] = { (uint8_t)(tags[i] >> 8), (uint8_t)tags[i] };

        g_byte_array_append(list, bytes, sizeof bytes);
        saoy_tlv_put(elements, tags[i], text_view(texts[i]));
    }
    saoy_tlv_put(body, 0x5c, saoy_view_array(list));
    g_byte_array_append(body, elements->data, elements->len);
    return wrap(tag, saoy_view_array(body));
}

/* "Nguyễn Văn An" to "Nguyễn<<Văn<An" */
static char *
parted_name(const char *name)
{
    g_auto(GStrv) words = g_strsplit(name, " ", 2);
    g_autofree char *rest =
        words[1] == NULL ? NULL : g_strdelimit(g_strdup(words[1]), " ", '<');

    return rest == NULL ? g_strdup(name) : g_strjoin("<<", words[0], rest, NULL);
}

GBytes *
saoy_persona_dg11(const SaoyPersona *persona)
{
    static const uint16_t tags[] = { 0x5f0e, 0x5f10, 0x5f2b, 0x5f11 };
    g_autofree char *name = parted_name(persona->name_vi);
    const char *iso = persona->birth_date;
    g_autofree char *birth = g_strdup_printf("%.4s%.2s%.2s", iso, iso + 5, iso + 8);
    const char *const texts[] = { name, persona->number, birth, "Phường Mẫu<Hà Nội" };

    return list_elements(0x6b, tags, texts, G_N_ELEMENTS(tags));
}

GBytes *
saoy_persona_dg12(void)
{
    static const uint16_t tags[] = { 0x5f19, 0x5f26 };
    static const char *const texts[] = { "Cơ quan cấp thẻ mẫu", "20210510" };

    return list_elements(0x6c, tags, texts, G_N_ELEMENTS(tags));
}

GBytes *
saoy_persona_dg14(const SaoyPersonaAccess *access, EVP_PKEY *chip_auth,
                  const SaoyPersonaProof *proof, GError **error)
{
    g_autoptr(SaoyArray) infos = saoy_persona_infos(access, chip_auth, proof, error);

    return infos == NULL ? NULL : wrap(0x6e, saoy_view_array(infos));
}

GBytes *
saoy_persona_dg15(EVP_PKEY *active_auth, GError **error)
{
    uint8_t *der = NULL;
    int size = i2d_PUBKEY(active_auth, &der);
    GBytes *file;

    if (size < 0) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "public key");
        return NULL;
    }
    file = wrap(0x6f, (SaoyView){ der, (size_t)size });
    OPENSSL_free(der);
    return file;
}
