#!/usr/bin/env python3
"""docs/flow.md and docs/log-events.md are made from the code; this fails when they are stale.
`generated.py --fix` writes them anew."""
import os
import pathlib
import re
import subprocess
import sys

build = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", "build"))


def flow():
    program = build / "saoy-kiosk"
    if not program.exists():
        print(f"skipped docs/flow.md: {program} is not built")
        return None
    return subprocess.run([program, "flow"], capture_output=True, text=True, check=True).stdout


def log_events():
    lines = ["# Log events", "",
             "Made from `include/core/events.def`. A record holds an id, numbers, and words of our",
             "own code; there is no field for anything of a person.", "",
             "| id | level | what it says |", "|---|---|---|"]
    text = pathlib.Path("include/core/events.def").read_text()
    for name, level, sentence in re.findall(r'SAOY_EVENT\((\w+), (\w+),\s*"([^"]*)"\)', text):
        lines.append(f"| `{name}` | {level.lower()} | {sentence} |")
    return "\n".join(lines) + "\n"


bad = 0
for name, make in (("docs/flow.md", flow), ("docs/log-events.md", log_events)):
    path, text = pathlib.Path(name), make()
    if text is None:
        continue
    if "--fix" in sys.argv:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        print(f"{name} is stale: tests/lint/generated.py --fix")
        bad += 1
sys.exit(bad > 0)
