"""Calibration of weights to known totals (Deville and Särndal 1992, Calibration estimators, JASA 87).

Weights w = d g stay as near to the base weights d as they can, in the sense of a distance (_distance), while the
weighted sums of the auxiliary variables x equal their known totals. Agrees with `calibrate` of R's survey package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.model import Survey
from barometer.problems import BadInput, Place, Problem, raise_errors
from barometer.tables import Calibrated, Matrix, Vector
from barometer.weighting._distance import METHODS, NO_BOUNDS, Bounds, Distance, check_bounds
from barometer.weighting._infeasible import disagreement, idle_margins, unmet
from barometer.weighting._margins import Margins, rows_shown
from barometer.weighting._newton import AIM, MAXIMUM_STEPS, TOLERANCE, Basis, Task, basis_of, find_g

NOWHERE = Place()

Numbers = pl.Series | NDArray[np.float64] | Sequence[float]
Labels = pl.Series | NDArray[np.int64] | Sequence[str] | Sequence[int]


@dataclass(frozen=True)
class Settings:
    """How to calibrate; defaults are those of `calibrate_weights`."""

    method: str = "linear"
    bounds: Bounds = NO_BOUNDS
    tolerance: float = AIM
    maximum_steps: int = MAXIMUM_STEPS
    negative: bool = False  # weights of zero or below are let through
    collinear: bool = False  # margins that follow from others are let through

    @property
    def distance(self) -> Distance:
        return Distance(self.method, *self.bounds)


def calibrate_weights(
    weights: Numbers,
    auxiliaries: pl.DataFrame,
    totals: Mapping[str, float],
    *,
    method: str = "linear",
    bounds: Bounds = NO_BOUNDS,
    variance: Numbers | None = None,
    clusters: Labels | None = None,
    tolerance: float = AIM,
    maximum_steps: int = MAXIMUM_STEPS,
    negative: bool = False,
    place: Place = NOWHERE,
) -> Calibrated:
    """Calibrate weights to totals of numeric auxiliary variables (for categories see `calibrate_margins`).

    `weights` (n): base weights, zero or more. `auxiliaries` (n x k numbers) and `totals` go together by name; put a
    column of ones among them for the size of the population. `method` is 'linear' (the regression estimator),
    'raking' or 'logit'; `bounds` are of g-weights, and needed for 'logit'. `variance` (n, positive): of each unit
    in the regression model, as R's `variance`. `clusters` (n): units of one cluster get one g-weight (R's
    `aggregate.stage`). Newton's method stops when no total is off by more than `tolerance` relative to
    1 + |total|; 1e-7 stops where R does by default. `negative` lets linear weights fall to zero or below.

    Missing values, here and below, are problems. Raises BadInput: W012, W014, W018, W019, W020, W025 for input that
    cannot be used, W008 and W010 for totals that cannot be met (with the cells that make it so), W011 for weights
    of zero or below, W015 where Newton's method does not come to an end.
    """
    names = list(totals)
    wrong = [name for name in names if name not in auxiliaries.columns]
    raise_errors(Problem("W025", place, f"'{name}'", "an auxiliary variable", "Name it alike.") for name in wrong)
    numbers = auxiliaries.select(pl.col(name).cast(pl.Float64, strict=False) for name in names)
    part = numbers.fill_null(float("nan")).to_numpy()
    bad = np.flatnonzero(~np.isfinite(part).all(axis=1))
    if len(bad):
        found = f"{len(bad)} respondents with values that are no numbers, {rows_shown(bad)}"
        raise BadInput((Problem("W020", place, found, "numbers", "Fill them in, or leave the variable out."),))
    ones = [bool((part[:, column] == 1).all()) for column in range(part.shape[1])]
    columns = tuple(() if one else (name,) for name, one in zip(names, ones, strict=True))
    known = np.array([totals[name] for name in names], dtype=float)
    margins = Margins(part, known, tuple(names), columns, tuple(not one for one in ones))
    settings = Settings(method, bounds, tolerance, maximum_steps, negative)
    return calibrate_to(weights, margins, settings, variance=variance, clusters=clusters, place=place)


def calibrate_to(
    weights: Numbers,
    margins: Margins,
    settings: Settings,
    *,
    variance: Numbers | None = None,
    clusters: Labels | None = None,
    place: Place = NOWHERE,
) -> Calibrated:
    """Calibrate to margins already laid out; problems as in `calibrate_weights`."""
    base = checked_weights(weights, place)
    prepared = prepare(base, margins, settings, variance=variance, clusters=clusters, place=place)
    final, steps = prepared.solve(base)
    return Calibrated(
        method=settings.method,
        weights=final,
        base=base,
        auxiliaries=prepared.x,
        names=tuple(prepared.margins.labels[column] for column in prepared.basis.kept),
        margins=margin_table(prepared.margins, base, final),
        variance=None if variance is None else prepared.spread,
        steps=steps,
        triangle=prepared.basis.triangle,
    )


@dataclass(frozen=True)
class Prepared:
    """Margins made ready, to calibrate the weights of the sample and of its replicates."""

    settings: Settings
    margins: Margins
    part: Matrix  # averaged over clusters, if there are any
    spread: Vector
    basis: Basis
    x: Matrix
    z: Matrix
    place: Place

    def solve(self, base: Vector) -> tuple[Vector, int]:
        """Calibrated weights and the steps taken. Raises BadInput W010, W011, W015."""
        if not self.margins.labels:
            return base.copy(), 0
        totals = self.margins.totals[self.basis.kept]
        task = Task(self.settings.distance, base, self.x, totals, self.spread, self.basis.triangle, self.z)
        found = find_g(task, aim=self.settings.tolerance, maximum_steps=self.settings.maximum_steps)
        final = base * found.g
        raise_errors(_outcome_problems(base, self.part, self.margins, self.settings, final, self.place))
        return final, found.steps

    def lenient(self) -> "Prepared":
        """For replicates, whose single weights may be anything."""
        return replace(self, settings=replace(self.settings, negative=True))


def prepare(
    base: Vector,
    margins: Margins,
    settings: Settings,
    *,
    variance: Numbers | None = None,
    clusters: Labels | None = None,
    place: Place = NOWHERE,
) -> Prepared:
    """Check everything that can be checked before the weights are found; problems as in `calibrate_weights`."""
    raise_errors(_setting_problems(settings, margins, place))
    spread = np.ones(len(base)) if variance is None else _checked_variance(variance, len(base), place)
    margins = _without_empty(margins, place)
    groups = None if clusters is None else _groups(clusters, base, place)
    part = margins.part if groups is None else _averaged(margins.part, groups)
    raise_errors(disagreement(margins, place))
    basis = basis_of(part, base / spread)
    raise_errors(() if settings.collinear else idle_margins(basis, margins, place))
    x = np.asfortranarray(part[:, basis.kept])
    return Prepared(settings, margins, part, spread, basis, x, basis.of(x), place)


def calibrate(survey: Survey, base: Vector, margins: Margins) -> Calibrated:
    """Calibrate the weights of an edition's survey as its weighting.toml says."""
    return calibrate_to(base, margins, _survey_settings(survey), place=_survey_place(survey))


