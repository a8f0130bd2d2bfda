"""The tables that pass between rooms: columns, types, units and meaning; and the objects that carry them.

A room checks what it is handed with `check_columns`, so that a wrong table is named at the border where it
appears. Shares are fractions in [0, 1] everywhere; only `publication` writes per cent.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True)
class Column:
    name: str
    dtype: type[pl.DataType]
    meaning: str


SAMPLE = (
    Column("unit_id", pl.String, "unit of the frame"),
    Column("stratum", pl.String, "stratum the unit was drawn in, category codes joined by ':'"),
    Column("population", pl.Int64, "units of the stratum in the frame, N_h"),
    Column("sampled", pl.Int64, "units of the stratum in the sample, n_h"),
    Column("inclusion_probability", pl.Float64, "n_h / N_h; 1 in a census"),
    Column("design_weight", pl.Float64, "1 / inclusion probability"),
    Column("prn", pl.Float64, "permanent random number in [0, 1)"),
)
"""One row a drawn unit; the register's own columns follow these."""

ANSWERS = (
    Column("case_id", pl.String, "one filled-in questionnaire or report; unique"),
    Column("unit_id", pl.String, "unit of the sample it belongs to"),
)
"""One row a case; then one column a question: single choice, grid item ('question.item'), number and text under
their own name; a multiple choice as Boolean columns 'question.code'. Dates are Date, years Int64, shares Float64
'question.item', ranks Int64 'question.code', texts beside a choice 'question.code.text', missing answers offered
beside an answer 'question.missing'. Null: not asked, or asked and not answered. Register columns are not repeated
here."""

WEIGHTS = (
    Column("case_id", pl.String, "case of the answers"),
    Column("unit_id", pl.String, "unit of the frame"),
    Column("stratum", pl.String, "stratum of the variance, after collapsing"),
    Column("psu", pl.String, "primary sampling unit of the variance"),
    Column(
        "population_psus",
        pl.Float64,
        "primary sampling units of the stratum in the frame; null: no correction",
    ),
    Column("design_weight", pl.Float64, "from the sample"),
    Column("base_weight", pl.Float64, "design weight after the adjustment for non-response"),
    Column("weight", pl.Float64, "final, calibrated weight; 1 where answers are not weighted"),
)
"""One row a case, in the order of the answers."""

ASKED = (
    Column("unit_id", pl.String, "unit of the sample, whether it answered or not"),
    Column("stratum", pl.String, "stratum of the variance, after collapsing"),
    Column("population_psus", pl.Float64, "units of the stratum in the frame"),
    Column("design_weight", pl.Float64, "from the sample"),
    Column("propensity", pl.Float64, "estimated chance to answer: the weighted rate of its class, or the model's"),
)
"""One row a unit asked, ordered by unit_id; then the variables of the model of response, numbers: 1 in the unit's own
response class and 0 elsewhere, or those of the logistic model. No rows where answers are not weighted or all
answered."""

CELLS = (
    Column("survey", pl.String, "survey of the edition"),
    Column("indicator", pl.String, "indicator"),
    Column("breakdown", pl.String, "breakdown, 'total' for everyone"),
    Column("cell", pl.String, "category of the breakdown, 'a:b' in a crossing, 'all' of the total"),
    Column("value", pl.Float64, "estimate: share in [0, 1], mean or total; null when there is no base"),
    Column("se", pl.Float64, "standard error; null when it cannot be estimated"),
    Column("ci_low", pl.Float64, "lower end of the interval at the programme's level"),
    Column("ci_high", pl.Float64, "upper end"),
    Column("df", pl.Float64, "degrees of freedom of the domain: PSUs minus strata it touches"),
    Column("deff", pl.Float64, "design effect against simple random sampling without replacement"),
    Column("n", pl.Int64, "cases in the base, unweighted"),
    Column("n_yes", pl.Int64, "cases in the numerator, unweighted (mean, total: cases with a value)"),
    Column("units", pl.Int64, "different units behind the base"),
    Column("units_yes", pl.Int64, "different units with at least one case in the numerator"),
    Column("units_no", pl.Int64, "different units with at least one base case outside the numerator"),
    Column(
        "largest",
        pl.Float64,
        "share of the largest unit in the cell: of cases (share), of the value (mean, total)",
    ),
    Column("second", pl.Float64, "share of the second largest unit"),
    Column("n_missing", pl.Int64, "cases in the universe that gave no answer, outside the base"),
    Column("n_dont_know", pl.Int64, "cases in the universe that answered don't know"),
    Column("n_not_relevant", pl.Int64, "cases in the universe that answered not relevant"),
    Column("weighted_base", pl.Float64, "weighted cases of the base"),
    Column("weighted_yes", pl.Float64, "weighted cases of the numerator (mean, total: weighted sum)"),
    Column("reason", pl.String, "why value or error is missing: '', 'no_respondents', 'one_unit', 'no_variation'"),
)
"""Estimates: one row an indicator and cell. Confidential."""

