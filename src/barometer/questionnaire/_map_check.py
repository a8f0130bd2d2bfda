"""Whether a question is mapped as its kind asks."""

from barometer.model import Question, QuestionKind
from barometer.problems import Place, Problem, suggestion
from barometer.questionnaire._columns import choice_codes
from barometer.questionnaire._map import QuestionMap


def map_problems(source: QuestionMap, question: Question, place: Place) -> list[Problem]:
    """Whether a question is mapped as its kind asks, to choices and items it has."""
    kind = question.kind
    problems = []
    separable = kind in (QuestionKind.MULTI, QuestionKind.RANKING)
    itemised = kind in (QuestionKind.GRID, QuestionKind.SHARES)
    several = itemised or (separable and not source.column)
    if kind in (QuestionKind.INFORMATION, QuestionKind.COMPUTED) or several != bool(source.columns):
        expected = "columns, one a choice or item" if several else "column"
        problems.append(_wrong(place, f"{question.id}, a {kind.value} question", expected, f"Give {expected}."))
    if separable and source.column and not source.separator:
        problems.append(_wrong(place, f"{question.id} without a separator", "separator", "Give the separator."))
    parts = [item.code for item in question.items] if itemised else choice_codes(question)
    targets = [*source.columns]
    problems += _unknown([*source.missing.values()], [missing.value for missing in question.missing], question, place)
    problems += _unknown([*source.texts], [*question.other_texts.values()], question, place)
    if source.values is not None and kind is not QuestionKind.GRID and source.columns:
        marks = [value for value in source.values.values() if not isinstance(value, bool)]
        if marks:
            problems.append(_wrong(place, f"{marks}", "true or false", "Write true or false without quotation marks."))
    elif source.values is not None:
        codes = choice_codes(question)
        problems += _unknown([str(value) for value in source.values.values()], codes, question, place)
    return problems + _unknown(targets, parts, question, place)


def _unknown(found: list[str], known: list[str], question: Question, place: Place) -> list[Problem]:
    return [
        Problem("A024", place, f"'{code}'", f"a code of {question.id}", suggestion(code, known))
        for code in dict.fromkeys(found)
        if code not in known
    ]


def _wrong(place: Place, found: str, expected: str, way_out: str) -> Problem:
    return Problem("A021", place, found, expected, way_out)
