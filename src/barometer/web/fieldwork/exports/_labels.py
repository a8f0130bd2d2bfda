"""Labels of columns and values, for SPSS and Stata alike."""

from collections.abc import Callable

import polars as pl

from barometer.questionnaire import MISSING_STATES, Variable, VariableMeasure
from barometer.web.fieldwork.exports._tables import design_names
from barometer.web.fieldwork.exports._words import OTHERS, STATES, in_language, say

NUMBERS = (VariableMeasure.CODE, VariableMeasure.MARK, VariableMeasure.RANK, VariableMeasure.NUMBER)
Cut = Callable[[str], str]


def column_labels(table: pl.DataFrame, variables: tuple[Variable, ...], language: str, cut: Cut) -> list[str | None]:
    known = {one.name: in_language(one.label, language) for one in variables}
    design = {name: column for column, name in design_names(variables).items()} | {"case_id": "case_id"}
    return [cut(known[name] if name in known else say(OTHERS[design[name]], language)) for name in table.columns]


def value_labels(one: Variable, language: str, cut: Cut) -> dict[int | float, str]:
    """Number -> label of the categories and of the missing codes."""
    labels: dict[int | float, str] = {
        category.number: cut(in_language(category.label, language)) for category in one.categories
    }
    if one.measure is VariableMeasure.MARK:
        labels = {0: say(OTHERS["not marked"], language), 1: say(OTHERS["marked"], language)}
    return labels | {one.missing_number(state): cut(say(STATES[state], language)) for state in MISSING_STATES}
