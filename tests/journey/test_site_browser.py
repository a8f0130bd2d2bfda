"""The published site in a real browser: accessible in every language, fit for a phone, quiet under its own policy."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from barometer.publication import publish
from published_example import edition, release

pytestmark = pytest.mark.journey

LANGUAGES = ("da", "nb", "sv", "en")
WIDTHS = (320, 1280)
KINDS = (
    "index.html",
    "indicators.html",
    "indicators/inc_any.html",  # a union, with a crossing
    "indicators/spr_any.html",  # overlapping groups, don't know left out
    "indicators/hours.html",  # a mean
    "indicators/inc_proc.html",  # hidden figures
    "themes/innovation.html",
    "themes/census.html",
    "findings.html",
    "methods.html",
    "questionnaire-workplaces.html",
    "data.html",
    "about.html",
)


class QuietHandler(SimpleHTTPRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Requests are not news; errors are."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of the example edition, served on this machine."""
    folder = tmp_path_factory.mktemp("site")
    for path, content in publish(release(), edition()).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def chromium() -> str:
    found = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if found is None:
        pytest.fail("These tests need Chromium. Run: sudo apt-get install chromium, or set CHROMIUM to its path.")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def unfold(page: Page) -> None:
    """Open what is folded away, so that it is checked too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [(width, "light") for width in WIDTHS], indirect=True)
def test_no_page_has_a_barrier_or_scrolls_sideways(page: Page, address: str, language: str) -> None:
    for kind in KINDS:
        page.goto(f"{address}/{language}/{kind}")
        unfold(page)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{language}/{kind}\n{found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{language}/{kind} is {wide} px too wide"


@pytest.mark.parametrize("page", [(1280, "dark")], indirect=True)
def test_dark_mode_has_no_barrier(page: Page, address: str) -> None:
    for kind in KINDS:
        page.goto(f"{address}/sv/{kind}")
        unfold(page)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{kind}\n{found.generate_report()}"


@pytest.mark.parametrize("page", [(width, "light") for width in WIDTHS], indirect=True)
def test_the_door_has_no_barrier(page: Page, address: str) -> None:
    page.goto(address)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_pages_break_nothing_of_their_own_policy(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda failed: complaints.append(failed.url))
    for kind in KINDS:
        page.goto(f"{address}/da/{kind}")
    assert [one for one in complaints if "favicon" not in one] == []


def test_the_language_switch_keeps_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}/da/indicators/inc_any.html")
    page.get_by_role("link", name="English").click()
    assert page.url == f"{address}/en/indicators/inc_any.html"
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_reader_finds_the_way_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/en/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.goto(f"{address}/en/indicators/inc_serv.html")
    page.locator("details.twin summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.twin table").first.is_visible()


@pytest.mark.parametrize("page", [(320, "light")], indirect=True)
def test_bars_lie_below_their_labels_on_a_phone(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    label, bar = boxes(page)
    assert bar["y"] > label["y"] + label["height"] - 4
    assert bar["x"] < label["x"] + 2


def test_bars_lie_beside_their_labels_where_there_is_room(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    label, bar = boxes(page)
    assert bar["x"] > label["x"] + label["width"]
    assert bar["y"] < label["y"] + label["height"]


def boxes(page: Page) -> list[dict[str, float]]:
    """Where the first label and the first bar of the first figure are."""
    found = [page.locator(f".chart {name}").first.bounding_box() for name in (".label", ".bar")]
    return [{name: float(value) for name, value in box.items()} for box in found if box is not None]


def test_paper_shows_the_tables(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    page.emulate_media(media="print")
    assert page.locator("nav.main").is_hidden()
    assert page.locator(".synthetic").is_visible()
    content = page.locator("details.twin").first
    assert content.evaluate("one => getComputedStyle(one, '::details-content').contentVisibility") == "visible"
