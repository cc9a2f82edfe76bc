/* SANE options: every device has others, so each is looked up by its well-known name, set
 * when it is there, active and settable, and left alone when not. */
#include "scanner-sane-options.h"

#include "core/error.h"
#include "scanner-fault.h"

#include <math.h>
#include <sane/saneopts.h>
#include <string.h>

#define MODES_MAX 64

static const SaoyScanFault statuses[] = {
    [SANE_STATUS_UNSUPPORTED] = SAOY_SCAN_UNABLE,
    [SANE_STATUS_DEVICE_BUSY] = SAOY_SCAN_BUSY,
    [SANE_STATUS_INVAL] = SAOY_SCAN_BAD_VALUE,
    [SANE_STATUS_EOF] = SAOY_SCAN_CUT_SHORT,
    [SANE_STATUS_JAMMED] = SAOY_SCAN_JAMMED,
    [SANE_STATUS_NO_DOCS] = SAOY_SCAN_EMPTY,
    [SANE_STATUS_COVER_OPEN] = SAOY_SCAN_COVER_OPEN,
    [SANE_STATUS_IO_ERROR] = SAOY_SCAN_SILENT,
    [SANE_STATUS_NO_MEM] = SAOY_SCAN_NO_MEMORY,
    [SANE_STATUS_ACCESS_DENIED] = SAOY_SCAN_NO_RIGHT,
    [SAOY_SANE_WARMING_UP] = SAOY_SCAN_WARMING_UP,
    [SAOY_SANE_HW_LOCKED] = SAOY_SCAN_LOCKED,
};

bool
saoy_sane_fail(SANE_Status status, const char *at, GError **error)
{
    if (status == SANE_STATUS_CANCELLED) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: cancelled", at);
        return false;
    }
    if (status >= SANE_STATUS_UNSUPPORTED && (size_t)status < G_N_ELEMENTS(statuses))
        return saoy_scan_fail(statuses[status], at, error);
    return saoy_fail(error, SAOY_ERROR_FAILED, "%s: SANE status %d", at, (int)status);
}

/* The descriptor, or NULL when it is absent, inactive or lacks this capability. Setting one
 * option may change all others: nothing is kept between calls. */
static const SANE_Option_Descriptor *
find_able(const SaoySaneDevice *device, const char *name, SANE_Int able,
          SANE_Int *out_index)
{
    const SANE_Option_Descriptor *option = NULL;

    for (SANE_Int i = 1; (option = device->cls->option(device->self, i)) != NULL; i++)
        if (option->name != NULL && strcmp(option->name, name) == 0 &&
            option->type != SANE_TYPE_GROUP && SANE_OPTION_IS_ACTIVE(option->cap) &&
            (option->cap & able) != 0) {
            *out_index = i;
            return option;
        }
    return NULL;
}

static const SANE_Option_Descriptor *
find(const SaoySaneDevice *device, const char *name, SANE_Int *out_index)
{
    return find_able(device, name, SANE_CAP_SOFT_SELECT, out_index);
}

static bool
put(const SaoySaneDevice *device, SANE_Int index, const char *name, void *value,
    GError **error)
{
    SANE_Int info = 0;
    SANE_Status status =
        device->cls->control(device->self, index, SANE_ACTION_SET_VALUE, value, &info);

    return status == SANE_STATUS_GOOD || saoy_sane_fail(status, name, error);
}

static bool
put_string(const SaoySaneDevice *device, SANE_Int index,
           const SANE_Option_Descriptor *option, const char *text, GError **error)
{
    size_t room = option->size > 0 ? (size_t)option->size : 0;
    size_t n = strlen(text) + 1;
    g_autofree char *name = g_strdup(option->name);
    g_autofree char *value = g_malloc0(MAX(room, n));

    if (n > room)
        return saoy_fail(error, SAOY_ERROR_FAILED, "option %s takes %zu characters", name,
                         room > 0 ? room - 1 : 0);
    memcpy(value, text, n);
    return put(device, index, name, value, error);
}

