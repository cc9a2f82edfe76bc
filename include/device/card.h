#pragma once
#include "identity/reader.h"

/* A chip card reader. All calls block, run on one thread, and may be cancelled. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    /* waits until a card lies there and powers it; TIMEOUT after timeout_s, cancellable */
    bool (*connect)(void *self, unsigned timeout_s, GCancellable *cancel, GError **error);
    bool (*transceive)(void *self, SaoyView command, GByteArray *response,
                       GCancellable *cancel, GError **error);
    bool (*present)(void *self); /* is a card lying there now */
    void (*disconnect)(void *self);
    void (*close)(void *self);
} SaoyCardDriver;

extern const SaoyCardDriver saoy_card_pcsc; /* address: reader name, "" = the first */
extern const SaoyCardDriver
    saoy_card_emu; /* address: persona file, or folder of a dump; faults in <file>.fault */

/* <file>.fault of the emulator holds one word or lever a line, read when the card is laid
 * down: "absent" (no card; also takes away one that lies there), or a lever of
 * saoy_chip_fault. A card that a lever has pulled lies there again when it is connected
 * anew; what happens once has then happened, until the file is written again. */

typedef struct SaoyCard SaoyCard;

/* OFFLINE when there is no such reader or it is open already. */
SaoyCard *saoy_card_open(const char *driver, const char *address, GError **error);

/* "pcsc:NAME" or "emu:PERSONA.json" as people write it; "" or NULL: the first PC/SC reader.
 * Anything else is a PC/SC reader's name. */
SaoyCard *saoy_card_open_reader(const char *reader, GError **error);

/* TIMEOUT when no card comes, OFFLINE when the reader has gone. A card that lies there
 * already is powered anew: the chip forgets its session. */
bool saoy_card_connect(SaoyCard *card, unsigned timeout_s, GCancellable *cancel,
                       GError **error);
SaoyChannel saoy_card_channel(SaoyCard *card); /* after connect; borrows the card */
bool saoy_card_present(SaoyCard *card);
void saoy_card_disconnect(SaoyCard *card); /* harmless without connect */
void saoy_card_close(SaoyCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCard, saoy_card_close)

/* Is a chip for pcscd's virtual reader (vpcd) at host:port until cancelled, the reader
 * goes, or a lever pulls the card; "pulled-once" and "other-card" lay one back after a
 * second. levers: NULL-terminated, behind those of <file>.fault; may be NULL. on_ready (may
 * be NULL) is called when the reader has taken the first. NO_MEDIA, MALFORMED (persona),
 * REFUSED (no such lever), OFFLINE (no such reader, it or the card has gone), CANCELLED. */
bool saoy_card_emulate(const char *persona, const char *const *levers, const char *host,
                       uint16_t port, void (*on_ready)(void *user), void *user,
                       GCancellable *cancel, GError **error);
