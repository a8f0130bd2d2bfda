"""What a whole programme of tables costs: 60 yes/no items by 27 cells, 1,620 shares with errors and intervals.

    python benchmarks/table_programme.py [--n 2400 100000 1000000] [--runs 15] [--no-r] [--quick]

A made survey (made_workplaces.py) goes through the calls a user makes: the programme; calibration by raking to four
margins and the programme with the variance of calibrated estimates; 500 Rao-Wu-Yue replicates drawn and the programme
with them; 180 t-tests between sectors; 60 Rao-Scott tests; 10 logistic models of 14 terms. Prints CPU milliseconds
(least and median), peak memory beside the data, the part of what is asked (1 or less is right) and the ratio to the
bare matrix products the work cannot do without. Where R has its survey package, R does the same with the smallest
sample, and results are compared. The last line is JSON, with the least times.
"""

import argparse
import json
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import process_time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import polars as pl
from made_workplaces import BREAKDOWNS, ITEMS, OUTCOMES, TERMS, MadeSurvey, made_workplaces
from survey_in_r import compare

from barometer.estimation import SurveyDesign, rao_scott, regression, share_programme, survey_design, t_tests
from barometer.tables import Replicates
from barometer.weighting import calibrate_margins, replicate_weights

REPLICATES = 500
QUICK = 1_200
ASKED = {
    "programme": {2_400: 8.0, 100_000: 60.0, 1_000_000: 400.0},
    "calibrated": {2_400: 60.0, 100_000: 190.0, 1_000_000: 1_500.0},
    "replicates": {2_400: 120.0, 100_000: 1_300.0, 1_000_000: 10_000.0},
    "contrasts": {2_400: 10.0},
    "rao_scott": {2_400: 20.0},
    "logits": {2_400: 50.0},
}
STATUS = Path("/proc/self/status")


def main() -> None:
    given = arguments()
    sizes = [QUICK] if given.quick else given.n
    figures: dict[str, float] = {}
    for size in sizes:
        made = made_workplaces(size)
        print(f"{made.data.height:,} respondents                 least  median   asked  of it   bound  of it     MB")
        runs = 1 if given.quick else max(2, min(given.runs, 1_500_000 // size))
        bounds = bare_products(made)
        for name, work in workloads(made, everything=size <= 100_000).items():
            cost = measured(work, runs)
            figures |= told(name, size, cost, bounds.get(name), first=size == sizes[0])
    if not (given.quick or given.no_r):
        made = made_workplaces(sizes[0])
        figures |= compare(made, replicates(made), workloads(made, everything=True), figures)
    print(json.dumps(figures))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, nargs="+", default=[2_400, 100_000], help="respondents, 540 or more")
    parser.add_argument("--runs", type=int, default=15, help="runs of each workload; fewer of the large ones")
    parser.add_argument("--no-r", action="store_true", help="leave R out")
    parser.add_argument("--quick", action="store_true", help="a small survey, once")
    return parser.parse_args()


def workloads(made: MadeSurvey, *, everything: bool) -> dict[str, Callable[[], object]]:
    """Each on a design that has not been used yet, so that nothing is remembered of the last time."""
    data = made.data
    sample = design(data)

    def calibrated() -> pl.DataFrame:
        weights = calibrate_margins(data["w"], data, made.raking)
        return programme(survey_design(data, strata="stratum", fpc="N_h", calibration=weights))

    work: dict[str, Callable[[], object]] = {
        "programme": lambda: programme(replace(sample)),
        "calibrated": calibrated,
        "replicates": lambda: programme(survey_design(data, replicates=replicates(made))),
    }
    if everything:
        work |= {
            "contrasts": lambda: t_tests(replace(sample), ITEMS, "sector"),
            "rao_scott": lambda: rao_scott(replace(sample), ITEMS, "sector"),
            "logits": lambda: [regression(sample, one, TERMS, "logit") for one in OUTCOMES],
        }
    return work


def design(data: pl.DataFrame) -> SurveyDesign:
    return survey_design(data, weights="w", strata="stratum", fpc="N_h")


def programme(sample: SurveyDesign) -> pl.DataFrame:
    return share_programme(sample, ITEMS, BREAKDOWNS)


def replicates(made: MadeSurvey) -> Replicates:
    rng = np.random.default_rng(1)
    return replicate_weights(made.data, weights="w", strata="stratum", fpc="N_h", count=REPLICATES, rng=rng)


@dataclass(frozen=True)
class Cost:
    """CPU milliseconds of several runs, and megabytes beside what was there before."""

    least: float
    median: float
    megabytes: float


def measured(work: Callable[[], object], runs: int) -> Cost:
    before = memory("VmRSS")
    reset_peak()
    work()
    megabytes = max(memory("VmHWM") - before, 0.0)
    times = [seconds(work) for _ in range(runs)]
    return Cost(1000 * min(times), 1000 * median(times), megabytes)


def seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def reset_peak() -> None:
    """On Linux; elsewhere the peak is that of the whole process so far."""
    if STATUS.exists():
        STATUS.with_name("clear_refs").write_text("5")


def memory(field: str) -> float:
    """Megabytes in use (VmRSS), or most so far (VmHWM)."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def told(name: str, size: int, cost: Cost, bound: float | None, *, first: bool) -> dict[str, float]:
    asked = ASKED[name].get(size)
    part = f"{asked:7.0f} {cost.least / asked:6.2f}" if asked else " " * 14
    over = f"{bound:7.1f} {cost.least / bound:6.1f}" if bound else " " * 14
    print(f"  {name:24} {cost.least:16.1f} {cost.median:7.1f} {part} {over} {cost.megabytes:6.0f}", flush=True)
    if name in ("contrasts", "rao_scott", "logits"):
        return {f"{name}_ms" if first else f"{name}_ms_{size}": round(cost.least, 2)}
    return {f"{name}_ms_{size}": round(cost.least, 2), f"{name}_mb_{size}": round(cost.megabytes, 1)}


def bare_products(made: MadeSurvey) -> dict[str, float]:
    """CPU milliseconds of reading the items once and multiplying them, stratum by stratum, with the rows of numbers
    each workload needs: two, 30, and 500 that are drawn at random. Nothing else is done: no table, no check."""
    data = made.data.sort("stratum")
    codes = data.select(pl.col(ITEMS).fill_null(2)).to_numpy().T
    missing = [0, 20, *range(50, 60)]  # an item of each pattern
    ends = np.cumsum(data.group_by("stratum", maintain_order=True).len()["len"].to_numpy()).astype(np.int64)

    def products(rows: int, draw: bool) -> float:
        rng = np.random.default_rng(1)
        fixed = rng.random((rows, int(np.diff(ends, prepend=0).max())))
        sums = np.zeros((rows, len(codes) + len(missing)))
        start = process_time()
        for low, high in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            own = codes[:, low:high]
            numbers = np.vstack([own == 1, own[missing] != 2]).astype(np.float64)
            weights = rng.random((rows, high - low)) if draw else fixed[:, : high - low]
            sums += weights @ numbers.T
        return 1000 * (process_time() - start)

    shapes = {"programme": (2, False), "calibrated": (30, False), "replicates": (REPLICATES, True)}
    return {name: min(products(*shape) for _ in range(3)) for name, shape in shapes.items()}


if __name__ == "__main__":
    main()
