"""Respondents' pages as files: the templates of fieldwork, a made-up response, and a bar to leaf by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.template.loader import render_to_string
from django.utils.translation import override

from barometer.model import Edition, Page, Survey
from barometer.questionnaire import minutes_told
from barometer.web.fieldwork.instruments import unpublished_version
from barometer.web.fieldwork.markdown import as_html
from barometer.web.fieldwork.models import Response
from barometer.web.fieldwork.queries.landing import Landing
from barometer.web.fieldwork.queries.pages import Elsewhere, overview, shown_page
from barometer.web.fieldwork.queries.wording import day
from barometer.web.fieldwork.standing import Standing
from barometer.web.preview._respondents import Respondent, without
from barometer.web.preview._wrong import wrong_answers

STATES = ("filled", "empty", "errors")
WEEKS_OPEN = 4
"""How long after the period the example's collection closes."""


@dataclass(frozen=True)
class Sheet:
    """A page of the form as a file."""

    path: str
    language: str
    page: str  # id, '' for landing and overview
    state: str
    html: str


def respondent_pages(
    edition: Edition, survey: Survey, language: str, languages: Sequence[str], by_page: Mapping[str, Respondent]
) -> list[Sheet]:
    """Landing, every page that somebody met filled, empty and with errors, and the overview, in a language."""
    version = unpublished_version(survey.instrument)
    pages = [page for page in survey.instrument.pages if page.id in by_page]
    order = ["landing", *(_file(survey, page, "filled") for page in pages), "review"]
    with override(language):
        sheets = [_landing(edition, survey, language, languages, order)]
        for page in pages:
            for state in STATES:
                response = _response(survey, version, page, by_page[page.id], state)
                html = _page(edition, survey, language, languages, page, response, state, order)
                path = f"{survey.id}/{language}/{_file(survey, page, state)}.html"
                sheets.append(Sheet(path, language, page.id, state, html))
        if pages:
            whole = _response(survey, version, pages[-1], by_page[pages[-1].id], "filled")
            sheets.append(_review(edition, survey, language, languages, whole, order))
    return sheets


def _response(survey: Survey, version: int, page: Page, values: Respondent, state: str) -> Response:
    """What is stored when the page is shown; never saved."""
    register = {column.name: values.get(column.name) for column in survey.frame.columns}
    answers = {name: value for name, value in values.items() if name not in register}
    kept: dict[str, str] = {}
    passed = {one.id: {"shown": [*survey.instrument.names], "confirmed": []} for one in survey.instrument.pages}
    if state != "filled":
        answers = without(page, answers)
        del passed[page.id]
    if state == "errors":
        wrong, kept = wrong_answers(page)
        answers |= wrong
    return Response(version_id=version, register=register, values=answers, kept=kept, passed=passed, language="")


def _page(
    edition: Edition,
    survey: Survey,
    language: str,
    languages: Sequence[str],
    page: Page,
    response: Response,
    state: str,
    order: Sequence[str],
) -> str:
    check = state == "errors"
    shown = shown_page(response, page.id, section="", back=False, language=language, check=check, conflict="")
    assert not isinstance(shown, Elsewhere)  # the respondent was chosen for it, and conditions look back only
    shown.once, shown.rendered_at = "", 0  # the same bytes every time
    context = {"page": shown, "public_id": "", "states": [(one, _file(survey, page, one)) for one in STATES]}
    frame = _frame(edition, survey, language, languages, _file(survey, page, state), order)
    frame |= {"state": state, **_beside(order, _file(survey, page, "filled"))}
    return render_to_string("preview/page.html", {**frame, **context})


def _review(
    edition: Edition,
    survey: Survey,
    language: str,
    languages: Sequence[str],
    response: Response,
    order: Sequence[str],
) -> Sheet:
    frame = _frame(edition, survey, language, languages, "review", order)
    html = render_to_string("preview/review.html", {**frame, "overview": overview(response, language=language)})
    return Sheet(f"{survey.id}/{language}/review.html", language, "", "review", html)


def _landing(edition: Edition, survey: Survey, language: str, languages: Sequence[str], order: Sequence[str]) -> Sheet:
    landing = Landing(
        title=edition.title.get(language, ""),
        questionnaire=survey.instrument.title.get(language, ""),
        publisher=edition.publisher.name.get(language, ""),
        introduction=as_html(survey.instrument.introduction.get(language, "")),
        privacy="",
        minutes=minutes_told(survey.instrument),
        closes_at=day(edition.period_end + timedelta(weeks=WEEKS_OPEN), language),
        contacts_until="",
        link_until="",
        source="",
        contact_name="",
        section="",
        started=False,
        submitted=False,
        refused=False,
        standing=Standing.OPEN,
        others=[],
        help_contact=edition.publisher.contact,
    )
    frame = _frame(edition, survey, language, languages, "landing", order)
    html = render_to_string("preview/landing.html", {**frame, "landing": landing, "address": "#"})
    return Sheet(f"{survey.id}/{language}/landing.html", language, "", "landing", html)


def _frame(
    edition: Edition, survey: Survey, language: str, languages: Sequence[str], file: str, order: Sequence[str]
) -> dict[str, object]:
    """What respondents' frame needs, and the bar. `base`: forms lead nowhere."""
    return {
        "base": "#",
        "here": "",
        "language": language,
        "languages": languages,
        "survey": edition.title.get(language, ""),
        "questionnaire": survey.instrument.title.get(language, ""),
        "help_contact": edition.publisher.contact,
        "colleague": False,
        "file": f"{file}.html",
        **_beside(order, file),
    }


def _beside(order: Sequence[str], file: str) -> dict[str, object]:
    """The files before and after one, '' at the ends."""
    if file not in order:
        return {}
    place = order.index(file)
    before = f"{order[place - 1]}.html" if place else ""
    return {"before": before, "after": f"{order[place + 1]}.html" if place + 1 < len(order) else ""}


def _file(survey: Survey, page: Page, state: str) -> str:
    number = next(at for at, one in enumerate(survey.instrument.pages, 1) if one.id == page.id)
    return f"{number:02}-{page.id}" + ("" if state == "filled" else f"-{state}")
