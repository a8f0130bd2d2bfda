"""The author's preview in a real browser, opened from disk: accessible, and fit for a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser

from barometer.cli import command, main
from barometer.edition import starter
from barometer.files import create_folder

pytestmark = pytest.mark.journey

PAGES = (
    "index.html",
    "workplaces/da/path-map.html",
    "workplaces/nb/02-latest.html",
    "workplaces/sv/02-latest-errors.html",
    "workplaces/en/landing.html",
    "workplaces/da/review.html",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `barometer preview` writes for the starter edition."""
    workspace = tmp_path_factory.mktemp("workspace")
    create_folder(workspace / "my-edition", starter())
    done = CliRunner().invoke(command, ["--workspace", str(workspace), "preview", str(workspace / "my-edition")])
    assert done.exit_code == 0, done.output
    assert "4 PDFs" in done.output
    return workspace / "build" / "my-edition" / "preview"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit_their_screen(browser: Browser, folder: Path, name: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto((folder / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.styleSheets.length") >= 4
    assert Axe().run(page).response["violations"] == []
    page.close()


def test_the_bar_leafs_through_the_whole_form(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "workplaces/en/landing.html").as_uri())
    titles = []
    while page.locator("a[rel=next]").count():
        page.click("a[rel=next]")
        titles.append(page.locator("h1").inner_text())
    assert titles == ["Innovation in 2023", "The latest innovation", "Thank you", "All my answers"]
    page.close()


def test_nothing_can_be_sent(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "workplaces/en/01-incidence.html").as_uri())
    page.get_by_role("button", name="Next").click()
    assert page.url.partition("#")[0] == (folder / "workplaces/en/01-incidence.html").as_uri()
    page.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--survey", "nobody"], "'nobody' is none of workplaces"),
        (["--language", "fi"], "'fi' is none of en, da, nb, sv"),
    ],
)
def test_an_unknown_survey_or_language_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    create_folder(tmp_path / "my-edition", starter())
    with pytest.raises(SystemExit) as stopped:
        main(["--workspace", str(tmp_path), "preview", str(tmp_path / "my-edition"), *arguments])
    assert stopped.value.code == 2
    assert says in capsys.readouterr().err


def test_a_part_of_the_preview_can_be_made(tmp_path: Path) -> None:
    create_folder(tmp_path / "my-edition", starter())
    arguments = ["--workspace", str(tmp_path), "preview", str(tmp_path / "my-edition"), "--language", "sv"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert [one.name for one in (tmp_path / "build/my-edition/preview/workplaces").iterdir()] == ["sv"]
