#!/usr/bin/env python3
"""House rules that a machine can see: banned functions and words, the prefix of public names,
comment style, #pragma once. Reports (does not enforce) the longest files and functions."""
import pathlib
import re
import sys

BANNED = {
    r"\bgoto\b": "goto",
    r"\b(strcpy|strcat|sprintf|vsprintf|atoi|atol|strtok|gets|system|popen)\s*\(": "banned function",
    r"\bg_spawn_\w+\s*\(": "g_spawn_*",
    r"\bg_error\s*\(": "g_error ends the program",
    r"\b(malloc|calloc|realloc)\s*\(": "use g_new, g_malloc",
    r"(?<![\w.>])(rand|srand)\s*\(": "use saoy_random",
    r"\bpthread_\w+\s*\(": "threads live in core/worker.c",
    r"\b(TODO|FIXME|XXX)\b": "an issue number, not a wish",
}
# where the rule is lifted, and why
LIFTED = {
    ("src/core/json.c", r"\bfree\s*\("): "jansson's own allocation",
    ("src/core/clock.c", r"\btime\s*\("): "the owner of time",
}
FREE = r"(?<![\w.>_])free\s*\("
TIME = r"(?<![\w.>_])(time|gettimeofday|g_get_real_time|clock_gettime)\s*\("
COMMENT = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'", re.S)

bad = 0


def complain(path, line, text):
    global bad
    bad += 1
    print(f"{path}:{line}: {text}")


def code_only(text):
    """Comments and literals blanked, line numbers kept."""
    return COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def lines_of(code, pattern):
    for match in re.finditer(pattern, code):
        yield code.count("\n", 0, match.start()) + 1, match.group().strip()


files = sorted(p for top in ("src", "include") for p in pathlib.Path(top).rglob("*")
               if p.suffix in (".c", ".h", ".cc"))
for path in files:
    name, text = str(path), path.read_text()
    code = code_only(text)
    for pattern, why in BANNED.items():
        for line, found in lines_of(code, pattern):
            complain(name, line, f"{found}: {why}")
    if not name.startswith(("src/core/json.c", "src/vision/", "src/reading/", "src/device/")):
        for line, found in lines_of(code, FREE):
            complain(name, line, f"{found}: use g_free (a library's own memory: in its owner's file)")
    if name != "src/core/clock.c":
        for line, found in lines_of(code, TIME):
            complain(name, line, f"{found}: time comes from core/clock.h")
    if not name.startswith("src/core/") and not name.startswith("include/core/"):
        for line, _ in lines_of(code, r"(?m)^\s*#\s*if(n?def)?\b"):
            complain(name, line, "#if outside core")
    for line, _ in lines_of(code, r"(?m)(?<!:)//"):
        complain(name, line, "// comment: use /* */")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > 110:
            complain(name, number, f"{len(line)} columns")
        if line.endswith((" ", "\t")):
            complain(name, number, "space at the line's end")
    if re.match(r"src/identity/(sm|bac|pace|crypto|cam|chipauth|activeauth|chip-access)\.c", name):
        for line, found in lines_of(code, r"(?<!CRYPTO_)memcmp\([^;]*?\)"):
            if "oid" not in found:  # a name of a protocol is no secret
                complain(name, line, "MACs, tokens and nonces are compared by CRYPTO_memcmp")
    if path.suffix == ".h" and "#pragma once" not in text:
        complain(name, 1, "no #pragma once")
    if name.startswith("include/"):
        body = code[: len(code)]
        for line, found in lines_of(body, r"(?m)^[A-Za-z_][\w \*]*?\**\b([a-z]\w+)\((?=[^;{]*\)[^;{]*;)"):
            function = re.search(r"(\w+)\($", found).group(1)
            if not function.startswith(("saoy_", "G_", "g_")):
                complain(name, line, f"{function}: public names begin with saoy_")

if "--report" in sys.argv:
    sizes = sorted(((len(p.read_text().splitlines()), str(p)) for p in files), reverse=True)
    for size, name in sizes[:10]:
        print(f"{size:6} {name}")
sys.exit(bad > 0)
