"""Simulated leaders answer a questionnaire in the field, over the network as people do or straight through the actions.

Imported once Django is ready.
"""

import uuid
from collections.abc import Mapping

from barometer.cli._browser import Browser, Fields, Page
from barometer.model import Instrument
from barometer.questionnaire import path, values_of
from barometer.web.fieldwork.actions.accesses import make_accesses
from barometer.web.fieldwork.actions.answering import facts, save_page, start, submit
from barometer.web.fieldwork.forms import form_fields
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.merging import names_of
from barometer.web.fieldwork.models import Access, Case
from barometer.web.fieldwork.queries.pages import where_to_resume

MOST_PAGES = 500
"""Posts after which a leader gives up: a questionnaire that never ends."""


def fields_to_post(instrument: Instrument, row: Mapping[str, object], language: str) -> Fields:
    """What somebody with these answers (a row of a table of answers) writes into the forms of all pages."""
    values = values_of(instrument, row)
    fields: dict[str, list[str]] = {}
    for question in instrument.questions:
        fields |= form_fields(question, values, {}, language)
    return fields


def answer_by_browser(
    browser: Browser, link: str, answers: Fields, *, language: str, stop_after: int | None = None
) -> str:
    """Open the link, start, fill in page by page and hand in; gives 'submitted', or 'left' after that many pages.

    Raises LookupError where a page offers no way on: the answers do not fit the questionnaire.
    """
    page = browser.get(link)
    page = browser.post(page.path, {**page.form.hidden, "language": [language]})
    pages = 0
    while "/p/" in page.path:
        if pages > MOST_PAGES:
            raise LookupError(f"{page.path} is never passed")
        go = "leave" if stop_after is not None and pages >= stop_after else "next"
        page = _post(browser, page, answers, "confirm" if go == "next" and "confirm" in page.form.buttons else go)
        if go == "leave":
            return "left"
        pages += 1
    if page.path.endswith("/review"):
        page = browser.post(page.path, page.form.hidden)
    if not page.path.endswith("/receipt"):
        raise LookupError(f"ended on {page.path} ({page.status})")
    return "submitted"


def refuse_by_browser(browser: Browser, link: str) -> None:
    """Open the link and decline."""
    browser.get(link)
    page = browser.get(f"{link}/refuse")
    browser.post(page.path, page.form.hidden)


def answer_directly(case: Case, answers: Fields, *, language: str, hand_in: bool = True) -> None:
    """The same answers through the same actions as the pages use, without the network; `hand_in` False stops at the
    overview."""
    make_accesses([case])
    access = Access.objects.select_related("case__collection").get(case=case, role="respondent", revoked_at=None)
    response = start(access, language=language)
    instrument = instrument_of(response.version_id)
    then, go = where_to_resume(response, ""), "next"
    for _ in range(MOST_PAGES):
        if not then.startswith("p/"):
            break
        page_id, _, said = then.removeprefix("p/").partition("?")
        go = "confirm" if "check=1" in said else "next"
        shown = next(one for one in path(instrument, facts(response)).pages if one.id == page_id)
        asked = names_of(shown)
        saved = save_page(
            response.key,
            page=page_id,
            posted={**answers, "shown": [" ".join(asked)], "go": [go]},
            once=uuid.uuid4(),
            revision=response.revision,
            language=language,
            source="respondent",
        )
        response, then = saved.response, saved.then
    if hand_in:
        submit(response.key, source="respondent", language=language)


def _post(browser: Browser, page: Page, answers: Fields, go: str) -> Page:
    form = page.form
    return browser.post(form.action, form.filled(answers, go))