static bool
parse_word(const SANE_Option_Descriptor *option, const char *text, SANE_Word *out)
{
    char *end = NULL;
    double number = g_ascii_strtod(text, &end);

    if (option->type == SANE_TYPE_BOOL) {
        *out = g_str_equal(text, "yes") || g_str_equal(text, "1") ? SANE_TRUE : SANE_FALSE;
        return *out || g_str_equal(text, "no") || g_str_equal(text, "0");
    }
    if (end == text || *end != '\0' || !(fabs(number) < 32768 * 65536.0))
        return false;
    if (option->type == SANE_TYPE_FIXED && fabs(number) >= 32768)
        return false;
    *out = option->type == SANE_TYPE_FIXED ? SANE_FIX(number) : (SANE_Word)lround(number);
    return true;
}

bool
saoy_sane_set(const SaoySaneDevice *device, const char *name, const char *text,
              GError **error)
{
    SANE_Int index = 0;
    const SANE_Option_Descriptor *option = find(device, name, &index);
    SANE_Word word = 0;

    if (option == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no option %s to set", name);
    if (option->type == SANE_TYPE_STRING)
        return put_string(device, index, option, text, error);
    if (option->type == SANE_TYPE_BUTTON || option->size != (SANE_Int)sizeof word ||
        !parse_word(option, text, &word))
        return saoy_fail(error, SAOY_ERROR_FAILED, "option %s does not take \"%s\"", name,
                         text);
    return put(device, index, name, &word, error);
}

static const SANE_String_Const *
choices(const SANE_Option_Descriptor *option)
{
    static const SANE_String_Const none[] = { NULL };

    if (option == NULL || option->type != SANE_TYPE_STRING ||
        option->constraint_type != SANE_CONSTRAINT_STRING_LIST)
        return none;
    return option->constraint.string_list;
}

static bool
contains(const char *text, const char *word)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);

    return strstr(lower, word) != NULL;
}

/* The first choice that holds one of the words, in the order of the words; NULL none. */
static const char *
choose(const SANE_Option_Descriptor *option, const char *const *words)
{
    const SANE_String_Const *list = choices(option);

    for (; *words != NULL; words++)
        for (size_t i = 0; i < MODES_MAX && list[i] != NULL; i++)
            if (contains(list[i], *words))
                return list[i];
    return NULL;
}

static bool
set_choice(const SaoySaneDevice *device, const char *name, const char *const *words,
           char **out_chosen, GError **error)
{
    SANE_Int index = 0;
    const SANE_Option_Descriptor *option = find(device, name, &index);
    const char *chosen = choose(option, words);

    if (chosen == NULL)
        return true;
    g_autofree char *copy = g_strdup(chosen);
    if (!put_string(device, index, option, copy, error))
        return false;
    if (out_chosen != NULL)
        *out_chosen = g_steal_pointer(&copy);
    return true;
}

static double
to_number(const SANE_Option_Descriptor *option, SANE_Word word)
{
    return option->type == SANE_TYPE_FIXED ? SANE_UNFIX(word) : word;
}

/* The value nearest to the wish that the constraint allows. */
static double
nearest(const SANE_Option_Descriptor *option, double wish)
{
    double best = wish;

    if (option->constraint_type == SANE_CONSTRAINT_RANGE) {
        const SANE_Range *range = option->constraint.range;
        return CLAMP(wish, to_number(option, range->min), to_number(option, range->max));
    }
    if (option->constraint_type != SANE_CONSTRAINT_WORD_LIST)
        return wish;
    const SANE_Word *list = option->constraint.word_list;
    for (SANE_Word i = 1; i <= list[0]; i++) {
        double value = to_number(option, list[i]);
        if (i == 1 || fabs(value - wish) < fabs(best - wish))
            best = value;
    }
    return best;
}

static bool
set_number(const SaoySaneDevice *device, const char *name, double wish, GError **error)
{
    SANE_Int index = 0;
    const SANE_Option_Descriptor *option = find(device, name, &index);

    if (option == NULL || option->size != (SANE_Int)sizeof(SANE_Word) ||
        (option->type != SANE_TYPE_INT && option->type != SANE_TYPE_FIXED))
        return true;

    double value = nearest(option, wish);
    SANE_Word word =
        option->type == SANE_TYPE_FIXED ? SANE_FIX(value) : (SANE_Word)lround(value);
    return put(device, index, name, &word, error);
}

/* The whole glass. A feeder's sheet is as long as it is: A3 at most, or some devices wait
 * for a metre of paper. */
