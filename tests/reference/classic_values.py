"""Our answers to what classic.csv.gz asks, and how far they lie from R's."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from classic import data_of, design, values

from barometer import estimation as est

Key = tuple[str, str, str, str]
"""variable, category, domain and quantity."""
Answers = dict[Key, float]
NUMBERS = ("estimate", "se", "ci_low", "ci_high", "deff", "df", "n")
CELL = ("design", "call", "options", "variable", "category", "domain")
ROUNDING = 1e-10
"""Standard errors this small beside the estimate are 0 but for rounding."""


@cache
def compared() -> pl.DataFrame:
    """R's values with ours in `ours` (null: we have none) and their relative difference in `gap`."""
    return pl.concat([compared_of(name) for name in values()["design"].unique(maintain_order=True)]).sort("place")


@cache
def compared_of(name: str) -> pl.DataFrame:
    """The same of one design."""
    frame = values().filter(pl.col("design") == name)
    found: dict[int, float] = {}
    for (call, options), rows in frame.group_by("call", "options", maintain_order=True):
        variables = tuple(rows["variable"].unique(maintain_order=True))
        answers = answer(name, str(call), options_of(str(options)), variables)
        for row in rows.iter_rows(named=True):
            key = row["variable"], row["category"], row["domain"], row["quantity"]
            if key in answers:
                found[row["place"]] = answers[key]
    return with_gap(frame.with_columns(pl.Series("ours", [found.get(one) for one in frame["place"]], dtype=pl.Float64)))


