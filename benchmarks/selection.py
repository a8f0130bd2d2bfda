"""How near selection from a large register comes to the least a pass over its columns costs.

    python benchmarks/selection.py [units]

A frame of 10,000,000 units in 270 strata; a sample of 100,000. Yardsticks, which do nothing else: for Neyman, one
grouping of the frame by stratum with count and standard deviation in Polars; for simple random sampling, drawing the
random numbers and comparing each with the fraction of its stratum; for systematic selection in proportion to size,
the cumulated sum of sizes and the search of the selection points in it. Prints CPU times as ratios; the last line is
JSON.
"""

import json
import sys
from collections.abc import Callable
from statistics import median

import numpy as np
import polars as pl
from cpu_time import cpu_seconds

from barometer.sampling import allocate_neyman, select_pps, select_srs, strata_table

STRATA, SHARE = 270, 0.01


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    units = frame(size)
    sample_size = round(size * SHARE)

    def bounded() -> pl.DataFrame:
        table = strata_table(units, variable="employees")
        table = table.with_columns(cap=(pl.col("population") * 0.8).cast(pl.Int64))
        return allocate_neyman(table, sample_size, minimum=5, maximum="cap")

    strata = bounded()
    times = {
        "neyman": seconds(bounded),
        "srswor": seconds(lambda: select_srs(units, strata, np.random.default_rng(1))),
        "systematic_pps": seconds(lambda: select_pps(units, strata, np.random.default_rng(1), size="employees")),
    }
    bounds = {
        "neyman": seconds(lambda: units.group_by("stratum").agg(pl.len(), pl.col("employees").std())),
        "srswor": seconds(lambda: one_comparison(units, strata)),
        "systematic_pps": seconds(lambda: one_search(units, sample_size)),
    }
    agree(units, strata, sample_size)
    print(f"{size:,} units in {STRATA} strata, {sample_size:,} drawn")
    for name, time in times.items():
        print(f"{name:<16} {time:7.3f} s   {time / bounds[name]:5.1f} times its bound of {bounds[name]:.3f} s")
    figures = {f"{name}_s": round(time, 4) for name, time in times.items()}
    figures |= {f"{name}_ratio": round(times[name] / bounds[name], 2) for name in times}
    print(json.dumps({"units": size, **figures}))


def frame(size: int) -> pl.DataFrame:
    """Strata of very different sizes, in no order; sizes of units skewed as employees are."""
    rng = np.random.default_rng(2015)
    weights = rng.gamma(0.6, size=STRATA) + 0.02
    strata = rng.choice(STRATA, size, p=weights / weights.sum()).astype(np.uint16)
    employees = np.ceil(rng.lognormal(2.5, 1.0, size)).astype(np.int32)
    return pl.DataFrame({"unit": np.arange(size), "stratum": strata, "employees": employees})


def one_comparison(units: pl.DataFrame, strata: pl.DataFrame) -> np.ndarray:
    share = (strata["sampled"] / strata["population"]).to_numpy()
    return np.flatnonzero(np.random.default_rng(1).random(units.height) < share[units["stratum"].to_numpy()])


def one_search(units: pl.DataFrame, sample_size: int) -> np.ndarray:
    line = np.cumsum(units["employees"].to_numpy(), dtype=np.float64)
    return np.searchsorted(line, np.linspace(0, line[-1], sample_size, endpoint=False))


def agree(units: pl.DataFrame, strata: pl.DataFrame, sample_size: int) -> None:
    """What was timed is right: sizes, limits, and totals the weights give back."""
    assert strata["sampled"].sum() == sample_size
    assert strata.select(pl.col("sampled").is_between(pl.min_horizontal(5, "population"), "cap").all()).item()
    for drawn in (
        select_srs(units, strata, np.random.default_rng(1)),
        select_pps(units, strata, np.random.default_rng(1), size="employees"),
    ):
        assert drawn.group_by("stratum").len().sort("stratum")["len"].to_list() == strata["sampled"].to_list()
        assert drawn["unit"].n_unique() == sample_size
    total = float((drawn["employees"] * drawn["design_weight"]).sum())
    assert abs(total / float(units["employees"].sum()) - 1) < 1e-9


def seconds(job: Callable[[], object]) -> float:
    """Median CPU seconds of three rounds, after one to warm up."""
    job()
    return cpu_seconds(job, 3, median)


if __name__ == "__main__":
    main()