CONTRASTS = (
    Column("survey", pl.String, "survey"),
    Column("indicator", pl.String, "indicator"),
    Column("breakdown", pl.String, "breakdown"),
    Column("cell_a", pl.String, "first cell"),
    Column("cell_b", pl.String, "second cell"),
    Column("difference", pl.Float64, "value of a minus value of b"),
    Column("se", pl.Float64, "standard error of the difference, covariance included"),
    Column("df", pl.Float64, "degrees of freedom of the pair"),
    Column("p", pl.Float64, "two-sided p-value of the t-test"),
    Column("p_holm", pl.Float64, "p adjusted for the pairs of the breakdown (Holm)"),
)
"""Pairwise differences between the cells of a breakdown. Confidential."""

LEAVES = (
    Column("survey", pl.String, "survey"),
    Column("leaf", pl.Int64, "smallest register cell: the crossing of all register breakdowns"),
    Column("breakdown", pl.String, "register breakdown"),
    Column("cell", pl.String, "cell of that breakdown the leaf lies in"),
)
"""Which leaves make up each register cell (long form; every leaf lies in 'total', 'all')."""

COUNTS = (
    Column("survey", pl.String, "survey"),
    Column("leaf", pl.Int64, "leaf"),
    Column("indicator", pl.String, "indicator; or 'universe:ID' for membership of a universe among respondents"),
    Column("group", pl.String, "'' or, for a breakdown by answers, 'breakdown/cell' the cases also lie in"),
    Column("n", pl.Int64, "cases in the base"),
    Column("n_yes", pl.Int64, "cases in the numerator"),
    Column("weighted_base", pl.Float64, "weighted base"),
    Column("weighted_yes", pl.Float64, "weighted numerator; mean and total: weighted sum"),
)
"""Evidence for disclosure control: counts an attacker would like to know. Confidential."""

RESPONSE = (
    Column("survey", pl.String, "survey"),
    Column("breakdown", pl.String, "register breakdown, 'total' for everyone"),
    Column("cell", pl.String, "cell"),
    Column("frame", pl.Int64, "units in the frame"),
    Column("sampled", pl.Int64, "units asked"),
    Column("responded", pl.Int64, "units that answered"),
    Column("cases", pl.Int64, "cases they handed in; equals responded unless units report several times"),
)
"""Response by register cell; what the methods page shows."""

DIAGNOSTICS = (
    Column("survey", pl.String, "survey"),
    Column(
        "statistic",
        pl.String,
        "'respondents', 'strata', 'collapsed_strata', 'response_classes', 'margins', "
        "'margin_error' (largest relative), 'g_low', 'g_high', 'deff_weighting' (Kish)",
    ),
    Column("value", pl.Float64, "its value"),
)
"""How the weighting went."""

