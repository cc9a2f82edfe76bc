/* The SANE driver's conversation with a device on a tape: recorded, and played back. A
 * cancel is not on it: it comes when it comes. */
#include "scanner-sane-device.h"
#include "tape.h"

#include <string.h>

enum { OPTION = 1, CONTROL, PARAMETERS, START, READ };

/* name, type, unit, size, cap, kind of constraint, its numbers, its strings */
#define DESCRIPTOR "(siiiiiaias)"
#define OPTIONS 256

typedef struct {
    SaoySaneDevice inner; /* recording only */
    SaoyTape *tape;
    GPtrArray *kept; /* playing: what descriptors are made of, till the device is closed */
    size_t sizes[OPTIONS]; /* … and how large their values are */
} Deck;

static SaoyView
view(const void *data, size_t size)
{
    return (SaoyView){ data, size };
}

static void
deck_close(void *self)
{
    Deck *deck = self;

    if (deck->inner.cls != NULL)
        deck->inner.cls->close(deck->inner.self);
    saoy_tape_free(deck->tape);
    g_clear_pointer(&deck->kept, g_ptr_array_unref);
    g_free(deck);
}

static size_t
value_size(const SANE_Option_Descriptor *option)
{
    return option != NULL && option->size > 0 ? (size_t)option->size : 0;
}

/* ---- recording */

static void
add_constraint(const SANE_Option_Descriptor *option, GVariantBuilder *numbers,
               GVariantBuilder *strings)
{
    const SANE_Range *range = option->constraint.range;
    const SANE_Word *words = option->constraint.word_list;

    if (option->constraint_type == SANE_CONSTRAINT_RANGE) {
        g_variant_builder_add(numbers, "i", range->min);
        g_variant_builder_add(numbers, "i", range->max);
        g_variant_builder_add(numbers, "i", range->quant);
    }
    if (option->constraint_type == SANE_CONSTRAINT_WORD_LIST)
        for (SANE_Word i = 0; i <= words[0]; i++)
            g_variant_builder_add(numbers, "i", words[i]);
    if (option->constraint_type == SANE_CONSTRAINT_STRING_LIST)
        for (size_t i = 0; option->constraint.string_list[i] != NULL; i++)
            g_variant_builder_add(strings, "s", option->constraint.string_list[i]);
}

static GVariant *
freeze(const SANE_Option_Descriptor *option)
{
    GVariantBuilder numbers, strings;
    const char *name = option->name != NULL ? option->name : "";

    g_variant_builder_init(&numbers, G_VARIANT_TYPE("ai"));
    g_variant_builder_init(&strings, G_VARIANT_TYPE("as"));
    add_constraint(option, &numbers, &strings);
    return g_variant_ref_sink(
        g_variant_new(DESCRIPTOR, name, (int)option->type, (int)option->unit, option->size,
                      option->cap, (int)option->constraint_type, &numbers, &strings));
}

static const SANE_Option_Descriptor *
record_option(void *self, SANE_Int i)
{
    Deck *deck = self;
    const SANE_Option_Descriptor *option = deck->inner.cls->option(deck->inner.self, i);
    g_autoptr(GVariant) frozen = option != NULL ? freeze(option) : NULL;
    SaoyView answer = frozen != NULL
                          ? view(g_variant_get_data(frozen), g_variant_get_size(frozen))
                          : view(NULL, 0);

    saoy_tape_put(deck->tape, view(&i, sizeof i), &(SaoyTapeCall){ OPTION, 0, answer });
    return option;
}

/* What is asked: the option, what is to be done, and the value where one is set. */
static GByteArray *
question(SANE_Int i, SANE_Action action, const void *value, size_t size)
{
    GByteArray *asked = g_byte_array_new();
    int32_t head[] = { i, (int32_t)action };

    g_byte_array_append(asked, (const uint8_t *)head, sizeof head);
    if (action == SANE_ACTION_SET_VALUE)
        g_byte_array_append(asked, value, (guint)size);
    return asked;
}

