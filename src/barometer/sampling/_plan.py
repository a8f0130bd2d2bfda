"""What margins of error a design will give: the planning table."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from barometer.problems import Place, Problem, raise_errors
from barometer.sampling._frame import missing_columns, not_numeric

Numbers = NDArray[np.float64]


def plan(
    units: pl.DataFrame,
    strata: pl.DataFrame,
    by: Sequence[str] = (),
    *,
    response: float | str = 1.0,
    shares: Sequence[float] = (0.5, 0.2),
    level: float = 0.05,
    stratum: str = "stratum",
) -> pl.DataFrame:
    """What each domain can expect: one row for all units ('total', 'all'), then one for each category of the columns
    `by` of the frame; domains may cross the strata.

    `units` is the frame with its column `stratum`; `strata` the allocation (`population`, `sampled`, and `response`
    where it names a column). Columns of the result:

    - `breakdown`, `cell`; `population` units N_d; `sampled` expected number asked; `answers` expected number of
      answers; `uncovered` units in strata nobody is drawn from
    - `effective` answers: the simple random sample that would say as much, N_d² / sum of N_hd² / m_hd (Kish)
    - `margin_50`, `margin_20`, …: half the width of the interval at `level` for an expected share of 50 and 20 %, from
      the linearised variance with finite population correction, the sum over strata of
      (N_h / N_d)² (1 / m_h - 1 / N_h) p (1 - p) N_hd / (N_h - 1), m_h = response times n_h; null where the domain has
      uncovered units, because nothing is known of them then.

    Answers are taken as a random part of those asked; a margin says nothing of the bias when they are not.
    Raises BadInput: S004, S016 (rate, share or level out of range), S025.
    """
    problems = [*missing_columns(units, [stratum, *by]), *missing_columns(strata, [stratum, "population", "sampled"])]
    rate, wrong_rate = rate_of(strata, response)
    raise_errors([*problems, *wrong_rate, *share_problems(shares, level)])
    keyed = strata.select(pl.col(stratum).cast(pl.String), "population", "sampled").with_columns(
        answers=pl.col("sampled") * pl.Series(rate)
    )
    rows = []
    frame = units.select(pl.col(stratum).cast(pl.String).alias("stratum"), *by)
    for name in (None, *by):
        keys = ["stratum"] if name is None else ["stratum", name]
        cells = (
            frame.group_by(keys).agg(part=pl.len()).join(keyed.rename({stratum: "stratum"}), on="stratum", how="left")
        )
        cell = pl.lit("all") if name is None else pl.col(name)
        rows.append(_figures(cells.with_columns(breakdown=pl.lit(name or "total"), cell=cell), shares, level))
    return pl.concat(rows)


def rate_of(strata: pl.DataFrame, response: float | str) -> tuple[Numbers, tuple[Problem, ...]]:
    """The expected response rate of each stratum, and what is wrong with it."""
    place = Place(column=response if isinstance(response, str) else "")
    if isinstance(response, str):
        problems = tuple(missing_columns(strata, [response]))
        if not problems and not strata[response].dtype.is_numeric():
            problems = (not_numeric(strata, response),)
        if problems:
            return np.ones(strata.height), problems
        rate = strata[response].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    else:
        rate = np.full(strata.height, float(response))
    bad = ~((rate > 0) & (rate <= 1))
    if not bad.any():
        return rate, ()
    way_out = "Write the share of those asked who will answer, 0.4 for 40 %."
    found = f"a response rate of {rate[bad][0]:g}"
    return np.ones(strata.height), (Problem("S016", place, found, "above 0 and at most 1", way_out),)


def share_problems(shares: Sequence[float], level: float) -> Iterator[Problem]:
    """Expected shares and a level that are not between 0 and 1 (S016)."""
    for share in shares:
        if not 0 < share < 1:
            found, way_out = (
                f"an expected share of {share:g}",
                "Write 0.5 where nothing is known: it is the safe guess.",
            )
            yield Problem("S016", Place(), found, "between 0 and 1", way_out)
    if not 0 < level < 1:
        yield Problem("S016", Place(), f"level {level:g}", "between 0 and 1", "Write 0.05 for intervals of 95 %.")


def _figures(cells: pl.DataFrame, shares: Sequence[float], level: float) -> pl.DataFrame:
    """One row a cell, in the order of their codes; `cells` has one row a stratum and cell."""
    quantile = float(ndtri(1 - level / 2))
    inside = pl.col("part") / pl.col("population")
    covered = pl.col("sampled") > 0
    whole = pl.col("part").sum()
    per_stratum = (
        pl.col("population").cast(pl.Float64) ** 2
        * (1 / pl.col("answers") - 1 / pl.col("population"))
        * pl.col("part")
        / (pl.col("population") - 1).clip(1)
    )
    variance = pl.when(covered.all()).then(per_stratum.sum() / whole**2)
    kish = (pl.col("part").cast(pl.Float64) ** 2 / (pl.col("answers") * inside)).filter(covered).sum()
    table = cells.group_by("breakdown", "cell").agg(
        population=whole.cast(pl.Int64),
        sampled=(pl.col("sampled") * inside).sum(),
        answers=(pl.col("answers") * inside).sum(),
        uncovered=pl.col("part").filter(~covered).sum().cast(pl.Int64),
        effective=pl.when(kish > 0)
        .then(pl.col("part").filter(covered).sum().cast(pl.Float64) ** 2 / kish)
        .otherwise(0.0),
        variance=variance,
    )
    margins = {
        f"margin_{100 * share:g}": quantile * (share * (1 - share) * pl.col("variance").clip(0)).sqrt()
        for share in shares
    }
    return table.with_columns(**margins).drop("variance").sort("cell").cast({"cell": pl.String})
