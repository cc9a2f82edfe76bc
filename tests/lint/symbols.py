#!/usr/bin/env python3
"""Fails when two modules define a function of one name: the linker would take either, in silence."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

build = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", "build"))
libraries = sorted(build.glob("libsaoy_*.a"))
if not libraries or shutil.which("nm") is None:
    print(f"skipped: no libraries in {build}")
    sys.exit(0)

owners = {}
for library in libraries:
    listed = subprocess.run(["nm", "-g", "--defined-only", str(library)], capture_output=True, text=True)
    for name in re.findall(r"^[0-9a-f]+ [TDRB] (saoy_\w+)$", listed.stdout, re.M):
        owners.setdefault(name, set()).add(library.stem.removeprefix("libsaoy_"))

doubles = {name: modules for name, modules in owners.items() if len(modules) > 1}
for name, modules in sorted(doubles.items()):
    print(f"{name}: defined in {' and '.join(sorted(modules))}")
sys.exit(bool(doubles))
