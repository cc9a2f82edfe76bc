#include "officer-words.h"

typedef struct {
    const char *word, *text, *tone;
} Word;

/* clang-format off */
static const Word words[] = {
    { "done", "đạt", "good" },
    { "not_offered", "thẻ không hỗ trợ", "plain" },
    { "failed", "KHÔNG ĐẠT", "bad" },
    { "undecided", "chưa xác định", "warn" },
    { "genuine", "thẻ thật", "good" },
    { "maybe_cloned", "dữ liệu thật nhưng có thể là bản sao chép chip", "warn" },
    { "unproven", "chưa chứng minh được: chưa biết cơ quan cấp", "warn" },
    { "forged", "KHÔNG THẬT", "bad" },
    { "accept", "máy đối chiếu: khớp", "good" },
    { "officer", "cán bộ cần so sánh hai ảnh", "warn" },
    { "refuse", "máy đối chiếu: KHÔNG KHỚP", "bad" },
    { "open", "đang nhập", "plain" },
    { "queued", "chờ xem", "plain" },
    { "opened", "đang xem", "plain" },
    { "approved", "đã duyệt, đang ký", "good" },
    { "refused", "đã từ chối", "bad" },
    { "issued", "đã phát hành", "good" },
    { "withdrawn", "người yêu cầu đã rút", "plain" },
    { "not_issued", "không phát hành", "bad" },
    { "M", "Nam", "plain" },
    { "F", "Nữ", "plain" },
};

static const Word rules[] = {
    { "copy-not-original", "Trang ghi là bản sao hoặc đã được chứng thực: cần bản chính." },
    { "secret", "Trang có dấu độ mật." },
    { "no-copy", "Trang ghi rõ không được sao chụp." },
    { "blank-page", "Trang hầu như không có chữ." },
    { "hard-to-read", "Trang khó đọc: có thể hư hỏng, cũ nát." },
    { "foreign-paper", "Trang không phải tiếng Việt: giấy nước ngoài có thể phải hợp pháp hóa lãnh sự." },
    { "missing-page", "Theo số trang, hồ sơ thiếu trang." },
    { "page-order", "Theo số trang, có trang lặp hoặc sai thứ tự." },
    { "expired", "Giấy tờ đã hết hạn." },
    { "date-impossible", "Ngày cấp không hợp lý." },
    { "holder-differs", "Họ tên trên giấy khác họ tên trong chip." },
    { "birth-date-differs", "Ngày sinh trên giấy khác ngày sinh trong chip." },
    { "number-differs", "Số định danh trên giấy khác số trong chip." },
    { "no-colour-ink", "Giấy không có mực màu: có thể là bản chụp." },
    { "date-words-differ", "Ngày sinh bằng chữ khác ngày sinh bằng số: có thể bị sửa." },
    { "code-differs", "Chữ in khác mã vạch hoặc dòng máy đọc trên giấy: có thể bị sửa." },
    { "erased", "Mặt giấy dưới chữ bị xù: xem có chỗ nào bị tẩy, cạo." },
    { "painted-over", "Giấy dưới chữ trắng hơn cả trang: xem có bút xóa hoặc tẩy." },
    { "pasted-over", "Giấy dưới chữ khác cả trang: xem có dán đè, thay nội dung." },
    { "ground-missing", "Mất vân giấy, hoa văn dưới chữ: xem nội dung có bị thay." },
    { "other-ink", "Mực hoặc nét chữ khác các chữ bên cạnh: xem nội dung có bị sửa, thêm." },
    { "cut-page", "Trang mất góc hoặc mất mép: có thể bị rách." },
    { "under-glare", "Trang bị lóa như giấy ép nhựa: xem có chỗ nào bị che." },
    { "unlawful-words", "Trang có tên hoặc lời lẽ của chế độ khác: xem nội dung." },
    { "seal-missing", "Không thấy dấu đỏ trên loại giấy phải có dấu." },
    { "signature-missing", "Không thấy chữ ký mực xanh." },
    { "self-written", "Giấy do cá nhân tự lập: xem xác nhận và con dấu của cơ quan." },
    { "missing-side", "Thiếu một mặt của thẻ." },
    { "page-twice", "Trang này có vẻ đã được quét rồi." },
    { "several-originals", "Trang này có vẻ thuộc một bản chính khác." },
    { "double-feed", "Có thể hai tờ bị kéo vào cùng lúc." },
    { "kind-void", "Loại giấy này không còn giá trị sử dụng theo luật." },
};

static const Word contradictions[] = {
    { "number", "Hai nơi trong chip ghi số định danh khác nhau" },
    { "name", "Hai nơi trong chip ghi họ tên khác nhau" },
    { "birth_date", "Hai nơi trong chip ghi ngày sinh khác nhau" },
    { "sex", "Hai nơi trong chip ghi giới tính khác nhau" },
    { "expiry_date", "Hai nơi trong chip ghi ngày hết hạn khác nhau" },
};

static const Word fields[] = {
    { "title", "Tên giấy tờ" },           { "number", "Số, ký hiệu" },
    { "holder", "Họ và tên" },            { "birth_date", "Ngày sinh" },
    { "birth_place", "Nơi sinh" },        { "sex", "Giới tính" },
    { "personal_number", "Số định danh cá nhân" },
    { "issue_date", "Ngày cấp" },         { "expiry_date", "Có giá trị đến" },
    { "register_number", "Số vào sổ" },   { "student_number", "Mã học sinh, sinh viên" },
    { "grade", "Xếp loại" },              { "class", "Hạng" },
    { "husband", "Họ tên chồng" },        { "wife", "Họ tên vợ" },
    { "name", "Tên" },                    { "address", "Địa chỉ" },
    { "area", "Diện tích" },              { "parcel", "Thửa đất" },
    { "map_sheet", "Tờ bản đồ" },
    { "birth_words", "Ngày sinh bằng chữ" },{ "origin", "Quê quán" },
    { "mother", "Họ tên mẹ" },            { "father", "Họ tên cha" },
    { "death_date", "Ngày chết" },        { "purpose", "Cấp để" },
    { "brand", "Nhãn hiệu" },             { "plate", "Biển số" },
    { "chassis", "Số khung" },            { "engine", "Số máy" },
    { "school", "Trường" },               { "major", "Ngành đào tạo" },
    { "capital", "Vốn" },                 { "record", "Tình trạng án tích" },
};
/* clang-format on */

static const Word *
find(const Word *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(list[i].word, word))
            return &list[i];
    return NULL;
}

void
saoy_words_set(SaoyJson *values, const char *key, const char *word)
{
    const Word *found = find(words, G_N_ELEMENTS(words), word);
    g_autofree char *tone = g_strconcat(key, "_tone", NULL);

    saoy_json_set_string(values, key, found != NULL ? found->text : word);
    saoy_json_set_string(values, tone, found != NULL ? found->tone : "plain");
}

const char *
saoy_words_of_rule(const char *rule, const char *text)
{
    const Word *found = find(rules, G_N_ELEMENTS(rules), rule);

    return found != NULL ? found->text : text;
}

const char *
saoy_words_of_field(const char *name)
{
    const Word *found = find(fields, G_N_ELEMENTS(fields), name);

    return found != NULL ? found->text : name;
}

const char *
saoy_words_of_contradiction(const char *what)
{
    const Word *found = find(contradictions, G_N_ELEMENTS(contradictions), what);

    return found != NULL ? found->text : what;
}