RELEASED_CELLS = (
    Column("survey", pl.String, "survey"),
    Column("indicator", pl.String, "indicator"),
    Column("breakdown", pl.String, "breakdown, 'total' for everyone"),
    Column("cell", pl.String, "category; 'all' of the total"),
    Column("value", pl.Float64, "share in [0, 1], mean or total; null when not published"),
    Column("ci_low", pl.Float64, "lower end of the 95 % interval (1 - level); null when there is none"),
    Column("ci_high", pl.Float64, "upper end"),
    Column("n", pl.Int64, "unweighted base; null when not published; told with status 'q'"),
    Column("n_dont_know", pl.Int64, "of the universe, answered don't know; total only, null when not published"),
    Column("n_missing", pl.Int64, "of the universe, no answer; total only, null when not published"),
    Column("status", pl.String, "'' published, 'c' confidential, 'z' no respondents, 'q' too uncertain to be shown"),
    Column("quality", pl.String, "'' or 'u': wide interval; 'm': no margin can be calculated"),
    Column("as_in_release", pl.Int64, "earlier release whose figure this still is, to protect respondents; null: new"),
)
"""The public cube. Rounded to six decimals, so that the same release comes out on any machine."""

RELEASED_CONTRASTS = (
    *CONTRASTS[:5],
    Column("difference", pl.Float64, "value of a minus value of b"),
    Column("ci_low", pl.Float64, "lower end of the interval of the difference"),
    Column("ci_high", pl.Float64, "upper end"),
    Column("p", pl.Float64, "two-sided p-value"),
    Column("p_holm", pl.Float64, "p adjusted for the pairs of the breakdown (Holm)"),
)
"""Differences between published cells only."""


def check_columns(table: pl.DataFrame, columns: Sequence[Column], name: str) -> pl.DataFrame:
    """Give `table` back if it starts with these columns and types; else raise TypeError naming the differences."""
    wrong = [
        f"{column.name}: {table.schema.get(column.name, 'missing')}, expected {column.dtype.__name__}"
        for column in columns
        if table.schema.get(column.name) != column.dtype
    ]
    if wrong:
        raise TypeError(f"table {name}: " + "; ".join(wrong))
    return table


def to_parquet(table: pl.DataFrame) -> bytes:
    """The table as the build folder keeps it."""
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def from_parquet(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))


def empty(columns: Sequence[Column]) -> pl.DataFrame:
    """A table of these columns without rows."""
    return pl.DataFrame(schema={column.name: column.dtype for column in columns})


@dataclass(frozen=True)
class Sample:
    """What `draw_sample` gives. `units` has columns SAMPLE, then those of the register."""

    survey: str
    units: pl.DataFrame
    frame_size: int


@dataclass(frozen=True)
class Weights:
    """What `weigh` gives: weights, and what estimation needs to linearise calibration.

    `auxiliaries` (n cases x k): calibration variables, zero columns where weights were not calibrated; the
    residual of a linearised variable on them, fitted with `base_weight`, carries its variance (Deville and
    Sarndal 1992). `asked` is what the variance that non-response adds is worked out from.
    """

    survey: str
    cases: pl.DataFrame  # WEIGHTS
    auxiliaries: pl.DataFrame  # k Float64 columns, rows as in `cases`
    response: pl.DataFrame  # RESPONSE
    diagnostics: pl.DataFrame  # DIAGNOSTICS
    asked: pl.DataFrame = field(default_factory=lambda: empty(ASKED))  # ASKED, then the model of response


@dataclass(frozen=True)
class Estimates:
    """What `estimate` gives for one survey or, joined, for an edition. Confidential, all of it."""

    cells: pl.DataFrame  # CELLS
    contrasts: pl.DataFrame  # CONTRASTS
    leaves: pl.DataFrame  # LEAVES
    counts: pl.DataFrame  # COUNTS
    response: pl.DataFrame  # RESPONSE
    diagnostics: pl.DataFrame  # DIAGNOSTICS


