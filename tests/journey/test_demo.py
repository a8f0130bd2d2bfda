"""`barometer demo`: an edition is fielded, answered through the pages, collected and released, with nobody watching."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.journey
ROOT = Path(__file__).parent.parent.parent
NAME = "norway-state-2021-fielded"


@pytest.fixture(scope="module")
def workspace() -> Iterator[Path]:
    """A folder the embedded server's own user may enter."""
    with tempfile.TemporaryDirectory(prefix="barometer-demo-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def told(workspace: Path) -> str:
    """What the demo without its examples prints, from a workspace where it has run once."""
    command = [sys.executable, "-c", "from barometer.cli import main; main()", "--workspace", str(workspace), "demo"]
    ended = subprocess.run(
        [*command, "--no-serve", "--no-examples"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_fielded_edition_is_released_from_collected_answers(workspace: Path, told: str) -> None:
    release = workspace / "build" / "demo" / "releases" / NAME / "1"
    assert (release / "site" / "index.html").is_file()
    assert json.loads((release / "manifest.json").read_text())["edition"] == NAME


def test_released_figures_are_those_of_the_simulated_answers(told: str) -> None:
    compared = re.findall(
        r"compare +([\d,]+) figures released \((\w+)\) from ([\d,]+) answers collected, (\d+) diff", told
    )
    assert [survey for _, survey, _, _ in compared] == ["bodies", "units"]
    assert all(int(figures.replace(",", "")) > 50 and differing == "0" for figures, _, _, differing in compared)


def test_leaders_answer_through_the_pages_and_are_reminded(told: str) -> None:
    assert re.search(r"mail +[\d,]+ invitations left", told) and re.search(r"mail +[\d,]+ reminders left", told)
    assert len(re.findall(r"[1-9]\d* submitted", told)) == 2


def test_nothing_goes_on_running(workspace: Path, told: str) -> None:
    here = [one for one in psutil.process_iter() if str(workspace) in " ".join(_command(one))]
    assert here == []


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
