"""Between the values of one respondent and the rows of a table of answers."""

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from barometer.model import MISSING_CODES, Instrument, Question, QuestionKind, missing_code
from barometer.model import Missing as MissingAnswer
from barometer.questionnaire._answer import as_date
from barometer.questionnaire._columns import answer_columns, missing_column, question_columns

Values = Mapping[str, object]


def answers_table(instrument: Instrument, cases: Iterable[Values]) -> pl.DataFrame:
    """One row a respondent, columns case_id, unit_id (both of them names in the values) and `answer_columns`.

    Values of another type than their column's, which `check_case` tells, become null. Answers are taken as they
    are; `on_path` keeps those that count.
    """
    schema = {"case_id": pl.String(), "unit_id": pl.String()} | answer_columns(instrument)
    rows = [
        {name: values.get(name) for name in ("case_id", "unit_id")}
        | {name: cell for question in instrument.questions for name, cell in _cells(question, values).items()}
        for values in cases
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def values_of(instrument: Instrument, row: Values) -> dict[str, object]:
    """The values of one respondent, without those that are missing; `row`: columns of `answer_columns` to cells."""
    values: dict[str, object] = {}
    for question in instrument.questions:
        values |= _values(question, row)
    return {name: value for name, value in values.items() if value is not None}


def changed_cases(new: pl.DataFrame, old: pl.DataFrame | None) -> dict[str, int]:
    """Cases 'added', 'changed' and 'gone' between two tables of answers; no earlier one counts as empty."""
    if old is None:
        return {"added": new.height, "changed": 0, "gone": 0}
    added = new.join(old, on="case_id", how="anti").height
    gone = old.join(new, on="case_id", how="anti").height
    same = new.join(old, on=old.columns, how="semi", nulls_equal=True).height if new.columns == old.columns else 0
    return {"added": added, "changed": new.height - added - same, "gone": gone}


def _cells(question: Question, values: Values) -> dict[str, object]:
    value = values.get(question.id)
    match question.kind:
        case QuestionKind.MULTI:
            marks = value if isinstance(value, Collection) and not isinstance(value, str) else None
            cells: dict[str, object] = {
                f"{question.id}.{choice.code}": None if marks is None else choice.code in marks
                for choice in question.choices
            }
        case QuestionKind.RANKING:
            ranked = list(value) if isinstance(value, Collection) and not isinstance(value, str) else []
            cells = {
                f"{question.id}.{choice.code}": ranked.index(choice.code) + 1 if choice.code in ranked else None
                for choice in question.choices
            }
        case _:
            names = question_columns(question)
            cells = {name: _cell(values.get(name), dtype) for name, dtype in names.items()}
    cells |= {name: _cell(values.get(name), pl.String()) for name in question.other_texts}
    if question.missing:
        missing = MISSING_CODES.get(value) if isinstance(value, str) else None
        cells[missing_column(question)] = missing.value if missing in question.missing and missing else None
        if missing in question.missing and question.id in cells:
            cells[question.id] = None
    return cells


def _cell(value: object, dtype: pl.DataType) -> object:
    """The value if the column can hold it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if dtype == pl.Date():
        return as_date(value)
    if dtype == pl.Float64():
        return float(value) if number else None  # type: ignore[arg-type]
    if dtype == pl.Int64():
        return int(value) if number and value % 1 == 0 else None  # type: ignore[call-overload, operator]
    return value if isinstance(value, str) else None


def _values(question: Question, row: Values) -> dict[str, object]:
    cells = {name: row.get(name) for name in question_columns(question)}
    codes = {choice.code: cells.get(f"{question.id}.{choice.code}") for choice in question.choices}
    match question.kind:
        case QuestionKind.MULTI:
            marks = tuple(code for code, mark in codes.items() if mark)
            answered = any(mark is not None for mark in codes.values())
            values: dict[str, object] = {question.id: marks if answered else None}
        case QuestionKind.RANKING:
            ranks = {code: rank for code, rank in codes.items() if isinstance(rank, int)}
            values = {question.id: tuple(sorted(ranks, key=ranks.__getitem__)) or None}
        case QuestionKind.DATE:
            values = {question.id: None if cells[question.id] is None else str(cells[question.id])}
        case _:
            values = {name: cells.get(name) for name in question.names}
    values |= {name: cells[name] for name in question.other_texts}
    missing = cells.get(missing_column(question)) if question.missing else None
    return values | ({question.id: missing_code(MissingAnswer(missing))} if missing else {})
