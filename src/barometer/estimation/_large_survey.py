"""A survey too large for memory and its design; and the design of the small table its sums come back in.

The small table has a row for each group of rows of one stratum, unit and domain. Where rows are their own units, a
group stands for as many units as it has rows (`Stage.count`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._column_check import check_replicates
from barometer.estimation._design import Names, SurveyDesign, sampled
from barometer.estimation._design_columns import DesignNames, read_columns
from barometer.estimation._items import as_names
from barometer.estimation._lazy_frame import Aggregate, Lazy, grouped, lazy
from barometer.estimation._lazy_items import number
from barometer.estimation._replicates import ReplicateColumns, ReplicateWeights, replicate_weights
from barometer.estimation._stages import LONELY
from barometer.problems import BadInput, Place, Problem, raise_errors, suggestion

Matrix = NDArray[np.float64]

WEIGHTED, ROWS, WEIGHT, WRONG = "__weighted", "__rows", "__weight", "__wrong"
"""Columns of the small table: whether the group's rows have a weight (a key: some have 0), how many they are, the sum
of their weights, how many have a weight nobody can have."""


@dataclass(frozen=True, eq=False)
class LargeSurvey:
    """A lazy frame with its design. Made by `large_survey`; nothing is read before something is estimated."""

    frame: Lazy
    weights: str
    strata: tuple[str, ...]
    psu: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    lonely: str
    lonely_domains: bool
    replicates: ReplicateColumns | None

    @property
    def weight(self) -> nw.Expr:
        return number(nw.col(self.weights))

    @property
    def elements(self) -> bool:
        """Whether rows are their own units, and linearisation makes the variance."""
        return not self.psu and self.replicates is None

    def keys(self, by: Sequence[str]) -> list[str]:
        """Columns whose combinations make the groups."""
        design = () if self.replicates else (*self.strata, *self.psu, *self.fpc)
        return [*dict.fromkeys((*design, *by)), WEIGHTED]

    def sums(self, by: Sequence[str], aggregates: Sequence[Aggregate], frame: Lazy | None = None) -> pl.DataFrame:
        """Aggregates of each group."""
        frame = self.frame if frame is None else frame
        return grouped(frame.with_columns((self.weight != 0).alias(WEIGHTED)), self.keys(by), aggregates)


def large_survey(
    data: Any,
    *,
    weights: str,
    strata: Names = (),
    psu: Names = (),
    fpc: Names = (),
    nest: bool = False,
    lonely: str = "fail",
    lonely_domains: bool = False,
    replicates: ReplicateColumns | None = None,
) -> LargeSurvey:
    """Say how a table was drawn that is too large for memory, or lies on a cluster.

    `data`: a Polars LazyFrame (`pl.scan_parquet`), which is read in a stream, or a Spark DataFrame; what is in memory
    will do too. Everything else as for `survey_design`, but that weights have to be given; there are no calibration
    and no unequal probabilities here. Rows without `psu` are their own units.

    Raises BadInput for names that are no columns and for text among the numbers (T010, T011, T019); what is wrong
    with values is found when something is estimated.
    """
    if lonely not in LONELY:
        raise ValueError(f"lonely is one of {', '.join(LONELY)}")
    frame = lazy(data)
    strata, psu, fpc = as_names(strata), as_names(psu), as_names(fpc)
    stages = max(1, min(len(psu), len(fpc)))  # later ones bring nothing
    repeated = tuple(replicates.columns) if replicates else ()
    schema = frame.collect_schema()
    problems = [
        Problem("T010", Place(column=name), f"'{name}'", "a column of the table", suggestion(name, schema.names()))
        for name in dict.fromkeys((weights, *strata, *psu, *fpc, *repeated))
        if name not in schema
    ]
    way_out = "Write the column as numbers."
    problems += [
        Problem("T011", Place(column=name), "text", "numbers", way_out)
        for name in dict.fromkeys((weights, *fpc, *repeated))
        if name in schema and not (schema[name].is_numeric() or schema[name] == nw.Boolean)
    ]
    problems += check_replicates(replicates) if replicates else ()
    raise_errors(problems)
    return LargeSurvey(
        frame, weights, strata[:stages], psu[:stages], fpc[:stages], nest, lonely, lonely_domains, replicates
    )


def design_sums(survey: LargeSurvey) -> list[Aggregate]:
    """What the small table has to have for `reduced_design`."""
    weight = survey.weight
    wrong = nw.when(weight.is_finite() & (weight >= 0)).then(nw.lit(0)).otherwise(nw.lit(1))
    columns = [
        Aggregate(ROWS, "sum", nw.lit(1)),
        Aggregate(WEIGHT, "sum", weight),
        Aggregate(WRONG, "sum", wrong),
    ]
    for name in survey.replicates.columns if survey.replicates else ():
        missing = nw.when(number(nw.col(name)).is_finite()).then(nw.lit(0)).otherwise(nw.lit(1))
        columns += [
            Aggregate(f"{WRONG}{name}", "sum", missing),
            Aggregate(f"{ROWS}{name}", "max", number(nw.col(name))),
        ]
    return columns


def reduced_design(survey: LargeSurvey, groups: pl.DataFrame) -> SurveyDesign:
    """The design of the small table. Raises BadInput with what is wrong with the design columns (T012 to T021)."""
    wrong = int(groups[WRONG].sum())
    if wrong:
        found, expected = f"{wrong:,} negative, missing or infinite weights", "a weight of 0 or more in every row"
        way_out = "Weight these rows, or leave them out of the file."
        raise BadInput((Problem("T012", Place(column=survey.weights), found, expected, way_out),))
    names = DesignNames(
        WEIGHT,
        () if survey.replicates else survey.strata,
        survey.psu,
        () if survey.replicates else survey.fpc,
        survey.nest,
        unequal=False,
        weighted=False,
        counted=ROWS if survey.elements else None,
    )
    if survey.replicates:
        names = replace(names, psu=())
    try:
        columns = read_columns(groups, names, None)
        if survey.replicates:
            made = _replicates(survey.replicates, groups)
            return SurveyDesign(groups, columns.weight, (), np.arange(groups.height), None, None, made)
        return sampled(groups, columns, columns.weight, None, survey.lonely, survey.lonely_domains, None)
    except BadInput as bad:
        raise BadInput(tuple(_retold(one, survey, groups) for one in bad.problems)) from bad


def _replicates(how: ReplicateColumns, groups: pl.DataFrame) -> ReplicateWeights:
    """Scales of the replicates; their weights stay where they are."""
    blank = [name for name in how.columns if groups[f"{WRONG}{name}"].sum()]
    raise_errors(
        Problem(
            "T013",
            Place(column=name),
            f"{groups[f'{WRONG}{name}'].sum():,} blanks",
            "a value in every row",
            "Fill them in, or leave these rows out of the file.",
        )
        for name in blank
    )
    largest: Matrix = groups.select(pl.col(f"{ROWS}{name}").max() for name in how.columns).to_numpy()
    return replicate_weights(how, largest, np.ones(1))


def _retold(problem: Problem, survey: LargeSurvey, groups: pl.DataFrame) -> Problem:
    """The same problem with the first group concerned in place of rows of the small table."""
    column = survey.weights if problem.place.column == WEIGHT else problem.place.column
    found = re.sub(r",? in rows? [\d, ]+(?:and [\d,]+ more)?$", "", problem.found)
    if problem.place.row:
        group = groups.row(problem.place.row - 2, named=True)
        where = ", ".join(f"{name} = {group[name]}" for name in dict.fromkeys((*survey.strata, *survey.psu)))
        found += f", first where {where}" if where else ""
    return replace(problem, place=Place(column=column), found=found)
