"""Benchmarks run to their last line."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_the_table_programme_runs_on_a_small_survey() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "table_programme.py"), "--quick"], capture_output=True, text=True, check=True
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    assert {"programme_ms_1200", "calibrated_ms_1200", "replicates_ms_1200", "logits_ms"} <= figures.keys()
