"""Samples of several editions and instruments: how much they overlap, and how often each unit is asked."""

from collections.abc import Mapping, Sequence

import polars as pl

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns
from barometer.sampling._select import start_problems


def start_points(samples: int) -> tuple[float, ...]:
    """Points on the line of permanent random numbers at which `samples` samples start to keep as far from each other
    as they can: 0, 1 / k, 2 / k, … With sampling fractions of at most 1 / k no unit is asked twice."""
    if samples < 1:
        way_out = "Give the number of editions and instruments to be kept apart."
        raise_errors([Problem("S021", Place(), f"{samples} samples", "1 or more", way_out)])
    return tuple(sample / samples for sample in range(samples))


def expected_overlap(first: float, second: float, *, start: float = 0.0, other_start: float = 0.0) -> float:
    """The share of all units of a stratum expected in both of two samples that use the same permanent random numbers,
    with sampling fractions `first` and `second` from two start points: the common length of the two arcs of the line
    that closes at 1. Exact for Poisson samples; for simple random ones up to the random ends of the arcs.

    Independent samples would overlap in first * second. Raises BadInput: S019, S020.
    """
    problems = [*start_problems(start), *start_problems(other_start)]
    for fraction in (first, second):
        if not 0 <= fraction <= 1:
            way_out = "Write 0.25 for one in four."
            problems.append(Problem("S019", Place(), f"a fraction of {fraction:g}", "from 0 to 1", way_out))
    raise_errors(problems)
    behind = (other_start - start) % 1.0  # where the second arc begins, seen from the first
    return max(0.0, min(first, behind + second) - behind) + max(0.0, min(first, behind + second - 1.0))


def rotation_start(edition: int, *, fraction: float, editions: int) -> float:
    """Start point of a rotating panel: each unit stays for `editions` editions in a row, and every edition 1 / editions
    of the sample is new (constant shift method). `fraction` is the sampling fraction; strata of different fractions
    need a start each. `edition` counts from 0. Raises BadInput: S019, S021."""
    problems = []
    if editions < 1:
        problems.append(Problem("S021", Place(), f"{editions} editions", "1 or more", "Give how long units stay."))
    if not 0 < fraction <= 1:
        found, way_out = f"a fraction of {fraction:g}", "Write 0.25 for one in four."
        problems.append(Problem("S019", Place(), found, "above 0 and at most 1", way_out))
    raise_errors(problems)
    return (edition * fraction / editions) % 1.0


def burden(samples: Mapping[str, pl.DataFrame], *, unit_id: str = "unit_id") -> pl.DataFrame:
    """How often each unit is asked: one row a unit in any of the `samples` (by name of edition or instrument), with a
    Boolean column for each sample and `asked`, their number. Ordered by `asked`, the most burdened first, then id.
    Raises BadInput: S004.
    """
    raise_errors([problem for sample in samples.values() for problem in missing_columns(sample, [unit_id])])
    long = pl.concat(
        [
            sample.select(pl.col(unit_id).cast(pl.String)).unique().with_columns(sample=pl.lit(name))
            for name, sample in samples.items()
        ]
    )
    flags = [(pl.col("sample") == name).any().alias(name) for name in samples]
    table = long.group_by(unit_id).agg(*flags, asked=pl.len().cast(pl.Int64))
    return table.sort(["asked", unit_id], descending=[True, False])


def overlap(samples: Mapping[str, pl.DataFrame], *, unit_id: str = "unit_id") -> pl.DataFrame:
    """Units common to each pair of samples: one row a pair with `first`, `second`, `units` (in both), and their
    shares of either sample, `of_first` and `of_second` (null when a sample is empty). Raises BadInput: S004."""
    raise_errors([problem for sample in samples.values() for problem in missing_columns(sample, [unit_id])])
    ids = {name: set(sample[unit_id].cast(pl.String)) for name, sample in samples.items()}
    names: Sequence[str] = list(ids)
    rows = []
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            both = len(ids[first] & ids[second])
            shares = [both / len(ids[name]) if ids[name] else None for name in (first, second)]
            rows.append((first, second, both, *shares))
    schema = {
        "first": pl.String,
        "second": pl.String,
        "units": pl.Int64,
        "of_first": pl.Float64,
        "of_second": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
