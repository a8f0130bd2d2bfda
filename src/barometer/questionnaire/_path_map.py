"""Which answers lead to which pages: a table for the author, and nodes and edges of a drawing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from barometer.expressions import Expression
from barometer.model import Instrument, Language, Page, Question, Text
from barometer.questionnaire._minutes import question_words, words_of


@dataclass(frozen=True)
class PathStep:
    """A page, or a question of it, in the order of the questionnaire.

    `when` is its condition as written, '' where it is always shown once its page is; `depends_on` the questions and
    register columns that decide whether it, its choices or its items are shown, or that it is computed from;
    `leads_to` the pages, questions and checks it decides about in turn; `words` what there is to read by language.
    """

    id: str
    page: str
    title: Text
    when: str
    depends_on: tuple[str, ...]
    leads_to: tuple[str, ...]
    words: Mapping[Language, int]
    kind: str  # 'page', or the kind of question


@dataclass(frozen=True)
class PathEdge:
    """From a page to one that may come next, on `condition` ('' : always); or, with `depends`, from the page of a
    question, or from 'register', to a page it decides about."""

    source: str
    target: str
    condition: str
    depends: bool


@dataclass(frozen=True)
class PathMap:
    """`pages` are the nodes of the drawing; edges from '' begin at the first page and those to '' submit."""

    steps: tuple[PathStep, ...]
    pages: tuple[str, ...]
    edges: tuple[PathEdge, ...]


REGISTER = "register"


def path_map(instrument: Instrument) -> PathMap:
    """The routing of an instrument, found in its conditions without walking any path."""
    leads = _leads(instrument)
    steps: list[PathStep] = []
    for page in instrument.pages:
        words = {language: words_of(page.title, language) for language in instrument.languages}
        leads_to = tuple(dict.fromkeys(to for question in page.questions for to in leads.get(question.id, ())))
        condition = page.when.source if page.when else ""
        steps.append(PathStep(page.id, page.id, page.title, condition, used_in([page.when]), leads_to, words, "page"))
        steps += [_step(question, page, instrument.languages, leads) for question in page.questions]
    edges = (*_next_edges(instrument), *_depend_edges(instrument))
    return PathMap(tuple(steps), tuple(page.id for page in instrument.pages), edges)


def _step(
    question: Question, page: Page, languages: Iterable[Language], leads: Mapping[str, tuple[str, ...]]
) -> PathStep:
    words = {language: question_words(question, language) for language in languages}
    return PathStep(
        question.id,
        page.id,
        question.text,
        question.when.source if question.when else "",
        used_in(expressions_of(question)),
        leads.get(question.id, ()),
        words,
        question.kind.value,
    )


def _leads(instrument: Instrument) -> dict[str, tuple[str, ...]]:
    """What each question or register column decides about."""
    found: dict[str, dict[str, None]] = {}

    def decides(names: Iterable[str], what: str) -> None:
        for name in names:
            found.setdefault(name, {})[what] = None

    for page in instrument.pages:
        decides(used_in([page.when]), page.id)
        for question in page.questions:
            decides(used_in(expressions_of(question)), question.id)
    for check in instrument.checks:
        decides(used_in([check.condition]), check.id)
    return {name: tuple(targets) for name, targets in found.items()}


def expressions_of(question: Question) -> list[Expression | None]:
    """All conditions of the question, its choices and items, and what it is computed from."""
    choices = [choice.when for choice in question.choices]
    return [question.when, question.expression, *choices, *(item.when for item in question.items)]


def used_in(expressions: Iterable[Expression | None]) -> tuple[str, ...]:
    """Questions and register columns in the expressions, each once."""
    names = [name.split(".")[0] for expression in expressions if expression for name in expression.names]
    return tuple(dict.fromkeys(names))


def _next_edges(instrument: Instrument) -> list[PathEdge]:
    """To the pages that may come next: up to the first that nobody passes by."""
    edges = []
    pages = instrument.pages
    for number, source in enumerate(("", *(page.id for page in pages))):
        for target in pages[number:]:
            edges.append(PathEdge(source, target.id, _shown_when(target), depends=False))
            if not _shown_when(target):
                break
        else:
            edges.append(PathEdge(source, "", "", depends=False))
    return edges


def _shown_when(page: Page) -> str:
    """The condition under which anything of the page is shown."""
    parts = [page.when.source] if page.when else []
    whens = [question.when.source if question.when else "" for question in page.questions]
    if whens and all(whens):
        joined = " or ".join(f"({when})" for when in dict.fromkeys(whens))
        parts.append(joined if len(set(whens)) > 1 else whens[0])
    return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)


def _depend_edges(instrument: Instrument) -> list[PathEdge]:
    home = {question.id: page.id for page in instrument.pages for question in page.questions}
    edges: dict[PathEdge, None] = {}
    for page in instrument.pages:
        expressions = [page.when, *(one for question in page.questions for one in expressions_of(question))]
        for expression in expressions:
            for name in used_in([expression]):
                source = home.get(name, REGISTER)
                if source != page.id and expression is not None:
                    edges[PathEdge(source, page.id, expression.source, depends=True)] = None
    return list(edges)
