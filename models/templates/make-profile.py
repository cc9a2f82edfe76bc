#!/usr/bin/env python3
"""Makes srgb.icc, the output intent of our copies: IEC 61966-2-1 as an ICC v2.1 matrix profile.

Primaries adapted to D50 (Bradford) and the 1,024-point tone curve are computed here; nothing is
copied from another profile. Deterministic: run it again and the same bytes come out."""
import struct
import sys


def s15(value):
    return struct.pack(">i", round(value * 65536))


def xyz(*values):
    return b"XYZ \0\0\0\0" + b"".join(s15(v) for v in values)


def curve(points=1024):
    out = b"curv\0\0\0\0" + struct.pack(">I", points)
    for i in range(points):
        c = i / (points - 1)
        linear = c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        out += struct.pack(">H", round(linear * 65535))
    return out


def multiply(a, b):
    return [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]


def inverse(m):
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    return [[(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
            [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
            [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det]]


def colorants():
    primaries = [(0.64, 0.33), (0.30, 0.60), (0.15, 0.06)]
    white = (0.3127 / 0.3290, 1.0, (1 - 0.3127 - 0.3290) / 0.3290)
    d50 = (0.9642, 1.0, 0.8249)
    columns = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    m = [[columns[j][i] for j in range(3)] for i in range(3)]
    scale = [sum(row[k] * white[k] for k in range(3)) for row in inverse(m)]
    m = [[m[i][j] * scale[j] for j in range(3)] for i in range(3)]
    bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    cone = [sum(bradford[i][k] * white[k] for k in range(3)) for i in range(3)]
    cone50 = [sum(bradford[i][k] * d50[k] for k in range(3)) for i in range(3)]
    gain = [[cone50[i] / cone[i] if i == j else 0 for j in range(3)] for i in range(3)]
    adapt = multiply(inverse(bradford), multiply(gain, bradford))
    m = multiply(adapt, m)
    return [[m[i][j] for i in range(3)] for j in range(3)]


def description(text):
    data = text.encode() + b"\0"
    out = b"desc\0\0\0\0" + struct.pack(">I", len(data)) + data + b"\0" * 8 + b"\0" * 3
    return out + b"\0" * 67


def main(path):
    red, green, blue = colorants()
    tone = curve()
    tags = [(b"desc", description("sRGB (IEC 61966-2-1), made by Sao Y")),
            (b"cprt", b"text\0\0\0\0No copyright; public domain (CC0 1.0)\0"),
            (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
            (b"rXYZ", xyz(*red)), (b"gXYZ", xyz(*green)), (b"bXYZ", xyz(*blue)),
            (b"rTRC", tone), (b"gTRC", tone), (b"bTRC", tone)]
    table, body, seen = b"", b"", {}
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        if data not in seen:
            seen[data] = start + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += name + struct.pack(">II", seen[data], len(data))
    size = start + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"saoy", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2025, 11, 10, 0, 0, 0) + b"acsp" + b"\0" * 4 + b"\0" * 4
    header += b"\0" * 4 + b"\0" * 4 + b"\0" * 8 + struct.pack(">I", 1)
    header += s15(0.9642) + s15(1.0) + s15(0.8249) + b"saoy"
    header += b"\0" * (128 - len(header))
    with open(path, "wb") as out:
        out.write(header + struct.pack(">I", len(tags)) + table + body)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "srgb.icc")
