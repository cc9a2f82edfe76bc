/* The machine readable zone of a synthetic person on other documents than the CCCD. */
#include "persona-files.h"

#include "identity/mrz.h"

#include <string.h>

/* "NGUYEN VAN AN" to "NGUYEN<<VAN<AN", cut where the field ends */
static void
put_name(char *out, size_t size, const char *name)
{
    size_t n = 0;

    for (const char *c = name; *c != '\0' && n < size; c++) {
        if (*c == ' ' && memchr(name, ' ', (size_t)(c - name)) == NULL)
            n++;
        if (n < size)
            out[n] = *c == ' ' ? '<' : *c;
        n++;
    }
}

/* The second line up to the optional data, which TD2 and TD3 share: number, nationality,
 * birth, sex, expiry. */
static void
put_line(char *line, const char *document, const char *birth, char sex, const char *expiry)
{
    memcpy(line, document, 9);
    line[9] = saoy_mrz_check(line, 9);
    memcpy(line + 10, "VNM", 3);
    memcpy(line + 13, birth, 6);
    line[19] = saoy_mrz_check(line + 13, 6);
    line[20] = sex;
    memcpy(line + 21, expiry, 6);
    line[27] = saoy_mrz_check(line + 21, 6);
}

static char
composite_of(const char *line, size_t end)
{
    char covered[44];
    size_t n = 0;

    memcpy(covered, line, 10);
    memcpy(covered + 10, line + 13, 7);
    n = end - 21;
    memcpy(covered + 17, line + 21, n);
    return saoy_mrz_check(covered, 17 + n);
}

/* The twelve digits go on in the optional data (ICAO 9303-6, 4.2.2). */
static void
write_td2(const char *number, const char *name, const char *birth, char sex,
          const char *expiry, char out[91])
{
    char *line = out + 36;

    memcpy(out, "I<VNM", 5);
    put_name(out + 5, 31, name);
    put_line(line, number, birth, sex, expiry);
    line[9] = '<';
    memcpy(line + 28, number + 9, 3);
    line[31] = saoy_mrz_check(number, 12);
    line[35] = composite_of(line, 35);
    out[72] = '\0';
}

static void
write_td3(const char *number, const char *name, const char *birth, char sex,
          const char *expiry, char out[91])
{
    char *line = out + 44;

    memcpy(out, "P<VNM", 5);
    put_name(out + 5, 39, name);
    put_line(line, number + 3, birth, sex, expiry);
    memcpy(line + 28, number, 12);
    line[42] = saoy_mrz_check(line + 28, 14);
    line[43] = composite_of(line, 43);
    out[88] = '\0';
}

bool
saoy_persona_mrz(const char *document, const char *number, const char *name,
                 const char *birth, char sex, const char *expiry, char out[91])
{
    memset(out, '<', 90);
    out[90] = '\0';
    if (document == NULL || g_str_equal(document, "TD1"))
        saoy_mrz_td1(number, name, birth, sex, expiry, out);
    else if (g_str_equal(document, "TD2"))
        write_td2(number, name, birth, sex, expiry, out);
    else if (g_str_equal(document, "TD3"))
        write_td3(number, name, birth, sex, expiry, out);
    else
        return false;
    return true;
}
