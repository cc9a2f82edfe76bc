#include "identity/reader.h"

#include <glib/gi18n.h>

SaoyVerdict
saoy_identity_verdict(const SaoyIdentity *identity)
{
    if (identity->passive == SAOY_PROOF_FAILED ||
        identity->chip_auth == SAOY_PROOF_FAILED ||
        identity->active_auth == SAOY_PROOF_FAILED)
        return SAOY_VERDICT_FORGED;
    /* without a signature that is trusted, a chip that holds its key is anybody's chip */
    if (identity->passive != SAOY_PROOF_DONE)
        return SAOY_VERDICT_UNPROVEN;
    return identity->chip_auth == SAOY_PROOF_DONE ||
                   identity->active_auth == SAOY_PROOF_DONE
               ? SAOY_VERDICT_GENUINE
               : SAOY_VERDICT_MAYBE_CLONED;
}

const char *
saoy_verdict_name(SaoyVerdict verdict)
{
    static const char *const names[SAOY_VERDICT_N] = {
        [SAOY_VERDICT_GENUINE] = "genuine",
        [SAOY_VERDICT_MAYBE_CLONED] = "maybe_cloned",
        [SAOY_VERDICT_UNPROVEN] = "unproven",
        [SAOY_VERDICT_FORGED] = "forged",
    };

    return names[verdict];
}

const char *
saoy_verdict_text(SaoyVerdict verdict)
{
    static const char *const texts[SAOY_VERDICT_N] = {
        [SAOY_VERDICT_GENUINE] = N_("a genuine card"),
        [SAOY_VERDICT_MAYBE_CLONED] = N_("genuine data, but the chip may be a copy"),
        [SAOY_VERDICT_UNPROVEN] = N_("not proven: the issuer is not known here"),
        [SAOY_VERDICT_FORGED] = N_("not genuine: changed data or a copied chip"),
    };

    return texts[verdict];
}

const char *
saoy_proof_text(SaoyProves what, SaoyProof proof)
{
    static const char *const texts[SAOY_PROVES_N][SAOY_PROOF_N] = {
        [SAOY_PROVES_DATA] = {
            [SAOY_PROOF_NOT_OFFERED] = N_("no signature: anybody may have written the data"),
            [SAOY_PROOF_DONE] = N_("the data are as their issuer signed them"),
            [SAOY_PROOF_FAILED] = N_("the data are not as they were signed"),
            [SAOY_PROOF_UNDECIDED] = N_("signed, but it is not known by whom"),
        },
        [SAOY_PROVES_CHIP] = {
            [SAOY_PROOF_NOT_OFFERED] = N_("not offered by the chip"),
            [SAOY_PROOF_DONE] = N_("the chip is no copy"),
            [SAOY_PROOF_FAILED] = N_("the chip does not hold its key: a copy"),
            [SAOY_PROOF_UNDECIDED] = N_("nobody trusted vouches for the chip's key"),
        },
    };

    return texts[what][proof];
}
