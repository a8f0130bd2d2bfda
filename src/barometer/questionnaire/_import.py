"""Answers collected elsewhere, brought into the edition's own terms by a map."""

from collections import Counter
from collections.abc import Iterable, Mapping

import polars as pl

from barometer.model import Frame, Instrument, QuestionKind, Survey
from barometer.problems import Place, Problem, Severity, raise_errors, suggestion
from barometer.questionnaire._columns import answer_columns, missing_column
from barometer.questionnaire._convert import Converted, converted, listed
from barometer.questionnaire._map import AnswerMap, RegisterMap, UnitMap, read_map
from barometer.questionnaire._map_check import map_problems
from barometer.questionnaire._read import read_rows

_MOST_ROWS_NAMED = 5


def import_answers(
    content: bytes,
    map_content: bytes,
    survey: Survey,
    place: Place | None = None,
    map_place: Place | None = None,
) -> tuple[pl.DataFrame, tuple[Problem, ...]]:
    """The answers as a table with case_id, unit_id and the instrument's columns, and warnings.

    `content` is the file as it was handed over, `map_content` the TOML map described in
    docs/how-to/import-answers.md; the places name both files in problems. Rows keep their order. Raises BadInput
    with everything wrong (codes A), map and file together where one can be looked at without the other.
    Whether answers fit the questionnaire's routing is for `check_answers`.
    """
    place, map_place = place or Place(), map_place or Place()
    answer_map = read_map(map_content, map_place)
    rows, problems = read_rows(content, answer_map.dialect, place)
    problems += _check_columns(rows, answer_map, place, map_place)
    problems += _check_map(answer_map, survey, map_place)
    raise_errors(problems)
    cases, told = _case_ids(rows, answer_map, place)
    problems += told
    units, told = _unit_ids(rows, answer_map.unit, survey.frame, place, map_place)
    problems += told
    for register in answer_map.register:
        problems += _compare(rows, units, register, survey.frame, place, map_place)
    columns: dict[str, pl.Series] = {}
    for question_map in answer_map.questions:
        result: Converted = converted(rows, question_map, survey.measured.question(question_map.id), place)
        columns |= result.columns
        problems += result.problems
    wanted = answer_columns(survey.measured)
    problems += _not_asked([name for name in wanted if not _optional(name, survey.measured)], columns, place)
    warnings = raise_errors(problems)
    answers = [
        columns[name].alias(name)
        if name in columns
        else pl.repeat(None, len(rows), dtype=dtype, eager=True).alias(name)
        for name, dtype in wanted.items()
    ]
    return pl.DataFrame([cases.alias("case_id"), units.alias("unit_id"), *answers]), warnings


def _check_columns(rows: pl.DataFrame, answer_map: AnswerMap, place: Place, map_place: Place) -> list[Problem]:
    """Every column of the file stands in the map exactly once, and the other way round."""
    uses = Counter(
        [answer_map.case_column] * bool(answer_map.case_column)
        + [answer_map.unit.column]
        + [column for question in answer_map.questions for column in question.sources]
        + [register.column for register in answer_map.register]
        + list(answer_map.ignored)
    )
    problems = []
    for column in uses:
        if column not in rows.columns:
            way_out = suggestion(column, rows.columns)
            problems.append(Problem("A022", map_place, f"'{column}'", "a column of the file", way_out))
    for column in rows.columns:
        where = Place(file=place.file, column=column)
        if uses[column] == 0:
            way_out = "Map it to a question, or list it under [[ignore]] with a reason."
            problems.append(Problem("A023", where, "not in the map", "one place in the map", way_out))
        elif uses[column] > 1:
            found = f"{uses[column]} places in the map"
            problems.append(Problem("A023", where, found, "one place in the map", "Leave the others out."))
    return problems


def _check_map(answer_map: AnswerMap, survey: Survey, map_place: Place) -> list[Problem]:
    """Questions, choices, items and frame columns of the map exist, and questions are mapped as their kind asks."""
    problems = []
    known = {question.id: question for question in survey.measured.questions}
    for number, question_map in enumerate(answer_map.questions, start=1):
        where = Place(file=map_place.file, field=f"question[{number}]")
        question = known.get(question_map.id)
        if question is None:
            way_out = suggestion(question_map.id, known)
            problems.append(Problem("A024", where, f"'{question_map.id}'", "a question", way_out))
        else:
            problems += map_problems(question_map, question, where)
    for question_id, count in Counter(question.id for question in answer_map.questions).items():
        if count > 1:
            found = f"'{question_id}' {count} times"
            problems.append(Problem("A021", map_place, found, "a question once", "Join the entries."))
    columns = survey.frame.units.columns
    looked_up = {"unit_id.lookup": answer_map.unit.lookup}
    looked_up |= {f"register[{n}].is": entry.frame_column for n, entry in enumerate(answer_map.register, start=1)}
    for field, name in looked_up.items():
        if name not in columns:
            where = Place(file=map_place.file, field=field)
            problems.append(Problem("A024", where, f"'{name}'", "a column of the frame", suggestion(name, columns)))
    return problems


