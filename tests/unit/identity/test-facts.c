/* Files in, person out: names in their own writing, centuries, contradictions, and what is
 * not kept. */
#include "facts.h"
#include "identity/mrz.h"
#include "lds-files.h"
#include "persona-files.h"

#define PARENT "Trần Thị Mẫu Đơn"
#define HOME "Xã Hoa Vàng, tỉnh Cỏ Xanh"

/* What stands in the chip; NULL: the file or the member is not there. */
typedef struct {
    const char *number, *name, *birth, *expiry; /* DG1 */
    char sex;
    const char *number_13, *name_13, *birth_13, *sex_13, *expiry_13;
    const char *name_11, *birth_11;
} Chip;

static const Chip an = {
    .number = "001090000001",
    .name = "NGUYEN VAN AN",
    .birth = "900101",
    .expiry = "300101",
    .sex = 'M',
    .number_13 = "001090000001",
    .name_13 = "Nguyễn Văn An",
    .birth_13 = "01/01/1990",
    .sex_13 = "Nam",
    .expiry_13 = "01/01/2030",
};

static GByteArray *
text(uint32_t tag, const char *value)
{
    GByteArray *out = g_byte_array_new();

    g_byte_array_append(out, (const uint8_t *)value, (unsigned)strlen(value));
    return wrap(tag, out);
}

static void
put_record(GByteArray *set, uint8_t index, const char *value)
{
    const uint8_t head[] = { 2, 1, index };
    g_autoptr(GByteArray) record = g_byte_array_new();

    if (value == NULL)
        return;
    g_byte_array_append(record, head, sizeof head);
    record = wrap(0x30, joined(g_steal_pointer(&record), text(0x0c, value)));
    g_byte_array_append(set, record->data, record->len);
}

static GBytes *
dg13_of(const Chip *chip)
{
    g_autoptr(GByteArray) set = g_byte_array_new();

    put_record(set, SAOY_DG13_NUMBER, chip->number_13);
    put_record(set, SAOY_DG13_NAME, chip->name_13);
    put_record(set, SAOY_DG13_BIRTH, chip->birth_13);
    put_record(set, SAOY_DG13_SEX, chip->sex_13);
    put_record(set, 8, HOME);
    put_record(set, 9, HOME);
    put_record(set, SAOY_DG13_EXPIRY, chip->expiry_13);
    put_record(set, SAOY_DG13_PARENTS, PARENT);
    return g_byte_array_free_to_bytes(
        wrap(0x6d, wrap(0x30, joined(hex("020101060628d316010008"),
                                     wrap(0x31, g_steal_pointer(&set))))));
}

static GBytes *
dg11_of(const Chip *chip)
{
    GByteArray *body = g_byte_array_new();

    if (chip->name_11 != NULL)
        body = joined(body, text(0x5f0e, chip->name_11));
    if (chip->birth_11 != NULL)
        body = joined(body, text(0x5f2b, chip->birth_11));
    return g_byte_array_free_to_bytes(wrap(0x6b, joined(body, text(0x5f11, HOME))));
}

static void
take(const Chip *chip, SaoyIdentity *who)
{
    g_autoptr(GError) error = NULL;
    char zone[91] = "";

    saoy_mrz_td1(chip->number, chip->name, chip->birth, chip->sex, chip->expiry, zone);
    g_autoptr(GBytes) dg1 = saoy_persona_dg1(zone);
    g_autoptr(GBytes) dg13 = chip->number_13 != NULL ? dg13_of(chip) : NULL;
    g_autoptr(GBytes) dg11 =
        chip->name_11 != NULL || chip->birth_11 != NULL ? dg11_of(chip) : NULL;
    const SaoyLdsFiles files = { .groups = { [1] = dg1, [11] = dg11, [13] = dg13 } };

    *who = (SaoyIdentity){ 0 };
    saoy_facts_take(&files, who, &error);
    g_assert_no_error(error);
}

static void
test_a_card_that_agrees_with_itself(void)
{
    g_auto(SaoyIdentity) who = { 0 };

    take(&an, &who);
    g_assert_cmpstr(who.contradiction, ==, "");
    g_assert_cmpstr(who.number, ==, "001090000001");
    g_assert_cmpstr(who.name, ==, "NGUYEN VAN AN");
    g_assert_cmpstr(who.name_vi, ==, "Nguyễn Văn An");
    g_assert_cmpstr(who.birth_date, ==, "1990-01-01");
    g_assert_cmpstr(who.sex, ==, "M");
    g_assert_cmpstr(who.expiry_date, ==, "2030-01-01");
}