static bool
set_area(const SaoySaneDevice *device, bool feeder, GError **error)
{
    const double least = -32767, most = 32767, a3_mm = 432;
    SANE_Int index = 0;
    const SANE_Option_Descriptor *y = find(device, SANE_NAME_SCAN_BR_Y, &index);
    double longest = feeder && y != NULL && y->unit == SANE_UNIT_MM ? a3_mm : most;

    return set_number(device, SANE_NAME_PAGE_WIDTH, most, error) &&
           set_number(device, SANE_NAME_PAGE_HEIGHT, longest, error) &&
           set_number(device, SANE_NAME_SCAN_TL_X, least, error) &&
           set_number(device, SANE_NAME_SCAN_TL_Y, least, error) &&
           set_number(device, SANE_NAME_SCAN_BR_X, most, error) &&
           set_number(device, SANE_NAME_SCAN_BR_Y, longest, error);
}

/* What the resolution has become, also where it cannot be chosen; the one asked for when
 * the device does not say. */
static int
read_dpi(const SaoySaneDevice *device, int asked)
{
    SANE_Int index = 0;
    const SANE_Option_Descriptor *option =
        find_able(device, SANE_NAME_SCAN_RESOLUTION, SANE_CAP_SOFT_DETECT, &index);
    SANE_Word word = 0;

    if (option == NULL || option->size != (SANE_Int)sizeof word ||
        (option->type != SANE_TYPE_INT && option->type != SANE_TYPE_FIXED) ||
        device->cls->control(device->self, index, SANE_ACTION_GET_VALUE, &word, NULL) !=
            SANE_STATUS_GOOD)
        return asked;

    double dpi = to_number(option, word);
    return dpi >= 1 && dpi <= 9600 ? (int)lround(dpi) : asked;
}

static SaoySource
kind_of_source(const char *chosen)
{
    if (chosen == NULL || !(contains(chosen, "adf") || contains(chosen, "feeder")))
        return SAOY_SOURCE_ONE;
    return contains(chosen, "duplex") ? SAOY_SOURCE_DUPLEX : SAOY_SOURCE_FEEDER;
}

static bool
set_source(const SaoySaneDevice *device, const SaoyAddress *address,
           const SaoyScanRequest *request, bool feeder, SaoySource *out, GError **error)
{
    static const char *const glass[] = { "flatbed", "glass", "platen", NULL };
    static const char *const sheets[] = { "adf front", "adf", "document feeder", "feeder",
                                          NULL };
    static const char *const both[] = { "adf duplex", "duplex", "adf", "feeder", NULL };
    const char *fixed = saoy_address_get(address, SANE_NAME_SCAN_SOURCE, NULL);
    g_autofree char *chosen = g_strdup(fixed);

    if (fixed == NULL && !set_choice(device, SANE_NAME_SCAN_SOURCE,
                                     request->preview || !feeder ? glass
                                     : request->duplex           ? both
                                                                 : sheets,
                                     &chosen, error))
        return false;
    if (fixed != NULL && !saoy_sane_set(device, SANE_NAME_SCAN_SOURCE, fixed, error))
        return false;
    *out = kind_of_source(chosen);
    return true;
}

static bool
set_wishes(const SaoySaneDevice *device, const SaoyAddress *address, GError **error)
{
    for (size_t i = 0; address->keys[i] != NULL; i++)
        if (!saoy_sane_set(device, address->keys[i], address->values[i], error))
            return false;
    return true;
}

bool
saoy_sane_configure(const SaoySaneDevice *device, const SaoyAddress *address,
                    const SaoyScanRequest *request, bool feeder, SaoySource *out_source,
                    int *out_dpi, GError **error)
{
    static const char *const colour[] = { "color", "colour", "rgb", "gray", "grey", NULL };
    static const char *const grey[] = { "gray", "grey", "color", NULL };
    int dpi = request->preview ? 75 : request->dpi;

    if (!set_source(device, address, request, feeder, out_source, error) ||
        !set_choice(device, SANE_NAME_SCAN_MODE, request->preview ? grey : colour, NULL,
                    error) ||
        !set_number(device, SANE_NAME_BIT_DEPTH, 8, error) ||
        !set_number(device, SANE_NAME_SCAN_RESOLUTION, dpi, error) ||
        !set_number(device, SANE_NAME_SCAN_Y_RESOLUTION, dpi, error) ||
        !set_area(device, *out_source != SAOY_SOURCE_ONE, error) ||
        !set_wishes(device, address, error))
        return false;
    *out_dpi = read_dpi(device, dpi);
    return true;
}
