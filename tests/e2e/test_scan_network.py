"""A network scanner is a SANE device like any other: sane-airscan before a small eSCL machine
(Mopria eSCL 2.6) with a glass and a two-sided feeder of A4 sheets."""
import glob
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

import pytest
from PIL import Image, ImageDraw

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))

pytestmark = pytest.mark.skipif(
    not glob.glob("/usr/lib/*/sane/libsane-airscan.so.1"), reason="no sane-airscan on this machine")

SPACES = ('xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" '
          'xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"')
INPUT = """<scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2480</scan:MaxWidth>
<scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>3508</scan:MaxHeight>
<scan:SettingProfiles><scan:SettingProfile>
<scan:ColorModes><scan:ColorMode>RGB24</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode></scan:ColorModes>
<scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat></scan:DocumentFormats>
<scan:SupportedResolutions><scan:DiscreteResolutions>
<scan:DiscreteResolution><scan:XResolution>75</scan:XResolution><scan:YResolution>75</scan:YResolution></scan:DiscreteResolution>
<scan:DiscreteResolution><scan:XResolution>300</scan:XResolution><scan:YResolution>300</scan:YResolution></scan:DiscreteResolution>
</scan:DiscreteResolutions></scan:SupportedResolutions>
</scan:SettingProfile></scan:SettingProfiles>"""
CAPABILITIES = f"""<?xml version="1.0"?><scan:ScannerCapabilities {SPACES}>
<pwg:Version>2.6</pwg:Version><pwg:MakeAndModel>Sao Y Test</pwg:MakeAndModel>
<scan:Platen><scan:PlatenInputCaps>{INPUT}</scan:PlatenInputCaps></scan:Platen>
<scan:Adf><scan:AdfSimplexInputCaps>{INPUT}</scan:AdfSimplexInputCaps>
<scan:AdfDuplexInputCaps>{INPUT}</scan:AdfDuplexInputCaps>
<scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf></scan:ScannerCapabilities>"""