static SANE_Status
record_control(void *self, SANE_Int i, SANE_Action action, void *value, SANE_Int *info)
{
    Deck *deck = self;
    size_t size = value_size(deck->inner.cls->option(deck->inner.self, i));
    g_autoptr(GByteArray) asked = question(i, action, value, size);
    SANE_Status status = deck->inner.cls->control(deck->inner.self, i, action, value, info);

    saoy_tape_put(deck->tape, view(asked->data, asked->len),
                  &(SaoyTapeCall){ CONTROL, status, view(value, size) });
    return status;
}

static SANE_Status
record_parameters(void *self, SANE_Parameters *out)
{
    Deck *deck = self;
    SANE_Status status = deck->inner.cls->parameters(deck->inner.self, out);

    saoy_tape_put(deck->tape, view(NULL, 0),
                  &(SaoyTapeCall){ PARAMETERS, status, view(out, sizeof *out) });
    return status;
}

static SANE_Status
record_start(void *self)
{
    Deck *deck = self;
    SANE_Status status = deck->inner.cls->start(deck->inner.self);

    saoy_tape_put(deck->tape, view(NULL, 0), &(SaoyTapeCall){ START, status });
    return status;
}

static SANE_Status
record_read(void *self, SANE_Byte *buffer, SANE_Int max, SANE_Int *out_n)
{
    Deck *deck = self;
    SANE_Status status = deck->inner.cls->read(deck->inner.self, buffer, max, out_n);
    size_t n = status == SANE_STATUS_GOOD ? (size_t)MAX(*out_n, 0) : 0;

    saoy_tape_put(deck->tape, view(NULL, 0),
                  &(SaoyTapeCall){ READ, status, view(buffer, n) });
    return status;
}

static void
record_cancel(void *self)
{
    Deck *deck = self;

    deck->inner.cls->cancel(deck->inner.self);
}

static const SaoySaneClass record_class = {
    record_option, record_control, record_parameters, record_start,
    record_read,   record_cancel,  deck_close,
};

SaoySaneDevice
saoy_sane_device_record(SaoySaneDevice inner, const char *tape)
{
    Deck *deck = g_new0(Deck, 1);

    *deck = (Deck){ .inner = inner, .tape = saoy_tape_record(tape) };
    return (SaoySaneDevice){ &record_class, deck };
}

/* ---- playing */

static SANE_Status
ask(Deck *deck, uint32_t verb, SaoyView asked, SaoyTapeCall *out)
{
    return (SANE_Status)saoy_tape_ask(deck->tape, verb, asked, SANE_STATUS_IO_ERROR, out);
}

static void *
keep(Deck *deck, void *made)
{
    g_ptr_array_add(deck->kept, made);
    return made;
}

/* A list says first how long it is: what is not there is not believed. */
static void
thaw_constraint(Deck *deck, GVariant *numbers, GVariant *strings,
                SANE_Option_Descriptor *out)
{
    gsize n = g_variant_n_children(numbers), n_strings = g_variant_n_children(strings);
    SANE_Word *words = keep(deck, g_new0(SANE_Word, n + 3));
    SANE_Range *range = keep(deck, g_new0(SANE_Range, 1));
    SANE_String_Const *list = keep(deck, g_new0(SANE_String_Const, n_strings + 1));

    for (gsize i = 0; i < n; i++)
        g_variant_get_child(numbers, i, "i", &words[i]);
    for (gsize i = 0; i < n_strings; i++) {
        char *text = NULL;

        g_variant_get_child(strings, i, "s", &text);
        list[i] = keep(deck, text);
    }
    *range = (SANE_Range){ words[0], words[1], words[2] };
    words[0] = n > 0 ? (SANE_Word)MIN((gsize)MAX(words[0], 0), n - 1) : 0;
    if (out->constraint_type == SANE_CONSTRAINT_RANGE)
        out->constraint.range = range;
    else if (out->constraint_type == SANE_CONSTRAINT_WORD_LIST)
        out->constraint.word_list = words;
    else if (out->constraint_type == SANE_CONSTRAINT_STRING_LIST)
        out->constraint.string_list = list;
    else
        out->constraint_type = SANE_CONSTRAINT_NONE;
}

