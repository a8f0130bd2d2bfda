"""A second look at a questionnaire that can be read: what is allowed, but hardly anybody means. All are warnings."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from barometer.edition._entries import Report
from barometer.expressions import Circumstances, Expression, condition, possible_cases
from barometer.model import Choice, Instrument, Item, Page, Question, QuestionKind, Required, Text
from barometer.problems import Place

_UNFINISHED = re.compile(r"\b(?:TODO|TBD|FIXME|XXX+|lorem ipsum)\b|\?\?\?", re.IGNORECASE)
_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>|&(?:nbsp|amp|lt|gt|[a-z]{2,6});")
_NOT_ASKED = (QuestionKind.COMPUTED, QuestionKind.INFORMATION)
EARLIEST_YEAR = 1000


@dataclass(frozen=True)
class Places:
    """Where pages, questions, checks and sections stand, by id."""

    pages: Mapping[str, Place]
    questions: Mapping[str, Place]
    checks: Mapping[str, Place]
    sections: Mapping[str, Place]


def look_again(instrument: Instrument, places: Places, register: Collection[str], report: Report) -> None:
    """Report (codes Q021 to Q025) what can be read but not be meant. `register`: columns that conditions may use."""
    known = _circumstances(instrument, register)
    for page in instrument.pages:
        _conditions([page.when], "the page", places.pages[page.id], known, report)
        _texts(page.title, places.pages[page.id], report)
        for question in page.questions:
            place = places.questions[question.id]
            _question_conditions(question, page, place, known, report)
            _labels(question, place, report)
            _limits(question, place, report)
            for text in (question.text, question.hint, question.definition):
                _texts(text, place, report)
    asked = {question.id for question in instrument.questions}
    for check in instrument.checks:
        _check_condition(check.condition, asked, places.checks[check.id], known, report)
        _texts(check.text, places.checks[check.id], report)
    _repeated(instrument, places, report)
    for section in instrument.sections:
        if all(page.section != section.id for page in instrument.pages):
            found = f"the section '{section.id}', which no page is in"
            _warn(report, "Q023", places.sections[section.id], found, "a section with pages", "Remove it.")


def unused_lists(lists: Mapping[str, Place], used: Sequence[str], report: Report) -> None:
    """Report lists of choices no question uses."""
    for name, place in lists.items():
        if name not in used:
            found = f"the list '{name}', which no question uses"
            _warn(report, "Q023", place, found, "a list that is used", "Remove it, or name it in 'choices'.")


def _circumstances(instrument: Instrument, register: Collection[str]) -> Circumstances:
    """The register has a value for everybody, but where a condition asks whether it has."""
    needs: dict[str, list[Expression]] = {}
    limits: dict[str, tuple[float | None, float | None]] = {}
    sources = " ".join(one.source for one in _all_conditions(instrument))
    never_missing = {name for name in register if not re.search(rf"answered\(\s*{name}\s*\)", sources)}
    for page in instrument.pages:
        for question in page.questions:
            conditions = [one for one in (page.when, question.when) if one is not None]
            for name in (*question.names, question.id, f"{question.id}.missing"):
                needs[name] = conditions
                limits[name] = (question.minimum, question.maximum)
            if question.required is Required.HARD and not conditions and not question.missing:
                never_missing |= {*question.names}
            if question.kind not in (QuestionKind.NUMBER, QuestionKind.YEAR, QuestionKind.SHARES):
                limits |= dict.fromkeys((*question.names, question.id), (None, None))
    return Circumstances(needs, limits, never_missing)


def _all_conditions(instrument: Instrument) -> Iterator[Expression]:
    for page in instrument.pages:
        for question in page.questions:
            whens = (
                page.when,
                question.when,
                *(one.when for one in question.choices),
                *(one.when for one in question.items),
            )
            yield from (when for when in whens if when is not None)
    yield from (check.condition for check in instrument.checks)


def _question_conditions(question: Question, page: Page, place: Place, known: Circumstances, report: Report) -> None:
    _conditions([question.when, page.when], f"'{question.id}'", place, known, report)
    shown = [one for one in (page.when, question.when) if one is not None]
    parts: Sequence[Choice | Item]
    for parts, fewest in ((question.choices, 2), (question.items, 1)):
        for part in parts:
            if part.when is not None:
                _conditions([part.when, *shown], f"'{part.code}' of '{question.id}'", place, known, report)
        whens = [part.when for part in parts if part.when is not None]
        if not whens or len(parts) - len(whens) >= fewest:
            continue
        cases = possible_cases([*shown, *whens], known) or []
        asked = [case for case in cases if all(condition(one, case) for one in shown)]
        left = min((sum(condition(one, case) for one in whens) for case in asked), default=fewest)
        if left + len(parts) - len(whens) < fewest:
            found = f"respondents who see {left + len(parts) - len(whens)} choices or items of '{question.id}'"
            way_out = "Give the question the conditions of its parts, or leave some parts without."
            _warn(report, "Q021", place, found, f"at least {fewest} for everybody who is asked", way_out)


def _conditions(
    whens: Sequence[Expression | None], what: str, place: Place, known: Circumstances, report: Report
) -> None:
    """The first is the condition of `what`; all must hold for it to be shown."""
    own = whens[0]
    if own is None:
        return
    given = [one for one in whens if one is not None]
    cases = possible_cases(given, known)
    if cases is not None and not any(all(condition(one, case) for one in given) for case in cases):
        found, expected = f"{own.source}: nobody is shown {what}", "a condition that holds for somebody"
        _warn(report, "Q021", place, found, expected, "Look at 'and', 'or' and the questions it is about.")
    elif _always(own, known):
        found, expected = f"{own.source}: everybody is shown {what}", "a condition that does not hold for somebody"
        _warn(report, "Q021", place, found, expected, "Write 'and' for 'or', or remove the condition.")


def _check_condition(
    own: Expression, asked: Collection[str], place: Place, known: Circumstances, report: Report
) -> None:
    if not {name.split(".")[0] for name in own.names}.intersection(asked):
        found, way_out = f"{own.source}, which is about no answer", "Name a question in it."
        _warn(report, "Q021", place, found, "a condition about answers", way_out)
        return
    cases = possible_cases([own], known)
    if cases is not None and not any(condition(own, case) for case in cases):
        found = f"{own.source}: no answers meet the check"
        _warn(report, "Q021", place, found, "what answers should fulfil", "Turn the condition round.")
    elif _always(own, known):
        found = f"{own.source}: all answers meet the check"
        _warn(report, "Q021", place, found, "a condition that some answers do not meet", "Turn it round, or remove it.")


def _always(own: Expression, known: Circumstances) -> bool:
    """Whether it holds for all, or for all who answered where it says 'not this one or not that one' by !=."""
    cases = possible_cases([own], Circumstances(known.needs, known.limits, {*known.never_missing, *_unequal(own)}))
    return bool(cases) and all(condition(own, case) for case in cases or ())


def _unequal(own: Expression) -> Iterator[str]:
    nodes = [own.tree]
    while nodes:
        node = nodes.pop()
        nodes += node.arguments
        if node.op in ("!=", "not in"):
            yield from (part.variable.name for part in node.arguments if part.variable is not None)


def _labels(question: Question, place: Place, report: Report) -> None:
    """Choices or items nobody can tell apart."""
    parts: Sequence[Choice | Item]
    for parts in (question.choices, question.items):
        seen: dict[tuple[str, str], str] = {}
        for part in parts:
            for language, label in part.label.items():
                first = seen.setdefault((language, label.strip().casefold()), part.code)
                if first != part.code:
                    found = f"'{first}' and '{part.code}' of '{question.id}' with the same words in {language}"
                    _warn(report, "Q022", place, found, "words that tell them apart", "Change one of them.")
    for language, hint in question.hint.items():
        if hint.strip() and hint.strip() == question.text.get(language, "").strip():
            found = f"the hint of '{question.id}' is the question once more in {language}"
            _warn(report, "Q022", place, found, "a hint that says more", "Change or remove the hint.")


def _repeated(instrument: Instrument, places: Places, report: Report) -> None:
    """Questions asked twice: the same words, and nothing else that differs."""
    seen: dict[tuple[object, ...], str] = {}
    for question in instrument.questions:
        if question.kind in _NOT_ASKED:
            continue
        parts = (*(choice.code for choice in question.choices), *(item.code for item in question.items))
        for language, text in question.text.items():
            first = seen.setdefault((language, text.strip().casefold(), parts), question.id)
            if first != question.id:
                found = f"'{first}' and '{question.id}' ask the same in {language}"
                way_out = "Change the text of one of them."
                _warn(report, "Q022", places.questions[question.id], found, "each question once", way_out)


def _limits(question: Question, place: Place, report: Report) -> None:
    for found, expected, way_out in _odd_limits(question):
        _warn(report, "Q025", place, f"{found} in '{question.id}'", expected, way_out)


def _odd_limits(question: Question) -> Iterator[tuple[str, str, str]]:
    kind, low, high = question.kind, question.minimum, question.maximum
    together = sum(not choice.exclusive for choice in question.choices)
    if kind is QuestionKind.MULTI and high is not None and high >= together:
        yield f"max {high:g} of {together} choices", "a limit that can be passed", "Remove max."
    if kind is QuestionKind.MULTI and high == 1:
        yield "a multiple choice with max 1", "several marks", "Make it a single choice."
    if kind is QuestionKind.RANKING and high == 1:
        yield "a ranking of one", "two places or more", "Make it a single choice, or raise max."
    if kind is QuestionKind.YEAR and any(end is not None and end < EARLIEST_YEAR for end in (low, high)):
        yield "limits that are no years", "years of four digits", "Write 2024 instead of 24."
    if kind is QuestionKind.SHARES and question.total is not None:
        count = len(question.items)
        if (high is not None and high * count < question.total) or (low is not None and low * count > question.total):
            yield f"limits with which {count} items never make {question.total:g}", "shares that can", "Change them."
    if kind is QuestionKind.COMPUTED and question.expression is not None:
        if not question.expression.names:
            yield f"{question.expression.source}, which is the same for all", "answers to compute from", "Name some."
        if re.search(r"/\s*0+(?:\.0*)?(?![\d.])", question.expression.source):
            yield "a division by zero", "a number to divide by", "Change the expression."


def _texts(text: Text, place: Place, report: Report) -> None:
    for language, words in text.items():
        if match := _UNFINISHED.search(words):
            found = f"'{match.group()}' in {language}"
            _warn(report, "Q024", place, found, "a finished text", "Write the text, or remove it.")
        if match := _MARKUP.search(words):
            found, way_out = f"'{match.group()}' in {language}", "Write it without; introductions take Markdown."
            _warn(report, "Q024", place, found, "words, which are shown as they stand", way_out)


def _warn(report: Report, code: str, place: Place, found: str, expected: str, way_out: str) -> None:
    report.warning(code, place, found, expected, way_out)
