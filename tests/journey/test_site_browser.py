"""The published site in a real browser: accessible in every language, fit for a phone, quiet under its own policy."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from barometer.publication import Corrected, _subjects, publish
from barometer.publication._cube import index
from barometer.publication._language import language
from published_example import edition, release
from real_browser import served

pytestmark = pytest.mark.journey

LANGUAGES = ("da", "nb", "sv", "en")
WIDTHS = (320, 1280)
KINDS = (
    "index.html",
    "indicators.html",
    "indicators/inc_any.html",  # a union, with a crossing
    "indicators/spr_any.html",  # overlapping groups, don't know left out
    "indicators/hours.html",  # a mean, corrected
    "indicators/inc_proc.html",  # hidden figures
    "themes/innovation.html",
    "themes/innovation/2.html",  # a theme on several pages
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
    "corrections.html",
)
REASON = {"en": "A wrong answer.", "da": "Et forkert svar.", "nb": "Et feil svar.", "sv": "Ett felaktigt svar."}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of the example edition, served on this machine; with a correction, and a theme on several pages."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_subjects, "LISTED", 15_000)
        site = publish(release(), edition(), corrected())
    for path, content in site.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    with served(folder) as there:
        yield there


def corrected() -> tuple[Corrected, ...]:
    """One number of the release that was another before."""
    now = index(release(), edition()).total("HOURS")
    assert now.value is not None
    return (Corrected(2, date(2024, 6, 1), REASON, replace(now, value=now.value + 10), now),)


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = getattr(request, "param", (1280, "light"))
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield context.new_page()
    context.close()


def unfold(page: Page) -> None:
    """Open what is folded away, so that it is checked too."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("page", [(width, "light") for width in WIDTHS], indirect=True)
def test_no_page_has_a_barrier_or_scrolls_sideways(page: Page, address: str, code: str) -> None:
    for kind in KINDS:
        page.goto(f"{address}/{code}/{kind}")
        unfold(page)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{code}/{kind}\n{found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{code}/{kind} is {wide} px too wide"


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


@pytest.mark.parametrize("page", [(320, "light")], indirect=True)
def test_no_label_runs_into_its_number_on_the_narrowest_phone(page: Page, address: str) -> None:
    for code in LANGUAGES:
        for kind in ("indicators/inc_any.html", "indicators/spr_any.html", "themes/innovation.html"):
            page.goto(f"{address}/{code}/{kind}")
            gaps = page.locator(".chart .row").evaluate_all(
                """rows => rows.map(row => {
                     const label = row.querySelector('.label');
                     const first = (label.querySelector('tspan') || label).getBoundingClientRect();
                     return row.querySelector('.value').getBoundingClientRect().left - first.right; })"""
            )
            assert gaps and min(gaps) > 0, f"{code}/{kind}: {gaps}"


def test_bars_lie_beside_their_labels_where_there_is_room(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    label, bar = boxes(page)
    assert bar["x"] > label["x"] + label["width"]
    assert bar["y"] < label["y"] + label["height"]


def boxes(page: Page) -> list[dict[str, float]]:
    """Where the first label and the first bar of the first figure are."""
    found = [page.locator(f".chart {name}").first.bounding_box() for name in (".label", ".bar")]
    return [{name: float(value) for name, value in box.items()} for box in found if box is not None]


def test_what_is_hidden_says_so_where_its_bar_would_be(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_proc.html")
    row = page.locator(".chart .row", has=page.locator("text.flag")).first
    word, label = row.locator("text.flag").bounding_box(), row.locator(".label").bounding_box()
    bar = page.locator(".chart .bar").first.bounding_box()
    assert word and label and bar
    assert abs(word["x"] - bar["x"]) < 2
    assert abs(word["y"] - label["y"]) < 6


def test_paper_has_no_drawing_that_no_sheet_holds_and_no_controls(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_any.html")
    assert page.locator(".tools").first.is_visible()
    page.emulate_media(media="print")
    for hidden in (".tools", "nav.local", "nav.crumbs", ".formats", "footer .helpful"):
        assert page.locator(hidden).first.is_hidden(), hidden
    heights = [box["height"] for box in (one.bounding_box() for one in page.locator(".chart:visible").all()) if box]
    assert heights and max(heights) < 900


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
    page.get_by_label(language("en").say("search.label")).fill("citizens")
    found = page.locator(".found li:visible")
    assert 0 < found.count() < everything
    assert all("citizen" in text.lower() for text in found.all_inner_texts())
    assert page.locator(".search [role=status]").inner_text() == language("en").say("search.found", count=found.count())


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


def test_a_table_is_sorted_by_keyboard_and_says_how(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators.html")
    button = page.locator("table.list thead button").first
    button.focus()
    page.keyboard.press("Enter")
    assert page.locator("table.list thead th").first.get_attribute("aria-sort") == "ascending"
    names = page.locator("table.list").first.locator("tbody th[scope=row]").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    page.keyboard.press("Space")
    assert page.locator("table.list thead th").first.get_attribute("aria-sort") == "descending"
    assert page.evaluate("document.activeElement.className") == "sort"


def test_numbers_of_a_figure_are_copied_and_the_reader_is_told(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/en/indicators/inc_serv.html")
    copy = page.locator(".figure .tools").first.get_by_role("button").nth(3)
    copy.focus()
    page.keyboard.press("Enter")
    status = page.locator(".figure .tools [role=status]").first
    status.get_by_text(language("en").say("script.copied")).wait_for(state="attached")
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    cells = index(release(), edition()).cells["INC_SERV", "sector"]
    assert len(lines) == len(cells) + 2  # the heading and everyone
    assert lines[-1].split("\t")[1] == language("en").percent(cells["state"].value or 0)
    context.close()


def test_where_the_clipboard_is_out_of_reach_nothing_is_said_to_be_copied(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    page.locator(".figure .tools").first.get_by_role("button").nth(3).click()
    status = page.locator(".figure .tools [role=status]").first
    status.get_by_text(language("en").say("script.not_copied")).wait_for(state="attached")


def test_pages_of_a_theme_lead_to_each_other(page: Page, address: str) -> None:
    page.goto(f"{address}/da/themes/innovation.html")
    page.locator("nav.pages").first.get_by_role("link").nth(1).click()
    assert page.url == f"{address}/da/themes/innovation/2.html"
    assert page.locator("nav.pages [aria-current=page]").first.inner_text().endswith("2")
    assert page.locator("section.measure").count() > 0


def test_intervals_are_hidden_and_shown_again(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    button = page.get_by_role("button", name=language("en").say("script.intervals")).first
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
    page.get_by_label(language("en").say("script.choose"), exact=True).select_option(index=1)
    assert (several > 1, shown.count()) == (True, 1)
    page.get_by_label(language("en").say("script.choose"), exact=True).select_option(index=0)
    assert shown.count() == several


def test_a_figure_is_saved_as_a_drawing_that_stands_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/en/indicators/inc_serv.html")
    with page.expect_download() as saved:
        page.get_by_role("button", name=language("en").say("script.svg")).first.click()
    drawing = saved.value.path().read_text(encoding="utf-8")
    assert saved.value.suggested_filename == "inc_serv-by-sector.svg"
    assert (
        "class=" not in drawing.split("<tspan")[0] and "%" not in "".join(drawing.split("<rect")[1:]).split("<text")[0]
    )
    assert "State" in drawing
    with page.expect_download() as saved:
        page.get_by_role("button", name=language("en").say("script.png")).first.click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
