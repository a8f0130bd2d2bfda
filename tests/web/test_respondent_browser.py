"""Respondents' pages in a real browser: accessible in every language, fit for a phone, usable by keyboard, without
JavaScript, and never mixed up between tabs."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from fielded import LANGUAGES, add_case, every_kind, field_collection
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

import barometer.web
from barometer.web.fieldwork.actions.accesses import respondent_link
from barometer.web.fieldwork.actions.delegation import invite_colleague
from barometer.web.fieldwork.models import Case, Response, Submission

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
STATIC = Path(barometer.web.__file__).parent / "static"


@pytest.fixture
def case(live_server: LiveServer, settings: LazySettings) -> Case:
    settings.BASE_URL = live_server.url
    return field_collection(every_kind()).cases.get()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    width, javascript = getattr(request, "param", (1280, True))
    opened = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=javascript)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def go(page: Page, value: str = "next") -> None:
    page.locator(f".go button[value='{value}']").click()


def hand_in(page: Page) -> None:
    page.locator("main form[action$=review] button").click()


def fill(page: Page, name: str, text: str) -> None:
    page.locator(f"[id='f:{name}']").fill(text)


def tick(page: Page, name: str) -> None:
    page.locator(f"[id='f:{name}']").check()


def look(page: Page, kind: str) -> None:
    """The page is accessible as it stands, folded texts opened, and needs no sideways scroll."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert not found.response["violations"], (kind, found.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), kind
    missing = page.evaluate("[...document.images, ...document.styleSheets].length")
    assert missing >= 3, f"{kind} has lost a style sheet"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("context", [(320, True), (1280, True)], indirect=True, ids=["320", "1280"])
def test_every_kind_of_page_is_accessible_and_fits(
    page: Page, case: Case, live_server: LiveServer, language: str
) -> None:
    link = respondent_link(case)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{link}?lang={language}")
    look(page, "landing")
    for below in ("refuse", "other-person"):
        page.goto(f"{link}/{below}?lang={language}")
        look(page, below)
    page.goto(f"{link}?lang={language}")
    page.locator("main form button").click()
    assert page.locator("html").get_attribute("lang") == language
    look(page, "first page")
    go(page)
    look(page, "page with an error")
    assert page.evaluate("document.activeElement.className").startswith("ds-error-summary")
    tick(page, "innovated:yes")
    go(page)
    look(page, "page with a grid")
    tick(page, "partners:others")
    fill(page, "partners.others.text", "Naboen")
    fill(page, "hours", "1200")
    go(page)
    look(page, "page with warnings")
    go(page, "confirm")
    look(page, "page with shares, ranking, date and year")
    fill(page, "money.own", "1.200")
    fill(page, "day", "31/31/2021")
    go(page)
    look(page, "page with several errors")
    fill(page, "money.own", "100")
    fill(page, "day", "")
    go(page)
    look(page, "last page")
    go(page, "leave")
    look(page, "left")
    page.goto(link)
    page.locator("main form button").click()
    go(page)
    look(page, "overview")
    base = page.url.removesuffix("review")
    page.goto(base + "colleagues")
    look(page, "colleagues")
    page.goto(base + "review")
    hand_in(page)
    look(page, "receipt")
    page.goto(base + "take-back")
    look(page, "withdraw")
    for url in (f"{live_server.url}/code", f"{live_server.url}/l/unknown", f"{live_server.url}/nowhere"):
        page.goto(url)
        look(page, url)
    assert complaints == []


def test_a_colleagues_page_is_accessible(page: Page, case: Case, live_server: LiveServer) -> None:
    from barometer.web.fieldwork.actions.accesses import colleague_link

    access = invite_colleague(case, section="last", name="Ola", email="ola@example.org", language="en", by="respondent")
    page.goto(colleague_link(access) + "?lang=en")
    look(page, "a colleague's landing page")
    page.locator("main form button").click()
    go(page)
    look(page, "a colleague's thanks")


