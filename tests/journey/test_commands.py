"""The commands end to end on the starter edition, as a survey team would use them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from barometer.cli import main
from barometer.pipeline import STEPS, VERBS

pytestmark = pytest.mark.journey


def run(workspace: Path, *arguments: str) -> int:
    """The exit code of a command in a workspace."""
    try:
        main(["--workspace", str(workspace), *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace where the starter edition has been run once."""
    workspace = tmp_path_factory.mktemp("workspace")
    assert run(workspace, "new", "--alone", str(workspace / "starter")) == 0
    assert run(workspace, "run", str(workspace / "starter")) == 0
    return workspace


@pytest.fixture
def workspace(done: Path, tmp_path: Path) -> Path:
    shutil.copytree(done, tmp_path / "w", symlinks=True)
    return tmp_path / "w"


def change(workspace: Path, name: str, old: str, new: str) -> None:
    path = workspace / "starter" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_new_edition_is_without_problems(done: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(done, "check", str(done / "starter")) == 0
    assert "no errors" in capsys.readouterr().out


def test_every_step_leaves_outputs_with_a_sidecar(done: Path) -> None:
    for step in STEPS:
        record = json.loads((done / "build" / "starter" / step / "provenance.json").read_text())
        assert record["outputs"]
        assert record["code"]["digest"]
        assert record["inputs"]


def test_a_second_run_does_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(workspace)
    assert run(workspace, "run", str(workspace / "starter")) == 0
    assert capsys.readouterr().out.count("up to date") == len(STEPS)
    assert contents(workspace) == before


def test_the_same_inputs_give_the_same_bytes(workspace: Path) -> None:
    before = contents(workspace)
    assert run(workspace, "run", "--all", str(workspace / "starter")) == 0
    assert contents(workspace) == before


def test_each_verb_works_alone_on_what_the_earlier_ones_left(workspace: Path) -> None:
    before = contents(workspace)
    for verb in ("sample", "simulate", "weigh", "estimate", "protect", "publish"):
        assert run(workspace, verb, str(workspace / "starter")) == 0
    assert contents(workspace) == before


def test_a_verb_without_its_forerunners_names_them(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(workspace / "build")
    assert run(workspace, "estimate", str(workspace / "starter")) == 20
    assert "barometer sample" in capsys.readouterr().err


def test_importing_where_answers_are_simulated_is_refused(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "import-answers", str(workspace / "starter")) == 20
    assert "B009" in capsys.readouterr().err


def test_status_names_the_file_that_changed(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(workspace, "weighting.toml", "bounds = [0.3, 3.0]", "bounds = [0.3, 3.1]")
    assert run(workspace, "status", str(workspace / "starter"), "--json") == 0
    reasons = json.loads(capsys.readouterr().out)["steps"]
    assert reasons["weigh"] == ["edition/weighting.toml changed"]
    assert reasons["sample"] == []


def test_a_comment_in_a_file_changes_no_step(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(workspace, "design.toml", "\n", "\n# a thought\n")
    assert run(workspace, "run", str(workspace / "starter")) == 0
    done_again = [line.split()[1] for line in capsys.readouterr().out.splitlines() if "up to date" not in line]
    assert set(done_again) <= {"check", "publish"}


def test_diff_lists_what_a_new_rule_changes(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "diff", str(workspace / "starter")) == 0
    assert "No cell differs" in capsys.readouterr().out
    change(workspace, "edition.toml", "seed = ", "seed = 1")
    for verb in ("sample", "simulate", "weigh", "estimate", "protect"):
        assert run(workspace, verb, str(workspace / "starter")) == 0
    capsys.readouterr()
    assert run(workspace, "diff", str(workspace / "starter")) == 0
    assert "cells differ from release 1" in capsys.readouterr().out


def test_a_changed_text_makes_the_next_release_and_keeps_the_first(workspace: Path) -> None:
    before = contents(workspace / "releases" / "starter" / "1")
    (workspace / "starter" / "texts" / "en" / "about.md").write_text("# About\n\nA new text.\n", encoding="utf-8")
    assert run(workspace, "run", str(workspace / "starter")) == 0
    assert (workspace / "releases" / "starter" / "2" / "manifest.json").is_file()
    assert contents(workspace / "releases" / "starter" / "1") == before


def test_diff_without_a_release_says_so(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(workspace / "releases")
    assert run(workspace, "diff", str(workspace / "starter")) == 20
    assert "B010" in capsys.readouterr().err


def test_compare_ends_with_1_when_a_figure_differs(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = pl.read_parquet(workspace / "build" / "starter" / "protect" / "release" / "cells.parquet")
    row = cells.filter(pl.col("breakdown") == "total", pl.col("status") == "").row(0, named=True)
    head = "survey,indicator,breakdown,cell,value_pct,n,approximate,label,source,remark\n"
    place = f"{row['survey']},{row['indicator']},total,all"
    figures = workspace / "printed.csv"
    figures.write_text(f"{head}{place},{100 * row['value']:.1f},{row['n']},,label,source,\n", encoding="utf-8")
    assert run(workspace, "compare", str(workspace / "starter"), str(figures)) == 0
    assert "1 equal as printed" in capsys.readouterr().out
    figures.write_text(f"{head}{place},{100 * row['value'] + 1:.1f},,,label,source,\n", encoding="utf-8")
    assert run(workspace, "compare", str(workspace / "starter"), str(figures)) == 1
    assert "DIFFERENT" in capsys.readouterr().out


def test_explain_knows_every_code_and_suggests(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(tmp_path, "explain", "b005") == 0
    assert "exit code 20" in capsys.readouterr().out
    assert run(tmp_path, "explain", "B0055") == 20
    assert "B011" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "family"),
    [
        ("edition.toml", b"id = 'x\n", 10),
        ("frame.csv", "unit_id,sector\n1,skole\xe6\n".encode("latin-1"), 13),
        ("questionnaires", b"", 10),
    ],
)
def test_bad_input_changes_nothing(workspace: Path, name: str, content: bytes, family: int) -> None:
    before = contents(workspace / "build"), contents(workspace / "releases")
    target = workspace / "starter" / name
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.write_bytes(content)
    assert run(workspace, "run", str(workspace / "starter")) == family
    assert (contents(workspace / "build"), contents(workspace / "releases")) == before


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from barometer.cli import main
real = Path.rename
def rename(self, target):
    if Path(target).name == sys.argv[3] or self.name == sys.argv[3]:
        if sys.argv[4] == "after":
            real(self, target)
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.rename = rename
main(["--workspace", sys.argv[1], sys.argv[5], sys.argv[2]])
"""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_kill_9_in_a_step_leaves_the_earlier_state_usable(workspace: Path, step: str, moment: str) -> None:
    expected = contents(workspace)
    child = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, str(workspace), str(workspace / "starter"), step, moment, VERBS[step]],
        capture_output=True,
        check=False,
        env=os.environ,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert run(workspace, "run", str(workspace / "starter")) == 0
    assert contents(workspace) == expected


def test_the_plan_tells_margins_before_anything_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "starter"
    assert run(tmp_path, "new", str(folder)) == 0
    capsys.readouterr()
    assert run(tmp_path, "plan", str(folder), "--response", "0.4", "--by", "size") == 0
    text = capsys.readouterr().out
    assert "40 % answer" in text
    assert "size 50+" in text
    assert run(tmp_path, "plan", str(folder), "--json", "--shares", "0.3") == 0
    (table,) = json.loads(capsys.readouterr().out).values()
    assert table[0]["cell"] == "all"
    assert 0 < table[0]["margin_30"] < 1
    drawn = tmp_path / "plan.svg"
    assert run(tmp_path, "plan", str(folder), "--response", "0.4,0.6", "--by", "size", "--plot", str(drawn)) == 0
    assert capsys.readouterr().out.count("size 50+") == 2
    picture = ElementTree.fromstring(drawn.read_text())
    assert "size 50+" in "".join(picture.itertext())
    assert len(picture.findall("{*}circle")) == len(picture.findall("{*}rect")) - 1 == 5  # four domains and the legend
    assert run(tmp_path, "plan", str(folder), "--response", "40") == 14
    assert run(tmp_path, "plan", str(folder), "--by", "sice") == 14
    assert run(tmp_path, "plan", str(folder), "--shares", "half") == 2
    assert not (tmp_path / "build").exists()


def test_an_edition_that_asks_for_votes_runs_up_to_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "new", str(tmp_path / "voted")) == 0
    assert run(tmp_path, "run", str(tmp_path / "voted")) == 0
    assert "waits: Run 'barometer propose voted'" in capsys.readouterr().out
    assert run(tmp_path, "publish", str(tmp_path / "voted")) == 20
    assert "B020" in capsys.readouterr().err
    assert not (tmp_path / "releases").exists()


def test_a_release_is_attacked_from_outside(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(workspace / "starter")
    assert run(workspace, "audit", folder, "--release", "1", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    cells = pl.read_csv(workspace / "releases" / "starter" / "1" / "data" / "cells.csv")
    assert told["passed"]
    assert len(told["hidden"]) == cells.filter(pl.col("status") == "c").height
    page = (workspace / "build" / "starter" / "audit" / "index.html").read_text()
    assert "What release 1 gives away" in page
    assert run(workspace, "audit", folder, "--release", "7") == 20
    assert "B010" in capsys.readouterr().err


def test_a_ledger_that_was_edited_stops_publishing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workspace / "releases" / "starter" / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"n": ', b'"n": 1', 1))
    assert run(workspace, "publish", str(workspace / "starter")) == 20
    assert "B012" in capsys.readouterr().err
    assert (workspace / "build" / "starter" / "published-1" / "counts.parquet").is_file()


def test_a_protected_release_that_was_edited_is_not_published(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workspace / "build" / "starter" / "protect" / "release" / "cells.csv"
    path.write_bytes(path.read_bytes().replace(b",c,", b",,", 1) + b"\n")
    assert run(workspace, "publish", str(workspace / "starter")) == 20
    assert "B006" in capsys.readouterr().err
