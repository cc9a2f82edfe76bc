"""Altered paper reaches the flags of `saoy read` with its place; honest paper does not."""
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess

SPECIMEN = pathlib.Path(__file__).parents[1] / "specimen"


def score_tool():
    loader = importlib.machinery.SourceFileLoader("tamper_score", str(SPECIMEN / "tamper-score"))
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("tamper_score", loader))
    loader.exec_module(tool)
    return tool


def test_altered_places_are_flagged(tmp_path):
    score = score_tool()
    subprocess.run([SPECIMEN / "tamper.py", tmp_path, "--how", "mixed", "--how", "honest", "--seed", "2009"], check=True)
    places = json.loads((tmp_path / "mixed-2009.json").read_text(encoding="utf-8"))["tampers"]
    boxes = [score.box_of(flag) for flag in score.flags_of(tmp_path / "mixed-2009.jpg")]
    found = [place["kind"] for place in places if any(score.lies_on(box, place["box"]) for box in boxes)]
    assert len(places) == 3 and len(found) >= 2, (found, boxes)
    assert not score.flags_of(tmp_path / "honest-2009.jpg")
