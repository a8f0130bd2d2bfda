"""Calibration told in a TOML file, for any table (docs/how-to/calibrate.md)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np
import polars as pl

from barometer.problems import BadInput, Place, Problem, raise_errors, suggestion
from barometer.tables import Calibrated, Replicates, Vector
from barometer.weighting._adjusting import adjusted
from barometer.weighting._calibration import NOWHERE, Numbers, Prepared, Settings, calibrate_to, prepare
from barometer.weighting._distance import METHODS, NO_BOUNDS, Bounds
from barometer.weighting._margins import KnownTotals, margins_from
from barometer.weighting._newton import AIM
from barometer.weighting._raking import MAXIMUM_ROUNDS, Fitting, poststratify, rake

ALL_METHODS = ("poststratify", "rake", *METHODS)
KEYS = ("method", "bounds", "tolerance", "cluster", "variance", "negative", "margin")
MARGIN_KEYS = ("columns", "column", "totals", "total", "count")


@dataclass(frozen=True)
class CalibrationPlan:
    """How to calibrate, and to what. `cluster` and `variance` name columns ('' none); `tolerance` None: the
    method's own."""

    method: str
    margins: tuple[KnownTotals, ...]
    bounds: Bounds = NO_BOUNDS
    tolerance: float | None = None
    cluster: str = ""
    variance: str = ""
    negative: bool = False


class _Columns(TypedDict):
    variance: Vector | None
    clusters: list[str] | None


def calibrate_margins(
    weights: Numbers, data: pl.DataFrame, plan: CalibrationPlan, *, place: Place = NOWHERE
) -> Calibrated:
    """Calibrate weights (n) to the margins of a plan; `data` (n rows) has their columns.

    Method 'poststratify' takes one margin of categories, 'rake' several (proportional fitting), 'linear', 'raking'
    and 'logit' any. Raises BadInput with the W-problems of `calibrate_weights`, `poststratify` and `rake`.
    """
    wanted = [name for name in (plan.cluster, plan.variance) if name]
    raise_errors(
        Problem("W025", place, f"column '{name}'", "a column of the data", suggestion(name, data.columns))
        for name in wanted
        if name not in data.columns
    )
    if plan.method == "poststratify":
        return poststratify(weights, data, plan.margins[0], place=place)
    if plan.method == "rake":
        return rake(weights, data, plan.margins, tolerance=plan.tolerance, place=place)
    margins = margins_from(data, plan.margins, place)
    return calibrate_to(weights, margins, _settings(plan), **_columns(data, plan), place=place)


def calibrate_replicates(
    replicates: Replicates, data: pl.DataFrame, plan: CalibrationPlan, *, place: Place = NOWHERE
) -> Replicates:
    """Replicates that have been calibrated one by one, each from its own weights, and the whole sample with them.

    As in R's `calibrate` and `postStratify` of a replicate design; unbounded linear calibration may leave single
    replicate weights below zero, which is right for a variance. Raises BadInput W021 naming the replicate.
    """
    whole = calibrate_margins(replicates.base, data, plan, place=place).weights
    solver = _solver(replicates.base, data, plan, place)
    return adjusted(replicates, whole, lambda weights: solver.solve(weights)[0], place)


def _solver(base: Vector, data: pl.DataFrame, plan: CalibrationPlan, place: Place) -> Prepared | Fitting:
    if plan.method == "poststratify":
        return Fitting.of(data, plan.margins[:1], None, 1, place)
    if plan.method == "rake":
        return Fitting.of(data, plan.margins, plan.tolerance, MAXIMUM_ROUNDS, place)
    margins = margins_from(data, plan.margins, place)
    return prepare(base, margins, _settings(plan), **_columns(data, plan), place=place).lenient()


def _settings(plan: CalibrationPlan) -> Settings:
    tolerance = AIM if plan.tolerance is None else plan.tolerance
    return Settings(plan.method, plan.bounds, tolerance, negative=plan.negative)


def _columns(data: pl.DataFrame, plan: CalibrationPlan) -> _Columns:
    variance = data[plan.variance].cast(pl.Float64).fill_null(float("nan")).to_numpy() if plan.variance else None
    clusters = data[plan.cluster].cast(pl.String).to_list() if plan.cluster else None
    return {"variance": variance, "clusters": clusters}


@dataclass
class _Reading:
    """Problems found so far in the file of margins."""

    place: Place
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, where: str, found: str, expected: str, way_out: str) -> None:
        self.problems.append(Problem("W016", Place(self.place.file, field=where), found, expected, way_out))


