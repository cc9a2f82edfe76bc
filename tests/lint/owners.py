#!/usr/bin/env python3
"""A foreign library belongs to one folder, and include/ names no foreign type.

owners: which files under src/ may include which foreign headers. Everything included with <…>
that is neither C, POSIX nor GLib must be listed here."""
import pathlib
import re
import sys

OWNERS = {
    r"sane/": ["src/device/scanner-sane"],
    r"cups/": ["src/device/printer-cups"],
    r"(PCSC/)?(winscard|wintypes|pcsclite)\.h": ["src/device/card-pcsc.c"],
    r"linux/videodev2\.h": ["src/device/"],
    r"opencv2/": ["src/vision/"],
    r"(jpeglib|jerror|png|tiffio|tiff|zbar|qrencode)\.h": ["src/vision/"],
    r"openjpeg": ["src/vision/"],
    r"jansson\.h": ["src/core/json.c"],
    r"gnutls/": ["src/hub/server"],
    r"microhttpd\.h": ["src/hub/server"],
    r"tesseract/|leptonica/": ["src/reading/"],
    r"hpdf": ["src/document/compose"],
    r"zlib\.h": ["src/document/"],
    r"curl/": ["src/net/"],
    r"p11-kit/pkcs11\.h": ["src/signature/pkcs11"],
    r"sqlite3\.h": ["src/store/", "src/hub/records-sqlite.c"],
    r"gtk/|gdk/|graphene|gsk/": ["src/ui/", "include/ui/", "src/kiosk/"],
    r"openssl/": ["include/core/ossl.h", "src/core/ossl.c", "src/identity/", "src/signature/",
                  "src/store/vault.c", "src/hub/hsm.c", "src/hub/tlog.c", "src/hub/pki",
                  "src/hub/login", "src/maint/", "src/core/ids.c", "src/core/words.c"],
}
GLIB = re.compile(r"^(glib|gio|gmodule|glib-object|gobject|glib-unix)[/.]")
SYSTEM = re.compile(
    r"^(arpa|asm|netinet|net|sys|linux/(input|magic)|"
    r"(assert|complex|ctype|errno|fcntl|fenv|float|ftw|inttypes|langinfo|libintl|limits|locale|malloc|"
    r"math|poll|pthread|pwd|sched|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|"
    r"stdio|stdlib|string|strings|termios|time|unistd|wchar|dirent|dlfcn|spawn|getopt|netdb|"
    # C++ in vision
    r"algorithm|array|cmath|cstdint|cstdlib|cstring|exception|functional|iterator|limits|map|memory|new|numeric|"
    r"optional|string|tuple|utility|vector|stdexcept)(\.h)?$)")

bad = 0


def complain(path, text):
    global bad
    bad += 1
    print(f"{path}: {text}")


for path in sorted(p for top in ("src", "include") for p in pathlib.Path(top).rglob("*.[ch]*")):
    name = str(path)
    for header in re.findall(r"^\s*#\s*include\s*<([^>]+)>", path.read_text(), re.M):
        if GLIB.match(header) or SYSTEM.match(header):
            continue
        for pattern, owners in OWNERS.items():
            if re.match(pattern, header):
                if not any(name.startswith(owner) for owner in owners):
                    complain(name, f"<{header}> belongs to {', '.join(owners)}")
                break
        else:
            complain(name, f"<{header}> has no owner in tests/lint/owners.py")
sys.exit(bad > 0)
