"""The reviewer's page in a real browser: no barrier, no sideways scrolling, nothing fetched from elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from barometer.disclosure import protect_in_full
from barometer.pipeline import decided
from barometer.review import review, review_files
from published_example import edition, estimates
from real_browser import served

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("review")
    release, decision = protect_in_full(edition(), estimates())
    found = review(edition(), estimates(), decided(estimates(), decision), release.cells)
    assert not found.hidden.filter(pl.col("rule") == "secondary").is_empty()
    for name, content in review_files(found, found).items():
        (folder / name).write_bytes(content)
    with served(folder) as there:
        yield f"{there}/index.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_reviewers_page_has_no_barrier(browser: Browser, address: str, width: int, scheme: str) -> None:
    requests: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()
    here = address.removesuffix("index.html")
    assert all(url.startswith(here) for url in requests)
