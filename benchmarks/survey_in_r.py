"""The workloads of table_programme.py in R, where its survey package is installed; times and equality of results."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from made_workplaces import CATEGORIES, OUTCOMES, MadeSurvey

from barometer.tables import Replicates

SCRIPT = Path(__file__).with_name("table_programme.R")
NEAR = 1e-9
KEYS = ["breakdown", "cell", "variable"]
FIGURES = ["estimate", "se"]


def compare(
    made: MadeSurvey, drawn: Replicates, ours: Mapping[str, Callable[[], object]], times: Mapping[str, float]
) -> dict[str, float]:
    """R's CPU milliseconds, by name; prints ratios and the largest relative differences."""
    if not installed():
        print("R with its survey package is not installed: nothing compared")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        write(made, drawn, Path(folder))
        done = subprocess.run(["Rscript", str(SCRIPT), folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        estimates = pl.read_csv(
            Path(folder) / "estimates.csv",
            infer_schema_length=None,
            null_values=["NA"],
            schema_overrides={"breakdown": pl.String, "cell": pl.String},
        )
    spent = {name: float(time) for name, time in (line.split() for line in done.stdout.splitlines())}
    spent["replicates"] += spent.pop("drawing")
    size = made.data.height
    for name, time in spent.items():
        own = times.get(f"{name}_ms_{size}", times.get(f"{name}_ms"))
        print(f"  R / ours, {name:12} {time / own:8.0f}" if own else f"  R, {name}: {time:.0f} ms")
    for name, difference in differences(estimates, ours).items():
        print(f"  largest relative difference, {name:12} {difference:.1e}")
        assert difference < NEAR, name
    return {f"r_{name}_ms_{size}": round(time, 1) for name, time in spent.items()}


def installed() -> bool:
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(survey)"], capture_output=True, check=False).returncode == 0


def write(made: MadeSurvey, drawn: Replicates, folder: Path) -> None:
    made.data.write_csv(folder / "data.csv", float_precision=17)
    totals = {"(Intercept)": sum(made.margins[0].totals)}
    for margin, name in zip(made.margins, CATEGORIES, strict=True):
        totals |= {f"{name}{cell[0]}": total for cell, total in zip(margin.cells, margin.totals, strict=True)}
    pl.DataFrame({"name": list(totals), "total": list(totals.values())}).write_csv(folder / "totals.csv")
    columns = [f"r{place}" for place in range(drawn.count)]
    pl.DataFrame(drawn.weights, schema=columns).write_csv(folder / "replicates.csv", float_precision=17)


def differences(theirs: pl.DataFrame, ours: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Largest relative differences of estimates and standard errors; of the tests' F; of the models' coefficients."""
    found = {}
    for name in sorted({"programme", "calibrated", "replicates"} & set(theirs["workload"])):
        table = ours[name]()
        assert isinstance(table, pl.DataFrame)
        wanted = theirs.filter(pl.col("workload") == name).with_columns(pl.col("breakdown", "cell").fill_null(""))
        both = table.join(wanted, on=KEYS, suffix="_r", how="left").filter(pl.col("reason") == "")
        figures = FIGURES if name == "replicates" else [*FIGURES, "ci_low", "ci_high"]
        pairs = [(both[one].to_numpy(), both[f"{one}_r"].to_numpy()) for one in figures]
        found[name] = max(relative(own, other) for own, other in pairs)
    tests = [one.statistic for one in ours["rao_scott"]()]  # type: ignore[attr-defined]
    found["rao_scott"] = relative(np.array(tests), in_r(theirs, "rao_scott"))
    models = [one.coefficients for one in ours["logits"]()]  # type: ignore[attr-defined]
    assert len(models) == len(OUTCOMES)
    found["logits"] = relative(np.concatenate(models), in_r(theirs, "logits"))
    return found


def in_r(theirs: pl.DataFrame, workload: str) -> np.ndarray:
    return theirs.filter(pl.col("workload") == workload)["estimate"].to_numpy()


def relative(own: np.ndarray, other: np.ndarray) -> float:
    return float(np.max(np.abs(own - other) / np.abs(other)))