@pytest.mark.parametrize("context", [(390, False)], indirect=True)
def test_everything_works_without_javascript(page: Page, case: Case) -> None:
    page.goto(respondent_link(case) + "?lang=en")
    page.locator("main form button").click()
    tick(page, "innovated:yes")
    go(page)
    tick(page, "partners:companies")
    tick(page, "partners:nobody")
    go(page, "next")
    assert "cannot stand together" in page.locator(".ds-error-summary").inner_text()
    page.locator("[id='f:partners:nobody']").uncheck()
    page.locator("button[value='language:nb']").click()
    expect(page.locator("h1")).to_have_text("The innovation på norsk")
    assert page.locator("[id='f:partners:companies']").is_checked()
    for item in ("law", "staff"):
        tick(page, f"factors.{item}:hindered")
    go(page)
    go(page)
    go(page)
    hand_in(page)
    expect(page.locator(".number")).to_have_text(Submission.objects.get().receipt)


def test_everything_works_by_keyboard(page: Page, case: Case) -> None:
    def to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    def enter() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.goto(respondent_link(case) + "?lang=en")
    to("main form button")
    enter()
    to("[name=innovated]")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.value") == "yes"
    to(".go button")
    enter()
    expect(page.locator("h1")).to_have_text("The innovation")
    to("[name=hours]")
    page.keyboard.type("12")
    enter()  # as Next
    expect(page.locator(".ds-error-summary")).to_contain_text("once more")
    to(".go button")
    enter()
    expect(page.locator("h1")).to_have_text("Money and time")
    to("select")
    page.keyboard.press("ArrowDown")
    to(".go button")
    enter()
    expect(page.locator("h1")).to_have_text("The end")
    to(".go button")
    enter()
    to("main form[action$=review] button")
    enter()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert Submission.objects.get().values["goals"] == ["quality"]


def test_two_questionnaires_in_two_tabs_of_one_browser_never_mix(context: BrowserContext, case: Case) -> None:
    other = add_case(case.collection)
    tabs = []
    for one in (case, other):
        tab = context.new_page()
        tab.goto(respondent_link(one) + "?lang=en")
        tab.locator("main form button").click()
        tabs.append(tab)
    tick(tabs[0], "innovated:yes")
    tick(tabs[1], "innovated:dont_know")
    go(tabs[0])
    go(tabs[1])
    given = []
    for one in (case, other):
        one.refresh_from_db()
        given.append(Response.objects.get(key=one.response_key).values)
    assert given == [{"innovated": "yes"}, {"innovated": "dont_know"}]


def test_a_double_click_is_one_answer_and_one_submission(page: Page, case: Case) -> None:
    page.goto(respondent_link(case) + "?lang=en")
    page.locator("main form button").dblclick()
    tick(page, "innovated:dont_know")
    page.locator(".go button").first.dblclick()
    expect(page.locator("h1")).to_have_text("The end")
    go(page)
    page.locator("main form[action$=review] button").dblclick()
    expect(page.locator("h1")).to_contain_text("Thank you")
    assert Submission.objects.count() == 1
    assert Response.objects.get().events.filter(page="start").count() == 1


def test_the_browsers_back_button_shows_what_is_stored(page: Page, case: Case) -> None:
    page.goto(respondent_link(case) + "?lang=en")
    page.locator("main form button").click()
    tick(page, "innovated:yes")
    go(page)
    page.go_back()
    expect(page.locator("[id='f:innovated:yes']")).to_be_checked()
    tick(page, "innovated:dont_know")
    go(page)
    expect(page.locator("h1")).to_have_text("The end")
    assert Response.objects.get().values == {"innovated": "dont_know"}


def test_the_small_script_unmarks_what_excludes_and_adds_up(page: Page, case: Case) -> None:
    page.goto(respondent_link(case) + "?lang=en")
    page.locator("main form button").click()
    tick(page, "innovated:yes")
    go(page)
    tick(page, "partners:companies")
    tick(page, "partners:nobody")
    expect(page.locator("[id='f:partners:companies']")).not_to_be_checked()
    page.locator("[id='f:partners:nobody']").uncheck()
    go(page)
    go(page, "confirm")
    fill(page, "money.own", "40")
    fill(page, "money.state", "2,5")
    assert re.search(r"42\.5 / 100", page.locator(".total").inner_text())


def test_the_first_visit_weighs_at_most_forty_kilobytes(page: Page, case: Case) -> None:
    page.goto(respondent_link(case) + "?lang=en")
    page.locator("main form button").click()
    tick(page, "innovated:yes")
    go(page)
    sheets = ("vendor/designsystemet.css", "vendor/theme.css", "web/barometer.css", "web/respondent.css")
    parts = [page.content().encode(), *((STATIC / sheet).read_bytes() for sheet in sheets)]
    assert sum(len(gzip.compress(part, 9)) for part in parts) <= 40_000
