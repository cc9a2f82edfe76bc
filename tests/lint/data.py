#!/usr/bin/env python3
"""What may not be in the tree: private keys, other people's data, words of a workplace, and
files that are neither text nor in the folders for data."""
import pathlib
import re
import subprocess
import sys

tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True)
names = [n for n in tracked.stdout.split("\0") if n] if tracked.returncode == 0 else [
    str(p) for p in pathlib.Path(".").rglob("*") if p.is_file() and not str(p).startswith((".git/", "build/"))
]
TOP = {"CMakeLists.txt", "src", "include", "ui", "models", "tests", "packaging", "docs", "README.md",
       "LICENSE"}
DATA = ("tests/data/", "tests/fuzz/corpus/", "models/", "docs/", "ui/icons/", "ui/sounds/")
bad = 0


def complain(name, text):
    global bad
    bad += 1
    print(f"{name}: {text}")


for name in names:
    path = pathlib.Path(name)
    if not path.is_file():
        continue
    top = path.parts[0]
    if top not in TOP and not top.startswith("."):
        complain(name, "the top level is fixed")
    raw = path.read_bytes()
    if len(raw) > 4 << 20:
        complain(name, "larger than 4 MiB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        if not name.startswith(DATA):
            complain(name, "binary outside the folders for data")
        continue
    if re.search(r"-----BEGIN (\w+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}", text):
        complain(name, "a private key")
    if re.search(r"/work/(main|shared|\.library)", text) and name != "tests/lint/data.py":
        complain(name, "a path of somebody's machine")
sys.exit(bad > 0)
