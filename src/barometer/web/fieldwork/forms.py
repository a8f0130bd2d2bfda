"""Answers as a form shows them, and what is wrong with them as they stand. Pure: no database."""

from collections.abc import Collection, Iterable, Mapping

from barometer.model import MISSING_CODES, Instrument, Page, Question, QuestionKind
from barometer.problems import Problem, Severity
from barometer.questionnaire import Path, check_page, check_pages, parse_posted
from barometer.web.fieldwork.merging import fields_of

NUMBERS = (QuestionKind.NUMBER, QuestionKind.SHARES)


def form_fields(
    question: Question, values: Mapping[str, object], kept: Mapping[str, str], language: str
) -> dict[str, list[str]]:
    """What the fields of a question's form hold, as `parse_posted` reads them: kept texts before answers."""
    fields: dict[str, list[str]] = {}
    for name in question.names:
        value = values.get(name)
        if value is None:
            continue
        if isinstance(value, str) and value in MISSING_CODES and question.missing:
            fields[f"{question.id}.missing"] = [MISSING_CODES[value].value]
        elif question.kind is QuestionKind.RANKING and isinstance(value, Collection) and not isinstance(value, str):
            fields.update({f"{question.id}.{place}": [str(code)] for place, code in enumerate(value, 1)})
        elif isinstance(value, Collection) and not isinstance(value, str):
            fields[name] = [str(code) for code in value]
        elif isinstance(value, int | float):
            fields[name] = [written(value, language)]
        else:
            fields[name] = [str(value)]
    for name in fields_of(question):
        if name in kept:
            fields[name] = [kept[name]]
    return fields


def written(value: float, language: str) -> str:
    """A number for a form: no mark between thousands, the language's decimal mark, and never just three decimals,
    which would read as thousands elsewhere."""
    if float(value).is_integer():
        return str(int(value))
    text = f"{value:.10f}".rstrip("0")
    if len(text.partition(".")[2]) == 3:
        text += "0"
    return text if language == "en" else text.replace(".", ",")


def page_problems(
    instrument: Instrument, page: Page, facts: Mapping[str, object], kept: Mapping[str, str]
) -> list[Problem]:
    """Everything wrong with a page as stored: texts that are no answer, then answers. `page` is one of the path;
    `facts`: register values and answers."""
    return _of_page(page, check_page(instrument, page, facts), facts, kept)


def path_problems(
    instrument: Instrument, route: Path, facts: Mapping[str, object], kept: Mapping[str, str]
) -> list[tuple[Page, list[Problem]]]:
    """The same of all pages on the path, in order."""
    found = check_pages(instrument, facts)
    return [(page, _of_page(page, found[page.id], facts, kept)) for page in route.pages]


def is_error(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR


def key(problem: Problem) -> str:
    """What a person confirms when they go on in spite of a warning."""
    return f"{problem.code} {problem.place.field}"


def _of_page(
    page: Page, checked: Iterable[Problem], facts: Mapping[str, object], kept: Mapping[str, str]
) -> list[Problem]:
    unreadable: list[Problem] = []
    for question in page.questions:
        if not fields_of(question).isdisjoint(kept):
            unreadable += parse_posted(question, form_fields(question, facts, kept, "en")).problems
    told = {problem.place.field for problem in unreadable}
    told |= {question.id for question in page.questions if not fields_of(question).isdisjoint(kept)}
    others = [problem for problem in checked if problem.place.field not in told]
    return _in_order(page, [*unreadable, *others])


def _in_order(page: Page, problems: list[Problem]) -> list[Problem]:
    """As the questions stand on the page; checks of several answers last."""
    order: dict[str, int] = {}
    for place, question in enumerate(page.questions):
        order.update(dict.fromkeys(fields_of(question) | {question.id}, place))
    return sorted(problems, key=lambda problem: order.get(problem.place.field, len(page.questions)))
