/* The one table of what a flag means in law. The officer's page cites it; it decides
 * nothing.
 */
#include "reading/reading.h"

#define ACT "Nghị định 23/2015/NĐ-CP"

/* clang-format off */
static const char *const clauses[SAOY_GROUND_N] = {
    [SAOY_GROUND_ALTERED] = "khoản 1 Điều 22 " ACT
        ": bản chính bị tẩy xóa, sửa chữa, thêm, bớt nội dung không hợp lệ",
    [SAOY_GROUND_DAMAGED] = "khoản 2 Điều 22 " ACT
        ": bản chính bị hư hỏng, cũ nát, không xác định được nội dung",
    [SAOY_GROUND_SECRET] = "khoản 3 Điều 22 " ACT
        ": bản chính đóng dấu mật hoặc ghi rõ không được sao chụp",
    [SAOY_GROUND_UNLAWFUL] = "khoản 4 Điều 22 " ACT
        ": bản chính có nội dung trái pháp luật, đạo đức xã hội",
    [SAOY_GROUND_FOREIGN] = "khoản 5 Điều 22 " ACT
        ": giấy tờ của nước ngoài chưa được hợp pháp hóa lãnh sự",
    [SAOY_GROUND_UNCONFIRMED] = "khoản 6 Điều 22 " ACT
        ": giấy tờ do cá nhân tự lập không có xác nhận và đóng dấu",
    [SAOY_GROUND_NO_ORIGINAL] = "Điều 2 " ACT ": chứng thực bản sao cần có bản chính",
};

static const struct {
    const char *rule;
    SaoyGround ground;
} grounds[] = {
    { "copy-not-original", SAOY_GROUND_NO_ORIGINAL },
    { "no-colour-ink", SAOY_GROUND_NO_ORIGINAL },
    { "date-words-differ", SAOY_GROUND_ALTERED },
    { "code-differs", SAOY_GROUND_ALTERED },
    { "erased", SAOY_GROUND_ALTERED },
    { "painted-over", SAOY_GROUND_ALTERED },
    { "pasted-over", SAOY_GROUND_ALTERED },
    { "ground-missing", SAOY_GROUND_ALTERED },
    { "other-ink", SAOY_GROUND_ALTERED },
    { "cut-page", SAOY_GROUND_DAMAGED },
    { "hard-to-read", SAOY_GROUND_DAMAGED },
    { "under-glare", SAOY_GROUND_DAMAGED },
    { "blank-page", SAOY_GROUND_NONE },
    { "secret", SAOY_GROUND_SECRET },
    { "no-copy", SAOY_GROUND_SECRET },
    { "unlawful-words", SAOY_GROUND_UNLAWFUL },
    { "foreign-paper", SAOY_GROUND_FOREIGN },
    { "seal-missing", SAOY_GROUND_UNCONFIRMED },
    { "signature-missing", SAOY_GROUND_UNCONFIRMED },
    { "self-written", SAOY_GROUND_UNCONFIRMED },
    { "missing-page", SAOY_GROUND_NONE },
    { "missing-side", SAOY_GROUND_NONE },
    { "page-order", SAOY_GROUND_NONE },
    { "page-twice", SAOY_GROUND_NONE },
    { "several-originals", SAOY_GROUND_NONE },
    { "double-feed", SAOY_GROUND_NONE },
    { "expired", SAOY_GROUND_NONE },
    { "kind-void", SAOY_GROUND_NONE },
    { "date-impossible", SAOY_GROUND_NONE },
    { "holder-differs", SAOY_GROUND_NONE },
    { "birth-date-differs", SAOY_GROUND_NONE },
    { "number-differs", SAOY_GROUND_NONE },
};
/* clang-format on */

SaoyGround
saoy_ground_of(const char *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(grounds); i++)
        if (g_str_equal(grounds[i].rule, rule))
            return grounds[i].ground;
    return SAOY_GROUND_NONE;
}

const char *
saoy_ground_clause(SaoyGround ground)
{
    return clauses[ground];
}

const char *const *
saoy_rules(void)
{
    static const char *rules[G_N_ELEMENTS(grounds) + 1];
    static gsize filled = 0;

    if (g_once_init_enter(&filled)) {
        for (size_t i = 0; i < G_N_ELEMENTS(grounds); i++)
            rules[i] = grounds[i].rule;
        g_once_init_leave(&filled, 1);
    }
    return rules;
}
