"""Files made to crash, stall or fill memory, through `saoy verify`: one clear finding or one line
on stderr, within 300 MB of memory of its own; the limit on CPU is only there to end a hang."""

import json
import os
import pathlib
import resource
import subprocess

import pytest

import hostile_pdf

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
MEMORY = 300 << 20
HANGS_AFTER_S = 20

FAILED, USAGE, UNREADABLE = 1, 2, 4

# exit code; code of a finding, or a word of the one line
HOSTILE = {
    "nothing": (UNREADABLE, "this is no PDF file"),
    "length_of_2_gb": (FAILED, "OBJECT_UNREADABLE"),
    "length_that_overflows": (FAILED, "OBJECT_UNREADABLE"),
    "startxref_at_2_gb": (FAILED, "STRUCTURE_DAMAGED"),
    "tables_in_a_circle": (FAILED, "STRUCTURE_DAMAGED"),
    "hybrid_tables_in_a_circle": (FAILED, "STRUCTURE_DAMAGED"),
    "page_tree_in_a_circle": (FAILED, "STRUCTURE_DAMAGED"),
    "page_tree_shared": (FAILED, "STRUCTURE_DAMAGED"),
    "page_tree_of_a_million": (FAILED, "STRUCTURE_DAMAGED"),
    "revisions": (FAILED, "NO_SIGNATURE"),
    "revisions_signed": (FAILED, "CHANGE_FORBIDDEN"),
    "revisions_too_many": (UNREADABLE, "too many revisions"),
    "arrays_deep": (FAILED, "OBJECT_UNREADABLE"),
    "arrays_very_deep": (FAILED, "OBJECT_UNREADABLE"),
    "catalog_nested_deep": (UNREADABLE, "nested too deep"),
    "dictionary_of_a_million_keys": (FAILED, "OBJECT_UNREADABLE"),
    "dictionary_of_many_keys_backwards": (FAILED, "CMS_MALFORMED"),
    "unpacks_to_4_gb": (UNREADABLE, "unpacks to too much"),
    "unpack_one_after_another": (FAILED, "OBJECT_UNREADABLE"),
    "object_stream_in_itself": (UNREADABLE, "take differently"),
    "object_streams_in_one_another": (UNREADABLE, "take differently"),
    "xref_stream_wide": (FAILED, "STRUCTURE_DAMAGED"),
    "xref_stream_long": (FAILED, "STRUCTURE_DAMAGED"),
    "xref_stream_far": (UNREADABLE, "not a number"),
    "table_of_a_billion": (FAILED, "STRUCTURE_DAMAGED"),
    "signature_fields": (FAILED, "TOO_COMPLEX"),
    "fields_sharing_kids": (UNREADABLE, "too many form fields"),
    "name_tree_in_a_circle": (FAILED, "NO_SIGNATURE"),
    "byte_range_overflow": (FAILED, "OBJECT_UNREADABLE"),
    "generation_huge": (FAILED, "STRUCTURE_DAMAGED"),
    "objects_in_one_another": (FAILED, "OBJECT_UNREADABLE"),
    "one_object_behind_many_blanks": (FAILED, "OBJECT_UNREADABLE"),
    "damaged_and_never_closed": (UNREADABLE, "no startxref"),
    "damaged_with_a_filter_elsewhere": (UNREADABLE, "no startxref"),
}


def limit():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (HANGS_AFTER_S, HANGS_AFTER_S))


def verify(path):
    env = dict(os.environ, LANGUAGE="en", LC_ALL="C.UTF-8", SAOY_DATA_DIR=str(SOURCE))
    env.pop("G_MESSAGES_DEBUG", None)
    done = subprocess.run([BUILD / "saoy", "verify", "--json", path], env=env, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=limit,
                          timeout=300, check=False)
    return done.returncode, done.stdout, done.stderr


def check_line(result, code, words):
    exit_code, out, err = result
    assert (exit_code, out) == (code, ""), err
    assert err.startswith("saoy: ") and err.count("\n") == 1, err
    assert words in err


@pytest.mark.parametrize("name", HOSTILE)
def test_one_clear_answer(tmp_path, name):
    path = tmp_path / "hostile.pdf"
    path.write_bytes(getattr(hostile_pdf, name)())
    code, words = HOSTILE[name]
    result = verify(path)
    if code == UNREADABLE:
        check_line(result, code, words)
        return
    exit_code, out, err = result
    assert (exit_code, err) == (code, "")
    assert words in {finding["code"] for finding in json.loads(out)["findings"]}


def test_four_gigabytes_of_nothing(tmp_path):
    path = tmp_path / "sparse.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    os.truncate(path, 4 << 30)
    check_line(verify(path), UNREADABLE, "larger than")


def test_half_a_gigabyte_of_nothing(tmp_path):
    """As much as is let in, and nothing in it."""
    path = tmp_path / "sparse.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    os.truncate(path, 512 << 20)
    check_line(verify(path), UNREADABLE, "no startxref")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    check_line(verify(tmp_path / "pipe.pdf"), UNREADABLE, "not a regular file")
    check_line(verify(tmp_path), UNREADABLE, "not a regular file")
    check_line(verify(tmp_path / "absent.pdf"), USAGE, "no such file")
