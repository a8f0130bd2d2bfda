"""How long does it take to calibrate weights?

    python benchmarks/calibration.py [respondents ...]

Made respondents (2,400, 100,000 and 1,000,000 unless told otherwise) are calibrated to four margins (17 cells) and a
number, by every method. Prints CPU milliseconds, the best of some rounds, and the ratio to the first method; and for
2,400 the cost of calibrating 500 replicates. If R with its survey package is installed, the same in R. The last line is
JSON.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl
from cpu_time import best

from barometer.weighting import CalibrationPlan, KnownTotals, calibrate_margins, calibrate_replicates, replicate_weights

SIZES = (2_400, 100_000, 1_000_000)
CATEGORIES = {"sector": 3, "type": 6, "size": 3, "region": 5}
REPLICATES = 500
R = """
suppressMessages(library(survey)); d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = TRUE)
for (v in c("sector", "type", "size", "region")) d[[v]] <- factor(d[[v]])
x <- model.matrix(~sector + type + size + region + staff, d); pop <- colSums(x * d$wished)
des <- svydesign(ids = ~1, weights = ~w, data = d)
best <- function(f) min(sapply(1:5, function(i) { t <- system.time(f()); t[1] + t[2] })) * 1000
for (m in c("linear", "raking")) cat(m, best(function() calibrate(des, ~sector + type + size + region + staff, pop,
  calfun = m, epsilon = 1e-10, maxit = 100)), "\n")
"""


def main() -> None:
    sizes = [int(one) for one in sys.argv[1:]] or list(SIZES)
    figures: dict[str, float] = {}
    for size in sizes:
        data, margins = respondents(size)
        print(f"{size:,} respondents")
        first = None
        for name, plan in plans(margins).items():
            took = best(lambda p=plan, d=data: calibrate_margins(d["w"], d, p), 7 if size < 50_000 else 3)
            first = first or took
            figures[f"{name}_ms_{size}"] = round(took, 2)
            print(f"  {name:13} {took:9.1f} ms   {took / first:5.2f}")
        if size == min(sizes):
            figures |= of_replicates(data, margins, size)
        figures |= in_r(data, figures, size)
    print(json.dumps(figures))


def respondents(size: int) -> tuple[pl.DataFrame, tuple[KnownTotals, ...]]:
    """Respondents, and totals that weights a fifth smaller or larger than theirs would give."""
    rng = np.random.default_rng(20150424)
    columns = {name: rng.integers(0, count, size).astype(str) for name, count in CATEGORIES.items()}
    data = pl.DataFrame(columns).with_columns(staff=rng.lognormal(3, 1, size), w=rng.uniform(1, 12, size))
    data = data.with_columns(wished=data["w"] * rng.uniform(0.8, 1.2, size))
    margins = [
        KnownTotals.of_cells([name], {(code,): float(total) for code, total in sums.iter_rows()})
        for name in CATEGORIES
        for sums in [data.group_by(name).agg(pl.col("wished").sum()).sort(name)]
    ]
    whole = margins[0].totals
    scaled = [
        KnownTotals(one.columns, one.cells, tuple(np.array(one.totals) * (sum(whole) / sum(one.totals))))
        for one in margins
    ]
    return data, (*scaled, KnownTotals.of_number("staff", float((data["wished"] * data["staff"]).sum())))


def plans(margins: tuple[KnownTotals, ...]) -> dict[str, CalibrationPlan]:
    return {
        "linear": CalibrationPlan("linear", margins),
        "raking": CalibrationPlan("raking", margins),
        "logit": CalibrationPlan("logit", margins, (0.5, 2.0)),
        "bounded": CalibrationPlan("linear", margins, (0.5, 2.0)),
        "rake": CalibrationPlan("rake", margins[:-1]),
        "poststratify": CalibrationPlan("poststratify", margins[:1]),
    }


def of_replicates(data: pl.DataFrame, margins: tuple[KnownTotals, ...], size: int) -> dict[str, float]:
    drawn = replicate_weights(data, weights="w", strata="sector", count=REPLICATES, rng=np.random.default_rng(1))
    figures = {}
    for name in ("linear", "raking"):
        plan = plans(margins)[name]
        took = best(lambda p=plan: calibrate_replicates(drawn, data, p).weights, 2)
        figures[f"{name}_{REPLICATES}_replicates_ms_{size}"] = round(took, 1)
        print(f"  {REPLICATES} replicates, {name:7} {took:9.1f} ms")
    return figures


def in_r(data: pl.DataFrame, ours: dict[str, float], size: int) -> dict[str, float]:
    if shutil.which("Rscript") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        script, table = Path(folder) / "calibrate.R", Path(folder) / "data.csv"
        script.write_text(R)
        data.write_csv(table)
        done = subprocess.run(["Rscript", str(script), str(table)], capture_output=True, text=True, check=False)
    figures = {}
    for line in done.stdout.splitlines():
        method, took = line.split()
        figures[f"r_{method}_ms_{size}"] = float(took)
        print(f"  R / ours, {method}: {float(took) / ours[f'{method}_ms_{size}']:.1f}")
    return figures


if __name__ == "__main__":
    main()
