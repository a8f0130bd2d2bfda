"""Replicates without chance: the jackknife and balanced half-samples (Wolter 2007, Introduction to variance
estimation, chapters 3 and 4), with the weights, scale and rscales of R's `as.svrepdesign`."""

from dataclasses import dataclass

import numpy as np

from barometer.problems import Place, Problem, raise_errors
from barometer.tables import Matrix, Replicates, Vector
from barometer.weighting._hadamard import hadamard
from barometer.weighting._primary import Numbers, StageUnits

NUMBERS_AT_ONCE = 4_000_000
"""Replicate weights made in one chunk, so that memory stays small however large the survey."""


def columns_at_once(rows: int) -> int:
    """Replicates made in one go, so that a chunk of `rows` rows stays within memory."""
    return max(1, NUMBERS_AT_ONCE // max(rows, 1))


def jk1(base: Vector, stage: StageUnits, mse: bool, place: Place) -> Replicates:
    """Leave one primary unit out at a time; one stratum only."""
    if len(stage.size) > 1:
        found, way_out = f"{len(stage.size)} strata", "Use type 'JKn'."
        raise_errors([Problem("W022", place, found, "a design without strata for JK1", way_out)])
    units = int(stage.size[0])
    fraction = 0.0 if stage.fraction is None else float(stage.fraction[0])
    if units < 2 or fraction == 1:
        raise_errors([_nothing_left(units, place)])
    scale = (1 - fraction) * (units - 1) / units
    columns = _Columns(np.arange(units), np.full(units, -1))
    return _jackknife("JK1", base, stage, columns, scale, np.ones(units), mse)


def jkn(base: Vector, stage: StageUnits, lonely: str, mse: bool, place: Place) -> Replicates:
    """Leave one primary unit of one stratum out at a time; strata taken as a whole need none. Lonely units as R's
    options: 'adjust' leaves the unit out of the whole sample, 'average' raises the scale."""
    alone = stage.lonely
    if alone.any() and lonely == "fail":
        raise_errors(lonely_problems(stage, place))
    whole = np.zeros(len(stage.size), bool) if stage.fraction is None else stage.fraction == 1
    left_out, of_all = [], []
    rscales: list[float] = []
    strata = len(stage.size)
    for stratum in range(strata):
        units, size = np.flatnonzero(stage.stratum == stratum), int(stage.size[stratum])
        if alone[stratum] and lonely == "adjust":
            left_out += units.tolist()
            of_all.append(len(left_out) - 1)
            rscales.append((strata - 1) / strata)
        elif not whole[stratum] and not alone[stratum]:
            fraction = 0.0 if stage.fraction is None else stage.fraction[stratum]
            left_out += units.tolist()
            rscales += [(1 - fraction) * (size - 1) / size] * size
    if not left_out:
        raise_errors([_nothing_left(len(stage.stratum), place)])
    scale = len(stage.stratum) / len(left_out) if lonely == "average" else 1.0
    marks = np.full(len(left_out), -1)
    marks[of_all] = strata
    return _jackknife("JKn", base, stage, _Columns(np.array(left_out), marks), scale, np.array(rscales), mse)


@dataclass(frozen=True)
class _Columns:
    """The unit each replicate leaves out; `strata` where all others stand in for it, -1 where its stratum does."""

    unit: Numbers
    strata: Numbers


def _jackknife(
    kind: str, base: Vector, stage: StageUnits, columns: _Columns, scale: float, rscales: Vector, mse: bool
) -> Replicates:
    width = columns_at_once(len(base))
    row_stratum = stage.row_stratum

    def chunk(number: int) -> Matrix:
        units = columns.unit[number * width : (number + 1) * width]
        strata = columns.strata[number * width : (number + 1) * width]
        size = stage.size[stage.stratum[units]]
        with np.errstate(divide="ignore"):
            ratio = np.where(strata > 0, 1.0, size / (size - 1))
        result = np.where(row_stratum[:, None] == stage.stratum[units], ratio, 1.0)
        wide = np.flatnonzero(strata > 0)
        result[:, wide] = strata[wide] / (strata[wide] - 1)
        result[stage.unit[:, None] == units] = 0
        weights: Matrix = result * base[:, None]
        return weights

    return Replicates(kind, base, scale, rscales, -(-len(columns.unit) // width), chunk, mse)


def half_samples(base: Vector, stage: StageUnits, rho: float, mse: bool, place: Place) -> Replicates:
    """Balanced half-samples of strata with two primary units, or with an even number (cut into pairs in the order
    of the data, as R's large = "split"); with `rho` between 0 and 1 Fay's, which keep all units."""
    if not 0 <= rho < 1:
        raise ValueError(f"rho is {rho}, expected 0 to below 1")
    odd = np.flatnonzero(stage.size % 2 == 1)
    if stage.fraction is not None or len(odd):
        shown = ", ".join(f"'{stage.names[one]}' has {stage.size[one]}" for one in odd[:3])
        found = f"{len(odd)} strata with an odd number of primary units ({shown})" if len(odd) else "a population (fpc)"
        expected = "an even number of units in every stratum" if len(odd) else "half-samples without correction"
        way_out = "Use 'JKn' or 'RaoWuYue', which take any design with two units in each stratum."
        raise_errors([Problem("W022", place, found, expected, way_out)])
    order = np.argsort(stage.stratum, kind="stable")
    pairs = np.empty(len(order), dtype=np.int64)
    pairs[order] = np.arange(len(order)) // 2
    second = np.empty(len(order), dtype=bool)
    second[order] = np.arange(len(order)) % 2 == 1
    signs = hadamard(len(order) // 2)[1 : len(order) // 2 + 1]
    width = columns_at_once(len(base))

    def chunk(number: int) -> Matrix:
        taken = (signs[pairs, number * width : (number + 1) * width] > 0) == second[:, None]
        factors = np.where(taken, 2 - rho, rho)
        weights: Matrix = factors[stage.unit] * base[:, None]
        return weights

    count = signs.shape[1]
    scale = 1 / (count * (1 - rho) ** 2)
    return Replicates("Fay" if rho else "BRR", base, scale, np.ones(count), -(-count // width), chunk, mse)


def lonely_problems(stage: StageUnits, place: Place) -> list[Problem]:
    """W022 naming the strata with one primary unit."""
    alone = np.flatnonzero(stage.lonely)
    shown = ", ".join(f"'{stage.names[one]}'" for one in alone[:3])
    found = f"{len(alone)} strata with one primary unit, such as {shown}"
    way_out = "Join each with a neighbour; or choose lonely = 'remove', 'certainty', 'average' or, for JKn, 'adjust'."
    return [Problem("W022", place, found, "two primary units in every stratum", way_out)]


def _nothing_left(units: int, place: Place) -> Problem:
    found = f"{units} primary units, and nothing left to chance"
    way_out = "Check the population column: if everyone was asked and answered, there is no sampling error."
    return Problem("W022", place, found, "a sample of at least two primary units", way_out)
