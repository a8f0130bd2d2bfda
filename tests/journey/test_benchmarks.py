"""Benchmarks run to their last line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.journey
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_the_table_programme_runs_on_a_small_survey() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "table_programme.py"), "--quick"], capture_output=True, text=True, check=True
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    assert {"programme_ms_1200", "calibrated_ms_1200", "replicates_ms_1200", "logits_ms"} <= figures.keys()


def test_open_data_is_measured_in_every_format() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "open_data.py")], capture_output=True, text=True, check=True
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["cells"] == 10_000
    assert {"json_stat", "px", "csv", "parquet", "xlsx", "sdmx_csv"} <= figures["cpu_seconds"].keys()


def test_corrected_editions_give_no_late_answer_away() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "disclosure_editions.py"), "--indicators", "2", "--trials", "1"],
        capture_output=True,
        text=True,
        check=True,
    )
    for figures in json.loads(done.stdout.splitlines()[-1])["late"].values():
        assert figures["derived_alone"] > 0
        assert (figures["derived"], figures["derived_by_insider"], figures["lost"]) == (0, 0, 0)
        assert figures["held"] <= figures["about_late"]


def test_publishing_is_measured_whole_and_after_each_kind_of_change(tmp_path: Path) -> None:
    from barometer import pipeline
    from barometer.edition import starter
    from barometer.files import create_folder

    create_folder(tmp_path / "editions" / "example", starter(approvals=0))
    desk = pipeline.open_desk(tmp_path / "editions" / "example", tmp_path)
    for step in pipeline.STEPS[:-1]:
        pipeline.ACTIONS[step](desk)
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "publish.py"), "example"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    assert {"whole", "nothing", "text", "seen"} <= figures.keys()


def _last_line(name: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / name), *arguments], capture_output=True, text=True, check=True
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def test_the_disclosure_benchmark_leaves_nothing_open() -> None:
    figures = _last_line("disclosure.py", "--quick")
    assert [figures[name] for name in ("exact", "inside", "certain", "unmet")] == [0, 0, 0, 0]
    assert figures["sets"]["W1"]["lost"][0] < 7.7  # what the safe prototype loses


def test_what_is_hidden_is_close_to_the_optimum_on_small_systems() -> None:
    assert _last_line("disclosure_optimum.py", "24")["mean"] <= 0.05
