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
    "indicators/inc_serv.html",  # a break in the series
    "comparability.html",
    "quality.html",
    "calendar.html",
    "search.html",
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


# --- What the script adds ------------------------------------------------------------------------


def test_the_search_narrows_to_what_is_typed_and_says_how_many(page: Page, address: str) -> None:
    page.goto(f"{address}/en/search.html")
    everything = page.locator(".found li:visible").count()
    page.get_by_label("Words to look for").fill("citizens")
    found = page.locator(".found li:visible")
    assert 0 < found.count() < everything
    assert all("citizen" in text.lower() for text in found.all_inner_texts())
    assert page.locator(".search [role=status]").inner_text() == f"{found.count()} found"


def test_search_folds_accents_but_keeps_the_letters_of_the_language(page: Page, address: str) -> None:
    page.goto(f"{address}/da/search.html")
    page.locator("#search").fill("STØRRE")
    assert page.locator(".search [role=status]").inner_text() != ""
    page.locator("#search").fill("")
    assert page.locator(".search [role=status]").inner_text() == ""


def test_without_the_script_everything_is_listed_and_no_control_is_dead(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/en/search.html")
    assert page.locator(".search").is_hidden()
    assert page.locator(".found li").first.is_visible()
    page.goto(f"{address}/en/indicators/inc_serv.html")
    assert page.locator("main button, main select, main input").count() == 0
    context.close()


def test_a_table_is_sorted_by_its_numbers_with_everyone_on_top(page: Page, address: str) -> None:
    page.goto(f"{address}/da/indicators.html")
    table = page.locator("table.list").first
    table.locator("thead button").nth(1).click()
    assert table.locator("thead th").nth(1).get_attribute("aria-sort") == "descending"
    numbers = [int(text.split()[0]) for text in table.locator("tbody td:nth-child(2)").all_inner_texts() if "%" in text]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 3


def test_intervals_are_hidden_and_shown_again(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    button = page.get_by_role("button", name="Intervals").first
    interval = page.locator(".figure .chart .interval").first
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert interval.is_hidden()
    button.click()
    assert interval.is_visible()


def test_one_way_to_divide_is_chosen_and_all_come_back(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_any.html")
    shown = page.locator("section[aria-labelledby=figures] .figure:visible")
    several = shown.count()
    page.get_by_label("Show", exact=True).select_option(index=1)
    assert (several > 1, shown.count()) == (True, 1)
    page.get_by_label("Show", exact=True).select_option(index=0)
    assert shown.count() == several


def test_a_figure_is_saved_as_a_drawing_that_stands_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").first.click()
    drawing = saved.value.path().read_text(encoding="utf-8")
    assert saved.value.suggested_filename == "inc_serv-by-sector.svg"
    assert (
        "class=" not in drawing.split("<tspan")[0] and "%" not in "".join(drawing.split("<rect")[1:]).split("<text")[0]
    )
    assert "State" in drawing
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as PNG").first.click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
