"""Strokes of a pen and added figures reach the flags of `saoy read` with their place."""
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


def is_shown(score, folder, how, seed):
    """Flags of the altered page lie on the one place that was altered."""
    subprocess.run([SPECIMEN / "tamper.py", folder, "--how", how, "--seed", str(seed)], check=True)
    truth = json.loads((folder / f"{how}-{seed}.json").read_text(encoding="utf-8"))
    flags = score.flags_of(folder / f"{how}-{seed}.jpg")
    return any(flag["rule"] == "other-ink" and score.lies_on(score.box_of(flag), place["box"])
               for flag in flags for place in truth["tampers"])


def test_changed_and_added_figures_are_flagged(tmp_path):
    score = score_tool()
    assert is_shown(score, tmp_path, "pen", 5005)
    assert is_shown(score, tmp_path, "added", 5024)
    subprocess.run([SPECIMEN / "tamper.py", tmp_path, "--how", "honest", "--seed", "5005"], check=True)
    assert not score.flags_of(tmp_path / "honest-5005.jpg")
