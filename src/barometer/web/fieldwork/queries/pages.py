"""A page of the questionnaire, the overview before handing in, and what was handed in: plain values for templates."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from barometer.model import Instrument, Page, Question, QuestionKind
from barometer.problems import Problem, Severity
from barometer.questionnaire import on_path, path
from barometer.web.fieldwork.forms import is_error, page_problems, path_problems
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.merging import fields_of, names_of
from barometer.web.fieldwork.models import Response, Submission
from barometer.web.fieldwork.queries.questions import ShownQuestion, blank_question, shown_question
from barometer.web.fieldwork.queries.wording import readable, told
from barometer.web.fieldwork.routes import Route, first_open, is_passed, resume


@dataclass(frozen=True)
class Stop:
    """A section, or a page where there are no sections, in the contents."""

    page: str  # its first page
    title: str
    state: str  # done, now, open


@dataclass
class ShownPage:
    id: str
    title: str
    parts: list[SafeString]  # its questions, as HTML
    number: int
    count: int  # pages there can be, as long as earlier answers stay
    come: int  # how far through the questionnaire, of `whole`
    whole: int
    first: bool
    section: str  # title
    stops: list[Stop]
    once: str
    revision: int
    shown: str  # names it asks
    rendered_at: int
    errors: list[tuple[str, str]] = field(default_factory=list)  # (anchor, words)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    conflict: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """The page asked for is not on the way now: an address below the response's own."""

    then: str


@dataclass(frozen=True)
class Answered:
    """A line of the overview."""

    text: str
    lines: list[str]
    page: str
    question: str


@dataclass(frozen=True)
class Chapter:
    title: str
    page: str
    answers: list[Answered]
    errors: list[str]
    is_open: bool


@dataclass(frozen=True)
class Overview:
    chapters: list[Chapter]
    remarks: list[str]
    blocked: bool


def shown_page(
    response: Response, page_id: str, *, section: str, back: bool, language: str, check: bool, conflict: str
) -> ShownPage | Elsewhere:
    """The page with what is stored for it. `check`: with everything that is wrong; `conflict`: revision of the event
    whose answers were not stored."""
    instrument = instrument_of(response.version_id)
    facts = {**response.register, **response.values}
    route = Route(path(instrument, facts), section, back)
    place = route.place(page_id)
    if place is None:
        return Elsewhere(first_open(route, response.passed))
    page = route.pages[place]
    values = {**_offered(page, response), **(on_path(instrument, facts) if _computes(page) else facts)}
    order = [one.id for one in instrument.pages if section in ("", one.section)]
    shown = ShownPage(
        id=page.id,
        title=page.title.get(language, ""),
        parts=[],
        number=place + 1,
        count=place + len(order) - order.index(page.id),
        come=order.index(page.id) + 1,
        whole=len(order),
        first=place == 0,
        section=_section_title(instrument, page, language),
        stops=_stops(instrument, route, response, page, language),
        once=str(uuid.uuid4()),
        revision=response.revision,
        shown=" ".join(names_of(page)),
        rendered_at=int(time.time()),
    )
    if not check and not conflict.isdigit():
        shown.parts = [_part(question, instrument, response, values, language) for question in page.questions]
        return shown
    questions = [shown_question(question, values, response.kept, language) for question in page.questions]
    if check:
        problems = page_problems(instrument, page, facts, response.kept)
        _tell(shown, questions, page, problems, instrument, language)
    if conflict.isdigit():
        _tell_conflict(shown, questions, page, response, int(conflict), language)
    shown.parts = [question.html for question in questions]
    return shown


def where_to_resume(response: Response, section: str) -> str:
    """The address, below the response's own, of the page the person left."""
    instrument = instrument_of(response.version_id)
    route = Route(path(instrument, {**response.register, **response.values}), section)
    return resume(route, response.passed, "" if section else response.page)


def overview(response: Response, *, language: str) -> Overview:
    """Everything answered, page by page, with what still keeps it from being handed in."""
    instrument = instrument_of(response.version_id)
    facts = {**response.register, **response.values}
    counted = on_path(instrument, facts)
    chapters, remarks, blocked = [], [], False
    for page, problems in path_problems(instrument, path(instrument, facts), facts, response.kept):
        errors = [problem for problem in problems if is_error(problem)]
        remarks += [_words(problem, page, instrument, language) for problem in problems if _is_remark(problem)]
        blocked = blocked or bool(errors)
        chapters.append(
            Chapter(
                title=page.title.get(language, ""),
                page=page.id,
                answers=_answers(page.questions, counted, page.id, language),
                errors=[_words(problem, page, instrument, language) for problem in errors],
                is_open=not is_passed(page, response.passed),
            )
        )
    return Overview(chapters, remarks, blocked)