def prepare_survey(survey: Survey, base: Vector, margins: Margins) -> Prepared:
    """The same made ready, for replicates."""
    return prepare(base, margins, _survey_settings(survey), place=_survey_place(survey))


def _survey_settings(survey: Survey) -> Settings:
    weighting = survey.weighting
    bounded = weighting.lower > 0 or weighting.upper < float("inf")
    method = weighting.calibration.value if weighting.calibration.value in METHODS else "linear"
    bounds = (weighting.lower, weighting.upper) if bounded else NO_BOUNDS
    return Settings(method, bounds, collinear=True)


def _survey_place(survey: Survey) -> Place:
    return Place(file="weighting.toml", field=f"{survey.id}.margins")


def checked_weights(weights: Numbers, place: Place) -> Vector:
    """Weights as an array; W012 for weights that are missing, infinite or negative, or all zero."""
    values = pl.Series(weights).cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().copy()
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong) or not values.any():
        found = f"{len(wrong)} missing or negative weights, {rows_shown(wrong)}" if len(wrong) else "no weight above 0"
        way_out = "Give every respondent its weight; leave rows that do not count out of the file."
        raise BadInput((Problem("W012", place, found, "weights of zero or more, some of them above", way_out),))
    return values


def margin_table(margins: Margins, base: Vector, final: Vector) -> pl.DataFrame:
    """One row a total: margin, cell, total, before, after, respondents."""
    heads = [":".join(columns) for columns in margins.columns]
    cells = [label[len(head) + 1 :] for label, head in zip(margins.labels, heads, strict=True)]
    counted = base > 0
    return pl.DataFrame(
        {
            "margin": heads,
            "cell": cells,
            "total": margins.totals,
            "before": base @ margins.part,
            "after": final @ margins.part,
            "respondents": [int(np.count_nonzero((column != 0) & counted)) for column in margins.part.T],
        },
        schema_overrides={"margin": pl.String, "cell": pl.String, "respondents": pl.Int64},
    )


