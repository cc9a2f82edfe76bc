#!/usr/bin/env python3
"""PACE's integrated mapping once more, from the text of ICAO 9303-11 (4.4.3.3.2, appendix B.2)
and with OpenSSL's ciphers: prints the table of tests/unit/identity/test-pace.c, after having
computed the worked example H.1."""
import hashlib
import re
import subprocess

CIPHERS = {"3DES": ("des-ede-cbc", 16, 8), "AES128": ("aes-128-cbc", 16, 16),
           "AES192": ("aes-192-cbc", 24, 16), "AES256": ("aes-256-cbc", 32, 16)}
C = {16: ("a668892a7c41e3ca739f40b057d85904", "a4e136ac725f738b01c1f60217c188ad"),
     32: ("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676",
          "54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517")}
CURVES = {8: "prime192v1", 9: "brainpoolP192r1", 11: "brainpoolP224r1", 12: "prime256v1",
          13: "brainpoolP256r1", 14: "brainpoolP320r1", 15: "secp384r1", 16: "brainpoolP384r1",
          17: "brainpoolP512r1", 18: "secp521r1"}
FIELDS = {0: "dh_1024_160", 1: "dh_2048_224", 2: "dh_2048_256"}
ROWS = [(0, "3DES"), (1, "AES192"), (2, "AES256"), (8, "3DES"), (9, "AES128"), (11, "AES192"),
        (12, "3DES"), (13, "AES256"), (14, "AES128"), (15, "AES192"), (16, "AES256"),
        (17, "AES192"), (18, "AES256")]


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, capture_output=True, check=True).stdout


def encrypt(cipher, key, data):
    name, size, block = CIPHERS[cipher]
    return openssl("enc", "-" + name, "-K", key[:size].hex(), "-iv", "00" * block, "-nopad", "-e", data=data)


def pseudo_random(s, t, p, cipher):
    c0, c1 = (bytes.fromhex(c) for c in C[len(s)])
    key, x = encrypt(cipher, t, s), b""
    while len(x) * 8 < p.bit_length() + 64:
        x += encrypt(cipher, key, c1)
        key = encrypt(cipher, key, c0)
    return int.from_bytes(x, "big") % p


def octets(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def on_curve(name, s, t, cipher):
    text = openssl("ecparam", "-name", name, "-param_enc", "explicit", "-text", "-noout").decode()
    p, a, b = (int(re.sub(r"[\s:]", "", re.search(f"^{what}:([0-9a-f:\\s]+?)^\\w", text, re.M)[1]), 16)
               for what in ("Prime", "A", r"B"))
    u = pseudo_random(s, t, p, cipher)
    alpha = -u * u % p
    x = -b * pow(a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
    h = (x**3 + a * x + b) % p
    root = pow(h, (p + 1) // 4, p)
    if root * root % p == h:
        y = root
    else:
        x, y = alpha * x % p, pow(u, 3, p) * h * pow(root, -1, p) % p
    assert (y * y - x**3 - a * x - b) % p == 0
    size = (p.bit_length() + 7) // 8
    return b"\4" + x.to_bytes(size, "big") + y.to_bytes(size, "big")


def in_field(name, s, t, cipher):
    pem = openssl("genpkey", "-genparam", "-algorithm", "DHX", "-pkeyopt", "group:" + name)
    p, _, q = (int(n, 16) for n in re.findall(r"INTEGER\s+:([0-9A-F]+)", openssl("asn1parse", data=pem).decode())[:3])
    return octets(pow(pseudo_random(s, t, p, cipher), (p - 1) // q, p))


def main():
    h1 = on_curve("brainpoolP256r1", bytes.fromhex("2923BE84E16CD6AE529049F1F1BBE9EB"),
                  bytes.fromhex("5DD4CBFC96F5453B130D890A1CDBAE32"), "AES128")
    assert h1.hex().startswith("048e82d31559ed0fde92a4d0498add3c23")
    for parameter, cipher in ROWS:
        size = CIPHERS[cipher][1]
        s, t = bytes(range(1, 17 if size == 16 else 33)), bytes(range(0x41, 0x41 + size))
        element = (in_field(FIELDS[parameter], s, t, cipher) if parameter < 3
                   else on_curve(CURVES[parameter], s, t, cipher))
        print(f'{{ {parameter}, SAOY_CIPHER_{cipher}, "{hashlib.sha256(element).hexdigest()}" }},')


main()