def _case_ids(rows: pl.DataFrame, answer_map: AnswerMap, place: Place) -> tuple[pl.Series, list[Problem]]:
    if not answer_map.case_column:
        numbers = pl.Series(
            [f"{answer_map.case_prefix}{number}" for number in range(1, len(rows) + 1)], dtype=pl.String
        )
        return numbers, []
    where = Place(file=place.file, column=answer_map.case_column)
    raw = rows[answer_map.case_column]
    problems = []
    blank = _row_numbers(raw == "")
    if blank:
        problems.append(Problem("A004", where, f"nothing in {_rows_named(blank)}", "an id", "Give it an id."))
    for value, count in Counter(raw.to_list()).items():
        if value and count > 1:
            found = f"'{value}' in {_rows_named(_row_numbers(raw == value))}"
            problems.append(Problem("A005", where, found, "ids used once", "Leave all but one out of the file."))
    return answer_map.case_prefix + raw, problems


def _unit_ids(
    rows: pl.DataFrame, unit_map: UnitMap, frame: Frame, place: Place, map_place: Place
) -> tuple[pl.Series, list[Problem]]:
    """unit_id of each row, null where the value names no unit or several."""

    def plain(text: str) -> str:
        joined = " ".join(text.split())
        return joined.casefold() if unit_map.ignore_case else joined

    corrections = {plain(wrong): right for wrong, right in unit_map.corrections.items()}
    units: dict[str, list[str]] = {}
    for unit_id, value in zip(frame.units["unit_id"], frame.units[unit_map.lookup], strict=True):
        units.setdefault(plain(str(value)), []).append(unit_id)
    where = Place(file=place.file, column=unit_map.column)
    problems = _unused(corrections, map(plain, rows[unit_map.column].unique().to_list()), "unit_id", map_place)
    found: dict[str, str | None] = {}
    for raw in rows[unit_map.column].unique(maintain_order=True):
        value = plain(corrections.get(plain(raw), raw))
        matches = units.get(value, [])
        found[raw] = matches[0] if len(matches) == 1 else None
        named = f"'{raw}' in {_rows_named(_row_numbers(rows[unit_map.column] == raw))}"
        if not matches:
            near = suggestion(value, units) if value else "Give the unit."
            way_out = f"{near} Add it to unit_id.corrections, or to the frame." if value else near
            problems.append(Problem("A028", where, named, f"a {unit_map.lookup} of the frame", way_out))
        elif len(matches) > 1:
            way_out = "Look units up by unit_id, or give the units of the frame names of their own."
            problems.append(Problem("A029", where, named, "a name of one unit", way_out))
    return rows[unit_map.column].replace_strict(found, return_dtype=pl.String), problems


def _compare(
    rows: pl.DataFrame, units: pl.Series, register: RegisterMap, frame: Frame, place: Place, map_place: Place
) -> list[Problem]:
    """Warn where the file's copy of a register column says something else than the frame."""
    labels = _labels(frame, register.frame_column)
    known = dict(zip(frame.units["unit_id"], frame.units[register.frame_column], strict=True))
    differing: Counter[tuple[str, str]] = Counter()
    for unit, raw in zip(units, rows[register.column], strict=True):
        said = register.corrections.get(raw, raw)
        value = str(known.get(unit, said))
        if unit is not None and said not in (value, *labels.get(value, ())):
            differing[raw, value] += 1
    problems = _unused(register.corrections, rows[register.column].unique().to_list(), "register", map_place)
    if differing:
        found = listed({f"'{raw}' where the register has '{value}'": n for (raw, value), n in differing.items()})
        where = Place(file=place.file, column=register.column)
        way_out = "The register counts. Add a correction if it is a spelling, or mend the frame."
        expected = f"{register.frame_column} of the frame"
        problems.append(Problem("A033", where, found, expected, way_out, Severity.WARNING))
    return problems


def _labels(frame: Frame, column: str) -> dict[str, tuple[str, ...]]:
    described = [entry for entry in frame.columns if entry.name == column]
    return {code.code: tuple(code.label.values()) for entry in described for code in entry.categories}


def _unused(corrections: Mapping[str, str], values: Iterable[str], name: str, map_place: Place) -> list[Problem]:
    seen = set(values)
    where = Place(file=map_place.file, field=f"{name}.corrections")
    return [
        Problem("A034", where, f"'{wrong}'", "a value of the file", "Remove the correction.", Severity.WARNING)
        for wrong in corrections
        if wrong not in seen
    ]


def _not_asked(wanted: Iterable[str], columns: Mapping[str, pl.Series], place: Place) -> list[Problem]:
    missing = [name for name in wanted if name not in columns]
    if not missing:
        return []
    found, way_out = ", ".join(missing), "Map them if the file has them; else their figures are left out."
    return [Problem("A032", place, found, "columns for all questions", way_out, Severity.WARNING)]


def _optional(column: str, instrument: Instrument) -> bool:
    """Columns beside an answer, and computed ones: a file collected elsewhere need not have them."""
    question = instrument.question(column.split(".")[0])
    beside = column in question.other_texts or (bool(question.missing) and column == missing_column(question))
    return beside or question.kind is QuestionKind.COMPUTED


def _row_numbers(mask: pl.Series) -> list[int]:
    """Rows of the file, the header being row 1."""
    return [index + 2 for index in mask.arg_true()]


def _rows_named(rows: list[int]) -> str:
    shown = ", ".join(str(row) for row in rows[:_MOST_ROWS_NAMED])
    more = f", … ({len(rows)} in all)" if len(rows) > _MOST_ROWS_NAMED else ""
    return f"row {shown}{more}" if len(rows) == 1 else f"rows {shown}{more}"
