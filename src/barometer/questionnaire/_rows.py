"""Between the values of one respondent and the rows of a table of answers."""

from collections.abc import Collection, Iterable, Mapping, Sequence

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
    rows = list(cases)
    columns = {name: [values.get(name) for values in rows] for name in ("case_id", "unit_id")}
    for question in instrument.questions:
        columns |= _columns(question, rows)
    schema = {"case_id": pl.String(), "unit_id": pl.String()} | answer_columns(instrument)
    return pl.DataFrame([pl.Series(name, columns[name], dtype=dtype) for name, dtype in schema.items()])


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


def _columns(question: Question, rows: Sequence[Values]) -> dict[str, list[object]]:
    """The cells of the question's columns, column by column: many times faster than row by row."""
    given = [values.get(question.id) for values in rows]
    names = question_columns(question)
    match question.kind:
        case QuestionKind.MULTI:
            marks = [_several(value) for value in given]
            columns: dict[str, list[object]] = {
                f"{question.id}.{choice.code}": [None if mark is None else choice.code in mark for mark in marks]
                for choice in question.choices
            }
        case QuestionKind.RANKING:
            ranks = [_ranks(_several(value) or ()) for value in given]
            columns = {
                f"{question.id}.{choice.code}": [rank.get(choice.code) for rank in ranks] for choice in question.choices
            }
        case _:
            columns = {name: _cells([values.get(name) for values in rows], dtype) for name, dtype in names.items()}
    columns |= {name: _cells([values.get(name) for values in rows], pl.String()) for name in question.other_texts}
    if question.missing:
        missing = [MISSING_CODES.get(value) if isinstance(value, str) else None for value in given]
        offered = [one if one in question.missing else None for one in missing]
        columns[missing_column(question)] = [one.value if one else None for one in offered]
        if question.id in columns:
            cells = zip(columns[question.id], offered, strict=True)
            columns[question.id] = [None if one else cell for cell, one in cells]
    return columns


def _several(value: object) -> Collection[object] | None:
    return value if isinstance(value, Collection) and not isinstance(value, str) else None


def _ranks(ranked: Collection[object]) -> dict[object, int]:
    """A choice that stands twice has its first rank."""
    return {code: rank for rank, code in reversed(list(enumerate(ranked, 1)))}


def _cells(values: Sequence[object], dtype: pl.DataType) -> list[object]:
    """The values the column can hold; null for the others."""
    if dtype == pl.Date():
        return [as_date(value) for value in values]
    if dtype == pl.Float64():
        return [float(value) if _is_number(value) else None for value in values]  # type: ignore[arg-type]
    if dtype == pl.Int64():
        return [int(value) if _is_number(value) and value % 1 == 0 else None for value in values]  # type: ignore[call-overload, operator]
    return [value if isinstance(value, str) else None for value in values]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


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
