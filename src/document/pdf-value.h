#pragma once
#include "document/pdf.h"

/* Values as text, for whoever writes a file (pdf-build.c) or a revision (pdf-update.c). */
void saoy_pdf_put_name(GString *out, SaoyView name);

/* All but arrays, dictionaries, streams and references, which are their writer's affair:
 * those come out as null. Strings as hex digits, reals with at most so many decimals,
 * without needless zeros and without the locale's comma. */
void saoy_pdf_put_plain(GString *out, const SaoyPdfValue *value, unsigned decimals);
