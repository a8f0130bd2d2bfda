"""The self-test in a real browser: accessible in every language, fit for a phone, and without JavaScript."""

from pathlib import Path
from uuid import uuid4

import pytest
from pictures import picture
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from seen import faults
from selftested import HERE, release

from barometer.web.statbank.selftest import Own, link_of
from barometer.web.statbank.selftest import test_of as known_test
from barometer.web.statbank.selftest_groups import create_group, hand_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = (320, 390, 1280)


@pytest.fixture(autouse=True)
def released(tmp_path: Path) -> None:
    release(tmp_path)


def test_pages_pass_the_accessibility_checker_and_fit(browser: Browser, live_server: LiveServer) -> None:
    test = known_test("starter")
    assert test
    kept = link_of(test, Own("starter", 1, {"sector": "state"}, {"service": "yes", "process": "no"}))
    group, key = create_group(test, days=7)
    groups = ("join", f"organiser/{key}")
    for place in range(6):
        hand_in(group, once=uuid4(), stands={"INC_SERV": "yes" if place < 3 else "no"})
    page = browser.new_context(base_url=live_server.url).new_page()
    trouble: dict[str, object] = {}
    page.goto(HERE)
    page.get_by_role("button", name="Begin").click()
    after = ("p/incidence", "p/incidence?check=1", "result", "result?link=1", f"kept/{kept}", f"groups/{group.code}/")
    for language in ("da", "nb", "sv", "en"):
        below = HERE.replace("/en/", f"/{language}/")
        own = [below + one for one in ("", *after, "groups/new", *(f"groups/{group.code}/{one}" for one in groups))]
        for where in (f"/{language}/self-test/", *own):
            answer = page.goto(where)
            assert answer and answer.ok, where
            trouble |= faults(page, where, WIDTHS)
    assert not trouble


def test_the_whole_test_is_taken_by_keyboard_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto("/da/self-test/starter/")
    page.get_by_label("Sektor").select_option("state")
    page.get_by_role("button", name="Begynd").press("Enter")
    for question in ("service", "process"):
        page.locator(f"[id='f:{question}:no']").press("Space")
    page.get_by_role("button", name="Svenska").press("Enter")
    assert page.locator("[id='f:service:no']").is_checked()
    page.locator("#answers button[value=next]").first.press("Enter")
    page.wait_for_url("**/sv/self-test/starter/result")
    picture(page, "selftest-result-sv")
    assert page.locator("html[lang=sv] h1").is_visible() and page.locator(".row svg.meter").count() > 0
    with page.expect_download() as download:
        page.locator("a[href='?as=pdf']").press("Enter")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
