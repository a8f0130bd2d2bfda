"""Tables built in a real browser, and read by the client that Python's users of PxWebApi 2 have."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser
from pxweb import PxApi
from pytest_django.live_server_helper import LiveServer
from released_tables import LATER, releases_in
from seen import faults

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TABLE = "starter.workplaces-sector"


@pytest.fixture(autouse=True)
def released(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    releases_in(tmp_path)
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def test_the_python_client_reads_every_table_unchanged(live_server: LiveServer) -> None:
    api = PxApi(f"{live_server.url}/api/v2", language="da")
    listed = api.all_tables()
    assert api.number_of_tables == len(listed) > 4
    assert [one["id"] for one in api.search(query="sektor")["tables"]]
    for one in listed:
        told = Client().get(f"/api/v2/tables/{one['id']}/metadata").json()
        rows = api.get_table_data(one["id"], {name: ["*"] for name in told["id"]})
        wanted = Client().get(f"/api/v2/tables/{one['id']}/data", {f"valueCodes[{name}]": "*" for name in told["id"]})
        assert [row["value"] for row in rows] == wanted.json()["value"]
    assert api.get_code_list(f"vs_{TABLE}.sector")["values"]
    assert [one["id"] for one in api.get_paths()] == ["starter", "starter.workplaces"]
    assert len(api.tables_on_path("starter")) == len(listed)


def test_the_python_client_reads_a_table_larger_than_the_limit_in_parts(live_server: LiveServer, settings) -> None:  # type: ignore[no-untyped-def]
    whole = PxApi(f"{live_server.url}/api/v2", language="en", max_workers=1).get_table_data_all(TABLE)
    settings.API_CELLS = 60
    parts = PxApi(f"{live_server.url}/api/v2", language="en", max_workers=1).get_table_data_all(TABLE)
    key = lambda row: tuple(str(value) for value in row.values())  # noqa: E731
    assert sorted(parts, key=key) == sorted(whole, key=key) and len(whole) > 60


def test_pages_pass_the_accessibility_checker_and_fit(browser: Browser, live_server: LiveServer) -> None:
    trouble: dict[str, object] = {}
    for language in ("da", "nb", "sv", "en"):
        page = browser.new_context(base_url=live_server.url, locale=language).new_page()
        site = f"editions/starter/{language}/indicators/col_any.html"
        for where in (
            *(f"{language}/tables/{one}" for one in ("", f"{TABLE}/", "starter.1.workplaces-size/?indicator=HOURS")),
            *(f"{language}/api/", f"{language}/", site, f"{site}?thanks", f"editions/starter/{language}/nowhere.html"),
        ):
            answer = page.goto(f"/{where}")
            assert answer and (answer.ok or "nowhere" in where)
            for closed in page.locator("#helpful summary").all():
                closed.click()
            trouble |= faults(page, where, (320, 390, 1280))
        page.context.close()
    assert not trouble


def test_a_table_is_built_by_keyboard_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False).new_page()
    page.goto(f"/en/tables/{TABLE}/")
    before = page.locator("svg.chart").count()
    box = page.locator("input[name=indicator][value=COL_ANY]")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Show").press("Enter")
    page.wait_for_url("**indicator=COL_ANY*#result")
    assert page.locator("svg.chart").count() == before + 1
    assert page.get_by_text("Address of these very figures").is_visible()


def test_from_a_figure_to_its_table_to_the_test_and_back_without_javascript(
    browser: Browser, live_server: LiveServer
) -> None:
    page = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en").new_page()
    figure = f"{live_server.url}/editions/starter/en/indicators/col_any.html"
    page.goto(figure)
    page.locator("a[href*='workplaces-sector']").first.click()
    page.wait_for_url("**/en/tables/starter.workplaces-sector/?indicator=COL_ANY")
    page.locator(".result .onward a").first.click()
    page.wait_for_url(figure)
    page.get_by_role("link", name="Test your own workplace").first.click()
    page.wait_for_url("**/en/self-test/starter/")
    page.get_by_role("link", name="The publication").click()
    page.wait_for_url("**/editions/starter/en/index.html")
    page.locator("#helpful").get_by_role("button", name="Yes").click()
    page.wait_for_url("**/en/index.html?thanks#helpful")
    assert page.get_by_text("Thank you").is_visible()
