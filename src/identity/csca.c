/* Loading of the CSCA store. */
#include "csca-store.h"

#include "core/file.h"
#include "tlv.h"

#include <glib/gi18n.h>
#include <openssl/pem.h>
#include <string.h>

#define MAX_FILES 1024
#define MAX_CERTIFICATES 4096
#define MAX_PINS 65536 /* bytes */

static const struct {
    const char *ending;
    SaoyCscaKind kind;
    size_t max;
} kinds[] = {
    { ".der", SAOY_CSCA_CERTIFICATES, 4 << 20 },
    { ".cer", SAOY_CSCA_CERTIFICATES, 4 << 20 },
    { ".crt", SAOY_CSCA_CERTIFICATES, 4 << 20 },
    { ".pem", SAOY_CSCA_CERTIFICATES, 4 << 20 },
    { ".ml", SAOY_CSCA_MASTER_LIST, SAOY_CSCA_MAX_LIST },
    { ".crl", SAOY_CSCA_CRL, 4 << 20 },
};

SaoyCscaFile *
saoy_csca_file_new(const char *name, SaoyCscaKind kind)
{
    SaoyCscaFile *file = g_new0(SaoyCscaFile, 1);

    file->name = g_strdup(name);
    file->kind = kind;
    file->entries = g_ptr_array_new_with_free_func((GDestroyNotify)saoy_csca_entry_free);
    return file;
}

void
saoy_csca_file_free(SaoyCscaFile *file)
{
    g_free(file->name);
    g_free(file->sha256);
    g_ptr_array_unref(file->entries);
    g_free(file);
}

static bool
add_entry(SaoyCscaFile *file, SaoyView der)
{
    SaoyCscaEntry *entry = file->kind == SAOY_CSCA_CRL ? saoy_csca_entry_new_crl(der)
                                                       : saoy_csca_entry_new(der);

    if (entry != NULL)
        g_ptr_array_add(file->entries, entry);
    return entry != NULL;
}

/* One after another, as they are. */
static bool
take_der(SaoyCscaFile *file, SaoyView bytes)
{
    SaoyView value = { 0 };

    while (bytes.size > 0 && file->entries->len < MAX_CERTIFICATES) {
        SaoyView whole = bytes;

        if (!saoy_tlv_take(&bytes, 0x30, &value, NULL) ||
            !add_entry(file, (SaoyView){ whole.data, (size_t)(bytes.data - whole.data) }))
            return false;
    }
    return true;
}

/* A key in the same file, or a note, is passed over. */
static bool
take_pem(SaoyCscaFile *file, SaoyView bytes)
{
    const char *wanted =
        file->kind == SAOY_CSCA_CRL ? PEM_STRING_X509_CRL : PEM_STRING_X509;
    g_autoptr(BIO) bio = BIO_new_mem_buf(bytes.data, (int)bytes.size);
    char *name = NULL, *header = NULL;
    uint8_t *der = NULL;
    long size = 0;
    bool whole = true;

    while (file->entries->len < MAX_CERTIFICATES &&
           PEM_read_bio(bio, &name, &header, &der, &size) == 1) {
        if (g_str_equal(name, wanted))
            whole &= add_entry(file, (SaoyView){ der, (size_t)size });
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(der, (size_t)size);
    }
    ERR_clear_error(); /* the end of the file is one, too */
    return whole;
}

static void
take_entries(SaoyCscaFile *file, SaoyView bytes)
{
    bool whole = bytes.size > 0 && bytes.data[0] == 0x30 ? take_der(file, bytes)
                                                         : take_pem(file, bytes);

    file->trusted = file->entries->len > 0;
    if (file->entries->len == 0)
        file->reason = file->kind == SAOY_CSCA_CRL ? N_("there is no revocation list in it")
                                                   : N_("there is no certificate in it");
    else if (!whole)
        file->reason = N_("something in it is not readable");
}

/* Lines of SHA-256 in hexadecimal, each the operator's word for one master list; what
 * follows on the line is a note. */
