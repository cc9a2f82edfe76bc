#!/usr/bin/env python3
"""The validator's findings: docs/verify.md holds the table of the code, word for word, and
every code is asked for by a test of src/signature's. `findings.py --fix` writes the table."""
import pathlib
import re
import sys

SOURCE = pathlib.Path("src/signature/verify-report.c")
DOC = pathlib.Path("docs/verify.md")
HEAD = "| code | effect | sub-indication | said to people |\n|---|---|---|---|\n"
EFFECTS = {"FAIL": "failed", "DOUBT": "undecided", "NOTE": "said"}

rows = re.findall(r'\[SAOY_FOUND_(\w+)\] =\s*\{ "(\w+)", (\w+), (NULL|"\w+"),\s*N_\("([^"]*)"\) \}',
                  SOURCE.read_text())
declared = re.findall(r"^\s+SAOY_FOUND_(\w+),?$",
                      pathlib.Path("src/signature/verify-parts.h").read_text(), re.M)
bad = 0

for name, code, *_ in rows:
    if name != code:
        print(f"{SOURCE}: {name} is called {code}")
        bad += 1
if [name for name, *_ in rows] + ["N"] != declared:
    print(f"{SOURCE}: not every finding has its row, or not in the order of verify-parts.h")
    bad += 1

table = HEAD + "".join(
    f"| `{code}` | {EFFECTS[effect]} | {'–' if sub == 'NULL' else sub.strip(chr(34))} | {text} |\n"
    for _, code, effect, sub, text in rows)
text = DOC.read_text()
old = re.search(re.escape(HEAD) + r"(?:\|.*\n)*", text)
if old is None:
    sys.exit(f"{DOC}: the table of findings is gone")
if "--fix" in sys.argv:
    DOC.write_text(text[:old.start()] + table + text[old.end():])
elif old.group() != table:
    print(f"{DOC}: the table is stale: tests/lint/findings.py --fix")
    bad += 1

tests = "".join(p.read_text() for module in ("issue", "signature")
                for p in sorted(pathlib.Path("tests/unit", module).glob("*.[ch]")))
for _, code, *_ in rows:
    if f'"{code}"' not in tests:
        print(f"{code}: no test provokes it")
        bad += 1
sys.exit(bad > 0)
