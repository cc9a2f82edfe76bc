#pragma once
#include "core/file.h"
#include "document/compose.h"

#include <stdio.h>
#include <string.h>

/* A copy of the two invented pages of tests/data/copy, as kiosk and hub would hand it over.
 */
typedef struct {
    SaoyCopyPage pages[2];
    SaoyApproval *approval;
    SaoyCopy copy;
    uint8_t *modules[2];
    char *texts[2]; /* of the link's and the seal's symbol */
} CopyFixture;

static inline GBytes *
fixture_file(const char *name)
{
    g_autofree char *path =
        g_build_filename(SAOY_SOURCE_DIR, "tests/data/copy", name, NULL);
    g_autoptr(GError) error = NULL;
    GBytes *bytes = saoy_file_read(path, 4 << 20, &error);

    g_assert_no_error(error);
    return bytes;
}

static inline void
fixture_matrix(CopyFixture *fix, int which, const char *name, SaoyMatrix *out)
{
    g_autoptr(GBytes) file = fixture_file(name);
    SaoyView all = saoy_view_of(file);
    g_autofree char *text = g_strndup((const char *)all.data, all.size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    int size = (int)strlen(lines[1]);

    fix->texts[which] = g_strdup(lines[0]);
    fix->modules[which] = g_malloc0((gsize)(size * size));
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            fix->modules[which][y * size + x] = lines[y + 1][x] == '#';
    *out = (SaoyMatrix){ size, fix->modules[which] };
}

static inline void
fixture_page(SaoyCopyPage *page, int number)
{
    g_autofree char *jpeg = g_strdup_printf("page-%d.jpg", number);
    g_autofree char *words = g_strdup_printf("words-%d.json", number);
    g_autoptr(GBytes) text = fixture_file(words);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyJson) json = saoy_json_parse(saoy_view_of(text), 4 << 20, &error);

    g_assert_no_error(error);
    *page = (SaoyCopyPage){ fixture_file(jpeg), 1240, 1754, 3, 150, { 0 }, { 0 } };
    saoy_words_from_json(json, 1240, 1754, &page->words, &error);
    g_assert_no_error(error);
}

static inline SaoyApproval *
fixture_approval(const CopyFixture *fix)
{
    SaoyApproval *approval = g_new0(SaoyApproval, 1);
    const char *digest = saoy_templates_digest(NULL);

    approval->approved_at_us = G_GINT64_CONSTANT(1762758333000000);
    approval->number = 1532;
    approval->book = g_strdup("01/2025-SCTĐT/BS");
    approval->copy_id = g_strdup("H26.132-251110-0007.01-24");
    approval->token = g_strdup("7G4K2M9QX3TN5WBR");
    approval->link = g_strdup(fix->texts[0]);
    approval->seal = g_strdup(fix->texts[1]);
    approval->title = g_strdup("Bằng tốt nghiệp trung học phổ thông");
    approval->officer_name = g_strdup("Trần Thị Bình Minh");
    approval->officer_title = g_strdup("TUQ. CHỦ TỊCH CÔNG CHỨC TƯ PHÁP – HỘ TỊCH");
    approval->agency = g_strdup("Ủy ban nhân dân phường Mẫu, thành phố Hà Nội");
    approval->composer = g_strdup(SAOY_COMPOSER);
    g_strlcpy(approval->templates, digest, sizeof approval->templates);
    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        approval->appearance[i] = g_strdup("text");
        approval->credentials[i].id = g_strdup(i == 0 ? "officer" : "agency");
        approval->credentials[i].contents_bytes = 8192;
        memset(approval->credentials[i].certificate_sha256, '0' + i, 64);
    }
    return approval;
}

/* inside: the second page has room for the attestation. */
static inline void
fixture_open(CopyFixture *fix, bool inside)
{
    memset(fix, 0, sizeof *fix);
    fixture_page(&fix->pages[0], 1);
    fixture_page(&fix->pages[1], 2);
    if (inside)
        fix->pages[1].free_box = (SaoyBox){ 80, 500, 1080, 1200 };
    fixture_matrix(fix, 0, "link.qr", &fix->copy.link_qr);
    fixture_matrix(fix, 1, "seal.qr", &fix->copy.seal_qr);
    fix->approval = fixture_approval(fix);
    fix->copy.approval = fix->approval;
    fix->copy.pages = fix->pages;
    fix->copy.n_pages = 2;
}

static inline void
fixture_close(CopyFixture *fix)
{
    for (int i = 0; i < 2; i++) {
        g_bytes_unref(fix->pages[i].jpeg);
        saoy_words_clear(&fix->pages[i].words);
        g_free(fix->modules[i]);
        g_free(fix->texts[i]);
    }
    saoy_approval_free(fix->approval);
}
