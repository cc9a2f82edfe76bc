"""saoy card: a synthetic person is made, read, refused, and lies on pcscd's virtual reader."""

import json
import os
import pathlib
import socket
import struct
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
SAOY = BUILD / "saoy"
PORTRAIT = SOURCE / "tests/data/personas/an/portrait.jpg"
ENVIRONMENT = dict(os.environ, LANGUAGE="en", LC_ALL="C.UTF-8", SAOY_DATA_DIR=str(SOURCE))


def run(*args):
    return subprocess.run([str(SAOY), "card", *map(str, args)], env=ENVIRONMENT, text=True,
                          timeout=240, stdin=subprocess.DEVNULL, capture_output=True)


@pytest.fixture
def person(tmp_path):
    path = tmp_path / "an.json"
    done = run("persona", path, "--name", "Nguyễn Văn An", "--photo", PORTRAIT, "--number",
               "001090000001", "--birth", "1990-01-01", "--sex", "M", "--expiry", "2035-01-01")
    assert done.returncode == 0, done.stderr
    return path


def read(person, *args, can="000001"):
    done = run("read", "--reader", f"emu:{person}", "--can", can, "--json", *args)
    return done, json.loads(done.stdout) if done.stdout else None


def lever(person, word):
    pathlib.Path(f"{person}.fault").write_text(word + "\n")


def test_a_reading_has_all_the_fixed_names(person, tmp_path):
    photo = tmp_path / "photo.jpg"
    done, card = read(person, "--trust", tmp_path, "--photo", photo)
    assert done.returncode == 0 and done.stderr == ""
    assert card["identity"] == {
        "number": "001090000001", "name": "NGUYEN VAN AN", "name_vi": "Nguyễn Văn An",
        "birth_date": "1990-01-01", "sex": "M", "expiry_date": "2035-01-01"}
    assert card["access"] == "PACE-CAN" and card["downgrade"] is False
    assert card["passive"] == {"status": "done", "reason": ""}
    assert card["chip_auth"]["status"] == "done"
    assert card["active_auth"]["status"] == "done"
    assert card["verdict"] == "genuine"
    names = {"name", "apdus", "bytes", "least_bytes", "ms"}
    assert [set(step) for step in card["steps"]] == [names] * 13
    for name in ("apdus", "bytes", "least_bytes"):
        assert card["total"][name] == sum(step[name] for step in card["steps"])
    assert all(step["least_bytes"] <= step["bytes"] for step in card["steps"])
    assert photo.read_bytes() == PORTRAIT.read_bytes()


def test_the_mrz_and_all_twelve_digits_open_it_too(person):
    mrz = json.loads(person.read_text())["mrz"]
    done = run("read", "--reader", f"emu:{person}", "--mrz", mrz, "--json")
    assert json.loads(done.stdout)["access"] == "PACE-MRZ"
    assert read(person, can="001090000001")[0].returncode == 3


def test_a_portrait_in_jpeg_2000_is_as_good(tmp_path):
    photo, back = tmp_path / "an.jp2", tmp_path / "back.jp2"
    draw = "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2], quality_layers=[12])"
    subprocess.run(["/usr/bin/python3", "-c", draw, PORTRAIT, photo], check=True)
    done = run("persona", tmp_path / "an.json", "--name", "Nguyễn Văn An", "--photo", photo)
    assert done.returncode == 0, done.stderr
    done, card = read(tmp_path / "an.json", "--photo", back,
                      can=json.loads((tmp_path / "an.json").read_text())["number"])
    assert card["verdict"] == "unproven" and back.read_bytes() == photo.read_bytes()
    same = subprocess.run([str(SAOY), "face", "compare", back, PORTRAIT, "--json"], env=ENVIRONMENT,
                          text=True, timeout=240, capture_output=True)
    if "model" in same.stderr:
        pytest.skip("no weights here")
    assert json.loads(same.stdout)["decision"] == "accept", same.stderr


def test_a_picture_of_its_mrz_opens_it(person, tmp_path):
    zone = json.loads(person.read_text())["mrz"]
    lines = " ".join(zone[i:i + 30] for i in (0, 30, 60))
    subprocess.run([SOURCE / "tests/specimen/mrz", tmp_path, "--zone", lines, "--from", "7"], check=True)
    done = run("read", "--reader", f"emu:{person}", "--key-image", tmp_path / "007.png", "--json")
    assert done.returncode == 3, done.stderr
    assert json.loads(done.stdout)["access"] == "PACE-MRZ"


