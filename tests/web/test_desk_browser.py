"""The survey team's pages in a real browser: accessible in every language, fit for a phone, usable by keyboard."""

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, member
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from barometer.web.accounts.models import User
from barometer.web.fieldwork.actions.collections import launch_collection
from barometer.web.fieldwork.actions.contacts import keep_upload, put_contact
from barometer.web.fieldwork.actions.rules import create_rule
from barometer.web.fieldwork.models import Case, Collection, ContactUpload, Rule

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("da", "nb", "sv", "en")
WIDTHS = (320, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread, Django's queries do not mind
    found = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if found is None:
        pytest.fail("These tests need Chromium. Run: sudo apt-get install chromium, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def fielded(collection: Collection, settings: object) -> Collection:
    """Launched, some have answered, a file waits, and a rule is drafted."""
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined]
    closes = timezone.now() + timedelta(days=9)
    launch_collection(collection, closes_at=closes, sender="S <s@example.org>", help_contact="1234", by="tests")
    create_rule(collection, name="Invitation", letter="invitation", send_at=closes, by="tests")
    first, *others = collection.cases.order_by("number")
    put_contact(
        first, name="Kim", email="kim@example.org", phone="1", language="en", source="register", new_link=False, by="x"
    )
    for place, case in enumerate(others):
        state, at = ("submitted", "opened", "started")[place % 3], timezone.now() - timedelta(days=place % 9)
        Case.objects.filter(pk=case.pk).update(state=state, state_at=at)
    content = b"unit_id;email\n" + first.unit_id.encode() + b";kim@example.org\nnowhere;x"
    keep_upload(
        collection, name="c.csv", content=content, columns={"unit": "unit_id"}, source="r", by="ida@example.org"
    )
    member()
    return collection


def log_in(browser: Browser, server: LiveServer, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, base_url=server.url).new_page()
    page.goto("/staff/login/")
    page.get_by_label("E-mail address").fill("ida@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    return page


def addresses(collection: Collection) -> list[str]:
    own, case = f"/staff/collections/{collection.pk}", collection.cases.earliest("number").number
    upload, rule = ContactUpload.objects.get().pk, Rule.objects.get().pk
    return [
        "/staff/",
        f"/staff/editions/{collection.edition}/",
        *(f"{own}/{name}" for name in ("", "cases/", "contacts/", "mail/", "mail/new/", "questionnaire/", "manage/")),
        f"{own}/contacts/{upload}/",
        f"{own}/mail/{rule}/",
        f"/staff/cases/{case}/",
        "/staff/account/",
        "/staff/people/",
        f"/staff/people/{User.objects.get().pk}/",
        "/staff/log/",
        "/staff/search/?q=none",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_pass_the_accessibility_checker_and_fit(
    browser: Browser, live_server: LiveServer, fielded: Collection, language: str, width: int
) -> None:
    page = log_in(browser, live_server, width)
    User.objects.update(language=language)
    trouble: dict[str, object] = {}
    for where in addresses(fielded):
        page.goto(where)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page).response["violations"]
        if found:
            trouble[where] = [(one["id"], [node["html"][:120] for node in one["nodes"]][:2]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            trouble[f"{where} wide"] = page.evaluate("document.documentElement.scrollWidth")
    assert not trouble


def test_login_and_second_factor_pass_the_checker(
    browser: Browser, live_server: LiveServer, fielded: Collection, settings: object
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    page = browser.new_context(viewport={"width": 320, "height": 900}, base_url=live_server.url).new_page()
    page.goto("/staff/login/")
    assert not Axe().run(page).response["violations"]
    page.get_by_label("E-mail address").fill("ida@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/code/**")
    assert not Axe().run(page).response["violations"]


def test_a_refusal_is_noted_by_keyboard_without_javascript(
    browser: Browser, live_server: LiveServer, fielded: Collection
) -> None:
    page = log_in(browser, live_server, 1280)
    case = fielded.cases.earliest("number")
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    typed = plain.new_page()
    typed.goto("/staff/")
    typed.get_by_label("Case number").focus()
    typed.keyboard.type(case.number)
    typed.keyboard.press("Enter")
    typed.wait_for_url(f"**/cases/{case.number}/")
    typed.get_by_label("What happened").focus()
    typed.keyboard.press("Tab")
    typed.keyboard.type("no time")
    typed.keyboard.press("Tab")
    typed.keyboard.press("Enter")
    typed.wait_for_selector("text=Noted.")
    case.refresh_from_db()
    assert case.state == "refused"
