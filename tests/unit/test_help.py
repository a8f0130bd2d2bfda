"""Help is instant: what a command works with is loaded when it works, not when it is explained."""

import subprocess
import sys

from barometer.cli import command

HELP = """
import sys
from barometer.cli import command

def explain(group, path):
    for name, one in group.commands.items():
        try:
            one.main([*path[1:], "--help"], prog_name=" ".join([*path, name]))
        except SystemExit as ended:
            assert ended.code == 0, name
        if hasattr(one, "commands"):
            explain(one, [*path, name])

try:
    command.main(["--help"])
except SystemExit as ended:
    assert ended.code == 0
explain(command, ["barometer"])
print("LOADED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
HEAVY = {"polars", "numpy", "scipy", "django", "openpyxl", "lxml", "typst", "babel", "highspy", "pyreadstat"}


def test_no_help_loads_what_only_the_work_needs() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    told = next(line for line in done.stderr.splitlines() if line.startswith("LOADED")).split()
    assert HEAVY & set(told) == set()
    assert all(f"barometer {name}" in done.stdout for name in command.commands)


def test_publishing_does_not_load_what_only_estimating_needs() -> None:
    rooms = ("sampling", "weighting", "estimation", "simulation", "web")
    code = "import sys, barometer.pipeline, barometer.publication; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {f"barometer.{room}" for room in rooms} & loaded == set()
    assert {"scipy.stats", "scipy.optimize", "django"} & loaded == set()
