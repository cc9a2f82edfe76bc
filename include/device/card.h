#pragma once
#include "identity/reader.h"

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
extern const SaoyCardDriver saoy_card_emu;  /* address: persona file; faults in <file>.fault */

typedef struct SaoyCard SaoyCard;
SaoyCard *saoy_card_open(const char *driver, const char *address, GError **error);
bool saoy_card_connect(SaoyCard *card, unsigned timeout_s, GCancellable *cancel,
                       GError **error);
SaoyChannel saoy_card_channel(SaoyCard *card); /* after connect; borrows the card */
bool saoy_card_present(SaoyCard *card);
void saoy_card_disconnect(SaoyCard *card);
void saoy_card_close(SaoyCard *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCard, saoy_card_close)