@dataclass(frozen=True)
class UnitCounts:
    """Evidence unit by unit: LEAVES and COUNTS with 'unit_id' in the place of 'leaf'. Confidential."""

    leaves: pl.DataFrame
    counts: pl.DataFrame


Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """Weights that have been calibrated, and what the variance of estimates made with them needs.

    The residual of a linearised variable on `auxiliaries`, fitted with weights `base / variance` and multiplied by
    `weights`, carries its variance (Deville and Särndal 1992). `margins` has one row a total:
    'margin', 'cell', 'total' (wanted), 'before' and 'after' (weighted with `base` and `weights`), 'respondents'.
    """

    method: str  # 'poststratify', 'rake', 'linear', 'raking', 'logit'
    weights: Vector  # n, final
    base: Vector  # n, before
    auxiliaries: Matrix  # n x k, linearly independent columns
    names: tuple[str, ...]  # k
    margins: pl.DataFrame
    variance: Vector | None = None  # n, of the heteroscedastic model; None: constant
    raked: tuple[NDArray[np.int64], ...] = ()  # method 'rake': the cell of each row in each margin, in order
    steps: int = 0  # Newton steps, or rounds of proportional fitting
    triangle: Matrix | None = None  # k x k: auxiliaries @ inv(triangle) is orthonormal, weighted with base / variance

    @property
    def g(self) -> Vector:
        """g-weights: what calibration multiplied the base weights by; 1 where a base weight is 0."""
        factors: Vector = np.divide(self.weights, self.base, out=np.ones_like(self.base), where=self.base != 0)
        return factors

    @property
    def margin_error(self) -> float:
        """Largest difference between a weighted margin and its total, relative to 1 + |total|."""
        totals = self.margins["total"].to_numpy()
        return float(np.max(np.abs(self.margins["after"].to_numpy() - totals) / (1 + np.abs(totals)), initial=0.0))


@dataclass(frozen=True)
class Piece:
    """Weights of some rows in some replicates (b x m): those of `rows` (m numbers), replicates `columns`."""

    rows: NDArray[np.int64]
    columns: slice
    weights: Matrix


@dataclass(frozen=True)
class Replicates:
    """Replicate weights: V(theta) = scale * sum_r rscales_r (theta_r - centre)², the centre being the mean of
    the theta_r with rscales_r > 0, or the estimate of the whole sample where `mse`.

    `chunk(i)` gives the weights (n x b) of the i-th group of replicates, the same at every call; `blocks()` runs
    through all of them, so that n x R numbers need never be stored. `strips` gives the same numbers with all replicates
    of some rows at a time, where the way of drawing allows it; `rank`, there too, is that of the weights of some rows,
    as it is but for a freak of chance.
    """

    type: str  # 'JK1', 'JKn', 'BRR', 'Fay', 'bootstrap', 'subbootstrap', 'RaoWuYue', 'mrbbootstrap', 'other'
    base: Vector  # n, weights of the whole sample
    scale: float
    rscales: Vector  # R
    chunks: int
    chunk: Callable[[int], Matrix]
    mse: bool = False
    strips: Callable[[], Iterator[Piece]] | None = None
    rank: Callable[[NDArray[np.bool_]], int] | None = None

    @classmethod
    def of(
        cls,
        base: Vector,
        weights: Matrix,
        scale: float,
        rscales: Vector,
        *,
        type: str = "other",  # noqa: A002  as survey packages call it
        mse: bool = False,
    ) -> "Replicates":
        """Replicates from a matrix of weights (n x R)."""
        return cls(type, base, scale, rscales, 1, lambda _: weights, mse)

    @property
    def count(self) -> int:
        return len(self.rscales)

    def blocks(self) -> Iterator[Matrix]:
        """Weights, some replicates at a time: matrices n x b whose columns follow each other."""
        return (self.chunk(number) for number in range(self.chunks))

    def pieces(self) -> Iterator[Piece]:
        """All weights, some rows or some replicates at a time, whichever is cheaper."""
        if self.strips is not None:
            yield from self.strips()
            return
        rows, start = np.arange(len(self.base)), 0
        for block in self.blocks():
            yield Piece(rows, slice(start, start + block.shape[1]), block.T)
            start += block.shape[1]

    @property
    def weights(self) -> Matrix:
        """All weights, n x R."""
        found = list(self.blocks())
        return found[0] if len(found) == 1 else np.hstack(found)