def read_margins(content: bytes, place: Place) -> CalibrationPlan:
    """Read a file of margins (TOML, UTF-8; the format is in docs/how-to/calibrate.md).

    Raises BadInput with every W016 found, W019 for bounds that cannot be used, W013 for margins that disagree.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        way_out = "Mend the file at this place; the format is in docs/how-to/calibrate.md."
        raise BadInput((Problem("W016", place, str(error), "a TOML file in UTF-8", way_out),)) from error
    reading = _Reading(place)
    _check_keys(table, KEYS, "", reading)
    method = table.get("method", "raking")
    if method not in ALL_METHODS:
        reading.wrong("method", f"'{method}'", "a method of calibration", suggestion(str(method), ALL_METHODS))
    raw = table.get("margin")
    if not isinstance(raw, list) or not raw:
        reading.wrong("margin", "no margins", "one [[margin]] or more", "Add [[margin]] with columns and totals.")
        raw = []
    margins = [margin for number, one in enumerate(raw, 1) if (margin := _margin(one, f"margin {number}", reading))]
    if method == "poststratify" and len(raw) > 1:
        reading.wrong("margin", f"{len(raw)} margins", "one margin", "Cross the columns in one margin, or use 'rake'.")
    if method in ("poststratify", "rake") and any(margin.numeric for margin in margins):
        reading.wrong("margin", f"a number with method '{method}'", "categories", "Use method 'raking' or 'linear'.")
    plan = CalibrationPlan(
        method=str(method),
        margins=tuple(margins),
        bounds=_bounds(table.get("bounds"), reading),
        tolerance=_tolerance(table.get("tolerance"), reading),
        cluster=_text(table, "cluster", reading),
        variance=_text(table, "variance", reading),
        negative=table.get("negative") is True,
    )
    raise_errors(reading.problems)
    return plan


def _margin(one: object, where: str, reading: _Reading) -> KnownTotals | None:
    if not isinstance(one, dict):
        reading.wrong(where, f"{one!r}", "a table", "Write [[margin]] above it.")
        return None
    _check_keys(one, MARGIN_KEYS, f"{where}: ", reading)
    if "count" in one:
        return KnownTotals.count(_number(one["count"], f"{where}: count", reading))
    raw = one.get("columns", one.get("column"))
    columns = [raw] if isinstance(raw, str) else raw
    if not isinstance(columns, list) or not columns or not all(isinstance(name, str) for name in columns):
        reading.wrong(where, f"columns {raw!r}", "names of columns", 'Write columns = ["sector"], for example.')
        return None
    if "total" in one and "totals" not in one and len(columns) == 1:
        return KnownTotals.of_number(columns[0], _number(one["total"], f"{where}: total", reading))
    totals = one.get("totals")
    if not isinstance(totals, dict) or not totals:
        reading.wrong(where, "no totals", "a total for each cell", "Write totals = { a = 10, b = 20 }, for example.")
        return None
    cells = {}
    for code, total in totals.items():
        cell = tuple(code.split(":", len(columns) - 1))
        if len(cell) != len(columns):
            way_out = "Write the codes of a crossing joined by a colon, 'state:small'."
            reading.wrong(f"{where}: totals", f"'{code}'", f"{len(columns)} codes", way_out)
            continue
        cells[cell] = _number(total, f"{where}: totals.{code}", reading)
    return KnownTotals.of_cells(columns, cells)


def _check_keys(table: Mapping[str, object], known: Sequence[str], where: str, reading: _Reading) -> None:
    for key in table:
        if key not in known:
            reading.wrong(f"{where}{key}", f"'{key}'", "a known key", suggestion(key, known))


def _number(value: object, where: str, reading: _Reading) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value):
        return float(value)
    reading.wrong(where, f"{value!r}", "a number", "Write the total without quotation marks or separators.")
    return 0.0


def _bounds(value: object, reading: _Reading) -> Bounds:
    if value is None:
        return NO_BOUNDS
    if isinstance(value, list) and len(value) == 2:
        low, high = (_number(one, "bounds", reading) if not _infinite(one) else float(one) for one in value)
        return low, high
    reading.wrong("bounds", f"{value!r}", "two numbers", "Write bounds = [0.3, 3.0], for example.")
    return NO_BOUNDS


def _infinite(value: object) -> bool:
    return isinstance(value, float) and bool(np.isinf(value))


def _tolerance(value: object, reading: _Reading) -> float | None:
    if value is None:
        return None
    number = _number(value, "tolerance", reading)
    if not 0 < number < 1:
        reading.wrong("tolerance", f"{value!r}", "a number between 0 and 1", "Leave it out, or write 1e-7.")
    return number


def _text(table: Mapping[str, object], key: str, reading: _Reading) -> str:
    value = table.get(key, "")
    if isinstance(value, str):
        return value
    reading.wrong(key, f"{value!r}", "the name of a column", "Write the name in quotation marks.")
    return ""
