"""Prints a sheet and scans it again: what a machine in a ward office would hand over, with the
truth about what was done to it. Everything follows from the seed."""
import io
import math
import random

from PIL import Image, ImageChops, ImageFilter

DPI = 300
MM = DPI / 25.4


def noise(size, rng, spread):
    """Zero-mean noise as a picture around 128: the mean of three even ones is nearly normal."""
    a, b, c = (Image.frombytes("L", size, rng.randbytes(size[0] * size[1])) for _ in range(3))
    even = ImageChops.blend(ImageChops.blend(a, b, 0.5), c, 1 / 3)
    # the mean of three even distributions of 0..255 has deviation 42.5
    return even.point([round(128 + (v - 127.5) * spread / 42.5) for v in range(256)])


def add_noise(picture, rng, spread):
    grain = noise(picture.size, rng, spread)
    planes = [ImageChops.add(p, ImageChops.offset(grain, 7 * i, 3 * i), 1, -128)
              for i, p in enumerate(picture.split())]
    return Image.merge("RGB", planes)


def shade(picture, rng, depth):
    """The lid did not close: one side lies in a soft shadow."""
    width, height = picture.size
    ramp = Image.new("L", (256, 1))
    ramp.putdata([round(255 - 255 * depth * math.exp(-x / 40)) for x in range(256)])
    side = rng.choice([0, 90, 180, 270])
    mask = ramp.resize((width, height)) if side in (0, 180) else ramp.resize((height, width))
    mask = mask.rotate(side, expand=True).resize((width, height))
    return ImageChops.multiply(picture, Image.merge("RGB", [mask] * 3))


def lay_on_glass(picture, angle, border, rng):
    """Turned clockwise by angle on a white lid, or on a dark one that shows around it."""
    rim = round(border * MM)
    ground = (38, 37, 40) if border else (252, 252, 250)
    glass = Image.new("RGB", (picture.width + 2 * rim, picture.height + 2 * rim), ground)
    sheet = picture.convert("RGBA").rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    at = ((glass.width - sheet.width) // 2 + rng.randint(-4, 4), (glass.height - sheet.height) // 2 + rng.randint(-4, 4))
    glass.paste(sheet, at, sheet)
    return glass


def print_and_scan(picture, seed):
    """Returns the scan as JPEG bytes and what is true of it."""
    rng = random.Random(f"scan/{seed}")
    angle = round(rng.choice([-1, 1]) * rng.uniform(0.3, 4.0), 3)
    border = rng.choice([0, 0, 8])
    spread = round(rng.uniform(2.0, 5.0), 2)
    depth = round(rng.uniform(0.0, 0.18), 3)
    quality = rng.randint(85, 93)
    soft = round(rng.uniform(0.5, 0.9), 2)

    paper = Image.new("RGB", picture.size, (248, 247, 243))
    scan = ImageChops.multiply(picture.convert("RGB"), paper)
    scan = lay_on_glass(scan, angle, border, rng).filter(ImageFilter.GaussianBlur(soft))
    scan = add_noise(shade(scan, rng, depth), rng, spread)
    out = io.BytesIO()
    scan.save(out, "JPEG", quality=quality, subsampling=0, dpi=(DPI, DPI))
    return out.getvalue(), {"angle": angle, "border_mm": border, "noise": spread, "shadow": depth,
                            "jpeg_quality": quality, "blur": soft}
