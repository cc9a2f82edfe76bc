#!/usr/bin/env python3
"""clang-format over all C of ours; `format.py --fix` rewrites."""
import pathlib
import subprocess
import sys

files = sorted(
    str(p) for top in ("src", "include", "tests") for p in pathlib.Path(top).rglob("*.[ch]*")
    if p.suffix in (".c", ".h", ".cc")
)
style = "--style=file:tests/lint/clang-format"
fix = ["-i"] if "--fix" in sys.argv else ["--dry-run", "--Werror"]
bad = 0
for start in range(0, len(files), 40):
    run = subprocess.run(["clang-format", style, *fix, *files[start : start + 40]],
                         capture_output=True, text=True)
    for line in run.stderr.splitlines():
        if "error:" in line:
            print(line)
    bad |= run.returncode
sys.exit(bad != 0)
