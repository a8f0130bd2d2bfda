"""The answers as tables of export: with codes as they are, and with numbers."""

import polars as pl

from barometer.questionnaire import MISSING_STATES, Variable, VariableMeasure
from barometer.web.fieldwork.queries.answers import Collected

DESIGN = ("stratum", "design_weight", "version", "language", "mode", "complete", "handed_in", "weight")
"""Columns of `Collected.cases` that stand before the answers, as far as it has them. The unit is not among them."""


def coded(found: Collected, variables: tuple[Variable, ...]) -> pl.DataFrame:
    """case_id, the design's columns, and the answers under the names of the export, codes as they are."""
    answers = found.answers.select("case_id", *(pl.col(one.column).alias(one.name) for one in variables))
    return _cases(found, variables).join(answers, on="case_id", how="left", maintain_order="left")


def states(found: Collected, variables: tuple[Variable, ...]) -> pl.DataFrame:
    """The same shape: why each cell has a value or none."""
    return found.states.select("case_id", *(pl.col(one.column).alias(one.name) for one in variables))


def numbered(found: Collected, variables: tuple[Variable, ...]) -> pl.DataFrame:
    """The answers as numbers, missing answers by `Variable.missing_number`; dates and texts as they are, null and ''
    where they are missing."""
    given = found.answers.join(found.states, on="case_id", how="left", suffix=STATE, maintain_order="left")
    columns = [_number(one).alias(one.name) for one in variables]
    cases = _cases(found, variables).with_columns(pl.col(pl.Boolean).cast(pl.Float64))
    return cases.join(given.select("case_id", *columns), on="case_id", how="left", maintain_order="left")


STATE = "\0state"


def design_names(variables: tuple[Variable, ...]) -> dict[str, str]:
    """Names of the design's columns; one that a question has too gets an underscore."""
    taken = {one.name.lower() for one in variables}
    return {name: f"{name}_" if name in taken else name for name in DESIGN}


def _cases(found: Collected, variables: tuple[Variable, ...]) -> pl.DataFrame:
    names = {name: own for name, own in design_names(variables).items() if name in found.cases.columns}
    return found.cases.select("case_id", *names).rename(names)


def _number(one: Variable) -> pl.Expr:
    column = pl.col(one.column)
    if one.measure is VariableMeasure.DATE:
        return column
    if one.measure is VariableMeasure.TEXT:
        return column.fill_null("")
    if one.measure is VariableMeasure.CODE:
        numbers = {category.code: float(category.number) for category in one.categories}
        column = column.replace_strict(numbers, default=None, return_dtype=pl.Float64)
    missing = {state.value: float(one.missing_number(state)) for state in MISSING_STATES}
    reason = pl.col(f"{one.column}{STATE}").cast(pl.String)
    reasons = reason.replace_strict(missing, default=None, return_dtype=pl.Float64)
    return pl.coalesce(reasons, column.cast(pl.Float64))
