#!/usr/bin/python3
"""Writes src/vision/mrz-glyphs.h: the characters of a machine readable zone in OCR-B (ISO 1073-2),
drawn from Debian's fonts-ocr-b (Norbert Schwarz and Matthew Skala: free for any use)."""
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/opentype/ocr-b/OCRB.otf"
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
W, H, FINE = 16, 24, 16  # a cell: as wide as the pitch, capitals in the middle of the height
FIRST, LAST = 3, 20  # rows with ink

size = round(1000 * W * FINE / ImageFont.truetype(FONT, 1000).getlength("0"))
font = ImageFont.truetype(FONT, size)
top, digit = (font.getmask(letter).size[1] for letter in "H0")
print(f"""#pragma once

/* OCR-B, drawn by tests/specimen/mrz-glyphs.py from fonts-ocr-b, whose makers allow any
 * use. A cell is one pitch wide; four hex digits are a row of it, and rows above the first
 * and below the last are empty. */
#define GLYPH_W {W}
#define GLYPH_H {H}
#define GLYPH_FIRST {FIRST}
#define GLYPH_LAST {LAST}
#define GLYPH_DIGIT {digit / FINE:.1f} /* rows of a digit, taller than a capital */

struct Glyph {{
    char character;
    const char *rows;
}};

/* clang-format off */
static const Glyph glyphs[] = {{""")
for letter in LETTERS:
    big = Image.new("L", (W * FINE, H * FINE), 0)
    ImageDraw.Draw(big).text((0, (H * FINE + top) / 2), letter, fill=255, font=font, anchor="ls")
    cell = big.resize((W, H), Image.BOX)
    rows = [sum((cell.getpixel((x, y)) >= 128) << (W - 1 - x) for x in range(W))
            for y in range(H)]
    assert not any(rows[:FIRST]) and not any(rows[LAST + 1:])
    print(f"    {{ '{letter}', \"" + "".join(f"{row:04x}" for row in rows[FIRST:LAST + 1]) + "\" },")
print("};\n/* clang-format on */")