def _setting_problems(settings: Settings, margins: Margins, place: Place) -> list[Problem]:
    if settings.method not in METHODS:
        raise ValueError(f"method {settings.method!r} is none of {METHODS}")
    problems = []
    if settings.bounds != NO_BOUNDS:
        problems += check_bounds(settings.method, settings.bounds, place)
    elif settings.method == "logit":
        problems += check_bounds("logit", settings.bounds, place)
    for label, total in zip(margins.labels, margins.totals, strict=True):
        if not np.isfinite(total):
            problems.append(Problem("W016", place, f"the total of {label} is {total}", "a number", "Give the total."))
    return problems


def _checked_variance(variance: Numbers, size: int, place: Place) -> Vector:
    values = np.asarray(variance, dtype=float)
    if values.shape != (size,):
        raise ValueError(f"variance has shape {values.shape}, expected ({size},)")
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    if len(wrong):
        found = f"{len(wrong)} variances that are missing or not positive, {rows_shown(wrong)}"
        raise BadInput((Problem("W020", place, found, "positive numbers", "Give each unit its model variance."),))
    return values


def _without_empty(margins: Margins, place: Place) -> Margins:
    """Leave out cells that are empty both here and in the population; W008 for those only empty here."""
    empty = ~margins.part.any(axis=0)
    problems = [
        Problem(
            "W008",
            place,
            f"no respondent counts in {margins.labels[column]}; the total is {margins.totals[column]:,.6g}",
            "a respondent in every cell of the margin",
            "Merge the cell with another, or drop the margin.",
        )
        for column in np.flatnonzero(empty & (margins.totals != 0))
    ]
    raise_errors(problems)
    if not empty.any():
        return margins
    kept = np.flatnonzero(~empty)
    return Margins(
        margins.part[:, kept],
        margins.totals[kept],
        *(tuple(field[k] for k in kept) for field in (margins.labels, margins.columns, margins.numeric)),  # type: ignore[arg-type]
    )


def _groups(clusters: Labels, base: Vector, place: Place) -> NDArray[np.int64]:
    names = pl.Series(clusters).cast(pl.String).fill_null("")
    groups: NDArray[np.int64] = names.rank("dense").cast(pl.Int64).to_numpy() - 1
    counts = np.bincount(groups)
    means = np.bincount(groups, base) / counts
    wrong = np.flatnonzero(np.abs(base - means[groups]) > 1e-9 * np.abs(means[groups]))
    if len(wrong):
        found = f"{len(wrong)} units whose weight is not that of the others in their cluster, {rows_shown(wrong)}"
        way_out = "Give the units of a cluster one weight, or calibrate them one by one."
        raise BadInput((Problem("W018", place, found, "one base weight in each cluster", way_out),))
    return groups


def _averaged(part: Matrix, groups: NDArray[np.int64]) -> Matrix:
    sums = np.zeros((int(groups.max()) + 1, part.shape[1]))
    np.add.at(sums, groups, part)
    averaged: Matrix = (sums / np.bincount(groups)[:, None])[groups]
    return averaged


def _outcome_problems(
    base: Vector, part: Matrix, margins: Margins, settings: Settings, final: Vector, place: Place
) -> list[Problem]:
    accepted = max(TOLERANCE, settings.tolerance)
    errors = np.abs(margins.totals - final @ part) / (1 + np.abs(margins.totals))
    if not (np.isfinite(final).all() and errors.max() <= accepted):
        return unmet(base, part, margins, settings.distance, final, accepted, place)
    wrong = np.flatnonzero((final <= 0) & (base > 0))
    if settings.negative or not len(wrong):
        return []
    shown = f"{len(wrong)} of {len(final)} units with a weight of zero or below, {rows_shown(wrong)}"
    way_out = "Use method 'raking', or give bounds such as [0.3, 3.0]."
    return [Problem("W011", place, shown, "positive weights", way_out)]