GHashTable *
saoy_csca_pins(const char *dir)
{
    g_autofree char *path = g_build_filename(dir, "pinned", NULL);
    g_autoptr(GBytes) bytes = saoy_file_read(path, MAX_PINS, NULL);
    GHashTable *pins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text =
        bytes == NULL
            ? NULL
            : g_strndup((const char *)saoy_view_of(bytes).data, saoy_view_of(bytes).size);
    g_auto(GStrv) lines = text == NULL ? NULL : g_strsplit(text, "\n", -1);

    for (char **line = lines; line != NULL && *line != NULL; line++)
        if (strspn(*line, "0123456789abcdefABCDEF") == 2 * SAOY_SHA256_SIZE)
            g_hash_table_add(pins, g_ascii_strdown(*line, 2 * SAOY_SHA256_SIZE));
    return pins;
}

static void
read_file(SaoyCsca *csca, const char *dir, const char *name, size_t kind, GHashTable *pins)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GBytes) bytes = saoy_file_read(path, kinds[kind].max, NULL);
    SaoyCscaFile *file = saoy_csca_file_new(name, kinds[kind].kind);

    if (bytes == NULL)
        file->reason = N_("it cannot be read, or is too large");
    else if (csca->certificates >= MAX_CERTIFICATES)
        file->reason = N_("there are too many certificates in the folder");
    else if (file->kind == SAOY_CSCA_MASTER_LIST)
        saoy_master_list_read(file, saoy_view_of(bytes), csca->anchors, pins, NULL);
    else
        take_entries(file, saoy_view_of(bytes));
    csca->certificates += file->kind == SAOY_CSCA_CRL ? 0 : file->entries->len;
    g_ptr_array_add(csca->files, file);
}

static void
read_kinds(SaoyCsca *csca, const char *dir, char **names, bool lists, GHashTable *pins)
{
    for (; *names != NULL && csca->files->len < MAX_FILES; names++)
        for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
            if (g_str_has_suffix(*names, kinds[i].ending) &&
                (kinds[i].kind == SAOY_CSCA_MASTER_LIST) == lists)
                read_file(csca, dir, *names, i, pins);
}

/* A master list is no anchor of another: else every country in one could speak for all. */
SaoyCsca *
saoy_csca_open(const char *dir)
{
    SaoyCsca *csca = g_new0(SaoyCsca, 1);
    g_auto(GStrv) names = NULL;
    g_autoptr(GHashTable) pins = NULL;

    csca->anchors = g_ptr_array_new();
    csca->files = g_ptr_array_new_with_free_func((GDestroyNotify)saoy_csca_file_free);
    if (dir != NULL && *dir != '\0')
        names = saoy_dir_list(dir, NULL, NULL);
    if (names == NULL)
        return csca;
    pins = saoy_csca_pins(dir);
    read_kinds(csca, dir, names, false, pins);
    g_ptr_array_extend(csca->anchors, csca->files, NULL, NULL);
    read_kinds(csca, dir, names, true, pins);
    return csca;
}

void
saoy_csca_close(SaoyCsca *csca)
{
    g_ptr_array_unref(csca->anchors);
    g_ptr_array_unref(csca->files);
    g_free(csca);
}

bool
saoy_csca_is_empty(const SaoyCsca *csca)
{
    for (unsigned i = 0; i < csca->files->len; i++) {
        const SaoyCscaFile *file = csca->files->pdata[i];

        if (file->trusted && file->kind != SAOY_CSCA_CRL)
            return false;
    }
    return true;
}

SaoyCertificates *
saoy_csca_certificates(const GPtrArray *files)
{
    SaoyCertificates *out = sk_X509_new_null();

    for (unsigned i = 0; i < files->len; i++) {
        const SaoyCscaFile *file = files->pdata[i];

        for (unsigned j = 0; file->kind == SAOY_CSCA_CERTIFICATES && j < file->entries->len;
             j++) {
            X509 *one = saoy_csca_entry_certificate(file->entries->pdata[j]);

            if (one != NULL && X509_up_ref(one) == 1)
                sk_X509_push(out, one);
        }
    }
    return out;
}
