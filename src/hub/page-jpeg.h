#pragma once
#include <glib.h>
#include <stdbool.h>

/* Is this a picture that every decoder shows alike? The officer decides on what a browser
 * draws; what is signed is drawn by whatever opens the PDF. So a page is one JFIF image of
 * 8 bits, grey or YCbCr, baseline or progressive, and nothing else: no colour profile, no
 * EXIF orientation, no other colour transform, no second picture, not a byte behind its
 * end. Looks at markers only and decodes nothing. MALFORMED else. */
bool saoy_page_jpeg_check(GBytes *jpeg, GError **error);
