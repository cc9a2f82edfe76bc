#!/usr/bin/env python3
"""Fails on text a person sees that cannot be translated or is not: literals in .ui files and in
src/ui without gettext, entries of vi.po that are missing, fuzzy or lose a format word."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

KEYWORDS = ("_", "N_", "g_dngettext:2,3", "ngettext:1,2")
SHOWN = {"label", "tooltip-text", "text"}
SAME = {"Sao Y", "English", "Tiếng Việt", "ten@example.vn"}  # the same in every language
SPOKEN = re.compile(r"[A-Za-zÀ-ỹ]{2,}")
faults = []


def literals_of_ui(path):
    for node in xml.etree.ElementTree.parse(path).iter("property"):
        if node.get("name") in SHOWN and node.get("translatable") != "yes" \
                and SPOKEN.search(node.text or "") and node.text not in SAME:
            faults.append(f"{path}: «{node.text}» is not translatable")


def literals_of_c(path):
    """Text handed straight to a function that shows it."""
    shows = r"(?:gtk_label_set_text|gtk_button_set_label|saoy_ui_label|gtk_button_new_with_label" \
            r"|saoy_ui_text|gtk_widget_set_tooltip_text|fill)\s*\("
    source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    for call in re.finditer(shows + r'((?:[^;"]|"(?:[^"\\]|\\.)*")*);', source, re.S):
        bare = re.sub(r'(?:N?_|g_dngettext)\s*\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)', "", call.group(1))
        for text in re.findall(r'"((?:[^"\\]|\\.)*)"', bare):
            if " " in re.sub(r"%\S+", "", text).strip() and SPOKEN.search(text) \
                    and text not in SAME and not re.fullmatch(r"[a-z -]+", text):  # css classes
                faults.append(f"{path}: «{text}» is not translatable")


def unescape(quoted):
    text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', quoted))
    return text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def entries(text):
    for block in re.split(r"\n\n+", text):
        lines = "\n".join(l for l in block.splitlines() if not l.startswith("#~"))
        found = re.search(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', lines, re.M)
        if found:
            said = re.findall(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)', lines, re.M)
            yield unescape(found.group(1)), [unescape(s) for s in said], "fuzzy" in block


def formats(text):
    return sorted(re.findall(r"%(?:\d+\$)?[-0-9.]*(?:l|ll|z)?[a-z]", text.replace("%%", "")))


def extracted(files):
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "saoy.pot"
        subprocess.run(["xgettext", "--from-code=UTF-8", "--no-wrap", "-o", str(pot)]
                       + [f"--keyword={k}" for k in KEYWORDS] + files,
                       check=True, stderr=subprocess.DEVNULL)
        return {msgid for msgid, _, _ in entries(pot.read_text()) if msgid}


def potfiles():
    """POTFILES.in names every file that has text, and no file that is gone."""
    listed = set(pathlib.Path("ui/po/POTFILES.in").read_text().split())
    marked = {str(p) for p in pathlib.Path("ui/pages").glob("*.ui")}
    for path in pathlib.Path("src").glob("*/*.[ch]*"):
        if path.parts[1] != "hub" and re.search(r"\b(?:N?_|g_dngettext)\(", path.read_text()):
            marked.add(str(path))
    faults.extend(f"ui/po/POTFILES.in lacks {p}" for p in sorted(marked - listed))
    faults.extend(f"ui/po/POTFILES.in names {p}, which has no text" for p in
                  sorted(listed - marked))
    return sorted(marked)


def catalogue(wanted):
    vi = {msgid: (said, fuzzy) for msgid, said, fuzzy in
          entries(pathlib.Path("ui/po/vi.po").read_text()) if msgid}
    for msgid in sorted(wanted - set(vi)):
        faults.append(f"vi.po lacks «{msgid}»")
    for msgid, (said, fuzzy) in vi.items():
        if fuzzy:
            faults.append(f"vi.po: fuzzy «{msgid}»")
        if not all(said) or not said:
            faults.append(f"vi.po: untranslated «{msgid}»")
        elif msgid in wanted and any(formats(s) != formats(msgid) for s in said):
            faults.append(f"vi.po: format words differ in «{msgid}»")


def main():
    if shutil.which("xgettext") is None:
        sys.exit("strings.py: gettext is not installed")
    for path in sorted(pathlib.Path("ui/pages").glob("*.ui")):
        literals_of_ui(path)
    for path in sorted(pathlib.Path("src/ui").glob("*.c")):
        literals_of_c(path)
    catalogue(extracted(potfiles()))
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
