"""What estimators give: a table of estimates with their errors, the covariance behind it, and contrasts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from barometer.estimation._design import SurveyDesign
from barometer.estimation._intervals import holm_by_column, t_quantile, t_test

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Numbers = NDArray[np.int64]

TINY = 1e-100
"""Step of differentiation along the imaginary axis, where nothing is subtracted and none is too small."""


@dataclass(frozen=True, eq=False)
class Result:
    """Estimates of k rows.

    `table` has the columns of `by` (text), `variable`, `category` (null for numbers), `estimate`, `se`, `ci_low`,
    `ci_high`, `deff`, `df`, `n` (unweighted cases with a value and a weight) and `reason`: why a figure is missing
    or to be read with care (no_respondents, one_unit, no_variation, no_degrees_of_freedom), else empty.
    `rows` are the rows of the design behind each domain, `domain` the domain of each row of the table.
    """

    table: pl.DataFrame
    statistic: str
    level: float
    by: tuple[str, ...]
    design: SurveyDesign = field(repr=False)
    rows: tuple[Numbers, ...] = field(repr=False)
    domain: Numbers = field(repr=False)
    make_covariance: Callable[[], Matrix] = field(repr=False)

    @cached_property
    def covariance(self) -> Matrix:
        """Covariance (k x k) of the estimates, in the order of the table. NaN where an estimate is missing."""
        return self.make_covariance()

    def __len__(self) -> int:
        return self.table.height

    def __repr__(self) -> str:
        return f"{self.statistic}, intervals at {self.level:.0%}\n{self.table}"

    def _repr_html_(self) -> str:
        return f"<p>{self.statistic}, intervals at {self.level:.0%}</p>{self.table._repr_html_()}"


def contrast(
    result: Result,
    weights: Mapping[int, float] | Sequence[float] | Matrix,
    *,
    df: float | None = None,
    level: float | None = None,
) -> pl.DataFrame:
    """Linear combinations of estimates, with the error their covariance gives and a test against 0.

    `weights`: one number a row of the table; a matrix with one contrast a row; or a dict from row number to number.
    Gives `estimate`, `se`, `ci_low`, `ci_high`, `t`, `df`, `p`, one row a contrast. `df` is that of all domains
    with a weight other than 0, together, unless given (infinity for normal quantiles). A contrast with a missing
    estimate is null.
    """
    matrix = _matrix(weights, len(result))
    estimates = result.table["estimate"].to_numpy()
    used = matrix != 0
    with np.errstate(invalid="ignore"):
        value = np.where(used, matrix * estimates, 0.0).sum(axis=1)
        covariance = result.covariance
        variance = np.array(
            [row[on] @ covariance[np.ix_(on, on)] @ row[on] for row, on in zip(matrix, used, strict=True)]
        )
        se = np.sqrt(np.maximum(variance, 0.0))
    degrees = np.array([_degrees(result, on) if df is None else df for on in used])
    return _tested(value, se, degrees, result.level if level is None else level)


def nonlinear_contrast(
    result: Result,
    function: Callable[[NDArray[np.complex128]], Any],
    *,
    df: float | None = None,
    level: float | None = None,
) -> pl.DataFrame:
    """A function of the estimates, as `lambda x: x[0] / x[1]`, with the error the delta method gives (R's
    `svycontrast` of an expression; Särndal, Swensson and Wretman 1992, section 5.5).

    `function` takes the estimates in the order of the table (k) and gives one number or several, one row each in what
    comes back, which has the columns of `contrast`. It is differentiated by complex steps (Squire and Trapp 1998, SIAM
    Review 40, 110-112), exact to rounding: write it with arithmetic and NumPy's functions, without abs, max or
    comparisons. Raises ValueError for a function that does not let complex numbers through.
    """
    estimates = result.table["estimate"].to_numpy()
    value = np.atleast_1d(np.asarray(function(estimates.astype(np.complex128))))
    if value.ndim != 1 or not np.iscomplexobj(value):
        raise ValueError("the function must give a number, or a list of them, made of its argument by arithmetic")
    steps = estimates + 1j * TINY * np.eye(len(estimates))
    gradient = np.stack([np.atleast_1d(function(step)).imag for step in steps], axis=1) / TINY
    linear = contrast(result, gradient, df=df, level=level)
    return _tested(
        value.real, linear["se"].to_numpy(), linear["df"].to_numpy(), result.level if level is None else level
    )


def differences(result: Result, *, adjust: str = "holm") -> pl.DataFrame:
    """All differences between domains, first minus second, of each variable and category.

    Columns: `variable`, `category`, `first`, `second` (labels joined by ':'), then those of `contrast`, and
    `p_adjusted` for all tests of the same variable and category (Holm; "none" leaves it out).
    """
    labels = _labels(result)
    table = result.table
    names, pairs = [], []
    for (variable, category), cells in table.with_row_index("place").group_by(
        "variable", "category", maintain_order=True
    ):
        places = cells["place"].to_list()
        for at, first in enumerate(places):
            for second in places[at + 1 :]:
                names.append((variable, category, labels[first], labels[second]))
                pairs.append((first, second))
    matrix = np.zeros((len(pairs), len(result)))
    for place, (first, second) in enumerate(pairs):
        matrix[place, first], matrix[place, second] = 1.0, -1.0
    tested = contrast(result, matrix)
    schema = {"variable": pl.String, "category": pl.String, "first": pl.String, "second": pl.String}
    both = pl.concat([pl.DataFrame(names, schema=schema, orient="row"), tested], how="horizontal")
    if adjust == "none":
        return both
    p = both["p"].fill_null(float("nan")).to_numpy()
    adjusted = np.full(len(p), np.nan)
    group = both.select(pl.struct("variable", "category").rle_id()).to_series().to_numpy()
    for one in np.unique(group):
        adjusted[group == one] = holm_by_column(p[group == one][:, None])[:, 0]
    return both.with_columns(pl.Series("p_adjusted", adjusted).fill_nan(None))


def _matrix(weights: Mapping[int, float] | Sequence[float] | Matrix, width: int) -> Matrix:
    if isinstance(weights, Mapping):
        row = np.zeros(width)
        for place, weight in weights.items():
            row[place] = weight
        return row[None, :]
    matrix = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    if matrix.shape[1] != width:
        raise ValueError(f"a contrast needs {width} weights, one a row of the table, not {matrix.shape[1]}")
    return matrix


def _degrees(result: Result, used: NDArray[np.bool_]) -> float:
    mask = np.zeros(result.design.n, dtype=bool)
    for domain in np.unique(result.domain[used]):
        mask[result.rows[domain]] = True
    return result.design.degf(mask)


def _labels(result: Result) -> list[str]:
    if not result.by:
        return ["all"] * len(result)
    return result.table.select(pl.concat_str(result.by, separator=":")).to_series().to_list()


def _tested(value: Vector, se: Vector, df: Vector, level: float) -> pl.DataFrame:
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = t_quantile(df, 1 - level) * se
        statistic = value / se
    columns = {
        "estimate": value,
        "se": se,
        "ci_low": value - reach,
        "ci_high": value + reach,
        "t": statistic,
        "df": df,
        "p": np.where(se > 0, t_test(value, se, df), np.nan),
    }
    return pl.DataFrame({name: pl.Series(column, dtype=pl.Float64).fill_nan(None) for name, column in columns.items()})