def sheet(number, dpi):
    """An A4 side whose colour tells which it is."""
    size = (round(8.27 * dpi), round(11.69 * dpi))
    page = Image.new("RGB", size, [(250, 250, 246), (250, 220, 220), (220, 250, 220), (220, 220, 250)][number % 4])
    ImageDraw.Draw(page).rectangle((dpi, dpi, dpi + dpi // 2, dpi + dpi // 2), fill=(180, 20, 30))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90, dpi=(dpi, dpi))
    return out.getvalue()


class Machine(http.server.BaseHTTPRequestHandler):
    sides_in_feeder = 0
    cover_open = False

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def answer(self, code, body=b"", kind="text/xml", **headers):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        request = self.rfile.read(int(self.headers["Content-Length"])).decode()
        job = self.server
        job.dpi = 75 if "XResolution>75<" in request else 300
        job.feeder = "Feeder" in request
        job.duplex = "Duplex>true<" in request
        if job.feeder and job.sides == 0:
            return self.answer(409)
        job.left = (job.sides if job.duplex else job.sides // 2) if job.feeder else 1
        job.given = 0
        return self.answer(201, Location=f"http://127.0.0.1:{job.server_port}/eSCL/ScanJobs/1")

    def do_GET(self):
        job = self.server
        if self.path.endswith("ScannerCapabilities"):
            self.answer(200, CAPABILITIES.encode())
        elif self.path.endswith("ScannerStatus"):
            state = ("ScannerAdfJam" if job.jammed else
                     "ScannerAdfLoaded" if job.sides else "ScannerAdfEmpty")
            self.answer(200, f'<?xml version="1.0"?><scan:ScannerStatus {SPACES}><pwg:Version>2.6</pwg:Version>'
                             f"<pwg:State>Idle</pwg:State><scan:AdfState>{state}</scan:AdfState>"
                             "</scan:ScannerStatus>".encode())
        elif self.path.endswith("NextDocument") and job.left > 0:
            if job.given == job.jams_after:
                job.jammed = True
                self.answer(503)
                return
            job.left -= 1
            job.sides -= job.feeder
            job.given += 1
            self.answer(200, sheet(job.given, job.dpi), "image/jpeg")
        else:
            self.answer(404)

    def do_DELETE(self):
        self.answer(200)


def start_machine(config):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Machine)
    server.sides = server.left = server.given = 0
    server.jams_after, server.jammed = -1, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config.mkdir()
    (config / "dll.conf").write_text("airscan\n")
    (config / "airscan.conf").write_text(
        f'[devices]\n"Kiosk" = http://127.0.0.1:{server.server_port}/eSCL, eSCL\n[options]\ndiscovery = disable\n')
    server.config = config
    return server


@pytest.fixture(name="machine")
def fixture_machine(tmp_path):
    server = start_machine(tmp_path / "sane")
    yield server
    server.shutdown()
    server.server_close()


def saoy(machine, *words):
    env = os.environ | {"SANE_CONFIG_DIR": str(machine.config), "LANGUAGE": "en"}
    return subprocess.run([BUILD / "saoy", *map(str, words)], capture_output=True, text=True, timeout=240,
                          check=False, env=env)


def device_of(machine):
    done = saoy(machine, "scan", "--list", "--json")
    assert done.returncode == 0, done.stderr
    scanners = json.loads(done.stdout)["scanners"]
    assert [s["device"] for s in scanners if "Kiosk" in s["device"]], scanners
    return scanners[0]["device"]


def test_the_glass_gives_one_a4_page_in_colour(machine, tmp_path):
    done = saoy(machine, "scan", "--device", device_of(machine), "--out", tmp_path / "pages", "--json")
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)["pages"]
    assert len(pages) == 1
    assert abs(pages[0]["width"] - 2480) <= 2 and abs(pages[0]["height"] - 3508) <= 2 and pages[0]["dpi"] == 300
    with Image.open(pages[0]["file"]) as page:
        red = page.convert("RGB").getpixel((375, 375))
    assert red[0] > 150 and red[1] < 60


def test_the_feeder_gives_both_sides_in_order(machine, tmp_path):
    machine.sides = 4
    done = saoy(machine, "scan", "--device", device_of(machine), "--out", tmp_path / "pages", "--dpi", "75",
                "--duplex", "--json")
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)["pages"]
    assert len(pages) == 4
    paper = []
    for page in pages:
        assert abs(page["width"] - 620) <= 2 and abs(page["height"] - 877) <= 2
        with Image.open(page["file"]) as picture:
            paper.append(picture.convert("RGB").getpixel((300, 600)))
    assert paper[0][0] - paper[0][1] > 20 and paper[1][1] - paper[1][0] > 20  # red front, green back
    assert paper[2][2] - paper[2][0] > 20 and max(paper[3]) - min(paper[3]) < 12


def test_what_was_taped_is_played_again(machine, tmp_path):
    """A tape of this conversation gives the same page where there is no scanner at all."""
    tape = tmp_path / "page.tape.gz"
    words = ["--dpi", "75"]
    done = saoy(machine, "scan", "--device", f"{device_of(machine)}?record={tape}", "--out", tmp_path / "first", *words)
    assert done.returncode == 0, done.stderr
    done = saoy(machine, "scan", "--device", f"tape:{tape}", "--out", tmp_path / "again", *words)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "first/001.png").read_bytes() == (tmp_path / "again/001.png").read_bytes()


def test_nothing_there_is_offline(machine, tmp_path):
    device = device_of(machine)
    machine.shutdown()
    machine.server_close()
    done = saoy(machine, "scan", "--device", device, "--out", tmp_path / "pages")
    assert done.returncode == 4
    assert len(done.stderr.splitlines()) == 1 and "Kiosk" in done.stderr


def make_tapes(folder):
    """The tapes of contract-scanner: test_scan_network.py FOLDER"""
    for name, sides, jams_after, words in (
            ("glass", 0, -1, ["--dpi", "300"]), ("duplex", 3, -1, ["--dpi", "75", "--duplex"]),
            ("jam", 4, 1, ["--dpi", "75"])):
        with tempfile.TemporaryDirectory() as out:
            machine = start_machine(pathlib.Path(out) / "sane")
            machine.sides, machine.jams_after = sides, jams_after
            saoy(machine, "scan", "--device", f"{device_of(machine)}?record={folder}/scan-{name}.tape.gz",
                 "--out", out, *words)
            machine.shutdown()
            machine.server_close()


if __name__ == "__main__":
    make_tapes(pathlib.Path(sys.argv[1]))
