"""saoy verify --crl and --ocsp: files from anywhere, each refused with one line that names it."""
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))

PDF = b"""%PDF-1.7
1 0 obj
<< /Type /Catalog /Pages 2 0 R >>
endobj
2 0 obj
<< /Type /Pages /Count 0 /Kids [ ] >>
endobj
xref
0 3
0000000000 65535 f 
0000000009 00000 n 
0000000058 00000 n 
trailer
<< /Size 3 /Root 1 0 R >>
startxref
111
%%EOF
"""

BAD = {
    "empty": b"",
    "text": b"no list at all\n",
    "page": b"<html>404</html>",
    "cut": b"\x30\x82\x7f\xff\x30",
    "refusal": b"\x30\x03\x0a\x01\x06",
    "zeros": bytes(1 << 20),
    "pem": b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
}


def verify(folder, *words):
    (folder / "a.pdf").write_bytes(PDF)
    env = dict(os.environ, LANGUAGE="en", LC_ALL="C.UTF-8", SAOY_DATA_DIR=str(SOURCE))
    return subprocess.run([str(BUILD / "saoy"), "verify", "a.pdf", *words], cwd=folder, env=env,
                          capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("option", ["--crl", "--ocsp"])
@pytest.mark.parametrize("name", sorted(BAD))
def test_what_is_no_proof_is_said(tmp_path, option, name):
    (tmp_path / name).write_bytes(BAD[name])
    done = verify(tmp_path, option, name)
    assert done.returncode == 4, done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and name in done.stderr


@pytest.mark.parametrize("option", ["--crl", "--ocsp"])
def test_what_is_absent_is_said(tmp_path, option):
    done = verify(tmp_path, option, "nowhere")
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1 and "nowhere" in done.stderr


def test_a_huge_file_is_not_read(tmp_path):
    with open(tmp_path / "huge", "wb") as out:
        out.truncate(4 << 30)
    done = verify(tmp_path, "--crl", "huge")
    assert done.returncode == 4, done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_too_many_are_refused(tmp_path):
    done = verify(tmp_path, *(["--crl", "nowhere"] * 200))
    assert done.returncode == 2, done.stderr
