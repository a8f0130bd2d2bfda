"""The columns of every table that passes between rooms: name, type, unit and meaning."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Column:
    """A column with its type, and its unit and meaning in words."""

    name: str
    dtype: type[pl.DataType]
    meaning: str


_SURVEY = Column("survey", pl.String, "survey of the edition")
_CELL = (
    _SURVEY,
    Column("indicator", pl.String, "indicator"),
    Column("breakdown", pl.String, "breakdown, 'total' for everyone"),
    Column("cell", pl.String, "category of the breakdown, 'a:b' in a crossing, 'all' of the total"),
)
_PAIR = (
    *_CELL[:2],
    Column("breakdown", pl.String, "breakdown"),
    Column("cell_a", pl.String, "first cell"),
    Column("cell_b", pl.String, "second cell"),
    Column("difference", pl.Float64, "value of a minus value of b"),
)
_PAIR_P = Column("p", pl.Float64, "two-sided p-value of the t-test")
_PAIR_HOLM = Column("p_holm", pl.Float64, "p adjusted for the pairs of the breakdown (Holm)")

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
    *_CELL,
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
    *_PAIR,
    Column("se", pl.Float64, "standard error of the difference, covariance included"),
    Column("df", pl.Float64, "degrees of freedom of the pair"),
    _PAIR_P,
    _PAIR_HOLM,
)
"""Pairwise differences between the cells of a breakdown. Confidential."""

LEAVES = (
    _SURVEY,
    Column("leaf", pl.Int64, "smallest register cell: the crossing of all register breakdowns"),
    Column("breakdown", pl.String, "register breakdown"),
    Column("cell", pl.String, "cell of that breakdown the leaf lies in"),
)
"""Which leaves make up each register cell (long form; every leaf lies in 'total', 'all')."""

COUNTS = (
    _SURVEY,
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
    _SURVEY,
    Column("breakdown", pl.String, "register breakdown, 'total' for everyone"),
    Column("cell", pl.String, "cell"),
    Column("frame", pl.Int64, "units in the frame"),
    Column("sampled", pl.Int64, "units asked"),
    Column("responded", pl.Int64, "units that answered"),
    Column("cases", pl.Int64, "cases they handed in; equals responded unless units report several times"),
)
"""Response by register cell; what the methods page shows."""

DIAGNOSTICS = (
    _SURVEY,
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
    *_CELL,
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
    *_PAIR,
    Column("ci_low", pl.Float64, "lower end of the interval of the difference"),
    Column("ci_high", pl.Float64, "upper end"),
    _PAIR_P,
    _PAIR_HOLM,
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
    """A table as `to_parquet` wrote it."""
    return pl.read_parquet(io.BytesIO(content))


def empty(columns: Sequence[Column]) -> pl.DataFrame:
    """A table of these columns without rows."""
    return pl.DataFrame(schema={column.name: column.dtype for column in columns})