static const SANE_Option_Descriptor *
thaw(Deck *deck, SaoyView frozen)
{
    SANE_Option_Descriptor *out = keep(deck, g_new0(SANE_Option_Descriptor, 1));
    g_autoptr(GBytes) bytes = g_bytes_new(frozen.data, frozen.size);
    g_autoptr(GVariant) all = g_variant_ref_sink(
        g_variant_new_from_bytes(G_VARIANT_TYPE(DESCRIPTOR), bytes, FALSE));
    g_autoptr(GVariant) whole = g_variant_get_normal_form(all);
    g_autoptr(GVariant) numbers = g_variant_get_child_value(whole, 6);
    g_autoptr(GVariant) strings = g_variant_get_child_value(whole, 7);
    int type = 0, unit = 0, kind = 0;
    char *name = NULL;

    g_variant_get(whole, DESCRIPTOR, &name, &type, &unit, &out->size, &out->cap, &kind,
                  NULL, NULL);
    out->name = keep(deck, name);
    out->type = (SANE_Value_Type)type;
    out->unit = (SANE_Unit)unit;
    out->constraint_type = (SANE_Constraint_Type)kind;
    thaw_constraint(deck, numbers, strings, out);
    return out;
}

static const SANE_Option_Descriptor *
play_option(void *self, SANE_Int i)
{
    Deck *deck = self;
    SaoyTapeCall call = { 0 };

    if (ask(deck, OPTION, view(&i, sizeof i), &call) != SANE_STATUS_GOOD ||
        call.answer.size == 0)
        return NULL;
    const SANE_Option_Descriptor *option = thaw(deck, call.answer);
    deck->sizes[(unsigned)i % OPTIONS] = value_size(option);
    return option;
}

/* The driver has looked at an option before it asks for its value. */
static SANE_Status
play_control(void *self, SANE_Int i, SANE_Action action, void *value, SANE_Int *info)
{
    Deck *deck = self;
    SaoyTapeCall call = { 0 };
    g_autoptr(GByteArray) asked =
        question(i, action, value, deck->sizes[(unsigned)i % OPTIONS]);
    SANE_Status status = ask(deck, CONTROL, view(asked->data, asked->len), &call);

    if (call.answer.size > 0 && call.answer.size == deck->sizes[(unsigned)i % OPTIONS])
        memcpy(value, call.answer.data, call.answer.size);
    if (info != NULL)
        *info = SANE_INFO_RELOAD_OPTIONS | SANE_INFO_RELOAD_PARAMS;
    return status;
}

static SANE_Status
play_parameters(void *self, SANE_Parameters *out)
{
    SaoyTapeCall call = { 0 };
    SANE_Status status = ask(self, PARAMETERS, view(NULL, 0), &call);

    if (call.answer.size == sizeof *out)
        memcpy(out, call.answer.data, sizeof *out);
    return status;
}

static SANE_Status
play_start(void *self)
{
    SaoyTapeCall call = { 0 };

    return ask(self, START, view(NULL, 0), &call);
}

static SANE_Status
play_read(void *self, SANE_Byte *buffer, SANE_Int max, SANE_Int *out_n)
{
    SaoyTapeCall call = { 0 };
    SANE_Status status = ask(self, READ, view(NULL, 0), &call);
    size_t n = MIN(call.answer.size, (size_t)MAX(max, 0));

    if (n > 0)
        memcpy(buffer, call.answer.data, n);
    *out_n = (SANE_Int)n;
    return status;
}

static void
play_cancel(void *self)
{
}

static const SaoySaneClass play_class = {
    play_option, play_control, play_parameters, play_start,
    play_read,   play_cancel,  deck_close,
};

bool
saoy_sane_device_play(const char *path, SaoySaneDevice *out, GError **error)
{
    SaoyTape *tape = saoy_tape_play(path, error);
    Deck *deck = NULL;

    if (tape == NULL)
        return false;
    deck = g_new0(Deck, 1);
    *deck = (Deck){ .tape = tape, .kept = g_ptr_array_new_with_free_func(g_free) };
    *out = (SaoySaneDevice){ &play_class, deck };
    return true;
}
