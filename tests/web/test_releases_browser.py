"""The voters' pages and the public's in a real browser: accessible in every language, fit for a phone."""

from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD
from django.conf import LazySettings
from playwright.sync_api import Browser, Page
from proposed import MINUTE, SIGNS, build, changed, people, put_forward, vote, workspace_at
from pytest_django.live_server_helper import LiveServer

from barometer import pipeline
from barometer.web.accounts.models import User
from barometer.web.releases.jobs import hand_over_approvals

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = (320, 390, 1280)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = tmp_path_factory.mktemp("built")
    build(workspace)
    return workspace


@pytest.fixture
def addresses(built: Path, tmp_path: Path, settings: LazySettings) -> list[str]:
    """A release agreed to and published, another superseding it, a third that was refused, a fourth being voted on."""
    settings.APPROVAL_KEY, settings.SECOND_FACTOR_REQUIRED = SIGNS, False
    people()
    desk = workspace_at(built, tmp_path)
    first = put_forward(desk)
    vote(first, "ole", "kim")
    hand_over_approvals()
    pipeline.publish_release(desk, MINUTE)
    worded = changed(desk, "edition.toml", b"New ways of working", b"Newer ways of working")
    pipeline.publish_release(
        changed(worded, "edition.toml", b"approvals = 2", b"approvals = 0"), MINUTE + timedelta(days=1)
    )
    third = put_forward(changed(desk, "edition.toml", b"New ways", b"Old ways"), MINUTE + timedelta(days=2))
    vote(third, "ole", "kim", agrees=False, reason="The old ways are not new.")
    fourth = put_forward(changed(desk, "edition.toml", b"New ways", b"Other ways"), MINUTE + timedelta(days=2))
    staff = [f"/staff/releases/{one}" for one in ("", f"{first.pk}/", f"{third.pk}/", f"{fourth.pk}/")]
    sites = [f"/staff/releases/{fourth.pk}/preview/3/en/index.html", "/editions/starter/releases/1/da/index.html"]
    return [*staff, *sites, "/", "/editions/starter/en/index.html"]


def log_in(browser: Browser, server: LiveServer, width: int, language: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=server.url, locale=language)
    page = context.new_page()
    page.goto("/staff/login/")
    page.locator("#id_email").fill("eva@example.org")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    return page


def test_pages_pass_the_accessibility_checker_and_fit(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    trouble: dict[str, object] = {}
    for language in ("da", "nb", "sv", "en"):
        User.objects.update(language=language)
        page = log_in(browser, live_server, 1280, language)
        for where in addresses:
            page.goto(where)
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            found = Axe().run(page).response["violations"]
            if found:
                trouble[f"{language} {where}"] = [(one["id"], one["nodes"][0]["html"][:160]) for one in found]
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                    trouble[f"{language} {where} {width}"] = wide
    assert not trouble


def test_a_vote_is_cast_by_keyboard_without_javascript(
    browser: Browser, live_server: LiveServer, addresses: list[str]
) -> None:
    User.objects.update(language="en")
    known = log_in(browser, live_server, 1280, "en")
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(known.context.cookies())
    page = plain.new_page()
    page.goto(addresses[3])
    page.get_by_label("I refuse").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Vote").press("Enter")
    page.wait_for_selector("text=Something needs to be put right")
    page.get_by_label("Reason").fill("The title is wrong.")
    page.get_by_role("button", name="Vote").press("Enter")
    page.wait_for_selector("text=You have refused.")