def handed_in(response: Response, submission: Submission, *, language: str) -> list[Chapter]:
    """What was handed in, in the words of the questionnaire it was answered with."""
    instrument = instrument_of(response.version_id)
    asked = set(submission.path)
    chapters = []
    for page in instrument.pages:
        questions = [question for question in page.questions if question.id in asked]
        answers = _answers(questions, submission.values, page.id, language)
        if answers:
            chapters.append(Chapter(page.title.get(language, ""), page.id, answers, [], False))
    return chapters


def _answers(
    questions: Iterable[Question], values: Mapping[str, object], page_id: str, language: str
) -> list[Answered]:
    return [
        Answered(question.text.get(language, ""), readable(question, values, language), page_id, question.id)
        for question in questions
        if question.names
    ]


def _offered(page: Page, response: Response) -> dict[str, object]:
    """Values of the register offered as answers, until the page has been left once."""
    if page.id in response.passed:
        return {}
    return {
        question.id: response.register[question.prefill]
        for question in page.questions
        if question.prefill and response.register.get(question.prefill) is not None
    }


def _computes(page: Page) -> bool:
    return any(not question.names for question in page.questions)


def _section_title(instrument: Instrument, page: Page, language: str) -> str:
    titles = {section.id: section.title for section in instrument.sections}
    return titles[page.section].get(language, "") if page.section in titles else ""


def _stops(instrument: Instrument, route: Route, response: Response, now: Page, language: str) -> list[Stop]:
    if not instrument.sections:
        groups = [[page] for page in route.pages]
    else:
        groups = []
        for page in route.pages:
            if groups and groups[-1][0].section == page.section:
                groups[-1].append(page)
            else:
                groups.append([page])
    return [
        Stop(
            page=group[0].id,
            title=_section_title(instrument, group[0], language) or group[0].title.get(language, ""),
            state=_state(group, now, response),
        )
        for group in groups
    ]


def _state(group: list[Page], now: Page, response: Response) -> str:
    if any(page.id == now.id for page in group):
        return "now"
    return "done" if all(is_passed(page, response.passed) for page in group) else "open"


def _part(
    question: Question, instrument: Instrument, response: Response, values: Mapping[str, object], language: str
) -> SafeString:
    """A question as it stands, without remarks. Most are met untouched."""
    touched = any(name in values for name in question.names) or not fields_of(question).isdisjoint(response.kept)
    whole = question is instrument.question(question.id)  # no choice or item is hidden
    if whole and not touched and question.kind is not QuestionKind.COMPUTED:
        return blank_question(response.version_id, language, question.id)
    return shown_question(question, values, response.kept, language).html


def _tell(
    shown: ShownPage,
    questions: list[ShownQuestion],
    page: Page,
    problems: Iterable[Problem],
    instrument: Instrument,
    language: str,
) -> None:
    """Put each problem beside its question and into the summary of the page."""
    for problem in problems:
        question = _question_of(problem, page)
        words = told(problem, question, instrument, language)
        if problem.severity is Severity.INFO:
            shown.remarks.append(words)
            continue
        one = next((one for one in questions if question is not None and one.id == question.id), None)
        anchor = _anchor(one, problem.place.field) if one else "main"
        error = is_error(problem)
        # The instrument's checks say themselves what they are about.
        about = question.text.get(language, "") if question and "questions" not in problem.values else ""
        line = f"{about} {words}".strip()
        (shown.errors if error else shown.warnings).append((anchor, line))
        if one is not None:
            (one.errors if error else one.warnings).append(words)


def _anchor(shown: ShownQuestion, name: str) -> str:
    """The field the problem is of, where it is one of several."""
    for row in shown.rows:
        if row.id == f"f:{name}":
            return row.options[0].id if shown.template == "grid" and row.options else row.id
    return f"f:{name}" if any(line.id == f"f:{name}" for line in shown.lines) else shown.anchor


def _question_of(problem: Problem, page: Page) -> Question | None:
    """The question on the page the problem is of; of a check, the last it looks at."""
    used = problem.values.get("questions")
    if isinstance(used, tuple):
        return next((question for question in reversed(page.questions) if question.id in used), None)
    name = problem.place.field
    return next((one for one in page.questions if one.id == name or name in fields_of(one)), None)


def _words(problem: Problem, page: Page, instrument: Instrument, language: str) -> str:
    return told(problem, _question_of(problem, page), instrument, language)


def _is_remark(problem: Problem) -> bool:
    return problem.severity is Severity.INFO


def _tell_conflict(
    shown: ShownPage, questions: list[ShownQuestion], page: Page, response: Response, revision: int, language: str
) -> None:
    event = response.events.filter(revision=revision, page=page.id).first()
    if event is None or not event.conflicts:
        return
    shown.conflict = True
    for question, one in zip(page.questions, questions, strict=True):
        lost = {name: value for name, value in event.conflicts.items() if name in fields_of(question)}
        if lost:
            given = {name: value for name, value in lost.items() if value is not None}
            one.others = readable(question, given, language) or [str(value) for value in given.values()] or ["–"]
