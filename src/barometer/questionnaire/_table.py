"""Checks of a whole table of answers."""

from collections.abc import Sequence

import polars as pl

from barometer.model import Instrument
from barometer.problems import Place, Problem, suggestion
from barometer.questionnaire._columns import answer_columns
from barometer.questionnaire._rules import Rule, rules
from barometer.questionnaire._walk import walked

CASES_NAMED = 5
"""How many case ids a problem names before it only counts."""
_KEYS = ("case_id", "unit_id")


def check_answers(
    instrument: Instrument, register: pl.DataFrame, answers: pl.DataFrame, place: Place | None = None
) -> tuple[Problem, ...]:
    """Everything wrong with a table of answers, codes A; soft checks of the instrument give warnings.

    `register`: units that may answer, one row each. Ids and columns are looked at first; what is in the columns
    only when those hold. A problem names the first five cases and counts the rest.
    """
    place = place or Place()
    problems = _check_columns(instrument, answers, place)
    if problems:
        return tuple(problems)
    checked = rules(instrument)
    broken = broken_rules(checked, walked(instrument, register, answers))
    return (*_check_ids(register, answers, place), *told_of(checked, broken, place))


def broken_rules(checked: Sequence[Rule], table: pl.DataFrame) -> pl.DataFrame:
    """case_id, and a column a rule, by its number: True where a case of the walked table breaks it."""
    return table.select(
        "case_id", *(ok.fill_null(True).not_().alias(str(number)) for number, (_, ok) in enumerate(checked))
    )


def told_of(checked: Sequence[Rule], broken: pl.DataFrame, place: Place) -> list[Problem]:
    """The problems of the rules that any case breaks."""
    anywhere = broken.select(pl.exclude("case_id").any())
    return [
        _with_cases(problem, broken.filter(pl.col(str(number)))["case_id"], place)
        for number, (problem, _) in enumerate(checked)
        if anywhere.item(0, str(number))
    ]


def _check_columns(instrument: Instrument, answers: pl.DataFrame, place: Place) -> list[Problem]:
    keys: dict[str, pl.DataType] = dict.fromkeys(_KEYS, pl.String())
    expected = keys | answer_columns(instrument)
    problems = []
    for name in answers.columns:
        if name not in expected:
            way_out = suggestion(name, expected)
            problems.append(_column_problem("A002", place, name, "column", "a column of the questions", way_out))
    for name, dtype in expected.items():
        found = answers.schema.get(name)
        if found is None:
            way_out = "Add it; leave it empty where nobody was asked."
            problems.append(_column_problem("A001", place, name, "no such column", f"{dtype}", way_out))
        elif found != dtype:
            problems.append(_column_problem("A003", place, name, f"{found}", f"{dtype}", "Convert the column."))
    return problems


def _check_ids(register: pl.DataFrame, answers: pl.DataFrame, place: Place) -> list[Problem]:
    case, unit = pl.col("case_id"), pl.col("unit_id")
    wrong = (
        ("A004", case.is_null() | (case == ""), "no case_id", "an id", "Give every case an id."),
        ("A005", case.is_duplicated() & case.is_not_null(), "case_id used again", "unique ids", "Keep one case."),
        (
            "A006",
            ~unit.is_in(register["unit_id"].to_list()).fill_null(False),
            "unit that is not in the sample",
            "a unit that was asked",
            "Correct the unit_id, or leave the case out.",
        ),
    )
    problems = []
    for code, mask, found, expected, way_out in wrong:
        rows = answers.filter(mask)
        if len(rows):
            problem = Problem(code, Place(column="unit_id" if code == "A006" else "case_id"), found, expected, way_out)
            problems.append(_with_cases(problem, rows["case_id"], place))
    return problems


def _column_problem(code: str, place: Place, column: str, found: str, expected: str, way_out: str) -> Problem:
    return Problem(code, Place(file=place.file, column=column), found, expected, way_out)


def _with_cases(problem: Problem, cases: pl.Series, place: Place) -> Problem:
    names = [str(case) for case in cases.head(CASES_NAMED)]
    more = ", …" if len(cases) > CASES_NAMED else ""
    plural = "case" if len(cases) == 1 else "cases"
    found = f"{problem.found} in {len(cases)} {plural}: {', '.join(names)}{more}"
    where = Place(file=place.file, column=problem.place.column, field=problem.place.field)
    return Problem(problem.code, where, found, problem.expected, problem.way_out, problem.severity)
