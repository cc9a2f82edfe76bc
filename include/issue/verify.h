#pragma once
#include "signature/verify.h"

/* saoy_verify with the seal drawn on the pages compared, module by module, with the one
 * that the file holds. options->matrix is not looked at. */
bool saoy_copy_verify(GBytes *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out,
                      GError **error);