def test_a_picture_without_a_key(person):
    done = run("read", "--reader", f"emu:{person}", "--key-image", PORTRAIT)
    assert done.returncode == 4 and "portrait" in done.stderr and done.stdout == ""
    assert run("read", "--reader", f"emu:{person}", "--key-image", "/nowhere.png").returncode == 2


@pytest.mark.parametrize("word, code, passive, chip_auth, verdict", [
    ("foreign-csca", 3, "undecided", "undecided", "unproven"),
    ("wrong-sod", 1, "failed", "undecided", "forged"),
    ("changed-dg 2", 1, "failed", "undecided", "forged"),
    ("clone", 1, "done", "failed", "forged"),
    ("no-aa", 1, "done", "done", "forged"),
    ("wrong-aa", 1, "done", "done", "forged"),
])
def test_what_is_wrong_with_a_card_is_in_status_and_exit_code(person, tmp_path, word, code,
                                                              passive, chip_auth, verdict):
    lever(person, word)
    done, card = read(person, "--trust", tmp_path)
    assert done.returncode == code and done.stderr == ""
    assert card["passive"]["status"] == passive
    assert card["chip_auth"]["status"] == chip_auth
    assert card["verdict"] == verdict


def test_the_bench_of_a_card_reads_it_in_both_lengths(person):
    done = subprocess.run([str(SAOY), "bench", "card", str(person)], env=ENVIRONMENT, text=True,
                          timeout=240, capture_output=True)
    assert done.returncode == 0, done.stderr
    bench = json.loads(done.stdout)
    assert bench["verdict"] == "genuine" and bench["portrait_bytes"] == 20480
    for length in ("announced", "extended", "short"):
        figures = bench[length]
        assert bench["portrait_bytes"] < figures["least_bytes"] <= figures["bytes"]
        times = [figures["wire_ms"][speed] for speed in ("106", "212", "424", "848")]
        assert times == sorted(times, reverse=True) and times[3] > 0
        assert set(figures) == {"reader_cpu_ms", "chip_cpu_ms", "apdus", "bytes",
                                "least_bytes", "wire_ms"}
    apdus = [bench[length]["apdus"] for length in ("announced", "extended", "short")]
    assert apdus == sorted(apdus) and apdus[1] < 40 < apdus[2]


def test_bac_is_a_recorded_downgrade(person, tmp_path):
    lever(person, "no-pace")
    mrz = json.loads(person.read_text())["mrz"]
    args = ["read", "--reader", f"emu:{person}", "--mrz", mrz, "--json", "--trust", tmp_path]
    assert run(*args).returncode == 4
    done = run(*args, "--allow-bac")
    assert done.returncode == 0
    card = json.loads(done.stdout)
    assert card["access"] == "BAC" and card["downgrade"] is True


@pytest.mark.parametrize("word, args, code", [
    ("", ["--can", "999999"], 1),
    ("wrong-mac", ["--can", "000001"], 1),
    ("pulled-after 20", ["--can", "000001"], 4),
    ("absent", ["--can", "000001", "--wait", "0"], 4),
    ("no such lever", ["--can", "000001"], 4),
    ("", ["--can", "12345"], 2),
    ("", ["--mrz", "IDVNM"], 2),
    ("", [], 2),
    ("", ["--can", "000001", "--mrz", "x"], 2),
    ("", ["--can", "000001", "--trust", "/nowhere/at/all"], 2),
])
def test_a_failed_reading_is_one_line_and_nothing_else(person, tmp_path, word, args, code):
    lever(person, word)
    photo = tmp_path / "photo.jpg"
    done = run("read", "--reader", f"emu:{person}", "--photo", photo, "--json", *args)
    assert done.returncode == code
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert not photo.exists()


def test_no_persona_is_half_made(tmp_path):
    new = tmp_path / "new"
    new.mkdir()
    for args, code in ((["--name", "A1", "--photo", PORTRAIT], 2),
                       (["--name", "An", "--photo", PORTRAIT, "--number", "12"], 2),
                       (["--name", "An", "--photo", PORTRAIT, "--birth", "1990-02-30"], 2),
                       (["--name", "An", "--photo", __file__], 4),
                       (["--name", "An", "--photo", "/nowhere.jpg"], 2),
                       (["--name", "An"], 2)):
        done = run("persona", new / "p.json", *args)
        assert done.returncode == code and done.stderr.count("\n") == 1
        assert list(new.iterdir()) == []


