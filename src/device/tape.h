#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* A recorded conversation with something outside, call by call in order: what was asked (a
 * verb and a hash of its argument), what came back. Replaying answers the same questions in
 * the same order and nothing else. Only specimen persons and papers may be taped. */
typedef struct SaoyTape SaoyTape;

/* A path that ends in ".gz" is packed. */
SaoyTape *saoy_tape_record(const char *path);               /* written when it is freed */
SaoyTape *saoy_tape_play(const char *path, GError **error); /* MALFORMED, NO_MEDIA */
void saoy_tape_free(SaoyTape *tape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyTape, saoy_tape_free)

/* One call: result is the callee's own word (0 or an errno), answer and extra what came
 * back. */
typedef struct {
    uint32_t verb, result;
    SaoyView answer, extra;
} SaoyTapeCall;

void saoy_tape_put(SaoyTape *tape, SaoyView asked, const SaoyTapeCall *call);

/* The answer to the next question; views borrow the tape. NO_MEDIA at its end, FAILED when
 * another question was recorded here. */
bool saoy_tape_next(SaoyTape *tape, uint32_t verb, SaoyView asked, SaoyTapeCall *out,
                    GError **error);
/* The same for a player: its result, or lost where the tape knows no answer, as from a
 * device that was pulled out. */
uint32_t saoy_tape_ask(SaoyTape *tape, uint32_t verb, SaoyView asked, uint32_t lost,
                       SaoyTapeCall *out);