static void
test_every_contradiction_is_noticed(void)
{
    static const struct {
        size_t member;
        const char *value, *finding;
    } changes[] = {
        { offsetof(Chip, number_13), "001090000002", "number" },
        { offsetof(Chip, birth_13), "02/01/1990", "birth_date" },
        { offsetof(Chip, birth_13), "1991", "birth_date" },
        { offsetof(Chip, sex_13), "Nữ", "sex" },
        { offsetof(Chip, expiry_13), "01/01/2031", "expiry_date" },
        { offsetof(Chip, name_13), "Nguyễn Văn Ân Á", "name" },
        { offsetof(Chip, birth_11), "19900102", "birth_date" },
        { offsetof(Chip, birth_11), "18900101", "" }, /* a century the MRZ does not say */
        /* no contradictions */
        { offsetof(Chip, birth_13), "01-01-1990", "" },
        { offsetof(Chip, birth_13), "1990", "" },
        { offsetof(Chip, expiry_13), "Không thời hạn", "" },
        { offsetof(Chip, name_13), "NGUYỄN VĂN  AN", "" },
        { offsetof(Chip, name_13), "Nguyễn Văn' An", "" },
        { offsetof(Chip, name_11), "ВАСЯ<<ПУПКИН", "" },
        { offsetof(Chip, sex_13), "?", "" },
        { offsetof(Chip, number_13), "", "" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_auto(SaoyIdentity) who = { 0 };
        Chip chip = an;

        memcpy((char *)&chip + changes[i].member, &changes[i].value,
               sizeof changes[i].value);
        if (i == 7)
            chip.birth_13 = NULL;
        take(&chip, &who);
        g_assert_cmpstr(who.contradiction, ==, changes[i].finding);
    }
}

static void
test_all_contradictions_fit(void)
{
    g_auto(SaoyIdentity) who = { 0 };
    const Chip chip = { an.number, an.name,        an.birth,     an.expiry,
                        'M',       "001090000002", "Lê Thị Hoa", "1991",
                        "Nữ",      "2031",         "LÊ<<HOA",    "19920202" };

    take(&chip, &who);
    g_assert_cmpstr(who.contradiction, ==, "number birth_date sex expiry_date name");
}

static void
test_a_hundred_years_old(void)
{
    Chip chip = an;
    g_auto(SaoyIdentity) who = { 0 };
    g_auto(SaoyIdentity) child = { 0 };

    chip.birth = "200101";
    chip.birth_13 = "01/01/1920";
    take(&chip, &who);
    g_assert_cmpstr(who.birth_date, ==, "1920-01-01");
    g_assert_cmpstr(who.contradiction, ==, "");
    chip.birth_13 = NULL;
    take(&chip, &child);
    g_assert_cmpstr(child.birth_date, ==, "2020-01-01");
}

static void
test_no_expiry_and_unknown_days(void)
{
    Chip chip = an;
    g_auto(SaoyIdentity) who = { 0 };

    chip.expiry = "991231";
    chip.expiry_13 = "31/12/2099";
    chip.birth = "50<<<<";
    chip.birth_13 = "1950";
    take(&chip, &who);
    g_assert_cmpstr(who.expiry_date, ==, "");
    g_assert_cmpstr(who.birth_date, ==, "1950");
    g_assert_cmpstr(who.contradiction, ==, "");
}

static void
test_names_that_do_not_fit_the_mrz(void)
{
    Chip chip = an;
    g_auto(SaoyIdentity) who = { 0 };
    g_auto(SaoyIdentity) other = { 0 };

    chip.name = "NGUYEN THI MOT TEN RAT DAI KHONG VUA";
    chip.name_13 = "Nguyễn Thị Một Tên Rất Dài Không Vừa";
    take(&chip, &who);
    g_assert_cmpstr(who.contradiction, ==, "");
    g_assert_cmpstr(who.name, ==, "NGUYEN THI MOT TEN RAT DAI KHONG VUA");
    g_assert_cmpstr(who.name_vi, ==, "Nguyễn Thị Một Tên Rất Dài Không Vừa");
    chip.name_13 = "Trần Thị Một Tên Rất Dài Không Vừa";
    take(&chip, &other);
    g_assert_cmpstr(other.contradiction, ==, "name");
    g_assert_cmpstr(other.name, ==, "NGUYEN THI MOT TEN RAT DAI KH");
}

static void
test_a_name_out_of_dg11(void)
{
    Chip chip = an;
    g_auto(SaoyIdentity) who = { 0 };

    chip.number_13 = NULL;
    chip.name_11 = "NGUYỄN<<VĂN<AN";
    take(&chip, &who);
    g_assert_cmpstr(who.name_vi, ==, "NGUYỄN VĂN AN");
    g_assert_cmpstr(who.contradiction, ==, "");
}

/* product.md §6: number, name, birth date, sex, expiry, and no more */
static void
test_nothing_else_of_dg13_is_kept(void)
{
    g_auto(SaoyIdentity) who = { 0 };

    take(&an, &who);
    for (size_t size = strlen(HOME); size >= 6; size--) {
        g_assert_null(memmem(&who, sizeof who, HOME, size));
        g_assert_null(memmem(&who, sizeof who, PARENT, MIN(size, strlen(PARENT))));
    }
    g_assert_nonnull(memmem(&who, sizeof who, "Nguyễn Văn An", 13));
}

static void
test_files_that_do_not_parse(void)
{
    g_autoptr(GBytes) junk = unhex("6dff");
    g_auto(SaoyIdentity) who = { 0 };
    char zone[91] = "";

    saoy_mrz_td1(an.number, an.name, an.birth, an.sex, an.expiry, zone);
    g_autoptr(GBytes) dg1 = saoy_persona_dg1(zone);
    SaoyLdsFiles files = { .groups = { [1] = dg1, [11] = junk, [13] = junk } };
    g_assert_true(saoy_facts_take(&files, &who, NULL));
    g_assert_cmpstr(who.name_vi, ==, "");
    files.groups[2] = junk;
    g_assert_false(saoy_facts_take(&files, &who, NULL));
    files.groups[2] = NULL;
    files.groups[1] = NULL;
    g_assert_false(saoy_facts_take(&files, &who, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/agree", test_a_card_that_agrees_with_itself);
    g_test_add_func("/facts/contradiction", test_every_contradiction_is_noticed);
    g_test_add_func("/facts/all", test_all_contradictions_fit);
    g_test_add_func("/facts/old", test_a_hundred_years_old);
    g_test_add_func("/facts/unknown", test_no_expiry_and_unknown_days);
    g_test_add_func("/facts/long-names", test_names_that_do_not_fit_the_mrz);
    g_test_add_func("/facts/dg11", test_a_name_out_of_dg11);
    g_test_add_func("/facts/kept", test_nothing_else_of_dg13_is_kept);
    g_test_add_func("/facts/junk", test_files_that_do_not_parse);
    return g_test_run();
}