class VirtualReader:
    """The reader's side of the vpcd protocol."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(120)
        self.address = "127.0.0.1:%d" % self.server.getsockname()[1]

    def accept(self):
        self.card = self.server.accept()[0]
        self.card.settimeout(120)

    def send(self, data):
        self.card.sendall(struct.pack(">H", len(data)) + data)

    def ask(self, data):
        self.send(data)
        size = struct.unpack(">H", self.card.recv(2, socket.MSG_WAITALL))[0]
        return self.card.recv(size, socket.MSG_WAITALL)

    def close(self):
        self.card.close()
        self.server.close()


def test_the_card_on_a_virtual_reader(person):
    reader = VirtualReader()
    card = subprocess.Popen([str(SAOY), "card", "emulate", str(person), "--vpcd",
                             reader.address, "--json"], env=ENVIRONMENT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        reader.accept()
        assert reader.ask(b"\x04")[:2] == b"\x3b\x80"  # ATR of an ISO 14443 card
        reader.send(b"\x01")  # power on, and no answer
        assert reader.ask(bytes.fromhex("00a4040c07a0000002471001")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00a4000c023f00")) == b"\x6d\x00"
        assert reader.ask(bytes.fromhex("00a4020c02011c")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00b0000036"))[:2] == b"\x31\x34"
        assert reader.ask(bytes.fromhex("00a4020c020101")) == b"\x69\x82"
        reader.send(b"\x02")  # reset: the application is selected no longer
        assert reader.ask(bytes.fromhex("00a4020c020101")) == b"\x6a\x82"
        reader.close()
        out, err = card.communicate(timeout=120)
    finally:
        card.kill()
        card.wait()
    assert json.loads(out) == {"ready": True}
    assert card.returncode == 4 and err.count("\n") == 1  # the reader has gone


def test_without_a_virtual_reader(person):
    with socket.socket() as free:  # nobody else's, and nobody listens there
        free.bind(("127.0.0.1", 0))
        done = run("emulate", person, "--vpcd", "127.0.0.1:%d" % free.getsockname()[1])
    assert done.returncode == 4 and done.stderr.count("\n") == 1
    assert run("emulate", person, "--vpcd", "127.0.0.1:99999").returncode == 2
    assert run("emulate", "/nowhere.json").returncode == 2


OTHER_KINDS = [
    ("TD1 --access ecdh-cam-aes256-17 --chip-auth ecdh-aes192-16 --active-auth rsa-sha512-1536",
     "PACE-CAN", "done"),
    ("TD2 --access dh-gm-3des-1,bac --chip-auth dh-aes128-1 --active-auth none --extended 2048",
     "PACE-CAN", "not_offered"),
    ("TD3 --access ecdh-im-aes128-12 --portrait-format 39794-5 --details --extended no",
     "PACE-CAN", "done"),
]


@pytest.mark.parametrize("options, access, active", OTHER_KINDS)
def test_a_persona_may_have_a_card_of_another_kind(tmp_path, options, access, active):
    path = tmp_path / "other.json"
    done = run("persona", path, "--name", "Lê Thị Bình", "--photo", PORTRAIT, "--number",
               "001090000001", "--document", *options.split())
    assert done.returncode == 0, done.stderr
    done, card = read(path, "--trust", tmp_path)
    assert done.returncode == 0, done.stderr
    assert card["access"] == access and card["verdict"] == "genuine"
    assert card["active_auth"]["status"] == active
    assert card["identity"]["number"] == "001090000001"


def test_a_kind_of_card_that_cannot_be(tmp_path):
    for options in (["--access", "pace"], ["--access", "ecdh-im-aes128-10"], ["--access", ""],
                    ["--chip-auth", "dh-aes128-13"], ["--active-auth", "rsa-sha256-1"],
                    ["--document", "TD4"], ["--portrait-format", "jpeg"], ["--extended", "12"],
                    ["--chip-auth", "dh-aes128-2", "--extended", "no"]):
        done = run("persona", tmp_path / "p.json", "--name", "An", "--photo", PORTRAIT, *options)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, options
    assert list(tmp_path.iterdir()) == []


def on_virtual_reader(card, *faults):
    """The emulated card, and the reader on which it lies."""
    reader = VirtualReader()
    words = [word for fault in faults for word in ("--fault", fault)]
    process = subprocess.Popen([str(SAOY), "card", "emulate", str(card), "--vpcd",
                                reader.address, *words], env=ENVIRONMENT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    reader.accept()
    return reader, process


def test_the_words_of_fault_hold_for_the_emulated_card(person):
    reader, process = on_virtual_reader(person, "selects-mf", "extended 1000", "slow 1")
    try:
        assert reader.ask(bytes.fromhex("00a4000c023f00")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00a4020c022f01")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00b0000000")) == bytes.fromhex(
            "47030001e0" "7f6608020203e8020203e8" "6282")  # which is all
        reader.close()
    finally:
        process.kill()
        process.wait()
    done = run("emulate", person, "--fault", "no such word", "--vpcd", "127.0.0.1:1")
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_a_card_pulled_once_comes_back_to_the_reader(person):
    reader, process = on_virtual_reader(person, "pulled-once 1")
    try:
        assert reader.ask(bytes.fromhex("00a4020c02011c")) == b"\x90\x00"
        reader.send(bytes.fromhex("00b0000000"))
        assert reader.card.recv(2) == b""  # taken away
        reader.card.close()
        reader.accept()  # and laid back
        assert reader.ask(bytes.fromhex("00a4020c02011c")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00b0000002")) == bytes.fromhex("31349000")
        reader.close()
    finally:
        process.kill()
        process.wait()


def test_the_kiosk_knows_the_same_words(person, tmp_path):
    def words(*command):
        told = subprocess.run([str(BUILD / command[0]), *command[1:], "--help"],
                              env=ENVIRONMENT, text=True, capture_output=True).stdout
        return [line.split() for line in told.splitlines()
                if line.startswith("  ") and command[0] not in line]

    chip = {line[0] for line in words("saoy", "card", "emulate") if line[0][0] != "-"}
    kiosk = {line[1] for line in words("saoy-kiosk", "emu") if line[0] == "card"}
    assert len(chip) > 40 and kiosk - {"absent"} == chip
    conf = tmp_path / "kiosk.conf"
    conf.write_text(f"[card]\ndriver = emu\naddress = {person}\n")
    for code, words in ((0, ["no-aa"]), (0, ["changed-dg", "2"]), (0, ["access", "bac,x"]),
                        (2, ["no-aa", "2"]), (2, ["changed-dg"]), (2, ["changed-dg", "two"]),
                        (2, ["nothing-like-that"])):
        done = subprocess.run([str(BUILD / "saoy-kiosk"), "emu", "--config", str(conf), "card",
                               *words], env=ENVIRONMENT, text=True, capture_output=True)
        assert done.returncode == code, (words, done.stderr)


def test_the_dump_of_a_specimen_is_undecided(tmp_path):
    shared = pathlib.Path(os.environ.get("SAOY_SHARED_DIR", SOURCE.parent / "shared"))
    dump = shared / "data/emrtd/loes2006"
    if not dump.is_dir():
        pytest.skip(f"no dump of a specimen in {dump}")
    card = tmp_path / "loes"
    card.symlink_to(dump)
    zone = (dump / "ef0101.bin").read_bytes()[5:].decode()
    done = run("read", "--reader", f"emu:{card}", "--mrz", zone, "--allow-bac", "--json",
               "--photo", tmp_path / "loes.jp2")
    assert done.returncode == 3 and done.stderr == ""
    read = json.loads(done.stdout)
    assert read["identity"]["name"] == "MEULENDIJK LOES ALBERTINE"
    assert read["access"] == "BAC" and read["downgrade"] is False
    assert read["passive"]["status"] == "undecided" and read["verdict"] == "unproven"
    assert read["active_auth"]["status"] == "undecided"  # nobody has its key
    assert (tmp_path / "loes.jp2").read_bytes()[4:6] == b"jP"
    refused = run("read", "--reader", f"emu:{card}", "--mrz", zone)
    assert refused.returncode == 1 and "BAC" in refused.stderr  # not by policy
    lever(card, "access ecdh-gm-aes128-13")  # as if it had been issued later
    done = run("read", "--reader", f"emu:{card}", "--mrz", zone, "--json")
    assert done.returncode == 3 and json.loads(done.stdout)["access"] == "PACE-MRZ"
    lever(card, "")
    reader, process = on_virtual_reader(card)
    try:
        assert reader.ask(bytes.fromhex("00a4020c02011c")) == b"\x6a\x82"  # no PACE in 2006
        assert reader.ask(bytes.fromhex("00a4040c07a0000002471001")) == b"\x90\x00"
        assert reader.ask(bytes.fromhex("00a4020c020101")) == b"\x69\x82"
        assert len(reader.ask(bytes.fromhex("0084000008"))) == 10
        reader.close()
    finally:
        process.kill()
        process.wait()