def with_gap(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `gap`, the relative difference; 0 where both are undefined, infinite where one is. Ends of intervals are
    held against the larger of themselves and the estimate."""
    estimate = pl.col("value").filter(pl.col("quantity") == "estimate").abs().max().over(CELL).fill_null(0)
    size = pl.col("value").abs()
    apart = (pl.col("ours") - pl.col("value")).abs()
    nothing = (apart <= ROUNDING * estimate) & (size <= ROUNDING * estimate)
    end = pl.col("quantity").is_in(["ci_low", "ci_high"])
    relative = apart / pl.when(end).then(pl.max_horizontal(size, estimate)).otherwise(size).clip(1e-300)
    defined = pl.col("value").is_not_null() & pl.col("ours").is_not_nan()
    undefined = pl.col("value").is_null() & pl.col("ours").is_nan()
    gap = pl.when(undefined | defined & nothing).then(0.0).when(defined).then(relative).otherwise(float("inf"))
    return frame.with_columns(gap=gap)


def options_of(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(";") if part)


def answer(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    """Ask the library what R was asked."""
    return _CALLS.get(call, _estimates)(name, call, options, variables)


def _estimates(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    made = design(name)
    by = names(options["by"])
    match call:
        case "mean":
            result = est.mean(made, variables, by=by, deff=options["deff"])
        case "total":
            result = est.total(made, variables, by=by, deff=options["deff"])
        case "ratio":
            result = est.ratio(made, variables, options["denominator"], by=by, deff=options["deff"])
        case "var":
            result = est.variance(made, variables, by=by)
        case _:
            level = float(options["level"])
            result = est.proportion(made, variables, by=by, ci=options["ci"], df=options["df"], level=level)
    return cells(result.table, result.by)


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def cells(table: pl.DataFrame, by: tuple[str, ...]) -> Answers:
    """A table of estimates by key."""
    found: Answers = {}
    for row in table.iter_rows(named=True):
        label = ":".join(str(row[name]) for name in by)
        variable = row["variable"].partition("/")[0]
        category = "" if row["category"] is None else str(row["category"])
        for quantity in NUMBERS:
            value = row[quantity]
            found[variable, category, label, quantity] = float("nan") if value is None else float(value)
    return found


def _quantiles(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    made = design(name)
    domains = est.domains(made, names(options["by"]))
    shares = (0.1, 0.25, 0.5, 0.9)
    found: Answers = {}
    for label, rows in zip(domains.labels, domains.rows, strict=True):
        inside = np.zeros(made.n, dtype=bool)
        inside[rows] = True
        how = {"interval": options["interval"], "rule": options["rule"], "domain": inside}
        for one in (one for variable in variables for one in est.quantiles(made, variable, shares, **how)):
            for quantity in ("estimate", "se", "ci_low", "ci_high"):
                found[one.variable, f"{one.probability:g}", ":".join(label), quantity] = getattr(one, quantity)
    return found


def _models(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    found: Answers = {}
    column, _, wanted = options.get("only", "").partition("=")
    domain = (data_of(name)[column] == wanted).to_numpy() if column else None
    for outcome in variables:
        model = est.regression(design(name), outcome, names(options["terms"]), options["family"], domain=domain)
        for row in model.table().iter_rows(named=True):
            for quantity in ("estimate", "se", "t", "p", "df", "ci_low", "ci_high"):
                found[outcome, row["term"], "", quantity] = row[quantity]
        for term in model.terms.names:
            test = model.term_test(term)
            found |= {(outcome, term, "term", quantity): getattr(test, quantity) for quantity in ("F", "p", "ddf")}
    return found


def _chi_squares(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    tests = est.rao_scott(design(name), variables, options["by"], statistic=options["statistic"])
    return {(one.rows, "", "", quantity): getattr(one, quantity) for one in tests for quantity in ("statistic", "p")}


def _t_tests(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    found: Answers = {}
    for variable in variables:
        if call == "t":
            test = est.t_tests(design(name), [variable], options["by"])[0]
        elif call == "t one":
            test = est.one_sample_t_test(design(name), variable, against=float(options["against"]))
        else:
            test = est.paired_t_test(design(name), *variable.split(","))
        found |= {(variable, "", "", one): float(getattr(test, one)) for one in ("difference", "t", "df", "p")}
    return found


def _contrasts(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    found: Answers = {}
    for listed in variables:
        result = {"total": est.total, "mean": est.mean}[options["stat"]](design(name), names(listed))
        for category, how in _COMBINATIONS[call].items():
            table = est.contrast(result, how) if isinstance(how, list) else est.nonlinear_contrast(result, how)
            found |= {(listed, category, "", one): table[one][0] for one in ("estimate", "se")}
    return found


_COMBINATIONS: dict[str, dict[str, Any]] = {
    "contrast": {"1,-1,0": [1, -1, 0], "0.5,0.25,-2": [0.5, 0.25, -2]},
    "nonlinear": {
        "first / second": lambda x: x[0] / x[1],
        "log first - 2 log third": lambda x: np.log(x[0]) - 2 * np.log(x[2]),
    },
}


def _differences(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    table = est.differences(est.mean(design(name), variables, by=options["by"]))
    return {
        (row["variable"], f"{row['first']}-{row['second']}", "", one): row[one]
        for row in table.iter_rows(named=True)
        for one in ("estimate", "se")
    }


def _weights(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    weights = design(name).weights
    found: Answers = {("sum of squares", "", "", "value"): float(weights @ weights)}
    return found | {(one, "", "", "value"): float(weights[int(one) - 1]) for one in variables if one.isdigit()}


def _degrees(name: str, call: str, options: dict[str, str], variables: tuple[str, ...]) -> Answers:
    return {("", "", "", "value"): float(design(name).degf())}


_CALLS: dict[str, Callable[[str, str, dict[str, str], tuple[str, ...]], Answers]] = {
    "quantile": _quantiles,
    "glm": _models,
    "olr": _models,
    "chisq": _chi_squares,
    "t": _t_tests,
    "t one": _t_tests,
    "t paired": _t_tests,
    "contrast": _contrasts,
    "nonlinear": _contrasts,
    "differences": _differences,
    "weights": _weights,
    "degf": _degrees,
}
