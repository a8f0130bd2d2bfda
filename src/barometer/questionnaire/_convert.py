"""One question's columns in a file of texts as its columns in a table of answers."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl

from barometer.model import Question, QuestionKind
from barometer.problems import Place, Problem, Severity
from barometer.questionnaire._columns import choice_codes, missing_column
from barometer.questionnaire._map import QuestionMap

MARKS: Mapping[str, str | bool] = {"true": True, "1": True, "false": False, "0": False}
"""What marks of a multiple choice look like where the map does not say; in any case."""
VALUES_LISTED = 20
"""How many different values a problem lists before it only counts."""


@dataclass(frozen=True)
class Converted:
    """A question's columns in the table of answers, and what was wrong with the values."""

    columns: dict[str, pl.Series]
    problems: list[Problem]


def converted(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    """The question's columns; A025 for values without a code, warnings for numbers that needed a rule."""
    answer = _answer(rows, source, question, place)
    columns = {**answer.columns}
    for code, column in source.texts.items():
        columns[f"{question.id}.{code}.text"] = _plain_text(rows[column], source)
    if source.missing:
        columns[missing_column(question)] = _missing(rows, source)
    return Converted(columns, answer.problems)


def listed(counts: Mapping[str, int]) -> str:
    """'a (3), b (1)', the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{value} ({count})" for value, count in ordered[:VALUES_LISTED])
    return shown + (f" and {len(ordered) - VALUES_LISTED} more" if len(ordered) > VALUES_LISTED else "")


def _answer(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    match question.kind:
        case QuestionKind.MULTI if source.columns:
            return _marks(rows, source, question, place)
        case QuestionKind.MULTI:
            return _separated(rows, source, question, place)
        case QuestionKind.GRID:
            return _grid(rows, source, question, place)
        case QuestionKind.SHARES:
            return _figures(rows, source, question, pl.Float64(), place)
        case QuestionKind.RANKING if source.columns:
            return _figures(rows, source, question, pl.Int64(), place)
        case QuestionKind.RANKING:
            return _ranks(rows, source, question, place)
        case QuestionKind.SINGLE | QuestionKind.CONSENT:
            codes, problems = _codes(rows[source.column], source, question, place)
            return Converted({question.id: codes}, problems)
        case QuestionKind.NUMBER | QuestionKind.YEAR:
            dtype = pl.Int64() if question.kind is QuestionKind.YEAR else pl.Float64()
            numbers, problems = _numbers(rows[source.column], source, dtype, place)
            return Converted({question.id: numbers}, problems)
        case QuestionKind.DATE:
            return _dates(rows[source.column], source, question, place)
    return Converted({question.id: _plain_text(rows[source.column], source)}, [])


def _marks(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    """A column a choice. All blank: no answer; a choice without a column: never marked, and a warning."""
    marks: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    for code, column in source.columns.items():
        marks[code], told = _known(
            rows[column], lambda value: _mark(value, source), "true or false", source, place, pl.Boolean()
        )
        problems += told
    table = pl.DataFrame(marks)
    answered = pl.any_horizontal(pl.all().is_not_null())
    if source.none_marked == "missing":
        answered = pl.any_horizontal(pl.all().fill_null(False))
    absent = [code for code in choice_codes(question) if code not in marks]
    if absent:
        problems.append(_without_column(question, absent, place))
    given = table.select(answered.alias("answered"))["answered"]
    columns = {}
    for code in choice_codes(question):
        mark = marks[code].fill_null(False) if code in marks else pl.repeat(False, len(rows), eager=True)
        columns[f"{question.id}.{code}"] = pl.select(pl.when(given).then(mark)).to_series()
    return Converted(columns, problems)


def _mark(value: str, source: QuestionMap) -> str | bool | None:
    if source.values is not None:
        return source.values.get(value)
    return MARKS.get(value.casefold())


def _separated(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    """All marks in one column."""

    def mark(code: str, listed: list[str]) -> bool | None:
        return code in listed if listed else None

    return _from_lists(rows[source.column], source, question, mark, pl.Boolean(), place)


def _grid(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    columns: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    for item, column in source.columns.items():
        columns[f"{question.id}.{item}"], told = _codes(rows[column], source, question, place)
        problems += told
    return Converted(columns, problems)


def _codes(column: pl.Series, source: QuestionMap, question: Question, place: Place) -> tuple[pl.Series, list[Problem]]:
    codes = choice_codes(question)
    return _known(column, lambda value: _code(value, source, codes), ", ".join(codes), source, place, pl.String())


def _code(value: str, source: QuestionMap, codes: list[str]) -> str | None:
    if source.values is not None:
        return str(source.values[value]) if value in source.values else None
    return value if value in codes else None


def _known(
    column: pl.Series,
    meaning: Callable[[str], str | bool | None],
    expected: str,
    source: QuestionMap,
    place: Place,
    dtype: pl.DataType,
) -> tuple[pl.Series, list[Problem]]:
    """The column with values replaced by what they mean, blanks by null, and a problem for those without meaning.

    A value the map lists is never a blank.
    """
    unknown: Counter[str] = Counter()
    for value, count in Counter(column.to_list()).items():
        if value not in source.blank and meaning(value) is None:
            unknown[value] += count
    return _translated(column, meaning, dtype), _without_code(unknown, column.name, expected, place)


def _figures(
    rows: pl.DataFrame, source: QuestionMap, question: Question, dtype: pl.DataType, place: Place
) -> Converted:
    """A number in a column of each item or choice; what has no column is missing."""
    columns: dict[str, pl.Series] = {}
    problems: list[Problem] = []
    for code, column in source.columns.items():
        columns[f"{question.id}.{code}"], told = _numbers(rows[column], source, dtype, place)
        problems += told
    return Converted(columns, problems)


def _ranks(rows: pl.DataFrame, source: QuestionMap, question: Question, place: Place) -> Converted:
    """All choices in one column, in their order."""

    def rank(code: str, listed: list[str]) -> int | None:
        return listed.index(code) + 1 if code in listed else None

    return _from_lists(rows[source.column], source, question, rank, pl.Int64(), place)


def _from_lists(
    column: pl.Series,
    source: QuestionMap,
    question: Question,
    meaning: Callable[[str, list[str]], object],
    dtype: pl.DataType,
    place: Place,
) -> Converted:
    """A column a choice from cells that list codes: what each choice's code means beside the others of its cell."""
    codes = choice_codes(question)
    lists: dict[str, list[str]] = {}
    unknown: Counter[str] = Counter()
    for cell, count in Counter(column.to_list()).items():
        parts = [part.strip() for part in cell.split(source.separator)]
        given = [part for part in parts if part and part not in source.blank and part not in source.missing]
        lists[cell] = [code for part in given if (code := _code(part, source, codes)) is not None]
        for part in given:
            if _code(part, source, codes) is None:
                unknown[part] += count
    columns = {}
    for code in codes:
        found = {cell: meaning(code, listed) for cell, listed in lists.items()}
        columns[f"{question.id}.{code}"] = _translated(column, found.__getitem__, dtype)
    return Converted(columns, _without_code(unknown, column.name, ", ".join(codes), place))


def _dates(column: pl.Series, source: QuestionMap, question: Question, place: Place) -> Converted:
    days: dict[str, date | None] = {}
    unreadable: Counter[str] = Counter()
    for value, count in Counter(column.to_list()).items():
        try:
            blank = value in source.blank or value in source.missing
            days[value] = None if blank else datetime.strptime(value, source.format).replace(tzinfo=UTC).date()
        except ValueError:
            days[value] = None
            unreadable[f"'{value}'"] += count
    problems = []
    if unreadable:
        where, found = Place(file=place.file, column=column.name), f"{unreadable.total()} values: {listed(unreadable)}"
        way_out = "They are missing now. Give their format in the map, or accept it."
        problems.append(Problem("A036", where, found, f"dates like {source.format}", way_out, Severity.WARNING))
    return Converted({question.id: _translated(column, days.__getitem__, pl.Date())}, problems)


def _missing(rows: pl.DataFrame, source: QuestionMap) -> pl.Series:
    """The first missing answer that stands in a column of the question."""
    own = [*source.columns.values()] or [source.column]
    found = [_translated(rows[column], source.missing.get, pl.String()) for column in own]
    return pl.select(pl.coalesce([pl.lit(column) for column in found])).to_series()


def _plain_text(column: pl.Series, source: QuestionMap) -> pl.Series:
    blank = {*source.blank, *source.missing}
    return _translated(column, lambda value: None if value in blank else value, pl.String())


def _numbers(
    column: pl.Series, source: QuestionMap, dtype: pl.DataType, place: Place
) -> tuple[pl.Series, list[Problem]]:
    """The column as numbers; one that is not whole cannot be read as whole."""
    unreadable: Counter[str] = Counter()
    by_rule: Counter[str] = Counter()
    numbers: dict[str, float | None] = {}
    for value, count in Counter(column.to_list()).items():
        if value in source.blank or value in source.missing:
            numbers[value] = None
            continue
        number, ruled = source.number.read(value)
        numbers[value] = None if dtype == pl.Int64() and number is not None and number % 1 else number
        if numbers[value] is None:
            unreadable[f"'{value}'"] += count
        elif ruled:
            by_rule[f"'{value}' as {numbers[value]:g}"] += count
    where = Place(file=place.file, column=column.name)
    problems = []
    if unreadable:
        found = f"{unreadable.total()} values: {listed(unreadable)}"
        way_out = "They are missing now. Give a rule for them under number, or accept it."
        problems.append(Problem("A030", where, found, "numbers", way_out, Severity.WARNING))
    if by_rule:
        found = f"{by_rule.total()} values: {listed(by_rule)}"
        way_out = "Look whether the rule reads them as they were meant."
        problems.append(Problem("A031", where, found, "plain numbers", way_out, Severity.WARNING))
    return _translated(column, numbers.__getitem__, pl.Float64()).cast(dtype), problems


def _translated(column: pl.Series, meaning: Callable[[str], object], dtype: pl.DataType) -> pl.Series:
    """Each different value is looked at once."""
    meanings = {value: meaning(value) for value in column.unique()}
    if column.is_empty():
        return column.cast(dtype)
    return column.replace_strict(list(meanings), list(meanings.values()), return_dtype=dtype)


def _without_code(unknown: Mapping[str, int], column: str, expected: str, place: Place) -> list[Problem]:
    if not unknown:
        return []
    found = listed({f"'{value}'": count for value, count in unknown.items()})
    way_out = "Add them to values, or to blank if they mean no answer."
    return [Problem("A025", Place(file=place.file, column=column), found, expected, way_out)]


def _without_column(question: Question, codes: list[str], place: Place) -> Problem:
    found, way_out = f"{question.id}: {', '.join(codes)}", "Map them if the file has them; they count as not marked."
    return Problem("A032", place, found, "a column a choice", way_out, Severity.WARNING)
