"""A whole installation, killed again and again while people answer: nothing acknowledged is lost or doubled."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.journey
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "fieldwork_load.py"


def test_processes_killed_under_load_lose_nothing_and_double_nothing() -> None:
    options = ["--seconds", "6", "--rate", "15", "--kill"]
    done = subprocess.run([sys.executable, str(BENCHMARK), *options], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["kills"].keys() == {"web worker", "mail worker", "database"}, done.stderr
    assert found["acknowledged"] > 20
    assert (found["lost"], found["duplicates"], found["mails_twice"]) == (0, 0, 0)
    assert found["given_up"] == 0, done.stderr
